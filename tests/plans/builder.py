"""Small plans in Terraform's JSON form, put together from what a test is about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]


def change(address: str, actions: Sequence[str], before: Json | None, after: Json | None, **more: Any) -> Json:
    """One element of resource_changes; `more` are members of its `change` (after_unknown, before_sensitive, ...) or of
    itself (previous_address, action_reason, deposed, mode)."""
    own: Json = {
        name: more.pop(name) for name in ("previous_address", "action_reason", "deposed", "mode") if name in more
    }
    tail = address.split(".")[-2:]
    name, _, key = tail[1].partition("[")
    element: Json = {"address": address, "mode": "managed", "type": tail[0], "name": name, **own}
    if key:
        element["index"] = json.loads(key.rstrip("]"))
    element["change"] = {"actions": list(actions), "before": before, "after": after, **more}
    return element


def plan(*changes: Json, depends: Mapping[str, Sequence[str]] | None = None, **more: Any) -> bytes:
    """A whole plan. `depends` is who depends on whom in the prior state; `more` are members of the plan."""
    resources = [{"address": a, "depends_on": list(on)} for a, on in (depends or {}).items()]
    content = {
        "format_version": "1.2",
        "planned_values": {},
        "resource_changes": list(changes),
        "prior_state": {"values": {"root_module": {"resources": resources}}},
        **more,
    }
    return json.dumps(content).encode()
