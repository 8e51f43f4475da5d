"""Tables of facts about providers and formats, and the loaders that read them lazily."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any


@cache
def table(name: str) -> Any:
    """The JSON table `name` of this package, read once a run."""
    with open(os.path.join(os.path.dirname(__file__), f"{name}.json"), "rb") as file:
        return json.load(file)
