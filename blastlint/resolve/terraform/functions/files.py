"""Functions that read files of the tree, and templates in them."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable, Mapping

from blastlint.frozen import replace
from blastlint.model import Value, unknown
from blastlint.parse.hcl import template as parse_template
from blastlint.parse.hcl_ast import Source
from blastlint.resolve.terraform.bounds import Work
from blastlint.resolve.terraform.details import WORKSPACE
from blastlint.resolve.terraform.evaluate import Environment, Scope, evaluate
from blastlint.resolve.terraform.functions.support import scalar, unknown_call
from blastlint.resolve.terraform.values import (
    EvaluationError,
    as_string,
    cannot_know,
    sequence,
    tainted,
)

MISSING = "the file is not in the tree"
_NAMES = {"dirname": posixpath.dirname, "basename": posixpath.basename}


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EvaluationError("the file is not UTF-8") from error


def _hex(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: hashlib.new(algorithm, data).hexdigest()


def _base64(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: base64.b64encode(hashlib.new(algorithm, data).digest()).decode()


_READERS: Mapping[str, Callable[[bytes], str]] = {
    "file": _text,
    "filebase64": lambda data: base64.b64encode(data).decode(),
    "filemd5": _hex("md5"),
    "filesha1": _hex("sha1"),
    "filesha256": _hex("sha256"),
    "filesha512": _hex("sha512"),
    "filebase64sha256": _base64("sha256"),
    "filebase64sha512": _base64("sha512"),
}
FUNCTIONS = frozenset(
    {*_READERS, *_NAMES, "fileexists", "fileset", "templatefile", "templatestring", "abspath", "pathexpand"}
)


def call(
    name: str, args: tuple[Value, ...] | Value, environment: Environment | None, work: Work | None = None
) -> Value:
    """One of FUNCTIONS. A file that is not in the tree is unknown: it may have been built when Terraform runs."""
    if isinstance(args, Value):
        return cannot_know(f"{name}({args.text}...)", (args,))
    if not args:
        raise EvaluationError(f"{name}: a path is required")
    path = as_string(args[0])
    if not path.known or environment is None:
        return unknown_call(name, (path, *args[1:]))
    if path.data is None:
        raise EvaluationError(f"{name}: the path is null")
    where = str(path.data)
    if name in _NAMES:
        return scalar(_NAMES[name](where) or ".", path)
    if name == "fileset":
        return _fileset(args, environment)
    if name == "templatestring":
        return _render(where, args, environment, name, work)
    if name == "pathexpand" and not where.startswith("~"):
        return path
    if name in ("abspath", "pathexpand"):
        return replace(unknown_call(name, args), reason="depends on the machine")
    data = environment.read_file(where)
    if name == "fileexists":
        return scalar(True, path) if data is not None else replace(unknown_call(name, args), reason=MISSING)
    if data is None:
        return replace(unknown_call(name, args), reason=MISSING)
    if name == "templatefile":
        return _render(_text(data), args, environment, name, work)
    return tainted(Value(_READERS[name](data)), args)


def _render(
    text: str, args: tuple[Value, ...], environment: Environment, name: str, work: Work | None
) -> Value:
    if len(args) != 2:
        raise EvaluationError(f"{name}: a template and its variables are required")
    variables = args[1]
    if not variables.known:
        return unknown_call(name, args)
    if not variables.is_map:
        raise EvaluationError(f"{name}: the variables must be a map")
    source = Source("", "after", text.replace("\r\n", "\n"))
    found = as_string(evaluate(parse_template(source), Scope(_OnlyFiles(environment), variables.items, work=work)))
    found = replace(found, region=None)
    return tainted(found, (variables,)) if variables.sensitive else found


class _OnlyFiles:
    """A template file sees its variables, and files, but no references."""

    def __init__(self, environment: Environment) -> None:
        self.read_file = environment.read_file
        self.list_files = environment.list_files
        self.functions = environment.functions

    def reference(self, name: str, steps: object) -> tuple[Value, int]:
        raise EvaluationError(f"the template has no variable {name!r}")


def workspaces(args: tuple[Value, ...], environment: Environment) -> list[str]:
    """The workspaces for which there is a file, where no more than their name is missing in its path."""
    head, found, tail = (args[0].text if args else "").removeprefix('"').removesuffix('"').partition(f"${{{WORKSPACE}}}")
    if not found or "${" in head + tail:
        return []
    directory, _, stem = head.rpartition("/")
    names = (p for p in environment.list_files(directory or ".") if p.startswith(stem) and p.endswith(tail))
    return [name[len(stem) : len(name) - len(tail)] for name in names]


def _fileset(args: tuple[Value, ...], environment: Environment) -> Value:
    if len(args) != 2:
        raise EvaluationError("fileset: a directory and a pattern are required")
    pattern = as_string(args[1])
    if not pattern.known:
        return unknown_call("fileset", args)
    wanted = _glob(str(pattern.data))
    found = [path for path in environment.list_files(str(args[0].data)) if wanted.fullmatch(path)]
    return sequence([Value(path) for path in found], unordered=True)


def _glob(pattern: str) -> re.Pattern[str]:
    """A doublestar glob as a regular expression."""
    parts: list[str] = []
    position = 0
    depth = 0
    while position < len(pattern):
        here = pattern[position]
        if pattern.startswith("**/", position):
            parts.append("(?:[^/]+/)*")
            position += 3
            continue
        if pattern.startswith("**", position):
            parts.append(".*")
            position += 2
            continue
        if here == "{":
            depth += 1
        elif here == "}" and depth:
            depth -= 1
        parts.append(
            {"*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")"}.get(here)
            or ("|" if here == "," and depth else re.escape(here))
        )
        position += 1
    try:
        return re.compile("".join(parts))
    except re.error as error:
        raise EvaluationError("fileset: not a pattern") from error


__all__ = ["FUNCTIONS", "call", "unknown"]
