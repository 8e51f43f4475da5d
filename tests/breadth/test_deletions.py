"""Deleted files: which have a successor, what the rest are, what the message says of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.breadth.made import Files, findings, set_facts

KEPT = {"api/main.py": "limit = 1\n", "README.md": "# shop\n"}


def made(directory: str, count: int = 12, ending: str = "py") -> dict[str, str]:
    return {f"{directory}/m{n}.{ending}": f"def step_{chr(97 + n)}(value):\n    return value\n" for n in range(count)}


def fields(before: Files, after: Files, message: str = "") -> dict[str, object]:
    return dict(set_facts(before, after, message)["mass-deletion"].fields)


def is_told(before: Files, after: Files) -> bool:
    return "mass-deletion" in set_facts(before, after)


def test_what_is_said_of_a_deletion() -> None:
    found = fields({**made("api/rules"), **KEPT}, KEPT)
    assert found == {
        "files": 12,
        "share": 1.0,
        "share_of_all": 0.8571,
        "directory": "api/rules",
        "what": "source",
        "packages": (),
        "replaced": 0.0,
        "unhooked": False,
        "told": 0.0,
        "whole": False,
        "summary": "12 files under api/rules (100% of it)",
    }


def test_files_of_resources_are_told_by_what_goes_with_them() -> None:
    queues = {f"queues/{n}.tf": f'resource "aws_sqs_queue" "q{n}" {{\n  name = "q{n}"\n}}\n' for n in range(10)}
    assert fields({**queues, **KEPT}, KEPT)["told"] == 1.0
    assert fields({**made("queues", 30), **queues, **KEPT}, KEPT)["told"] == 0.25


def test_a_configuration_that_goes_whole_is_told_as_one() -> None:
    queues = {f"queues/{n}.tf": f'resource "aws_sqs_queue" "q{n}" {{\n  name = "q{n}"\n}}\n' for n in range(10)}
    assert fields({**queues, **KEPT}, KEPT)["whole"] is True
    left = {"queues/0.tf": queues["queues/0.tf"]}
    assert fields({**queues, **KEPT}, {**left, **KEPT})["whole"] is False
    assert fields({**made("queues", 30), **queues, **KEPT}, KEPT)["whole"] is False


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({}, True),
        (made("api/other"), False),
        ({path.replace(".py", ".ts"): "export {}\n" for path in made("api/rules")}, False),
        ({path.replace(".py", "/index.py"): "other\n" for path in made("api/rules")}, True),
        ({"api/rules.py": "".join(made("x").values())}, False),
        (
            {
                "api/rules.py": "class Rules:\n"
                + "".join(f"    {line}\n" for t in made("x").values() for line in t.splitlines())
            },
            False,
        ),
        ({"api/rules.py": "def step_a(value):\n    return None\n"}, True),
    ],
    ids=["gone", "moved", "other language", "other content", "merged", "merged into a class", "mostly gone"],
)
def test_successors(after: Files, told: bool) -> None:
    assert is_told({**made("api/rules"), **KEPT}, {**after, **KEPT}) is told


def test_a_successor_stands_for_one_file() -> None:
    before = {f"{name}/settings.py": f"{name}_limit = {name}_base\n" for name in ("ant", "bee", "cat", "dog")}
    assert fields({**before, **KEPT}, {"elk/settings.py": "elk_limit = elk_base\n", **KEPT})["files"] == 3


def test_what_takes_the_place_is_counted() -> None:
    new = {f"api/rules/n{n}.py": f"limit = {n}\n" for n in range(6)}
    assert fields({**made("api/rules"), **KEPT}, {**new, **KEPT})["replaced"] == 0.5


@pytest.mark.parametrize(
    ("directory", "ending", "what", "severity"),
    [
        ("api/rules", "py", "source", "high"),
        ("api/migrations", "py", "migration", "critical"),
        ("db/migrate", "rb", "migration", "critical"),
        ("infra/prod", "tf", "infrastructure", "critical"),
        ("k8s/base", "yaml", "infrastructure", "critical"),
        (".github/workflows", "yml", "infrastructure", "critical"),
        ("tests/unit", "py", "test", "critical"),
        ("assets/icons", "svg", "other", ""),
        ("tests/fixtures", "py", "other", ""),
    ],
)
def test_what_is_deleted(directory: str, ending: str, what: str, severity: str) -> None:
    before = {**made(directory, ending=ending), **KEPT}
    assert fields(before, KEPT)["what"] == what
    assert findings(before, KEPT) == ([("MAS004", ".", severity)] if severity else [])


@pytest.mark.parametrize("directory", ["docs", "vendor/lib", "generated", "node_modules/a"])
def test_what_does_not_count(directory: str) -> None:
    assert not is_told({**made(directory), **KEPT}, KEPT)


def test_tests_that_go_with_their_subject_are_no_loss_of_tests() -> None:
    before = {**made("api/rules", 10), **made("tests/rules", 12), **KEPT}
    assert fields(before, KEPT)["what"] == "source"


def test_few_of_many() -> None:
    """Ten files of a directory of three hundred are less than a twentieth."""
    whole = {f"api/rules/m{n}.py": f"def step_{n:04}x(value):\n    return value\n" for n in range(300)}
    few = dict(list(whole.items())[10:])
    assert findings(whole, few) == []
    most = dict(list(whole.items())[20:])
    assert findings(whole, most) == [("MAS004", ".", "high")]


@pytest.mark.parametrize(
    ("marker", "packages", "severity"),
    [
        ("__init__.py", ("api/mail",), "high"),
        ("package.json", ("api/mail",), "high"),
        ("notes.py", (), ""),
    ],
)
def test_a_package_as_a_whole(marker: str, packages: tuple[str, ...], severity: str) -> None:
    before = {**made("api/mail", 3), f"api/mail/{marker}": "", **KEPT}
    assert fields(before, KEPT)["packages"] == packages
    assert findings(before, KEPT) == ([("MAS004", ".", severity)] if severity else [])


def test_a_package_of_which_something_is_left() -> None:
    before = {**made("api/mail", 4), "api/mail/__init__.py": "", **KEPT}
    after = {"api/mail/m0.py": before["api/mail/m0.py"], **KEPT}
    assert fields(before, after)["packages"] == ()


@pytest.mark.parametrize("message", ["Remove the old rules", "feat!: drop rules", "chore: remove leftover entries", ""])
def test_what_the_message_says_takes_nothing_back(message: str) -> None:
    assert findings({**made("api/rules"), **KEPT}, KEPT, message) == [("MAS004", ".", "high")]


@pytest.mark.parametrize(
    ("named", "after", "unhooked"),
    [
        ("import api.rules\n", "", True),
        ("include('api/rules/first')\n", "", True),
        ("import api.rules\n", "# api.rules is on\n", False),
        ("import api.ruled\n", "", False),
        ("", "", False),
    ],
)
def test_nothing_names_what_is_gone(named: str, after: str, unhooked: bool) -> None:
    before = {**made("api/rules"), **KEPT, "api/hooks.py": f"limit = 3\n{named}"}
    kept = {**KEPT, "api/hooks.py": f"limit = 3\n{after}"}
    assert fields(before, kept)["unhooked"] is unhooked
    assert findings(before, kept) == [("MAS004", ".", "medium" if unhooked else "high")]


def test_a_document_may_still_name_it() -> None:
    before = {**made("api/rules"), **KEPT, "api/hooks.py": "limit = 3\nimport api.rules\n"}
    kept = {**KEPT, "api/hooks.py": "limit = 3\n", "CHANGELOG.md": "api.rules is gone\n"}
    assert fields(before, kept)["unhooked"] is True


def test_infrastructure_is_no_milder_for_having_been_named() -> None:
    before = {**made("infra/billing", ending="tf"), **KEPT, "api/hooks.py": "limit = 3\nroot = 'infra/billing'\n"}
    assert findings(before, {**KEPT, "api/hooks.py": "limit = 3\n"}) == [("MAS004", ".", "critical")]



@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.text("ab/.", min_size=1, max_size=6).filter(lambda p: p.strip("/.") == p and "//" not in p), max_size=8)
)
def test_any_paths(paths: set[str]) -> None:
    files = {path: "alpha bravo\n" for path in paths if not any(other.startswith(path + "/") for other in paths)}
    found = set_facts(files, {})
    assert ("mass-deletion" in found) is (len(files) >= 3)
