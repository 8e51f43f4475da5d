"""Commands that check less, and settings of tools that are programs: exactly what is said of each pair."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich import PROVIDERS
from blastlint.enrich.quality.commands import loosened, row_of, words
from blastlint.facts.quality import rows
from blastlint.sources.memory import change_set
from tests.code.made import run

FILES = {"src/a.py": "x = 1\n", "tests/unit/test_a.py": "", "tests/integration/test_b.py": ""}
TREE = change_set(FILES, FILES).after


def said(tool: str, before: str, after: str) -> tuple[str, str] | None:
    row = row_of(tool)
    assert row is not None
    found = loosened(row, words(before), words(after), TREE)
    return (found.what, found.name) if found is not None else None


@pytest.mark.parametrize(
    ("tool", "before", "after", "expected"),
    [
        ("pytest", "-n auto", "-n auto -k 'not slow'", ("leaves out", "-k not slow")),
        ("pytest", "tests", "tests --ignore=tests/integration", ("leaves out", "--ignore tests/integration")),
        ("pytest", "--ignore=a", "--ignore=a --ignore=b", ("leaves out", "--ignore b")),
        ("pytest", "", "--reruns 3", ("tries again", "--reruns 3")),
        ("pytest", "--reruns 2", "--reruns 5", ("tries again", "--reruns 5")),
        ("pytest", "--cov-fail-under=90", "--cov-fail-under=60", ("asks less", "--cov-fail-under 90")),
        ("pytest", "", "tests/unit", ("looks at less", "tests/unit")),
        ("pytest", "tests", "tests/unit", ("looks at less", "tests/unit")),
        ("mypy", "src tests", "src", ("looks at less", "src")),
        ("mypy", "--strict src", "src", ("asks less", "--strict")),
        ("eslint", "--max-warnings 0 src", "--max-warnings 50 src", ("asks less", "--max-warnings 0")),
        ("go", "-race ./...", "./...", ("asks less", "-race")),
        ("playwright", "--retries=0", "--retries=2", ("tries again", "--retries 2")),
        # as much as before, or more
        ("pytest", "-n auto", "-n 2", None),
        ("pytest", "-k 'not slow'", "", None),
        ("pytest", "-k slow", "-k fast", None),  # another selection
        ("pytest", "--ignore=a", "--ignore=b", None),
        ("pytest", "--reruns 3", "--reruns 2", None),
        ("pytest", "--strict", "--strict-markers --strict-config", None),
        ("pytest", "tests/unit", "tests", None),
        ("pytest", "tests/unit", "tests/integration", None),
        ("pytest", "", "$TESTS", None),
        ("pytest", "tests -v", "-v tests", None),
        ("eslint", "--max-warnings 50 src", "--max-warnings 0 src", None),
    ],
)
def test_loosened(tool: str, before: str, after: str, expected: tuple[str, str] | None) -> None:
    assert said(tool, before, after) == expected


@settings(max_examples=60)
@given(st.sampled_from([row["tool"].split("|")[0].replace("\\", "") for row in rows("commands")]), st.text(max_size=40))
def test_what_stays_is_not_less(tool: str, text: str) -> None:
    assert said(tool, text, text) is None


def test_screen_of_commands() -> None:
    about = PROVIDERS["quality.commands"].about
    assert about is not None
    tools = [tool.replace("\\", "") for row in rows("commands") for tool in row["tool"].split("|")]
    assert [tool for tool in tools if not about.search(f"{tool} ci.yml")] == []


def check_configs(path: str, before: str, after: str, others: dict[str, str] | None = None) -> list[tuple[object, object]]:
    old, new = {**FILES, path: before}, {**FILES, path: after, **(others or {})}
    return [(f.fields["name"], f.fields["what"]) for _, f in run(old, new).facts("check-config")]


CI = "on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: pytest --strict-markers -n auto\n"


@pytest.mark.parametrize(
    ("after", "others", "expected"),
    [
        (CI.replace("pytest", "pytest tests/unit"), {}, [("tests/unit", "looks at less")]),
        (CI.replace(" --strict-markers", ""), {}, [("--strict-markers", "asks less")]),
        (CI.replace(" --strict-markers", ""), {"pytest.ini": "[pytest]\nstrict_markers = true\n"}, []),  # moved
        (CI.replace("pytest", "pytest tests/unit") + "      - run: pytest tests/integration\n", {}, []),  # divided
    ],
)
def test_commands_of_pipelines(after: str, others: dict[str, str], expected: list[tuple[object, object]]) -> None:
    assert check_configs(".github/workflows/ci.yml", CI, after, others) == expected


VITEST = (
    "export default defineConfig({ test: { retry: 0, "
    "coverage: { exclude: ['dist/**'], thresholds: { lines: 80 } } } });\n"
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("lines: 80", "lines: 70", [("defineConfig.test.coverage.thresholds.lines", "lowered")]),
        ("thresholds: { lines: 80 }", "", [("defineConfig.test.coverage.thresholds.lines", "removed")]),
        ("retry: 0", "retry: 2", [("defineConfig.test.retry", "raised")]),
        ("['dist/**']", "['dist/**', 'src/pay']", [("defineConfig.test.coverage.exclude", "more ignored")]),
        ("lines: 80", "lines: 90", []),
        ("'dist/**'", "'build/**'", []),
        ("retry: 0", "retry: retries()", []),  # unknown
    ],
)
def test_settings_in_programs(old: str, new: str, expected: list[tuple[object, object]]) -> None:
    assert old in VITEST
    assert check_configs("vitest.config.ts", VITEST, VITEST.replace(old, new)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('addopts = "-ra"', "addopts = \"-ra -m 'not slow'\"", ["leaves out"]),
        ('addopts = ["-ra", "--strict-config"]', 'addopts = ["-ra"]', ["asks less"]),
        ('addopts = ["-ra"]', 'addopts = "-ra"', []),
        ('filterwarnings = ["error"]', 'filterwarnings = ["ignore"]', ["demands less"]),
        ('filterwarnings = ["error"]', 'filterwarnings = ["error", "ignore:x"]', []),
        ('testpaths = ["a", "b"]', 'testpaths = ["a"]', ["fewer rules"]),
    ],
)
def test_settings_of_pytest(before: str, after: str, expected: list[str]) -> None:
    head = "[tool.pytest.ini_options]\n"
    assert [what for _, what in check_configs("pyproject.toml", f"{head}{before}\n", f"{head}{after}\n")] == expected


def said_of(before: dict[str, str], after: dict[str, str]) -> list[tuple[object, object, object]]:
    """(file, name, what) of each `check-config` fact."""
    found = run({**FILES, **before}, {**FILES, **after}).facts("check-config")
    return [(address, f.fields["name"], f.fields["what"]) for address, f in found]


MYPY = "[mypy]\nstrict = True\n"
STRICT = "[tool.mypy]\nstrict = true\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"mypy.ini": MYPY}, {}, [("mypy.ini", "mypy.strict", "off")]),
        ({"mypy.ini": MYPY}, {"pyproject.toml": STRICT}, []),
        ({"mypy.ini": MYPY, "pyproject.toml": STRICT}, {"pyproject.toml": STRICT}, []),  # it was there already
        ({"mypy.ini": MYPY}, {"pyproject.toml": "[tool.mypy]\nstrict = false\n"}, [("mypy.ini", "mypy.strict", "off")]),
        ({"mypy.ini": "[mypy]\ndisallow_untyped_defs = True\n"}, {"pyproject.toml": STRICT}, []),  # the whole for a part
        ({"mypy.ini": MYPY}, {"pyrightconfig.json": "{}\n"}, []),  # another tool of its kind
        ({".coveragerc": "[report]\nfail_under = 90\n"}, {}, [(".coveragerc", "report.fail_under", "removed")]),
        (
            {".coveragerc": "[report]\nfail_under = 90\n"},
            {"pyproject.toml": "[tool.coverage.report]\nfail_under = 60\n"},
            [(".coveragerc", "report.fail_under", "lowered")],
        ),
        (
            {"setup.cfg": "[metadata]\nname = x\n\n[tool:pytest]\naddopts = --strict-markers\ntestpaths = tests\n"},
            {"setup.cfg": "[metadata]\nname = x\n", "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-ra'\n"},
            [("setup.cfg", "tool:pytest.addopts", "asks less")],
        ),
        (
            {"setup.cfg": "[metadata]\nname = x\n\n[tool:pytest]\naddopts = --strict-markers\ntestpaths = tests\n"},
            {"setup.cfg": "[metadata]\nname = x\n", "pyproject.toml": "[tool.pytest]\naddopts = ['--strict-markers']\n"},
            [],
        ),
        ({".eslintrc.json": '{"rules": {"no-eval": "error"}}\n'}, {}, [(".eslintrc.json", "rules.no-eval", "removed")]),
        ({".eslintrc.json": '{"rules": {"no-eval": "error"}}\n'}, {"biome.json": "{}\n"}, []),
        ({".eslintrc.json": '{"rules": {"no-eval": "off"}}\n'}, {}, []),
        ({"mypy.ini": "[mypy]\nignore_errors = True\n"}, {}, []),
    ],
)
def test_settings_that_go(
    before: dict[str, str], after: dict[str, str], expected: list[tuple[object, object, object]]
) -> None:
    assert said_of(before, after) == expected
