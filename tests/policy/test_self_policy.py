"""What a change does to its own judge, beyond what the rules' examples show."""

# ruff: noqa: E501 (tables read better on one line a case)

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.config import FAIL_ON, Config
from blastlint.diff import files
from blastlint.enrich.context import Context
from blastlint.enrich.self_policy import coverage, steps, suppressions
from blastlint.enrich.self_policy import settings as own_settings
from blastlint.enrich.self_policy.invocations import invocations
from blastlint.enrich.self_policy.settings import weakenings
from blastlint.model import SEVERITIES, Fact
from blastlint.parse.workspace import Workspace
from blastlint.sources.memory import MemoryTree, change_set


def facts_of(module: object, before: Mapping[str, str], after: Mapping[str, str]) -> list[Fact]:
    changed = change_set(before, after)
    changes = files.changes(changed)
    sides = Workspace(changed.before, "before"), Workspace(changed.after, "after")
    context = Context(changed, Config(), *sides, (), (), changes, {"RES001": "medium", "RES002": "critical"})
    found = [module.facts(change, context) for change in changes if change.kind == "file"]  # type: ignore[attr-defined]
    return [fact for facts in found for fact in facts]


# --- settings ---------------------------------------------------------------------------------------------------------

GLOBS = st.lists(st.sampled_from(["a", "b/", "c/**", "!a", "*.tf"]), max_size=3, unique=True).map(tuple)
RULES = st.lists(st.sampled_from(["RES", "RES001", "RES002", "GRD", "GRD001"]), max_size=3, unique=True).map(tuple)
CONFIGS = st.builds(
    Config,
    select=RULES,
    ignore=RULES,
    severities=st.dictionaries(st.sampled_from(["RES001", "RES002"]), st.sampled_from(SEVERITIES), max_size=2),
    fail_on=st.sampled_from(FAIL_ON),
    production=GLOBS,
    docs=GLOBS,
    exclude=GLOBS,
)


def no_paths() -> set[str]:
    return set()


@settings(max_examples=80, deadline=None)
@given(CONFIGS)
def test_a_configuration_is_not_weaker_than_itself(config: Config) -> None:
    reordered = Config(
        tuple(reversed(config.select)), tuple(reversed(config.ignore)), dict(reversed(config.severities.items())), config.fail_on,
        config.production, docs=config.docs, exclude=config.exclude,
    )  # fmt: skip
    assert list(weakenings(config, reordered, {}, no_paths)) == []


@settings(max_examples=150, deadline=None)
@given(CONFIGS, CONFIGS, st.sampled_from(["RES001", "RES002", "GRD001"]))
def test_no_rule_goes_off_in_silence(before: Config, after: Config, rule: str) -> None:
    if before.selects(rule) and not after.selects(rule):
        assert any(found.what == "rule-off" for found in weakenings(before, after, {}, no_paths))


@settings(max_examples=80, deadline=None)
@given(CONFIGS, st.sampled_from(FAIL_ON))
def test_the_threshold(config: Config, fail_on: str) -> None:
    after = Config(
        config.select,
        config.ignore,
        config.severities,
        fail_on,
        config.production,
        docs=config.docs,
        exclude=config.exclude,
    )
    order = ("never", *SEVERITIES)
    expected = ["fail-on-raised"] if order.index(fail_on) < order.index(config.fail_on) else []
    assert [found.what for found in weakenings(config, after, {}, no_paths)] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "medium", []),  # as declared
        ("", "high", []),  # above what is declared
        ("", "low", ["medium -> low"]),
        ("high", "", ["high -> medium"]),
        ("high", "critical", []),
    ],
)
def test_levels_are_compared_with_the_declared_one(before: str, after: str, expected: list[str]) -> None:
    texts = [f'[severity]\nRES001 = "{level}"\n' if level else "# nothing\n" for level in (before, after)]
    found = facts_of(own_settings, {"blastlint.toml": texts[0]}, {"blastlint.toml": texts[1]})
    assert [f"{fact.fields['before']} -> {fact.fields['after']}" for fact in found] == expected


def test_moving_to_pyproject_is_compared_as_one() -> None:
    found = facts_of(
        own_settings,
        {"blastlint.toml": 'fail-on = "low"\nignore = ["RES001"]\n', "pyproject.toml": "[project]\n"},
        {"pyproject.toml": '[project]\n\n[tool.blastlint]\nfail-on = "high"\nignore = ["RES001"]\n'},
    )
    (fact,) = found
    assert (fact.fields["what"], fact.path) == ("fail-on-raised", "fail-on")
    assert fact.before and fact.after
    assert (fact.before.path, fact.before.start_line) == ("blastlint.toml", 1)
    assert (fact.after.path, fact.after.start_line) == ("pyproject.toml", 4)


def test_a_base_that_cannot_be_read_is_left_to_the_pipeline() -> None:
    assert facts_of(own_settings, {"blastlint.toml": "x ="}, {"blastlint.toml": "fail-on = 'never'\n"}) == []


# --- suppressions -----------------------------------------------------------------------------------------------------


def test_levels_of_the_rules_are_told() -> None:
    after = "a = 1 # blastlint: allow RES002, RES001 -- x\nb = 1 # blastlint: allow everything\n"
    found = facts_of(suppressions, {"a.tf": "a = 1\nb = 1\n"}, {"a.tf": after})
    assert [(f.fields["rule"], f.fields["severity"], f.fields["reason"]) for f in found] == [
        ("RES002", "critical", "x"),
        ("RES001", "medium", "x"),
        ("no rule that exists", None, "none given"),
    ]
    assert [f.after.start_line for f in found if f.after] == [1, 1, 2]


