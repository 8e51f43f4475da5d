"""blastlint's effects beside the verdicts of the CDK's own differ, on every labelled pair of templates.

The verdicts are kept in judge.json (tools/cfn_judge.py), so that this runs without Node; where Node and the package are
there (BLASTLINT_CDK_DIFF names the directory with node_modules), they are asked again. Every difference is explained here.
"""

from __future__ import annotations

import json
import os
import shutil

import pytest

from blastlint import pipeline
from blastlint.model import Impact
from blastlint.sources.memory import change_set
from tests.cases.runner import cases
from tools.cfn_judge import TRUTH, judged, name_of

DIRECTORY = os.environ.get("BLASTLINT_CDK_DIFF", "")
IMPACTS = {
    "replace": "WILL_REPLACE",
    "in-place": "WILL_UPDATE",
    "create": "WILL_CREATE",
    "destroy": "WILL_DESTROY",
    "forget": "WILL_ORPHAN",
}
# why -> {case: {address: (ours, the judge's)}}; None where it says that nothing changes
Verdict = str | None
DIFFERENCES: dict[str, dict[str, dict[str, tuple[Verdict, Verdict]]]] = {
    "an attribute of the stack (DeletionPolicy, UpdateReplacePolicy) changes, and nothing of the resource": {
        "guards: Retain is dropped": {"t.yaml:It": (None, "WILL_UPDATE")},
        "guards: Retain becomes what the default is": {"t.yaml:It": (None, "WILL_UPDATE")},
        "guards: the update-replace policy of a database is dropped": {"t.yaml:It": (None, "WILL_UPDATE")},
        "same: a policy changes and nothing it protects": {"t.yaml:Db": (None, "WILL_UPDATE")},
        "forms: retained, but for a creation that fails": {"t.yaml:It": (None, "WILL_UPDATE")},
        "forms: retained except on creation, and then not at all": {"t.yaml:It": (None, "WILL_UPDATE")},
        "forms: a warehouse loses its snapshot policy, and the default is to delete": {"t.yaml:It": (None, "WILL_UPDATE")},
        "forms: a cluster of a database drops the policy that is its default": {"t.yaml:It": (None, "WILL_UPDATE")},
    },
    "its table says that the property may replace; the service modifies it in place, see CORRECTIONS in the generator": {
        "guards: backups are switched off": {"t.yaml:It": ("WILL_UPDATE", "MAY_REPLACE")},
        "guards: more backups": {"t.yaml:It": ("WILL_UPDATE", "MAY_REPLACE")},
        "guards: one zone instead of several": {"t.yaml:It": ("WILL_UPDATE", "MAY_REPLACE")},
        "guards: the backups of production only": {"t.yaml:Db": ("WILL_UPDATE", "MAY_REPLACE")},
        "guards: stricter everywhere": {"t.yaml:It": ("WILL_UPDATE", "MAY_REPLACE")},
        "replacement: an instance gets another size": {"t.yaml:It": ("WILL_UPDATE", "MAY_REPLACE")},
    },
    "it compares one template with another of the same stack, and knows of no file that moves or goes": {
        "removal: the whole template is deleted": {"stacks/shop.yaml:It": ("ORPHAN", "WILL_DESTROY")},
        "removal: the template moves": {
            "shop.yaml:It": (None, "WILL_DESTROY"),
            "stacks/shop.yaml:It": (None, "WILL_CREATE"),
        },
        "removal: the template is written as JSON": {
            "shop.json:It": (None, "WILL_CREATE"),
            "shop.yaml:It": (None, "WILL_DESTROY"),
        },
        "formats: a JSON template is made of one in YAML": {"stacks/web.json:Sg": (None, "WILL_CREATE")},
        "formats: both formats lose the table": {"shop.json:Orders": (None, "WILL_DESTROY")},
        "formats: one of two formats goes": {
            "shop.yaml:Orders": (None, "WILL_DESTROY"),
            "shop.yaml:Topic": (None, "WILL_DESTROY"),
        },
    },
    "a file that could not be read is an empty template to it": {
        "formats: a template that could not be read is mended": {"t.yaml:Admin": (None, "WILL_CREATE")},
        "formats: it is mended, and another role comes with it": {"t.yaml:Topic": (None, "WILL_CREATE")},
    },
    "it compares one template, and knows neither what its stacks deploy nor what these are given and put out": {
        "nested: what is made anew outside is given to the stack": {
            "child.yaml:Group": ("WILL_REPLACE", None),
            "parent.yaml:App": ("WILL_UPDATE", None),
        },
        "nested: what is made anew within the stack is put out to the outer template": {
            "child.yaml:Fn": ("WILL_REPLACE", None),
            "parent.yaml:Call": ("WILL_REPLACE", None),
        },
        "nested: from one stack into another one": {
            "app.yaml:Group": ("WILL_REPLACE", None),
            "net.yaml:Vpc": ("WILL_REPLACE", None),
            "parent.yaml:App": ("WILL_UPDATE", None),
        },
        "nested: an output that is known is the value that the outer template has": {
            "parent.yaml:Queue": ("WILL_REPLACE", None)
        },
        "nested: an output is renamed with who reads it": {"parent.yaml:Queue": (None, "WILL_REPLACE")},
        "nested: one of two stacks of a template gets another name": {"q.yaml:Queue": ("WILL_REPLACE", None)},
        "nested: a stack that hangs on its own output": {
            "child.yaml:Fn": ("WILL_REPLACE", None),
            "child.yaml:Group": ("WILL_REPLACE", None),
        },
    },
    "it does not evaluate conditions, parameters or mappings: what they switch, and what they leave as it is": {
        "nested: an environment's file of parameters gives the network another range": {
            "net.yaml:Vpc": ("WILL_REPLACE", None)
        },
        "nested: the default changes where an environment has its own": {"net.yaml:Vpc": ("MAY_REPLACE", None)},
        "same: a condition asks for what the parameter could not be": {"t.yaml:Table": ("UNKNOWN", "WILL_UPDATE")},
        "same: a value that the parameter could be switches the table off": {
            "t.yaml:Table": ("WILL_DESTROY", "WILL_UPDATE")
        },
        "same: a mapping that told sizes apart gives way to a parameter that is looked up": {
            "t.yaml:Group": (None, "WILL_REPLACE")
        },
        "removal: a condition switches it off": {"t.yaml:It": ("WILL_DESTROY", None)},
        "removal: a resource comes under a condition": {"t.yaml:It": ("WILL_DESTROY", "WILL_UPDATE")},
        "removal: nobody knows whether it holds": {"t.yaml:It": ("UNKNOWN", "WILL_UPDATE")},
        "removal: a condition is turned round": {"t.yaml:It": ("WILL_DESTROY", None)},
        "replacement: through a parameter": {"t.yaml:It": ("MAY_REPLACE", None)},
        "same: a mapping becomes a condition": {"t.yaml:Db": (None, "WILL_UPDATE")},
        "same: a parameter becomes its default": {"t.yaml:Db": (None, "MAY_REPLACE")},
        "same: a condition that always holds": {"t.yaml:Db": (None, "WILL_UPDATE")},
        "same: the parameter is renamed": {"t.yaml:Db": (None, "MAY_REPLACE")},
        "same: a parameter file names another database": {"t.yaml:Db": ("WILL_REPLACE", None)},
        "formats: a role's managed policy is named with the partition of the account": {"t.yaml:R": (None, "WILL_UPDATE")},
        "forms: two conditions together no longer hold in production": {"t.yaml:Db": ("WILL_DESTROY", None)},
        "forms: a mapping gives production a far smaller database": {"t.yaml:It": ("WILL_UPDATE", None)},
    },
    "it does not look into nested stacks": {
        "removal: a nested stack goes with its database": {
            "db.yaml:Db": ("WILL_DESTROY", None),
            "db.yaml:Pg": ("WILL_DESTROY", None),
        },
        "removal: a nested stack gets another parameter": {"db.yaml:Db": ("WILL_REPLACE", None)},
        "removal: a packaged CDK asset is nested": {"cdk.out/db.nested.template.json:Tbl": ("WILL_DESTROY", None)},
    },
    "the reference page says replacement without a condition": {
        "replacement: the engine changes": {"t.yaml:It": ("WILL_REPLACE", "MAY_REPLACE")},
    },
    "it looks at top-level properties only": {
        "replacement: a nested path of a file system": {"t.yaml:It": ("MAY_REPLACE", "WILL_UPDATE")},
    },
    "what a replacement gives another value is updated: it tells of followers that are replaced only": {
        "replacement: a follower that is updated": {"t.yaml:Fn": ("WILL_UPDATE", None)},
    },
    "both parameters may have one value": {
        "replacement: a parameter takes the place of a parameter": {"t.yaml:It": ("MAY_REPLACE", "WILL_REPLACE")},
        "formats: another parameter takes the place of one with a default": {
            "t.yaml:Fs": ("MAY_REPLACE", "WILL_REPLACE")
        },
    },
    "it does not read the update policy": {
        "replacement: unless its update policy says to replace it": {"t.yaml:It": ("WILL_REPLACE", "WILL_UPDATE")},
    },
    "it compares how values are written, not what they are": {
        "same: Sub becomes Join": {"t.yaml:Db": (None, "WILL_REPLACE")},
        "same: tags in another order": {"t.yaml:Db": (None, "WILL_UPDATE")},
        "same: a default that nobody writes is written": {"t.yaml:It": (None, "WILL_REPLACE")},
    },
    "it does not expand Fn::ForEach": {
        "same: a loop is written out": {
            "t.yaml:Fn::ForEach::Tables": (None, "WILL_DESTROY"),
            "t.yaml:OrdersTable": (None, "WILL_CREATE"),
            "t.yaml:UsersTable": (None, "WILL_CREATE"),
        },
        "same: an element leaves a loop": {
            "t.yaml:Fn::ForEach::Tables": (None, "WILL_UPDATE"),
            "t.yaml:UsersTable": ("WILL_DESTROY", None),
        },
        "forms: a name leaves the list that a loop is over": {"t.yaml:UsersTable": ("WILL_DESTROY", None)},
        "forms: the list of a loop is in another order": {"t.yaml:Fn::ForEach::Tables": (None, "WILL_UPDATE")},
    },
    "it does not know what SAM makes of a resource": {
        "same: the value moves into Globals": {"t.yaml:Fn": (None, "WILL_REPLACE")},
        "serverless: a simple table becomes the table that it is": {"t.yaml:It": (None, "WILL_REPLACE")},
        "serverless: a function is removed with its role": {"t.yaml:FnRole": ("WILL_DESTROY", None)},
        "serverless: more memory": {"t.yaml:Fn": ("WILL_UPDATE", "WILL_REPLACE")},
        "serverless: the last API event goes": {
            "t.yaml:Fn": ("WILL_UPDATE", "WILL_REPLACE"),
            "t.yaml:ServerlessRestApi": ("WILL_DESTROY", None),
        },
    },
}


