"""Documents and keys before x after: what is the same key elsewhere, and what is gone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from blastlint import diff, resolve
from blastlint.model import Change
from blastlint.parse.workspace import Workspace
from blastlint.sources.memory import change_set

Tree = Mapping[str, str]


def changes(before: Tree, after: Tree) -> list[Change]:
    changed = change_set(before, after)
    paths = sorted({p for f in changed.files for p in (f.before, f.after) if p})
    sides = Workspace(changed.before, "before"), Workspace(changed.after, "after")
    return [c for c in diff.changes(*(resolve.entities(side, paths) for side in sides)) if c.kind.startswith("config.")]


def told(before: Tree, after: Tree) -> list[tuple[str, str]]:
    return [(c.action, c.address) for c in changes(before, after)]


def lost(before: Tree, after: Tree) -> list[str]:
    return [c.address for c in changes(before, after) if c.action == "removed" and c.kind == "config.key"]


FLAT = "host: db.internal\nport: 5432\nuser: shop\npool: {size: 5, idle: 2}\n"


def indented(text: str, by: int = 2) -> str:
    return "".join(" " * by + line + "\n" for line in text.splitlines())


@pytest.mark.parametrize(
    "after",
    [
        {"app.yaml": "db:\n" + indented(FLAT)},
        {"app.yaml": "a:\n  b:\n" + indented(FLAT, 4)},
        {"app.yaml": "other: 1\n", "db.yaml": FLAT},
        {"config/db.yaml": FLAT},
        {"app.json": '{"db": {"host": "db.internal", "port": "5432", "user": "shop", "pool": {"idle": 2, "size": 5}}}'},
        {"app.toml": 'host = "db.internal"\nport = 5432\nuser = "shop"\n[pool]\nsize = 5\nidle = 2\n'},
        {"app.properties": "db.host=db.internal\ndb.port=5432\ndb.user=shop\ndb.pool.size=5\ndb.pool.idle=2\n"},
    ],
    ids=["nested", "deeper", "other file", "moved", "JSON", "TOML", "properties"],
)
def test_the_same_keys_elsewhere_are_not_lost(after: Tree) -> None:
    assert lost({"app.yaml": FLAT}, after) == []
    assert [key for key in lost(after, {"app.yaml": FLAT}) if key != "app.yaml#other"] == []


def test_a_level_that_comes_in_below_named_sections_loses_nothing() -> None:
    flat = "lag:\n  type: metric\n  locked: false\n  notify: true\n  delay: 60\ncpu:\n  locked: true\n  delay: 90\n"
    options = "lag:\n  type: metric\n  options: {locked: false, notify: true, delay: 60}\n"
    options += "cpu:\n  options: {locked: true, delay: 9}\n"
    assert lost({"a.yaml": flat}, {"a.yaml": options}) == []
    assert lost({"a.yaml": options}, {"a.yaml": flat}) == []
    assert lost({"a.yaml": flat}, {"a.yaml": "lag:\n  type: metric\n  options: {notify: true}\ncpu: {}\n"}) == [
        "a.yaml#lag.locked",
        "a.yaml#lag.delay",
        "a.yaml#cpu.locked",
        "a.yaml#cpu.delay",
    ]


def test_environment_files_are_split() -> None:
    before = {".env": "DB_HOST=db.prod.local\nDEBUG=0\nS3_BUCKET=media\nA=1\n"}
    after = {".env.db": "DB_HOST=db.prod.local\nDEBUG=0\n", ".env.s3": "S3_BUCKET=pictures\nA=1\n"}
    assert told(before, after) == [
        ("moved", ".env.db#DB_HOST"),
        ("moved", ".env.db#DEBUG"),
        ("modified", ".env.s3#S3_BUCKET"),
        ("moved", ".env.s3#A"),
    ]


def test_a_key_that_moved_and_changed_is_modified_with_both_addresses() -> None:
    (change,) = changes({"a.yaml": "http_timeout: 30\n"}, {"a.yaml": "server:\n  http:\n    timeout: 3000\n"})
    assert (change.action, change.address, change.previous_address) == (
        "modified", "a.yaml#server.http.timeout", "a.yaml#http_timeout",
    )  # fmt: skip
    assert [(d.path, d.before and d.before.data, d.after and d.after.data) for d in change.deltas] == [
        ("server.http.timeout", 30, 3000)
    ]


def test_a_value_that_is_everywhere_is_no_evidence() -> None:
    before, after = {"a.yaml": "search: {enabled: true}\nx: 1\n"}, {"a.yaml": "mail: {enabled: true}\nx: 1\n"}
    assert lost(before, after) == ["a.yaml#search"]


def test_what_is_gone_is_one_change_and_the_document_says_so() -> None:
    assert told({"a.yaml": "a: {b: 1, c: {d: 2}}\ne: 1\n"}, {"a.yaml": "e: 1\n"}) == [
        ("modified", "a.yaml"),
        ("removed", "a.yaml#a"),
    ]


def manifest(name: str, value: int) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{X: '{value}'}}\n"


def test_documents_of_a_stream_are_known_by_the_object_they_declare() -> None:
    before = {"k.yaml": manifest("a", 1) + "---\n" + manifest("b", 1)}
    reordered = {"k.yaml": manifest("b", 1) + "---\n" + manifest("a", 1)}
    split = {"a.yaml": manifest("a", 1), "b.yaml": manifest("b", 2)}
    assert told(before, reordered) == []
    assert told(before, split) == [("moved", "a.yaml"), ("moved", "b.yaml"), ("modified", "b.yaml#data.X")]
    assert [c.type for c in changes(before, split)] == ["manifest", "manifest", "configuration"]


def test_a_side_that_does_not_parse_says_nothing() -> None:
    whole, broken = {"a.yaml": "a: 1\nb: {c: 1}\n"}, {"a.yaml": "a: [1\n"}
    assert told(whole, broken) == [] == told(broken, whole)
    assert told({"a.yaml": "a: 1\n---\nb: 2\n"}, {"a.yaml": "a: [1\n---\nb: 3\n"}) == [("modified", "a.yaml#1:b")]


def test_an_anchor_that_changed_is_told_once() -> None:
    text = "a: &x {{t: {}}}\nb: *x\nc: {{<<: *x}}\n"
    assert told({"a.yaml": text.format(1)}, {"a.yaml": text.format(2)}) == [("modified", "a.yaml#a.t")]


def test_a_list_that_lost_everything_is_an_empty_list() -> None:
    assert told({"a.yaml": "x: {hosts: [a, b]}\n"}, {"a.yaml": "x: {hosts: []}\n"}) == [("modified", "a.yaml#x.hosts")]
    assert told({"a.yaml": "x: {hosts: []}\n"}, {"a.yaml": "x: {hosts: [a, b]}\n"}) == [("modified", "a.yaml#x.hosts")]


def test_new_and_deleted_files_are_changes_of_files_only() -> None:
    assert told({"a.yaml": "a: 1\n"}, {"a.yaml": "a: 1\n", "b.yaml": "zz: some new text\n"}) == []
    assert told({"a.yaml": "a: 1\n", "b.yaml": "zz: some new text\n"}, {"a.yaml": "a: 1\n"}) == []


def test_state_and_lock_files_and_terraform_are_left_to_others() -> None:
    assert told({"terraform.tfstate": '{"serial": 1}'}, {"terraform.tfstate": '{"serial": 20}'}) == []
    assert told({"a.tfvars.json": '{"x": 1}'}, {"a.tfvars.json": '{"x": 20}'}) == []
