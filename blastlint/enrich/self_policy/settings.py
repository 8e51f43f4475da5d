"""Two configurations -> what the later one no longer holds. Effective values: order, spelling and file do not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from blastlint.config import FAIL_ON, FILE, PROJECT, Config, Freeze, covers, line_of, load
from blastlint.enrich.context import Context
from blastlint.errors import ConfigError
from blastlint.frozen import dataclass
from blastlint.globs import matches
from blastlint.model import SEVERITIES, Change, Fact, Region, Severity, Side, Tree

# Lists of globs: in these files findings vanish, or are lowered.
_LOWERING: Mapping[str, tuple[str, Callable[[Config], tuple[str, ...]]]] = {
    "exclude": ("path-excluded", lambda config: config.exclude),
    "generated": ("path-lowered", lambda config: config.generated),
    "vendored": ("path-lowered", lambda config: config.vendored),
    "docs": ("path-lowered", lambda config: config.docs),
    "tests": ("path-lowered", lambda config: config.tests),
    "non-production": ("path-lowered", lambda config: config.non_production),
}


@dataclass(frozen=True, slots=True)
class Weakening:
    """One setting that is looser. `key` is where it is written; the texts are for people."""

    what: str
    key: tuple[str, ...]
    before: str
    after: str


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """`policy` facts, on the one file that the settings are in (the later one where that moved)."""
    names = {change.address, change.previous_address}
    if not names & {FILE, PROJECT} or not context.change_set.complete:
        return
    before_tree, after_tree = context.change_set.before, context.change_set.after
    try:
        before = load(before_tree)
    except ConfigError:
        return  # what cannot be read cannot be weakened, and the pipeline has said so
    try:
        after = load(after_tree)
    except ConfigError as error:
        if error.where.partition(":")[0] in names:
            yield _fact(Weakening("config-broken", (), "", error.message), before.source, error.where, context)
        return
    if _owner(before, after, context) not in names:
        return
    if not before.source and after.source:
        looser = [_sentence(found) for found in weakenings(before, after, context.declared, _all_paths(context))]
        effect = f"in which {'; '.join(looser)}" if looser else "which is no looser than the defaults"
        yield _fact(Weakening("config-added", (), effect, after.source), "", after.source, context)
        return
    for found in weakenings(before, after, context.declared, _all_paths(context)):
        yield _fact(found, before.source, after.source, context)


def _all_paths(context: Context) -> Callable[[], set[str]]:
    return lambda: {*context.change_set.before.paths(), *context.change_set.after.paths()}


def _owner(before: Config, after: Config, context: Context) -> str:
    changed = {path for file in context.change_set.files for path in (file.before, file.after)}
    return next((source for source in (after.source, before.source) if source and source in changed), "")


def weakenings(
    before: Config, after: Config, declared: Mapping[str, Severity], paths: Callable[[], set[str]]
) -> Iterator[Weakening]:
    """Everything in which `after` is looser. `paths` lists the files of both sides; it is asked only when globs differ."""
    yield from _rules_off(before, after)
    yield from _severities(before, after, declared)
    if _strictness(after.fail_on) < _strictness(before.fail_on):
        yield Weakening("fail-on-raised", ("fail-on",), before.fail_on, after.fail_on)
    for key, (what, of) in _LOWERING.items():
        if _matches_more(of(before), of(after), paths):
            yield Weakening(what, ("paths", key), _shown(of(before)), _shown(of(after)))
    if _matches_more(after.production, before.production, paths):
        texts = _shown(before.production), _shown(after.production)
        yield Weakening("production-dropped", ("paths", "production"), *texts)
    if _matches_more(after.critical, before.critical, paths):
        yield Weakening("critical-dropped", ("paths", "critical"), _shown(before.critical), _shown(after.critical))
    for freeze in before.freezes:
        if not any(_holds(other, freeze) for other in after.freezes):
            yield Weakening("freeze-loosened", ("freeze",), f"{freeze.start} to {freeze.end}", "")


def _holds(new: Freeze, old: Freeze) -> bool:
    """Whether a freeze stops everything that the old one stopped. Dates in one form compare as text."""
    longer = new.start <= old.start and new.end >= old.end
    wider = set(old.paths) <= set(new.paths) or "**" in new.paths
    return longer and wider and (not new.rules or (bool(old.rules) and set(old.rules) <= set(new.rules)))


def _rules_off(before: Config, after: Config) -> Iterator[Weakening]:
    for entry in after.ignore:
        if not _within(entry, before.ignore) and _could_be_on(entry, before):
            yield Weakening("rule-off", ("ignore", entry), "on", f"{entry} ignored")
    if after.select and not before.select:
        yield Weakening("rule-off", ("select",), "all rules", f"only {_shown(after.select)}")
    elif after.select:
        for entry in before.select:
            if not _within(entry, after.select) and not _within(entry, before.ignore):
                yield Weakening("rule-off", ("select", entry), f"{entry} selected", "not selected")


def _within(entry: str, entries: tuple[str, ...]) -> bool:
    """Whether an id, family or name is meant by one of the entries."""
    return any(covers(other, entry) for other in entries)


def _could_be_on(entry: str, before: Config) -> bool:
    if not before.select:
        return True
    return any(covers(other, entry) or covers(entry, other) for other in before.select)


def _severities(before: Config, after: Config, declared: Mapping[str, Severity]) -> Iterator[Weakening]:
    """Levels below those before. Of a rule that is not known here the declared level is taken to be the highest."""
    for rule in sorted({*before.severities, *after.severities}):
        own = declared.get(rule, "critical")
        old, new = before.severities.get(rule, own), after.severities.get(rule, own)
        if SEVERITIES.index(new) > SEVERITIES.index(old) and before.selects(rule):
            yield Weakening("severity-lowered", ("severity", rule), old, new)


def _strictness(fail_on: str) -> int:
    return -1 if fail_on == "never" else FAIL_ON.index(fail_on)


def _matches_more(before: tuple[str, ...], after: tuple[str, ...], paths: Callable[[], set[str]]) -> bool:
    """Whether `after` may match what `before` did not: a new pattern, unless it stands for an old one and gains no file."""
    gained = [p for p in after if p not in before and not p.startswith("!")]
    gained += [p for p in before if p not in after and p.startswith("!")]
    if not gained:
        return False
    lost = [p for p in before if p not in after and not p.startswith("!")]
    return not lost or any(matches(path, after) and not matches(path, before) for path in paths())


def _shown(entries: tuple[str, ...]) -> str:
    return ", ".join(entries) or "nothing"


# What the later configuration does, for each sort of weakening.
_SENTENCES: Mapping[str, str] = {
    "rule-off": "fewer rules are on (before: {before}; now: {after})",
    "severity-lowered": "{name} weighs less ({after} instead of {before})",
    "fail-on-raised": "fewer findings fail the check (fail-on is {after} instead of {before})",
    "path-excluded": "more files are left out altogether (paths.{name}: {after}; before: {before})",
    "path-lowered": "findings count less in more files (paths.{name}: {after}; before: {before})",
    "production-dropped": "fewer files count as production (paths.production: {after}; before: {before})",
    "critical-dropped": "fewer files count as critical (paths.critical: {after}; before: {before})",
    "freeze-loosened": "the freeze from {before} is taken out, or made shorter or narrower",
    "config-added": "{after} is the first configuration of this repository, {before}",
    "config-broken": "the configuration cannot be read any more ({after})",
}


def _sentence(found: Weakening) -> str:
    return _SENTENCES[found.what].format(name=found.key[-1] if found.key else "", before=found.before, after=found.after)


def _fact(found: Weakening, source_before: str, source_after: str, context: Context) -> Fact:
    name = ".".join(found.key)
    after_path, _, line = source_after.partition(":")
    after = _region("after", after_path, found.key, context.change_set.after)
    return Fact(
        "policy",
        {
            "summary": _sentence(found),
            "what": found.what,
            "name": name or (after_path or source_before),
            "before": found.before,
            "after": found.after,
        },
        path=name or found.what,
        before=_region("before", source_before, found.key, context.change_set.before),
        after=Region("after", after_path, int(line)) if line else after,
    )


def _region(side: Side, path: str, key: tuple[str, ...], tree: Tree) -> Region | None:
    data = tree.read(path) if path else None
    if data is None:
        return None
    prefix = ("tool", "blastlint") if path == PROJECT else ()
    return Region(side, path, line_of(data.decode("utf-8", "replace"), (*prefix, *key)))