def test_a_renamed_file_keeps_its_suppressions() -> None:
    line = "a: 1 # blastlint: allow RES001 -- x\n"
    assert facts_of(suppressions, {"a.yaml": line + "b: 2\n"}, {"b.yaml": line.replace("1", "2", 1) + "b: 2\n"}) != []
    assert facts_of(suppressions, {"a.yaml": line + "b: 2\n"}, {"b.yaml": line + "b: 3\n"}) == []


# --- steps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("lint.sh", "blastlint check A..B\n", [("blastlint check A..B", 1)]),
        ("lint.sh", "uvx blastlint check && echo ok\n", [("blastlint check", 1)]),
        ("lint.sh", "python -m blastlint check --strict\n", [("blastlint check --strict", 1)]),
        ("lint.sh", "docker run -v .:/w ghcr.io/acme/blastlint:1.2 check\n", [("blastlint check", 1)]),
        ("lint.sh", "if ! blastlint check; then exit 1; fi\n", [("blastlint check", 1)]),
        ("lint.sh", "pip install blastlint\n# blastlint check\necho run blastlint check\nblastlint --version\ncommand -v blastlint\ncd blastlint\n", []),
        ("lint.sh", "set +e\nblastlint check\nset -e\nblastlint check\n", [("blastlint check (set +e)", 2), ("blastlint check", 4)]),
        ("lint.sh", "blastlint check || exit 0\n", [("blastlint check (|| exit 0)", 1)]),
        ("Makefile", "lint:\n\t-blastlint check\n", [("blastlint check (make ignores its failure)", 2)]),
        ("package.json", '{"scripts": {"lint": "eslint . && blastlint check"}}', [("blastlint check", 1)]),
        ("ci.yml", "jobs:\n  a:\n    steps:\n      - name: blastlint check\n        run: |\n          ls\n          blastlint check\n", [("blastlint check", 7)]),
        ("ci.yml", "jobs:\n  a:\n    continue-on-error: true\n    steps:\n      - run: blastlint check\n", [("blastlint check (continue-on-error: true)", 5)]),
        ("ci.yml", "jobs:\n  a:\n    steps:\n      - uses: acme/blastlint@v1\n        with: {fail-on: never}\n", [("uses acme/blastlint --fail-on never", 4)]),
        (".pre-commit-config.yaml", "repos:\n- repo: x\n  hooks:\n  - id: blastlint\n    stages: [manual]\n", [("hook blastlint (only manual)", 4)]),
        ("README.md", "blastlint check\n", []),
        ("a.py", "run('blastlint check')\n", []),
    ],
)  # fmt: skip
def test_invocations(path: str, text: str, expected: list[tuple[str, int]]) -> None:
    side = Workspace(MemoryTree({path: text.encode()}), "after")
    assert [(step.shown, step.line) for step in invocations(path, side)] == expected


STEP = "on: [push]\njobs:\n  lint:\n    steps:\n      - run: {}\n"


def test_another_workflow_that_still_runs_it() -> None:
    other = {".github/workflows/b.yml": STEP.format("blastlint check")}
    gone = facts_of(steps, {".github/workflows/a.yml": STEP.format("blastlint check"), **other}, other)
    assert gone == []
    advisory = {".github/workflows/b.yml": STEP.format("blastlint check || true")}
    found = facts_of(steps, {".github/workflows/a.yml": STEP.format("blastlint check"), **advisory}, advisory)
    assert [fact.fields["what"] for fact in found] == ["removed"]
    script = {"lint.sh": "blastlint check\n"}  # nothing in CI calls it
    found = facts_of(steps, {".github/workflows/a.yml": STEP.format("blastlint check"), **script}, script)
    assert [fact.fields["what"] for fact in found] == ["removed"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("blastlint check", "blastlint check --ignore RES", ["narrowed"]),
        ("blastlint check", "blastlint check --fail-on critical", ["narrowed"]),
        ("blastlint check --fail-on low", "blastlint check", ["narrowed"]),
        ("blastlint check --fail-on medium", "blastlint check --fail-on low", []),
        ("blastlint check || true", "ls", []),
        ("blastlint check || true", "blastlint check --fail-on never", ["exit-zero"]),
        ("blastlint check A..B", "blastlint check A...B --format sarif", []),
    ],
)
def test_what_a_step_loses(before: str, after: str, expected: list[str]) -> None:
    path = ".github/workflows/a.yml"
    found = facts_of(steps, {path: STEP.format(before)}, {path: STEP.format(after)})
    assert [fact.fields["what"] for fact in found] == expected


# --- coverage ---------------------------------------------------------------------------------------------------------


def test_what_is_not_read() -> None:
    good, bad = '{"a": 1}\n', "{\0"
    assert facts_of(coverage, {"a.json": bad}, {"a.json": good}) == []
    (fact,) = facts_of(coverage, {"a.json": good}, {"a.json": bad})
    assert (fact.fields["what"], fact.fields["reason"], fact.fields["regressed"]) == ("opaque", "binary file", True)
    (fact,) = facts_of(coverage, {"a.json": bad}, {"a.json": bad + "x"})
    assert fact.fields["regressed"] is False
    assert facts_of(coverage, {"a.bin": "x"}, {"a.bin": "\0"}) == []
    large = '{"a": "' + "x" * 4_000_001 + '"}'
    (fact,) = facts_of(coverage, {"a.json": good}, {"a.json": large})
    assert fact.fields["reason"] == "larger than 4 MB"
