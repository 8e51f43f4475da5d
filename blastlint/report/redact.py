"""The last gate before anything is shown: secrets are hidden wherever they turn up, by name, shape and value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from blastlint.diff.anchors import lines_of
from blastlint.masking import (
    MASK,
    is_secret_file,
    is_secret_name,
    is_secret_path,
    mask_text,
    masked_lines,
    says_nothing,
    sensitive_variables,
)
from blastlint.model import Entity, Report, Side, Value
from blastlint.regex import regex

_SHORTEST = 5  # shorter values turn up in ordinary words
_LONGEST_FILE = 400_000
_SCALARS = (str, int, float)
# Values that .env files and secret-like keys hold and that are no secret.
_ORDINARY = regex(r"(?i)prod(uction)?|dev(elopment)?|stag(e|ing)|test(ing)?|local(host)?|debug|info|warn(ing)?|error")
_CONTROL = regex(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Redactor:
    """Knows the secret values of one report's change, and reads source through the mask."""

    def __init__(self, report: Report) -> None:
        self._change_set = report.change_set
        self._secrets = _secrets_of(report)
        self._lines: dict[tuple[Side, str], list[str]] = {}

    def text(self, text: str) -> str:
        """Prose: messages, addresses, commands. Control characters and direction marks cannot act on a terminal."""
        text = mask_text(text)
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, MASK)
        return text if text.isprintable() else _CONTROL.sub(lambda m: f"\\x{ord(m[0]):02x}", text)

    def lines(self, side: Side, path: str) -> list[str]:
        """Every line of one side's file as it may be shown; none where it is absent, binary or huge."""
        if (side, path) not in self._lines:
            is_plan = any(plan.path == path for plan in self._change_set.plans)  # which says values in clear
            data = None if is_plan else self._change_set.tree(side).read(path)
            shown: list[str] = []
            if data is not None and b"\0" not in data[:8000] and len(data) <= _LONGEST_FILE:
                text = "\n".join(lines_of(data))
                shown = [self.text(line) for line in masked_lines(text, path, self._sensitive(side, path))]
            self._lines[side, path] = shown
        return self._lines[side, path]

    def _sensitive(self, side: Side, path: str) -> frozenset[str]:
        """The variables that the same Terraform directory declares sensitive."""
        if not path.endswith((".tf", ".tofu", ".tfvars")):
            return frozenset()
        tree = self._change_set.tree(side)
        names: frozenset[str] = frozenset()
        directory = path.rpartition("/")[0]
        for folder in {directory, directory.rpartition("/")[0], ""}:  # env/prod.tfvars belongs to the root above it
            for beside in tree.listdir(folder):
                data = tree.read(beside) if beside.endswith((".tf", ".tofu")) else None
                if data and b"sensitive" in data:
                    names |= sensitive_variables(data.decode("utf-8", "replace"))
        return names


def _secrets_of(report: Report) -> tuple[str, ...]:
    """Every secret value of the changed entities, longest first."""
    if not (report.findings or report.notifications):
        return ()
    found: set[str] = set()
    for impact in report.impacts:
        for entity in (impact.change.before, impact.change.after):
            if entity is not None:
                found.update(_secrets_in(entity))
    return tuple(sorted(found, key=len, reverse=True))


def _secrets_in(entity: Entity) -> Iterator[str]:
    whole_file = is_secret_file(entity.region.path)
    secret_object = entity.kind == "kubernetes.object" and entity.type == "Secret"
    named = is_secret_path(entity.name)
    if not (whole_file or secret_object or named or _tells(entity.attributes)):
        return
    for path, value in entity.attributes.leaves():
        secret = (
            value.sensitive
            or whole_file
            or (named and path in ("", "value", "default"))
            or (secret_object and path.startswith(("data", "stringData")))
            or is_secret_path(path)
        )
        if secret:
            yield from _worth_hiding(value)


def _tells(value: Value) -> bool:
    """Whether something in it is marked as secret or has the name of a secret above it. Most entities have nothing of the
    kind, and to spell all their paths would take longer."""
    data = value.data
    if value.sensitive or not value.known or not data or isinstance(data, _SCALARS):
        return value.sensitive
    if isinstance(data, tuple):
        return any(map(_tells, data))
    return any(map(_names_a_secret, data)) or any(map(_tells, data.values()))


@lru_cache(maxsize=4096)
def _names_a_secret(key: str) -> bool:
    return is_secret_name(key) or '"' in key  # with one it may read as several


def _worth_hiding(value: Value) -> Iterator[str]:
    text = str(value.scalar) if value.is_scalar and not isinstance(value.scalar, bool) else ""
    for line in text.splitlines():
        line = line.strip()
        if len(line) >= _SHORTEST and not says_nothing(line) and not _ORDINARY.fullmatch(line):
            yield line
