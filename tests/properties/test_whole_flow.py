"""Properties of the whole flow over the corpus of rule examples."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import diff, pipeline, resolve
from blastlint.diff import files
from blastlint.model import ChangeSet
from blastlint.parse import PARSERS, parse
from blastlint.parse.languages import language_of
from blastlint.parse.workspace import Workspace
from blastlint.sources.memory import change_set
from tests.properties.corpus import Tree, pairs, rules, trees

COMMENT = {
    ".tf": "# a remark\n", ".py": "# a remark\n", ".sh": "# a remark\n", ".yaml": "# a remark\n", ".yml": "# a remark\n",
    ".toml": "# a remark\n", ".tfvars": "# a remark\n", ".js": "// a remark\n", ".ts": "// a remark\n",
    ".env": "# a remark\n", ".ini": "# a remark\n", ".properties": "# a remark\n",
}  # fmt: skip


def said(before: Tree, after: Tree) -> list[str]:
    report = pipeline.check(change_set(before, after), rules())
    return [f"{f.rule_id} {f.address}: {f.message}" for f in report.findings]


def readable(tree: Tree) -> Tree:
    """A dozen files at most (a touch of every file of many is broad, which is another rule's say), none of them broken (an
    edit of what cannot be read is not analysed, and that is said)."""
    return {
        path: text
        for path, text in list(tree.items())[:12]
        if parse(path, "after", text.encode()).coverage != "opaque" or language_of(path, text.encode()) not in PARSERS
    }


@pytest.mark.parametrize("tree", trees(), ids=lambda tree: next(iter(tree), "empty"))
def test_no_change_is_no_change(tree: Tree) -> None:
    changed = ChangeSet("a", "b", (), change_set({}, tree).after, change_set({}, tree).after)
    paths = sorted(tree)
    before, after = Workspace(changed.before, "before"), Workspace(changed.after, "after")
    assert diff.changes(resolve.entities(before, paths), resolve.entities(after, paths)) == ()
    assert files.changes(changed) == ()


@pytest.mark.parametrize("tree", trees(), ids=lambda tree: next(iter(tree), "empty"))
def test_a_comment_gives_no_finding(tree: Tree) -> None:
    tree = readable(tree)

    def commented(path: str, text: str) -> str:
        suffix = next((s for s in COMMENT if path.endswith(s)), None)
        if suffix is None or text.startswith("#!"):
            return text
        return text + ("" if text.endswith("\n") else "\n") + COMMENT[suffix]

    assert said(tree, {path: commented(path, text) for path, text in tree.items()}) == []


@pytest.mark.parametrize("tree", trees(), ids=lambda tree: next(iter(tree), "empty"))
def test_blank_lines_and_other_line_ends_give_no_finding_above_low(tree: Tree) -> None:
    kept = {path: text for path, text in readable(tree).items() if text.strip()}
    spaced = {path: text.rstrip("\n") + "\n\n" for path, text in kept.items()}
    assert said(kept, spaced) == []


MIRRORED = {"added": "removed", "removed": "added", "modified": "modified", "moved": "moved"}


@pytest.mark.parametrize(("name", "before", "after"), pairs(), ids=lambda x: x if isinstance(x, str) else "")
def test_the_diff_mirrors(name: str, before: Tree, after: Tree) -> None:
    transitions = ("moved {", "removed {", "import {")
    if any(word in text for text in (*before.values(), *after.values()) for word in transitions):
        return  # a transition says which way it goes
    there, back = (
        Counter((c.kind, c.action) for c in actions(x, y)) for x, y in ((before, after), (after, before))
    )
    assert Counter({(kind, MIRRORED[action]): n for (kind, action), n in there.items()}) == back


def actions(before: Tree, after: Tree) -> tuple[object, ...]:
    changed = change_set(before, after)
    paths = sorted({p for f in changed.files for p in (f.before, f.after) if p})
    before_side, after_side = Workspace(changed.before, "before"), Workspace(changed.after, "after")
    return diff.changes(resolve.entities(before_side, paths), resolve.entities(after_side, paths))


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_half_written_files_never_raise(data: st.DataObject) -> None:
    _, before, after = data.draw(st.sampled_from(pairs()))
    broken = dict(after)
    for path in after:
        cut = data.draw(st.integers(0, len(after[path])))
        noise = data.draw(st.sampled_from(["", "\0", "{", '"', "}}}", "<<EOT\n", "\ufeff", "\r", "$(", "- - -", "\t", "é"]))
        broken[path] = after[path][:cut] + noise + after[path][cut + data.draw(st.integers(0, 3)) :]
    pipeline.check(change_set(before, broken), rules())
    pipeline.check(change_set(broken, before), rules())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_bytes_never_raise(data: st.DataObject) -> None:
    path = data.draw(
        st.sampled_from(
            ["a.tf", "a.tf.json", "a.tfvars", "a.py", "a.sh", "a.yaml", "a.json", "a.toml", "a.ini", ".env", "a.js", "a.ts",
             "a.properties", "Dockerfile", "Makefile", "package.json", ".github/workflows/a.yml", "blastlint.toml"]
        )
    )  # fmt: skip
    before, after = data.draw(st.binary(max_size=400)), data.draw(st.binary(max_size=400))
    pipeline.check(change_set({path: before}, {path: after}), rules())


def test_a_file_split_by_block_gives_no_finding() -> None:
    blocks = [f'resource "aws_s3_bucket" "b{n}" {{\n  bucket = "acme-{n}"\n}}\n' for n in range(6)]
    whole = {"main.tf": "".join(blocks)}
    split = {f"b{n}.tf": block for n, block in enumerate(reversed(blocks))}
    assert said(whole, split) == []
    assert said(split, whole) == []
