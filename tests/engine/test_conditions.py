from __future__ import annotations

import pytest

from blastlint.engine.conditions import compiled, names_in
from blastlint.errors import RuleError

FACTS = {
    "effect": "destroy",
    "stateful": "data",
    "dependents": 3,
    "flag": True,
    "classes": ("iac-destroy", "deploy"),
    "empty": "",
    "none": (),
    "ratio": 0.5,
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"effect": "destroy"}, True),
        ({"effect": "replace"}, False),
        ({"effect": ["replace", "destroy"]}, True),
        ({"effect": {"in": ["replace"]}}, False),
        ({"effect": {"not": "destroy"}}, False),
        ({"effect": {"not": ["replace", "forget"]}}, True),
        ({"effect": {"matches": "^des"}}, True),
        ({"dependents": {"matches": "3"}}, False),
        ({"dependents": {"gt": 2, "lt": 4}}, True),
        ({"dependents": {"ge": 4}}, False),
        ({"ratio": {"le": 0.5}}, True),
        ({"flag": True}, True),
        ({"flag": 1}, False),
        ({"flag": {"gt": 0}}, False),
        ({"empty": {"exists": True}}, False),
        ({"none": {"exists": False}}, True),
        ({"absent": {"exists": False}}, True),
        ({"classes": {"contains": "deploy"}}, True),
        ({"classes": {"contains": "dep"}}, False),
        ({"effect": {"contains": "stro"}}, True),
        ({"classes": {"any": ["x", "deploy"]}}, True),
        ({"classes": {"all": ["iac-destroy", "x"]}}, False),
        ({"classes": {"none": ["x"]}}, True),
        ({"classes": {"none": ["deploy"]}}, False),
        ({"effect": "destroy", "stateful": "data"}, True),
        ({"effect": "destroy", "stateful": ""}, False),
        ({"any": [{"effect": "replace"}, {"stateful": "data"}]}, True),
        ({"any": [{"effect": "replace"}, {"stateful": ""}]}, False),
        ({}, True),
    ],
)
def test_matchers(condition: dict[str, object], holds: bool) -> None:
    assert compiled(condition)(FACTS.get) is holds


@pytest.mark.parametrize(
    ("matcher", "message"),
    [
        ({"like": "x"}, "unknown operator 'like'"),
        ({"gt": "3"}, "gt takes a number"),
        ({"gt": True}, "gt takes a number"),
        ({"matches": "("}, "bad regular expression"),
    ],
)
def test_bad_matchers_are_errors(matcher: dict[str, object], message: str) -> None:
    with pytest.raises(RuleError, match=message.replace("(", r"\(")):
        compiled({"effect": matcher})


def test_names_in_sees_alternatives() -> None:
    assert names_in({"a": 1, "any": [{"b": 1}, {"any": [{"c": 2}]}]}) == {"a", "b", "c"}
