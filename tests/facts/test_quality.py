"""The table of what tools that check the code are told, and the screen before it."""

from __future__ import annotations

import posixpath

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich.quality import allowances
from blastlint.enrich.quality.settings import NAMES
from blastlint.facts.quality import rows
from blastlint.regex import Words

SCREENS = [(row["file"], NAMES) for row in rows("settings")]
SCREENS += [(row["file"], allowances.NAMES) for row in rows("allowances")]


@settings(max_examples=300)
@given(st.sampled_from(SCREENS), st.data())
def test_a_screen_lets_every_file_of_its_table_through(one: tuple[str, Words], data: st.DataObject) -> None:
    file, screen = one
    assert screen.search(posixpath.basename(data.draw(st.from_regex(file.replace("$", r"\Z")))))


def test_a_screen_keeps_most_files_out() -> None:
    names = ("main.tf", "models.py", "README.md", "values.yaml", "java.js")
    assert not any(screen.search(name) for _, screen in SCREENS for name in names)
