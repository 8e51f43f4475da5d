"""Whether every root module of a repository resolves on both sides of its last commits: the table of the resolver.

    python tools/roots.py REPOSITORY [--last 200] [--all] [--whole]

A commit counts when Terraform files changed in it. Each is compared with its first parent; what is counted is
  errors    crashes, files that were not read whole, and values that are not evaluated: a fault of the resolver, or of
            the commit (broken text is committed as well)
  refused   values that Terraform 1.11 refuses too, each kind tried with its command line: modules whose callers, and
            stages whose pipelines, set what is null by default; examples that were committed broken
  unknown   instances whose effect is unknown, by the reason
`--whole` resolves every root module of the whole tree at both ends of those commits as well, since what no commit touches
must resolve too. `--all` takes the commits of every branch.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from blastlint import pipeline, resolve
from blastlint.engine.load import shipped_rules
from blastlint.model import ChangeSet, Entity, Impact, Value
from blastlint.parse import NO_PARSER
from blastlint.parse.workspace import Workspace
from blastlint.resolve import terraform
from blastlint.resolve.terraform.details import Module, Resource
from blastlint.sources import open_change

PATHS = ("*.tf", "*.tofu", "*.tfvars", "*.tf.json", "*.hcl")
# Why a value is not known though nothing is wrong with it. Any other reason is one that Terraform would refuse it for.
EXPECTED = (
    "known after apply", "variable without a value", "the module is not in this tree", "the workspace is chosen",
    "iteration over an unknown", "depends on the machine", "differs at every run", "output of another unit",
    "not known from source", "configuration that cannot be found", "unknown", "the file is not in the tree",
    "a caller may say otherwise", "function base64gzip",
)  # fmt: skip

REFUSED = (
    "format: null", "null in a template", "length: a list, map or string is required", "the condition is null",
    "for_each is neither a map nor a set", "file: the path is null", "join: an element is null", "lookup: no element",
    "coalesce: nothing but", "no element", "no such variable", "no such module call", "cannot iterate over a null",
    "null has no elements", "no configuration in", "regex: no match", "string required, not", "variable of another type",
)  # fmt: skip
UNREAD = (NO_PARSER, "encrypted by git-crypt")  # a file without its key is a value that is missing


def leaves(value: Value) -> Iterator[Value]:
    return (leaf for _, leaf in value.leaves())


def reasons(entities: Iterable[Entity]) -> dict[str, list[str]]:
    """Why values of resources, data sources and calls are unknown, and why instances cannot be counted: reason -> where."""
    found: dict[str, list[str]] = {}
    for entity in entities:
        if entity.kind not in ("terraform.resource", "terraform.data", "terraform.module"):
            continue
        said = [leaf.reason for leaf in leaves(entity.attributes) if not leaf.known]
        if isinstance(entity.detail, Resource | Module) and entity.detail.reason:
            said.append(f"instances: {entity.detail.reason}")
        for reason in said:
            found.setdefault(reason, []).append(f"{entity.region.path}: {entity.address}")
    return found


def is_refused(error: str) -> bool:
    """Whether an error, with or without what it stands behind, is one of a value that Terraform refuses too."""
    return any(f": {reason}" in f": {error}" for reason in REFUSED)


def errors(side: Workspace, entities: Iterable[Entity]) -> list[str]:
    """What was not resolved: torn and cut files, and values that are refused or not evaluated."""
    torn = [d for d in side.documents() if d.coverage != "full" and d.reason not in UNREAD and "terraform" in d.language]
    said = [f"{d.path}:{d.line}: {d.reason}" for d in torn]
    said += [f"{path}: {left_out}" for path, left_out in side.cuts]
    for reason, places in reasons(entities).items():
        if not reason.removeprefix("instances: ").startswith(EXPECTED):
            said.append(f"{reason} ({len(places)}: {places[0]})")
    return said


@contextmanager
def overheard() -> Iterator[list[str]]:
    """The errors of the configurations that are resolved meanwhile: what a check looks at is not looked at twice."""
    said: list[str] = []
    both = resolve.both

    def listening(before: Workspace, after: Workspace, *changed: Any, **more: Any) -> Any:
        found = both(before, after, *changed, **more)
        for side, entities in zip((before, after), found, strict=True):
            said.extend(f"{side.side}: {error}" for error in errors(side, entities))
        return found

    resolve.both = listening
    try:
        yield said
    finally:
        resolve.both = both


def whole(change_set: ChangeSet) -> tuple[int, list[str]]:
    """How many roots a whole tree has, and their errors."""
    side = Workspace(change_set.after, "after")
    paths = [path for path in change_set.after.paths() if path.endswith((".tf", ".tofu", ".tf.json"))]
    by_directory: dict[str, str] = {path.rpartition("/")[0]: path for path in paths}
    roots: set[str] = set()
    said: dict[str, None] = {}
    for path in by_directory.values():
        found = [e for e in terraform.entities(side, [path]) if e.configuration not in roots]
        roots.update(e.configuration for e in found)
        said.update((f"{found[0].configuration if found else path}: {error}", None) for error in errors(side, found))
    return len(roots), [*said]


def commits(repository: str, last: int, everywhere: bool) -> list[tuple[str, str]]:
    log = ["git", "-C", repository, "log", "--no-merges", "--min-parents=1", f"-{last}", "--format=%H %s"]
    run = [*log, "--all" if everywhere else "HEAD", "--", *PATHS]
    lines = subprocess.run(run, capture_output=True, text=True, check=True, errors="replace").stdout.splitlines()
    return [(line[:40], line[41:]) for line in lines]


def why(impact: Impact) -> str:
    unknown = [d.after.reason for d in impact.change.deltas if d.after is not None and not d.after.known]
    return unknown[0] if unknown else getattr(impact.change.entity.detail, "reason", "") or impact.change.action


@click.command()
@click.argument("repository")
@click.option("--last", default=200, show_default=True)
@click.option("--all", "everywhere", is_flag=True, help="Commits of every branch.")
@click.option("--whole", "also_whole", is_flag=True, help="Resolve every root of the tree at both ends too.")
def main(repository: str, last: int, everywhere: bool, also_whole: bool) -> None:
    rules = shipped_rules()
    listed = commits(repository, last, everywhere)
    roots: set[str] = set()
    failed = refused = changed = unknown = flagged = findings = 0
    causes: Counter[str] = Counter()
    for commit, subject in listed:
        started = time.process_time()
        try:
            change_set = open_change(repository, revision=f"{commit}^..{commit}")
            with overheard() as said:
                report = pipeline.check(change_set, rules)
        except Exception as error:  # a crash is what this tool is there to find
            failed += 1
            print(f"!! {commit[:10]} {subject[:70]}: {type(error).__name__}: {error}", flush=True)
            continue
        impacts = [i for i in report.impacts if i.change.kind == "terraform.resource" and i.effect != "no-op"]
        open_ones = [i for i in impacts if i.effect == "unknown"]
        grave = [f for f in report.findings if f.counts and f.severity in ("critical", "high")]
        roots.update(i.change.entity.configuration for i in report.impacts if i.change.kind.startswith("terraform."))
        failed += any(not is_refused(error) for error in said)
        refused += any(is_refused(error) for error in said)
        changed, unknown = changed + len(impacts), unknown + len(open_ones)
        flagged, findings = flagged + bool(grave), findings + len(grave)
        causes.update(why(impact) for impact in open_ones)
        print(f"{commit[:10]} {time.process_time() - started:5.1f} s {len(impacts):4} {subject[:80]}", flush=True)
        for line in [*said, *(f"unknown {i.change.address}: {why(i)}" for i in open_ones[:5])]:
            print(f"    {line}")
        for f in grave:
            print(f"    {f.severity} {f.rule_id} {f.anchor.region.path if f.anchor else '?'}: {f.message[:160]}")
    if also_whole and listed:
        for revision in (f"{listed[-1][0]}..{listed[0][0]}", f"{listed[0][0]}..{listed[-1][0]}^"):
            try:
                count, said = whole(open_change(repository, revision=revision))
            except Exception as error:
                count, said = 0, [f"{type(error).__name__}: {error}"]
            ours = sum(not is_refused(error) for error in said)
            print(
                f"whole tree at {revision.rpartition('..')[2][:12]}: {count} roots, {ours} errors, "
                f"{len(said) - ours} kinds of values that Terraform refuses too"
            )
            print("".join(f"    {line}\n" for line in said), end="")
    print(
        f"\n{repository}: {len(listed)} commits, {len(roots)} roots, {failed} commits with an error, {refused} with values "
        f"that Terraform refuses too, {changed} instances changed, {unknown} unknown, {flagged} commits with {findings} "
        f"findings at high or above"
    )
    for cause, count in causes.most_common():
        print(f"  {count:5} {cause}")


if __name__ == "__main__":
    sys.exit(main())
