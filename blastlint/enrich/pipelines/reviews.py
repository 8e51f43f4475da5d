"""`review` facts: who must look at a change before it is merged, and no longer must.

CODEOWNERS is evaluated over the files that are there: the last line that fits a path counts. Branch rules are read wherever
they are kept as code: settings files, exported rulesets, Terraform.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.globs import matches
from blastlint.model import Change, Fact, FactValue, Region, Value, scalar_text
from blastlint.parse.keytree import KeyTree
from blastlint.prose import few
from blastlint.regex import regex

_CODEOWNERS = regex(r"(^|/)(CODEOWNERS)$")
_OWNERS = regex(r"(^|/)OWNERS$")
_SETTINGS = regex(
    r"(^|/)\.github/(settings\.ya?ml|rulesets?/[^/]+\.(json|ya?ml)|branch-protection\.(json|ya?ml))$|(^|/)rulesets?/[^/]+\.json$"
)
_PLACES = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_TERRAFORM = regex(
    r"^(github_(branch_protection(_v3)?|(organization|repository)_ruleset)|gitlab_(branch_protection|project_level_mr_approvals|project_approval_rule))$"
)
_MAX_PATHS = 20_000
_OFF = ("false", "0", "none", "disabled", "evaluate", "")
# key -> which way is weaker: `lower` numbers, `off` when true becomes false, `on` when false becomes true, `fewer` elements.
_KEYS: dict[str, str] = {
    **dict.fromkeys(
        ("required_approving_review_count", "approvals_required", "approvals_before_merge", "required_approvals"), "lower"
    ),
    **dict.fromkeys(
        ("enforce_admins", "require_code_owner_reviews", "require_code_owner_review", "dismiss_stale_reviews",
         "dismiss_stale_reviews_on_push", "require_last_push_approval", "required_linear_history", "strict",
         "require_signed_commits", "required_signatures", "strict_required_status_checks_policy", "deletion",
         "require_conversation_resolution", "required_review_thread_resolution", "code_owner_approval_required",
         "reset_approvals_on_push", "non_fast_forward"), "off",
    ),
    **dict.fromkeys(
        ("allow_force_pushes", "allows_force_pushes", "allow_deletions", "allows_deletions", "allow_force_push",
         "merge_requests_author_approval", "disable_overriding_approvers_per_merge_request"), "on",
    ),
    **dict.fromkeys(("contexts", "required_checks", "required_status_checks", "required_check", "checks"), "fewer"),
    **dict.fromkeys(
        ("bypass_actors", "push_allowances", "force_push_bypassers", "bypass_pull_request_allowances"), "more"
    ),
    "enforcement": "enforcement",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of CODEOWNERS: its pattern, its owners, where it is."""

    pattern: str
    owners: tuple[str, ...]
    number: int


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one changed file or Terraform resource."""
    if change.kind == "terraform.resource":
        if _TERRAFORM.match(change.type):
            yield from _resource(change)
    elif change.action == "moved":
        return
    elif _CODEOWNERS.search(change.path):
        yield from _codeowners(change, context)
    elif _OWNERS.search(change.path):
        yield from _prow(change, context)
    elif _SETTINGS.search(change.path):
        yield from _settings(change, context)


# --- CODEOWNERS ----------------------------------------------------------------------------------------------------


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines that name a pattern, in order; a GitLab section header is none."""
    found: list[Line] = []
    for number, raw in enumerate(text.split("\n"), 1):
        words = re.sub(r"(^|\s)#.*", "", raw).split()
        if words and not raw.lstrip().startswith(("[", "^[")):
            found.append(Line(words[0], tuple(w for w in words[1:] if "@" in w), number))
    return tuple(found)


def owners_of(path: str, lines: Sequence[Line]) -> Line | None:
    """The line that counts for a path: the last one that fits."""
    return next((line for line in reversed(lines) if _fits(path, line.pattern)), None)


def _fits(path: str, pattern: str) -> bool:
    if pattern in ("*", "**", "/"):
        return True
    if pattern.endswith("/*"):  # one level only, unlike in .gitignore
        directory = pattern[:-2].lstrip("/")
        return (
            path.rpartition("/")[0] == directory
            if pattern.startswith("/") or "/" in directory
            else (path.rpartition("/")[0].rpartition("/")[2] == directory)
        )
    return matches(path, (pattern,))


