from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml

from blastlint import pipeline
from blastlint.engine import load
from blastlint.engine.judge import change_facts
from blastlint.engine.schema import rule_schema
from blastlint.engine.strict_yaml import read
from blastlint.enrich.vocabulary import CHANGE, CLOSED, FACTS, is_boolean
from blastlint.errors import RuleError
from blastlint.replay import cases
from blastlint.sources.memory import change_set

GOOD = """\
id: ZZZ001
name: file-gone
status: stable
since: "0.1.0"
severity: critical
confidence: high
axes: {area: file, kind: any, action: remove}
on: change
when: {kind: file, action: removed}
message: "{path} is gone."
why: because
instead: keep it
examples:
  bad: [{before: {a.txt: x}, after: {b.txt: y}, findings: [{address: a.txt}]}]
  good: [{near_miss: true, before: {a.txt: x}, after: {b.txt: x}}]
"""


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "rule.yaml"
    path.write_text(text)
    return str(path)


def test_a_good_rule_loads(tmp_path: Path) -> None:
    rule = load.load(written(tmp_path, GOOD))
    assert (rule.id, rule.family, rule.severity, rule.on) == ("ZZZ001", "ZZZ", "critical", "change")
    assert rule.when == {"kind": "file", "action": "removed"}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("severity: critical", "severity: fatal", 5, "severity is one of"),
        ("status: stable", "statsu: stable", 3, "unknown key 'statsu' (did you mean 'status'?)"),
        ("on: change", "on: gaurd", 8, "there is no fact 'gaurd' (did you mean 'guard'?)"),
        ("kind: file, action", "knid: file, action", 9, "there is no fact 'knid' (did you mean 'kind'?)"),
        ("{kind: file,", "{kind: {like: x},", 9, "unknown operator 'like'"),
        ("{path} is gone", "{paht:file|files} is gone", 10, "there is no fact 'paht' (did you mean 'path'?)"),
        ("why: because", "words: [path]\nwhy: because", 11, "words maps facts of the message to {value: text}"),
        ("why: because", "words: {path: {a: 1}}\nwhy: because", 11, "words maps facts of the message"),
        ("why: because", "words: {name: {a: b}}\nwhy: because", 11, "the message does not show 'name'"),
        (
            "is gone.\"\nwhy: because",
            "is {action}.\"\nwords: {action: {gone: lost}}\nwhy: because",
            11,
            "action is never 'gone'",
        ),
        ("{path} is gone", "{paht} is gone", 10, "there is no fact 'paht' (did you mean 'path'?)"),
        ("action: removed", "action: renamed", 9, "action is never 'renamed' (did you mean 'removed'?)"),
        ("action: removed", "action: [added, gone]", 9, "action is never 'gone'"),
        ("action: removed", "environment: {not: staging}", 9, "environment is never 'staging'"),
        ("action: removed", "any: [{path_class: tests}]", 9, "path_class is never 'tests' (did you mean 'test'?)"),
        (
            "on: change\nwhen: {kind",
            "on: key\nwhen: {key.catch_all: yes please, kind",
            9,
            "key.catch_all is true or false",
        ),
        ("near_miss: true", "near_miss: false", 13, "at least one good example is a near miss"),
        ("when: {kind", "context: loose\nwhen: {kind", 9, "context is default or exact"),
        ("when: {kind", "levels: [{severity: low}]\nwhen: {kind", 9, "a level is"),
        ("why: because", "why: because\nwhy: again", 12, "duplicate key 'why'"),
        ("why: because", "why: [", 12, "not YAML"),
    ],
)
def test_mistakes_have_file_and_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(RuleError) as caught:
        load.load(path)
    assert message in caught.value.message
    where = caught.value.where
    assert where.startswith(path)
    if message != "not YAML":
        assert where == f"{path}:{line}"


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="'why' is missing"):
        load.load(written(tmp_path, GOOD.replace("why: because\n", "")))


