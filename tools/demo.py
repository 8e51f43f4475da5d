"""`make demo`: rebuilds an incident as a real git repository of two commits and runs the real command line on it.

    python tools/demo.py [NAME] [--keep DIRECTORY]

Everything happens in a temporary directory. The SARIF file stays there, its path is printed. Ends with 0 when blastlint
says that the change is dangerous.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from blastlint.model import Side
from blastlint.replay import Case, named

# The dates make the commit the same everywhere: README.md shows its name.
IDENTITY = {
    "GIT_AUTHOR_DATE": "2026-01-05T09:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-05T09:00:00Z",
    "GIT_AUTHOR_NAME": "demo",
    "GIT_AUTHOR_EMAIL": "demo@example.invalid",
    "GIT_COMMITTER_NAME": "demo",
    "GIT_COMMITTER_EMAIL": "demo@example.invalid",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def rebuild(case: Case, directory: Path) -> None:
    """Two commits: the tree before, and the change with its own message."""
    run(["git", "init", "--quiet", "--initial-branch=main"], directory)
    commits: tuple[tuple[Side, str], ...] = (("before", "Before the incident"), ("after", case.message))
    for side, message in commits:
        for entry in directory.iterdir():
            if entry.name != ".git":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for path, data in case.tree(side).items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(data)
        run(["git", "add", "--all", "--force"], directory)
        run(["git", "commit", "--quiet", "--allow-empty", "-m", message], directory)


def run(command: list[str], directory: Path) -> None:
    subprocess.run(command, cwd=directory, check=True, env=os.environ | IDENTITY)


def main() -> int:
    parser = argparse.ArgumentParser(description="Rebuild an incident as a git repository and run blastlint on it.")
    parser.add_argument("name", nargs="?", default="kiro-cost-explorer", help="default: %(default)s")
    parser.add_argument("--keep", metavar="DIRECTORY", help="where to build it (default: a temporary directory)")
    options = parser.parse_args()
    case = named(options.name)
    directory = Path(options.keep or tempfile.mkdtemp(prefix=f"blastlint-{case.name}-"))
    directory.mkdir(parents=True, exist_ok=True)
    rebuild(case, directory)
    sarif = directory / ".sarif" / "blastlint.sarif"
    print(f"{case.title}\n\n{textwrap.fill(case.story, 100)}\n", flush=True)
    print(f"$ cd {directory}\n$ git log --oneline -1", flush=True)
    run(["git", "--no-pager", "log", "--oneline", "-1"], directory)
    command = ["check", "HEAD~1..HEAD", "--output", "sarif=.sarif/blastlint.sarif"]
    print(f"$ blastlint {' '.join(command)}\n", flush=True)
    verdict = subprocess.run([sys.executable, "-m", "blastlint", *command], cwd=directory, check=False)
    print(f"\nExit code {verdict.returncode}. SARIF for your editor or code scanning: {sarif}")
    return 0 if verdict.returncode == 1 and sarif.is_file() else 1


if __name__ == "__main__":
    sys.exit(main())
