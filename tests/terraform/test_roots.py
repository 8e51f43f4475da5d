"""Which configurations a changed file bears on."""

from __future__ import annotations

from blastlint import pipeline
from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform import entities
from blastlint.sources.memory import MemoryTree, change_set
from tests.terraform.made import resolved, resources, texts

LEAF = 'variable "n" { default = 1 }\nresource "x" "y" { n = var.n }\n'


def call(source: str, n: int) -> str:
    return f'module "m" {{\n  source = "{source}"\n  n = {n}\n}}\n'


def test_a_shared_module_is_seen_through_every_root_that_calls_it() -> None:
    files = {
        "modules/leaf/main.tf": LEAF,
        "modules/mid/main.tf": 'variable "n" {}\nmodule "leaf" {\n  source = "../leaf"\n  n = var.n + 1\n}\n',
        "live/a/main.tf": call("../../modules/mid", 10),
        "live/b/main.tf": call("../../modules/leaf", 20),
        "live/c/main.tf": 'resource "x" "unrelated" {}\n',
        "examples/one/main.tf": call("../../modules/leaf", 30),
    }
    found = resolved(files, "modules/leaf/main.tf")
    assert resources(found) == ["live/a:module.m.module.leaf.x.y", "live/b:module.m.x.y"]
    assert texts(found["live/a:module.m.module.leaf.x.y"]) == {"n": "11"}


def test_a_module_that_only_examples_call_is_its_own_configuration() -> None:
    files = {"main.tf": LEAF, "examples/one/main.tf": call("../..", 5)}
    assert resources(resolved(files, "main.tf")) == ["x.y"]
    assert resources(resolved(files, "examples/one/main.tf")) == ["module.m.x.y"]


def test_variables_of_modules_show_once_and_only_where_files_changed() -> None:
    files = {
        "m/main.tf": LEAF,
        "main.tf": 'module "a" {\n  source = "./m"\n  count = 2\n}\nvariable "top" {}\n',
    }
    assert {a for a, e in resolved(files, "main.tf").items() if e.kind == "terraform.variable"} == {"var.top"}
    found = resolved(files, "m/main.tf")
    assert {a for a, e in found.items() if e.kind == "terraform.variable"} == {"var.top", "module.a.var.n"}


def test_cost_does_not_grow_with_unrelated_modules() -> None:
    files = {"live/main.tf": call("../modules/leaf", 1), "modules/leaf/main.tf": LEAF}
    many = {f"other/m{n}/main.tf": 'resource "x" "y" {}\n' for n in range(300)}
    counts = []
    for tree in (files, {**files, **many}):
        workspace = Workspace(MemoryTree({path: text.encode() for path, text in tree.items()}), "after")
        assert len(list(entities(workspace, ["modules/leaf/main.tf"]))) == 3
        counts.append(workspace.parsed)
    assert counts == [2, 2]


def test_remote_and_missing_and_recursive_modules_are_opaque() -> None:
    files = {
        "main.tf": """
            module "remote" {
              source = "terraform-aws-modules/vpc/aws"
              version = "5.0.0"
            }
            module "missing" { source = "./nowhere" }
            module "self" { source = "./loop" }
            module "outside" { source = "../elsewhere" }
            resource "x" "y" {
              v = module.remote.vpc_id
              w = module.missing.a.b
            }
            """,
        "loop/main.tf": 'module "again" { source = "../loop" }\nresource "x" "in" {}\n',
    }
    found = resolved(files, "main.tf")
    assert resources(found) == ["module.self.x.in", "x.y"]
    assert texts(found["x.y"]) == {"v": "module.remote.vpc_id", "w": "module.missing.a.b"}
    assert found["x.y"].references == {"module.remote", "module.missing"}
    reasons = {name: found["x.y"].attributes.items[name].reason for name in "vw"}
    assert reasons == {"v": "the module is not in this tree", "w": "no configuration in nowhere"}
    assert {a: e.detail.directory for a, e in found.items() if e.kind == "terraform.module"} == {  # type: ignore[attr-defined]
        "module.remote": None,
        "module.missing": None,
        "module.self": "loop",
        "module.outside": None,
        "module.self.module.again": None,
    }


