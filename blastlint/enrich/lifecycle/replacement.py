"""What the changed arguments of one resource do: nothing, an update in place, or a replacement.

Judged per delta with the provider's facts, in words of a plan: what an argument means when absent (its default; its last
value, where the provider keeps one) is compared, not what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from blastlint.diff.arguments import same
from blastlint.enrich.lifecycle import in_place
from blastlint.facts.paths import found, steps
from blastlint.facts.providers import Step, TypeFacts, facts_of, forces_replacement
from blastlint.frozen import dataclass
from blastlint.model import Confidence, Delta, Entity, Value, join_path
from blastlint.regex import regex

# What Terraform and CloudFormation read themselves: it never makes a plan differ.
META = frozenset(
    {"lifecycle", "provider", "depends_on", "provisioner", "connection", "timeouts", "count", "for_each", "Condition",
     "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "UpdatePolicy", "UpdateReplacePolicy"}
)  # fmt: skip
TYPE = "Type"  # of a CloudFormation resource, which keeps its name: another thing takes its place
_SECTION = "Properties."  # below which a CloudFormation resource has its arguments
_INDEX = regex(r'\[(?:\d+|\w+="(?:[^"\\]|\\.)*")\]')
_NUMBERS = regex(r"\d{1,18}")
_QUOTED = regex(r'\["((?:[^"\\]|\\.)*)"\]')
_OTHER = regex(r"(^|\.)(var|data|local|path|terraform)\.|(^|\.)module\.[^.]+$")
_FILLED_IN = r'\$\{(?:[^{}"]|"[^"\\$%]*")*\}'  # an expression without braces and with nothing but plain strings
_EXPRESSION = regex(_FILLED_IN)
_TEMPLATE = regex(rf'"(?:{_FILLED_IN}|[^"\\$%{{}}])*"')
_SWITCH = {"enable": True, "enabled": True, "on": True, "disable": False, "disabled": False, "off": False}
_EMPTY: tuple[object, ...] = ("", 0, False, None)

Weight = Literal["changes", "may replace", "replaces"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`forced` and `maybe` are the paths that replace for sure or under conditions; `changed` all that plan a difference."""

    forced: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    confidence: Confidence = "high"


@lru_cache(maxsize=4096)
def plain(path: str) -> str:
    """A delta path as the provider's schema says it: `ebs_block_device[1].kms_key_id` -> `ebs_block_device.kms_key_id`,
    `Properties.Name` -> `Name`."""
    return _QUOTED.sub(r".\1", _INDEX.sub("", path)).removeprefix(_SECTION)


def is_meta(path: str) -> bool:
    """Whether a delta path is of what the provisioner itself reads."""
    return _INDEX.sub("", path).split(".", 1)[0] in META


def judged(before: Entity, after: Entity, deltas: tuple[Delta, ...], certain: Callable[[Value], bool]) -> Judgement:
    """What the deltas of a resource that is on both sides do. `certain(value)` says that an unknown value is unknown because
    what it refers to is new or replaced, so that a plan surely shows a difference."""
    facts = facts_of(after.type)
    ignored = getattr(after.detail, "ignore_changes", ())
    forced: list[str] = []
    maybe: list[str] = []
    changed: list[str] = []
    unsure: list[Delta] = []
    for delta in deltas:
        path = plain(delta.path)
        if is_meta(delta.path) or is_ignored(path, ignored) or _means_nothing(path, delta, facts):
            continue
        changed.append(delta.path)
        if delta.path == TYPE:
            forced.append(delta.path)
            continue
        taken = (*_steps(path, delta), *_turned(path, delta, facts))
        weight = max((_weigh(after, p, step) for p, step in taken), key=_RANK.index, default="changes")
        kept = delta.before is None and facts is not None and path in facts.optional_computed and path not in facts.usual
        # `kept`: it may be what it already was
        if weight != "changes" and facts is not None and in_place.stays(before, after, path, facts):
            weight = "changes"
        if weight == "replaces" and (kept or _is_assumed(delta) or not _differs(delta, certain)):
            weight = "may replace"
            unsure.append(delta)
        if weight == "replaces":
            forced.append(delta.path)
        elif weight == "may replace":
            maybe.append(delta.path)
    confidence: Confidence = "high"
    if not forced and maybe:
        confidence = "medium" if any(half_known(delta) for delta in unsure) else "low"
    elif changed and not forced and facts is None:
        confidence = "low"  # nothing is known of this type: an update in place is the likelier outcome, no more
    return Judgement(tuple(forced), tuple(maybe), tuple(changed), confidence)


