"""What is known of package managers and registries: supply.json, read when a file of theirs has changed.

| section | holds |
|---|---|
| locks | lock file -> the manifests that explain it |
| dependencies | manifest -> the paths of keys in it whose names must be locked |
| pins | what makes a version exact, a digest or a moving name; actions of the forge itself; what installs packages |
| hooks | keys under which code runs at installation or opening; what they usually run; what reaches the network |
| integrity | commands that verify, options that require it or switch it off, and files in which that is a setting |
| sources | hosts that are everybody's, names for one host, and the files that name sources, by role |
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from blastlint.facts import table
from blastlint.regex import regex


def _entry(section: str, name: str) -> Any:
    found = table("supply")[section]
    return found[name] if name else found


@lru_cache(maxsize=32)
def pattern(section: str, name: str) -> re.Pattern[str]:
    return regex(_entry(section, name))


@lru_cache(maxsize=32)
def names(section: str, name: str) -> tuple[str, ...]:
    """A list of names, in order."""
    return tuple(_entry(section, name))


def mapping(section: str, name: str = "") -> Mapping[str, Any]:
    found: Mapping[str, Any] = _entry(section, name)
    return found


@lru_cache(maxsize=1)
def switches() -> Sequence[tuple[re.Pattern[str], re.Pattern[str]]]:
    """(path, what in such a file switches a check off)."""
    return tuple((regex(r["path"]), regex(r["off"])) for r in _entry("integrity", "files"))


@lru_cache(maxsize=1)
def addresses() -> Sequence[tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str]], ...]]]:
    """(path, its roles: what comes from there, and an expression whose first group is the address)."""
    return tuple(
        (regex(f["path"]), tuple((r["role"], regex(r["address"])) for r in f["roles"]))
        for f in _entry("sources", "files")
    )
