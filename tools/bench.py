"""`make bench`: CPU ratios measured side by side in one run. A benchmark and not a test: nothing here passes or fails.

Every row compares two commands, run in turn, and prints the median of the pairwise CPU ratios (user + system, children
included). P is `python -c pass`; the floor is tools/bench_floor.py; goals are those written beside each row.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

RUNS = int(os.environ.get("BENCH_RUNS", "7"))
HERE = Path(__file__).resolve().parent
PASS = [sys.executable, "-c", "pass"]
FLOOR = [sys.executable, str(HERE / "bench_floor.py")]
BLASTLINT = [sys.executable, "-m", "blastlint"]


os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a user has byte code; without it every run would compile


def cpu(command: list[str]) -> float:
    """CPU seconds of one run, children included. A leading `-C DIRECTORY` says where to run."""
    directory, command = (command[1], command[2:]) if command[0] == "-C" else (None, command)
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime


def ratio(command: list[str], other: list[str]) -> tuple[float, float, float]:
    """Median, least and greatest of the pairwise ratios; one warm-up pair is not counted."""
    pairs = [(cpu(command), cpu(other)) for _ in range(RUNS + 1)][1:]
    ratios = [a / b for a, b in pairs]
    return statistics.median(ratios), min(ratios), max(ratios)


def row(name: str, command: list[str], other: list[str], goal: str) -> None:
    middle, low, high = ratio(command, other)
    print(f"{name:58} {middle:6.2f}  ({low:.2f}-{high:.2f})   {goal}", flush=True)


def less_libcst(name: str, command: list[str], other: list[str], goal: str) -> None:
    """The ratio without what it takes to import libcst."""
    load = [sys.executable, "-c", "import libcst.metadata"]
    ratios = [(cpu(command) - cpu(load) + cpu(PASS)) / cpu(other) for _ in range(RUNS)]
    print(f"{name:58} {statistics.median(ratios):6.2f}  ({min(ratios):.2f}-{max(ratios):.2f})   {goal}", flush=True)


Pair = tuple[list[str], list[str]]


def pace(name: str, commands: Pair, lines: int, other: Pair | None, goal: str) -> None:
    """Lines of changed files, both sides, per CPU second, beside the ratio to what `other` takes for them. Each is a large
    change less a small one of the same kind: start-up excluded."""
    took = [cpu(commands[0]) - cpu(commands[1]) for _ in range(RUNS)]
    floor = [cpu(other[0]) - cpu(other[1]) for _ in range(RUNS)] if other else []
    shown = f"{statistics.median(a / b for a, b in zip(took, floor, strict=True)):5.1f} x" if floor else ""
    print(f"{name:40} {lines / statistics.median(took):9,.0f} lines/s {shown:8}   {goal}", flush=True)


# --- what is measured on --------------------------------------------------------------------------------------------


def git(repository: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(repository), *identity, *arguments], check=True, capture_output=True)


def committed(repository: Path, before: dict[str, str], after: dict[str, str]) -> Path:
    """A repository of two commits, packed as a clone is."""
    repository.mkdir()
    git(repository, "init", "-q")
    for files in (before, after):
        for path, content in files.items():
            (repository / path).parent.mkdir(parents=True, exist_ok=True)
            (repository / path).write_text(content)
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "state")
    git(repository, "gc", "-q")
    return repository


def terraform(files: int, size: str, blocks: int = 8) -> dict[str, str]:
    """`files` root modules of `blocks` instances each."""
    block = (
        'resource "aws_instance" "n{n}" {{\n  ami           = "ami-1"\n  instance_type = "{size}"\n'
        '  tags = {{ Name = "n{n}" }}\n}}\n'
    )
    return {f"stack{i}/main.tf": "".join(block.format(n=n, size=size) for n in range(blocks)) for i in range(files)}


def python(files: int, limit: int, functions: int = 30) -> dict[str, str]:
    body = (
        "def f{n}(items):\n    if len(items) > {limit}:\n        raise ValueError(items)\n"
        "    return [x * {n} for x in items]\n\n\n"
    )
    return {
        f"pkg/m{i}.py": "".join(body.format(n=n, limit=limit if n == 0 else 10) for n in range(functions))
        for i in range(files)
    }


def yaml(files: int, replicas: int, documents: int = 5) -> dict[str, str]:
    one = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d{n}\nspec:\n  replicas: {replicas}\n---\n"
    return {
        f"k8s/m{i}.yaml": "".join(one.format(n=n, replicas=replicas) for n in range(documents)) for i in range(files)
    }


def methods(files: int, limit: int, number: int = 24) -> dict[str, str]:
    """Modules as people write them, of which one function changes."""
    body = (
        "def f{n}(session, order, *, retries=3):\n"
        '    """Place one order, and tell what came of it."""\n'
        "    if order.total > {limit}:\n"
        '        raise ValueError(f"{{order.id}} is too large")\n'
        "    for attempt in range(retries):\n"
        "        with session.begin() as transaction:\n"
        "            found = transaction.query(Item).filter(Item.order == order.id, Item.kind == {n}).all()\n"
        "            if not found:\n"
        '                logger.info("nothing to do", extra={{"order": order.id, "attempt": attempt}})\n'
        "                return None\n"
        "            total = sum(item.price * item.amount for item in found)\n"
        '    return {{"order": order.id, "total": total}}\n\n\n'
    )
    return {
        f"pkg/m{i}.py": "".join(body.format(n=n, limit=limit if n == 0 else 10) for n in range(number))
        for i in range(files)
    }


def values(files: int, replicas: int, number: int = 20) -> dict[str, str]:
    """Files of values, of which one key changes."""
    one = (
        "svc{n}:\n  replicas: {replicas}\n  image:\n    repository: registry.example.org/s{n}\n    tag: v1.{n}\n"
        "  env:\n    - name: LEVEL\n      value: info\n    - name: NUMBER\n      value: '{n}'\n"
        "  resources:\n    limits:\n      cpu: 500m\n      memory: 1Gi\n"
    )
    return {
        f"charts/c{i}/values.yaml": "".join(one.format(n=n, replicas=replicas if n == 0 else 2) for n in range(number))
        for i in range(files)
    }


def deployments(files: int, replicas: int, number: int = 5) -> dict[str, str]:
    """Manifests as people write them, in each of which the number of replicas changes."""
    container = (
        "        - name: web\n          image: registry.example.org/d{n}:1.4.2\n          ports:\n"
        "            - name: http\n              containerPort: 8080\n          env:\n            - name: LEVEL\n"
        "              value: info\n            - name: URL\n              valueFrom:\n                secretKeyRef:\n"
        "                  name: d{n}\n                  key: url\n          resources:\n            requests:\n"
        "              cpu: 100m\n              memory: 256Mi\n            limits:\n              memory: 512Mi\n"
    )
    one = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d{n}\n  namespace: shop\n  labels:\n    app: d{n}\n"
        "spec:\n  replicas: {replicas}\n  selector:\n    matchLabels:\n      app: d{n}\n  template:\n    metadata:\n"
        "      labels:\n        app: d{n}\n    spec:\n      serviceAccountName: d{n}\n      containers:\n" + container
    )
    return {
        f"k8s/m{i}.yaml": "---\n".join(one.format(n=f"{i}-{n}", replicas=replicas) for n in range(number))
        for i in range(files)
    }


def program(path: str, block: str, number: int, last: str) -> dict[str, str]:
    """One file of `number` blocks, of which the last changes."""
    return {path: "".join(block.replace("N", str(n)) for n in range(number)) + block.replace("N", last)}


PROGRAMS = {
    "shell": ("run.sh", "cp aN bN\necho N\n"),
    "Dockerfile": ("Dockerfile", "RUN cp aN bN\n"),
    "Makefile": ("Makefile", "tN:\n\tcp aN bN\n"),
    "JavaScript": ("m.js", "function fN(x) {\n  if (!x) {\n    throw new Error('N');\n  }\n  return gN(x);\n}\n"),
    "Go": ("m.go", "func FN(x int) int {\n\tif x < 0 {\n\t\tpanic(x)\n\t}\n\treturn gN(x)\n}\n"),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        small = committed(root / "iac", terraform(20, "t3.small"), terraform(20, "t3.large"))
        code = committed(root / "code", python(20, 100), python(20, 50))
        large_iac = committed(root / "iac200", terraform(200, "t3.small", 30), terraform(200, "t3.large", 30))
        manifests = committed(root / "yaml", yaml(200, 3), yaml(200, 4))
        one = terraform(1, "t3.large")
        near = committed(root / "r30", terraform(30, "t3.small"), one)
        far = committed(root / "r3000", terraform(3000, "t3.small"), one)

        def check(repository: Path) -> list[str]:
            return ["-C", str(repository), *BLASTLINT, "check", "HEAD~1..HEAD", "--fail-on", "never"]

        def floor(repository: Path) -> list[str]:
            return [*FLOOR, str(repository), "HEAD~1", "HEAD"]

        print(f"{'CPU ratio, median of ' + str(RUNS):58} {'':6}  (min-max)       goal")
        row("blastlint --version / P", [*BLASTLINT, "--version"], PASS, "<= 5")
        row("floor, 20 Terraform files / P", floor(small), PASS, "about 5")
        row("check, 20 Terraform files / floor", check(small), floor(small), "<= 2")
        row("check, 20 Terraform files / P", check(small), PASS, "<= 9")
        row("check, 20 Python files / floor", check(code), floor(code), "<= 2, and 200 ms for libcst")
        less_libcst("check, 20 Python files, less libcst's import / floor", check(code), floor(code), "<= 2")
        row("check, 200 Terraform files (42,000 lines) / floor", check(large_iac), floor(large_iac), "<= 3")
        row("check, 200 manifests / P", check(manifests), PASS, "")
        paces(root, check, floor)
        row("one change among 3,000 modules / among 30", check(far), check(near), "about 1")


def paces(root: Path, check: Callable[[Path], list[str]], floor: Callable[[Path], list[str]]) -> None:
    """Throughput: changed-file lines, both sides, per CPU second."""
    print(f"\n{'changed lines per CPU second, start-up excluded':40} {'':17} {'to floor':8}   goal")
    made = {"Python": methods, "YAML, values": values, "YAML, manifests": deployments}
    for name, make in made.items():
        folder = name.split()[-1]
        before, after = make(120, 3), make(120, 4)
        large = committed(root / f"pace-{folder}", before, after)
        small = committed(root / f"pace-{folder}-1", make(1, 3), make(1, 4))
        lines = sum(text.count("\n") for side in (before, after) for text in side.values())
        floors = floor(large), floor(small)
        goal = ">= 60,000"
        if name == "Python":
            floors = [*floors[0], "--statements"], [*floors[1], "--statements"]
            goal += ", <= 2 x one statement a file"
        pace(name, (check(large), check(small)), lines, floors, goal)
    for name, (path, block) in PROGRAMS.items():
        number = 12_000 // block.count("\n")
        before, after = (program(path, block, number, last) for last in ("x", "y"))
        large = committed(root / f"pace-{name}", before, after)
        small = committed(root / f"pace-{name}-1", *(program(path, block, 1, last) for last in ("x", "y")))
        known = (floor(large), floor(small)) if path.endswith((".sh", ".js", ".go")) else None
        pace(name, (check(large), check(small)), 2 * after[path].count("\n"), known, ">= 40,000")
    print()


if __name__ == "__main__":
    main()
