"""Python -> Module: the definitions of a file, by tree-sitter. What is in them is python_shape's business."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import tree_sitter
import tree_sitter_python
from tree_sitter import Node

from blastlint.model import Document, Side
from blastlint.parse.code import Definition, Import, Module, Sort
from blastlint.parse.structure import Dialect, Lines, blanked, digest, directives, error_line
from blastlint.regex import regex

_DEFINITIONS = ("function_definition", "class_definition", "decorated_definition")
_BLOCKS = frozenset(
    {"if_statement", "try_statement", "with_statement", "else_clause", "elif_clause", "except_clause", "finally_clause",
     "block"}
)  # fmt: skip
_TEST_FILE = regex(r"(^|/)(test[^/]*|[^/]*_tests?)\.py$|(^|/)tests?/[^/]*\.py$")
_TEST_CLASS = regex(rb"(TestCase|Tests?|TestBase|Testing)$")
_MARK = regex(rb"#\s*blastlint\s*:")


def _leaf(node: Node, text: bytes) -> bytes:
    if node.type == "string_start":
        return b"".join(sorted(bytes([c]) for c in text.lower().rstrip(b"'\"") if c != 0x75)) + b"'"
    return b"'" if node.type == "string_end" else text


def _silent(node: Node) -> bool:
    """Docstrings and other bare strings, and what a function says that it returns."""
    if node.type == "expression_statement":
        only = node.named_children
        return len(only) == 1 and only[0].type in ("string", "concatenated_string")
    if node.type == "type":
        parent = node.parent
        return parent is not None and parent.type == "function_definition"
    return False


_DIALECT = Dialect(
    ignored=frozenset({"comment", "line_continuation"}),
    transparent=frozenset({"parenthesized_expression", "concatenated_string", "expression_statement"}),
    punctuation=frozenset({b"(", b")", b"[", b"]", b"{", b"}", b",", b":", b";", b"->"}),
    kept_punctuation={"slice": frozenset({b":"})},
    same={"expression_list": "tuple", "pattern_list": "tuple", "tuple_pattern": "tuple"},
    leaf=_leaf,
    silent=_silent,
)


@lru_cache(maxsize=1)
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))


def parse(path: str, side: Side, data: bytes) -> Document:
    """The file's Module as content; partial where the grammar found an error. Only directive comments are kept."""
    source = data[3:] if data.startswith(b"\xef\xbb\xbf") else data
    source = source.replace(b"\r\n", b"\n")
    root = _parser().parse(source).root_node
    definitions, imports = _split(path, root, source)
    module = Module(path, "python", *module_name(path), definitions, imports, source)
    comments = tuple(directives(path, side, source, _MARK))
    if root.has_error:
        return Document(path, side, "python", module, comments, "partial", "syntax error", error_line(root))
    return Document(path, side, "python", module, comments)


def module_name(path: str) -> tuple[str, str]:
    """(root directory, dotted name) of a file: what follows a `src` directory, else the whole path."""
    parts = path.removesuffix(".pyi").removesuffix(".py").split("/")
    root = 0
    if "src" in parts[:-1]:
        root = len(parts) - 1 - parts[::-1].index("src") + 1
        if root >= len(parts):
            root = 0
    names = parts[root:]
    if len(names) > 1 and names[-1] == "__init__":
        names = names[:-1]
    return "/".join(parts[:root]), ".".join(names)


class _Splitter:
    """Collects the definitions of one file; names that come twice are numbered."""

    def __init__(self, path: str, source: bytes) -> None:
        self.source = source
        self.lines = Lines(source)
        self.test_file = bool(_TEST_FILE.search(path))
        self.found: list[Definition] = []
        self.imports: list[Import] = []
        self.package = module_name(path)[1].split(".")
        if not path.endswith("/__init__.py"):
            self.package = self.package[:-1]
        self._names: dict[str, int] = {}

    def text(self, node: Node) -> bytes:
        return self.source[node.start_byte : node.end_byte]

    def unique(self, name: str) -> str:
        count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"

    def add(
        self, node: Node, name: str, sort: Sort, inner: list[Node], parent: str = "", bases: tuple[str, ...] = ()
    ) -> str:
        name = self.unique(name)
        start = node.start_byte
        line_start = self.lines.starts[node.start_point[0]]
        if not self.source[line_start:start].strip():
            start = line_start  # with its indentation, so that the lines below keep their meaning
        holes = [(n.start_byte, n.end_byte) for n in inner]
        text = blanked(self.source, start, node.end_byte, holes, b"pass")
        without = frozenset(n.id for n in inner)
        source = self.source
        span = self.lines.span(node)
        header = self.lines.header(_named(node).start_point[0], span[1])
        self.found.append(
            Definition(
                name, sort, "python", text, node.start_point[0] + 1, span, header, node,
                lambda: digest(node, source, _DIALECT, without), parent, bases,
            )
        )  # fmt: skip
        return name


def _split(path: str, root: Node, source: bytes) -> tuple[tuple[Definition, ...], tuple[Import, ...]]:
    splitter = _Splitter(path, source)
    inner: list[Node] = []
    imports: list[Node] = []
    _statements(splitter, root, "", inner, imports, depth=0)
    rest = _module(splitter, root, [*inner, *imports])
    return (rest, *splitter.found), tuple(splitter.imports)


