"""`blastlint: allow` in the comments of every language, and in nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.model import Document
from blastlint.parse import parse
from blastlint.parse.directives import Directive, directives


def read(path: str, text: str) -> tuple[Directive, ...]:
    data = text.encode()
    return directives(parse(path, "before", data), data)


ALLOW = "blastlint: allow RES002 -- moved by hand"


@pytest.mark.parametrize(
    ("path", "text", "lines", "code"),
    [
        ("main.tf", f"x = 1 # {ALLOW}\ny = 2\n", (1,), "x = 1"),
        ("main.tf", f"# {ALLOW}\n\n# why\nx = 1\n", (1, 4), "x = 1"),
        ("main.tf", f"// {ALLOW}\nx = 1\n", (1, 2), "x = 1"),
        ("main.tf", f"/* {ALLOW} */\nx = 1\n", (1, 2), "x = 1"),
        ("main.tf", f"/*\n {ALLOW}\n*/\nx = 1\n", (2, 4), "x = 1"),
        ("a.py", f"x = 1  # {ALLOW}\n", (1,), "x = 1"),
        ("a.py", f"def f():\n    # {ALLOW}\n    return 1\n", (2, 3), "return 1"),
        ("a.sh", f"rm -rf x # {ALLOW}\n", (1,), "rm -rf x"),
        ("a.yaml", f"a: 1 # {ALLOW}\n", (1,), "a: 1"),
        ("a.yaml", f"run: |\n  ls\n  # {ALLOW}\n  rm -rf x\n", (3, 4), "rm -rf x"),
        ("a.toml", f"# {ALLOW}\na = 1\n", (1, 2), "a = 1"),
        ("a.ini", f"; {ALLOW}\na = 1\n", (1, 2), "a = 1"),
        ("a.sql", f"-- {ALLOW}\nDROP TABLE x;\n", (1, 2), "DROP TABLE x;"),
        ("a.sql", f"DROP TABLE x; -- {ALLOW}\n", (1,), "DROP TABLE x;"),
        ("a.xml", f"<!-- {ALLOW} -->\n<x/>\n", (1, 2), "<x/>"),
        ("a.go", f"f() // {ALLOW}\n", (1,), "f()"),
        ("a.css", f"/* {ALLOW} */\nb {{}}\n", (1, 2), "b {}"),
        ("a.md", f"<!-- {ALLOW} -->\ntext\n", (1, 2), "text"),
        ("Dockerfile", f"# {ALLOW}\nRUN x\n", (1, 2), "RUN x"),
        ("Makefile", f"a:\n\trm x # {ALLOW}\n", (2,), "rm x"),
        ("a.tf", f"# {ALLOW}", (1,), ""),
    ],
)
def test_every_comment_syntax(path: str, text: str, lines: tuple[int, ...], code: str) -> None:
    (directive,) = read(path, text)
    assert (directive.rules, directive.reason, directive.lines) == (("RES002",), "moved by hand", lines)
    assert directive.code == code and directive.is_honoured


@pytest.mark.parametrize(
    ("rest", "rules", "reason"),
    [
        ("RES002, GRD001 -- both", ("RES002", "GRD001"), "both"),
        ("stateful-resource-deleted -- by name", ("stateful-resource-deleted",), "by name"),
        ("RES002", ("RES002",), ""),
        ("RES002 --", ("RES002",), ""),
        ("RES002 because", ("RES002",), ""),
        ("-- no rule", (), "no rule"),
        ("* -- everything", (), ""),
        ("all -- everything", (), "everything"),
        ("RES -- a family", (), "a family"),
        ("", (), ""),
    ],
)
def test_rules_and_reason(rest: str, rules: tuple[str, ...], reason: str) -> None:
    (directive,) = read("a.tf", f"# blastlint: allow {rest}\nx = 1\n")
    assert (directive.rules, directive.reason) == (rules, reason)
    assert directive.is_honoured is bool(rules and reason)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.tf", f'x = "# {ALLOW}"\n'),
        ("a.tf", f"# see {ALLOW}\nx = 1\n"),
        ("a.py", f"x = 'a = 1 # {ALLOW}'\n"),
        ("a.py", f'"""\n# {ALLOW}\n"""\n'),
        ("a.yaml", f'text: "a = 1 # {ALLOW}"\n'),
        ("a.yaml", f"example: |\n  # {ALLOW}\n  x\n"),
        ("a.md", f"```\n# {ALLOW}\n```\n"),
        ("a.tf", "# blastlint: allowance RES002 -- x\n"),
        ("a.go", f'f("{ALLOW}")\n'),
        ("a.tf", "# blastlint is run here\n"),
    ],
)
def test_mentions_are_no_directives(path: str, text: str) -> None:
    assert read(path, text) == ()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["a.tf", "a.go", "a.yaml", "a.md"]),
    st.text(alphabet="#/*-; blastint:owRES02,\n'\"<>!", max_size=80),
)
def test_any_text_is_read(path: str, text: str) -> None:
    data = b"# blastlint: allow " + text.encode()
    for directive in directives(Document(path, "before", ""), data):
        assert 1 <= directive.line <= data.count(b"\n") + 1
