"""Key trees, flags and data files."""

from __future__ import annotations

from collections.abc import Mapping

FACTS: Mapping[str, Mapping[str, str]] = {
    "key": {
        "path": "dotted path of the key",
        "name": "its last part, lower case",
        "what": "added, removed, modified",
        "before": "text",
        "after": "text",
        "ratio": "after / before in one unit, for numbers that measure something; None otherwise",
        "factor": "how many times larger or smaller, 1 or more; None where ratio is",
        "sign_changed": "true when a number changed its sign",
        "became_zero": "true when a number that was not is 0 now",
        "quantity": "timeout, limit, price, percent, ttl, rate, size, count or empty: what the number measures",
        "unit_changed": "true when the unit's suffix changed",
        "polarity": "weakened, strengthened, or unknown: which way a safety switch moved",
        "blanked": "empty, null, placeholder or no-elements when a value was lost, else empty",
        "moved_to_reference": "true when a neighbour now says where a blanked value comes from",
        "referenced": "true when code or configuration still reads a removed key without a default",
        "entry_of": "the key of the list that an entry came into, or empty",
        "catch_all": "true when the new value matches everything (*, /, 0.0.0.0/0) and the old one did not",
    },
    "shared-default": {
        "path": "dotted path of the key",
        "inherit": "number of overlays that take the value from the changed file",
        "override": "number of overlays that set it themselves",
        "production": "true when one of those that take it is for production",
        "sort": "removed, switch, limit (a number that measures something), number or text: of the key that matters most",
        "keys": "every such key of the file, with both values",
        "summary": "the overlays that take it, those for production first",
    },
    "mixup": {
        "name": "dotted path of the key",
        "home": "the environment that its place is for",
        "value": "the environment that the new value names",
        "before": "text",
        "after": "text",
        "was": "the environment that the old value named",
        "new": "true when the key is new",
    },
    "flag-rollout": {
        "flag": "the flag",
        "what": "percent, on, default, rules, kill-switch: what moved",
        "before": "text",
        "after": "text",
        "summary": "in words",
    },
    "reuse": {
        "what": "number (of a message field), enum (value), reserved, flag (that was gone and is back for something else) "
        "or purpose (of a flag that stays)",
        "identifier": "the number, bit or name that is used again",
        "before": "what it meant",
        "after": "what it means now",
        "summary": "in words",
    },
    "churn": {
        "removed": "keys gone and not found elsewhere in the change set",
        "total": "keys before",
        "share": "removed / total",
        "secret_like": "true for environment and secret files",
    },
    "shape": {
        "rows_before": "records before",
        "rows_after": "records after",
        "ratio": "rows after / before; None without rows",
        "fields_before": "fields of a record before, 0 where they were not counted",
        "fields_after": "fields of a record after",
        "reshaped": "true when a file of rows and columns has another number of columns",
        "uneven": "number of records that newly have another number of fields than the head",
        "repeated": "share of the records (or of the entries of the longest list) that newly equal another one",
        "lengthened": "entries of the longest list after / before; None for files of rows",
        "doubled": "number of keys that one map newly has twice",
        "limit": "name of a constant in code that names the file and that it outgrew, or empty",
        "summary": "in words",
    },
}