def said(impact: Impact) -> str:
    """Our effect in the judge's words."""
    if impact.effect == "replace" and impact.confidence != "high":
        return "MAY_REPLACE"
    return IMPACTS.get(impact.effect, impact.effect.upper())


def ours() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for case in cases():
        if case.group.startswith("cfn/"):
            here = found.setdefault(name_of(case), {})
            for impact in pipeline.check(change_set(case.before, case.after), ()).impacts:
                if impact.change.kind == "cloudformation.resource" and impact.effect != "no-op":
                    here.setdefault(impact.change.address, said(impact))
    return found


def test_every_difference_from_the_judge_is_explained() -> None:
    verdicts = json.loads(TRUTH.read_text(encoding="utf-8"))["pairs"]
    effects = ours()
    assert effects.keys() == verdicts.keys() and len(effects) >= 60
    found = {
        name: differing
        for name, mine in effects.items()
        if (
            differing := {
                address: (mine.get(address), verdicts[name].get(address))
                for address in {*mine, *verdicts[name]}
                if mine.get(address) != verdicts[name].get(address)
            }
        )
    }
    assert found == {name: pairs for explained in DIFFERENCES.values() for name, pairs in explained.items()}


@pytest.mark.judge
def test_the_judge_says_what_is_written_down() -> None:
    if not shutil.which("node") or not DIRECTORY:
        pytest.skip(
            "node is not here, or BLASTLINT_CDK_DIFF does not say where @aws-cdk/cloudformation-diff is installed"
        )
    assert judged(DIRECTORY) == json.loads(TRUTH.read_text(encoding="utf-8"))["pairs"]
