"""Input that nobody wrote by hand, given to the facts that read more than one line of it: arbitrary bytes, deep nesting and
files of a hundred times their size, made of the examples that those facts have something to say about."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.texts import examples_of
from blastlint.sources.memory import change_set
from tests.properties.corpus import Tree, rules

# what they say, as rules ask for it
FACTS = ("barrier", "flag-rollout", "reuse", "repeated-edit", "membership", "privilege", "records", "routes",
         "handler", "hold", "precondition", "timeout")  # fmt: skip
NESTED = {".json": '{"a":', ".tf": "a = [", ".py": "x = [", ".ts": "x = [", ".yaml": "- ", ".yml": "- "}


def seeds() -> dict[str, tuple[Tree, Tree]]:
    """Fact -> the first example that it is true of."""
    found: dict[str, tuple[Tree, Tree]] = {}
    for rule in rules():
        for example in examples_of(rule).get("bad") or []:
            before, after = example.get("before") or {}, example.get("after") or {}
            if rule.on in FACTS and before and after:
                found.setdefault(rule.on, (before, after))
    return found


SEEDS = seeds()


def test_every_fact_has_a_seed() -> None:
    assert sorted(SEEDS) == sorted(FACTS)


@pytest.mark.parametrize("fact", FACTS)
@settings(max_examples=6, deadline=None)
@given(noise=st.binary(max_size=60), at=st.integers(0, 400))
def test_arbitrary_bytes(fact: str, noise: bytes, at: int) -> None:
    before, after = SEEDS[fact]
    broken = {path: text.encode()[:at] + noise + text.encode()[at:] for path, text in after.items()}
    pipeline.check(change_set(before, broken), rules())
    pipeline.check(change_set(broken, before), rules())


@pytest.mark.parametrize("fact", FACTS)
def test_deep_nesting(fact: str) -> None:
    before, after = SEEDS[fact]
    deep = {}
    for path, text in after.items():
        opening = next((o for suffix, o in NESTED.items() if path.endswith(suffix)), "[")
        deep[path] = f"{text}\n{opening * 5000}"
    report = pipeline.check(change_set(before, deep), rules())
    assert report.files_analysed == len({*before, *after})


@pytest.mark.parametrize("fact", FACTS)
def test_a_hundred_times_as_much(fact: str) -> None:
    before, after = SEEDS[fact]
    much = {path: f"{text}\n" * (20_000 // max(len(text), 1)) for path, text in after.items()}
    report = pipeline.check(change_set(before, much), rules())
    assert report.files_analysed == len({*before, *after})
