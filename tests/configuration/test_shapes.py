"""What a data file looks like to its reader, before and after."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich.configuration import shapes
from blastlint.sources.memory import change_set
from tests.breadth.made import context

HEAD = "id,a,b\n"


def fields(before: dict[str, str], after: dict[str, str]) -> dict[str, object]:
    found = context(change_set(before, after))
    facts = [fact for change in found.changes if change.kind == "file" for fact in shapes.facts(change, found)]
    return dict(facts[0].fields) if facts else {}


def table(before: str, after: str, **code: str) -> dict[str, object]:
    others = {f"{name}.py": text for name, text in code.items()}
    return fields({"data/t.csv": HEAD + before, **others}, {"data/t.csv": HEAD + after, **others})


def test_rows_and_repetitions() -> None:
    found = table("1,x,y\n2,x,y\n", "1,x,y\n2,x,y\n1,x,y\n2,x,y\n")
    assert (found["rows_before"], found["rows_after"], found["ratio"], found["repeated"]) == (2, 4, 2.0, 0.5)
    assert found["summary"] == "4 records (before: 2), 2 of them there twice"


def test_a_row_that_has_other_columns_has_a_place() -> None:
    found = table("1,x,y\n", "1,x,y\n2,x\n3,x,y,z\n")
    assert (found["uneven"], found["reshaped"]) == (2, False)


def test_quotes_comments_and_blank_lines_are_no_difference() -> None:
    assert table("1,x,y\n", '# rows\n\n1,"x",y\n') == {}


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("ROWS = 3  # of data/t.csv\n", "ROWS"),
        ("path = 't.csv'\nmax_records: int = 2\n", "max_records"),
        ("path = 't.csv'\nMAX_ROWS = 4\n", ""),  # kept
        ("path = 't.csv'\nMAX_ROWS = 1\n", ""),  # was not kept before
        ("path = 't.csv'\nTIMEOUT = 3\n", ""),
        ("path = 'other.csv'\nMAX_ROWS = 3\n", ""),
    ],
)
def test_a_limit_in_code_that_names_the_file(code: str, limit: str) -> None:
    found = table("1,x,y\n2,x,y\n", "1,x,y\n2,x,y\n3,x,y\n4,x,y\n", reader=code)
    assert found["limit"] == limit


def test_a_short_list_is_a_setting() -> None:
    assert fields({"a.json": '{"on": [1, 2, 3]}'}, {"a.json": '{"on": [1, 2, 3, 4]}'}) == {}


def test_a_key_that_stands_twice_is_told_once_it_is_new() -> None:
    old, new = "a: 1\nb: 2\n", "a: 1\nb: 2\na: 3\n"
    found = fields({"c.yaml": old}, {"c.yaml": new})
    assert (found["doubled"], found["summary"]) == (1, "a is given twice; the last one counts")
    assert fields({"c.yaml": new}, {"c.yaml": new + "d: 1\n"}) == {}


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_measured(one: str, other: str) -> None:
    table(one, other)
    assert table(one, one) == {}
