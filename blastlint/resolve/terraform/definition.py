"""A module directory as written: its declarations, with override files merged in. No values yet."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import TypeVar

from blastlint.frozen import dataclass, field, replace
from blastlint.parse.hcl_ast import Attr, Attribute, Block, File, Index, Literal, Name, Traversal
from blastlint.parse.workspace import Workspace

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
_OVERRIDES = tuple(f"override{suffix}" for suffix in SUFFIXES)
_K = TypeVar("_K")
ResourceKey = tuple[str, str, str]  # mode (managed or data), type, name


@dataclass(slots=True)
class Definition:
    """Everything a module declares. The first declaration of an address wins, as far as two say different things."""

    directory: str
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    resources: dict[ResourceKey, Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    providers: dict[tuple[str, str], Block] = field(default_factory=dict)  # local name, alias
    terraform: list[Block] = field(default_factory=list)
    moved: list[Block] = field(default_factory=list)
    removed: list[Block] = field(default_factory=list)
    imports: list[Block] = field(default_factory=list)

    @property
    def backend(self) -> Block | None:
        """The backend or cloud block."""
        found = [block for one in self.terraform for block in one.blocks if block.type in ("backend", "cloud")]
        return found[-1] if found else None


class Definitions:
    """The definitions of one side, read at most once each."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._found: dict[str, Definition | None] = {}

    def of(self, directory: str) -> Definition | None:
        """The module in a directory, or None when no configuration file is there."""
        if directory not in self._found:
            self._found[directory] = self._read(directory)
        return self._found[directory]

    def _read(self, directory: str) -> Definition | None:
        paths = configuration_files(self.workspace.tree.listdir(directory))
        if not paths:
            return None
        definition = Definition(directory)
        for path in sorted(paths, key=lambda p: (is_override(p), p)):
            document = self.workspace.document(path)
            if document is not None and isinstance(document.content, File):
                _add(definition, document.content.blocks, is_override(path))
        return definition


def configuration_files(paths: Sequence[str]) -> list[str]:
    """The files among those of one directory that Terraform or OpenTofu reads: x.tofu stands in for x.tf."""
    named = [p for p in paths if p.endswith(SUFFIXES) and not posixpath.basename(p).startswith((".", "#"))]
    instead = {p.removesuffix(".json").removesuffix(".tofu") for p in named if p.endswith((".tofu", ".tofu.json"))}
    return [p for p in named if not (p.endswith((".tf", ".tf.json")) and _stem(p) in instead)]


def _stem(path: str) -> str:
    return path.removesuffix(".json").removesuffix(".tf")


def is_override(path: str) -> bool:
    name = posixpath.basename(path)
    return name in _OVERRIDES or name.endswith(tuple(f"_{override}" for override in _OVERRIDES))


def _add(definition: Definition, blocks: Sequence[Block], override: bool) -> None:
    for block in blocks:
        labels = block.labels
        if block.type == "locals":
            for name, attribute in block.attributes.items():
                if override or name not in definition.locals:
                    definition.locals[name] = attribute
        elif block.type == "resource" and len(labels) == 2:
            _put(definition.resources, ("managed", labels[0], labels[1]), block, override)
        elif block.type == "data" and len(labels) == 2:
            _put(definition.resources, ("data", labels[0], labels[1]), block, override)
        elif block.type == "check":
            for nested in block.all("data"):
                if len(nested.labels) == 2:
                    _put(definition.resources, ("data", nested.labels[0], nested.labels[1]), nested, override)
        elif block.type == "variable" and len(labels) == 1:
            _put(definition.variables, labels[0], block, override)
        elif block.type == "output" and len(labels) == 1:
            _put(definition.outputs, labels[0], block, override)
        elif block.type == "module" and len(labels) == 1:
            _put(definition.calls, labels[0], block, override)
        elif block.type == "provider" and len(labels) == 1:
            _put(definition.providers, (labels[0], _alias(block)), block, override)
        else:
            _add_plain(definition, block)


def _add_plain(definition: Definition, block: Block) -> None:
    if block.type == "terraform":
        definition.terraform.append(block)
    elif block.type == "moved":
        definition.moved.append(block)
    elif block.type == "removed":
        definition.removed.append(block)
    elif block.type == "import":
        definition.imports.append(block)


def _put(found: dict[_K, Block], key: _K, block: Block, override: bool) -> None:
    if key not in found:
        found[key] = block
    elif override:
        found[key] = _merged(found[key], block)


def _merged(base: Block, over: Block) -> Block:
    """Arguments and nested blocks of an override replace those of the same name; lifecycle is merged argument by
    argument."""
    types = {block.type for block in over.blocks} - {"lifecycle"}
    blocks = [block for block in base.blocks if block.type not in types]
    for block in over.blocks:
        old = next((b for b in blocks if b.type == "lifecycle"), None) if block.type == "lifecycle" else None
        if old is not None:
            blocks[blocks.index(old)] = _merged(old, block)
        else:
            blocks.append(block)
    attributes: Mapping[str, Attribute] = {**base.attributes, **over.attributes}
    return replace(base, attributes=attributes, blocks=tuple(blocks))


def _alias(block: Block) -> str:
    alias = block.value("alias")
    value = getattr(alias, "value", "")
    return value if isinstance(value, str) else ""


def static_path(expr: object) -> str:
    """A reference as written where only a name is allowed: `aws.west`, `module.a["x"].aws_b.c`; "" for anything else."""
    if expr is None:
        return ""
    if isinstance(expr, Name):
        return expr.name
    if isinstance(expr, Literal):
        return expr.value if isinstance(expr.value, str) else ""
    if not isinstance(expr, Traversal) or not isinstance(expr.root, Name):
        return ""
    text = expr.root.name
    for step in expr.steps:
        if isinstance(step, Attr):
            text += f".{step.name}"
        elif isinstance(step, Index) and isinstance(step.key, Literal):
            key = step.key.value
            text += f'["{key}"]' if isinstance(key, str) else f"[{key}]"
        elif isinstance(step, Index):
            text += "[*]"  # each.key and the like: any instance
        else:
            text += "[*]"
    return text
