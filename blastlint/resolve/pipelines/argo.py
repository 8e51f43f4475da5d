"""Argo Workflows: templates are jobs, suspend templates are approvals, dependencies are needs."""

from __future__ import annotations

from blastlint.model import Value
from blastlint.resolve.pipelines.elsewhere import shells
from blastlint.resolve.pipelines.model import Job, Pipeline, header_of, names_of, strings_of, text_of

_KINDS = frozenset({"Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"})


def fits(tree: Value) -> bool:
    return text_of(tree.get("kind")) in _KINDS and text_of(tree.get("apiVersion")).startswith("argoproj.io/")


def read(tree: Value) -> Pipeline:
    spec = tree.get("spec", "workflowSpec") or tree.get("spec")
    templates = spec.get("templates") if spec is not None else None
    listed = {text_of(t.get("name")): t for t in (templates.elements if templates is not None else ())}
    suspended = {name for name, t in listed.items() if t.get("suspend") is not None}
    jobs: list[Job] = []
    for name, template in listed.items():
        tasks = template.get("dag", "tasks")
        previous: tuple[str, ...] = ()
        steps = template.get("steps")
        for group in steps.elements if steps is not None else ():
            members = group.elements or (group,)
            for step in members:
                jobs.append(_job(name, step, suspended, previous))
            previous = tuple(text_of(step.get("name")) for step in members)
        for task in tasks.elements if tasks is not None else ():
            needs = names_of(task.get("dependencies")) or tuple(text_of(v) for v in strings_of(task.get("depends")))
            jobs.append(_job(name, task, suspended, needs))
        if tasks is None and steps is None:
            approval = "suspend" if name in suspended else ""
            jobs.append(Job(name, template.region, approval=approval, header=header_of(template)))
    return Pipeline(tuple(jobs), tuple(shells(tree, (), 0)), (), text_of(tree.get("metadata", "name")))


def _job(owner: str, step: Value, suspended: set[str], needs: tuple[str, ...]) -> Job:
    approval = "suspend" if text_of(step.get("template")) in suspended else ""
    name = f"{owner}/{text_of(step.get('name'))}"
    nonblocking = "continueOn" if step.get("continueOn") is not None else ""
    return Job(name, step.region, nonblocking, approval, "", text_of(step.get("when")), needs, header=header_of(step))
