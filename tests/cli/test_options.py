"""The reader of plain command lines says what click says, or leaves the line to click."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastlint.cli.check_command import check
from blastlint.cli.options import CHECK, plain

FLAGS = [flag for option in CHECK for flag in option.flags]
VALUES = ["json", "sarif", "high", "never", "main...HEAD", "x.json", "a=b", "", " ", "-", "RES,NET", "@file", "prod/**"]
STRANGE = ["--", "-x", "-qq", "--help", "-h", "--form", "--format=json", "--strict=1", "--no-such", "-1", "--output="]


@given(st.lists(st.sampled_from([*FLAGS, *VALUES, *STRANGE]), max_size=6))
def test_a_plain_line_means_what_click_says(line: list[str]) -> None:
    read = plain(line)
    if read is not None:
        assert read == check.make_context("check", [*line]).params


@pytest.mark.parametrize("flag", FLAGS)
def test_every_option_is_read(flag: str) -> None:
    option = next(option for option in CHECK if flag in option.flags)
    line = ["A..B", flag] if option.is_flag else ["A..B", flag, (*option.choices, "x")[0]]
    assert plain(line) == check.make_context("check", [*line]).params


@pytest.mark.parametrize("line", [["--help"], ["-h"], ["--format"], ["--format", "x"], ["--bogus"], ["--format=json"]])
def test_help_and_mistakes_are_left_to_click(line: list[str]) -> None:
    assert plain(line) is None


@pytest.mark.parametrize("value", ["2026-12-20T18:00:00Z", ""])
def test_the_environment_speaks_where_the_option_does_not(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLASTLINT_NOW", value)
    for line in ([], ["--now", "2026-01-01"]):
        assert plain(line) == check.make_context("check", [*line]).params


def test_a_mistake_is_told_by_click() -> None:
    with pytest.raises(click.UsageError, match="'x' is not one of"):
        check.make_context("check", ["--format", "x"])