def _module(splitter: _Splitter, root: Node, inner: list[Node]) -> Definition:
    """What a file does when it is loaded, apart from defining things and importing others."""
    inner = sorted(inner, key=lambda n: n.start_byte)
    without = frozenset(n.id for n in inner)
    text = blanked(splitter.source, 0, len(splitter.source), [(n.start_byte, n.end_byte) for n in inner], b"pass")
    whole = splitter.lines.span(root)
    span = (1, 1, whole[2], whole[3])
    meaning = lambda: digest(root, splitter.source, _DIALECT, without)  # noqa: E731
    return Definition("", "module", "python", text, 1, span, splitter.lines.header(0, 1), root, meaning)


def _statements(
    splitter: _Splitter,
    block: Node,
    parent: str,
    inner: list[Node],
    imports: list[Node],
    depth: int,
    tests: bool = False,
) -> None:
    """Definitions directly in `block`, or in a conditional there; their nodes go to `inner`."""
    for node in block.named_children:
        kind = node.type
        if kind in _DEFINITIONS:
            inner.append(node)
            _definition(splitter, node, parent, tests)
        elif kind in ("import_statement", "import_from_statement", "future_import_statement"):
            imports.append(node)
            splitter.imports.extend(imported(node, splitter.source, splitter.package))
        elif kind == "expression_statement" and not parent:
            _setting(splitter, node, inner)
        elif kind in _BLOCKS and depth < 12:
            _statements(splitter, node, parent, inner, imports, depth + 1, tests)


def _setting(splitter: _Splitter, node: Node, inner: list[Node]) -> None:
    assignment = node.named_children[0] if node.named_child_count == 1 else None
    if assignment is None or assignment.type != "assignment":
        return
    left, right = assignment.child_by_field_name("left"), assignment.child_by_field_name("right")
    if left is not None and left.type == "identifier" and right is not None:
        inner.append(node)
        splitter.add(node, splitter.text(left).decode("utf-8", "replace"), "setting", [])


def _named(node: Node) -> Node:
    """The definition itself, below its decorators."""
    return (node.child_by_field_name("definition") or node) if node.type == "decorated_definition" else node


def _definition(splitter: _Splitter, node: Node, parent: str, tests: bool) -> None:
    definition = _named(node)
    identifier = definition.child_by_field_name("name")
    if identifier is None:
        return
    short = splitter.text(identifier).decode("utf-8", "replace")
    decorators = b" ".join(splitter.text(c) for c in node.children if c.type == "decorator")
    if decorators.rstrip().endswith((b".setter", b".deleter")):
        short += decorators.rstrip()[decorators.rstrip().rindex(b".") :].decode()
    name = f"{parent}.{short}" if parent else short
    if definition.type == "function_definition":
        collected = short.startswith("test") and (tests if parent else splitter.test_file)
        is_test = collected and b"fixture" not in decorators
        splitter.add(node, name, "test" if is_test else "function", [], parent)
        return
    superclasses = definition.child_by_field_name("superclasses")
    bases = [splitter.text(c) for c in superclasses.named_children] if superclasses else []
    holds_tests = (splitter.test_file and short.startswith("Test")) or any(_TEST_CLASS.search(b) for b in bases)
    methods: list[Node] = []
    at = len(splitter.found)
    body = definition.child_by_field_name("body")
    inner_splitter_name = name
    if body is not None:
        _statements(splitter, body, inner_splitter_name, methods, [], depth=0, tests=holds_tests)
    methods.sort(key=lambda n: n.start_byte)
    splitter.add(node, name, "class", methods, parent, tuple(b.decode("utf-8", "replace") for b in bases))
    splitter.found.insert(at, splitter.found.pop())


def imported(node: Node, source: bytes, package: list[str]) -> Iterator[Import]:
    """What one import statement binds; `package` is the dotted package of the file, for relative imports."""

    def text(part: Node) -> str:
        return source[part.start_byte : part.end_byte].decode("utf-8", "replace")

    prefix = ""
    module = node.child_by_field_name("module_name")
    if module is not None:
        prefix = text(module)
        dots = len(prefix) - len(prefix.lstrip("."))
        if dots:
            base = package[: len(package) - dots + 1] if dots <= len(package) + 1 else []
            prefix = ".".join([*base, *([prefix[dots:]] if prefix[dots:] else [])])
        prefix += "."
    for part in node.children_by_field_name("name"):
        if part.type == "aliased_import":
            name, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
            if name is not None and alias is not None:
                yield Import(text(alias), prefix + text(name))
        elif prefix:
            yield Import(text(part), prefix + text(part))
        else:
            head = text(part).split(".")[0]
            yield Import(head, head)
            if "." in text(part):
                yield Import(text(part), text(part))


@lru_cache(maxsize=512)
def imported_names(statement: str, module: str) -> dict[str, str]:
    """alias -> target of one import statement within a function of `module`."""
    source = statement.encode()
    root = _parser().parse(source).root_node
    package = module.split(".")[:-1]
    return {i.alias: i.target for node in root.named_children for i in imported(node, source, package)}
