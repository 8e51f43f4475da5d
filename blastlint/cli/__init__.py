"""The command line: `main` starts the commands, and turns every end into one message and an exit code.

Exit codes: 0 clean, 1 findings, 2 usage, configuration or rule error, 3 analysis incomplete under --strict.
"""

from __future__ import annotations

import gc
import os
import sys

from blastlint import __version__
from blastlint.errors import EXIT_USAGE, BlastlintError

INTERRUPTED = 130


def main() -> None:
    """The entry point of the `blastlint` script; ends the process."""
    gc.disable()  # what is made lives to the end: looking for garbage was a sixth of a large run, and half of the way out
    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """One command line; the exit code. Never raises, unless BLASTLINT_DEBUG asks for the traceback."""
    if arguments in (["--version"], ["-V"]):  # asked by every installer and hook: four times cheaper without click
        print(f"blastlint {__version__}")
        return 0
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that is no UTF-8 shows `?` and does not fail
            stream.reconfigure(errors="replace")
    try:
        code = _called(arguments)
        sys.stdout.flush()
        return code
    except BlastlintError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        silence_stdout()
        return EXIT_USAGE
    except Exception as error:
        if os.environ.get("BLASTLINT_DEBUG"):
            raise
        return _fail(
            f"internal error: {type(error).__name__}: {error}\n"
            "  This is a fault of blastlint. Please report it, with the traceback that BLASTLINT_DEBUG=1 shows.",
            EXIT_USAGE,
        )


def _called(arguments: list[str]) -> int:
    """Call the command. A check that is written plainly needs no click, which costs as much as a third of a small one."""
    if arguments[:1] == ["check"]:
        from blastlint.cli.options import plain

        given = plain(arguments[1:])
        if given is not None:
            from blastlint.cli.check import check

            return check(**given)
    return _by_click(arguments)


def _by_click(arguments: list[str]) -> int:
    from click.exceptions import Abort, ClickException

    from blastlint.cli.group import cli

    try:
        code = cli.main(arguments, "blastlint", standalone_mode=False)
    except ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"\n  See: {context.command_path} --help" if context is not None else ""
        return _fail(error.format_message() + hint, error.exit_code)
    except Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def silence_stdout() -> None:
    """The reader went away (`| head`): nothing more can be written, and Python must not complain about it at exit."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())


def _fail(message: str, code: int) -> int:
    print(f"blastlint: {message}", file=sys.stderr)
    return code
