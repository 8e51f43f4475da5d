"""Patches: git itself is the oracle for what applies and what comes out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blastlint.errors import SourceError
from blastlint.model import Author, ChangeSet
from blastlint.sources import open_change
from blastlint.sources.unified import read_patch
from tests.sources.repository import commit, git, listed, repository, write

BODY = "".join(f"line {n}\n" for n in range(30))


def opened(root: Path, patch: bytes, revision: str | None = None) -> ChangeSet:
    file = root.parent / "the.patch"
    file.write_bytes(patch)
    return open_change(str(root), patch=str(file), revision=revision)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = repository(tmp_path / "repo")
    commit(
        root,
        {
            "main.tf": BODY,
            "old name.txt": BODY + "tail",
            "gone.txt": "gone\n",
            "bin": b"\0\1",
            "crlf.txt": BODY.replace("\n", "\r\n"),
            "empty": "",
            "caf\xe9.txt": "x\n",
            "run.sh": "ls\n",
        },
    )
    return root


def test_everything_that_git_writes(repo: Path) -> None:
    write(
        repo,
        {
            "main.tf": BODY.replace("line 3\n", "").replace("line 20\n", "twenty\nmore\n"),
            "old name.txt": None,
            "new/name.txt": BODY + "tail\n",
            "gone.txt": None,
            "bin": b"\0\2",
            "crlf.txt": BODY.replace("\n", "\r\n").replace("line 9\r\n", "nine\r\n"),
            "empty": None,
            "born.txt": "no end",
            "caf\xe9.txt": "y\n",
        },
    )
    (repo / "run.sh").chmod(0o755)
    (repo / "link").symlink_to("main.tf")
    git(repo, "add", "-A")
    patches = [
        git(repo, "diff", "--cached", "-M", "HEAD"),
        git(repo, "diff", "--cached", "-M", "--no-prefix", "HEAD"),
        git(repo, "diff", "--cached", "-M", "--binary", "-U0", "HEAD"),
        git(repo, "diff", "--cached", "-M", "--src-prefix=i/", "--dst-prefix=w/", "-U30", "HEAD"),
    ]
    expected = open_change(str(repo), staged=True)
    for patch in patches:
        change = opened(repo, patch)
        assert listed(change) == listed(expected)
        assert [(f.mode_before, f.mode_after) for f in change.files] == [
            (f.mode_before, f.mode_after) for f in expected.files
        ]
        for file in expected.files:
            if file.path != "bin":
                assert change.after.read(file.path) == expected.after.read(file.path), file.path
        assert list(change.after.paths()) == list(expected.after.paths())
        assert (change.complete, change.base) == (True, "HEAD")
        assert b"\0" in (change.after.read("bin") or b"")


def test_from_a_directory_without_git(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    write(root, {"a/main.tf": BODY, "b.txt": "b\n"})
    header = b"--- old/a/main.tf\t2025-01-01 00:00:00\n+++ new/a/main.tf\t2025-01-02\n"
    patch = header + b"@@ -2,3 +2,2 @@\n line 1\n-line 2\n line 3\n"
    change = opened(root, patch)
    assert listed(change) == [("modified", "a/main.tf", "a/main.tf")]
    assert change.after.read("a/main.tf") == BODY.replace("line 2\n", "").encode()
    assert change.after.read("b.txt") == b"b\n" and change.complete


def test_plain_new_and_deleted_files(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    write(root, {"b.txt": "b\n"})
    patch = (
        b"diff -ruN old/b.txt new/b.txt\n--- old/b.txt\t2025-01-01\n+++ new/b.txt\t1970-01-01\n@@ -1 +0,0 @@\n-b\n"
        b"--- old/c.txt\t1970-01-01\n+++ new/c.txt\t2025-01-01\n@@ -0,0 +1 @@\n+c\nOnly in new: d.bin\n"
    )
    change = opened(root, patch)
    assert listed(change) == [("removed", "b.txt", None), ("added", None, "c.txt")]
    assert change.after.read("c.txt") == b"c\n" and change.after.read("b.txt") is None
    assert [n.id for n in change.notifications] == ["not-shown"]


def test_hunks_are_found_where_they_moved(repo: Path) -> None:
    write(repo, {"main.tf": BODY.replace("line 20\n", "twenty\n")})
    patch = git(repo, "diff")
    commit(repo, {"main.tf": "new head\n" * 5 + BODY})
    change = opened(repo, patch)
    assert change.after.read("main.tf") == ("new head\n" * 5 + BODY.replace("line 20\n", "twenty\n")).encode()


def test_line_ends_that_were_lost_on_the_way(repo: Path) -> None:
    write(repo, {"crlf.txt": BODY.replace("line 9\n", "nine\n").replace("\n", "\r\n")})
    lost = git(repo, "diff").replace(b"\r\n", b"\n")
    assert opened(repo, lost).after.read("crlf.txt") == (repo / "crlf.txt").read_bytes()
    git(repo, "checkout", "-q", "crlf.txt")
    write(repo, {"main.tf": BODY.replace("line 9\n", "nine\n")})
    gained = git(repo, "diff").replace(b"\n", b"\r\n")
    assert opened(repo, gained).after.read("main.tf") == (repo / "main.tf").read_bytes()


def test_what_does_not_apply_says_where(repo: Path) -> None:
    write(repo, {"main.tf": BODY.replace("line 20\n", "twenty\n")})
    patch = git(repo, "diff")
    commit(repo, {"main.tf": BODY.replace("line 19\n", "nineteen\n")})
    with pytest.raises(SourceError) as caught:
        opened(repo, patch)
    assert caught.value.where.endswith("the.patch:5")
    assert caught.value.message == "does not apply to main.tf:18: the lines there differ"
    base = opened(repo, patch, revision="HEAD~1")
    assert base.after.read("main.tf") == BODY.replace("line 20\n", "twenty\n").encode()


@pytest.mark.parametrize(
    ("patch", "line", "message"),
    [
        (b"hello\n", 1, "not a patch"),
        (b"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n", 5, "the patch breaks off within a hunk"),
        (
            b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n!b\n",
            5,
            "neither context, nor added, nor removed: the hunk is shorter",
        ),
        (b"--- a/x\n+++ b/x\n@@ -1,1 +1,2 @@\n a\n b\n", 6, "the hunk is longer than its header says"),
        (b"@@ -1 +1 @@\n-a\n+b\n", 1, "a hunk of no file"),
        (b"diff --cc x\nindex 1,2..3\n", 1, "a merge's combined diff cannot be applied"),
        (b"diff --git a/main.tf b/main.tf\nold mode x\n", 2, "not a file mode"),
        (
            b"diff --git a/gone.txt b/gone.txt\ndeleted file mode 100644\n"
            b"--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-other\n",
            5,
            "does not apply to gone.txt:1",
        ),
        (b"--- /dev/null\n+++ b/gone.txt\n@@ -0,0 +1 @@\n+x\n", 1, "does not apply: gone.txt is there already"),
        (
            b"--- a/main.tf\n+++ b/main.tf\n@@ -1 +1 @@\n-line 0\n+x\n--- a/no\n+++ b/no\n@@ -1 +1 @@\n-a\n+b\n",
            6,
            "does not apply: there is no no",
        ),
    ],
)
def test_complaints(repo: Path, patch: bytes, line: int, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        opened(repo, patch)
    assert caught.value.message.startswith(message)
    assert caught.value.where.endswith(f"the.patch:{line}")


def test_nothing_in_it_and_nothing_there(repo: Path) -> None:
    assert opened(repo, b"").files == ()
    with pytest.raises(SourceError, match="cannot be read"):
        open_change(str(repo), patch=str(repo / "nowhere.patch"))


def test_a_series_of_mails(repo: Path) -> None:
    commit(repo, {"main.tf": BODY.replace("line 3\n", "three\n")}, "fix: typo\n\nLonger text.\n\nTicket: 7")
    commit(repo, {"main.tf": None, "moved.tf": BODY.replace("line 3\n", "3\n")}, "move it")
    series = git(repo, "format-patch", "--stdout", "HEAD~2")
    shown = git(repo, "log", "-p", "--reverse", "HEAD~2..HEAD")
    for patch in (series, shown):
        change = opened(repo, patch, revision="HEAD~2")
        assert listed(change) == [("renamed", "main.tf", "moved.tf")]
        assert change.after.read("moved.tf") == BODY.replace("line 3\n", "3\n").encode()
        assert change.message == "fix: typo\n\nLonger text.\n\nTicket: 7\n\nmove it"
        assert change.authors == (
            Author("Ann", "ann@example.com", (("Ticket", "7"),)),
            Author("Ann", "ann@example.com"),
        )


def test_without_its_base_only_what_it_shows(repo: Path, tmp_path: Path) -> None:
    write(
        repo,
        {
            "main.tf": BODY.replace("line 20\n", "twenty\nmore\n"),
            "gone.txt": None,
            "born.txt": "b\n",
            "old name.txt": None,
            "n.txt": BODY + "tail",
        },
    )
    git(repo, "add", "-A")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    change = opened(elsewhere, git(repo, "diff", "--cached", "-M"))
    assert listed(change) == [
        ("added", None, "born.txt"),
        ("removed", "gone.txt", None),
        ("modified", "main.tf", "main.tf"),
        ("renamed", "old name.txt", "n.txt"),
    ]
    assert not change.complete and [n.id for n in change.notifications] == ["no-base-tree"]
    before, after = change.before.read("main.tf") or b"", change.after.read("main.tf") or b""
    assert before.split(b"\n")[:18] == [b""] * 17 + [b"line 17"] and before.split(b"\n")[20] == b"line 20"
    assert after.split(b"\n")[17:23] == [b"line 17", b"line 18", b"line 19", b"twenty", b"more", b"line 21"]
    assert change.before.read("gone.txt") == b"gone\n" and change.after.read("born.txt") == b"b\n"


def test_standard_input(repo: Path) -> None:
    write(repo, {"main.tf": "x\n"})
    patch = git(repo, "diff")
    git(repo, "checkout", "-q", ".")
    code = "from blastlint.sources import open_change; print(open_change(patch='-').after.read('main.tf'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=repo / ".git" / "..", input=patch, capture_output=True)
    assert done.stdout == b"b'x\\n'\n", done.stderr


LINES = st.lists(
    st.sampled_from(["a", "b", "c", "", "x y", "-- ", "+++ z", "@@ -1 +1 @@", "\\ odd", "d\r"]), max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, LINES, st.booleans(), st.booleans(), st.sampled_from(["-U0", "-U1", "-U3"]))
def test_what_git_diffs_comes_out(
    tmp_path: Path, old: list[str], new: list[str], end_old: bool, end_new: bool, context: str
) -> None:
    texts = ["\n".join(lines) + ("\n" if lines and end else "") for lines, end in ((old, end_old), (new, end_new))]
    for name, text in zip(("one", "two"), texts, strict=True):
        write(tmp_path, {f"{name}/f.txt": text})
    diff = subprocess.run(
        ["git", "diff", "--no-index", "--text", context, "one/f.txt", "two/f.txt"], cwd=tmp_path, capture_output=True
    ).stdout
    patch = diff.replace(b"one/f.txt", b"f.txt").replace(b"two/f.txt", b"f.txt")
    (tmp_path / "p.patch").write_bytes(patch)
    change = open_change(str(tmp_path / "one"), patch=str(tmp_path / "p.patch"))
    assert change.after.read("f.txt") == texts[1].encode()


PIECES = [
    "diff --git a/x b/x",
    "--- a/x",
    "+++ b/x",
    "@@ -1,2 +1 @@",
    "@@ -0,0 +1 @@",
    " a",
    "-a",
    "+b",
    "",
    "\\ No newline",
    "rename from a",
    "GIT binary patch",
    "new file mode 1",
    "Binary files a and b differ",
    'diff --git "a',
    "From 0123456789012345678901234567890123456789 Mon",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_lines_are_a_patch_or_a_complaint(lines: list[str]) -> None:
    try:
        patch = read_patch("\n".join(lines).encode(), "p")
    except SourceError as error:
        assert error.where.startswith("p:")
    else:
        assert all(file.line >= 1 for file in patch.files)
