"""`blastlint check` for click: its help, its messages, and every way to write its options."""

from __future__ import annotations

import click

from blastlint.cli.check import check as judge
from blastlint.cli.options import CHECK, Option


def _made(option: Option) -> click.Option:
    return click.Option(
        [*option.flags, option.name],
        help=option.help,
        metavar=option.metavar or None,
        is_flag=option.is_flag,
        multiple=option.multiple,
        type=click.Choice(option.choices) if option.choices else None,
        default=False if option.is_flag else option.default,
        show_default=option.default is not None,
        envvar=option.variable or None,
    )


_CHANGE = click.Argument(["change"], nargs=-1, metavar="[REVISION | A..B | A...B | OLD NEW]")

check = click.Command("check", params=[_CHANGE, *map(_made, CHECK)], callback=judge, help=judge.__doc__)
