"""What a shape says of one definition, in Python and in JavaScript."""

from __future__ import annotations

import pytest

from blastlint.parse import javascript, python
from blastlint.parse.code import EMPTY, Module, Shape, shape_of


def shape(source: str, path: str = "test_a.py", index: int = -1) -> Shape:
    parser = python if path.endswith(".py") else javascript
    content = parser.parse(path, "after", source.encode()).content
    assert isinstance(content, Module)
    return shape_of(content, content.definitions[index])


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("assert a == 1", ("equal", "a", "1", False)),
        ("assert 1 == a", ("equal", "a", "1", False)),
        ("self.assertEqual(a, 1)", ("equal", "a", "1", False)),
        ("self.assertEqual(1, a)", ("equal", "a", "1", False)),
        ("assert a != 1", ("equal", "a", "1", True)),
        ("assert not a == 1", ("equal", "a", "1", True)),
        ("assert a is None", ("equal", "a", "None", False)),
        ("self.assertIsNone(a)", ("equal", "a", "None", False)),
        ("assert a is not None", ("not-none", "a", "None", False)),
        ("assert 'x' in a", ("in", "a", '"x"', False)),
        ("self.assertIn('x', a)", ("in", "a", '"x"', False)),
        ("assert a > 1", ("compare", "a", "GreaterThan 1", False)),
        ("assert isinstance(a, int)", ("type", "a", "int", False)),
        ("assert a", ("truthy", "a", "", False)),
        ("self.assertFalse(a)", ("truthy", "a", "", True)),
        ("self.assertTrue(a == 1)", ("equal", "a", "1", False)),
        ("assert True", ("constant", "True", "", False)),
        ("assert (a, 'message')", ("constant", 'a, "message"', "", False)),
        ("assert a or True", ("constant", "a or True", "", False)),
        ("assert a == pytest.approx(1, abs=0.1)", ("approx", "a", "1", False)),
        ("mock.assert_called_once_with(1)", ("mock", "mock", "assert_called_once_with(1)", False)),
        ("with pytest.raises(ValueError): f()", ("raises", "raises", "ValueError", False)),
    ],
)
def test_python_assertions(statement: str, expected: tuple[str, str, str, bool]) -> None:
    found = shape(f"def test_x(self):\n    {statement}\n").assertions
    assert [(a.form, a.subject, a.expected, a.negated) for a in found] == [expected]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("expect(a).toBe(1)", ("equal", "a", "1", False)),
        ("expect(a).not.toEqual(1)", ("equal", "a", "1", True)),
        ("expect(a).to.equal(1)", ("equal", "a", "1", False)),
        ("assert.strictEqual(a, 1)", ("equal", "a", "1", False)),
        ("expect(a).toBeTruthy()", ("truthy", "a", "", False)),
        ("expect(a).toBeFalsy()", ("truthy", "a", "", True)),
        ("expect(a).to.be.true", ("equal", "a", "true", False)),
        ("expect(a).toBeDefined()", ("not-none", "a", "", False)),
        ("expect(() => f()).toThrow(RangeError)", ("raises", "raises", "RangeError", False)),
        ("expect(true).toBe(true)", ("constant", "true", "", False)),
        ("expect(a).toContain('x')", ("in", "a", '"x"', False)),
        ("await expect(a).resolves.toBe(1)", ("equal", "a", "1", False)),
        ("request(app).get('/').expect(200)", ("equal", "response status", "200", False)),
    ],
)
def test_javascript_assertions(statement: str, expected: tuple[str, str, str, bool]) -> None:
    found = shape(f"test('x', async () => {{ {statement}; }});", "a.test.js").assertions
    assert [(a.form, a.subject, a.expected, a.negated) for a in found] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pass", "pass"),
        ("...", "pass"),
        ("continue", "continue"),
        ("return None", "return-default"),
        ("return {}", "return-default"),
        ("x = []", "return-default"),
        ("log.exception('x')", "log-only"),
        ("log.exception('x'); return None", "log-only"),
        ("raise", "reraise"),
        ("sys.exit(1)", "reraise"),
        ("return compute()", "other"),
    ],
)
def test_handler_bodies(body: str, expected: str) -> None:
    found = shape(
        f"def f():\n    for x in y:\n        try:\n            g()\n        except (A, b.C):\n            {body}\n"
    ).handlers
    assert [(h.exceptions, h.body, h.calls) for h in found] == [(("A", "b.C"), expected, ("g",))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "pass"),
        ("// nothing", "pass"),
        ("return null;", "return-default"),
        ("console.error(e);", "log-only"),
        ("throw e;", "reraise"),
        ("next(e);", "reraise"),
        ("return recover();", "other"),
    ],
)
def test_catch_bodies(body: str, expected: str) -> None:
    found = shape(f"function f() {{ try {{ g(); }} catch (e) {{\n{body}\n}} }}", "a.js").handlers
    assert [(h.exceptions, h.body, h.calls) for h in found] == [((), expected, ("g",))]


def test_calls_are_named_by_what_they_import() -> None:
    source = "from requests import get as fetch\n\ndef f():\n    from os import path as p\n"
    source += "    fetch(u, verify=False)\n    p.join(a)\n"
    found = shape(source)
    assert [(c.name, c.arguments, dict(c.options)) for c in found.calls] == [
        ("requests.get", ("u",), {"verify": "False"}),
        ("os.path.join", ("a",), {}),
    ]


def test_options_of_nested_maps_and_assignments() -> None:
    found = shape('os.environ["X"] = "1"\nctx.check = False\nCONFIG = {"a": {"b": 1}}\n', index=0)
    assert [(o.owner, o.key, o.value) for o in found.options] == [("os.environ", "X", '"1"'), ("ctx", "check", "False")]
    setting = shape('CONFIG = {"a": {"b": 1}}\n')
    assert [(o.owner, o.key, o.value) for o in setting.options][1:] == [
        ("CONFIG", "a", '{"b": 1}'),
        ("CONFIG.a", "b", "1"),
    ]


def test_cases_and_loops() -> None:
    parametrised = (
        "@pytest.mark.parametrize('a', [1, 2, 3])\n@pytest.mark.parametrize('b', [1, 2])\ndef test_x(a, b): assert a\n"
    )
    assert (shape(parametrised).cases, shape(parametrised).loops) == (6, False)
    assert shape("def test_x():\n    for a in b:\n        assert a\n").loops
    assert shape("it.each([1, 2])('x', (n) => { expect(n).toBe(n2); });", "a.test.js").cases == 2


def test_places_of_parts_in_a_method() -> None:
    source = (
        "class A:\n    x = 1\n    def f(self):\n        try:\n            g()\n        except E:\n            pass\n"
    )
    found = shape(source)
    assert found.locate(found.handlers[0].at)[:2] == (6, 9)


@pytest.mark.parametrize(
    "expression", ["(" * 3000 + "1" + ")" * 3000, "-" * 3000 + "1", "a" + ".b" * 3000, "not " * 3000 + "1"]
)
def test_text_that_nests_too_deep_has_no_shape(expression: str) -> None:
    assert shape(f"def f():\n    return {expression}\n") == EMPTY
