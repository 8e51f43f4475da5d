"""Which statements are conditions that hold the following commands back, and what kind of condition."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import tree_sitter

from blastlint.command import Guard, GuardKind
from blastlint.parse.source_text import SourceText
from blastlint.regex import regex

Node = tree_sitter.Node
_LEAVING = frozenset(
    [
        "exit",
        "return",
        "die",
        "fatal",
        "error_exit",
        "abort",
        "fail",
        "bail",
        "err",
        "error",
        "panic",
        "usage",
        "break",
        "continue",
    ]
)
_SHRUGGING = frozenset(["true", ":", "echo", "printf", "warn", "warning", "log", "info", "logger"])
_TESTS = regex(
    r"^(!\s*)?(\[|\[\[|test|grep|egrep|command|which|type|diff|cmp|hash|pgrep|mountpoint|id|getent|dpkg"
    r"|git diff|git rev-parse"
    r"|[\w-]*(confirm|are_you_sure|prompt|ask|is_|has_|check|require|ensure|assert|verify|validate|guard)[\w-]*)(\s|$)"
)
_NAME = regex(r"\$\{?(\w+)")
_ENVIRONMENT = regex(
    r"(?<![a-z])(env|environment|app_?env|rails_env|rack_env|node_env|django_settings\w*|stage|deploy_env|target_env|aspnetcore_environment"
    r"|prod|production|prd|staging|development|hostname|role|standby|replica|primary|leader|context|account|cluster"
    r"|branch|ref_name|github[_.]ref|refs/heads|ci_commit_branch|profile|database_url|db_host|workspace|region|namespace|allow_\w+|i_know\w*)(?![a-z])",
    re.IGNORECASE,
)
_CONFIRMATION = regex(r"confirm|are_?you_?sure|\bprompt|\bask_|REPLY|\[Yy\]|\byes\b|y/n", re.IGNORECASE)
_DRY_RUN = regex(r"dry[_-]?run|NOOP|SIMULATE|\bcheck_?mode\b", re.IGNORECASE)
_EXISTENCE = regex(r"(^|\s)(!\s*)?-[defrswxLh]\s")
_FILLED = regex(r"(^|\s)(!\s*)?-[nz]\s")


def squeezed(text: str) -> str:
    return " ".join(text.replace("\\\n", " ").split())


def flattened(node: Node) -> list[tuple[str, Node]]:
    """A left-leaning `list` as (operator before, statement) in order."""
    items: list[tuple[str, Node]] = []
    here: Node | None = node
    while here is not None and here.type == "list":
        children = [c for c in here.children if c.type != "comment"]
        operator = next((c.type for c in children if c.type in ("&&", "||")), ";")
        if len(children) < 2:
            break
        items.append((operator, children[-1]))
        here = children[0]
    if here is not None:
        items.append(("", here))
    return items[::-1]


def leaves(node: Node, source: SourceText) -> bool:
    """Whether running it ends the script (function, loop round): exit, return, or a group that has one."""
    if node.type == "command":
        name = node.child_by_field_name("name")
        return name is not None and source.text[name.start_byte : name.end_byte] in _LEAVING
    if node.type in ("compound_statement", "subshell", "else_clause", "redirected_statement", "list"):
        return any(leaves(c, source) for c in node.children if c.is_named)
    return False


def shrugs(node: Node, source: SourceText) -> bool:
    """Whether running it makes a failure before it look like success: `|| true`."""
    if node.type in ("redirected_statement", "compound_statement"):
        return any(shrugs(c, source) for c in node.children if c.is_named)
    if node.type != "command":
        return False
    name = node.child_by_field_name("name")
    if name is None:
        return False
    return source.text[name.start_byte : name.end_byte] in _SHRUGGING


def hides(node: Node, source: SourceText) -> bool:
    """Whether, after `||`, it lets a failure pass for success: it shrugs, or leaves and says that all is well."""
    if source.text[node.start_byte : node.end_byte].split() in (["exit", "0"], ["exit"], ["return", "0"]):
        return True
    return not leaves(node, source) and shrugs(node, source)


def leaving(node: Node, source: SourceText, errexit: bool, asked: Collection[str]) -> Guard | None:
    """The guard that this statement is for those after it, or None."""
    if node.type == "list":
        items = flattened(node)
        for index, (operator, item) in enumerate(items):
            if index and operator in ("&&", "||") and leaves(item, source):
                first = items[0][1]
                end = items[index - 1][1]
                text = source.text[first.start_byte : end.end_byte]
                # `x || exit`: what follows needs x; `x && exit`: what follows needs the contrary
                return of_text(text if operator == "||" else f"not {text}", source, node, asked)
        return None
    if node.type == "if_statement":
        body = [c for c in node.children if c.is_named]
        condition = [
            c for i, c in enumerate(node.children) if node.field_name_for_child(i) == "condition" and c.is_named
        ]
        rest = [c for c in body if c not in condition and c.type not in ("elif_clause", "else_clause")]
        if any(leaves(c, source) for c in rest):
            return of_branch(condition, source, True, asked)
        return None
    if node.type == "case_statement":
        if any(leaves(c, source) for item in node.children if item.type == "case_item" for c in item.children):
            value = node.child_by_field_name("value")
            subject = source.text[value.start_byte : value.end_byte] if value else ""
            patterns = " ".join(
                source.text[c.start_byte : c.end_byte]
                for item in node.children if item.type == "case_item"
                for i, c in enumerate(item.children) if item.field_name_for_child(i) == "value"
            )  # fmt: skip
            return of_text(f"case {subject} in {patterns}", source, node, asked)
        return None
    text = source.text[node.start_byte : node.end_byte]
    if node.type == "test_command" and errexit:
        return of_text(text, source, node, asked)
    if node.type == "command" and re.match(r"(:|true)\s", text) and re.search(r"\$\{\w+:?\?", text):
        return Guard("variable", squeezed(text), _names(text), region=source.region(node.start_byte, node.end_byte))
    if (node.type == "command" and re.match(r"read\s.*-\w*p", text)) or re.match(
        r"(whiptail|dialog|gum confirm)\b", text
    ):
        return Guard("confirmation", squeezed(text), region=source.region(node.start_byte, node.end_byte))
    return None


def of_condition(node: Node, source: SourceText, negated: bool, asked: Collection[str]) -> Guard | None:
    """The guard that a statement is for what is joined to it with && (or ||, negated); None when it is no test."""
    text = source.text[node.start_byte : node.end_byte]
    if node.type == "test_command" or _TESTS.match(text):
        return of_text(f"not {text}" if negated else text, source, node, asked)
    return None


def of_branch(condition: Sequence[Node], source: SourceText, negated: bool, asked: Collection[str]) -> Guard | None:
    """The guard that the condition of an `if` is for its branch (or, negated, for the other one)."""
    if not condition:
        return None
    text = source.text[condition[0].start_byte : condition[-1].end_byte]
    return of_text(f"not {text}" if negated else text, source, condition[0], asked)


def of_text(text: str, source: SourceText, node: Node, asked: Collection[str]) -> Guard:
    text = squeezed(text)
    names = _names(text)
    return Guard(kind_of(text, names, asked), text, names, region=source.region(node.start_byte, node.end_byte))


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_NAME.findall(text)))


def kind_of(text: str, names: Collection[str] = (), asked: Collection[str] = ()) -> GuardKind:
    """What a condition is about; `asked` are the variables that a person was asked for."""
    if any(name in asked for name in names) or _CONFIRMATION.search(text):
        return "confirmation"
    if _DRY_RUN.search(text):
        return "dry-run"
    if _FILLED.search(text):
        return "variable"
    if _ENVIRONMENT.search(text):
        return "environment"
    if _EXISTENCE.search(text):
        return "existence"
    return "condition"
