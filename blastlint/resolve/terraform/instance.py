"""Module instances and the calls that make them: everything that has a value, computed when somebody asks, once."""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import islice, takewhile

from blastlint.frozen import dataclass, field, replace
from blastlint.model import Value, unknown
from blastlint.parse.hcl_ast import Attr, Block, Literal, Object, Step
from blastlint.resolve.terraform.bounds import Sizes, TooLarge, Work
from blastlint.resolve.terraform.definition import Definition, Definitions, ResourceKey, static_path
from blastlint.resolve.terraform.details import WORKSPACE
from blastlint.resolve.terraform.evaluate import Scope, attribute
from blastlint.resolve.terraform.lazy import AnyInstance, Lazy
from blastlint.resolve.terraform.repetition import Instances, Key, instances, with_key
from blastlint.resolve.terraform.resource import AFTER_APPLY, Resource, provider_name
from blastlint.resolve.terraform.shapes import shaped
from blastlint.resolve.terraform.types import convert
from blastlint.resolve.terraform.values import NULL, Compared, EvaluationError, failed, sequence

MAX_MODULE_DEPTH = 20
MAX_MODULES = 5_000


@dataclass(slots=True)
class Configuration:
    """What the module instances of one root share: the files, and how many modules there are."""

    root: str
    definitions: Definitions
    inputs: Mapping[str, Value]
    workspace: str = ""  # its name, where that is given
    modules: int = 0
    compared: Compared = field(default_factory=Compared)  # with what it compares the workspace
    files: dict[str, bytes | None] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    sizes: Sizes = field(default_factory=Sizes)

    def path(self, path: str) -> str | None:
        """A path as the configuration says it (relative to the root directory) -> path in the tree, None outside of it."""
        joined = posixpath.normpath(posixpath.join(self.root, path))
        if joined.startswith(("/", "../")) or joined == "..":
            return None
        return "" if joined == "." else joined

    def read(self, path: str) -> bytes | None:
        where = self.path(path)
        if not where:
            return None
        if where not in self.files:
            self.files[where] = self.definitions.workspace.tree.read(where)
        return self.files[where]


