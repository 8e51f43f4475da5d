"""Tables that tests run over, specs of Ginkgo and suites of testify: exactly what is said when a row or a spec goes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich.code.tables import rows
from tests.code.made import run


def assertions(path: str, before: str, after: str) -> list[tuple[str, object, object, object]]:
    """(address, what, before, after) of each `assertion` fact."""
    found = run({path: before}, {path: after}).facts("assertion")
    return [(address, *(f.fields[name] for name in ("what", "before", "after"))) for address, f in found]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('[("a", 1), ("b", 2)]', ('("a", 1)', '("b", 2)')),
        ('[]struct{in, want string}{{"a", "b"}, {"c", "d"}}', ('{"a", "b"}', '{"c", "d"}')),
        ("%w[a b c].freeze", ("a", "b", "c")),
        ('[["a", 1], ["b", 2]] as const', ('["a", 1]', '["b", 2]')),
        ('("a", "b")', ('"a"', '"b"')),
        ('["a,]", "b"]', ('"a,]"', '"b"')),
        ("load(1, 2)", ()),  # what a call gives is not known
        ("[1, 2", ()),
        ("name", ()),
    ],
)
def test_rows(value: str, expected: tuple[str, ...]) -> None:
    assert rows(value) == expected


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_rows_of_anything(value: str) -> None:
    assert all(row.strip() == row and row for row in rows(value))


PYTHON = """\
import pytest

WRONG = [
    ("DE", "DE00"),
    ("FR", "FR7x"),
    ("NL", "NL--"),
]
USED = ["one", "two", "three"]

@pytest.mark.parametrize("country, value", WRONG)
def test_refuses(country, value):
    assert ok(value) is False

def test_order():
    names = ["anna", "bert", "carl"]
    for name in names:
        assert known(name)
    assert USED[0] == "one"
"""


def test_row_of_a_table_of_the_file() -> None:
    after = PYTHON.replace('    ("NL", "NL--"),\n', "")
    assert assertions("tests/test_a.py", PYTHON, after) == [("tests.test_a.WRONG", "fewer", "3 cases", "2 cases")]


def test_row_of_a_table_of_the_test() -> None:
    after = PYTHON.replace(', "carl"]', "]")
    assert assertions("tests/test_a.py", PYTHON, after) == [("tests.test_a.test_order", "fewer", "3 cases", "2 cases")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('    ("NL", "NL--"),\n', '    ("NL", "NL+-"),\n'),  # another row
        ('    ("NL", "NL--"),\n', '    ("NL", "NL--"),\n    ("AT", "A"),\n'),
        ('USED = ["one", "two", "three"]', 'USED = ["one", "two"]'),  # nothing runs over it
        ('    ("NL", "NL--"),\n]\nUSED = [', ']\nUSED = ["NL--", '),  # said elsewhere
    ],
)
def test_rows_that_are_not_lost(old: str, new: str) -> None:
    assert old in PYTHON
    assert assertions("tests/test_a.py", PYTHON, PYTHON.replace(old, new)) == []


def test_row_of_a_template_of_jest() -> None:
    before = "it.each`\n  a    | b\n  ${1} | ${2}\n  ${3} | ${4}\n`('adds $a', ({a, b}) => {\n  expect(f(a)).toBe(b);\n});\n"
    found = assertions("a.test.ts", before, before.replace("  ${3} | ${4}\n", ""))
    assert found == [("a.test.ts::adds $a", "fewer", "2 cases", "1 cases")]


def test_function_of_tests() -> None:
    before = "def check(x):\n    assert x.a == 1\n    assert x.b == 2\n\ndef test_a():\n    check(make())\n"
    after = before.replace("    assert x.b == 2\n", "")
    assert assertions("tests/test_a.py", before, after) == [("tests.test_a.check", "removed", "assert x.b == 2", "")]
    assert assertions("app/checks.py", before.replace("test_a", "run"), after.replace("test_a", "run")) == []


def test_function_of_tests_that_a_changed_test_calls() -> None:
    before = "def check(x):\n    assert x.a == 1\n    assert x.b == 2\n\ndef test_a():\n    check(make())\n"
    after = before.replace("    assert x.b == 2\n", "").replace("make()", "build()")
    assert assertions("tests/test_a.py", before, after) == [("tests.test_a.test_a", "removed", "assert x.b == 2", "")]


GINKGO = """\
package queue

