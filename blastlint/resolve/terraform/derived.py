"""Attributes that nobody configures and that are known all the same, since they follow from what is configured.

By the providers' documentation. What does not follow is None: unknown until apply, like every other attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from blastlint.frozen import replace
from blastlint.model import Value, unknown
from blastlint.resolve.terraform.values import mapping, sequence, wholly_known

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


# What a filter of zones may ask without leaving out one of those that an account has anyway.
_ASKED = {"opt-in-status": "opt-in-not-required", "zone-type": "availability-zone", "state": "available"}


def _zone_names(instance: Instance) -> Value | None:
    """Of the provider's region, where no more is asked than what every account is answered."""
    region = _region(instance)
    name = region.scalar if region is not None else None
    if not isinstance(name, str) or "all_availability_zones" in instance or "exclude_zone_ids" in instance:
        return None
    if "state" in instance and instance["state"].scalar != "available":
        return None
    filters = instance["filter"].elements if "filter" in instance else ()
    excluded = instance["exclude_names"] if "exclude_names" in instance else Value(())
    if not all(map(_usual, filters)) or not wholly_known(excluded):
        return None
    from blastlint.facts.zones import availability_zones

    zones, without = availability_zones(name), {element.scalar for element in excluded.elements}
    return sequence(Value(zone) for zone in zones if zone not in without) if zones else None


def _usual(filter: Value) -> bool:
    name, values = filter.items.get("name"), filter.items.get("values")
    wanted = _ASKED.get(str(name.scalar)) if name is not None else None
    return wanted is not None and values is not None and wanted in [value.scalar for value in values.elements]


def _state_outputs(instance: Instance) -> Value | None:
    """Of a state that is in the tree; any other is read when Terraform runs."""
    config = instance["config"].items if "config" in instance else {}
    path = config["path"].scalar if set(config) == {"path"} else None
    if "workspace" in instance or "backend" not in instance or instance["backend"].scalar != "local":
        return None
    text = instance.resource.module.read_file(path) if isinstance(path, str) else None
    if text is None:
        return None
    from blastlint.resolve.terraform.functions.encoding import decode_json

    outputs = decode_json(text.decode("utf-8", "replace")).items.get("outputs", Value({})).items
    return mapping({name: _state_output(output) for name, output in outputs.items()})


def _state_output(output: Value) -> Value:
    found = output.items.get("value", Value(None))
    marked = output.items.get("sensitive")
    return replace(found, sensitive=True) if marked is not None and marked.scalar is True else found


# (mode, type, attribute) -> what it is
DERIVED: Mapping[tuple[str, str, str], Callable[[Instance], Value | None]] = {
    ("managed", "aws_acm_certificate", "domain_validation_options"): _validation_options,
    ("data", "aws_region", "name"): _region,
    ("data", "aws_region", "id"): _region,
    ("data", "aws_partition", "partition"): _partition,
    ("data", "aws_availability_zones", "names"): _zone_names,
    ("data", "terraform_remote_state", "outputs"): _state_outputs,
}
