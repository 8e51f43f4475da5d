"""HCL text -> syntax tree: positions, tolerance, and that nothing raises or hangs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.model import Document, Region
from blastlint.parse import hcl, hcl_json, parse
from blastlint.parse.hcl_ast import (
    Attr,
    Attribute,
    Block,
    Conditional,
    File,
    Invalid,
    Literal,
    Splat,
    Traversal,
    header,
    region,
)
from tests.terraform.made import resolved


def file_of(document: Document) -> File:
    assert isinstance(document.content, File)
    return document.content


def read(text: str) -> Document:
    return hcl.parse("main.tf", "before", text.encode())


def attribute(text: str) -> Attribute:
    document = read(text)
    assert (document.coverage, document.reason) == ("full", "")
    return next(iter(file_of(document).attributes.values()))


def test_blocks_labels_and_places() -> None:
    document = read('# héllo\nresource "aws_x" "y" {\n  a = "é" /* c */\n  b { c = 1 }\n  one two {}\n}\n')
    (block,) = file_of(document).blocks
    assert (block.type, block.labels, list(block.attributes)) == ("resource", ("aws_x", "y"), ["a"])
    assert [(b.type, b.labels) for b in block.blocks] == [("b", ()), ("one", ("two",))]
    assert region(block) == Region("before", "main.tf", 2, 1, 6, 2)
    assert header(block) == Region("before", "main.tf", 2, 1, 2, 22)
    assert region(block.attributes["a"]) == Region("before", "main.tf", 3, 3, 3, 10)
    assert [(c.text, c.region.start_line, c.region.start_column) for c in document.comments] == [
        ("# héllo", 1, 1),
        ("/* c */", 3, 11),
    ]
    assert (document.language, document.coverage) == ("terraform", "full")


def test_conditionals_nest_to_the_right() -> None:
    value = attribute("x = a ? b : c ? d : e\n").value
    assert isinstance(value, Conditional)
    assert isinstance(value.no, Conditional)


def test_splats_take_what_follows_them() -> None:
    full = attribute("x = a[*].b[0].c\n").value
    legacy = attribute("x = a.*.b[0].c\n").value
    assert isinstance(full, Traversal) and isinstance(legacy, Traversal)
    (splat,) = full.steps
    assert isinstance(splat, Splat) and len(splat.each) == 3
    assert isinstance(legacy.steps[0], Splat)
    assert [step.name for step in legacy.steps[0].each if isinstance(step, Attr)] == ["b"]
    assert len(legacy.steps) == 3


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_mean_nothing(ending: str) -> None:
    text = "a = <<-EOT\n    x\n      y\n  EOT\nb = 1\n".replace("\n", ending)
    attributes = file_of(read(text)).attributes
    value = attributes["a"].value
    assert isinstance(value, Literal)
    assert (value.start, value.end, value.value) == (4, 30, "x\n  y\n")


def test_a_broken_line_costs_itself_only() -> None:
    document = read(
        'resource "x" "a" {\n  a = \n  b = {\n    c = !\n    d = 1\n  }\n  e = 2\n  ?? what\n  f = 3\n}\n'
        'resource "x" "b" {\n  g = [1,\n}\nresource "x" "c" {\n  h = 4\n'
    )
    assert (document.coverage, document.line) == ("partial", 2)
    assert document.reason.startswith("not HCL: ")
    blocks = file_of(document).blocks
    assert (blocks[0].labels[1], sorted(blocks[0].attributes)) == ("a", ["a", "b", "e", "f"])
    assert isinstance(blocks[0].attributes["a"].value, Invalid)
    assert isinstance(blocks[0].attributes["e"].value, Literal)
    assert any(b.labels[1] == "c" and "h" in b.attributes for b in _everything(blocks))


def _everything(blocks: tuple[Block, ...]) -> list[Block]:
    return [inner for block in blocks for inner in (block, *_everything(block.blocks))]


def test_a_broken_expression_is_unknown_and_its_resource_stays() -> None:
    found = resolved({"main.tf": 'resource "x" "y" {\n  a = ${\n  b = 1\n}\n'})
    items = found["x.y"].attributes.items
    assert not items["a"].known
    assert items["b"].data == 1


def test_json_numbers_and_nulls_and_templates() -> None:
    document = hcl_json.parse(
        "x.tfvars.json", "after", b'{"a": "${not a template}", "b": [1, null], "c": {"d": false}}'
    )
    attributes = file_of(document).attributes
    assert document.language == "terraform-json"
    assert isinstance(attributes["a"].value, Literal) and attributes["a"].value.value == "${not a template}"


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "a = " + "(" * 3000 + "1" + ")" * 3000,
        "a = " + "{b = " * 3000,
        "a " + "{\na " * 5000,
        "a = " + "1 + " * 8000 + "1",
        "a = " + "!" * 8000 + "true",
        "a = b" + "[*]" * 5000,
        "a = b" + ".c" * 8000,
        "a = " + "x ? y : " * 5000 + "z",
        'a = "' + "${" * 5000,
        'a = "' + '${"' * 3000,
        "a = <<A\n" * 8000,
        "".join(f"a = <<M{n}\n" for n in range(8000)),
        "a = [\n" * 8000,
        "/*" * 50000,
        "}" * 50000,
        "a = 1" + "0" * 5000,
        "a = 1e999999",
        'a = "' + "\\" * 50000,
        "x" + " " * 100000,
        "x " * 50000,
        'x "y" ' * 8000,
        "a = [for " * 3000,
        'a = "%{ if x }' + "%{ if y }" * 3000 + '"',
    ],
)
def test_monsters_are_read_in_time(text: str) -> None:
    start = time.process_time()
    document = hcl.parse("m.tf", "after", text.encode())
    assert isinstance(document.content, File)
    resolved({"m.tf": text, "n.tf": 'resource "x" "y" { v = local.a }\nlocals {\n' + text + "\n}\n"})
    assert time.process_time() - start < 10


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(data: bytes) -> None:
    for path in ("m.tf", "m.tf.json", "m.tfvars", "m.tfvars.json", "terragrunt.hcl"):
        assert parse(path, "after", data).path == path


_PIECES = st.sampled_from(
    [
        *('resource "a" "b" {', 'module "m" {\n source = "./m"\n', 'variable "v" {', "locals {\n l = ", "lifecycle {"),
        *(
            'dynamic "d" {\n',
            "content {",
            "count = ",
            "for_each = ",
            "x = ",
            "ignore_changes = [",
            "}",
            "\n",
            "=>",
            "...",
        ),
        *("var.v", "local.l", "a.b[0].c", "each.value", "count.index", "for k, v in ", "1", "true", "null", "\u00e9"),
        *("toset(", "jsonencode(", "file(", "try(", ")", "[", "]", "{", " : ", "? ", "*", "/", "#", "-", '"', "~}"),
        *('"${', "<<-E\n", "E\n", "%{ if "),
    ]
)


@given(st.lists(_PIECES, max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_configuration_raises(pieces: list[str]) -> None:
    text = "".join(pieces)
    resolved({"main.tf": text, "m/main.tf": text, "terraform.tfvars": text, "terragrunt.hcl": text})