class Module:
    """One instance of a module. `address` is "" for the root."""

    def __init__(
        self, configuration: Configuration, definition: Definition, address: str = "", call: Call | None = None,
        scope: Scope | None = None,
    ) -> None:  # fmt: skip
        self.configuration = configuration
        self.definition = definition
        self.address = address
        self.prefix = f"{address}." if address else ""
        self.call = call
        self.scope = Scope(self, compared=configuration.compared, work=configuration.work)
        self._call_scope = scope
        self._memory: dict[tuple[str, str], Value] = {}
        self._open: set[tuple[str, str]] = set()
        self._resources: dict[ResourceKey, Resource] = {}
        self._calls: dict[str, Call] = {}
        self.functions: Mapping[str, Callable[..., Value]] = {}
        configuration.modules += 1

    # --- references ---------------------------------------------------------------------------------------------

    def reference(self, name: str, steps: Sequence[Step]) -> tuple[Value, int]:
        first = steps[0].name if steps and isinstance(steps[0], Attr) else ""
        if name == "var" and first:
            return self.variable(first), 1
        if name == "local" and first:
            return self.local(first), 1
        if name == "module" and first:
            return self.module_call(first), 1
        if name == "path" and first:
            return self._path(first), 1
        if name == "terraform":
            return self._workspace(first), 1
        if name == "data":
            second = steps[1].name if len(steps) > 1 and isinstance(steps[1], Attr) else ""
            return self._resource_value("data", first, second), 2
        if name in ("each", "count", "self"):
            raise EvaluationError(f"{name} has no meaning here")
        if not first:
            raise EvaluationError(f"unknown name {name!r}")
        return self._resource_value("managed", name, first), 1

    def read_file(self, path: str) -> bytes | None:
        return self.configuration.read(path)

    def list_files(self, path: str) -> Sequence[str]:
        base = self.configuration.path(path)
        if base is None:
            return ()
        prefix = f"{base}/" if base else ""
        paths = self.configuration.definitions.workspace.tree.paths()  # sorted, and many
        below = takewhile(lambda path: path.startswith(prefix), islice(paths, bisect_left(paths, prefix), None))
        return [path[len(prefix) :] for path in below]

    def variable(self, name: str) -> Value:
        return self._remember("var", name, lambda: self._variable(name))

    def local(self, name: str) -> Value:
        definition = self.definition.locals.get(name)
        if definition is None:
            return unknown("no such local value", f"{self.prefix}local.{name}")
        return self._remember("local", name, lambda: attribute(definition.value, self.scope))

    def output(self, name: str) -> Value:
        return self._remember("output", name, lambda: self._output(name))

    def module_call(self, name: str) -> Value:
        call = self.called(name)
        if call is None:
            address = f"{self.prefix}module.{name}"
            return unknown("no such module call", address, frozenset({address}))
        return self._remember("module", name, call.value)

    def called(self, name: str) -> Call | None:
        if name not in self._calls and name in self.definition.calls:
            self._calls[name] = Call(self, name, self.definition.calls[name])
        return self._calls.get(name)

    def resource(self, key: ResourceKey) -> Resource | None:
        if key not in self._resources and key in self.definition.resources:
            self._resources[key] = Resource(self, key, self.definition.resources[key])
        return self._resources.get(key)

    def _resource_value(self, mode: str, type: str, name: str) -> Value:
        resource = self.resource((mode, type, name))
        if resource is None:
            address = f"{self.prefix}{'data.' if mode == 'data' else ''}{type}.{name}"
            return unknown("no such resource", address, frozenset({address}))
        return self._remember(mode, f"{type}.{name}", resource.value)

    def _remember(self, kind: str, name: str, compute: Callable[[], Value]) -> Value:
        key = (kind, name)
        found = self._memory.get(key)
        if found is not None:
            return found
        text = f"{self.prefix}{kind}.{name}"
        if key in self._open:
            return unknown("refers to itself", text)
        self._open.add(key)
        try:
            found = compute()
            self.configuration.sizes.check(found)
        except (EvaluationError, TooLarge) as error:
            found = failed(error, text, None)
        except RecursionError:
            found = unknown("nested too deeply", text)
        finally:
            self._open.discard(key)
        self._memory[key] = found
        return found

    def _workspace(self, name: str) -> Value:
        if name not in ("workspace", "env"):
            return unknown("differs at every run", f"terraform.{name}")
        if self.configuration.workspace:
            return Value(self.configuration.workspace)
        return unknown("the workspace is chosen when Terraform runs", WORKSPACE, frozenset({WORKSPACE}))

    def _path(self, name: str) -> Value:
        directory, root = self.definition.directory, self.configuration.root
        if name == "module":
            return Value(posixpath.relpath(f"/{directory}", f"/{root}"))
        if name == "root":
            return Value(".")
        return unknown("depends on the machine", f"path.{name}")

    # --- inputs and outputs -------------------------------------------------------------------------------------

    def _variable(self, name: str) -> Value:
        block = self.definition.variables.get(name)
        address = f"{self.prefix}var.{name}"
        if block is None:
            return unknown("no such variable", address, frozenset({address}))
        given = self._given(name)
        default = block.value("default")
        if given is not None and given.known and given.data is None and _is(block, "nullable", False):
            given = None
        if given is None:
            if default is None:
                nobody = unknown("variable without a value", address, frozenset({address}))
                found = shaped(nobody, block.value("type"))
            else:
                found = self._converted(attribute(default, Scope(None)), block, address)
        else:
            found = self._converted(given, block, address)
        return replace(found, sensitive=True) if _is(block, "sensitive", True) else found

    def _given(self, name: str) -> Value | None:
        if self.call is None:
            return self.configuration.inputs.get(name)
        expression = self.call.block.value(name)
        return attribute(expression, self._call_scope or self.scope) if expression is not None else None

    def _converted(self, value: Value, block: Block, address: str) -> Value:
        try:
            return convert(value, block.value("type"))
        except EvaluationError as error:
            return failed(EvaluationError(f"variable of another type: {error}"), address, value.region)

    def _output(self, name: str) -> Value:
        block = self.definition.outputs.get(name)
        expression = block.value("value") if block else None
        if block is None or expression is None:
            raise EvaluationError(f"no output {name!r}")
        found = attribute(expression, self.scope)
        return replace(found, sensitive=True) if _is(block, "sensitive", True) else found

    # --- providers ----------------------------------------------------------------------------------------------

    def provider(self, name: str, alias: str = "") -> str:
        """The address of the provider configuration that `name` (`aws`, `aws.west`) means in this module."""
        module, name, alias = self._provider(name, alias)
        return f"{module.prefix}provider.{name}" + (f".{alias}" if alias else "")

    def provider_argument(self, name: str, alias: str, argument: str) -> Value | None:
        """An argument of that provider configuration, None where it is not written."""
        module, name, alias = self._provider(name, alias)
        block = module.definition.providers.get((name, alias.partition("[")[0]))
        expression = block.value(argument) if block is not None else None
        return attribute(expression, module.scope) if expression is not None else None

    def _provider(self, name: str, alias: str) -> tuple[Module, str, str]:
        """The module that has the provider configuration, and its name and alias there."""
        if self.call is None or (name, alias.partition("[")[0]) in self.definition.providers:
            return self, name, alias
        passed = self.call.providers(self._call_scope or self.scope).get(f"{name}.{alias}" if alias else name)
        if passed:
            return self.call.module._provider(*passed.partition(".")[::2])
        return (self, name, alias) if alias else self.call.module._provider(name, "")


