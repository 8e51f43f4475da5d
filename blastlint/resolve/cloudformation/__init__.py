"""CloudFormation templates -> resources with effective values: `cloudformation.resource`, `template.yaml:LogicalId`.

The type is CloudFormation's own (`AWS::RDS::DBInstance`; SAM's are expanded), the attributes are the whole declaration with
functions evaluated, `configuration` is the template's directory. The name is the path in a CDK application where there is
one, else the logical id. The variant without a name is what the defaults of the parameters give. Named ones are parameter
files; where there are none, values that conditions and mappings tell apart (`Env=prod`); and stacks of other templates that
nest this one (`parent.yaml:Stack`). A resource whose condition does not hold is not there; one that no variant has is in
the default one, uncertain. `Rules`, `Outputs` and `Transform` declare no resource, and macros are not run.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from blastlint.facts.canonical import digest
from blastlint.facts.providers import facts_of
from blastlint.frozen import dataclass, replace
from blastlint.model import Entity, Region, Value, unknown
from blastlint.parse.workspace import Workspace
from blastlint.resolve.cloudformation.details import KIND, WITHIN, Resource, Variation
from blastlint.resolve.cloudformation.evaluate import Evaluation
from blastlint.resolve.cloudformation.loops import unrolled
from blastlint.resolve.cloudformation.nesting import child_of, parents_of
from blastlint.resolve.cloudformation.parameters import Files, Inputs, alternatives, defaults, filled, owners
from blastlint.resolve.cloudformation.serverless import expanded
from blastlint.resolve.cloudformation.template import Template, templates, text
from blastlint.resolve.cloudformation.values import canonical, refs_of

_REPLACING = ("UpdatePolicy", "AutoScalingReplacingUpdate", "WillReplace")
_MAX_TEMPLATES = 1000
_MAX_NESTED = 5
_MAX_VARIED = 400  # a template with more resources is looked at with its defaults only


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """The resources of every template that the changed files are, give parameters to, or are nested in."""
    resolver = _Resolver(workspace)
    paths = {*changed, *concerned(workspace, changed)}
    firsts = (next(templates(workspace, path), None) for path in sorted(paths, key=_by_name))
    found = [template for template in firsts if template is not None]
    for template in found[_MAX_TEMPLATES:]:
        workspace.cut(template.path, f"more than {_MAX_TEMPLATES} templates are concerned")
    for template in found[:_MAX_TEMPLATES]:
        yield from resolver.variants(template)


def in_variant(workspace: Workspace, path: str, label: str) -> Iterator[Entity]:
    """The resources of a template with a value that it does not tell apart itself, but that a parameter may have."""
    template = next(templates(workspace, path), None)
    if template is None:
        return
    name, _, value = label.partition("=")
    chosen = (name.removesuffix(" given"), value if name != label else None)
    for entity in _Resolver(workspace).resources(template, _alternative(template, label, *chosen)):
        if entity.region.path == path:
            yield entity


def _by_name(path: str) -> tuple[str, str]:
    """The order in which templates are taken up to the limit: the same on both sides where they change directory."""
    return posixpath.basename(path), path


def concerned(workspace: Workspace, changed: Sequence[str]) -> frozenset[str]:
    """The templates that changed files give parameters to, and those that nest one of all these. Which they are may differ
    between the sides, where such a file came or went; each side has to read those of both."""
    there = [path for path in changed if workspace.tree.size(path) is not None]
    owned = {owner for path in there for owner in owners(workspace, path)}
    own = [path for path in {*there, *owned} if next(templates(workspace, path), None) is not None]
    return frozenset(owned).union(*(parents_of(workspace, path) for path in own))


@dataclass(frozen=True, slots=True)
class _Case:
    """One way in which a template is deployed."""

    inputs: Inputs
    variant: str = ""
    variation: Variation = ""
    others: frozenset[str] = frozenset()
    parent: str = ""


class _Resolver:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.files = Files(workspace)

    def variants(self, template: Template) -> Iterator[Entity]:
        """The resources of a template on its own, in each variant, and those of the templates that it nests."""
        made: set[str] = set()
        files = self.files.of(template)
        cases = [_Case(filled(template, given), path, "file") for path, given in files.items()]
        if not files and len(template.resources) <= _MAX_VARIED:
            cases = [_alternative(template, label, *chosen) for label, chosen in alternatives(template).items()]
        for case in (_Case(defaults(template)), *cases):
            for entity in self.resources(template, case):
                made.add(entity.address)
                yield entity
        if not files:
            for entity in self.resources(template, _Case(defaults(template)), but=frozenset(made)):
                yield entity

    def resources(
        self, template: Template, case: _Case, but: frozenset[str] = frozenset(), depth: int = 0
    ) -> Iterator[Entity]:
        """The resources of one variant; with `but` only those (uncertain) whose conditions do not hold."""
        evaluation = self._evaluation(unrolled(Evaluation(template, case.inputs, case.others)), case, depth)
        common = evaluation.value(template.root.get("Globals") or Value({}))
        seen: set[str] = set()
        for name, written in evaluation.template.resources.items():
            if "::" not in text(written.get("Type")):
                continue
            condition = self._condition(evaluation, written)
            if (condition is False) != bool(but):
                continue
            declared = evaluation.value(written)
            for own, whole in expanded(name, declared, common):
                entity = _entity(evaluation, own, whole, None if but else condition, case)
                if entity is None or own in seen or entity.address in but:
                    continue
                seen.add(own)
                yield entity
                if not but and depth < _MAX_NESTED:
                    yield from self._nested(entity, depth + 1)

    def _evaluation(self, template: Template, case: _Case, depth: int) -> Evaluation:
        """The evaluation of a template that may ask its own stacks for what they put out."""
        asked: dict[str, Evaluation | None] = {}

        def outputs(stack: str, name: str) -> Value | None:
            if stack not in asked:
                asked[stack] = None  # what hangs on itself
                asked[stack] = self._inside(evaluation, stack, case, depth + 1) if depth < _MAX_NESTED else None
            inner = asked[stack]
            said = inner.template.section("Outputs").get(name) if inner is not None else None
            if inner is None or said is None:
                return None
            value, own = inner.value(said.get("Value") or Value()), f"{inner.template.path}:"
            outer = f"{template.path}:{stack}{WITHIN}"
            return replace(value, refs=frozenset(f"{outer}{r}" if r.startswith(own) else r for r in value.refs))

        evaluation = Evaluation(template, case.inputs, case.others, outputs)
        return evaluation

    def _inside(self, outer: Evaluation, name: str, case: _Case, depth: int) -> Evaluation | None:
        """The evaluation of the template that a stack of another one deploys."""
        written = outer.template.resources.get(name)
        stack = _entity(outer, name, outer.value(written), True, case) if written is not None else None
        child = child_of(self.workspace, stack) if stack is not None else None
        if stack is None or child is None:
            return None
        inner = self._case_of(stack, child)
        return self._evaluation(child, inner, depth)

    def _condition(self, evaluation: Evaluation, written: Value) -> bool | None:
        name = written.get("Condition")
        return True if name is None else evaluation.condition(text(name))

    def _nested(self, stack: Entity, depth: int) -> Iterator[Entity]:
        child = child_of(self.workspace, stack)
        if child is None:
            return
        yield from self.resources(child, self._case_of(stack, child), depth=depth)

    def _case_of(self, stack: Entity, child: Template) -> _Case:
        """How a stack deploys its template."""
        given = stack.attributes.get("Properties", "Parameters") or Value({})
        variant = f"{stack.address} ({stack.variant})" if stack.variant else stack.address
        return _Case(filled(child, given.items), variant, "stack", parent=stack.address)


def _alternative(template: Template, label: str, name: str, value: str | None) -> _Case:
    if value is None:
        other = unknown("some other value than its default", name, frozenset({f"var.{name}"}))
        return _Case({**defaults(template), name: other}, label, "value", frozenset({name}))
    return _Case(filled(template, {name: Value(value)}), label, "value")


def _entity(evaluation: Evaluation, name: str, declared: Value, condition: bool | None, case: _Case) -> Entity | None:
    region = declared.region
    if region is None:
        return None
    type_ = text(declared.get("Type"))
    entries = dict(declared.items)
    entries.pop("Condition", None)
    if condition is None:
        expression = evaluation.template.section("Conditions").get(text(declared.get("Condition")))
        said = canonical(evaluation.read(expression)) if expression is not None else text(declared.get("Condition"))
        entries["Condition"] = unknown("whether it holds is not known", said, region=region)
    if "DependsOn" in entries:
        entries["DependsOn"] = _dependencies(evaluation, entries["DependsOn"])
    properties = entries.get("Properties")
    if properties is not None:
        entries["Properties"] = _unordered(type_, properties)
    attributes = replace(declared, data=entries)
    label = text(declared.get("Metadata", "aws:cdk:path"))
    return Entity(
        address=f"{evaluation.template.path}:{name}",
        kind=KIND,
        type=type_,
        name=label.removesuffix("/Resource") or name,
        attributes=attributes,
        region=region,
        header=Region(region.side, region.path, region.start_line, region.start_column),
        parent=case.parent,
        references=refs_of(attributes),
        configuration=posixpath.dirname(evaluation.template.path),
        variant=case.variant,
        content=digest(attributes),
        detail=Resource(
            evaluation.template.path, case.variation, condition is True, text(attributes.get(*_REPLACING)).lower() == "true"
        ),
    )


def _dependencies(evaluation: Evaluation, value: Value) -> Value:
    """`DependsOn`, with the addresses that it names, in no order."""
    names = value.elements if value.is_list else (value,)
    found = (replace(n, refs=frozenset({f"{evaluation.template.path}:{text(n)}"})) for n in names)
    return Value(tuple(found), unordered=True, region=value.region)


def _unordered(type_: str, properties: Value) -> Value:
    """The properties with those lists marked that the provider takes as sets."""
    facts = facts_of(type_)
    names = facts.sets if facts is not None else frozenset(("Tags",))
    if names.isdisjoint(properties.items):
        return properties
    marked: Mapping[str, Value] = {
        name: replace(value, unordered=True) if name in names and value.is_list else value
        for name, value in properties.items.items()
    }
    return replace(properties, data=marked)
