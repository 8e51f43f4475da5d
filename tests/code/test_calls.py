"""A call is known with what it is called on and where that comes from; what is only said is no call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.facts.destructive import destructive
from blastlint.parse import parse
from blastlint.parse.calls import calls_of, libraries_of
from blastlint.parse.code import Module
from blastlint.resolve.migrations import repositories
from blastlint.resolve.migrations.reading import File

FOLDER = Path(__file__).parents[2] / "blastlint" / "parse" / "grammars"
SOURCES = {
    "a.py": (
        "from google.cloud import storage as gcs\n\ndef f(client: gcs.Client):\n    b = client.bucket('x')\n"
        "    b.delete(force=True)\n",
        "google.cloud.storage.Client.bucket.delete", {"force": "True"},
    ),
    "a.ts": (
        "import { Storage as S } from '@google-cloud/storage';\nconst f = async () => {\n  const s = new S();\n"
        "  await s.bucket('x').delete({ force: true });\n};\n",
        "@google-cloud.storage.Storage.bucket.delete", {"force": "true"},
    ),
    "a.tsx": (
        "import fs from 'node:fs';\nconst F = () => { fs.rm('x', { recursive: true }); return <b />; };\n",
        "fs.rm", {"recursive": "true"},
    ),
    "a.go": (
        "package a\nimport \"github.com/aws/aws-sdk-go-v2/service/s3\"\nfunc f(c *s3.Client) {\n"
        "\tc.DeleteBucket(ctx, in)\n}\n",
        "github.com.aws.aws-sdk-go-v2.service.s3.Client.DeleteBucket", {},
    ),
    "a.rb": (
        "def f\n  @s3 = Aws::S3::Client.new\n  @s3.delete_bucket(bucket: 'x')\nend\n",
        "Aws.S3.Client.new.delete_bucket", {"bucket": '"x"'},
    ),
    "A.java": (
        "import org.flywaydb.core.Flyway;\nclass A {\n  Flyway flyway;\n  void f() { this.flyway.clean(); }\n}\n",
        "org.flywaydb.core.Flyway.clean", {},
    ),
    "a.rs": ("use std::fs as files;\nfn f() { files::remove_dir_all(\"x\"); }\n", "std.fs.remove_dir_all", {}),
}  # fmt: skip


def module(path: str, text: str) -> Module:
    content = parse(path, "after", text.encode()).content
    assert isinstance(content, Module)
    return content


def called(path: str, text: str) -> list[str]:
    read = module(path, text)
    return [call.name for definition in read.definitions for call in calls_of(read, definition)]


@pytest.mark.parametrize("path", SOURCES)
def test_a_call_is_known_by_what_it_is_called_on(path: str) -> None:
    text, name, options = SOURCES[path]
    read = module(path, text)
    found = [c for d in read.definitions for c in calls_of(read, d) if c.name == name]
    assert [(c.known, dict(c.options)) for c in found] == [(True, options)]


@pytest.mark.parametrize("path", SOURCES)
def test_what_is_only_said_is_no_call(path: str) -> None:
    quote, mark = '"', "#" if path.endswith((".py", ".rb")) else "//"
    body = {"a.go": "package a\nvar s = {}\n", "a.rs": "const S: &str = {};\n", "A.java": "class A { String s = {}; }\n"}
    text = body.get(path, "s = {}\n").replace("{}", f"{quote}x.delete_bucket(y){quote}")
    assert called(path, f"{text}{mark} x.delete_bucket(y)\n") == []


def test_a_call_belongs_to_the_innermost_definition() -> None:
    inner = "    def f(self):\n        def g():\n            stop()\n        g()\n"
    read = module("a.py", f"go()\n\nclass A:\n    x = make()\n\n{inner}")
    found = {d.name: [c.method for c in calls_of(read, d)] for d in read.definitions}
    assert {name: calls for name, calls in found.items() if calls} == {"": ["go"], "A": ["make"], "A.f": ["stop", "g"]}


def test_libraries_are_what_is_imported_and_what_types_are_used() -> None:
    assert libraries_of(module("a.rb", "def f\n  Aws::S3::Client.new\n  x.y\nend\n")) == {"Aws.S3.Client"}
    assert libraries_of(module("a.py", "import boto3\nfrom a.b import c\n")) == {"boto3", "a.b.c"}


def test_every_language_with_a_folder_has_its_calls() -> None:
    assert {f.name for f in FOLDER.iterdir() if f.is_dir()} == {f.parent.name for f in FOLDER.glob("*/calls.scm")}


def test_every_row_says_what_it_is_about() -> None:
    for row in destructive():
        assert row.methods or row.method is not None
        assert row.origin is not None or not row.known
    given = json.loads((FOLDER.parents[1] / "facts" / "destructive.json").read_text())["rows"]
    keys = {"methods", "method", "receiver", "from", "known", "option", "argument", "target", "deed", "classes"}
    assert [set(row) - keys for row in given if set(row) - keys] == []


@settings(max_examples=40, deadline=None)
@given(path=st.sampled_from(sorted(SOURCES)), text=st.text(alphabet="ab.():=\n\"'{}[],@:&*<> ", max_size=120))
def test_no_text_is_too_odd(path: str, text: str) -> None:
    called(path, text)
    called(path, SOURCES[path][0] + text)


def test_a_chain_of_any_length_is_read() -> None:
    assert len(called("a.py", "x" + ".f()" * 3000 + "\n")) == 3000
    assert called("a.py", "a = b.c\nb = a.d\na.x()\n")[0].endswith(".x")


@pytest.mark.parametrize(
    ("declared", "called_on", "emptied"),
    [
        ("JpaRepository<Order, Long> orders;", "this.orders", ["JpaRepository"]),
        ("OrderRepository orders;", "orders", ["OrderRepository"]),
        ("Map<String, OrderRepository> orders;", "orders", []),
        ("InMemoryOrderRepository orders;", "orders", []),
    ],
)
def test_the_type_that_a_name_is_declared_with_says_whether_it_is_a_repository(
    declared: str, called_on: str, emptied: list[str]
) -> None:
    text = f"class A {{\n  {declared}\n  void f() {{ {called_on}.deleteAll(); {called_on}.deleteAll(stale); }}\n}}\n"
    found = repositories.emptied(module("A.java", text), File("A.java", "after", "", "postgres"))
    assert [operation.table for operation in found] == emptied
