"""The one form that every CI system's file is brought to, and how to read the values that they have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blastlint.command import Guard
from blastlint.frozen import dataclass, field, replace
from blastlint.model import Region, Value


@dataclass(frozen=True, slots=True)
class Shell:
    """Shell text at one place of a key tree: `value` is the string. `errexit` is what the system runs it with, `language`
    shell or powershell."""

    value: Value
    job: str = ""
    step: str = ""
    errexit: bool = False
    guards: tuple[Guard, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    assigned: tuple[str, ...] = ()
    words: str = ""
    environment: str = ""
    container: str = "ci"
    language: str = "shell"


@dataclass(frozen=True, slots=True)
class Job:
    """`nonblocking`, `approval`, `environment`, `condition` and `needs` in words; "" and () for none. `steps` has a line for
    each step: (name, nonblocking, condition). `uses` are the actions, images and templates that it calls.

    `permissions` are `scope: level` lines, or `write-all` and the like; None where neither the job nor the file says any.
    `secrets` are the names that it hands on (`inherit` for all); `checkout` is the ref that it fetches instead of its own;
    `matrix` are the values that it runs with, whatever they are called.
    """

    name: str
    region: Region | None
    nonblocking: str = ""
    approval: str = ""
    environment: str = ""
    condition: str = ""
    needs: tuple[str, ...] = ()
    steps: tuple[tuple[str, str, str], ...] = ()
    uses: tuple[str, ...] = ()
    header: Region | None = None
    permissions: tuple[str, ...] | None = None
    secrets: tuple[str, ...] = ()
    checkout: str = ""
    matrix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event that starts a pipeline. `filters` are (kind, patterns) as written: branches, paths-ignore, types, ..."""

    event: str
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def text(self) -> str:
        return " ".join([self.event, *(f"{kind}: {', '.join(values)}" for kind, values in self.filters)])


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`triggers` are the events and schedules that start it, `title` its name, `region` the whole of it."""

    jobs: tuple[Job, ...] = ()
    shells: tuple[Shell, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    title: str = ""
    region: Region | None = None


def text_of(value: Value | None) -> str:
    """The text of a scalar, with template actions where it has some; "" for everything else."""
    if value is None or value.is_map or value.is_list:
        return ""
    if value.known:
        scalar = value.scalar
        return "" if scalar is None else str(scalar).lower() if isinstance(scalar, bool) else str(scalar)
    text = value.text
    if value.block is not None:
        indent = value.block.indent
        return "\n".join(line[indent:] if not line[:indent].strip() else line for line in text.split("\n"))
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        text = text[1:-1]
    return text


def variables_of(env: Value | None) -> dict[str, str]:
    return {k: text_of(v) for k, v in env.items.items()} if env is not None else {}


def environment_of(value: Value | None) -> str:
    if value is None:
        return ""
    return text_of(value.get("name")) if value.is_map else text_of(value)


def names_of(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if value.is_list:
        return tuple(sorted(text_of(e) or text_of(e.get("job")) for e in value.elements))
    return (text_of(value),)


def switched_on(value: Value | None) -> str:
    """The text of a switch that is on; "" when it is off or absent."""
    text = text_of(value)
    return "" if text.lower() in ("", "false") else text


def header_of(value: Value) -> Region | None:
    """The line of the key."""
    region = value.region
    if region is None:
        return None
    return replace(region, end_line=region.start_line, end_column=region.start_column + 1)


def strings_of(value: Value | None, depth: int = 0) -> Iterator[Value]:
    if value is None or depth > 4:
        return
    if value.is_list:
        for element in value.elements:
            yield from strings_of(element, depth + 1)
    elif text_of(value):
        yield value
