"""Settings of the tools that check the code, turned down: rules off, ignores grown, strictness off, thresholds lowered.

Which keys of which files say so is a table: facts/quality.json, `settings`. The differences are those of the documents."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from blastlint.enrich.context import Context
from blastlint.facts.quality import VENDORED, rows
from blastlint.frozen import replace
from blastlint.model import Change, Delta, Fact, FactValue, Related, Tree, Value
from blastlint.regex import Words, regex

_PATH = regex(r"^[\w@.-]+(/[\w@.-]+)*$")  # says one place, and no pattern
_LEVELS = ("off", "0", "warn", "1", "warning", "error", "2")
_PROGRAM = regex(r"(^|/)[\w.-]*(config|rc)[\w.-]*\.[cm]?[jt]s$")
_GRAVE = ("coverage", "types", "security")
_SLIGHT = 5  # points of a hundred: what a threshold that follows the coverage moves by
# How the names of the files in the table begin: most files need not be held against two dozen expressions.
NAMES = Words(
    "^.eslintrc ^eslint.config ^package.json ^.trivy ^trivy ^bandit ^.bandit ^clippy ^.clippy ^jest ^vitest ^nyc"
    " ^.nycrc ^.c8rc ^vite ^playwright ^cypress ^wdio ^ava ^.mocharc ^pyproject.toml ^ruff.toml ^.ruff.toml ^setup.cfg"
    " ^tox.ini ^pytest.ini ^.pytest.ini ^.flake8 ^mypy.ini ^.mypy.ini ^.coveragerc ^pylintrc ^.pylintrc ^cargo.toml"
    " ^codecov ^.codecov ^.checkov ^.golangci ^.rubocop ^.tflint ^sonar-project ^tsconfig"
)

_Loosened = tuple[Mapping[str, str], Delta, str]  # the row of the table, the difference, and in what way it says less


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one `check-config` fact for a file."""
    if change.before is None or not NAMES.search(posixpath.basename(change.path)):
        return
    if not any(re.search(row["file"], change.path) for row in rows("settings")):
        return
    from blastlint.enrich.quality import kept

    found: list[_Loosened] = []
    raised = 0.0  # points, over all thresholds of the file
    for delta in _deltas(change, context):
        row = kept.row_for(change.path, delta.path)
        if row is not None:
            raised += _moved(delta) if row["sense"] == "minimum" else 0
            now = _elsewhere(row, delta, context) if delta.after is None and not _is_entry(delta) else delta
            loosened = _loosened(row, now, context.after.tree) if now is not None else ""
            if now is not None and change.after is None and now.after is None and row["sense"] == "level":
                loosened = "removed" if _level(now.before) else ""
            if loosened and not (loosened == "more ignored" and _is_born(delta, change.path, context)):
                found.append((row, now or delta, loosened))
    if raised >= 0:  # thresholds that are set to what the tests cover go up and down
        found = [item for item in found if item[2] != "lowered" or not _is_slight(item[1])]
    if not found:
        return
    found.sort(key=lambda item: item[0]["class"] not in _GRAVE)
    row, delta, what = found[0]
    fields: dict[str, FactValue] = {
        "tool": row["tool"],
        "class": row["class"],
        "what": what,
        "name": kept.plain(delta.path),
        "before": _shown(delta.before),
        "after": _shown(delta.after),
        "count": len(found),
        "slight": all(what == "lowered" and _is_slight(delta) for _, delta, what in found),
        "vendored": VENDORED.search(_shown(delta.after)) is not None,
    }
    related = tuple(
        Related(f"{w}: {kept.plain(d.path)}", d.after_region or d.before_region, change.path)
        for _, d, w in found[1:8]
    )
    yield Fact("check-config", fields, kept.plain(delta.path), delta.before_region, delta.after_region, related)


def _moved(delta: Delta) -> float:
    """By how much a number is raised; less than nothing where it is lowered."""
    old, new = _number(delta.before), _number(delta.after)
    return 0 if old is None or new is None else new - old


def _is_slight(delta: Delta) -> bool:
    return -_SLIGHT < _moved(delta) < 0


def _deltas(change: Change, context: Context) -> Iterator[Delta]:
    """What differs in the settings of a file; all of them where it is gone, each where a section is."""
    from blastlint.enrich.quality import kept

    if change.after is None:
        assert change.before is not None
        gone = kept.of_file(change.before.address, context.before)
        yield from (Delta(path, "removed", value, None) for path, value in gone)
        return
    for delta in context.once(_by_path).get(change.path, ()):
        if delta.after is None and delta.before is not None and delta.before.is_map:
            yield from (Delta(path, "removed", value, None) for path, value in kept.flat(delta.before, delta.path))
        else:
            yield delta


def _elsewhere(row: Mapping[str, str], delta: Delta, context: Context) -> Delta | None:
    """A setting that is gone from its file, with what it is elsewhere, or what the strictness of the whole is; None where
    another tool took over."""
    from blastlint.enrich.quality import kept

    settings = context.once(kept.after)
    for name in (kept.plain(delta.path).rpartition(".")[2], "strict"):
        values = settings.values.get((row["tool"], name))
        if values and (name != "strict" or row["sense"] == "strict"):
            return replace(delta, action="modified", after=values[0])
    return None if kept.is_succeeded(row, context) else delta


