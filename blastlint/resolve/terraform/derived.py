"""Attributes that nobody configures and that are known all the same, since they follow from what is configured.

By the providers' documentation. What does not follow is None: unknown until apply, like every other attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from blastlint.model import Value, unknown
from blastlint.resolve.terraform.values import mapping, sequence

if TYPE_CHECKING:
    from blastlint.resolve.terraform.resource import Instance

_AFTER_APPLY = "known after apply"
_RECORD = ("resource_record_name", "resource_record_type", "resource_record_value")


def _validation_options(instance: Instance) -> Value | None:
    """A certificate is validated for each of its names; the records to make for that are known later."""
    names = [instance[name] for name in ("domain_name",) if name in instance]
    others = instance["subject_alternative_names"] if "subject_alternative_names" in instance else Value(())
    names += others.elements
    if not others.known or not all(name.known for name in names):
        return None
    options = []
    for text in dict.fromkeys(str(name.scalar) for name in names):
        here, refs = f'{instance.address}.domain_validation_options["{text}"]', frozenset({instance.address})
        late = {name: unknown(_AFTER_APPLY, f"{here}.{name}", refs) for name in _RECORD}
        options.append(mapping({"domain_name": Value(text, refs=refs), **late}))
    return sequence(options)


def _region(instance: Instance) -> Value | None:
    """Of the provider, where the data source does not ask for another one."""
    return instance.resource.provider_argument("region")


def _partition(instance: Instance) -> Value | None:
    region = _region(instance)
    name = region.scalar if region is not None else None
    if not isinstance(name, str):
        return None
    return Value("aws-cn" if name.startswith("cn-") else "aws-us-gov" if name.startswith("us-gov-") else "aws")


# (mode, type, attribute) -> what it is
DERIVED: Mapping[tuple[str, str, str], Callable[[Instance], Value | None]] = {
    ("managed", "aws_acm_certificate", "domain_validation_options"): _validation_options,
    ("data", "aws_region", "name"): _region,
    ("data", "aws_region", "id"): _region,
    ("data", "aws_partition", "partition"): _partition,
}
