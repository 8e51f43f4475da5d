"""Ideas x languages: every idea of the labelled cases is labelled in every language, every rule about code speaks of every
language. A gap is closed, or waived with a reason; a waiver that is not needed fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from blastlint.engine.load import shipped_rules
from blastlint.engine.strict_yaml import read

CASES = Path(__file__).parent.parent / "cases"
LANGUAGES = ("python", "typescript", "go", "ruby", "java", "rust")
FACTS = (
    "precondition", "input-check",
    "hold", "hardening", "counterpart", "default", "crash", "cost", "body", "symbol", "secret", "handler", "auth",
    "tls", "timeout", "test", "assertion", "skip", "expectation",
)  # fmt: skip
WAIVED_RULES: dict[tuple[str, str], str] = {}
WAIVED_IDEAS: dict[tuple[str, str], str] = {
    ("what is looked into may be of any kind", "go"): "a gap: `body.(string)` in place of its form with `ok` is not seen",
    ("what is looked into may be of any kind", "rust"): "what is left is an unwrap of the cast, which is SAF014",
}


def labelled() -> Iterator[tuple[str, str]]:
    """(idea, language) of every case that is named `language: idea`."""
    for area in ("saf", "tst"):
        for path in sorted((CASES / area).glob("*.yaml")):
            group = read(path)
            assert isinstance(group, dict)
            for case in group["cases"]:
                language, found, idea = str(case["name"]).partition(": ")
                if found and language in LANGUAGES:
                    yield idea, language


def test_every_idea_is_labelled_in_every_language() -> None:
    found = set(labelled())
    ideas = {idea for idea, _ in found}
    gaps = {(idea, language) for idea in ideas for language in LANGUAGES if (idea, language) not in found}
    assert len(ideas) >= 30
    assert gaps == set(WAIVED_IDEAS)


def test_half_of_the_labelled_cases_are_look_alikes() -> None:
    harmful = harmless = 0
    for area in ("saf", "tst"):
        for path in sorted((CASES / area).glob("*.yaml")):
            group = read(path)
            assert isinstance(group, dict)
            for case in group["cases"]:
                harmful += bool(case["findings"])
                harmless += not case["findings"]
    assert harmful + harmless >= 120
    assert 0.4 <= harmless / (harmful + harmless) <= 0.6


def test_every_rule_about_code_speaks_of_every_language() -> None:
    rules = [r for r in shipped_rules() if r.on in FACTS and set(r.languages) & {"python", "typescript"}]
    gaps = {(r.id, language) for r in rules for language in LANGUAGES if language not in r.languages}
    assert len(rules) >= 16
    assert gaps == set(WAIVED_RULES)
