"""The rules that there are, those that ship and a user's own, and finding them by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blastlint.config import covers
from blastlint.engine.load import combined, rules_in, shipped_rules
from blastlint.engine.rule import Rule
from blastlint.errors import UsageError


def rule_set(own: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Every rule there is, by id; `own` are files and directories given with --rules."""
    return combined(shipped_rules(), rules_in(own)) if own else shipped_rules()


def entries(options: Iterable[str], rules: Sequence[Rule], option: str) -> tuple[str, ...]:
    """`--select A,B --select C` -> A, B, C. Raises UsageError for one that covers no rule."""
    found = tuple(entry for text in options for entry in text.replace(",", " ").split())
    for entry in found:
        if not any(covers(entry, rule.id, rule.name) for rule in rules):
            raise UsageError(
                f"{option}: there is no rule {entry!r}{suggestion(entry, rules)}", remedy="See: blastlint rules"
            )
    return found


def rule_called(name: str, rules: Sequence[Rule]) -> Rule:
    """By id or name. Raises UsageError with the nearest one."""
    found = next((rule for rule in rules if name.upper() == rule.id or name == rule.name), None)
    if found is None and name.upper() in {rule.family for rule in rules}:
        raise UsageError(
            f"{name.upper()} is a family of rules", remedy=f"Its rules: blastlint rules list --family {name.upper()}"
        )
    if found is None:
        raise UsageError(f"there is no rule {name!r}{suggestion(name, rules)}", remedy="See: blastlint rules")
    return found


def suggestion(word: str, rules: Sequence[Rule]) -> str:
    from difflib import get_close_matches

    names = [name for rule in rules for name in (rule.id, rule.name, rule.family)]
    close = get_close_matches(word, names, 1) or get_close_matches(word.upper(), names, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
