"""What JavaScript tests assert: jest and chai `expect`, node's and chai's `assert`, supertest's `.expect`."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from blastlint.parse.code import Assertion, Call, Form
from blastlint.parse.javascript_text import Reader

# the last word of `expect(x).…` -> form
_MATCHERS: dict[str, Form] = {
    **dict.fromkeys(
        ("toBe", "toEqual", "toStrictEqual", "toMatchObject", "toMatchSnapshot", "toMatchInlineSnapshot", "equal", "equals",
         "eql", "eq", "toHaveLength", "lengthOf", "toHaveProperty", "property", "toHaveTextContent", "toHaveAttribute"),
        "equal",
    ),
    **dict.fromkeys(("toBeNull", "toBeUndefined", "toBeNaN"), "equal"),
    **dict.fromkeys(("toBeCloseTo", "closeTo"), "approx"),
    **dict.fromkeys(("toContain", "toContainEqual", "toMatch", "include", "includes", "contain", "match"), "in"),
    **dict.fromkeys(
        ("toBeGreaterThan", "toBeGreaterThanOrEqual", "toBeLessThan", "toBeLessThanOrEqual",
         "above", "below", "least", "most"),
        "compare",
    ),
    **dict.fromkeys(("toBeInstanceOf", "a", "an", "instanceof", "instanceOf"), "type"),
    **dict.fromkeys(("toBeTruthy", "toBeFalsy", "toBeInTheDocument", "toBeVisible"), "truthy"),
    "toBeDefined": "not-none",
    **dict.fromkeys(("toThrow", "toThrowError", "throw", "throws"), "raises"),
    **dict.fromkeys(
        ("toHaveBeenCalledWith", "toHaveBeenCalledTimes", "toHaveBeenLastCalledWith", "toHaveBeenNthCalledWith",
         "toHaveBeenCalled", "toBeCalled", "toBeCalledWith", "toHaveBeenCalledOnce"),
        "mock",
    ),
}  # fmt: skip
_ASSERT: dict[str, tuple[Form, bool]] = {
    **dict.fromkeys(("equal", "strictEqual", "deepEqual", "deepStrictEqual", "is", "same"), ("equal", False)),
    **dict.fromkeys(("notEqual", "notStrictEqual", "notDeepEqual", "notDeepStrictEqual"), ("equal", True)),
    **dict.fromkeys(("ok", "isTrue", "isOk"), ("truthy", False)),
    "isFalse": ("truthy", True),
    **dict.fromkeys(("match", "include"), ("in", False)),
    **dict.fromkeys(("throws", "rejects"), ("raises", False)),
    **dict.fromkeys(("exists", "isDefined", "isNotNull"), ("not-none", False)),
}  # fmt: skip
# The names that pin down less, as Python's mocks have them: one table of strengths for all languages.
_MOCKS = {
    "toHaveBeenCalled": "assert_called",
    "toBeCalled": "assert_called",
    "toHaveBeenCalledOnce": "assert_called_once",
}
_PROPERTIES = {"true": ("true", False), "false": ("false", False), "ok": ("", False), "null": ("null", False)}


def called(node: Node, call: Call, reader: Reader) -> Sequence[Assertion]:
    """Assertions that are calls; chai's properties (`.to.be.true`) are found at the `expect` itself."""
    name = call.name
    if call.last == "expect" and "." not in name:
        return _properties(node, call, reader)
    if name.startswith("expect.") and call.last in _MATCHERS:
        return _matched(node, call, reader)
    if name in ("assert", "assert.strict") and call.arguments:
        return (_truth(call.arguments[0], call, node),)
    if name.startswith(("assert.", "t.")) and call.last in _ASSERT and call.arguments:
        form, negated = _ASSERT[call.last]
        expected = call.arguments[1] if len(call.arguments) > 1 else ""
        if form == "truthy":
            return (_truth(call.arguments[0], call, node, negated),)
        if form == "raises":
            return (Assertion("raises", "raises", expected, False, call.text, "", node),)
        return (_equal(form, call.arguments[0], expected, negated, call, node),)
    if name.startswith("assert.") and call.arguments:  # of a framework's own, or of the project's
        return (Assertion("helper", call.last, call.text, False, call.text, "", node),)
    if call.last == "expect" and name != "expect" and call.arguments and not _is_function(call.arguments[0]):
        expected = call.arguments[-1]
        subject = "status" if len(call.arguments) == 1 else call.arguments[0]
        return (
            Assertion(
                "equal", f"response {subject}", expected, False, f".expect({', '.join(call.arguments)})", "", node
            ),
        )
    return ()


def _matched(node: Node, call: Call, reader: Reader) -> Sequence[Assertion]:
    inner = _expectation(node, reader)
    if inner is None or not inner.arguments:
        return ()
    subject = inner.arguments[0]
    negated = ".not." in call.name
    form = _MATCHERS[call.last]
    expected = call.arguments[0] if call.arguments else ""
    if form == "raises":
        return (Assertion("raises", "raises", expected, negated, call.text, "", node),)
    if form == "mock":
        text = f"{_MOCKS.get(call.last, 'assert_called_once_with')}({', '.join(call.arguments)})"
        return (Assertion("mock", subject, text, negated, call.text, "", node),)
    if form == "approx":
        digits = call.arguments[1] if len(call.arguments) > 1 else ""
        return (Assertion("approx", subject, expected, negated, call.text, f"places={digits}" if digits else "", node),)
    if form == "truthy":
        return (_truth(subject, call, node, negated != (call.last == "toBeFalsy")),)
    if call.last in ("toBeNull", "toBeUndefined"):
        expected = call.last[4:].lower()
        if negated:
            return (Assertion("not-none", subject, "None", False, call.text, "", node),)
    if form == "compare":
        expected = f"{call.last} {expected}"
    return (_equal(form, subject, expected, negated, call, node),)


def _properties(node: Node, call: Call, reader: Reader) -> Sequence[Assertion]:
    """`expect(x).to.be.true`."""
    words: list[str] = []
    here = node.parent
    while here is not None and here.type == "member_expression":
        words.append(reader.text(here.child_by_field_name("property")))
        last, here = here, here.parent
    if not words or (
        here is not None and here.type == "call_expression" and here.child_by_field_name("function") == last
    ):
        return ()
    if words[-1] not in _PROPERTIES or not call.arguments:
        return ()
    expected, negated = _PROPERTIES[words[-1]]
    form: Form = "equal" if expected else "truthy"
    return (Assertion(form, call.arguments[0], expected, negated != ("not" in words), reader.text(last), "", node),)


def _expectation(node: Node, reader: Reader) -> Call | None:
    """The `expect(x)` that a chain of matchers began with."""
    here: Node | None = node.child_by_field_name("function")
    while here is not None:
        if here.type == "call_expression":
            function = here.child_by_field_name("function")
            if function is not None and function.type == "identifier":
                return reader.call(here)
            here = function
        else:
            here = here.child_by_field_name("object")
    return None


def _truth(subject: str, call: Call, node: Node, negated: bool = False) -> Assertion:
    if subject in ("true", "1", "!0"):
        return Assertion("constant", subject, "", negated, call.text, "", node)
    return Assertion("truthy", subject, "", negated, call.text, "", node)


def _equal(form: Form, subject: str, expected: str, negated: bool, call: Call, node: Node) -> Assertion:
    if form == "equal" and subject == expected and subject in ("true", "false", "1", "null"):
        return Assertion("constant", subject, "", negated, call.text, "", node)
    return Assertion(form, subject, expected, negated, call.text, "", node)


def _is_function(text: str) -> bool:
    return "=>" in text or text.startswith(("function", "async "))
