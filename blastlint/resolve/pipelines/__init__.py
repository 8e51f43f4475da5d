"""CI files -> their jobs and the shell in their steps: GitHub Actions, GitLab CI, CircleCI, Azure Pipelines, Jenkins
(declarative), Argo Workflows, and whatever else keeps shell under keys that say so (Taskfile, Ansible, Buildkite).

A job is brought to one form whatever the system, so that a lost gate looks alike everywhere: see `model.Job`.
"""

from __future__ import annotations

from blastlint.frozen import replace
from blastlint.model import Value
from blastlint.regex import regex
from blastlint.resolve.pipelines import argo, azure, circle, elsewhere, github, gitlab, jenkins
from blastlint.resolve.pipelines.model import Job, Pipeline, Shell, Trigger, text_of

__all__ = ["Job", "Pipeline", "Shell", "Trigger", "is_pipeline", "pipeline_of", "text_of"]

_GITHUB = regex(r"(^|/)\.(github|gitea|forgejo)/workflows/[^/]+\.ya?ml$")
_ACTION = regex(r"(^|/)action\.ya?ml$")
_GITLAB = regex(r"(^|/)(\.gitlab-ci\.ya?ml|[^/]*\.gitlab-ci\.ya?ml|\.gitlab/.*\.ya?ml)$")
_CIRCLE = regex(r"(^|/)\.circleci/.*\.ya?ml$")
_AZURE = regex(r"(^|/)(azure-pipelines[^/]*|\.azure-pipelines/.*|\.?azure[^/]*)\.ya?ml$")
_JENKINS = regex(r"(^|/)(Jenkinsfile[^/]*|[^/]+\.jenkinsfile)$")
_WORKFLOWS = (_GITHUB, _GITLAB, _CIRCLE, _AZURE, _JENKINS)


def is_pipeline(path: str) -> bool:
    """Whether a file of this name is what a CI system runs."""
    return any(pattern.search(path) for pattern in _WORKFLOWS)


def pipeline_of(path: str, tree: Value, keys: frozenset[str]) -> Pipeline | None:
    """The pipeline that a document is; None when it holds no shell at all. `keys` are all that its file has."""
    if not tree.is_map and not tree.is_list:
        return None
    if _GITHUB.search(path) or _ACTION.search(path):
        found = github.read(tree)
    elif _GITLAB.search(path) or ({"script", "stage"} <= keys and gitlab.fits(tree)):
        found = gitlab.read(tree)
    elif _CIRCLE.search(path):
        found = circle.read(tree)
    elif _JENKINS.search(path):
        found = jenkins.read(tree)
    elif _AZURE.search(path) and azure.fits(tree):
        found = azure.read(tree)
    elif argo.fits(tree):
        found = argo.read(tree)
    else:
        shells = () if elsewhere.TELLING.isdisjoint(keys) else tuple(elsewhere.shells(tree, (), 0))
        if not shells:
            return None
        if _AZURE.search(path) or tree.get("pipelines") is not None or tree.get("steps") is not None:
            shells = tuple(replace(s, container="ci") for s in shells)
        found = Pipeline((), shells, (), text_of(tree.get("name")))
    return replace(found, region=tree.region)
