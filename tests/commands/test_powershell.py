"""PowerShell in the model of shell: how a command is written says nothing, and what is only said is not done."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.command import Command, Script
from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.facts.commands import classes_of
from blastlint.parse.powershell import parse
from blastlint.sources.memory import change_set

COMMANDS = {
    "CMD001": ["Remove-Item", "-Recurse", "-Path", "C:\\Users\\*"],
    "CMD003": ["Remove-AzResourceGroup", "-Name", "shop"],
    "CMD004": ["Remove-S3Bucket", "-BucketName", "uploads"],
}
CARRIERS = ["{}", "if ($a) {{\n {}\n}}", "function f {{ {} }}\nf", "try {{ {} }} catch {{ throw }}"]
MENTIONS = [
    "Write-Host '{}'", "# {}", "<# {} #>", "$text = '{}'", "@'\n{}\n'@ | Out-File a.txt",
    "Set-Content a.txt \"{}\"",
    "git commit -m '{}'", "throw '{}'",
]  # fmt: skip


def commands(text: str) -> tuple[Command, ...]:
    content = parse("a.ps1", "after", text.encode()).content
    assert isinstance(content, Script)
    return content.commands


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in shipped_rules() if rule.id in COMMANDS)


def found(rules: tuple[Rule, ...], text: str) -> list[tuple[str, str]]:
    before, after = {"a.ps1": "Write-Host hello\n"}, {"a.ps1": f"Write-Host hello\n{text}\n"}
    report = pipeline.check(change_set(before, after), rules)
    return sorted((f.rule_id, f.severity) for f in report.findings)


@pytest.mark.parametrize("rule", COMMANDS)
def test_each_command_is_found_as_it_stands(rule: str, rules: tuple[Rule, ...]) -> None:
    assert found(rules, " ".join(COMMANDS[rule])) == [(rule, "critical")]


@settings(max_examples=50, deadline=None)
@given(
    rule=st.sampled_from(sorted(COMMANDS)),
    upper=st.lists(st.booleans(), min_size=4, max_size=4),
    gap=st.sampled_from([" ", "  ", " `\n  ", "\t"]),
    quote=st.sampled_from(["", "'", '"']),
    carrier=st.sampled_from(CARRIERS),
)
def test_case_layout_quotes_and_blocks_change_nothing(
    rule: str, upper: list[bool], gap: str, quote: str, carrier: str, rules: tuple[Rule, ...]
) -> None:
    words = [w.upper() if up else w.lower() for w, up in zip(COMMANDS[rule], upper, strict=False)]
    words[-1] = f"{quote}{COMMANDS[rule][-1]}{quote}"
    assert found(rules, carrier.format(gap.join(words))) == [(rule, "critical")]


def test_what_an_expression_is_given_runs(rules: tuple[Rule, ...]) -> None:
    assert found(rules, "Invoke-Expression 'Remove-AzResourceGroup -Name shop'") == [("CMD003", "critical")]


@settings(max_examples=40, deadline=None)
@given(
    mentioned=st.lists(st.sampled_from(sorted(COMMANDS)), min_size=1, max_size=3),
    mention=st.sampled_from(MENTIONS),
    joint=st.sampled_from(["; ", " && ", " | "]),
)
def test_what_is_mentioned_is_not_done(mentioned: list[str], mention: str, joint: str, rules: tuple[Rule, ...]) -> None:
    assert found(rules, mention.format(joint.join(" ".join(COMMANDS[rule]) for rule in mentioned))) == []


@pytest.mark.parametrize(
    ("text", "tool", "options", "targets"),
    [
        ("rm -r -fo x", "remove-item", ["force", "recurse"], [("x", "literal")]),
        ("Remove-Item -LiteralPath C:\\ -Rec", "remove-item", ["recurse"], [("/", "root")]),
        ("$d = Join-Path $env:TEMP 'a'\nri $d -Recurse", "remove-item", ["recurse"], [("$env:TEMP/a", "temporary")]),
        ("param([Parameter(Mandatory)]$d)\nri \"$d\\*\" -r", "remove-item", ["recurse"], [("$d/*", "guarded")]),
        ("if (-not $d) { exit 1 }\nri $d/* -r", "remove-item", ["recurse"], [("$d/*", "guarded")]),
        ("ri ~/* -r", "remove-item", ["recurse"], [("~/*", "home")]),
        ("& kubectl delete ns shop", "kubectl", [], [("ns", "literal"), ("shop", "literal")]),
        ("gci data | ri -Recurse", "remove-item", ["recurse"], [("data", "literal")]),
    ],
)
def test_a_command_is_what_it_does(text: str, tool: str, options: list[str], targets: list[tuple[str, str]]) -> None:
    command = commands(text)[-1]
    assert (command.tool, [o.name for o in command.options]) == (tool, options)
    assert [(t.value, t.kind) for t in command.targets] == targets


def test_a_block_is_run_on_what_comes_before_it() -> None:
    command = commands("Get-AzDisk | Where-Object Tag -eq x | ForEach-Object { Remove-AzDisk -Name $_.Name }")[-1]
    assert (command.verb, command.each) == ("remove-disk", "Get-AzDisk | Where-Object Tag -eq x")
    assert classes_of(command) == ("cloud-delete", "platform-destroy")


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="ab $(){}[]|&;\"'`@\n#<>-%/\\", max_size=100))
def test_no_text_is_too_odd(text: str) -> None:
    parse("a.ps1", "after", text.encode())
    parse("a.ps1", "after", b"rm -r " + text.encode() + b"\n| rm")


@pytest.mark.parametrize("text", ["(" * 5000, "{ a " * 3000, "if (1) { " * 2000, "a | " * 5000, '"$(' * 3000])
def test_deep_nesting_ends(text: str) -> None:
    parse("a.ps1", "after", text.encode())


def test_the_grammar_is_loaded_for_powershell_alone() -> None:
    code = (
        "import sys; from blastlint import pipeline; from blastlint.engine.load import shipped_rules\n"
        "from blastlint.sources.memory import change_set\n"
        "for path, text in (('a.sh', 'rm x'), ('a.ps1', 'rm x')):\n"
        "    pipeline.check(change_set({}, {path: text}), shipped_rules())\n"
        "    print('tree_sitter_powershell' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("$env:OUT\\*", "$env:OUT/*"), ("$Root/*", "$Root/*"), ("${env:OUT}\\bin", "${env:OUT}/bin"),
        ("$a\\$b\\*", "$a/$b/*"), ("$item.Path\\*", "$item.Path/*"), ("$list[0]\\*", "$list[0]/*"),
        ("$(Get-Item x)\\*", "$(Get-Item x)/*"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("behind", ["\n", " `\n  -Force\n", "; ", " | Out-Null\n"])
def test_a_word_that_begins_with_a_variable_ends_where_it_ends(word: str, value: str, behind: str) -> None:
    found = commands(f"$half = $total/2\nRemove-Item -Recurse {word}{behind}terraform destroy\n")
    assert [(c.tool, c.verb, [t.value for t in c.targets]) for c in found if c.tool != "out-null"] == [
        ("remove-item", "", [value]), ("terraform", "destroy", []),
    ]  # fmt: skip
