"""The layer contract: each layer imports only the layers above it, and its own package; parsers own their libraries."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "blastlint"
LAYERS = (
    ("model", "command", "migration", "errors", "masking", "globs", "frozen", "regex", "prose", "__init__"),
    ("facts",),
    ("config",),
    ("sources",),
    ("parse",),
    ("resolve",),
    ("diff",),
    ("enrich",),
    ("engine",),
    ("policy",),
    ("report",),
    ("pipeline",),
    ("examples", "replay"),
    ("cli", "__main__"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
# The language of a file is a fact that several layers ask; it is the one name of parse that is no parsing.
PARSER_LIBRARIES = {"libcst", "tree_sitter", "yaml", "tomllib", "sqlglot"}
MODULES = sorted(ROOT.rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_upwards(path: Path) -> None:
    layer = layer_of(path)
    below = {
        name
        for name in imported(path)
        if name.startswith("blastlint.")
        and (other := name.split(".")[1]) in RANK
        and other != layer
        and RANK[other] > RANK[layer]
    }
    assert not below, f"{layer} imports what stands below it: {sorted(below)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_parse_imports_parser_libraries(path: Path) -> None:
    allowed = {"parse": PARSER_LIBRARIES, "config": {"tomllib"}, "engine": {"yaml"}, "replay": {"yaml"}}
    used = {name.split(".")[0] for name in imported(path)} & PARSER_LIBRARIES
    assert used <= allowed.get(layer_of(path), set())


def test_every_top_level_name_has_a_layer() -> None:
    assert {layer_of(path) for path in MODULES} <= set(RANK)


def test_a_change_of_the_order_would_be_seen(tmp_path: Path) -> None:
    assert RANK["model"] < RANK["parse"] < RANK["engine"] < RANK["cli"]
    bad = tmp_path / "model.py"
    bad.write_text("from blastlint.engine import judge\n")
    assert "blastlint.engine.judge" in imported(bad)


def test_dataclasses_are_those_that_are_quick_to_define() -> None:
    standard = {"dataclasses.dataclass", "dataclasses.field", "dataclasses.replace"}
    slow = [str(p.relative_to(ROOT)) for p in MODULES if standard & imported(p) and p.stem != "frozen"]
    assert slow == []
