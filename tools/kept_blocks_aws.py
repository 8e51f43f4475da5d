"""Asks the real AWS provider which blocks it keeps as they are when a configuration drops them.

    python tools/kept_blocks_aws.py PROVIDER_BINARY [--types aws_instance,...]

A block may be computed like an argument (`root_block_device` of an instance): dropped, it plans no difference. A schema does
not say which; the plan of an object without the block does. Run it after compile_aws.py: the answers are added to
`optional_computed` in blastlint/facts/terraform/aws.jsonl. Same needs as force_new_aws.py; a few minutes.
"""

from __future__ import annotations

import argparse
import json
import sys

from compile_aws import OUTPUT
from force_new_aws import CONFIG, Probe
from provider_objects import Leaf
from tfplugin5 import Crashed, Provider, unpack

_SECONDS_PER_TYPE = 10


def is_kept(probe: Probe, leaf: Leaf) -> bool:
    """Whether an object that has the block still has it in the plan when its configuration has it no more."""
    if not probe.settle(False, leaf.path):
        return False
    objects = probe.objects
    want = objects.wanted(False, leaf.path)
    prior = objects.state(objects.config(want))
    try:
        response = probe.plan(prior, objects.config(want, {leaf.path: None}))
    except Crashed:
        return False
    if any(d.severity == 1 for d in response.diagnostics) or response.requires_replace:
        return False
    name = leaf.path[0]
    return bool(prior[name]) and bool(unpack(response.planned_state.msgpack)[name])


def kept_blocks(provider: Provider, type_: str) -> list[str]:
    """The outermost blocks of a type that are kept, but for those that an object cannot be without."""
    probe = Probe(provider, type_)
    probe.deadline -= 45 - _SECONDS_PER_TYPE
    blocks = [x for x in probe.objects.leaves if x.kind == "block" and len(x.path) == 1 and not x.min_items]
    return [leaf.path[0] for leaf in blocks if not probe.late() and is_kept(probe, leaf)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--types", default="", help="comma-separated; default all")
    arguments = parser.parse_args()
    header, *lines = OUTPUT.read_text().splitlines()
    entries = dict(map(json.loads, lines))
    provider = Provider(arguments.binary, CONFIG)
    try:
        for type_ in arguments.types.split(",") if arguments.types else entries:
            kept = kept_blocks(provider, type_)
            if kept:
                print(f"{type_}: {', '.join(kept)}", file=sys.stderr, flush=True)
                entry = entries[type_]
                entry["optional_computed"] = sorted({*entry.get("optional_computed", ()), *kept})
    finally:
        provider.stop()
    written = (json.dumps([type_, entry], separators=(",", ":")) for type_, entry in entries.items())
    OUTPUT.write_text("\n".join((header, *written)) + "\n")


if __name__ == "__main__":
    main()
