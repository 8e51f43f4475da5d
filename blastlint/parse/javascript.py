"""JavaScript and TypeScript -> Module: functions, classes, module-level names and tests, by tree-sitter.

A test is a call of `it`, `test` or `specify` with a title and a function; its name is `describe > it` with the titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import tree_sitter
from tree_sitter import Node

from blastlint.model import Document, Side
from blastlint.parse.code import Definition, Import, Module, Sort
from blastlint.parse.structure import Dialect, Lines, blanked, digest, directives, error_line
from blastlint.regex import regex

_FUNCTIONS = ("arrow_function", "function_expression", "generator_function")
_DECLARED = ("function_declaration", "generator_function_declaration")
_CLASSES = ("class_declaration", "abstract_class_declaration", "class")
_SUITES = frozenset({"describe", "context", "suite", "xdescribe", "xcontext", "fdescribe", "fcontext"})
_TESTS = frozenset({"it", "test", "specify", "xit", "xtest", "xspecify", "fit", "ftest"})
_NESTED = 12  # suites within suites
_MARK = regex(rb"(//|/\*)\s*blastlint\s*:")


def _leaf(node: Node, text: bytes) -> bytes:
    return b"'" if text in (b"'", b'"') else text


def _silent(node: Node) -> bool:
    return node.type in ("type_annotation", "accessibility_modifier", "interface_declaration", "type_alias_declaration")


_DIALECT = Dialect(
    ignored=frozenset({"comment", "empty_statement"}),
    transparent=frozenset({"parenthesized_expression", "expression_statement"}),
    punctuation=frozenset({b"(", b")", b"[", b"]", b"{", b"}", b",", b":", b";"}),
    leaf=_leaf,
    silent=_silent,
)


@lru_cache(maxsize=3)
def _parser(dialect: str) -> tree_sitter.Parser:
    if dialect == "javascript":
        import tree_sitter_javascript

        return tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))
    import tree_sitter_typescript

    language = tree_sitter_typescript.language_tsx if dialect == "tsx" else tree_sitter_typescript.language_typescript
    return tree_sitter.Parser(tree_sitter.Language(language()))


def parse(path: str, side: Side, data: bytes) -> Document:
    """The file's Module as content; partial where the grammar found an error. Only directive comments are kept."""
    source = (data[3:] if data.startswith(b"\xef\xbb\xbf") else data).replace(b"\r\n", b"\n")
    typescript = path.lower().endswith((".ts", ".mts", ".cts", ".tsx"))
    dialect = "tsx" if path.lower().endswith(".tsx") else "typescript" if typescript else "javascript"
    language = "typescript" if typescript else "javascript"
    root = _parser(dialect).parse(source).root_node
    splitter = _Splitter(source, language)
    inner: list[Node] = []
    splitter.statements(root, inner, "")
    inner.sort(key=lambda n: n.start_byte)
    rest = splitter.made(root, "", "module", inner, filler=b"")
    module = Module(path, language, "", path, (rest, *splitter.found), tuple(splitter.imports), source)
    comments = tuple(directives(path, side, source, _MARK))
    if root.has_error:
        return Document(path, side, language, module, comments, "partial", "syntax error", error_line(root))
    return Document(path, side, language, module, comments)


