"""A configuration whose directory was renamed is the same; one environment that goes while another comes is not."""

from __future__ import annotations

from blastlint import pipeline
from blastlint.model import Effect
from blastlint.sources.memory import change_set

STACK = """terraform {{
  backend "s3" {{
    bucket = "state"
    key    = "{key}"
  }}
}}

resource "aws_db_instance" "main" {{
  identifier = "{name}"
}}

resource "aws_s3_bucket" "main" {{
  bucket = "{name}"
}}
"""


def effects(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, Effect]]:
    report = pipeline.check(change_set(before, after), ())
    return [(i.change.address, i.effect) for i in report.impacts if i.change.kind == "terraform.resource"]


def test_a_renamed_directory_destroys_nothing() -> None:
    stack = STACK.format(key="orders", name="orders")
    assert effects({"infra/main.tf": stack}, {"terraform/main.tf": stack}) == []
    assert effects({"infra/main.tf": stack}, {"terraform/main.tf": stack + "# a remark\n"}) == []


def test_a_renamed_directory_hides_no_replacement() -> None:
    stack = STACK.format(key="orders", name="orders")
    grown = stack.replace('bucket = "orders"', 'bucket = "orders-2"') + "".join(
        f'\nresource "aws_sqs_queue" "q{n}" {{\n  name = "q{n}"\n}}\n' for n in range(9)
    )
    before = grown.replace('bucket = "orders-2"', 'bucket = "orders"')
    assert effects({"infra/main.tf": before}, {"terraform/main.tf": grown}) == [("aws_s3_bucket.main", "replace")]


def test_another_state_is_another_configuration() -> None:
    old, new = STACK.format(key="staging", name="orders"), STACK.format(key="prod", name="orders")
    found = effects({"staging/main.tf": old}, {"prod/main.tf": new})
    assert sorted(effect for _, effect in found) == ["create", "create", "destroy", "destroy"]


def test_other_values_are_another_configuration() -> None:
    old, new = STACK.format(key="x", name="staging"), STACK.format(key="x", name="prod")
    found = effects({"staging/main.tf": old}, {"prod/main.tf": new})
    assert sorted(effect for _, effect in found) == ["create", "create", "destroy", "destroy"]


def test_a_renamed_directory_that_no_longer_finds_a_module_is_the_same() -> None:
    stack = STACK.format(key="orders", name="orders") + 'module "roles" {\n  source = "../roles"\n}\n'
    roles = "".join(f'resource "aws_iam_role" "r{n}" {{\n  name = "r{n}"\n}}\n' for n in range(5))
    found = effects(
        {"infra/orders/main.tf": stack, "infra/roles/main.tf": roles},
        {"old/orders/main.tf": stack, "infra/roles/main.tf": roles},
    )
    assert found == [(f"module.roles.aws_iam_role.r{n}", "destroy") for n in range(5)]
