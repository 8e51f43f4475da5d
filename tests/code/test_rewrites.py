"""Rewrites that change nothing say nothing: on generated programs in all languages, and on the sources of this project."""

from __future__ import annotations

import csv
import netrc
import sched
import shlex
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.engine.load import shipped_rules
from blastlint.parse.languages import language_of
from blastlint.parse.logic import negation, normal
from tests.cases.runner import cases
from tests.code.made import run
from tools import rewrites

PACKAGE = Path(__file__).parent.parent.parent / "blastlint"
SILENT = ("precondition", "input-check",
    "hold", "hardening", "default", "crash", "cost", "body", "symbol", "secret", "handler",
          "auth", "assertion", "skip", "test", "expectation", "tls", "timeout", "guard")  # fmt: skip
LANGUAGES = {"python": "a.py", "go": "a.go", "ruby": "a.rb", "java": "A.java", "rust": "a.rs", "typescript": "a.ts"}
NAMES = st.sampled_from(
    ("user.closed", "order.paid", "rows.ready", "store.open", "total > 3", "left <= right", "kind == other")
)


def said(before: dict[str, str], after: dict[str, str]) -> list[str]:
    found = run(before, after)
    return [f"{name} {address} {dict(fact.fields)}" for name in SILENT for address, fact in found.facts(name)]


# --- conditions -------------------------------------------------------------------------------------------------------


@st.composite
def conditions(draw: st.DrawFn, depth: int = 0) -> tuple[str, str]:
    """(a condition, the same by another spelling) in the words of Python."""
    kind = draw(st.integers(0, 3 if depth < 3 else 0))
    if kind == 0:
        name = draw(NAMES)
        left, operator, right = (*name.split(" "), "", "")[:3]
        if operator == ">":
            return name, draw(st.sampled_from((name, f"{right} < {left}", f"not {left} <= {right}")))
        if operator == "<=":
            return name, draw(st.sampled_from((name, f"{right} >= {left}", f"not {left} > {right}")))
        if operator == "==":
            return name, draw(st.sampled_from((name, f"{right} == {left}", f"not {left} != {right}")))
        return name, draw(st.sampled_from((name, f"({name})", f"not not {name}")))
    (a, b), (c, d) = draw(conditions(depth + 1)), draw(conditions(depth + 1))
    if kind == 1:
        same = f"not (not {b} or not {d})" if " " not in b + d else f"({b} and {d})"
        return f"({a} and {c})", draw(st.sampled_from((f"({d} and {b})", same)))
    if kind == 2:
        return f"({a} or {c})", draw(st.sampled_from((f"({d} or {b})", f"not (not ({b}) and not ({d}))")))
    return f"not ({a})", f"(not ({b}))"


@given(conditions())
@settings(max_examples=150, deadline=None)
def test_two_spellings_have_one_normal_form(pair: tuple[str, str]) -> None:
    assert normal(pair[0]) == normal(pair[1])
    assert negation(negation(normal(pair[0]))) == normal(pair[0])
    assert normal(f"not ({pair[0]})") == negation(normal(pair[1]))


@given(conditions())
@settings(max_examples=60, deadline=None)
def test_a_condition_and_its_opposite_differ(pair: tuple[str, str]) -> None:
    assert normal(pair[0]) != negation(normal(pair[1]))


def in_words_of(language: str, condition: str) -> str:
    if language == "python":
        return condition
    return condition.replace(" and ", " && ").replace(" or ", " || ").replace("not ", "!")


def program(language: str, condition: str, early: bool) -> str:
    """A function that refuses where the condition holds, by an early exit or by a branch around the work."""
    asked = in_words_of(language, condition)
    opposite = in_words_of(language, f"not ({condition})")
    if language == "python":
        return (f"def work(user, order):\n    if {asked}:\n        return\n    store.delete(order)\n" if early
                else f"def work(user, order):\n    if {opposite}:\n        store.delete(order)\n")  # fmt: skip
    if language == "ruby":
        return (f"def work(user, order)\n  return if {asked}\n  store.delete(order)\nend\n" if early
                else f"def work(user, order)\n  if {opposite}\n    store.delete(order)\n  end\nend\n")  # fmt: skip
    brackets = language in ("java", "typescript")
    asked, opposite = (f"({c})" if brackets else c for c in (asked, opposite))
    body = (
        f"if {asked} {{ return; }}\n  store.delete(order);\n"
        if early
        else f"if {opposite} {{\n    store.delete(order);\n  }}\n"
    )
    head = {"go": "package a\nfunc work(user User, order Order) {", "rust": "fn work(user: User, order: Order) {",
            "typescript": "export function work(user, order) {",
            "java": "class A {\n  void work(User user, Order order) {"}[language]  # fmt: skip
    return f"{head}\n  {body}}}\n" + ("}\n" if language == "java" else "")


