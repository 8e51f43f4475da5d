"""Definitions are matched over the whole change set: moves, renames and reorders are not deletions."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.code.made import run

BODY = """def {name}(client, rows):
    answer = client.post("/login", json=rows)
    if answer.status != 200:
        raise ValueError(answer.status)
    return [row.id for row in answer.rows]
"""


def test_moved_to_another_module() -> None:
    moved = BODY.format(name="login")
    assert run(
        {"a.py": moved + "\nX = 1\n", "b.py": "Y = 1\n"}, {"a.py": "X = 1\n", "b.py": "Y = 1\n\n" + moved}
    ).lines() == ["moved python.function b.login <- a.login"]


def test_renamed_with_an_edit() -> None:
    after = BODY.format(name="sign_in").replace("/login", "/sessions")
    assert run({"a.py": BODY.format(name="login")}, {"a.py": after}).lines() == [
        "modified python.function a.sign_in <- a.login"
    ]


def test_method_moved_to_another_class() -> None:
    method = "".join(f"    {line}\n" for line in BODY.format(name="login").splitlines())
    before = {"a.py": f"class A:\n    x = 1\n{method}class B:\n    y = 2\n"}
    after = {"a.py": f"class A:\n    x = 1\nclass B:\n    y = 2\n{method}"}
    assert run(before, after).lines() == ["moved python.function a.B.login <- a.A.login"]


def test_a_new_function_is_not_an_old_one() -> None:
    before = {"a.py": BODY.format(name="login")}
    after = {"a.py": "def total(prices):\n    return sum(p.amount * p.count for p in prices if p.valid)\n"}
    assert run(before, after).lines() == ["removed python.function a.login", "added python.function a.total"]


def test_jest_test_moved_to_another_file() -> None:
    body = 'const r = await login("a", "b"); expect(r.status).toBe(401);'
    test = f'it("refuses a wrong password", async () => {{ {body} }});\n'
    before = {"a.test.js": f'describe("a", () => {{ {test} }});\n', "b.test.js": "const x = 1;\n"}
    after = {"a.test.js": 'describe("a", () => { });\n', "b.test.js": f"const x = 1;\n{test}"}
    ran = run(before, after)
    assert (
        "moved javascript.test b.test.js::refuses a wrong password <- a.test.js::a > refuses a wrong password"
        in ran.lines()
    )
    assert ran.facts("test") == []


PIECES = (
    BODY.format(name="login"),
    "LIMIT = [1, 2, 3]\n",
    "class Store(Base):\n    kind = 'x'\n\n    def save(self, row):\n        self.rows.append(row)\n        return row\n",
    "def risky(path):\n    try:\n        send(path)\n    except Exception:\n        pass\n",
    "@login_required\ndef view(r):\n    if settings.ENV == 'production':\n        raise Http404\n    return drop_all()\n",
    "def fetch(url):\n    return requests.get(url, timeout=5, verify=False)\n",
    "def test_total():\n    assert total([1]) == 1\n    assert total([]) == 0\n",
)


def _reformatted(piece: str) -> str:
    """Other spelling, same meaning: quotes, comments, blank lines, wider indentation, a docstring."""
    lines = [line.replace("    ", "  ") for line in piece.replace("'", '"').splitlines()]
    spaced = [f"{line}  # {number}" for number, line in enumerate(lines)]
    return "\n\n".join(spaced) + "\n"


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(PIECES))), st.sets(st.integers(0, len(PIECES) - 1)), st.booleans())
def test_reorder_reformat_and_file_moves_say_nothing(order: list[int], reformatted: set[int], other_file: bool) -> None:
    before = {"tests/test_a.py": "\n".join(PIECES)}
    pieces = [_reformatted(PIECES[i]) if i in reformatted else PIECES[i] for i in order]
    after = {"tests/test_b.py" if other_file else "tests/test_a.py": "\n".join(pieces)}
    ran = run(before, after)
    assert [c for c in ran.changes if c.type != "module" and c.action not in ("moved",)] == []
    assert [
        f for i in ran.impacts for f in i.facts if f.name in ("test", "assertion", "handler", "auth", "tls", "guard")
    ] == []


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(PIECES))), st.integers(1, len(PIECES)))
def test_diff_with_itself_is_empty(order: list[int], count: int) -> None:
    tree = {"a.py": "\n".join(PIECES[i] for i in order[:count])}
    assert run(tree, tree).changes == []


RENAMES = ("answer", "rows", "client", "value", "item")


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(RENAMES), st.sampled_from(("renamed", "other_name", "x1")))
def test_renamed_locals_and_type_hints_give_no_facts(old: str, new: str) -> None:
    source = (
        "def test_rows(client, rows):\n    answer = client.get('/x', timeout=5)\n    value = answer.json()\n"
        "    for item in value:\n        try:\n            assert item.id in rows\n"
        "        except KeyError:\n            continue\n"
        "    assert answer.status == 200\n"
    )
    hinted = source.replace("(client, rows):", "(client: Client, rows: list[int]) -> None:")
    after = re.sub(rf"\b{old}\b", new, hinted)
    ran = run({"tests/test_a.py": source}, {"tests/test_a.py": after})
    assert [
        f for i in ran.impacts for f in i.facts if f.name in ("test", "assertion", "handler", "timeout", "tls", "guard")
    ] == []
