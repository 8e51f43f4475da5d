"""GitLab CI."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.command import Guard
from blastlint.model import Value
from blastlint.parse.shell_guards import kind_of
from blastlint.regex import regex
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

_WHERE = regex(r"CI_COMMIT_(BRANCH|TAG|REF_NAME|REF_PROTECTED)|CI_ENVIRONMENT|\bonly (main|master|tags|production)\b")
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


def fits(tree: Value) -> bool:
    """Whether a document that is named anyhow holds jobs, to be included: in each a script, and the stage it runs in."""
    members = tree.items.values() if tree.is_map else ()
    return any(v.is_map and v.get("script") is not None and v.get("stage") is not None for v in members)


def read(tree: Value) -> Pipeline:
    env = variables_of(tree.get("variables"))
    jobs: list[Job] = []
    shells: list[Shell] = []
    for name, job in tree.items.items():
        if not job.is_map or (name in _RESERVED and name != "default"):
            continue
        environment = environment_of(job.get("environment"))
        own = {**env, **variables_of(job.get("variables"))}
        guards = tuple(_guards(job))
        for key in ("before_script", "script", "after_script"):
            for value in strings_of(job.get(key)):
                known = {k: v for k, v in own.items() if v and "$" not in v}
                words = " ".join(f"{k}={v}" for k, v in own.items())
                shells.append(Shell(value, name, key, True, guards, known, tuple(own), words, environment))
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
    included = tree.get("include")
    if included is not None:
        entries = included.elements or (included,)
        named = (text_of(e) or text_of(e.get("template")) or text_of(e.get("component")) for e in entries)
        jobs.append(Job("include", included.region, uses=tuple(filter(None, named)), header=header_of(included)))
    for key in ("before_script", "after_script"):
        shells += [Shell(v, "default", key, True, (), {}, tuple(env)) for v in strings_of(tree.get(key))]
    return Pipeline(tuple(jobs), tuple(shells), tuple(_triggers(tree)), "")


def _guards(job: Value) -> Iterator[Guard]:
    """What has to hold before a job runs: a condition on each of its rules, or the refs that it is `only` for."""
    rules, only = job.get("rules"), job.get("only")
    running = [r for r in (rules.elements if rules is not None else ()) if text_of(r.get("when")) != "never"]
    conditions = [text_of(r.get("if")) for r in running]
    place = only or rules
    if only is not None:
        conditions = [f"only {text_of(ref)}" for ref in strings_of(only)]
    if conditions and all(conditions) and place is not None:
        text = " or ".join(conditions)
        kind = "environment" if _WHERE.search(text) else kind_of(text)
        yield Guard(kind, f"if {text}", region=place.region)


def _triggers(tree: Value) -> Iterator[Trigger]:
    """The rules under which a pipeline is made at all; none written means always."""
    rules = tree.get("workflow", "rules")
    for rule in rules.elements if rules is not None else ():
        if text_of(rule.get("when")) != "never":
            yield Trigger(text_of(rule.get("if")) or "always")
