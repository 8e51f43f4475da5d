"""Codex's rules for commands (.codex/rules/*.rules, Starlark) -> KeyTree.

    prefix_rule(pattern = ["git", ["push", "fetch"]], decision = "forbidden")
    -> {"rule": [{"pattern": ["git push", "git fetch"], "decision": "forbidden"}]}

The calls are read as literals, which Starlark and Python write alike; nothing is run. A rule without a decision allows.
"""

from __future__ import annotations

import ast
from itertools import islice, product

from blastlint.model import Document, Region, Side, Value
from blastlint.parse.keytree import Reading
from blastlint.parse.text import decode

_MOST = 100  # alternatives of one rule


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one file of rules; its content is a KeyTree of one document."""
    text, reason = decode(data)
    reading = Reading(path, side, "codex-rules", reason=reason)
    whole = reading.region((1, 1), (text.count("\n") + 1, 1))
    try:
        calls = [node.value for node in ast.parse(text).body if isinstance(node, ast.Expr)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        reading.broken("no Starlark that could be read", 1, whole)
        return reading.document()
    rules = [
        _rule(call, reading.region((call.lineno, call.col_offset + 1), (call.end_lineno or call.lineno, 1 << 16)))
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "prefix_rule"
    ]
    reading.documents.append(Value({"rule": Value(tuple(rules), unordered=True, region=whole)}, region=whole))
    return reading.document()


def _rule(call: ast.Call, region: Region) -> Value:
    given: dict[str, object] = {}
    for keyword in call.keywords:
        try:
            given[keyword.arg or ""] = ast.literal_eval(keyword.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            given[keyword.arg or ""] = None  # an expression: what it says is not known
    pattern = given.get("pattern")
    words = pattern if isinstance(pattern, list) else []
    steps = [[str(w) for w in word] if isinstance(word, list) else [str(word)] for word in words]
    texts = [" ".join(way) for way in islice(product(*steps), _MOST)] if steps else []
    decision = given.get("decision", "allow")
    return Value(
        {
            "pattern": Value(tuple(Value(text, region=region) for text in texts), region=region),
            "decision": Value(decision if isinstance(decision, str) else None, region=region),
        },
        region=region,
    )
