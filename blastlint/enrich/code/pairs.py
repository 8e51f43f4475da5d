"""One changed definition with both its shapes, and what the whole change set says about it."""

from __future__ import annotations

import builtins
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.calls import pattern
from blastlint.model import Change, Entity, Fact, FactValue, Region, Related, Side
from blastlint.parse.code import EMPTY, Call, Handle, Module, Option, Shape, shape_of
from blastlint.regex import regex

KINDS = ("python.", "javascript.", "go.", "ruby.", "java.", "rust.")
_PART = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_TOPIC = 4  # names with a part in them that must be gone for the part to be a topic
_MOST = 0.6  # share of all names with it
_MIGRATION = regex(r"(^|/)(migrations?|migrate|versions)/[^/]*\d[^/]*$")
WORD = regex(r"[^\W\d]\w*", re.ASCII)
_REMARK = regex(rb"#\s|//|/?\*\s")
_SPEECH = regex(
    r"\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?:^|(?<=\s))(?:#|//)[^\n]*"
    r"|/\*[\s\S]*?\*/",
    re.MULTILINE,
)
# a name of the file's own: not what belongs to something else, like the last word of `Rails.env.test`
_NAME = regex(r"(?<![\w.])[^\W\d]\w*|(?<=\.)[^\W\d]\w*(?=\s*=[^=])", re.ASCII)
_SETTINGS = regex(r"(^|/)\.env[^/]*$|\.(env|ya?ml|json|toml|ini|properties|cfg|conf)$")
_KEY = regex(r"(?<![\w.])[^\W\d]\w*(?=[\"']?\s*[:=])", re.ASCII)
_BUILT_IN = frozenset(dir(builtins))


