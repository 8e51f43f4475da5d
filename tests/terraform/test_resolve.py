"""Configurations -> entities: instances, values, references."""

from __future__ import annotations

from blastlint.model import Region, Value
from blastlint.resolve.terraform import details, resource_address
from blastlint.resolve.terraform.content import digest, same
from blastlint.resolve.terraform.documents import structure
from tests.terraform.made import resolved, resources, texts

DB = """
variable "name" {}
variable "size" { type = number }
variable "subnets" { default = [] }
resource "aws_db_instance" "this" {
  count             = length(var.subnets)
  identifier        = "${var.name}-${count.index}"
  allocated_storage = var.size
  subnet            = var.subnets[count.index]
}
output "arns" { value = aws_db_instance.this[*].arn }
output "names" { value = aws_db_instance.this[*].identifier }
"""


def test_modules_with_keys_count_and_inputs() -> None:
    found = resolved(
        {
            "modules/db/main.tf": DB,
            "live/main.tf": """
                resource "aws_subnet" "s" {
                  for_each   = toset(["b", "a"])
                  cidr_block = "10.0.${each.key == "a" ? 0 : 1}.0/24"
                }
                module "db" {
                  source   = "../modules/db"
                  for_each = { eu = { size = "20" } }
                  name     = "db-${each.key}"
                  size     = each.value.size
                  subnets  = [aws_subnet.s["a"].id, aws_subnet.s["b"].cidr_block]
                }
                resource "aws_x" "y" {
                  arns  = module.db["eu"].arns
                  names = join(",", module.db["eu"].names)
                  only  = one([for k, m in module.db : m.names[0]])
                }
                """,
        },
        "live/main.tf",
    )
    assert resources(found) == [
        'aws_subnet.s["a"]',
        'aws_subnet.s["b"]',
        "aws_x.y",
        'module.db["eu"].aws_db_instance.this[0]',
        'module.db["eu"].aws_db_instance.this[1]',
    ]
    first = found['module.db["eu"].aws_db_instance.this[0]']
    assert texts(first) == {"identifier": '"db-eu-0"', "allocated_storage": "20", "subnet": 'aws_subnet.s["a"].id'}
    assert first.references == {'aws_subnet.s["a"]', 'aws_subnet.s["b"]'}  # count depends on both
    assert first.attributes.items["subnet"].refs == {'aws_subnet.s["a"]'}
    assert (first.parent, first.type, first.name, first.configuration) == (
        'module.db["eu"]', "aws_db_instance", "this", "live",
    )  # fmt: skip
    second = found['module.db["eu"].aws_db_instance.this[1]']
    assert second.attributes.items["subnet"] == Value("10.0.1.0/24")
    assert second.attributes.items["subnet"].refs == {'aws_subnet.s["b"]'}
    assert texts(found["aws_x.y"]) == {
        "arns": '[module.db["eu"].aws_db_instance.this[0].arn, module.db["eu"].aws_db_instance.this[1].arn]',
        "names": '"db-eu-0,db-eu-1"',
        "only": '"db-eu-0"',
    }
    detail = first.detail
    assert isinstance(detail, details.Resource)
    assert (detail.resource, detail.repetition, detail.key, detail.countable, detail.module_directory) == (
        'module.db["eu"].aws_db_instance.this', "count", 0, True, "modules/db",
    )  # fmt: skip


def test_what_cannot_be_counted_is_one_star_instance() -> None:
    found = resolved(
        {
            "main.tf": """
                variable "create" {}
                resource "a" "b" {
                  count = var.create ? 1 : 0
                  name  = "n${count.index}"
                }
                resource "c" "d" {
                  for_each = toset(["x", a.b[0].id])
                  k        = each.value
                }
                resource "e" "f" { count = 1001 }
                resource "g" "h" {
                  first = a.b[0].name
                  all   = a.b[*].arn
                }
                """
        }
    )
    assert resources(found) == ["a.b[*]", 'c.d["x"]', "c.d[*]", "e.f[*]", "g.h"]
    star = found["a.b[*]"]
    assert texts(star) == {"name": '"n${count.index}"'}
    assert isinstance(star.detail, details.Resource)
    assert (star.detail.countable, star.detail.reason, star.detail.expression) == (
        False, "variable without a value", "var.create ? 1 : 0",
    )  # fmt: skip
    assert star.references == {"var.create"}
    assert texts(found['c.d["x"]']) == {"k": '"x"'}
    assert found["e.f[*]"].detail.reason == "more than 1000 instances"  # type: ignore[attr-defined]
    assert texts(found["g.h"]) == {"first": '"n0"', "all": "a.b[*].arn"}


