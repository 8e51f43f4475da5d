"""What the Terraform resolver knows about an entity beside its arguments: the `detail` of its entities."""

from __future__ import annotations

from typing import Literal

from blastlint.frozen import dataclass

UNIT = "terragrunt"  # address and name of the call that a terragrunt.hcl is
WORKSPACE = "terraform.workspace"  # an expression, and a ref: it is chosen when Terraform runs
IN_WORKSPACE = "workspace "  # and its name: the variant
Repetition = Literal["", "count", "for_each"]


@dataclass(frozen=True, slots=True)
class Resource:
    """Detail of terraform.resource and terraform.data.

    `resource` is the address without instance key. `key` is the instance's, None for a single one. `countable` is False for
    the entity (`[*]`) that stands for instances that cannot be counted, and `reason` says why; `expression` is the
    canonical text
    of count or for_each. `provider` is the address of the
    provider configuration in use, `provider.aws.west` (present or not). `ignore_changes` has "all" for all.
    `replace_triggered_by` are
    addresses with attribute paths (`aws_x.y.id`). `module_directory` is where the block is written.
    """

    resource: str
    mode: Literal["managed", "data"]
    module_directory: str
    repetition: Repetition = ""
    key: str | int | None = None
    countable: bool = True
    reason: str = ""
    expression: str = ""
    provider: str = ""
    prevent_destroy: bool = False
    create_before_destroy: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_triggered_by: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """Detail of terraform.module. `directory` is the called module's, None when it is not in the tree (opaque)."""

    call: str
    source: str
    directory: str | None
    repetition: Repetition = ""
    key: str | int | None = None
    countable: bool = True
    reason: str = ""
    expression: str = ""
    providers: tuple[tuple[str, str], ...] = ()


def is_swapped(before: object, after: object) -> bool:
    """Whether a call (its detail on both sides) left a module of the tree for one that nobody can read here."""
    return isinstance(before, Module) and before.directory is not None and is_out_of_sight(after)


def is_out_of_sight(call: object) -> bool:
    """Whether a call (its detail) is of a module of another place than this tree."""
    return isinstance(call, Module) and call.directory is None and not call.source.startswith((".", "/"))
