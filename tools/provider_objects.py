"""Objects that a provider accepts: sample values for every argument of a resource type, and learning better ones from its
error messages (a single bad value fails a whole plan)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import tfplugin5

SINGLE, LIST, SET, MAP, GROUP = 1, 2, 3, 4, 5
MAX_DEPTH = 6
MAX_LEAVES = 700
Path = tuple[str, ...]

# shape -> the two sample texts; {n} makes each attribute's texts unique, so that an error message names its attribute
SHAPES: dict[str, tuple[str, str]] = {
    "text": ("va{n}x", "vb{n}x"),
    "arn": ("arn:aws:iam::123456789012:role/va{n}x", "arn:aws:iam::123456789012:role/vb{n}x"),
    "time": ("2030-01-02T00:00:00Z", "2031-01-02T00:00:00Z"),
    "json": ('{{"a":"va{n}x"}}', '{{"a":"vb{n}x"}}'),
    "jsonlist": ('[{{"name":"va{n}x"}}]', '[{{"name":"vb{n}x"}}]'),
    "cidr": ("10.1.0.0/16", "10.2.0.0/16"),
    "cidr6": ("2001:db8:1::/64", "2001:db8:2::/64"),
    "ip": ("10.1.2.3", "10.1.2.4"),
    "number": ("10", "20"),
    "bool": ("true", "false"),
    "uuid": ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"),
    "duration": ("1h", "2h"),
    "isoduration": ("PT1H", "PT2H"),
    "version": ("1.{n}.0", "2.{n}.0"),
    "region": ("us-east-1", "us-west-2"),
    "clock": ("10:00", "11:00"),
    "window": ("mon:10:00-mon:11:00", "tue:10:00-tue:11:00"),
    "date": ("2030-01-02", "2031-01-02"),
    "pair": ("va{n}x,va{n}y", "vb{n}x,vb{n}y"),
    "account": ("123456789012", "210987654321"),
    "url": ("https://va{n}x.example.com", "https://vb{n}x.example.com"),
}
_BY_NAME = (
    (re.compile(r"(^|_)arns?$"), "arn"),
    (re.compile(r"(policy|document|_json|definition|event_pattern)s?$"), "json"),
    (re.compile(r"ipv6_cidr"), "cidr6"),
    (re.compile(r"cidr"), "cidr"),
    (re.compile(r"(start|end|expir\w*|valid\w*)_(time|date|until)$|_until$|_at$|timestamp"), "time"),
)
# words of an error message -> the shapes worth trying, in order
_BY_ERROR = (
    (re.compile(r"\bARN\b|arn:"), ("arn",)),
    (re.compile(r"RFC ?3339|timestamp|time string|parsing time", re.I), ("time", "date", "clock")),
    (re.compile(r"JSON|unexpected end|invalid character", re.I), ("json", "jsonlist")),
    (re.compile(r"CIDR", re.I), ("cidr", "cidr6")),
    (re.compile(r"IP address|IPv4|IPv6", re.I), ("ip",)),
    (re.compile(r"strconv|number|integer|numeric|ParseFloat", re.I), ("number",)),
    (re.compile(r"duration", re.I), ("duration", "isoduration")),
    (re.compile(r"uuid", re.I), ("uuid",)),
    (re.compile(r"version", re.I), ("version", "number")),
    (re.compile(r"bool", re.I), ("bool",)),
    (re.compile(r"window|ddd:", re.I), ("window",)),
    (re.compile(r"format|separated|part|split|expected", re.I), ("pair", "arn", "time", "number", "json", "clock")),
)
_ENUM = re.compile(
    r"(?:one of|valid values?(?: are| is)?):?\s*\[([^\n\]]+)\]"
    r"|one of:?\s*([^\n\]]+)|valid values? (?:are|is):?\s*([^\n\]]+)",
    re.I,
)
_NEEDED = re.compile(r'Attribute "([\w.\[\]]+)" must be specified')
_TOKEN = re.compile(r'"([^"\s]+)"|([A-Za-z0-9][\w.:/-]*)')


@dataclass(slots=True)
class Leaf:
    """One argument: `kind` is its decoded cty type, or "block"; `flags` a subset of required, optional, computed,
    sensitive; `shapes` still to be tried when the provider refuses the present one."""

    path: Path
    kind: Any
    flags: frozenset[str]
    number: int
    nesting: int = 0
    min_items: int = 0
    shape: str = ""
    enum: tuple[str, ...] = ()
    tried: set[str] = field(default_factory=set)
    dropped: bool = False
    needed: bool = False

    @property
    def settable(self) -> bool:
        if self.path == ("id",):
            return False  # the old SDK makes it optional, and nobody sets it
        return bool(self.flags & {"required", "optional"}) or self.kind == "block"

    def pair(self) -> tuple[Any, Any]:
        return self.sample(self.kind, 0), self.sample(self.kind, 1)

    def sample(self, kind: Any, which: int) -> Any:
        if kind == "bool":
            return which == 0
        if kind == "number":
            return 11 + which
        if kind in ("string", "dynamic"):
            if self.enum:
                return self.enum[which % len(self.enum)]
            return SHAPES[self.shape][which].format(n=self.number)
        outer, inner = kind
        if outer in ("list", "set"):
            return [self.sample(inner, which)]
        if outer == "map":
            return {"key": self.sample(inner, which)}
        if outer == "object":
            return {name: self.sample(type_, which) for name, type_ in inner.items()}
        return [self.sample(type_, which) for type_ in inner]

    def next_shape(self, message: str) -> bool:
        """Learn from a refusal. False when there is nothing left to try."""
        if _NEEDED.search(message) and not self.needed:
            self.needed = True
            return True
        if match := _ENUM.search(message):
            words = [a or b for a, b in _TOKEN.findall(match[1] or match[2] or match[3])]
            words = [w for w in words if w not in ("or", "and", "got")]
            if words and tuple(words) != self.enum and "enum" not in self.tried:
                self.tried.add("enum")
                self.enum = tuple(words)
                return True
        wanted = [s for pattern, shapes in _BY_ERROR if pattern.search(message) for s in shapes]
        for shape in (*wanted, *SHAPES):
            if shape not in self.tried:
                self.tried.add(shape)
                self.shape, self.enum = shape, ()
                return True
        return False


def leaves(block: Any) -> list[Leaf]:
    """Every argument and block of a resource type, outer ones first, at most MAX_LEAVES."""
    found: list[Leaf] = []
    queue: list[tuple[Path, Any]] = [((), block)]
    while queue and len(found) < MAX_LEAVES:
        prefix, here = queue.pop(0)
        for attribute in here.attributes:
            flags = {n for n in ("required", "optional", "computed", "sensitive") if getattr(attribute, n)}
            shape = next((s for pattern, s in _BY_NAME if pattern.search(attribute.name)), "text")
            path = (*prefix, attribute.name)
            kind = json.loads(attribute.type)
            found.append(Leaf(path, kind, frozenset(flags), len(found), shape=shape, tried={shape}))
        for nested in here.block_types:
            if nested.type_name == "timeouts":
                continue
            path = (*prefix, nested.type_name)
            leaf = Leaf(path, "block", frozenset({"optional"}), len(found), nested.nesting, nested.min_items)
            found.append(leaf)
            if len(path) < MAX_DEPTH:
                queue.append((path, nested.block))
    return found


class Objects:
    """Configurations, prior states and proposals of one type, built from choices per path."""

    def __init__(self, block: Any) -> None:
        self.block = block
        self.leaves = leaves(block)
        self.by_path = {leaf.path: leaf for leaf in self.leaves}

    def wanted(self, full: bool, around: Path = ()) -> Callable[[Leaf], bool]:
        """Which arguments an object has: all of them, or the required ones and those on the way to `around`."""

        def want(leaf: Leaf) -> bool:
            if leaf.dropped and leaf.path != around[: len(leaf.path)]:
                return False
            if full or leaf.path == around[: len(leaf.path)]:
                return True
            return leaf.needed or "required" in leaf.flags or (leaf.kind == "block" and leaf.min_items > 0)

        return want

    def config(self, want: Callable[[Leaf], bool], override: dict[Path, Any] | None = None) -> dict[str, Any]:
        """A configuration: sample values of what is wanted, null for the rest; `override` sets or (None) drops paths."""
        return self._object(self.block, (), want, override or {}, None)

    def state(self, config: dict[str, Any]) -> dict[str, Any]:
        """The state after applying a configuration: what the provider computes is filled with samples."""
        return self._fill(self.block, (), config, None)

    def proposal(self, config: dict[str, Any], prior: dict[str, Any] | None) -> dict[str, Any]:
        """What Terraform proposes: computed values stay as they were; without a prior state they are unknown."""
        return self._fill(self.block, (), config, prior or tfplugin5.UNKNOWN)

    def _object(
        self, block: Any, prefix: Path, want: Callable[[Leaf], bool], override: dict[Path, Any], _: None
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for attribute in block.attributes:
            path = (*prefix, attribute.name)
            leaf = self.by_path.get(path)
            if path in override:
                made[attribute.name] = override[path]
            elif leaf and leaf.settable and want(leaf):
                made[attribute.name] = leaf.pair()[0]
            else:
                made[attribute.name] = None
        for nested in block.block_types:
            path = (*prefix, nested.type_name)
            leaf = self.by_path.get(path)
            there = leaf is not None and (want(leaf) if path not in override else override[path] is not None)
            if there and nested.nesting not in (MAP,):
                inner = self._object(nested.block, path, want, override, None)
                made[nested.type_name] = inner if nested.nesting in (SINGLE, GROUP) else [inner]
            else:
                made[nested.type_name] = _absent(nested)
        return made

    def _fill(self, block: Any, prefix: Path, config: dict[str, Any], prior: Any) -> dict[str, Any]:
        filled: dict[str, Any] = {}
        for attribute in block.attributes:
            value = config[attribute.name]
            if value is None and attribute.computed:
                leaf = self.by_path.get((*prefix, attribute.name))
                if prior is tfplugin5.UNKNOWN:
                    value = tfplugin5.UNKNOWN
                elif isinstance(prior, dict):
                    value = prior.get(attribute.name)
                elif leaf:
                    value = leaf.pair()[1]  # the first one is what a configuration would say: they must differ
            filled[attribute.name] = value
        for nested in block.block_types:
            value, old = config[nested.type_name], prior
            if isinstance(prior, dict):
                old = prior.get(nested.type_name)
            if isinstance(value, list):
                olds = old if isinstance(old, list) else [old] * len(value)
                olds = [*olds, *[tfplugin5.UNKNOWN] * len(value)]
                value = [
                    self._fill(nested.block, (*prefix, nested.type_name), v, o if prior is not None else None)
                    for v, o in zip(value, olds, strict=False)
                ]
            elif isinstance(value, dict) and value:
                value = self._fill(nested.block, (*prefix, nested.type_name), value, old)
            filled[nested.type_name] = value
        return filled


def _absent(nested: Any) -> Any:
    return None if nested.nesting in (SINGLE, GROUP) else {} if nested.nesting == MAP else []


def blamed(objects: Objects, diagnostics: Any) -> Iterator[tuple[Leaf, str]]:
    """(the argument that an error is about, its text), as far as the text says so."""
    for diagnostic in diagnostics:
        if diagnostic.severity != 1:
            continue
        text = f"{diagnostic.summary} {diagnostic.detail}"
        path = tuple(s.attribute_name for s in diagnostic.attribute.steps if s.attribute_name)
        if needed := _NEEDED.search(text):
            path = tuple(re.sub(r"\[\d+\]", "", needed[1]).split("."))
        leaf = objects.by_path.get(path)
        if leaf is None or leaf.kind == "block":
            numbers = re.findall(r"v[ab](\d+)[xy]", text)
            leaf = objects.leaves[int(numbers[0])] if numbers and int(numbers[0]) < len(objects.leaves) else None
        if leaf is None:
            names = re.findall(r'[`"\'(]?\b([a-z][a-z0-9_]*(?:\.\d+)?(?:\.[a-z0-9_]+)*)\b', text)
            for name in names:
                suffix = tuple(p for p in name.split(".") if not p.isdigit())
                leaf = next((x for x in objects.leaves if x.path[-len(suffix) :] == suffix and x.kind != "block"), None)
                if leaf is not None:
                    break
        if leaf is not None:
            yield leaf, text
