"""A sign of life on stderr, for people only, and only when the work takes long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 1.5  # seconds


@contextmanager
def progress(text: str, quiet: bool) -> Iterator[None]:
    """Shows `text` after PATIENCE seconds and takes it away at the end. Nothing where stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from threading import Event, Timer

    shown = Event()

    def show() -> None:
        shown.set()
        print(f"\r{text} ...", end="", file=sys.stderr, flush=True)

    timer = Timer(PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if shown.is_set():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
