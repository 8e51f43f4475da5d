"""What a repository may write, what it may not, and where the complaint points."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.config import Config, governing, line_of, load, parse, without_excluded
from blastlint.errors import ConfigError
from blastlint.model import ChangeSet
from blastlint.sources.memory import MemoryTree, change_set

FULL = b"""\
select = ["RES", "GRD001", "stateful-resource-deleted"]
ignore = ["RES009"]
fail-on = "medium"

[severity]
RES001 = "low"

[paths]
production = ["live/**"]
non-production = ["dev"]
generated = ["gen"]
vendored = ["third"]
docs = ["handbook"]
tests = ["checks"]
exclude = ["archive/"]
"""


def test_every_key() -> None:
    assert parse(FULL) == Config(
        select=("RES", "GRD001", "stateful-resource-deleted"),
        ignore=("RES009",),
        severities={"RES001": "low"},
        fail_on="medium",
        production=("live/**",),
        non_production=("dev",),
        generated=("gen",),
        vendored=("third",),
        docs=("handbook",),
        tests=("checks",),
        exclude=("archive/",),
    )


def test_own_file_wins_over_pyproject() -> None:
    project = b'[project]\nname = "x"\n[tool.blastlint]\nfail-on = "low"\n'
    only = load(MemoryTree({"pyproject.toml": project}))
    assert (only.fail_on, only.source) == ("low", "pyproject.toml")
    both = load(MemoryTree({"pyproject.toml": project, "blastlint.toml": b'fail-on = "never"\n'}))
    assert (both.fail_on, both.source) == ("never", "blastlint.toml")


def test_nothing_said_is_the_defaults() -> None:
    assert load(MemoryTree({})) == Config()
    assert load(MemoryTree({"pyproject.toml": b"[tool.ruff]\n# blastlint\n"})) == Config()
    assert load(MemoryTree({"blastlint.toml": b""})) == Config()


def test_selection() -> None:
    config = parse(FULL)
    assert config is not None
    assert config.selects("RES001") and config.selects("GRD001")
    assert config.selects("XYZ002", "stateful-resource-deleted")
    assert not config.selects("RES009") and not config.selects("GRD002") and not config.selects("RESX001")
    assert Config().selects("ANY001")


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ('fail-on = "high"\nignored = []\n', "blastlint.toml:2", "unknown key 'ignored' (did you mean 'ignore'?)"),
        ('fail_on = "high"\n', "blastlint.toml:1", "unknown key 'fail_on' (did you mean 'fail-on'?)"),
        ("[paths]\n\nprod = []\n", "blastlint.toml:3", "unknown key 'prod' (did you mean 'production'?)"),
        (
            "paths.nonproduction = []\n",
            "blastlint.toml:1",
            "unknown key 'nonproduction' (did you mean 'non-production'?)",
        ),
        ('fail-on = "hihg"\n', "blastlint.toml:1", "fail-on is 'hihg' (did you mean 'high'?)"),
        ("fail-on = 3\n", "blastlint.toml:1", "fail-on is 3"),
        ('\nselect = "RES"\n', "blastlint.toml:2", "select is a list of strings"),
        ("ignore = [1]\n", "blastlint.toml:1", "ignore is a list of strings"),
        ('ignore = ["res*"]\n', "blastlint.toml:1", "'res*' is no rule id (RES002), family (RES) or rule name"),
        ('[severity]\nRES001 = "off"\n', "blastlint.toml:2", "severity.RES001 is 'off'"),
        ('[severity]\nres1 = "low"\n', "blastlint.toml:2", "'res1' is no rule id"),
        ('severity = "low"\n', "blastlint.toml:1", "severity is a table: rule id -> critical, high, medium or low"),
        ('paths = ["x"]\n', "blastlint.toml:1", "paths is a table"),
        ('x = "a\n', "blastlint.toml:1", "not TOML: "),
        ("a = 1\na = 2\n", "blastlint.toml:2", "not TOML: "),
    ],
)
def test_complaints(text: str, where: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text.encode())
    assert caught.value.where == where
    # After "not TOML: " come the words of Python's own reader, which differ between its versions.
    assert caught.value.message == message or (message == "not TOML: " and caught.value.message.startswith(message))


def test_complaint_in_pyproject() -> None:
    text = b'[project]\nselect = 1\n\n[tool.blastlint]\nselct = ["RES"]\n'
    with pytest.raises(ConfigError, match=r"^pyproject.toml:5: unknown key 'selct' \(did you mean 'select'\?\)"):
        parse(text, "pyproject.toml")


def test_not_utf8() -> None:
    with pytest.raises(ConfigError, match=r"^blastlint.toml:2: not UTF-8"):
        parse(b"# ok\n# \xff\n")


def test_line_of() -> None:
    text = "[tool.other]\nselect = 1\n[tool.blastlint]\n'select' = 2\n[tool.blastlint.paths]\n\"docs\" = 1\n"
    assert line_of(text, ("tool", "blastlint", "select")) == 4
    assert line_of(text, ("tool", "blastlint", "paths", "docs")) == 6
    assert line_of(text, ("tool", "blastlint", "paths", "nowhere")) == 5


def test_the_before_side_governs() -> None:
    changed = change_set({"blastlint.toml": 'fail-on = "low"\n'}, {"blastlint.toml": 'fail-on = "never"\n'})
    assert governing(changed).fail_on == "low"


def test_a_patch_without_its_tree_is_judged_by_the_defaults() -> None:
    tree = MemoryTree({"blastlint.toml": b'fail-on = "never"\n'})
    assert governing(ChangeSet("a", "b", (), tree, tree, complete=False)) == Config()


def test_excluded_under_both_names() -> None:
    before = {"old/a.txt": "a\n", "old/b.txt": "b\n", "old/c.txt": "c\n", "src/d.txt": "d\n"}
    after = {"old/a.txt": "changed\n", "src/b.txt": "b\n", "src/d.txt": "changed\n"}
    changed = change_set(before, after)
    kept = without_excluded(changed, Config(exclude=("old/",), source="blastlint.toml"))
    assert [file.path for file in kept.files] == ["src/b.txt", "src/d.txt"]  # b.txt has left the excluded directory
    assert [(n.id, n.message) for n in kept.notifications] == [
        ("excluded", "2 changed files are left out by paths.exclude")
    ]
    assert without_excluded(changed, Config(exclude=("nowhere",))) is changed


def test_no_toml_reader_without_a_config() -> None:
    code = (
        "import sys; from blastlint.config import load; from blastlint.sources.memory import MemoryTree;"
        "load(MemoryTree({'pyproject.toml': b'[project]'})); assert 'tomllib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=80), st.text(alphabet="[]={}\"'\n.,# selctfaiondpths-1", max_size=80).map(str.encode))
)
def test_any_bytes_give_a_config_or_a_complaint(data: bytes) -> None:
    try:
        config = parse(data)
    except ConfigError as error:
        assert error.where.startswith("blastlint.toml:")
    else:
        assert isinstance(config, Config)


def test_a_change_that_repairs_the_configuration_is_judged_by_the_defaults() -> None:
    broken, repaired = {"blastlint.toml": 'fial-on = "low"\n'}, {"blastlint.toml": 'fail-on = "low"\n'}
    assert governing(change_set(broken, repaired)) == Config()
    with pytest.raises(ConfigError, match="fial-on"):
        governing(change_set(broken, {**broken, "other": "x"}))