class Scope:
    """The whole change set, as far as facts about one definition need it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._pairs: dict[int, Pair] = {}

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return tuple(c for c in self.context.changes if c.kind.startswith(KINDS))

    def pair(self, change: Change) -> Pair:
        if id(change) not in self._pairs:
            self._pairs[id(change)] = Pair(change, self)
        return self._pairs[id(change)]

    def others(self, pair: Pair) -> Iterator[Pair]:
        """The other changes that leave something behind."""
        return (self.pair(c) for c in self.changes if c is not pair.change and c.after is not None)

    def is_test(self, path: str) -> bool:
        return path_class_of(path, self.context.config) == "test"

    @cached_property
    def added_tests(self) -> tuple[Change, ...]:
        """Tests that are new, or that say more than before."""
        return tuple(c for c in self.changes if c.type == "test" and c.action in ("added", "modified"))

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The last names of definitions that have another name now, wherever they stand."""
        pairs = ((c.before, c.after) for c in self.changes if c.previous_address)
        return {old.name: new.name for old, new in pairs if old is not None and new is not None and old.name != new.name}

    @cached_property
    def source_changes(self) -> tuple[Change, ...]:
        """Changes of code that is not a test, moves left out."""
        return tuple(c for c in self.changes if c.action != "moved" and not self.is_test(c.path))

    @cached_property
    def _source_words(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names in the changed sources before and after, those of files and directories too. Before, what is said in
        comments and sentences does not count, nor the values of settings and what belongs to something else: a feature is
        not gone because its description has other words, or because a library is asked another way."""
        sides: tuple[set[str], set[str]] = (set(), set())
        for file in self.context.change_set.files:
            for path, side, words in ((file.before, "before", sides[0]), (file.after, "after", sides[1])):
                if path is None or (side == "after" and _MIGRATION.search(path)):
                    continue  # what a migration clears away is gone
                if path_class_of(path, self.context.config) in ("source", "generated"):
                    words.update(self._words(path, "before" if side == "before" else "after"))
        return frozenset(sides[0]), frozenset(sides[1])

    @cached_property
    def gone_words(self) -> frozenset[str]:
        """Names that the changed sources used before and use no more: what was taken out on purpose."""
        old, new = self._source_words
        return frozenset(w for w in old - new if len(w) > 2 and w not in _BUILT_IN)

    @cached_property
    def gone_topics(self) -> frozenset[str]:
        """Parts of names that most names with them have lost: the feature that was taken out."""
        old, new = self._source_words
        lost = Counter(part for word in old - new for part in parts_of(word))
        kept = Counter(part for word in new for part in parts_of(word))
        return frozenset(p for p, n in lost.items() if n >= _TOPIC and len(p) > 4 and n >= _MOST * (n + kept[p]))

    def _words(self, path: str, side: Side) -> Iterator[str]:
        workspace = self.context.before if side == "before" else self.context.after
        data = workspace.tree.read(path)
        yield from WORD.findall(path)
        if data is not None and len(data) < 1_000_000 and b"\0" not in data[:4000]:
            text = data.decode("utf-8", "replace")
            if side == "after":
                yield from WORD.findall(text)
            elif _SETTINGS.search(path):
                yield from _KEY.findall(text)
            else:
                yield from _NAME.findall(_SPEECH.sub(_unsaid, text))


def _unsaid(match: re.Match[str]) -> str:
    """Nothing for a comment or a sentence; a string that is one word may be a name."""
    text = match.group(0)
    return text if text[:1] in "\"'" and not re.search(r"\s", text) else " "


def parts_of(word: str) -> set[str]:
    """`getDigitalUrl`, `digital_url` -> the words in it, lower case."""
    return {part.lower() for part in _PART.findall(word)}


class Pair:
    """A change of code. Shapes are worked out on first use; `mentions` is asked first where that would be in vain."""

    def __init__(self, change: Change, scope: Scope) -> None:
        self.change, self.scope = change, scope

    @cached_property
    def before(self) -> Shape:
        return self._shape(self.change.before)

    @cached_property
    def after(self) -> Shape:
        return self._shape(self.change.after)

    @staticmethod
    def _shape(entity: Entity | None) -> Shape:
        return entity.detail.shape if entity is not None and isinstance(entity.detail, Handle) else EMPTY

    @property
    def is_new(self) -> bool:
        return self.change.before is None

    def module(self, side: Side) -> Module | None:
        entity = self.change.before if side == "before" else self.change.after
        return entity.detail.module if entity is not None and isinstance(entity.detail, Handle) else None

    @cached_property
    def renamed_calls(self) -> Mapping[str, str]:
        """Name of a call after -> name before, of calls that are given the same and have another name now. One that says
        that it looks first, or is asked, is another call: `find(key)` -> `load(key)`, but not `findOrFail(key)`."""
        asked = " ".join(branch.condition for branch in self.after.branches)
        looks = pattern("checks", "careful")
        gone, new = Counter(c.name for c in self.before.calls), Counter(c.name for c in self.after.calls)
        given: dict[tuple[object, ...], set[str]] = {}
        for call in self.before.calls:
            if call.name not in new and (call.arguments or call.options):
                given.setdefault((call.arguments, *sorted(call.options.items())), set()).add(call.name)
        found: dict[str, str] = {}
        for call in self.after.calls:
            names = given.get((call.arguments, *sorted(call.options.items())), ())
            if call.name not in gone and len(names) == 1 and not looks.search(call.last) and call.text not in asked:
                found.setdefault(call.name, next(iter(names)))
        return found

    def mentions(self, words: re.Pattern[bytes], side: Side = "after") -> bool:
        """Whether the text of that side has one of the words in it."""
        entity = self.change.before if side == "before" else self.change.after
        if entity is None or not isinstance(entity.detail, Handle):
            return False
        return words.search(entity.detail.definition.text) is not None

    @cached_property
    def _differing(self) -> tuple[bytes, bytes]:
        """The lines that only one side has, before and after; everything where there is one side only, and where both have
        the same lines, comments aside: then they stand in another order, or within something else."""
        texts = [
            e.detail.definition.text if e is not None and isinstance(e.detail, Handle) else b""
            for e in (self.change.before, self.change.after)
        ]
        old, new = (Counter(line.strip() for line in text.split(b"\n")) for text in texts)
        if {*(old - new), *(new - old)} <= {line for line in (*old, *new) if not line or _REMARK.match(line)}:
            return texts[0], texts[1]
        return b"\n".join(old - new), b"\n".join(new - old)

    def touches(self, words: re.Pattern[bytes], side: Side | None = None) -> bool:
        """Whether a line that only that side (or only either side) has says one of the words. Asked before a shape is worked
        out: what a fact is about stands on a line that differs."""
        old, new = self._differing
        return (side != "after" and words.search(old) is not None) or (
            side != "before" and words.search(new) is not None
        )

    def text(self, side: Side) -> str:
        entity = self.change.before if side == "before" else self.change.after
        if entity is None or not isinstance(entity.detail, Handle):
            return ""
        return entity.detail.definition.text.decode("utf-8", "replace")

    def region(self, side: Side, at: object) -> Region | None:
        """The place of a part of one side's shape."""
        entity = self.change.before if side == "before" else self.change.after
        if entity is None:
            return None
        if at is None:
            return entity.header
        shape = self.before if side == "before" else self.after
        return Region(side, entity.region.path, *shape.locate(at))

    def helpers(self, side: Side) -> Iterator[Shape]:
        """Shapes of the functions of the same file that this one calls: one level deep."""
        module = self.module(side)
        if module is None:
            return
        shape = self.before if side == "before" else self.after
        by_last = local_functions(module)
        for name in dict.fromkeys(call.last for call in (*shape.calls, *shape.decorators)):
            if name in by_last:
                yield shape_of(module, module.by_name[by_last[name]])

    def fact(
        self,
        name: str,
        path: str,
        fields: Mapping[str, FactValue],
        before: Region | None = None,
        after: Region | None = None,
        related: tuple[Related, ...] = (),
    ) -> Fact:
        return Fact(name, fields, path, before, after, related)

    def value(self, side: Side, text: str) -> str:
        """`text`, or what it stands for when it is the name of a setting of the same file with a plain value."""
        module = self.module(side)
        name = text.removeprefix("self.").removeprefix("cls.")
        definition = module.by_name.get(name) if module is not None and WORD.fullmatch(name) else None
        if module is None or definition is None or definition.sort != "setting":
            return text
        options = shape_of(module, definition).options
        return next((o.value for o in options if o.key == name), text)


def taken_out(pair: Pair, part: Call | Option) -> bool:
    """Whether a function is new that has what another definition of the change set had and has no more: it is taken out of
    that one, and brings nothing."""
    name = part.last if isinstance(part, Call) else part.key
    others = (pair.scope.pair(c) for c in pair.scope.changes if pair.is_new and c.before is not None)
    return any(_loses(other, part) for other in others if name in other.text("before"))


def _loses(pair: Pair, part: Call | Option) -> bool:
    if isinstance(part, Call):
        return part in pair.before.calls and part not in pair.after.calls
    return part in pair.before.options and part not in pair.after.options


def brought_by_name(pair: Pair) -> Iterator[str]:
    """The functions that the change set brings and a Ruby method newly says: without arguments a call is just a name."""
    if pair.change.kind.startswith("ruby."):
        said = words_of(pair.text("after")) - words_of(pair.text("before"))
        added = (c for c in pair.scope.changes if c.type == "function" and c.action == "added")
        yield from (c.entity.name for c in added if c.entity.name in said)


def local_functions(module: Module) -> Mapping[str, str]:
    """Last name -> qualified name of the functions of one file."""
    return {d.last_name: d.name for d in reversed(module.definitions) if d.sort in ("function", "test")}


def words_of(text: str) -> Counter[str]:
    return Counter(WORD.findall(text))


def scope_of(context: Context) -> Scope:
    """One Scope for all changes of a change set."""
    return context.once(Scope)
