"""Files on disk, as git would store them: line endings by .gitattributes and core.autocrlf; links are not followed.

The rules are those of git's convert.c. git is asked for attributes only when a file has something to convert, so a tree
with plain line endings costs no process.
"""

from __future__ import annotations

import os
import stat
import subprocess
import weakref

from blastlint.sources.command import Git, stop
from blastlint.sources.objects import LINK, SUBMODULE, Objects

_ATTRIBUTES = ("text", "eol", "crlf", "working-tree-encoding")
_EXECUTABLE, _PLAIN = 0o100755, 0o100644


class DiskFiles:
    """The files below one directory, as they lie there."""

    def __init__(self, root: str) -> None:
        self._root = os.fsencode(root)
        self._plain_directories: dict[bytes, bool] = {b"": True}

    def mode(self, path: str) -> int:
        """git's mode, 0 when there is nothing or something that git does not track (a pipe, a device)."""
        status = self._status(path)
        if status is None:
            return 0
        if stat.S_ISLNK(status.st_mode):
            return LINK
        if stat.S_ISDIR(status.st_mode):
            return SUBMODULE
        if not stat.S_ISREG(status.st_mode):
            return 0
        return _EXECUTABLE if status.st_mode & stat.S_IXUSR else _PLAIN

    def size(self, path: str) -> int | None:
        status = self._status(path)
        return status.st_size if status is not None and stat.S_ISREG(status.st_mode) else None

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file that may be read, else None."""
        if self.size(path) is None:
            return None
        try:
            with open(self._absolute(_encoded(path)), "rb") as file:
                return file.read()
        except OSError:
            return None

    def target(self, path: str) -> bytes:
        """Where a link points, b"" for everything else."""
        try:
            return os.readlink(self._absolute(_encoded(path)))
        except (OSError, ValueError):
            return b""

    def _status(self, path: str) -> os.stat_result | None:
        encoded = _encoded(path)
        if not self._is_plain_directory(encoded.rpartition(b"/")[0]):
            return None
        try:
            return os.lstat(self._absolute(encoded))
        except (OSError, ValueError):
            return None

    def _is_plain_directory(self, directory: bytes) -> bool:
        """Whether every step of the way is a directory below the root: no link, no `..`."""
        if directory not in self._plain_directories:
            above, _, name = directory.rpartition(b"/")
            plain = name not in (b"", b".", b"..") and self._is_plain_directory(above)
            if plain:
                try:
                    plain = stat.S_ISDIR(os.lstat(self._absolute(directory)).st_mode)
                except (OSError, ValueError):
                    plain = False
            self._plain_directories[directory] = plain
        return self._plain_directories[directory]

    def _absolute(self, path: bytes) -> bytes:
        return self._root + b"/" + path


def _encoded(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


class WorkingFiles(DiskFiles):
    """The files of a working tree, converted as `git add` would."""

    def __init__(self, git: Git, objects: Objects) -> None:
        super().__init__(git.directory)
        self._git = git
        self._objects = objects
        self._attributes: subprocess.Popen[bytes] | None = None
        self._auto_crlf: bool | None = None

    def read(self, path: str) -> bytes | None:
        data = super().read(path)
        if data is None or not (b"\r\n" in data or b"\0" in data[:8000]):
            return data
        return self._converted(path, data)

    def _converted(self, path: str, data: bytes) -> bytes:
        attributes = self._attributes_of(path)
        data = _recoded(data, attributes["working-tree-encoding"])
        text, eol = attributes["text"], attributes["eol"]
        if text == "unspecified":  # `crlf` is the old name
            text = {"set": "set", "unset": "unset", "input": "set"}.get(attributes["crlf"], "unspecified")
        if text == "unset":
            return data
        if text == "unspecified" and eol in ("lf", "crlf"):
            text = "set"
        if text != "set":
            automatic = text == "auto" or self._is_auto_crlf()
            if not automatic or _is_binary(data) or self._stored_with_crlf(path):
                return data
        return data.replace(b"\r\n", b"\n")

    def _attributes_of(self, path: str) -> dict[str, str]:
        """git's attributes of one path, from one process for all."""
        if self._attributes is None:
            self._attributes = self._git.start("check-attr", "-z", "--stdin", *_ATTRIBUTES)
            weakref.finalize(self, stop, self._attributes)
        process = self._attributes
        assert process.stdin is not None and process.stdout is not None
        found = dict.fromkeys(_ATTRIBUTES, "unspecified")
        try:
            process.stdin.write(_encoded(path) + b"\0")
            process.stdin.flush()
        except BrokenPipeError:
            return found
        for _ in _ATTRIBUTES:
            _, name, value = (_until_nul(process) for _ in range(3))
            found[name] = value
        return found

    def _is_auto_crlf(self) -> bool:
        if self._auto_crlf is None:
            value = self._git.run("config", "--get", "core.autocrlf", accept=(0, 1)).decode().strip().lower()
            self._auto_crlf = value in ("true", "input", "yes", "on", "1")
        return self._auto_crlf

    def _stored_with_crlf(self, path: str) -> bool:
        """git leaves a file alone whose stored form already has such endings."""
        stored = self._objects.get(f":0:{path}")
        return stored is not None and stored.data is not None and b"\r\n" in stored.data


def _until_nul(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    read = bytearray()
    while (byte := process.stdout.read(1)) and byte != b"\0":
        read += byte
    return read.decode("utf-8", "surrogateescape")


def _recoded(data: bytes, encoding: str) -> bytes:
    if encoding in ("unspecified", "unset", "set", ""):
        return data
    try:
        return data.decode(encoding.removesuffix("-BOM")).removeprefix("\ufeff").encode()
    except (LookupError, UnicodeError):
        return data


_CONTROL = bytes(c for c in range(32) if c not in b"\b\t\n\x0b\x0c\r\x1b") + b"\x7f"


def _is_binary(data: bytes) -> bool:
    """As git guesses: a NUL, a carriage return that ends no line, or more than one control character in 128."""
    if b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return True
    data = data.removesuffix(b"\x1a")
    control = len(data) - len(data.translate(None, _CONTROL))
    printable = len(data) - control - data.count(b"\r") - data.count(b"\n")
    return printable >> 7 < control
