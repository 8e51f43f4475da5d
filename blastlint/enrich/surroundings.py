"""Where a change is: its environment (production, ...) and what class of file it stands in. By words in paths and names."""

from __future__ import annotations

import re
from functools import lru_cache

from blastlint.config import Config
from blastlint.globs import matches
from blastlint.model import Entity, Environment, PathClass
from blastlint.regex import regex, screened

# Words, not substrings: "product" and "reproduce" are not production.
_WORDS: dict[str, Environment] = {
    **dict.fromkeys(("prod", "production", "prd", "live", "prod1", "prod2"), "production"),
    **dict.fromkeys(
        (
            "dev", "develop", "development", "test", "testing", "staging", "stage", "stg", "qa", "uat", "sandbox", "sbx",
            "demo", "local", "nonprod", "preprod", "preproduction", "playground", "loadtest", "dev1", "dev2", "tst",
        ),
        "non-production",
    ),
    **dict.fromkeys(("preview", "previews", "ephemeral", "minikube", "localstack", "k3d"), "ephemeral"),
}  # fmt: skip
_NAMED = (
    "terraform.resource", "terraform.module", "cloudformation.resource", "kubernetes.object", "compose.service"
)  # fmt: skip
_SPLIT = regex(r"[^a-z0-9]+")
_JOINED = regex(r"(?<![a-z0-9])(non|pre)[-_]prod")
_PULL_REQUEST = screened("pr mr pull review", r"(?<![a-z0-9])(pr|mr|pull|review)-?(\d+|\$|\{)")

_SEGMENTS: dict[str, PathClass] = {
    **dict.fromkeys(("vendor", "vendored", "third_party", "node_modules", "bower_components", "external_libs"), "vendored"),
    **dict.fromkeys(("docs", "doc", "documentation"), "docs"),
    **dict.fromkeys(("examples", "example", "samples", "sample", "tutorials", "tutorial", "quickstart"), "example"),
    **dict.fromkeys(
        ("tests", "test", "testing", "__tests__", "spec", "specs", "testdata", "fixtures", "e2e", "__snapshots__",
         "cypress", "mocks", "__mocks__", "test-fixtures", "testutil"),
        "test",
    ),
    **dict.fromkeys(("generated", "__generated__", "dist", "gen"), "generated"),
}  # fmt: skip
_LOCK_NAMES = frozenset(
    {
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "cargo.lock",
        "gemfile.lock", "composer.lock", "go.sum", "pipfile.lock", ".terraform.lock.hcl", "pdm.lock", "bun.lock",
        "flake.lock", "chart.lock", "packages.lock.json", "mix.lock", "podfile.lock",
    }
)  # fmt: skip
_NAMES: tuple[tuple[re.Pattern[str], PathClass], ...] = (
    (
        screened(
            "test spec",
            r"(^|/)(test_[^/]*\.py|[^/]*_test\.(py|go)|conftest\.py|[^/]*[._-](test|spec)\.[cm]?[jt]sx?)$",
        ),
        "test",
    ),
    (
        screened("spec test .snap$", r"(^|/)[^/]*_spec\.rb$|(^|/)[^/]*Tests?\.java$|\.(tftest|tofutest)\.hcl$|\.snap$"),
        "test",
    ),
    (
        screened(
            ".md$ .mdx$ .rst$ .adoc$ readme licen changelog notice",
            r"\.(md|mdx|rst|adoc)$|(^|/)(?i:readme|licen[cs]e|changelog|notice)[^/.]*(\.(?i:txt|html?))?$",
        ),
        "docs",
    ),
    (
        screened(
            ".min.js$ .pb.go$ .pb2.py$ .g.dart$ .generated.",
            r"\.(min\.js|pb\.go|pb2\.py|g\.dart)$|(^|/)[^/]*\.generated\.[^/]+$",
        ),
        "generated",
    ),
    (screened("example sample .dist$", r"\.(example|sample|dist)$|(^|/)[^/]*\.(example|sample)\.[^/]+$"), "example"),
)


def environment_of(entity: Entity, config: Config) -> Environment:
    """By configured globs, then by the deepest telling word: of the variant, the path, at last the entity's own name."""
    path = entity.region.path
    if config.production and matches(path, config.production):
        return "production"
    if config.non_production and matches(path, config.non_production):
        return "non-production"
    # In code a function's name says nothing of where it runs; a resource's often does.
    named = (entity.parent, entity.name) if entity.kind in _NAMED else ()
    for text in (entity.variant, path, *named):
        if text and (found := environment_in(text)) != "unknown":
            return found
    return "unknown"


@lru_cache(maxsize=4096)
def environment_in(text: str) -> Environment:
    """The environment that the last telling word of `text` names, else unknown."""
    text = text.lower()
    if _PULL_REQUEST.search(text):
        return "ephemeral"
    for word in reversed(_SPLIT.split(_JOINED.sub(r"\1prod", text) if "prod" in text else text)):
        if word in _WORDS:
            return _WORDS[word]
    return "unknown"


def class_of(entity: Entity, config: Config) -> PathClass:
    """The class of the file in which an entity stands. What a called module declares is applied where the call is: it is no
    less real for having been copied into a vendored directory."""
    own = path_class_of(entity.region.path, config)
    if own == "source" or not entity.kind.startswith("terraform."):
        return own
    return "source" if path_class_of(f"{entity.configuration}/main.tf", config) == "source" else own


def path_class_of(path: str, config: Config) -> PathClass:
    """By configured globs, then by directory and file names; `source` when nothing tells otherwise."""
    for patterns, configured in _configured(config):
        if patterns and matches(path, patterns):
            return configured
    return _built_in_class(path)


def _configured(config: Config) -> tuple[tuple[tuple[str, ...], PathClass], ...]:
    return (
        (config.generated, "generated"),
        (config.vendored, "vendored"),
        (config.docs, "docs"),
        (config.tests, "test"),
    )


@lru_cache(maxsize=4096)
def _built_in_class(path: str) -> PathClass:
    *directories, name = path.lower().split("/")
    if name in _LOCK_NAMES:
        return "lock"
    for directory in directories:
        if directory in _SEGMENTS:
            return _SEGMENTS[directory]
    return next((found for pattern, found in _NAMES if pattern.search(path)), "source")
