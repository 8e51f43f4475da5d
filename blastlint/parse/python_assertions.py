"""What Python tests assert: `assert`, unittest methods, pytest.raises, mocks, and helpers named as checks."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from blastlint.parse.code import Assertion, Call, Form
from blastlint.parse.python_text import Text, dotted, is_constant
from blastlint.regex import regex

_RAISES = regex(r"^(raises|warns|assertRaises(Regex)?|assertWarns(Regex)?|assertLogs|deprecated_call)$")
_HELPER = regex(r"^_?(assert|check|verify|expect|validate|ensure)(_|[A-Z])|^assert$")
_MOCK = regex(r"^assert_(called|not_called|any_call|has_calls|awaited|any_await|has_awaits|not_awaited)")
_APPROX = regex(r"^(approx|isclose|allclose|assert_allclose|assert_almost_equal|assertAlmostEqual)$")
_ATTRIBUTE = regex(r"^getattr\((.+), (['\"])(\w+)\2(?:, None)?\)$")  # of an object, said in other words
_TOLERANCES = ("abs", "rel", "abs_tol", "rel_tol", "atol", "rtol", "places", "delta", "decimal")
_COMPARISONS: dict[type, tuple[Form, bool]] = {
    cst.Equal: ("equal", False), cst.NotEqual: ("equal", True), cst.Is: ("equal", False), cst.IsNot: ("equal", True),
    cst.In: ("in", False), cst.NotIn: ("in", True),
}  # fmt: skip
# unittest method -> (form, negated); the subject is the first argument, the expectation the rest.
_METHODS: dict[str, tuple[Form, bool]] = {
    "assertEqual": ("equal", False), "assertEquals": ("equal", False), "assertNotEqual": ("equal", True),
    "assertIs": ("equal", False), "assertIsNot": ("equal", True), "assertIsNone": ("equal", False),
    "assertIn": ("in", False), "assertNotIn": ("in", True), "assertContains": ("in", False),
    "assertNotContains": ("in", True), "assertRegex": ("in", False), "assertNotRegex": ("in", True),
    "assertGreater": ("compare", False), "assertGreaterEqual": ("compare", False), "assertLess": ("compare", False),
    "assertLessEqual": ("compare", False), "assertIsInstance": ("type", False), "assertNotIsInstance": ("type", True),
    "assertAlmostEqual": ("approx", False), "assertNotAlmostEqual": ("approx", True), "assertIsNotNone": ("not-none", False),
}  # fmt: skip


def conditions(test: cst.BaseExpression, at: cst.CSTNode, text: Text, negated: bool = False) -> Sequence[Assertion]:
    """What it means that `test` holds (or does not): an `and` is several assertions."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return conditions(test.expression, at, text, not negated)
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And) and not negated:
        return (*conditions(test.left, at, text), *conditions(test.right, at, text))
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or):
        if is_constant(test.left) or is_constant(test.right):
            return (_made("constant", text(test), "", negated, at, text),)
        return (_made("truthy", text(test), "", negated, at, text),)
    if is_constant(test) or (isinstance(test, cst.Tuple) and test.elements):
        return (_made("constant", text(test), "", negated, at, text),)
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        return (_compared(test, at, text, negated),)
    if isinstance(test, cst.Call):
        last = dotted(test.func).rsplit(".", 1)[-1]
        if last in ("isinstance", "issubclass", "callable", "hasattr"):
            expected = text(test.args[1].value) if len(test.args) > 1 else ""
            return (_made("type", text(test.args[0].value) if test.args else "", expected, negated, at, text),)
        if _APPROX.match(last) and test.args:
            expected = text(test.args[1].value) if len(test.args) > 1 else ""
            return (_made("approx", text(test.args[0].value), expected, negated, at, text, _tolerance(test, text)),)
        if last in ("startswith", "endswith", "match", "search", "fullmatch"):
            expected = ", ".join(text(a.value) for a in test.args)
            return (
                _made(
                    "in",
                    text(test.func.value) if isinstance(test.func, cst.Attribute) else "",
                    expected,
                    negated,
                    at,
                    text,
                ),
            )
    return (_made("truthy", text(test), "", negated, at, text),)