_RANK: tuple[Weight, ...] = ("changes", "may replace", "replaces")


def weigh_unknown(entity: Entity, path: str) -> Weight:
    """What it does when the argument at `path` becomes known only after apply."""
    return _weigh(entity, plain(path), "changed")


def is_ignored(path: str, ignored: tuple[str, ...]) -> bool:
    """Whether lifecycle.ignore_changes covers the path: it names it, something above it, or everything."""
    for name in ignored:
        name = plain(name)
        if name == "all" or path == name or path.startswith(f"{name}."):
            return True
    return False


def _weigh(entity: Entity, path: str, step: Step) -> Weight:
    """The answer for the path itself, else for the whole argument of which it is a part (a map's key, a list's element)."""
    answer, here = _forcing(entity.type, path, step)
    return _conditional(entity, here) if answer == "conditional" else "replaces" if answer == "always" else "changes"


@lru_cache(maxsize=4096)
def _forcing(type_: str, path: str, step: Step) -> tuple[str, str]:
    """Whether the provider makes a new resource of it, and for which part of the path."""
    here = path
    while here:
        answer = forces_replacement(type_, here, step if here == path else "changed", inner=here != path)
        if answer in ("always", "conditional"):
            return answer, here
        here = here.rpartition(".")[0]
    return "", ""


def _conditional(entity: Entity, path: str) -> Weight:
    facts = facts_of(entity.type)
    condition = facts.maybe.get(path, "?") if facts else "?"
    if condition == "?":
        return "may replace"
    name, _, wanted = condition.partition("=")
    value = found(entity.attributes, steps(name))
    if value is not None and not value.known:
        return "may replace"
    if wanted:
        return "replaces" if value is not None and value.scalar in wanted.split("|") else "changes"
    return "replaces" if value is not None and value.scalar not in _EMPTY and value.scalar != "false" else "changes"


def _steps(path: str, delta: Delta) -> Iterator[tuple[str, Step]]:
    """What a delta is in the provider's words: (schema path, step), with what an added or removed block holds."""
    whole = delta.after if delta.before is None else delta.before
    if delta.path.endswith("]") and whole is not None and not whole.is_map:
        yield path, "changed"  # one element of a list or set
    elif delta.action == "added" and delta.after is not None:
        yield from _whole(path, delta.after, "set", "block-added")
    elif delta.action == "removed" and delta.before is not None:
        yield from _whole(path, delta.before, "unset", "block-removed")
    elif delta.after is not None and isinstance(delta.after.scalar, bool):
        yield path, "on" if delta.after.scalar else "off"
    else:
        yield path, "lowered" if _lowered(delta) else "changed"


def _turned(path: str, delta: Delta, facts: TypeFacts | None) -> Iterator[tuple[str, Step]]:
    """What a word that switches something is in the provider's words. What is not written is the default."""
    default = facts.defaults.get(path) if facts is not None else None
    sides = (v.scalar if v is not None else default for v in (delta.before, delta.after))
    was, now = (_SWITCH.get(str(side).lower()) for side in sides)
    if was is not None and now is not None and was is not now:
        yield path, "on" if now else "off"


