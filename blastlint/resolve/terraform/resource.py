"""Resources, data sources and their instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blastlint.frozen import replace
from blastlint.model import Value, unknown
from blastlint.parse.hcl_ast import Block, Expr, Index, Traversal
from blastlint.resolve.terraform.blocks import META_ARGUMENTS, nested, nested_names
from blastlint.resolve.terraform.bounds import TooLarge
from blastlint.resolve.terraform.definition import ResourceKey, static_path
from blastlint.resolve.terraform.derived import DERIVED
from blastlint.resolve.terraform.evaluate import Scope, attribute
from blastlint.resolve.terraform.lazy import AnyInstance, Lazy
from blastlint.resolve.terraform.repetition import Instances, Key, instances, with_key
from blastlint.resolve.terraform.values import NULL, sequence

if TYPE_CHECKING:
    from blastlint.resolve.terraform.instance import Module

AFTER_APPLY = "known after apply"


class Resource:
    """A resource or data block in a module instance, with its instances."""

    def __init__(self, module: Module, key: ResourceKey, block: Block) -> None:
        self.module = module
        self.mode, self.type, self.name = key
        self.block = block
        self.address = f"{module.prefix}{'data.' if self.mode == 'data' else ''}{self.type}.{self.name}"
        self._instances: Instances | None = None
        self._made: dict[Key, Instance] = {}

    @property
    def instances(self) -> Instances:
        if self._instances is None:
            self._instances = instances(self.block, self.module.scope)
        return self._instances

    def instance(self, key: Key) -> Instance:
        if key not in self._made:
            address = f"{self.address}[*]" if key is None and self.instances.kind else with_key(self.address, key)
            self._made[key] = Instance(self, key, address)
        return self._made[key]

    def value(self) -> Value:
        found = self.instances
        if not found.kind:
            return self.instance(None).value if found.keys else NULL
        if found.rest:
            return Value(
                AnyInstance(lambda key: self.instance(key).value, found), known=False, reason=found.rest,
                text=self.address, refs=frozenset({self.address}),
            )  # fmt: skip
        objects = {key: self.instance(key).value for key in found.keys}
        if found.kind == "count":
            return sequence(objects.values())
        return Value(
            {str(key): value for key, value in objects.items()}, refs=frozenset(v.text for v in objects.values())
        )

    def provider(self, scope: Scope) -> str:
        """The address of the provider configuration in use, by the instance that has the scope."""
        if self.type == "terraform_data" or self.type == "terraform_remote_state":
            return "provider.terraform"
        return self.module.provider(*self._written_provider(scope))

    def provider_argument(self, name: str) -> Value | None:
        """An argument of the provider configuration in use, None where it is not written."""
        return self.module.provider_argument(*self._written_provider(self.module.scope), name)

    def _written_provider(self, scope: Scope) -> tuple[str, str]:
        expression = self.block.value("provider")
        written = provider_name(expression, scope) if expression is not None else ""
        name, _, alias = (written or self.type.partition("_")[0]).partition(".")
        return name, alias


def provider_name(expression: Expr | None, scope: Scope) -> str:
    """A provider configuration as written, `aws.west`; of OpenTofu's many of one block, `aws.in["eu"]`, the one that the key
    means in the scope."""
    written = static_path(expression)
    last = expression.steps[-1] if isinstance(expression, Traversal) and expression.steps else None
    if not written.endswith("[*]") or not isinstance(last, Index):
        return written
    key = attribute(last.key, scope).scalar
    return with_key(written.removesuffix("[*]"), key) if isinstance(key, str) else written


class Instance(Lazy):
    """One instance; as a mapping, its configured arguments as other blocks see them (they carry its address)."""

    def __init__(self, resource: Resource, key: Key, address: str) -> None:
        self.resource = resource
        self.key = key
        self.address = address
        self.value = Value(self, known=False, reason=AFTER_APPLY, text=address, refs=frozenset({address}))
        self.scope = resource.module.scope.bind({**resource.instances.names(key), "self": self.value})
        self._arguments: dict[str, Value | None] = {}
        self._open: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._argument(name) is not None

    def __getitem__(self, name: str) -> Value:
        found = self._argument(name)
        if found is None:
            raise KeyError(name)
        return found

    def _argument(self, name: str) -> Value | None:
        if name in self._arguments:
            return self._arguments[name]
        if name in META_ARGUMENTS or name in self._open:
            return None
        self._open.add(name)
        try:
            found = self._configured(name)
            if found is not None:
                self.resource.module.configuration.sizes.check(found)
        except TooLarge as error:
            found = unknown(str(error), f"{self.address}.{name}")
        except RecursionError:
            found = unknown("nested too deeply", f"{self.address}.{name}")
        finally:
            self._open.discard(name)
        if found is not None:
            found = None if found.known and found.data is None else replace(found, refs=found.refs | {self.address})
        self._arguments[name] = found
        return found

    def _configured(self, name: str) -> Value | None:
        block = self.resource.block
        expression: Expr | None = block.value(name)
        if expression is not None:
            return attribute(expression, self.scope)
        if name in nested_names(block):
            found = nested(block, name, self.scope)
            return found if not found.known or found.elements else None
        derive = DERIVED.get((self.resource.mode, self.resource.type, name))
        return derive(self) if derive is not None else None
