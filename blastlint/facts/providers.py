"""What a provider does with a type's arguments: which changes force replacement, what it computes, its defaults.

One file a provider, `terraform/<provider>.jsonl` and `cloudformation.jsonl`: the first line is a header with the provider,
its version and the source; every other line is `["<type>", {...}]`. A file is read as bytes and only the lines of the types
asked for are parsed (a look-up costs about 0.1 ms, reading the largest file 0.3 ms). Keys of an entry, each left out when
empty; paths have no list indexes:

| key | holds |
|---|---|
| forces | {letters: [paths]}: c changed, s set, u unset, a block added, r block removed, t turned on, f off, d lowered |
| within | {path: groups of patterns}: between values of one group an argument that else forces changes in place |
| grows | arguments that else force and may be added to in place: a list at its end, the columns of a schema anywhere |
| maybe | {path: argument that must be set for it to force, "argument=a|b": to a or b, or "?": sometimes} |
| computed | top-level attributes that only the provider sets |
| optional_computed | arguments that keep their last value when dropped |
| sets | arguments and blocks without an order |
| sensitive | arguments that the provider marks so |
| defaults | {path: what an absent argument means} |
| usual | {path: what an argument that was never given has got, unless something else decides it} |
| known | computed attributes whose value a plan knows beforehand |
| alias | {attribute: argument that always has the same value}: `id` of a bucket is its `bucket` |
| renewed | {attribute: [arguments]}: changed in place it has a new value; `*` is any, `?x`: only if x is on |

In `forces` no letter at all means: never. The header may have `identity`: names of arguments that force replacement in
every type of the provider, listed or not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from blastlint.frozen import dataclass, field
from blastlint.model import Scalar

Answer = Literal["always", "conditional", "no", "unknown-type"]
Step = Literal["changed", "lowered", "set", "unset", "block-added", "block-removed", "on", "off"]

_LETTERS: dict[Step, str] = {
    "changed": "c", "lowered": "cd", "on": "ct", "off": "cf",
    "set": "s", "unset": "u", "block-added": "a", "block-removed": "r",
}  # fmt: skip
_FILES = {"aws": "aws", "google": "google", "azurerm": "azurerm"}


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """One type's entry. `forces` maps a path to its letters; `identity` are the provider's names that always force."""

    type: str
    forces: Mapping[str, str]
    maybe: Mapping[str, str] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    optional_computed: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()
    defaults: Mapping[str, Scalar] = field(default_factory=dict)
    usual: Mapping[str, Scalar] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    alias: Mapping[str, str] = field(default_factory=dict)
    renewed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    within: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    grows: frozenset[str] = frozenset()
    identity: frozenset[str] = frozenset()
    listed: bool = True


def forces_replacement(type_: str, path: str, step: Step, inner: bool = False) -> Answer:
    """Whether this step of this argument forces a replacement of the resource; `inner`: of something in it. What identifies
    a thing has nothing in it: a block that is called like that is another thing."""
    facts = facts_of(type_)
    if facts is None:
        return "unknown-type"
    letters = facts.forces.get(path, "csu" if path in facts.identity and not inner else "")
    if not any(letter in letters for letter in _LETTERS[step]):
        return "no" if facts.listed else "unknown-type"
    return "conditional" if path in facts.maybe or not facts.listed else "always"


@lru_cache(maxsize=4096)
def facts_of(type_: str) -> TypeFacts | None:
    """The entry of a type; None when nothing is known of it (another thing than an entry that forces nothing)."""
    provider = "cloudformation" if "::" in type_ else _FILES.get(type_.split("_", 1)[0], "others")
    data = _bytes(provider)
    if not data:
        return None
    raw = _line(data, type_)
    identity = _identity(provider)
    if raw is None:
        return TypeFacts(type_, {}, identity=identity, listed=False) if identity else None
    forces = {path: letters for letters, paths in raw.get("forces", {}).items() for path in paths}
    return TypeFacts(
        type_,
        forces,
        raw.get("maybe", {}),
        frozenset(raw.get("computed", ())),
        frozenset(raw.get("optional_computed", ())),
        frozenset(raw.get("sets", ())),
        frozenset(raw.get("sensitive", ())),
        raw.get("defaults", {}),
        raw.get("usual", {}),
        frozenset(raw.get("known", ())),
        raw.get("alias", {}),
        raw.get("renewed", {}),
        raw.get("within", {}),
        frozenset(raw.get("grows", ())),
        identity,
    )


@lru_cache(maxsize=8)
def _bytes(name: str) -> bytes:
    folder = "" if name == "cloudformation" else "terraform"
    with open(os.path.join(os.path.dirname(__file__), folder, f"{name}.jsonl"), "rb") as file:
        return file.read()


@lru_cache(maxsize=8)
def _identity(name: str) -> frozenset[str]:
    return frozenset(json.loads(_bytes(name).split(b"\n", 1)[0]).get("identity", ()))


def _line(data: bytes, type_: str) -> dict[str, Any] | None:
    start = data.find(b'\n["' + type_.encode("utf-8", "replace") + b'",')
    if start < 0:
        return None
    end = data.find(b"\n", start + 1)
    entry: dict[str, Any] = json.loads(data[start + 1 : end if end >= 0 else len(data)])[1]
    return entry
