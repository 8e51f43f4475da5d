"""YAML as rules and fixtures are written: YAML 1.2's booleans (so `on:` is a word), and a key only once."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from blastlint.errors import RuleError


def read(path: str) -> dict[str, object]:
    """The file's top-level mapping. Raises RuleError with file and line for anything else."""
    try:
        with open(path, "rb") as file:
            data = yaml.load(file.read(), Loader=_loader())
    except OSError as error:
        raise RuleError(error.strerror or str(error), where=path) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        raise RuleError(f"not YAML: {getattr(error, 'problem', error)}", where=where) from error
    if not isinstance(data, dict):
        raise RuleError("not a mapping", where=path)
    return data


@cache
def _loader() -> type[yaml.SafeLoader]:
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """PyYAML's C loader with the two differences of this module."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[object, object]:
            seen: set[object] = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if key in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key!r}", key_node.start_mark)
                seen.add(key)
            mapping: dict[object, object] = super().construct_mapping(node, deep)
            return mapping

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in base.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
    return Loader