def test_two_rules_with_one_id(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD)
    with pytest.raises(RuleError, match="ZZZ001 is also defined in"):
        load.rules_in([str(tmp_path)])


def test_a_path_that_is_not_there() -> None:
    with pytest.raises(RuleError, match="no such file"):
        load.rules_in(["/nowhere/at/all"])


# --- the shipped rules ----------------------------------------------------------------------------------------------

FILES = load.rule_files(load.rules_directory())


def test_the_index_says_what_the_files_say() -> None:
    import json

    with open(Path(load.rules_directory()) / load.INDEX, encoding="utf-8") as file:
        assert json.load(file) == json.loads(json.dumps(load.index_of(load.rules_directory()))), "run `make rules`"


def test_the_index_is_used_and_an_edited_rule_is_not_taken_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "gone.yaml").write_text(GOOD)
    (folder / load.INDEX).write_text(json.dumps(load.index_of(str(folder))))
    monkeypatch.setattr(load, "rules_directory", lambda: str(folder))
    monkeypatch.setattr(load, "read", lambda path: pytest.fail(f"{path} was read although the index is fresh"))
    assert [rule.message for rule in load.shipped_rules()] == ["{path} is gone."]
    monkeypatch.setattr(load, "read", read)
    (folder / "gone.yaml").write_text(GOOD.replace("is gone.", "vanished."))
    assert [rule.message for rule in load.shipped_rules()] == ["{path} vanished."]


@pytest.mark.parametrize(("seconds", "told"), [(0.5, "{path} is gone."), (2, "{path} is lost.")])
def test_a_rule_as_long_as_before_is_read_where_it_is_younger_than_what_was_unpacked_with_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, told: str
) -> None:
    import json
    import os

    rule, index = tmp_path / "gone.yaml", tmp_path / load.INDEX
    rule.write_text(GOOD)
    index.write_text(json.dumps(load.index_of(str(tmp_path))))
    rule.write_text(GOOD.replace("is gone.", "is lost."))
    os.utime(rule, (index.stat().st_mtime + seconds,) * 2)
    monkeypatch.setattr(load, "rules_directory", lambda: str(tmp_path))
    assert [found.message for found in load.shipped_rules()] == [told]


def test_starting_with_the_index_imports_no_yaml() -> None:
    code = "import sys; from blastlint.engine.load import shipped_rules; shipped_rules(); print('yaml' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


@cache
def published() -> jsonschema.Draft202012Validator:
    """The published form, itself checked once."""
    jsonschema.Draft202012Validator.check_schema(rule_schema())
    return jsonschema.Draft202012Validator(rule_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda p: Path(p).stem)
def test_every_rule_has_the_published_form(path: str) -> None:
    data = read(path)
    published().validate(data)
    rule = load.load(path)
    assert Path(path).stem == rule.name
    assert Path(path).parent.name == rule.family.lower()
    assert not rule.message.startswith(" ")


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    data = yaml.safe_load(GOOD.replace("on: change", '"on": change'))
    published().validate(data)
    for key, value in (("severity", "fatal"), ("extra", 1), ("on", "gaurd")):
        with pytest.raises(jsonschema.ValidationError):
            published().validate({**data, key: value})


def test_every_closed_field_exists_and_facts_keep_to_it() -> None:
    for name in CLOSED:
        fact, _, field = name.rpartition(".")
        assert field in (FACTS[fact] if fact else CHANGE), name
    for case in cases():
        report = pipeline.check(change_set(case.tree("before"), case.tree("after"), case.message), ())
        for impact in report.impacts:
            for name, value in change_facts(impact).items():
                assert value is None or name not in CLOSED or value in CLOSED[name], (case.name, name, value)
            for fact in impact.facts:
                for field, value in fact.fields.items():
                    closed = CLOSED.get(f"{fact.name}.{field}")
                    assert value is None or closed is None or value in closed, (case.name, fact.name, field, value)
                    assert not is_boolean(f"{fact.name}.{field}") or isinstance(value, bool | None), (fact.name, field)
