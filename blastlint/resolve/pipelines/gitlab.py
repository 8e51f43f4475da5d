"""GitLab CI."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.model import Value
from blastlint.resolve.pipelines.model import (
    Job,
    Pipeline,
    Shell,
    Trigger,
    environment_of,
    header_of,
    names_of,
    strings_of,
    switched_on,
    text_of,
    variables_of,
)  # fmt: skip

_RESERVED = frozenset(
    {
        "default",
        "include",
        "stages",
        "variables",
        "workflow",
        "image",
        "services",
        "cache",
        "before_script",
        "after_script",
    }
)


def read(tree: Value) -> Pipeline:
    env = variables_of(tree.get("variables"))
    jobs: list[Job] = []
    shells: list[Shell] = []
    for name, job in tree.items.items():
        if not job.is_map or (name in _RESERVED and name != "default"):
            continue
        environment = environment_of(job.get("environment"))
        own = {**env, **variables_of(job.get("variables"))}
        for key in ("before_script", "script", "after_script"):
            for value in strings_of(job.get(key)):
                known = {k: v for k, v in own.items() if v and "$" not in v}
                words = " ".join(f"{k}={v}" for k, v in own.items())
                shells.append(Shell(value, name, key, True, (), known, tuple(own), words, environment))
        if job.get("script") is not None or job.get("trigger") is not None or job.get("extends") is not None:
            allowed = job.get("allow_failure")
            lenient = allowed is not None and (allowed.is_map or switched_on(allowed) != "")
            when = text_of(job.get("when"))
            rules = job.get("rules")
            manual = when == "manual" or any(
                text_of(r.get("when")) == "manual" for r in (rules.elements if rules else ())
            )
            conditions = [text_of(r.get("if")) for r in (rules.elements if rules else ())]
            jobs.append(
                Job(
                    name, job.region, "allow_failure" if lenient else "", "when: manual" if manual else "", environment,
                    "when: never" if when == "never" else " or ".join(c for c in conditions if c),
                    names_of(job.get("needs")), (), names_of(job.get("extends")), header_of(job),
                    secrets=tuple(sorted(secrets.items)) if (secrets := job.get("secrets")) is not None else (),
                )
            )  # fmt: skip
    for key in ("before_script", "after_script"):
        shells += [Shell(v, "default", key, True, (), {}, tuple(env)) for v in strings_of(tree.get(key))]
    return Pipeline(tuple(jobs), tuple(shells), tuple(_triggers(tree)), "")


def _triggers(tree: Value) -> Iterator[Trigger]:
    """The rules under which a pipeline is made at all; none written means always."""
    rules = tree.get("workflow", "rules")
    for rule in rules.elements if rules is not None else ():
        if text_of(rule.get("when")) != "never":
            yield Trigger(text_of(rule.get("if")) or "always")
