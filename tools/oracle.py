"""Make the truth that tests/oracle is scored against: what a real `terraform plan` says of each edit.

    python tools/oracle.py [CASE ...] --plugins DIRECTORY --endpoint http://127.0.0.1:5055

Needs the terraform binary, a filesystem mirror that holds the AWS provider 5.100.0, and a stand-in for AWS
(`pip install 'moto[server]'`, then `moto_server -p 5055`). Each case's configuration is applied once to the stand-in;
each edit is then planned against that state with `-refresh=false` (unless it is one that only a refresh shows), and the
instances' actions are written to truth.json beside the case.

A case is a directory: config/ (the files before) and edits.yaml, a list of
    {name, class: harmless|guard|destroy|replace|cascade|mixed, vars?: [file], refresh?: true,
     change: {path: text | null | [[old, new], ...]}}
and, where more is deployed than config/ itself, stacks.yaml, a list of {root?: directory, vars?: [file]}, each with a state
of its own. An address is then told as `root:address`, and what stacks of one root say of it is one: the worst of them.
What another program than Terraform puts together (a unit of Terragrunt) says it by hand, so that the truth does not hang on
anyone's reading of that: a stack {root, module: directory, inputs: {name: value}}, and in an edit, where they are others
then, `units: {root: {module?, inputs?}}` (null for an input that is no longer given).
Where the stand-in does not know the services, imagined.yaml says so: the state is then made up of what the plan says it
creates (imagined_state.py), and the file holds what has to have a certain form, {type: {attribute: value}}.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
import yaml

from tools.imagined_state import Imagination, Unsettled

CASES = Path(__file__).resolve().parent.parent / "tests" / "oracle" / "cases"
ACTIONS = {
    "create": "create",
    "update": "in-place",
    "delete": "destroy",
    "replace": "replace",
    "remove": "forget",
}
# What makes the provider talk to a stand-in; merged into each provider block of the root by an override file.
SETTINGS = (
    'access_key = "test"\n  secret_key = "test"\n  s3_use_path_style = true\n  skip_credentials_validation = true\n'
    "  skip_metadata_api_check = true\n  skip_requesting_account_id = true\n"
)
WORST = ("destroy", "replace", "forget", "in-place", "create")
_NOT_INSTALLED = re.compile(r"terraform init")
_PROTECTION = re.compile(r'(prevent_destroy"?\s*[=:]\s*)true')
_PREVENTED = re.compile(r"Resource (\S+) has lifecycle\.prevent_destroy", re.S)


Files = Mapping[str, str | bytes]


def edited(files: Files, change: Mapping[str, object]) -> dict[str, str | bytes]:
    """The files after one edit. Raises ValueError where an edit does not fit, so that no case is silently empty."""
    after = dict(files)
    for path, what in change.items():
        if what is None:
            del after[path]
        elif isinstance(what, str):
            after[path] = what
        else:
            text = after[path]
            assert isinstance(what, list) and isinstance(text, str)
            for old, new in what:
                if old not in text:
                    raise ValueError(f"{path}: {old!r} is not there")
                text = text.replace(old, new, 1)
            after[path] = text
    return after


def files_of(case: Path) -> dict[str, str | bytes]:
    """Path -> text, or bytes where it is none."""
    root = case / "config"
    found: dict[str, str | bytes] = {}
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        data = path.read_bytes()
        found[str(path.relative_to(root))] = data if b"\0" in data else data.decode()
    return found


class Workbench:
    """One working directory in which terraform runs for one case."""

    def __init__(self, folder: Path, plugins: str, endpoint: str) -> None:
        self.folder = folder
        self.generated: frozenset[str] = frozenset()  # modules that get their providers from another program
        mirror = folder.parent / "terraform.rc"
        mirror.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{plugins}"\n  }}\n}}\n')
        self.environment = {
            **os.environ,
            "TF_CLI_CONFIG_FILE": str(mirror),
            "AWS_ENDPOINT_URL": endpoint,
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "AWS_REGION": "eu-west-1",  # of what lies in no region that the configuration names
            "AWS_MAX_ATTEMPTS": "2",  # what the stand-in does not know it does not learn by being asked again
        }

    def write(self, files: Files, roots: Collection[str] = ("",)) -> None:
        for old in self.folder.rglob("*"):
            kept = ".terraform" in old.parts or old.name.startswith((".terraform", "terraform.tfstate"))
            if old.is_file() and not kept:
                old.unlink()
        for path, text in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(text.encode() if isinstance(text, str) else text)
        for root in roots:
            self._stand_in(files, root)

    def _stand_in(self, files: Files, directory: str) -> None:
        here = {path: text for path, text in files.items() if os.path.dirname(path) == directory}
        root = "".join(text for path, text in here.items() if path.endswith(".tf") and isinstance(text, str))
        aliases = re.findall(r'provider "aws" \{[^}]*?alias\s*=\s*"(\w+)"', root, re.S)
        written = bool(re.search(r'provider "aws"', root))
        for text in (text for path, text in here.items() if path.endswith(".tf.json")):
            providers = json.loads(text).get("provider", {}).get("aws", [])
            blocks = providers if isinstance(providers, list) else [providers]
            aliases += [block["alias"] for block in blocks if "alias" in block]
            written = written or bool(blocks)
        overrides = [f'provider "aws" {{\n  {SETTINGS}}}\n'] if written or directory in self.generated else []
        overrides += [f'provider "aws" {{\n  alias = "{alias}"\n  {SETTINGS}}}\n' for alias in aliases]
        (self.folder / directory).mkdir(parents=True, exist_ok=True)
        name = "zz_stand_in.tf" if directory in self.generated and not written else "zz_stand_in_override.tf"
        (self.folder / directory / name).write_text("\n".join(overrides))

    def run(self, root: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder / root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
        )

    def must(self, root: str, *arguments: str) -> None:
        done = self.run(root, *arguments)
        if done.returncode:
            raise click.ClickException(f"terraform {' '.join(arguments)}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")

    def schemas(self, root: str) -> dict[str, dict[str, object]]:
        """Type -> schema, of every provider of a root."""
        told = json.loads(self.run(root, "providers", "schema", "-json").stdout)["provider_schemas"]
        return {name: of for provider in told.values() for name, of in provider.get("resource_schemas", {}).items()}

    def imagined(self, root: str, variables: Sequence[str], hints: Mapping[str, Mapping[str, object]]) -> str:
        """The state that no apply has made. Raises Unsettled, or ClickException where the plan is refused."""
        chosen = [f"-var-file={name}" for name in variables]

        def plan(state: Mapping[str, object]) -> dict[str, object]:
            (self.folder / root / "terraform.tfstate").write_text(json.dumps(state))
            self.must(root, "plan", "-refresh=false", "-input=false", "-no-color", "-out=the.plan", *chosen)
            shown: dict[str, object] = json.loads(self.run(root, "show", "-json", "the.plan").stdout)
            return shown

        return json.dumps(Imagination(self.schemas(root), hints).state(plan))

    def planned(self, root: str, variables: Sequence[str], refresh: bool = False) -> dict[str, object]:
        """{"actions": {address: action}} without no-ops, or {"blocked": [address]} or {"error": text}."""
        chosen = [f"-refresh={str(refresh).lower()}", *(f"-var-file={name}" for name in variables)]
        done = self.run(root, "plan", "-input=false", "-json", *chosen)
        if done.returncode and _NOT_INSTALLED.search(done.stdout):
            self.run(root, "init", "-input=false", "-no-color")
            done = self.run(root, "plan", "-input=false", "-json", *chosen)
        return told(done.stdout)


def told(output: str) -> dict[str, object]:
    """What the lines of `terraform plan -json` say."""
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    errors = [line["diagnostic"] for line in lines if line.get("diagnostic", {}).get("severity") == "error"]
    if errors:
        text = "\n".join(f"{error['summary']}: {error['detail']}" for error in errors)
        blocked = sorted(set(_PREVENTED.findall(text)))
        return {"blocked": blocked} if blocked else {"error": text[:600]}
    changes = [line["change"] for line in lines if line["type"] == "planned_change"]
    actions = {c["resource"]["addr"]: ACTIONS[c["action"]] for c in changes if c["action"] in ACTIONS}
    return {"actions": dict(sorted(actions.items()))}


@dataclass(frozen=True, slots=True)
class Stack:
    """What is deployed with a state of its own: a root directory and the variable files it is planned with."""

    root: str = ""
    variables: tuple[str, ...] = ()
    module: str | None = None
    inputs: Mapping[str, object] = field(default_factory=dict)

    @property
    def directory(self) -> str:
        """Where Terraform runs."""
        return self.root if self.module is None else self.module

    def edited(self, edit: Mapping[str, Mapping[str, Any]]) -> Stack:
        """The stack as an edit has it."""
        unit = edit.get("units", {}).get(self.root, {})
        inputs = {**self.inputs, **unit.get("inputs", {})}
        given = {name: value for name, value in inputs.items() if value is not None}
        return replace(self, module=unit.get("module", self.module), inputs=given)

    def told(self, said: Mapping[str, object]) -> dict[str, object]:
        """What a plan said, its addresses told as this stack's."""
        if not self.root:
            return dict(said)
        found = dict(said)
        if isinstance(actions := said.get("actions"), dict):
            found["actions"] = {f"{self.root}:{address}": action for address, action in actions.items()}
        if isinstance(blocked := said.get("blocked"), list):
            found["blocked"] = [f"{self.root}:{address}" for address in blocked]
        return found


