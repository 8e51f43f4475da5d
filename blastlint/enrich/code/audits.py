"""What was done is no longer written down: a call that leaves an audit record, gone from beside work that stays. A `guard`
fact of the kind `logging`. Names are in facts/calls.json: audits."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern
from blastlint.model import Fact, FactValue
from blastlint.parse.code import Call, Shape
from blastlint.regex import regex

_SCREEN = regex(rb"(?i)audit|security_?(log|event)|(activity|action)_?log|paper_?trail|log_?(action|security|activity)")
# Calls that write down an error, and those that tell of it in whatever way.
_TELLS = regex(
    r"(?i)(^|[._])(log|logger|logging|slog|logrus|console|glog|klog|l)\.(exception|error|errorf|errorw|critical|fatal)$"
)
_TELLS_SCREEN = regex(rb"(?i)\blog\w*\.(exception|error|critical|fatal)|console\.error|slog\.Error")
_TOLD = regex(r"(?i)log|report|capture|notify|sentry|record|raise|warn|error|print")
_DOES = regex(
    r"(?i)^_?(delete|remove|destroy|drop|purge|erase|revoke|grant|disable|enable|deactivate|reset|update|save|create|insert"
    r"|transfer|charge|refund|pay|approve|reject|assign|promote|demote|ban|login|logout|export|set|put|execute|exec|commit)"
)


def facts(pair: Pair) -> Iterator[Fact]:
    """One fact for a definition that leaves no record any more, and still does what it left one of; one for errors of which
    it tells less."""
    yield from _records_gone(pair)
    yield from _errors_untold(pair)


def _errors_untold(pair: Pair) -> Iterator[Fact]:
    """Handlers that are as many as before, of which fewer write down what went wrong."""
    if pair.is_new or pair.scope.is_test(pair.change.path) or not pair.touches(_TELLS_SCREEN, "before"):
        return
    before, after = ([c for c in shape.calls if _TELLS.search(c.name)] for shape in (pair.before, pair.after))
    handled = len(pair.before.handlers)
    if len(after) >= len(before) or not handled or len(pair.after.handlers) < handled:
        return
    known = {c.name for c in pair.before.calls}
    if any(_TOLD.search(c.name) and c.name not in known for c in pair.after.calls):
        return
    there = [c.text for c in after]
    gone = next((c for c in before if c.text not in there), before[0])
    yield _fact(pair, gone, "errors", f"{gone.name} is called less often where something fails", "")


def _records_gone(pair: Pair) -> Iterator[Fact]:
    if pair.is_new or pair.scope.is_test(pair.change.path) or not pair.touches(_SCREEN, "before"):
        return
    gone = next(_records(pair.before), None)
    if gone is None or any(_records(pair.after)) or any(any(_records(s)) for s in pair.helpers("after")):
        return
    now = {call.name for call in pair.after.calls}
    inside = {call.name for call in pair.before.calls if call is not gone and call.text in gone.text}
    does = (c.name for c in pair.before.calls if c is not gone and _DOES.search(c.last))
    kept = next((name for name in does if name in now and name not in inside), None)
    if kept is None or any(_gained(other) for other in pair.scope.others(pair)):
        return
    yield _fact(pair, gone, "", f"{gone.name} is not called any more, {kept} still is", kept)


def _fact(pair: Pair, gone: Call, protects: str, shift: str, subject: str) -> Fact:
    fields: dict[str, FactValue] = {
        "kind": "logging", "name": gone.name, "direction": "weakened", "strength": "off", "before": gone.text, "after": "",
        "shift": shift, "subject": subject, "copies": None, "protects": protects,
    }  # fmt: skip
    return pair.fact("guard", gone.name, fields, pair.region("before", gone.at))


def _records(shape: Shape) -> Iterator[Call]:
    """The calls that leave a record, and what is put around the definition to do so."""
    return (call for call in (*shape.calls, *shape.decorators) if pattern("audits").search(call.name))


def _gained(other: Pair) -> bool:
    """Whether another definition leaves a record now that left none."""
    return other.touches(_SCREEN, "after") and any(_records(other.after)) and not any(_records(other.before))
