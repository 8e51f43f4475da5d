"""Which added file is which removed one, where git does not say: untracked files and plain directories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

# As git: half of the larger one must be in both; above so many pairs only equal files are paired.
_LEAST = 0.5
_MOST_PAIRS = 40_000
_MOST_BYTES = 4_000_000

Read = Callable[[str], "bytes | None"]


def pairs(removed: Iterable[str], added: Iterable[str], read_removed: Read, read_added: Read) -> list[tuple[str, str]]:
    """(removed, added), each path at most once: equal content first, then the most similar, the same name preferred."""
    old = _contents(removed, read_removed)
    if not old:
        return []
    new = _contents(added, read_added)
    found = _equal(old, new)
    for before, after in found:
        del old[before], new[after]
    if len(old) * len(new) <= _MOST_PAIRS:
        found += _similar(old, new)
    return found


def _contents(paths: Iterable[str], read: Read) -> dict[str, bytes]:
    contents = ((path, read(path)) for path in sorted(paths))
    return {path: data for path, data in contents if data and len(data) <= _MOST_BYTES}


def _equal(old: dict[str, bytes], new: dict[str, bytes]) -> list[tuple[str, str]]:
    by_content: dict[bytes, list[str]] = {}
    for path, data in new.items():
        by_content.setdefault(data, []).append(path)
    found: list[tuple[str, str]] = []
    for path, data in old.items():
        if candidates := by_content.get(data):
            best = min(candidates, key=lambda candidate: (_name(candidate) != _name(path), candidate))
            candidates.remove(best)
            found.append((path, best))
    return found


def _similar(old: dict[str, bytes], new: dict[str, bytes]) -> list[tuple[str, str]]:
    old_lines = {path: Counter(data.splitlines(keepends=True)) for path, data in old.items()}
    new_lines = {path: Counter(data.splitlines(keepends=True)) for path, data in new.items()}
    scored: list[tuple[float, bool, str, str]] = []
    for before, before_lines in old_lines.items():
        for after, after_lines in new_lines.items():
            sizes = sorted((len(old[before]), len(new[after])))
            if sizes[0] < _LEAST * sizes[1]:
                continue
            shared = sum(len(line) * min(count, after_lines[line]) for line, count in before_lines.items())
            if shared >= _LEAST * sizes[1]:
                scored.append((-shared / sizes[1], _name(before) != _name(after), before, after))
    found: list[tuple[str, str]] = []
    for _, _, before, after in sorted(scored):
        if before in old and after in new:
            del old[before], new[after]
            found.append((before, after))
    return found


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]
