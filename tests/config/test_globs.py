"""Globs mean what git means by them: every case is also asked of git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.globs import matches

CASES: list[tuple[tuple[str, ...], str, bool]] = [
    (("*.tf",), "a/b/main.tf", True),
    (("*.tf",), "main.tfvars", False),
    (("/main.tf",), "main.tf", True),
    (("/main.tf",), "a/main.tf", False),
    (("vendor",), "vendor/x/y.go", True),
    (("vendor",), "a/vendor/x.go", True),
    (("vendor",), "vendored/x.go", False),
    (("vendor/",), "vendor", False),
    (("vendor/",), "a/vendor/x", True),
    (("a/b",), "x/a/b", False),
    (("a/b",), "a/b/c", True),
    (("a/*",), "a/b/c", True),
    (("a/*/c",), "a/b/c", True),
    (("a/*/c",), "a/b/b/c", False),
    (("a/**/c",), "a/c", True),
    (("a/**/c",), "a/b/b/c", True),
    (("a/**",), "a/b", True),
    (("a/**",), "a", False),
    (("**/prod/**",), "prod/x", True),
    (("**/prod/**",), "live/prod/x/y", True),
    (("**/prod",), "live/prod", True),
    (("envs/prod-?",), "envs/prod-1/main.tf", True),
    (("envs/prod-?",), "envs/prod-12/main.tf", False),
    (("file[0-9].txt",), "a/file7.txt", True),
    (("file[!0-9].txt",), "file7.txt", False),
    (("file[!0-9].txt",), "filex.txt", True),
    ((r"\!odd",), "!odd", True),
    ((r"a\*b",), "a*b", True),
    ((r"a\*b",), "axb", False),
    (("*.py", "!keep.py"), "a/keep.py", False),
    (("*.py", "!keep.py"), "a/other.py", True),
    (("!keep.py", "*.py"), "keep.py", True),
]


@pytest.mark.parametrize(("patterns", "path", "expected"), CASES)
def test_meaning(patterns: tuple[str, ...], path: str, expected: bool) -> None:
    assert matches(path, patterns) is expected


def test_git_agrees(tmp_path: Path) -> None:
    for number, (patterns, path, expected) in enumerate(CASES):
        root = tmp_path / str(number)
        (root / path).parent.mkdir(parents=True)
        (root / path).touch()
        subprocess.run(["git", "init", "-q", root], check=True)
        (root / ".git/info/exclude").write_text("\n".join(patterns) + "\n")
        listed = subprocess.run(
            ["git", "ls-files", "-o", "-i", "--exclude-standard", "-z"], cwd=root, check=True, capture_output=True
        ).stdout
        assert (path.encode() + b"\0" in listed) is expected, (patterns, path)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(alphabet="ab*?[]!-/\\^.&", max_size=8), max_size=3),
    st.text(alphabet="ab/.-", min_size=1, max_size=8),
)
def test_no_pattern_raises(patterns: list[str], path: str) -> None:
    assert matches(path, patterns) in (True, False)
