"""A repository's objects through one long-lived `git cat-file --batch`, with whole trees and the past on top of it."""

from __future__ import annotations

import re
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from typing import IO

from blastlint.errors import SourceError
from blastlint.frozen import dataclass
from blastlint.model import FileChange
from blastlint.sources.command import Git, stop
from blastlint.sources.memory import LINES_LIMIT, SEARCH_LIMIT

LINK, SUBMODULE = 0o120000, 0o160000
_DIRECTORY = b"40000"  # as trees write it
_NO_FILES = b"120000", b"160000", _DIRECTORY
_KEPT_BYTES = 8_000_000
_RECENT_BYTES = 16_000_000
_CHUNK = 1 << 20
_VERSIONS = 50
# One thread: the objects are read under a lock, and more threads mostly wait for each other.
_GREP = ("grep", "-z", "-I", "-F", "--full-name", "--threads=1")
_PLAIN = ("--no-color", "--no-column", "--no-heading", "--no-break", "--no-line-number")  # whatever is configured


@dataclass(frozen=True, slots=True)
class GitObject:
    """`data` is None for a blob of which only the size was asked and which is too large to keep."""

    oid: str
    kind: str
    size: int
    data: bytes | None


class Objects:
    """`get` answers for any object name that git understands; the process starts with the first question."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self._process: subprocess.Popen[bytes] | None = None
        self._answers = 0
        self._recent: dict[str, GitObject] = {}  # oldest first
        self._recent_bytes = 0
        self._sizes: dict[str, int] = {}
        self._absent: set[str] = set()

    def get(self, name: str) -> GitObject | None:
        """The object, or None when there is none of that name here. Raises SourceError outside a repository."""
        known = self._recent.get(name)
        if known is not None and known.data is not None:
            return known
        found = self._asked(name, whole=True)
        if found is not None:
            self._keep(found)
        return found

    def size(self, oid: str) -> int | None:
        """The size in bytes. What is small enough is kept for the `get` that usually follows."""
        if oid not in self._sizes:
            found = self._asked(oid, whole=False)
            if found is None:
                return None
            self._keep(found)
            self._sizes[oid] = found.size
        return self._sizes[oid]

    def _keep(self, found: GitObject) -> None:
        """Several layers read the same few files; the oldest go first."""
        if found.data is None or found.oid in self._recent:
            return
        self._recent[found.oid] = found
        self._recent_bytes += len(found.data)
        while self._recent_bytes > _RECENT_BYTES and len(self._recent) > 1:
            self._recent_bytes -= len(self._recent.pop(next(iter(self._recent))).data or b"")

    def blob(self, oid: str) -> bytes:
        """The content of a blob that a tree or a diff names. Raises SourceError when a partial clone lacks it."""
        found = self.get(oid)
        if found is None or found.data is None:
            raise SourceError(
                f"object {oid} is not in this clone",
                remedy="A partial clone lacks contents, and blastlint never fetches: clone without --filter, "
                "or run `git diff` on the same revisions once, which fetches what it needs.",
            )
        return found.data

    def _asked(self, name: str, whole: bool) -> GitObject | None:
        if "\n" in name or "\0" in name or name in self._absent:
            return None
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            process.stdin.flush()
            header = process.stdout.readline()
        except BrokenPipeError:
            header = b""
        if not header:
            self._died(name)
            return None
        self._answers += 1
        words = header.split()
        if len(words) != 3 or not words[2].isdigit():
            return None  # "NAME missing", "NAME ambiguous"
        size = int(words[2])
        kept = whole or size <= _KEPT_BYTES
        data = _read(process.stdout, size, kept)
        return GitObject(words[0].decode(), words[1].decode(), size, data)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = self.git.start("cat-file", "--batch")
            self._answers = 0
            weakref.finalize(self, stop, self._process)
        return self._process

    def _died(self, name: str) -> None:
        """git stops at an object that a partial clone only promises, and where there is no repository."""
        answered, self._process = self._answers, None
        if not answered:
            self.git.run("rev-parse", "--git-dir")  # says why, if it is the repository
        self._absent.add(name)


def _read(stream: IO[bytes], size: int, keep: bool) -> bytes | None:
    """The content and the newline behind it."""
    if keep:
        return stream.read(size + 1)[:-1]
    rest = size + 1
    while rest > 0:
        rest -= len(stream.read(min(rest, _CHUNK))) or rest
    return None


class GitTree:
    """A `model.Tree` over one tree object. Directories are read one by one, as paths below them are asked."""

    def __init__(self, objects: Objects, oid: str) -> None:
        self._objects = objects
        self._oid = oid
        self._directories: dict[str, Mapping[bytes, tuple[bytes, bytes]]] = {}
        self._paths: list[str] | None = None
        self._searched: dict[tuple[str, tuple[str, ...]], Sequence[str]] = {}
        self._lines: dict[tuple[tuple[str, ...], tuple[str, ...]], Sequence[tuple[str, str]]] = {}

    def read(self, path: str) -> bytes | None:
        oid = self._regular(path)
        return None if oid is None else self._objects.blob(oid)

    def size(self, path: str) -> int | None:
        oid = self._regular(path)
        return None if oid is None else self._objects.size(oid)

    def paths(self) -> Sequence[str]:
        if self._paths is None:
            listed = self._objects.git.run("ls-tree", "-r", "-z", "--full-tree", self._oid)
            self._paths = sorted(
                entry.partition(b"\t")[2].decode("utf-8", "surrogateescape")
                for entry in listed.split(b"\0")
                if entry and entry.split(b" ", 2)[1] == b"blob" and not entry.startswith(b"120000")
            )
        return self._paths

    def listdir(self, directory: str) -> Sequence[str]:
        prefix = f"{directory}/" if directory else ""
        names = [name for name, (mode, _) in self._entries(directory).items() if mode not in _NO_FILES]
        return sorted(prefix + name.decode("utf-8", "surrogateescape") for name in names)

    def search(self, literal: str, suffixes: tuple[str, ...] = ()) -> Sequence[str]:
        question = literal, suffixes
        if question not in self._searched:
            first = max(literal.split("\n"), key=len)  # git searches lines
            found = self._grep((first,), suffixes, "-l").split(b"\0")
            paths = sorted(self._path(name) for name in found if name)
            if first != literal:
                paths = [path for path in paths if literal.encode() in (self.read(path) or b"")]
            self._searched[question] = [path for path in paths if self._regular(path) is not None][:SEARCH_LIMIT]
        return self._searched[question]

    def lines(self, literals: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> Sequence[tuple[str, str]]:
        question = literals, suffixes
        if question not in self._lines:
            known = self._known(literals, suffixes)
            self._lines[question] = self._found(literals, suffixes) if known is None else known
        return self._lines[question]

    def _known(self, literals: tuple[str, ...], suffixes: tuple[str, ...]) -> Sequence[tuple[str, str]] | None:
        """The answer out of that to a wider question, which has been asked before."""
        for (words, ends), hits in self._lines.items():
            if suffixes and {*suffixes} <= {*ends} and {*literals} <= {*words} and len(hits) < LINES_LIMIT:
                return [hit for hit in hits if hit[0].endswith(suffixes) and any(word in hit[1] for word in literals)]
        return None

    def _found(self, literals: tuple[str, ...], suffixes: tuple[str, ...]) -> Sequence[tuple[str, str]]:
        found = (line.partition(b"\0") for line in self._grep(literals, suffixes).split(b"\n"))
        hits = [(self._path(name), line.decode("utf-8", "replace")) for name, separator, line in found if separator]
        return sorted(hits, key=lambda hit: hit[0])[:LINES_LIMIT]

    def _grep(self, literals: Sequence[str], suffixes: tuple[str, ...], *options: str) -> bytes:
        """What `git grep` finds of one of the literals; `_path` reads its names of files."""
        patterns = [word for literal in literals for word in ("-e", literal)]
        where = [f":(top)*{suffix}" for suffix in suffixes or ("",)]
        return self._objects.git.run(
            *_GREP, *_PLAIN, *options, *patterns, self._oid, "--", *where,
            accept=(0, 1, 128),  # 1: no match; 128: a partial clone lacks some contents, and what was found still holds
        )  # fmt: skip

    def _path(self, name: bytes) -> str:
        """TREE:PATH"""
        return name[len(self._oid) + 1 :].decode("utf-8", "surrogateescape")

    def _regular(self, path: str) -> str | None:
        mode, oid = self._entry(path)
        return oid if oid and mode not in _NO_FILES else None

    def _entry(self, path: str) -> tuple[bytes, str]:
        """(mode, oid) of a path, empty when there is nothing."""
        directory, _, name = path.rpartition("/")
        mode, oid = self._entries(directory).get(name.encode("utf-8", "surrogateescape"), (b"", b""))
        return mode, oid.hex()

    def _entries(self, directory: str) -> Mapping[bytes, tuple[bytes, bytes]]:
        """name -> (mode, oid) of one directory, as they are stored; empty when there is no such directory."""
        if directory not in self._directories:
            mode, oid = self._entry(directory) if directory else (_DIRECTORY, self._oid)
            found = self._objects.get(oid) if mode == _DIRECTORY else None
            self._directories[directory] = _tree_entries(found.data, len(oid) // 2) if found and found.data else {}
        return self._directories[directory]


class GitHistory:
    """`model.History` before one revision: one more process, started with the first question."""

    def __init__(self, objects: Objects, revision: str) -> None:
        self._objects = objects
        self._revision = revision
        self._changes: Sequence[Sequence[tuple[FileChange, str]]] | None = None

    def recent(self) -> Sequence[Sequence[FileChange]]:
        return [[file for file, _ in files] for files in self._read()]

    def earlier(self, path: str) -> Sequence[bytes]:
        oids = [oid for files in self._read() for file, oid in files if file.before == path][:_VERSIONS]
        found = (self._objects.get(oid) for oid in oids)
        return [known.data for known in found if known is not None and known.data is not None]

    def _read(self) -> Sequence[Sequence[tuple[FileChange, str]]]:
        if self._changes is None:
            from blastlint.sources.history import changes

            self._changes = changes(self._objects.git, self._revision)
        return self._changes


def _tree_entries(data: bytes, hash_length: int) -> dict[bytes, tuple[bytes, bytes]]:
    """A tree object: `mode SP name NUL hash`, repeated. In one go: a directory may have thousands."""
    entry = re.compile(rb"0*(\d+) ([^\0]+)\0(.{%d})" % hash_length, re.DOTALL)
    return {name: (mode, oid) for mode, name, oid in entry.findall(data)}
