"""`agent-instruction` facts: what an agent was told not to do, or to ask about first, and is told no more; and what it may
newly do without asking. Sentences are compared as sets of words over the whole change, so that rewording, moving and
splitting a document are nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.facts.words import listed
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, Region, Related, Tree
from blastlint.regex import regex

_FORBIDS = regex(
    r"\b(never|do not|don'?t|must not|mustn'?t|may not|should not|shouldn'?t|cannot|can'?t|not allowed|forbidden"
    r"|prohibited|refuse to|avoid|under no circumstances|no (direct|force)|off[- ]limits|read[- ]only|not permitted"
    r"|disallowed|is banned)\b",
    re.I,
)
_ASKS = regex(
    r"\b(ask|confirm|check with|wait for|get|obtain|require[sd]?|needs?|request)\b[^.]{0,40}\b(first|before|approval"
    r"|approved|confirmation|permission|sign[- ]?off|human|user|review|me|consent)\b"
    r"|\b(only|unless|until)\b[^.]{0,40}\b(asked|approv\w+|confirm\w*|permission|explicit\w*|human|reviewed)\b"
    r"|\bstop and ask\b|\bwithout (asking|approval|permission|confirmation|explicit)",
    re.I,
)
_FREES = regex(
    r"\b(no need to|need not|do not|don'?t|never|without)\s+(to\s+)?"
    r"(ask(ing)?(?! (about (things|what|details)|what|which|how|why|where)\b)|wait(ing)?"
    r"|stop(ping)?(?! (after|at|when|until|once|with)\b)|prompt(ing)?|confirm(ing|ation)?"
    r"|request(ing)?)\b(?! (for )?(secrets?|passwords?|credentials?))"
    r"|\b(always|auto(matically)?)[- ]?(approve|accept|merge|push|deploy|force)\w*\b"
    r"|\bskip(ping)? (the |all |any )?(tests?|hooks?|reviews?|checks?|confirmations?|approvals?|lint\w*|ci|validation)\b"
    r"|--no-verify|//\s*turbo-all\b|\bfull (autonomy|access|permissions?|control)\b"
    r"|\bbypass(ing)? (the |all |any )?(approvals?|permissions?|hooks?|checks?|reviews?|prompts?)\b"
    r"|\b(you )?(may|can|are (allowed|free|permitted) to|have permission to)\s+(also |now |directly |freely )?"
    r"(push|force|delete|drop|destroy|deploy|commit|merge|overwrite|rewrite|reset|run any|execute any|modify any|remove)\b",
    re.I,
)
_GRAVE = regex(
    r"delet|destroy|drop|truncat|wipe|purge|\brm\b|remov|force|reset|rewrit|overwrit|push|merge|deploy|releas|publish"
    r"|prod\b|production|live|databas|migrat|schema|terraform|kubectl|infrastructure|cluster|secret|credential|password"
    r"|token|\.env|\bkeys?\b|customer|personal|payment|billing|main branch|\bmain\b|\bmaster\b|permission|sudo|root"
    r"|iam\b|bucket|backup|no-verify|hooks?\b|history|\bcommit",
    re.I,
)
_CHECKS = regex(r"\b(tests?|hooks?|reviews?|checks?|lint\w*|validat\w*|approv\w*|confirm\w*|ask\w*|ci|turbo-all)\b", re.I)
_SENTENCE = regex(r"(?<=[.!?;])\s+|\n\s*(?:[-*+]|\d+[.)])\s+|\n{2,}|\n(?=#)|\s\|\s|$")
_MARKS = regex(r"[`*_>#\[\]\"“”]|\(https?:[^)]*\)")
_WORD = regex(r"[a-z0-9][a-z0-9./_-]*")
_FILLER = listed(
    """
    the a an to of in on and or is are be it this that any all with for from by at as you your we our not do don t never
    must should may can always please when if unless without into use using used no only make sure ensure them they its
    """
)
# What leaves it to the agent: a wish, and no prohibition.
_WISHES = regex(
    r"\b(try (not )?to|if (at all )?possible|where(ver)? possible|when(ever)? possible|prefer(ably|ed)?|ideally|generally"
    r"|usually|consider|normally|as a rule of thumb|best to)\b",
    re.I,
)
_ALWAYS = regex(r"(?m)\A---\n(?:.*\n)*?alwaysApply:\s*true\s*$")  # a rule of Cursor that every request is given
_SELECTED = regex(r"(?m)\A---\n(?:.*\n)*?alwaysApply:\s*false\s*$")
_KEPT = 0.6
_PROSE = (".md", ".mdc", ".mdx", ".txt", "rules", "hints", ".toml")
# Where instructions may have gone, that did not change themselves.
_USUAL = ("AGENTS.md", "CLAUDE.md", "GEMINI.md", ".github/copilot-instructions.md", ".cursorrules", ".claude/CLAUDE.md")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its words that say something, and where it begins."""

    text: str
    words: frozenset[str]
    line: int

    @property
    def holds_back(self) -> bool:
        """Whether it forbids something, or has it asked about first. Forbidding to ask is the contrary."""
        return bool(_FORBIDS.search(self.text) or _ASKS.search(self.text)) and not self.frees

    @property
    def is_wish(self) -> bool:
        return _WISHES.search(self.text) is not None

    @property
    def frees(self) -> bool:
        found = _FREES.search(self.text)
        if found is None:
            return False
        before = self.text[: found.start()]
        return not (_FORBIDS.search(before) and not _FORBIDS.match(found[0])) and "?" not in self.text


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one fact of one file of instructions."""
    old = _sentences(context.change_set.before, change.before.address) if change.before is not None else ()
    new = _sentences(context.change_set.after, change.after.address) if change.after is not None else ()
    everywhere = context.once(_after)
    held = [s for s in old if s.holds_back and _GRAVE.search(s.text)]
    lost = held if _is_seldom(change, context) else [s for s in held if not _said(s, everywhere)]
    before = [s.words for s in context.once(_before)]
    freed = [s for s in new if s.frees and (_GRAVE.search(s.text) or _CHECKS.search(s.text)) and not _same(s, before)]
    if not lost and not freed:
        return
    texts = [f'"{_short(s.text)}" is no longer said' for s in lost] + [f'"{_short(s.text)}" is new' for s in freed]
    path = change.before.address if change.before is not None else change.path
    related = [Related(_short(s.text), Region("before", path, s.line)) for s in lost]
    related += [Related(_short(s.text), Region("after", change.path, s.line)) for s in freed]
    yield Fact(
        "agent-instruction",
        {
            "lost": len(lost),
            "freed": len(freed),
            "new": change.before is None,
            "gone": change.after is None,
            "summary": "; ".join(texts[:3]) + (f"; and {len(texts) - 3} more" if len(texts) > 3 else ""),
        },
        before=Region("before", path, lost[0].line) if lost else None,
        after=Region("after", change.path, freed[0].line) if freed else None,
        related=tuple(related[1:20]),
    )


def _is_seldom(change: Change, context: Context) -> bool:
    """Whether a rule that every request was given is given by choice now."""
    if change.before is None or change.after is None:
        return False
    old = text_of(context.change_set.before.read(change.before.address))
    new = text_of(context.change_set.after.read(change.path))
    return old is not None and new is not None and bool(_ALWAYS.match(old.text) and _SELECTED.match(new.text))


def _after(context: Context) -> tuple[Sentence, ...]:
    """Every sentence after that holds something back: of the changed prose, and of the usual files."""
    paths = [f.after for f in context.change_set.files if f.after is not None and f.after.endswith(_PROSE)]
    return tuple(s for s in _all(context.change_set.after, [*paths, *_USUAL]) if s.holds_back)


def _before(context: Context) -> tuple[Sentence, ...]:
    """Every sentence before that lets it act: of the changed prose, and of the usual files."""
    paths = [f.before for f in context.change_set.files if f.before is not None and f.before.endswith(_PROSE)]
    return tuple(s for s in _all(context.change_set.before, [*paths, *_USUAL]) if s.frees)


def _all(tree: Tree, paths: Sequence[str]) -> Iterator[Sentence]:
    for path in dict.fromkeys(paths):
        yield from _sentences(tree, path)


def _said(sentence: Sentence, others: Sequence[Sentence]) -> bool:
    """Whether another sentence says it, and as strictly: most of its words, or most of the other's where that is the
    broader one."""
    return any(
        (sentence.is_wish or not o.is_wish)
        and len(sentence.words & o.words) >= _KEPT * max(min(len(sentence.words), len(o.words)), 1)
        and sentence.words & o.words
        for o in others
    )


def _same(sentence: Sentence, others: Sequence[frozenset[str]]) -> bool:
    return any(len(sentence.words & words) >= _KEPT * max(len(sentence.words), 1) for words in others)


def _sentences(tree: Tree, path: str) -> tuple[Sentence, ...]:
    text = text_of(tree.read(path))
    if text is None:
        return ()
    found: list[Sentence] = []
    at = 0
    body = text.text
    for match in _SENTENCE.finditer(body):
        raw, start = body[at : match.start()], at
        at = match.end()
        plain = " ".join(_MARKS.sub("", raw).split()).strip(" -*+|")
        if plain:
            start += len(raw) - len(raw.lstrip())
            words = frozenset(_stem(w) for w in _WORD.findall(plain.lower().replace("'", ""))) - _FILLER
            found.append(Sentence(plain, words, body.count("\n", 0, start) + 1))
    return tuple(found)


def _stem(word: str) -> str:
    word = word.strip("./-_")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            word = word.removesuffix(ending)
            break
    return word.removesuffix("e") if len(word) > 3 else word


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:89] + "…"
