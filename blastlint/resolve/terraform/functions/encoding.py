"""Encodings and digests. jsonencode() of something partly unknown is a partial string with the whole document in it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import lru_cache

from blastlint.model import Value
from blastlint.resolve.terraform.functions.support import Lenient, Strict, Unsupported, scalar
from blastlint.resolve.terraform.templates import placeholder
from blastlint.resolve.terraform.values import (
    EvaluationError,
    cannot_know,
    from_plain,
    number_text,
    plain,
    render,
    wholly_known,
)

MAX_NODES = 200_000
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def json_string(value: Value, unknowns: list[Value] | None = None) -> str:
    """The value as Go writes JSON. Unknown parts are placeholders, and are added to `unknowns`."""
    if not value.known:
        if unknowns is None:
            raise EvaluationError("unknown value")
        unknowns.append(value)
        return _string(placeholder(value))
    data = value.data
    if isinstance(data, tuple):
        return "[" + ",".join([json_string(element, unknowns) for element in data]) + "]"
    if isinstance(data, Mapping):
        items = [f"{_text(key, unknowns)}:{json_string(data[key], unknowns)}" for key in sorted(data)]
        return "{" + ",".join(items) + "}"
    if isinstance(data, str):
        return _text(data, unknowns)
    if isinstance(data, bool):
        return "true" if data else "false"
    return "null" if data is None else number_text(data)


def _text(text: str, unknowns: list[Value] | None) -> str:
    return _string(text.replace("${", "$${") if unknowns is not None else text)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_HTML)


def _jsonencode(value: Value) -> Value:
    if wholly_known(value):
        return scalar(json_string(value), value)
    return cannot_know(f"jsonencode({render(value)})", (value,), data=json_string(value, []))


def _yamlencode(value: Value) -> Value:
    """Only equality and content matter, so the canonical text of YAML is JSON's, marked as what it is."""
    if wholly_known(value):
        from blastlint.parse import terraform_yaml

        return scalar(terraform_yaml.encode(plain(value)), value)
    return cannot_know(f"yamlencode({render(value)})", (value,), data=json_string(value, []))


@lru_cache(maxsize=512)  # modules read the same files again and again, on both sides
def decode_json(text: str) -> Value:
    """EvaluationError where it is no JSON, Unsupported where it nests too deeply."""
    try:
        return from_plain(json.loads(text, parse_constant=_no_constant))
    except ValueError as error:
        raise EvaluationError(f"jsondecode: {error}") from error
    except RecursionError as error:
        raise Unsupported("JSON nested too deeply") from error


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


@lru_cache(maxsize=512)
def decode_yaml(text: str) -> Value:
    """As decode_json."""
    try:
        from blastlint.parse import terraform_yaml

        return _bounded(terraform_yaml.decode(text), [MAX_NODES])
    except ValueError as error:
        raise EvaluationError(f"yamldecode: {error}") from error
    except RecursionError as error:
        raise Unsupported("YAML nested too deeply") from error


def _bounded(data: object, budget: list[int]) -> Value:
    """from_plain that stops a document whose aliases multiply."""
    budget[0] -= 1
    if budget[0] < 0:
        raise Unsupported("YAML expands to too much")
    if isinstance(data, dict):
        return Value({str(key): _bounded(child, budget) for key, child in data.items()})
    if isinstance(data, list):
        return Value(tuple([_bounded(child, budget) for child in data]))
    return from_plain(data)


def _base64decode(text: str) -> str:
    return base64.b64decode(text.encode(), validate=True).decode("utf-8")


def _csvdecode(text: str) -> list[object]:
    import csv
    import io

    rows = list(csv.reader(io.StringIO(text)))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row] if rows else []


def _uuidv5(namespace: str, name: str) -> str:
    import uuid

    known = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    return str(uuid.uuid5(known.get(namespace) or uuid.UUID(namespace), name))


def _urlencode(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text)


def _digest(algorithm: str) -> Callable[[str], str]:
    return lambda text: hashlib.new(algorithm, text.encode()).hexdigest()


def _base64_digest(algorithm: str) -> Callable[[str], str]:
    return lambda text: base64.b64encode(hashlib.new(algorithm, text.encode()).digest()).decode()


STRICT: Mapping[str, Strict] = {
    "base64decode": Strict("s", _base64decode),
    "base64encode": Strict("s", lambda text: base64.b64encode(text.encode()).decode()),
    "base64sha256": Strict("s", _base64_digest("sha256")),
    "base64sha512": Strict("s", _base64_digest("sha512")),
    "csvdecode": Strict("s", _csvdecode),
    "jsondecode": Strict("s", decode_json),
    "md5": Strict("s", _digest("md5")),
    "sha1": Strict("s", _digest("sha1")),
    "sha256": Strict("s", _digest("sha256")),
    "sha512": Strict("s", _digest("sha512")),
    "urlencode": Strict("s", _urlencode),
    "uuidv5": Strict("ss", _uuidv5),
    "yamldecode": Strict("s", decode_yaml),
}
LENIENT: Mapping[str, Lenient] = {"jsonencode": _jsonencode, "yamlencode": _yamlencode}
