"""Reading unified diffs: git's, with all extended headers, and plain ones; bare, mailed, or as `git show` prints them."""

from __future__ import annotations

import re

from blastlint.errors import SourceError
from blastlint.frozen import dataclass, field
from blastlint.model import Author
from blastlint.regex import regex
from blastlint.sources.commits import trailers

_HUNK = regex(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_BINARY = regex(rb"Binary files (.+) and (.+) differ")
_ESCAPE = regex(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_SENT = regex(rb"From [0-9a-f]{40,64} ")
_SHOWN = regex(rb"commit [0-9a-f]{7,64}\b")


@dataclass(frozen=True, slots=True)
class Hunk:
    """`old` lines from `old_start` become `new` lines from `new_start`; lines keep their ends. `line` is the patch's own.

    `leading` and `trailing` count the unchanged lines around.
    """

    line: int
    old_start: int
    new_start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]
    leading: int
    trailing: int


@dataclass(slots=True)
class FilePatch:
    """One file's part. `before` is None for a new file, `after` for a deleted one. Modes are 0 where the patch is silent."""

    line: int
    before: str | None
    after: str | None
    mode_before: int = 0
    mode_after: int = 0
    copied: bool = False
    binary: bool = False
    hunks: list[Hunk] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.after if self.after is not None else self.before or ""


@dataclass(frozen=True, slots=True)
class Patch:
    """`unshown` are lines by which `diff -r` says that a file stands on one side only, without showing it."""

    label: str
    files: tuple[FilePatch, ...]
    message: str = ""
    authors: tuple[Author, ...] = ()
    unshown: tuple[str, ...] = ()


def read_patch(data: bytes, label: str) -> Patch:
    """The patch in `data`. Raises SourceError with `label:line` where it is none, or breaks off."""
    return _Reader(data, label).patch()


class _Reader:
    def __init__(self, data: bytes, label: str) -> None:
        self._lines = data.split(b"\n")
        if self._lines[-1] == b"":
            self._lines.pop()
        self._label = label
        self._at = 0
        self._files: list[FilePatch] = []
        self._messages: list[str] = []
        self._authors: list[Author] = []
        self._unshown: list[str] = []

    def patch(self) -> Patch:
        preamble: list[bytes] = []
        while self._at < len(self._lines):
            line = self._header()
            if line.startswith(b"diff --git "):
                self._tell(preamble)
                self._git_file(line)
            elif line.startswith((b"diff --cc ", b"diff --combined ")):
                raise self._error("a merge's combined diff cannot be applied", "Use the diff against one parent.")
            elif line.startswith(b"--- ") and self._header(1).startswith(b"+++ ") and _HUNK.match(self._header(2)):
                self._tell(preamble)
                self._files.append(self._plain_file())
            elif binary := _BINARY.fullmatch(line):
                before, after = _plain_names(_name(binary[1]), _name(binary[2]))
                self._files.append(FilePatch(self._at + 1, before, after, binary=True))
                self._at += 1
            elif _HUNK.match(line):
                raise self._error("a hunk of no file", "Give the whole patch, with its --- and +++ lines.")
            else:
                if line.startswith(b"Only in "):
                    self._unshown.append(line.decode("utf-8", "replace"))
                preamble.append(line)
                self._at += 1
        if not self._files and not self._unshown and any(line.strip() for line in self._lines):
            self._at = 0
            raise self._error("not a patch", "Give a unified diff, as `git diff` writes it.")
        return Patch(
            self._label,
            tuple(self._files),
            "\n\n".join(self._messages),
            tuple(dict.fromkeys(self._authors)),
            tuple(self._unshown),
        )

    def _header(self, ahead: int = 0) -> bytes:
        """A line without its end, be it LF or CRLF; b"" behind the last."""
        at = self._at + ahead
        return self._lines[at].removesuffix(b"\r") if at < len(self._lines) else b""

    def _error(self, message: str, remedy: str = "") -> SourceError:
        return SourceError(message, where=f"{self._label}:{self._at + 1}", remedy=remedy)

    # --- one file -------------------------------------------------------------------------------------------------

    def _git_file(self, header: bytes) -> None:
        before, after, strip = _git_names(header[len(b"diff --git ") :])
        file = FilePatch(self._at + 1, before, after)
        self._files.append(file)
        self._at += 1
        while self._at < len(self._lines):
            line = self._header()
            word, _, rest = line.partition(b" ")
            if line.startswith((b"old mode ", b"deleted file mode ")):
                file.mode_before = self._mode(line)
                file.after = None if word == b"deleted" else file.after
            elif line.startswith((b"new mode ", b"new file mode ")):
                file.mode_after = self._mode(line)
                file.before = None if rest.startswith(b"file") else file.before
            elif line.startswith((b"rename from ", b"copy from ")):
                file.before, file.copied = _name(rest.removeprefix(b"from ")), word == b"copy"
            elif line.startswith((b"rename to ", b"copy to ")):
                file.after = _name(rest.removeprefix(b"to "))
            elif line.startswith(b"index ") and b" " in rest:
                file.mode_before = file.mode_after = self._mode(line)
            elif line.startswith((b"similarity index ", b"dissimilarity index ", b"index ")):
                pass
            elif line == b"GIT binary patch":
                file.binary = True
                while self._at + 1 < len(self._lines) and not self._header(1).startswith((b"diff --git ", b"-- ")):
                    self._at += 1
            elif _BINARY.fullmatch(line):
                file.binary = True
            else:
                break
            self._at += 1
        if self._header().startswith(b"--- ") and self._header(1).startswith(b"+++ "):
            old, new = _name(self._header()[4:], strip), _name(self._header(1)[4:], strip)
            if not (file.copied or file.before != file.after):  # the renames and absences above are surer
                file.before, file.after = old, new
            self._at += 2
            self._hunks(file)

    def _mode(self, line: bytes) -> int:
        try:
            return int(line.rsplit(b" ", 1)[1], 8)
        except ValueError:
            raise self._error("not a file mode") from None

    def _plain_file(self) -> FilePatch:
        before, after = _plain_names(_name(self._header()[4:]), _name(self._header(1)[4:]))
        file = FilePatch(self._at + 1, before, after)
        self._at += 2
        self._hunks(file)
        first = file.hunks[0]
        if len(file.hunks) == 1 and file.before is not None and file.after is not None:
            # `diff -N` shows an absent file as an empty one
            file.before = None if first.old_start == 0 and not first.old else file.before
            file.after = None if first.new_start == 0 and not first.new else file.after
        return file

    def _hunks(self, file: FilePatch) -> None:
        while match := _HUNK.match(self._header()):
            file.hunks.append(self._hunk(match))

    def _hunk(self, match: re.Match[bytes]) -> Hunk:
        line = self._at + 1
        old_left, new_left = int(match[2] or 1), int(match[4] or 1)
        old: list[bytes] = []
        new: list[bytes] = []
        tags = b""
        self._at += 1
        while old_left > 0 or new_left > 0 or self._header().startswith(b"\\ "):
            if self._at >= len(self._lines):
                raise self._error("the patch breaks off within a hunk", "Save it again, whole.")
            raw = self._lines[self._at]
            tag, text = raw[:1] or b" ", raw[1:] + b"\n"
            if tag == b"\r":  # an empty line of context whose blank a mailer cut
                tag, text = b" ", b"\r\n"
            if tag == b"\\":
                _cut_end(old if tags[-1:] in (b" ", b"-") else [])
                _cut_end(new if tags[-1:] in (b" ", b"+") else [])
            elif tag not in b" -+":
                raise self._error("neither context, nor added, nor removed: the hunk is shorter than its header says")
            else:
                tags += tag
                if tag != b"+":
                    old.append(text)
                    old_left -= 1
                if tag != b"-":
                    new.append(text)
                    new_left -= 1
            self._at += 1
        if old_left < 0 or new_left < 0:
            raise self._error("the hunk is longer than its header says")
        leading = len(tags) - len(tags.lstrip(b" "))
        trailing = len(tags) - len(tags.rstrip(b" "))
        return Hunk(line, int(match[1]), int(match[3]), tuple(old), tuple(new), leading, trailing)

    # --- who says what ----------------------------------------------------------------------------------------------

    def _tell(self, preamble: list[bytes]) -> None:
        """Take message and author from what stood before a file, and forget it."""
        start = next((n for n, line in enumerate(preamble) if _SENT.match(line) or _SHOWN.match(line)), None)
        lines = preamble[start + 1 :] if start is not None else []
        mailed = start is not None and preamble[start].startswith(b"From ")
        preamble.clear()
        if lines:
            author, message = _mailed(lines) if mailed else _shown(lines)
            self._messages.append(message)
            name, _, address = author.rpartition(" <")
            self._authors.append(Author(name, address.rstrip(">"), trailers(message)))


def _mailed(lines: list[bytes]) -> tuple[str, str]:
    """Author and message of a mail as `git format-patch` writes it."""
    import email
    import email.policy

    mail = email.message_from_bytes(b"\n".join(lines), policy=email.policy.default)
    subject = re.sub(r"^\s*\[[^\]]*\]\s*", "", str(mail["Subject"] or "").replace("\n", ""))
    payload = mail.get_payload(decode=True)
    body = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    body = re.split(r"^---\s*$", body, maxsplit=1, flags=re.MULTILINE)[0].strip()
    return str(mail["From"] or "").replace('"', ""), f"{subject}\n\n{body}".strip()


def _shown(lines: list[bytes]) -> tuple[str, str]:
    """Author and message as `git show` and `git log -p` print them."""
    texts = [line.decode("utf-8", "replace") for line in lines]
    author = next((text[len("Author:") :].strip() for text in texts if text.startswith("Author:")), "")
    body = [text[4:] if text.startswith("    ") else "" for text in texts if not re.match(r"\w+:", text)]
    return author, "\n".join(body).strip()


# --- names --------------------------------------------------------------------------------------------------------


def _cut_end(lines: list[bytes]) -> None:
    if lines:
        lines[-1] = lines[-1].removesuffix(b"\n")


def _name(text: bytes, strip: bool = False) -> str | None:
    """A path as a patch writes it: quoted, or up to a tab (a time follows). None is /dev/null."""
    if text.startswith(b'"'):
        text = _unquoted(text)[0]
    else:
        text = text.split(b"\t", 1)[0].rstrip(b"\r")
    if text == b"/dev/null":
        return None
    if strip and b"/" in text:
        text = text.split(b"/", 1)[1]
    return text.decode("utf-8", "surrogateescape")


def _unquoted(text: bytes) -> tuple[bytes, bytes]:
    """The first C-style string of the text, and what follows it."""
    end = re.match(rb'"((?:[^"\\]|\\.)*)"', text, re.DOTALL)
    if end is None:
        return text, b""

    def plain(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8) & 255]) if code.isdigit() else _ESCAPED.get(code, code)

    return _ESCAPE.sub(plain, end[1]), text[end.end() :].lstrip(b" ")