def test_equal_unknowns_are_equal_however_written() -> None:
    found = resolved(
        {
            "main.tf": """
                locals { id = aws_vpc.main.id }
                resource "aws_vpc" "main" {}
                resource "x" "a" { v = "${aws_vpc.main.id}-x" }
                resource "x" "b" { v = format("%s-%s", local.id, "x") }
                resource "x" "c" { v = join("-", [local.id, "x"]) }
                resource "x" "d" { v = "${aws_vpc.main.id}-y" }
                """
        }
    )
    a, b, c, d = (found[f"x.{name}"].attributes for name in "abcd")
    assert a == b == c != d
    assert digest(found["x.a"]) == digest(found["x.b"]) != digest(found["x.d"])


def test_dynamic_blocks_and_meta_arguments() -> None:
    found = resolved(
        {
            "main.tf": """
                variable "unset" {}
                resource "aws_security_group" "g" {
                  provider = aws.west
                  name     = null
                  dynamic "ingress" {
                    for_each = { web = 443, ssh = 22 }
                    iterator = rule
                    content {
                      description = rule.key
                      from_port   = rule.value
                    }
                  }
                  ingress { from_port = 1 }
                  dynamic "egress" {
                    for_each = var.unset
                    content { to_port = egress.value }
                  }
                  lifecycle {
                    prevent_destroy       = true
                    create_before_destroy = true
                    ignore_changes        = [tags["a"], name]
                    replace_triggered_by  = [terraform_data.t.id]
                    precondition {
                      condition     = length(var.unset) > 0
                      error_message = "no"
                    }
                  }
                  depends_on = [aws_vpc.v, module.m]
                }
                resource "terraform_data" "t" {}
                provider "aws" {
                  alias  = "west"
                  region = "us-${"west"}-1"
                }
                """
        }
    )
    group = found["aws_security_group.g"]
    assert texts(group) == {
        "ingress": '[{"description" = "ssh", "from_port" = 22}, {"description" = "web", "from_port" = 443}, '
        '{"from_port" = 1}]',
        "egress": '[dynamic for var.unset : {"to_port" = each.value}]',
        "lifecycle": '{"create_before_destroy" = true, "ignore_changes" = toset(["tags[\\"a\\"]", "name"]), '
        '"precondition" = [{"condition" = "length(var.unset) > 0", "error_message" = "\\"no\\""}], '
        '"prevent_destroy" = true, "replace_triggered_by" = toset([terraform_data.t.id])}',
        "provider": '"aws.west"',
        "depends_on": 'toset(["aws_vpc.v", "module.m"])',
    }
    assert group.references == {"aws_vpc.v", "module.m", "terraform_data.t", "var.unset"}
    detail = group.detail
    assert isinstance(detail, details.Resource)
    assert (detail.provider, detail.prevent_destroy, detail.create_before_destroy) == ("provider.aws.west", True, True)
    assert detail.ignore_changes == ('tags["a"]', "name")
    assert detail.replace_triggered_by == ("terraform_data.t.id",)
    assert texts(found["provider.aws.west"]) == {"alias": '"west"', "region": '"us-west-1"'}


def test_providers_pass_through_modules() -> None:
    child = 'resource "aws_x" "y" {}\nresource "aws_x" "z" { provider = aws.far }\nmodule "in" { source = "./in" }\n'
    found = resolved(
        {
            "main.tf": """
                provider "aws" {}
                provider "aws" { alias = "eu" }
                module "m" {
                  source    = "./m"
                  providers = { aws = aws.eu, aws.far = aws }
                }
                """,
            "m/main.tf": child,
            "m/in/main.tf": 'resource "aws_x" "y" {}\nresource "google_x" "y" { provider = google-beta }\n',
        }
    )
    providers = {a: e.detail.provider for a, e in found.items() if isinstance(e.detail, details.Resource)}
    assert providers == {
        "module.m.aws_x.y": "provider.aws.eu",
        "module.m.aws_x.z": "provider.aws",
        "module.m.module.in.aws_x.y": "provider.aws.eu",
        "module.m.module.in.google_x.y": "provider.google-beta",
    }


