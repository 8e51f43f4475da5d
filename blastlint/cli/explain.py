"""`blastlint explain RULE`: all that a rule's file says, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from blastlint.cli.output import in_color, to_stdout, width
from blastlint.cli.rule_set import rule_called, rule_set
from blastlint.engine.rule import Rule
from blastlint.engine.texts import examples_of


@click.command()
@click.argument("rule")
@click.option("--rules", "own", multiple=True, type=click.Path(), metavar="PATH", help="Your own rules too.")
def explain(rule: str, own: tuple[str, ...]) -> None:
    """Say what RULE (an id or a name) looks for, why it matters, and what to do instead."""
    to_stdout("\n".join(_lines(rule_called(rule, rule_set(own)))) + "\n")


def _lines(rule: Rule) -> Iterator[str]:
    examples = examples_of(rule)
    yield _bold(f"{rule.id} {rule.name}")
    yield f"{rule.severity} severity, {rule.confidence} confidence, {rule.status} since {rule.since}"
    if rule.languages:
        yield f"Looks at: {', '.join(rule.languages)}"
    for title, text in (("Why it matters", rule.why), ("Instead", rule.instead)):
        yield ""
        yield _bold(title)
        yield from _wrapped(text)
    for kind, title in (("bad", "It reports"), ("good", "It stays silent on")):
        yield ""
        yield _bold(title)
        for number, example in enumerate(examples.get(kind) or []):
            near = " (a near miss)" if example.get("near_miss") else ""
            yield f"  - {example.get('name', kind)}{near}"
            if number == 0:
                yield from _diff(example)
    if rule.references:
        yield ""
        yield _bold("References")
        yield from (f"  {reference}" for reference in rule.references)
    yield ""
    yield f"Allow it on one line, with a reason:  # blastlint: allow {rule.id} -- reason"


def _diff(example: Mapping[str, object]) -> Iterator[str]:
    """The example's change as a unified diff."""
    from difflib import unified_diff

    before, after = example.get("before") or {}, example.get("after") or {}
    assert isinstance(before, Mapping) and isinstance(after, Mapping)
    for path in sorted({*before, *after}):
        old, new = (str(tree.get(path, "")).splitlines() for tree in (before, after))
        changed = list(unified_diff(old, new, lineterm="", n=2))
        if changed:
            yield f"      {path}"
        for line in changed[2:]:
            color = {"+": "green", "-": "red"}.get(line[:1])
            yield "      " + (click.style(line, fg=color) if color and in_color() else line)


def _wrapped(text: str) -> Iterator[str]:
    from textwrap import wrap

    yield from (f"  {line}" for line in wrap(text, width() - 2, break_long_words=False, break_on_hyphens=False))


def _bold(text: str) -> str:
    return click.style(text, bold=True) if in_color() else text
