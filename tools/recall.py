"""Measure recall on guards that people really added: undone, each of those commits must be seen.

    python tools/recall.py candidates REPOSITORY --class timeout [--last 3000] [--count 10]
    python tools/recall.py score CLONES [--class timeout] [--round 2] [--show]
    python tools/recall.py tests REPOSITORY [--last 1500] [--count 6]

`candidates` lists commits that may have added a guard of a class. One is a hunk that adds at most 12 lines to a file that
was there, in a commit of few files, with more lines added than removed that have the words of the class. Commits that add
much are features, and left out. Which of them are shown is decided by the commits' ids, so that nobody chooses. A person
reads each, and writes into tools/recall.yaml whether it put a guard around behaviour that was there before (then undoing it
removes a guard) and why not where it did not.

`score` undoes every commit that is labelled a guard, a test or a stateful resource, in CLONES/<owner>+<name> (bare or not,
or with a `repo` in it), and counts those with a finding of the class's rules in the file that has it.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import yaml

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.model import SEVERITIES, Finding
from blastlint.sources import open_change

LABELS = Path(__file__).with_suffix(".yaml")
SOURCES = (".py", ".js", ".ts", ".tsx", ".jsx", ".go", ".rb")
MAX_FILES = 6
MAX_ADDED = 12  # lines that a hunk adds
MAX_TOTAL = 40  # lines that a commit adds outside tests: more is a feature
_NOISE = re.compile(r"^\s*(from|import|#|//|\*|/\*|\"|'|\w+,?$|[\w.]+ = None$)|.{300}")
_ADDED = re.compile(r"(?m)^\+(?!\+\+ )")
_TESTS = re.compile(r"(^|/)(tests?|spec|specs|__tests__|e2e|examples?|docs?|migrations?|benchmarks?)/|(^|/)test_|_test\.go$"
                    r"|_spec\.rb$|[.-](test|spec|e2e)\.[jt]sx?$|conftest")  # fmt: skip

# class -> words of a line that adds such a guard
CLASSES: dict[str, str] = {
    "check": r"^\s*(raise\b|throw\b|abort\b"
    r"|return( (None|nil|null|false|False|0|err|errors?\..*|fmt\.Errorf.*|\[\]|\{\}))?;?$"
    r"|continue;?$|next\b|(return|raise|throw|next)\b.* (if|unless) |assert |if .*\) return\b)",
    "auth": r"(?i)(login_required|permission_required|requires?_?(auth|role|admin|permission|scope)|permission_classes|"
    r"UseGuards|Depends\(\w*(user|auth|perm)|has_perm|check_perm|authorize\b|before_action|isAdmin|is_staff|is_superuser|"
    r"UNAUTHORIZED|FORBIDDEN|PermissionDenied|Unauthorized|permissions = )",
    "validation": r"(?i)(validat\w*\(|sanitiz\w*\(|escape\w*\(|max_length=|min_length=|\.max\(|\.min\(|\.email\(|\.refine\(|"
    r"def clean_\w+|raise \w*ValidationError|max_value=|min_value=|constr\(|Field\(.*(max|min|gt|lt|ge|le|regex|pattern)|"
    r"\bquote\(|validates )",
    "tls": r"(?i)(verify\s*=\s*(True|certifi|ca)|InsecureSkipVerify:\s*false|MinVersion|VERIFY_PEER|CERT_REQUIRED|"
    r"check_hostname\s*=\s*True|rejectUnauthorized:\s*true|ssl_context|sslmode|create_default_context|secure\s*[=:]\s*true)",
    "timeout": r"(?i)(timeout\w*\s*[=:(]|withTimeout|deadline\w*\(|max_retries|retry_limit|max_attempts|retries\s*[=:]|"
    r"time_limit|backoff\w*\s*[=:(]|stop_after|retry:)",
    "handler": r"^\s*(try\b.*|except\b.*|\}?\s*catch\b.*|rescue\b.*|if err\w* != nil.*|if .*; err\w* != nil.*)$|\.catch\(",
    "lock": r"(atomic\(|\batomic$|transaction\b.*(\bdo\b|\(|:$)|select_for_update|\block\(|\.R?Lock\(|with_lock|[mM]utex|"
    r"advisory|[sS]emaphore|begin_nested|on_commit|with \w*lock|synchronize|\.Once\b)",
    "rate": r"(?i)(rate_?limit|throttl|limiter\b|max_requests|requests_per)",
    "flag": r"(if .*(settings\.[A-Z]|config\.|[fF]eature|\bflag|FLAG|ENABLE|IS_|opts\.|options\.).*)",
}  # fmt: skip
# class -> rules of which one must speak
RULES: dict[str, tuple[str, ...]] = {
    "check": ("SAF", "GRD"), "auth": ("SAF002", "SAF007", "ACC007"),
    "validation": ("SAF003", "SAF007", "GRD006", "SAF008", "SAF018"),
    "tls": ("SAF004", "SAF008", "SAF018"), "timeout": ("SAF005",), "handler": ("SAF001", "SAF014", "SAF015"),
    "lock": ("SAF006",), "rate": ("SAF016", "SAF007", "GRD006"), "flag": ("GRD009", "SAF007", "GRD008", "SAF008"),
    "logging": ("OBS002", "SAF001"), "probe": ("OBS003", "SAF007"), "pin": ("SUP003",), "test": ("TST",),
    "filter": ("CMD002", "MIG003", "SAF017"), "privilege": ("ACC006",), "access": ("ACC", "GRD005", "RES001"),
    "pipeline": ("PIP", "TST005"), "resource": ("RES",),
}  # fmt: skip


@dataclass(frozen=True)
class Hunk:
    """A stretch of one commit's diff that may add a guard."""

    commit: str
    subject: str
    path: str
    text: str


