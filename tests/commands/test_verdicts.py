"""How a command is written does not change what is said of it, and what is only mentioned is never done."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.sources.memory import change_set

# Each does one thing that one rule is about; words that may be quoted are apart.
COMMANDS = {
    "CMD001": ["rm", "-rf", "/var/lib/postgresql"],
    "CMD003": ["terraform", "destroy", "-target=module.db"],
    "CMD004": ["kubectl", "delete", "namespace", "shop"],
    "CMD005": ["aws", "elbv2", "delete-load-balancer", "--load-balancer-arn", "arn:1"],
    "CMD007": ["git", "push", "--force", "origin", "main"],
    "MIG005": ["alembic", "downgrade", "base"],
}
WRAPPERS = ["", "sudo ", "env A=1 ", "timeout 60 ", "nice -n 5 ", "command ", "sudo -u root env B=2 "]
CARRIERS = ["{}", "( {} )", "{{ {}; }}", "if true; then {}; fi", "true && {}", "bash -c '{}'", "f() {{ {}; }}\nf"]
MENTIONS = [
    "echo '{}'",
    "printf '%s\\n' '{}' > note",
    "git commit -m '{}'",
    "cat > note <<'END'\n{}\nEND",
    "# {}",
    "grep -r '{}' .",
    "MESSAGE='{}'",
    "gh issue create --title x --body '{}'",
    "usage() {{\n  cat <<END\n  {}\nEND\n}}\nusage",
    "logger -t ops '{}'",
]


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in shipped_rules() if rule.id.startswith(("CMD", "MIG005", "RES007")))


def found(rules: tuple[Rule, ...], script: str) -> list[tuple[str, str]]:
    """(rule, level) of what a script is said to do that before only said hello."""
    report = pipeline.check(change_set({"run.sh": "echo hello\n"}, {"run.sh": f"echo hello\n{script}\n"}), rules)
    return sorted((f.rule_id, f.severity) for f in report.findings)


def quoted(word: str, how: int) -> str:
    middle = len(word) // 2
    return [word, f"'{word}'", f'"{word}"', f'{word[:middle]}"{word[middle:]}"', f"{word[:middle]}''{word[middle:]}"][
        how
    ]


@pytest.mark.parametrize("rule", COMMANDS)
def test_each_command_is_found_as_it_stands(rule: str, rules: tuple[Rule, ...]) -> None:
    assert [r for r, _ in found(rules, " ".join(COMMANDS[rule]))] == [rule]


@settings(max_examples=60, deadline=None)
@given(
    rule=st.sampled_from(sorted(COMMANDS)),
    quoting=st.lists(st.integers(0, 4), min_size=8, max_size=8),
    gaps=st.lists(st.sampled_from([" ", "  ", " \\\n  ", "\t"]), min_size=8, max_size=8),
    wrapper=st.sampled_from(WRAPPERS),
)
def test_quotes_and_layout_change_nothing(
    rule: str, quoting: list[int], gaps: list[str], wrapper: str, rules: tuple[Rule, ...]
) -> None:
    words = [quoted(word, how) for word, how in zip(COMMANDS[rule], quoting, strict=False)]
    line = wrapper + "".join(word + gap for word, gap in zip(words, gaps, strict=False)).rstrip(" \\\n\t")
    assert found(rules, line) == found(rules, " ".join(COMMANDS[rule]))


@settings(max_examples=40, deadline=None)
@given(rule=st.sampled_from(sorted(COMMANDS)), carrier=st.sampled_from(CARRIERS), wrapper=st.sampled_from(WRAPPERS))
def test_where_it_stands_changes_nothing(rule: str, carrier: str, wrapper: str, rules: tuple[Rule, ...]) -> None:
    line = wrapper + " ".join(COMMANDS[rule])
    assert found(rules, carrier.format(line)) == found(rules, line)


@settings(max_examples=60, deadline=None)
@given(
    mentioned=st.lists(st.sampled_from(sorted(COMMANDS)), min_size=1, max_size=3),
    mention=st.sampled_from(MENTIONS),
    joint=st.sampled_from(["; ", " && ", " | "]),
)
def test_what_is_mentioned_is_not_done(mentioned: list[str], mention: str, joint: str, rules: tuple[Rule, ...]) -> None:
    assert found(rules, mention.format(joint.join(" ".join(COMMANDS[rule]) for rule in mentioned))) == []


@settings(max_examples=60, deadline=None)
@given(noise=st.text(alphabet="ab $(){}[]<>|&;\"'`\\\n#*?!=-/", max_size=80), kind=st.sampled_from(["sh", "md", "mk"]))
def test_no_text_is_too_odd(noise: str, kind: str, rules: tuple[Rule, ...]) -> None:
    path = {"sh": "a.sh", "md": "a.md", "mk": "Makefile"}[kind]
    text = f"# x\n\n```sh\n{noise}\n```\n" if kind == "md" else noise
    pipeline.check(change_set({path: "echo\n"}, {path: text}), rules)
