"""Declarative Jenkins pipelines, as the tree that parse/jenkinsfile.py makes of them. An agent of Jenkins is a machine that
outlives the build; what Jenkins sets is never empty there.
"""

from __future__ import annotations

from blastlint.command import Guard
from blastlint.model import Value
from blastlint.parse.shell_guards import kind_of
from blastlint.resolve.pipelines.model import Job, Pipeline, Shell, Trigger, header_of, text_of

_SET = ("WORKSPACE", "WORKSPACE_TMP", "BUILD_NUMBER", "BUILD_TAG", "JOB_NAME", "BRANCH_NAME", "GIT_COMMIT")
_KNOWN = {name: name.lower() for name in _SET}  # a place of the build's own, or a word


def read(tree: Value) -> Pipeline:
    jobs: list[Job] = []
    shells: list[Shell] = []
    stages = tree.get("stages")
    before: tuple[str, ...] = ()
    for name, stage in (stages.items if stages is not None else {}).items():
        condition = text_of(stage.get("when"))
        guards = (Guard(kind_of(condition), f"when {condition}", region=stage.region),) if condition else ()
        scripts = stage.get("scripts")
        for number, script in enumerate(scripts.elements if scripts is not None else (), 1):
            text = script.items["text"]
            language = text_of(script.get("language"))
            shells.append(
                Shell(text, name, f"sh {number}", True, guards, known=_KNOWN, words="self-hosted", language=language)
            )
        approval = text_of(stage.get("input"))
        jobs.append(
            Job(
                name, stage.region, text_of(stage.get("nonblocking")), approval, "", condition, before,
                header=header_of(stage),
            )
        )  # fmt: skip
        before = (name,)
    events = tree.get("triggers")
    triggers = tuple(Trigger(text_of(e)) for e in (events.elements if events is not None else ()))
    return Pipeline(tuple(jobs), tuple(shells), triggers, "")