def _git_names(rest: bytes) -> tuple[str, str, bool]:
    """The names of a `diff --git` line and whether they carry a prefix (a/, b/, i/, w/, ...) that is to be cut."""
    if rest.startswith(b'"'):
        old, tail = _unquoted(rest)
        new = _unquoted(tail)[0] if tail.startswith(b'"') else tail
    elif rest.endswith(b'"'):
        old, _, tail = rest.partition(b' "')
        new = _unquoted(b'"' + tail)[0]
    else:
        # Without quotes a blank may be part of a name: the two are equal but for a prefix of equal length, unless the
        # file is renamed, and then lines of their own name it.
        old, new = rest[: len(rest) // 2], rest[len(rest) // 2 + 1 :]
    strip = old != new
    names = [(name.split(b"/", 1)[1] if strip and b"/" in name else name) for name in (old, new)]
    return names[0].decode("utf-8", "surrogateescape"), names[1].decode("utf-8", "surrogateescape"), strip


def _plain_names(old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """The names of a plain diff without the directories that were compared; they are one file, so they have one name."""
    if old is None or new is None:
        name = old or new
        cut = name[2:] if name and name.startswith(("a/", "b/")) else name
        return (cut if old is not None else None), (cut if new is not None else None)
    if old != new:
        old_tail, new_tail = old.lstrip("/").split("/"), new.lstrip("/").split("/")
        for skip in range(1, min(len(old_tail), len(new_tail))):
            if old_tail[skip:] == new_tail[skip:]:
                return "/".join(new_tail[skip:]), "/".join(new_tail[skip:])
    return new, new
