"""Bytes -> Document with positions. Each module here is the only importer of its parser library, and exports

    parse(path: str, side: Side, data: bytes) -> Document

It never raises for bad input: what could not be read is in the Document's coverage and reason.
"""

from __future__ import annotations

from importlib import import_module

from blastlint.model import Document, Side
from blastlint.parse.languages import language_of

MAX_BYTES = 4_000_000
NO_PARSER = "no parser for this kind of file"

# language -> module of this package that parses it. Grammars are imported when the first such file is met.
PARSERS: dict[str, str] = {
    "terraform": "hcl",
    "terraform-json": "hcl_json",
    "yaml": "yaml",
    "json": "json",
    "toml": "toml",
    "ini": "ini",
    "dotenv": "ini",
    "properties": "ini",
    "python": "python",
    "javascript": "javascript",
    "typescript": "javascript",
    "go": "program",
    "ruby": "program",
    "java": "program",
    "rust": "program",
    "shell": "shell",
    "powershell": "powershell",
    "dockerfile": "dockerfile",
    "makefile": "makefile",
    "sql": "sql",
    "markdown": "markdown",
    "jenkinsfile": "jenkinsfile",
    "prisma": "prisma",
    "zone": "zone",
    "list": "entries",
    "codex-rules": "codex_rules",
}


_SEALED = "encrypted by git-crypt"


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one file. Unsupported languages, binaries and files over MAX_BYTES are opaque, with the reason."""
    language = language_of(path, data)
    if b"\0" in data[:8000]:
        encrypted = data.startswith(b"\0GITCRYPT\0")
        return Document(path, side, language, coverage="opaque", reason=_SEALED if encrypted else "binary file")
    if language not in PARSERS:
        return Document(path, side, language, coverage="opaque", reason=NO_PARSER)
    if len(data) > MAX_BYTES:
        return too_large(path, side)
    module = import_module(f"blastlint.parse.{PARSERS[language]}")
    document: Document = module.parse(path, side, data)
    return document


def too_large(path: str, side: Side) -> Document:
    """The Document of a file over MAX_BYTES, which need not be read for it."""
    language = language_of(path)
    reason = f"larger than {MAX_BYTES // 1_000_000} MB" if language in PARSERS else NO_PARSER
    return Document(path, side, language, coverage="opaque", reason=reason)
