"""Writing reports: to the terminal in its colours and width, to files whole or not at all."""

from __future__ import annotations

import os
import sys

from blastlint.cli import silence_stdout
from blastlint.errors import UsageError

_LOG_WIDTH = 100
_WIDEST = 120


def in_color() -> bool:
    """NO_COLOR and FORCE_COLOR decide where they are set; else a terminal does."""
    if os.environ.get("NO_COLOR"):
        return False
    force = os.environ.get("FORCE_COLOR")
    if force is not None:
        return force not in ("", "0", "false")
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """COLUMNS, else the terminal's, else one that reads well in a log; long lines are hard to read anywhere."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return min(int(columns), _WIDEST)
    try:
        return min(os.get_terminal_size(sys.stdout.fileno()).columns or _LOG_WIDTH, _WIDEST)
    except (OSError, ValueError):
        return _LOG_WIDTH


def to_stdout(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()  # the verdict stands, whoever stopped reading


def to_file(path: str, text: str) -> None:
    """Written beside and renamed, so that a viewer never reads half a report. Makes the directory. Raises UsageError."""
    try:
        directory = os.path.dirname(path)
        if directory:
            os.makedirs(directory, exist_ok=True)
        if os.path.exists(path) and not os.path.isfile(path):  # /dev/stdout, a pipe
            with open(path, "w", encoding="utf-8", errors="replace", newline="\n") as file:
                file.write(text)
            return
        partial = f"{path}.{os.getpid()}.partial"
        with open(partial, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        os.replace(partial, path)
    except OSError as error:
        raise UsageError(f"cannot write the report: {error.strerror or error}", where=path) from error