@given(st.sampled_from(sorted(LANGUAGES)), conditions(), st.booleans(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_the_same_guard_in_other_words_is_silent(
    language: str, pair: tuple[str, str], first: bool, second: bool
) -> None:
    path = LANGUAGES[language]
    assert said({path: program(language, pair[0], first)}, {path: program(language, pair[1], second)}) == []


# --- whole files -------------------------------------------------------------------------------------------------------


REAL = (
    *sorted(p for p in PACKAGE.rglob("*.py") if p.stat().st_size > 3000)[::9],
    *(Path(module.__file__) for module in (csv, shlex, textwrap, sched, netrc) if module.__file__),
)


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.name)
def test_real_files_rewritten_are_silent(path: Path) -> None:
    """Other names, another order, types and no layout, all at once."""
    name, after = _name(path), path.read_bytes()
    for kind in ("hints", "names", "order"):
        after = rewrites.rewritten(after, "python", kind)
    assert after != path.read_bytes()
    assert said({name: path.read_text(encoding="utf-8")}, {name: after.decode()}) == []


@pytest.mark.parametrize("kind", ["helper", "conditions"])
@pytest.mark.parametrize("path", REAL[::4], ids=lambda p: p.name)
def test_real_files_with_helpers_or_other_conditions_are_silent(path: Path, kind: str) -> None:
    source, name = path.read_bytes(), _name(path)
    assert found({name: source}, {name: rewrites.rewritten(source, "python", kind)}) == []


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix() if path.is_relative_to(PACKAGE.parent) else path.name


def test_a_helper_that_is_taken_out_is_silent() -> None:
    check = "    if order.open:\n        raise Refused(order)\n"
    held = "    with store.lock:\n        store.put(order)\n        store.append(order)\n"
    rest = "    note(order)\n    return store.total\n"
    before = f"def settle(order, store):\n{check}{held}{rest}"
    helpers = f"def _closed(order):\n{check}\n\ndef _keep(order, store):\n{held}\n\n"
    after = f"{helpers}def settle(order, store):\n    _closed(order)\n    _keep(order, store)\n{rest}"
    assert said({"a.py": before}, {"a.py": after}) == []


BRANCHED = {
    "typescript": """
function drop(u: User) {
  if (u.open) {
    store.remove(u.id);
  } else {
    throw new Error('no');
  }
}

function keep(u: User) {
  if (u.rows > 100) {
    throw new Error('many');
  }
  store.save(u);
}
""",
    "go": """package a

func drop(u User) error {
	if u.Open {
		db.Delete(u.ID)
	} else {
		return errGone
	}
	return nil
}

func keep(u User) error {
	if u.Rows > 100 {
		return errMany
	}
	return db.Save(u)
}
""",
    "java": """class A {
  void drop(User u) {
    if (u.open()) {
      db.delete(u);
    } else {
      throw new Gone();
    }
  }

  void keep(User u) {
    if (u.rows() > 100) {
      throw new Many();
    }
    db.save(u);
  }
}
""",
    "rust": """fn drop_all(u: User) -> Result<(), E> {
    if u.open() {
        db.delete(u.id)?;
    } else {
        return Err(E::Gone);
    }
    Ok(())
}

fn keep(u: User) -> Result<(), E> {
    if u.rows() > 100 {
        return Err(E::Many);
    }
    db.save(u)
}
""",
}


@pytest.mark.parametrize("kind", ["names", "layout", "conditions", "helper"])
@pytest.mark.parametrize("language", [language for language in rewrites.LANGUAGES if language != "javascript"])
def test_the_programs_of_the_labelled_cases_rewritten_are_silent(language: str, kind: str) -> None:
    before, after = {}, {}
    for number, case in enumerate(c for c in cases() if c.group.startswith(("saf", "tst"))):
        for path, text in case.before.items():
            new = rewrites.rewritten(text.encode(), language, kind) if language_of(path) == language else text.encode()
            if new != text.encode():
                before[f"{number}/{path}"], after[f"{number}/{path}"] = text.encode(), new
    assert after
    assert found(before, after) == []


@pytest.mark.parametrize("kind", ["order", "branches", "helper"])
@pytest.mark.parametrize("language", sorted(BRANCHED))
def test_functions_and_sides_of_branches_that_change_places_are_silent(language: str, kind: str) -> None:
    path, source = LANGUAGES[language], BRANCHED[language].encode()
    after = rewrites.rewritten(source, language, kind)
    assert after != source
    assert found({path: source}, {path: after}) == []


def test_a_rewriting_that_changes_something_is_not_silent() -> None:
    source = (
        b"package a\nfunc drop(u User) error {\n\tif u.Active || u.Gone {\n\t\treturn errActive\n\t}\n"
        b"\treturn db.Delete(u.ID)\n}\n"
    )
    same = rewrites.rewritten(source, "go", "conditions")
    assert b"!(!(u.Active) && !(u.Gone))" in same
    assert found({"a.go": source}, {"a.go": same}) == []
    other = same.replace(b"&&", b"||")
    assert [line.split()[0] for line in found({"a.go": source}, {"a.go": other})] == ["SAF007"]


def found(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    rules = [rule for rule in shipped_rules() if rule.id.startswith(rewrites.RULES)]
    return [f"{f.rule_id} {f.message}" for f in rewrites.said(before, after, rules)]
