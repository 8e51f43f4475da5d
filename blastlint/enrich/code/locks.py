"""Work that no longer runs alone, as a whole, or only so often: a lock, a transaction, a row lock or a rate limit gone
around what stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from blastlint.enrich.code.pairs import Pair, words_of
from blastlint.facts.calls import pattern
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Call, Handle, Shape, shape_of
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)lock|mutex|atomic|transaction|semaphore|synchronized|for[ _]update|acquire|begin|\bmu\b|idempoten|on_commit"
    rb"|rate_?limit|limiter|throttl|rack::attack"
)
_ROW = regex(r"(?i)\bfor (no key )?update\b|select_for_update|lockForUpdate|forUpdate\(|LOCK IN SHARE MODE|(?:^|\.)lock!$")
_LETS_GO = regex(r"(?i)(^|\.)r?(unlock|release)$")
_CHANGES = regex(
    r"^(?:\*?(?:this|self|\w+)(?:\.\w+|\[[^\]=]*\])+|@@?\w+(?:\.\w+|\[[^\]=]*\])*)\s*(?:[-+*/%|&^]|\|\||<<|>>)?=(?![=~>])"
    r"|^(?:\+\+|--)?(?:this\.|self\.)?[\w.]+(?:\[[^\]=]*\])*(?:\+\+|--)$|^@@?\w+ << "
)
_ALONE = regex(r"^(.+)\.(?:Lock|writeLock(?:\.lock)?)$")
_TOGETHER = regex(r"^(.+)\.(?:RLock|readLock(?:\.lock)?)$")
_IDENTIFIER = regex(r"^[\w.]+(?=\(|$)")
_CLOSURE = regex(r"\bdo\b|=>|\blambda\b|\bfunc\(|\{ ")
_KINDS = ("transaction", "commit", "lock", "idempotency", "rate limit")


def facts(pair: Pair) -> Iterator[Fact]:
    """One `hold` fact for each kind of hold that a definition lost."""
    if pair.is_new or pair.scope.is_test(pair.change.path) or not pair.touches(_SCREEN, "before"):
        return
    before, after = dict(_held(pair, "before")), dict(_held(pair, "after"))
    yield from _shared(pair)
    if before.keys() & after.keys() and set(before) <= set(after):
        yield from _let_out(pair)
        return
    for kind, (name, under, at) in before.items():
        if kind in after or _other(kind, frozenset(after) - frozenset(before)) or _around(kind, pair):
            continue
        if kind == "lock" and _without_lock(pair):
            continue
        now = Counter([*(said for shape in _bodies(pair, "after") for said in _named(shape)), *pair.after.statements])
        kept = [found for c in dict.fromkeys(under) if (found := _still(c, now, pair))]
        writes = [c for c in kept if pattern("locks", "writes").search(c) or _CHANGES.match(c)]
        whole = kind == "rate limit" and pair.change.type == "class"  # then it held for everything that the class does
        if not (kept or whole) or (kind == "transaction" and not writes):
            continue
        fields: dict[str, FactValue] = {
            "kind": kind, "name": name, "call": (*writes, *kept, pair.change.entity.name)[0],
            "writes": sum(now[c] for c in writes),
        }  # fmt: skip
        yield pair.fact("hold", kind, fields, pair.region("before", at))
        return
    yield from _let_out(pair)


def _let_out(pair: Pair) -> Iterator[Fact]:
    """Changes that were made under a hold and are made beside it, while it holds for less."""
    now = Counter([*(c.name for c in pair.after.calls), *pair.after.statements])
    was = Counter([*(c.name for c in pair.before.calls), *pair.before.statements])
    for kind in ("lock", "transaction", "commit"):
        inside, left = (Counter(_everything(pair, side, kind)) for side in ("before", "after"))
        for call in sorted(inside - left, key=lambda c: not _CHANGES.match(c)) if left else ():
            changes = kind == "commit" or pattern("locks", "writes").search(call) or _CHANGES.match(call)
            if changes and now[call] >= was[call]:
                fields: dict[str, FactValue] = {
                    "kind": kind, "name": f"a {kind}" if kind != "commit" else "a commit", "call": call,
                    "writes": 1, "part": True,
                }  # fmt: skip
                yield pair.fact("hold", f"{kind} part", fields, None)
                return


def _everything(pair: Pair, side: Side, kind: str) -> Iterator[str]:
    """What runs under any hold of a kind."""
    shape = pair.before if side == "before" else pair.after
    for context in shape.contexts:
        if pattern("locks", kind).search(context.subject.split("(")[0].lstrip("@")):
            yield from context.calls
    for call in shape.calls:
        if pattern("locks", kind).search(call.name) and not _LETS_GO.search(call.name):
            yield from _under(shape, call, kind)


def _bodies(pair: Pair, side: Side) -> Iterator[Shape]:
    """The definition, and the methods of a class: what is said of the class holds in them."""
    yield pair.before if side == "before" else pair.after
    entity = pair.change.before if side == "before" else pair.change.after
    if entity is not None and entity.type == "class" and isinstance(entity.detail, Handle):
        module, name = entity.detail.module, entity.detail.definition.name
        yield from (shape_of(module, d) for d in module.definitions if d.parent == name and d.sort == "function")


def _named(shape: Shape) -> Iterator[str]:
    """What is called, and what is given to a call by its name."""
    for call in shape.calls:
        yield call.name
        yield from (argument for argument in call.arguments if _IDENTIFIER.fullmatch(argument))


def _still(call: str, now: Counter[str], pair: Pair) -> str:
    """What a call is called now: the same, or `db.rows.add` where what `tx.rows.add` was done with went with the hold."""
    if call in now:
        return call
    root, _, rest = call.partition(".")
    if not rest or root in words_of(pair.text("after")):
        return ""
    return next((name for name in now if name.partition(".")[2] == rest), "")


def _shared(pair: Pair) -> Iterator[Fact]:
    """A lock that one had alone, and that those who change something now share with those who read."""
    for call in pair.before.calls:
        alone = _ALONE.match(call.name)
        if alone is None or any(c.name == call.name for c in pair.after.calls):
            continue
        for other in pair.after.calls:
            shared = _TOGETHER.match(other.name)
            if shared is None or shared.group(1) != alone.group(1):
                continue
            deferred = any(s.startswith(("defer ", "finally")) for s in pair.after.statements)
            writes = [s for s in _between(pair.after, other, deferred) if _CHANGES.match(s) or s.startswith("delete(")]
            if writes:
                fields: dict[str, FactValue] = {
                    "kind": "lock", "name": f"{call.name} alone", "call": writes[0],
                    "writes": len(writes),
                }  # fmt: skip
                yield pair.fact("hold", "shared", fields, pair.region("before", call.at), pair.region("after", other.at))
                return


def _held(pair: Pair, side: Side) -> Iterator[tuple[str, tuple[str, list[str], object]]]:
    """(kind, (name, calls under it, place)) of everything that one side holds; the first of each kind counts."""
    shape = pair.before if side == "before" else pair.after
    found: dict[str, tuple[str, list[str], object]] = {}
    for context in shape.contexts:
        for kind in _KINDS:
            if pattern("locks", kind).search(context.subject.split("(")[0].lstrip("@")):
                under = [*context.calls, *(_changes(shape.statements) if kind == "lock" else ())]
                found.setdefault(kind, (context.subject, under, context.at))
        if "synchronized" in pair.text(side) and not found:
            found.setdefault("lock", (context.subject, list(context.calls), context.at))
    for call in (*shape.calls, *shape.decorators):
        for kind in _KINDS:
            if pattern("locks", kind).search(call.name):
                names = _under(shape, call, kind)
                if call in shape.decorators and pair.change.type == "class":
                    names = [c.name for body in _bodies(pair, side) for c in body.calls]
                found.setdefault(kind, (call.name, names, call.at))
        for argument in call.arguments:  # app.use("/api", rateLimiter)
            given = _IDENTIFIER.match(argument)
            if given is not None and pattern("locks", "rate limit").search(given.group(0)):
                behind = call.arguments[call.arguments.index(argument) + 1 :]  # app.post("/login", limiter, login)
                under = [*(a for a in behind if _IDENTIFIER.fullmatch(a)), *_under(shape, call, "rate limit")]
                found.setdefault("rate limit", (given.group(0), under, call.at))
    for option in shape.options:
        if pattern("locks", "rate limit").search(option.key) and not option.owner:
            found.setdefault("rate limit", (option.key, [c.name for c in shape.calls], option.at))
    for statement in shape.statements:
        if _ROW.search(statement):
            found.setdefault("row lock", (_ROW.search(statement).group(0), [c.name for c in shape.calls], None))  # type: ignore[union-attr]
    yield from found.items()


def _under(shape: Shape, hold: Call, kind: str) -> list[str]:
    """The calls from a call that takes hold up to the one that lets go; all of them where that happens at the end."""
    if hold not in shape.calls:
        return [*(call.name for call in shape.calls), *(_changes(shape.statements) if kind == "lock" else ())]
    inside = [call.name for call in shape.calls if call is not hold and call.text in hold.text]
    if kind == "commit" or (kind == "rate limit" and inside and _CLOSURE.search(hold.text)):
        return inside
    later = shape.calls[shape.calls.index(hold) + 1 :]
    deferred = any(s.startswith(("defer ", "finally")) for s in shape.statements)
    names: list[str] = []
    for call in later:
        if _LETS_GO.search(call.name):
            if not deferred:
                break
        elif not pattern("locks", kind).search(call.name):
            names.append(call.name)
    return [*names, *(_changes(_between(shape, hold, deferred)) if kind == "lock" else ())]


def _between(shape: Shape, hold: Call, deferred: bool) -> Iterator[str]:
    """The statements after the one that takes hold, up to one that lets go."""
    statements = iter(shape.statements)
    if any(hold.text in statement for statement in statements):
        for statement in statements:
            if not deferred and _LETS_GO.search(statement.partition("(")[0]):
                return
            yield statement


def _changes(statements: Iterable[str]) -> Iterator[str]:
    """Those that change what others see and call nothing: a field, an element, a counter."""
    return (statement for statement in statements if _CHANGES.match(statement))


def _other(kind: str, new: frozenset[str]) -> bool:
    """Whether another hold that is as good stands there now, and did not before."""
    return bool({"lock", "row lock", "transaction"} & new) and kind in ("lock", "row lock")


def _without_lock(pair: Pair) -> bool:
    """Whether it is done in single steps of the processor now, which need no lock."""
    known = {call.name for call in pair.before.calls}
    return any(pattern("locks", "atomic").search(c.name) for c in pair.after.calls if c.name not in known)


def _around(kind: str, pair: Pair) -> bool:
    """Whether the hold is in a function that is newly called here, or in another changed definition that had none."""
    for helper in pair.helpers("after"):
        names = [c.subject for c in helper.contexts] + [c.name for c in (*helper.calls, *helper.decorators)]
        if any(pattern("locks", kind if kind != "row lock" else "lock").search(n.split("(")[0]) for n in names):
            return True
    for change in pair.scope.changes:
        if change is not pair.change and change.after is not None and change.type in ("function", "class"):
            other = pair.scope.pair(change)
            if (
                other.mentions(_SCREEN)
                and kind in dict(_held(other, "after"))
                and kind not in dict(_held(other, "before"))
            ):
                return True
    return False
