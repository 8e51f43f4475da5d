"""What a repository went through before a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from blastlint.model import ChangeSet
from blastlint.sources import git as source
from blastlint.sources.history import LAST
from blastlint.sources.memory import change_set
from tests.sources.repository import commit, git, repository


def grown(directory: Path, changes: Iterable[Mapping[str, str]]) -> Path:
    """A repository with one commit for each of the changes, made by one process."""
    stream = []
    for number, files in enumerate(changes):
        stream.append(f"commit refs/heads/main\ncommitter Ann <ann@example.com> {1_700_000_000 + number} +0000\ndata 1\nm\n")
        stream += [f"M 644 inline {path}\ndata {len(text.encode())}\n{text}\n" for path, text in files.items()]
    root = repository(directory)
    git(root, "fast-import", "--quiet", data="".join(stream).encode())
    git(root, "reset", "-q", "--hard", "main")
    return root


def last(root: Path, revision: str = "HEAD~1..HEAD") -> ChangeSet:
    return source.from_range(str(root), revision)


def paths(change: ChangeSet) -> list[list[str]]:
    assert change.history is not None
    return [[file.path for file in files] for files in change.history.recent()]


def test_the_changes_before_the_base_newest_first_without_the_import(tmp_path: Path) -> None:
    root = grown(tmp_path, [{"a": "1"}, {"a": "2", "b": "1"}, {"c": "1"}, {"a": "3"}])
    assert paths(last(root)) == [["c"], ["a", "b"]]


def test_a_merge_is_what_it_brought(tmp_path: Path) -> None:
    root = grown(tmp_path, [{"a": "1\n"}])
    git(root, "switch", "-q", "-c", "side")
    commit(root, {"b": "1\n"})
    commit(root, {"c": "1\n"})
    git(root, "switch", "-q", "main")
    commit(root, {"a": "2\n"})
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    commit(root, {"a": "3\n"})
    assert paths(last(root)) == [["b", "c"], ["a"]]


def test_what_a_file_said_before(tmp_path: Path) -> None:
    root = grown(tmp_path, [{"a": "1"}, {"a": "2"}, {"b": "x"}, {"a": "3"}, {"a": "4"}])
    history = last(root).history
    assert history is not None
    assert [data.decode() for data in history.earlier("a")] == ["2", "1"]
    assert history.earlier("nothing") == []


def test_it_is_bounded(tmp_path: Path) -> None:
    root = grown(tmp_path, ({"a": str(n)} for n in range(LAST + 20)))
    assert len(paths(last(root))) == LAST


def test_without_a_commit_there_is_none(tmp_path: Path) -> None:
    root = repository(tmp_path / "new")
    (root / "a").write_text("1")
    assert paths(source.from_working_tree(str(root))) == []
    assert change_set({}, {"a": "1"}).history is None


def test_work_that_is_not_committed_has_the_past_of_its_base(tmp_path: Path) -> None:
    root = grown(tmp_path, [{"a": "1"}, {"a": "2"}])
    (root / "a").write_text("3")
    assert paths(source.from_working_tree(str(root))) == [["a"]]
    git(root, "add", "-A")
    assert paths(source.from_index(str(root))) == [["a"]]


def test_a_bare_tree_and_a_shallow_clone_know_what_they_can(tmp_path: Path) -> None:
    root = grown(tmp_path / "full", [{"a": str(n)} for n in range(6)])
    tree = git(root, "rev-parse", "HEAD~1^{tree}").decode().strip()
    assert last(root, f"{tree}..HEAD").history is None
    git(tmp_path, "clone", "-q", "--depth", "4", f"file://{root}", str(tmp_path / "shallow"))
    assert paths(last(tmp_path / "shallow")) == [["a"], ["a"]]
