"""Dotted delta paths as steps, and values found by them: how a table names a place in any key tree.

`a.b[2].c["x.y"][name="z"]` has the keys a, b, c and `x.y`; indexes and selectors name an element of a list and are steps of
their own kind, which a pattern without them passes over. In a pattern `[]` marks a block that is repeated.
"""

from __future__ import annotations

from functools import lru_cache

from blastlint.frozen import dataclass
from blastlint.model import Value, join_path
from blastlint.regex import regex

_STEP = regex(r'\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[(?P<element>[^\]]*)\]|(?P<key>[^.\[\]]+)')
_ENTRY = regex(
    r"""(?<=[\w"\]])\[(?:[Nn]ame|[Kk]ey)="?(?P<name>[^"\]]+)"?\](?:\.[Vv]alue)$"""
    r"""|(?i:(?<=env)|(?<=environment)|(?<=variables))\[name="?(?P<variable>[^"\]]+)"?\]$"""
)
_SELECTOR = regex(r'^(?P<key>[A-Za-z_]\w*)="?(?P<value>.*?)"?$')


@dataclass(frozen=True, slots=True)
class Step:
    """One key of a map, or (`element`) one element of a list: an index, a selector `name="x"`, or empty for any."""

    text: str
    element: bool = False


@lru_cache(maxsize=8192)
def steps(path: str) -> tuple[Step, ...]:
    """The steps of a dotted path."""
    found = []
    for match in _STEP.finditer(path):
        if match["quoted"] is not None:
            found.append(Step(match["quoted"]))
        elif match["element"] is not None:
            found.append(Step(match["element"], element=True))
        else:
            found.append(Step(match["key"]))
    return tuple(found)


@lru_cache(maxsize=8192)
def keys(path: str) -> tuple[str, ...]:
    """Only the map keys of a path: what it is called whatever element it stands in."""
    return tuple(step.text for step in steps(path) if not step.element)


@lru_cache(maxsize=8192)
def meant(path: str) -> str:
    """The path as people mean it: an entry of a list of variables goes by its name, `env[name="A_B"].value` by `env.A_B`."""
    match = _ENTRY.search(path)
    return join_path(path[: match.start()], match["name"] or match["variable"]) if match else path


def found(value: Value | None, path: tuple[Step, ...]) -> Value | None:
    """The value at `path` below `value`: None when absent, the unknown itself where the way leads through one.

    A key asked of a list is asked of its first element: blocks that can stand once are lists of one.
    """
    here = value
    for step in path:
        if here is None or not here.known:
            return here
        here = _element(here, step) if step.element else _entry(here, step.text)
    return None if here is not None and here.known and here.data is None else here


def _entry(value: Value, key: str) -> Value | None:
    if value.is_list:
        value = value.elements[0] if value.elements else value
        if not value.known:
            return value
    return value.items.get(key)


def _element(value: Value, step: Step) -> Value | None:
    if step.text.lstrip("-").isdigit():
        return value.get(int(step.text))
    match = _SELECTOR.match(step.text)
    if match is None:
        return None
    for element in value.elements:
        name = element.items.get(match["key"])
        if name is not None and str(name.scalar) == match["value"]:
            return element
    return None