@dataclass(frozen=True)
class Label:
    """One commit that a person read. `because` says why it is no guard around what was there; empty where it is one."""

    repository: str
    commit: str
    sort: str
    path: str
    because: str = ""
    round: int = 1


def git(repository: Path, *arguments: str) -> str:
    """What git says, up to where a clone has no contents any more (shallow or partial ones)."""
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, errors="replace").stdout


def hunks(repository: Path, last: int) -> Iterator[Hunk]:
    """Small additions to code that was there, newest first."""
    log = git(repository, "log", "-p", "-U4", "--no-merges", "--min-parents=1", "-M", f"-{last}",
              "--format=%x00%H %s", "HEAD", "--", *(f"*{s}" for s in SOURCES))  # fmt: skip
    for entry in log.split("\0")[1:]:
        head, _, diff = entry.partition("\n")
        files = re.split(r"(?m)^diff --git ", diff)[1:]
        mine = [f for f in files if not _TESTS.search(f.split("\n", 1)[0])]
        if len(mine) > MAX_FILES or sum(len(_ADDED.findall(f)) for f in mine) > MAX_TOTAL:
            continue
        for file in files:
            path = file.split("\n", 1)[0].rpartition(" b/")[2]
            if "\nnew file mode" not in file and "\ndeleted file" not in file and not _TESTS.search(path):
                for part in re.split(r"(?m)^(?=@@ )", file)[1:]:
                    yield Hunk(head[:40], head[41:], path, part)


def adds(hunk: Hunk, words: re.Pattern[str]) -> bool:
    """Whether the hunk is small, and has more lines with the words than it had."""
    lines = hunk.text.split("\n")[1:]
    new = [line[1:] for line in lines if line.startswith("+") and not _NOISE.match(line[1:])]
    old = [line[1:] for line in lines if line.startswith("-") and not _NOISE.match(line[1:])]
    said = sum(words.search(line) is not None for line in new) - sum(words.search(line) is not None for line in old)
    return said > 0 and len(new) <= MAX_ADDED and len(lines) - len(new) > 3


def test_commits(repository: Path, last: int) -> Iterator[Hunk]:
    """Commits that add tests to a file that was there."""
    words = re.compile(r"^\+\s*((async )?def test|(it|test)\(|func Test|test \"|it \")", re.MULTILINE)
    log = git(repository, "log", "-p", "-U2", "--no-merges", "--min-parents=1", "-M", f"-{last}", "--format=%x00%H %s",
              "HEAD", "--", *(f"*{s}" for s in SOURCES))  # fmt: skip
    for entry in log.split("\0")[1:]:
        head, _, diff = entry.partition("\n")
        files = re.split(r"(?m)^diff --git ", diff)[1:]
        tests = [f for f in files if words.search(f)]
        if tests and len(files) <= MAX_FILES:
            path = tests[0].split("\n", 1)[0].rpartition(" b/")[2]
            yield Hunk(head[:40], head[41:], path, "\n".join(f for f in files))


@click.group()
def main() -> None:
    """Recall on guards that people really added."""


