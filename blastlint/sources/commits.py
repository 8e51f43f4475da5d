"""What the commits of a range say of themselves: messages, authors, trailers."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable

from blastlint.frozen import dataclass
from blastlint.model import Author
from blastlint.regex import regex

# A range is walked through the same cat-file that serves contents; a longer one has more authors than anybody reads.
_MOST_COMMITS = 2_000

_PERSON = regex(rb"(?P<name>.*?) ?<(?P<address>[^>]*)> (?P<time>-?\d+) [+-]\d+")
_TRAILER = regex(r"(?P<key>[A-Za-z0-9][A-Za-z0-9-]*)\s*:\s*(?P<value>.*)")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit object. `time` is the committer's, in seconds since 1970."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Author
    time: int
    message: str


def parse_commit(oid: str, data: bytes) -> Commit:
    """A commit object's bytes. Damaged headers read as empty."""
    head, _, body = data.partition(b"\n\n")
    headers: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n"):
        if not line.startswith(b" "):  # a continued line (gpgsig)
            key, _, value = line.partition(b" ")
            headers.append((key, value))
    single = dict(headers)
    message = _decoded(body, single.get(b"encoding", b"utf-8"))
    author, committer = _PERSON.match(single.get(b"author", b"")), _PERSON.match(single.get(b"committer", b""))
    return Commit(
        oid,
        single.get(b"tree", b"").decode("ascii", "replace"),
        tuple(value.decode("ascii", "replace") for key, value in headers if key == b"parent"),
        Author(
            _decoded(author["name"], b"utf-8") if author else "",
            _decoded(author["address"], b"utf-8") if author else "",
            trailers(message),
        ),
        int(committer["time"]) if committer else 0,
        message,
    )


def _decoded(data: bytes, encoding: bytes) -> str:
    try:
        return data.decode(encoding.decode("ascii"))
    except (LookupError, UnicodeDecodeError):
        return data.decode("utf-8", "replace")


def trailers(message: str) -> tuple[tuple[str, str], ...]:
    """The `Key: value` lines of the last paragraph, unless that is the subject or prose. Indented lines continue."""
    paragraphs = re.split(r"\n[ \t]*\n", message.strip().replace("\r\n", "\n"))
    if len(paragraphs) < 2:
        return ()
    found: list[tuple[str, str]] = []
    other = 0
    for line in paragraphs[-1].split("\n"):
        trailer = _TRAILER.fullmatch(line.rstrip())
        if line[:1].isspace() and found:
            key, value = found[-1]
            found[-1] = (key, f"{value} {line.strip()}")
        elif trailer:
            found.append((trailer["key"], trailer["value"]))
        else:
            other += 1
    # As git: prose with one such line in it is prose, unless the line is one that git itself writes.
    written_by_git = any(key.lower() in ("signed-off-by", "co-authored-by") for key, _ in found)
    return tuple(found) if not other or (written_by_git and len(found) * 3 >= other) else ()


def between(base: Commit, head: Commit, load: Callable[[str], Commit | None]) -> tuple[Commit, ...]:
    """The commits reachable from `head` and not from `base`, oldest first; merges only where there is nothing else.

    `load` gives None where a shallow clone ends. Newest first on both sides, as git walks, until nothing but history of
    `base` is left.
    """
    theirs: set[str] = set()
    seen = {base.oid: base, head.oid: head}
    queue = [(-commit.time, commit.oid) for commit in seen.values()]
    heapq.heapify(queue)
    found: list[Commit] = []

    def claim(oid: str) -> None:
        """It and what is known of its history belong to `base`: times may be equal or wrong, so that may come late."""
        todo = [oid]
        while todo:
            here = todo.pop()
            if here not in theirs:
                theirs.add(here)
                todo += seen[here].parents if here in seen else ()

    claim(base.oid)
    while queue and any(oid not in theirs for _, oid in queue) and len(seen) < _MOST_COMMITS:
        commit = seen[heapq.heappop(queue)[1]]
        found.append(commit)
        for parent in commit.parents:
            if commit.oid in theirs:
                claim(parent)
            if parent not in seen and (loaded := load(parent)) is not None:
                seen[parent] = loaded
                heapq.heappush(queue, (-loaded.time, parent))
    ours = [commit for commit in reversed(found) if commit.oid not in theirs]
    return tuple(commit for commit in ours if len(commit.parents) < 2) or tuple(ours)


def told(commits: tuple[Commit, ...]) -> tuple[str, tuple[Author, ...]]:
    """The messages as one text, a blank line between them, and the authors, each once."""
    message = "\n\n".join(text for commit in commits if (text := commit.message.strip()))
    return message, tuple(dict.fromkeys(commit.author for commit in commits))
