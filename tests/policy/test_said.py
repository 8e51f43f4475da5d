"""What is said of a change from outside of it: scope, clock, critical paths, the hands in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.config import Freeze, parse
from blastlint.enrich.intent.claims import claim_in, claim_of_branch, told_in
from blastlint.enrich.intent.freezes import moment
from blastlint.enrich.intent.message import read
from blastlint.enrich.intent.scope import declared
from blastlint.errors import ConfigError
from blastlint.facts.provenance import agents_of
from blastlint.model import Author


@pytest.mark.parametrize(
    ("message", "claim"),
    [
        ("fix typo", "typo"),
        ("Fixed a typo", "typo"),
        ("docs: x", "docs"),
        ("fix(api): lint", "lint"),
        ("minor cleanup", "minor"),
        ("chore(deps): bump x", "bump"),
        ("Add carts\n\nNothing is deleted here.", "nothing is deleted"),
        ("NFC: reorder", "nfc"),
        ("feat!: fix all", ""),
        ("fix!: all", ""),
        ("Add carts", ""),
        ("", ""),
        ("fix: x\n\nBREAKING CHANGE: y", ""),
        # as forms, bots and merges write it
        ("[docs] describe carts", "docs"),
        ("SHOP-12: fix typo", "typo"),
        ("fixup! docs: x", "docs"),
        ("Merge pull request #12 from ann/patch-1\n\nFix typo", "typo"),
        ("Merge branch 'docs/carts' into main", "docs"),
        ("Merge branch 'main' into carts", ""),
        ("Merge branch 'x' into 'main'\n\nTidy up\n\nSee merge request a/b!12", "tidy"),
        ('Revert "docs: x"', "docs"),
        ('Revert "Revert "Add carts""', ""),
        ("Carts <!-- typo? docs? -->", ""),
        ("Add carts\n\n- [ ] no functional changes", ""),
        ("Add carts\n\n- [x] no functional changes", "no functional changes"),
        ("Add carts\n\nReviewed-by: Minor Typo <a@b.example>", ""),
        ("docs", "docs"),
        ("Fix cart tests", "fix cart tests"),
        ("Test the carts", ""),
        ("Add a docker registry", ""),
        # other languages
        ("Tippfehler behoben", "tippfehler"),
        ("Keine funktionalen Änderungen", "keine funktionalen änderungen"),
        ("Corrige une faute d’orthographe", "faute d’orthographe"),
        ("Corrección de erratas", "erratas"),
        ("Исправлена опечатка", "опечатка"),
        ("修复拼写错误", "拼写"),
        ("無功能變更", "無功能變更"),
        ("誤字を修正", "誤字"),
        ("오타 수정", "오타"),
        (":memo: carts", ":memo:"),
        ("✏️ carts", "✏️"),
    ],
)
def test_claims(message: str, claim: str) -> None:
    assert claim_in(message) == claim


@pytest.mark.parametrize(
    ("branch", "claim"), [("docs/x", "docs"), ("ann/hotfix-9", "hotfix"), ("feature/docs", ""), ("", "")]
)
def test_claims_of_branches(branch: str, claim: str) -> None:
    assert claim_of_branch(branch) == claim


def test_only_sentences_that_say_so_tell() -> None:
    assert told_in("Drop the carts. Also orders.") == {"drop", "the", "cart"}
    assert told_in("carts を削除。orders も") == {"cart"}
    assert "order" in told_in("Supprime le bucket orders")
    assert told_in("Nothing in carts is deleted") == frozenset()


def test_commits_in_a_squash_speak_for_themselves() -> None:
    assert claim_in("Carts (#1)\n\n* Add carts\n\n* Rename x\n\nNo functional change.\n") == ""
    assert claim_in("Carts (#1)\n\nNo functional change.\n\n* Add carts\n\n* Rename x\n") == "no functional change"
    assert claim_in("Carts\n\n* move it\n* no functional change\n") == "no functional change"


def test_release_notes_of_others_tell_nothing() -> None:
    notes = "<summary>Release notes</summary>\n<p>Removed carts.</p>\n"
    assert told_in(f"Bump a\n\n<details>\n{notes}</details>\nDrop orders") == {"drop", "order"}
    assert told_in("Update a\n\n### Release Notes\n\nRemoved carts.\n\n---\n\nDrop orders") == {"drop", "order"}
    assert told_in("Move it\n\n<details>\n<summary>Plan</summary>\ncarts will be destroyed\n</details>") >= {"cart"}


@pytest.mark.parametrize(
    ("message", "kind", "scope", "rest"),
    [
        ("fix(api,web)!: x", "fix", "api,web", "x"),
        ("[ci] x", "ci", "", "x"),
        ('Revert "feat(api): x"', "feat", "api", "x"),
        ("https://a.example/x: y", "", "", "https://a.example/x: y"),
        ("", "", "", ""),
    ],
)
def test_forms_of_messages(message: str, kind: str, scope: str, rest: str) -> None:
    told = read(message)
    assert (told.type, told.scope, told.rest) == (kind, scope, rest)


@pytest.mark.parametrize(
    ("message", "globs"),
    [
        ("a\n\nScope: src/**, docs/", ("src/**", "docs/")),
        ("a\n\nBlastlint-Scope: src/a.py", ("src/a.py",)),
        ("a\n\nScope: the backend", ()),
        ("scope: api", ()),
    ],
)
def test_scope_trailers(message: str, globs: tuple[str, ...]) -> None:
    assert declared(message) == globs


def test_freezes_are_read_in_every_form_of_a_date() -> None:
    text = b'[[freeze]]\nfrom = 2026-12-20\nuntil = "2027-01-03T08:00:00+01:00"\nrules = ["MIG"]\nreason = "x"\n'
    config = parse(text)
    assert config is not None
    assert config.freezes == (Freeze("2026-12-20", "2027-01-03T08:00:00+01:00", ("**",), ("MIG",), "x"),)
    assert moment("2026-12-20") == moment("2026-12-20T00:00:00Z") < moment("2026-12-19T23:30:00-05:00")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("until = 2027-01-03", "freeze.from is a date or a time"),
        ('from = "soon"\nuntil = 2027-01-03', "freeze.from is a date or a time"),
        ('from = 2026-12-20\nuntil = 2027-01-03\nrules = ["mig"]', "'mig' is no rule id"),
        ("from = 2026-12-20\nuntil = 2027-01-03\npath = []", "unknown key 'path' (did you mean 'paths'?)"),
        ("from = 2026-12-20\nuntil = 2027-01-03\nreason = 1", "freeze.reason is a text"),
    ],
)
def test_mistakes_in_freezes(line: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(f"[[freeze]]\n{line}\n".encode())
    assert message in error.value.message


@pytest.mark.parametrize(
    ("message", "address", "branch", "expected"),
    [
        ("", "noreply@anthropic.com", "", [("Claude Code", "author")]),
        ("", "NoReply@Anthropic.com", "", [("Claude Code", "author")]),
        ("a\n\nCo-Authored-By: X <noreply@openai.com>", "a@b.example", "", [("OpenAI Codex", "co-author")]),
        ("a\n\nMade-with: Cursor", "a@b.example", "", [("Cursor", "co-author")]),
        ("a\n\nMade-with: love", "a@b.example", "", []),
        ("a\n\nAssisted-by: Tool 1.2", "a@b.example", "", [("Tool 1.2", "assist")]),
        ("a\n\nReviewed-by: C <copilot@github.com>", "a@b.example", "", [("Copilot", "assist")]),
        ("", "41898282+github-actions[bot]@users.noreply.github.com", "", []),
        ("", "a@b.example", "jules/x", [("Jules", "branch")]),
        ("", "noreply@anthropic.com", "jules/x", [("Claude Code", "author")]),
    ],
)
def test_hands(message: str, address: str, branch: str, expected: list[tuple[str, str]]) -> None:
    authors = (Author("Claude", address),)
    assert [(hand.agent, hand.strength) for hand in agents_of(message, authors, branch)] == expected


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_is_read(message: str, branch: str) -> None:
    claim_in(message), claim_of_branch(branch), told_in(message), declared(message), read(message)
    agents_of(message, (Author(branch, message),), branch)
