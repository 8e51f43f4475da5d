"""A real git repository in a temporary directory, and ways to look at a change set."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from blastlint.model import ChangeSet

ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.com",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.com",
}


def git(directory: Path, *arguments: str, data: bytes | None = None) -> bytes:
    command = ["git", "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, cwd=directory, env=ENVIRONMENT, input=data, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def repository(directory: Path, *options: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    git(directory, "init", "-q", "-b", "main", *options)
    return directory


def write(root: Path, files: Mapping[str, str | bytes | None]) -> None:
    """Put files there; None deletes."""
    for path, content in files.items():
        target = root / path
        if content is None:
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(root: Path, files: Mapping[str, str | bytes | None], message: str = "change") -> str:
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)
    return git(root, "rev-parse", "HEAD").decode().strip()


def listed(change: ChangeSet) -> list[tuple[str, str | None, str | None]]:
    return [(file.status, file.before, file.after) for file in change.files]


def fingerprint(directory: Path) -> str:
    """Every path, modification time and content below a directory: what must not change."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        digest.update(
            f"{path} {status.st_mtime_ns} {status.st_size} {status.st_mode}".encode("utf-8", "surrogateescape")
        )
        if path.is_file() and not path.is_symlink():
            digest.update(path.read_bytes())
    return digest.hexdigest()
