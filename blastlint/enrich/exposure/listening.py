"""`exposure` facts of servers: one that listened on its own machine only, and now on every address that the machine has.

Told by the value, whatever the key is called: a loopback address, alone or with its port or amid the options of a command
line, that became one of those that mean everywhere. In containers everywhere is the container, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.exposure.networks import Reach, port_class
from blastlint.facts.paths import keys, steps
from blastlint.model import Change, Delta, Fact, Value
from blastlint.regex import regex

_LOOPBACK = regex(r"(?i)(?<![\w.:])(127\.0\.0\.\d+|localhost|\[?::1\]?|_local_)(?![\w.])")
_EVERYWHERE = regex(r"(?<![\w.:])(0\.0\.0\.0|\[?::\]?|\*|_site_|_global_)(?![\w.:/]*/)(?=$|[\s:,;\"'\]])")
_LISTENS = regex(
    r"(?i)(^|[._-])(bind|listen|hosts?|address|addr|addresses|interface|ip|execstart|command|args)([._-]|$)|bind_?ip"
)
_CONTAINED = regex(
    r"(?i)(^|/)(docker-)?compose[\w.-]*\.ya?ml$|dockerfile|(^|/)\.?devcontainer|(^|/)(charts?|k8s|kubernetes|manifests)/"
)
_DATABASES = regex(
    r"(?i)(^|/)(redis|valkey|postgres\w*|my|mysqld?|mariadb|mongod?|elasticsearch|opensearch|cassandra|memcached|clickhouse)"
    r"[\w.-]*$"
)
_PORT = regex(r"(?::|port[= ])(\d{2,5})\b")
_UNASKED = frozenset({"package", "catalogue", "specification", "dashboard", "pipeline", "data", "manifest", "values"})


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one key of a configuration, or of a unit; of values, that a chart's Service is for the outside now."""
    for delta in change.deltas:
        if _is_opened_service(delta) and delta.before is not None and delta.after is not None:
            yield _fact(change, delta, "service-type", _text(delta.before), delta.after)
    if change.type in _UNASKED or _CONTAINED.search(change.path):
        return
    for delta in change.deltas:
        before, after = delta.before, delta.after
        if after is None or not _LISTENS.search(keys(delta.path)[-1] if keys(delta.path) else ""):
            continue
        old = _text(before) if before is not None else ""
        closed = _LOOPBACK.search(old) if before is not None else _is_further(delta)
        if closed and not _EVERYWHERE.search(old) and _EVERYWHERE.search(_text(after)):
            yield _fact(change, delta, "bind-address", old or "not there", after)


def _is_further(delta: Delta) -> bool:
    """Whether it is one more socket of a server that has others: `tcp://0.0.0.0:2375` beside a Unix socket."""
    return steps(delta.path)[-1].element and delta.after is not None and "://" in _text(delta.after)


def _is_opened_service(delta: Delta) -> bool:
    """Whether `service.type` of some values went from the cluster's own to one that can be reached from outside of it."""
    inner = delta.before is not None and _text(delta.before) == "ClusterIP"
    outside = delta.after is not None and _text(delta.after) in ("LoadBalancer", "NodePort")
    return inner and outside and [key.lower() for key in keys(delta.path)[-2:]] == ["service", "type"]


def _fact(change: Change, delta: Delta, what: str, before: str, after: Value) -> Fact:
    port = _PORT.search(_text(after))
    number = int(port[1]) if port is not None else 0
    reached = port_class([Reach("tcp", (number, number), "0.0.0.0/0")]) if number else "other"
    if reached == "other" and _DATABASES.search(change.path):
        reached = "database"
    return Fact(
        "exposure",
        {
            "what": what,
            "ports": (port[1],) if port is not None else (),
            "port_class": reached,
            "before": before,
            "after": _text(after),
            "world": True,
            "new": False,
            "assumed": False,
        },
        delta.path,
        delta.before_region,
        delta.after_region,
    )


def _text(value: Value) -> str:
    """The text of a scalar, or those of a list."""
    return ", ".join(str(each.scalar) for each in (value.elements or (value,)) if isinstance(each.scalar, str))
