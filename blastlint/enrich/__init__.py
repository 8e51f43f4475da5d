"""Facts about changes that need more than the pair: what applying them does, where they are, and everything that rules ask.

A fact provider is a module of this package that exports

    facts(change: Change, context: Context) -> Iterable[Fact]

It is asked for the changes of its kinds only. Facts about a file hang on the Change of kind `file`, facts about the whole
change set on the one of kind `change-set`. Providers state what is true; whether it is bad is for the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib import import_module
from re import Pattern

from blastlint.enrich.breadth import repeated
from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.effects import effects
from blastlint.enrich.lifecycle.variants import distinct
from blastlint.frozen import dataclass, replace
from blastlint.model import Change, Entity, Fact, Impact, Notification, Value
from blastlint.regex import Words, regex, screened

_Said = str | Words | Pattern[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """When a provider is asked: for changes whose kind has one of these prefixes and in whose type or path (of a change set,
    its paths) `about` is found, or `names` in the name of an attribute. Both are screens, no judgements: they save loading
    a module and asking it for what it has no word on.
    """

    kinds: tuple[str, ...]
    about: Words | Pattern[str] | None = None
    names: Words | Pattern[str] | None = None


def _asked(*kinds: str, about: _Said = "", names: _Said = "") -> Asked:
    return Asked(kinds, _screen(about), _screen(names))


def _screen(said: _Said) -> Words | Pattern[str] | None:
    """A text is an expression. Words are quicker, where they can say the same."""
    if isinstance(said, str):
        return regex(said) if said else None
    return said


_GRANTING = {  # what may hold a policy, and what binds one
    "about": Words("iam role polic permission organizations snapshot sso"),
    "names": Words("polic boundary"),
}
_DATA = " .yaml$ .yml$ .json$ .toml$"
_NOT_TERRAFORM = regex(r"^(?!terraform )")
# module of this package -> the changes that it has facts about
PROVIDERS: dict[str, Asked] = {
    # states are JSON
    "lifecycle.bindings": _asked("terraform.provider", "terraform.backend", "file", about=_NOT_TERRAFORM),
    "lifecycle.workspaces": _asked(
        "terraform.resource",
        names=screened(
            "name bucket identifier prefix id alias", r"(?:^|[ ._])(?:name|bucket|identifier|prefix|id|alias)\b"
        ),
    ),
    "lifecycle.rewired": _asked("terraform.resource", "terraform.module", names=Words("provider")),
    "lifecycle.blocks": _asked("terraform.resource", "terraform.module"),
    "guards": _asked("terraform.", "cloudformation.", "kubernetes.", "compose.", "machine.", "program."),
    "access": _asked("terraform.", "cloudformation.", "kubernetes.", "iam.", **_GRANTING),
    "exposure": _asked(
        "terraform.resource",
        "cloudformation.resource",
        "kubernetes.object",
        "compose.service",
        about=screened(
            "security network_acl networkacl firewall ^ingress ^service",
            r"(?i)security_?(group|rule)|network_?acl|firewall|^Ingress |^Service ",
        ),
    ),
    "exposure.refusals": _asked(
        "terraform.resource",
        "cloudformation.resource",
        about=screened("network firewall", r"(?i)network_?(acl|security_(group|rule))|firewall"),
    ),
    "guards.alerts": _asked(
        "file",
        about=screened(
            ".yaml$ .yml$ .json$ .rules$",
            r"(?i)(alert|rule|prometh|monitor|mimir|loki|thanos)[^ ]*\.(ya?ml|json|rules)$",
        ),
    ),
    "guards.backups": _asked(
        "kubernetes.object",
        "machine.job",
        about=r"^(CronJob|CronWorkflow|cron\.job|ScheduledBackup|BackupSchedule|Schedule) ",
    ),
    "exposure.barriers": _asked(
        "terraform.resource",
        "cloudformation.resource",
        "kubernetes.object",
        about=Words("network_policy networkpolicy waf web_application_firewall security_policy"),
        names=Words("web_acl webacl security_policy firewall_policy"),
    ),
    "access.privileges": _asked(
        "kubernetes.object", "compose.service", "file", about=r"^[A-Z]|^dockerfile|^service|\.service$"
    ),
    "access.authentication": _asked("config.key"),
    "commands.errexit": _asked("file", about=Words(".sh$ .bash$ .ksh$ .zsh$")),
    "exposure.server_rules": _asked("file", about=Words("^ini .conf$ .cfg$ caddyfile$ .htaccess$ ssh_config$ sshd_config$")),
    "exposure.listening": _asked(
        "config.key", names=Words("bind listen host addr interface execstart command args service _ip")
    ),
    "exposure.records": _asked(
        "terraform.resource",
        "cloudformation.resource",
        "file",
        about=Words("dns record .yaml$ .yml$ .zone$ db. zone/ zones/"),
    ),
    "exposure.routes": _asked(
        "terraform.resource",
        "cloudformation.resource",
        "kubernetes.object",
        "file",
        about=Words("route redirect ^ingress" + _DATA),
    ),
    "access.memberships": _asked(
        "terraform.resource",
        "cloudformation.resource",
        "kubernetes.object",
        "file",
        about=Words("member collaborator aws_iam_user owners$" + _DATA),
        names=Words(
            "member user owner maintainer admin approver reviewer subjects principal group white_list whitelist allow team"
            " people collaborator contacts"
        ),
    ),
    "capacity": _asked("terraform.", "cloudformation.", "kubernetes.", "compose.service"),
    "capacity.sizes": _asked("terraform.", "cloudformation.", "kubernetes.", "compose."),
    "compose": _asked("compose."),
    "images": _asked("file", about=r"^dockerfile "),
    "kubernetes.keys": _asked("kubernetes.", about=r"^(ConfigMap|Secret) "),
    "lifecycle.lists": _asked("kubernetes.", "cloudformation.", "compose."),
    "kubernetes.values": _asked(
        "config.key",
        "config.document",
        names=r"(^|[ .])(replicaCount|replicas|cpu|memory|resources(\.limits)?)( |$)|nessProbe\.",
    ),
    "kubernetes.contexts": _asked(
        "config.key",
        names=r"ecurityContext|(^| )(privileged|runAsUser|capabilities|add|procMount|seccompProfile)( |$)",
    ),
    "kubernetes.selectors": _asked("kubernetes."),
    "kubernetes.gitops": _asked("kubernetes."),
    "code": _asked("python.", "javascript.", "go.", "ruby.", "java.", "rust."),
    "code.pages": _asked(
        "file",
        about=Words(
            ".htm$ .html$ .xhtm$ .xhtml$ .erb$ .vue$ .svelte$ .jinja$ .jinja2$ .njk$ .ejs$ .hbs$ .handlebars$ .mustache$"
            " .twig$ .liquid$ .cshtml$ .razor$ .php$ .eex$ .heex$ .gohtml$"
        ),
    ),
    "self_policy.settings": _asked("file", about=_NOT_TERRAFORM),
    "self_policy.suppressions": _asked("file"),
    "self_policy.steps": _asked("file", about=_NOT_TERRAFORM),
    "self_policy.coverage": _asked("file"),
    "commands": _asked("command"),
    "commands.transport": _asked(
        "command",
        about=r"^(curl|wget|git|ssh|scp|sftp|rsync|npm|yarn|pnpm|node|kubectl|oc|helm|argocd|aws|docker|podman|buildah|skopeo"
        r"|crane|oras|https?|vault|apt|apt-get|pip3?|python3?|grpcurl|flux|terraform|tofu|uv|yum|dnf|zypper) ",
    ),
    "configuration": _asked("config."),
    "exposure.connections": _asked("config.key", "terraform.resource"),
    "configuration.live_data": _asked("config.key"),
    "breadth.rewrite": _asked("file"),
    "breadth": _asked("change-set"),
    "pipelines": _asked("pipeline.", "command"),
    "migrations.reports": _asked("migration.operation"),
    "migrations.commands": _asked("command"),
    "migrations.edits": _asked("change-set", about=Words("migrat versions/ alembic .sql .pgsql .psql")),
    "migrations.schemas": _asked("schema."),
    "migrations.settings": _asked("config.key"),
    "layers": _asked("config.key"),
    "layers.rendered": _asked("kubernetes.object"),
    "layers.inputs": _asked("file", about=Words(".tfvars$ .tfvars.json$")),
    "layers.programs": _asked(
        "file",
        about=screened("settings application.rb$", r"^python .*settings|^ruby (.*/)?config/application\.rb$"),
    ),
    "configuration.feature_flags": _asked("file", about=Words(".jsonc$" + _DATA)),
    "configuration.secrets": _asked(
        "file",
        about=Words("env$ .env. /env. .properties$ .ini$ .cfg$ .tfvars$ dockerfile containerfile" + _DATA),
    ),
    "configuration.schemas": _asked(
        "file",
        about=screened(
            ".proto$ .json$ .yaml$ .yml$", r"\.(proto|json)$|(?i:schema|openapi|swagger|api)[^ ]*\.ya?ml$"
        ),
    ),
    "configuration.shapes": _asked("file", about=Words(".csv$ .tsv$ .psv$" + _DATA)),
    "configuration.identifiers": _asked("file", about=Words(".proto$ .py$ .ts$ .tsx$ .mts$")),
    "breadth.repeats": _asked("change-set"),
    "guards.denials": _asked("terraform.", "cloudformation.", "iam.", **_GRANTING),
    "agents": _asked("file", "command"),
    "pipelines.rollouts": _asked("file", "pipeline.workflow", "command", about=_NOT_TERRAFORM),
    "pipelines.stages": _asked(
        "change-set",
        about=screened(
            "stages staged canar ring wave cohort rollout",
            r"(?i)(^|[ /])(stages|staged|canar|ring|wave|cohort|rollout)[^ ]*/[^ ]*\.(ya?ml|json|toml)( |$)",
        ),
    ),
    "supply": _asked("change-set"),
    "pipelines.reviews": _asked("file", "terraform.resource", about=Words("owners$ settings ruleset protection approval")),
    "quality.settings": _asked("file", about=_NOT_TERRAFORM),
    "quality.suppressions": _asked("file"),
    "quality.allowances": _asked("file", about=_NOT_TERRAFORM),
    "quality.commands": _asked(
        "command",
        about=r"^(pytest|py\.test|jest|vitest|mocha|ava|playwright|cypress|karma|node|go|gotestsum|ginkgo|cargo|mvnw?|gradlew?|sbt"
        r"|rspec|minitest|cucumber|behave|phpunit|mypy|(based)?pyright|(vue-)?tsc|ty|coverage|nyc|c8|slipcover|trivy|tfsec"
        r"|checkov|snyk|semgrep|bandit|gitleaks|grype|safety|pip-audit|brakeman|gosec|conftest|govulncheck|osv-scanner|zizmor"
        r"|eslint|ruff|flake8|pylint|black|prettier|rubocop|golangci-lint|shellcheck|hadolint|tflint|yamllint|stylelint|isort"
        r"|ansible-lint|actionlint|ktlint|biome|xo|standard) ",
    ),
    "quality.snapshots": _asked(
        "file", about=Words(".snap$ .golden$ .ambr$ .approved. /__snapshots__/ /golden/ /goldens/ /snapshots/")
    ),
    "quality.hooks": _asked("file", about=_NOT_TERRAFORM),
    "pipelines.validations": _asked("command", "pipeline.workflow", "kubernetes.object"),
}


def impacts(context: Context) -> tuple[Impact, ...]:
    """Every change with its effect, its surroundings and its facts."""
    return distinct(tuple(repeated.enriched(effects(context), lambda impact: _with_facts(impact, context))))


def compared(
    context: Context, impacts: tuple[Impact, ...], sides: tuple[Sequence[Entity], Sequence[Entity]]
) -> tuple[tuple[Impact, ...], tuple[Notification, ...]]:
    """What plans say beside what source alone (`sides`: its entities) foresees. Nothing where there is no plan."""
    if not context.plans:
        return impacts, ()
    from blastlint.enrich.lifecycle import planned

    return planned.compared(context, impacts, sides, effects)


def _with_facts(impact: Impact, context: Context) -> Impact:
    facts = tuple(_facts(impact, context))
    return replace(impact, facts=(*impact.facts, *facts)) if facts else impact


def _facts(impact: Impact, context: Context) -> Iterator[Fact]:
    if impact.cause == "cascade":
        return  # its text did not change: there is nothing to say but its effect
    kind, subject = impact.change.kind, _subject(impact.change, context)
    asked = _asked_about(kind, subject)
    if any(names is not None for _, names in asked):
        asked = _asked_for(kind, subject, _names(impact.change))
    for name, _ in asked:
        yield from _provider(name)(impact.change, context)


def _subject(change: Change, context: Context) -> str:
    if change.kind == "change-set":
        return " ".join(path for file in context.change_set.files for path in (file.before, file.after) if path)
    return f"{change.type} {change.path}"


@lru_cache(maxsize=1024)
def _asked_about(kind: str, subject: str) -> tuple[tuple[str, Words | Pattern[str] | None], ...]:
    """The providers to ask, each with the names of which one has to be met yet."""
    asked = ((name, asked) for name, asked in PROVIDERS.items() if kind.startswith(asked.kinds))
    return tuple(
        (name, None if found else asked.names)
        for name, asked in asked
        if (found := _is_about(asked, subject)) or asked.names is not None
    )


def _is_about(asked: Asked, subject: str) -> bool:
    """Whether nothing else has to be met."""
    return asked.names is None if asked.about is None else bool(asked.about.search(subject))


@lru_cache(maxsize=1024)
def _asked_for(kind: str, subject: str, named: str) -> tuple[tuple[str, Words | Pattern[str] | None], ...]:
    """Those of them that have none to meet, or meet one in these."""
    asked = _asked_about(kind, subject)
    return tuple((name, names) for name, names in asked if names is None or names.search(named))


def _names(change: Change) -> str:
    """The names in which something changed; of what came or went, all."""
    if change.before is not None and change.after is not None:
        return " ".join(delta.path for delta in change.deltas)
    return " ".join(name for side in (change.before, change.after) if side is not None for name in _named(side.attributes))


def _named(value: Value) -> Iterator[str]:
    """The names of all attributes, at every depth."""
    for name, child in value.items.items():
        yield name
        yield from _named(child)
    for element in value.elements:
        yield from _named(element)


@cache
def _provider(name: str) -> Callable[[Change, Context], Iterable[Fact]]:
    facts: Callable[[Change, Context], Iterable[Fact]] = import_module(f"blastlint.enrich.{name}").facts
    return facts
