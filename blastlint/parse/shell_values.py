"""What a shell word comes to: its parts with the known variables filled in, and what kind of place that is.

A part that is not known keeps its source text and says where it comes from (`Origin`), since an unset variable, a failed
command substitution and a checked parameter are not the same risk.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Literal

from blastlint.command import Word, WordKind
from blastlint.frozen import dataclass
from blastlint.regex import regex

# literal: known; unset: assigned nowhere; assigned: somewhere, to what is not known; command: the output of one;
# positional: an argument; guarded: cannot be empty; temporary: made by mktemp; expression: filled in by the CI system.
Origin = Literal["literal", "unset", "assigned", "command", "positional", "guarded", "temporary", "expression", "home"]


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    origin: Origin = "literal"
    quoted: bool = False
    name: str = ""

    @property
    def known(self) -> bool:
        return self.origin == "literal"


Parts = tuple[Part, ...]

_ALWAYS_SET = regex(
    r"^(GITHUB_|RUNNER_|CI_|GITLAB_|CIRCLE_|BUILDKITE_|BUILD_SOURCESDIRECTORY|AGENT_|SYSTEM_|CODEBUILD_|TRAVIS_)"
    r"|^(PWD|OLDPWD|USER|LOGNAME|SHELL|HOSTNAME|UID|EUID|PPID|RANDOM|SECONDS|LINENO|BASHPID|OSTYPE|HOSTTYPE|MACHTYPE|PATH"
    r"|BASH_SOURCE|BASH_VERSION|FUNCNAME|IFS|CI|WORKSPACE|CURDIR|MAKE|MAKEFLAGS|VIRTUAL_ENV|GOPATH|JAVA_HOME|REPLY|0|\$|\?|#|!)$"
)
_TEMPORARY_NAMES = regex(r"^(RUNNER_TEMP|TMPDIR|TEMP|TMP|BATS_TMPDIR|BATS_TEST_TMPDIR|BATS_(FILE|SUITE)_TMPDIR)$")


def origin_of(name: str) -> Origin:
    """Where the value of a variable comes from that the script does not assign."""
    if name == "HOME":
        return "home"
    if _TEMPORARY_NAMES.match(name):
        return "temporary"
    if (name.isdigit() and name != "0") or name in ("@", "*"):
        return "positional"
    return "guarded" if _ALWAYS_SET.search(name) else "unset"


# --- kinds of places -----------------------------------------------------------------------------------------------

_SYSTEM = frozenset(
    [
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "lib32",
        "lib64",
        "media",
        "mnt",
        "opt",
        "proc",
        "root",
        "sbin",
        "srv",
        "sys",
        "usr",
        "var",
        "data",
        "Users",
        "Library",
        "System",
    ]
)
_VITAL = _SYSTEM - {"data", "mnt"}
_SYSTEM_BELOW = frozenset(
    [
        "/usr/bin",
        "/usr/lib",
        "/usr/lib64",
        "/usr/local",
        "/usr/sbin",
        "/usr/share",
        "/usr/local/bin",
        "/usr/local/lib",
        "/var/lib",
        "/var/log",
        "/var/www",
    ]
)
_BUILD = frozenset(
    [
        "build",
        "dist",
        "out",
        "target",
        "node_modules",
        "__pycache__",
        "coverage",
        "htmlcov",
        "bin",
        "obj",
        "output",
        "generated",
        "_build",
        "public",
        "site",
        "_site",
        "tmp",
        "temp",
        "cache",
        "caches",
        "artifacts",
        "artefacts",
        "bazel-out",
        "vendor",
        "third_party",
        "lists",
        "release",
        "debug",
        "wheelhouse",
        "result",
        "results",
        "venv",
        "env",
        "virtualenv",
        "deps",
        "pkg",
        "packages",
        "builds",
        "reports",
        "report",
        "logs",
    ]
)
_BUILD_NAME = regex(
    r"(^\.(cache|tox|nox|venv|pytest_cache|mypy_cache|ruff_cache|next|nuxt|turbo|parcel-cache|terraform|gradle|eggs|coverage"
    r"|nyc_output|output|svelte-kit|angular|docusaurus|build|tmp|vite|hypothesis|ipynb_checkpoints|serverless)$)"
    r"|\.egg-info$|\.(o|a|so|pyc|pyo|class|tmp|log|lock|pid|sock|zip|whl|tgz|gz|tar|deb|rpm|apk|swp|orig|bak)$"
    r"|^(cmake-build|bazel|dist|build|_?dist|_?build|coverage|test-results|test-output|tmp|temp)[-_.]"
    r"|[-_.](build|dist|cache|tmp|temp|output|artifacts?|out)$"
)
_BUILD_PATHS = regex(
    r"^/var/(lib/apt/lists|cache|lib/dpkg/info|lib/yum|log/apt)(/|$)|^/usr/share/(doc|man|locale|info)(/|$)"
)
_TEMPORARY_PATHS = regex(r"^/(private/)?(tmp|var/tmp|dev/shm|run)(/|$)")
_DATA = regex(
    r"^/var/lib/(postgres\w*|pgsql|mysql|mariadb|mongo\w*|redis|elasticsearch|opensearch|cassandra|clickhouse|influxdb|etcd"
    r"|rabbitmq|kafka|zookeeper|docker|containerd|kubelet|longhorn|ceph|gitlab|grafana|prometheus|neo4j|minio|vault|consul)(/|$)"
    r"|^/(data|backups?|mnt|srv|volumes?|nfs|storage)(/|$)|^/var/(backups?|opt/gitlab|www)(/|$)"
)
_DATA_NAME = regex(
    r"(^|_)(PGDATA|DATADIR|DATA_?DIR(ECTORY)?|DB_?(DIR|PATH)|DATABASE_?(DIR|PATH)|BACKUPS?_?(DIR|PATH|ROOT)?|DUMP_?DIR"
    r"|VOLUME_?(DIR|PATH)?|STORAGE_?(DIR|PATH)|MYSQL_?DATA\w*|REDIS_?DATA\w*|UPLOADS?_?(DIR|PATH)?)$",
    re.IGNORECASE,
)
_BUILD_VARIABLE = regex(
    r"(^|_)(BUILD|DIST|OUT|OUTPUT|TARGET|ARTIFACTS?|COVERAGE|CACHE|STAGING|WORK|SCRATCH|OBJ|GEN|GENERATED|VENV|PKG|RELEASE"
    r"|INSTALL|BUNDLE|ASSETS|LOGS?|REPORTS?|RESULTS?)_?(DIR(ECTORY)?|PATH|ROOT|FOLDER)?$|^(bld|destdir|DESTDIR)$",
    re.IGNORECASE,
)
_TEMPORARY_VARIABLE = regex(r"(^|_)(TMP|TEMP|TEMPDIR|TMPDIR|WORKDIR|SANDBOX|SCRATCH)(_|$|DIR)", re.IGNORECASE)
_HOMES = regex(r"^/(home|Users)/[^/]+/?\**$")
_HOME = regex(r"^(~[\w-]*|\$\{?HOME\}?)")
_ALL_BELOW = regex(r"/?(\*|\.\*|\.)*$")
_EVERYTHING = regex(
    r"^(\.{0,2}/)*(\*|\.\*|\*\.\*|\{,\.\}\*|\.\[!\.\]\*|\.\[\^\.\]\*|\.\?\?\*|\*\*)$|^\.{1,2}/?$|^(\.{1,2}/)+\.{1,2}/?$"
)


def word(parts: Parts, text: str, directory: Word | None = None, paths: bool = True) -> Word:
    """The Word of these parts. With `paths` it names a place in the file system, relative to a known `directory`."""
    value = "".join(p.text for p in parts)
    bare = "".join(p.text for p in parts if p.known)
    kind = _place_kind(parts, value, bare, directory) if paths else _plain_kind(parts)
    return Word(text, value, kind, bare)


def _plain_kind(parts: Parts) -> WordKind:
    origins = {p.origin for p in parts}
    if "unset" in origins:
        return "unset-variable"
    if origins & {"assigned", "command", "positional"}:
        return "variable"
    if "temporary" in origins:
        return "temporary"
    return "guarded" if origins & {"guarded", "expression", "home"} else "literal"


def _place_kind(parts: Parts, value: str, bare: str, directory: Word | None) -> WordKind:
    if not parts:
        return "literal"
    unknown = [p for p in parts if not p.known]
    loose = [p for p in unknown if p.origin in ("unset", "assigned", "command", "positional")]
    first = parts[0]
    if first.origin == "temporary" or _TEMPORARY_PATHS.match(value):
        return "temporary"
    if first.origin == "home" or (first.known and not first.quoted and value.startswith("~")):
        return _home_kind(value)
    if not unknown:
        return _known_kind(value, directory)
    if loose and is_root(bare):
        return "unset-variable" if any(p.origin == "unset" for p in loose) else "variable"
    if len(parts) == 1 or all(p.text.strip("/*.") == "" for p in parts[1:]):
        if _DATA_NAME.search(first.name) and first.origin != "guarded":
            return "data"
        if _TEMPORARY_VARIABLE.search(first.name):
            return "temporary"
        if _BUILD_VARIABLE.search(first.name):
            return "build"
    tail = bare.strip("/")
    if _is_build(tail):
        return "build"
    return _plain_kind(parts)


def _known_kind(value: str, directory: Word | None) -> WordKind:
    path = posixpath.normpath(value) if value else value
    if is_root(value):
        return "root"
    if _HOMES.match(value) or value in ("/root", "/root/*", "/root/"):
        return "home"
    if _BUILD_PATHS.match(path) or _is_build(path):
        return "build"
    if _DATA.match(path):
        return "data"
    if _EVERYTHING.match(value):
        return _directory_kind(directory)
    return "literal"


def _directory_kind(directory: Word | None) -> WordKind:
    """Everything in the working directory is what that directory is, where it is known."""
    known = directory is not None and directory.value != "" and directory.kind not in ("variable", "unset-variable")
    return directory.kind if known and directory is not None else "glob"


def _home_kind(value: str) -> WordKind:
    rest = _HOME.sub("", value).strip("/")
    if rest in ("", "*", ".", ".*", "**"):
        return "home"
    return "build" if _is_build(rest) else "literal"


def is_root(path: str) -> bool:
    """Whether deleting it takes the machine, or a top-level directory of it, with it."""
    if not path.startswith("/"):
        return False
    plain = posixpath.normpath("/" + _ALL_BELOW.sub("", path).strip("/"))
    return plain == "/" or (plain.count("/") == 1 and plain[1:] in _VITAL) or plain in _SYSTEM_BELOW


def _is_build(path: str) -> bool:
    """Whether the place can be made again: one of its directories has the name of such a place."""
    segments = [s for s in path.split("/") if s.strip("*.") != ""]
    return any(s.lower() in _BUILD or _BUILD_NAME.search(s.lower()) is not None for s in segments)


def merged(branches: Sequence[dict[str, Parts]]) -> dict[str, Parts]:
    """What is known after one of several branches ran: what they agree on; the rest is assigned, to what is not known."""
    names = {name for branch in branches for name in branch}
    result: dict[str, Parts] = {}
    for name in names:
        values = [branch.get(name) for branch in branches]
        first = next(v for v in values if v is not None)
        same = all(v is not None and _plain(v) == _plain(first) for v in values)
        result[name] = first if same else (Part(f"${name}", "assigned", name=name),)
    return result


def _plain(parts: Parts) -> tuple[tuple[str, str], ...]:
    return tuple((p.text, p.origin) for p in parts)
