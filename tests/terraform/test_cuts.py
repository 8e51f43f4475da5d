"""Every limit leaves a note: what was not looked at is said."""

from __future__ import annotations

from blastlint import pipeline
from blastlint.resolve.terraform import MAX_VARIANTS
from blastlint.resolve.terraform.roots import MAX_CONFIGURATIONS
from blastlint.resolve.terraform.terragrunt import MAX_UNITS
from blastlint.sources.memory import change_set

QUEUE = 'variable "name" {}\nresource "aws_sqs_queue" "q" {\n  name = var.name\n}\n'


def notes(before: dict[str, str], changed: dict[str, str]) -> list[tuple[str, str]]:
    report = pipeline.check(change_set(before, {**before, **changed}), ())
    assert report.verdict.incomplete == len(report.notifications)
    return [(note.path, note.message) for note in report.notifications]


def test_more_variable_files_than_are_looked_at() -> None:
    files = {f"live/env/{n:02}.tfvars": f'name = "q{n}"\n' for n in range(MAX_VARIANTS + 1)}
    told = notes({"live/main.tf": QUEUE, **files}, {"live/main.tf": QUEUE.replace("var.name", '"${var.name}-x"')})
    assert told == [("live", f"analysed in part: {MAX_VARIANTS} of {MAX_VARIANTS + 1} variable files were looked at")]


def test_as_many_as_are_looked_at_need_no_note() -> None:
    files = {f"live/env/{n:02}.tfvars": f'name = "q{n}"\n' for n in range(MAX_VARIANTS)}
    assert notes({"live/main.tf": QUEUE, **files}, {"live/main.tf": QUEUE + "#\n"}) == []


def test_more_configurations_than_are_looked_at() -> None:
    call = 'module "q" {\n  source = "../../modules/queue"\n  name   = "x"\n}\n'
    roots = {f"live/{n:03}/main.tf": call for n in range(MAX_CONFIGURATIONS + 1)}
    told = notes({"modules/queue/main.tf": QUEUE, **roots}, {"modules/queue/main.tf": QUEUE.replace("var.name", '"y"')})
    message = f"analysed in part: only {MAX_CONFIGURATIONS} of the configurations that it bears on were looked at"
    assert told == [("modules/queue", message)]


def test_more_terragrunt_units_than_are_looked_at() -> None:
    unit = 'terraform {\n  source = "../../modules/queue"\n}\ninputs = {\n  name = "x"\n}\n'
    units = {f"live/{n:03}/terragrunt.hcl": unit for n in range(MAX_UNITS + 2)}
    told = notes({"modules/queue/main.tf": QUEUE, **units}, {"modules/queue/main.tf": QUEUE.replace("var.name", '"y"')})
    message = f"analysed in part: {MAX_UNITS} of {MAX_UNITS + 2} terragrunt units were looked at"
    assert told == [(f"live/{MAX_UNITS:03}/terragrunt.hcl", message)]
