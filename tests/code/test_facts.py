"""Facts about code, exactly: what is said of each pair, and what is not."""

from __future__ import annotations

import pytest

from blastlint.enrich.code.environments import holds_in
from blastlint.enrich.code.timeouts import number
from blastlint.parse.code import Call
from blastlint.resolve.code_commands import command_line
from tests.code.made import run


def auth(
    before: str, after: str, others: dict[str, tuple[str, str]] | None = None, path: str = "views.py"
) -> list[str]:
    """`address lost -> standing` of each `auth` fact."""
    old, new = {path: before}, {path: after}
    for name, (was, now) in (others or {}).items():
        old[name], new[name] = was, now
    return [f"{address} {f.fields['name']} -> {f.fields['after']}" for address, f in run(old, new).facts("auth")]


VIEW = "def view(request):\n    return render(request)\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("@login_required\n" + VIEW, VIEW, ["views.view login_required -> "]),
        ("@jwt_required()\n" + VIEW, VIEW, ["views.view jwt_required -> "]),
        ("@requires(['admin'])\n" + VIEW, VIEW, ["views.view requires -> "]),
        ("@user_passes_test(is_boss)\n" + VIEW, VIEW, ["views.view user_passes_test -> "]),
        (
            "@api_view(['GET'])\n@permission_classes([IsAdminUser])\n" + VIEW,
            "@api_view(['GET'])\n@permission_classes([AllowAny])\n" + VIEW,
            ["views.view IsAdminUser -> AllowAny"],
        ),
        (
            "class V(LoginRequiredMixin, View):\n    def get(self, request): return 1\n",
            "class V(View):\n    def get(self, request): return 1\n",
            ["views.V LoginRequiredMixin -> "],
        ),
        (
            "@app.get('/x')\ndef x(user: CurrentUser, q: str): return q\n",
            "@app.get('/x')\ndef x(q: str): return q\n",
            ["views.x CurrentUser -> "],
        ),
        (
            "@app.get('/x')\ndef x(user: Annotated[User, Depends(get_current_user)]): return 1\n",
            "@app.get('/x')\ndef x(): return 1\n",
            ["views.x get_current_user -> "],
        ),
        (
            "MIDDLEWARE = ['a.SessionMiddleware', 'django.contrib.auth.middleware.AuthenticationMiddleware']\n",
            "MIDDLEWARE = ['a.SessionMiddleware']\n",
            ["views.MIDDLEWARE AuthenticationMiddleware -> "],
        ),
        # silent: other arguments, stricter, other code, not a check
        (
            "class P:\n    permissions = {'a': ['is_staff', 'x.add_a']}\n",
            "class P:\n    permissions = {}\n",
            [],
        ),
        ("@permission_required('a')\n" + VIEW, "@permission_required('b')\n" + VIEW, []),
        ("@login_required\n" + VIEW, "@admin_required\n" + VIEW, []),
        ("@login_required\n@cache_page(60)\n" + VIEW, "@login_required\n" + VIEW, []),
        ("@admin.register(Model)\nclass A(ModelAdmin):\n    x = 1\n", "class A(ModelAdmin):\n    x = 1\n", []),
        ("@login_required\n" + VIEW + "\ndef other(): pass\n", "def other(): pass\n", []),
        (
            "def f(user, token):\n    if not checker.check_token(user, token):\n        raise Bad\n    return 1\n",
            "def f(user, token):\n    if not try_all(user=user, given=token_of(token)):\n        raise Bad\n    return 1\n",
            [],
        ),
    ],
)
def test_auth(before: str, after: str, expected: list[str]) -> None:
    assert auth(before, after) == expected


def test_auth_that_the_application_takes_over() -> None:
    before = "@router.get('/x', dependencies=[Depends(require_user)])\ndef x(): return 1\n"
    after = "@router.get('/x')\ndef x(): return 1\n"
    plain = "app = FastAPI()\napp.include_router(views.router)\n"
    guarded = "app = FastAPI()\napp.include_router(views.router, dependencies=[Depends(require_user)])\n"
    assert auth(before, after, {"app.py": (plain, guarded)}) == []
    assert auth(before, after, {"app.py": (guarded, guarded)}) == []
    assert auth(before, after, {"app.py": (plain, plain)}) == ["views.x require_user -> "]


