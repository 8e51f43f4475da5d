"""Work counted, not timed: calls of one function, git processes of one run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

from tests.sources.repository import ENVIRONMENT, commit, repository


@contextmanager
def calls_of(function: Callable[..., object], *names: str) -> Iterator[list[tuple[object, ...]]]:
    """Every call of a plain function while the block runs, as the values of the named parameters."""
    wanted: CodeType = function.__code__
    found: list[tuple[object, ...]] = []

    def look(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code is wanted:
            found.append(tuple(frame.f_locals[name] for name in names))

    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(None)


@contextmanager
def calls_within(filename: str) -> Iterator[list[str]]:
    """The name of every function of one file that is called while the block runs."""
    found: list[str] = []

    def look(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code.co_filename == filename:
            found.append(frame.f_code.co_name)

    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(None)


def two_commits(directory: Path, before: dict[str, str], after: dict[str, str]) -> Path:
    """A repository whose second commit writes `after` over `before`."""
    root = repository(directory)
    commit(root, dict(before))
    commit(root, dict(after))
    return root


def git_processes(root: Path, tools: Path) -> list[str]:
    """The git command of every process that a check of the last commit starts, one after the other."""
    real = shutil.which("git")
    log = tools / "log"
    tools.mkdir()
    shim = tools / "git"
    shim.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec "{real}" "$@"\n')
    shim.chmod(0o755)
    command = [sys.executable, "-m", "blastlint", "check", "HEAD~1..HEAD", "--fail-on", "never"]
    environment = {**ENVIRONMENT, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    known = ("diff", "cat-file", "grep", "ls-tree", "rev-parse", "merge-base", "ls-files", "log")
    return [next(w for w in line.split() if w in known) for line in log.read_text().splitlines()]
