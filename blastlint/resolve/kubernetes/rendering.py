"""What a program rendered, as objects with places: each value is shown where the files that it was made of write it.

The output of a program has lines of its own, which nobody can look up. Helm names the template of every document, and the
same template read from source says where each part of it stands, values that it asks for included; of a kustomization the
same object made from source does. What stands in neither is shown where the next thing around it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from blastlint.frozen import dataclass, replace
from blastlint.model import Document, Region, Value, unknown
from blastlint.parse.keytree import KeyTree
from blastlint.regex import regex
from blastlint.resolve.kubernetes.patches import text_at

_SOURCE = regex(r"^#\s*Source:\s*[^/\s]+/(?P<path>\S+)\s*$")
_HASHED = regex(r"^(?P<name>.+)-[a-z0-9]{10}$")
_UNSTEADY = "it is made anew each time"

Output = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """One object as it is made from source, and the file that has it."""

    path: str
    value: Value


def documents_of(document: Document) -> tuple[Value, ...]:
    """The documents of a stream."""
    return document.content.documents if isinstance(document.content, KeyTree) else ()


def read(document: Document) -> Output:
    """(the file that Helm names above it, "" where nothing does; value) of every document that declares something."""
    named = [
        (comment.region.start_line, match["path"])
        for comment in document.comments
        if (match := _SOURCE.match(comment.text.strip()))
    ]
    found: list[tuple[str, Value]] = []
    for value in documents_of(document):
        if value.is_map and value.items and value.region is not None:
            line = value.region.start_line
            found.append((next((path for at, path in reversed(named) if at <= line), ""), value))
    return tuple(found)


def steady(first: Output, second: Output) -> Output:
    """The first output, with unknowns for what the second one has otherwise."""
    others = {(path, _identity(value)): value for path, value in second}
    pairs = ((path, value, others.get((path, _identity(value)))) for path, value in first)
    return tuple((path, _same(value, other)) for path, value, other in pairs if other is not None)


def _same(value: Value, other: Value) -> Value:
    if value.is_map and other.is_map:
        items = {k: _same(v, o) if (o := other.items.get(k)) is not None else v for k, v in value.items.items()}
        return replace(value, data=items)
    if value.is_list and other.is_list and len(value.elements) == len(other.elements):
        return replace(value, data=tuple(map(_same, value.elements, other.elements)))
    return value if value == other else unknown(_UNSTEADY, _UNSTEADY, region=value.region)


def objects(output: Output, written: Sequence[Written], fallback: Region) -> Iterator[tuple[Written | None, Written]]:
    """(what it is written as, the object with its places and the file that it is shown in) for all objects of an output.
    Names are those without the hash that stands for the content."""
    by_name = {_identity(one.value): one for one in written}
    plain: dict[str, str] = {}
    for _, value in output:
        kind, namespace, name = _identity(value)
        match = _HASHED.match(name)
        if match and (kind, namespace, name) not in by_name and (kind, namespace, match["name"]) in by_name:
            plain[name] = match["name"]
    left = list(written)
    for path, raw in output:
        value = _renamed(raw, plain) if plain else raw
        source = _written(value, path, left) or _written(value, path, written)  # a loop makes several of one
        left = [one for one in left if one is not source]
        region = source.value.region if source is not None and source.value.region is not None else fallback
        yield source, Written(region.path, _placed(value, source.value if source is not None else None, region))


def _written(value: Value, path: str, left: Sequence[Written]) -> Written | None:
    """What a rendered object is written as: in the file that is named, of its kind, best under its name."""
    kind, _, name = _identity(value)
    same = [w for w in left if (not path or w.path == path) and text_at(w.value, "kind") == kind]
    if not path:
        return next((w for w in same if _identity(w.value) == _identity(value)), None)
    named = (w for w in same if text_at(w.value, "metadata", "name") == name)
    computed = (w for w in left if w.path == path and "{{" in text_at(w.value, "kind"))
    return next(named, None) or next(iter(same), None) or next(computed, None)


def _identity(value: Value) -> tuple[str, str, str]:
    return text_at(value, "kind"), text_at(value, "metadata", "namespace"), text_at(value, "metadata", "name")


def _renamed(value: Value, names: Mapping[str, str]) -> Value:
    if value.is_map:
        return replace(value, data={key: _renamed(below, names) for key, below in value.items.items()})
    if value.is_list:
        return replace(value, data=tuple(_renamed(below, names) for below in value.elements))
    return replace(value, data=names[value.scalar]) if isinstance(value.scalar, str) and value.scalar in names else value


def _placed(value: Value, written: Value | None, region: Region) -> Value:
    """The value with the places of `written`, and `region` where that has none."""
    here = written.region if written is not None and written.region is not None else region
    if value.is_map:
        below = written.items if written is not None else {}
        data = {key: _placed(child, below.get(key), here) for key, child in value.items.items()}
        return replace(value, data=data, region=here, block=None)
    if value.is_list:
        elements = written.elements if written is not None else ()
        named = {text_at(e, "name"): e for e in elements if text_at(e, "name")}
        pairs = (
            (child, named.get(text_at(child, "name")) or (elements[i] if i < len(elements) else None))
            for i, child in enumerate(value.elements)
        )
        return replace(value, data=tuple(_placed(child, w, here) for child, w in pairs), region=here, block=None)
    return replace(value, region=here, block=None)
