"""Go, Ruby, Java and Rust: the split and the shape, by the queries of their languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.parse import program
from blastlint.parse.code import EMPTY, Module, Shape, shape_of

SAMPLES = {
    "a.go": """package a
import (
    sdk "github.com/aws/aws-sdk-go-v2/service/s3"
    "net/http"
)
const Max = 3
type Store struct { db DB }
func (s *Store) Save(n int) error {
    if n > Max { return errLarge }
    if err := s.db.Put(n); err != nil { return err }
    return nil
}
func TestSave(t *testing.T) {
    if Save(3) != nil { t.Fatal("no") }
}
""",
    "a.rb": """MAX = 3
class Store < Base
  def save(n, force: false)
    raise TooLarge if n > MAX
    begin
      @db.put(n)
    rescue Timeout => e
      raise
    end
  end
end
RSpec.describe "store" do
  it "saves" do
    expect(save(3)).to eq(nil)
  end
end
""",
    "A.java": """import java.sql.Db;
class Store extends Base {
  static final int MAX = 3;
  @Secured("admin")
  void save(int n) {
    if (n > MAX) { throw new TooLarge(); }
    try { db.put(n); } catch (Timeout e) { throw e; }
  }
  @Test void saves() { assertEquals(null, save(3)); }
}
""",
    "a.rs": """use std::fs::File;
const MAX: u32 = 3;
struct Store { db: Db }
impl Store {
    #[inline]
    fn save(&self, n: u32) -> Result<(), E> {
        if n > MAX { return Err(E::Large); }
        match self.db.put(n) { Ok(_) => {}, Err(e) => return Err(e) }
        Ok(())
    }
}
#[cfg(test)]
mod tests {
    #[test]
    fn saves() { assert_eq!(save(3), None); }
}
""",
}


def module(source: str, path: str) -> Module:
    content = program.parse(path, "after", source.encode()).content
    assert isinstance(content, Module)
    return content


def shape(source: str, path: str, name: str) -> Shape:
    found = module(source, path)
    return shape_of(found, found.by_name[name])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.go", ["module ", "setting Max", "class Store", "function Store.Save", "test TestSave"]),
        ("a.rb", ["module ", "setting MAX", "class Store", "function Store.save", "test store > saves"]),
        ("A.java", ["module ", "class Store", "setting Store.MAX", "function Store.save", "test Store.saves"]),
        ("a.rs", ["module ", "setting MAX", "class Store", "function Store.save", "test tests.saves"]),
    ],
)
def test_definitions(path: str, expected: list[str]) -> None:
    assert [f"{d.sort} {d.name}" for d in module(SAMPLES[path], path).definitions] == expected


@pytest.mark.parametrize(
    ("path", "name"), [("a.go", "Store.Save"), ("a.rb", "Store.save"), ("A.java", "Store.save"), ("a.rs", "Store.save")]
)
def test_a_bound_and_a_handler_are_the_same_in_all_languages(path: str, name: str) -> None:
    found = shape(SAMPLES[path], path, name)
    bound = next(b for b in found.branches if "MAX" in b.condition.upper())
    assert bound.leaves in ("raise", "return")
    assert bound.after
    assert [(h.body, len(h.calls)) for h in found.handlers] == [("reraise", 1)]


@pytest.mark.parametrize(
    ("path", "name", "negated"),
    [("a.go", "TestSave", False), ("a.rb", "store > saves", False), ("A.java", "Store.saves", False),
     ("a.rs", "tests.saves", False)],
)  # fmt: skip
def test_an_assertion_is_the_same_in_all_languages(path: str, name: str, negated: bool) -> None:
    (found,) = shape(SAMPLES[path], path, name).assertions
    assert (found.form, found.subject.lower(), found.negated) == ("equal", "save(3)", negated)


def test_calls_are_named_by_what_they_import() -> None:
    source = SAMPLES["a.go"] + 'func Drop(c *sdk.Client) { http.Get("x"); sdk.New(sdk.Options{Region: "eu"}) }\n'
    found = shape(source, "a.go", "Drop")
    assert [c.name for c in found.calls] == [
        "net.http.Get",
        "github.com.aws.aws-sdk-go-v2.service.s3.New",
        "github.com.aws.aws-sdk-go-v2.service.s3.Options",
    ]
    assert [(o.owner.rpartition(".")[2], o.key, o.value) for o in found.options] == [("Options", "Region", '"eu"')]


def test_decorators_of_rust_stand_before_the_function() -> None:
    found = module(SAMPLES["a.rs"], "a.rs")
    save = found.by_name["Store.save"]
    assert save.text.startswith(b"#[inline]")
    assert [d.name for d in shape_of(found, save).decorators] == ["inline"]


def test_blocks_that_run_under_something() -> None:
    ruby = shape("class A\n  def f\n    lock.synchronize do\n      a.b(1)\n    end\n  end\nend\n", "a.rb", "A.f")
    java = shape("class A { void f() { synchronized (lock) { a.b(1); } } }", "A.java", "A.f")
    assert [(c.subject, c.calls) for c in (*ruby.contexts, *java.contexts)] == [("lock", ("a.b",))] * 2


@pytest.mark.parametrize("path", ["a.go", "a.rb", "A.java", "a.rs"])
def test_deep_nesting_has_no_shape(path: str) -> None:
    deep = "(" * 3000 + "1" + ")" * 3000
    source = {"a.go": f"package a\nfunc f() int {{ return {deep} }}", "a.rb": f"def f\n  {deep}\nend\n",
              "A.java": f"class A {{ int f() {{ return {deep}; }} }}", "a.rs": f"fn f() -> u8 {{ {deep} }}"}  # fmt: skip
    name = "A.f" if path == "A.java" else "f"
    found = module(source[path], path)
    if name in found.by_name:
        assert shape_of(found, found.by_name[name]) == EMPTY


def test_bytes_that_are_no_text_keep_their_places() -> None:
    broken = SAMPLES["a.rb"].encode()[:34] + b"\x80=" + SAMPLES["a.rb"].encode()[39:]
    content = program.parse("a.rb", "after", broken).content
    assert isinstance(content, Module)
    assert len(content.source) == len(broken)


@given(st.sampled_from(sorted(SAMPLES)), st.data())
@settings(max_examples=60, deadline=None)
def test_broken_text_never_raises(path: str, data: st.DataObject) -> None:
    source = SAMPLES[path].encode()
    start = data.draw(st.integers(0, len(source)))
    junk = data.draw(st.binary(max_size=12))
    content = program.parse(path, "after", source[:start] + junk + source[start + 5 :]).content
    assert isinstance(content, Module)
    for definition in content.definitions:
        shape_of(content, definition)
        assert len(definition.digest) >= 24
