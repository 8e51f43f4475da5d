"""Conditions of Helm's templates: which are open above a document, and what they come to with given values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.model import Region, Value
from blastlint.resolve.kubernetes.conditions import Condition, conditions, holds


def _values(data: object) -> Value:
    if isinstance(data, dict):
        return Value({key: _values(child) for key, child in data.items()})
    if isinstance(data, list):
        return Value(tuple(_values(child) for child in data))
    assert data is None or isinstance(data, (str, int, bool))
    return Value(data)


VALUES = _values(
    {"on": True, "off": False, "kind": "Deployment", "count": 2, "none": 0, "list": [], "a": {"b": {"on": True}}}
)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        (".Values.on", True),
        ("$.Values.on", True),
        (".Values.off", False),
        (".Values.nowhere.at.all", False),
        (".Values.none", False),
        (".Values.list", False),
        (".Values.a", True),
        ("not .Values.off", True),
        ("and .Values.on .Values.a.b.on", True),
        ("and .Values.on .Values.off", False),
        ('and .Values.off (eq .Values.kind "cilium")', False),
        ('and .Values.on (eq .Values.kind "Deployment")', True),
        ("or .Values.off (and .Values.on (not .Values.none))", True),
        ('eq .Values.kind "StatefulSet" "Deployment"', True),
        ('ne .Values.kind "Deployment"', False),
        ("eq .Values.count 2", True),
        ("empty .Values.list", True),
        ("(.Values.on)", True),
        (".Values.nowhere | default true", True),
        ("default false .Values.on", True),
        (".Values.on | not", False),
        ('include "chart.enabled" .', None),
        ("and .Values.on .Capabilities.APIVersions", None),
        ("and .Values.off .Capabilities.APIVersions", False),
        ('.Capabilities.APIVersions.Has "policy/v1"', None),
        ("gt .Values.count 1", None),
        ("or .Values.on (semverCompare .Values.kind)", True),
        ("", None),
    ],
)
def test_what_a_condition_comes_to(expression: str, told: bool | None) -> None:
    assert holds([Condition(expression)], VALUES) is told
    assert holds([Condition(expression, negated=True)], VALUES) is (None if told is None else not told)


def test_below_a_value_that_is_not_known_nothing_is() -> None:
    values = Value({"a": Value(None, known=False, text="x")})
    assert holds([Condition(".Values.a.b")], values) is None


def _open(template: str) -> list[Condition]:
    lines = template.splitlines()
    return conditions(lines, Value({}, region=Region("after", "t.yaml", len(lines) + 1)))


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{{- if .Values.on -}}", [Condition(".Values.on")]),
        ("{{ if .Values.on }}{{ with .Values.a }}", [Condition(".Values.on"), Condition(".Values.a")]),
        ("{{- if .Values.on }}\n{{- end }}", []),
        ("{{- range .Values.list }}\n{{ if .Values.on }}", [Condition(".Values.on")]),
        ("{{- if .Values.on }}\n{{- else }}", [Condition(".Values.on", negated=True)]),
        (
            "{{- if .Values.on }}\n{{- else if .Values.off }}\n{{- else }}",
            [Condition(".Values.on", negated=True), Condition(".Values.off", negated=True)],
        ),
        ("{{/* if .Values.on */}}\n{{ end }}", []),
        ('{{- if eq .Values.kind "a }} b" }}', [Condition('eq .Values.kind "a }} b"')]),
    ],
)
def test_which_are_open(template: str, found: list[Condition]) -> None:
    assert _open(template) == found


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="(){}|.$ \"`-aValuesinotrdeq\n12", max_size=120))
def test_any_text_comes_to_something(text: str) -> None:
    assert holds([Condition(text)], VALUES) in (True, False, None)
    assert isinstance(_open(f"{{{{ if {text} }}}}"), list)


def test_depth_is_bounded() -> None:
    assert holds([Condition("(" * 5000)], VALUES) is None
