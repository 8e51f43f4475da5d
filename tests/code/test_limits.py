"""Lengths of time as code tells them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich.code.timeouts import seconds


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10 * time.Second", 10.0),
        ("10*time.Minute", 600.0),
        ("time.Millisecond * 500", 0.5),
        ("time.Second", 1.0),
        ("Duration.ofSeconds(5)", 5.0),
        ("Duration.ofMillis(5_000L)", 5.0),
        ("Duration::from_secs(5)", 5.0),
        ("std::time::Duration::from_millis(250)", 0.25),
        ("Some(Duration::from_secs(2))", 2.0),
        ("30, TimeUnit.SECONDS", 30.0),
        ("5.minutes", 300.0),
        ("2 * 3", None),
        ("limit", None),
        ("config.seconds", None),
        ("", None),
    ],
)
def test_lengths_with_a_unit(text: str, told: float | None) -> None:
    assert seconds(text) == told


@settings(max_examples=50)
@given(st.integers(1, 10_000))
def test_the_same_length_in_every_language(n: int) -> None:
    constructed = (f"Duration.ofSeconds({n})", f"Duration::from_secs({n})")
    spelled = (f"{n} * time.Second", f"{n}.seconds", f"{n}, SECONDS", *constructed)
    assert {seconds(text) for text in spelled} == {float(n)}


@settings(max_examples=50)
@given(st.text(alphabet="0123456789_.*() ,:secminTUofrDation", max_size=60))
def test_no_text_is_refused(text: str) -> None:
    told = seconds(text)
    assert told is None or told >= 0
