"""`mixup` facts without any word for an environment in the value: what one environment has for itself (an account, a
bucket, a queue, a port) becomes what another one has at the same place.

The same place of another environment is the key below another environment's name in the document, the document for another
profile, or the file whose path has another environment's word. A queue or a port is the same only where its host, account or
cluster is: what names their place (the keys beside them, then those above) has to agree too. What both had in common before,
as far as git knows, is no environment's own: a value that staging tried first, and production takes now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import environment_in
from blastlint.facts.paths import Step, found, steps
from blastlint.facts.words import listed, words
from blastlint.frozen import dataclass
from blastlint.masking import mask_value
from blastlint.model import Change, Delta, Environment, Fact, Related, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.resolve.keytree import profile_of
from blastlint.sources.memory import MemoryTree

_WORDS: dict[str, tuple[str, ...]] = {
    "production": ("prod", "production", "prd", "live"),
    "non-production": ("staging", "stage", "stg", "dev", "development", "qa", "uat", "test", "sandbox", "preprod", "demo"),
}
# What is one thing wherever it is named, and what only within something else.
_OWN = listed(
    """
    host hostname url uri endpoint dsn server servers broker brokers addr address domain account project subscription tenant
    cluster bucket arn distribution pool vpc zone vault
    """
)
_WITHIN = listed("port database db schema queue topic namespace table stream keyspace collection stack exchange subject")
_SUFFIXES = listed("id ids name number identifier key prefix")
_VERSIONS = 20
_PLAIN = re.compile(r"[A-Za-z]*")  # one word is a name that everybody gives


@dataclass(frozen=True, slots=True)
class Place:
    """The same place in another environment: `path` in the document `root`."""

    environment: Environment
    root: Value
    path: tuple[Step, ...]
    file: str


def mixup(change: Change, delta: Delta, home: Environment, context: Context) -> Iterator[Fact]:
    """At most one fact of a changed value of the environment `home`."""
    way = steps(delta.path)
    before, after = _text(delta.before), _text(delta.after)
    if home not in _WORDS or not before or not after or _telling(way) not in _OWN | _WITHIN:
        return
    old = {(p.file, p.environment, p.path): p for p in _places(change, way, home, context.before)}
    for place in _places(change, way, home, context.after):
        earlier = old.get((place.file, place.environment, place.path))
        there = found(place.root, place.path)
        if earlier is None or _text(there) != after or _text(found(earlier.root, place.path)) != after:
            continue
        own = _root(change, context.after)
        if own is None or not (_is_own(way, after) or _agree(own, way, place)):
            continue
        if _was_shared(change, way, place, (before, after), context):
            continue
        assert there is not None
        yield Fact(
            "mixup",
            {
                "name": delta.path,
                "home": home,
                "value": place.environment,
                "before": mask_value(delta.path, before),
                "after": mask_value(delta.path, after),
                "was": home,
                "new": False,
            },
            delta.path,
            delta.before_region,
            delta.after_region,
            related=(Related(f"what {place.environment} has there", there.region, place.file),),
        )
        return


def _text(value: Value | None) -> str:
    """A scalar that can name something, as text; "" for any other value."""
    if value is None or isinstance(value.scalar, bool) or value.scalar is None:
        return ""
    return str(value.scalar)


def _telling(way: Sequence[Step]) -> str:
    """The word of a key that says what it names: `DB_PORT` a port, `bucket: {name: ..}` and `bucket_name` a bucket."""
    for step in reversed(way):
        if not step.element:
            named = [word for word in words(step.text) if word not in _SUFFIXES]
            if named:
                return named[-1]
    return ""


def _is_own(way: Sequence[Step], value: str) -> bool:
    return _telling(way) in _OWN and _PLAIN.fullmatch(value) is None


def _agree(own: Value, way: tuple[Step, ...], place: Place) -> bool:
    """Whether what names the place of it is the same in both environments: the keys beside it with its first word, else any
    beside it, else those further out."""
    for depth in range(len(way) - 1, -1, -1):
        here, there = found(own, way[:depth]), found(place.root, place.path[:depth])
        beside = [name for name in here.items if name != way[depth].text] if here is not None else []
        names = [name for name in beside if _telling((Step(name),)) in _OWN]
        first = words(way[depth].text)[:1]
        close = [name for name in names if words(name)[:1] == first] or names
        if close and here is not None and there is not None:
            return all(_text(here.items[name]) == _text(there.items.get(name)) for name in close)
    return True


def _was_shared(
    change: Change, way: tuple[Step, ...], place: Place, values: tuple[str, str], context: Context
) -> bool:
    """Whether an earlier version of the other environment had what this one has had, or the reverse."""
    history = context.change_set.history
    if history is None:
        return False
    for path, key, value in ((place.file, place.path, values[0]), (change.path, way, values[1])):
        for data in history.earlier(path)[:_VERSIONS]:
            earlier = Workspace(MemoryTree({path: data}), "before")
            if any(_text(found(root, key)) == value for root in _documents(path, earlier)):
                return True
    return False


# --- the same place elsewhere -----------------------------------------------------------------------------------------


def _places(change: Change, way: tuple[Step, ...], home: Environment, side: Workspace) -> Iterator[Place]:
    root = _root(change, side)
    if root is None:
        return
    other: Environment = "non-production" if home == "production" else "production"
    for depth, step in enumerate(way[:-1]):
        if not step.element and environment_in(step.text) == home:
            above = found(root, way[:depth])
            for name in above.items if above is not None else ():
                if environment_in(name) == other:
                    yield Place(other, root, (*way[:depth], Step(name), *way[depth + 1 :]), change.path)
            return
    if change.entity.variant:
        for document in _documents(change.path, side):
            if environment_in(profile_of(document)) == other:
                yield Place(other, document, way, change.path)
        return
    for path in _paths(change.path, home, other):
        for document in _documents(path, side):
            yield Place(other, document, way, path)


def _paths(path: str, home: Environment, other: Environment) -> Iterator[str]:
    """The path with every word of the one environment in place of the other's."""
    for word in _WORDS[home]:
        standing = re.compile(rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])")
        if standing.search(path):
            yield from (standing.sub(instead, path) for instead in _WORDS[other])


def _root(change: Change, side: Workspace) -> Value | None:
    """The document that the change is in, on one side."""
    documents = _documents(change.path, side)
    if len(documents) > 1:
        return next((d for d in documents if change.entity.variant and profile_of(d) == change.entity.variant), None)
    return documents[0] if documents else None


def _documents(path: str, side: Workspace) -> tuple[Value, ...]:
    if side.tree.size(path) is None:
        return ()
    if path.endswith((".tfvars", ".tfvars.json")):
        from blastlint.resolve.terraform import variables

        return (Value(variables(side, path)),)
    document = side.document(path)
    return document.content.documents if document is not None and isinstance(document.content, KeyTree) else ()
