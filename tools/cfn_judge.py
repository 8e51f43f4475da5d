"""What the CDK's own differ says of every labelled pair of templates: the second opinion that tests/cloudformation compares.

    npm install @aws-cdk/cloudformation-diff --prefix /tmp/cdk
    python -m tools.cfn_judge /tmp/cdk

Each template of tests/cases/cfn is given to `fullDiff` as JSON, functions in their long form, and the impact on each
resource is written to tests/cloudformation/judge.json with the package's version. Runs offline; nothing is deployed.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from blastlint.model import Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.resolve.cloudformation.template import templates
from blastlint.sources.memory import change_set
from tests.cases.runner import Case, cases

TRUTH = Path(__file__).parent.parent / "tests/cloudformation/judge.json"
PACKAGE = "node_modules/@aws-cdk/cloudformation-diff"
SCRIPT = """
const { fullDiff } = require(process.argv[1]);
const pairs = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const said = pairs.map(([before, after]) => {
  const changes = fullDiff(before, after).resources.changes;
  return Object.fromEntries(Object.entries(changes).map(([id, change]) => [id, change.changeImpact]));
});
console.log(JSON.stringify(said));
"""

Verdicts = dict[str, dict[str, str]]
Pair = tuple[object, object]


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False))
def main(directory: str) -> None:
    """Ask the package that is installed in DIRECTORY, and write its answers down."""
    verdicts = judged(directory)
    package = json.loads((Path(directory) / PACKAGE / "package.json").read_text(encoding="utf-8"))
    truth = {"source": f"{package['name']} {package['version']}", "pairs": verdicts}
    TRUTH.write_text(json.dumps(truth, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(verdicts)} pairs")


def judged(directory: str) -> Verdicts:
    """{case: {address: impact}} by the package in `directory`; what does not change is left out."""
    found = list(labelled())
    run = ["node", "-e", SCRIPT, str(Path(directory).resolve() / PACKAGE)]
    asked = json.dumps([pair for _, _, pair in found])
    done = subprocess.run(run, input=asked, capture_output=True, text=True, check=True, timeout=120)
    verdicts: Verdicts = {}
    for (name, path, _), said in zip(found, json.loads(done.stdout), strict=True):
        here = verdicts.setdefault(name, {})
        here |= {f"{path}:{logical}": impact for logical, impact in said.items() if impact != "NO_CHANGE"}
    return verdicts


def labelled() -> Iterator[tuple[str, str, Pair]]:
    """(case, path, both templates) of every labelled case; a template that is not there is empty."""
    for case in cases():
        if case.group.startswith("cfn/"):
            for path in sorted({*case.before, *case.after}):
                pair = _template(case.before, path), _template(case.after, path)
                if any(pair):
                    yield name_of(case), path, pair


def name_of(case: Case) -> str:
    return f"{case.group.removeprefix('cfn/')}: {case.name}"


def _template(files: Mapping[str, str], path: str) -> object:
    side = Workspace(change_set({}, files).after, "after")
    document = side.document(path)
    if document is None or not isinstance(document.content, KeyTree):
        return {}
    return next((_plain(template.root) for template in templates(side, path)), {})


def _plain(value: Value) -> object:
    """JSON of a template, with the long form of every function."""
    if value.is_map:
        return dict(_entry(key, child) for key, child in value.items.items())
    return [_plain(element) for element in value.elements] if value.is_list else value.scalar


def _entry(key: str, value: Value) -> tuple[str, object]:
    if not key.startswith("!"):
        return key, _plain(value)
    name = key.removeprefix("!")
    if name == "GetAtt" and isinstance(value.scalar, str):
        return "Fn::GetAtt", value.scalar.split(".", 1)
    return name if name in ("Ref", "Condition") else f"Fn::{name}", _plain(value)


if __name__ == "__main__":
    main()
