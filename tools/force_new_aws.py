"""Asks the real AWS provider what forces replacement, what it computes, and what its defaults are.

    python tools/force_new_aws.py PROVIDER_BINARY --cache /tmp/aws.jsonl [--types aws_instance,aws_db_instance]
    python tools/compile_facts.py aws --cache /tmp/aws.jsonl

Every argument of every type is changed alone, both ways, set and unset, in a sparse and in a full object, and the
provider's PlanResourceChange says whether that needs a replacement. No credentials; every cloud call meets a local 403.
The cache is one JSON line a type, so that a run can be stopped and taken up again. Needs `pip install grpcio grpcio-tools
msgpack`.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path as File
from typing import Any

from provider_objects import SHAPES, Leaf, Objects, Path, blamed
from tfplugin5 import UNKNOWN, Crashed, Provider, path_of, unpack

CONFIG = {
    "region": "us-east-1",
    "access_key": "AKIAIOSFODNN7EXAMPLE",
    "secret_key": "x" * 40,
    "skip_credentials_validation": True,
    "skip_metadata_api_check": "true",
    "skip_region_validation": True,
    "skip_requesting_account_id": True,
    "max_retries": 1,
}
# Arguments that must agree with each other, or be there together: no message says it so that a machine understands.
# None keeps the sample value.
PRESETS: dict[str, dict[Path, str | None]] = {
    "aws_dynamodb_table": {("hash_key",): "k", ("attribute", "name"): "k", ("attribute", "type"): "S"},
    "aws_lambda_function": {("handler",): None, ("runtime",): "python3.12"},
    "aws_sns_topic": {("fifo_throughput_scope",): ""},
    "aws_kinesis_stream": {("shard_count",): None},
    "aws_elasticache_cluster": {("engine",): "redis", ("engine_version",): "7.0", ("node_type",): "cache.t3.micro"},
    "aws_kinesis_firehose_delivery_stream": {
        ("destination",): "extended_s3",
        ("extended_s3_configuration", "bucket_arn"): None,
    },
    "aws_api_gateway_authorizer": {("authorizer_uri",): None},
    "aws_workspaces_directory": {("directory_id",): None},
}
SETTLE_ROUNDS = 60
SECONDS_PER_TYPE = 45


class Refused(Exception):
    """The provider does not plan this object, whatever value we try."""


class Probe:
    """All questions about one type. `answers[path]` maps mode ("full", "sparse") to {transition: forced}."""

    def __init__(self, provider: Provider, type_: str) -> None:
        self.provider, self.type = provider, type_
        self.objects = Objects(provider.blocks[type_])
        self.deadline = time.monotonic() + SECONDS_PER_TYPE
        self.calls = 0
        for path, value in PRESETS.get(type_, {}).items():
            leaf = self.objects.by_path[path]
            leaf.needed = True
            if value is not None:
                leaf.enum, leaf.tried = (value,), {"enum", *SHAPES}
            for outer in (path[:n] for n in range(1, len(path))):
                self.objects.by_path[outer].min_items = 1

    def plan(self, prior: Any, config: Any) -> Any:
        self.calls += 1
        return self.provider.plan(self.type, prior, self.objects.proposal(config, prior), config)

    def forced(self, old: dict[str, Any], new: dict[str, Any]) -> set[str]:
        """Paths that the provider says need replacement for old -> new configuration. Raises Refused."""
        response = self.plan(self.objects.state(old), new)
        errors = [d for d in response.diagnostics if d.severity == 1]
        if errors:
            raise Refused(errors)
        return {path_of(p) for p in response.requires_replace}

    def settle(self, full: bool, around: Path = ()) -> bool:
        """Adjust sample values until an unchanged object plans. In a full one, what cannot be helped is left out."""
        remembered = [(leaf.shape, leaf.enum, set(leaf.tried), leaf.dropped) for leaf in self.objects.leaves]
        settled = self._settle(full, around)
        if not settled and around:  # what was learned on the way to a dead end helps nobody
            for leaf, state in zip(self.objects.leaves, remembered, strict=True):
                leaf.shape, leaf.enum, leaf.tried, leaf.dropped = state
        return settled

    def _settle(self, full: bool, around: Path) -> bool:
        for _ in range(SETTLE_ROUNDS):
            if self.late():
                return False
            config = self.objects.config(self.objects.wanted(full, around))
            try:
                self.forced(config, config)
                return True
            except Refused as refusal:
                culprits = list(blamed(self.objects, refusal.args[0]))
                if not culprits:
                    return False
                for leaf, text in culprits:
                    if not leaf.next_shape(text):
                        if "required" in leaf.flags or leaf.dropped:
                            return False
                        leaf.dropped = True
            except Crashed:
                return False
        return False

    def late(self) -> bool:
        """Whether this type has had its time: a few have schemas of ten thousand paths."""
        return time.monotonic() > self.deadline

    def ask(self) -> dict[str, Any]:
        answers: dict[str, dict[str, dict[str, bool]]] = {}
        settled = {}
        for mode in ("sparse", "full"):
            settled[mode] = self.settle(mode == "full")
            for leaf in self.objects.leaves:
                if leaf.settable and (settled[mode] or mode == "sparse"):
                    self._ask_leaf(leaf, mode, answers)
        for path, modes in answers.items():
            if any(modes.get("full", {}).values()) and modes.get("sparse") and not any(modes["sparse"].values()):
                condition = self._condition(tuple(path.split(".")))
                if condition:
                    modes["condition"] = condition
        return {
            "type": self.type,
            "settled": settled,
            "calls": self.calls,
            "answers": answers,
            "defaults": self._defaults(),
            "known": self._known_computed(),
        }

    def _ask_leaf(self, leaf: Leaf, mode: str, answers: dict[str, Any]) -> None:
        if self.late():
            return
        if mode == "sparse" and len(leaf.path) > 1 and not self.settle(False, leaf.path):
            return
        objects, full = self.objects, mode == "full"
        with_it = objects.config(objects.wanted(full, leaf.path))
        without = objects.config(objects.wanted(full, leaf.path), {leaf.path: None})
        pairs = {"set": (without, with_it), "unset": (with_it, without)}
        if leaf.kind != "block" and leaf.pair()[0] != leaf.pair()[1]:
            other = objects.config(objects.wanted(full, leaf.path), {leaf.path: leaf.pair()[1]})
            pairs = {"ab": (with_it, other), "ba": (other, with_it)} | pairs
        if "required" in leaf.flags or leaf.min_items:
            pairs.pop("set"), pairs.pop("unset")
        here = answers.setdefault(".".join(leaf.path), {}).setdefault(mode, {})
        for transition, (old, new) in pairs.items():
            verdict = self._verdict(leaf, old, new)
            if verdict is None and transition in ("ab", "ba"):
                verdict = self._second_try(leaf, mode, transition)
            if verdict is not None:
                here[transition] = verdict

    def _verdict(self, leaf: Leaf, old: dict[str, Any], new: dict[str, Any]) -> bool | None:
        """Whether the change needs replacement by the tested path or one above it; None when it does not plan."""
        dotted = ".".join(leaf.path)
        try:
            found = self.forced(old, new)
        except (Refused, Crashed):
            return None
        if leaf.kind == "block":
            return any(p == dotted or p.startswith(dotted + ".") or dotted.startswith(p + ".") for p in found)
        return any(p == dotted or dotted.startswith(p + ".") for p in found)

    def _second_try(self, leaf: Leaf, mode: str, transition: str) -> bool | None:
        """The second sample value was refused: learn a better pair from the message, then ask again."""
        objects, full = self.objects, mode == "full"
        for _ in range(8):
            want = objects.wanted(full, leaf.path)
            a = objects.config(want)
            b = objects.config(want, {leaf.path: leaf.pair()[1]})
            old, new = (a, b) if transition == "ab" else (b, a)
            try:
                self.forced(old, new)
                return self._verdict(leaf, old, new)
            except Refused as refusal:
                text = " ".join(f"{d.summary} {d.detail}" for d in refusal.args[0])
                if leaf.kind == "block" or not leaf.next_shape(text):
                    return None
            except Crashed:
                return None
        return None

    def _condition(self, path: Path) -> str:
        """The argument without which a change that forces in a full object does not: `user_data_replace_on_change`."""
        leaf, objects = self.objects.by_path[path], self.objects
        if leaf.kind == "block":
            return ""
        want = objects.wanted(True, path)
        for other in objects.leaves:
            if len(other.path) != 1 or other.path == path[:1] or "optional" not in other.flags or other.dropped:
                continue
            if self.late():
                return ""
            absent = {other.path: None}
            old, new = leaf.pair()
            for a, b in ((old, new), (new, old)):
                before, after = objects.config(want, absent | {path: a}), objects.config(want, absent | {path: b})
                if self._verdict(leaf, before, after) is not False:
                    break
            else:
                return ".".join(other.path)
        return ""

    def _defaults(self) -> dict[str, Any]:
        """What the provider plans for arguments that a new object leaves out, as far as it is known then."""
        objects, found = self.objects, {}
        for around in [(), *(leaf.path for leaf in objects.leaves if leaf.kind == "block")]:
            if self.late() and around:
                break
            config = objects.config(objects.wanted(False, around))
            try:
                response = self.plan(None, config)
            except Crashed:
                continue
            if any(d.severity == 1 for d in response.diagnostics):
                continue
            found |= dict(_added("", config, unpack(response.planned_state.msgpack)))
        return found

    def _known_computed(self) -> list[str]:
        """Computed top-level attributes whose value a plan already knows when the object is new."""
        config = self.objects.config(self.objects.wanted(False))
        try:
            response = self.plan(None, config)
        except Crashed:
            return []
        if any(d.severity == 1 for d in response.diagnostics):
            return []
        planned = unpack(response.planned_state.msgpack)
        computed = [x.path[0] for x in self.objects.leaves if len(x.path) == 1 and "computed" in x.flags]
        return [
            n for n in computed if config[n] is None and planned.get(n) is not None and not _has_unknown(planned[n])
        ]


def _has_unknown(value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return any(_has_unknown(v) for v in (value.values() if isinstance(value, dict) else value))
    return value == UNKNOWN


def _added(prefix: str, config: Any, planned: Any) -> list[tuple[str, Any]]:
    """(path, value) of scalars that are in the plan and not in the configuration."""
    found: list[tuple[str, Any]] = []
    if isinstance(config, dict) and isinstance(planned, dict):
        for name, value in planned.items():
            found += _added(f"{prefix}.{name}" if prefix else name, config.get(name), value)
    elif isinstance(config, list) and isinstance(planned, list) and len(config) == len(planned) == 1:
        found += _added(prefix, config[0], planned[0])
    elif config is None and isinstance(planned, (str, int, float, bool)) and planned != "":
        found.append((prefix, planned))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--cache", required=True, help="JSON lines, appended to; types already in it are skipped")
    parser.add_argument("--types", default="", help="comma-separated; default all")
    arguments = parser.parse_args()
    cache = File(arguments.cache)
    done = {json.loads(line)["type"] for line in cache.read_text().splitlines()} if cache.exists() else set()
    provider = Provider(arguments.binary, CONFIG)
    wanted = arguments.types.split(",") if arguments.types else sorted(provider.blocks)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the provider is stopped as well
    try:
        with cache.open("a") as out:
            for type_ in wanted:
                if type_ in done:
                    continue
                started = time.monotonic()
                answer = Probe(provider, type_).ask()
                print(json.dumps(answer, separators=(",", ":")), file=out, flush=True)
                print(
                    f"{type_}: {answer['calls']} calls, {time.monotonic() - started:.1f} s, {answer['settled']}",
                    file=sys.stderr,
                )
    finally:
        provider.stop()


if __name__ == "__main__":
    main()
