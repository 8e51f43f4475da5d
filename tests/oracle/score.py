"""Score what blastlint foresees of each edit against the truth that a real plan told: instance by instance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from blastlint import pipeline
from blastlint.model import Impact
from blastlint.sources.memory import change_set
from tools.oracle import WORST, edited, files_of, stacks_of

CASES = Path(__file__).parent / "cases"
GONE = ("destroy", "replace")


@dataclass(frozen=True, slots=True)
class Case:
    """One edit: `truth` is {address: action} of a real plan, no-ops left out; `blocked` are what prevent_destroy stopped;
    `drifted` are instances that a plan without the edit replaces too, of which nothing can be told."""

    name: str
    kind: str
    before: Mapping[str, str | bytes]
    after: Mapping[str, str | bytes]
    truth: Mapping[str, str]
    blocked: tuple[str, ...]
    drifted: frozenset[str] = frozenset()
    variants: bool = False  # whether stacks with variable files of their own are deployed


@dataclass(slots=True)
class Score:
    """Counts over instances that the truth or blastlint calls destroyed or replaced."""

    hits: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    unknown: int = 0
    changed: int = 0
    alarms: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.hits / max(self.hits + len(self.false), 1)

    @property
    def recall(self) -> float:
        return self.hits / max(self.hits + len(self.missed), 1)


@cache
def cases() -> tuple[Case, ...]:
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    for folder in sorted(p for p in CASES.iterdir() if (p / "truth.json").is_file()):
        before = files_of(folder)
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        for edit in yaml.safe_load((folder / "edits.yaml").read_text(encoding="utf-8")):
            said = truth.get(edit["name"])
            if said is None or "error" in said:
                continue  # the real plan refuses the edit: there is no truth to hold anything against
            yield Case(
                f"{folder.name}: {edit['name']}",
                edit["class"],
                before,
                edited(before, edit["change"]),
                said.get("actions", {}),
                tuple(said.get("blocked", ())),
                frozenset(said.get("drifted", ())),
                any(stack.variables for stack in stacks_of(folder)),
            )


def foreseen(case: Case) -> Mapping[str, Impact]:
    """Managed instances that blastlint says will change, by address: the worst that is said of each. Asked once an edit."""
    if case.name not in _ASKED:
        _ASKED[case.name] = _foreseen(case)
    return _ASKED[case.name]


_ASKED: dict[str, Mapping[str, Impact]] = {}


def _foreseen(case: Case) -> dict[str, Impact]:
    report = pipeline.check(change_set(case.before, case.after), ())
    found: dict[str, Impact] = {}
    for impact in report.impacts:
        entity = impact.change.entity
        if impact.change.kind != "terraform.resource" or impact.effect == "no-op":
            continue
        if entity.variant and not case.variants:
            continue
        address = f"{entity.configuration}:{impact.change.address}" if entity.configuration else impact.change.address
        if address not in found or _rank(impact.effect) < _rank(found[address].effect):
            found[address] = impact
    return found


def _rank(effect: str) -> int:
    return WORST.index(effect) if effect in WORST else len(WORST)


def score(chosen: tuple[Case, ...]) -> Score:
    total = Score()
    for case in chosen:
        impacts = foreseen(case)
        total.changed += len({*case.truth, *case.blocked, *impacts})
        total.unknown += sum(1 for impact in impacts.values() if impact.effect == "unknown")
        if case.blocked:
            _score_blocked(case, impacts, total)
            continue
        for address in sorted({*case.truth, *impacts} - case.drifted):
            true = case.truth.get(address, "no-op")
            said = impacts[address].effect if address in impacts else "no-op"
            if true in GONE and said == true:
                total.hits += 1
            elif true in GONE:
                total.missed.append(f"{case.name}: {address} is {true}, said {said}")
                if said in GONE:
                    total.false.append(f"{case.name}: {address} is {true}, said {said}")
            elif said in GONE:
                total.false.append(f"{case.name}: {address} is {true}, said {said}")
                if case.kind == "harmless":
                    total.alarms.append(f"{case.name}: {address}")
    return total


def _score_blocked(case: Case, impacts: Mapping[str, Impact], total: Score) -> None:
    """The plan fails at the first protected instance: those it names must be foreseen as gone and blocked."""
    for address in case.blocked:
        impact = impacts.get(address)
        if impact is not None and impact.effect in GONE and impact.blocked_by:
            total.hits += 1
        else:
            total.missed.append(f"{case.name}: {address} is blocked, said {impact.effect if impact else 'no-op'}")


def main() -> None:
    """`python -m tests.oracle.score`: the score, what was missed and what was wrong."""
    for title, chosen in (
        ("all", cases()),
        ("direct", tuple(c for c in cases() if c.kind != "cascade")),
        ("cascade", tuple(c for c in cases() if c.kind == "cascade")),
    ):
        result = score(chosen)
        print(
            f"{title}: {len(chosen)} edits, {result.hits + len(result.missed)} instances destroyed or replaced; precision "
            f"{result.precision:.3f}, recall {result.recall:.3f}, {len(result.alarms)} alarms on harmless edits, "
            f"{result.unknown} unknown of {result.changed} changed"
        )
        if title == "all":
            print("\n".join([*(f"  missed  {m}" for m in result.missed), *(f"  false   {m}" for m in result.false)]))


if __name__ == "__main__":
    main()
