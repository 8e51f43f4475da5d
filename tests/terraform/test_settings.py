"""Modules of which only Terraform's own settings changed are not resolved, nor what calls them."""

from __future__ import annotations

from blastlint import pipeline, resolve
from blastlint.model import Report
from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform.settings import settled
from blastlint.sources.memory import MemoryTree, change_set

VERSIONS = """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}
"""
CALLS = 'module "a" {\n  source = "./modules/a"\n}\n'
QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
BEFORE = {"versions.tf": VERSIONS, "main.tf": CALLS, "modules/a/versions.tf": VERSIONS, "modules/a/main.tf": QUEUE}


def newer(text: str) -> str:
    return text.replace("~> 5.0", "~> 6.0")


def files(**changed: str) -> dict[str, str]:
    return {**BEFORE, **{path.replace("__", "/").replace("_tf", ".tf"): text for path, text in changed.items()}}


def alike(before: dict[str, str], after: dict[str, str]) -> set[str]:
    paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return set(settled(*sides(before, after), paths))


def sides(before: dict[str, str], after: dict[str, str]) -> tuple[Workspace, Workspace]:
    old, new = (MemoryTree({path: text.encode() for path, text in side.items()}) for side in (before, after))
    return Workspace(old, "before"), Workspace(new, "after")


def told(report: Report) -> list[tuple[str, str, str]]:
    return [
        (i.change.kind, i.change.address, i.effect) for i in report.impacts if i.change.kind.startswith("terraform.")
    ]


def test_a_release_of_a_provider_is_a_change_of_settings_alone() -> None:
    after = files(versions_tf=newer(VERSIONS), modules__a__versions_tf=newer(VERSIONS))
    assert alike(BEFORE, after) == {"versions.tf", "modules/a/versions.tf"}
    assert told(pipeline.check(change_set(BEFORE, after), ())) == [("terraform.settings", "terraform.settings", "no-op")]


def test_what_calls_such_a_module_is_not_read() -> None:
    after = files(modules__a__versions_tf=newer(VERSIONS))
    read = sides(BEFORE, after)
    assert resolve.both(*read, ["modules/a/versions.tf"]) == ((), ())
    assert [side.parsed for side in read] == [1, 1]


def test_a_comment_between_blocks_is_nothing() -> None:
    assert alike(BEFORE, files(main_tf="# what is called\n" + CALLS)) == {"main.tf"}


def test_another_edit_in_the_directory_resolves_it_whole() -> None:
    renamed = QUEUE.replace('"q"\n', '"p"\n')
    after = files(versions_tf=newer(VERSIONS), modules__a__versions_tf=newer(VERSIONS), modules__a__main_tf=renamed)
    assert alike(BEFORE, after) == {"versions.tf"}
    after = files(modules__a__versions_tf=newer(VERSIONS), modules__a__main_tf=renamed)
    assert told(pipeline.check(change_set(BEFORE, after), ())) == [
        ("terraform.resource", "module.a.aws_sqs_queue.q", "replace")
    ]


def test_a_block_beside_the_settings_counts() -> None:
    assert alike(BEFORE, files(versions_tf=newer(VERSIONS) + 'provider "aws" {\n  region = "eu-west-1"\n}\n')) == set()
    assert alike(BEFORE, files(versions_tf=newer(VERSIONS) + QUEUE)) == set()


def test_a_backend_is_no_mere_setting() -> None:
    after = files(versions_tf='terraform {\n  backend "s3" {\n    bucket = "state"\n  }\n}\n')
    assert alike(BEFORE, after) == set()
    assert ("terraform.backend", "terraform.backend", "no-op") in told(pipeline.check(change_set(BEFORE, after), ()))


def test_files_that_come_go_or_do_not_parse_are_resolved_whole() -> None:
    gone = {path: text for path, text in BEFORE.items() if path != "versions.tf"}
    assert alike(BEFORE, gone) == alike(gone, BEFORE) == set()
    assert alike(BEFORE, files(versions_tf="terraform {")) == set()
    assert alike({**BEFORE, "override.tf": VERSIONS}, {**BEFORE, "override.tf": newer(VERSIONS)}) == set()
