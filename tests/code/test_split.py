"""How a file is split into definitions: names, sorts, places, and what counts as the same meaning."""

from __future__ import annotations

import pytest

from blastlint.parse import javascript, python
from blastlint.parse.code import Module


def module(source: str, path: str = "src/pkg/mod.py") -> Module:
    parser = python if path.endswith(".py") else javascript
    content = parser.parse(path, "after", source.encode()).content
    assert isinstance(content, Module)
    return content


def names(source: str, path: str = "src/pkg/mod.py") -> list[str]:
    return [f"{d.sort} {d.name}" for d in module(source, path).definitions]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pkg/mod.py", ("", "pkg.mod")),
        ("src/pkg/mod.py", ("src", "pkg.mod")),
        ("packages/a/src/pkg/__init__.py", ("packages/a/src", "pkg")),
        ("src.py", ("", "src")),
        ("__init__.py", ("", "__init__")),
        ("stubs/x.pyi", ("", "stubs.x")),
    ],
)
def test_module_names(path: str, expected: tuple[str, str]) -> None:
    assert python.module_name(path) == expected


def test_python_definitions() -> None:
    source = """
LIMIT = 3
@decorated
class A(B):
    x = 1
    @property
    def p(self): return 1
    @p.setter
    def p(self, v): self._p = v
    class Inner:
        def q(self): pass
if LIMIT:
    def f(): pass
else:
    def f(): return 1
print(LIMIT)
"""
    assert names(source) == [
        "module ", "setting LIMIT", "class A", "function A.p", "function A.p.setter", "class A.Inner", "function A.Inner.q",
        "function f", "function f#2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "source", "sort"),
    [
        ("tests/test_a.py", "def test_x(): pass", "test"),
        ("a_test.py", "def test_x(): pass", "test"),
        ("app/service.py", "def test_x(): pass", "function"),
        ("tests/test_a.py", "def helper(): pass", "function"),
        ("tests/test_a.py", "@pytest.fixture\ndef test_client(): pass", "function"),
        ("tests/test_a.py", "class TestA:\n    def test_x(self): pass", "test"),
        ("tests/test_a.py", "class A:\n    def test_x(self): pass", "function"),
        ("app/checks.py", "class A(TestCase):\n    def test_x(self): pass", "test"),
        ("a.test.js", 'test("x", () => {})', "test"),
        ("a.js", "function test_x() {}", "function"),
    ],
)
def test_what_is_collected(path: str, source: str, sort: str) -> None:
    assert module(source, path).definitions[-1].sort == sort


def test_javascript_definitions() -> None:
    source = """
import fs from "fs";
const { get: fetchOne } = require("axios");
export const limit = 3;
export async function load() {}
export const save = async () => 1;
exports.other = function () {};
class A extends Base { constructor() {} run = () => 1; @Guard() go() {} }
describe("a", () => { describe("b", () => { it("c", () => {}); it.each([1, 2])("d", () => {}); }); });
run();
"""
    found = module(source, "src/a.ts")
    assert [f"{d.sort} {d.name}" for d in found.definitions] == [
        "module ", "setting limit", "function load", "function save", "function exports.other", "class A",
        "function A.constructor", "function A.run", "function A.go", "test a > b > c", "test a > b > d",
    ]  # fmt: skip
    assert found.resolved("fs.rm") == "fs.rm"
    assert found.resolved("fetchOne") == "axios.get"


def test_imports_are_resolved() -> None:
    found = module("import os.path, sys as s\nfrom . import near\nfrom ..up import y as z\n", "a/b/c.py")
    assert dict(found.aliases) == {"os": "os", "os.path": "os.path", "s": "sys", "near": "a.b.near", "z": "a.up.y"}


def test_places_are_in_code_points() -> None:
    found = module('é = "ü"; après = "é"\ndef f(): pass\n')
    assert [d.span for d in found.definitions[1:]] == [(1, 1, 1, 8), (1, 10, 1, 21), (2, 1, 2, 14)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "def f(a, b):\n    return a + b\n",
            'def f(\n    a,\n    b,\n):\n    """Adds."""\n    # sum\n    return (a + b)\n',
        ),
        ("def f(): return 'a'\n", 'def f() -> str:\n    return "a"\n'),
        ("X = [1, 2]\n", "X = [\n    1,\n    2,  # two\n]\n"),
        ("class A(B):\n    x = 1\n", 'class A(B):\n    """doc"""\n\n    x = 1\n'),
    ],
)
def test_same_meaning(one: str, other: str) -> None:
    assert module(one).definitions[1].digest == module(other).definitions[1].digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(a): return a + 1\n", "def f(a): return a - 1\n"),
        ("def f(a): return a[1:]\n", "def f(a): return a[:1]\n"),
        ("def f(a): return a is None\n", "def f(a): return a is not None\n"),
        ("def f(): return 'a'\n", "def f(): return b'a'\n"),
        ("async def f(): pass\n", "def f(): pass\n"),
        ("X = (1,)\n", "X = 1\n"),
        ("@a\ndef f(): pass\n", "def f(): pass\n"),
    ],
)
def test_other_meaning(one: str, other: str) -> None:
    assert module(one).definitions[1].digest != module(other).definitions[1].digest


def test_a_broken_file_is_partial_and_keeps_the_rest() -> None:
    document = python.parse("a.py", "after", b"def good():\n    return 1\n\ndef bad(:\n")
    assert (document.coverage, document.reason, document.line) == ("partial", "syntax error", 4)
    assert isinstance(document.content, Module)
    assert "good" in document.content.by_name


def test_directives_are_kept_with_their_place() -> None:
    comments = python.parse("a.py", "after", "x = 'é'  # blastlint: allow SAF001 -- known\n# other\n".encode()).comments
    assert [(c.text, c.region.start_line, c.region.start_column) for c in comments] == [
        ("# blastlint: allow SAF001 -- known", 1, 10)
    ]


def test_suites_of_playwright_hold_tests() -> None:
    body = 'test.describe.serial("upload", () => {\n  test("refuses", async () => { expect(a).toBe(1); });\n});\n'
    assert names(body, "a.spec.ts") == ["module ", "test upload > refuses"]
