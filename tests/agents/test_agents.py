"""What agents may do: permissions as sets, hidden characters, and inputs that are no settings at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.enrich.agents import INSTRUCTIONS, SETTINGS
from blastlint.enrich.agents.permissions import Permission, covers, level, permission
from blastlint.facts.agents import form_of, table
from blastlint.sources.memory import change_set

RULES = tuple(rule for rule in shipped_rules() if rule.id.startswith("AGT"))
PATHS = (
    ".claude/settings.json", ".codex/config.toml", ".mcp.json", "opencode.json", ".vscode/settings.json", "AGENTS.md",
    ".cursorignore", ".github/workflows/a.yml", "run.py", "a.sh",
)  # fmt: skip
ALLOWED = st.lists(
    st.sampled_from(["Bash(ls)", "Bash(git:*)", "Bash(rm -rf x)", "Bash(*)", "Edit(src/**)", "Read(.env)", "mcp__a"])
)


def found(before: dict[str, str | bytes], after: dict[str, str | bytes]) -> list[str]:
    return [f.rule_id for f in pipeline.check(change_set(before, after), RULES).findings]


@pytest.mark.parametrize(
    ("text", "expected", "reach"),
    [
        ("Bash", Permission("shell"), "everything"),
        ("Bash(*)", Permission("shell"), "everything"),
        ("*", Permission("all"), "everything"),
        ("Bash(npm run test:*)", Permission("shell", "npm run test"), "narrow"),
        ("Shell(python)", Permission("shell", "python"), "any-code"),
        ("run_shell_command(sudo)", Permission("shell", "sudo"), "any-code"),
        ("Bash(kubectl:*)", Permission("shell", "kubectl"), "destructive"),
        ("Bash(git push --force)", Permission("shell", "git push --force"), "destructive"),
        ("Read(./.env)", Permission("read", "./.env"), "secrets"),
        ("WebFetch", Permission("fetch"), "broad"),
        ("WebFetch(domain:a.example)", Permission("fetch", "domain:a.example"), "narrow"),
        ("mcp__github__get", Permission("mcp", "mcp__github__get"), "narrow"),
    ],
)
def test_permissions(text: str, expected: Permission, reach: str) -> None:
    assert (permission(text), level(permission(text))) == (expected, reach)


@pytest.mark.parametrize(
    ("wide", "narrow", "holds"),
    [
        ("Bash(git:*)", "Bash(git push)", True),
        ("Bash(git:*)", "Bash(gitk)", False),
        ("Bash(git push)", "Bash(git:*)", False),
        ("*", "mcp__a", True),
        ("mcp__a", "mcp__a__b", True),
        ("mcp__a", "mcp__ab", False),
        ("Edit(src/**)", "Edit(src/a.py)", True),
        ("Edit(src/**)", "Bash(src/a.py)", False),
    ],
)
def test_covering(wide: str, narrow: str, holds: bool) -> None:
    assert covers(permission(wide), permission(narrow)) is holds


@settings(max_examples=30, deadline=None)
@given(ALLOWED, ALLOWED, st.randoms())
def test_order_means_nothing_and_taking_away_widens_nothing(base: list[str], more: list[str], random: object) -> None:
    def written(entries: list[str]) -> dict[str, str | bytes]:
        return {".claude/settings.json": json.dumps({"permissions": {"allow": entries}})}

    assert found(written([*base, *more]), written(sorted([*more, *base, *base]))) == []
    assert found(written([*base, *more]), written(base)) == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PATHS), st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.binary(max_size=80))
def test_any_content_is_read(path: str, before: bytes, after: bytes) -> None:
    found({path: before}, {path: after})
    found({path: before}, {path: before + after})
    assert found({path: before}, {path: before}) == []


def test_every_settings_file_of_the_table_is_looked_at() -> None:
    """A form whose files no path leads to would never be read."""
    for form in table().forms:
        for pattern in form.files:
            path = pattern.replace("*", "x")
            assert form_of(path) is not None and (SETTINGS.search(path) or (form.single and INSTRUCTIONS.search(path))), path
