"""git in all its states: what changed, what is read, and that nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from blastlint.errors import SourceError, UsageError
from blastlint.model import Author, Tree
from blastlint.sources import open_change
from tests.sources.repository import ENVIRONMENT, commit, fingerprint, git, listed, repository, write

BODY = "".join(f"line {n}\n" for n in range(40))


@pytest.fixture(autouse=True)
def plain_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own git configuration has no say in these tests."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, ENVIRONMENT[name])
    monkeypatch.delenv("GIT_DIR", raising=False)
    monkeypatch.delenv("GIT_INDEX_FILE", raising=False)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = repository(tmp_path / "repo")
    commit(root, {"main.tf": BODY, "sub/old.txt": BODY + "old\n", "gone.txt": "gone\n", "bin": b"\0\1"}, "first")
    return root


# --- ranges -----------------------------------------------------------------------------------------------------------


def test_range(repo: Path) -> None:
    files = {
        "main.tf": BODY + "x\n",
        "sub/old.txt": None,
        "sub/new.txt": BODY + "new\n",
        "gone.txt": None,
        "bin": b"\0\2",
    }
    commit(repo, {**files, "born.txt": "born\n"}, "second")
    change = open_change(str(repo), revision="HEAD~1..HEAD")
    assert listed(change) == [
        ("modified", "bin", "bin"),
        ("added", None, "born.txt"),
        ("removed", "gone.txt", None),
        ("modified", "main.tf", "main.tf"),
        ("renamed", "sub/old.txt", "sub/new.txt"),
    ]
    assert change.before.read("main.tf") == BODY.encode() and change.after.read("main.tf") == (BODY + "x\n").encode()
    assert change.before.size("sub/old.txt") == len(BODY) + 4 and change.before.read("sub/new.txt") is None
    assert (
        change.after.read("sub") is None and change.after.read("main.tf/x") is None and change.after.size("no") is None
    )
    assert list(change.before.paths()) == ["bin", "gone.txt", "main.tf", "sub/old.txt"]
    assert list(change.after.listdir("")) == ["bin", "born.txt", "main.tf"]
    assert list(change.after.listdir("sub")) == ["sub/new.txt"] and list(change.after.listdir("nowhere")) == []
    assert list(change.before.search("line 7\n")) == ["main.tf", "sub/old.txt"]
    assert list(change.before.search("line 7", (".tf",))) == ["main.tf"] and list(change.before.search("nope")) == []
    assert (change.base, change.head, change.branch, change.complete) == ("HEAD~1", "HEAD", "main", True)


def logged(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file into which every git from here on writes its arguments, a line each."""
    real = git(repo, "--exec-path").decode().strip()
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/log\nexec {real}/git "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "log"


def test_a_range_costs_two_processes(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, {"main.tf": "x\n"}, "second")
    commit(repo, {"sub/other.txt": "y\n"}, "third")
    log = logged(repo, tmp_path, monkeypatch)
    change = open_change(str(repo), revision="HEAD~2..HEAD")
    for file in change.files:
        change.before.read(file.path)
        change.after.read(file.path)
    change.before.listdir("sub")
    assert change.message == "second\n\nthird"
    assert len(log.read_text().splitlines()) == 2


