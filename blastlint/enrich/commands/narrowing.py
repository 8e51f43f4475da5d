"""What a command acts on, before and now: the options, words and conditions that narrowed it and are gone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from blastlint.command import Command, Option
from blastlint.facts.commands import fed, tool
from blastlint.masking import mask_text
from blastlint.regex import regex

# Switches and values that stand for everything there is.
_SWITCHES = frozenset({"all", "all-namespaces", "all-versions", "all-projects", "all-regions"})
_EVERYTHING = frozenset({"all", "*", ".", "%", ".*", "everything", "any"})
_LISTING = regex(
    r"^(sudo )?(kubectl|oc|helm|aws|gcloud|az|docker|podman|gsutil|doctl|terraform|tofu|eksctl|argocd|flux|velero|gh"
    r"|heroku|fly|oci|hcloud|openstack|psql|mysql|mongosh?|redis-cli|rabbitmqctl|kafka-topics(\.sh)?|zfs|lvs|vgs|restic|ls|find)\b"
    r".*?(\s(get|list[\w:-]*|ls|describe[\w-]*|ps|-q|-l|--scan|keys|show|images|volume ls)(\s|$)|^(ls|find)\s)"
)
_FILTER = regex(
    r"\|\s*(grep|egrep|rg|awk\s+'?/|awk\s+'?[$N]\S*\s*[=~!<>]|sed\s+-n|head|tail|fzf|jq\b.*(select|test|\.\w+\s*==)|cut\b.*\|.*grep)"
    r"|\s(-l|--selector|--field-selector|--filters?|-f|--prefix|--name-prefix|--tag\S*|--stack-status-filter|-name|-mtime|-mmin|-path"
    r"|-older\S*|-n|--namespace|--match|--pattern|--project|--resource-group|-g)[ =]|--query[ =]\S*\?|\bwhere\b|-regex",
    re.IGNORECASE,
)
_WHERE = regex(r"\bwhere\b", re.IGNORECASE)
_ROWS = regex(r"\b(delete\s+from|update\s+\S+\s+set)\b", re.IGNORECASE)


def narrowing_lost(command: Command, old: Command, elsewhere: Callable[[str], bool]) -> Iterator[str]:
    """How the command acts on more than the one before it, in words. `elsewhere` says whether a literal that an option had
    narrows in another way now."""
    narrow = _narrow(command) | _narrow(old)
    for option in old.options:
        if option.name in narrow:
            yield from _option_lost(option, command, elsewhere)
    for option in command.options:
        widens = option.name in _SWITCHES and option.value.lower() not in ("false", "no", "0")
        if widens and not old.has(option.name) and old.targets and len(command.targets) <= len(old.targets):
            yield f"now with {option.name}"
    if (
        _ROWS.search(fed(old))
        and _WHERE.search(fed(old))
        and _ROWS.search(fed(command))
        and not _WHERE.search(fed(command))
    ):
        yield "without its WHERE"
    yield from _targets_widened(command, old)
    if unfiltered(command.each) and not unfiltered(old.each) and (old.each or old.targets or old.options):
        yield f"on everything that {mask_text(command.each)} lists"


def unfiltered(listing: str) -> bool:
    """Whether a line lists everything of a kind, with nothing that picks some of it."""
    return bool(_LISTING.search(listing)) and not _FILTER.search(listing)


def is_narrowed(command: Command) -> bool:
    """Whether an option picks some of what it could act on."""
    return any(o.name in _narrow(command) and o.value not in ("*", "", "d", "f") for o in command.options)


def _narrow(command: Command) -> frozenset[str]:
    found = command.via[-1:] == ("find -exec",) or command.each.startswith("find ")
    return tool(command.tool).narrow | (tool("find").narrow if found else frozenset())


def _option_lost(option: Option, command: Command, elsewhere: Callable[[str], bool]) -> Iterator[str]:
    now = command.option(option.name)
    shown = f"{option.name} {mask_text(option.value)}".strip()
    if now is None:
        if not elsewhere(option.value):
            yield f"without {shown}"
    elif now.value.lower() in _EVERYTHING and option.value.lower() not in _EVERYTHING:
        yield f"{now.name} {now.value} instead of {mask_text(option.value)}"


def _targets_widened(command: Command, old: Command) -> Iterator[str]:
    """A place that contains the one before: `s3://b/logs` -> `s3://b`, `/srv/app/cache` -> `/srv/app`."""
    if len(command.targets) != len(old.targets):
        return
    for now, before in zip(command.targets, old.targets, strict=True):
        if not (now.known and before.known) or now.value == before.value or now.kind in ("build", "temporary"):
            continue
        if not (tool(command.tool).paths or "://" in before.value):
            continue
        wide, narrow = _place(now.value), _place(before.value)
        if wide and (
            narrow.startswith(f"{wide}/") or (now.value.endswith("*") and narrow.startswith(wide) and wide != narrow)
        ):
            yield f"{mask_text(now.value)} instead of {mask_text(before.value)}"


def _place(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    path = posixpath.normpath((rest if separator else text).rstrip("*") or ".").rstrip("/")
    return f"{scheme}://{path}" if separator else path
