"""Parsers of key trees: positions, types, what is odd, and input that is none."""

from __future__ import annotations

import json
import time
import tomllib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.model import Block, Document, Value
from blastlint.parse import parse
from blastlint.parse.keytree import MAX_DEPTH, TOO_DEEP, KeyTree, text_line
from tests.keytree.trees import plain

PATHS = ("a.yaml", "a.json", "a.toml", "a.ini", ".env", "a.properties", "redis.conf")


def read(path: str, text: str | bytes) -> Document:
    return parse(path, "after", text.encode() if isinstance(text, str) else text)


def tree(document: Document) -> KeyTree:
    assert isinstance(document.content, KeyTree)
    return document.content


def root(path: str, text: str) -> Value:
    (only,) = tree(read(path, text)).documents
    return only


def place(value: Value | None) -> tuple[int, int, int, int]:
    assert value is not None and value.region is not None
    region = value.region
    return region.start_line, region.start_column, region.end_line, region.end_column


# --- the same tree in every format ------------------------------------------------------------------------------------

SAME = {
    "a.yaml": "server:\n  host: shop\n  port: '80'\nname: x\n",
    "a.json": '{"server": {"host": "shop", "port": "80"}, "name": "x"}',
    "a.toml": 'name = "x"\n[server]\nhost = "shop"\nport = "80"\n',
    "a.ini": "name = x\n[server]\nhost = shop\nport: 80\n",
    "a.properties": "server.host=shop\nserver.port : 80\nname x\n",
}


@pytest.mark.parametrize("path", SAME)
def test_every_format_gives_the_same_tree(path: str) -> None:
    assert root(path, SAME[path]) == root("a.yaml", SAME["a.yaml"])


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.yaml", "x: 1\nb:\n  é: 'ö'\n", 3),
        ("a.json", '{"x": 1,\n "b": {\n  "é": "ö"}}', 3),
        ("a.toml", "x = 1\n[b]\n'é' = 'ö'\n", 3),
    ],
)
def test_an_entry_stands_where_its_key_starts_in_code_points(path: str, text: str, line: int) -> None:
    entry = root(path, text).get("b", "é")
    width = len(text.split("\n")[line - 1].strip().rstrip("}"))
    start = 1 if path.endswith("toml") else 3
    assert place(entry) == (line, start, line, start + width)


# YAML 1.1 takes these three for line breaks; the parser takes them for blanks, as every other reader of lines does.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.floats(-1e6, 1e6).map(lambda x: round(x, 3)),
    lambda c: st.lists(c, max_size=4) | st.dictionaries(texts, c, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(json_values, st.sampled_from([None, 1, 4]))
def test_json_is_read_as_the_standard_library_reads_it(data: object, indent: int | None) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=indent is None)
    document = read("a.json", text.encode("utf-8", "surrogatepass"))
    if document.coverage == "full":
        assert [plain(d) for d in tree(document).documents] == [json.loads(text)]
    else:
        assert document.reason.endswith("is not valid UTF-8")


def test_toml_is_read_as_the_standard_library_reads_it() -> None:
    text = (
        "a.b.\"c.d\" = 1_000\ne = [ 1,\n  2, # two\n  {x = 1, y.z = 'q'},\n]\n[tool.x]\n"
        'k = """\nline1\nline2\\\n   more"""\n'
        "l = '''raw\nx'''\nf = 1e5\nh = 0xff\ni = {}\nj = -2.5\nt = true\n"
        'u = "\\u00e9"\n[[arr]]\nn = 1\n[arr.sub]\nm = 2\n[[arr]]\nn = 2.5\n'
    )
    assert plain(root("a.toml", text)) == tomllib.loads(text)
    assert plain(root("a.toml", "d = 1979-05-27 07:32:00Z")) == {"d": "1979-05-27 07:32:00Z"}


@settings(max_examples=100, deadline=None)
@given(json_values)
def test_yaml_reads_what_a_yaml_writer_wrote(data: object) -> None:
    text = yaml.safe_dump({"root": data}, allow_unicode=True)
    document = read("a.yaml", text.encode("utf-8", "surrogatepass"))
    if document.coverage == "full":
        assert [spelled(plain(d)) for d in tree(document).documents] == [spelled({"root": data})]


def spelled(data: object) -> object:
    """Numbers and their texts alike: 1e16 is a float for one reader and a text for another."""
    if isinstance(data, dict):
        return {key: spelled(child) for key, child in data.items()}
    if isinstance(data, list):
        return [spelled(child) for child in data]
    return float(data) if isinstance(data, int | float) and not isinstance(data, bool) else number(data)


def number(data: object) -> object:
    try:
        return float(data) if isinstance(data, str) and data[:1] in "-0123456789." and "e" in data else data
    except ValueError:
        return data


# --- YAML -------------------------------------------------------------------------------------------------------------


