"""Functions on lists and maps. They work on Values, so that elements keep their place, refs and sensitivity."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import replace
from blastlint.model import Value
from blastlint.resolve.terraform.evaluate import index
from blastlint.resolve.terraform.functions.conversion import unify
from blastlint.resolve.terraform.functions.support import Lenient, Strict, list_of, scalar, unknown_call
from blastlint.resolve.terraform.values import (
    EvaluationError,
    as_bool,
    as_number,
    as_string,
    element_of,
    equal,
    is_something,
    mapping,
    plain,
    sequence,
    tainted,
    wholly_known,
)

MAX_RANGE = 1024  # Terraform's own limit
_MAX_SLICE = 100  # of a list that is not known


def _list(*elements: Value) -> Value:
    """list() of Terraform 0.11, still seen in old modules."""
    return sequence(unify(elements))


def _map(*pairs: Value) -> Value:
    """map() of Terraform 0.11."""
    keys = [as_string(key) for key in pairs[::2]]
    if len(pairs) % 2 or not all(key.known for key in keys):
        return unknown_call("map", pairs)
    return mapping({str(key.data): value for key, value in zip(keys, pairs[1::2], strict=True)})


def _length(value: Value) -> Value:
    if not value.known or (value.unordered and not wholly_known(value)):
        return unknown_call("length", (value,))
    if isinstance(value.data, (tuple, Mapping, str)):
        return scalar(len(value.data), value)
    raise EvaluationError("length: a list, map or string is required")


def _merge(*maps: Value) -> Value:
    """Later maps win. Behind an unknown one, what the later ones say is known all the same."""
    items: dict[str, Value] = {}
    all_known = True
    for one in maps:
        if not one.known:
            all_known = False
            items = dict(one.data) if isinstance(one.data, dict) else {}
        elif isinstance(one.data, Mapping):
            items.update({key: element_of(one, value) for key, value in one.data.items()})
        elif one.data is not None:
            raise EvaluationError("merge: maps are required")
    if not all_known:
        return unknown_call("merge", maps, items)
    return tainted(mapping(items), maps)


def _concat(*lists: Value) -> Value:
    if not all(one.known for one in lists):
        return unknown_call("concat", lists)
    return tainted(sequence([element for one in lists for element in list_of(one)]), lists)


def _flatten(value: Value) -> Value:
    if not value.known:
        return unknown_call("flatten", (value,))
    flat: list[Value] = []
    pending = list(reversed(list_of(value)))
    while pending:
        element = pending.pop()
        if not element.known and not isinstance(element.data, (Mapping, str)):
            return unknown_call("flatten", (value,))  # it may be a list
        if element.is_list:
            pending.extend(reversed(list_of(element)))
        else:
            flat.append(element)
    return tainted(sequence(flat), (value,))


def _keys(value: Value) -> Value:
    if not value.known:
        return unknown_call("keys", (value,))
    if not value.is_map:
        raise EvaluationError("keys: a map is required")
    return scalar_list(sorted(value.items), value)


def scalar_list(texts: list[str], source: Value) -> Value:
    return tainted(sequence([Value(text) for text in texts]), (source,) if source.sensitive else ())


def _values(value: Value) -> Value:
    if not value.known:
        return unknown_call("values", (value,))
    if not value.is_map:
        raise EvaluationError("values: a map is required")
    return sequence([element_of(value, value.items[key]) for key in sorted(value.items)])


def _lookup(collection: Value, key: Value, *default: Value) -> Value:
    key = as_string(key)
    if key.known and isinstance(collection.data, Mapping) and str(key.data) in collection.data:
        return element_of(collection, collection.data[str(key.data)])
    if collection.is_map and not collection.items and default:
        return default[0]  # whatever the key is
    if not collection.known or not key.known:
        return unknown_call("lookup", (collection, key, *default))
    if not collection.is_map:
        raise EvaluationError("lookup: a map is required")
    if not default:
        raise EvaluationError(f"lookup: no element {key.data!r}")
    return default[0]


def _element(collection: Value, position: Value) -> Value:
    """A position outside the list goes around it, in both directions: -1 is the last (Terraform 1.10)."""
    number = as_number(position)
    if not collection.known or not number.known:
        return unknown_call("element", (collection, number))
    elements = list_of(collection)
    if not elements or not isinstance(number.data, int):
        raise EvaluationError("element: no such element")
    return elements[number.data % len(elements)]


def _index(collection: Value, wanted: Value) -> Value:
    if not wholly_known(collection) or not wholly_known(wanted):
        return unknown_call("index", (collection, wanted))
    for position, element in enumerate(list_of(collection)):
        if equal(element, wanted):
            return scalar(position, collection, wanted)
    raise EvaluationError("index: no such element")


def _contains(collection: Value, wanted: Value) -> Value:
    if not collection.known or not wholly_known(wanted):
        return unknown_call("contains", (collection, wanted))
    elements = list_of(collection)
    if any(wholly_known(element) and equal(element, wanted) for element in elements):
        return scalar(True, collection, wanted)
    if not all(map(wholly_known, elements)):
        return unknown_call("contains", (collection, wanted))
    return scalar(False, collection, wanted)


def _coalesce(*args: Value) -> Value:
    for arg in args:
        if not arg.known and not (isinstance(arg.data, (str, Mapping)) and is_something(arg)):
            return unknown_call("coalesce", args)
        if arg.data is not None and arg.data != "":
            return arg
    raise EvaluationError("coalesce: nothing but null and empty strings")


def _coalescelist(*args: Value) -> Value:
    for arg in args:
        if not arg.known:
            return unknown_call("coalescelist", args)
        if arg.data:
            return arg
    raise EvaluationError("coalescelist: nothing but empty lists")


def _compact(value: Value) -> Value:
    if not value.known or not all(element.known for element in list_of(value)):
        return unknown_call("compact", (value,))
    return sequence([e for e in list_of(value) if e.data is not None and e.data != ""])


def _distinct(value: Value) -> Value:
    if not wholly_known(value):
        return unknown_call("distinct", (value,))
    found: list[Value] = []
    for element in unify(list_of(value)):
        if not any(equal(element, other) for other in found):
            found.append(element)
    return sequence(found)


def _reverse(value: Value) -> Value:
    if not value.known:
        return unknown_call("reverse", (value,))
    return sequence(reversed(list_of(value)))


def _slice(value: Value, start: Value, end: Value) -> Value:
    """Of an unknown list (zones of a region) as many elements as are asked for: Terraform refuses one that is shorter."""
    first, last = as_number(start), as_number(end)
    if not (first.known and last.known):
        return unknown_call("slice", (value, first, last))
    if not isinstance(first.data, int) or not isinstance(last.data, int):
        raise EvaluationError("slice: whole numbers are required")
    if not value.known:
        if not 0 <= last.data - first.data <= _MAX_SLICE:
            return unknown_call("slice", (value, first, last))
        return sequence([index(value, Value(position)) for position in range(first.data, last.data)])
    elements = list_of(value)
    if not 0 <= first.data <= last.data <= len(elements):
        raise EvaluationError("slice: out of range")
    return sequence(elements[first.data : last.data])


def _chunklist(value: Value, size: Value) -> Value:
    number = as_number(size)
    if not value.known or not number.known:
        return unknown_call("chunklist", (value, number))
    elements = list_of(value)
    if not isinstance(number.data, int) or number.data < 0:
        raise EvaluationError("chunklist: the size must not be negative")
    step = number.data or len(elements) or 1
    return sequence([sequence(elements[i : i + step]) for i in range(0, len(elements), step)])


def _zipmap(keys: Value, elements: Value) -> Value:
    if not keys.known or not elements.known or not all(key.known for key in list_of(keys)):
        return unknown_call("zipmap", (keys, elements))
    names, found = list_of(keys), list_of(elements)
    if len(names) != len(found):
        raise EvaluationError("zipmap: lists of different lengths")
    return tainted(mapping({str(as_string(n).data): v for n, v in zip(names, found, strict=True)}), (keys,))


def _one(value: Value) -> Value:
    if not value.known or (value.unordered and not wholly_known(value)):
        return unknown_call("one", (value,))
    elements = list_of(value)
    if len(elements) > 1:
        raise EvaluationError("one: more than one element")
    return elements[0] if elements else Value(None)


def _all_true(value: Value) -> Value:
    return _truth(value, "alltrue", True)


def _any_true(value: Value) -> Value:
    return _truth(value, "anytrue", False)


def _truth(value: Value, name: str, neutral: bool) -> Value:
    if not value.known:
        return unknown_call(name, (value,))
    elements = [as_bool(element) for element in list_of(value)]
    if any(element.known and bool(element.data) is not neutral for element in elements):
        return scalar(not neutral, value)
    return scalar(neutral, value) if all(e.known for e in elements) else unknown_call(name, (value,))


def _matchkeys(found: Value, keys: Value, wanted: Value) -> Value:
    if not all(map(wholly_known, (found, keys, wanted))):
        return unknown_call("matchkeys", (found, keys, wanted))
    pairs = zip(list_of(found), list_of(keys), strict=True)
    return sequence([value for value, key in pairs if any(equal(key, other) for other in list_of(wanted))])


def _range(*numbers: int | float) -> list[int | float]:
    start, end, step = (0, numbers[0], 1) if len(numbers) == 1 else (*numbers, 1)[:3] if len(numbers) > 1 else (0, 0, 0)
    if len(numbers) < 3 and end < start:
        step = -1
    if step == 0 or (end - start) * step < 0 or (end - start) / step > MAX_RANGE:
        raise EvaluationError("range: no step, or too many elements")
    found: list[int | float] = []
    while (start < end) if step > 0 else (start > end):
        found.append(start)
        start = start + step
    return found


def _sort(items: object) -> list[str]:
    if not isinstance(items, list) or not all(isinstance(item, (str, int, float)) for item in items):
        raise EvaluationError("sort: strings are required")
    return sorted(str(as_string(Value(item)).data) for item in items)


def _transpose(items: object) -> dict[str, list[str]]:
    if not isinstance(items, dict):
        raise EvaluationError("transpose: a map of lists is required")
    found: dict[str, list[str]] = {}
    for key in sorted(items):
        for element in items[key]:
            found.setdefault(str(element), []).append(key)
    return {key: sorted(set(found[key])) for key in sorted(found)}


def _plain_sorted(value: Value) -> Value:
    """sort(), with each element's place and refs kept."""
    if not wholly_known(value):
        return unknown_call("sort", (value,))
    _sort(plain(value))
    made = sequence(sorted([as_string(e) for e in list_of(value)], key=lambda e: str(e.data)))
    return replace(made, region=value.region)


STRICT: Mapping[str, Strict] = {"range": Strict("*n", _range), "transpose": Strict("a", _transpose)}
LENIENT: Mapping[str, Lenient] = {
    "alltrue": _all_true,
    "anytrue": _any_true,
    "chunklist": _chunklist,
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "element": _element,
    "flatten": _flatten,
    "index": _index,
    "keys": _keys,
    "length": _length,
    "list": _list,
    "map": _map,
    "lookup": _lookup,
    "matchkeys": _matchkeys,
    "merge": _merge,
    "one": _one,
    "reverse": _reverse,
    "slice": _slice,
    "sort": _plain_sorted,
    "values": _values,
    "zipmap": _zipmap,
}
