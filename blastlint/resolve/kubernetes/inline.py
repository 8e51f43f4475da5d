"""Values that an object gives to a chart as a text: read, so that they are compared key by key like those of a file.

Argo CD's Application takes them as a text beside `valuesObject`, K3s' HelmChart as `valuesContent`. What cannot be read as a
map (an ApplicationSet that computes it) stays a text.
"""

from __future__ import annotations

from blastlint.frozen import replace
from blastlint.model import Block, Region, Value
from blastlint.parse.keytree import KeyTree

_PLACES: dict[str, tuple[tuple[str, ...], ...]] = {
    "Application": (("spec", "source", "helm", "values"), ("spec", "sources", "*", "helm", "values")),
    "ApplicationSet": (
        ("spec", "template", "spec", "source", "helm", "values"),
        ("spec", "template", "spec", "sources", "*", "helm", "values"),
    ),
    "HelmChart": (("spec", "valuesContent"),),
    "HelmChartConfig": (("spec", "valuesContent"),),
}


def unfolded(root: Value) -> Value:
    """The object with its texts of values read."""
    kind = root.items.get("kind")
    for place in _PLACES.get(str(kind.scalar), ()) if kind is not None else ():
        root = _at(root, place)
    return root


def _at(value: Value, place: tuple[str, ...]) -> Value:
    """The value with the text at `place` read, where there is one."""
    if not place:
        return _read(value)
    if place[0] == "*":
        return replace(value, data=tuple(_at(e, place[1:]) for e in value.elements)) if value.is_list else value
    below = value.items.get(place[0])
    if below is None:
        return value
    return replace(value, data={**value.items, place[0]: _at(below, place[1:])})


def _read(value: Value) -> Value:
    text, block, region = value.scalar, value.block, value.region
    if not isinstance(text, str) or ":" not in text or region is None:
        return value
    from blastlint.parse.yaml import parse

    document = parse(region.path, region.side, _in_place(text, block, region).encode("utf-8", "surrogatepass"))
    roots = document.content.documents if isinstance(document.content, KeyTree) else ()
    if document.coverage != "full" or len(roots) != 1 or not roots[0].is_map:
        return value
    return replace(roots[0], region=region)


def _in_place(text: str, block: Block | None, region: Region) -> str:
    """The text with as much before it as stands before it in its file, so that places are the file's."""
    line = block.line if block is not None else region.start_line
    indent = " " * block.indent if block is not None and block.style == "literal" else ""
    return "\n" * (line - 1) + "".join(f"{indent}{part}" if part.strip() else part for part in text.splitlines(True))
