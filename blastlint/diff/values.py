"""The one key-tree delta: two Values -> the attribute differences between them, whatever the format.

Maps are compared by key. Lists of scalars are compared as sets where order has no meaning (`Value.unordered`), else in
order; lists of maps are paired by an identifying key (name, id, key, ...) where every element has a distinct one.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.model import Delta, Value, join_path

IDENTIFYING_KEYS = ("name", "id", "key", "sid", "Sid", "Name", "Key", "uid", "alias", "host", "path", "containerPort")


def deltas(before: Value, after: Value) -> tuple[Delta, ...]:
    """Every difference, outermost absent subtree first. Empty when the two mean the same."""
    return tuple(_deltas("", before, after))


def _deltas(path: str, before: Value, after: Value) -> Iterator[Delta]:
    if before == after:
        return
    if before.is_map and after.is_map:
        yield from _map_deltas(path, before, after)
    elif before.is_list and after.is_list:
        yield from _list_deltas(path, before, after)
    else:
        yield Delta(path, "modified", before, after)


def _map_deltas(path: str, before: Value, after: Value) -> Iterator[Delta]:
    for key, old in before.items.items():
        here = join_path(path, key)
        if key in after.items:
            yield from _deltas(here, old, after.items[key])
        else:
            yield Delta(here, "removed", old, None)
    for key, new in after.items.items():
        if key not in before.items:
            yield Delta(join_path(path, key), "added", None, new)


def _list_deltas(path: str, before: Value, after: Value) -> Iterator[Delta]:
    key = _identifying_key(before, after)
    if key:
        old = {str(e.items[key].scalar): e for e in before.elements}
        new = {str(e.items[key].scalar): e for e in after.elements}
        for name, element in old.items():
            here = f'{path}[{key}="{name}"]'
            if name in new:
                yield from _deltas(here, element, new[name])
            else:
                yield Delta(here, "removed", element, None)
        yield from (Delta(f'{path}[{key}="{n}"]', "added", None, e) for n, e in new.items() if n not in old)
        return
    rest = list(after.elements)
    gone: list[tuple[int, Value]] = []
    for index, element in enumerate(before.elements):
        if element in rest:
            rest.remove(element)
        else:
            gone.append((index, element))
    born = [(i, e) for i, e in enumerate(after.elements) if any(e is r for r in rest)]
    for (index, old_element), (_, new_element) in zip(gone, born, strict=False):
        yield from _deltas(f"{path}[{index}]", old_element, new_element)
    yield from (Delta(f"{path}[{i}]", "removed", e, None) for i, e in gone[len(born) :])
    yield from (Delta(f"{path}[{i}]", "added", None, e) for i, e in born[len(gone) :])
    if not gone and not born and not (before.unordered or after.unordered):
        yield Delta(path, "modified", before, after)  # only the order differs, and here order may mean something


def _identifying_key(before: Value, after: Value) -> str:
    """The key by which every element of both lists can be told apart, or ""."""
    elements = (*before.elements, *after.elements)
    if not elements or not all(e.is_map for e in elements):
        return ""
    for key in IDENTIFYING_KEYS:
        for side in (before.elements, after.elements):
            names = [e.items[key].scalar if key in e.items else None for e in side]
            if None in names or len(set(names)) != len(names):
                break
        else:
            return key
    return ""
