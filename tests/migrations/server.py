"""A PostgreSQL server of its own for one test run: made by initdb, reached by a socket, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_HELPERS = ("postgres", "nobody")
_SEPARATOR = "\x1f"


def missing() -> str:
    """Why no server can be started here; "" when one can."""
    absent = [name for name in ("initdb", "postgres", "psql") if _binary(name) is None]
    if absent:
        return f"no {', '.join(absent)} on this machine"
    if os.geteuid() == 0 and _helper() is None:
        return "postgres does not run as root, and there is no other user to run it as"
    return ""


def _binary(name: str) -> str | None:
    found = shutil.which(name)
    if found:
        return found
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(newest[-1]) if newest else None


def _helper() -> pwd.struct_passwd | None:
    for name in _HELPERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@dataclass(frozen=True)
class Session:
    """One psql that stays open: what it is told runs in one connection."""

    process: subprocess.Popen[str]

    def tell(self, sql: str) -> None:
        """Sends a statement without waiting."""
        assert self.process.stdin is not None
        self.process.stdin.write(sql.rstrip().rstrip(";") + ";\n")
        self.process.stdin.flush()

    def wait(self) -> str:
        """What came back of everything told so far."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\\echo --done--\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.strip() == "--done--":
                break
            lines.append(line.rstrip("\n"))
        return "\n".join(lines)


@dataclass(frozen=True)
class Server:
    """A running server; `rows` asks in a connection of its own."""

    directory: str
    user: dict[str, int]

    def _command(self, *more: str) -> list[str]:
        psql = _binary("psql")
        assert psql is not None
        return [
            psql,
            "-X",
            "-q",
            "-A",
            "-t",
            "-F",
            _SEPARATOR,
            "-h",
            self.directory,
            "-U",
            "judge",
            "-d",
            "postgres",
            *more,
        ]

    def rows(self, sql: str) -> list[list[str]]:
        done = subprocess.run(
            self._command("-v", "ON_ERROR_STOP=1", "-c", sql), capture_output=True, text=True, **self.user
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return [line.split(_SEPARATOR) for line in done.stdout.splitlines() if line]

    @contextmanager
    def session(self) -> Iterator[Session]:
        process = subprocess.Popen(
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self.user,
        )
        try:
            yield Session(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=20)


@contextmanager
def server(settings: Sequence[str] = ("fsync=off", "max_connections=20")) -> Iterator[Server]:
    """Starts a server in a temporary directory, and stops it again."""
    directory = tempfile.mkdtemp(prefix="judge")
    user: dict[str, int] = {}
    helper = _helper() if os.geteuid() == 0 else None
    if helper is not None:
        user = {"user": helper.pw_uid, "group": helper.pw_gid}
        os.chown(directory, helper.pw_uid, helper.pw_gid)
    data = f"{directory}/data"
    initdb, postgres = _binary("initdb"), _binary("postgres")
    assert initdb is not None and postgres is not None
    made = [initdb, "-D", data, "-U", "judge", "-A", "trust", "-N", "--no-instructions"]
    subprocess.run(made, check=True, capture_output=True, cwd=directory, **user)
    options = [option for setting in settings for option in ("-c", setting)]
    command = [postgres, "-D", data, "-k", directory, "-c", "listen_addresses=", *options]
    with open(f"{directory}/log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory, **user)
    try:
        running = Server(directory, user)
        _await(running)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(directory, ignore_errors=True)


def _await(running: Server) -> None:
    for _ in range(100):
        try:
            running.rows("select 1")
            return
        except RuntimeError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