def test_a_narrower_question_is_answered_by_the_wider_search_before_it(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.tf": "one ./x\ntwo ../y\n", "b/a.tf": "./b\n", "b/unit.hcl": "/y\n./z\n", "c.md": "./c\n"}
    commit(repo, files, "second")
    commit(repo, {"gone.txt": None}, "third")

    def tree() -> Tree:
        return open_change(str(repo), revision="HEAD~1..HEAD").after

    questions = [(("./",), (".tf",)), (("../", "/y"), (".tf", ".hcl")), (("/y",), (".hcl",))]
    alone = [list(tree().lines(*question)) for question in questions]
    assert alone == [
        [("a.tf", "one ./x"), ("a.tf", "two ../y"), ("b/a.tf", "./b")],
        [("a.tf", "two ../y"), ("b/unit.hcl", "/y")],
        [("b/unit.hcl", "/y")],
    ]
    log = logged(repo, tmp_path, monkeypatch)
    asked = tree()
    asked.lines(("./", "../", "/y"), (".tf", ".hcl"))
    assert [list(asked.lines(*question)) for question in questions] == alone
    assert sum(" grep " in line for line in log.read_text().splitlines()) == 1
    asked.lines(("./",))  # all files: nothing that was asked before says what the others hold
    assert sum(" grep " in line for line in log.read_text().splitlines()) == 2


def test_merge_base(repo: Path) -> None:
    git(repo, "checkout", "-qb", "topic")
    commit(repo, {"topic.txt": "t\n"}, "on topic")
    git(repo, "checkout", "-q", "main")
    commit(repo, {"other.txt": "o\n"}, "on main")
    change = open_change(str(repo), revision="main...topic")
    assert listed(change) == [("added", None, "topic.txt")]
    assert (change.message, change.branch, change.base) == ("on topic", "topic", "merge base of main and topic")
    assert listed(open_change(str(repo), revision="main..topic")) == [
        ("removed", "other.txt", None),
        ("added", None, "topic.txt"),
    ]
    git(repo, "checkout", "-q", "--orphan", "alone")
    commit(repo, {"a": "a\n"})
    with pytest.raises(SourceError, match="have no common history"):
        open_change(str(repo), revision="main...alone")


def test_messages_authors_and_trailers(repo: Path) -> None:
    base = git(repo, "rev-parse", "HEAD").decode().strip()
    commit(repo, {"a": "1\n"}, "fix: a\n\nBecause.\n\nCo-authored-by: Bot <bot@example.com>\nTicket: 7\n  and 8")
    git(repo, "checkout", "-qb", "side", base)
    commit(repo, {"b": "1\n"}, "side work")
    git(repo, "checkout", "-q", "main")
    git(repo, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    change = open_change(str(repo), revision=f"{base}..main")
    assert sorted(change.message.split("\n\n")) == sorted(
        ["fix: a", "Because.", "Co-authored-by: Bot <bot@example.com>\nTicket: 7\n  and 8", "side work"]
    )
    trailers = (("Co-authored-by", "Bot <bot@example.com>"), ("Ticket", "7 and 8"))
    assert set(change.authors) == {Author("Ann", "ann@example.com", trailers), Author("Ann", "ann@example.com")}


def test_range_of_other_history_stops_at_what_base_has(repo: Path) -> None:
    first = git(repo, "rev-parse", "HEAD").decode().strip()
    second = commit(repo, {"a": "1\n"}, "second")
    change = open_change(str(repo), revision=f"{second}..{first}")
    assert (listed(change), change.message) == ([("removed", "a", None)], "")


def test_odd_names_modes_links_submodules(repo: Path, tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner")
    commit(inner, {"x": "1\n"})
    git(repo, "submodule", "add", "-q", str(inner), "module")
    odd = os.fsdecode(b"caf\xe9\nname.txt")
    write(repo, {odd: b"\xff\xfe latin\n"})
    (repo / "link").symlink_to("main.tf")
    (repo / "main.tf").chmod(0o755)
    commit(repo, {}, "odd")
    change = open_change(str(repo), revision="HEAD~1..HEAD")
    by_path = {file.path: file for file in change.files}
    assert set(by_path) == {".gitmodules", odd, "link", "main.tf", "module"}
    assert change.after.read(odd) == b"\xff\xfe latin\n" and odd in change.after.paths()
    assert (by_path["main.tf"].mode_before, by_path["main.tf"].mode_after) == (0o100644, 0o100755)
    assert by_path["link"].is_symlink and change.after.read("link") is None and "link" not in change.after.listdir("")
    assert by_path["module"].is_submodule and change.after.read("module") is None
    (note,) = change.notifications
    assert (note.id, note.path, note.message.startswith("submodule pointer: nothing -> ")) == (
        "submodule-changed", "module", True,
    )  # fmt: skip


def test_bare_repository(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"main.tf": "x\n"})
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    change = open_change(str(tmp_path / "bare.git"), revision="HEAD~1..HEAD")
    assert listed(change) == [("modified", "main.tf", "main.tf")]
    assert (change.after.read("main.tf"), change.branch) == (b"x\n", "main")
    with pytest.raises(SourceError, match="a bare repository has no working tree"):
        open_change(str(tmp_path / "bare.git"))
    with pytest.raises(SourceError, match="a bare repository has no working tree"):
        open_change(str(tmp_path / "bare.git"), staged=True)


def test_shallow_clone(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"main.tf": "x\n"})
    commit(repo, {"main.tf": "y\n"})
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repo}", "shallow")
    shallow = str(tmp_path / "shallow")
    assert listed(open_change(shallow, revision="HEAD~1..HEAD")) == [("modified", "main.tf", "main.tf")]
    with pytest.raises(SourceError, match=r"shallow clone\n.*`fetch-depth: 0`"):
        open_change(shallow, revision="HEAD~2..HEAD")


