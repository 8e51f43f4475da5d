"""`agent-workflow` facts: a workflow job in which a coding agent runs, and what it gained: a token that writes, tools
without question, or a trigger that anybody can pull.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.agents.flags import disarming
from blastlint.enrich.context import Context
from blastlint.facts.agents import Action, table
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.shell import parse_snippet
from blastlint.parse.workspace import Workspace
from blastlint.prose import listed
from blastlint.regex import regex
from blastlint.resolve.pipelines import text_of

# Events that people without rights in the repository can cause, with the token and secrets of the repository.
_OPEN = frozenset(
    {"issue_comment", "issues", "pull_request_target", "discussion", "discussion_comment", "workflow_run"}
)
_GUARDED = regex(
    r"author_association|github\.actor|github\.triggering_actor|sender\.(login|type)|user\.login|collaborator|permission"
    r"|\.labels|event\.label|head\.repo\.full_name|head_repository",
    re.IGNORECASE,
)
_WILD = regex(
    r"(^|[\s,\"'=\[])(Bash|Bash\(\*\)|\*|run_shell_command|danger-full-access|unsafe)(?=$|[\s,\"'\]])"
    r"|dangerously-skip-permissions|bypassPermissions|dangerously-bypass-approvals|--yolo|approval-mode[= ]yolo"
    r"|\"autoAccept\"\s*:\s*true"
)
_OTHER_PROGRAMS = frozenset({"q", "amp", "copilot", "crush"})  # names that others have too
_ASKING = frozenset({"p", "prompt", "allow-tool", "allow-all-tools", "allow-all", "x", "execute"})
_WRITES = frozenset({"contents", "actions", "packages", "deployments", "pages", "security-events", "workflows"})


@dataclass(frozen=True, slots=True)
class Run:
    """One job that runs an agent: what is risky about it, in words, by sort (anyone, writes, everything)."""

    job: str
    agent: str
    risks: dict[str, str]
    region: Region | None


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for each job that gained something."""
    before = {r.job: r for r in _runs(change.before.address, context.before)} if change.before is not None else {}
    after = list(_runs(change.after.address, context.after)) if change.after is not None else []
    alone = next(iter(before.values()), None) if len(before) == 1 == len(after) else None
    for run in after:
        old = before.get(run.job) or alone
        gained = [sort for sort in run.risks if old is None or sort not in old.risks]
        if gained:
            yield Fact(
                "agent-workflow",
                {
                    "agent": run.agent,
                    "job": run.job,
                    "gained": tuple(gained),
                    "risks": tuple(run.risks),
                    "new": old is None,
                    "summary": listed(run.risks.values(), len(run.risks)),
                },
                run.job,
                old.region if old is not None else None,
                run.region,
            )


def _runs(path: str, side: Workspace) -> Iterator[Run]:
    document = side.document(path)
    if document is None or not isinstance(document.content, KeyTree):
        return
    for root in document.content.documents:
        events = _events(root)
        jobs = root.get("jobs")
        for name, job in (jobs.items if jobs is not None else {}).items():
            steps = job.get("steps")
            for step in steps.elements if steps is not None else ():
                run = _run(name, step, job, root, events, path)
                if run is not None:
                    yield run
                    break


def _run(name: str, step: Value, job: Value, root: Value, events: frozenset[str], path: str) -> Run | None:
    uses = text_of(step.get("uses")).partition("@")[0].lower()
    action = next((a for a in table().actions if uses == a.uses or uses.startswith(f"{a.uses}/")), None)
    unasked = ""
    if action is None:
        agent, unasked = _program(step, path)
        if not agent:
            return None
        action = Action(agent)
    given = step.get("with")
    arguments = " ".join(text_of(given.get(key)) for key in action.arguments) if given is not None else ""
    risks: dict[str, str] = {}
    opened = next((k for k in action.opens if given is not None and text_of(given.get(k))), "")
    trigger = next((e for e in sorted(events & _OPEN)), "")
    conditions = f"{text_of(job.get('if'))} {text_of(step.get('if'))}"
    if trigger and (opened or not action.guard) and not _GUARDED.search(conditions):
        risks["anyone"] = f"anybody can start it ({trigger}{f', {opened}' if opened else ''})"
    writes = _writes(job, root)
    if writes:
        risks["writes"] = f"its token writes ({writes})"
    if unasked or _WILD.search(arguments):
        risks["everything"] = f"it may run every command ({unasked or _WILD.search(arguments)[0].strip()})"  # type: ignore[index]
    return Run(name, action.uses, risks, step.region)


def _program(step: Value, path: str) -> tuple[str, str]:
    """(agent, the option that lets it do everything) of a step that runs an agent's command line."""
    script = text_of(step.get("run"))
    if not script or not any(tool in script for tool in table().flags):
        return "", ""
    found = ("", "")
    for command in parse_snippet(script, path, "after", 1, 1).commands:
        if command.tool in table().flags:
            option, _ = disarming(command)
            asked = command.tool not in _OTHER_PROGRAMS or any(o.name in _ASKING for o in command.options)
            if option or (asked and not found[0]):
                found = command.tool, option
    return found


def _writes(job: Value, root: Value) -> str:
    """The writing permissions of a job's token; those of the workflow where the job says nothing."""
    granted = job.get("permissions") or root.get("permissions")
    if granted is None:
        return ""
    if not granted.is_map:
        return "write-all" if text_of(granted) == "write-all" else ""
    return ", ".join(k for k, v in granted.items.items() if text_of(v) == "write" and k in _WRITES)


def _events(root: Value) -> frozenset[str]:
    on = root.get("on") or root.get("true")
    if on is None:
        return frozenset()
    return frozenset(on.items) | frozenset(text_of(e) for e in on.elements) | ({text_of(on)} - {""})
