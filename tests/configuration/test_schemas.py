"""Bounds of schemas: each keyword, gone, wider and tighter; and schemas that are no such thing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.model import Fact
from blastlint.sources.memory import change_set

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def losses(path: str, before: str, after: str) -> list[Fact]:
    impacts = pipeline.check(change_set({path: before}, {path: after}), ()).impacts
    return [f for i in impacts for f in i.facts if f.name == "precondition"]


def schema(**bounds: object) -> str:
    return json.dumps({"$schema": SCHEMA, "properties": {"n": {"title": "n", **bounds}}}, indent=1)


def said(before: dict[str, object], after: dict[str, object]) -> list[tuple[object, object, object]]:
    found = losses("n.json", schema(**before), schema(**after))
    return [(f.fields["what"], f.fields["before"], f.fields["after"]) for f in found]


@pytest.mark.parametrize("keyword", ["maximum", "exclusiveMaximum", "maxItems", "maxLength", "maxProperties"])
def test_upper(keyword: str) -> None:
    assert said({keyword: 9}, {}) == [("removed", f"{keyword}: 9", "")]
    assert said({keyword: 9}, {keyword: 90}) == [("loosened", f"{keyword}: 9", f"{keyword}: 90")]
    assert said({keyword: 9}, {keyword: 3}) == said({}, {keyword: 9}) == []


@pytest.mark.parametrize("keyword", ["minimum", "exclusiveMinimum", "minItems", "minLength", "minProperties"])
def test_lower(keyword: str) -> None:
    assert said({keyword: 9}, {}) == [("removed", f"{keyword}: 9", "")]
    assert said({keyword: 9}, {keyword: 3}) == [("loosened", f"{keyword}: 9", f"{keyword}: 3")]
    assert said({keyword: 9}, {keyword: 90}) == []


def test_stated() -> None:
    assert said({"pattern": "^a$"}, {}) == [("removed", "pattern: ^a$", "")]
    assert said({"pattern": "^a$"}, {"pattern": "^b$"}) == []
    assert said({"additionalProperties": False}, {"additionalProperties": True}) == [
        ("loosened", "additionalProperties: false", "")
    ]
    assert said({"uniqueItems": True}, {}) == [("loosened", "uniqueItems: true", "")]


@pytest.mark.parametrize("elsewhere", [{"$ref": "#/$defs/n"}, {"enum": [1, 2]}, {"allOf": [{"maximum": 9}]}])
def test_bounded_elsewhere(elsewhere: dict[str, object]) -> None:
    assert said({"maximum": 9}, elsewhere) == []


def test_one_for_a_file() -> None:
    (fact,) = losses(
        "a.proto",
        "message A {\n  message B {\n"
        '    string b = 1 [(validate.rules).string = {pattern: "^//;[a-z]$", max_len: 9}];\n  }\n'
        "  /* c */ uint32 c = 2 [(buf.validate.field).uint32.lte = 5];\n}\n",
        "message A {\n  message B {\n    string b = 1;\n  }\n  uint32 c = 2 [(buf.validate.field).uint32.lte = 50];\n}\n",
    )
    assert [fact.fields[name] for name in ("call", "what", "count", "gone")] == ["A.B.b", "removed", 3, 2]
    assert fact.before is not None and fact.before.start_line == 3
    assert [r.message for r in fact.related] == ["so is A.B.b: `max_len: 9`", "so is A.c: `lte: 5`"]


def test_deep() -> None:
    deep = '{"items": ' * 300 + '{"maximum": 1}' + "}" * 300
    assert losses("a.json", f'{{"$schema": "{SCHEMA}", "items": {deep}}}', f'{{"$schema": "{SCHEMA}"}}') == []


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="message AB{}[];=1 \n\"'/*().validate.rules:max_len", max_size=200))
def test_any_text_says_nothing_of_itself(text: str) -> None:
    assert losses("a.proto", text, text + "\n") == []