def test_terragrunt_units_apply_modules_with_inputs() -> None:
    files = {
        "modules/db/main.tf": 'variable "name" {}\nvariable "size" {}\nvariable "vpc" {}\nresource "db" "this" {\n'
        "  name = var.name\n  size = var.size\n  vpc = var.vpc\n}\n",
        "live/root.hcl": 'locals { org = "acme" }\ninputs = { size = 1, name = "overridden" }\n',
        "live/env.hcl": 'locals { env = "prod" }\n',
        "live/prod/db/terragrunt.hcl": """
            include "root" {
              path   = find_in_parent_folders("root.hcl")
              expose = true
            }
            locals { env = read_terragrunt_config("${get_terragrunt_dir()}/../../env.hcl").locals.env }
            terraform { source = "${get_repo_root()}/modules//db" }
            dependency "vpc" { config_path = "../vpc" }
            inputs = {
              name = "${include.root.locals.org}-${local.env}"
              vpc  = dependency.vpc.outputs.id
            }
            """,
        "live/prod/remote/terragrunt.hcl": 'terraform { source = "git::https://x/y.git//m?ref=v1" }\ninputs = { a = 1 }\n',
    }
    unit = "live/prod/db:db.this"
    for changed in ("live/prod/db/terragrunt.hcl", "live/root.hcl", "modules/db/main.tf"):
        found = resolved(files, changed)
        assert (found.get(unit) or found["db.this"]).configuration == "live/prod/db"
        assert "modules/db:db.this" not in found
    found = resolved(files, "live/prod/db/terragrunt.hcl")
    assert texts(found["db.this"]) == {"name": '"acme-prod"', "size": "1", "vpc": "dependency.vpc.outputs.id"}
    remote = resolved(files, "live/prod/remote/terragrunt.hcl")["terragrunt"]
    assert texts(remote) == {"a": "1", "source": '"git::https://x/y.git//m?ref=v1"'}


def told(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str, str]]:
    report = pipeline.check(change_set(before, after), ())
    return [
        (i.change.action, i.change.entity.configuration, i.change.address)
        for i in report.impacts
        if i.change.kind == "terraform.resource"
    ]


def test_files_that_a_configuration_reads_bear_on_it() -> None:
    main = """
        locals { queues = yamldecode(file("${path.module}/config/${"queues"}.yaml")) }
        resource "q" "q" {
          for_each = local.queues
          size     = each.value
        }
        resource "script" "s" { body = templatefile("${path.module}/../common/boot.sh", { n = 1 }) }
        """
    before = {"live/main.tf": main, "live/config/queues.yaml": "a: 1\nb: 2\n", "common/boot.sh": "echo ${n}\n"}
    assert told(before, {**before, "live/config/queues.yaml": "a: 1\n"}) == [("removed", "live", 'q.q["b"]')]
    assert told(before, {**before, "common/boot.sh": "echo x${n}\n"}) == [("modified", "live", "script.s")]
    assert told(before, {**before, "other.yaml": "a: 1\n"}) == []


def test_a_module_that_is_called_from_now_on_is_not_removed() -> None:
    before = {"m/main.tf": 'resource "aws_db_instance" "d" { a = 1 }\n'}
    after = {
        "m/main.tf": 'resource "aws_db_instance" "d" { a = 2 }\n',
        "live/main.tf": 'module "m" { source = "../m" }\n',
    }
    assert told(before, after) == [("added", "live", "module.m.aws_db_instance.d")]
    assert told(before, {"m/main.tf": "# empty\n"}) == [("removed", "m", "aws_db_instance.d")]


def test_a_module_that_reads_a_changed_file_is_there_on_both_sides() -> None:
    """A new module brings a file of a name that another module's text has: nothing happens to the other."""
    reader = 'resource "x" "y" {\n  text = file("${path.module}/templates/start.sh")\n}\n'
    before = {"old/main.tf": reader, "old/templates/start.sh": "a\n"}
    after = {**before, "new/main.tf": reader, "new/templates/start.sh": "b\n"}
    report = pipeline.check(change_set(before, after, ""), [])
    assert [
        (i.change.entity.configuration, i.change.address, i.effect) for i in report.impacts if i.change.type == "x"
    ] == [("new", "x.y", "create")]


def test_the_default_of_a_lookup_in_an_empty_map_is_known() -> None:
    found = resolved({"main.tf": 'variable "k" {}\nresource "x" "y" { a = lookup({}, var.k, "d") }\n'}, "main.tf")
    assert texts(found["x.y"]) == {"a": '"d"'}
