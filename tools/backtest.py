"""Run blastlint over the last commits of a repository and say what it says: the table for judging quiet and recall.

    python tools/backtest.py REPOSITORY [--last 300] [--level high] [--reverse] [--rule RES002] [--show]

Each commit is compared with its first parent, merges left out. `--reverse` judges each commit backwards: a commit that added
a guard, a test or a stateful resource then takes it away, and a finding is wanted (recall).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import click

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.errors import BlastlintError
from blastlint.model import SEVERITIES, Report
from blastlint.sources import open_change


def commits_of(repository: str, last: int, paths: tuple[str, ...]) -> list[tuple[str, str]]:
    """(commit, subject) of the last non-merge commits that have a parent, newest first."""
    log = ["git", "-C", repository, "log", "--no-merges", "--min-parents=1", f"-{last}", "--format=%H %s", "HEAD"]
    lines = subprocess.run([*log, "--", *paths], capture_output=True, text=True, check=True, errors="replace").stdout
    return [(line[:40], line[41:]) for line in lines.splitlines()]


@click.command()
@click.argument("repository")
@click.argument("paths", nargs=-1)
@click.option("--last", default=300, show_default=True)
@click.option("--level", type=click.Choice(SEVERITIES), default="high", show_default=True)
@click.option("--rule", "only", multiple=True, help="Judge by these rules, or families of rules (SAF), only.")
@click.option("--reverse", is_flag=True, help="Judge each commit backwards.")
@click.option("--show/--no-show", default=True, help="Print each finding.")
def main(
    repository: str, paths: tuple[str, ...], last: int, level: str, only: tuple[str, ...], reverse: bool, show: bool
) -> None:
    rules = [rule for rule in shipped_rules() if not only or rule.id.startswith(only)]
    limit = [*SEVERITIES].index(level)
    by_rule: Counter[str] = Counter()
    flagged = failed = 0
    slowest: tuple[float, str] = (0.0, "")
    commits = commits_of(repository, last, paths)
    for commit, subject in commits:
        span = f"{commit}..{commit}^" if reverse else f"{commit}^..{commit}"
        started = time.process_time()
        try:
            report = judged(repository, span, rules, "" if reverse else subject)
        except BlastlintError as error:
            failed += 1
            print(f"! {commit[:10]} {error}", file=sys.stderr)
            continue
        except Exception as error:  # a crash is what this tool is there to find
            failed += 1
            print(f"!! {commit[:10]} {subject[:70]}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        slowest = max(slowest, (time.process_time() - started, commit[:10]))
        grave = [f for f in report.findings if f.counts and SEVERITIES.index(f.severity) <= limit]
        flagged += bool(grave)
        by_rule.update(f.rule_id for f in grave)
        if show and grave:
            print(f"\n{commit[:10]} {subject[:100]}")
            for finding in grave:
                place = finding.anchor.region if finding.anchor else finding.after or finding.before
                where = f"{place.path}:{place.start_line}" if place else "?"
                print(f"  {finding.severity:8} {finding.rule_id} {where}\n           {finding.message[:300]}")
    share = 100 * flagged / max(len(commits), 1)
    said = f"{flagged} with a finding at {level} or above ({share:.1f} %)"
    print(f"\n{repository}: {len(commits)} commits, {said}, {failed} failed")
    print("  " + (", ".join(f"{rule} {count}" for rule, count in by_rule.most_common()) or "no findings"))
    print(f"  slowest {slowest[0]:.2f} s CPU ({slowest[1]})")


def judged(repository: str, span: str, rules: list[Rule], message: str) -> Report:
    change_set = open_change(repository, revision=span)
    return pipeline.check(change_set if change_set.message else replace(change_set, message=message), rules)


if __name__ == "__main__":
    main()