var _ = Describe("Queue", func() {
	Context("drained", func() {
		It("gives all back", func() {
			Expect(Drain(q)).To(Equal(1))
		})
		It("is empty", func() {
			Expect(q.Len()).To(BeZero())
		})
	})
})
"""


def facts(name: str, before: str, after: str, path: str = "q_test.go") -> list[tuple[str, object]]:
    return [(address, f.fields["what"]) for address, f in run({path: before}, {path: after}).facts(name)]


def test_spec_goes() -> None:
    after = GINKGO.replace('		It("is empty", func() {\n			Expect(q.Len()).To(BeZero())\n		})\n', "")
    assert facts("test", GINKGO, after) == [("q_test.go::Queue > drained > is empty", "deleted")]


def test_spec_asks_less() -> None:
    after = GINKGO.replace("To(Equal(1))", "NotTo(BeNil())")
    assert facts("assertion", GINKGO, after) == [("q_test.go::Queue > drained > gives all back", "loosened")]


@pytest.mark.parametrize("word", ["PIt", "XIt", "FIt"])
def test_spec_is_left_out_or_alone(word: str) -> None:
    after = GINKGO.replace('It("is empty"', f'{word}("is empty"')
    what = "only" if word == "FIt" else "skipped"
    assert facts("skip", GINKGO, after) == [("q_test.go::Queue > drained > is empty", what)]


def test_method_of_a_suite_goes() -> None:
    before = (
        "package s\n\nfunc (s *StoreSuite) TestPut() {\n\ts.NoError(Put(1))\n}\n\n"
        "func (s *StoreSuite) TestRefuses() {\n\ts.Equal(2, Get(3))\n}\n"
    )
    after = before.replace("func (s *StoreSuite) TestRefuses() {\n\ts.Equal(2, Get(3))\n}\n", "")
    assert [what for _, what in facts("test", before, after)] == ["deleted"]
    loose = before.replace("s.Equal(2, Get(3))", "s.NotNil(Get(3))")
    assert [what for _, what in facts("assertion", before, loose)] == ["loosened"]


def test_the_same_words_in_two_contexts() -> None:
    spec = '  context "{0}" do\n    let(:x) {{ {0} }}\n\n    it "is closed" do\n      expect(x).to be\n    end\n  end\n'
    both = "RSpec.describe X do\n" + spec.format("paid") + spec.format("lost") + "end\n"
    one = "RSpec.describe X do\n" + spec.format("paid") + "end\n"
    assert facts("test", both, one, "spec/x_spec.rb") == [("spec/x_spec.rb::X > lost > is closed", "deleted")]
    twice = "RSpec.describe X do\n" + spec.format("paid").replace("  end\n", "  end\n    it \"is closed, really\" do\n"
                                                                  "      expect(x).to be\n    end\n", 1) + "end\n"
    assert facts("test", twice, one, "spec/x_spec.rb") == []


SHARED = 'RSpec.describe X do\n  it_behaves_like "a record"\n\n  it "is here" do\n    expect(1).to eq(1)\n  end\nend\n'
EXAMPLES = 'RSpec.shared_examples "a record" do\n  it "is kept" do\n    expect(record).to be_kept\n  end\nend\n'


def test_shared_examples_run_no_more() -> None:
    after = SHARED.replace('  it_behaves_like "a record"\n', "")
    assert facts("test", SHARED, after, "spec/x_spec.rb") == [("spec/x_spec.rb", "deleted")]
    moved = run({"spec/x_spec.rb": SHARED, "spec/y_spec.rb": after}, {"spec/x_spec.rb": after, "spec/y_spec.rb": SHARED})
    assert moved.facts("test") == []
    gone = run({"spec/x_spec.rb": EXAMPLES + SHARED}, {"spec/x_spec.rb": after})
    assert [f.fields["name"] for _, f in gone.facts("test")] == ["is kept"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("def test_a():\n    assert pay(1) == 2\n",
         "@patch('shop.pay', return_value=2)\ndef test_a(pay):\n    assert shop.pay(1) == 2\n", ["constant"]),
        ("def test_a():\n    assert pay(1) == 2\n",
         "@patch('shop.rate', return_value=2)\ndef test_a(rate):\n    assert shop.pay(1) == 2\n", []),
        ("def test_a():\n    assert pay(1) == 2\n",
         "def test_a(mp):\n    mp.setattr(shop, 'pay', lambda x: 2)\n    assert shop.pay(1) == 2\n", ["constant"]),
        ("@patch('shop.pay')\ndef test_a(pay):\n    assert shop.pay(1) == 2\n",
         "@patch('shop.pay')\ndef test_a(pay):\n    pay.return_value = 2\n    assert shop.pay(1) == 2\n", []),
    ],
)  # fmt: skip
def test_mocks_of_what_is_tested(before: str, after: str, expected: list[str]) -> None:
    assert [what for _, what in facts("assertion", before, after, "tests/test_a.py")] == expected


SNAPSHOT = "exports[`card 1`] = `\n<b>\n  Hello\n</b>\n`;\n"
CARD = "export function card(t) {\n  return h('b', t);\n}\n"


def test_snapshot_is_written_anew() -> None:
    def said(code: str, snapshot: str, test: str = "") -> list[tuple[object, object]]:
        before = {"src/card.js": CARD, "src/__snapshots__/card.test.js.snap": SNAPSHOT, "src/card.test.js": ""}
        after = {"src/card.js": code, "src/__snapshots__/card.test.js.snap": snapshot, "src/card.test.js": test}
        return [(f.fields["before"], f.fields["after"]) for _, f in run(before, after).facts("expectation")]

    code, snapshot = CARD.replace("'b'", "'i'"), SNAPSHOT.replace("b>", "i>")
    assert said(code, snapshot) == [("<b>", "<i>")]
    assert said(CARD, snapshot) == []  # no code changed
    assert said(code, SNAPSHOT + "exports[`card 2`] = `x`;\n") == []  # one comes
    assert said(code, snapshot, "test('card', () => { expect(card('x')).toMatchSnapshot(); });\n") == []


def test_assertion_of_a_framework_of_its_own() -> None:
    before = "test('a', () => {\n  assert.equal(f(), 1);\n  assert.response(app, {url: '/'}, {body: 'x'});\n});\n"
    after = "test('a', () => {\n  assert.equal(f(), 1);\n});\n"
    assert [what for _, what in facts("assertion", before, after, "test/a.test.js")] == ["removed"]


def test_name_that_is_given_several_values_is_no_table() -> None:
    before = (
        "def test_a(run):\n    want = ['aaa', 'bbb']\n    for x in want:\n        run(x)\n"
        "    want = ['ccc']\n    assert run.all == want\n"
    )
    after = before.replace("'aaa', 'bbb'", "'aaa'")
    assert facts("assertion", before, after, "tests/test_a.py") == []


def test_function_of_tests_that_asks_other_things() -> None:
    before = "def check(x):\n    assert x.a == 1\n\ndef test_a():\n    check(1)\n"
    after = before.replace("x.a == 1", "x.b == 2\n    assert x.c == 3")
    assert facts("assertion", before, after, "tests/test_a.py") == []


def test_cases_that_another_test_has() -> None:
    before = "@pytest.mark.parametrize('x', [\n    'abc',\n    'ghi',\n])\ndef test_a(x):\n    assert f(x) == 1\n"
    after = before.replace("    'ghi',\n", "")
    other = "\n\n@pytest.mark.parametrize('x', [\n    'ghi',\n])\ndef test_b(x):\n    assert f(x) == 2\n"
    assert facts("assertion", before, after, "tests/test_a.py") == [("tests.test_a.test_a", "fewer")]
    assert facts("assertion", before, after + other, "tests/test_a.py") == []


def test_what_a_type_checker_is_told_in_a_function_of_tests() -> None:
    before = "def make(x):\n    assert x is not None\n    return x\n\ndef test_a():\n    assert make(1) == 1\n"
    assert facts("assertion", before, before.replace("    assert x is not None\n", ""), "tests/test_a.py") == []


def test_map_that_is_handed_on_is_no_table() -> None:
    before = "@pytest.mark.parametrize('x', [1, 2])\ndef test_a(x):\n    go(x, env={'aaa': 1, 'bbb': 2})\n    assert x\n"
    assert facts("assertion", before, before.replace(", 'bbb': 2", ""), "tests/test_a.py") == []
