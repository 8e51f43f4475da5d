"""The commands by name. A command's module is imported only when it is used: `--version` costs next to nothing."""

from __future__ import annotations

from importlib import import_module

import click

from blastlint import __version__

# command -> (module of this package, what it does)
COMMANDS = {
    "check": ("check_command", "Judge a change: uncommitted work, a revision range, two directories, a patch."),
    "explain": ("explain", "Say what a rule looks for, why it matters, and what to do instead."),
    "replay": ("replay", "Run real incidents as table-top exercises."),
    "rules": ("rules", "List the rules, test rule files, print the rule form's JSON Schema."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports their modules one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"blastlint.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, 1)
            raise click.UsageError(f"no command {args[0]!r}" + (f" (did you mean {close[0]!r}?)" if close else ""), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="blastlint", message="%(prog)s %(version)s")
def cli() -> None:
    """Sees what a change would delete, replace, unprotect or open, before it is applied.

    blastlint check looks at the uncommitted work of the repository that you are in.
    """
