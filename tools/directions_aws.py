"""Asks the real AWS provider which arguments force a replacement in one direction only.

    python tools/directions_aws.py PROVIDER_BINARY --cache /tmp/directions.jsonl [--types aws_instance,...]
    python tools/directions_aws.py --compile /tmp/directions.jsonl

A disk can grow and not shrink, a version rises and does not fall, a feature is switched on and never off.
force_new_aws.py asks with values that mean nothing to the provider; here words that switch, numbers and versions are asked
in both directions. Run it after compile_aws.py: the answers become letters of `forces` in
blastlint/facts/terraform/aws.jsonl. Same needs and same cache as force_new_aws.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asked_aws import Entry, run
from force_new_aws import Probe, Refused
from provider_objects import Leaf
from tfplugin5 import Crashed, Provider

_SECONDS_PER_TYPE = 25
_SWITCHES = (("disable", "enable"), ("disabled", "enabled"), ("DISABLED", "ENABLED"), ("OFF", "ON"))
_VERSIONS = (("5.0", "6.2"), ("1.24", "1.29"))


def _pairs(leaf: Leaf) -> Iterator[tuple[str, Any, Any]]:
    """(what it is, the lower value, the higher one): what can be asked of an argument in two directions."""
    if leaf.kind == "number":
        yield "number", 10, 20
    elif leaf.kind == "string" and "version" in leaf.path[-1]:
        yield from (("version", low, high) for low, high in _VERSIONS)
    elif leaf.kind == "string":
        yield from (("switch", off, on) for off, on in _SWITCHES)


class Directions:
    """All questions about one type."""

    def __init__(self, provider: Provider, type_: str) -> None:
        self.probe = Probe(provider, type_)
        self.probe.deadline -= 45 - _SECONDS_PER_TYPE
        self.full = self.probe.settle(True) or not self.probe.settle(False)

    def _forces(self, leaf: Leaf, old: Any, new: Any) -> bool | None:
        objects = self.probe.objects
        want = objects.wanted(self.full, leaf.path)
        try:
            found = self.probe.forced(objects.config(want, {leaf.path: old}), objects.config(want, {leaf.path: new}))
        except (Refused, Crashed):
            return None
        return ".".join(leaf.path) in found

    def all(self) -> dict[str, str]:
        """{path: letter} of what forces in one direction: t and f turned on and off, d lowered."""
        found: dict[str, str] = {}
        for leaf in self.probe.objects.leaves:
            if leaf.kind == "block" or not leaf.settable or self.probe.late():
                continue
            for what, low, high in _pairs(leaf):
                up, down = self._forces(leaf, low, high), self._forces(leaf, high, low)
                if None not in (up, down) and up != down and (down or what == "switch"):
                    found[".".join(leaf.path)] = ("t" if up else "f") if what == "switch" else "d"
        return found


def _merged(type_: str, entry: Entry, directions: dict[str, str]) -> None:
    """A direction takes the place of what was said of any change."""
    if not directions:
        return
    forces: dict[str, list[str]] = entry.get("forces", {})
    letters = {path: known for known, paths in forces.items() for path in paths}
    for path, letter in directions.items():
        letters[path] = "".join(sorted({*letters.get(path, "").replace("c", ""), letter}))
    table: dict[str, list[str]] = {}
    for path, known in letters.items():
        table.setdefault(known, []).append(path)
    entry["forces"] = dict(sorted(table.items()))


if __name__ == "__main__":
    about = __doc__.splitlines()[0]
    run("directions_aws.py", about, lambda provider, type_: Directions(provider, type_).all(), _merged)
