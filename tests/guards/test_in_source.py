"""Every guard of the table in real Terraform source: as a literal, through a local, through a variable in another file."""

from __future__ import annotations

import json

import pytest

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.facts.guards import Guard, all_guards, guards_of
from blastlint.sources.memory import change_set
from tests.guards.test_guards import nested, strong_and_weak

FORMS = ("literal", "local", "variable")
# Meta-arguments and block lists are written out: they take no variable.
_LITERAL_ONLY = ("lifecycle.",)


def rows() -> list[tuple[str, Guard]]:
    found = []
    for types, guard in all_guards():
        type_ = types[-1].replace("*", "thing")
        alone = not (guard.where or guard.given or guard.strong == "items" or "=" in guard.path)
        plain = guard.scope == "terraform.resource" and guard.path and alone
        if plain and guard.path in [g.path for g in guards_of(guard.scope, type_) if g.kind == guard.kind]:
            found.append((type_, next(g for g in guards_of(guard.scope, type_) if g.path == guard.path)))
    return found


def source(strong: bool, form: str) -> dict[str, str]:
    """One configuration with a resource for each guard, all strong or all weak."""
    blocks, locals_, variables, values = [], [], [], []
    for number, (type_, guard) in enumerate(rows()):
        value = strong_and_weak(guard)[0 if strong else 1]
        expression = json.dumps(value)
        if form != "literal" and not guard.path.startswith(_LITERAL_ONLY):
            if form == "local":
                locals_.append(f"  v{number} = {expression}")
                expression = f"local.v{number}"
            else:
                variables.append(f'variable "v{number}" {{}}')
                values.append(f"v{number} = {expression}")
                expression = f"var.v{number}"
        blocks.append(f'resource "{type_}" "r{number}" {{\n{body(nested(guard.steps, expression, False))}}}\n')
    return {
        "main.tf": "\n".join(blocks),
        "locals.tf": "locals {\n" + "\n".join(locals_) + "\n}\n",
        "variables.tf": "\n".join(variables) + "\n",
        "terraform.tfvars": "\n".join(values) + "\n",
    }


def body(tree: dict[str, object], indent: str = "  ") -> str:
    """Arguments and blocks; a key with a dot stands in a map."""
    lines = []
    for key, child in tree.items():
        if isinstance(child, list):
            child = child[0]
        if isinstance(child, dict) and any("." in name for name in child):
            ((name, expression),) = child.items()
            lines.append(f"{indent}{key} = {{ {json.dumps(name)} = {expression} }}")
        elif isinstance(child, dict):
            lines.append(f"{indent}{key} {{\n{body(child, indent + '  ')}{indent}}}")
        else:
            lines.append(f"{indent}{key} = {child}")
    return "\n".join(lines) + "\n"


def directions(before: dict[str, str], after: dict[str, str]) -> dict[str, set[str]]:
    """address -> directions of its guard facts, exposures and facts about authentication."""
    report = pipeline.check(change_set(before, after), ())
    found: dict[str, set[str]] = {}
    for impact in report.impacts:
        for fact in impact.facts:
            if fact.name in ("guard", "exposure", "authentication"):
                direction = str(fact.fields.get("direction", "weakened"))
                found.setdefault(impact.change.address, set()).add(direction)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_each_guard_weakened_is_seen_and_strengthened_is_not(form: str) -> None:
    strong, weak = source(True, form), source(False, form)
    addresses = [f"{type_}.r{number}" for number, (type_, _) in enumerate(rows())]
    assert len(addresses) > 250
    worse, better = directions(strong, weak), directions(weak, strong)
    assert [a for a in addresses if "weakened" not in worse.get(a, ())] == []
    assert [a for a in addresses if "weakened" in better.get(a, ())] == []


def test_a_value_that_moves_into_a_local_or_a_variable_says_nothing() -> None:
    literal = source(True, "literal")
    for form in ("local", "variable"):
        assert directions(literal, source(True, form)) == {}


def test_every_kind_of_guard_has_its_rule() -> None:
    used: set[str] = set()
    for rule in shipped_rules():
        kinds = rule.when.get("guard.kind") if rule.on == "guard" else None
        used.update(kinds if isinstance(kinds, (list, tuple)) else [str(kinds)])
    silent = {guard.kind for _, guard in all_guards()} - used - {"public-access", "scheme", "service-type", "authentication"}
    assert silent == set()


def test_annotations_that_are_computed_as_a_whole_are_not_said_to_force_anything() -> None:
    before = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
    after = before + "  annotations:\n    {{- toYaml .Values.annotations | nindent 4 }}\n"
    for first, then in ((before, after), (after, before)):
        report = pipeline.check(change_set({"templates/a.yaml": first}, {"templates/a.yaml": then}), ())
        assert [f.path for i in report.impacts for f in i.facts if f.name == "guard"] == []
