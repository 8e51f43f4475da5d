"""Variable files beside a root: variants, and each difference told once."""

from __future__ import annotations

from blastlint import pipeline
from blastlint.sources.memory import change_set

MAIN = """
variable "size" {}
variable "name" { default = "app" }
resource "aws_db_instance" "main" {
  identifier        = var.name
  allocated_storage = var.size
}
"""


def told(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str, list[str]]]:
    report = pipeline.check(change_set(before, after), ())
    return [
        (i.change.address, i.change.entity.variant, [d.path for d in i.change.deltas])
        for i in report.impacts
        if i.change.kind == "terraform.resource"
    ]


def test_a_change_in_one_variable_file_is_a_change_of_that_variant_only() -> None:
    before = {"main.tf": MAIN, "env/dev.tfvars": "size = 5\n", "env/prod.tfvars": "size = 50\n"}
    assert told(before, {**before, "env/prod.tfvars": "size = 10\n"}) == [
        ("aws_db_instance.main", "env/prod.tfvars", ["allocated_storage"])
    ]


def test_a_change_that_all_variants_share_is_told_once() -> None:
    before = {"main.tf": MAIN, "env/dev.tfvars": "size = 5\n", "env/prod.tfvars": "size = 50\n"}
    after = {**before, "main.tf": MAIN.replace("identifier ", "multi_az   = true\n  identifier ")}
    assert told(before, after) == [("aws_db_instance.main", "", ["multi_az"])]


def test_variants_that_differ_are_told_each_and_the_one_without_a_value_is_not() -> None:
    before = {"main.tf": MAIN, "dev.tfvars": "size = 5\n", "prod.tfvars": "size = 50\n"}
    after = {**before, "main.tf": MAIN.replace("var.size", "var.size * 2")}
    assert told(before, after) == [
        ("aws_db_instance.main", "dev.tfvars", ["allocated_storage"]),
        ("aws_db_instance.main", "prod.tfvars", ["allocated_storage"]),
    ]


def test_automatic_files_are_the_default_variant_in_terraform_order() -> None:
    before = {
        "main.tf": MAIN,
        "terraform.tfvars": 'size = 1\nname = "a"\n',
        "b.auto.tfvars": "size = 3\n",
        "a.auto.tfvars": "size = 2\n",
    }
    assert told(before, {**before, "terraform.tfvars": 'size = 9\nname = "a"\n'}) == []
    assert told(before, {**before, "b.auto.tfvars": "size = 4\n"}) == [
        ("aws_db_instance.main", "", ["allocated_storage"])
    ]
