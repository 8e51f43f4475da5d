"""What a Terragrunt file comes to in the context of the unit that reads it: its source, its inputs, what it shows others.

Only what decides those is read: locals, include, inputs, terraform.source, dependency, read_terragrunt_config and the
functions about paths. An included file speaks as the unit that includes it (`find_in_parent_folders` begins there), a file
that is read as itself. Paths are those of the tree with a slash before them, so that `get_repo_root()` is "/".
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence

from blastlint.frozen import dataclass, field, replace
from blastlint.model import Value, unknown
from blastlint.parse.hcl_ast import Attr, Attribute, Block, File, Step
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.terraform.bounds import Work
from blastlint.resolve.terraform.definition import Definitions
from blastlint.resolve.terraform.evaluate import Scope, attribute
from blastlint.resolve.terraform.instance import Configuration, Module
from blastlint.resolve.terraform.tfvars import variable_files, variables
from blastlint.resolve.terraform.values import EvaluationError, as_string, mapping, sequence

NAME = "terragrunt.hcl"
SHARED_NAMES = ("root.hcl", "terragrunt.hcl")
MAX_DEPTH = 10  # of files that read files
MAX_FILES = 5_000  # each as often as a unit reads it
_REMOTE = regex(r"^(?:git::|git@|https?://|s3::|gcs::|tfr://|hg::|[\w.-]+\.\w+/)")
_ELSEWHERE = "output of another unit"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a terragrunt.hcl comes to. `directory` is the module's in the tree, None when it is elsewhere or not known."""

    source: Value
    directory: str | None
    inputs: Value
    block: Block | None


@dataclass(slots=True)
class Site:
    """What the files of one side share. `outputs` are those of the units that others depend on, None where it is not known
    what they come to (also while that is being found out: they depend on each other)."""

    definitions: Definitions
    outputs: dict[str, Module | None] = field(default_factory=dict)
    read: int = 0  # how many files were read, each as often as it was

    @property
    def workspace(self) -> Workspace:
        return self.definitions.workspace

    def file(self, path: str) -> File | None:
        """A parsed file, None where it is not there, is none of HCL, or too many have been read."""
        self.read += 1
        if self.read == MAX_FILES:
            self.workspace.cut(path, f"Terragrunt files were read {MAX_FILES} times, and no more from here on")
        if self.read >= MAX_FILES:
            return None
        document = self.workspace.document(path)
        return document.content if document is not None and isinstance(document.content, File) else None


def unit(site: Site, path: str, depth: int = 0) -> Unit | None:
    """What a terragrunt.hcl comes to, None for a file that names no module (one to be included) or is not there."""
    directory = posixpath.dirname(path)
    config = Config(site, path, directory, depth)
    if config.file is None:
        return None
    block, source, base = config.source()
    if source is None and site.definitions.of(directory) is None:
        return None
    source, module = (source, _directory(source, base)) if source is not None else (Value("."), directory)
    return Unit(source, module, _given(site, config, module, directory), block)


def _given(site: Site, config: Config, module: str | None, directory: str) -> Value:
    """What the module's variables are given: by the inputs, by the files of values that lie where Terraform runs (it runs in
    a copy of the module and of the unit's directory), and by those it is told to read."""
    given = dict(config.inputs().items)
    definition = site.definitions.of(module) if module is not None else None
    if definition is not None and not config.is_whole():
        reason = "what else the unit is given is not known"
        given = {name: unknown(reason, f"inputs.{name}") for name in definition.variables} | given
    files: list[str] = []
    for where in dict.fromkeys((module, directory)):
        files += variable_files(site.workspace.tree, where)[0] if where is not None else []
    for file in (*files, *config.variable_files()):
        given.update(variables(site.workspace, file))
    return mapping(given)


def _directory(source: Value, base: str) -> str | None:
    if not source.known or not isinstance(source.data, str) or _REMOTE.match(source.data):
        return None
    joined = posixpath.normpath(posixpath.join("/", base, source.data.replace("//", "/")))
    return joined.lstrip("/")


