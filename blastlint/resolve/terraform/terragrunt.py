"""Terragrunt units: a terragrunt.hcl says which module to apply and with which inputs.

Only what decides those two is read: locals, include, inputs, terraform.source, read_terragrunt_config and the
functions about paths.
Paths are those of the tree with a slash before them, so that `get_repo_root()` is "/". Outputs of dependencies are unknown.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence

from blastlint.frozen import dataclass
from blastlint.model import Value, unknown
from blastlint.parse.hcl_ast import Attr, Attribute, Block, File, Step
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.terraform.bounds import Work
from blastlint.resolve.terraform.evaluate import Scope, attribute
from blastlint.resolve.terraform.values import EvaluationError, as_string, mapping

NAME = "terragrunt.hcl"
SHARED_NAMES = ("root.hcl", "terragrunt.hcl")
MAX_UNITS = 100
MAX_INCLUDES = 10
_FIND = "find_in_parent_folders"
_PART = regex(r'(?<=/)[^/"?]+(?=["?/])')  # a part of a path in a source, after its first
_FILE = regex(r"[\w.-]+\.hcl")
_REMOTE = regex(r"^(?:git::|git@|https?://|s3::|gcs::|tfr://|hg::|[\w.-]+\.\w+/)")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a terragrunt.hcl comes to. `directory` is the module's in the tree, None when it is elsewhere or not known."""

    source: Value
    directory: str | None
    inputs: Value
    block: Block | None


def units(workspace: Workspace, paths: Sequence[str]) -> dict[str, Unit]:
    """The units of terragrunt.hcl files, without those that name no module (files to be included)."""
    found = {path: _unit(workspace, path) for path in paths}
    return {path: one for path, one in found.items() if one is not None}


def _unit(workspace: Workspace, path: str) -> Unit | None:
    config = _Config(workspace, path, posixpath.dirname(path), 0)
    if config.file is None:
        return None
    block, source, base = config.source()
    if source is None:
        return None
    return Unit(source, _directory(source, base), config.inputs(), block)


def _directory(source: Value, base: str) -> str | None:
    if not source.known or not isinstance(source.data, str) or _REMOTE.match(source.data):
        return None
    joined = posixpath.normpath(posixpath.join("/", base, source.data.replace("//", "/")))
    return joined.lstrip("/")


def _shared(changed: Sequence[str]) -> frozenset[str]:
    return frozenset(path for path in changed if path.endswith(".hcl") and not path.endswith(".lock.hcl"))


def words(changed: Sequence[str], modules: Iterable[str]) -> tuple[str, ...]:
    """What one of them is in every line by which a unit names a changed .hcl file, or a changed module as the end of a path
    or a part of it."""
    files = {posixpath.basename(path) for path in _shared(changed)}
    files |= {_FIND} if files.intersection(SHARED_NAMES) else set()
    parts = {f"/{posixpath.basename(directory)}" for directory in modules} - {"/"}
    return (*sorted(files), *sorted(parts))


def units_for(workspace: Workspace, changed: Sequence[str], modules: Sequence[str]) -> list[str]:
    """The terragrunt.hcl files that the changed .hcl files and the changed module directories bear on."""
    shared = _shared(changed)
    names = frozenset(posixpath.basename(directory) for directory in modules) - {""}
    found = dict.fromkeys(path for path in changed if posixpath.basename(path) == NAME)
    asked = words(changed, modules)
    for path, line in workspace.tree.lines(asked, (NAME,)) if asked else ():
        if path not in found and (not names.isdisjoint(_PART.findall(line)) or _looks_for(path, line, shared)):
            found[path] = None
    if len(found) > MAX_UNITS:
        workspace.cut(list(found)[MAX_UNITS], f"{MAX_UNITS} of {len(found)} terragrunt units were looked at")
    return list(found)[:MAX_UNITS]


def _looks_for(unit: str, line: str, shared: frozenset[str]) -> bool:
    """Whether a line of a unit names a shared file above it, or looks for a parent of the file's kind."""
    names = [*(SHARED_NAMES if _FIND in line else ()), *_FILE.findall(line)]
    directory = unit
    while names and directory:
        directory = posixpath.dirname(directory)
        above = {posixpath.join(directory, name) for name in names} - {unit}
        if not shared.isdisjoint(above):
            return True
    return False


