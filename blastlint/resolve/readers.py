"""Which Terraform modules, or files of Terragrunt, read a file that is not Terraform: by file(), templatefile() and their
kin, or as a state.

Asked for every changed file, also in trees without Terraform: so nothing is parsed, and no resolver is imported.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from blastlint.model import Tree
from blastlint.regex import regex

_SUFFIXES = (".tf", ".tofu", ".hcl")
_READS = regex(rb"\b(?:templatefile|file(?:set|base64|md5|sha\d+|base64sha\d+)?)\s*\(|\bterraform_remote_state\b")
_DATA_SUFFIXES = (
    ".yaml", ".yml", ".json", ".tftpl", ".tpl", ".tmpl", ".csv", ".txt", ".conf", ".cfg", ".ini", ".toml", ".xml", ".sql",
    ".sh", ".ps1", ".pem", ".pub", ".j2", ".html", ".env", ".properties", ".zip", ".hcl", ".tfstate",
)  # fmt: skip
_QUOTED = regex(r'/([^/"]+)"')
_FOUND = regex(r'\bfind_in_parent_folders\("([^/"]+)"')
_COMPUTED = regex(r'([\w-]+)/\$\{[^{}"]*\}(\.\w+)"')  # a name of which only the directory and the ending are written out
MAX_LEVELS = 8


def readers(tree: Tree, changed: Sequence[str]) -> dict[str, str]:
    """{changed file: directory of a module that reads it}, for those that one reads. A file counts when a module in a
    directory above it names it or the directory it is in, or when a module elsewhere names it."""
    reading: dict[str, bytes] = {}  # directory -> its Terraform text, "" when it reads no files
    found: dict[str, str] = {}
    elsewhere: dict[str, list[str]] | None = None
    for path in changed:
        if path.endswith((".tf", ".tofu", ".tf.json", ".tfvars")):
            continue
        directory = next((d for d in _above(path) if _names(_text(tree, d, reading), path, d)), None)
        if directory is None and path.endswith(_DATA_SUFFIXES):
            if elsewhere is None:
                elsewhere = _naming(tree, changed)
            hits = [*elsewhere.get(posixpath.basename(path), ()), *elsewhere.get(any_beside(path), ())]
            directory = next((d for d in hits if _text(tree, d, reading)), None)
        if directory is not None:
            found[path] = directory
    return found


def _naming(tree: Tree, changed: Sequence[str]) -> dict[str, list[str]]:
    """Name of a data file -> the directories whose Terraform names one behind a slash. One search for all of them."""
    suffixes = sorted(suffix for suffix in _DATA_SUFFIXES if any(path.endswith(suffix) for path in changed))
    found: dict[str, list[str]] = {}
    for path, line in tree.lines(tuple(f'{suffix}"' for suffix in suffixes), _SUFFIXES):
        for name in (*_QUOTED.findall(line), *_FOUND.findall(line)):
            found.setdefault(name, []).append(posixpath.dirname(path))
        for name in computed(line) if path.endswith(".hcl") else ():
            found.setdefault(name, []).append(posixpath.dirname(path))
    return found


def computed(line: str) -> list[str]:
    """`config/*.yaml` for each file whose name a line computes: `config/${local.stage}.yaml`."""
    return [f"{directory}/*{ending}" for directory, ending in _COMPUTED.findall(line)]


def any_beside(path: str) -> str:
    """What `computed` says of a line that may mean this file."""
    return f"{posixpath.basename(posixpath.dirname(path))}/*{posixpath.splitext(path)[1]}"


def _above(path: str) -> list[str]:
    """The directories above a file, nearest first."""
    found = [posixpath.dirname(path)]
    while found[-1] and len(found) < MAX_LEVELS:
        found.append(posixpath.dirname(found[-1]))
    return found


def _text(tree: Tree, directory: str, known: dict[str, bytes]) -> bytes:
    if directory not in known:
        files = [tree.read(path) or b"" for path in tree.listdir(directory) if path.endswith(_SUFFIXES)]
        text = b"\n".join(files)
        known[directory] = text if _READS.search(text) else b""
    return known[directory]


def _names(text: bytes, path: str, directory: str) -> bool:
    """Whether the module's text names the file, or the first directory on the way to it, or files of its kind beside it."""
    if not text:
        return False
    relative = path[len(directory) + 1 :] if directory else path
    first, _, below = relative.partition("/")
    if below:
        return f"{first}/".encode() in text or posixpath.basename(path).encode() in text
    return first.encode() in text or posixpath.splitext(first)[1].encode() + b'"' in text
