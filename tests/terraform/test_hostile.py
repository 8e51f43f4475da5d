"""Configurations that mean nothing, or too much: unknown with a reason, in time."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.terraform.made import resolved, texts

CONSOLE = Path(__file__).parent / "console"
BASE = (CONSOLE / "main.tf").read_text(encoding="utf-8") + "".join(
    f"locals {{\n  e{n} = {line}\n}}\n"
    for n, line in enumerate((CONSOLE / "expressions.txt").read_text(encoding="utf-8").splitlines()[:120])
    if "<<" not in line
)


def reasons(text: str, **files: str) -> dict[str, str]:
    found = resolved({"main.tf": text, **files}, "main.tf")
    return {name: value.reason for name, value in found["x.y"].attributes.items.items()}


def test_cycles_and_missing_names() -> None:
    told = reasons(
        "locals {\n  a = local.b\n  b = local.a\n  c = [local.c]\n}\n"
        'variable "v" {}\n'
        'resource "x" "y" {\n  a = local.a\n  c = local.c\n  n = local.none\n  v = var.none\n  r = q.none.id\n'
        "  s = x.y.s\n  e = each.value\n  t = {}.k\n  f = nonsense(1)\n  u = upper([])\n  m = module.none.x\n}\n"
    )
    assert told == {
        "a": "refers to itself",
        "c": "",
        "n": "no such local value",
        "v": "no such variable",
        "r": "no such resource",
        "s": "known after apply",
        "e": "each has no meaning here",
        "t": "no element 'k'",
        "f": "function nonsense is not evaluated",
        "u": "string required, not list",
        "m": "no such module call",
    }


def test_duplicates_keep_the_first_and_unique_addresses() -> None:
    found = resolved(
        {
            "a.tf": 'resource "x" "y" { a = 1 }\nmoved {\n  from = b.c\n  to = b.d\n}\n'
            "moved {\n  from = b.c\n  to = b.e\n}\n",
            "b.tf": 'resource "x" "y" { a = 2 }\n',
        }
    )
    assert texts(found["x.y"]) == {"a": "1"}
    assert {a for a, e in found.items() if e.kind == "terraform.moved"} == {'moved["b.c"]', 'moved["b.c"]#2'}


def test_values_that_multiply_stop() -> None:
    doubling = 'locals {\n  l0 = "${q.r.id}"\n' + "".join(
        f'  l{n} = "${{local.l{n - 1}}}${{local.l{n - 1}}}"\n' for n in range(1, 60)
    )
    text = (
        doubling + "}\nlocals {\n  big = setproduct(range(1000), range(1000), range(1000))\n"
        '  pad = format("%999999999d", 1)\n  deep = [for i in range(1000) : [for j in range(1000) : i]]\n'
        '  slow = regex("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")\n  power = pow(10, 100000)\n'
        '  yaml = yamldecode(file("bomb.yaml"))\n}\n'
        'resource "x" "y" {\n  a = local.l59\n  b = local.big\n  c = local.pad\n  e = local.slow\n  f = local.power\n'
        "  g = local.yaml\n}\n"
    )
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    start = time.process_time()
    told = reasons(text, **{"bomb.yaml": "\n".join(lines)})
    assert time.process_time() - start < 10
    assert told["a"] == "template too long"
    assert told["g"] == "YAML expands to too much"
    assert "too costly" in told["e"]
    assert all(told.values())


def test_modules_that_multiply_stop() -> None:
    fan = "".join(f'module "m{n}" {{\n  source = "../l{{next}}"\n  count = 30\n}}\n' for n in range(3))
    files = {f"l{n}/main.tf": fan.replace("{next}", str(n + 1)) for n in range(6)}
    files["l6/main.tf"] = 'resource "x" "y" {}\n'
    start = time.process_time()
    found = resolved(files, "l0/main.tf")
    assert len(found) <= 60_000
    assert time.process_time() - start < 20


def test_long_chains_of_locals_do_not_overflow() -> None:
    chain = "locals {\n  l0 = 1\n" + "".join(f"  l{n} = [local.l{n - 1}][0] + 1\n" for n in range(1, 2000)) + "}\n"
    told = reasons(chain + 'resource "x" "y" {\n  near = local.l20\n  far = local.l1999\n}\n')
    assert told["near"] == ""


@given(st.integers(0, len(BASE) - 1), st.integers(0, 30), st.text('{}[]()"$%*.:?=,x1 \n', max_size=6))
@settings(max_examples=60, deadline=None)
def test_mutated_configurations_do_not_raise(position: int, length: int, text: str) -> None:
    mutated = BASE[:position] + text + BASE[position + length :]
    resolved({"main.tf": mutated + '\nresource "x" "y" {\n  a = local.name\n  b = local.e30\n  c = var.sizes\n}\n'})
