"""SARIF 2.1.0, built with sarif-om, as GitHub, GitLab, Azure DevOps and VS Code accept it.

Two traps of sarif-om 1.0.4 decide how it is written: it has no serialiser, and its defaults must not be left out (`level`
falls back to the rule's, not to "warning"). So `_plain` walks the attrs classes itself and drops only what is None.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import sarif_om as om

from blastlint import HOMEPAGE, __version__
from blastlint.diff.anchors import lines_of
from blastlint.engine.rule import Rule
from blastlint.model import Finding, Notification, Region, Report, Severity
from blastlint.prose import few
from blastlint.report import Options
from blastlint.report.linehash import LineHashes
from blastlint.report.view import LEVELS, View, by_line, worst_first

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SECURITY_SEVERITY: Mapping[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.5"}
MOST_RESULTS = 5000  # what GitHub, GitLab and Azure DevOps keep
MOST_RELATED = 20
_UNSET = -1  # sarif-om's default for indexes, ranks and offsets
_LONGEST_MESSAGE = 1750  # leaves room for the links under the 2,048 characters that GitLab takes
_LONGEST_DESCRIPTION = 1000
_ACRONYMS = {"iam": "IAM", "tls": "TLS", "ci": "CI"}
Json = dict[str, object]


def render(report: Report, options: Options) -> str:
    return json.dumps(document(report, options), indent=2).encode("utf-8", "replace").decode() + "\n"


def document(report: Report, options: Options) -> Json:
    """The log as plain JSON values."""
    plain = _plain(_Builder(report, options).log())
    assert isinstance(plain, dict)
    return plain


class _Builder:
    def __init__(self, report: Report, options: Options) -> None:
        self.report = report
        self.options = options
        self.view = View(report, options.rules)
        self.rules = [options.rules[rule_id] for rule_id in report.rule_ids if rule_id in options.rules]
        self.index = {rule.id: number for number, rule in enumerate(self.rules)}
        self._hashes: dict[str, LineHashes] = {}

    def log(self) -> om.SarifLog:
        findings = self.report.findings if self.options.show_suppressed else self.view.counted()
        groups = list(by_line(worst_first([f for f in findings if f.rule_id in self.index])))
        category = self.options.category
        run = om.Run(
            tool=om.Tool(driver=self.driver()),
            automation_details=om.RunAutomationDetails(id=category if category.endswith("/") else f"{category}/"),
            column_kind="unicodeCodePoints",
            invocations=[self.invocation(len(groups))],
            artifacts=self.deleted_files(),
            results=[self.result(group) for group in groups[:MOST_RESULTS]],
        )
        return om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[run])

    def driver(self) -> om.ToolComponent:
        return om.ToolComponent(
            name="blastlint",
            full_name=f"blastlint {__version__}",
            version=__version__,
            semantic_version=__version__,
            information_uri=HOMEPAGE,
            rules=[_descriptor(rule) for rule in self.rules],
        )

    def invocation(self, results: int) -> om.Invocation:
        notes = [self.notification(note) for note in self.report.notifications]
        if results > MOST_RESULTS:
            text = f"{results - MOST_RESULTS} of {results} results left out: code hosts keep the worst {MOST_RESULTS}."
            notes.append(om.Notification(message=om.Message(text=text), level="warning"))
        return om.Invocation(execution_successful=True, tool_execution_notifications=notes)

    def notification(self, note: Notification) -> om.Notification:
        locations = None
        if note.path:
            region = om.Region(start_line=note.line) if note.line else None
            locations = [
                om.Location(physical_location=om.PhysicalLocation(artifact_location=_uri(note.path), region=region))
            ]
        return om.Notification(
            message=om.Message(text=self.view.redact.text(note.message)),
            level=note.level,
            descriptor=om.ReportingDescriptorReference(id=note.id),
            locations=locations,
        )

    def deleted_files(self) -> list[om.Artifact] | None:
        """Files that are gone, by name only: their contents may hold secrets."""
        gone = [f.before for f in self.report.change_set.files if f.status == "removed" and f.before]
        return [om.Artifact(location=_uri(path), roles=["deleted"]) for path in gone[:MOST_RESULTS]] or None

    # -- results -----------------------------------------------------------------------------------------------------

    def result(self, group: Sequence[Finding]) -> om.Result:
        """One result for the findings of one rule that are shown on one line."""
        first = group[0]
        anchor = first.anchor
        assert anchor is not None, "the pipeline places every finding"
        related = self.related(group)
        fingerprints = {"blastlint/v1": first.fingerprint}
        line_hash = self.line_hash(anchor.region)
        if line_hash:
            fingerprints["primaryLocationLineHash"] = line_hash
        impact = first.impact
        return om.Result(
            rule_id=first.rule_id,
            rule_index=self.index[first.rule_id],
            level=LEVELS[first.severity],
            message=om.Message(text=self.message(group, related)),
            locations=[
                om.Location(
                    physical_location=_physical(anchor.region),
                    logical_locations=[
                        om.LogicalLocation(
                            fully_qualified_name=address, kind="resource" if "resource" in kind else None
                        )
                        for address, kind in self.addresses(group).items()
                    ],
                )
            ],
            related_locations=related or None,
            partial_fingerprints=fingerprints,
            suppressions=self.suppressions(group),
            properties={
                "address": self.view.address(first),
                "addresses": list(self.addresses(group)),
                "kind": impact.change.kind,
                "action": impact.change.action,
                "effect": impact.effect,
                "cause": impact.cause,
                "evidence": impact.change.evidence,
                "severity": first.severity,
                "confidence": first.confidence,
                "adjusted": list(first.adjusted) or None,
                "anchor": anchor.choice,
                "before": self.before(first),
                "instead": self.view.instead(first),
            },
        )

    def addresses(self, group: Sequence[Finding]) -> dict[str, str]:
        """Address -> kind, each once, in the order of the findings."""
        return {self.view.address(f): f.impact.change.kind for f in group}

    def message(self, group: Sequence[Finding], related: Sequence[om.Location]) -> str:
        """The finding's first sentence is the title; the old text is quoted, because head does not have it any more."""
        first = group[0]
        parts = [_sentence(_unlinked(self.view.message(first)))]
        if first.before is not None:
            old = _unlinked(self.view.before_text(first))
            quoted = f" ({old})" if old else ""
            parts.append(f"Before: {first.before.path} line {first.before.start_line}{quoted}.")
        if len(group) > 1:
            others = list(self.addresses(group))[1:]
            named = f"On this line also: {_unlinked(few(others, 8))}."
            parts.append(named if others else f"{len(group)} findings on this line.")
        reach = self.view.reach(first)
        if reach:
            parts.append(_sentence(f"Reach: {_unlinked(reach)}"))
        text = " ".join(parts)
        if len(text) > _LONGEST_MESSAGE:
            text = text[: _LONGEST_MESSAGE - 3].rstrip() + "..."
        links = ", ".join(f"[{_label(location)}]({location.id})" for location in related[:3])
        return f"{text} See {links}." if links else text

    def related(self, group: Sequence[Finding]) -> list[om.Location]:
        """Places in head that the finding names. Lines of base would link to other lines of head, so they are left out."""
        found: list[om.Location] = []
        for finding in group:
            for related in finding.related:
                region = related.region
                if region is None or region.side != "after" or len(found) >= MOST_RELATED:
                    continue
                if not 0 < region.start_line <= len(self.view.redact.lines("after", region.path)):
                    continue
                text = self.view.redact.text(related.message or related.address)
                one_line = om.Region(start_line=region.start_line)
                place = om.PhysicalLocation(artifact_location=_uri(region.path), region=one_line)
                found.append(om.Location(id=len(found) + 1, physical_location=place, message=om.Message(text=text)))
        return found

    def before(self, finding: Finding) -> Json | None:
        region = finding.before
        if region is None:
            return None
        return {
            "path": region.path,
            "startLine": region.start_line,
            "endLine": region.last_line,
            "text": self.view.before_text(finding),
        }

    def suppressions(self, group: Sequence[Finding]) -> list[Json] | None:
        """As plain values: sarif-om's Suppression has `state`, which the final schema calls `status`."""
        found: list[Json] = [
            {"kind": s.kind, "status": "accepted", "justification": self.view.redact.text(s.justification)}
            for finding in group
            for s in finding.suppressions
        ]
        return found or None

    def line_hash(self, region: Region) -> str:
        """Of the anchor's line in head; "" when head has no such file."""
        if region.path not in self._hashes:
            data = self.report.change_set.after.read(region.path)
            if data is None:
                return ""
            self._hashes[region.path] = LineHashes("\n".join(lines_of(data)))
        return self._hashes[region.path].of(region.start_line)


