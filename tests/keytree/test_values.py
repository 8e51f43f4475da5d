"""The key-tree delta: what is a difference, and what is the same thing elsewhere."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from blastlint.diff.values import deltas, same
from blastlint.facts.canonical import canonical
from blastlint.model import Value, unknown
from tests.keytree.trees import plain, trees, value


def told(before: object, after: object) -> list[tuple[str, str, object, object]]:
    return [
        (d.path, d.action, plain(d.before) if d.before else None, plain(d.after) if d.after else None)
        for d in deltas(value(before), value(after))
    ]


@settings(max_examples=150, deadline=None)
@given(trees)
def test_nothing_differs_from_itself(tree: Value) -> None:
    assert deltas(tree, tree) == ()
    assert same(tree, tree)


@settings(max_examples=300, deadline=None)
@given(trees, trees)
def test_the_deltas_mirror(one: Value, other: Value) -> None:
    there = Counter((d.action, text(d.before), text(d.after)) for d in deltas(one, other))
    turned = {"added": "removed", "removed": "added", "modified": "modified"}
    back = Counter((turned[d.action], text(d.after), text(d.before)) for d in deltas(other, one))
    assert there == back


def text(side: Value | None) -> str:
    return "-" if side is None else canonical(side)


@settings(max_examples=150, deadline=None)
@given(trees, trees)
def test_no_delta_means_the_same_both_ways(one: Value, other: Value) -> None:
    assert same(one, other) == same(other, one)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"port": "8080"}, {"port": 8080}),
        ({"on": "yes"}, {"on": True}),
        ({"on": "true"}, {"on": True}),
        ({"timeout": "60s"}, {"timeout": "1m"}),
        ({"timeout": "30s"}, {"timeout": 30}),
        ({"memory": "1Gi"}, {"memory": "1024Mi"}),
        ({"cpu": "1000m"}, {"cpu": 1}),
        ({"a": [True, "x"]}, {"a": ["true", "x"]}),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        ({"a": frozenset({"x", "y"})}, {"a": ["y", "x"]}),
        ([{"name": "x", "v": 1}, {"name": "y", "v": 2}], [{"name": "y", "v": 2}, {"name": "x", "v": 1}]),
    ],
)
def test_another_spelling_or_order_is_no_difference(before: object, after: object) -> None:
    assert told(before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1.10", 1.1),
        ("1.10", "1.1"),
        ("30s", "30ms"),
        ("1Gi", "1G"),
        ("0644", 644),
        (None, ""),
        (None, False),
        ("no", "none"),
    ],
)
def test_what_only_looks_alike_is_a_difference(before: object, after: object) -> None:
    assert told({"v": before}, {"v": after}) == [("v", "modified", before, after)]


def test_a_bare_number_beside_seconds_of_no_time_is_a_difference() -> None:
    assert told({"width": "30s"}, {"width": 30}) == [("width", "modified", "30s", 30)]


def test_a_removed_subtree_is_one_delta() -> None:
    assert told({"a": {"b": {"c": 1, "d": 2}}, "e": 1}, {"e": 1}) == [("a", "removed", {"b": {"c": 1, "d": 2}}, None)]


def test_elements_are_paired_by_what_names_them() -> None:
    before = [{"name": "web", "port": 80}, {"name": "db", "port": 5432}]
    after = [{"name": "cache", "port": 6379}, {"name": "db", "port": 5433}]
    assert told(before, after) == [
        ('[name="web"]', "removed", {"name": "web", "port": 80}, None),
        ('[name="db"].port', "modified", 5432, 5433),
        ('[name="cache"]', "added", None, {"name": "cache", "port": 6379}),
    ]


def test_an_insertion_in_front_is_one_addition() -> None:
    assert told(["a", "b", "c"], ["new", "a", "b", "c"]) == [("[0]", "added", None, "new")]
    assert told(["new", "a", "b", "c"], ["a", "b", "c"]) == [("[0]", "removed", "new", None)]


def test_arguments_with_the_same_stem_are_the_same_argument() -> None:
    before = ["--replicas=3", "--verbose", "--zone=a"]
    after = ["--quiet", "--replicas=5", "--zone=b"]
    assert told(before, after) == [
        ("[0]", "modified", "--replicas=3", "--replicas=5"),
        ("[1]", "removed", "--verbose", None),
        ("[2]", "modified", "--zone=a", "--zone=b"),
        ("[0]", "added", None, "--quiet"),
    ]


def test_steps_without_names_are_paired_by_likeness() -> None:
    before = [{"uses": "actions/checkout@v3"}, {"run": "make test", "env": {"A": 1}}, {"run": "make lint"}]
    after = [
        {"uses": "actions/checkout@v4"},
        {"uses": "setup"},
        {"run": "make test", "env": {"A": 2}},
        {"run": "make lint"},
    ]
    assert told(before, after) == [
        ("[0].uses", "modified", "actions/checkout@v3", "actions/checkout@v4"),
        ("[1].env.A", "modified", 1, 2),
        ("[1]", "added", None, {"uses": "setup"}),
    ]


def test_only_the_order_differs() -> None:
    assert told({"args": ["a", "b"]}, {"args": ["b", "a"]}) == [("args", "modified", ["a", "b"], ["b", "a"])]


def test_long_lists_are_no_burden() -> None:
    before = [f"x{i}" for i in range(20_000)]
    after = [f"x{i}" for i in range(20_000, 0, -1)]
    assert told(before, after) == [("[0]", "modified", "x0", "x20000")]


def test_unknowns_are_equal_by_their_text() -> None:
    assert deltas(unknown("a", "var.x"), unknown("b", "var.x")) == ()
    assert [d.action for d in deltas(unknown("a", "var.x"), unknown("a", "var.y"))] == ["modified"]
