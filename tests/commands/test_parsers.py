"""What is executed in files that are no shell: Markdown, Jenkinsfiles, Terraform, programs; and bounds on huge ones."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.command import Script
from blastlint.parse import parse
from blastlint.parse.keytree import KeyTree
from blastlint.parse.shell_run import MAX_COMMANDS, MAX_WORDS
from blastlint.parse.workspace import Workspace
from blastlint.resolve import commands, embedded
from blastlint.resolve.pipelines import pipeline_of
from blastlint.sources.memory import change_set


def texts(path: str, text: str) -> list[tuple[str, str, int]]:
    """(scope, command, line) of a file that parses to a Script."""
    document = parse(path, "after", text.encode())
    assert isinstance(document.content, Script)
    return [(c.scope, c.text, c.region.start_line) for c in document.content.commands]


def test_markdown_has_commands_in_its_shell_blocks() -> None:
    page = (
        "# Restore\n\nRun:\n\n```console\n$ dropdb app\nDone.\n$ createdb \\\n    app\n```\n\n"
        "~~~bash\nls\n~~~\n\n```python\nprint('x')\n```\n\n## Not this\n\nNever run\n\n```sh\nrm -rf /\n```\n"
    )
    assert texts("a.md", page) == [
        ("Restore", "dropdb app", 6),
        ("Restore", "createdb app", 8),
        ("Restore", "ls", 13),
    ]


def test_a_remark_within_a_command_is_no_gap() -> None:
    text = "apt-get install -y \\\n  libpq5 `# for psycopg (PyPI)` \\\n  libxslt1\nrm -rf /srv/x\n"
    document = parse("a.sh", "after", text.encode())
    assert document.coverage == "full"
    assert [line for _, _, line in texts("a.sh", text)] == [1, 4]


def test_a_jenkinsfile_has_stages() -> None:
    text = (
        "pipeline {\n  triggers { cron('H 4 * * *') }\n  stages {\n    stage('Test') {\n      when { branch 'main' }\n"
        "      steps {\n        // sh 'rm -rf /'\n        sh '''\n          make test\n        '''\n      }\n    }\n"
        "    stage(\"Ship {all}\") {\n      input { message 'Go?' }\n      steps { sh(script: 'make ship', "
        "returnStatus: true) }\n"
        "    }\n  }\n}\n"
    )
    document = parse("Jenkinsfile", "after", text.encode())
    assert isinstance(document.content, KeyTree)
    pipeline = pipeline_of("Jenkinsfile", document.content.documents[0], document.content.keys)
    assert pipeline is not None
    assert [(j.name, j.approval, j.condition, j.nonblocking, j.needs) for j in pipeline.jobs] == [
        ("Test", "", "branch 'main'", "", ()),
        ("Ship {all}", "input", "", "returnStatus: true", ("Test",)),
    ]
    assert [t.event for t in pipeline.triggers] == ["cron"]
    assert [str(s.value.scalar).strip() for s in pipeline.shells] == ["make test", "make ship"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="stage('\"){}[]/*\n sh x", max_size=120))
def test_no_jenkinsfile_is_too_odd(text: str) -> None:
    document = parse("Jenkinsfile", "after", text.encode())
    assert isinstance(document.content, KeyTree)
    pipeline_of("Jenkinsfile", document.content.documents[0], document.content.keys)


def embedded_in(path: str, text: str) -> list[tuple[str, str]]:
    workspace = Workspace(change_set({}, {path: text}).after, "after")
    return [(e.parent, str(e.attributes.items["text"].scalar)) for e in embedded.entities(workspace, [path])]


def test_provisioners_execute_their_commands() -> None:
    text = (
        'resource "null_resource" "a" {\n  provisioner "local-exec" {\n    command = <<-EOT\n      echo ${var.name}\n'
        '      dropdb app\n    EOT\n  }\n  provisioner "remote-exec" {\n    inline = ["rm -rf /srv/x", "ls"]\n  }\n'
        '  provisioner "file" {\n    content = "rm -rf /"\n  }\n}\n'
    )
    assert embedded_in("main.tf", text) == [
        ("main.tf:null_resource.a", "echo ${var_name}"),
        ("main.tf:null_resource.a", "dropdb app"),
        ("main.tf:null_resource.a", "rm -rf /srv/x"),
        ("main.tf:null_resource.a", "ls"),
    ]


def test_programs_execute_what_they_start() -> None:
    text = "import subprocess\n\ndef f(n):\n    subprocess.run(['dropdb', n], check=True)\n    log('dropdb app')\n"
    assert embedded_in("a.py", text) == [("a.py:f", 'dropdb "${n}"')]
    assert embedded_in("a.py", "def f():\n    return 'dropdb app'\n") == []


def test_a_workflow_runs_what_its_scripts_do() -> None:
    files = {
        ".github/workflows/a.yml": "on: push\njobs:\n  j:\n    steps:\n      - run: ./wipe.sh && make clean\n",
        "wipe.sh": "echo bye\ndropdb app\n",
        "Makefile": "clean:\n\thelm uninstall web\nother:\n\tdropdb b\n",
    }
    workspace = Workspace(change_set({}, files).after, "after")
    path = ".github/workflows/a.yml"
    found = [e for e in commands.entities(workspace, [path]) if e.kind == "command"]
    shown = [str(e.attributes.items["text"].scalar) for e in found]
    assert shown == ["./wipe.sh", "dropdb app", "make clean", "helm uninstall web"]
    assert {e.region.path for e in found} == {path}
    speaking = [e for e in commands.entities(workspace, [path, "wipe.sh"]) if e.kind == "command"]
    assert [str(e.attributes.items["text"].scalar) for e in speaking if e.region.path == "wipe.sh"] == [
        "echo bye",
        "dropdb app",
    ]
    assert sum(str(e.attributes.items["text"].scalar) == "dropdb app" for e in speaking) == 1


def test_huge_scripts_are_read_in_part_and_say_so() -> None:
    many = parse("a.sh", "after", b"true\n" * (MAX_COMMANDS + 10))
    assert isinstance(many.content, Script)
    assert (len(many.content.commands), many.coverage, many.line) == (MAX_COMMANDS, "partial", MAX_COMMANDS + 1)
    long = parse("a.sh", "after", b"rm -rf" + b" /srv/a" * (MAX_WORDS + 10) + b"\n")
    assert isinstance(long.content, Script)
    assert (len(long.content.commands), long.coverage) == (1, "partial")
    assert len(long.content.commands[0].targets) < MAX_WORDS