def test_yaml_scalars_are_those_of_the_core_schema() -> None:
    text = "a: yes\non: 1\nb: 0644\nc: 1.10\nd: ~\ne: True\nf: 0x1f\ng: 1:30\n"
    text += "h: 2001-01-01\ni: '1'\nj: !!str 5\nk: !!int '7'\nl: 1e3\n"
    assert plain(root("a.yaml", text)) == {
        "a": "yes", "on": 1, "b": "0644", "c": 1.1, "d": None, "e": True, "f": 31, "g": "1:30", "h": "2001-01-01", "i": "1",
        "j": "5", "k": 7, "l": "1e3",
    }  # fmt: skip


def test_anchors_aliases_merge_keys_and_tags() -> None:
    text = "a: &x {k: 1, q: 2}\nb: *x\nc:\n  <<: *x\n  k: 3\nd: !Ref Name\ne: !Sub [a, {b: 1}]\nf: &y [*y]\n"
    assert plain(root("a.yaml", text)) == {
        "a": {"k": 1, "q": 2}, "b": {"k": 1, "q": 2}, "c": {"k": 3, "q": 2}, "d": {"!Ref": "Name"},
        "e": {"!Sub": ["a", {"b": 1}]}, "f": ["<alias *y names nothing complete>"],
    }  # fmt: skip


def test_the_lines_of_a_literal_block() -> None:
    text = "jobs:\n  run: |  # why\n\n    make clean\n    make test\n\n  name: x\n  folded: >-\n     a\n     b\n"
    jobs = root("a.yaml", text).items["jobs"]
    run = jobs.items["run"]
    assert run.scalar == "\nmake clean\nmake test\n"
    assert run.block == Block("literal", 3, 4)
    assert text.split("\n")[text_line(run) - 1 + 1].strip() == str(run.scalar).split("\n")[1]
    assert place(run) == (2, 3, 6, 1)
    assert jobs.items["folded"].block == Block("folded", 9, 5)
    assert text_line(jobs.items["name"]) == 7


def test_comments_are_told_from_text() -> None:
    text = "# top\na: 'x # no' # yes\nb: |  # head\n  # no\n  y\n# end\nc: x#no\n"
    found = [(c.text, c.region.start_line, c.region.start_column) for c in read("a.yaml", text).comments]
    assert found == [("# top", 1, 1), ("# yes", 2, 13), ("# head", 3, 7), ("# end", 6, 1)]


def test_a_broken_document_hides_no_other() -> None:
    document = read("a.yaml", "a: 1\n---\nb: [1,\n---\nc: 3\n---\nd: 'x\n---\ne: 5\n")
    assert [plain(d) if d.known else "broken" for d in tree(document).documents] == [
        {"a": 1}, "broken", {"c": 3}, "broken", {"e": 5},
    ]  # fmt: skip
    assert (document.coverage, document.line) == ("partial", 4)
    assert read("a.yaml", "a: [1").coverage == "opaque"


def test_duplicate_keys_are_noted_and_the_last_one_counts() -> None:
    for path, text in (("a.yaml", "k: 1\nk: 2\n"), ("a.json", '{"k": 1,\n"k": 2}'), ("a.toml", "k = 1\nk = 2\n")):
        content = tree(read(path, text))
        assert [plain(d) for d in content.documents] == [{"k": 2}]
        assert [(n.kind, n.line) for n in content.notes] == [("duplicate-key", 2)]
    assert [(n.kind, n.line) for n in tree(read(".env", "K=1\nK=2\n")).notes] == [("duplicate-key", 2)]


def test_helm_templates_keep_their_places() -> None:
    text = (
        'kind: Deployment\nmetadata:\n  name: {{ include "a.b" . }}-x\n'
        '  {{- if .Values.x }}\n  other: {{ .Values.a | default "x" }}\n'
        "  {{- end }}\n  labels:\n    {{- toYaml .Values.l | nindent 4 }}\nspec:\n  replicas: 3\n"
    )
    document = read("templates/a.yaml", text)
    (found,) = tree(document).documents
    assert (document.coverage, document.reason) == ("partial", "not every template expression is evaluated")
    texts = {path: leaf.text or leaf.scalar for path, leaf in found.leaves()}
    assert texts == {
        "kind": "Deployment",
        "metadata.name": '{{ include "a.b" . }}-x',
        "metadata.other": '{{ .Values.a | default "x" }}',
        "metadata.labels": "{{- toYaml .Values.l | nindent 4 }}",
        "spec.replicas": 3,
    }
    assert place(found.get("spec", "replicas")) == (10, 3, 10, 14)


def test_what_looks_like_a_template_and_is_yaml_stays_known() -> None:
    document = read("a.yaml", 'a: ${{ github.ref }}\nb: "{{ name }}"\nc: |\n  {{ x }}\n')
    assert document.coverage == "full"
    assert plain(tree(document).documents[0]) == {"a": "${{ github.ref }}", "b": "{{ name }}", "c": "{{ x }}\n"}


