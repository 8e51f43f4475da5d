"""Two directories as they lie on disk, and how removed and added files are paired."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.errors import SourceError
from blastlint.sources import open_change
from blastlint.sources.renames import pairs
from tests.sources.repository import listed, write

BODY = "".join(f"line {n}\n" for n in range(30))


def test_two_directories(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write(old, {"same.tf": "s\n", "main.tf": "1\n", "gone.txt": "g\n", "a/moved.txt": BODY, ".git/config": "x\n"})
    write(new, {"same.tf": "s\n", "main.tf": "2\n", "born.txt": "b\n", "b/moved.txt": BODY + "more\n"})
    odd = os.fsdecode(b"caf\xe9.txt")
    write(new, {odd: "x\n"})
    (old / "link").symlink_to("main.tf")
    (new / "link").symlink_to("same.tf")
    (new / "main.tf").chmod(0o755)
    os.mkfifo(new / "pipe")
    change = open_change(old=str(old), new=str(new))
    assert listed(change) == [
        ("renamed", "a/moved.txt", "b/moved.txt"),
        ("added", None, "born.txt"),
        ("added", None, odd),
        ("removed", "gone.txt", None),
        ("modified", "link", "link"),
        ("modified", "main.tf", "main.tf"),
    ]
    assert (change.files[-1].mode_before, change.files[-1].mode_after) == (0o100644, 0o100755)
    assert change.before.read("main.tf") == b"1\n" and change.after.read(odd) == b"x\n"
    assert list(change.before.paths()) == ["a/moved.txt", "gone.txt", "main.tf", "same.tf"]
    assert list(change.after.listdir("")) == sorted(["born.txt", odd, "main.tf", "same.tf"])
    assert list(change.after.listdir("b")) == ["b/moved.txt"] and list(change.after.listdir("no")) == []
    assert (
        list(change.after.search("line 7")) == ["b/moved.txt"] and list(change.after.search("line 7", (".tf",))) == []
    )


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write(tmp_path, {"secret/s.txt": "s\n", "old/a": "a\n", "new/a": "a\n"})
    (new / "way").symlink_to(tmp_path / "secret")
    tree = open_change(old=str(old), new=str(new)).after
    for path in ("way/s.txt", "../secret/s.txt", str(tmp_path / "secret/s.txt"), "way", "a/b", "a\0b", ""):
        assert tree.read(path) is None and tree.size(path) is None
    for path in ("way", "..", "../secret", str(tmp_path / "secret")):
        assert list(tree.listdir(path)) == []


def test_what_is_no_directory(tmp_path: Path) -> None:
    write(tmp_path, {"file": "x\n"})
    for path, message in (("nowhere", "no such directory"), ("file", "not a directory")):
        with pytest.raises(SourceError, match=message):
            open_change(old=str(tmp_path), new=str(tmp_path / path))


def test_pairs_prefer_equal_then_similar_then_the_same_name() -> None:
    old = {"a/x.tf": BODY, "b/y.tf": BODY + "y\n", "c/z.tf": "other\n" * 9, "e": ""}
    new = {"n/y.tf": BODY, "n/x.tf": BODY, "n/w.tf": BODY + "y\nw\n", "n/v.tf": "unlike\n" * 9, "f": ""}
    found = pairs(old, new, lambda p: old[p].encode(), lambda p: new[p].encode())
    assert found == [("a/x.tf", "n/x.tf"), ("b/y.tf", "n/w.tf")]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcd"), st.binary(max_size=30)),
    st.dictionaries(st.sampled_from("wxyz"), st.binary(max_size=30)),
)
def test_every_path_is_paired_once(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    found = pairs(old, new, old.get, new.get)
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
    equal = {data for data in old.values() if data} & set(new.values())
    assert len([pair for pair in found if old[pair[0]] == new[pair[1]]]) >= len(equal)