class Config:
    """One terragrunt file in the context of the unit that reads it. The environment of its expressions."""

    def __init__(self, site: Site, path: str, directory: str, depth: int, original: str | None = None) -> None:
        """`directory` is that of the unit it speaks as, `original` that of the unit which is asked for first."""
        self._site = site
        self._path = path
        self._unit = directory
        self._original = directory if original is None else original
        self._depth = depth
        self.file = site.file(path)
        self._scope = Scope(self, work=Work())
        self._locals: dict[str, Value | None] = {}
        self._includes: dict[str, Config] | None = None
        self._strategies: dict[str, str] = {}
        self._inputs: Value | None = None
        self.functions: Mapping[str, Callable[..., Value]] = {
            "find_in_parent_folders": self._find_in_parents,
            "get_terragrunt_dir": lambda: Value(f"/{self._unit}"),
            "get_original_terragrunt_dir": lambda: Value(f"/{self._original}"),
            "get_parent_terragrunt_dir": lambda *label: Value(f"/{self._parent(*label)}"),
            "get_repo_root": lambda: Value("/"),
            "get_path_to_repo_root": lambda: Value(posixpath.relpath("/", f"/{self._unit}")),
            "get_path_from_repo_root": lambda: Value(posixpath.relpath(f"/{self._unit}", "/")),
            "path_relative_to_include": lambda *label: Value(
                posixpath.relpath(f"/{self._unit}", f"/{self._parent(*label)}")
            ),
            "path_relative_from_include": lambda *label: Value(
                posixpath.relpath(f"/{self._parent(*label)}", f"/{self._unit}")
            ),
            "read_terragrunt_config": self._read,
            "mark_as_read": lambda path: path,
        }

    # --- what the unit comes to -----------------------------------------------------------------------------------

    def source(self) -> tuple[Block | None, Value | None, str]:
        """(terraform block, source, the directory that it is relative to): its own, or the last included file's that has
        one."""
        block = self._block("terraform")
        expression = block.value("source") if block else None
        if expression is not None:
            return block, attribute(expression, self._scope), self._unit
        for included in reversed(self._merged().values()):
            found = included.source()
            if found[1] is not None:
                return found
        return None, None, ""

    def inputs(self) -> Value:
        """Inputs of the included files, overridden by its own. What cannot be read makes only itself unknown."""
        if self._inputs is None:
            merged = self._own_inputs()
            for label, included in reversed(self._merged().items()):
                below = included.inputs().items
                merged = _deep(below, merged) if self._strategies[label] == "deep" else {**below, **merged}
            self._inputs = mapping(merged)
        return self._inputs

    def is_whole(self) -> bool:
        """Whether it is known which inputs are given, be their values known or not."""
        given = self._attribute("inputs")
        if given is not None and not attribute(given.value, self._scope).known:
            return False
        asked = sum(block.type == "include" for block in self.file.blocks) if self.file else 0
        return len(self.includes()) == asked and all(one.is_whole() for one in self._merged().values())

    def variable_files(self) -> list[str]:
        """The .tfvars files that Terraform is told to read, in that order: the included files' first."""
        found = [file for one in self._merged().values() for file in one.variable_files()]
        for extra in (e for b in (self._block("terraform"),) if b is not None for e in b.all("extra_arguments")):
            for name, prefix in (("arguments", "-var-file="), ("required_var_files", ""), ("optional_var_files", "")):
                expression = extra.value(name)
                listed = attribute(expression, self._scope) if expression is not None else None
                texts = [one.scalar for one in listed.elements] if listed is not None and listed.is_list else []
                named = [text.removeprefix(prefix) for text in texts if isinstance(text, str) and text.startswith(prefix)]
                found += [self._where(text) for text in named]
        return found

    def _own_inputs(self) -> Mapping[str, Value]:
        given = self._attribute("inputs")
        value = attribute(given.value, self._scope) if given is not None else None
        return value.data if value is not None and isinstance(value.data, Mapping) else {}

    def _merged(self) -> dict[str, Config]:
        """The included files that become a part of this one."""
        return {label: one for label, one in self.includes().items() if self._strategies[label] != "no_merge"}

    def includes(self) -> dict[str, Config]:
        if self._includes is None:
            self._includes = {}
            for block in self.file.blocks if self.file and self._depth < MAX_DEPTH else ():
                path = self._text(block, "path") if block.type == "include" else None
                included = self._included(path) if path is not None else None
                if included is not None and included.file is not None:
                    label = block.labels[0] if block.labels else ""
                    self._strategies[label] = self._text(block, "merge_strategy") or "shallow"
                    self._includes[label] = included
        return self._includes

    def _text(self, block: Block, name: str) -> str | None:
        expression = block.value(name)
        data = attribute(expression, self._scope).scalar if expression is not None else None
        return data if isinstance(data, str) else None

    def _included(self, path: str) -> Config:
        return Config(self._site, self._where(path), self._unit, self._depth + 1, self._original)

    def _where(self, path: str, directory: str | None = None) -> str:
        """The path in the tree that a path means, beside the unit where no directory is given."""
        base = self._unit if directory is None else directory
        return posixpath.normpath(posixpath.join("/", base, path)).lstrip("/")

    def _parent(self, *label: Value) -> str:
        """The directory of the (first) included file, or of that with the label; of a file that is included, its own."""
        if posixpath.dirname(self._path) != self._unit:
            return posixpath.dirname(self._path)
        wanted = label[0].scalar if label else next(iter(self.includes()), None)
        found = self.includes().get(wanted) if isinstance(wanted, str) else None
        return posixpath.dirname(found._path) if found is not None else self._unit

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
            return self._dependency(steps)
        return unknown("not known from source", ".".join((name, *words))), len(steps)

    def _dependency(self, steps: Sequence[Step]) -> tuple[Value, int]:
        """An output of another unit as its source has it, or all of them: what is mocked is in no real plan."""
        words = [step.name if isinstance(step, Attr) else "" for step in steps[:3]]
        address = f"dependency.{words[0]}"
        nobody = unknown(_ELSEWHERE, address, frozenset({address})), 1
        module = self._depended_on(words[0]) if words[1:2] == ["outputs"] else None
        if module is None:
            return nobody
        known = module.definition.outputs
        if words[2:] and words[2]:
            return (_output(module, words[2], address), 3) if words[2] in known else nobody
        return mapping({name: _output(module, name, address) for name in known}), 2

    def _depended_on(self, label: str) -> Module | None:
        block = next((b for b in self._blocks("dependency") if b.labels[:1] == (label,)), None)
        path = self._text(block, "config_path") if block is not None else None
        if path is None or self._depth >= MAX_DEPTH:
            return None
        where = self._where(path)
        where = where if where.endswith(".hcl") else posixpath.join(where, NAME)
        outputs = self._site.outputs
        if where not in outputs:
            outputs[where] = None
            found = unit(self._site, where, self._depth + 1)
            definition = self._site.definitions.of(found.directory) if found and found.directory is not None else None
            if found is not None and definition is not None:
                configuration = Configuration(definition.directory, self._site.definitions, found.inputs.items)
                outputs[where] = Module(configuration, definition)
        return outputs[where]

    def _blocks(self, type: str) -> list[Block]:
        """Its own blocks of a type, and those of what it includes."""
        own = [block for block in self.file.blocks if block.type == type] if self.file else []
        return [*own, *(block for one in self._merged().values() for block in one._blocks(type))]

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
        return self._site.workspace.tree.read(self._where(path, posixpath.dirname(self._path)))

    def list_files(self, path: str) -> Sequence[str]:
        return ()

    # --- functions ------------------------------------------------------------------------------------------------------

    def _find_in_parents(self, *args: Value) -> Value:
        names = (str(as_string(args[0]).data),) if args and args[0].known else SHARED_NAMES[::-1]
        directory = self._unit
        while directory:
            directory = posixpath.dirname(directory)
            for name in names:
                path = posixpath.join(directory, name)
                if self._site.workspace.tree.size(path) is not None:
                    return Value(f"/{path}")
        if len(args) > 1:
            return args[1]
        raise EvaluationError("find_in_parent_folders: no such file")

    def _read(self, *args: Value) -> Value:
        path = as_string(args[0]) if args else Value(None)
        if not path.known or not isinstance(path.data, str) or self._depth >= MAX_DEPTH:
            return unknown("configuration that cannot be found", f"read_terragrunt_config({path.text})")
        where = self._where(path.data)
        other = Config(self._site, where, posixpath.dirname(where), self._depth + 1, self._original)
        if other.file is None:
            if len(args) > 1:
                return args[1]
            raise EvaluationError(f"no file {path.data}")
        return other.exposed()


