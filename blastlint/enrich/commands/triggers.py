"""Conditions of CI jobs that are gone and are met all the same: another condition asks for more, or what starts the pipeline
says so already (`github.ref == 'refs/heads/main'` in a workflow that only pushes to main start).
"""

from __future__ import annotations

from collections.abc import Iterable

from blastlint.enrich.context import Context
from blastlint.regex import regex
from blastlint.resolve.pipelines import Pipeline, Trigger

_COMPARED = regex(r"^(?P<what>github\.(?:event_name|ref|ref_name|ref_type))\s*(?P<how>[!=]=)\s*'(?P<text>[^']*)'$")
_MARKS = regex(r"\$\{\{|\}\}")
_NESTED = regex(r"(^|&&|\|\|)\s*!?\(|\([^()]*(&&|\|\|)")
_ALWAYS = regex(r"^(always\(\)|success\(\)|!\s*(cancelled|failure)\(\))$")
_REFS = (("branches", "heads"), ("tags", "tags"))
_STARTS = regex(r"^startsWith\(\s*(?P<what>github\.ref)\s*,\s*'(?P<text>[^']*)'\s*\)$")


def is_implied(condition: str, now: Iterable[str], path: str, context: Context) -> bool:
    """Whether what holds a command of the file back `now`, or every event that starts the pipeline, meets it anyway."""
    asked = _alternatives(condition)
    triggers = _triggers(path, context)

    def is_met(known: frozenset[str]) -> bool:
        return any(
            all(part in known or (triggers and all(_holds(part, trigger) for trigger in triggers)) for part in parts)
            for parts in asked
        )

    return any(all(is_met(known) for known in _alternatives(text)) for text in ("", *now))


def _alternatives(condition: str) -> list[frozenset[str]]:
    """The parts that a condition asks for together, for each way to meet it. What is in brackets is one part."""
    text = _MARKS.sub("", condition.removeprefix("if ")).strip()
    if _NESTED.search(text):
        return [frozenset({text})]
    ways = (frozenset(part.strip() for part in way.split("&&")) for way in text.split("||"))
    return [frozenset(part for part in way if part and not _ALWAYS.match(part)) for way in ways]


def _triggers(path: str, context: Context) -> tuple[Trigger, ...]:
    workflow = next((e for e in context.entities_after if e.kind == "pipeline.workflow" and e.address == path), None)
    if workflow is None or not isinstance(workflow.detail, tuple):
        return ()
    pipeline: Pipeline = workflow.detail[0]
    return pipeline.triggers


def _holds(part: str, trigger: Trigger) -> bool:
    compared, starts = _COMPARED.match(part), _STARTS.match(part)
    if compared is not None and compared["what"] == "github.event_name":
        return (trigger.event == compared["text"]) is (compared["how"] == "==")
    refs = _refs(trigger)
    if starts is not None:
        return bool(refs) and all(ref.startswith(starts["text"]) for ref in refs)
    if compared is None or not refs or compared["how"] != "==":
        return False
    return all(_part_of(ref, compared["what"]) == compared["text"] for ref in refs)


def _refs(trigger: Trigger) -> list[str]:
    """The refs, as patterns, that it starts for; empty where nobody can say."""
    if trigger.event != "push":
        return []
    filters = dict(trigger.filters)
    named = [(kind, name) for key, kind in _REFS for name in filters.get(key, ())]
    return [f"refs/{kind}/{name}" for kind, name in named] if all(name[:1] != "!" for _, name in named) else []


def _part_of(ref: str, what: str) -> str:
    _, kind, name = ref.split("/", 2)
    return {"github.ref": ref, "github.ref_name": name, "github.ref_type": "tag" if kind == "tags" else "branch"}[what]
