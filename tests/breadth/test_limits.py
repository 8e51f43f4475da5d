"""The limits that a change's breadth is compared with: the repository's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.enrich.breadth import DEFAULT, Size, is_near
from blastlint.enrich.breadth.limits import ENOUGH, limits
from blastlint.sources import git as source
from tests.performance.counting import git_processes
from tests.sources.test_history import grown

WORDS = ("ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen")


def edit(files: int, parts: int, turn: int) -> dict[str, str]:
    """An edit of so many files in so many parts, each with a word of its own."""
    words = (f"{WORDS[n % 8]}{chr(97 + n // 8)}{chr(97 + turn % 26)}" for n in range(files))
    return {f"{WORDS[n % parts]}/{n}.py": f"{word} = 1\n" for n, word in enumerate(words)}


def findings(root: Path) -> list[tuple[str, str]]:
    rules = [rule for rule in shipped_rules() if rule.id == "MAS001"]
    report = pipeline.check(source.from_range(str(root), "HEAD~1..HEAD"), rules)
    return [(f.severity, f.message.partition("; ")[2]) for f in report.findings]


@pytest.mark.parametrize(
    ("usual", "changes", "expected"),
    [
        (2, 120, [("medium", "99% of the last 120 changes stayed within 40 files and 10 parts.")]),
        (50, 120, []),  # it has always been so
        (2, 90, []),  # too few to tell
    ],
)
def test_fifty_files_where_two_are_usual(
    tmp_path: Path, usual: int, changes: int, expected: list[tuple[str, str]]
) -> None:
    start = [edit(60, 3, 0)]
    habit = [edit(usual, min(usual, 3), turn) for turn in range(1, changes)]
    wide = [edit(50, 3, 1)] if usual == 2 and changes == 120 else []
    assert findings(grown(tmp_path, [*start, *habit, *wide, edit(50, 3, 2)])) == expected


def test_history_is_read_near_a_limit_only(tmp_path: Path) -> None:
    past = [edit(60, 3, 0), *(edit(2, 2, turn) for turn in range(1, 60))]
    small = git_processes(grown(tmp_path / "small", [*past, edit(20, 3, 3)]), tmp_path / "one")
    large = git_processes(grown(tmp_path / "large", [*past, edit(50, 3, 3)]), tmp_path / "two")
    assert "log" not in small
    assert sorted(large) == sorted([*small, "log"])


SIZES = st.builds(Size, st.floats(0, 1000), st.integers(0, 100), st.integers(0, 50))


@settings(max_examples=40, deadline=None)
@given(st.lists(SIZES, max_size=120))
def test_limits_stay_within_bounds_and_the_screen_misses_none(sizes: list[Size]) -> None:
    found = limits(sizes).size
    assert 40 <= found.files <= 180 and 10 <= found.components <= 36 and 10 <= found.owners <= 36
    assert limits(sizes) == limits(sizes[::-1])
    if len(sizes) < ENOUGH:
        assert limits(sizes) is DEFAULT
    for size in sizes:
        beyond = size.files > found.files or size.components > found.components or size.owners > found.owners
        assert is_near(size) or not beyond
