"""Commits that only move blocks between the files of a module, reformat or edit comments: nothing may go or be replaced.

    python tools/moves_only.py REPOSITORY [--last 200]

A commit is one where, in every directory, the Terraform blocks are the same ones on both sides, told apart by their text
without comments and white space (by a scanner of its own, not by the parser that is judged), and where nothing else is
touched but documents: what a configuration reads out of other files may have changed with them. Prints each such commit
with what blastlint foresees there to be destroyed or replaced, and how many there were.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from posixpath import dirname

import click

from blastlint import pipeline
from blastlint.sources import open_change
from tools.backtest import commits_of

_GONE = ("destroy", "replace")
_DOCUMENTS = (".md", ".mdx", ".rst", ".txt", ".png", ".svg", "license")
_PARTS = re.compile(
    r"(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)"
    r"|(?P<heredoc><<-?(?P<mark>\w+)\n.*?\n\s*(?P=mark)(?=\n|\Z))"
    r'|(?P<string>"(?:\\.|\$\{(?:[^{}]|\{[^{}]*\})*\}|[^"\\])*")'
    r"|(?P<brace>[{}])|(?P<space>\s+)|(?P<text>[^\s{}\"#/<]+|.)",
    re.S,
)


def blocks(text: str) -> Iterator[str]:
    """The top-level blocks of a file, without comments and white space outside of texts."""
    depth = 0
    block: list[str] = []
    for part in _PARTS.finditer(text):
        if part["comment"] or part["space"]:
            continue
        block.append(part[0])
        if part["brace"]:
            depth += 1 if part[0] == "{" else -1
            if depth <= 0:
                yield " ".join(block)
                block, depth = [], 0
    if block:
        yield " ".join(block)


def only_moves(repository: str, commit: str) -> bool:
    """Whether Terraform files changed, and in each directory the blocks are the same ones, in whatever file and order."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", repository, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, errors="replace").stdout

    sides: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for line in git("diff", "--name-status", "-M100%", f"{commit}^", commit).splitlines():
        status, *paths = line.split("\t")
        if status == "R100" or paths[-1].lower().endswith(_DOCUMENTS):
            continue
        if not paths[-1].endswith((".tf", ".tofu", ".tfvars")):
            return False
        for side, revision in ((0, f"{commit}^"), (1, commit)):
            if status != ("A", "D")[side]:
                text = git("show", f"{revision}:{paths[-1]}")
                sides.setdefault(dirname(paths[-1]), (Counter(), Counter()))[side].update(blocks(text))
    return bool(sides) and all(before == after for before, after in sides.values())


@click.command()
@click.argument("repository")
@click.option("--last", default=200, show_default=True)
def main(repository: str, last: int) -> None:
    found = alarms = 0
    commits = commits_of(repository, last, ("*.tf", "*.tofu", "*.tfvars"))
    for commit, subject in commits:
        if not only_moves(repository, commit):
            continue
        found += 1
        impacts = pipeline.check(open_change(repository, revision=f"{commit}^..{commit}"), ()).impacts
        gone = [i for i in impacts if i.effect in _GONE and i.change.kind.startswith("terraform.")]
        alarms += bool(gone)
        print(f"{commit[:10]} {subject[:80]}: {len(gone)} destroyed or replaced")
        for impact in gone[:5]:
            print(f"    {impact.effect} {impact.change.address} in {impact.change.entity.configuration or '.'}")
    print(f"{repository}: {found} of {len(commits)} commits only move or reformat, {alarms} with an alarm")


if __name__ == "__main__":
    main()
