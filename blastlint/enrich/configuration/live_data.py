"""Tests that no longer look at data of their own: the database, bucket or host was local, and is not now.

Tests create, truncate and drop. What they point at is theirs to lose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import environment_in, path_class_of
from blastlint.masking import mask_value
from blastlint.model import Change, Fact, FactValue, Value
from blastlint.regex import regex

# Names of settings that say where data is.
_TARGET = regex(
    r"(^|[_.-])(database|db|dsn|redis|mongo(db)?|postgres(ql)?|pg|mysql|elastic(search)?|broker|amqp|s3|bucket|storage)"
    r"([_.-]?(url|uri|host|hostname|dsn|endpoint|name|addr(ess)?|connection(string)?))?$|^(database|db)[_.-]?\w*$",
    re.I,
)
_LOCAL = regex(
    r"localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|sqlite|:memory:|minio|localstack|(^|[_/-])test(s|ing)?($|[_/.-])|"
    r"//([^@/]*@)?(db|database|postgres|postgresql|mysql|mariadb|redis|mongo|mongodb|elasticsearch|rabbitmq)([:/]|$)|^(db|postgres|mysql|redis|mongo)$",
    re.I,
)
_REFERENCE = regex(r"^\s*(\$\{?\w|\$\{\{|%\w+%|env\(|secrets\.)")
_PIPELINE = regex(
    r"(^|/)(\.github/workflows/|\.gitlab-ci|\.travis|\.circleci/|azure-pipelines|bitbucket-pipelines|Jenkinsfile)"
)
_TEST_WORD = regex(r"(^|[^a-z])(tests?|testing|specs?|rspec|pytest|jest|ci)([^a-z]|$)", re.I)


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The `live-data` fact of one config.key."""
    if len(change.deltas) != 1 or change.before is None or change.after is None:
        return
    delta = change.deltas[0]
    name = delta.path.rsplit(".", 1)[-1]
    before, after = _text(delta.before), _text(delta.after)
    if not before or not after or not _TARGET.search(name) or not _LOCAL.search(before) or _LOCAL.search(after):
        return
    if not _belongs_to_tests(change.path, delta.path, context):
        return
    fields: dict[str, FactValue] = {
        "name": name,
        "before": mask_value(name, before),
        "after": mask_value(name, after),
        "certain": not _REFERENCE.match(after),
        "production": environment_in(after) == "production",
    }
    yield Fact(
        "live-data", fields, delta.path, delta.before_region, delta.after_region,
        confidence="medium" if _REFERENCE.match(after) else "high",
    )  # fmt: skip


def _text(value: Value | None) -> str:
    return value.scalar if value is not None and isinstance(value.scalar, str) else ""


def _belongs_to_tests(path: str, key: str, context: Context) -> bool:
    """A test's own configuration, or the environment of a pipeline's test job."""
    if path_class_of(path, context.config) == "test":
        return True
    name = path.rsplit("/", 1)[-1]
    return bool(_TEST_WORD.search(name) or (_PIPELINE.search(path) and (_TEST_WORD.search(key) or "jobs" not in key)))
