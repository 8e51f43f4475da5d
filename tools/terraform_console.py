"""What Terraform itself says to the expressions of tests/terraform/console: rewrites truth.json there.

    python tools/terraform_console.py

Each expression becomes an output of the configuration beside it; one `terraform apply` without any provider answers
them all. An
expression that Terraform refuses is `error`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CONSOLE = Path(__file__).resolve().parent.parent / "tests" / "terraform" / "console"


def expressions() -> list[str]:
    """One a line; a heredoc goes on to its end, and a line that starts with `)` belongs to the one before."""
    found: list[str] = []
    marker = ""
    for line in (CONSOLE / "expressions.txt").read_text(encoding="utf-8").splitlines():
        if marker or line.startswith(")"):
            found[-1] += "\n" + line
            marker = "" if line.strip() == marker else marker
        elif line:
            found.append(line)
            begun = re.search(r"<<-?(\w+)$", line)
            marker = begun[1] if begun else ""
    return found


def ask(terraform: str) -> dict[str, object]:
    """{"terraform": version, "answers": {expression: canonical JSON text, or None for an error}}."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in CONSOLE.iterdir():
            if file.suffix in (".tf", ".tftpl", ".yaml", ".json", ".csv") and file.name != "truth.json":
                shutil.copy(file, folder)
        asked = expressions()
        answers: dict[str, object] = {}
        for start, chunk in _refused_apart(terraform, folder, list(enumerate(asked))):
            answers[asked[start]] = chunk
        version = json.loads(_run(terraform, folder, "version", "-json"))["terraform_version"]
    return {"terraform": version, "answers": {expression: answers[expression] for expression in asked}}


def _refused_apart(terraform: str, folder: Path, asked: list[tuple[int, str]]) -> list[tuple[int, object]]:
    """Answers by number. What Terraform refuses before it evaluates (try() cannot catch it) fails the whole run: then
    halve."""
    lines = [f'output "e{n}" {{\n  value = try(jsonencode({text}\n), null)\n}}\n' for n, text in asked]
    (folder / "outputs.tf").write_text("".join(lines), encoding="utf-8")
    try:
        _run(terraform, folder, "apply", "-auto-approve", "-input=false", "-no-color")
    except subprocess.CalledProcessError:
        if len(asked) == 1:
            return [(asked[0][0], None)]
        middle = len(asked) // 2
        return [
            *_refused_apart(terraform, folder, asked[:middle]),
            *_refused_apart(terraform, folder, asked[middle:]),
        ]
    values = json.loads(_run(terraform, folder, "output", "-json"))
    return [(n, values[f"e{n}"]["value"] if f"e{n}" in values else None) for n, _ in asked]


def _run(terraform: str, folder: Path, *arguments: str) -> str:
    done = subprocess.run([terraform, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def main() -> int:
    terraform = shutil.which("terraform")
    if terraform is None:
        print("terraform is not on the PATH", file=sys.stderr)
        return 2
    text = json.dumps(ask(terraform), indent=1, ensure_ascii=False)
    (CONSOLE / "truth.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