class _Config:
    """One terragrunt file in the context of the unit that reads it. The environment of its expressions."""

    def __init__(self, workspace: Workspace, path: str, unit_directory: str, depth: int) -> None:
        self._workspace = workspace
        self._path = path
        self._unit = unit_directory
        self._depth = depth
        document = workspace.document(path)
        self.file = document.content if document is not None and isinstance(document.content, File) else None
        self._scope = Scope(self, work=Work())
        self._locals: dict[str, Value | None] = {}
        self._includes: dict[str, _Config] | None = None
        self.functions: Mapping[str, Callable[..., Value]] = {
            "find_in_parent_folders": self._find_in_parents,
            "get_terragrunt_dir": lambda: Value(f"/{self._unit}"),
            "get_original_terragrunt_dir": lambda: Value(f"/{self._unit}"),
            "get_parent_terragrunt_dir": lambda *_: Value(f"/{self._parent()}"),
            "get_repo_root": lambda: Value("/"),
            "get_path_to_repo_root": lambda: Value(posixpath.relpath("/", f"/{self._unit}")),
            "path_relative_to_include": lambda *_: Value(posixpath.relpath(f"/{self._unit}", f"/{self._parent()}")),
            "path_relative_from_include": lambda *_: Value(posixpath.relpath(f"/{self._parent()}", f"/{self._unit}")),
            "read_terragrunt_config": self._read,
        }

    # --- what the unit comes to -----------------------------------------------------------------------------------

    def source(self) -> tuple[Block | None, Value | None, str]:
        """(terraform block, source, the directory that it is relative to): its own, or an included file's."""
        block = self._block("terraform")
        expression = block.value("source") if block else None
        if expression is not None:
            return block, attribute(expression, self._scope), self._unit
        for included in self.includes().values():
            found = included.source()
            if found[1] is not None:
                return found
        return None, None, ""

    def inputs(self) -> Value:
        """Inputs of the included files, overridden by its own. What cannot be read makes only itself unknown."""
        merged: dict[str, Value] = {}
        for included in self.includes().values():
            merged.update(included.inputs().items)
        given = self._attribute("inputs")
        if given is not None:
            value = attribute(given.value, self._scope)
            known = value.data if isinstance(value.data, Mapping) else {}
            merged.update(known)
        return mapping(merged)

    def includes(self) -> dict[str, _Config]:
        if self._includes is None:
            self._includes = {}
            for block in self.file.blocks if self.file and self._depth < MAX_INCLUDES else ():
                expression = block.value("path") if block.type == "include" else None
                path = attribute(expression, self._scope) if expression is not None else None
                if path is not None and path.known and isinstance(path.data, str):
                    included = self._other(path.data)
                    if included.file is not None:
                        self._includes[block.labels[0] if block.labels else ""] = included
        return self._includes

    def _other(self, path: str) -> _Config:
        where = posixpath.normpath(posixpath.join("/", posixpath.dirname(self._path), path)).lstrip("/")
        return _Config(self._workspace, where, self._unit, self._depth + 1)

    def _parent(self) -> str:
        """The directory of the (first) included file; of a file that is included, its own."""
        if posixpath.dirname(self._path) != self._unit:
            return posixpath.dirname(self._path)
        return next((posixpath.dirname(one._path) for one in self.includes().values()), self._unit)

    def _block(self, type: str) -> Block | None:
        return next((block for block in self.file.blocks if block.type == type), None) if self.file else None

    def _attribute(self, name: str) -> Attribute | None:
        return self.file.attributes.get(name) if self.file else None

    # --- environment ------------------------------------------------------------------------------------------------

    def reference(self, name: str, steps: Sequence[Step]) -> tuple[Value, int]:
        words = [step.name for step in steps if isinstance(step, Attr)]
        if name == "local" and words:
            return self._local(words[0]), 1
        if name == "include":
            labelled = self.includes().get(words[0]) if words else None
            included = labelled or self.includes().get("")
            if included is not None:
                return included.exposed(), 1 if labelled else 0
        if name == "dependency" and words:
            address = f"dependency.{words[0]}"
            return unknown("output of another unit", address, frozenset({address})), 1
        return unknown("not known from source", ".".join((name, *words))), len(steps)

    def _local(self, name: str) -> Value:
        if name in self._locals:
            return self._locals[name] or unknown("refers to itself", f"local.{name}")
        self._locals[name] = None
        given = (
            next((b.attributes[name] for b in self.file.blocks if b.type == "locals" and name in b.attributes), None)
            if self.file
            else None
        )
        try:
            found = attribute(given.value, self._scope) if given else unknown("no such local value", f"local.{name}")
        except RecursionError:
            found = unknown("nested too deeply", f"local.{name}")
        self._locals[name] = found
        return found

    def exposed(self) -> Value:
        """The file as others see it: its locals and inputs."""
        names = [name for b in self.file.blocks if b.type == "locals" for name in b.attributes] if self.file else []
        return mapping({"locals": mapping({name: self._local(name) for name in names}), "inputs": self.inputs()})

    def read_file(self, path: str) -> bytes | None:
        where = posixpath.normpath(posixpath.join("/", self._unit, path)).lstrip("/")
        return self._workspace.tree.read(where)

    def list_files(self, path: str) -> Sequence[str]:
        return ()

    # --- functions ------------------------------------------------------------------------------------------------------

    def _find_in_parents(self, *args: Value) -> Value:
        names = (str(as_string(args[0]).data),) if args and args[0].known else SHARED_NAMES[::-1]
        directory = posixpath.dirname(self._path)
        while directory:
            directory = posixpath.dirname(directory)
            for name in names:
                path = posixpath.join(directory, name)
                if self._workspace.tree.size(path) is not None:
                    return Value(f"/{path}")
        if len(args) > 1:
            return args[1]
        raise EvaluationError("find_in_parent_folders: no such file")

    def _read(self, *args: Value) -> Value:
        path = as_string(args[0]) if args else Value(None)
        if not path.known or not isinstance(path.data, str) or self._depth >= MAX_INCLUDES:
            return unknown("configuration that cannot be found", f"read_terragrunt_config({path.text})")
        other = self._other(path.data)
        if other.file is None:
            if len(args) > 1:
                return args[1]
            raise EvaluationError(f"no file {path.data}")
        return other.exposed()
