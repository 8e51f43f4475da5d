"""`rollout` facts: a change that went out in steps and now goes to all at once.

Steps are written in many forms, each read by its own rule below: canary steps of Argo Rollouts, analyses of Flagger, the
configuration of CodeDeploy, lists of stages, waves and rings, batches of Ansible, and options of commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.command import Command
from blastlint.diff.commands import command_of
from blastlint.enrich.commands.context import attribute
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import environment_in
from blastlint.facts.commands import is_known
from blastlint.masking import mask_text
from blastlint.model import Change, Entity, Fact, FactValue, Region, Value, scalar_text
from blastlint.parse.keytree import KeyTree
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)canary|setWeight|rollout|ring|wave|stage|percent|serial|AllAtOnce|stepWeight|batch|traffic|autoPromotion|phase|cohort"
)
_STAGES = regex(
    r"(?i)^(rollouts?|rollout_?(stages|steps|percent\w*)|stages?|waves?|rings?|phases?|cohorts?|deployment_?rings|steps_percent)$"
)
_SHARE = regex(
    r"(?i)^(serial|max_?(parallel|unavailable_percent)|percent(age)?|rollout_?percent(age)?|weight|batch_?(size|percent)|step_?weight|max_?weight|canary_?(weight|percent\w*))$"
)
_NOT_ROLLOUT = regex(r"(?i)^(stages)$")  # GitLab's `stages` are the order of its jobs
_ALL_AT_ONCE = regex(r"AllAtOnce|all-at-once|all_at_once", re.IGNORECASE)
_GRADUAL = regex(r"Canary|Linear|HalfAtATime|OneAtATime|Rolling|Gradual", re.IGNORECASE)
_SAFETY_OPTIONS = {
    "atomic": "rolls back by itself",
    "rollback-on-failure": "rolls back by itself",
    "cleanup-on-fail": "cleans up after a failure",
}
_FULL = regex(
    r"(?i)(?:^|\s)--?(?:percent(?:age)?|weight|traffic|ring|stage|wave|scope|target)[= ]"
    r"(100%?|global|all|general|everyone|full)\b"
)
_PARTIAL = regex(
    r"(?:^|\s)--?(?:percent(?:age)?|weight|traffic|ring|stage|wave|scope|target|after[-\w]*|bake[-\w]*)[= ](\S+)",
    re.IGNORECASE,
)
_WHOLE = frozenset({"100", "100%", "1.0", "all", "global", "general", "everyone", "full", "*"})
_MAX_DEPTH = 12


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one changed file, command or job."""
    if change.kind == "file":
        yield from _file(change, context)
    elif change.kind == "pipeline.workflow" and change.before is not None and change.after is not None:
        yield from _stages_of_jobs(change.before, change.after)
    elif change.kind == "command" and change.before is not None and change.after is not None:
        yield from _options(change.before, change.after)


# --- keys ----------------------------------------------------------------------------------------------------------


def _file(change: Change, context: Context) -> Iterator[Fact]:
    if change.action != "modified":
        return
    path = change.path
    if not path.endswith((".yaml", ".yml", ".json", ".toml")):
        return
    data = context.before.tree.read(path)
    if data is None or not _SCREEN.search(data):
        return
    before, after = context.before.document(path), context.after.document(path)
    if (
        before is None
        or after is None
        or not isinstance(before.content, KeyTree)
        or not isinstance(after.content, KeyTree)
    ):
        return
    for old, new in _documents(before.content.documents, after.content.documents):
        yield from _below(old, new, "", 0, path)


def _documents(before: Sequence[Value], after: Sequence[Value]) -> Iterator[tuple[Value, Value]]:
    """The documents of both sides that are the same thing, by kind and name where they have them."""
    waiting = {_identity(v, n): v for n, v in enumerate(after)}
    for number, old in enumerate(before):
        new = waiting.get(_identity(old, number))
        if new is not None:
            yield old, new


def _identity(value: Value, number: int) -> tuple[str, str, int]:
    kind, name = value.get("kind"), value.get("metadata", "name")
    if kind is not None and name is not None:
        return str(kind.scalar), str(name.scalar), 0
    return "", "", number


