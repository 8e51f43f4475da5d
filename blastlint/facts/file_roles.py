"""What a key tree is for: what its reader does with it decides which differences are worth a word.

| role | what |
|---|---|
| configuration | settings that a program reads: anything not told below |
| manifest | declares objects or resources (Kubernetes, CloudFormation, compose, ...): other resolvers know its meaning |
| pipeline | CI jobs and their actions |
| package | a project's own description, its dependencies and developer tools (package.json, pyproject.toml, tsconfig.json) |
| catalogue | texts for people, by language |
| specification | describes data or an interface (OpenAPI, JSON Schema, a CRD) |
| dashboard | pictures and notebooks |
| state | what a tool wrote for itself (terraform.tfstate) |
| data | records: rows of equal shape |
| zone | the names of a DNS zone |
| list | entries of one kind, one a line: what is let in, kept out or redirected |

Inside a manifest there is configuration again: the data of a ConfigMap, the values of a Helm release, environment variables.
"""

from __future__ import annotations

from typing import Literal

from blastlint.model import Value
from blastlint.regex import Words, regex

Role = Literal[
    "configuration", "manifest", "pipeline", "package", "catalogue", "specification", "dashboard", "state", "data",
    "zone", "list",
]

_PIPELINE = regex(
    r"(^|/)\.(github/(workflows|actions)|circleci|buildkite|woodpecker|tekton|gitlab/ci|gitlab-ci)/"
    r"|(^|/)(\.gitlab-ci|\.travis|azure-pipelines|bitbucket-pipelines|appveyor|\.drone|cloudbuild|buildspec|action"
    r"|\.woodpecker|Jenkinsfile|codecov|\.codecov|\.pre-commit-config|\.pre-commit-hooks)[\w.-]*\.ya?ml$"
)
_PACKAGE = regex(
    r"(^|/)(package|composer|bower|lerna|nx|turbo|tsconfig[\w.-]*|jsconfig|deno|renovate|\.?eslintrc|\.babelrc|biome"
    r"|angular|project|pubspec|cdk|vcpkg|manifest|extensions|settings\.local|devcontainer|launch|tasks|\.prettierrc"
    r"|\.releaserc|\.lintstagedrc|mkdocs|_config|\.rubocop|\.golangci|\.yamllint|\.markdownlint[\w.-]*|dependabot"
    r"|\.release-please-manifest|release-please-config|wrangler|vercel|CITATION|catalog-info)\.(json5?|jsonc|ya?ml|toml|cff)$"
    r"|(^|/)(pyproject|Cargo|Pipfile|uv|ruff|\.ruff|mypy|rustfmt|clippy|taplo|poetry|\.?mise)\.toml$|(^|/)Pipfile$"
    r"|(^|/)(setup|tox|mypy|pytest|\.flake8|\.pylintrc|\.coveragerc|\.editorconfig|\.npmrc|\.bumpversion)(\.cfg|\.ini)?$"
    r"|(^|/)\.github/[^/]+\.ya?ml$|(^|/)Chart\.ya?ml$|(^|/)\.(vscode|idea|devcontainer)/|(^|/)renovate[\w./-]*\.json5?$|(^|/)\.renovate/"
    r"|(^|/)gradle(-wrapper)?\.properties$"
)
_CATALOGUE = regex(
    r"(^|/)(locales?|i18n|l10n|lang|langs|languages|translations?|messages)/|\.arb$"
    r"|(^|/)(messages|strings|translation)s?([_.-][a-z]{2}([_-][A-Za-z]{2,4})?)?\.(json|ya?ml|properties)$"
    r"|(^|/)(af|ar|az|be|bg|bn|bs|ca|cs|cy|da|de|el|en|eo|es|et|fa|fi|fr|ga|gl|he|hi|hr|hu|hy|id|is|it|ja|ka|kk|km|ko|ku|lt"
    r"|lv|mk|ml|mn|mr|ms|my|nb|ne|nl|nn|no|pa|pl|pt|ro|ru|sk|sl|sq|sr|sv|sw|ta|te|th|tr|uk|ur|uz|vi|zh)"
    r"([_-][A-Z]{2})?\.(json|ya?ml)$"  # languages, and not db.yaml, ci.yml, eu.yaml
)
_TEXTS = Words(
    ".json$ .json5$ .jsonc$ .yaml$ .yml$ .toml$ .properties$ .ini$ .po$ .pot$ .arb$ .xlf$ .xliff$ .strings$ .stringsdict$"
    " .ftl$ .resx$ .xml$ .lang$"
)
_DASHBOARD = regex(r"(^|/)dashboards?/|dashboard[\w-]*\.json$|\.(ipynb|geojson|ndjson|map|lottie)$")
_DATA = regex(r"(^|/)(data|datasets?|seeds?|snapshots?|corpus|samples?|_data)/|\.(jsonl)$")
_COMPOSE = regex(r"(^|/)(docker-)?compose[\w.-]*\.ya?ml$")
_STATE = regex(r"\.tfstate(\.backup)?$")
_RECORDS = 20

