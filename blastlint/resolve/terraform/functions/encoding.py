"""Encodings and digests. jsonencode() of something partly unknown is a partial string with the whole document in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

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
_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


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
        return scalar(_yaml_text(plain(value)), value)
    return cannot_know(f"yamlencode({render(value)})", (value,), data=json_string(value, []))


def _yaml_text(data: object) -> str:
    """The text as Terraform writes it: strings and keys in double quotes, several lines as a block."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else '"'))  # fmt: skip
    text: str = yaml.dump(
        data, Dumper=Dumper, default_flow_style=False, sort_keys=True, width=10**9, allow_unicode=True
    )
    return text.removesuffix("...\n")


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


def decode_yaml(text: str) -> Value:
    """As decode_json."""
    import yaml

    if not text.strip():
        raise EvaluationError("yamldecode: an empty document")
    try:
        return _bounded(yaml.load(text, Loader=_yaml_loader()), [MAX_NODES])
    except (yaml.YAMLError, ValueError) as error:
        raise EvaluationError("yamldecode: not YAML") from error
    except RecursionError as error:
        raise Unsupported("YAML nested too deeply") from error


_LOADER: list[type] = []
# What a plain scalar is, as Terraform's reader decides: no sexagesimal numbers, no octal by a leading zero.
_PLAIN = (
    ("bool", r"y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF"),
    ("null", r"~|null|Null|NULL|"),
    ("int", r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|\d+)"),
    ("float", r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?"),
    ("timestamp", r"\d{4}-\d\d?-\d\d?(?:[Tt ].*)?"),
    ("merge", "<<"),
)
_TRUE = frozenset({"y", "yes", "true", "on"})


def _yaml_loader() -> Any:
    """PyYAML's C loader with Terraform's reading of plain scalars."""
    import yaml

    if not _LOADER:
        base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        resolvers = [(f"tag:yaml.org,2002:{name}", re.compile(rf"(?:{pattern})\Z")) for name, pattern in _PLAIN]
        loader: Any = type("TerraformLoader", (base,), {"yaml_implicit_resolvers": {None: resolvers}})
        loader.add_constructor("tag:yaml.org,2002:bool", lambda _, node: node.value.lower() in _TRUE)
        loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: _yaml_int(node.value))
        loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))
        loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: _timestamp(node.value))
        loader.add_constructor("tag:yaml.org,2002:merge", lambda _, node: node.value)
        _LOADER.append(loader)
    return _LOADER[0]


def _yaml_int(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    base = {"0x": 16, "0o": 8}.get(digits[:2], 10)
    return sign * int(digits[2:] if base != 10 else digits, base)


def _timestamp(text: str) -> str:
    return f"{text}T00:00:00Z" if len(text) == 10 else text


def _bounded(data: object, budget: list[int]) -> Value:
    """from_plain that stops a document whose aliases multiply."""
    budget[0] -= 1
    if budget[0] < 0:
        raise Unsupported("YAML expands to too much")
    if isinstance(data, dict):
        return Value({str(plain_key(key)): _bounded(child, budget) for key, child in data.items()})
    if isinstance(data, list):
        return Value(tuple([_bounded(child, budget) for child in data]))
    return from_plain(data)


def plain_key(key: object) -> object:
    """A YAML key as Terraform names it."""
    if isinstance(key, bool):
        return "true" if key else "false"
    return "" if key is None else key


def _base64decode(text: str) -> str:
    return base64.b64decode(text.encode(), validate=True).decode("utf-8")


def _csvdecode(text: str) -> list[object]:
    import csv
    import io

    rows = list(csv.reader(io.StringIO(text)))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row] if rows else []


def _uuidv5(namespace: str, name: str) -> str:
    return str(uuid.uuid5(_NAMESPACES.get(namespace) or uuid.UUID(namespace), name))


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
    "urlencode": Strict("s", quote_plus),
    "uuidv5": Strict("ss", _uuidv5),
    "yamldecode": Strict("s", decode_yaml),
}
LENIENT: Mapping[str, Lenient] = {"jsonencode": _jsonencode, "yamlencode": _yamlencode}
