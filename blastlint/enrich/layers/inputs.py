"""`mixup` facts of Terraform's inputs: `staging.tfvars` beside `production.tfvars`, `envs/dev/terraform.tfvars`, ..."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.diff.values import deltas
from blastlint.enrich.context import Context
from blastlint.enrich.layers.mixups import mixup
from blastlint.frozen import replace
from blastlint.model import Change, Fact, Value
from blastlint.resolve.terraform import variables


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one fact of one changed file: several values that are those of another environment are one slip."""
    if change.before is None or change.after is None:
        return
    before = Value(variables(context.before, change.before.address))
    after = Value(variables(context.after, change.after.address))
    for delta in deltas(before, after):
        found = next(mixup(replace(change, deltas=(delta,)), context), None) if delta.action != "removed" else None
        if found is not None:
            yield found
            return
