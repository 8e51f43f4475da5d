"""Asks the real AWS provider to which attributes an update in place gives a new value: `version` of a function, say.

    python tools/renewed_aws.py PROVIDER_BINARY --cache /tmp/renewed.jsonl [--types aws_instance,...]
    python tools/renewed_aws.py --compile /tmp/renewed.jsonl

Such an attribute is known only after apply, and what is made with it may have to be replaced, though the thing itself stays.
No schema says so; the plan of an object of which one argument differs does. Run it after compile_aws.py: the answers become
`renewed` in blastlint/facts/terraform/aws.jsonl. Same needs and same cache as force_new_aws.py; about a second a type.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

from compile_aws import OUTPUT, RENEWED, noted
from force_new_aws import CONFIG, Probe
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


def _asked(provider: Provider, types: list[str], cache: File) -> Iterator[tuple[str, dict[str, list[str]]]]:
    done = {json.loads(line)[0] for line in cache.read_text().splitlines()} if cache.exists() else set()
    return ((type_, Renewals(provider, type_).all()) for type_ in types if type_ not in done)


def _compile(cache: File) -> None:
    """The cache, and what is known beside it by documentation, into the table."""
    header, *lines = OUTPUT.read_text().splitlines()
    entries: dict[str, dict[str, Any]] = dict(map(json.loads, lines))
    answers: dict[str, Any] = dict(map(json.loads, cache.read_text().splitlines()))
    for type_, by in answers.items():
        entries[type_].pop("renewed", None)
        if known := {**by, **RENEWED.get(type_, {})}:
            entries[type_]["renewed"] = known
    written = (json.dumps([type_, entry], separators=(",", ":")) for type_, entry in entries.items())
    OUTPUT.write_text("\n".join((noted(header, "renewed_aws.py", len(answers)), *written)) + "\n")


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
    try:
        with cache.open("a") as out:
            types = arguments.types.split(",") if arguments.types else sorted(provider.blocks)
            for answer in _asked(provider, types, cache):
                print(json.dumps(answer, separators=(",", ":")), file=out, flush=True)
                print(f"{answer[0]}: {answer[1]}", file=sys.stderr, flush=True)
    finally:
        provider.stop()


if __name__ == "__main__":
    main()
