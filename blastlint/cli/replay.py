"""`blastlint replay [NAME]`: real incidents, and harmless changes that look like them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from blastlint.cli.output import in_color, to_stdout, width
from blastlint.cli.rule_set import rule_set
from blastlint.engine.rule import Rule
from blastlint.errors import EXIT_FINDINGS
from blastlint.replay import EVIDENCE, KINDS, Case, Outcome, cases, named, run
from blastlint.report import Options, render


@click.command()
@click.argument("name", required=False)
def replay(name: str | None) -> int:
    """Run real incidents as table-top exercises.

    With NAME: the story, the commit message, and what blastlint says of the change. Without: every replay in one line each.
    Ends with 0 when exactly the expected findings came.
    """
    rules = rule_set()
    if name is not None:
        outcome = run(named(name), rules)
        to_stdout("\n".join(_story(outcome.case)) + "\n")
        _report(outcome, rules)
        to_stdout("".join(f"{line}\n" for line in _judgement(outcome)))
        return 0 if outcome.passed else EXIT_FINDINGS
    outcomes = [run(case, rules) for case in cases()]
    longest = max(len(outcome.case.name) for outcome in outcomes)
    for kind in KINDS:
        to_stdout(f"{_style(kind, bold=True)}\n")
        for outcome in (o for o in outcomes if o.case.kind == kind):
            mark = _style("as expected", fg="green") if outcome.passed else _style("DIFFERENT  ", fg="red")
            to_stdout(
                f"  {outcome.case.name:<{longest}}  {mark}  {len(outcome.report.findings):>2}  {outcome.case.title}\n"
            )
    failed = [outcome.case.name for outcome in outcomes if not outcome.passed]
    to_stdout(f"{len(outcomes) - len(failed)} of {len(outcomes)} as expected. One in full: blastlint replay NAME\n")
    return EXIT_FINDINGS if failed else 0


def _story(case: Case) -> Iterator[str]:
    yield _style(case.title, bold=True)
    yield from _wrapped(case.story)
    if case.source:
        yield from _wrapped(f"Source: {case.source}" + (f" ({EVIDENCE[case.evidence]})" if case.evidence else ""))
    yield ""
    yield "Commit message:"
    yield from (f"  | {line}" for line in case.message.splitlines())
    yield ""


def _report(outcome: Outcome, rules: Sequence[Rule]) -> None:
    by_id = {rule.id: rule for rule in rules}
    to_stdout(render("text", outcome.report, Options(rules=by_id, color=in_color(), width=width())))


def _judgement(outcome: Outcome) -> Iterator[str]:
    if outcome.passed:
        yield "As expected."
        return
    yield "Different from what this replay expects:"
    yield from (f"  expected: {line}" for line in outcome.expected)
    yield from (f"  found:    {line}" for line in outcome.found or ("nothing",))


def _wrapped(text: str) -> Iterator[str]:
    from textwrap import wrap

    yield from wrap(text, width(), break_long_words=False, break_on_hyphens=False)


def _style(text: str, *, bold: bool | None = None, fg: str | None = None) -> str:
    return click.style(text, bold=bold, fg=fg) if in_color() else text
