"""A few lines that would take all time or memory: what they come to is unknown, with the reason."""

from __future__ import annotations

import pytest

from blastlint.model import Value
from blastlint.parse.workspace import Workspace
from blastlint.resolve import terraform
from blastlint.sources.memory import change_set

_LARGE = "larger than is computed with"
_LOOPS = "more loops than are run"


def name_of(text: str, **files: str) -> Value:
    """The name of the queue `a` in a configuration."""
    tree = {"main.tf": text, **{name.replace("_", "."): content for name, content in files.items()}}
    found = terraform.entities(Workspace(change_set({}, tree).after, "after"), ["main.tf"])
    value = next(e for e in found if e.address == "aws_sqs_queue.a").attributes.get("name")
    assert value is not None
    return value


def queue(expression: str) -> str:
    return f'resource "aws_sqs_queue" "a" {{\n  name = {expression}\n}}\n'


def doubled(by: str, first: str, use: str) -> str:
    """Forty locals of which each holds the one before twice."""
    steps = "".join(f"  l{n + 1} = {by.replace('@', f'local.l{n}')}\n" for n in range(40))
    return f"locals {{\n  l0 = {first}\n{steps}}}\n" + queue(use.replace("@", "local.l40"))


@pytest.mark.parametrize(
    ("by", "first", "use"),
    [
        ("concat(@, @)", '["a"]', "length(@)"),
        ("flatten([@, @])", '["a"]', "length(@)"),
        ("[@, @]", '["a"]', "jsonencode(@)"),
        ("{ a = @, b = @ }", "{ x = 1 }", "jsonencode(@)"),
    ],
)
def test_values_that_double_are_not_followed_to_the_end(by: str, first: str, use: str) -> None:
    value = name_of(doubled(by, first, use))
    assert (value.known, value.reason) == (False, _LARGE)


def test_try_does_not_take_it_for_an_error_of_terraform() -> None:
    value = name_of(doubled("concat(@, @)", '["a"]', 'try(@[0], "none")'))
    assert not value.known and value.reason == _LARGE


def test_arguments_of_resources_that_double() -> None:
    chain = "".join(
        f'resource "aws_iam_policy" "p{n}" {{\n  tags = {{ a = {ref}, b = {ref} }}\n}}\n'
        for n, ref in enumerate(['"x"', *(f"aws_iam_policy.p{n}.tags" for n in range(20))])
    )
    value = name_of(chain + queue("jsonencode(aws_iam_policy.p20.tags)"))
    assert not value.known and value.reason == _LARGE


def test_loops_in_loops_are_not_run_to_the_end() -> None:
    loop = "length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]])"
    value = name_of(queue(loop))
    assert (value.known, value.reason) == (False, _LOOPS)


def test_neither_are_those_of_templates() -> None:
    body = "%{ for a in n }%{ for b in n }%{ for c in n }%{ endfor }%{ endfor }%{ endfor }"
    value = name_of(queue('templatefile("t.tpl", { n = range(1000) })'), t_tpl=body)
    assert (value.known, value.reason) == (False, _LOOPS)


def test_texts_that_grow_many_times_over() -> None:
    long = 'join("", [for i in range(1000) : "xxxxxxxxxx"])'
    text = f'locals {{\n  l = {long}\n}}\n{queue("join(local.l, [for i in range(1000) : local.l])")}'
    assert name_of(text).reason == "join: result too long"
    text = text.replace("join(local.l, [for i in range(1000) : local.l])", 'length(replace(local.l, "x", local.l))')
    assert name_of(text).reason == "replace: result too long"


def test_what_people_write_is_far_below() -> None:
    text = queue("length(flatten([for a in range(100) : [for b in range(100) : [for c in range(3) : a * b + c]]]))")
    assert name_of(text).data == 30_000


def test_blocks_in_blocks_are_not_made_to_the_end() -> None:
    block = 'dynamic "b" {\n for_each = range(1000)\n content {\n'
    text = f'resource "aws_sqs_queue" "a" {{\n  name = "q"\n{block * 4}v = 1\n{"}}" * 4}}}\n'.replace("}}", "}\n}\n")
    assert name_of(text).data == "q"


def test_what_is_nested_too_deeply_is_unknown() -> None:
    assert not name_of(queue(f"{'!' * 5000}true")).known
    value = name_of(queue('templatefile("t.tpl", {})'), t_tpl='${templatefile("t.tpl", {})}')
    assert not value.known