def _descriptor(rule: Rule) -> om.ReportingDescriptor:
    words = " ".join(_ACRONYMS.get(word, word) for word in rule.name.split("-"))
    help_text = f"Why it matters: {rule.why}\n\nInstead: {rule.instead}"
    references = "".join(f"\n- {reference}" for reference in rule.references)
    markdown = f"**Why it matters.** {rule.why}\n\n**Instead.** {rule.instead}" + (
        f"\n\n**References**\n{references}" if references else ""
    )
    return om.ReportingDescriptor(
        id=rule.id,
        name="".join(word.capitalize() for word in rule.name.split("-")),
        short_description=om.MultiformatMessageString(text=f"{words[:1].upper()}{words[1:]}."),
        full_description=om.MultiformatMessageString(text=_cut(rule.why, _LONGEST_DESCRIPTION)),
        help=om.MultiformatMessageString(text=help_text, markdown=markdown),
        help_uri=next((text for text in rule.references if text.startswith("https://")), None),
        default_configuration=om.ReportingConfiguration(level=LEVELS[rule.severity]),
        properties={
            "security-severity": SECURITY_SEVERITY[rule.severity],
            "precision": rule.confidence,
            "problem.severity": {"note": "recommendation"}.get(LEVELS[rule.severity], LEVELS[rule.severity]),
            "tags": ["security", "reliability", *sorted({rule.axes[k] for k in ("area", "kind") if k in rule.axes})],
        },
    )