def _name(stack: Stack) -> str:
    """What a state is kept by, whatever an edit makes of the stack."""
    return ":".join((stack.root, *stack.variables))


def bears_on(stack: Stack, change: Collection[str], roots: frozenset[str]) -> bool:
    """Whether an edit can matter to a stack: what lies in another stack's own directory does not."""
    return any(os.path.dirname(path) not in roots - {stack.root} for path in change)


def unprotected(files: Files) -> Files:
    """The files without prevent_destroy, which would refuse what a state goes through while it is being imagined."""
    return {p: _PROTECTION.sub(r"\1false", text) if isinstance(text, str) else text for p, text in files.items()}


def stacks_of(case: Path) -> list[Stack]:
    if not (case / "stacks.yaml").is_file():
        return [Stack()]
    listed = yaml.safe_load((case / "stacks.yaml").read_text(encoding="utf-8"))
    return [
        Stack(item.get("root", ""), tuple(item.get("vars", ())), item.get("module"), item.get("inputs", {}))
        for item in listed
    ]


def together(plans: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """What the plans of all stacks say: refused where one is, and else the worst that is said of each address."""
    for key in ("error", "blocked"):
        refused = next((plan for plan in plans if key in plan), None)
        if refused is not None:
            return dict(refused)
    actions: dict[str, str] = {}
    for plan in plans:
        found = plan["actions"]
        assert isinstance(found, dict)
        for address, action in found.items():
            actions[address] = min(action, actions.get(address, action), key=WORST.index)
    return {"actions": dict(sorted(actions.items()))}


def gone(said: Mapping[str, object]) -> list[str]:
    """What a plan destroys or replaces. Without any edit: what the stand-in does not give back as it was made."""
    actions = said.get("actions")
    return [a for a, action in actions.items() if action in ("destroy", "replace")] if isinstance(actions, dict) else []


def truth_of(case: Path, plugins: str, endpoint: str) -> dict[str, object]:
    """The truth of every edit of one case. Raises ClickException when the configuration itself cannot be applied."""
    files = files_of(case)
    stacks = stacks_of(case)
    roots = frozenset(stack.root for stack in stacks)
    edits = yaml.safe_load((case / "edits.yaml").read_text(encoding="utf-8"))
    imagined = case / "imagined.yaml"
    hints = yaml.safe_load(imagined.read_text(encoding="utf-8")) or {} if imagined.is_file() else None
    truth: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as temporary:
        bench = Workbench(Path(temporary) / "work", plugins, endpoint)
        bench.folder.mkdir()
        bench.generated = frozenset(stack.directory for stack in stacks if stack.module is not None)
        directories = roots | bench.generated
        bench.write(files if hints is None else unprotected(files), directories)
        states: dict[str, str] = {}

        def given(stack: Stack) -> None:
            if stack.module is not None:
                (bench.folder / stack.directory / "zz_inputs.auto.tfvars.json").write_text(json.dumps(stack.inputs))

        for stack in stacks:
            chosen = [f"-var-file={name}" for name in stack.variables]
            bench.must(stack.directory, "init", "-input=false", "-no-color")
            state = bench.folder / stack.directory / "terraform.tfstate"
            given(stack)
            if hints is not None:
                states[_name(stack)] = bench.imagined(stack.directory, stack.variables, hints)
            else:
                bench.must(
                    stack.directory, "apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=30", *chosen
                )
                states[_name(stack)] = state.read_text()
            state.unlink()

        def planned(edit: Mapping[str, Any]) -> dict[str, object]:
            plans = []
            for stack in (s.edited(edit) for s in stacks if bears_on(s, edit.get("change", files), roots)):
                (bench.folder / stack.directory / "terraform.tfstate").write_text(states[_name(stack)])
                given(stack)
                variables = (*stack.variables, *edit.get("vars", ()))
                plans.append(stack.told(bench.planned(stack.directory, variables, edit.get("refresh", False))))
            return together(plans)

        bench.write(files, directories)
        drifted = gone(planned({}))
        for edit in edits:
            bench.write(edited(files, edit["change"]), directories | {s.edited(edit).directory for s in stacks})
            said = planned(edit)
            truth[edit["name"]] = {**said, "drifted": drifted} if drifted else said
            print(f"{case.name}: {edit['name']}: {truth[edit['name']]}", flush=True)
    return truth


@click.command()
@click.argument("cases", nargs=-1)
@click.option("--plugins", required=True, help="filesystem mirror with the AWS provider")
@click.option("--endpoint", default="http://127.0.0.1:5055", show_default=True)
def main(cases: tuple[str, ...], plugins: str, endpoint: str) -> None:
    wanted = [CASES / name for name in cases] or sorted(p for p in CASES.iterdir() if p.is_dir())
    for case in wanted:
        try:
            truth = truth_of(case, plugins, endpoint)
        except (click.ClickException, ValueError, Unsettled, subprocess.TimeoutExpired) as error:
            print(f"!! {case.name}: {error}", flush=True)
            continue
        text = json.dumps(truth, indent=1, sort_keys=True)
        (case / "truth.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
