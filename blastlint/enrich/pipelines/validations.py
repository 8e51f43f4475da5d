"""`validation` facts: what would have refused a wrong configuration is told not to, or asked no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.command import Command
from blastlint.diff.commands import command_of
from blastlint.enrich.commands.context import attribute, surroundings
from blastlint.enrich.context import Context
from blastlint.facts.commands import classes_of
from blastlint.masking import mask_text
from blastlint.model import Change, Entity, Fact, FactValue, Region
from blastlint.regex import regex

# An option that turns a check off, as written: with a value where it is one that takes `false`.
_SKIPS = regex(
    r"(?<![\w-])(--validate=(?:false|ignore|warn)|--validate[ =]false"
    r"|--(?:skip|no|disable|bypass|ignore)-(?:\w+-)*(?:validation|validate|verify|verification|checks?|schema|openapi-validation"
    r"|admission|preflight(?:-checks)?|lint|policy|policies|guardrails?|sanity)\b"
    r"|--ignore-preflight-errors=\S+|--lock=false|-lock=false|--force-conflicts\b)"
)
_QUIET = regex(
    r"--no-verify-ssl|--no-check-certificate|--(no|skip)-check(ers|out|sum)?s?\b(?=.*\b(apt|pip|wget|curl)\b)"
)
_VALIDATES = regex(
    r"(?<![\w-])(validate|validate-\w+|check-config|checkconfig|config-?test|verify|vet|preflight|dry-run|lint)(?![\w-])"
)
_PUBLISHES = regex(
    r"(?<![\w-])(push|publish|apply|deploy|sync|upload|release|rollout|put|install|upgrade|reload|restart)(?![\w-])"
)
_PACKAGES = ("npm", "yarn", "pnpm", "bun", "pip", "cargo")
_CHECKED = frozenset({"test", "lint", "security"})


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one changed command, pipeline or cluster object."""
    if change.kind == "command" and change.after is not None and change.action in ("added", "modified"):
        yield from _skipped(change.before, change.after)
    elif change.kind == "pipeline.workflow" and change.before is not None and change.after is not None:
        yield from _dropped(change.before, change.after)
    elif change.kind == "kubernetes.object" and change.type.endswith("WebhookConfiguration"):
        yield from _webhook(change)


def _skipped(before: Entity | None, after: Entity) -> Iterator[Fact]:
    command = command_of(after)
    if attribute(after, "container") == "docs":
        return
    found = [s for s in _SKIPS.findall(command.text) if not _QUIET.search(command.text)]
    if before is None and not (set(classes_of(command)) & {"deploy", "iac-apply", "platform-destroy", "iac-destroy"}):
        return
    was = command_of(before).text if before is not None else ""
    new = [s for s in found if s not in was]
    if new and command.tool not in _PACKAGES:
        place = surroundings(after, command)
        commit = command.tool == "git" and command.verb in ("commit", "push", "merge")
        what = "hook-skipped" if commit else "option"
        yield _fact(
            what,
            new[0],
            mask_text(was) or "nothing",
            mask_text(command.text),
            before is None,
            place.ephemeral,
            command.region,
        )


def _dropped(before: Entity, after: Entity) -> Iterator[Fact]:
    """A validation that is gone from a job that still publishes with the same tool."""
    assert isinstance(before.detail, tuple) and isinstance(after.detail, tuple)
    everything = [c for commands in after.detail[2].values() for c in commands]
    for job, commands in before.detail[2].items():
        now: Sequence[Command] = after.detail[2].get(job, ())
        for command in commands:
            if not _validates(command) or any(c.tool == command.tool and _validates(c) for c in everything):
                continue
            publishing = next((c for c in now if c.tool == command.tool and _publishes(c)), None)
            if publishing is not None and not _SKIPS.search(publishing.text):
                yield _fact(
                    "step-removed",
                    command.tool,
                    mask_text(command.text),
                    mask_text(publishing.text),
                    False,
                    False,
                    publishing.region,
                )
                break


def _validates(command: Command) -> bool:
    return bool(_VALIDATES.search(_words(command))) and not set(classes_of(command)) & _CHECKED


def _publishes(command: Command) -> bool:
    """Whether something reaches others by it; what a package manager installs does not."""
    fetches = command.tool in _PACKAGES and command.verb in ("install", "ci", "i", "add", "update", "upgrade", "download")
    return not fetches and bool(_PUBLISHES.search(_words(command)))


def _words(command: Command) -> str:
    """The words that say what it does: the first ones that are no option and no path."""
    return " ".join(w for w in command.text.split()[1:4] if "/" not in w)


def _webhook(change: Change) -> Iterator[Fact]:
    for delta in change.deltas:
        if delta.path.endswith("failurePolicy") and delta.before is not None and delta.after is not None:
            before, after = str(delta.before.scalar), str(delta.after.scalar)
            if before != "Ignore" and after == "Ignore":
                yield _fact("failure-policy", change.entity.name, before, after, False, False, delta.after_region)


def _fact(what: str, name: str, before: str, after: str, new: bool, ephemeral: bool, region: Region | None) -> Fact:
    fields: dict[str, FactValue] = {
        "what": what, "name": name, "before": before, "after": after, "new": new, "ephemeral": ephemeral,
    }  # fmt: skip
    return Fact("validation", fields, f"{what}:{name}", after=region)