def test_a_check_that_moves_into_a_helper() -> None:
    before = (
        "def export(request):\n    if not request.user.is_staff:\n        raise PermissionDenied\n    return rows()\n"
    )
    after = (
        "def only_staff(request):\n    if not request.user.is_staff:\n        raise PermissionDenied\n\n"
        "def export(request):\n    only_staff(request)\n    return rows()\n"
    )
    assert auth(before, after) == []


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        ('settings.ENV == "production"', "production"),
        ('settings.ENV != "production"', "safe"),
        ('not settings.ENV == "production"', "safe"),
        ('os.environ["APP_ENV"] not in ("test", "dev")', "production"),
        ('os.environ.get("ENV") in ["test", "ci"]', "safe"),
        ('process.env.NODE_ENV === "production"', "production"),
        ('"prod" in stage', "production"),
        ("is_production()", "production"),
        ("not is_production()", "safe"),
        ("settings.DEBUG", "safe"),
        ("!isTest()", "production"),
        ('settings.ENV == "production" and False', ""),
        ("False", ""),
        ('mode == "test"', ""),
        ("user.is_staff", ""),
        ("product.live_price > 3", ""),
    ],
)
def test_where_a_condition_holds(condition: str, where: str) -> None:
    assert holds_in(condition) == where


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30", 30),
        ("60 * 5", 300),
        ("1_000", 1000),
        ("httpx.Timeout(10)", 10),
        ("timedelta(seconds=5)", 5),
        ("x", None),
        ("", None),
    ],
)
def test_numbers(text: str, expected: float | None) -> None:
    assert number(text) == expected


@pytest.mark.parametrize(
    ("arguments", "line", "names"),
    [
        (('"rm -rf /data"',), "rm -rf /data", ()),
        (('f"rm -rf {path}/x"',), "rm -rf ${path}/x", ("path",)),
        (("f\"rm -rf {os.environ['A']}\"",), "rm -rf ${os_environ_A}", ()),
        (('["rm", "-rf", path]',), 'rm -rf "${path}"', ("path",)),
        (('["echo", "a b", f"{x}-y"]',), "echo 'a b' \"${x}-y\"", ("x",)),
        (('"rm"', '["-rf", dir]'), 'rm -rf "${dir}"', ("dir",)),
        (("`rm -rf ${dir}`",), "rm -rf ${dir}", ("dir",)),
        (("command",), "", ()),
    ],
)
def test_command_lines_in_code(arguments: tuple[str, ...], line: str, names: tuple[str, ...]) -> None:
    assert command_line(Call("subprocess.run", arguments, {}, "")) == (line, names)


def assertion(before: str, after: str, **more: str) -> list[tuple[object, object, object]]:
    old, new = {"tests/test_a.py": before}, {"tests/test_a.py": after}
    for name, text in more.items():
        old[f"{name}.py"] = text
    facts = run(old, new).facts("assertion")
    return [(f.fields["what"], f.fields["count_before"], f.fields["count_after"]) for _, f in facts]


def test_body(*lines: str) -> str:
    return "def test_x(m):\n" + "".join(f"    {line}\n" for line in lines)


test_body.__test__ = False  # type: ignore[attr-defined]  # a builder, not a test


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("assert m.a is True",), ("assert m.a is False",), [("inverted", 1, 1)]),
        (("assert m.a",), ("assert not m.a",), [("inverted", 1, 1)]),
        (("assert m.a is None",), ("assert m.a is not None",), [("inverted", 1, 1)]),
        (("assert len(m.a) == 3",), ("assert len(m.a) > 0",), [("loosened", 1, 1)]),
        (("assert m.a == 'x'",), ("assert 'x' in m.a",), [("loosened", 1, 1)]),
        (("assert m.a == 1",), ("assert m.a == mock.ANY",), [("loosened", 1, 1)]),
        (("m.go.assert_called_once_with(1)",), ("m.go.assert_called()",), [("loosened", 1, 1)]),
        (
            ("self.assertAlmostEqual(m.a, 1, places=5)",),
            ("self.assertAlmostEqual(m.a, 1, places=1)",),
            [("loosened", 1, 1)],
        ),
        (("with pytest.raises(E, match='x'):", "    m()"), ("with pytest.raises(E):", "    m()"), [("loosened", 1, 1)]),
        (("assert m.a == 1", "assert m.b == 2"), ("assert m.a == 1",), [("removed", 2, 1)]),
        (("assert m.a == 1",), ("assert m.a == 1 or True",), [("constant", 1, 1)]),
        # silent
        (("assert m.a == 1",), ("assert m.a == 2",), []),
        (("assert m.a == 1",), ("assert m.c() == 1",), []),
        (("assert m.a",), ("assert m.a == 1",), []),
        (("assert m.a == 1", "assert m.b == 2"), ("assert m.b == 2", "assert m.a == 1"), []),
        (("assert m.a == 1", "assert m.a == 2"), ("for x in (1, 2):", "    assert m.a == x"), []),
        (("assert m.a == 1", "assert m.b == 2"), ("assert_state(m)",), []),
        (("assert m.a == 0.3",), ("assert m.a == 0.3, 'why'",), []),
        (("assert m.a > 0", "assert m.a == 3"), ("assert m.a == 3",), []),
        (("assert m.a > 0", "assert m.b == 3"), ("assert m.b == 3",), [("removed", 2, 1)]),
    ],
)
def test_assertions(before: tuple[str, ...], after: tuple[str, ...], expected: list[tuple[object, ...]]) -> None:
    assert assertion(test_body(*before), test_body(*after)) == expected


