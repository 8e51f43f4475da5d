"""`guard` facts of kind alarm: alerting rules of Prometheus (files and PrometheusRule objects), routes of Alertmanager.

Rules are paired by name over the whole change. One that goes while a new one asks for the same metric is replaced, as by a
burn rate. A threshold is looser when it moves away from what its comparison calls on: slightly below twice as much. Of a
part of a whole (0.9 of 1, 90 of 100) what is left to the whole counts too: 0.99 of a disk is far from nine tenths of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.guards.strength import quantity
from blastlint.frozen import dataclass, replace
from blastlint.masking import mask_text
from blastlint.model import Change, Fact, FactValue, Region, Related, Side, Value
from blastlint.parse.keytree import KeyTree
from blastlint.prose import few
from blastlint.regex import regex
from blastlint.resolve.kubernetes.patches import text_at

_SCREEN = regex(rb"(?m)^\s*(?:-\s*)?[{\s]*alert:|^receivers:|\"alert\"|alert: ")
_METRIC = regex(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?=\s*[{\[]|\s*(?:[-+*/)<>=!]|$))")
_THRESHOLD = regex(r"^(?P<what>.*?)\s*(?P<sign>>=?|<=?)\s*(?P<number>-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*$")
_WORDS = frozenset(("and", "or", "unless", "by", "on", "without", "ignoring", "le", "bool", "group_left", "group_right"))
_GRAVITY = ("none", "info", "notice", "warning", "error", "high", "critical", "page", "emergency")
_FILES = (".yaml", ".yml", ".json", ".rules")
_LOOSER = 2.0
_LONG = 300  # seconds that somebody who is called would notice
_CALLS = regex(r"_configs$")


@dataclass(frozen=True, slots=True)
class _Alert:
    name: str
    expression: str
    lasting: str
    severity: str
    region: Region | None


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What one changed file of rules or routes calls on less."""
    if change.before is None or change.before.kind != "file":
        return
    old = context.before.tree.read(change.before.address)
    if old is None or not _SCREEN.search(old):
        return
    before = _documents(context, "before", change.before.address)
    after = _documents(context, "after", change.after.address) if change.after is not None else ()
    now: dict[str, list[_Alert]] = {}
    for alert in context.once(_all_after):
        now.setdefault(alert.name, []).append(alert)
    alerts = list(_alerts(before))
    yield from _gone([a for a in alerts if a.name not in now and not _is_replaced(a, context)])
    named = Counter(alert.name for alert in alerts)
    for alert in alerts:
        new = _same(alert, now.get(alert.name, ()), named[alert.name])
        if new is not None:
            yield from _looser(alert, new)
    yield from _unheard(before, after)


def _documents(context: Context, side: Side, path: str) -> tuple[Value, ...]:
    document = (context.before if side == "before" else context.after).document(path)
    return document.content.documents if document is not None and isinstance(document.content, KeyTree) else ()


# --- rules --------------------------------------------------------------------------------------------------------------


def _all_after(context: Context) -> tuple[_Alert, ...]:
    """Every alert of the changed files after the change."""
    paths = (file.after for file in context.change_set.files if file.after and file.after.endswith(_FILES))
    return tuple(alert for path in paths for alert in _alerts(_documents(context, "after", path)))


def _alerts(documents: Sequence[Value]) -> Iterator[_Alert]:
    for root in documents:
        groups = root.get("spec", "groups") or root.get("groups")
        for group in groups.elements if groups is not None else ():
            rules = group.get("rules")
            for rule in rules.elements if rules is not None else ():
                name, expression = text_at(rule, "alert"), " ".join(text_at(rule, "expr").split())
                severity = text_at(rule, "labels", "severity")
                if name and expression:
                    yield _Alert(name, expression, text_at(rule, "for") or "0s", severity, rule.region)


def _gone(alerts: Sequence[_Alert]) -> Iterator[Fact]:
    """One fact for all that a file has no more."""
    names = list(dict.fromkeys(alert.name for alert in alerts))
    if not names:
        return
    told = f"{few(names)} {'is' if len(names) == 1 else 'are'} removed"
    first = alerts[0]
    fact = _fact(first.name, first.expression, "absent", told, first.region, None, "off")
    yield replace(fact, related=tuple(Related("is removed as well", a.region, a.name) for a in alerts[1:20]))


def _same(alert: _Alert, others: Sequence[_Alert], count: int) -> _Alert | None:
    """What an alert is now: several of one name are told apart by their severity."""
    if count > 1 or len(others) > 1:
        others = [other for other in others if other.severity == alert.severity]
    return others[0] if len(others) == 1 else None


