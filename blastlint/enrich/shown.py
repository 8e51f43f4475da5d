"""A value as a reviewer should read it: short, one line, secrets masked."""

from __future__ import annotations

from blastlint.masking import mask_value
from blastlint.model import Value

LIMIT = 80


def shown(name: str, value: Value | None, absent: str = "absent") -> str:
    """The value of `name` in at most LIMIT characters; `absent` when there is none."""
    if value is None:
        return absent
    if value.sensitive:
        return "(sensitive)"
    text = " ".join(_text(value).split())
    if len(text) > LIMIT:
        text = text[: LIMIT - 1] + "…"
    return mask_value(name, text)


def _text(value: Value) -> str:
    if value.sensitive:
        return "(sensitive)"
    if not value.known:
        return value.text or f"unknown ({value.reason})"
    if value.is_list:
        return "[" + ", ".join(_text(e) for e in value.elements) + "]"
    if value.is_map:
        return "{" + ", ".join(f"{key} = {_text(e)}" for key, e in value.items.items()) + "}"
    scalar = value.scalar
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    return "null" if scalar is None else str(scalar) or '""'
