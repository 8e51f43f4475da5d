"""DELETE, UPDATE and MERGE -> which rows they reach. sqlglot reads them; it is imported here alone, on the first call.

Where it fails (nesting, a dialect of its own), the words at the level of the verb must do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from blastlint.migration import Dialect, Operation, plain
from blastlint.parse.sql.cursor import Cursor, find
from blastlint.parse.sql.tokens import Token

if TYPE_CHECKING:
    from sqlglot import exp

_MOST_TOKENS = 20_000
_DEEPEST = 60
_DIALECTS: dict[str, tuple[str, ...]] = {"": ("postgres", "mysql", "tsql"), "oracle": ("oracle",)}
_NARROWING = ("WHERE", "LIMIT", "USING")


def writes(tokens: Sequence[Token], dialect: Dialect) -> Iterator[Operation]:
    """The deletes and updates of one statement, those in its WITH clauses too. `bounded` says whether anything limits the
    rows: a WHERE that is not always true, a LIMIT or TOP, a join that picks them on a condition."""
    tree = _parsed(tokens, dialect)
    if tree is None or find(tokens, "TOP") == 1:  # DELETE TOP (n) is read as a table called TOP
        yield from _by_words(tokens)
    else:
        yield from _read(tree)


def _parsed(tokens: Sequence[Token], dialect: Dialect) -> exp.Expr | None:
    if len(tokens) > _MOST_TOKENS or _depth(tokens) > _DEEPEST:
        return None
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    text = " ".join(_spelled(t, dialect) for t in tokens)
    for name in _DIALECTS.get(dialect, (dialect,)):
        try:
            tree = sqlglot.parse_one(text, read=name)
        except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, IndexError):
            continue  # it raises its own errors for bad SQL, and now and then others from its inside
        if tree is not None and tree.find(exp.Delete, exp.Update, exp.Merge):
            return tree
    return None


def _depth(tokens: Sequence[Token]) -> int:
    depth = deepest = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.upper, 0)
        deepest = max(deepest, depth)
    return deepest


def _spelled(token: Token, dialect: Dialect) -> str:
    """The token as every dialect reads it: placeholders are a string, quoted names plain words where they can be."""
    if token.kind == "string" or (token.kind == "mark" and token.upper == "?"):
        return "'" + token.value.replace("'", "").replace("\\", "") + "'"
    if token.kind == "name" or "{" in token.value:
        quote = "`" if dialect in ("mysql", "bigquery") else '"'
        parts = [re.sub(r"\W", "_", part) for part in token.value.split(".")]
        return ".".join(f"{quote}{part or '_'}{quote}" for part in parts)
    return token.value


def _read(tree: exp.Expr) -> Iterator[Operation]:
    from sqlglot import exp

    for node in tree.find_all(exp.Delete, exp.Update, exp.Merge):
        if isinstance(node, exp.Merge):
            yield from _merged(node)
        elif isinstance(node, exp.Delete):
            multiple = node.args.get("tables")
            table = _table(node.this if node.this is not None else None)
            if multiple:
                table = _aliased(node, multiple[0].name) or table
            yield Operation("delete", table, bounded=_bounded(node))
        else:
            columns = tuple(_column(e) for e in node.expressions)
            table = _table(node.this)
            yield Operation(
                "update", _aliased(node, table) or table, columns=tuple(c for c in columns if c), bounded=_bounded(node)
            )


def _merged(node: exp.Merge) -> Iterator[Operation]:
    """MERGE deletes or updates what it matches; WHEN NOT MATCHED BY SOURCE is everything else that there is."""
    from sqlglot import exp

    table = _table(node.this)
    whens = node.args.get("whens")
    for when in whens.expressions if whens is not None else node.expressions:
        then = when.args.get("then")
        deletes = (isinstance(then, exp.Var) and then.name.upper() == "DELETE") or isinstance(then, exp.Delete)
        if deletes:
            everything = bool(when.args.get("source")) and when.args.get("condition") is None
            yield Operation("delete", table, bounded=not everything)


def _column(assignment: exp.Expr) -> str:
    from sqlglot import exp

    left = assignment.this if isinstance(assignment, exp.EQ) else None
    return left.name.lower() if isinstance(left, exp.Column) else ""


def _table(node: object) -> str:
    from sqlglot import exp

    found = node.find(exp.Table) if isinstance(node, exp.Expr) else None
    if found is None:
        return ""
    return plain(".".join(part.name for part in found.parts if part.name))


def _aliased(node: exp.Expr, alias: str) -> str:
    """The table that an alias stands for: `UPDATE u SET ... FROM users u`."""
    from sqlglot import exp

    for found in node.find_all(exp.Table):
        if found.alias and found.alias.lower() == alias.lower():
            return plain(".".join(part.name for part in found.parts if part.name))
    return ""


def _bounded(node: exp.Expr) -> bool:
    from sqlglot import exp

    where = node.args.get("where")
    if where is not None and not _always(where.this):
        return True
    if node.args.get("limit") is not None or node.args.get("using"):
        return True
    source = node.args.get("from_") or node.args.get("from")
    target = _table(node.this)
    if source is not None:
        # T-SQL names the target again behind FROM: only a second table picks rows.
        others = [t for t in source.find_all(exp.Table) if target not in (t.alias.lower(), plain(t.name))]
        return any(j.args.get("on") is not None and j.side != "LEFT" for j in node.find_all(exp.Join)) and bool(others)
    return False


def _always(condition: exp.Expr) -> bool:
    """Whether a condition holds for every row as far as its text tells: TRUE, 1 = 1, x = x, and what is joined of these."""
    from sqlglot import exp

    here = condition.unnest()
    if isinstance(here, exp.Boolean):
        return bool(here.this)
    if isinstance(here, exp.Literal):
        return not here.is_string and here.this not in ("0", "0.0")
    if isinstance(here, exp.And):
        return _always(here.left) and _always(here.right)
    if isinstance(here, exp.Or):
        return _always(here.left) or _always(here.right)
    if isinstance(here, exp.Not):
        return _never(here.this)
    if isinstance(here, (exp.EQ, exp.GTE, exp.LTE)):
        return bool(here.left == here.right)
    if isinstance(here, (exp.NEQ, exp.GT, exp.LT)):
        left, right = here.left, here.right
        if isinstance(left, exp.Literal) and isinstance(right, exp.Literal):
            return isinstance(here, exp.NEQ) and left != right
    if isinstance(here, exp.Like):
        return isinstance(here.expression, exp.Literal) and here.expression.this in ("%", "%%")
    return False


def _never(condition: exp.Expr) -> bool:
    from sqlglot import exp

    here = condition.unnest()
    if isinstance(here, exp.Boolean):
        return not here.this
    return isinstance(here, exp.Literal) and here.this == "0"


# --- without sqlglot ---------------------------------------------------------------------------------------------------


def _by_words(tokens: Sequence[Token]) -> Iterator[Operation]:
    """The verb's own words: what limits it must stand behind it, at its level."""
    for index, token in enumerate(tokens):
        if token.upper not in ("DELETE", "UPDATE") or (
            index and tokens[index - 1].upper in ("ON", "FOR", "DO", "THEN")
        ):
            continue
        rest = _level(tokens[index + 1 :])
        cursor = Cursor(rest)
        top = cursor.take("TOP")
        if token.upper == "DELETE" and not cursor.has("FROM") and cursor.token.kind not in ("word", "name"):
            continue
        if token.upper == "UPDATE" and not cursor.has("SET"):
            continue
        if top:
            cursor.group()
        cursor.take("FROM")
        cursor.take("ONLY")
        table = cursor.name()
        bounded = bool(top) or any(find(rest, word) >= 0 for word in _NARROWING)
        yield Operation("delete" if token.upper == "DELETE" else "update", table, bounded=bounded)


def _level(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens up to the bracket that closes the one they stand in."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.upper, 0)
        if depth < 0:
            return tokens[:index]
    return tokens
