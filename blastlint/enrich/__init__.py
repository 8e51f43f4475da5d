"""Facts about changes that need more than the pair: what applying them does, where they are, and everything that rules ask.

A fact provider is a module of this package that exports

    facts(change: Change, context: Context) -> Iterable[Fact]

It is asked for the changes of its kinds only. Facts about a file hang on the Change of kind `file`, facts about the whole
change set on the one of kind `change-set`. Providers state what is true; whether it is bad is for the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module

from blastlint.enrich import repeated
from blastlint.enrich.context import Context
from blastlint.enrich.effects import effects
from blastlint.enrich.surroundings import environment_of, path_class_of
from blastlint.enrich.variants import distinct
from blastlint.model import Change, Entity, Fact, Impact, Notification

# module of this package -> prefixes of the kinds of change that it has facts about
PROVIDERS: dict[str, tuple[str, ...]] = {
    "bindings": ("terraform.provider", "terraform.backend", "file"),
    "blocks": ("terraform.resource",),
    "guards": ("terraform.", "cloudformation.", "kubernetes.", "compose."),
    "access": ("terraform.", "cloudformation.", "kubernetes.", "iam."),
    "exposure": ("terraform.", "cloudformation.", "kubernetes.", "compose."),
    "barriers": ("terraform.resource", "cloudformation.resource", "kubernetes.object"),
    "privileges": ("kubernetes.object", "compose.service", "file"),
    "authentication": ("config.key",),
    "records": ("terraform.resource", "cloudformation.resource", "file"),
    "routes": ("terraform.resource", "cloudformation.resource", "kubernetes.object", "file"),
    "memberships": ("terraform.resource", "cloudformation.resource", "kubernetes.object", "file"),
    "capacity": ("terraform.", "cloudformation.", "kubernetes."),
    "sizes": ("terraform.", "cloudformation.", "kubernetes.", "compose."),
    "compose": ("compose.",),
    "kubernetes.keys": ("kubernetes.",),
    "kubernetes.selectors": ("kubernetes.",),
    "kubernetes.gitops": ("kubernetes.",),
    "code": ("python.", "javascript.", "go.", "ruby.", "java.", "rust."),
    "self_policy": ("file",),
    "quality": ("file",),
    "commands": ("command",),
    "configuration": ("config.",),
    "live_data": ("config.key",),
    "rewrite": ("file",),
    "breadth": ("change-set",),
    "pipelines": ("pipeline.", "command"),
    "migrations.reports": ("migration.operation",),
    "migrations.commands": ("command",),
    "migrations.edits": ("change-set",),
    "migrations.schemas": ("schema.",),
    "migrations.settings": ("config.key",),
    "layers": ("config.key",),
    "feature_flags": ("file",),
    "identifiers": ("file",),
    "repeats": ("change-set",),
    "denials": ("terraform.", "cloudformation.", "iam."),
    "agents": ("file", "command"),
    "rollouts": ("file", "pipeline.workflow", "command"),
    "supply": ("change-set",),
    "reviews": ("file", "terraform.resource"),
    "validations": ("command", "pipeline.workflow", "kubernetes.object"),
}


def impacts(context: Context) -> tuple[Impact, ...]:
    """Every change with its effect, its surroundings and its facts."""
    placed = tuple(_placed(impact, context) for impact in effects(context))
    return distinct(tuple(repeated.enriched(placed, lambda impact: _with_facts(impact, context))))


def compared(
    context: Context, impacts: tuple[Impact, ...], sides: tuple[Sequence[Entity], Sequence[Entity]]
) -> tuple[tuple[Impact, ...], tuple[Notification, ...]]:
    """What plans say beside what source alone (`sides`: its entities) foresees. Nothing where there is no plan."""
    if not context.plans:
        return impacts, ()
    from blastlint.enrich import planned

    return planned.compared(context, impacts, sides)


def _placed(impact: Impact, context: Context) -> Impact:
    entity = impact.change.entity
    return replace(
        impact,
        environment=environment_of(entity, context.config),
        path_class=path_class_of(entity.region.path, context.config),
    )


def _with_facts(impact: Impact, context: Context) -> Impact:
    return replace(impact, facts=(*impact.facts, *_facts(impact, context)))


def _facts(impact: Impact, context: Context) -> Iterator[Fact]:
    if impact.cause == "cascade":
        return  # its text did not change: there is nothing to say but its effect
    for name, prefixes in PROVIDERS.items():
        if impact.change.kind.startswith(prefixes):
            yield from _provider(name)(impact.change, context)


@cache
def _provider(name: str) -> Callable[[Change, Context], Iterable[Fact]]:
    facts: Callable[[Change, Context], Iterable[Fact]] = import_module(f"blastlint.enrich.{name}").facts
    return facts
