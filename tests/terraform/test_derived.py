"""What follows from a configuration though nobody wrote it: zones of a region, outputs of a state in the tree."""

from __future__ import annotations

import json

import pytest

from blastlint import pipeline
from blastlint.sources.memory import change_set

ZONES = """
provider "aws" {{
  region = {region}
}}
variable "region" {{}}
data "aws_availability_zones" "here" {{
  {asked}
}}
resource "aws_subnet" "this" {{
  for_each          = toset(slice(data.aws_availability_zones.here.names, 0, {count}))
  vpc_id            = "vpc-1"
  availability_zone = each.key
}}
"""


def told(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    report = pipeline.check(change_set(before, after), ())
    return {i.change.address: i.effect for i in report.impacts if i.change.kind == "terraform.resource"}


def of_zones(region: str, asked: str) -> dict[str, str]:
    """What one zone less does."""
    text = [ZONES.format(region=region, asked=asked, count=count) for count in (2, 1)]
    return told({"main.tf": text[0]}, {"main.tf": text[1]})


@pytest.mark.parametrize(
    ("region", "asked", "gone"),
    [
        ('"eu-west-1"', "", "eu-west-1b"),
        ('"ap-northeast-1"', 'state = "available"', "ap-northeast-1c"),
        ('"ca-central-1"', 'exclude_names = ["ca-central-1a"]', "ca-central-1d"),
        ('"us-east-1"', 'filter {\n name = "opt-in-status"\n values = ["opt-in-not-required"]\n }', "us-east-1b"),
    ],
)
def test_the_zones_of_a_region_have_names(region: str, asked: str, gone: str) -> None:
    assert of_zones(region, asked) == {f'aws_subnet.this["{gone}"]': "destroy"}


@pytest.mark.parametrize(
    ("region", "asked"),
    [
        ('"us-west-1"', ""),
        ('"nowhere-1"', ""),
        ("var.region", ""),
        ('"eu-west-1"', 'state = "impaired"'),
        ('"eu-west-1"', "all_availability_zones = true"),
        ('"eu-west-1"', 'filter {\n name = "zone-id"\n values = ["euw1-az2"]\n }'),
    ],
)
def test_zones_that_nobody_can_name_are_unknown(region: str, asked: str) -> None:
    assert set(of_zones(region, asked)) <= {"aws_subnet.this[*]"}


STATE = """
data "terraform_remote_state" "network" {
  backend = "local"
  config  = { path = "../network/terraform.tfstate" }
}
resource "aws_subnet" "this" {
  for_each   = data.terraform_remote_state.network.outputs.ranges
  vpc_id     = data.terraform_remote_state.network.outputs.vpc
  cidr_block = each.value
}
"""


def state(**outputs: object) -> str:
    return json.dumps({"version": 4, "outputs": {name: {"value": value} for name, value in outputs.items()}})


def test_a_state_of_the_tree_is_read_and_a_change_of_its_outputs_is_one_of_what_is_made_with_them() -> None:
    before = {
        "app/main.tf": STATE,
        "network/terraform.tfstate": state(vpc="vpc-1", ranges={"a": "10.0.0.0/24", "b": "10.0.1.0/24"}),
    }
    after = {**before, "network/terraform.tfstate": state(vpc="vpc-1", ranges={"a": "10.0.2.0/24"})}
    assert told(before, after) == {'aws_subnet.this["a"]': "replace", 'aws_subnet.this["b"]': "destroy"}
    again = {**before, "network/terraform.tfstate": before["network/terraform.tfstate"].replace('": 4', '": 4, "serial": 9')}
    assert told(before, again) == {}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"outputs": 3}', '{"outputs": {"ranges": 1}}', "\0"])
def test_a_state_that_says_nothing_is_no_error(text: str) -> None:
    before = {"app/main.tf": STATE, "network/terraform.tfstate": text}
    assert set(told(before, {**before, "app/main.tf": STATE.replace("each.value", "each.key")})) <= {"aws_subnet.this[*]"}