def test_transitions_carry_their_module_path() -> None:
    found = resolved(
        {
            "main.tf": 'module "a" {\n  source = "./a"\n  count = 1\n}\nremoved {\n  from = x.y\n'
            '  lifecycle { destroy = false }\n}\nimport {\n  to = x.z["k"]\n  id = "i-1"\n}\n',
            "a/main.tf": "moved {\n  from = t.old\n  to = module.n.t.new\n}\n",
        }
    )
    assert texts(found['module.a[0].moved["t.old"]']) == {
        "from": '"module.a[0].t.old"',
        "to": '"module.a[0].module.n.t.new"',
    }
    assert texts(found['removed["x.y"]']) == {"from": '"x.y"', "destroy": "false"}
    assert texts(found['import["x.z["k"]"]']) == {"to": '"x.z[\\"k\\"]"', "id": '"i-1"'}


def test_settings_variables_outputs() -> None:
    found = resolved(
        {
            "main.tf": """
                terraform {
                  required_version = ">= 1.5"
                  required_providers { aws = { source = "hashicorp/aws", version = "~> 5.0" } }
                  backend "s3" {
                    bucket = "state"
                    key    = "prod/terraform.tfstate"
                  }
                }
                variable "secret" {
                  type      = string
                  sensitive = true
                  validation {
                    condition     = length(var.secret) > 8
                    error_message = "too short"
                  }
                }
                resource "x" "y" { password = "p-${var.secret}" }
                output "o" { value = upper("a") }
                """,
            "terraform.tfvars": 'secret = "hunter2hunter2"\n',
        }
    )
    assert texts(found["terraform.backend"]) == {"bucket": '"state"', "key": '"prod/terraform.tfstate"'}
    assert found["terraform.backend"].type == "s3"
    assert texts(found["terraform.settings"]) == {
        "required_version": '">= 1.5"',
        "required_providers": '{"aws" = {"source" = "hashicorp/aws", "version" = "~> 5.0"}}',
    }
    assert set(found["var.secret"].attributes.items) == {"type", "sensitive", "validation", "value"}
    assert found["var.secret"].attributes.items["value"].sensitive
    password = found["x.y"].attributes.items["password"]
    assert password == Value("p-hunter2hunter2")
    assert password.sensitive
    assert texts(found["output.o"]) == {"value": '"A"'}


def test_a_value_has_the_place_of_the_text_that_gave_it() -> None:
    found = resolved({"main.tf": 'variable "v" {\n  default = 1\n}\nresource "x" "y" {\n  a = var.v\n  b = "l"\n}\n'})
    items = found["x.y"].attributes.items
    assert items["a"].region == Region("after", "main.tf", 2, 13, 2, 14)
    assert items["b"].region == Region("after", "main.tf", 6, 7, 6, 10)
    assert found["x.y"].header == Region("after", "main.tf", 4, 1, 4, 18)


def test_overrides_win() -> None:
    found = resolved(
        {
            "main.tf": 'resource "x" "y" {\n  a = 1\n  b = 1\n  k { v = 1 }\n  lifecycle { prevent_destroy = true }\n}\n',
            "main_override.tf": 'resource "x" "y" {\n  b = 2\n  k { v = 2 }\n'
            "  lifecycle { create_before_destroy = true }\n}\n",
        }
    )
    assert texts(found["x.y"]) == {
        "a": "1",
        "b": "2",
        "k": '[{"v" = 2}]',
        "lifecycle": '{"create_before_destroy" = true, "prevent_destroy" = true}',
    }


