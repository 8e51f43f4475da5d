"""Asks the real AWS provider which arguments force a replacement in one direction only.

    python tools/directions_aws.py PROVIDER_BINARY --cache /tmp/directions.jsonl [--types aws_instance,...]
    python tools/directions_aws.py --compile /tmp/directions.jsonl

A disk can grow and not shrink, a version rises and does not fall, a feature is switched on and never off.
force_new_aws.py asks with values that mean nothing to the provider; here words that switch, numbers and versions are asked
in both directions. Run it after compile_aws.py: the answers become letters of `forces` in
blastlint/facts/terraform/aws.jsonl. Same needs and same cache as force_new_aws.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

from compile_aws import OUTPUT, noted
from force_new_aws import CONFIG, Probe, Refused
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


def _compile(cache: File) -> None:
    """The cache into the table: a direction takes the place of what was said of any change."""
    header, *lines = OUTPUT.read_text().splitlines()
    entries: dict[str, dict[str, Any]] = dict(map(json.loads, lines))
    answers: dict[str, Any] = dict(map(json.loads, cache.read_text().splitlines()))
    for type_, directions in answers.items():
        forces: dict[str, list[str]] = entries[type_].get("forces", {})
        letters = {path: known for known, paths in forces.items() for path in paths}
        for path, letter in directions.items():
            letters[path] = "".join(sorted({*letters.get(path, "").replace("c", ""), letter}))
        table: dict[str, list[str]] = {}
        for path, known in letters.items():
            table.setdefault(known, []).append(path)
        if directions:
            entries[type_] = {"forces": {}, **entries[type_]} | {"forces": dict(sorted(table.items()))}
    written = (json.dumps([type_, entry], separators=(",", ":")) for type_, entry in entries.items())
    OUTPUT.write_text("\n".join((noted(header, "directions_aws.py", len(answers)), *written)) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", nargs="?")
    parser.add_argument("--cache", default="", help="JSON lines, appended to; types already in it are skipped")
    parser.add_argument("--compile", default="", help="the cache to write into the table")
    parser.add_argument("--types", default="", help="comma-separated; default all")
    arguments = parser.parse_args()
    if arguments.compile:
        _compile(File(arguments.compile))
        return
    provider, cache = Provider(arguments.binary, CONFIG), File(arguments.cache)
    done = {json.loads(line)[0] for line in cache.read_text().splitlines()} if cache.exists() else set()
    try:
        with cache.open("a") as out:
            for type_ in arguments.types.split(",") if arguments.types else sorted(provider.blocks):
                if type_ not in done:
                    directions = Directions(provider, type_).all()
                    print(json.dumps([type_, directions], separators=(",", ":")), file=out, flush=True)
                    print(f"{type_}: {directions}", file=sys.stderr, flush=True)
    finally:
        provider.stop()


if __name__ == "__main__":
    main()
