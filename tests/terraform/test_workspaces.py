"""The workspaces that a configuration tells apart: which variants there are, and when they are looked at."""

from __future__ import annotations

import pytest

from blastlint import pipeline
from blastlint.model import Report
from blastlint.sources.memory import change_set

SIZES = 'locals {\n  sizes = { prod = "m5.large", dev = "t3.small" }\n}\n'
MACHINE = 'resource "aws_instance" "m" {\n  ami           = "ami-1"\n  instance_type = %s\n}\n'


def report(before: str, after: str) -> Report:
    return pipeline.check(change_set({"main.tf": before}, {"main.tf": after}), ())


def variants(before: str, after: str) -> set[str]:
    impacts = report(before, after).impacts
    return {i.change.entity.variant for i in impacts if i.change.kind == "terraform.resource" and i.effect != "no-op"}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("local.sizes[terraform.workspace]", 'local.sizes["dev"]', {"workspace prod"}),
        ('lookup(local.sizes, terraform.workspace, "t3.nano")', '"t3.small"', {"", "workspace prod"}),
        ('terraform.workspace == "live" ? "m5.large" : "t3.nano"', '"t3.nano"', {"workspace live"}),
        ('contains(["qa", "e2e"], terraform.workspace) ? "a" : "b"', '"b"', {"workspace e2e"}),  # qa is the same
        ('try(local.sizes[terraform.workspace], "t3.nano")', '"t3.small"', {"", "workspace prod"}),
    ],
)
def test_each_name_that_an_expression_compares_is_a_variant(before: str, after: str, found: set[str]) -> None:
    assert variants(SIZES + MACHINE % before, SIZES + MACHINE % after) == found


def test_a_name_that_comes_out_of_a_map_is_no_workspace() -> None:
    regions = 'locals {\n  region = { prod = "eu", dev = "us" }\n  amis = { eu = "ami-1", us = "ami-2" }\n}\n'
    machine = 'resource "aws_instance" "m" {\n  ami = local.amis[local.region[terraform.workspace]]\n}\n'
    after = regions.replace('"ami-1"', '"ami-3"')
    assert variants(regions + machine, after + machine) == {"workspace prod"}


def test_what_does_not_hang_on_the_workspace_is_looked_at_once() -> None:
    topic = 'resource "aws_sns_topic" "t" {\n  name = "%s"\n}\n'
    rest = SIZES + MACHINE % "local.sizes[terraform.workspace]"
    assert variants(rest + topic % "a", rest + topic % "b") == {""}


def test_more_names_than_are_looked_at_are_told() -> None:
    names = ", ".join(f'"w{n}" = "t3.small"' for n in range(40))
    before = f"locals {{\n  sizes = {{ {names} }}\n}}\n" + MACHINE % "local.sizes[terraform.workspace]"
    found = report(before, before.replace("t3.small", "t3.large"))
    assert "analysed in part: 24 of 40 workspaces were looked at" in {note.message for note in found.notifications}


def test_names_that_no_workspace_can_have_are_left_out() -> None:
    odd = 'locals {\n  sizes = { "a b" = "t3.small", "" = "t3.nano", prod = "t3.micro" }\n}\n'
    machine = MACHINE % "local.sizes[terraform.workspace]"
    after = odd.replace("small", "large").replace("micro", "large")
    assert variants(odd + machine, after + machine) == {"workspace prod"}
