"""Suppressed by base, accepted from outside, judged by what is left."""

from __future__ import annotations

import pytest

from blastlint.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INCOMPLETE, UsageError
from blastlint.model import (
    Change,
    Entity,
    Finding,
    Impact,
    Notification,
    Region,
    Severity,
    Suppression,
    Value,
)
from blastlint.parse.workspace import Workspace
from blastlint.policy import dispose
from blastlint.policy.accept import acceptance
from blastlint.policy.verdict import exit_code, verdict
from blastlint.sources.memory import MemoryTree

BASE = """\
# blastlint: allow RES002 -- replaced by the new cluster
resource "aws_db_instance" "main" {
  engine = "postgres" # blastlint: allow GRD001, RES003 -- agreed in CHG-7
  size   = 1
  # blastlint: allow CAP001
  nodes  = 3
}
"""


def finding(rule: str, line: int, *, header: int = 2, severity: Severity = "high", new: bool = False) -> Finding:
    region = Region("before", "main.tf", header)
    entity = Entity("aws_db_instance.main", "terraform.resource", "aws_db_instance", "main", Value({}), region, region)
    change = Change(entity.address, "modified", None if new else entity, entity)
    place = None if new else Region("before", "main.tf", line)
    after = Region("after", "main.tf", line)
    return Finding(
        rule, "a-name", severity, severity, "high", "text", entity.address, Impact(change, "in-place"), None, place, after,
        f"{abs(hash((rule, line))):032x}"[:32],
    )  # fmt: skip


def disposed(*findings: Finding, accept: tuple[str, ...] = ()) -> tuple[tuple[Finding, ...], tuple[Notification, ...]]:
    before = Workspace(MemoryTree({"main.tf": BASE.encode()}), "before")
    return dispose(findings, before, [acceptance(text) for text in accept])


@pytest.mark.parametrize(
    ("rule", "line", "reason"),
    [
        ("RES002", 2, "replaced by the new cluster"),  # above the entity
        ("RES002", 4, "replaced by the new cluster"),  # anywhere within it
        ("GRD001", 3, "agreed in CHG-7"),  # on the line
        ("RES003", 3, "agreed in CHG-7"),  # the second of two rules
        ("GRD001", 4, ""),  # another line
        ("RES001", 2, ""),  # another rule
        ("CAP001", 6, ""),  # no reason
    ],
)
def test_suppressed_by_base(rule: str, line: int, reason: str) -> None:
    ((done,), _) = disposed(finding(rule, line))
    assert done.counts is not bool(reason)
    assert [s.justification for s in done.suppressions] == ([reason] if reason else [])


def test_by_the_rules_name() -> None:
    before = Workspace(MemoryTree({"main.tf": b"# blastlint: allow a-name -- x\nresource {}\n"}), "before")
    ((done,), _) = dispose([finding("RES002", 2)], before)
    assert done.suppressions == (Suppression("inSource", "x", Region("before", "main.tf", 1)),)


def test_what_is_new_cannot_be_suppressed() -> None:
    ((done,), _) = disposed(finding("RES002", 2, new=True))
    assert done.counts


def test_a_suppression_without_reason_is_told() -> None:
    _, notes = disposed(finding("CAP001", 6))
    assert [(n.id, n.path, n.line) for n in notes] == [("suppression-not-honoured", "main.tf", 5)]


def test_accepted_by_address_and_by_fingerprint() -> None:
    one, two, three = finding("RES001", 2), finding("RES009", 2), finding("RES007", 4)
    done, notes = disposed(one, two, three, accept=("RES001@aws_db_instance.main", two.fingerprint, "RES001@other"))
    assert [f.counts for f in done] == [False, False, True]
    assert done[0].suppressions == (Suppression("external", "accepted: RES001@aws_db_instance.main"),)
    assert [n.message for n in notes if n.id == "acceptance-unused"] == [
        "accepted, but there is no such finding: RES001@other"
    ]


def test_an_address_may_hold_what_separates() -> None:
    accepted = acceptance('CMD001@ci.yml#job/deploy@prod:1 ["a b"]')
    assert (accepted.rule_id, accepted.address) == ("CMD001", 'ci.yml#job/deploy@prod:1 ["a b"]')


@pytest.mark.parametrize("text", ["", "RES001", "RES001@", "@x", "res001@x", "*@x", "RES*@x", "abc123"])
def test_malformed_acceptances(text: str) -> None:
    with pytest.raises(UsageError):
        acceptance(text)


def test_verdict_and_exit_code() -> None:
    done, _ = disposed(finding("RES002", 2), finding("GRD001", 4), finding("RES001", 4, severity="medium"))
    gap = Notification("analysis-incomplete", "warning", "x", incomplete=True)
    notes = [gap, Notification("x", "note", "y")]
    for fail_on, failing in (("critical", 0), ("high", 1), ("medium", 2), ("low", 2), ("never", 0)):
        judged = verdict(done, notes, fail_on)
        assert (judged.failing, judged.incomplete) == (failing, 1)
        assert exit_code(judged) == (EXIT_FINDINGS if failing else EXIT_CLEAN)
        assert exit_code(judged, strict=True) == (EXIT_FINDINGS if failing else EXIT_INCOMPLETE)
    assert exit_code(verdict((), (), "high"), strict=True) == EXIT_CLEAN