def test_partial_clone_is_not_filled(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"main.tf": BODY + "x\n", "sub/old.txt": None, "sub/moved.txt": BODY + "old\n"})
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{repo}", "partial")
    partial = tmp_path / "partial"
    before = fingerprint(partial)
    change = open_change(str(partial), revision="HEAD~1..HEAD")
    assert listed(change) == [("modified", "main.tf", "main.tf"), ("renamed", "sub/old.txt", "sub/moved.txt")]
    assert change.after.read("main.tf") == (BODY + "x\n").encode()
    with pytest.raises(SourceError, match=r"not in this clone\n.*partial clone"):
        change.before.read("main.tf")
    assert change.after.read("sub/moved.txt") == (BODY + "old\n").encode()  # git is asked again after it has stopped
    assert fingerprint(partial) == before


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("nope..HEAD", "unknown revision 'nope'"),
        ("HEAD..nope", "unknown revision 'nope'"),
        ("nope", "unknown revision 'nope'"),
        ("--output=x..HEAD", "no revision: '--output=x'"),
        ("-x", "no revision: '-x'"),
        ("sub", "unknown revision 'sub', but a path"),
    ],
)
def test_unknown_revision(repo: Path, revision: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_change(str(repo), revision=revision)
    assert caught.value.message == message and caught.value.remedy


def test_before_the_first_commit_there_is_nothing(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repo), "clone")
    with pytest.raises(SourceError, match=r"there is no 'HEAD~9': the history of HEAD does not go back so far"):
        open_change(str(tmp_path / "clone"), revision="HEAD~9..HEAD")


def test_remote_branch_is_suggested(repo: Path, tmp_path: Path) -> None:
    git(repo, "branch", "release")
    git(tmp_path, "clone", "-q", str(repo), "clone")
    with pytest.raises(SourceError, match=r"Did you mean origin/release\?"):
        open_change(str(tmp_path / "clone"), revision="release..HEAD")


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    for revision in (None, "A..B"):
        with pytest.raises(SourceError, match="no git repository"):
            open_change(str(tmp_path / "plain"), revision=revision)
    with pytest.raises(SourceError, match="no such directory"):
        open_change(str(tmp_path / "nowhere"))


# --- the working tree and the index -----------------------------------------------------------------------------------