def _deep(below: Mapping[str, Value], above: Mapping[str, Value]) -> dict[str, Value]:
    """Two maps as Terragrunt merges them deeply: maps within are merged as well, lists are put together."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        if old is not None and old.is_map and value.is_map:
            merged[name] = mapping(_deep(old.items, value.items))
        elif old is not None and old.is_list and value.is_list:
            merged[name] = sequence([*old.elements, *value.elements])
        else:
            merged[name] = value
    return merged


def _output(module: Module, name: str, address: str) -> Value:
    return _from_elsewhere(module.output(name), f"{address}.outputs.{name}", address)


def _from_elsewhere(value: Value, text: str, address: str) -> Value:
    """An output as another unit sees it: nothing in it means anything of this one."""
    if not value.known:
        found = unknown(_ELSEWHERE, text, frozenset({address}), region=value.region)
    elif value.is_map:
        found = mapping({name: _from_elsewhere(one, f"{text}.{name}", address) for name, one in value.items.items()})
    elif value.is_list:
        parts = [_from_elsewhere(one, f"{text}[{place}]", address) for place, one in enumerate(value.elements)]
        found = sequence(parts, unordered=value.unordered)
    else:
        found = replace(value, refs=frozenset())
    return replace(found, sensitive=True) if value.sensitive else found
