"""`blastlint check`: one change, judged by the configuration of its base."""

from __future__ import annotations

from collections.abc import Sequence

from blastlint import pipeline
from blastlint.cli.output import in_color, to_file, to_stdout, width
from blastlint.cli.progress import progress
from blastlint.cli.rule_set import entries, rule_set, suggestion
from blastlint.cli.sources import change_of
from blastlint.config import Config, governing, parse
from blastlint.engine.rule import Rule
from blastlint.errors import EXIT_CLEAN, ConfigError, UsageError
from blastlint.frozen import replace
from blastlint.model import ChangeSet
from blastlint.policy.accept import Acceptance, acceptance
from blastlint.policy.verdict import exit_code
from blastlint.report import FORMATS, Options, render

_MANY_FILES = 50


def check(
    change: tuple[str, ...],
    staged: bool,
    patch: str | None,
    plans: tuple[str, ...],
    render_programs: bool,
    format_name: str,
    outputs: tuple[str, ...],
    fail_on: str | None,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    own: tuple[str, ...],
    config_file: str | None,
    accept: tuple[str, ...],
    show_suppressed: bool,
    intent: str | None,
    scope: tuple[str, ...],
    now: str | None,
    category: str,
    quiet: bool,
) -> int:
    """Judge a change.

    \b
    blastlint check                 uncommitted work against HEAD
    blastlint check --staged        what is staged
    blastlint check main...HEAD     a branch since it left main
    blastlint check HEAD~1..HEAD    the last commit
    blastlint check v1.2            a revision against the working tree
    blastlint check old/ new/       two directories
    blastlint check --patch x.diff  a patch
    blastlint check --plan p.json   a Terraform plan (terraform show -json)
    blastlint check main...HEAD --plan p.json
                                    a branch, and what the plan says of it

    \b
    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, configuration
    or rule error, 3 analysis incomplete under --strict. SARIF on stdout exits 0
    unless --fail-on is given.
    """
    files = [_output(text) for text in outputs]
    every = rule_set(own)
    accepted = [_acceptance(text, every) for text in accept]
    selected, ignored = entries(select, every, "--select"), entries(ignore, every, "--ignore")
    change_set = change_of(change, staged, patch, plans)
    if intent is not None:
        change_set = replace(change_set, message=_text_of(intent, "--intent"))
    renderers = _renderers(render_programs, change_set)
    change_set = replace(change_set, scope=_globs(scope), now=_moment(now), renderers=renderers)
    config = governing(change_set) if config_file is None else _config(config_file)
    config = replace(
        config,
        fail_on=fail_on or config.fail_on,
        select=selected or config.select,
        ignore=(*config.ignore, *ignored),
    )
    rules = tuple(rule for rule in every if config.selects(rule.id, rule.name))
    busy = (
        f"blastlint: reading {len(change_set.files)} changed files"
        if len(change_set.files) > _MANY_FILES
        else "blastlint"
    )
    with progress(busy, quiet):
        report = pipeline.check(change_set, rules, config, accepted)
        options = Options({rule.id: rule for rule in rules}, in_color(), width(), category, show_suppressed)
        plain = replace(options, color=False)
        for name, path in files:
            to_file(path, render(name, report, plain))
        text = "" if quiet and not report.verdict.failing else render(format_name, report, options)
    to_stdout(text)
    if format_name == "sarif" and fail_on is None:
        return EXIT_CLEAN  # code hosts take a report only from a step that succeeded
    return exit_code(report.verdict, strict)


def _output(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if name not in FORMATS or not separator or not path:
        raise UsageError(
            f"--output {text!r} is not FORMAT=PATH",
            remedy=f"FORMAT is one of {', '.join(FORMATS)}; for example --output sarif=.sarif/blastlint.sarif",
        )
    if path == "-":
        raise UsageError(f"--output {text!r} names no file", remedy=f"On stdout: --format {name}.")
    return name, path


def _acceptance(text: str, rules: Sequence[Rule]) -> Acceptance:
    accepted = acceptance(text)
    if accepted.rule_id and accepted.rule_id not in {rule.id for rule in rules}:
        raise UsageError(
            f"--accept: there is no rule {accepted.rule_id!r}{suggestion(accepted.rule_id, rules)}",
            remedy="See: blastlint rules",
        )
    return accepted


def _text_of(text: str, option: str) -> str:
    """The text itself, or that of the file that it names with @."""
    if not text.startswith("@"):
        return text
    try:
        with open(text[1:], encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{option}: {error.strerror or error}", where=text[1:]) from error


def _renderers(asked: bool, change_set: ChangeSet) -> dict[str, tuple[str, ...]]:
    """The programs that may render, where that is asked for: {name: the command}."""
    if not asked:
        return {}
    if not change_set.complete:
        raise UsageError(
            "--render: of a patch alone, only what it shows is known, and that cannot be rendered",
            remedy="Run it where the repository is, or give two revisions or two directories.",
        )
    from blastlint.resolve.kubernetes.programs import on_path

    found = on_path()
    if not found:
        raise UsageError(
            "--render: neither helm nor kustomize is on PATH",
            remedy="Install one of them (kubectl will do for kustomizations), or leave --render out: source is read.",
        )
    return found


def _globs(given: Sequence[str]) -> tuple[str, ...]:
    """The globs of --scope: each itself, or one on each line of a file."""
    lines = [line.strip() for text in given for line in _text_of(text, "--scope").splitlines()]
    return tuple(line for line in lines if line and not line.startswith("#"))


def _moment(text: str | None) -> str:
    if not text:
        return ""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"--now: {text!r} is no time", remedy="Write it as 2026-12-20T18:00:00Z.") from None


def _config(path: str) -> Config:
    try:
        with open(path, "rb") as file:
            return parse(file.read(), path) or Config()
    except OSError as error:
        raise ConfigError(error.strerror or str(error), where=path) from error
