"""Shell within Terraform and within programs -> commands. Most such files have none, so that little is asked and nothing is
imported before there is some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from blastlint.model import Document, Entity
from blastlint.parse.hcl_ast import File
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

if TYPE_CHECKING:
    from blastlint.command import Script

# Only definitions that name a way to start a program, and a program that does something, are read.
_STARTS = regex(
    rb"subprocess|os\.(system|popen)|child_process|\bexec|spawn|shelljs|\.(run|sudo|local|call)\b|check_(call|output)|\bsystem\b|Open3"
)
_PROGRAMS = regex(
    rb"\b(rm|rmdir|find|terraform|tofu|terragrunt|pulumi|cdk|sls|serverless|kubectl|oc|helm|helmfile|argocd|flux|aws|gcloud|az|gsutil"
    rb"|psql|mysql|mariadb|mongo|mongosh|redis-cli|dropdb|pg_restore|git|docker|podman|rsync|rclone|alembic|prisma|supabase|rails|rake"
    rb"|manage\.py|artisan|flyway|liquibase|heroku|fly|flyctl|eksctl|ansible|ansible-playbook|velero|restic|mkfs|dd|shred|zfs"
    rb"|systemctl|ssh|bash|sh|sudo|npx|make|knex|sequelize|typeorm|drizzle-kit|dbmate|goose|sqlx|diesel|hasura|wrangler|vercel|oci"
    rb"|doctl)\b"
)


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """The commands of the changed files; numbered within the resource or the definition that they stand in."""
    for path in changed:
        document = workspace.document(path)
        if document is not None:
            yield from _of(document)


def _of(document: Document) -> Iterable[Entity]:
    content = document.content
    if isinstance(content, File):
        if any((b.type == "data" and "external" in b.labels) or b.first("provisioner") for b in content.blocks):
            from blastlint.resolve.provisioners import scripts

            return _commands(document.path, scripts(content), "provisioner")
        return ()
    from blastlint.parse.code import Module

    if isinstance(content, Module):
        starting = [d for d in content.definitions if _STARTS.search(d.text) and _PROGRAMS.search(d.text)]
        if starting:
            from blastlint.resolve.code_commands import scripts as started

            found = (script for d in starting for script in started(content, d, document.side))
            return _commands(document.path, found, "code")
    return ()


def _commands(path: str, scripts: Iterable[Script], container: str) -> Iterable[Entity]:
    from blastlint.resolve.commands import of_scopes

    return of_scopes(path, scripts, container)