def test_uncommitted_work(repo: Path) -> None:
    write(repo, {"main.tf": BODY + "x\n", "new/untracked.txt": "u\n", ".gitignore": "*.log\n", "noise.log": "n\n"})
    (repo / "gone.txt").unlink()
    (repo / "sub/old.txt").rename(repo / "new/moved.txt")  # a plain mv
    write(repo, {"new/moved.txt": BODY + "new\n"})
    state = fingerprint(repo)
    for start in (repo, repo / "new"):
        change = open_change(str(start))
        assert listed(change) == [
            ("added", None, ".gitignore"),
            ("removed", "gone.txt", None),
            ("modified", "main.tf", "main.tf"),
            ("renamed", "sub/old.txt", "new/moved.txt"),
            ("added", None, "new/untracked.txt"),
        ]
        assert change.after.read("main.tf") == (BODY + "x\n").encode() and change.after.read("bin") == b"\0\1"
        assert change.after.read("sub/old.txt") is None and change.after.read("noise.log") is None
        assert list(change.after.paths()) == [".gitignore", "bin", "main.tf", "new/moved.txt", "new/untracked.txt"]
        assert list(change.after.listdir("new")) == ["new/moved.txt", "new/untracked.txt"]
        assert list(change.after.search("line 7")) == ["main.tf", "new/moved.txt"]
        assert (change.base, change.head, change.branch) == ("HEAD", "working tree", "main")
    assert fingerprint(repo) == state


def test_touching_a_file_is_no_change_and_writes_nothing(repo: Path) -> None:
    os.utime(repo / "main.tf", (1, 1))
    state = fingerprint(repo)
    assert open_change(str(repo)).files == ()
    assert open_change(str(repo), staged=True).files == ()
    assert fingerprint(repo) == state


def test_one_revision_against_the_working_tree(repo: Path) -> None:
    commit(repo, {"main.tf": "2\n"})
    write(repo, {"u.txt": "u\n"})
    change = open_change(str(repo), revision="HEAD~1")
    assert listed(change) == [("modified", "main.tf", "main.tf"), ("added", None, "u.txt")]
    assert change.before.read("main.tf") == BODY.encode()


def test_staged(repo: Path) -> None:
    write(repo, {"main.tf": "staged\n", "gone.txt": None})
    git(repo, "add", "-A")
    write(repo, {"main.tf": "later\n", "untracked": "u\n"})
    change = open_change(str(repo), staged=True)
    assert listed(change) == [("removed", "gone.txt", None), ("modified", "main.tf", "main.tf")]
    assert change.after.read("main.tf") == b"staged\n" and change.after.size("main.tf") == 7
    assert list(change.after.paths()) == ["bin", "main.tf", "sub/old.txt"] and change.head == "index"


def test_taken_out_of_the_index_only(repo: Path) -> None:
    git(repo, "rm", "-q", "--cached", "main.tf", "gone.txt")
    write(repo, {"gone.txt": "other\n"})
    change = open_change(str(repo))
    assert listed(change) == [("modified", "gone.txt", "gone.txt")]
    assert change.after.read("gone.txt") == b"other\n" and change.after.read("main.tf") == BODY.encode()


def test_before_the_first_commit(tmp_path: Path) -> None:
    for kind in ("sha1", "sha256"):
        root = repository(tmp_path / kind, f"--object-format={kind}")
        write(root, {"a.tf": "a\n", "b.tf": "b\n"})
        git(root, "add", "a.tf")
        change = open_change(str(root))
        assert listed(change) == [("added", None, "a.tf"), ("added", None, "b.tf")]
        assert (change.before.paths(), change.after.read("a.tf")) == ([], b"a\n")
        assert listed(open_change(str(root), staged=True)) == [("added", None, "a.tf")]
        commit(root, {}, "first")
        assert open_change(str(root)).after.read("b.tf") == b"b\n"


