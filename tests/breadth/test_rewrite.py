"""Reformats and rewrites of one file: which of them, and what is told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich.breadth import rewrite
from blastlint.model import FileChange
from blastlint.sources.memory import change_set
from tests.breadth.made import context, file_facts, findings

TREE = {"name": "shop", "port": 8080, "limits": {"cpu": "500m", "memory": "1Gi"}, "hosts": ["a", "b"], "timeout": 30}
ONE_LINE = json.dumps(TREE)
SPREAD = json.dumps(TREE, indent=2)


def told(before: str | bytes, after: str | bytes, path: str = "app.json") -> tuple[object, ...]:
    """(nodes changed, hidden, flip) of the reformat."""
    fact = file_facts({path: before}, {path: after})[path]
    assert fact.name == "reformat"
    return fact.fields["nodes_changed"], fact.fields["hidden"], fact.fields["flip"]


def test_only_the_layout() -> None:
    assert told(ONE_LINE, SPREAD) == (0, "", "")
    assert findings({"app.json": ONE_LINE}, {"app.json": SPREAD}) == []


@pytest.mark.parametrize(
    ("key", "value", "hidden"),
    [
        ("timeout", 3000, "timeout: 30 -> 3000"),
        ("limits", {"cpu": "500m"}, "limits.memory: 1Gi -> absent"),
        ("debug", True, "debug: absent -> true"),
        ("db_password", "hunter2", "db_password: absent -> ***"),
    ],
)
@pytest.mark.parametrize("spread_after", [True, False])
def test_a_key_behind_a_new_layout(key: str, value: object, hidden: str, spread_after: bool) -> None:
    other = {**TREE, key: value}
    before, after = (ONE_LINE, json.dumps(other, indent=2)) if spread_after else (SPREAD, json.dumps(other))
    assert told(before, after) == (1, hidden, "")
    assert findings({"app.json": before}, {"app.json": after}) == [("MAS003", "app.json", "medium")]


def test_keys_in_another_order_mean_the_same() -> None:
    shuffled = json.dumps(dict(reversed(TREE.items())), indent=4)
    assert told(ONE_LINE, shuffled) == (0, "", "")


CODE = """\
def total(items, rate):
    kept = [i for i in items if i.price > 0 and i.count > 0]
    net = sum(i.price * i.count for i in kept)
    return net * (1 + rate), len(kept), max(i.price for i in kept)
"""
WRAPPED = """\
def total(
    items,
    rate,
):
    kept = [
        i
        for i in items
        if i.price > 0 and i.count > 0
    ]
    net = sum(
        i.price * i.count
        for i in kept
    )
    return (
        net * (1 + rate),
        len(kept),
        max(i.price for i in kept),
    )
