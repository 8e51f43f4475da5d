"""CircleCI."""

from __future__ import annotations

from blastlint.model import Value
from blastlint.resolve.pipelines.model import Job, Pipeline, Shell, header_of, names_of, text_of, variables_of


def read(tree: Value) -> Pipeline:
    jobs: list[Job] = []
    shells: list[Shell] = []
    for group in ("jobs", "commands"):
        listed = tree.get(group)
        for name, job in (listed.items if listed is not None else {}).items():
            steps = job.get("steps")
            env = variables_of(job.get("environment"))
            for number, step in enumerate(steps.elements if steps is not None else (), 1):
                run = step.get("run")
                value = run.get("command") if run is not None and run.is_map else run
                label = text_of(run.get("name")) if run is not None and run.is_map else ""
                if value is not None and text_of(value):
                    shells.append(Shell(value, name, label or f"step {number}", True, (), env, tuple(env)))
            if group == "jobs":
                jobs.append(Job(name, job.region, header=header_of(job)))
    workflows = tree.get("workflows")
    for flow, body in (workflows.items if workflows is not None else {}).items():
        listed = body.get("jobs")
        for entry in listed.elements if listed is not None else ():
            for name, options in entry.items.items():
                approval = "type: approval" if text_of(options.get("type")) == "approval" else ""
                needs = names_of(options.get("requires"))
                jobs.append(Job(f"{flow}/{name}", options.region or entry.region, approval=approval, needs=needs))
            if text_of(entry):  # named, and waiting for nothing
                jobs.append(Job(f"{flow}/{text_of(entry)}", entry.region))
    return Pipeline(tuple(jobs), tuple(shells), (), "")