def _below(old: Value, new: Value, key: str, depth: int, path: str) -> Iterator[Fact]:
    if depth > _MAX_DEPTH or old == new:
        return
    if old.is_map and new.is_map:
        yield from _strategy(old, new, path)
        for name, child in old.items.items():
            now = new.items.get(name)
            if now is not None:
                yield from _below(child, now, name, depth + 1, path)
            elif name in ("serial",) and _is_part(child):
                yield rollout("all-at-once", name, scalar_text(child), "all at once", new.region, path)
    elif old.is_list and new.is_list:
        if _STAGES.match(key) and not (_NOT_ROLLOUT.match(key) and "gitlab" in path):
            yield from _list(old, new, key, path)
        named = {_name(e): e for e in new.elements if _name(e)}
        for number, element in enumerate(old.elements):
            name = _name(element)
            other = named.get(name) if name else new.get(number) if len(old.elements) == len(new.elements) else None
            if other is not None:
                yield from _below(element, other, key, depth + 1, path)
    elif old.is_scalar and new.is_scalar:
        yield from _scalar(old, new, key, path)


def _name(value: Value) -> str:
    found = value.get("name") or value.get("id") or value.get("hosts")
    return scalar_text(found)


def _list(old: Value, new: Value, key: str, path: str) -> Iterator[Fact]:
    """A list of stages that got shorter and still ends with everything."""
    before, after = [scalar_text(e) for e in old.elements], [scalar_text(e) for e in new.elements]
    if not before or not after or "" in before or "" in after:
        return
    lost = [stage for stage in before if stage not in after]
    if lost and len(after) < len(before) and before[-1] == after[-1]:
        what = "all-at-once" if len(after) == 1 else "stages-fewer"
        yield rollout(what, key, ", ".join(before), ", ".join(after), new.region, path)


def _scalar(old: Value, new: Value, key: str, path: str) -> Iterator[Fact]:
    before, after = scalar_text(old), scalar_text(new)
    if (_GRADUAL.search(before) and _ALL_AT_ONCE.search(after)) or (
        _SHARE.match(key)
        and _is_part(old)
        and after.lower() in _WHOLE
        and ("%" in before or "%" in after or key.lower() != "serial")
    ):
        yield rollout("all-at-once", key, before, after, new.region, path)
    elif key == "autoPromotionEnabled" and before.lower() == "false" and after.lower() == "true":
        yield rollout("pause-removed", key, before, after, new.region, path)


def _is_part(value: Value) -> bool:
    """Whether it is a share below one half, or a small batch."""
    text = scalar_text(value).rstrip("%")
    return text.isdigit() and 0 < int(text) <= 50


def _strategy(old: Value, new: Value, path: str) -> Iterator[Fact]:
    """Canary steps (Argo Rollouts) and analyses (Flagger)."""
    before, after = old.get("canary", "steps"), new.get("canary", "steps")
    if before is not None and before.is_list and (new.get("canary") is not None or new.get("blueGreen") is not None):
        yield from _steps(before, after, new, path)
    elif before is not None and new.get("canary") is None and new.get("blueGreen") is None and new.region is not None:
        yield rollout("all-at-once", "canary", f"{len(before.elements)} steps", "no canary", new.region, path)
    weight, now = old.get("analysis", "stepWeight"), new.get("analysis", "stepWeight")
    if weight is not None and now is not None and (new.get("targetRef") is not None or new.get("service") is not None):
        was, is_now = _number(weight), _number(now)
        if was and is_now and is_now >= 50 > was:
            yield rollout("stages-fewer", "stepWeight", scalar_text(weight), scalar_text(now), now.region, path)
    metrics = old.get("analysis", "metrics")
    if metrics is not None and metrics.elements and old.get("targetRef") is not None:
        left = new.get("analysis", "metrics")
        if left is None or not left.elements:
            yield rollout(
                "analysis-removed", "analysis.metrics", f"{len(metrics.elements)} metrics", "none", new.region, path
            )


