"""`blastlint rules`: list, test, schema."""

from __future__ import annotations

import click

from blastlint.cli.output import in_color, to_stdout, width
from blastlint.cli.rule_set import rule_set
from blastlint.errors import EXIT_FINDINGS
from blastlint.model import SEVERITIES


@click.group(invoke_without_command=True)
@click.pass_context
def rules(context: click.Context) -> None:
    """The rules: list them, test rule files, print the form's JSON Schema. Lists when no command is given."""
    if context.invoked_subcommand is None:
        context.invoke(list_rules, family=(), severity=(), language=(), own=(), format_name="text")


@rules.command("list")
@click.option("--family", multiple=True, metavar="RES", help="Only these families; repeatable.")
@click.option("--severity", multiple=True, type=click.Choice(SEVERITIES), help="Only these severities; repeatable.")
@click.option("--language", multiple=True, metavar="NAME", help="Only rules for these languages; repeatable.")
@click.option("--rules", "own", multiple=True, type=click.Path(), metavar="PATH", help="Your own rules too.")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rules(
    family: tuple[str, ...],
    severity: tuple[str, ...],
    language: tuple[str, ...],
    own: tuple[str, ...],
    format_name: str,
) -> None:
    """List the rules."""
    families = {name.upper() for name in family}
    shown = [
        rule
        for rule in rule_set(own)
        if (not families or rule.family in families)
        and (not severity or rule.severity in severity)
        and (not language or not rule.languages or set(language) & set(rule.languages))
    ]
    if format_name == "json":
        import json

        listed = [
            {
                "id": rule.id,
                "name": rule.name,
                "severity": rule.severity,
                "confidence": rule.confidence,
                "status": rule.status,
                "since": rule.since,
                "axes": dict(rule.axes),
                "languages": list(rule.languages),
            }
            for rule in shown
        ]
        to_stdout(json.dumps(listed, indent=2) + "\n")
        return
    longest = max((len(rule.name) for rule in shown), default=0)
    lines = [f"{r.id}  {r.name:<{longest}}  {r.severity:<8}  {', '.join(r.languages)}".rstrip() for r in shown]
    to_stdout("".join(f"{line}\n" for line in lines) + f"{len(shown)} rules. One in full: blastlint explain ID\n")


@rules.command("schema")
def schema() -> None:
    """Print the JSON Schema of a rule file, for your editor."""
    import json

    from blastlint.engine.schema import rule_schema

    to_stdout(json.dumps(rule_schema(), indent=2) + "\n")


@rules.command("test")
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--quiet", "-q", is_flag=True, help="Show only examples that do not pass.")
def test(paths: tuple[str, ...], quiet: bool) -> int:
    """Run the examples of the rules in PATHS (files or directories).

    A good example is quiet or noisy, a bad one reported or missing.
    """
    from blastlint.engine.load import rules_in
    from blastlint.examples import results

    counts = {"quiet": 0, "reported": 0, "noisy": 0, "missing": 0}
    for rule in rules_in(paths):
        for result in results(rule):
            counts[result.outcome] += 1
            if quiet and result.passed:
                continue
            outcome = (
                click.style(f"{result.outcome:<8}", fg="green" if result.passed else "red")
                if in_color()
                else f"{result.outcome:<8}"
            )
            to_stdout(f"{outcome}  {rule.id}  {result.example}\n")
            if not result.passed:
                lines = [f"expected: {e}" for e in result.expected or ("nothing",)]
                lines += [f"found:    {f}" for f in result.found or ("nothing",)]
                to_stdout("".join(f"          {line[: width() * 3]}\n" for line in lines))
    to_stdout(", ".join(f"{n} {outcome}" for outcome, n in counts.items()) + "\n")
    return EXIT_FINDINGS if counts["noisy"] or counts["missing"] else 0