def _compared(test: cst.Comparison, at: cst.CSTNode, text: Text, negated: bool) -> Assertion:
    left, operator, right = test.left, test.comparisons[0].operator, test.comparisons[0].comparator
    form, denies = _COMPARISONS.get(type(operator), ("compare", False))
    negated ^= denies
    if form == "equal" and is_constant(left) and not is_constant(right):
        left, right = right, left
    if form == "equal" and is_constant(left) and text(left) == text(right):
        return _made("constant", text(test), "", negated, at, text)
    if form == "in":
        # "x in page": the page is what is looked at
        if isinstance(operator, (cst.In, cst.NotIn)) and is_constant(left):
            left, right = right, left
        return _made("in", text(left), text(right), negated, at, text)
    if isinstance(right, cst.Call) and _APPROX.match(dotted(right.func).rsplit(".", 1)[-1]):
        return _made(
            "approx",
            text(left),
            text(right.args[0].value) if right.args else "",
            negated,
            at,
            text,
            _tolerance(right, text),
        )
    if form == "equal" and negated and text(right) == "None":
        return _made("not-none", text(left), "None", False, at, text)
    sign = "" if form == "equal" else type(operator).__name__ + " "
    return _made(form, text(left), sign + text(right), negated, at, text)


def raising(call: cst.Call, last: str, text: Text) -> Assertion | None:
    """`with pytest.raises(X, match=...)` and its like; the match is kept as the tolerance, for losing it loosens."""
    if not _RAISES.match(last) or (last == "warns" and not call.args):
        return None
    positional = [text(a.value) for a in call.args if a.keyword is None]
    match = next((text(a.value) for a in call.args if a.keyword is not None and a.keyword.value == "match"), "")
    if last.endswith("Regex") and len(positional) > 1:
        match = positional[1]
    kind = "warns" if "arn" in last or last == "deprecated_call" else "logs" if last == "assertLogs" else "raises"
    return Assertion("raises", kind, positional[0] if positional else "", False, text(call), match, call)


def called(node: cst.Call, call: Call, text: Text) -> Sequence[Assertion]:
    """Assertions that are calls."""
    last = call.last
    if last in ("assertTrue", "assertFalse") and call.arguments:
        return conditions(node.args[0].value, node, text, last == "assertFalse")
    if last in _METHODS and call.arguments:
        form, negated = _METHODS[last]
        if last == "assertIsNone":
            return (_made(form, call.arguments[0], "None", negated, node, text),)
        subject, rest = call.arguments[0], list(call.arguments[1:])
        first, second = node.args[0].value, node.args[1].value if len(node.args) > 1 else None
        literal_first = second is not None and is_constant(first) and not is_constant(second)
        if literal_first or (last in ("assertIn", "assertNotIn") and rest):
            subject, rest[0] = rest[0], subject
        sign = last.removeprefix("assert") + " " if form == "compare" else ""
        return (_made(form, subject, sign + ", ".join(rest[:1]), negated, node, text, _tolerance(node, text)),)
    if _MOCK.match(last):
        subject = text(node.func.value) if isinstance(node.func, cst.Attribute) else ""
        negated = "not_" in last
        return (
            _made(
                "mock",
                subject,
                last + "(" + ", ".join((*call.arguments, *call.options.values())) + ")",
                negated,
                node,
                text,
            ),
        )
    if _RAISES.match(last) and len(call.arguments) > 1:  # the form that is given what to call
        found = raising(node, last, text)
        return (found,) if found else ()
    if _APPROX.match(last) and last.startswith("assert") and len(call.arguments) > 1:
        return (_made("approx", call.arguments[0], call.arguments[1], False, node, text, _tolerance(node, text)),)
    if _HELPER.match(last) and not _RAISES.match(last):
        return (_made("helper", last, call.text, False, node, text),)
    return ()


def _tolerance(call: cst.Call, text: Text) -> str:
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value in _TOLERANCES:
            return f"{argument.keyword.value}={text(argument.value)}"
    return ""


def _made(
    form: Form, subject: str, expected: str, negated: bool, at: cst.CSTNode, text: Text, tolerance: str = ""
) -> Assertion:
    if form == "equal" and expected != "None":
        subject = _ATTRIBUTE.sub(r"\1.\3", subject)
    return Assertion(form, subject, expected, negated, text(at), tolerance, at)