class _Splitter:
    """Collects the definitions of one file; names that come twice are numbered."""

    def __init__(self, source: bytes, language: str) -> None:
        self.source, self.language = source, language
        self.lines = Lines(source)
        self.found: list[Definition] = []
        self.imports: list[Import] = []
        self._names: dict[str, int] = {}

    def text(self, node: Node | None) -> str:
        return "" if node is None else self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def unique(self, name: str) -> str:
        count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"

    def made(
        self,
        node: Node,
        name: str,
        sort: Sort,
        inner: list[Node],
        parent: str = "",
        bases: tuple[str, ...] = (),
        decorators: list[Node] | None = None,
        filler: bytes = b";",
    ) -> Definition:
        """The Definition of `node` without the nodes `inner`; `decorators` stand before it."""
        first = decorators[0] if decorators else node
        text = blanked(
            self.source, first.start_byte, node.end_byte, [(n.start_byte, n.end_byte) for n in inner], filler
        )
        source, without = self.source, frozenset(n.id for n in inner)
        meant = [*(decorators or ()), node]
        start, end = self.lines.span(first), self.lines.span(node)
        span = (start[0], start[1], end[2], end[3]) if name else (1, 1, end[2], end[3])
        header = self.lines.header(node.start_point[0], end[1]) if name else self.lines.header(0, 1)
        return Definition(
            name, sort, self.language, text, first.start_point[0] + 1, span, header, node,
            lambda: "".join(digest(n, source, _DIALECT, without) for n in meant), parent, bases,
        )  # fmt: skip

    def add(self, node: Node, name: str, sort: Sort, parent: str = "", decorators: list[Node] | None = None) -> None:
        self.found.append(self.made(node, self.unique(name), sort, [], parent, decorators=decorators))

    def statements(self, block: Node, inner: list[Node], suite: str, depth: int = 0) -> None:
        """Definitions directly in a file or a suite."""
        for node in block.named_children:
            self.statement(node, node, inner, suite, depth)

    def statement(self, node: Node, whole: Node, inner: list[Node], suite: str, depth: int) -> None:
        kind = node.type
        if kind == "import_statement":
            inner.append(whole)
            self.imports.extend(_imported(self, node))
        elif kind == "export_statement":
            declared = node.child_by_field_name("declaration") or node.child_by_field_name("value")
            if declared is not None and declared.type in _FUNCTIONS:
                inner.append(whole)
                self.add(whole, "default", "function")
            elif declared is not None:
                self.statement(declared, whole, inner, suite, depth)
        elif kind in _DECLARED:
            inner.append(whole)
            self.add(whole, self.named(node, suite), "function")
        elif kind in _CLASSES:
            inner.append(whole)
            self.class_(node, whole, suite)
        elif kind in ("lexical_declaration", "variable_declaration"):
            self.variables(node, whole, inner, suite)
        elif kind == "expression_statement" and node.named_child_count:
            self.expression(node.named_children[0], whole, inner, suite, depth)

    def named(self, node: Node, suite: str = "") -> str:
        name = self.text(node.child_by_field_name("name")) or "default"
        return f"{suite} > {name}" if suite else name

    def variables(self, node: Node, whole: Node, inner: list[Node], suite: str) -> None:
        declarators = [c for c in node.named_children if c.type == "variable_declarator"]
        for declarator in declarators:
            name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            required = _required(self, value)
            if required and name is not None:
                self.imports.extend(_bound(self, name, required))
        if len(declarators) != 1:
            return
        name, value = declarators[0].child_by_field_name("name"), declarators[0].child_by_field_name("value")
        if name is None or name.type != "identifier" or value is None or _required(self, value):
            return
        inner.append(whole)
        label = f"{suite} > {self.text(name)}" if suite else self.text(name)
        self.add(whole, label, "function" if value.type in _FUNCTIONS else "setting")

    def expression(self, node: Node, whole: Node, inner: list[Node], suite: str, depth: int) -> None:
        if node.type == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and right.type in _FUNCTIONS and left.type == "member_expression":
                inner.append(whole)
                self.add(whole, self.text(left), "function")
            return
        if node.type != "call_expression":
            return
        word = _head(self, node)
        title, body = _titled(self, node)
        if body is None or word not in _SUITES | _TESTS:
            return
        name = f"{suite} > {title}" if suite else title
        if word in _TESTS:
            inner.append(whole)
            self.add(whole, name, "test")
        elif depth < _NESTED:
            block = body.child_by_field_name("body")
            if block is not None:
                self.statements(block, inner, name, depth + 1)

    def class_(self, node: Node, whole: Node, suite: str) -> None:
        name = self.named(node, suite)
        methods: list[Node] = []
        pending: list[Node] = []
        at = len(self.found)
        body = node.child_by_field_name("body")
        for member in body.named_children if body is not None else ():
            if member.type == "decorator":
                pending.append(member)
                continue
            label = member.child_by_field_name("name") or member.child_by_field_name("property")
            value = member.child_by_field_name("value")
            is_function = member.type == "method_definition" or (value is not None and value.type in _FUNCTIONS)
            if is_function and label is not None:
                methods += [*pending, member]
                self.add(member, f"{name}.{self.text(label)}", "function", name, pending)
            if member.type != "comment":
                pending = []
        heritage = next((c for c in node.named_children if c.type == "class_heritage"), None)
        bases = tuple(re.findall(r"[\w.$]+", self.text(heritage).replace("extends", " ").replace("implements", " ")))
        self.found.insert(at, self.made(whole, self.unique(name), "class", methods, "", bases))


def _head(splitter: _Splitter, call: Node) -> str:
    """The first word of what is called: `it` of `it.each([1])("...")`; `describe` of `test.describe.serial("...")`."""
    here: Node | None = call
    while here is not None and here.type in ("call_expression", "member_expression"):
        part = here.child_by_field_name("property")
        if part is not None and splitter.text(part) in _SUITES:
            here = part
            break
        here = here.child_by_field_name("function") or here.child_by_field_name("object")
    return splitter.text(here)


def _titled(splitter: _Splitter, call: Node) -> tuple[str, Node | None]:
    """Title and function of a call such as `it("does", () => ...)`."""
    arguments = call.child_by_field_name("arguments")
    children = arguments.named_children if arguments is not None else []
    if len(children) < 2 or children[0].type not in ("string", "template_string"):
        return "", None
    body = next((c for c in children[1:] if c.type in _FUNCTIONS), None)
    return splitter.text(children[0])[1:-1], body


def _required(splitter: _Splitter, value: Node | None) -> str:
    """`x` of `require("x")`."""
    if (
        value is None
        or value.type != "call_expression"
        or splitter.text(value.child_by_field_name("function")) != "require"
    ):
        return ""
    arguments = value.child_by_field_name("arguments")
    only = arguments.named_children if arguments is not None else []
    return splitter.text(only[0])[1:-1] if len(only) == 1 and only[0].type == "string" else ""


def _package(source: str) -> str:
    """A package as the first part of a dotted name, or empty for a file of the same project."""
    return "" if source.startswith((".", "/", "@/", "~")) else source.removeprefix("node:").replace("/", ".")


def _imported(splitter: _Splitter, node: Node) -> Iterator[Import]:
    source = splitter.text(node.child_by_field_name("source"))[1:-1]
    for clause in (c for c in node.named_children if c.type == "import_clause"):
        for part in clause.named_children:
            yield from _bound(splitter, part, source)


def _bound(splitter: _Splitter, pattern: Node, source: str) -> Iterator[Import]:
    """The names that a pattern takes from a package."""
    package = _package(source)
    if not package:
        return
    if pattern.type == "identifier":
        yield Import(splitter.text(pattern), package)
    elif pattern.type == "namespace_import" and pattern.named_child_count:
        yield Import(splitter.text(pattern.named_children[0]), package)
    else:
        for part in pattern.named_children:
            name = part.child_by_field_name("name") or part.child_by_field_name("key") or part
            alias = part.child_by_field_name("alias") or part.child_by_field_name("value") or name
            yield Import(splitter.text(alias), f"{package}.{splitter.text(name)}")
