"""Facts about programs: handlers, checks of who may, TLS, time limits, tests and what they assert, environment guards,
destructive calls; what is checked, locked, validated, hardened, used. The same for every language, since parse/ brings them
all to one `Shape`."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.code import (
    assertions,
    audits,
    auth,
    bodies,
    checks,
    commands,
    connections,
    costs,
    counterparts,
    crashes,
    defaults,
    environments,
    expectations,
    handlers,
    hardening,
    health,
    hooks,
    locks,
    selections,
    shared_examples,
    skips,
    strengths,
    symbols,
    tests,
    timeouts,
    tls,
    unhandled,
    validations,
)
from blastlint.enrich.code.pairs import scope_of
from blastlint.enrich.context import Context
from blastlint.model import Change, Fact

_ABOUT = (
    audits, checks, validations, locks, hardening, strengths, counterparts, connections, defaults, crashes, costs,
    selections, bodies, health,
)  # fmt: skip


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """Everything that is true of one changed definition. A move without an edit has nothing to say."""
    pair = scope_of(context).pair(change)
    yield from symbols.facts(pair)
    if change.action == "moved":
        return
    if change.action == "removed" or (change.before is not None and change.before.type == "test"):
        yield from tests.facts(pair)
    if change.action == "removed":
        yield from hooks.facts(pair)
        yield from hardening.dropped(pair)
    else:
        yield from assertions.facts(pair)
        yield from shared_examples.facts(pair)
        yield from skips.facts(pair)
        yield from expectations.facts(pair)
        yield from handlers.facts(pair)
        yield from unhandled.facts(pair)
        yield from auth.facts(pair)
        yield from tls.facts(pair)
        yield from timeouts.facts(pair)
        yield from environments.facts(pair)
        for about in _ABOUT:
            yield from about.facts(pair)
        yield from commands.facts(pair)