def _is(block: Block, name: str, wanted: bool) -> bool:
    value = block.value(name)
    return isinstance(value, Literal) and value.value is wanted


class Call:
    """A module block in a module instance, with the instances it makes."""

    def __init__(self, module: Module, name: str, block: Block) -> None:
        self.module = module
        self.name = name
        self.block = block
        self.address = f"{module.prefix}module.{name}"
        source = block.value("source")  # OpenTofu allows variables here
        where = attribute(source, module.scope).scalar if source is not None else None
        self.source = where if isinstance(where, str) else ""
        self._instances: Instances | None = None
        self._made: dict[Key, Module | None] = {}

    @property
    def instances(self) -> Instances:
        if self._instances is None:
            self._instances = instances(self.block, self.module.scope)
        return self._instances

    @property
    def directory(self) -> str | None:
        """The called directory in the tree; None for a remote source or one outside of the tree."""
        if not self.source.startswith(("./", "../")) and self.source not in (".", ".."):
            return None
        joined = posixpath.normpath(
            posixpath.join("/", self.module.definition.directory, self.source.replace("//", "/"))
        )
        steps_up = _depth_left(self.module.definition.directory, self.source)
        return joined.lstrip("/") if steps_up else None

    def scope(self, key: Key) -> Scope:
        return self.module.scope.bind(self.instances.names(key))

    def instance(self, key: Key) -> Module | None:
        """The module instance of a key, None when it is opaque."""
        if key not in self._made:
            self._made[key] = self._make(key)
        return self._made[key]

    def _make(self, key: Key) -> Module | None:
        directory = self.directory
        configuration = self.module.configuration
        definition = configuration.definitions.of(directory) if directory is not None else None
        if definition is None or configuration.modules >= MAX_MODULES or self._recursive(directory):
            return None
        address = self.instance_address(key)
        return Module(configuration, definition, address, self, self.scope(key))

    def instance_address(self, key: Key) -> str:
        if key is None and self.instances.kind:
            return f"{self.address}[*]"
        return with_key(self.address, key)

    def _recursive(self, directory: str | None) -> bool:
        depth = 0
        module: Module | None = self.module
        while module is not None:
            depth += 1
            if module.definition.directory == directory or depth > MAX_MODULE_DEPTH:
                return True
            module = module.call.module if module.call else None
        return False

    def opaque_reason(self) -> str:
        if self.directory is None:
            return "the module is not in this tree"
        if self._recursive(self.directory):
            return "the module calls itself"
        if self.module.configuration.definitions.of(self.directory) is None:
            return f"no configuration in {self.directory or 'the top directory'}"
        return f"more than {MAX_MODULES} modules"

    def providers(self, scope: Scope) -> Mapping[str, str]:
        """The `providers` argument: name there -> name here, by the instance that has the scope."""
        passed = self.block.value("providers")
        if not isinstance(passed, Object):
            return {}
        return {static_path(key): provider_name(value, scope) for key, value in passed.items}

    def value(self) -> Value:
        found = self.instances
        if not found.kind:
            return self._object(None) if found.keys else NULL
        if found.rest:
            return Value(
                AnyInstance(self._object, found), known=False, reason=found.rest, text=self.address,
                refs=frozenset({self.address}),
            )  # fmt: skip
        objects = {key: self._object(key) for key in found.keys}
        if found.kind == "count":
            return sequence(objects.values())
        return Value({str(key): value for key, value in objects.items()})

    def _object(self, key: Key) -> Value:
        address = self.instance_address(key)
        module = self.instance(key)
        known = _Outputs(module) if module is not None else None
        reason = AFTER_APPLY if module is not None else self.opaque_reason()
        return Value(known, known=False, reason=reason, text=address, refs=frozenset({address}))


def _depth_left(directory: str, source: str) -> bool:
    """Whether a relative source stays inside of the tree."""
    depth = directory.count("/") + 1 if directory else 0
    for part in source.split("/"):
        if part == "..":
            depth -= 1
            if depth < 0:
                return False
        elif part not in ("", "."):
            depth += 1
    return True


class _Outputs(Lazy):
    def __init__(self, module: Module) -> None:
        self._module = module

    def __contains__(self, name: object) -> bool:
        return name in self._module.definition.outputs

    def __getitem__(self, name: str) -> Value:
        return self._module.output(name)