def _steps(before: Value, after: Value | None, holder: Value, path: str) -> Iterator[Fact]:
    if holder.get("blueGreen") is not None:
        return  # another way to have both versions at once
    old, new = _shape(before), _shape(after)
    shown = f"{_told(old)} -> {_told(new)}"
    region = after.region if after is not None else holder.region
    if old[0] and not new[0]:
        yield rollout("all-at-once", "canary.steps", _told(old), "all at once", region, path)
    elif len(new[0]) < len(old[0]) or (new[0] and old[0] and min(new[0]) >= 50 > min(old[0])):
        yield rollout("stages-fewer", "canary.steps", _told(old), _told(new), region, path)
    elif new[1] < old[1]:
        yield rollout("pause-removed", "canary.steps", _told(old), _told(new), region, path)
    elif new[2] < old[2]:
        yield rollout("analysis-removed", "canary.steps", shown.partition(" -> ")[0], _told(new), region, path)


def _shape(steps: Value | None) -> tuple[list[int], int, int]:
    """(weights below all, pauses, analyses) of canary steps."""
    elements = steps.elements if steps is not None else ()
    weights = [_number(w) for e in elements for w in [e.get("setWeight")] if w is not None]
    pauses = sum(1 for e in elements if e.get("pause") is not None)
    return [w for w in weights if 0 < w < 100], pauses, sum(1 for e in elements if e.get("analysis") is not None)


def _told(shape: tuple[list[int], int, int]) -> str:
    weights = ", ".join(f"{w} %" for w in shape[0]) or "no weights"
    counts = ((shape[1], "pause", "pauses"), (shape[2], "analysis", "analyses"))
    told = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    return f"{weights} with {' and '.join(told)}" if told else weights


def _number(value: Value) -> int:
    text = scalar_text(value).rstrip("%")
    return int(text) if text.isdigit() else 0


# --- commands and jobs -----------------------------------------------------------------------------------------------


def _options(before: Entity, after: Entity) -> Iterator[Fact]:
    """An option that rolled a failed deployment back, gone from the same command."""
    old, new = command_of(before), command_of(after)
    if attribute(after, "container") == "docs":
        return
    for name, meaning in _SAFETY_OPTIONS.items():
        if name in ("cleanup-on-fail",) and new.has("atomic", "rollback-on-failure"):
            continue
        if old.has(name) and not new.has("atomic" if name == "rollback-on-failure" else name, "rollback-on-failure"):
            fields = _fields(
                "rollback-off", name, f"{mask_text(old.text)} ({meaning})", mask_text(new.text), after.region.path
            )
            yield Fact("rollout", fields, name, before=old.region, after=new.region)
            return


def _stages_of_jobs(before: Entity, after: Entity) -> Iterator[Fact]:
    """A deployment to a part before that to all, gone from a job whose deployment to all is still there."""
    assert isinstance(before.detail, tuple) and isinstance(after.detail, tuple)
    for job, commands in before.detail[2].items():
        now: Sequence[Command] = after.detail[2].get(job, ())
        partial = [c for c in commands if _part_of(c)]
        whole = [c for c in now if _FULL.search(c.text)]
        kept = [c for c in now if _part_of(c)]
        for command in partial:
            if not kept and any(c.tool == command.tool for c in whole):
                fields = _fields(
                    "stages-fewer", job, mask_text(command.text), mask_text(whole[0].text), after.region.path, job
                )
                yield Fact("rollout", fields, f"{job}.stages", before=command.region, after=whole[0].region)
                break


def _part_of(command: Command) -> bool:
    """Whether a command sends something to a part of its targets, or waits before the rest."""
    if is_known(command.tool) and command.tool not in ("gcloud", "az", "argocd", "kubectl"):
        return False
    found = _PARTIAL.findall(command.text)
    return (
        bool(found)
        and any(v.lower().strip("'\"") not in _WHOLE for v in found)
        and bool(re.search(r"(?i)percent|weight|traffic|ring|stage|wave|bake|canary", command.text))
    )


# --- facts -----------------------------------------------------------------------------------------------------------


def rollout(what: str, name: str, before: str, after: str, region: Region | None, path: str) -> Fact:
    """A fact about a file."""
    return Fact("rollout", _fields(what, name, before, after, path), f"{what}.{name}", after=region)


def _fields(what: str, name: str, before: str, after: str, path: str, job: str = "") -> dict[str, FactValue]:
    production = any(environment_in(text) == "production" for text in (path, job))
    return {"what": what, "name": name, "before": before, "after": after, "production": production}
