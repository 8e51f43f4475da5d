"""What becomes of a column's values when its type changes."""

from __future__ import annotations

import pytest

from blastlint.facts.column_types import conversion


@pytest.mark.parametrize(
    ("before", "after", "dialect", "expected"),
    [
        ("varchar(20)", "varchar(40)", "", "free"),
        ("varchar(40)", "varchar(20)", "", "lossy"),
        ("varchar(20)", "text", "postgres", "free"),
        ("varchar(20)", "text", "mysql", "rewrite"),
        ("text", "varchar(20)", "", "lossy"),
        ("longtext", "text", "mysql", "lossy"),
        ("int", "bigint", "", "rewrite"),
        ("bigint", "int", "", "lossy"),
        ("integer", "int4", "", "free"),
        ("int(11)", "int(10)", "mysql", "free"),
        ("int unsigned", "int", "mysql", "lossy"),
        ("int", "numeric(12,2)", "", "rewrite"),
        ("bigint", "numeric(12,2)", "", "lossy"),
        ("numeric(12,2)", "numeric(14,2)", "", "free"),
        ("numeric(12,2)", "numeric(12,0)", "", "lossy"),
        ("double precision", "real", "", "lossy"),
        ("timestamptz", "timestamp", "", "lossy"),
        ("timestamp", "timestamptz", "", "rewrite"),
        ("timestamp", "date", "", "lossy"),
        ("enum('a','b')", "enum('a','b','c')", "mysql", "free"),
        ("enum('a','b')", "enum('a','c','b')", "mysql", "rewrite"),
        ("enum('a','b')", "enum('a')", "mysql", "lossy"),
        ("json", "jsonb", "", "rewrite"),
        ("text", "int", "", "lossy"),
        ("int", "text", "", "rewrite"),
        ("int[]", "int", "", "lossy"),
        ("", "int", "", "narrow"),
        ("", "varchar(10)", "", "narrow"),
        ("", "bigint", "", "unknown"),
        ("geometry", "", "", "unknown"),
    ],
)
def test_a_conversion(before: str, after: str, dialect: str, expected: str) -> None:
    assert conversion(before, after, dialect) == expected