@main.command()
@click.argument("repository", type=click.Path(exists=True, path_type=Path))
@click.option("--class", "sorts", type=click.Choice([*CLASSES]), multiple=True, default=[*CLASSES])
@click.option("--last", default=3000, show_default=True)
@click.option("--count", default=10, show_default=True)
def candidates(repository: Path, sorts: tuple[str, ...], last: int, count: int) -> None:
    """Print hunks that may add a guard of a class, in the order of the commits' ids."""
    small = list(hunks(repository, last))
    for sort in sorts:
        words = re.compile(CLASSES[sort])
        found = [hunk for hunk in small if adds(hunk, words)]
        first = {hunk.commit: hunk for hunk in reversed(found)}
        print(f"\n##### {sort}: {len(first)} candidates")
        for commit in sorted(first)[:count]:
            hunk = first[commit]
            print(f"\n=== {hunk.commit[:12]} {hunk.path}: {hunk.subject}\n{hunk.text[:2500]}")


@main.command()
@click.argument("clones", type=click.Path(exists=True, path_type=Path))
@click.option("--class", "only", multiple=True)
@click.option("--round", "rounds", type=int, multiple=True)
@click.option("--show", is_flag=True, help="Print what is said of each.")
def score(clones: Path, only: tuple[str, ...], rounds: tuple[int, ...], show: bool) -> None:
    """Undo every commit that is labelled, and count those that are seen, and those that are at medium or above."""
    found: Counter[str] = Counter()
    grave: Counter[str] = Counter()
    total: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for label in labels():
        if (only and label.sort not in only) or (rounds and label.round not in rounds):
            continue
        read[label.sort] += 1
        if label.because:
            continue
        said = undone(_clone(clones, label.repository), label)
        hit = [f for f in said if f.rule_id.startswith(RULES[label.sort])]
        total[label.sort] += 1
        found[label.sort] += bool(hit)
        grave[label.sort] += any(f.severity != "low" for f in hit)
        if show or not hit:
            print(f"{'seen  ' if hit else 'MISSED'} {label.sort:10} {label.repository} {label.commit} {label.path}")
            print("".join(f"         {f.rule_id} {f.severity} {f.message[:140]}\n" for f in said), end="")
    for sort in total:
        print(f"{sort:12} {found[sort]:3}/{total[sort]:<3} {grave[sort]:3} at medium or above, of {read[sort]} read")
    print(f"{'all':12} {found.total():3}/{total.total():<3} {grave.total():3} at medium or above, of {read.total()} read")


@main.command()
@click.argument("repository", type=click.Path(exists=True, path_type=Path))
@click.option("--last", default=1500, show_default=True)
@click.option("--count", default=6, show_default=True)
def tests(repository: Path, last: int, count: int) -> None:
    """Undo commits that only add tests to files of tests, and count those that are seen: nobody needs to read these."""
    found: dict[str, Hunk] = {}
    for hunk in test_commits(repository, last):
        changed = git(repository, "diff-tree", "--no-commit-id", "--name-only", "-r", hunk.commit).split()
        adds_only = not re.search(r"(?m)^-(?!-- )|^new file mode", hunk.text)
        if adds_only and all(_TESTS.search(path) for path in changed):
            found[hunk.commit] = hunk
    seen = 0
    for commit in sorted(found)[:count]:
        hunk = found[commit]
        hit = any(f.rule_id.startswith("TST") for f in undone(repository, Label("", commit, "test", hunk.path)))
        seen += hit
        if not hit:
            print(f"MISSED {commit} {hunk.path}: {hunk.subject}")
    print(f"{seen}/{min(count, len(found))} of {len(found)}")


def labels() -> Iterator[Label]:
    """Every commit that was read."""
    for row in yaml.safe_load(LABELS.read_text(encoding="utf-8")):
        yield Label(row["repository"], row["commit"], row["class"], row["path"], row.get("no_guard", ""), row["round"])


def undone(repository: Path, label: Label) -> list[Finding]:
    """Findings in the file of the guard, of the commit taken back."""
    span = f"{label.commit}..{label.commit}^"
    report = pipeline.check(open_change(str(repository), revision=span), shipped_rules())
    here = [f for f in report.findings if f.counts and label.path in _paths(f)]
    return sorted(here, key=lambda f: SEVERITIES.index(f.severity))


def _paths(finding: Finding) -> set[str]:
    """The files that a finding names: its own, and those of the places that it stands for."""
    regions = (finding.before, finding.after, *(related.region for related in finding.related))
    return {region.path for region in regions if region is not None}


def _clone(clones: Path, repository: str) -> Path:
    place = clones / repository.replace("/", "+")
    return place / "repo" if (place / "repo").is_dir() else place


if __name__ == "__main__":
    main()
