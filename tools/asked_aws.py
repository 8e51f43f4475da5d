"""What renewed_aws.py and directions_aws.py share: one question about every type of the AWS provider, its answers kept in a
cache of JSON lines so that a run can stop and go on, and from there put into the table."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path as File
from typing import Any

from compile_aws import OUTPUT, noted
from force_new_aws import CONFIG
from tfplugin5 import Provider

Entry = dict[str, Any]  # of one type in the table


def run(tool: str, about: str, ask: Callable[[Provider, str], Any], merge: Callable[[str, Entry, Any], None]) -> None:
    """The command line of `tool`. `ask` answers for one type of a running provider, `merge` puts an answer into the entry of
    its type."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("binary", nargs="?")
    parser.add_argument("--cache", default="", help="JSON lines, appended to; types already in it are skipped")
    parser.add_argument("--compile", default="", help="the cache to write into the table")
    parser.add_argument("--types", default="", help="comma-separated; default all")
    arguments = parser.parse_args()
    if arguments.compile:
        _compile(tool, File(arguments.compile), merge)
        return
    provider, cache = Provider(arguments.binary, CONFIG), File(arguments.cache)
    done = {json.loads(line)[0] for line in cache.read_text().splitlines()} if cache.exists() else set()
    try:
        with cache.open("a") as out:
            for type_ in arguments.types.split(",") if arguments.types else sorted(provider.blocks):
                if type_ not in done:
                    answer = ask(provider, type_)
                    print(json.dumps([type_, answer], separators=(",", ":")), file=out, flush=True)
                    print(f"{type_}: {answer}", file=sys.stderr, flush=True)
    finally:
        provider.stop()


def _compile(tool: str, cache: File, merge: Callable[[str, Entry, Any], None]) -> None:
    header, *lines = OUTPUT.read_text().splitlines()
    entries: dict[str, Entry] = dict(map(json.loads, lines))
    answers: dict[str, Any] = dict(map(json.loads, cache.read_text().splitlines()))
    for type_, answer in answers.items():
        merge(type_, entries[type_], answer)
    written = (json.dumps([type_, entry], separators=(",", ":")) for type_, entry in entries.items())
    OUTPUT.write_text("\n".join((noted(header, tool, len(answers)), *written)) + "\n")