"""


@pytest.mark.parametrize("path", ["total.py", "total.rb"])
@pytest.mark.parametrize(
    ("old", "new", "nodes", "hidden"),
    [
        ("kept", "kept", 0, ""),
        ("price > 0", "price >= 0", 1, "> -> >="),
        ("i.count > 0", "i.count > 1", 1, "0 -> 1"),
        (" and i.count > 0", "", 6, "-i, -0, -and, and 3 more"),
    ],
)
def test_code_behind_a_new_layout(path: str, old: str, new: str, nodes: int, hidden: str) -> None:
    """With a parser and without one."""
    assert told(CODE, WRAPPED.replace(old, new), path) == (nodes, hidden, "")


def test_words_that_are_the_same_in_another_place_are_seen_by_the_parser() -> None:
    moved_out = (
        "def f(items, log):\n"
        + "".join(f"    log( 'step {n}' , items )\n" for n in range(6))
        + "    if items:\n        log(1)\n        log(2)\n"
    )
    tidy = moved_out.replace("( '", "('").replace("' , items )", "', items)").replace("        log(2)", "    log(2)")
    assert told(moved_out, tidy, "a.py") == (1, "a.f modified", "")


def test_a_secret_in_code_is_not_told() -> None:
    before = CODE + 'API_TOKEN = "swordfish"\n'
    after = WRAPPED + 'API_TOKEN = "marlin"\n'
    assert told(before, after, "total.rb") == (1, "*** -> ***", "")


def test_line_ends_are_told_whatever_differs_beside_them() -> None:
    before = "".join(f"key_{n} = {n}\n" for n in range(8))
    after = before.replace("\n", "\r\n")
    assert told(before, after, "a.ini") == (0, "", "line ends LF -> CRLF")
    assert findings({"a.ini": before}, {"a.ini": after}) == [("MAS003", "a.ini", "low")]
    changed = after.replace("= 3", "= 300")
    assert told(before, changed, "a.ini") == (1, "key_3: 3 -> 300", "line ends LF -> CRLF")
    assert findings({"a.ini": before}, {"a.ini": changed}) == [("MAS003", "a.ini", "medium")]


def test_who_may_run_it() -> None:
    changed = change_set({"run.sh": "a\n"}, {"run.sh": "b\n"})
    file = FileChange("modified", "run.sh", "run.sh", 0o100755, 0o100644)
    same = replace(changed, files=(file,), after=changed.before)
    found = context(same)
    (fact,) = [fact for c in found.changes if c.kind == "file" for fact in rewrite.facts(c, found)]
    assert (fact.fields["flip"], fact.fields["hidden"]) == ("file mode 100755 -> 100644", "")
    edited = context(replace(changed, files=(file,)))
    assert [fact for c in edited.changes if c.kind == "file" for fact in rewrite.facts(c, edited)] == []


def test_what_happened_alike_is_told_once() -> None:
    before = {f"{name}.sh": f"set -e\ncd /{name}\nalpha\nbravo\ncharlie\n" for name in ("a", "b", "c")}
    after = {path: text.replace("\n", "\r\n") for path, text in before.items()}
    facts = file_facts(before, after)
    assert list(facts) == ["a.sh"]
    assert facts["a.sh"].fields["files"] == 3
    assert [related.address for related in facts["a.sh"].related] == ["b.sh", "c.sh"]


def test_each_hidden_difference_is_told() -> None:
    before = {f"{name}.json": json.dumps({**TREE, "name": name}) for name in ("a", "b")}
    after = {
        f"{name}.json": json.dumps({**TREE, "name": name, "port": port}, indent=1)
        for name, port in (("a", 1), ("b", 2))
    }
    assert findings(before, after) == [("MAS003", "a.json", "medium"), ("MAS003", "b.json", "medium")]


NAMES = [
    f"{a}_{b}" for a in ("alpha", "bravo", "charlie", "delta", "echo") for b in ("host", "path", "user", "zone", "mode")
]


def settings_file(value: str) -> str:
    return "".join(f"{name}: {value.format(name=name)}\n" for name in NAMES)


def test_a_rewrite_is_told_with_its_measures() -> None:
    fact = file_facts({"a.yaml": settings_file("{name}-one")}, {"a.yaml": settings_file("other/{name}")})["a.yaml"]
    assert fact.name == "rewrite"
    assert fact.fields == {
        "line_similarity": 0.0,
        "symbol_overlap": 1.0,
        "lines": 25,
        "generated": False,
        "role": "configuration",
        "kept": "none of its lines is left",
    }


@pytest.mark.parametrize(
    ("path", "role", "severity"),
    [
        ("service.yaml", "configuration", "high"),
        (".github/workflows/service.yaml", "pipeline", "high"),
        ("staging/service.yaml", "configuration", "medium"),
        ("locales/en.yaml", "catalogue", ""),
        ("tests/service.yaml", "configuration", ""),
    ],
)
def test_what_a_rewrite_weighs(path: str, role: str, severity: str) -> None:
    before, after = {path: settings_file("{name}-one")}, {path: settings_file("other/{name}")}
    assert file_facts(before, after)[path].fields["role"] == role
    assert findings(before, after) == ([("MAS005", path, severity)] if severity else [])


@pytest.mark.parametrize("kept", [4, 8, 12])
def test_what_is_left_decides(kept: int) -> None:
    old, new = settings_file("{name}-one").splitlines(), settings_file("other/{name}").splitlines()
    mixed = "\n".join([*old[:kept], *new[kept:]])
    found = findings({"a.yaml": "\n".join(old)}, {"a.yaml": mixed})
    assert found == ([("MAS005", "a.yaml", "high")] if kept / 25 < 0.3 else [])


@pytest.mark.parametrize(
    ("path", "line", "other"),
    [
        (
            "a.go",
            "func {name}(w Writer) {{\n\tone(w, 1)\n\ttwo(w, 2)\n}}\n",
            "func {name}(x *Y) error {{\n\treturn x.do(w)\n}}\n",
        ),
        ("a.rb", "def {name}\n  alpha.one\n  bravo.two\nend\n", "def {name}\n  run(:x) {{ |it| it }}\nend\n"),
        (
            "a.tf",
            'resource "x" "{name}" {{\n  a1 = one\n  bb = two\n}}\n',
            'resource "x" "{name}" {{\n  zz = var.c\n}}\n',
        ),
        ("Makefile", "{name}:\n\tbuild $@\n\tcheck $@\n\tstore $@\n", "{name}:\n\trun --all\n"),
    ],
)
def test_names_of_files_without_a_tree(path: str, line: str, other: str) -> None:
    before, after = ({path: "".join(form.format(name=name) for name in NAMES)} for form in (line, other))
    assert file_facts(before, after)[path].fields["symbol_overlap"] == 1.0


def test_never_both() -> None:
    """Every line differs, the names are the same, one word is another: a reformat and no rewrite."""
    before = "".join(f"{name}: '{name}-one'\n" for name in NAMES)
    after = "".join(f'{name}:   "{name}-one"\n' for name in NAMES).replace("echo_mode-one", "echo_mode-two")
    facts = file_facts({"a.yaml": before}, {"a.yaml": after})
    assert [fact.name for fact in facts.values()] == ["reformat"]


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=120), st.binary(max_size=120), st.sampled_from(["a.py", "a.json", "a.yaml", "a.md", "a", "a.tf"])
)
def test_no_bytes_break_it(before: bytes, after: bytes, path: str) -> None:
    assert set(file_facts({path: before}, {path: after})) <= {path}