def _is_replaced(gone: _Alert, context: Context) -> bool:
    """Whether a rule that was not there asks for one of its metrics."""
    known = {a.name for f in context.change_set.files if f.before for a in _alerts(_documents(context, "before", f.before))}
    wanted = _metrics(gone.expression)
    return any(wanted & _metrics(new.expression) for new in context.once(_all_after) if new.name not in known)


def _metrics(expression: str) -> frozenset[str]:
    return frozenset(_METRIC.findall(expression)) - _WORDS


def _looser(old: _Alert, new: _Alert) -> Iterator[Fact]:
    """One fact for a rule that calls later, or for less."""
    shifts = [*_threshold(old, new), *_wait(old.lasting, new.lasting), *_severity(old.severity, new.severity)]
    if shifts:
        told = f"{old.name}: {', '.join(text for text, _ in shifts)}"
        strength = "lowered" if any(sharply for _, sharply in shifts) else "slightly"
        yield _fact(old.name, old.expression, new.expression, told, old.region, new.region, strength)


_Shift = tuple[str, bool]  # in words, and whether it is sharp


def _threshold(old: _Alert, new: _Alert) -> Iterator[_Shift]:
    one, other = _THRESHOLD.match(old.expression), _THRESHOLD.match(new.expression)
    if one is None or other is None or one["what"] != other["what"] or one["sign"][0] != other["sign"][0]:
        return
    was, now = float(one["number"]), float(other["number"])
    if now > was if one["sign"][0] == ">" else now < was:
        whole = 100.0 if "100" in one["what"] or "percent" in one["what"].lower() else 1.0
        left = (whole - was, whole - now) if all(0 < number < whole for number in (was, now)) else (1.0, 1.0)
        yield f"{one['sign']} {one['number']} -> {other['sign']} {other['number']}", _far(was, now) or _far(*left)


def _far(was: float, now: float) -> bool:
    """Whether one number is so many times the other, or beyond zero."""
    smaller, larger = sorted((abs(was), abs(now)))
    return was * now <= 0 or larger >= _LOOSER * smaller


def _wait(old: str, new: str) -> Iterator[_Shift]:
    one, other = quantity(old), quantity(new)
    if one is not None and other is not None and one[0] < other[0]:
        yield f"for {old} -> {new}", other[0] >= max(_LOOSER * one[0], _LONG)


def _severity(old: str, new: str) -> Iterator[_Shift]:
    if _is_milder(old, new):
        yield f"severity {old} -> {new}", True


def _is_milder(old: str, new: str) -> bool:
    ranks = [_GRAVITY.index(text.lower()) if text.lower() in _GRAVITY else None for text in (old, new)]
    return ranks[0] is not None and ranks[1] is not None and ranks[1] < ranks[0]


# --- routes -------------------------------------------------------------------------------------------------------------


def _unheard(before: Sequence[Value], after: Sequence[Value]) -> Iterator[Fact]:
    """Routes that led to a receiver who was called, and lead to one who is not."""
    for old, new in zip(before, after, strict=False):
        heard, hears = _called(old), _called(new)
        now = dict(_routes(new.get("route"), ""))
        for name, receiver in _routes(old.get("route"), ""):
            other = now.get(name)
            if other is None or heard.get(text_at(receiver, "receiver")) is not True:
                continue
            if hears.get(text_at(other, "receiver")) is False:
                was, is_now = text_at(receiver, "receiver"), text_at(other, "receiver")
                told = f"the route {name or 'of everything'} leads to {is_now}, whom nothing calls, and not to {was}"
                yield _fact(f"route {name}", was, is_now, told, receiver.region, other.region, "off")
                break


def _called(root: Value) -> Mapping[str, bool]:
    """receiver -> whether anything calls it."""
    receivers = root.get("receivers")
    return {
        text_at(receiver, "name"): any(_CALLS.search(key) and value.elements for key, value in receiver.items.items())
        for receiver in (receivers.elements if receivers is not None else ())
    }


def _routes(route: Value | None, name: str) -> Iterator[tuple[str, Value]]:
    """(what it is for, the route), outermost first."""
    if route is None or not route.is_map or len(name) > 400:
        return
    yield name, route
    below = route.get("routes")
    for child in below.elements if below is not None else ():
        asked = [v for key in ("matchers", "match", "match_re") if (v := child.get(key)) is not None]
        named = ", ".join(str(leaf.scalar) for value in asked for _, leaf in value.leaves())
        yield from _routes(child, f"{name} / {named}" if name else named or "a route")


def _fact(
    name: str, before: str, after: str, shift: str, old: Region | None, new: Region | None, strength: str
) -> Fact:
    fields: dict[str, FactValue] = {
        "kind": "alarm",
        "name": name,
        "direction": "weakened",
        "strength": strength,
        "before": mask_text(before),
        "after": mask_text(after),
        "shift": shift,
        "subject": "whoever is called when it fails",
        "copies": None,
    }
    return Fact("guard", fields, name, old, new)
