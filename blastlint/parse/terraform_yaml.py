"""YAML as Terraform's yamldecode() and yamlencode() mean it: data, without places."""

from __future__ import annotations

import re
from typing import Any


def decode(text: str) -> object:
    """The data of one document. ValueError where the text is none."""
    import yaml

    if not text.strip():
        raise ValueError("an empty document")
    try:
        data: object = yaml.load(text, Loader=_yaml_loader())
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error
    return data


def encode(data: object) -> str:
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


_LOADER: list[type] = []
# Name, first characters, pattern: what a plain scalar is, as Terraform's reader decides. It has no sexagesimal numbers, and
# no octal ones by a leading zero.
_PLAIN = (
    ("bool", "yYtToO", r"y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON"),
    ("bool", "nNfFoO", r"n|N|no|No|NO|false|False|FALSE|off|Off|OFF"),
    ("null", "~nN", r"~|null|Null|NULL|"),
    ("int", "-+0123456789", r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|\d+)"),
    ("float", "-+.0123456789", r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?"),
    ("timestamp", "0123456789", r"\d{4}-\d\d?-\d\d?(?:[Tt ].*)?"),
    ("merge", "<", "<<"),
)
_TRUE = frozenset({"y", "yes", "true", "on"})


def _yaml_loader() -> Any:
    """PyYAML's C loader with Terraform's reading of plain scalars."""
    import yaml

    if not _LOADER:
        base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        for name, firsts, pattern in _PLAIN:
            for first in (*firsts, *([""] if name == "null" else [])):
                resolvers.setdefault(first, []).append((f"tag:yaml.org,2002:{name}", re.compile(rf"(?:{pattern})\Z")))
        loader: Any = type(
            "TerraformLoader", (base,), {"yaml_implicit_resolvers": resolvers, "construct_mapping": _mapping}
        )
        loader.add_constructor("tag:yaml.org,2002:bool", lambda _, node: node.value.lower() in _TRUE)
        loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: _yaml_int(node.value))
        loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))
        loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: _timestamp(node.value))
        loader.add_constructor("tag:yaml.org,2002:merge", lambda _, node: node.value)
        _LOADER.append(loader)
    return _LOADER[0]


def _mapping(loader: Any, node: Any, deep: bool = False) -> dict[str, object]:
    """A map, its keys named as Terraform names them. As keys of a Python dict, 1 and true would be the same."""
    loader.flatten_mapping(node)
    return {
        _key(loader.construct_object(key, deep=True)): loader.construct_object(value, deep=deep)
        for key, value in node.value
    }


def _key(data: object) -> str:
    """Of `on: 1` it is "true". ValueError where it is null or no scalar."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, float) and data.is_integer():
        data = int(data)
    if not isinstance(data, (str, int, float)):
        raise ValueError("a key that is no text")
    return str(data)


def _yaml_int(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    base = {"0x": 16, "0o": 8}.get(digits[:2], 10)
    return sign * int(digits[2:] if base != 10 else digits, base)


def _timestamp(text: str) -> str:
    return f"{text}T00:00:00Z" if len(text) == 10 else text