def _lowered(delta: Delta) -> bool:
    """Whether a number, or a version, is smaller than before."""
    old, new = (
        _NUMBERS.findall(str(v.scalar)) if v is not None and v.known else [] for v in (delta.before, delta.after)
    )
    return bool(old and new) and [int(n) for n in new] < [int(n) for n in old]


def _whole(path: str, value: Value, alone: Step, block: Step) -> Iterator[tuple[str, Step]]:
    blocks = [v for v in (value.elements if value.is_list else (value,)) if v.is_map]
    if not blocks:
        yield path, alone
        return
    yield path, block
    yield path, alone  # an argument that is an object or a map
    for element in blocks:
        for key, inner in element.items.items():
            if not inner.known or inner.data not in _EMPTY:
                yield from _whole(join_path(path, key), inner, alone, block)


def _means_nothing(path: str, delta: Delta, facts: TypeFacts | None) -> bool:
    """Whether a plan shows no difference: the default was written out, or dropped, or the provider keeps the last value."""
    if facts is None:
        return False
    if delta.path.endswith("]"):
        return False  # one element of several
    if delta.action == "removed" and path in facts.optional_computed:
        return True
    value = delta.after if delta.before is None else delta.before
    if delta.action not in ("added", "removed") or value is None:
        return False
    if path in facts.defaults or path in facts.usual:
        return value.known and same(value, Value(facts.defaults[path] if path in facts.defaults else facts.usual[path]))
    if path in facts.optional_computed and isinstance(value.scalar, bool):
        return False  # either may be what it is
    if value.is_map or value.is_list:
        return not value.items and not value.elements
    return value.known and value.scalar in _EMPTY


def _differs(delta: Delta, certain: Callable[[Value], bool]) -> bool:
    """Whether the two sides surely differ. Two different expressions may still have one value, unless each refers to
    managed resources, and not to the same ones, or only the words around the same expressions differ. An unknown value
    that comes or goes may be null, or the default."""
    old, new = delta.before, delta.after
    if old is None or new is None:
        return all(_known(v) or certain(v) or _only_managed(v) for v in (old, new) if v is not None)
    if _known(new):
        return _known(old)
    return certain(new) or (_only_managed(old) and _only_managed(new) and old.refs != new.refs) or _reworded(old, new)


def _is_assumed(delta: Delta) -> bool:
    """Whether the two sides rest on different defaults of parameters, in whose place other values may be given."""
    old, new = (v.reason if v is not None and v.known else "" for v in (delta.before, delta.after))
    return old != new


def _reworded(old: Value, new: Value) -> bool:
    """Whether two templates fill in the same expressions and have other words around them. Words that only change places
    with expressions do not count: with some value of those the two may be one."""
    if old.known or new.known:
        return False
    first, second = _pieces(old.text), _pieces(new.text)
    return first is not None and second is not None and first[1] == second[1] and first[0] != second[0]


def _pieces(text: str) -> tuple[str, list[str]] | None:
    """The words of a template, and in order of the alphabet the expressions in it; None where a text is none, or has more in
    it than plain words and expressions."""
    if not _TEMPLATE.fullmatch(text):
        return None
    inner = text[1:-1]
    return _EXPRESSION.sub("", inner), sorted(_EXPRESSION.findall(inner))


def half_known(delta: Delta) -> bool:
    """Whether one side at least is known: two expressions that nothing is known of may well be two names of one value."""
    return any(value is None or _known(value) for value in (delta.before, delta.after))


def _only_managed(value: Value) -> bool:
    """Whether all that an unknown value hangs on are managed resources that we see."""
    return not value.known and bool(value.refs) and not any(_OTHER.search(ref) for ref in value.refs)


def _known(value: Value) -> bool:
    return all(leaf.known for _, leaf in value.leaves())


def unknown_leaves(attributes: Value) -> Mapping[str, Value]:
    """{path: value} of what is unknown among the arguments, META left out."""
    return {
        path: leaf
        for name, value in attributes.items.items()
        if name not in META
        for path, leaf in value.leaves(join_path("", name))
        if not leaf.known
    }
