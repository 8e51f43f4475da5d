"""What a check imports and which processes it starts: constants, whatever the change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.sources import open_change
from tests.performance.counting import git_processes, two_commits

# Each costs milliseconds at every start. click itself needs inspect, uuid and datetime. `yaml` is read for rule files that
# differ from their index: run `make rules`.
NEVER = (
    "yaml", "libcst", "sarif_om", "attr", "jsonschema", "multiprocessing", "concurrent", "asyncio", "logging", "difflib",
    "importlib.metadata", "importlib.resources", "tempfile", "random", "decimal", "urllib", "pathlib", "zipfile",
    "tree_sitter_python", "tree_sitter_bash", "tree_sitter_javascript", "tree_sitter_typescript",
)  # fmt: skip
MOST_MODULES = 220  # beyond a bare start, of ours and of the library

BEFORE = {f"stack{n}/main.tf": 'resource "aws_instance" "a" {\n  instance_type = "t3.small"\n}\n' for n in range(20)}
AFTER = {path: text.replace("small", "large") for path, text in BEFORE.items()}


def test_a_check_of_terraform_imports_what_it_needs(tmp_path: Path) -> None:
    root = two_commits(tmp_path / "repo", BEFORE, AFTER)
    code = (
        "import sys; bare = set(sys.modules); from blastlint.cli import run\n"
        "code = run(['check', 'HEAD~1..HEAD', '--fail-on', 'never', '--quiet'])\n"
        "print(code, *sorted(set(sys.modules) - bare))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    code_, *modules = done.stdout.split()
    assert code_ == "0"
    assert [m for m in modules if m.startswith(NEVER)] == []
    assert "blastlint.resolve.terraform" in modules
    assert len(modules) <= MOST_MODULES, len(modules)


def test_a_range_of_terraform_starts_three_git_processes(tmp_path: Path) -> None:
    one = {path: AFTER[path] for path in ("stack0/main.tf",)}
    few = git_processes(two_commits(tmp_path / "few", BEFORE, one), tmp_path / "few-tools")
    many = git_processes(two_commits(tmp_path / "many", BEFORE, AFTER), tmp_path / "many-tools")
    assert few == many
    assert sorted(many) == ["cat-file", "diff", "grep"]


def test_modules_that_call_each_other_need_no_more_searches(tmp_path: Path) -> None:
    call = 'module "m" {{\n  source = "../m{}"\n}}\n'
    before = {f"m{n}/main.tf": call.format(n + 1) for n in range(8)} | {"m8/main.tf": BEFORE["stack0/main.tf"]}
    root = two_commits(tmp_path / "repo", before, {"m8/main.tf": AFTER["stack0/main.tf"]})
    assert sorted(git_processes(root, tmp_path / "tools")) == ["cat-file", "diff", "grep"]


def test_own_work_does_not_grow_with_the_modules_around_a_change(tmp_path: Path) -> None:
    def calls(modules: int) -> int:
        before = {f"stack{n}/main.tf": BEFORE["stack0/main.tf"] for n in range(modules)}
        root = two_commits(tmp_path / str(modules), before, {"stack0/main.tf": AFTER["stack0/main.tf"]})
        pipeline.check(open_change(str(root), revision="HEAD~1..HEAD"), shipped_rules())  # what is made once is made
        count = 0

        def look(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event == "call"

        sys.setprofile(look)
        try:
            pipeline.check(open_change(str(root), revision="HEAD~1..HEAD"), shipped_rules())
        finally:
            sys.setprofile(None)
        return count

    assert calls(400) - calls(10) < 10


def test_a_range_of_manifests_starts_three_git_processes(tmp_path: Path) -> None:
    manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d{}\nspec:\n  replicas: {}\n"
    before = {f"k8s/m{n}.yaml": manifest.format(n, 3) for n in range(20)}
    after = {f"k8s/m{n}.yaml": manifest.format(n, 4) for n in range(20)}
    # One search: does any Terraform read these files?
    started = git_processes(two_commits(tmp_path / "repo", before, after), tmp_path / "tools")
    assert sorted(started) == ["cat-file", "diff", "grep"]


def test_who_uses_a_function_is_searched_for_only_where_one_vanished(tmp_path: Path) -> None:
    kept = "def keep(order):\n    store.save(order)\n    return order.total\n"
    parts = "".join(f"\n\ndef part_{n}(order):\n    return order.rows[{n}]\n" for n in range(5))
    users = {f"app/m{n}.py": f"from app.base import part_3\n\nTOTAL = part_3({n})\n" for n in range(20)}
    before = {**users, "app/base.py": kept + parts}
    gone = two_commits(tmp_path / "gone", before, {"app/base.py": kept})  # five functions at once: one search
    assert sorted(git_processes(gone, tmp_path / "gone-tools")) == ["cat-file", "diff", "grep"]
    edited = two_commits(tmp_path / "edited", before, {"app/base.py": kept.replace("total", "sum") + parts})
    assert sorted(git_processes(edited, tmp_path / "edited-tools")) == ["cat-file", "diff"]


def test_units_of_terragrunt_need_no_more_searches(tmp_path: Path) -> None:
    unit = 'include "root" { path = find_in_parent_folders("root.hcl") }\nterraform { source = "../../m" }\n'
    root = 'locals { env = read_terragrunt_config(find_in_parent_folders("env.hcl")) }\n'
    before = {**{f"live/u{n}/terragrunt.hcl": unit for n in range(20)}, "live/root.hcl": root, "env.hcl": "locals {}\n"}
    before |= {"m/main.tf": BEFORE["stack0/main.tf"]}
    for name, after, searches in (
        ("module", {"m/main.tf": AFTER["stack0/main.tf"]}, 1),
        # and one: does any Terraform read the file?
        ("unit", {"live/u0/terragrunt.hcl": f"{unit}inputs = {{ a = 1 }}\n"}, 2),
        ("shared", {"env.hcl": "locals { a = 1 }\n"}, 2),
    ):
        started = git_processes(two_commits(tmp_path / name, before, after), tmp_path / f"{name}-tools")
        assert sorted(started) == ["cat-file", "diff", *["grep"] * searches], name
