"""How broad a change is: what counts, where it is, what is alike."""

from __future__ import annotations

import pytest

from blastlint.config import Config, with_attributes
from blastlint.enrich.surroundings import path_class_of
from blastlint.sources.memory import change_set
from tests.breadth.made import findings, set_facts

PARTS = [f"part{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]


def fields(before: dict[str, str], after: dict[str, str], authors: tuple[str, ...] = ()) -> dict[str, object]:
    return dict(set_facts(before, after, authors=authors)["breadth"].fields)


@pytest.mark.parametrize(
    ("path", "weight"),
    [
        ("api/{n}.py", 10),
        ("tests/{n}.py", 5),
        ("examples/{n}.py", 5),
        ("docs/{n}.md", None),
        ("vendor/{n}.py", None),
        ("generated/{n}.py", None),
        ("{n}/yarn.lock", None),
    ],
)
def test_weights(path: str, weight: int | None) -> None:
    before = {path.format(n=n): "one\n" for n in range(10)}
    facts = set_facts(before, {p: f"{n}\n" for n, p in enumerate(before)})
    assert (facts["breadth"].fields["files"] if "breadth" in facts else None) == weight


def test_new_files_and_renames_weigh_little_or_nothing() -> None:
    new = {f"api/{n}.py": f"alpha = {n}\n" for n in range(10)}
    assert fields({"a.py": "x\n"}, {"a.py": "x\n", **new})["files"] == 2
    renamed = {path.replace("api/", "web/"): text for path, text in new.items()}
    assert "breadth" not in set_facts(new, renamed)


def test_parts_stand_on_shelves() -> None:
    before = {f"{shelf}/{part}/a.py": "one\n" for shelf in ("services", "infra/modules", "") for part in PARTS[:3]}
    before = {path.lstrip("/"): text for path, text in before.items()}
    assert fields(before, {path: f"{n}\n" for n, path in enumerate(before)})["components"] == 9


def test_only_what_existed_has_parts() -> None:
    assert fields({"a/a.py": "x\n"}, {"a/a.py": "y\n", **{f"{p}/a.py": "x\n" for p in PARTS}})["components"] == 1


@pytest.mark.parametrize(("count", "severity"), [(12, ""), (13, "medium"), (26, "medium")])
def test_too_many_parts(count: int, severity: str) -> None:
    before = {f"{part}/a.py": "one = 1\n" for part in PARTS[:count]}
    after = {path: f"{path.split('/')[0]} = 1\n" for path in before}
    assert findings(before, after) == ([("MAS001", ".", severity)] if severity else [])


@pytest.mark.parametrize(
    ("path", "count", "severity"),
    [
        ("{part}/{n}.py", 60, ""),
        ("{part}/{n}.py", 61, "medium"),
        ("{part}/{n}.py", 121, "medium"),
        ("terraform/{part}/{n}.tf", 120, "medium"),
        ("terraform/{part}/{n}.tf", 121, "high"),
        ("{part}/migrations/{n}.py", 121, "high"),
    ],
)
def test_too_many_files(path: str, count: int, severity: str) -> None:
    before = {path.format(part=PARTS[n % 4], n=n): "one = 1\n" for n in range(count)}
    after = {p: f"{PARTS[n % 26]}{PARTS[n // 26]} = 1\n" for n, p in enumerate(before)}
    assert findings(before, after) == ([("MAS001", ".", severity)] if severity else [])


def test_one_edit_in_many_files_is_alike_whatever_the_numbers() -> None:
    before = {f"terraform/{part}/{n}.tf": f"ref = v1.{n}\n{part} = {n}\n" for part in PARTS for n in range(5)}
    after = {path: text.replace("ref = v1", "source = v2") for path, text in before.items()}
    assert fields(before, after)["alike"] == 1.0
    assert findings(before, after) == [("MAS001", ".", "low")]


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ((), False),
        (("dependabot[bot]",), True),
        (("renovate[bot]", "dependabot[bot]"), True),
        (("renovate[bot]", "Ada"), False),
        (("Robot Smith",), False),
    ],
)
def test_who_wrote_it(authors: tuple[str, ...], expected: bool) -> None:
    assert fields({"a.py": "1\n"}, {"a.py": "2\n"}, authors)["automatic"] is expected


def test_what_is_deleted_in_mass_is_not_counted_again() -> None:
    before = {f"api/{n}.py": f"alpha = {n}\n" for n in range(80)} | {"web/a.py": "1\n"}
    facts = set_facts(before, {"web/a.py": "2\n"})
    assert facts["mass-deletion"].fields["files"] == 80
    assert facts["breadth"].fields["files"] == 1


def test_owners_are_those_of_the_last_line_that_matches() -> None:
    before = {".github/CODEOWNERS": "* @all\n/pay/ @pay @money # both\n/pay/free/\n", "a.py": "1\n", "pay/b.py": "1\n"}
    assert fields(before, {**before, "a.py": "2\n", "pay/b.py": "2\n"})["owners"] == 3
    assert fields({**before, "pay/free/c.py": "1\n"}, {**before, "pay/free/c.py": "2\n"})["owners"] == 0
    assert fields({"a.py": "1\n"}, {"a.py": "2\n"})["owners"] == 0


@pytest.mark.parametrize(("teams", "severity"), [(12, ""), (13, "medium")])
def test_too_many_owners(teams: int, severity: str) -> None:
    files = {f"{'ab'[n % 2]}/{PARTS[n]}.py": "one = 1\n" for n in range(teams)}
    lines = "".join(f"{path} @{path[2:-3]}\n" for path in files)
    after = {path: f"{path[2:-3]} = 1\n" for path in files}
    found = findings({**files, "CODEOWNERS": lines}, {**after, "CODEOWNERS": lines})
    assert found == ([("MAS001", ".", severity)] if severity else [])


def test_attributes_of_the_base_tell_what_is_generated() -> None:
    before = {
        ".gitattributes": "*.gen.ts linguist-generated\nlib/** linguist-vendored=true\nlib/own/** -linguist-vendored\n"
    }
    config = with_attributes(Config(), change_set(before, {}).before)
    classes = [path_class_of(path, config) for path in ("a/b.gen.ts", "lib/x.js", "lib/own/x.js", "a.ts")]
    assert classes == ["generated", "vendored", "source", "source"]