def test_cases_that_are_gone() -> None:
    before = "@pytest.mark.parametrize('n', [1, 2, 3, 4])\n" + test_body("assert m.a == n")
    assert assertion(before, before.replace("[1, 2, 3, 4]", "[1]")) == [("fewer", 4, 1)]
    assert assertion(before, before.replace("[1, 2, 3, 4]", "[1, 2, 3, 4, 5]")) == []


def deleted(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, object, object]]:
    facts = run(before, after).facts("test")
    return [(address, f.fields["name"], f.fields["subject_alive"]) for address, f in facts]


TESTS = (
    "from pay import total\n\ndef test_total():\n    assert total([1]) == 1\n\n"
    "def test_refund():\n    assert refund(3) == -3\n"
)


def test_a_file_of_tests_is_one_fact() -> None:
    assert deleted({"tests/test_pay.py": TESTS, "pay.py": "x = 1\n"}, {"pay.py": "x = 1\n"}) == [
        ("tests.test_pay", "2 tests", True)
    ]


def test_what_is_said_of_tests_that_are_gone() -> None:
    def said(before: dict[str, str], after: dict[str, str]) -> list[tuple[object, object]]:
        return [(f.fields["summary"], f.fields["extent"]) for _, f in run(before, after).facts("test")]

    name = "tests/test_pay.py"
    first = TESTS[: TESTS.index("def test_refund")]
    assert said({name: TESTS}, {}) == [("All 2 tests in tests.test_pay are deleted", "module")]
    assert said({name: TESTS}, {name: first}) == [("The test tests.test_pay.test_refund is deleted", "test")]
    assert said({name: first}, {}) == [("The only test in tests.test_pay is deleted", "module")]
    assert said({name: first}, {name: first.replace("def test_total", "@pytest.fixture\ndef test_total")}) == [
        ("The test tests.test_pay.test_total is no longer collected", "test")
    ]


def test_a_class_of_tests_is_one_fact() -> None:
    before = (
        "class TestA:\n    def test_x(self):\n        assert a() == 1\n    def test_y(self):\n        assert b() == 2\n"
    )
    rest = "def test_z():\n    assert c() == 3\n"
    assert deleted({"test_a.py": before + rest}, {"test_a.py": rest}) == [("test_a.TestA", "2 tests", True)]


def test_the_subject_went_too() -> None:
    source = "def total(rows): return sum(rows)\n\ndef refund(n): return -n\n"
    after = {
        "pay.py": "def total(rows): return sum(rows)\n",
        "tests/test_pay.py": TESTS[: TESTS.index("def test_refund")],
    }
    assert deleted({"pay.py": source, "tests/test_pay.py": TESTS}, after) == [
        ("tests.test_pay.test_refund", "test_refund", False)
    ]


def test_a_copy_elsewhere_stays() -> None:
    copy = "def test_refund():\n    assert refund(3) == -3\n"
    before = {"tests/test_pay.py": TESTS, "tests/test_refunds.py": copy}
    after = {"tests/test_pay.py": TESTS[: TESTS.index("def test_refund")], "tests/test_refunds.py": copy}
    assert deleted(before, after) == []


def test_share_counts_the_directory() -> None:
    others = {f"tests/test_{n}.py": "def test_a():\n    pass\ndef test_b():\n    pass\n" for n in range(4)}
    before = {**others, "tests/test_pay.py": TESTS}
    (fact,) = [f for _, f in run(before, others).facts("test")]
    assert (fact.fields["suite"], fact.fields["gone"], fact.fields["share"]) == (10, 2, 0.2)


@pytest.mark.parametrize(
    ("old", "new", "alive"),
    [
        # what went from the sources is a word of a comment, of a sentence, of the language, or of the test itself
        ("def refund(n):\n    # one for all: returns\n    return -n\n", "def refund(n):\n    return 0 - n\n", True),
        ("def refund(n):\n    raise Bad('one returns')\n", "def refund(n):\n    raise Bad('none')\n", True),
        ("def refund(n):\n    return sorted(n)\n", "def refund(n):\n    return n\n", True),
        ("def refund(n):\n    given = n\n    return -given\n", "def refund(n):\n    return -n\n", True),
        # it is a name that the test asks for
        ("def refund(n, returns=1):\n    return -n\n", "def refund(n):\n    return -n\n", False),
        ("def refund(n):\n    return n['returns']\n", "def refund(n):\n    return n\n", False),
    ],
)
def test_what_makes_a_subject_gone(old: str, new: str, alive: bool) -> None:
    gone = "def test_one():\n    given = {'x': 1}\n    assert refund(given, returns=sorted(given)) == -3\n"
    kept = "def test_other():\n    assert refund(1) == -1\n"
    before = {"pay.py": old, "tests/test_pay.py": gone + kept}
    assert deleted(before, {"pay.py": new, "tests/test_pay.py": kept}) == [
        ("tests.test_pay.test_one", "test_one", alive)
    ]
