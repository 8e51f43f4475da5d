"""`pin` facts: what was held at one version or digest and is so no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.frozen import dataclass
from blastlint.model import Document, Fact, FactValue, Region, Related, Side, Value
from blastlint.parse.hcl_ast import Block, Expr, File, Literal, Object, header, region
from blastlint.regex import regex

_FROM = regex(r"^[ \t]*FROM[ \t]+(?:--platform=\S+[ \t]+)?(\S+)", re.MULTILINE | re.IGNORECASE)
_REQUIREMENT = regex(
    r"^[ \t]*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?[ \t]*([=<>!~][^;#\n]*|@[^;#\n]*)?(?:[;#].*)?$", re.MULTILINE
)
_GRADLE = regex(r"['\"]([\w.-]+:[\w.-]+):([^'\":$@]+)(?:@\w+)?['\"]")
_HELD = (
    ".yml", ".yaml", ".tf", ".gradle", ".gradle.kts", "package.json", "pyproject.toml", "cargo.toml", ".dockerfile",
    "pipfile",
)  # fmt: skip
_PINNING = frozenset({"uses", "image", "chart"})  # keys under which YAML holds something by its version
_TELLING = _PINNING | {"targetRevision"}
_INSTALLED = regex(
    r"(?<=\s)(?P<name>@?[A-Za-z][\w./+-]*?)(?:(?P<sign>==?|@|~=|>=|-)(?P<version>v?\d[\w.+~:*-]*))?(?=\s|$)"
)
_TAGGED = regex(r"^[a-z0-9][\w.-]*(/[\w.-]+)+:[\w.-]+$")  # `owner/image:tag`
_DEEP = 6  # maps within maps, in which a chart is looked for
_WORST = 3


@dataclass(frozen=True, slots=True)
class Pin:
    """One dependency: what it is (action, image, module, chart, package), its name, what holds it, where."""

    what: str
    name: str
    spec: str
    region: Region | None


def facts(context: Context) -> Iterator[Fact]:
    """One fact for each sort of thing whose pins were loosened."""
    loosened: dict[str, list[tuple[Pin, Pin, str]]] = {}
    for file in context.change_set.files:
        if (
            file.before is None
            or file.after is None
            or path_class_of(file.path, context.config) in ("lock", "vendored", "test", "docs")
        ):
            continue
        if not _has_pins(file.after):
            continue
        for old, new in _pairs(_pins(context, file.before, "before"), _pins(context, file.after, "after")):
            if strength(old) > strength(new) and (strength(old) >= _WORST or old.what != "package"):
                loosened.setdefault(old.what, []).append((old, new, file.after))
    for old, new in _installed(context):
        loosened.setdefault("tool", []).append((old, new, new.region.path if new.region else ""))
    for what, found in loosened.items():
        yield _fact(what, found)


def strength(pin: Pin) -> int:
    """How firmly it is held: 5 digest, 4 exact, 3 a range of patches, 2 a range, 1 a lower bound, 0 nothing."""
    from blastlint.facts import supply as known  # most files with pins have none that changed

    spec = pin.spec.strip().strip("\"'")
    if known.pattern("pins", "digest").search(spec):
        return 5
    if spec.lower().lstrip("=@") in known.names("pins", "moving"):
        return 0
    if known.pattern("pins", "exact").match(spec) or spec.startswith(("==", "===")):
        return 4 if "*" not in spec else 3
    if spec.startswith(("~", "~>", "~=")) or "<" in spec:
        return 3
    if spec.startswith("^"):
        return 2
    if spec.startswith(">"):
        return 1
    return 3 if re.match(r"^v?\d", spec) else 2


def _has_pins(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name.endswith(_HELD) or name.startswith(("dockerfile", "requirements", "containerfile"))


def _pairs(before: list[Pin], after: list[Pin]) -> Iterator[tuple[Pin, Pin]]:
    """The same dependency on both sides, in order of its occurrences."""
    waiting: dict[tuple[str, str], list[Pin]] = {}
    for pin in after:
        waiting.setdefault((pin.what, pin.name), []).append(pin)
    groups: dict[tuple[str, str], list[Pin]] = {}
    for pin in before:
        groups.setdefault((pin.what, pin.name), []).append(pin)
    for key, olds in groups.items():
        news = waiting.get(key, [])
        if {p.spec for p in olds} == {p.spec for p in news}:
            continue
        for old, new in zip_longest(olds, news):
            if old is not None and new is not None and old.spec != new.spec:
                yield old, new


def _pins(context: Context, path: str, side: Side) -> list[Pin]:
    workspace = context.before if side == "before" else context.after
    name = path.rpartition("/")[2].lower()
    if name.startswith(("requirements", "constraints", "dockerfile", "containerfile")) or name.endswith(".dockerfile"):
        text = (workspace.tree.read(path) or b"").decode("utf-8", "replace")
        return list(_of_text(text, path, side, requirements=name.endswith(".txt")))
    if name.endswith((".gradle", ".gradle.kts")):
        text = (workspace.tree.read(path) or b"").decode("utf-8", "replace")
        return [Pin("package", m[1], m[2], _at(text, m.start(), side, path)) for m in _GRADLE.finditer(text)]
    document = workspace.document(path)
    return list(_of_document(document, name)) if document is not None else []


def _at(text: str, offset: int, side: Side, path: str) -> Region:
    line = text.count("\n", 0, offset) + 1
    return Region(side, path, line, 1, line, 2)


def _of_text(text: str, path: str, side: Side, requirements: bool) -> Iterator[Pin]:
    for match in (_REQUIREMENT if requirements else _FROM).finditer(text):
        line = text.count("\n", 0, match.start(1)) + 1
        place = Region(side, path, line, 1, line, len(match.group(0)) + 1)
        if requirements:
            yield Pin("package", match.group(1).lower().replace("_", "-"), (match.group(2) or "").strip(), place)
        elif "$" not in match.group(1):
            yield _image(match.group(1), place)


def _image(text: str, place: Region | None) -> Pin:
    name, at, digest = text.partition("@")
    last = name.rpartition("/")[2]
    tag = last.partition(":")[2]
    return Pin("image", name.removesuffix(f":{tag}") if tag else name, digest if at else tag, place)


def _of_document(document: Document, name: str) -> Iterator[Pin]:
    content = document.content
    if isinstance(content, File):
        for block in content.blocks:
            source, version = block.value("source"), block.value("version")
            if block.type == "module" and isinstance(source, Literal):
                text = str(source.value)
                base, _, query = text.partition("?ref=")
                spec = f"?ref={query}" if re.fullmatch(r"[0-9a-f]{40}", query) else query
                if isinstance(version, Literal):
                    spec = str(version.value)
                if not text.startswith(("./", "../")):
                    yield Pin("module", base, spec, region(source))
            elif block.type == "terraform":
                yield from _providers(block)
            elif block.type == "provider" and block.labels:
                wanted = version.value if isinstance(version, Literal) else ""
                yield Pin("provider", block.labels[0], str(wanted), header(block))
            default = block.value("default") if block.type == "variable" else None
            if isinstance(default, Literal) and _TAGGED.match(str(default.value)):
                yield _image(str(default.value), region(default))
        return
    from blastlint.parse.keytree import KeyTree

    if isinstance(content, KeyTree):
        for tree in content.documents:
            if name == "package.json":
                for group in ("dependencies", "devDependencies", "optionalDependencies"):
                    yield from _map(tree.get(group))
            elif name == "pyproject.toml":
                listed = tree.get("project", "dependencies")
                for element in listed.elements if listed is not None else ():
                    match = _REQUIREMENT.match(str(element.scalar))
                    if match:
                        yield Pin("package", match.group(1).lower(), (match.group(2) or "").strip(), element.region)
                yield from _map(tree.get("tool", "poetry", "dependencies"))
            elif name in ("cargo.toml", "pipfile"):
                yield from _map(tree.get("dependencies") or tree.get("packages"))
            elif name in ("chart.yaml", "chart.yml"):
                listed = tree.get("dependencies")
                for element in listed.elements if listed is not None else ():
                    title, held = element.get("name"), element.get("version")
                    yield Pin(
                        "chart",
                        str(title.scalar if title else ""),
                        str(held.scalar if held else ""),
                        element.region,
                    )
            elif not _TELLING.isdisjoint(content.keys):
                yield from _charts(tree, 0)
                yield from _yaml(tree, "", 0)


def _providers(block: Block) -> Iterator[Pin]:
    """The providers that a configuration asks for, each with its range."""
    for required in block.all("required_providers"):
        for name, attribute in required.attributes.items():
            told = attribute.value
            items = told.items if isinstance(told, Object) else ()
            held = told if isinstance(told, Literal) else _literal(items, "version")
            yield Pin("provider", name, str(held.value) if held is not None else "", region(held or told))


def _literal(items: tuple[tuple[Expr, Expr], ...], name: str) -> Literal | None:
    """The literal at a key of an object, if there is one."""
    found = (value for key, value in items if isinstance(key, Literal) and key.value == name)
    value = next(found, None)
    return value if isinstance(value, Literal) else None


def _charts(value: Value, depth: int) -> Iterator[Pin]:
    """Charts that something installs: of Flux (`chart`, `version`), of Argo CD (`chart` or a directory of a repository, and
    `targetRevision`), of kustomize."""
    name = value.get("chart") or (value.get("repoURL") if value.get("targetRevision") is not None else None)
    if name is not None and isinstance(name.scalar, str):
        held = value.get("version") or value.get("targetRevision")
        version = held.scalar if held is not None else None
        yield Pin("chart", name.scalar, "" if version is None else str(version), name.region)
    if depth < _DEEP:
        for child in (*value.items.values(), *value.elements):
            if not child.is_scalar:
                yield from _charts(child, depth + 1)


def _map(value: Value | None) -> Iterator[Pin]:
    for name, child in (value.items if value is not None else {}).items():
        spec = child.get("version") if child.is_map else child
        if spec is not None and isinstance(spec.scalar, str) and name != "python":
            yield Pin("package", name, spec.scalar, spec.region)


def _yaml(value: Value, key: str, depth: int) -> Iterator[Pin]:
    if depth > 30:
        return
    if value.is_map:
        repository, tag = value.get("repository"), value.get("tag")
        if key == "image" and repository is not None and tag is not None and tag.scalar is not None:
            yield Pin("image", str(repository.scalar), str(tag.scalar), tag.region)
        for entry, child in value.items.items():
            if entry in _PINNING or not child.is_scalar:
                yield from _yaml(child, entry, depth + 1)
    elif value.is_list:
        for child in value.elements:
            if key in _PINNING or not child.is_scalar:
                yield from _yaml(child, key, depth + 1)
    elif isinstance(value.scalar, str):
        text = value.scalar
        if key == "uses" and "@" in text and not text.startswith(("./", "docker://")):
            name, _, ref = text.partition("@")
            yield Pin("action", name, ref, value.region)
        elif key == "image" and text and "{" not in text and "$" not in text and " " not in text:
            yield _image(text, value.region)


def _installed(context: Context) -> Iterator[tuple[Pin, Pin]]:
    """Packages that a command installs, whose version is gone."""
    for change in context.changes:
        if change.kind != "command" or change.action != "modified" or change.before is None or change.after is None:
            continue
        from blastlint.diff.commands import command_of
        from blastlint.facts import supply as known

        old, new = command_of(change.before), command_of(change.after)
        if new.tool not in known.names("pins", "installers") or not re.search(r"\b(install|add|i)\b", new.text):
            continue
        names = {m["name"] for m in _INSTALLED.finditer(new.text) if not m["version"]}
        for match in _INSTALLED.finditer(old.text):
            if match["version"] and match["name"] in names and match.group(0) not in new.text.split():
                yield (
                    Pin("tool", match["name"], match["version"], old.region),
                    Pin("tool", match["name"], "", new.region),
                )


def _fact(what: str, found: list[tuple[Pin, Pin, str]]) -> Fact:
    from blastlint.facts import supply as known

    old, new, _ = max(found, key=lambda f: strength(f[0]) - strength(f[1]))
    names = list(dict.fromkeys(o.name for o, _, _ in found))
    fields: dict[str, FactValue] = {
        "what": what,
        "name": names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more",
        "before": old.spec or "nothing",
        "after": new.spec or "whatever is newest",
        "count": len(names),
        "digest_lost": strength(old) == 5,
        "unpinned": strength(new) == 0,
        "first_party": what == "action" and all(n.startswith(known.names("pins", "first_party")) for n in names),
    }
    related = tuple(
        Related(f"{o.name}: {o.spec} -> {n.spec or 'nothing'}", n.region) for o, n, _ in found if n is not new
    )
    return Fact("pin", fields, f"pin.{what}", before=old.region, after=new.region, related=related[:20])
