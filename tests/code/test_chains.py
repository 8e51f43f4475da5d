"""Which calls are links of which chains."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich.code.selections import beginnings


def test_a_chain_begins_with_its_links() -> None:
    texts = {"User.all", "User.all.where(a)", "User.all.where(a).delete()", "UserGroup.all", "User"}
    assert beginnings(texts) == {
        "User": (),
        "User.all": ("User",),
        "User.all.where(a)": ("User", "User.all"),
        "User.all.where(a).delete()": ("User", "User.all", "User.all.where(a)"),
        "UserGroup.all": ("User",),
    }


@settings(max_examples=200)
@given(st.sets(st.text(alphabet="ab.?&", max_size=7), max_size=12))
def test_of_any_texts_those_are_found_that_it_begins_with(texts: set[str]) -> None:
    found = beginnings(texts)
    assert found.keys() == texts
    for text, known in found.items():
        assert sorted(known) == sorted(other for other in texts if other != text and text.startswith(other))
