"""Bad input never raises or hangs, and what is not needed is not imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.parse import javascript, python
from blastlint.parse.code import Module, shape_of
from tests.code.made import run

PYTHON = [
    "def f(",
    "):\n",
    "class A:",
    "\n    ",
    "\t",
    "try:",
    "except",
    " Exception",
    "pass",
    "if x",
    "@a\n",
    "assert ",
]
SIGNS = [*"()[{'\"#\\=é\0;`", "=>", "${", "/*", "//", '"' * 3, "with ", "lambda:"]
JAVASCRIPT = ["async ", "function g", "it('a', ", "describe(", "export ", "import ", "from .", "catch ", "} "]
FRAGMENTS = st.lists(st.sampled_from([*PYTHON, *SIGNS, *JAVASCRIPT]), max_size=40).map("".join)


def _shapes(parser: object, path: str, data: bytes) -> None:
    document = parser.parse(path, "after", data)  # type: ignore[attr-defined]
    assert isinstance(document.content, Module)
    for definition in document.content.definitions:
        shape = shape_of(document.content, definition)
        for handler in shape.handlers:
            assert shape.locate(handler.at)[0] >= 1


@settings(max_examples=120, deadline=None)
@given(FRAGMENTS)
def test_half_written_code(source: str) -> None:
    data = source.encode("utf-8", "surrogatepass")
    _shapes(python, "a.py", data)
    _shapes(javascript, "a.js", data)
    _shapes(javascript, "a.tsx", data)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    _shapes(python, "a.py", data)
    _shapes(javascript, "a.ts", data)


@pytest.mark.parametrize("path", ["a.py", "a.js"])
def test_deep_nesting_through_the_whole_flow(path: str) -> None:
    deep = "x = " + "(" * 20000 + "2" + ")" * 20000
    assert run({path: "x = 1\n"}, {path: deep}).lines() != []


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe\x00", b"\r\n\r\n", "x = 'ü'\r\n".encode("latin-1")])
def test_odd_files(data: bytes) -> None:
    run({"a.py": data, "a.js": data}, {"a.py": b"y = 1\n", "a.js": b"y = 1\n"})
    run({"a.py": b"y = 1\n", "a.js": b"y = 1\n"}, {"a.py": data, "a.js": data})


CHECK = """
import sys
from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.sources.memory import change_set
pipeline.check(change_set({before!r}, {after!r}), shipped_rules())
print(*sorted(m for m in sys.modules if m in {watched!r}))
"""
WATCHED = ("libcst", "libcst.matchers", "tree_sitter_python", "tree_sitter_javascript", "tree_sitter_typescript")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"main.tf": 'locals { a = 1 }\n'}, {"main.tf": 'locals { a = 2 }\n'}, ""),
        ({"a.py": "def f():\n    return 1\n"}, {"a.py": "def f():\n    # same\n    return 1\n"}, "tree_sitter_python"),
        (
            {"a.py": "def f():\n    return g(timeout=1)\n"},
            {"a.py": "def f():\n    return g()\n"},
            "libcst tree_sitter_python",
        ),
        ({"a.js": "f();\n"}, {"a.js": "g();\n"}, "tree_sitter_javascript"),
    ],
)  # fmt: skip
def test_what_is_imported(before: dict[str, str], after: dict[str, str], expected: str) -> None:
    code = CHECK.format(before=before, after=after, watched=WATCHED)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == expected.split()
