"""IAM policy documents -> grants, from whichever form they are written in: JSON text, a tree of values (jsonencode, YAML),
or the statement blocks of a Terraform `aws_iam_policy_document`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from blastlint.enrich.access.conditions import Condition
from blastlint.enrich.access.grants import ITSELF, UNKNOWN, Grant
from blastlint.frozen import replace
from blastlint.model import Value
from blastlint.regex import regex
from blastlint.resolve.terraform.documents import structure

MAX_TEXT = 200_000

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]

_ROOT = regex(r"^(?:arn:(?P<partition>[^:]*):iam::(?P<id>\d{12}|\$\{.*\}):root|(?P<bare>\d{12}))$")
_ARN = regex(r"^arn:(?:\$\{[^}]*\}|[^:]*):(?P<service>[a-z0-9-]+):")
_POLICY_NAME = regex(r"(^|_)(polic(y|ies)(_json|_document|_text|_data)?|inline_polic(y|ies))$|Polic(y|ies)(Document)?$")


def plain(value: Value) -> Plain:
    """The value without positions; what is unknown becomes its canonical text, which equals only itself."""
    if not value.known:
        return unknown_text(value)
    if value.is_map:
        return {key: plain(child) for key, child in value.items.items()}
    if value.is_list:
        return [plain(child) for child in value.elements]
    return value.scalar


def unknown_text(value: Value) -> str:
    """The text of an unknown value, told from a known one by the `${` in it."""
    text = value.text.strip('"') or f"unknown: {value.reason}"
    return text if UNKNOWN in text and not _is_expression(value.text) else f"{UNKNOWN}{text}}}"


def _is_expression(text: str) -> bool:
    """Whether it computes with texts that have a `${` in them (`lookup(m, "${a}/*")`), and is not such a text itself."""
    return not text.startswith('"') and text.partition(UNKNOWN)[0].count('"') % 2 == 1


def documents_in(attributes: Value) -> Iterator[tuple[str, Value]]:
    """(dotted path, value) of every attribute whose name says that it holds a policy."""
    yield from _documents("", attributes, depth=0)


def _documents(prefix: str, value: Value, depth: int) -> Iterator[tuple[str, Value]]:
    if depth > 6:
        return
    for key, child in value.items.items():
        path = f"{prefix}.{key}" if prefix else key
        if _POLICY_NAME.search(key) and not (child.is_list or (child.is_map and not _is_document(child))):
            yield path, child
        elif child.is_map:
            yield from _documents(path, child, depth + 1)
        elif child.is_list:
            for index, element in enumerate(child.elements):
                yield from _documents(f"{path}[{index}]", element, depth + 1)


def _is_document(value: Value) -> bool:
    return "Statement" in value.items


def from_value(value: Value) -> tuple[Grant, ...] | None:
    """The grants of a policy given as JSON text or as a tree, known or in part; None when it is neither."""
    if isinstance(value.scalar, str) and len(value.scalar) > MAX_TEXT:
        return None
    tree = structure(value)
    return None if tree is None else from_document(plain(tree))


def from_document(document: Plain) -> tuple[Grant, ...] | None:
    """The grants of `{"Statement": [...]}`; None for anything else."""
    if not isinstance(document, dict) or "Statement" not in document:
        return None
    statements = document["Statement"]
    rows = statements if isinstance(statements, list) else [statements]
    return tuple(_refusing(_statement(row)) for row in rows if isinstance(row, dict))


def _statement(row: Mapping[str, Plain]) -> Grant:
    return Grant(
        allow=str(row.get("Effect", "Deny")).lower() == "allow",
        actions=_texts(row.get("Action")),
        # A trust policy names no resource: it speaks of the role that it stands on.
        resources=_texts(row.get("Resource")) if "Resource" in row or "NotResource" in row else frozenset({ITSELF}),
        principals=_principals(row.get("Principal")),
        conditions=frozenset(_conditions(row.get("Condition"))),
        except_actions=_texts(row["NotAction"]) if "NotAction" in row else None,
        except_resources=_texts(row["NotResource"]) if "NotResource" in row else None,
        except_principals=_principals(row["NotPrincipal"]) if "NotPrincipal" in row else None,
    )


def _texts(value: Plain) -> frozenset[str]:
    if value is None:
        return frozenset()
    if isinstance(value, list):
        return frozenset(text for element in value for text in _texts(element))
    if isinstance(value, dict):
        return frozenset({json.dumps(value, sort_keys=True)})
    return frozenset({str(value).lower() if isinstance(value, bool) else str(value)})


def _refusing(grant: Grant) -> Grant:
    """A refusal of every action on the resources of some services is one of every action of theirs: `*` on a bucket is
    `s3:*` on it. Everything else is as it was."""
    services = [match["service"] if (match := _ARN.match(resource)) else "" for resource in grant.resources]
    if grant.allow or grant.actions != {"*"} or grant.except_resources is not None or not services or "" in services:
        return grant
    return replace(grant, actions=frozenset(f"{service}:*" for service in services))


def _principals(value: Plain) -> frozenset[str]:
    if isinstance(value, dict):
        return frozenset(principal(kind, text) for kind, texts in value.items() for text in _texts(texts))
    return frozenset(_texts(value))


def principal(kind: str, text: str) -> str:
    """One principal as a pattern: `*` is everyone, an account stands for all its identities."""
    if text == "*" or kind == "*":
        return "*"
    account = _ROOT.match(text) if kind == "AWS" else None
    if account:
        return f"AWS arn:{account['partition'] or 'aws'}:*::{account['id'] or account['bare']}:*"
    return f"{kind} {text}"


def _conditions(value: Plain) -> Iterator[Condition]:
    if not isinstance(value, dict):
        return
    for operator, tests in value.items():
        if isinstance(tests, dict):
            for key, values in tests.items():
                yield Condition(operator, key, _texts(values))


def from_statement_blocks(attributes: Value) -> tuple[Grant, ...]:
    """The grants of a Terraform `aws_iam_policy_document`: statement blocks with nested principals and conditions."""
    grants = []
    for block in _blocks(attributes.items.get("statement")):
        row = plain(block)
        if isinstance(row, dict):
            grants.append(_refusing(_block(row)))
    return tuple(grants)


def _block(row: Mapping[str, Plain]) -> Grant:
    excepted = _maps(row.get("not_principals"))
    conditions = (
        Condition(str(c.get("test")), str(c.get("variable")), _texts(c.get("values")))
        for c in _maps(row.get("condition"))
    )
    effect = row.get("effect")
    return Grant(
        allow=effect is None or str(effect).lower() == "allow",
        actions=_texts(row.get("actions")),
        resources=_texts(row.get("resources")) or frozenset({ITSELF}),
        principals=_identifiers(_maps(row.get("principals"))),
        conditions=frozenset(conditions),
        except_actions=_texts(row.get("not_actions")) or None,
        except_resources=_texts(row.get("not_resources")) or None,
        except_principals=_identifiers(excepted) if excepted else None,
    )


def _identifiers(rows: Iterable[Mapping[str, Plain]]) -> frozenset[str]:
    return frozenset(principal(str(row.get("type")), text) for row in rows for text in _texts(row.get("identifiers")))


def _blocks(value: Value | None) -> Iterable[Value]:
    if value is None:
        return ()
    return value.elements if value.is_list else (value,)


def _maps(value: Plain) -> list[dict[str, Plain]]:
    rows = value if isinstance(value, list) else [value]
    return [row for row in rows if isinstance(row, dict)]
