"""Functions that say whether a service works, and no longer ask anything: a `guard` fact of kind healthcheck.

Building an answer, logging and counting ask nothing. One that hands the question to something new asks still, and one that
lost its body as a whole is told as that (bodies.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.code import bodies
from blastlint.enrich.code.pairs import Pair
from blastlint.model import Fact, FactValue
from blastlint.parse.code import Shape
from blastlint.prose import few
from blastlint.regex import regex

_NAME = regex(
    r"(?i)^(get|handle|check|is|do)?_?(health|healthy|healthz|healthcheck|health_check|health_?status|ready|readyz|readiness"
    r"|readiness_?(check|probe)|liveness|livez|liveness_?(check|probe))(_?(handler|check|probe|view|endpoint))?$"
)
_ANSWERS = regex(
    r"(?i)(json|response|respond|render|reply|send|status|write|header|print|encode|marshal|dict|str|string|format|log|debug"
    r"|info|warn|error|now|time|date|inc|increment|observe|set|text|body|new|sprintf|gin\.h|map|ok|vec)\w*$"
)


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one fact."""
    before, after = pair.change.before, pair.change.after
    if pair.change.type != "function" or before is None or after is None or pair.scope.is_test(pair.change.path):
        return
    if not _NAME.match(after.name.rpartition(".")[2]):
        return
    asked = _questions(pair.before)
    if not asked or _questions(pair.after) or any(True for _ in bodies.facts(pair)):
        return
    shown = few(asked)
    fields: dict[str, FactValue] = {
        "kind": "healthcheck",
        "name": after.name,
        "direction": "weakened",
        "strength": "off",
        "before": f"asks {shown}",
        "after": "asks nothing",
        "shift": f"it asked {shown}, and answers the same whatever happens now",
        "subject": "callers from copies that do not work",
        "copies": None,
    }
    yield pair.fact("guard", "", fields)


def _questions(shape: Shape) -> list[str]:
    """The calls that may find something wrong; what registers the function is none of its own."""
    around = {decorator.name for decorator in shape.decorators}
    names = dict.fromkeys(call.name for call in shape.calls if call.name not in around)
    return [name for name in names if not _ANSWERS.search(name.rpartition(".")[2])]
