"""CODEOWNERS as the hosts evaluate it: the last line that fits a path counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.enrich.pipelines.reviews import lines_of, owners_of
from blastlint.sources.memory import change_set

LINES = lines_of("* @a\n# /infra/ @x\n/infra/ @b @c # ops\ndocs/* @d\n*.go @e\n/infra/public/\n[Section] @f\n")
PATHS = ["infra/a.tf", "infra/b/c.tf", "app/x.py", "app/y.go", "README.md"]


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("x.py", ("@a",)),
        ("infra/deep/x.tf", ("@b", "@c")),
        ("docs/x.md", ("@d",)),
        ("docs/deep/x.md", ("@a",)),
        ("infra/x.go", ("@e",)),
        ("infra/public/x.tf", ()),
        ("other/infra/x.tf", ("@a",)),
    ],
)
def test_the_last_line_that_fits_counts(path: str, owners: tuple[str, ...]) -> None:
    line = owners_of(path, LINES)
    assert line is not None
    assert line.owners == owners


def findings(before: str, after: str) -> list[str]:
    rules = tuple(rule for rule in shipped_rules() if rule.id == "PIP005")
    files = dict.fromkeys(PATHS, "x\n")
    report = pipeline.check(change_set({**files, "CODEOWNERS": before}, {**files, "CODEOWNERS": after}), rules)
    return [f.message for f in report.findings]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["* @a", "/infra/ @b", "*.go @c", "/app/ @d"]), min_size=1, max_size=4, unique=True))
def test_comments_blanks_and_team_names_take_no_review_away(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    assert findings(text, "# who\n\n" + text.replace(" @", "   @")) == []
    assert findings(text, text.replace("@b", "@platform")) == []


@settings(max_examples=20, deadline=None)
@given(st.permutations(["/infra/ @b", "/app/ @d", "README.md @e"]))
def test_lines_that_do_not_overlap_may_change_places(lines: list[str]) -> None:
    assert findings("/infra/ @b\n/app/ @d\nREADME.md @e\n", "\n".join(lines) + "\n") == []