# Where configuration begins inside a manifest, as key paths.
_INSIDE = regex(
    r"^(data|stringData|binaryData|spec\.values|spec\.chart\.values|spec\.valuesContent|spec\.(template\.spec\.)?sources?(\[[^\]]*\])?\.helm\.\w+|helmCharts"
    r"|configMapGenerator|spec\.postBuild\.substitute)(\.|\[|$)"
    r"|(^|\.)(env|environment)(\[|\.|$)"
)


def is_catalogue(path: str) -> bool:
    """Whether a file has texts for people, told by its path alone."""
    return _TEXTS.search(path) and _CATALOGUE.search(path) is not None


def file_role(path: str, root: Value, language: str) -> Role:
    """The role of one document; its language tells where that is made for one thing."""
    if _STATE.search(path):
        return "state"
    if language in ("zone", "list"):
        return "zone" if language == "zone" else "list"
    if _PIPELINE.search(path):
        return "pipeline"
    by_content = _by_content(path, root)
    if by_content:
        return by_content
    if _PACKAGE.search(path):
        return "package"
    if _CATALOGUE.search(path):
        return "catalogue"
    if _DASHBOARD.search(path):
        return "dashboard"
    if _DATA.search(path) or _records(root):
        return "data"
    return "configuration"


def role_at(role: Role, path: str) -> Role:
    """The role of the key at `path` within a document of `role`."""
    return "configuration" if role == "manifest" and _INSIDE.search(path) else role


def _by_content(path: str, root: Value) -> Role | None:
    items = root.items
    if "apiVersion" in items and "kind" in items:
        kind = str(items["kind"].scalar)
        return "specification" if kind == "CustomResourceDefinition" else "manifest"
    if "kind" in items and "resources" in items and path.endswith(("kustomization.yaml", "kustomization.yml")):
        return "manifest"
    if path.endswith(("kustomization.yaml", "kustomization.yml")) or _COMPOSE.search(path):
        return "manifest"
    if ("Resources" in items and items["Resources"].is_map) or {"resources", "runtime"} <= items.keys():
        return "manifest"  # of CloudFormation, of Pulumi
    if "Statement" in items or ("groups" in items and items["groups"].is_list):
        return "manifest"  # a policy document; alerting rules
    if {"openapi", "swagger", "asyncapi"} & items.keys() or (
        "$schema" in items and {"properties", "$defs"} & items.keys()
    ):
        return "specification"
    if "panels" in items or ("cells" in items and "nbformat" in items):
        return "dashboard"
    return None


def _records(root: Value) -> bool:
    """Whether the document is a list of many maps, or a map of many: rows of equal shape."""
    rows = root.elements if root.is_list else tuple(root.items.values())
    if len(rows) < _RECORDS or not all(row.is_map for row in rows):
        return False
    first = rows[0].items.keys()
    return sum(1 for row in rows if row.items.keys() == first) >= len(rows) * 0.8
