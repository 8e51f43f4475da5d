"""`blastlint check` from the outside: sources, formats, files, gates, exit codes, one clear message for every mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from blastlint.cli import run
from blastlint.replay import named

GUARDED = 'resource "aws_db_instance" "main" {\n  identifier          = "orders"\n  deletion_protection = true\n}\n'
UNGUARDED = GUARDED.replace("true", "false")
ACCEPT = "GRD001@aws_db_instance.main"


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """old/ and new/ in the working directory; new/ has lost its guard."""
    for side, text in (("old", GUARDED), ("new", UNGUARDED)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "main.tf").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits: the second one takes the guard away and says that it fixes a typo."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    git("init", "--quiet", "--initial-branch=main")
    for text, message in ((GUARDED, "first"), (UNGUARDED, "docs: fix typo")):
        (tmp_path / "main.tf").write_text(text)
        git("add", "--all")
        git("commit", "--quiet", "-m", message)
    return tmp_path


def git(*arguments: str) -> None:
    identity = {
        f"GIT_{who}_{what}": "t@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    subprocess.run(["git", *arguments], check=True, env=os.environ | identity | {"GIT_CONFIG_GLOBAL": os.devnull})


def rules_of(text: str) -> list[str]:
    return [finding["rule"] for finding in json.loads(text)["findings"]]


# --- sources and gates ----------------------------------------------------------------------------------------------


def test_two_directories(trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "old", "new"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("main.tf\n  critical  GRD001 deletion-protection-disabled  line 3\n")
    assert "      -    3 |   deletion_protection = true\n      +    3 |   deletion_protection = false\n" in out
    assert out.endswith("blastlint: FAIL: 1 finding (1 critical) in 1 changed file; 1 at high or above\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--fail-on", "critical"], 1),
        (["--fail-on", "never"], 0),
        (["--ignore", "GRD"], 0),
        (["--select", "deletion-protection-disabled"], 1),
        (["--select", "NET001,CMD"], 0),
        (["--accept", ACCEPT], 0),
        (["--accept", "GRD001@aws_db_instance.other"], 1),
        (["--format", "sarif"], 0),
        (["--format", "sarif", "--fail-on", "high"], 1),
        (["--format", "json"], 1),
        (["--strict"], 1),
    ],
)
def test_exit_codes(trees: Path, arguments: list[str], code: int) -> None:
    assert run(["check", "old", "new", *arguments]) == code


def test_a_range_its_message_and_an_intent_given_instead(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "HEAD~1..HEAD", "--format", "json"]) == 1
    assert rules_of(capsys.readouterr().out) == ["GRD001", "SCP002"]
    run(
        [
            "check",
            "HEAD~1..HEAD",
            "--format",
            "json",
            "--intent",
            "Turn deletion_protection of aws_db_instance.main off",
        ]
    )
    assert rules_of(capsys.readouterr().out) == ["GRD001"]
    (repository / "intent.txt").write_text("docs: fix typo")
    run(["check", "HEAD~1..HEAD", "--format", "json", "--intent", "@intent.txt"])
    assert rules_of(capsys.readouterr().out) == ["GRD001", "SCP002"]


def test_working_tree_index_revision_and_patch(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 0
    git("checkout", "--quiet", "HEAD~1")
    (repository / "main.tf").write_text(UNGUARDED)
    assert run(["check"]) == 1
    assert run(["check", "--staged"]) == 0
    git("add", "main.tf")
    assert run(["check", "--staged"]) == 1
    assert run(["check", "main"]) == 0
    diff = subprocess.run(["git", "diff", "--cached"], check=True, capture_output=True).stdout
    git("reset", "--quiet", "--hard")
    (repository / "x.diff").write_bytes(diff)
    assert run(["check", "--patch", "x.diff"]) == 1
    capsys.readouterr()


def test_accepted_findings_stay_in_the_report(trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "old", "new", "--accept", ACCEPT, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"]["outcome"] == "pass"
    assert [f["suppressions"][0]["justification"] for f in document["findings"]] == [f"accepted: {ACCEPT}"]
    run(["check", "old", "new", "--accept", ACCEPT])
    assert capsys.readouterr().out == "blastlint: pass: no findings in 1 changed file, 1 allowed or accepted\n"
    run(["check", "old", "new", "--accept", ACCEPT, "--show-suppressed"])
    assert "GRD001" in capsys.readouterr().out


def test_the_configuration_of_base_judges(trees: Path) -> None:
    (trees / "new" / "blastlint.toml").write_text('ignore = ["GRD001"]\n')
    assert run(["check", "old", "new"]) == 1
    (trees / "old" / "blastlint.toml").write_text('ignore = ["GRD001"]\n')
    assert run(["check", "old", "new"]) == 0
    (trees / "mine.toml").write_text('fail-on = "never"\n')
    assert run(["check", "old", "new", "--config", "mine.toml"]) == 0


def test_strict_counts_what_was_not_analysed(trees: Path) -> None:
    for side in ("old", "new"):
        (trees / side / "main.tf").write_bytes(b'resource "a" "b" {\n  x = \x00\n}\n' + side.encode())
    assert run(["check", "old", "new", "--ignore", "POL004"]) == 0
    assert run(["check", "old", "new", "--ignore", "POL004", "--strict"]) == 3


# --- outputs --------------------------------------------------------------------------------------------------------


def test_several_outputs_at_once(trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(
        ["check", "old", "new", "--output", "sarif=.sarif/x.sarif", "--output", "json=x.json", "--output", "markdown=x.md",
         "--category", "infra/"]
    )  # fmt: skip
    assert code == 1
    sarif = json.loads((trees / ".sarif" / "x.sarif").read_text())
    assert sarif["runs"][0]["automationDetails"]["id"] == "infra/"
    assert [r["ruleId"] for r in sarif["runs"][0]["results"]] == rules_of((trees / "x.json").read_text()) == ["GRD001"]
    assert (trees / "x.md").read_text().startswith("### blastlint: fail, 1 critical")
    assert sorted(p.name for p in (trees / ".sarif").iterdir()) == ["x.sarif"]
    assert "GRD001" in capsys.readouterr().out


def test_quiet_is_silent_unless_something_fails(trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "old", "old", "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["check", "old", "new", "--quiet"]) == 1
    assert "GRD001" in capsys.readouterr().out


def test_colour_follows_the_environment(
    trees: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    run(["check", "old", "new"])
    assert "\x1b[" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    run(["check", "old", "new", "--output", "text=plain.txt"])
    assert "\x1b[" in capsys.readouterr().out
    assert "\x1b[" not in (trees / "plain.txt").read_text()
    monkeypatch.setenv("NO_COLOR", "1")
    run(["check", "old", "new"])
    assert "\x1b[" not in capsys.readouterr().out


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "old", "nowhere"], "nowhere: no such directory\n  Give two directories: blastlint check OLD NEW."),
        (["check", "x", "y"], "neither x nor y is a directory\n  For two revisions write: blastlint check x..y"),
        (["check", "a", "b", "c"], "too many arguments: a b c\n  Give nothing, REVISION"),
        (["check", "--staged", "--patch", "x"], "--staged and --patch are two different changes"),
        (["check", "old", "new", "--staged"], "OLD NEW goes with neither --staged nor --patch"),
        (["check", "./old"], "./old is a directory\n  Give two: blastlint check OLD ./old"),
        (["check", "old", "new", "--select", "GRD0001"], "--select: there is no rule 'GRD0001' (did you mean 'GRD001'?)"),
        (["check", "old", "new", "--accept", "GRD001"], "cannot accept 'GRD001'\n  Write RULE@ADDRESS"),
        (
            ["check", "old", "new", "--accept", "GRD801@x"],
            "--accept: there is no rule 'GRD801' (did you mean 'GRD010'?)",
        ),
        (["check", "old", "new", "--output", "x.sarif"], "--output 'x.sarif' is not FORMAT=PATH"),
        (["check", "old", "new", "--output", "json=-"], "--output 'json=-' names no file"),
        (["check", "old", "new", "--output", "sarif=old"], "old: cannot write the report"),
        (["check", "old", "new", "--rules", "no.yaml"], "no.yaml: no such file or directory"),
        (["check", "old", "new", "--config", "no.toml"], "no.toml: No such file"),
        (["check", "old", "new", "--intent", "@no.txt"], "no.txt: --intent: No such file"),
        (["check", "--patch", "no.diff"], "no.diff"),
        (["check", "old", "new", "--fail-on", "hi"], "Invalid value for '--fail-on'"),
        (["check", "--what"], "No such option"),
        (["chek"], "no command 'chek' (did you mean 'check'?)"),
        (["explain", "GRD1"], "there is no rule 'GRD1'"),
        (["replay", "kiro"], "there is no replay 'kiro'"),
    ],
)
def test_every_mistake_has_one_clear_message(
    trees: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("blastlint: ")
    assert says in err
    assert "Traceback" not in err


def test_a_wrong_configuration_is_named_with_its_line(trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for side in ("old", "new"):
        (trees / side / "blastlint.toml").write_text('# ours\nfail_on = "high"\n')
    assert run(["check", "old", "new"]) == 2
    assert "blastlint: blastlint.toml:2: unknown key 'fail_on' (did you mean 'fail-on'?)" in capsys.readouterr().err


def test_a_wrong_rule_is_named_with_its_line(trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (trees / "mine.yaml").write_text("id: XXX001\nnaem: x\n")
    assert run(["check", "old", "new", "--rules", "mine.yaml"]) == 2
    assert "mine.yaml:2: unknown key 'naem' (did you mean 'name'?)" in capsys.readouterr().err


def test_an_unknown_revision_and_no_repository(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "nope..HEAD"]) == 2
    assert "unknown revision 'nope'" in capsys.readouterr().err


def test_a_fault_of_ours_is_no_traceback(
    trees: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("blastlint.cli.check.change_of", broken)
    monkeypatch.delenv("BLASTLINT_DEBUG", raising=False)
    assert run(["check"]) == 2
    assert "internal error: ZeroDivisionError: oops" in capsys.readouterr().err
    monkeypatch.setenv("BLASTLINT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["check"])


def test_an_interrupt_is_no_traceback(
    trees: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("blastlint.cli.check.change_of", interrupted)
    assert run(["check"]) == 130
    assert capsys.readouterr().err.strip() == "blastlint: interrupted"


# --- as a process ---------------------------------------------------------------------------------------------------


def process(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "blastlint", *arguments], capture_output=True, text=True, check=False, **options
    )  # type: ignore[call-overload, no-any-return]


def test_a_reader_that_goes_away_changes_nothing(trees: Path) -> None:
    command = f"{sys.executable} -m blastlint rules list | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"


def test_a_console_without_utf8_does_not_fail(trees: Path) -> None:
    (trees / "new" / "main.tf").write_text(UNGUARDED.replace("orders", "ördërs→"), encoding="utf-8")
    done = process("check", "old", "new", env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_check_of_infrastructure_imports_no_heavy_library(trees: Path) -> None:
    code = (
        "import sys; from blastlint.cli import run; run(['check', 'old', 'new', '--select', 'NET'])\n"
        "heavy = {'libcst', 'sarif_om', 'attr', 'multiprocessing', 'importlib.metadata', 'logging', 'jsonschema',\n"
        "         'tree_sitter_python', 'tree_sitter_bash', 'yaml'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_version_imports_next_to_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); from blastlint.cli import run; run(['--version'])\n"
        "new = set(sys.modules) - before - {'__future__', 'gc'}\n"
        "assert new == {'blastlint', 'blastlint.cli', 'blastlint.errors'}, new\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("blastlint ")


def test_the_kiro_incident_as_a_user_meets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = named("kiro-cost-explorer")
    monkeypatch.chdir(tmp_path)
    done = process("check", f"{case.directory}/before", f"{case.directory}/after", "--intent", case.message)
    assert done.returncode == 1
    assert done.stdout.index("critical") < done.stdout.index("high")
    assert "RES007 delete-and-recreate-sequence" in done.stdout
