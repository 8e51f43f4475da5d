"""One edit in many files, and where it was hardly meant."""

from __future__ import annotations

from blastlint import pipeline
from blastlint.config import governing
from blastlint.engine.load import shipped_rules
from blastlint.sources.memory import change_set

MANIFESTS = {f"packages/p{n}/package.json": '{"dependencies": {"left": "1.2.0"}}\n' for n in range(12)}
ATTRIBUTES = {".gitattributes": "package-lock.json linguist-generated\n"}


def bumped(tree: dict[str, str]) -> list[str]:
    """What MAS002 says of a version that goes from 1.2.0 to 1.3.0 everywhere."""
    changed = change_set(tree, {path: text.replace("1.2.0", "1.3.0") for path, text in tree.items()})
    rules = [rule for rule in shipped_rules() if rule.id == "MAS002"]
    return [finding.message for finding in pipeline.check(changed, rules, governing(changed)).findings]


def test_a_lock_file_follows_what_it_locks_whatever_an_attribute_calls_it() -> None:
    assert bumped({**MANIFESTS, **ATTRIBUTES, "package-lock.json": '{"left": "1.2.0"}\n'}) == []


def test_a_number_is_told_as_one() -> None:
    assert bumped({**MANIFESTS, "vendor/package.json": '{"dependencies": {"left": "1.2.0"}}\n'}) == [
        "One edit (a number -> a number) stands in 13 files, also where it was hardly meant: vendor/package.json (vendored)."
    ]
