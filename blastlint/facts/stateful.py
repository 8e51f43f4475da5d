"""Which types hold state, and what kind: stateful.json, read when the first infrastructure change is met (0.3 ms)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from blastlint.facts import table


def table_name(kind: str, type_: str) -> str:
    """What the tables call the type of an entity of that kind: Kubernetes kinds and classes of programs have a prefix."""
    prefix = {"kubernetes.object": "kubernetes:", "program.resource": "program:"}.get(kind, "")
    return f"{prefix}{type_}"


def stateful_class(type_: str) -> str:
    """data, secrets_keys, backups, identity_of_service, compute_env, or "". Kubernetes kinds are `kubernetes:<Kind>`."""
    return _classes().get(type_, "")


@lru_cache(maxsize=1)
def _classes() -> Mapping[str, str]:
    return {type_: name for name, types in _raw()["types"].items() for type_ in types}


def lesser_data(type_: str) -> str:
    """Why what a type holds weighs less than a database: cache, logs, transit (messages under way), recreatable (written
    down elsewhere, as a rule), container (what it holds is declared by others, or outlives it), or ""."""
    return _lesser().get(type_, "")


@lru_cache(maxsize=1)
def _lesser() -> Mapping[str, str]:
    return {type_: reason for reason, types in _raw()["lesser"].items() for type_ in types}


def contents(type_: str) -> tuple[str, ...]:
    """The arguments in which a configuration writes down what such a secret holds."""
    return tuple(_raw()["contents"].get(type_, ()))


def _raw() -> dict[str, dict[str, list[str]]]:
    raw: dict[str, dict[str, list[str]]] = table("stateful")
    return raw


def holds_data(source: str, name: str) -> bool:
    """Whether a module that cannot be read holds data or keys, by the words of its source and of its call's name."""
    modules = _raw()["modules"]
    if not {*modules["nothing"]}.isdisjoint(source.lower().partition("?")[0].split("/")):
        return False
    within = source.rpartition("//")[2]  # a package of modules is named for the one that it began with
    return not {*modules["words"]}.isdisjoint(re.split(r"[^a-z0-9]+", f"{within} {name}".lower()))


def is_routine(type_: str) -> bool:
    """Whether replacing or removing such a thing is the normal way to change it: a revision, a link, a trigger, a rule."""
    return _routine().fullmatch(type_) is not None


@lru_cache(maxsize=1)
def _routine() -> re.Pattern[str]:
    import fnmatch

    return re.compile("|".join(fnmatch.translate(pattern) for pattern in _raw()["routine"]["patterns"]))
