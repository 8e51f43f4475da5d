"""`rollout` facts of whole files: settings that went out in stages now stand where everything reads them at once.

`staged/eu.yaml` loses them, `global/config.yaml` has them, with values that no stage has seen. A value that was tried in its
stage and moves on unchanged is what stages are for, and silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blastlint.enrich.context import Context
from blastlint.enrich.pipelines.rollouts import rollout
from blastlint.enrich.surroundings import path_class_of
from blastlint.model import Change, Fact, Value
from blastlint.parse.keytree import KeyTree
from blastlint.regex import regex

# `stage` and `staging` are environments: what differs between them and production differs on purpose.
_STAGED = regex(r"(?i)(^|/)(staged|stages|staged-rollout|rollouts?|canary|canaries|rings?|ring[-_]?\d+|waves?|cohorts?)/")
_FILES = (".yaml", ".yml", ".json", ".toml")
_MOST = 5_000  # keys of one file
_Leaves = Mapping[str, Value]


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact of the change set: the first file that got settings which staged ones lost."""
    files = [
        f for f in context.change_set.files
        if f.path.endswith(_FILES) and path_class_of(f.path, context.config) == "source"
    ]  # fmt: skip
    lost: dict[str, tuple[str, Value]] = {}
    kept: set[str] = set()
    for file in files:
        if _STAGED.search(f"{file.before or file.after}"):
            old, new = (_leaves(context, path, side) for path, side in ((file.before, "before"), (file.after, "after")))
            kept |= new.keys()
            lost.update({key: (file.path, value) for key, value in old.items() if key not in new})
    lost = {key: row for key, row in lost.items() if key not in kept}
    for file in files:
        if lost and file.after is not None and not _STAGED.search(file.after):
            had, has = _leaves(context, file.before, "before"), _leaves(context, file.after, "after")
            untried = [k for k, v in has.items() if k not in had and k in lost and lost[k][1].scalar != v.scalar]
            if untried:
                names = f"{untried[0]} and {len(untried) - 1} more" if len(untried) > 1 else untried[0]
                staged = lost[untried[0]][0]
                yield rollout("all-at-once", names, f"in stages ({staged})", f"{file.after}, for all at once",
                              has[untried[0]].region, file.after)  # fmt: skip
                return


def _leaves(context: Context, path: str | None, side: str) -> _Leaves:
    """Dotted key -> the value at it. A key in another file is the same setting where all of its path is."""
    found: dict[str, Value] = {}
    document = (context.before if side == "before" else context.after).document(path) if path is not None else None
    if document is None or not isinstance(document.content, KeyTree):
        return found
    waiting = [("", tree) for tree in document.content.documents]
    while waiting and len(found) < _MOST:
        key, value = waiting.pop()
        if value.is_map:
            waiting.extend((f"{key}.{name}" if key else name, child) for name, child in reversed([*value.items.items()]))
        elif value.is_scalar and key:
            found[key] = value
    return found
