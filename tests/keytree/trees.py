"""Generated key trees, for the properties."""

from __future__ import annotations

from hypothesis import strategies as st

from blastlint.model import Value

KEYS = ("a", "b", "c", "name", "id", "timeout", "enabled", "x.y")
scalars = st.one_of(
    st.booleans(),
    st.integers(-3, 1000),
    st.sampled_from(["", "a", "b", "30s", "1m", "1Gi", "8080", "true", "yes", "--n=1", "--n=2"]),
    st.none(),
).map(Value)


def _lists(children: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.builds(lambda e, u: Value(tuple(e), unordered=u), st.lists(children, max_size=5), st.booleans())


def _maps(children: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.dictionaries(st.sampled_from(KEYS), children, max_size=4).map(Value)


trees = st.recursive(scalars, lambda children: _lists(children) | _maps(children), max_leaves=12)


def value(data: object) -> Value:
    """Plain Python data as a Value; a set is a list without order."""
    if isinstance(data, dict):
        return Value({key: value(child) for key, child in data.items()})
    if isinstance(data, list):
        return Value(tuple(value(child) for child in data))
    if isinstance(data, frozenset):
        return Value(tuple(value(child) for child in sorted(data)), unordered=True)
    assert data is None or isinstance(data, str | int | float | bool)
    return Value(data)


def plain(tree: Value) -> object:
    """A Value as plain Python data; an unknown is its reason in angle brackets."""
    if not tree.known:
        return f"<{tree.reason}>"
    if tree.is_map:
        return {key: plain(child) for key, child in tree.items.items()}
    if tree.is_list:
        return [plain(child) for child in tree.elements]
    return tree.scalar
