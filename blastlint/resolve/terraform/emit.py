"""The module instances of one configuration -> entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from blastlint.frozen import dataclass, field
from blastlint.model import Entity, Value, unknown
from blastlint.parse.hcl_ast import Block, Expr, Tuple, header, region, text_of
from blastlint.resolve.terraform import details
from blastlint.resolve.terraform.blocks import META_ARGUMENTS, body, settled
from blastlint.resolve.terraform.definition import ResourceKey, static_path
from blastlint.resolve.terraform.evaluate import Scope, attribute
from blastlint.resolve.terraform.instance import Call, Module
from blastlint.resolve.terraform.repetition import Instances, Key, instances, with_key
from blastlint.resolve.terraform.resource import Instance, Resource
from blastlint.resolve.terraform.values import NO_REFS, mapping, refs_of, sequence

MAX_ENTITIES = 50_000
_PROVIDER_META = frozenset({"for_each"})
_CALL_META = META_ARGUMENTS | {"source", "version"}


@dataclass(slots=True)
class Emitter:
    """Walks a configuration. `touched` are the module directories with changed files: only they, and the root, show their
    variables and outputs, and each once."""

    root: str
    variant: str
    touched: frozenset[str]
    count: int = 0
    seen: set[tuple[str, str]] = field(default_factory=set)

    def entities(self, module: Module) -> Iterator[Entity]:
        """Every entity of the module and of those it calls, no more than MAX_ENTITIES."""
        shown: set[str] = set()
        pending = [module]
        while pending and self.count < MAX_ENTITIES:
            here = pending.pop()
            for entity in self._of_module(here, shown):
                self.count += 1
                yield entity
            below: list[Module] = []
            for name in here.definition.calls:
                call = here.called(name)
                assert call is not None
                for key in _keys(call.instances):
                    yield self._call(call, key)
                    instance = call.instance(key)
                    if instance is not None:
                        below.append(instance)
            pending.extend(reversed(below))

    def _of_module(self, module: Module, shown: set[str]) -> Iterator[Entity]:
        for key in module.definition.resources:
            yield from self._resource(module, key)
        yield from self._transitions(module)
        directory = module.definition.directory
        for (name, alias), block in module.definition.providers.items():
            yield from self._providers(module, name, alias, block)
        if module.call is None:
            yield from self.settings(module)
        if (module.call is None or directory in self.touched) and directory not in shown:
            shown.add(directory)
            yield from self._declarations(module)

    def _entity(
        self, kind: str, address: str, block: Block, attributes: Mapping[str, Value], module: Module, type: str = "",
        name: str = "", detail: object = None, references: frozenset[str] = NO_REFS,
    ) -> Entity:  # fmt: skip
        place = region(block)
        number = 1
        unique = address
        while (kind, unique) in self.seen:  # declared twice: not valid, but nothing must vanish
            number += 1
            unique = f"{address}#{number}"
        self.seen.add((kind, unique))
        made = mapping(attributes, place)
        return Entity(
            unique, kind, type, name, made, place, header(block), module.address,
            (references | made.refs) - {address}, self.root, self.variant, detail=detail,
        )  # fmt: skip

    # --- resources and calls --------------------------------------------------------------------------------------

    def _resource(self, module: Module, key: ResourceKey) -> Iterator[Entity]:
        resource = module.resource(key)
        assert resource is not None
        keys = _keys(resource.instances)
        for instance_key in keys:
            instance = resource.instance(instance_key)
            yield self._instance(resource, instance)
        if not keys and resource.instances.kind == "count" and resource.mode != "data":
            yield self._entity(
                "terraform.counted", resource.address, resource.block, {}, module, resource.type, resource.name
            )

    def _instance(self, resource: Resource, instance: Instance) -> Entity:
        block, found, module = resource.block, resource.instances, resource.module
        attributes = body(block, instance.scope, META_ARGUMENTS)
        lifecycle = self._lifecycle(block, instance.scope, module)
        if lifecycle is not None:
            attributes["lifecycle"] = lifecycle
        provider = block.value("provider")
        written = static_path(provider) if provider is not None else ""
        if written:
            attributes["provider"] = Value(written, region=region(block.attributes["provider"]))
        depends = _addresses(block.value("depends_on"), module)
        if depends is not None:
            attributes["depends_on"] = depends
        countable = instance.key is not None or not found.kind
        life = lifecycle.items if lifecycle else {}
        ignored = life.get("ignore_changes")
        triggers = life.get("replace_triggered_by")
        detail = details.Resource(
            resource=resource.address,
            mode="data" if resource.mode == "data" else "managed",
            module_directory=module.definition.directory,
            repetition=found.kind,
            key=instance.key,
            countable=countable,
            reason="" if countable else found.rest,
            expression=found.expression,
            provider=resource.provider(instance.scope),
            prevent_destroy=_true(life.get("prevent_destroy")),
            create_before_destroy=_true(life.get("create_before_destroy")),
            ignore_changes=_texts(ignored),
            replace_triggered_by=tuple([t.text for t in triggers.elements]) if triggers else (),
            depends_on=_texts(depends),
        )
        kind = "terraform.data" if resource.mode == "data" else "terraform.resource"
        return self._entity(
            kind, instance.address, block, attributes, module, resource.type, resource.name, detail, found.refs
        )

    def _lifecycle(self, block: Block, scope: Scope, module: Module) -> Value | None:
        found = block.first("lifecycle")
        if found is None:
            return None
        items: dict[str, Value] = {}
        for name, argument in found.attributes.items():
            if name == "ignore_changes":
                items[name] = _ignored(argument.value)
            elif name == "replace_triggered_by":
                items[name] = _triggers(argument.value, scope, module)
            else:
                items[name] = attribute(argument.value, scope)
        for check in ("precondition", "postcondition"):
            rows = [_condition(one) for one in found.all(check)]
            if rows:
                items[check] = sequence(rows)
        return mapping(items, region(found))

    def _call(self, call: Call, key: Key) -> Entity:
        attributes = body(call.block, call.scope(key), _CALL_META)
        for name in ("source", "version"):
            expression = call.block.value(name)
            if expression is not None:
                attributes = {name: attribute(expression, call.module.scope), **attributes}
        passed = call.providers(call.scope(key))
        if passed:
            place = region(call.block.attributes["providers"])
            attributes["providers"] = mapping({name: Value(to, region=place) for name, to in passed.items()}, place)
        depends = _addresses(call.block.value("depends_on"), call.module)
        if depends is not None:
            attributes["depends_on"] = depends
        found = call.instances
        countable = key is not None or not found.kind
        detail = details.Module(
            call=call.address,
            source=call.source,
            directory=call.directory if call.instance(key) is not None else None,
            repetition=found.kind,
            key=key,
            countable=countable,
            reason="" if countable else found.rest,
            expression=found.expression,
            providers=tuple(sorted(passed.items())),
        )
        address = call.instance_address(key)
        return self._entity(
            "terraform.module", address, call.block, attributes, call.module, call.source, call.name, detail, found.refs
        )

    # --- transitions and settings -----------------------------------------------------------------------------------

    def _transitions(self, module: Module) -> Iterator[Entity]:
        prefix = module.prefix
        for block in module.definition.moved:
            old, new = static_path(block.value("from")), static_path(block.value("to"))
            if old and new:
                ends = {"from": _address(block, "from", prefix + old), "to": _address(block, "to", prefix + new)}
                yield self._entity("terraform.moved", f'{prefix}moved["{old}"]', block, ends, module)
        for block in module.definition.removed:
            old = static_path(block.value("from"))
            life = block.first("lifecycle")
            destroy = (
                attribute(life.attributes["destroy"].value, module.scope)
                if life and life.value("destroy")
                else Value(True)
            )
            if old:
                attributes = {"from": _address(block, "from", prefix + old), "destroy": destroy}
                yield self._entity("terraform.removed", f'{prefix}removed["{old}"]', block, attributes, module)
        for block in module.definition.imports:
            to = static_path(block.value("to"))
            if to:
                attributes = {"to": _address(block, "to", prefix + to)}
                identity = block.value("id")
                if identity is not None and block.value("for_each") is None:
                    attributes["id"] = attribute(identity, module.scope)
                yield self._entity("terraform.import", f'{prefix}import["{to}"]', block, attributes, module)

    def _providers(self, module: Module, name: str, alias: str, block: Block) -> Iterator[Entity]:
        address = f"{module.prefix}provider.{name}" + (f".{alias}" if alias else "")
        found = instances(block, module.scope)
        for key in _keys(found):
            inner = module.scope.bind(found.names(key)) if found.kind else module.scope
            yield self._entity(
                "terraform.provider", with_key(address, key), block, body(block, inner, _PROVIDER_META), module, name,
                alias or name,
            )  # fmt: skip

    def settings(self, module: Module) -> Iterator[Entity]:
        backend = module.definition.backend
        if backend is not None:
            type = backend.labels[0] if backend.labels else backend.type
            attributes = body(backend, module.scope)  # OpenTofu allows variables here
            yield self._entity("terraform.backend", "terraform.backend", backend, attributes, module, type, type)
        settings = {
            name: v
            for block in module.definition.terraform
            for name, v in body(block, Scope(None), _NOT_SETTINGS).items()
        }
        for block in module.definition.terraform:
            required = block.first("required_providers")
            if required is not None:
                settings["required_providers"] = mapping(body(required, Scope(None)), region(required))
        if settings:
            block = module.definition.terraform[0]
            yield self._entity("terraform.settings", "terraform.settings", block, settings, module)

    def _declarations(self, module: Module) -> Iterator[Entity]:
        prefix = _without_keys(module)
        for name, block in module.definition.variables.items():
            attributes = _declared(
                block, ("description", "deprecated", "default", "sensitive", "nullable", "ephemeral")
            )
            if block.value("type") is not None:
                attributes["type"] = _written(block.value("type"))
            checks = [_condition(one) for one in block.all("validation")]
            if checks:
                attributes["validation"] = sequence(checks)
            attributes["value"] = settled(module.variable(name))
            yield self._entity("terraform.variable", f"{prefix}var.{name}", block, attributes, module, name=name)
        for name, block in module.definition.outputs.items():
            attributes = _declared(block, ("description", "sensitive", "ephemeral"))
            if block.value("value") is not None:
                attributes["value"] = settled(module.output(name))
            yield self._entity("terraform.output", f"{prefix}output.{name}", block, attributes, module, name=name)


_NOT_SETTINGS = frozenset({"backend", "cloud", "required_providers", "provider_meta"})


def _keys(found: Instances) -> tuple[Key, ...]:
    """The keys of the instances; None, which stands for all that cannot be counted, when there may be more."""
    return (*found.keys, None) if found.rest else tuple(found.keys)


def _without_keys(module: Module) -> str:
    names: list[str] = []
    here: Module | None = module
    while here is not None and here.call is not None:
        names.append(f"module.{here.call.name}.")
        here = here.call.module
    return "".join(reversed(names))


def _declared(block: Block, names: Iterable[str]) -> dict[str, Value]:
    """Arguments of a declaration, which see no references. A null default is a default."""
    return {name: attribute(expr, Scope(None)) for name in names if (expr := block.value(name)) is not None}


def _written(expression: Expr | None) -> Value:
    assert expression is not None
    return Value(" ".join(text_of(expression).split()), region=region(expression))


def _condition(block: Block) -> Value:
    items = {name: _written(argument.value) for name, argument in block.attributes.items()}
    return mapping(items, region(block))


def _address(block: Block, name: str, address: str) -> Value:
    return Value(address, region=region(block.attributes[name]))


def _true(value: Value | None) -> bool:
    return value is not None and value.known and value.data in (True, "true")


def _texts(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value.data, str):
        return (value.data,)
    return tuple([str(element.data) for element in value.elements])


def _ignored(expression: Expr) -> Value:
    if not isinstance(expression, Tuple):
        return Value(static_path(expression) or text_of(expression), region=region(expression))
    paths = [Value(static_path(item) or text_of(item), region=region(item)) for item in expression.items]
    return Value(tuple(paths), unordered=True, region=region(expression))


def _addresses(expression: Expr | None, module: Module) -> Value | None:
    """depends_on: addresses of this module, as an unordered list that carries them as refs."""
    if not isinstance(expression, Tuple):
        return None
    found: list[Value] = []
    for item in expression.items:
        address = module.prefix + static_path(item)
        found.append(Value(address, refs=frozenset({address}), region=region(item)))
    return Value(tuple(found), unordered=True, refs=refs_of(found), region=region(expression))


def _triggers(expression: Expr, scope: Scope, module: Module) -> Value:
    """replace_triggered_by: each as the address it means, with instance key and attribute path, and refs."""
    if not isinstance(expression, Tuple):
        return attribute(expression, scope)
    found: list[Value] = []
    for item in expression.items:
        value = attribute(item, scope)
        text = value.text if not value.known else module.prefix + static_path(item)
        refs = value.refs or frozenset({module.prefix + ".".join(static_path(item).split(".")[:2])})
        found.append(unknown("known after apply", text, refs, region(item)))
    return Value(tuple(found), unordered=True, refs=refs_of(found), region=region(expression))
