"""Which resource a reference is to: `module.a.aws_lb.x[0].arn`, `aws_lb.x`, with or without instance keys and attributes."""

from __future__ import annotations

from collections.abc import Iterable


def whole(address: str) -> str:
    """The address without the key of its last instance: it stands for all instances."""
    return address[: address.rindex("[")] if address.endswith("]") and "[" in address else address


def is_named(references: Iterable[str], address: str) -> bool:
    """Whether one of the references is to the address, to an attribute of it, or to all its instances."""
    stem = whole(address)
    return any(ref == stem or ref.startswith((stem + ".", stem + "[")) for ref in references)


def type_of(address: str) -> str:
    """The resource type in an address without attributes: the last part but one."""
    parts = whole(address).rsplit(".", 2)
    return parts[-2] if len(parts) > 1 else ""