def _codeowners(change: Change, context: Context) -> Iterator[Fact]:
    old, new = _text(context, "before", change), _text(context, "after", change)
    if change.action == "removed":
        places = [p for p in _PLACES if context.after.tree.size(p) is not None]
        new = (context.after.tree.read(places[0]) or b"").decode("utf-8", "replace") if places else ""
    before, after = lines_of(old), lines_of(new)
    if not before:
        return
    lost: list[tuple[str, Line]] = []
    weaker: list[tuple[str, Line, Line]] = []
    pairs: Counter[tuple[tuple[str, ...], tuple[str, ...]]] = Counter()
    owned = 0
    for path in _paths(context):
        was = owners_of(path, before)
        if was is None or not was.owners:
            continue
        now = owners_of(path, after)
        if now is None or not now.owners:
            lost.append((path, was))
            continue
        owned += 1
        if set(now.owners) != set(was.owners):
            pairs[tuple(sorted(was.owners)), tuple(sorted(now.owners))] += 1
            if not set(was.owners) & set(now.owners):
                weaker.append((path, was, now))
    if lost:
        yield _told(
            "owners-removed",
            [p for p, _ in lost],
            lost[0][1].owners,
            (),
            _place(change, after, lost[0][1]),
            left=owned,
        )
    named = {tuple(sorted(line.owners)) for line in after}
    renamed = {old for old, new in pairs if old not in named and _one_to_one(pairs, old, new)}
    shadowed = [
        (p, w, n)
        for p, w, n in weaker
        if n.pattern != w.pattern and _exists(w, after) and tuple(sorted(w.owners)) not in renamed
    ]
    if shadowed:
        path, was, now = shadowed[0]
        region = Region("after", change.path, now.number, 1, now.number, 2)
        yield _told("owners-shadowed", [p for p, _, _ in shadowed], was.owners, now.owners, region)


def _exists(line: Line, lines: Sequence[Line]) -> bool:
    return any(line.pattern == other.pattern and set(line.owners) == set(other.owners) for other in lines)


def _one_to_one(
    pairs: Counter[tuple[tuple[str, ...], tuple[str, ...]]], old: tuple[str, ...], new: tuple[str, ...]
) -> bool:
    """Whether these owners became those everywhere: a team that has another name."""
    return sum(1 for was, _ in pairs if was == old) == 1 and sum(1 for _, now in pairs if now == new) == 1


def _paths(context: Context) -> Sequence[str]:
    """The files that are on both sides: a new file had no owner to lose."""
    before = set(context.before.tree.paths())
    return [p for p in context.after.tree.paths() if p in before][:_MAX_PATHS]


def _text(context: Context, side: str, change: Change) -> str:
    entity = change.before if side == "before" else change.after
    tree = context.before.tree if side == "before" else context.after.tree
    return (tree.read(entity.region.path) or b"").decode("utf-8", "replace") if entity is not None else ""


def _place(change: Change, after: Sequence[Line], line: Line) -> Region | None:
    if change.after is None:
        return None
    now = next((n for n in after if n.pattern == line.pattern), None)
    number = now.number if now is not None else max(1, min(line.number, after[-1].number if after else 1))
    return Region("after", change.path, number, 1, number, 2)


def _told(
    what: str,
    paths: Sequence[str],
    before: Sequence[str],
    after: Sequence[str],
    region: Region | None,
    left: int | None = None,
) -> Fact:
    return _fact(what, " ".join(before), " ".join(after) or "nobody", len(paths), few(paths), region, left)


# --- OWNERS (Prow), settings, Terraform ------------------------------------------------------------------------------


def _prow(change: Change, context: Context) -> Iterator[Fact]:
    old, new = (
        set(re.findall(r"^\s*-\s*([\w./@-]+)", _text(context, side, change), re.MULTILINE))
        for side in ("before", "after")
    )
    if old and not new:
        yield _fact(
            "owners-removed",
            ", ".join(sorted(old)[:5]),
            "nobody",
            1,
            change.path.rpartition("/")[0] or "the repository",
            None,
        )


