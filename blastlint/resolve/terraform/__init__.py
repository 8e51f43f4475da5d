"""Terraform / OpenTofu configurations -> entities with effective values, per instance, as `terraform plan` would see them.

The unit is a *configuration*: a root directory (`Entity.configuration`, "" at the top of the tree) with every local module
that it calls. A changed shared module is seen through each root that calls it; a module that nobody calls (callers in
example, test and documentation directories do not count) is a configuration of its own. A terragrunt.hcl that names a
module of the tree is a configuration too (its directory), with its `inputs` as variable values; where the module is not in
the tree it is one terraform.module entity `terragrunt` with the inputs.
`Entity.variant` is "" for what Terraform loads by itself (defaults, terraform.tfvars, *.auto.tfvars) and the path of the
file, relative to the root directory, for every other .tfvars file (`env/prod.tfvars`). Where a configuration tells
workspaces apart (a map with their names, a comparison), each is a variant too, `workspace prod`, as far as an edit bears on
what hangs on it (workspaces.py). Every variant yields all entities, on both sides alike; what a variant only repeats is
dropped by `enrich/lifecycle/variants.py: distinct`.

Entities (address; `<m>` is the module path with a dot, empty at the root; `parent` is the module path without the dot)
  terraform.resource  `<m>aws_db_instance.this`, `...this[0]`, `...this["eu"]`: one an instance. type, name as labelled.
                      `...this[*]` stands for all instances that cannot be counted (unknown count or for_each): the one
                      entity then, or the rest beside the known keys.            detail: details.Resource
  terraform.counted   `<m>aws_db_instance.this`: a block whose count is 0. It is no instance, but a single one that was
                      there before is now called `this[0]` (and destroyed). No attributes.
  terraform.data      `<m>data.aws_ami.x`: the same.                                detail: details.Resource
  terraform.module    `module.db["eu"]`: one an instance of the call. type = source; attributes source, version, and the
                      arguments; opaque when the source is not in the tree.         detail: details.Module
  terraform.variable  `<m>var.x` with default, type (text), description, nullable, sensitive, validation, and `value`, the
                      effective one. For the root and for modules whose files changed; <m> has no instance keys here.
  terraform.output    `<m>output.x` with value, sensitive, ...: the same restriction.
  terraform.provider  `<m>provider.aws`, `<m>provider.aws.west`: type = local name; attributes are the evaluated arguments.
  terraform.backend   `terraform.backend`: type s3, gcs, remote, cloud, ...; attributes are its settings.
  terraform.settings  `terraform.settings`: required_version, required_providers (map of maps).
  terraform.moved     `<m>moved["from"]`: attributes from, to: addresses with the module path.
  terraform.removed   `<m>removed["from"]`: attributes from, destroy (bool, default true).
  terraform.import    `<m>import["to"]`: attributes to, id.

attributes of resources, data, providers and module calls
  A map Value of the arguments that are set (null is absent). A nested block, even a single one, is a list of maps under
  the block's name: `versioning[0].enabled`; `dynamic` blocks are expanded, and blocks that cannot be counted make the
  whole list unknown.
  Meta-arguments: `lifecycle` is one map (prevent_destroy, create_before_destroy, ignore_changes: list of path strings
  or the string "all", replace_triggered_by: list of unknowns with refs, precondition / postcondition: list of maps of
  texts), `provider` the configuration as written ("aws.west"; of a call `providers`, a map of
  such), `depends_on` an unordered list of addresses. count and
  for_each are not there (details.Resource has them).
  `provisioner` and `connection` are lists of maps ("type" holds the label); they never make a plan differ.

Values
  known=False: `reason` says why in words, `text` is the canonical expression with everything known filled in and every
  reference as a full address (`"x-${module.db.aws_vpc.main.id}"`), `refs` the instance addresses it depends on (without
  key where the reference has none): resources, data sources, opaque modules, `var.x` for unset root variables. Two
  unknowns are equal when their texts are: then nothing that we can see differs, except what the refs themselves do.
  Computed attributes of other resources are unknown; an attribute that is configured there and known is known here (as
  in a plan) and keeps the ref. So a replaced or created resource makes exactly the unknown values with its address in
  `refs` "known after apply". A data source's outputs are unknown with the data source in `refs`: look there whether its
  arguments changed.
  An unknown value may hold in `data` what is known of it; never read it directly, ask documents.structure(value): the
  tree (policy document, ...) of a JSON or YAML string, known or partly so, or the known blocks of a list.
  Regions are those of the text that gave the value: the literal in the tfvars file, the default, the resource block.
  Terraform converts: "80" and 80, "true" and true are the same argument: content.same(a, b); `unordered` marks values
  that went through toset(). content.digest(entity) is the digest of meaning for rename matching (Entity.content is "").

references
  All addresses that the entity's arguments, depends_on, count and for_each depend on, through locals, module inputs and
  outputs as well, at the granularity of Value.refs. `resource_address(address)` drops a trailing instance key.
What could not be read is a note of the workspace's documents (coverage), or an unknown value with a reason: nothing raises.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from blastlint.model import Entity, Value
from blastlint.parse.hcl_ast import header, region
from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform import details
from blastlint.resolve.terraform.blocks import settled
from blastlint.resolve.terraform.definition import Definitions
from blastlint.resolve.terraform.emit import MAX_ENTITIES, Emitter
from blastlint.resolve.terraform.instance import Configuration, Module
from blastlint.resolve.terraform.roots import left_out, roots
from blastlint.resolve.terraform.roots import units as units_of
from blastlint.resolve.terraform.terragrunt_files import Unit
from blastlint.resolve.terraform.tfvars import variable_files
from blastlint.resolve.terraform.tfvars import variables as variables
from blastlint.resolve.terraform.values import DEFAULT_WORKSPACE, mapping

MAX_VARIANTS = 24


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """The entities of every configuration that the changed files bear on. A module that all its callers have switched off by
    default, and that others may switch on, is looked at by itself."""
    definitions = Definitions(workspace)
    directories, touched = roots(definitions, changed)
    seen = {*directories}
    for entity in _configured(workspace, definitions, changed, directories, touched):
        detail = entity.detail
        if isinstance(detail, details.Resource):
            seen.add(detail.module_directory)
        elif isinstance(detail, details.Module) and detail.directory is not None:
            seen.add(detail.directory)
        yield entity
    for directory in left_out(definitions, touched, seen):
        yield from _of_root(definitions, directory, "", {}, touched)


def _configured(
    workspace: Workspace,
    definitions: Definitions,
    changed: Sequence[str],
    directories: Sequence[str],
    touched: frozenset[str],
) -> Iterator[Entity]:
    """The entities of the configurations with these root directories, and of those of Terragrunt."""
    units = units_of(definitions, changed, touched)
    applied = {unit.directory for unit in units.values()}
    for root in directories:
        if root in applied:
            continue  # not a configuration of its own: the units say what is applied
        automatic, named = variable_files(workspace.tree, root)
        inputs: dict[str, Value] = {}
        for path in automatic:
            inputs.update(variables(workspace, path))
        yield from _of_root(definitions, root, "", inputs, touched)
        if len(named) > MAX_VARIANTS:
            workspace.cut(root, f"{MAX_VARIANTS} of {len(named)} variable files were looked at")
        for path in named[:MAX_VARIANTS]:
            variant = posixpath.relpath(f"/{path}", f"/{root}")
            yield from _of_root(definitions, root, variant, {**inputs, **variables(workspace, path)}, touched)
    for path, unit in units.items():
        yield from _of_unit(definitions, path, unit, touched)


def _of_root(
    definitions: Definitions,
    root: str,
    variant: str,
    inputs: Mapping[str, Value],
    touched: frozenset[str],
    name: str = "",
    workspace: str = "",
) -> Iterator[Entity]:
    """The entities of the module in `root`; `name` is the configuration's where it is not the directory."""
    definition = definitions.of(root)
    if definition is not None:
        configuration = Configuration(root, definitions, inputs, workspace)
        emitter = Emitter(name or root, variant, touched)
        yield from emitter.entities(Module(configuration, definition))
        if emitter.count >= MAX_ENTITIES:
            definitions.workspace.cut(name or root, f"only the first {MAX_ENTITIES} things in it were looked at")
        if configuration.compared.names and not (name or variant or workspace):
            compared = configuration.compared
            definitions.workspace.compared[root] = frozenset(compared.names), frozenset(compared.required)


