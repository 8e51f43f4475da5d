"""What a change lets coding agents do: settings, instructions, tool servers, ignore files, workflows, command lines.

Facts of the changes of kind `file` and `command`. Which of the modules is asked is told by the path, so that a change
without an agent's files costs a look at its paths.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.model import Change, Fact
from blastlint.regex import regex

SETTINGS = regex(
    r"(^|/)(\.(claude|codex|gemini|qwen|cursor|kiro|amazonq|opencode|vscode|roo|devcontainer|amp|zed|factory|windsurf)/"
    r".*\.(json|jsonc|toml|rules|hook)|\.github/hooks/[^/]+\.json|\.continue/mcpServers/[^/]+\.(ya?ml|json)"
    r"|(opencode|\.?crush|\.?mcp|(cline_)?mcp_settings|devcontainer)\.jsonc?|\.aider\.conf\.yml|\.roomodes|[^/]+\.code-workspace)$"
)
INSTRUCTIONS = regex(
    r"(^|/)((CLAUDE|AGENTS?|GEMINI|QWEN|WARP|CRUSH|CONVENTIONS|JULES)(\.local)?\.md|\.(cursor|windsurf|cline|roo|goose|augment)(rules|hints)"
    r"(/.*\.mdc?)?|\.roorules-\w+|\.(cursor|windsurf|roo|kilocode|continue|amazonq|augment|trae)/rules/.*\.mdc?|\.kiro/steering/.*\.md"
    r"|\.github/(copilot-instructions\.md|(instructions|prompts|agents|chatmodes)/.*\.md)|\.junie/guidelines\.md"
    r"|\.(claude|codex|gemini|opencode|agents?|cursor|factory|windsurf|github)/(skills?|agents?|commands?|prompts?|rules|droids|workflows)"
    r"/.*\.(md|toml)|\.(aiassistant|qoder|devin|tabnine)/(rules|guidelines)/.*\.md|\.augment-guidelines)$"
)
_WORKFLOW = regex(r"(^|/)\.(github|gitea|forgejo)/workflows/[^/]+\.ya?ml$")
_PROGRAMS = frozenset({"python", "javascript", "typescript", "go", "ruby", "java", "rust"})  # shell is read as commands


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts about one changed file or command."""
    if change.kind == "command":
        from blastlint.enrich.agents import flags

        yield from flags.of_command(change)
        return
    if change.entity.type in ("symlink", "submodule"):
        return
    if change.entity.type not in _PROGRAMS | {"terraform"}:
        yield from _of_file(change, context)
    if change.after is not None and change.entity.type in _PROGRAMS | {"json"}:
        from blastlint.enrich.agents import flags

        yield from flags.of_text(change, context)
    data = context.after.tree.read(change.after.address) if change.after is not None else None
    if data is not None and not data.isascii():
        from blastlint.enrich.agents import hidden

        yield from hidden.facts(change, data, INSTRUCTIONS.search(change.path) is not None, context)


def _of_file(change: Change, context: Context) -> Iterator[Fact]:
    """What a file says to agents that is read by them."""
    path = change.path
    if SETTINGS.search(path):
        from blastlint.enrich.agents import servers, settings

        yield from settings.facts(change, context)
        yield from servers.facts(change, context)
    elif INSTRUCTIONS.search(path):
        from blastlint.enrich.agents import instructions, servers, settings

        yield from instructions.facts(change, context)
        yield from settings.facts(change, context)  # of its head
        yield from servers.facts(change, context)
    elif path.endswith(("ignore", "exclude")):
        from blastlint.enrich.agents import ignored

        yield from ignored.facts(change, context)
    elif _WORKFLOW.search(path):
        from blastlint.enrich.agents import workflows

        yield from workflows.facts(change, context)
