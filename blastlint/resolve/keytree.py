"""Key trees -> `config.document` entities, one for each document of a changed file in one of these formats.

The address is the path, in streams of several documents `path#identity`: that of the Kubernetes object that the document
declares, the profile of Spring that it is for (its `variant` too), else its number. `type` is the file's role
(facts/file_roles.py). Lock files, Terraform's own files and state are left to those who know them. diff/config.py makes the
changes: `config.key` for each difference within a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.facts.canonical import digest
from blastlint.facts.file_roles import Role, file_role
from blastlint.facts.paths import Step, found
from blastlint.frozen import dataclass
from blastlint.model import Coverage, Entity, Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace

_LEFT_OUT = frozenset({"terraform", "terraform-json"})


@dataclass(frozen=True, slots=True)
class ConfigDocument:
    """What stands behind a config.document: `root` is the whole tree (unknown when it could not be parsed)."""

    root: Value
    role: Role
    identity: str
    coverage: Coverage


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """Every document of the changed files on this side."""
    for path in changed:
        document = workspace.document(path)
        if document is None or document.language in _LEFT_OUT or not isinstance(document.content, KeyTree):
            continue
        several = len(document.content.documents) > 1
        seen: set[str] = set()
        for number, written in enumerate(document.content.documents):
            declared, profile = object_identity(written), profile_of(written) if several else ""
            root = _unfolded(written) if declared else written
            identity = declared or profile
            label = identity if identity and identity not in seen else str(number)
            seen.add(label)
            role = file_role(path, root, document.language)
            if role == "state":
                continue
            yield Entity(
                address=f"{path}#{label}" if several else path,
                kind="config.document",
                type=role,
                name=identity or path.rpartition("/")[2],
                variant=profile,
                attributes=root if root.is_map else Value({}),
                region=root.region or Region(workspace.side, path, 1),
                content=digest(root) if root.known else "",
                detail=ConfigDocument(root, role, identity, document.coverage),
            )


def _unfolded(root: Value) -> Value:
    """An object with the values that it gives to a chart as a text."""
    from blastlint.resolve.kubernetes.inline import unfolded

    return unfolded(root)


def object_identity(root: Value) -> str:
    """`Kind/namespace/name` of the Kubernetes object that a document declares, or ""."""
    kind, name = root.get("kind"), root.get("metadata", "name")
    if kind is None or name is None or root.get("apiVersion") is None:
        return ""
    namespace = root.get("metadata", "namespace")
    return "/".join(str(v.scalar or v.text) if v is not None else "-" for v in (kind, namespace, name))


def profile_of(root: Value) -> str:
    """The profile that a document of Spring's settings is for (`spring.config.activate.on-profile`, before Boot 2.4
    `spring.profiles`), or "". Keys may be written with dots."""
    for name in ("spring.config.activate.on-profile", "spring.profiles"):
        value = found(root, tuple(Step(key) for key in name.split("."))) or root.get(name)
        if value is not None and isinstance(value.scalar, str):
            return value.scalar
    return ""


def document_of(entity: Entity) -> ConfigDocument:
    """The document behind an entity of kind config.document."""
    assert isinstance(entity.detail, ConfigDocument)
    return entity.detail
