"""Where findings are shown: on added lines where there are any, always on a line that head has."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.diff.anchors import Anchors, line_map
from blastlint.model import Anchor, FileChange
from blastlint.sources.memory import change_set
from tests.report.made import region

BLOCK = "a {\n  x = 1\n  guard = true\n  z = 3\n}\n\nb {\n  y = 2\n}\n"


GUARD, HEADER = region("before", "m", 3), region("after", "m", 1)


def shown(anchor: Anchor) -> tuple[str, int, str]:
    return anchor.region.path, anchor.region.start_line, anchor.choice


def test_removed_line_in_a_block_that_gained_one() -> None:
    after = BLOCK.replace("  guard = true\n", "").replace("z = 3", "z = 4")
    anchors = Anchors(change_set({"m": BLOCK}, {"m": after}))
    assert shown(anchors.place(GUARD, HEADER, region("after", "m", 1, 4))) == (
        "m",
        3,
        "added",
    )


def test_an_added_line_of_another_block_is_not_taken() -> None:
    after = BLOCK.replace("  guard = true\n", "").replace("y = 2", "y = 5")
    anchors = Anchors(change_set({"m": BLOCK}, {"m": after}))
    assert shown(anchors.place(GUARD, HEADER, region("after", "m", 1, 4))) == (
        "m",
        1,
        "block",
    )


def test_the_nearest_added_line_wins() -> None:
    after = "a {\n  w = 0\n  x = 1\n  y = 1\n  z = 1\n  new = 1\n}\n"
    before = "a {\n  x = 1\n  y = 1\n  z = 1\n  guard = true\n}\n"
    anchors = Anchors(change_set({"m": before}, {"m": after}))
    assert shown(anchors.place(region("before", "m", 5), HEADER, region("after", "m", 1, 7))) == (
        "m",
        6,
        "added",
    )


def test_changed_line_is_its_own_anchor() -> None:
    anchors = Anchors(change_set({"m": BLOCK}, {"m": BLOCK.replace("guard = true", "guard = false")}))
    assert shown(anchors.place(region("before", "m", 3), region("after", "m", 3))) == ("m", 3, "added")


def test_removed_block_is_shown_on_the_line_after_it() -> None:
    anchors = Anchors(change_set({"m": BLOCK}, {"m": BLOCK.split("\n\n")[1]}))
    assert shown(anchors.place(region("before", "m", 1, 5), None)) == ("m", 1, "after-removal")


def test_removed_block_at_the_end_is_clamped_to_the_file() -> None:
    anchors = Anchors(change_set({"m": BLOCK}, {"m": BLOCK.split("\n\n")[0] + "\n"}))
    assert shown(anchors.place(region("before", "m", 7, 9), None)) == ("m", 5, "after-removal")


def test_removed_block_in_a_renamed_file() -> None:
    after = "# new\n" + BLOCK.split("\n\n")[1]
    renamed = FileChange("renamed", "old", "new", 0o100644, 0o100644)
    anchors = Anchors(replace(change_set({"old": BLOCK}, {"new": after}), files=(renamed,)))
    assert shown(anchors.place(region("before", "old", 1, 5), None))[0] == "new"


def test_deleted_file_is_shown_where_it_is_referred_to() -> None:
    before = {"ci.yml": "run: bash tools/x.sh\n", "tools/x.sh": "echo\n", "tools/y.sh": "echo y\n"}
    after = {"ci.yml": "a: 1\nrun: bash tools/x.sh\n", "tools/y.sh": "echo y\n"}
    anchors = Anchors(change_set(before, after))
    assert shown(anchors.place(region("before", "tools/x.sh", 1), None)) == ("ci.yml", 2, "referrer")


def test_deleted_file_without_a_referrer_is_shown_on_a_neighbour() -> None:
    before = {"tools/x.sh": "echo\n", "tools/a.py": "1\n", "tools/y.sh": "echo y\n", "z.sh": "echo\n"}
    after = {path: text for path, text in before.items() if path != "tools/x.sh"}
    assert shown(Anchors(change_set(before, after)).place(region("before", "tools/x.sh", 1), None)) == (
        "tools/y.sh", 1, "sibling",
    )  # fmt: skip


def test_what_is_there_and_has_no_lines_is_shown_on_itself() -> None:
    anchors = Anchors(change_set({"a.tfvars": "a = 1\n", "b.tf": "b\n"}, {"a.tfvars": "\0x", "b.tf": "b\n"}))
    assert shown(anchors.place(None, region("after", "a.tfvars", 1))) == ("a.tfvars", 1, "file")


def test_a_neighbour_that_the_change_touches_is_preferred_on_its_added_line() -> None:
    before = {"tools/x.sh": "echo\n", "tools/a.py": "1\n2\n", "tools/y.sh": "echo y\n"}
    after = {"tools/a.py": "1\n3\n", "tools/y.sh": "echo y\n"}
    assert shown(Anchors(change_set(before, after)).place(region("before", "tools/x.sh", 1), None)) == (
        "tools/a.py", 2, "sibling",
    )  # fmt: skip


def test_deleted_path_when_nothing_survives() -> None:
    assert shown(Anchors(change_set({"d/x.sh": "echo\n"}, {})).place(region("before", "d/x.sh", 1), None)) == (
        "d/x.sh", 1, "deleted",
    )  # fmt: skip


def test_columns_cover_the_text_of_the_line_and_blank_lines_are_avoided() -> None:
    anchor = Anchors(change_set({"m": "\n\n  key: 1\n"}, {"m": "\n\n  key: 2\n"})).place(None, region("after", "m", 1))
    assert (anchor.region.start_line, anchor.region.start_column, anchor.region.end_column) == (3, 3, 9)


def test_huge_rewrites_are_compared_as_bags() -> None:
    before = [f"line {n}" for n in range(3000)]
    after = [f"other {n}" for n in range(3000)]
    after[1500] = "line 7"
    assert len(line_map(before, after).added) == 2999


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["a", "b", "", "c {", "}"]), max_size=12),
    st.lists(st.sampled_from(["a", "b", "", "c {", "}"]), max_size=12),
    st.integers(1, 15),
)
def test_every_place_is_a_line_of_head(old: list[str], new: list[str], line: int) -> None:
    before, after = {"m": "\n".join(old), "k": "kept"}, {"m": "\n".join(new), "k": "kept"}
    anchors = Anchors(change_set(before, after))
    for anchor in (anchors.place(region("before", "m", line), None), anchors.place(None, region("after", "m", line))):
        text = after[anchor.region.path].split("\n")
        assert 1 <= anchor.region.start_line <= len(text)
        assert text[anchor.region.start_line - 1][anchor.region.start_column - 1 : anchor.region.end_column - 1].strip()


@given(st.lists(st.sampled_from("abcd"), max_size=10), st.lists(st.sampled_from("abcd"), max_size=10))
def test_line_map_adds_what_is_missing_and_no_more(old: list[str], new: list[str]) -> None:
    added = line_map(old, new).added
    rest = iter(old)
    assert all(text in rest for number, text in enumerate(new, 1) if number not in added)  # a subsequence of before
    assert line_map(old, old).added == frozenset()


def test_a_file_of_a_module_that_stays_is_shown_beside_it_and_not_where_somebody_names_the_module() -> None:
    others = {"live/vpc/main.tf": "a = 1\n", ".github/bot.yml": "directory: /live/vpc\n"}
    gone = region("before", "live/vpc/firewall.tf", 1)
    left = Anchors(change_set({**others, "live/vpc/firewall.tf": "b = 2\n"}, others))
    assert shown(left.place(gone, None)) == ("live/vpc/main.tf", 1, "sibling")
    called = {"main.tf": 'module "vpc" {\n  source = "./live/vpc"\n}\n'}
    alone = Anchors(change_set({**called, "live/vpc/firewall.tf": "b = 2\n"}, called))
    assert shown(alone.place(gone, None)) == ("main.tf", 2, "referrer")
