"""Asks the real AWS provider to which attributes an update in place gives a new value: `version` of a function, say.

    python tools/renewed_aws.py PROVIDER_BINARY --cache /tmp/renewed.jsonl [--types aws_instance,...]
    python tools/renewed_aws.py --compile /tmp/renewed.jsonl

Such an attribute is known only after apply, and what is made with it may have to be replaced, though the thing itself stays.
No schema says so; the plan of an object of which one argument differs does. Run it after compile_aws.py: the answers become
`renewed` in blastlint/facts/terraform/aws.jsonl. Same needs and same cache as force_new_aws.py; about a second a type.
"""

from __future__ import annotations

from asked_aws import Entry, run
from compile_aws import RENEWED
from force_new_aws import Probe
from provider_objects import Leaf
from tfplugin5 import UNKNOWN, Crashed, Provider, unpack

_SECONDS_PER_TYPE = 20
_ENOUGH = 3  # arguments that must all renew an attribute before it is said that any does
_FOLLOWING = ("tags_all",)  # what follows its argument, and is known with it


class Renewals:
    """All questions about one type."""

    def __init__(self, provider: Provider, type_: str) -> None:
        self.probe = Probe(provider, type_)
        self.probe.deadline -= 45 - _SECONDS_PER_TYPE
        self.full = self.probe.settle(True) or not self.probe.settle(False)
        leaves = self.probe.objects.leaves
        self.computed = {x.path[0] for x in leaves if len(x.path) == 1 and "computed" in x.flags}

    def by(self, leaf: Leaf, without: tuple[str, ...] = ()) -> set[str] | None:
        """The attributes that a change of one argument renews; None where it is not planned, or replaces the object."""
        objects = self.probe.objects
        want, absent = objects.wanted(self.full, leaf.path), {without: None} if without else {}
        old = objects.config(want, absent)
        new = objects.config(want, absent | {leaf.path: None if leaf.kind == "block" else leaf.pair()[1]})
        prior = objects.state(old)
        try:
            response = self.probe.plan(prior, new)
        except Crashed:
            return None
        if any(d.severity == 1 for d in response.diagnostics) or response.requires_replace:
            return None
        planned = unpack(response.planned_state.msgpack)
        names = self.computed - {leaf.path[0], *_FOLLOWING}
        return {n for n in names if planned[n] == UNKNOWN and prior[n] not in (None, UNKNOWN)} if planned != prior else None

    def all(self) -> dict[str, list[str]]:
        """{attribute: the arguments that renew it, or *}; `?x` among them: only where x is true."""
        found: dict[str, dict[str, Leaf]] = {}
        asked: set[str] = set()
        for leaf in self.probe.objects.leaves:
            if not leaf.settable or leaf.path[0] in ("tags", *_FOLLOWING) or self.probe.late():
                continue
            names = self.by(leaf)
            if names is not None:
                asked.add(leaf.path[0])
                for name in names:
                    found.setdefault(name, {}).setdefault(leaf.path[0], leaf)
        every = {name for name, by in found.items() if len(asked) >= _ENOUGH and by.keys() >= asked - {name}}
        return {n: [*(["*"] if n in every else sorted(by)), *self._condition(n, by)] for n, by in sorted(found.items())}

    def _condition(self, name: str, by: dict[str, Leaf]) -> list[str]:
        """The switch without which nothing renews the attribute: `publish` of a function."""
        leaf = next(iter(by.values()))
        for switch in self.probe.objects.leaves:
            if len(switch.path) > 1 or switch.kind != "bool" or not switch.settable or switch.path[0] in by:
                continue
            without = self.by(leaf, switch.path)
            if without is not None and name not in without:
                return [f"?{switch.path[0]}"]
        return []


def _merged(type_: str, entry: Entry, by: dict[str, list[str]]) -> None:
    """With what is known beside the answer by documentation."""
    entry.pop("renewed", None)
    if known := {**by, **RENEWED.get(type_, {})}:
        entry["renewed"] = known


if __name__ == "__main__":
    about = __doc__.splitlines()[0]
    run("renewed_aws.py", about, lambda provider, type_: Renewals(provider, type_).all(), _merged)
