"""Plan files: what another tool says beforehand that applying a change does, as JSON.

`from_plans` is the change that plans alone describe; `with_plans` adds plans to a change of source. Here a file is only
read and its format recognised; resolve/plans says what it means, and how a further format plugs in.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from blastlint.errors import SourceError
from blastlint.frozen import dataclass, replace
from blastlint.model import ChangeSet, PlanFile
from blastlint.sources.directory import DirectoryTree

MAX_BYTES = 256_000_000
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_TERRAFORM = (
    "Make it with: terraform plan -out=tfplan && terraform show -json tfplan > plan.json, or of a CloudFormation stack: "
    "aws cloudformation describe-change-set --include-property-values"
)


@dataclass(frozen=True, slots=True)
class _Format:
    """How a format is recognised (one of these members is there), and its lists of changes, whose places are kept."""

    members: frozenset[str]
    lists: frozenset[str]


_FORMATS: Mapping[str, _Format] = {
    "terraform": _Format(frozenset({"format_version"}), frozenset({"resource_changes", "deferred_changes"})),
    "cloudformation": _Format(frozenset({"ChangeSetId", "ChangeSetName"}), frozenset({"Changes"})),
}
_LISTS = frozenset(name for known in _FORMATS.values() for name in known.lists)


def from_plans(directory: str, paths: Sequence[str]) -> ChangeSet:
    """The change that plans describe, with no source beside it: nothing in `directory` differs, its configuration judges.
    Raises SourceError for what is no plan."""
    tree = DirectoryTree(directory)
    plans = tuple(read_plan(path) for path in paths)
    return ChangeSet("the state", ", ".join(paths), (), tree, tree, plans=plans)


def with_plans(change_set: ChangeSet, paths: Sequence[str]) -> ChangeSet:
    """The change with what plans say of it. Raises SourceError for what is no plan."""
    return replace(change_set, plans=tuple(read_plan(path) for path in paths))


def read_plan(path: str) -> PlanFile:
    """The plan in a file. Raises SourceError, with the line where one is to blame."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", where=path) from None
    if len(data) > MAX_BYTES:
        raise SourceError(f"larger than {MAX_BYTES // 1_000_000} MB", where=path)
    return parse_plan(path, data)


def parse_plan(path: str, data: bytes) -> PlanFile:
    """The plan in bytes. Raises SourceError."""
    if data.startswith(b"PK\x03\x04"):
        raise SourceError("a saved plan, not its JSON", where=path, remedy=f"{_TERRAFORM}")
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        raise SourceError("not a text in UTF-8 or UTF-16", where=path, remedy=_TERRAFORM) from None
    lines = _Lines(text)
    content: dict[str, object] = {}
    places: dict[str, tuple[tuple[int, int], ...]] = {}
    try:
        for name, value, starts in _members(text):
            content[name] = value
            if starts is not None:
                places[name] = tuple(lines.place(start) for start in starts)
    except json.JSONDecodeError as error:
        at = lines.place(error.pos)[0]
        raise SourceError(f"not JSON: {error.msg}", where=f"{path}:{at}", remedy=_TERRAFORM) from None
    except (RecursionError, MemoryError):
        raise SourceError("nested too deeply", where=path) from None
    except ValueError:
        raise SourceError("not JSON: a number of too many digits", where=path) from None
    for name, known in _FORMATS.items():
        if not known.members.isdisjoint(content):
            return PlanFile(path, name, content, places)
    stream = "@level" in content
    raise SourceError(
        "the log of a run (-json), not a plan" if stream else "no plan that is known here",
        where=path,
        remedy=_TERRAFORM,
    )


class _Lines:
    """Offsets -> 1-based line and column."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def _members(text: str) -> Iterator[tuple[str, object, list[int] | None]]:
    """The members of the object that the text is: name, value, and where the elements of a list of changes begin.
    What stands behind the object is an error, unless it is the next line of a log. Raises JSONDecodeError."""
    at = _after(text, 0, "{")
    while not text.startswith("}", at):
        name, at = _DECODER.raw_decode(text, at)
        if not isinstance(name, str):
            raise json.JSONDecodeError("a member has no name", text, at)
        at = _after(text, at, ":")
        starts: list[int] | None = None
        value: object
        if name in _LISTS and text.startswith("[", at):
            value, starts, at = _elements(text, at)
        else:
            value, at = _DECODER.raw_decode(text, at)
        yield name, value, starts
        at = _skip(text, at)
        if not text.startswith("}", at):
            at = _after(text, at, ",")


def _elements(text: str, at: int) -> tuple[list[object], list[int], int]:
    """A list, where its elements begin, and where it ends."""
    found: list[object] = []
    starts: list[int] = []
    at = _skip(text, at + 1)
    while not text.startswith("]", at):
        starts.append(at)
        value, at = _DECODER.raw_decode(text, at)
        found.append(value)
        at = _skip(text, at)
        if not text.startswith("]", at):
            at = _after(text, at, ",")
    return found, starts, at + 1


def _after(text: str, at: int, mark: str) -> int:
    """Behind the mark that must come next, and the space behind that."""
    at = _skip(text, at)
    if not text.startswith(mark, at):
        raise json.JSONDecodeError(f"expecting {mark!r}", text, min(at, len(text)))
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
