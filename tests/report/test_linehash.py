"""GitHub's line hash, against the vectors that codeql-action publishes with it (src/fingerprints.test.ts, MIT)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.report.linehash import LineHashes

VECTORS = [
    ("", ["c129715d7a2bc9a3:1"]),
    (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
    (
        " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        [
            "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
        ],
    ),
    (
        "Lorem ipsum dolor sit amet.\n" * 10,
        [
            *(f"a7f2ff13bc495cf2:{n}" for n in range(1, 7)),
            "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), VECTORS)
def test_published_vectors(text: str, expected: list[str]) -> None:
    hashes = LineHashes(text)
    assert [hashes.of(line) for line in range(1, len(expected) + 1)] == expected


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(exclude_characters="\r\n")), min_size=1, max_size=8))
def test_every_line_has_its_own(lines: list[str]) -> None:
    hashes = LineHashes("\n".join(lines))
    found = [hashes.of(line) for line in range(1, len(lines) + 1)]
    assert len(set(found)) == len(lines)


def test_indentation_does_not_count() -> None:
    assert LineHashes("a\n    b\nc").of(2) == LineHashes("a\n\tb\nc").of(2)
