"""`lock` facts about manifests: a dependency that came without its lock, and a lock file that is gone.

Silent where the repository locks nothing, and where the change set touches the lock that the manifest is locked with: what
stands in it is the business of locks.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts import supply as known
from blastlint.model import Fact, FactValue, Region, Side, Value
from blastlint.parse.keytree import KeyTree

_LARGEST = 20_000_000
_SKIPPED = ("vendored", "test", "docs", "example")


def facts(context: Context) -> Iterator[Fact]:
    """One fact for each manifest with dependencies that its lock has not heard of, and for each lock that is gone."""
    changed = {path for f in context.change_set.files for path in (f.before, f.after) if path is not None}
    for file in context.change_set.files:
        name = file.path.rpartition("/")[2].lower()
        if path_class_of(file.path, context.config) in _SKIPPED:
            continue
        if name in known.mapping("dependencies") and file.before is not None and file.after is not None:
            lock = _lock_of(context, file.after, name)
            if lock and lock not in changed:
                held = _dependencies(context, file.before, "before", name)
                fresh = _dependencies(context, file.after, "after", name) - held
                missing = _missing(context, lock, fresh) if fresh else []
                if missing:
                    yield lock_fact("not-locked", lock, missing, file.after, "no entry in the lock", file.after)
        elif name in known.mapping("locks") and file.before is not None and file.after is None:
            manifest = _manifest_of(context, file.before, name)
            if manifest and not _lock_of(context, manifest, manifest.rpartition("/")[2].lower()):
                yield lock_fact("lock-removed", file.before, [manifest], "locked", "whatever is newest", manifest)


def _lock_of(context: Context, manifest: str, name: str) -> str:
    """The lock file that holds on both sides what a manifest asks for: beside it or, for a workspace, above it."""
    locks = [lock for lock, manifests in known.mapping("locks").items() if name in manifests]
    directory = manifest.rpartition("/")[0]
    while True:
        for lock in locks:
            path = next((p for p in _spellings(directory, lock) if context.after.tree.size(p) is not None), "")
            if path:
                return path
        if not directory:
            return ""
        directory = directory.rpartition("/")[0]


def _spellings(directory: str, lock: str) -> Iterator[str]:
    for name in (lock, lock.capitalize(), lock.replace("gemfile", "Gemfile").replace("cargo", "Cargo")):
        yield f"{directory}/{name}" if directory else name


def _manifest_of(context: Context, lock: str, name: str) -> str:
    """The manifest beside a lock file that is still there."""
    directory = lock.rpartition("/")[0]
    for manifest in known.mapping("locks")[name]:
        path = next((p for p in _spellings(directory, manifest) if context.after.tree.size(p) is not None), "")
        if path:
            return path
    return ""


def _dependencies(context: Context, path: str, side: Side, name: str) -> set[str]:
    """The names of what a manifest asks for from a registry: not what stands in the repository itself."""
    workspace = context.before if side == "before" else context.after
    document = workspace.document(path)
    if document is None or not isinstance(document.content, KeyTree) or not document.content.documents:
        return set()
    found: set[str] = set()
    for keys in known.mapping("dependencies")[name]:
        value = document.content.documents[0].get(*keys.split("."))
        if value is not None and value.is_list:
            found.update(m[0].lower() for e in value.elements if (m := re.match(r"[\w.-]+", str(e.scalar))))
        elif value is not None:
            asked = ((key, spec) for key, spec in value.items.items() if key != "python" and not _is_local(spec))
            found.update(_scalar(spec.get("package")) or key if spec.is_map else key for key, spec in asked)
    return found


def _scalar(value: Value | None) -> str:
    return "" if value is None else str(value.scalar)


def _is_local(spec: Value) -> bool:
    if spec.is_map:
        return spec.get("path") is not None or spec.get("workspace") is not None
    return str(spec.scalar).startswith(("file:", "link:", "workspace:", "portal:", "catalog:"))


def _missing(context: Context, lock: str, names: set[str]) -> list[str]:
    """Those that the lock does not name, in either spelling of Python's names."""
    size = context.after.tree.size(lock)
    if size is None or size > _LARGEST:
        return []
    text = (context.after.tree.read(lock) or b"").decode("utf-8", "replace").lower().replace("_", "-")
    pattern = r"(?<![\w@/-]){}(?![\w-])|/{}(?![\w-])"
    return sorted(n for n in names if not re.search(pattern.format(*[re.escape(n.lower().replace("_", "-"))] * 2), text))


def lock_fact(what: str, path: str, names: list[str], before: str, after: str, place: str = "") -> Fact:
    """`path` is the lock file, `place` the file that it is shown in where that is another."""
    fields: dict[str, FactValue] = {
        "what": what, "file": path, "names": tuple(names[:20]), "count": len(names), "before": before, "after": after,
    }  # fmt: skip
    return Fact("lock", fields, f"lock.{path}", after=Region("after", place or path, 1, 1, 1, 2))