def test_an_alias_bomb_is_defused() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40))
    document = read("a.yaml", bomb)
    assert (document.coverage, document.reason) == ("partial", "aliases expand to too many values")
    assert sum(1 for _ in tree(document).documents[0].leaves()) < 1_000_000


# --- the others -------------------------------------------------------------------------------------------------------


def test_json_with_comments_trailing_commas_and_breaks() -> None:
    text = '{ // c\n "a": [1, 2,], /* d */ \'b\': .5, c: "x//y",\n}'
    document = read("a.json", text)
    assert document.coverage == "full" and [c.text for c in document.comments] == ["// c", "/* d */"]
    assert plain(tree(document).documents[0]) == {"a": [1, 2], "b": 0.5, "c": "x//y"}
    cut = read("a.json", '{"a": 1,\n "b": {"c": [1')
    assert (cut.coverage, cut.line) == ("partial", 2) and plain(tree(cut).documents[0]) == {"a": 1, "b": {"c": [1]}}
    lines = tree(read("a.json", '{"a": 1}\n{"a": 2}\n')).documents
    assert [plain(d) for d in lines] == [{"a": 1}, {"a": 2}]


def test_ini_continuations_repeats_and_directives() -> None:
    text = "; c\n[Service]\nEnvironment=A=1\nEnvironment=B=2\nflag\nlist =\n    a\n    b\nurl=http://x:80/y;z ; why\n"
    assert plain(root("a.service", text)) == {
        "Service": {"Environment": ["A=1", "B=2"], "flag": None, "list": "\na\nb", "url": "http://x:80/y;z"}
    }
    assert plain(root("redis.conf", "save 900 1\nsave 300 10\nmaxmemory 2gb\n")) == {
        "save": ["900 1", "300 10"],
        "maxmemory": "2gb",
    }
    assert plain(root("a.cfg", "[core]\n\tbare = true\n\tx = 1\n")) == {"core": {"bare": "true", "x": "1"}}
    assert plain(root("nginx.conf", "server {\n listen 80;\n}\n")) == {"server": {"listen": "80"}}


def test_dotenv_quotes_exports_and_several_lines() -> None:
    text = '# c\nexport A=1\nB="a \\"q\\"\\n x" # t\nC=\'li\nne\'\nD=plain # c\nE=\nF="unclosed\nG=${A}\n'
    assert plain(root(".env.local", text)) == {
        "A": "1", "B": 'a "q"\n x', "C": "li\nne", "D": "plain", "E": "", "F": '"unclosed', "G": "${A}",
    }  # fmt: skip


def test_properties_nest_and_continue() -> None:
    text = "a.b=1\na.b.c : x\\\n   y\nspring.url http://x\\u0041\nk\\:e=v\n! c\n"
    assert plain(root("a.properties", text)) == {
        "a": {"b": {"": "1", "c": "xy"}},
        "spring": {"url": "http://xA"},
        "k:e": "v",
    }


# --- bad input --------------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(PATHS),
    st.binary(max_size=300) | st.text(alphabet="{}[]()\"'\\:,=#|>-&*!%@\n\t ab1é<?~.", max_size=200),
)
def test_no_bytes_break_a_parser(path: str, data: bytes | str) -> None:
    document = read(path, data)
    if isinstance(document.content, KeyTree):
        for found in document.content.documents:
            list(found.leaves())
    assert (document.coverage == "full") == (document.reason == "")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "unit",
    ["[", "{", '{"a":', "a:\n ", "- ", "[a]\n", "a=\n", '"', "'", '"""', "/* ", '"\\', "\\\n", "{{", "{{ x }}", "a = [",
     "&a ", "? ", "*a ", "---\n[", "a.", "# ", "=", "%", "k=\n a\n"],
)  # fmt: skip
def test_long_nonsense_takes_no_time(path: str, unit: str) -> None:
    data = (unit * 20_000)[:100_000]
    started = time.process_time()
    read(path, data)
    assert time.process_time() - started < 8


@pytest.mark.parametrize(
    ("path", "opening", "closing"), [("a.json", "[", "]"), ("a.yaml", "[", "]"), ("a.toml", "[", "]")]
)
def test_deep_nesting_is_cut_with_a_reason(path: str, opening: str, closing: str) -> None:
    text = opening * 300 + closing * 300
    document = read(path, "a = " + text if path.endswith("toml") else text)
    assert (document.coverage, document.reason) == ("partial", TOO_DEEP)
    depth = max(leaf_path.count("[") for d in tree(document).documents for leaf_path, _ in d.leaves())
    assert 0 < depth <= MAX_DEPTH


def test_what_is_not_utf8_says_so() -> None:
    document = read("a.yaml", b"a: 1\nb: \xff\n")
    assert (document.coverage, document.reason) == ("partial", "line 2 is not valid UTF-8")
    assert plain(tree(read("a.yaml", "\ufeffa: 1\n")).documents[0]) == {"a": 1}
