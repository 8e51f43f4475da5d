"""`tls` facts of commands: curl, wget, git, ssh and their like, told not to check whom they talk to.

Those of programs are in code/tls.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.command import Command
from blastlint.diff.commands import command_of
from blastlint.enrich.context import Context
from blastlint.facts.words import listed
from blastlint.masking import mask_text
from blastlint.model import Change, Fact
from blastlint.regex import regex

# Options that say so by being there, by their long names; and what says so with a value, whichever tool it is told to.
_SWITCHES = listed(
    """
    insecure proxy-insecure no-check-certificate insecure-skip-tls-verify kube-insecure-skip-tls-verify no-verify-ssl
    tls-skip-verify skip-tls-verify insecure-skip-verify no-strict-ssl allow-insecure-repositories trusted-host
    allow-insecure-host allow-unauthenticated nogpgcheck no-gpg-checks no-gpg-check
    """
)
_VALUES = regex(
    r"(?i)http\.sslVerify[ =]+(false|0)\b|StrictHostKeyChecking[ =]+[\"']?no\b|\bstrict-ssl[ =]+false\b"
    r"|--tls-?verify=false\b|\bGIT_SSL_NO_VERIFY=[\"']?(1|true)|\bNODE_TLS_REJECT_UNAUTHORIZED=[\"']?0|\bPYTHONHTTPSVERIFY=[\"']?0"
    r"|\bVerify-(Peer|Host)=(false|0)|--check-hostname[ =]+(no|false)\b"
)
# Of other tools `--verify=false` leaves a signature or a dry run unchecked, not who is talked to.
_CLIENTS = frozenset({"http", "https", "httpie", "xh", "xhs"})
_VERIFY = regex(r"(?i)--verify[ =]+(no|false)\b")
_LOCAL = regex(r"(?i)\b(localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal|\[::1\])")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one command that checked before or is new; one that is gone and did not check either was this one."""
    if change.after is None or change.action == "moved":
        return
    old = command_of(change.before) if change.before is not None else None
    command = command_of(change.after)
    name = _unchecked(command)
    container = change.after.attributes.get("container")
    if not name or (old is not None and _unchecked(old)) or (container is not None and container.scalar == "docs"):
        return
    if old is None and name in context.once(_gone):
        return
    yield Fact(
        "tls",
        {
            "name": name,
            "after": mask_text(command.text),
            "local": _LOCAL.search(command.text) is not None,
            "new_code": old is None,
        },
        after=command.region,
    )


def _gone(context: Context) -> frozenset[str]:
    """What switched the check off in commands that are gone."""
    removed = (c.before for c in context.changes if c.kind == "command" and c.action == "removed")
    return frozenset(_unchecked(command_of(before)) for before in removed if before is not None)


def _unchecked(command: Command) -> str:
    """What switches the check off, or ""."""
    switched = next((o.name for o in command.options if o.name in _SWITCHES and o.value.lower() != "false"), "")
    said = _VALUES.search(command.text) or (command.tool in _CLIENTS and _VERIFY.search(command.text))
    return switched or (said[0] if said else "")