def _physical(region: Region) -> om.PhysicalLocation:
    return om.PhysicalLocation(
        artifact_location=_uri(region.path),
        region=om.Region(
            start_line=region.start_line,
            start_column=region.start_column,
            end_line=region.end_line or region.start_line,
            end_column=region.end_column,
        ),
    )


def _uri(path: str) -> om.ArtifactLocation:
    """A path relative to the repository's root, percent-encoded."""
    return om.ArtifactLocation(uri=quote(path.encode("utf-8", "surrogateescape"), safe="/!$&'()*+,;=@-._~"))


def _label(location: om.Location) -> str:
    return str(location.message.text)[:60].replace("[", "(").replace("]", ")")


def _unlinked(text: str) -> str:
    """Text in which `](` cannot be read as an embedded link, nor `{0}` as a placeholder."""
    text = " ".join(text.split()).replace("](", "] (")
    return "".join(f"{{ {part}" if number and part[:1].isdigit() else f"{{{part}" if number else part
                   for number, part in enumerate(text.split("{")))  # fmt: skip


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _plain(value: object) -> object:
    """attrs objects as dicts under their SARIF names, without what is None or sarif-om's -1. Nothing else is left out."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    attributes = getattr(type(value), "__attrs_attrs__", None)
    if attributes is None:
        return value
    return {
        attribute.metadata["schema_property_name"]: _plain(item)
        for attribute in attributes
        if (item := getattr(value, attribute.name)) is not None and item != _UNSET
    }
