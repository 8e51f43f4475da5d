"""Moving, renaming with `moved`, reformatting and commenting mean nothing: generated configurations, as text."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.sources.memory import change_set

# Every block that may be there, by the name that others refer to it by: its text, and what it needs.
BLOCKS = {
    "net": ('resource "aws_vpc" "net" {{\n  cidr_block = var.range\n  tags = local.tags\n}}\n', ("range", "tags")),
    "range": ('variable "range" {{\n  type    = string\n  default = "10.0.0.0/16"\n}}\n', ()),
    "tags": ('locals {{\n  tags = {{\n    Team = "a"\n    Stage = "prod"\n  }}\n}}\n', ()),
    "sub": (
        'resource "aws_subnet" "sub" {{\n  count = 2\n  vpc_id = aws_vpc.net.id\n'
        "  cidr_block = cidrsubnet(var.range, 8, count.index)\n}}\n",
        ("net", "range"),
    ),
    "db": (
        'resource "aws_db_instance" "db" {{\n  identifier = "db-${{local.tags.Stage}}"\n  engine = "postgres"\n\n'
        '  lifecycle {{\n    ignore_changes = [password]\n  }}\n}}\n',
        ("tags",),
    ),
    "box": (
        'resource "aws_s3_bucket" "box" {{\n  for_each = toset(["x", "y"])\n  bucket = "box-${{each.key}}"\n}}\n',
        (),
    ),
    "rule": (
        'resource "aws_s3_bucket_policy" "rule" {{\n  for_each = aws_s3_bucket.box\n  bucket = each.value.id\n'
        "  policy = <<-EOT\n    {{\"Statement\": []}}\n  EOT\n}}\n",
        ("box",),
    ),
    "store": ('module "store" {{\n  source = "./store"\n  for_each = toset(["a", "b"])\n  name = each.key\n}}\n', ()),
    "arn": ('output "arn" {{\n  value = [for s in module.store : s.arn]\n}}\n', ("store",)),
}
STORE = (
    'variable "name" {\n  type = string\n}\n\nresource "aws_dynamodb_table" "this" {\n  name = var.name\n  hash_key = "id"\n'
    '  attribute {\n    name = "id"\n    type = "S"\n  }\n}\n\noutput "arn" {\n  value = aws_dynamodb_table.this.arn\n}\n'
)
ADDRESSES = {
    "net": "aws_vpc.net", "sub": "aws_subnet.sub", "db": "aws_db_instance.db", "box": "aws_s3_bucket.box",
    "rule": "aws_s3_bucket_policy.rule", "store": "module.store",
}  # fmt: skip
FILES = ("main.tf", "network.tf", "data.tf", "a_b.tf")


@st.composite
def chosen(draw: st.DrawFn) -> list[str]:
    """Names of blocks, with all that they need."""
    names = draw(st.lists(st.sampled_from(sorted(BLOCKS)), min_size=1, unique=True))
    waiting, found = [*names], list[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += BLOCKS[name][1]
    return found


def laid_out(blocks: list[str], luck: random.Random) -> dict[str, str]:
    """The blocks in files, in any order."""
    files: dict[str, str] = {}
    luck.shuffle(blocks)
    for block in blocks:
        path = luck.choice(FILES)
        files[path] = files.get(path, "") + block + "\n" * luck.randint(0, 2)
    return files


def reformatted(text: str, luck: random.Random) -> str:
    """Other spaces, and comments wherever one may stand. Nothing within a heredoc."""
    found: list[str] = []
    quoted = False
    for line in text.splitlines():
        if not quoted and luck.random() < 0.2:
            found.append(luck.choice(("# a comment", "  // another = 1", "/* one {\n   of two lines */", "")))
        if not quoted and "<<-EOT" not in line:
            indent = " " * luck.randint(0, 6)
            line = indent + line.strip().replace(" = ", " " * luck.randint(1, 5) + "= ", 1) + " " * luck.randint(0, 2)
            if line.strip().endswith(("{", '"')) and luck.random() < 0.2:
                line += " # why"
        found.append(line)
        quoted = line.rstrip().endswith("<<-EOT") or (quoted and line.strip() != "EOT")
    return "\n".join(found) + "\n"


def renamed(text: str, names: list[str]) -> str:
    """Under other names, each with a moved block."""
    for name in names:
        kind, _, label = ADDRESSES[name].partition(".")
        declared = 'module "store"' if kind == "module" else f'"{kind}" "{label}"'
        text = text.replace(declared, declared.replace(f'"{label}"', f'"{label}_two"'))
        text = text.replace(f"{kind}.{label}.", f"{kind}.{label}_two.").replace(f"{kind}.{label} ", f"{kind}.{label}_two ")
        text = text.replace(f"{kind}.{label}\n", f"{kind}.{label}_two\n")
        text += f"moved {{\n  from = {kind}.{label}\n  to = {kind}.{label}_two\n}}\n"
    return text


def text_of(names: list[str]) -> list[str]:
    return [BLOCKS[name][0].format() for name in names]


def told(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    report = pipeline.check(change_set({**before, "store/main.tf": STORE}, after), ())
    return {
        i.change.address: i.effect for i in report.impacts
        if i.change.kind in ("terraform.resource", "terraform.module") and i.effect != "no-op"
    }  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(chosen(), st.randoms(use_true_random=False))
def test_where_and_how_it_is_written_means_nothing(names: list[str], luck: random.Random) -> None:
    before = laid_out(text_of(names), luck)
    after = {path: reformatted(text, luck) for path, text in laid_out(text_of(names), luck).items()}
    assert told(before, {**after, "store/main.tf": reformatted(STORE, luck)}) == {}


@settings(max_examples=40, deadline=None)
@given(chosen(), st.data(), st.randoms(use_true_random=False))
def test_other_names_with_moved_blocks_mean_nothing(names: list[str], data: st.DataObject, luck: random.Random) -> None:
    movable = sorted({*names} & {*ADDRESSES})
    others = data.draw(st.lists(st.sampled_from(movable), unique=True)) if movable else []
    before = {"main.tf": "\n".join(text_of(names))}
    after = {"main.tf": renamed(before["main.tf"], others), "store/main.tf": STORE}
    assert told(before, after) == {}
    assert told(before, {path: reformatted(text, luck) for path, text in after.items()}) == {}


@settings(max_examples=20, deadline=None)
@given(chosen(), st.randoms(use_true_random=False))
def test_without_the_moved_block_it_is_destroyed(names: list[str], luck: random.Random) -> None:
    """The property above can fail."""
    movable = sorted({*names} & {*ADDRESSES})
    if movable:
        before = {"main.tf": "\n".join(text_of(names))}
        after = renamed(before["main.tf"], [luck.choice(movable)]).partition("moved {")[0]
        assert "destroy" in told(before, {"main.tf": after, "store/main.tf": STORE}).values()
