"""How much work a check does: parses, predicates, comparisons. Counted, so that a slow machine is no reason to fail."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import libcst
import pytest

from blastlint import parse, pipeline
from blastlint.engine import conditions
from blastlint.engine.judge import Judge
from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.enrich.supply import pins
from blastlint.model import ChangeSet
from blastlint.resolve.pipelines import elsewhere
from blastlint.sources.memory import change_set
from tests.performance.counting import calls_of, calls_within


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return shipped_rules()


def terraform(modules: int, size: str, resources: int = 3) -> dict[str, str]:
    block = 'resource "aws_instance" "n{}" {{\n  instance_type = "{}"\n}}\n'
    return {f"stack{m}/main.tf": "".join(block.format(n, size) for n in range(resources)) for m in range(modules)}


def calls_in(changed: ChangeSet, rules: tuple[Rule, ...]) -> int:
    """Python functions that a whole check calls: its work, in a unit that is the same everywhere."""
    count = 0

    def look(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(look)
    try:
        pipeline.check(changed, rules)
    finally:
        sys.setprofile(None)
    return count


# --- parsing ----------------------------------------------------------------------------------------------------------


def test_every_file_is_parsed_once_a_side(rules: tuple[Rule, ...]) -> None:
    siblings = {f"stack0/s{n}.tf": f'variable "v{n}" {{}}\n' for n in range(5)}
    elsewhere = {f"other{n}/main.tf": 'resource "aws_sqs_queue" "q" {}\n' for n in range(5)}
    call = {"live/main.tf": 'module "m" {\n  source = "../stack0"\n}\n'}
    prose = {"README.md": "# one\n"}
    common = {**siblings, **elsewhere, **call}
    changed = change_set(
        {**terraform(2, "a"), **common, **prose, "k.yaml": "kind: A\n"},
        {**terraform(2, "b"), **common, "README.md": "# two\n", "k.yaml": "kind: B\n"},
    )
    with calls_of(parse.parse, "path", "side") as parsed:
        pipeline.check(changed, rules)
    counts = Counter(parsed)
    assert set(counts.values()) == {1}
    needed = {"stack0/main.tf", "stack1/main.tf", "k.yaml", "README.md", *siblings, *call}
    assert {(path, side) for path in needed for side in ("before", "after")} == set(counts)


def test_libcst_reads_nothing_but_the_definition_that_changed(rules: tuple[Rule, ...]) -> None:
    before, after = functions(50, 1)["m.py"], functions(50, 1)["m.py"].replace("x > 1", "x > 2", 1)
    with calls_of(libcst.parse_module, "source") as read:
        pipeline.check(change_set({"m.py": before}, {"m.py": after}), rules)
    whole = before.count("\n") // 50
    assert [str(source).count("\n") <= whole for (source,) in read] == [True, True]


def test_libcst_reads_no_side_that_decides_nothing(rules: tuple[Rule, ...]) -> None:
    body = "def login(token):\n    try:\n        return check(token)\n    except KeyError:\n        raise Denied({})\n"
    with calls_of(libcst.parse_module, "source") as read:
        pipeline.check(change_set({"m.py": body.format("'no'")}, {"m.py": body.format("'never'")}), rules)
    assert len(read) == 2  # a side for `auth`, a side for `handlers`


def test_no_file_is_walked_for_keys_that_it_has_not(rules: tuple[Rule, ...]) -> None:
    before, after = keys(50, 1), keys(50, 2)
    with calls_of(pins._yaml, "key") as pinned, calls_of(elsewhere.shells, "path") as scripted:
        pipeline.check(change_set(before, after), rules)
    assert (pinned, scripted) == ([], [])
    job = {"app.yaml": before["app.yaml"] + "job:\n  run: terraform apply\n"}
    with calls_of(elsewhere.shells, "path") as scripted:
        pipeline.check(change_set(before, job), rules)
    assert scripted


# --- rules ------------------------------------------------------------------------------------------------------------


def silent(rules: tuple[Rule, ...], number: int) -> tuple[Rule, ...]:
    """Rules on what occurs, for kinds that do not."""
    shapes: list[tuple[str, Mapping[str, object]]] = [
        ("change", {"kind": "kubernetes.absent", "effect": "destroy"}),
        ("change", {"effect": ["forget"], "stateful": {"exists": True}}),
        ("guard", {"guard.kind": "absent", "guard.direction": "weakened"}),
        ("access", {"kind": "nothing"}),
        ("replacement", {"type": ["aws_none"], "replacement.count": {"ge": 1}}),
    ]
    made = (shapes[n % len(shapes)] for n in range(number))
    return tuple(
        replace(rules[0], id=f"OWN{n:03}", name=f"own-{n}", on=on, when=when, unless=())
        for n, (on, when) in enumerate(made)
    )


def test_silent_rules_cost_next_to_nothing(rules: tuple[Rule, ...]) -> None:
    guarded = (
        'resource "aws_db_instance" "d{}" {{\n  deletion_protection = {}\n  backup_retention_period = {}\n}}\n'
        'resource "aws_security_group_rule" "r{}" {{\n  cidr_blocks = ["{}"]\n  type = "ingress"\n}}\n'
    )
    before = {f"s{n}/main.tf": guarded.format(n, "true", 14, n, "10.0.0.0/8") for n in range(40)}
    after = {f"s{n}/main.tf": guarded.format(n, "false", 1, n, "0.0.0.0/0") for n in range(40)}
    impacts = pipeline.check(change_set(before, after), rules).impacts
    assert sum(len(impact.facts) for impact in impacts) >= 80
    counts = []
    for judge in (Judge(rules), Judge((*rules, *silent(rules, 50)))):
        with calls_within(conditions.__file__) as evaluated:
            found = judge.findings(impacts)
        counts.append((len(evaluated), len(found)))
    (few, findings), (more, findings_too) = counts
    assert findings == findings_too > 0
    assert more <= 1.25 * few, (few, more)


# --- growth -----------------------------------------------------------------------------------------------------------


def manifests(number: int, replicas: int) -> dict[str, str]:
    one = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d{}\nspec:\n  replicas: {}\n"
    return {f"k8s/m{n}.yaml": one.format(n, replicas) for n in range(number)}


def databases(number: int, engine: str) -> dict[str, str]:
    block = (
        'resource "aws_db_instance" "d{}" {{\n  engine = "{}"\n  lifecycle {{\n    prevent_destroy = true\n  }}\n}}\n'
    )
    return {"main.tf": "".join(block.format(n, engine) for n in range(number))}


def addresses(number: int, last: str) -> dict[str, str]:
    quoted = ", ".join(f'"10.{n // 250}.{n % 250}.{last}/32"' for n in range(number))
    return {"main.tf": f'resource "aws_wafv2_ip_set" "s" {{\n  addresses = [{quoted}]\n}}\n'}


def keys(number: int, value: int) -> dict[str, str]:
    return {"app.yaml": "".join(f"key{n}:\n  value: {value}\n" for n in range(number))}


def moved_keys(number: int, prefix: str) -> dict[str, str]:
    return {"app.yaml": "".join(f"{prefix}{n}:\n  value: {n}\n" for n in range(number))}


def functions(number: int, limit: int) -> dict[str, str]:
    body = "def f{}(x):\n    if x > {}:\n        raise ValueError(x)\n    return x\n\n\n"
    return {"m.py": "".join(body.format(n, limit) for n in range(number))}


def scaled(number: int, size: int) -> dict[str, str]:
    group = 'resource "aws_autoscaling_group" "g{0}" {{\n  min_size = {1}\n  max_size = {1}\n}}\n'
    policy = (
        'resource "aws_autoscaling_policy" "p{0}" {{\n  autoscaling_group_name = aws_autoscaling_group.g{0}.name\n}}\n'
    )
    return {"main.tf": "".join((group + policy).format(n, size) for n in range(number))}


def opened(number: int, source: str) -> dict[str, str]:
    rule = '  ingress {{\n    from_port = 22\n    to_port = 22\n    cidr_blocks = ["{1}"]\n  }}\n'
    group = f'resource "aws_security_group" "g{{0}}" {{{{\n{rule}}}}}\n'
    return {"main.tf": "".join(group.format(n, source) for n in range(number))}


def allowed(number: int, action: str) -> dict[str, str]:
    document = (
        'data "aws_iam_policy_document" "d{0}" {{\n  statement {{\n    actions = ["{1}"]\n    resources = ["*"]\n  }}\n}}\n'
        'resource "aws_iam_policy" "p{0}" {{\n  policy = data.aws_iam_policy_document.d{0}.json\n}}\n'
    )
    return {"main.tf": "".join(document.format(n, action) for n in range(number))}


def workflows(number: int, version: int) -> dict[str, str]:
    steps = "      - uses: actions/checkout@v{1}\n      - run: terraform apply -auto-approve\n"
    job = f"  j{{0}}:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
    return {".github/workflows/ci.yml": "on: push\njobs:\n" + "".join(job.format(n, version) for n in range(number))}


def script(number: int, last: str) -> dict[str, str]:
    return {"run.sh": "".join(f"echo {n}\ncp a{n} b{n}\n" for n in range(number)) + f"rm -rf /srv/{last}\n"}


def image(number: int, last: str) -> dict[str, str]:
    return {"Dockerfile": "FROM debian:12\n" + "".join(f"RUN cp a{n} b\n" for n in range(number)) + f"RUN cp {last} b\n"}


def recipes(number: int, last: str) -> dict[str, str]:
    return {"Makefile": "".join(f"t{n}:\n\tcp a{n} b\n" for n in range(number)) + f"z:\n\tcp {last} b\n"}


GROWING = {
    "manifests with one equal edit": lambda n: (manifests(n, 3), manifests(n, 4)),
    "root modules": lambda n: (terraform(n, "a"), terraform(n, "b")),
    "replaced databases": lambda n: (databases(n, "mysql"), databases(n, "postgres")),
    "deleted databases": lambda n: (databases(n, "mysql"), databases(1, "mysql")),
    "scaled groups": lambda n: (scaled(n, 4), scaled(n, 1)),
    "opened groups": lambda n: (opened(n, "10.0.0.0/8"), opened(n, "0.0.0.0/0")),
    "widened policies": lambda n: (allowed(n, "s3:GetObject"), allowed(n, "s3:*")),
    "jobs of one workflow": lambda n: (workflows(n, 3), workflows(n, 4)),
    "deleted root modules": lambda n: (terraform(n, "a"), terraform(1, "a")),
    "elements of one list": lambda n: (addresses(n, "1"), addresses(n, "2")),
    "keys of one file": lambda n: (keys(n, 1), keys(n, 2)),
    "renamed keys of one file": lambda n: (moved_keys(n, "a"), moved_keys(n, "b")),
    "lines of one script": lambda n: (script(n, "a"), script(n, "b")),
    "instructions of one image": lambda n: (image(n, "a"), image(n, "b")),
    "recipes of one Makefile": lambda n: (recipes(n, "a"), recipes(n, "b")),
    "functions of one module": lambda n: (functions(n, 1), functions(n, 2)),
}


@pytest.mark.parametrize("shape", GROWING)
def test_work_grows_with_the_change_and_no_faster(shape: str, rules: tuple[Rule, ...]) -> None:
    small, large = 60, 240
    calls_in(change_set(*GROWING[shape](5)), rules)  # what is read once is read
    few, many = (calls_in(change_set(*GROWING[shape](n)), rules) for n in (small, large))
    assert many <= 1.5 * large / small * few, (few, many)