def _by_path(context: Context) -> Mapping[str, Sequence[Delta]]:
    """File -> the differences of its keys; in a program those of what it is told (`jest.config.js`)."""
    found: dict[str, list[Delta]] = {}
    for change in context.changes:
        if change.kind == "config.key":
            found.setdefault(change.path, []).extend(change.deltas)
        elif change.kind.startswith("javascript.") and _PROGRAM.search(change.path) and change.action == "modified":
            from blastlint.enrich.quality import programs

            found.setdefault(change.path, []).extend(programs.differences(change, context))
    return found


def _is_entry(delta: Delta) -> bool:
    """Whether it is one entry of a list, which still stands."""
    return delta.path.endswith("]") and not delta.path.endswith('"]')


def _loosened(row: Mapping[str, str], delta: Delta, tree: Tree) -> str:
    """In what way a setting says less now, or empty."""
    sense, before, after = row["sense"], delta.before, delta.after
    if sense in ("minimum", "maximum"):
        old, new = _number(before), _number(after)
        if old is None:
            return ""
        if new is None:
            return "removed" if sense == "minimum" else ""
        return "lowered" if sense == "minimum" and new < old else "raised" if sense == "maximum" and new > old else ""
    if sense == "strict":
        return "off" if _truth(before) is True and _truth(after) is not True else ""
    if sense == "lax":
        return "on" if _truth(before) is not True and _truth(after) is True else ""
    if sense == "options":
        return _with_options(row["tool"], before, after, tree)
    old_words, new_words = _words(before), _words(after)
    if sense == "demands":
        lost = (word for word in old_words - new_words if re.search(row["of"], word))
        return "demands less" if any(lost) else ""
    if sense == "rules" and after is None and row["class"] == "tests" and not _is_entry(delta):
        return ""  # where none are named, all are
    if sense == "rules":
        return "fewer rules" if old_words - new_words and not new_words - old_words else ""
    if sense == "ignores":
        return "more ignored" if new_words - old_words and not old_words - new_words else ""
    if sense == "level" and after is None:
        return ""  # a preset may say it
    if sense == "level":
        old_level, new_level = _level(before), _level(after)
        return "lowered" if old_level is not None and new_level is not None and new_level < old_level else ""
    return ""


def _with_options(tool: str, before: Value | None, after: Value | None, tree: Tree) -> str:
    """In what way a tool says less by the options that it is always given."""
    from blastlint.enrich.quality import commands

    row = commands.row_of(tool)
    assert row is not None
    found = commands.loosened(row, commands.words(_line(before)), commands.words(_line(after)), tree)
    return found.what if found is not None else ""


def _line(value: Value | None) -> str:
    """Options in a list or in one text, as one text."""
    if value is None:
        return ""
    return " ".join(str(e.scalar) for e in value.elements) if value.is_list else str(value.scalar or "")


def _is_born(delta: Delta, path: str, context: Context) -> bool:
    """Whether all that is newly ignored comes with the change: nothing of it was there to be checked."""
    home = path.rpartition("/")[0]
    ignored = [word.removeprefix("./").rstrip("/") for word in _words(delta.after) - _words(delta.before)]
    if not ignored or not all(_PATH.match(word) for word in ignored):
        return False
    before, after = context.before.tree.paths(), context.after.tree.paths()
    places = [{word, f"{home}/{word}" if home else word} for word in ignored]
    return all(_has(after, names) and not _has(before, names) for names in places)


def _has(paths: Iterable[str], names: Iterable[str]) -> bool:
    return any(path == name or path.startswith(f"{name}/") for path in paths for name in names)


def _number(value: Value | None) -> float | None:
    scalar = value.scalar if value is not None else None
    match = re.match(r"^\d+(\.\d+)?", str(scalar)) if scalar is not None and not isinstance(scalar, bool) else None
    return float(match.group(0)) if match else None


def _truth(value: Value | None) -> bool | None:
    if value is not None and not value.known:
        return True if "process.env" in value.text else None  # on where the pipeline runs
    scalar = str(value.scalar).lower() if value is not None and value.scalar is not None else ""
    return True if scalar in ("true", "1", "yes", "on") else False if scalar in ("false", "0", "no", "off") else None


def _words(value: Value | None) -> frozenset[str]:
    if value is None:
        return frozenset()
    if value.is_list:
        return frozenset(str(e.scalar) for e in value.elements)
    return frozenset(w for w in re.split(r"[,\s]+", str(value.scalar or value.text or "")) if w)


def _level(value: Value | None) -> int | None:
    if value is not None and value.is_list and value.elements:
        value = value.elements[0]
    text = str(value.scalar).lower() if value is not None else ""
    return _LEVELS.index(text) // 2 if text in _LEVELS else None


def _shown(value: Value | None) -> str:
    if value is None:
        return "nothing"
    if value.is_list:
        return ", ".join(str(e.scalar) for e in value.elements[:6])
    if isinstance(value.scalar, bool):
        return str(value.scalar).lower()
    return str(value.scalar if value.scalar is not None else value.text)[:80]