def test_linked_worktree(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    write(tmp_path / "linked", {"main.tf": "here\n"})
    change = open_change(str(tmp_path / "linked"))
    assert listed(change) == [("modified", "main.tf", "main.tf")]
    assert (change.after.read("main.tf"), change.branch) == (b"here\n", "linked")
    assert open_change(str(repo)).files == ()


def test_links_are_not_followed(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (repo / "main.tf").unlink()
    (repo / "main.tf").symlink_to(tmp_path / "secret")
    (repo / "outside").symlink_to(tmp_path)
    change = open_change(str(repo))
    assert [(f.path, f.is_symlink) for f in change.files] == [("main.tf", True), ("outside", True)]
    for path in ("main.tf", "outside", "outside/secret", "../secret", str(tmp_path / "secret")):
        assert change.after.read(path) is None


def test_unmerged_files(repo: Path) -> None:
    git(repo, "checkout", "-qb", "other")
    commit(repo, {"gone.txt": "theirs\n"})
    git(repo, "checkout", "-q", "main")
    commit(repo, {"gone.txt": "ours\n"})
    with pytest.raises(AssertionError):
        git(repo, "merge", "-q", "other")
    working = open_change(str(repo))
    assert listed(working) == [("modified", "gone.txt", "gone.txt")]
    assert b"<<<<<<<" in (working.after.read("gone.txt") or b"")
    staged = open_change(str(repo), staged=True)
    assert staged.files == ()
    assert [(n.id, n.path, n.incomplete) for n in staged.notifications] == [("unmerged", "gone.txt", True)]


def test_nested_repository_is_named(repo: Path) -> None:
    commit(repository(repo / "nested"), {"x": "1\n"})
    change = open_change(str(repo))
    assert change.files == ()
    assert [(n.id, n.path) for n in change.notifications] == [("nested-repository", "nested/")]


@pytest.mark.parametrize(
    ("attributes", "autocrlf", "stored", "converted"),
    [
        ("", "false", b"a\n", False),
        ("", "true", b"a\n", True),
        ("", "input", b"a\n", True),
        ("", "true", b"a\r\n", False),
        ("* text=auto", "false", b"a\n", True),
        ("* -text", "true", b"a\n", False),
        ("* text", "false", b"a\n", True),
        ("*.tf eol=lf", "false", b"a\n", True),
        ("*.tf eol=crlf", "false", b"a\n", True),
        ("*.tf crlf", "false", b"a\n", True),
        ("*.tf -crlf", "true", b"a\n", False),
    ],
)
def test_line_ends_as_git_would_store_them(
    tmp_path: Path, attributes: str, autocrlf: str, stored: bytes, converted: bool
) -> None:
    root = repository(tmp_path / "crlf")
    git(root, "config", "core.autocrlf", "false")
    commit(root, {"main.tf": stored})
    git(root, "config", "core.autocrlf", autocrlf)
    write(root, {"main.tf": b"b\r\nc\r\n", "new.tf": b"d\r\n", ".gitattributes": attributes})
    change = open_change(str(root))
    expected = b"b\nc\n" if converted else b"b\r\nc\r\n"
    assert change.after.read("main.tf") == expected
    git(root, "-c", "core.safecrlf=false", "add", "-A")  # what git itself makes of it
    assert git(root, "cat-file", "blob", ":main.tf") == expected
    assert change.after.read("new.tf") == git(root, "cat-file", "blob", ":new.tf")


def test_other_encodings_and_binaries_on_disk(tmp_path: Path) -> None:
    root = repository(tmp_path / "encodings")
    commit(root, {".gitattributes": "*.ps1 working-tree-encoding=UTF-16LE\n* text=auto\n"})
    write(root, {"a.ps1": "a\r\nb\r\n".encode("utf-16-le"), "x.bin": b"\0\r\n", "lone.txt": b"a\rb\r\n"})
    change = open_change(str(root))
    read = {path: change.after.read(path) for path in ("a.ps1", "x.bin", "lone.txt")}
    git(root, "add", "-A")
    assert read == {path: git(root, "cat-file", "blob", f":{path}") for path in read}
    assert read["a.ps1"] == b"a\nb\n"


def test_what_does_not_go_together(repo: Path) -> None:
    for options in (
        {"staged": True, "revision": "A..B"},
        {"staged": True, "patch": "-"},
        {"old": "a", "new": "b", "revision": "A"},
        {"old": "a"},
    ):
        with pytest.raises(UsageError):
            open_change(str(repo), **options)  # type: ignore[arg-type]
