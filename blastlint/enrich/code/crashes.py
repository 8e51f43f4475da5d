"""New calls that end the program (or the request) on input that may be wrong: unwrap, panic, exit, assert on what comes
from a file, the network or the configuration. One `crash` fact for a definition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair, taken_out
from blastlint.facts.calls import pattern, rows
from blastlint.model import Fact, FactValue, Side
from blastlint.regex import regex

_SCREEN = regex(
    rb"unwrap|expect|\bMust[A-Z]|panic|[Ee]xit|abort|\bassert\b|Fatal|halt|unreachable|unwrap!|!\.|\.orElseThrow|\bfetch\b|raise"
)
_HANDED = regex(r"(\w+)\([^()]*\)(?:\.await)?\?")
_UNWRAPPED = regex(r"(\w+)\([^()]*\)(?:\.await)?\.(?:unwrap|expect)\(")
_MUST = regex(r"\bMust([A-Z]\w*)\(")
_MAIN = regex(r"^(main|Main|cli|run_cli|__main__|init)$")
_NARROWS = regex(r"\bis not\b|isinstance|\bis\b|\bin\b|^assert [\w.]+$")
_LOADER = regex(r"(?i)config|settings|loader|parse|bootstrap|feature|manifest")


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `crash` fact: the first new way to end."""
    if pair.change.type != "function" or pair.scope.is_test(pair.change.path) or not pair.touches(_SCREEN, "after"):
        return
    if _MAIN.match(pair.change.entity.name) or re.search(
        r"(^|/)(scripts?|bin|tools|examples?|build\.rs|cmd)(/|$)", pair.change.path
    ):
        return
    ends = list(_ends(pair, "after"))
    known = Counter(_family(name) for name, _, _ in _ends(pair, "before")) if ends else Counter()
    for name, text, at in ends:
        if known[_family(name)] > 0:
            known[_family(name)] -= 1
            continue
        outside = pattern("crashes", "outside")
        if pair.change.action != "added" and not (outside.search(_said(pair, text)) or _was_handed_on(text, pair)):
            continue
        if pair.change.action == "added" and not outside.search(text):
            continue
        if any(call.at is at and taken_out(pair, call) for call in pair.after.calls):
            continue
        fields: dict[str, FactValue] = {
            "name": name,
            "text": text[:160],
            "loader": bool(
                _LOADER.search(pair.change.entity.name) or _LOADER.search(pair.change.path.rpartition("/")[2])
            ),
            "new_code": pair.is_new,
            "handled": any(h.body != "reraise" for h in pair.before.handlers) and not pair.after.handlers,
        }
        yield pair.fact("crash", name, fields, None, pair.region("after", at))
        return


def _ends(pair: Pair, side: Side) -> Iterator[tuple[str, str, object]]:
    """(name, text, place) of every call that ends the run on one side."""
    shape = pair.before if side == "before" else pair.after
    module = pair.module(side)
    language = module.language if module is not None else ""
    calls = next((row["calls"] for row in rows("crash_calls") if language in row["languages"].split()), "")
    if not calls:
        return
    for call in shape.calls:
        if re.search(calls, call.name):
            yield call.last, call.text, call.at
    if language == "python":
        for branch in shape.branches:
            if branch.text.startswith("assert ") and not _NARROWS.search(branch.text):
                yield "assert", branch.text, branch.at


def _was_handed_on(text: str, pair: Pair) -> bool:
    """Whether the error that ends the run now was given to the caller, `load(path)?` -> `load(path).unwrap()`, or looked at:
    `regexp.Compile(rule)` -> `regexp.MustCompile(rule)`."""
    sure = _MUST.search(text)
    if sure is not None and any(call.last == sure[1] for call in pair.before.calls):
        return True
    called = _UNWRAPPED.search(text)
    return called is not None and any(m[1] == called[1] for s in pair.before.statements for m in _HANDED.finditer(s))


def _family(name: str) -> str:
    """Calls that end the run alike: `expect` is an `unwrap` that says more, `Fatalf` a `Fatal`."""
    return "unwrap" if name == "expect" else re.sub(r"(?<=Fatal|Panic)(f|ln)$", "", name)


def _said(pair: Pair, text: str) -> str:
    """The call, and where the names in it come from."""
    names = set(re.findall(r"[A-Za-z_]\w*", text))
    sources = [o.value for o in pair.after.options if o.key in names]
    return " ".join((text, *sources))
