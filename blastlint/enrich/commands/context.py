"""Where a command runs and on what: production or something made for the day, by words; the machine; the purpose by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.command import Command, Word
from blastlint.enrich.surroundings import environment_in
from blastlint.frozen import dataclass
from blastlint.model import Entity, scalar_text
from blastlint.regex import regex

_LOCALHOST = regex(
    r"(^|[@/=:,])(localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0(?!/\d)|host\.docker\.internal)([:/]|$)|\b(kind|k3d|minikube)-"
)
_PULL_REQUEST = regex(
    r"\b(github\.event\.(number|pull_request\.number)|CI_MERGE_REQUEST_IID|PR_NUMBER|PULL_REQUEST_NUMBER|CHANGE_ID|github\.head_ref"
    r"|github\.run_id|CI_PIPELINE_ID|REVIEW_APP\w*|CI_COMMIT_REF_SLUG"
    r"|CIRCLE_PR_NUMBER)\b"
)
_TESTING = regex(
    r"(?<![a-z])(test|tests|testing|e2e|integration|smoke|acceptance|molecule|bench(mark)?s?|teardown-test|ci|conformance|pytest|rspec"
    r"|unit|specs?|cypress|playwright|chaos|simulator)(?![a-z])",
    re.IGNORECASE,
)
_DESTRUCTION = regex(
    r"(?<![a-z])(destroy|teardown|tear[-_ ]down|uninstall|undeploy|nuke|purge|wipe|delete|remove|drop|reset|clean"
    r"|clean[-_ ]?up|distclean|down|recreate|rm|prune|decommission|deprovision)(?![a-z])",
    re.IGNORECASE,
)
_PUBLISHED = regex(
    r"(?i)(^|[-_/])(gh-?pages|pages|docs?|site|website|dist|build|built|deploy-preview|assets|artifacts?|coverage|badges?|generated"
    r"|snapshots?|demo|nightly|latest|bot|automation|renovate|changeset-release)([-_/].*)?$"
)
_SELF_HOSTED = regex(r"self-hosted", re.IGNORECASE)
_DANGER = ("root", "home", "data", "unset-variable", "variable", "glob", "literal", "guarded", "build", "temporary")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the entity of a command says of its place, in words."""

    container: str
    production: bool
    ephemeral: bool
    declared: bool
    throwaway: bool
    remote: bool


def attribute(entity: Entity, name: str) -> str:
    return scalar_text(entity.attributes.items.get(name))


def surroundings(entity: Entity, command: Command) -> Surroundings:
    container = attribute(entity, "container")
    remote = any(v != "xargs" and not v.startswith("find") for v in command.via)
    acted_on = list(_acted_on(command))
    named = [attribute(entity, n) for n in ("environment", "step", "job", "workflow")]
    found = [environment_in(text) for text in (*acted_on, *named)]
    first = next((f for f in found if f != "unknown"), "unknown")
    local = attribute(entity, "local") == "True" or any(_LOCALHOST.search(t) for t in acted_on)
    visit = any(
        _PULL_REQUEST.search(t) for t in (*acted_on, attribute(entity, "words"), attribute(entity, "environment"))
    )
    testing = container in ("ci", "package-script", "makefile") and any(_TESTING.search(n) for n in named)
    production = first == "production" and not local
    hosted = container == "ci" and not _SELF_HOSTED.search(attribute(entity, "words"))
    name = entity.region.path.rsplit("/", 1)[-1]
    return Surroundings(
        container=container,
        production=production,
        ephemeral=not production and (local or visit or testing or first in ("non-production", "ephemeral")),
        declared=any(_DESTRUCTION.search(n) for n in (*named[1:], command.scope, name.rsplit(".", 1)[0])),
        throwaway=not remote and (hosted or container == "dockerfile"),
        remote=remote,
    )


def _acted_on(command: Command) -> Iterator[str]:
    """Every text that says what the command acts on, most telling first."""
    yield from (o.value for o in command.options if o.value)
    yield from (value for _, value in command.assignments)
    yield from (t.value for t in command.targets)
    yield from command.via
    yield command.directory


def ref_of(command: Command) -> str:
    """What kind of ref a `git push` writes: default, release, publishing (a branch that a build makes), named, variable;
    none when the words do not say."""
    if command.tool != "git" or not command.verb.startswith("push"):
        return "none"
    words = command.targets[1:]
    if command.has("all", "mirror"):
        return "default"
    if not words:
        return "none"
    kinds = {_ref_kind(word) for word in words}
    return next(kind for kind in ("default", "release", "variable", "named", "publishing") if kind in kinds)


def _ref_kind(word: Word) -> str:
    name = word.value.lstrip("+").rpartition(":")[2].removeprefix("refs/heads/").removeprefix("refs/tags/")
    if re.fullmatch(r"main|master|trunk|develop|default|production|prod|HEAD", name):
        return "default"
    if re.fullmatch(r"(release|stable|hotfix|support)([-/].*)?|v?\d+(\.\d+)*(\.x)?", name):
        return "release"
    if _PUBLISHED.search(name) or _PUBLISHED.search(word.text):
        return "publishing"
    return "named" if word.known else "variable"


def worst_target(command: Command) -> Word | None:
    """The target that would do most harm; the one that an option names for tools that have no other."""
    if command.targets:
        return min(command.targets, key=lambda t: _DANGER.index(t.kind))
    return next((o.word for o in command.options if o.word is not None and o.value), None)


def more_dangerous(now: Word | None, before: Word | None) -> bool:
    """Whether the target is of a more dangerous kind than that of the command before."""
    if now is None:
        return False
    return before is None or _DANGER.index(now.kind) < _DANGER.index(before.kind)
