"""What the CloudFormation resolver knows about an entity beside its declaration: the `detail` of its entities."""

from __future__ import annotations

from typing import Literal

from blastlint.frozen import dataclass

KIND = "cloudformation.resource"
# Between a stack and what is in it, where an outer template refers to that: the same template may be deployed by several.
WITHIN = " > "
# What a named variant is: a parameter file, a value that the template itself tells apart, a stack that nests the template.
Variation = Literal["", "file", "value", "stack"]


@dataclass(frozen=True, slots=True)
class Resource:
    """Detail of cloudformation.resource. `countable` is False where nobody can say whether the stack has it: its condition
    is not known, or no variant fulfils it. `create_before_destroy` is what a group of machines asks for with
    `AutoScalingReplacingUpdate`: the old one goes when the new one is up."""

    template: str
    variation: Variation = ""
    countable: bool = True
    create_before_destroy: bool = False