def _settings(change: Change, context: Context) -> Iterator[Fact]:
    before, after = context.before.document(change.path), context.after.document(change.path)
    if before is None or not isinstance(before.content, KeyTree):
        return
    new = after.content.documents if after is not None and isinstance(after.content, KeyTree) else ()
    if not new:
        if any(key in json.dumps(sorted(_names(d))) for d in before.content.documents for key in _KEYS):
            yield _fact("rules-removed", "branch rules", "none", 1, change.path, None)
        return
    for old, now in zip(before.content.documents, new, strict=False):
        yield from _weaker(old, now, "", change.path, 0)


def _names(value: Value) -> set[str]:
    return {path.rpartition(".")[2] for path, _ in value.leaves()}


def _resource(change: Change) -> Iterator[Fact]:
    if change.before is None:
        return
    if change.after is None:
        if change.action == "removed":
            yield _fact("rules-removed", change.before.type, "none", 1, change.address, None)
        return
    yield from _weaker(change.before.attributes, change.after.attributes, "", change.address, 0)


def _weaker(old: Value, new: Value | None, key: str, where: str, depth: int) -> Iterator[Fact]:
    """Each key below that is weaker now. An absent value counts as what absence means: nothing is asked for."""
    if depth > 12 or (new is not None and not new.known) or old == new:
        return
    sort = _KEYS.get(key, "")
    if sort and old.known:
        found = _loss(sort, old, new)
        if found:
            yield _fact(f"{key}", found[0], found[1], 1, where, new.region if new is not None else None)
            return
    if old.is_map:
        for name, child in old.items.items():
            now = new.items.get(name) if new is not None and new.is_map else None
            if now is not None or name in _KEYS or child.is_map or child.is_list:
                yield from _weaker(child, now, name, where, depth + 1)
    elif old.is_list and not sort:
        elements = new.elements if new is not None else ()
        typed = {_type(e): e for e in elements if _type(e)}
        for number, child in enumerate(old.elements):
            kind = _type(child)
            now = typed.get(kind) if kind else elements[number] if number < len(elements) else None
            if (
                kind
                in ("deletion", "non_fast_forward", "required_signatures", "pull_request", "required_status_checks")
                and now is None
            ):
                yield _fact(kind, "on", "gone", 1, where, new.region if new is not None else None)
            else:
                yield from _weaker(child, now, key, where, depth + 1)


def _type(value: Value) -> str:
    found = value.get("type") or value.get("name") or value.get("context")
    return scalar_text(found)


def _loss(sort: str, old: Value, new: Value | None) -> tuple[str, str] | None:
    before = str(old.scalar).lower() if old.is_scalar else ""
    after = "" if new is None else str(new.scalar).lower() if new.is_scalar else ""
    if sort == "lower" and old.is_scalar:
        was, now = _count(before), _count(after)
        return (before, after or "none") if was > now else None
    if sort == "off" and before == "true" and after in _OFF:
        return before, after or "not set"
    if sort == "on" and before in _OFF and after == "true":
        return before or "not set", after
    if sort == "enforcement" and before == "active" and after != "active":
        return before, after or "not set"
    if sort in ("fewer", "more") and (old.is_list or (new is not None and new.is_list)):
        was_set = {_told_element(e) for e in old.elements}
        now_set = {_told_element(e) for e in (new.elements if new is not None else ())}
        change = sorted(was_set - now_set if sort == "fewer" else now_set - was_set)
        if change and (sort == "more" or len(now_set) < len(was_set)):
            shown = ", ".join(change[:5])
            return (shown, "not required") if sort == "fewer" else ("nobody new", shown)
    return None


def _told_element(value: Value) -> str:
    return (
        str(value.scalar)
        if value.is_scalar
        else _type(value) or ", ".join(f"{k}={v.scalar}" for k, v in value.leaves())
    )


def _count(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _fact(
    what: str, before: str, after: str, count: int, where: str, region: Region | None, left: int | None = None
) -> Fact:
    fields: dict[str, FactValue] = {
        "what": what, "before": before, "after": after, "count": count, "where": where, "left": left,
    }  # fmt: skip
    return Fact("review", fields, what, after=region)
