"""Plain JSON asked for what it should hold: the wrong shape is an error with the place, never a crash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn

from blastlint.errors import SourceError
from blastlint.model import PlanFile

Plain = Mapping[str, object]
_NOTHING: Plain = {}


def object_of(data: object) -> Plain:
    """The object, or an empty one for everything else."""
    return data if isinstance(data, dict) else _NOTHING


def list_of(data: object) -> list[object]:
    return data if isinstance(data, list) else []


def text_of(data: object) -> str:
    return data if isinstance(data, str) else ""


def elements(file: PlanFile, name: str) -> Iterator[tuple[Plain, tuple[int, int]]]:
    """The objects of a list of changes, each with the line and column where it begins. Raises SourceError."""
    listed = file.content.get(name)
    if listed is None:
        return
    places = file.places.get(name, ())
    if not isinstance(listed, list):
        raise SourceError(f"{name} is no list", where=file.path)
    for index, element in enumerate(listed):
        place = places[index] if index < len(places) else (1, 1)
        if not isinstance(element, dict):
            wrong(file, place, f"{name}[{index}] is no object")
        yield element, place


def wrong(file: PlanFile, place: tuple[int, int], message: str) -> NoReturn:
    raise SourceError(message, where=f"{file.path}:{place[0]}")
