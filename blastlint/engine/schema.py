"""The form of a rule as JSON Schema, so that editors complete it. Made from the vocabulary: it cannot go stale."""

from __future__ import annotations

from blastlint.engine.conditions import OPERATORS
from blastlint.enrich.vocabulary import CHANGE, CLOSED, FACTS, is_boolean
from blastlint.model import CONFIDENCES, SEVERITIES

JsonSchema = dict[str, object]


def rule_schema() -> JsonSchema:
    """Draft 2020-12. The facts that a condition may name depend on `on`, which `allOf` spells out per fact."""
    text: JsonSchema = {"type": "string", "minLength": 1}
    severity: JsonSchema = {"enum": list(SEVERITIES)}
    condition: JsonSchema = {"$ref": "#/$defs/condition"}
    level: JsonSchema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["when", "severity"],
        "properties": {"when": condition, "severity": severity},
    }
    properties: JsonSchema = {
        "id": {"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}$"},
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
        "status": {"enum": ["preview", "stable", "deprecated"]},
        "since": text,
        "severity": severity,
        "confidence": {"enum": list(CONFIDENCES)},
        "axes": {"type": "object", "additionalProperties": {"type": "string"}},
        "languages": {"type": "array", "items": {"type": "string"}},
        "on": {"enum": ["change", *FACTS], "description": "the fact that the rule judges, or the change itself"},
        "when": condition,
        "unless": {"type": "array", "items": condition},
        "levels": {"type": "array", "items": level},
        "context": {"enum": ["default", "exact"]},
        "supersedes": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}$"},
            "description": "the more general rules that are silent where this one judges the same thing",
        },
        "message": {
            **text,
            "description": "facts in braces: {address}, or a number with its noun: {removal.count:resource|resources}",
        },
        "words": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
            "description": "what the message says for a fact's value: {fact: {value: text}}, with '' for no value",
        },
        "why": text,
        "instead": text,
        "references": {"type": "array", "items": {"type": "string"}},
        "examples": {
            "type": "object",
            "additionalProperties": False,
            "required": ["bad", "good"],
            "properties": {"bad": _examples(expects=True), "good": _examples(expects=False)},
        },
    }
    optional = {"unless", "levels", "context", "references", "languages", "supersedes", "words"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "blastlint rule",
        "type": "object",
        "additionalProperties": False,
        "required": [key for key in properties if key not in optional],
        "properties": properties,
        "$defs": {
            "condition": _condition(CHANGE),
            "matcher": _matcher({"type": ["string", "number", "boolean", "null"]}),
        },
        "allOf": [
            {
                "if": {"properties": {"on": {"const": fact}}},
                "then": {
                    "properties": {"when": _condition({**CHANGE, **{f"{fact}.{k}": v for k, v in fields.items()}})}
                },
            }
            for fact, fields in FACTS.items()
        ],
    }


def _condition(known: object) -> JsonSchema:
    assert isinstance(known, dict) or hasattr(known, "items")
    described = {name: {**_matcher_of(name), "description": text} for name, text in known.items()}
    any_of: JsonSchema = {"type": "array", "items": {"type": "object"}}
    return {"type": "object", "properties": {**described, "any": any_of}}


def _matcher_of(name: str) -> JsonSchema:
    """What a fact can be compared with: where its values are known, only those."""
    if is_boolean(name):
        return _matcher({"type": ["boolean", "null"]})
    if name in CLOSED:
        return _matcher({"enum": [*CLOSED[name], None]})
    return {"$ref": "#/$defs/matcher"}


def _matcher(plain: JsonSchema) -> JsonSchema:
    operators: JsonSchema = {operator: {} for operator in OPERATORS}
    return {
        "anyOf": [
            plain,
            {"type": "array", "items": plain},
            {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": operators},
        ]
    }


def _examples(*, expects: bool) -> JsonSchema:
    tree: JsonSchema = {"type": "object", "additionalProperties": {"type": "string"}}
    finding: JsonSchema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key: {"type": ["string", "integer"]}
            for key in ("rule", "address", "severity", "confidence", "message", "path", "line")
        },
    }
    properties: JsonSchema = {
        "name": {"type": "string"},
        "message": {"type": "string", "description": "the commit message"},
        "branch": {"type": "string"},
        "authors": {"type": "array", "items": {"type": "string"}, "description": "addresses"},
        "scope": {"type": "array", "items": {"type": "string"}, "description": "globs, as by --scope"},
        "now": {"type": "string", "description": "the time, as by --now"},
        "before": tree,
        "after": tree,
    }
    if expects:
        properties["findings"] = {"type": "array", "minItems": 1, "items": finding}
    else:
        properties["near_miss"] = {"type": "boolean"}
    required = ["findings"] if expects else []
    one: JsonSchema = {"type": "object", "additionalProperties": False, "required": required, "properties": properties}
    return {"type": "array", "minItems": 1, "items": one}
