"""Templates within templates: which local file a stack resource deploys, and who deploys a file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from blastlint.model import Entity
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.cloudformation.parameters import SUFFIXES
from blastlint.resolve.cloudformation.template import Template, templates, text

STACK = "AWS::CloudFormation::Stack"
_LEVELS_UP = 2
_MAX_FILES = 60
_MAX_BYTES = 1_000_000
_STACKS = (b"AWS::CloudFormation::Stack", b"AWS::Serverless::Application")
_TAIL = regex(r"[\w./-]+\Z")
_MAX_STEPS = 3


def child_of(workspace: Workspace, stack: Entity) -> Template | None:
    """The template of a stack resource, where it is a file of the tree: a path relative to the parent's, or a URL that ends
    like one. Packaged CDK assets say their path in the metadata."""
    if stack.type != STACK:
        return None
    location = stack.attributes.get("Properties", "TemplateURL")
    said = text(stack.attributes.get("Metadata", "aws:asset:path")) or text(location)
    if not said and location is not None and not location.known:
        said = location.text.strip('"')
    match = _TAIL.search(said)
    steps = [step for step in match[0].split("/") if step] if match else []
    directory = posixpath.dirname(stack.region.path)
    relative = "://" not in said and "${" not in said
    tails = [match[0].lstrip("/")] if match and relative else ["/".join(steps[-n:]) for n in range(_MAX_STEPS, 0, -1)]
    for tail in tails:
        path = posixpath.normpath(posixpath.join(directory, tail))
        if tail and path != stack.region.path and workspace.tree.size(path) is not None:
            return next(templates(workspace, path), None)
    return None


def parents_of(workspace: Workspace, path: str) -> Iterator[str]:
    """Templates beside a file, or above it, whose text names it and has a nested stack."""
    name = posixpath.basename(path).encode()
    directory = posixpath.dirname(path)
    for _ in range(_LEVELS_UP + 1):
        for candidate in [p for p in workspace.tree.listdir(directory) if p.endswith((*SUFFIXES, ".template"))][
            :_MAX_FILES
        ]:
            size = workspace.tree.size(candidate)
            if candidate == path or size is None or size > _MAX_BYTES:
                continue
            data = workspace.tree.read(candidate) or b""
            if name in data and any(mark in data for mark in _STACKS):
                yield candidate
        if not directory:
            return
        directory = posixpath.dirname(directory)