def test_policy_documents_can_be_looked_into() -> None:
    found = resolved(
        {
            "main.tf": """
                resource "p" "a" { policy = jsonencode({ Action = ["s3:*"], Resource = [s3.b.arn, "${s3.b.arn}/*"] }) }
                resource "p" "b" {
                  policy = <<EOF
                { "Action": "s3:*", "Resource": "${s3.b.arn}", "Who": "$${aws:username}" }
                EOF
                }
                resource "s3" "b" {}
                """
        }
    )
    first = structure(found["p.a"].attributes.items["policy"])
    second = structure(found["p.b"].attributes.items["policy"])
    assert first is not None and second is not None
    assert first.get("Action", 0) == Value("s3:*")
    resource = first.get("Resource", 0)
    assert resource is not None
    assert (resource.known, resource.text, resource.refs) == (False, "s3.b.arn", {"s3.b"})
    assert second.get("Resource") == resource
    assert second.get("Who") == Value("${aws:username}")


def test_terraform_converts() -> None:
    assert same(Value("80"), Value(80))
    assert same(Value("true"), Value(True))
    assert same(None, Value(None))
    assert not same(Value("080"), Value(80))
    assert not same(Value(1), None)
    assert same(Value((Value(1), Value("2"))), Value((Value("1"), Value(2))))


def test_resource_address() -> None:
    assert resource_address('module.a["x[0]"].b.c["k"]') == 'module.a["x[0]"].b.c'
    assert resource_address("b.c[12]") == "b.c"
    assert resource_address("b.c[*]") == "b.c"
    assert resource_address("b.c") == "b.c"


def test_terraform_json_means_the_same() -> None:
    hcl = resolved(
        {
            "main.tf": 'locals { n = 2 }\nresource "x" "y" {\n  count = local.n\n'
            '  a = "k-${count.index}"\n  b = [1, true]\n}\n'
        }
    )
    json = resolved(
        {
            "main.tf.json": '{"locals": {"n": 2}, "resource": {"x": {"y": {"count": "${local.n}",'
            '"a": "k-${count.index}", "b": [1, true], "//": "a comment"}}}}'
        }
    )
    assert resources(hcl) == resources(json) == ["x.y[0]", "x.y[1]"]
    assert texts(hcl["x.y[1]"]) == texts(json["x.y[1]"]) == {"a": '"k-1"', "b": "[1, true]"}
    assert hcl["x.y[1]"].attributes == json["x.y[1]"].attributes
    assert json["x.y[1]"].attributes.items["a"].region is not None


def test_what_follows_from_what_is_configured_is_known() -> None:
    found = resolved(
        {
            "main.tf": """
                provider "aws" { region = "eu-west-1" }
                provider "aws" {
                  alias  = "china"
                  region = "cn-north-1"
                }
                data "aws_region" "here" {}
                data "aws_partition" "there" { provider = aws.china }
                resource "aws_sqs_queue" "a" {
                  count = data.aws_region.here.name == "eu-west-1" ? 2 : 0
                  name  = "a-${data.aws_partition.there.partition}"
                }
                resource "aws_acm_certificate" "c" {
                  domain_name               = "a.org"
                  subject_alternative_names = ["b.org", "a.org"]
                }
                resource "aws_route53_record" "v" {
                  for_each = { for o in aws_acm_certificate.c.domain_validation_options : o.domain_name => o }
                  name     = each.value.resource_record_name
                }
            """
        }
    )
    assert resources(found) == [
        "aws_acm_certificate.c",
        'aws_route53_record.v["a.org"]',
        'aws_route53_record.v["b.org"]',
        "aws_sqs_queue.a[0]",
        "aws_sqs_queue.a[1]",
    ]
    assert texts(found["aws_sqs_queue.a[0]"]) == {"name": '"a-aws-cn"'}
    name = found['aws_route53_record.v["a.org"]'].attributes.items["name"]
    assert not name.known and name.refs == frozenset({"aws_acm_certificate.c"})


def test_a_slice_of_an_unknown_list_has_its_length() -> None:
    found = resolved(
        {
            "main.tf": """
                data "aws_availability_zones" "all" {}
                locals { zones = slice(data.aws_availability_zones.all.names, 1, 3) }
                resource "aws_subnet" "s" {
                  count             = length(local.zones)
                  availability_zone = local.zones[count.index]
                }
            """
        }
    )
    assert resources(found) == ["aws_subnet.s[0]", "aws_subnet.s[1]"]
    assert texts(found["aws_subnet.s[1]"]) == {"availability_zone": "data.aws_availability_zones.all.names[2]"}