def _of_unit(definitions: Definitions, path: str, found: Unit, touched: frozenset[str]) -> Iterator[Entity]:
    """The entities of a terragrunt.hcl: its module's with the inputs, or the call alone when that is not in the tree."""
    name = posixpath.dirname(path)
    if found.directory is not None and definitions.of(found.directory) is not None:
        yield from _of_root(definitions, found.directory, "", found.inputs.items, touched, name)
    elif found.block is not None:
        attributes = mapping(
            {**{key: settled(value) for key, value in found.inputs.items.items()}, "source": found.source}
        )
        yield Entity(
            details.UNIT, "terraform.module", str(found.source.scalar or ""), details.UNIT, attributes, region(found.block),
            header(found.block), references=attributes.refs, configuration=name,
            detail=details.Module(details.UNIT, str(found.source.scalar or ""), None),
        )  # fmt: skip


def in_workspace(side: Workspace, root: str, name: str) -> Iterator[Entity]:
    """The entities of a configuration in one workspace, with the values of the variable file that is called like it. The
    default one is where Terraform is when nobody chooses."""
    automatic, named = variable_files(side.tree, root)
    variant = "" if name == DEFAULT_WORKSPACE else f"{details.IN_WORKSPACE}{name}"
    own = [path for path in named if variant and posixpath.basename(path).partition(".")[0] == name]
    inputs: dict[str, Value] = {}
    for path in (*automatic, *own):
        inputs.update(variables(side, path))
    yield from _of_root(Definitions(side), root, variant, inputs, frozenset(), workspace=name)


def resource_address(address: str) -> str:
    """An instance address without its trailing key: `aws_x.y["a"]` -> `aws_x.y`."""
    if not address.endswith("]"):
        return address
    if address.endswith('"]'):
        return address[: address.rfind('["')] if '["' in address else address
    return address[: address.rfind("[")]
