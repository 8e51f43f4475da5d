"""Which types hold state, and what kind: stateful.json, read when the first infrastructure change is met (0.3 ms)."""

from __future__ import annotations

import fnmatch
import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache


def stateful_class(type_: str) -> str:
    """data, secrets_keys, backups, identity_of_service, compute_env, or "". Kubernetes kinds are `kubernetes:<Kind>`."""
    return _classes().get(type_, "")


@lru_cache(maxsize=1)
def _classes() -> Mapping[str, str]:
    return {type_: name for name, types in _raw()["types"].items() for type_ in types}


def lesser_data(type_: str) -> str:
    """Why the data of a `data` type weigh less than a database's: cache, logs, transit (messages under way), or ""."""
    return _lesser().get(type_, "")


@lru_cache(maxsize=1)
def _lesser() -> Mapping[str, str]:
    return {type_: reason for reason, types in _raw()["lesser"].items() for type_ in types}


@lru_cache(maxsize=1)
def _raw() -> dict[str, dict[str, list[str]]]:
    with open(os.path.join(os.path.dirname(__file__), "stateful.json"), "rb") as file:
        raw: dict[str, dict[str, list[str]]] = json.load(file)
    return raw


def is_routine(type_: str) -> bool:
    """Whether replacing or removing such a thing is the normal way to change it: a revision, a link, a trigger, a rule."""
    return _routine().fullmatch(type_) is not None


@lru_cache(maxsize=1)
def _routine() -> re.Pattern[str]:
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in _raw()["routine"]["patterns"]))
