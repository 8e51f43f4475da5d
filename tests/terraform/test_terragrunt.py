"""Units of Terragrunt: what they come to, which of them a change bears on, and what that costs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform.definition import Definitions
from blastlint.resolve.terraform.roots import units
from blastlint.resolve.terraform.terragrunt_files import MAX_FILES, Unit
from blastlint.resolve.terraform.values import render
from blastlint.sources.memory import MemoryTree

MODULE = 'variable "n" {}\nresource "x" "y" { n = var.n }\noutput "given" { value = var.n }\n'
MODULE += 'output "made" { value = x.y.id }\noutput "hidden" {\n  value = "s"\n  sensitive = true\n}\n'
SOURCE = 'terraform { source = "${get_repo_root()}//m" }\n'
INCLUDE = 'include "root" { path = find_in_parent_folders("root.hcl") }\n'


def touched(files: dict[str, str], *changed: str, modules: tuple[str, ...] = ()) -> dict[str, Unit]:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return units(Definitions(Workspace(tree, "after")), changed, modules)


def inputs(files: dict[str, str], path: str) -> dict[str, str]:
    found = touched({"m/main.tf": MODULE, **files}, path)
    return {name: render(value) for name, value in found[path].inputs.items.items()}


def test_an_included_file_looks_from_the_unit_and_a_read_one_from_itself() -> None:
    files = {
        "live/root.hcl": 'locals { env = read_terragrunt_config(find_in_parent_folders("env.hcl")) }\n'
        "inputs = { env = local.env.locals.name, at = local.env.locals.at, unit = get_terragrunt_dir() }\n",
        "live/prod/env.hcl": 'locals {\n  name = "prod"\n  at = get_terragrunt_dir()\n}\n',
        "live/prod/a/terragrunt.hcl": INCLUDE + SOURCE,
    }
    told = {"env": '"prod"', "at": '"/live/prod"', "unit": '"/live/prod/a"'}
    assert inputs(files, "live/prod/a/terragrunt.hcl") == told


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("shallow", {"n": '{"b" = 2}', "l": "[2]", "only": "1"}),
        ("deep", {"n": '{"a" = 1, "b" = 2}', "l": "[1, 2]", "only": "1"}),
        ("no_merge", {"n": '{"b" = 2}', "l": "[2]"}),
    ],
)
def test_the_strategy_says_how_inputs_are_merged(strategy: str, expected: dict[str, str]) -> None:
    unit = f'include "root" {{\n  path = "../root.hcl"\n  merge_strategy = "{strategy}"\n}}\n{SOURCE}'
    files = {
        "root.hcl": "inputs = {\n  n = { a = 1, b = 1 }\n  l = [1]\n  only = 1\n}\n",
        "a/terragrunt.hcl": unit + "inputs = {\n  n = { b = 2 }\n  l = [2]\n}\n",
    }
    assert inputs(files, "a/terragrunt.hcl") == expected


def test_the_later_include_wins() -> None:
    both = 'include "a" { path = "../a.hcl" }\ninclude "b" { path = "../b.hcl" }\n'
    files = {
        "a.hcl": 'terraform { source = "../other" }\ninputs = { n = 1 }\n',
        "b.hcl": f"{SOURCE}inputs = {{ n = 2 }}\n",
        "u/terragrunt.hcl": both,
    }
    assert inputs(files, "u/terragrunt.hcl") == {"n": "2"}
    assert touched(files, "u/terragrunt.hcl")["u/terragrunt.hcl"].directory == "m"


def test_outputs_of_another_unit_are_those_of_its_source_and_never_its_mocks() -> None:
    depends = 'dependency "a" {\n  config_path = "../a"\n  mock_outputs = { given = "mock", gone = "mock" }\n}\n'
    asks = "inputs = {\n  given = dependency.a.outputs.given\n  made = dependency.a.outputs.made\n"
    asks += '  gone = dependency.a.outputs.gone\n  by_key = dependency.a.outputs["given"]\n}\n'
    files = {
        "a/terragrunt.hcl": f"{SOURCE}inputs = {{ n = [1, 2] }}\n",
        "b/terragrunt.hcl": SOURCE + depends + asks,
    }
    told = inputs(files, "b/terragrunt.hcl")
    assert told == {"given": "[1, 2]", "by_key": "[1, 2]", "made": "dependency.a.outputs.made", "gone": told["gone"]}
    assert "mock" not in told["gone"]
    files |= {"m/main.tf": MODULE, "b/terragrunt.hcl": f"{SOURCE}{depends}inputs = {{ n = dependency.a.outputs.hidden }}"}
    hidden = touched(files, "b/terragrunt.hcl")["b/terragrunt.hcl"].inputs.items["n"]
    assert hidden.sensitive
    assert hidden.refs == frozenset()


def test_what_cannot_be_known_says_why() -> None:
    files = {"a/terragrunt.hcl": f'{SOURCE}inputs = {{\n  n = get_env("STAGE", "dev")\n  m = file("gone.txt")\n}}\n'}
    found = touched(files, "a/terragrunt.hcl")["a/terragrunt.hcl"].inputs.items
    assert not found["n"].known
    assert found["n"].reason == "function get_env is not evaluated"
    assert not found["m"].known
    assert found["m"].reason


def test_files_of_values_win_over_inputs_and_the_later_over_the_earlier() -> None:
    extra = 'terraform {\n  source = "${get_repo_root()}//m"\n  extra_arguments "vars" {\n'
    extra += '    arguments = ["-var-file=late.tfvars"]\n'
    extra += '    optional_var_files = [find_in_parent_folders("stage.tfvars"), "gone.tfvars"]\n  }\n}\n'
    files = {
        "live/stage.tfvars": "c = 4\n",
        "live/a/late.tfvars": "c = 3\nb = 3\n",
        "live/a/terraform.tfvars": "b = 2\na = 2\n",
        "live/a/terragrunt.hcl": extra + "inputs = {\n  a = 1\n  b = 1\n  c = 1\n  d = 1\n}\n",
    }
    assert inputs(files, "live/a/terragrunt.hcl") == {"a": "2", "b": "3", "c": "4", "d": "1"}
    for changed in ("live/stage.tfvars", "live/a/late.tfvars", "live/a/terraform.tfvars"):
        assert list(touched({"m/main.tf": MODULE, **files}, changed)) == ["live/a/terragrunt.hcl"]


def test_where_more_may_be_given_no_default_is_asserted() -> None:
    unknown = "inputs = merge(dependency.gone.outputs, { m = 1 })\n"
    files = {"a/terragrunt.hcl": SOURCE + unknown, "b/terragrunt.hcl": SOURCE + 'include "r" { path = get_env("R") }\n'}
    assert inputs(files, "a/terragrunt.hcl") == {"m": "1", "n": "inputs.n"}
    assert inputs(files, "b/terragrunt.hcl") == {"n": "inputs.n"}


def test_circles_end() -> None:
    depends = 'dependency "o" {{ config_path = "../{}" }}\ninputs = {{ n = dependency.o.outputs.given }}\n'
    files = {
        "a/terragrunt.hcl": SOURCE + depends.format("b"),
        "b/terragrunt.hcl": SOURCE + depends.format("a"),
        "c/terragrunt.hcl": f'{SOURCE}inputs = {{ n = read_terragrunt_config("terragrunt.hcl") }}\n',
        "d/terragrunt.hcl": f'include {{ path = "terragrunt.hcl" }}\n{SOURCE}inputs = {{ n = 1 }}\n',
    }
    assert not touched({"m/main.tf": MODULE, **files}, "a/terragrunt.hcl")["a/terragrunt.hcl"].inputs.items["n"].known
    assert inputs(files, "c/terragrunt.hcl").keys() == {"n"}
    assert inputs(files, "d/terragrunt.hcl") == {"n": "1"}


def test_files_that_read_each_other_many_times_are_cut() -> None:
    reads = "".join(f'  r{n} = read_terragrunt_config("../x{{}}/terragrunt.hcl")\n' for n in range(6))
    files = {f"x{n}/terragrunt.hcl": f"{SOURCE}locals {{\n{reads.format(*[n + 1] * 6)}}}\n" for n in range(9)}
    files["a/terragrunt.hcl"] = SOURCE + 'inputs = { n = read_terragrunt_config("../x0/terragrunt.hcl") }\n'
    workspace = Workspace(MemoryTree({path: text.encode() for path, text in files.items()}), "after")
    assert list(units(Definitions(workspace), ["a/terragrunt.hcl"], ())) == ["a/terragrunt.hcl"]
    assert [said for _, said in workspace.cuts if f"read {MAX_FILES} times" in said]


TREE = {
    "m/main.tf": 'module "in" { source = "../inner" }\n',
    "inner/main.tf": MODULE,
    "live/root.hcl": 'locals { env = read_terragrunt_config(find_in_parent_folders("env.hcl")) }\n',
    "live/_env/x.hcl": 'locals { all = yamldecode(file(find_in_parent_folders("all.yaml"))) }\n' + SOURCE,
    "live/all.yaml": "a: 1\n",
    "live/dev/env.hcl": "locals {}\n",
    "live/prod/env.hcl": "locals {}\n",
    "live/dev/a/terragrunt.hcl": INCLUDE + 'include "x" { path = "${get_terragrunt_dir()}/../../_env/x.hcl" }\n',
    "live/prod/a/terragrunt.hcl": INCLUDE + 'include "x" { path = "../../_env/x.hcl" }\n',
    "live/prod/b/terragrunt.hcl": INCLUDE + 'terraform { source = "../../../other" }\n',
    "other/main.tf": MODULE,
    "aside/terragrunt.hcl": 'terraform { source = "../other" }\n',
    "aside/env.hcl": "locals {}\n",
    "far/other/terragrunt.hcl": 'terraform { source = "${get_repo_root()}/${basename(get_terragrunt_dir())}" }\n',
    "far/m/terragrunt.hcl": 'terraform { source = "../..//${basename(get_terragrunt_dir())}" }\n',
    "far/m/x.auto.tfvars": "n = 1\n",
    "config/dev.yaml": "a: 1\n",
    "config/dev.json": "{}\n",
    "far/n/terragrunt.hcl": 'locals { all = yamldecode(file("${get_repo_root()}/config/${local.stage}.yaml")) }\n'
    'terraform { source = "../../remote" }\n',
}


@pytest.mark.parametrize(
    ("changed", "modules", "expected"),
    [
        ("live/root.hcl", (), ["live/dev/a", "live/prod/a", "live/prod/b"]),
        ("live/_env/x.hcl", (), ["live/dev/a", "live/prod/a"]),
        ("live/all.yaml", (), ["live/dev/a", "live/prod/a"]),
        ("live/dev/env.hcl", (), ["live/dev/a"]),
        ("live/prod/env.hcl", (), ["live/prod/a", "live/prod/b"]),
        ("aside/env.hcl", (), []),
        ("inner/main.tf", ("inner",), ["far/m", "live/dev/a", "live/prod/a"]),
        ("other/main.tf", ("other",), ["aside", "far/other", "live/prod/b"]),
        ("far/m/x.auto.tfvars", (), ["far/m"]),
        ("config/dev.yaml", (), ["far/n"]),
        ("config/dev.json", (), []),
        ("README.md", (), []),
    ],
)
def test_the_units_that_a_change_bears_on(changed: str, modules: tuple[str, ...], expected: list[str]) -> None:
    found = touched(TREE, changed, modules=modules)
    assert sorted(found) == [f"{directory}/terragrunt.hcl" for directory in expected]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet='{}"$()=./\n abincludepthlocals', max_size=120))
def test_no_text_raises(text: str) -> None:
    written = dict.fromkeys(("live/root.hcl", "live/prod/a/terragrunt.hcl"), text)
    touched({**TREE, **written}, *written)
