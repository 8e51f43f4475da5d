"""Rewrite the files of a clone so that they mean the same, and say what blastlint says of that: it should be nothing.

    python tools/rewrites.py REPOSITORY [--files 20] [--kind names] [--seed 0]

`names` gives locals and parameters other names, `order` turns the order of functions around, `layout` takes statements
apart and adds comments, `conditions` says every `and` and `or` by its opposite, `branches` exchanges the sides of every
branch that has two, `early` puts what follows an early return into a branch, `helper` moves bodies into functions of their
own, `hints` gives a type to what has none. Files are Python (tools/python_rewrites.py), JavaScript, TypeScript, Go, Ruby,
Java and Rust; which of them are tried is decided by their names and the seed. A rewriting that the grammar cannot read is
left out.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import click
import tree_sitter
from tree_sitter import Node

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.model import Finding
from blastlint.parse.grammar import grammar
from blastlint.parse.javascript import _parser
from blastlint.parse.languages import language_of
from blastlint.sources.memory import change_set
from tools import python_rewrites

LANGUAGES = ("python", "javascript", "typescript", "go", "ruby", "java", "rust")
RULES = ("SAF", "TST", "GRD", "CFG", "MAS002")
MOST_BYTES = 60_000
Edit = tuple[int, int, bytes]  # from byte, to byte, in its place

# language -> the nodes whose identifiers are locals: (type of node, field, or "" for the identifier itself)
_DECLARED: dict[str, tuple[tuple[str, str], ...]] = {
    "javascript": (("variable_declarator", "name"), ("required_parameter", "pattern")),
    "go": (("short_var_declaration", "left"), ("parameter_declaration", "name")),
    "ruby": (("assignment", "left"),),
    "java": (("local_variable_declaration", "declarator"), ("formal_parameter", "name")),
    "rust": (("let_declaration", "pattern"), ("parameter", "pattern")),
}
_FUNCTIONS = frozenset({
    "function_declaration", "method_declaration", "function_item", "arrow_function", "function_expression",
    "method_definition", "method", "constructor_declaration", "func_literal",
})  # fmt: skip
_HELPED = frozenset({"function_declaration", "method_declaration", "function_item", "method"})
_ORDERED = frozenset({"function_declaration", "method_declaration", "function_item"})
_BLOCKS = frozenset({"block", "statement_block", "statement_list", "body_statement", "then", "do_block"})
_WORDS = frozenset({b"&&", b"||", b"and", b"or"})
_AMBIGUOUS = frozenset({  # an identifier that is also the name of something that others know
    "shorthand_property_identifier", "shorthand_property_identifier_pattern", "shorthand_field_initializer",
    "keyword_parameter", "keyed_element", "export_specifier", "import_spec", "import_specifier", "field_pattern",
})  # fmt: skip


@cache
def _parse(language: str) -> tree_sitter.Parser:
    return _parser("tsx" if language == "typescript" else "js") if _is_script(language) else grammar(language).parser


def _is_script(language: str) -> bool:
    return language in ("javascript", "typescript")


def rewritten(source: bytes, language: str, kind: str) -> bytes:
    """The source in other words; as it is where nothing of that kind can be done."""
    if language == "python":
        return python_rewrites.rewritten(source, kind)
    root = _parse(language).parse(source).root_node
    if root.has_error:
        return source
    result = source
    for start, end, text in sorted(KINDS[kind](root, language), reverse=True):
        result = result[:start] + text + result[end:]
    return source if _parse(language).parse(result).root_node.has_error else result


def _below(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _text(node: Node) -> bytes:
    return node.text or b""


# --- kinds ------------------------------------------------------------------------------------------------------------


def _names(root: Node, language: str) -> Iterator[Edit]:
    declared = dict(_DECLARED["javascript" if _is_script(language) else language])
    uses: dict[bytes, list[Node]] = {}
    mine: dict[bytes, set[int]] = {}  # name -> the functions that declare it
    foreign: set[bytes] = set()
    for node in _below(root):
        if node.type in _AMBIGUOUS:
            foreign.update(_text(n) for n in _below(node) if "identifier" in n.type)
        elif node.type == "identifier":
            uses.setdefault(_text(node), []).append(node)
        elif node.type in ("function_declaration", "method", "function_item", "call") and language == "ruby":
            named = node.child_by_field_name("name") or node.child_by_field_name("method")
            foreign.update((_text(named),) if named is not None else ())
        field = declared.get(node.type, "")
        around = _function(node)
        target = node.child_by_field_name(field) if field else None
        if target is not None and around is not None:
            found = [target] if target.type == "identifier" else [n for n in target.children if n.type == "identifier"]
            for name in found[:1] if target.type == "variable_declarator" else found:
                mine.setdefault(_text(name), set()).add(around.id)
    for name, functions in mine.items():
        if name in foreign or len(name) < 2:
            continue
        known = [_function(use) for use in uses[name]]
        if all(f is not None and any(g.id in functions for g in _outwards(f)) for f in known):
            yield from ((use.start_byte, use.end_byte, name + b"Now") for use in uses[name])


def _function(node: Node) -> Node | None:
    here = node.parent
    while here is not None and here.type not in _FUNCTIONS:
        here = here.parent
    return here


def _outwards(function: Node) -> Iterator[Node]:
    here: Node | None = function
    while here is not None:
        yield here
        here = _function(here)


def _order(root: Node, language: str) -> Iterator[Edit]:
    for parent in _below(root):
        slots = [n for n in parent.children if n.type in _ORDERED and not _marked(n)]
        for slot, other in zip(slots, reversed(slots), strict=True):
            if slot.id != other.id:
                yield slot.start_byte, slot.end_byte, _text(other)


def _marked(node: Node) -> bool:
    """Whether something that belongs to it stands before it."""
    before = node.prev_named_sibling
    return before is not None and before.type in ("attribute_item", "decorator")


def _layout(root: Node, language: str) -> Iterator[Edit]:
    mark = b"#" if language == "ruby" else b"//"
    for node in _below(root):
        if node.type in _BLOCKS:
            for child in node.named_children:
                line = (root.text or b"")[: child.start_byte].rpartition(b"\n")[2]
                if child.type != "comment" and not line.strip() and child.type not in ("heredoc_body", "then"):
                    yield child.start_byte, child.start_byte, mark + b" as before\n\n" + line


def _conditions(root: Node, language: str) -> Iterator[Edit]:
    for node in _below(root):
        operator = node.child_by_field_name("operator")
        if operator is None or _text(operator) not in _WORDS or not node.type.startswith("binary"):
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        outer = node.parent
        asked = outer is not None and (outer.type.startswith(("if", "unless")) or outer.type == "parenthesized_expression")
        inner = any(_text(n) in _WORDS or "let" in n.type for n in _below(node) if n.id != operator.id)
        if left is None or right is None or not asked or inner:
            continue
        other = b"||" if _text(operator) in (b"&&", b"and") else b"&&"
        yield node.start_byte, node.end_byte, b"!(!(" + _text(left) + b") " + other + b" !(" + _text(right) + b"))"


def _branches(root: Node, language: str) -> Iterator[Edit]:
    done = 0
    for node in _below(root):
        then, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        condition = node.child_by_field_name("condition")
        if other is not None and other.type == "else_clause":
            other = other.named_children[0] if other.named_children else None
        plain = then is not None and other is not None and then.type == other.type and then.type in _BLOCKS
        if language == "ruby" or condition is None or not plain or node.start_byte < done or b"let " in _text(condition):
            continue
        if node.child_by_field_name("initializer") is not None or then is None or other is None:
            continue
        asked = b"!(" + _text(condition).removeprefix(b"(").removesuffix(b")") + b")"
        bracketed = condition.type == "parenthesized_expression"
        if not bracketed:
            asked = b"!(" + _text(condition) + b")"
        yield condition.start_byte, condition.end_byte, b"(" + asked + b")" if bracketed else asked
        yield then.start_byte, then.end_byte, _text(other)
        yield other.start_byte, other.end_byte, _text(then)
        done = node.end_byte


def _early(root: Node, language: str) -> Iterator[Edit]:
    """`if done { return } rest` -> `if !(done) { rest }`, once in a function."""
    for body in _below(root):
        owner = body.parent
        if body.type not in ("block", "statement_block") or owner is None or owner.type not in _FUNCTIONS:
            continue
        inside = [n for n in body.named_children if n.type == "statement_list"]
        statements = inside[0].named_children if inside else body.named_children
        leaving = next((n for n in statements if _only_returns(n)), None)
        condition = leaving.child_by_field_name("condition") if leaving is not None else None
        if leaving is not None and condition is not None and leaving.id != statements[-1].id:
            asked = b"(" + _text(condition) + b")"
            word = b"if !" + asked if language in ("go", "rust") else b"if (!" + asked + b")"
            yield leaving.start_byte, leaving.end_byte, word + b" {"
            yield body.end_byte - 1, body.end_byte - 1, b"}\n"


def _only_returns(node: Node) -> bool:
    """Whether it is a branch that leaves, without an answer, and does nothing else."""
    then, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
    plain = node.type == "if_statement" and node.child_by_field_name("initializer") is None and other is None
    return plain and then is not None and _text(then).strip(b"{} \t\r\n;") == b"return"


def _helper(root: Node, language: str) -> Iterator[Edit]:
    """`function f(a) { work }` -> `function f(a) { return runF(a) }`, and `runF` below it with the work."""
    exported = (n.child_by_field_name("declaration") or n for n in root.children)
    for node in _below(root) if language in ("java", "ruby") else exported:
        name, given = node.child_by_field_name("name"), node.child_by_field_name("parameters")
        body = node.child_by_field_name("body")
        if node.type not in _HELPED or name is None or given is None or body is None or not _movable(node, given):
            continue
        names = [n for p in given.named_children for n in _parameter_names(p)]
        if None in names:
            continue
        called = _text(name)
        inner = b"run_" + called if language in ("rust", "ruby") else b"run" + called[:1].upper() + called[1:]
        call = inner + b"(" + b", ".join(n for n in names if n is not None) + b")"
        first = node.start_byte
        head, rest = _text(node)[: name.start_byte - first], _text(node)[name.end_byte - first :]
        if language == "ruby":
            yield body.start_byte, node.end_byte, call + b"\n  end\n\n  " + head + inner + rest
        else:
            said = _word(node, language) + call + (b";" if language == "java" else b"")
            yield body.start_byte, body.end_byte, b"{\n\t" + said + b"\n}\n\n" + head + inner + rest


def _movable(node: Node, given: Node) -> bool:
    """Whether its body means the same elsewhere: neither generic, nor one of what is overridden or told about above it."""
    marked = node.child_by_field_name("type_parameters") is not None or _marked(node) or b"..." in _text(given)
    said = any(n.type == "modifiers" and b"@" in _text(n) for n in node.children)
    return not marked and not said and not any(p.type in ("self_parameter", "block_parameter") for p in given.named_children)


def _word(node: Node, language: str) -> bytes:
    """What stands before the call that answers for a function."""
    silent = language == "go" and node.child_by_field_name("result") is None
    answer = node.child_by_field_name("type")
    silent = silent or (language == "java" and answer is not None and _text(answer) == b"void")
    return b"" if silent or language == "rust" else b"return "


def _hints(root: Node, language: str) -> Iterator[Edit]:
    """`function f(a)` -> `function f(a: unknown)`."""
    if language == "typescript":
        for node in _below(root):
            target = node.child_by_field_name("pattern") if node.type == "required_parameter" else None
            untyped = node.child_by_field_name("type") is None and node.child_by_field_name("value") is None
            if target is not None and target.type == "identifier" and untyped:
                yield target.end_byte, target.end_byte, b": unknown"


def _parameter_names(parameter: Node) -> list[bytes | None]:
    """The names that a parameter binds; None for one that is taken apart or has no name."""
    if parameter.type == "formal_parameter":
        return [_text(parameter.child_by_field_name("name") or parameter)]
    if parameter.type == "parameter_declaration":
        found = [_text(n) for n in parameter.named_children if n.type == "identifier"]
        return [*found] if found and b"_" not in found else [None]
    target = parameter.child_by_field_name("pattern") or parameter
    return [_text(target) if target.type == "identifier" else None]


KINDS: dict[str, Callable[[Node, str], Iterator[Edit]]] = {
    "names": _names, "order": _order, "layout": _layout, "conditions": _conditions, "branches": _branches,
    "early": _early, "helper": _helper, "hints": _hints,
}  # fmt: skip


# --- what is said of it -----------------------------------------------------------------------------------------------


def said(before: dict[str, bytes], after: dict[str, bytes], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    texts = [{path: data.decode("utf-8", "replace") for path, data in side.items()} for side in (before, after)]
    return pipeline.check(change_set(*texts), rules).findings


@click.command()
@click.argument("repository")
@click.option("--files", default=20, show_default=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)))
@click.option("--seed", default=0, show_default=True)
def main(repository: str, files: int, kinds: tuple[str, ...], seed: int) -> None:
    def git(*arguments: str) -> bytes:
        return subprocess.run(["git", "-C", repository, *arguments], capture_output=True, check=False).stdout

    rules = [rule for rule in shipped_rules() if rule.id.startswith(RULES)]
    paths = [p for p in git("ls-tree", "-r", "--name-only", "HEAD").decode().splitlines() if language_of(p) in LANGUAGES]
    paths.sort(key=lambda path: hashlib.sha256(f"{seed} {path}".encode()).digest())
    sources = {path: git("show", f"HEAD:{path}") for path in paths[:files]}
    for kind in kinds or KINDS:
        before = {p: s for p, s in sources.items() if 0 < len(s) <= MOST_BYTES}
        after = {p: rewritten(s, language_of(p), kind) for p, s in before.items()}
        changed = {p for p in before if before[p] != after[p]}
        findings = said({p: before[p] for p in changed}, {p: after[p] for p in changed}, rules)
        print(f"{kind}: {len(changed)} files rewritten, {len(findings)} findings")
        for finding in findings:
            place = finding.after or finding.before
            print(f"  {finding.severity:8} {finding.rule_id} {place.path if place else '?'}: {finding.message[:200]}")


if __name__ == "__main__":
    main()
