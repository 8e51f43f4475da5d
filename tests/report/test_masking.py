"""Nothing secret is shown: canaries planted in every kind of file, looked for in every format of the report."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.masking import (
    MASK,
    is_secret_name,
    is_secret_path,
    mask_text,
    mask_value,
    masked_lines,
    sensitive_variables,
)
from blastlint.model import Finding, Notification, Related, Suppression, Value
from blastlint.report import FORMATS, Options, render
from blastlint.sources.memory import change_set
from tests.report.made import OPTIONS, finding, region, report

CANARY = "c4n4ry-Xq7"
# path -> text with the canary wherever a secret can stand
PLANTED = {
    "main.tf": f"""\
variable "wifi" {{
  type      = string
  sensitive = true
  default   = "{CANARY}"
}}
variable "db_password" {{
  default = "{CANARY}"
}}
resource "aws_db_instance" "main" {{
  password = "{CANARY}"
  tags     = {{ api_token = "{CANARY}", team = "shop" }}
  url      = "postgres://shop:{CANARY}@db.internal/shop"
  private_key = <<EOT
{CANARY}
EOT
  settings = {{
    credentials = {{
      user = "{CANARY}"
    }}
  }}
}}
""",
    "prod.tfvars": f'wifi = "{CANARY}"\ndb_password = "{CANARY}"\n',
    ".env": f"HARMLESS={CANARY}\nexport OTHER='{CANARY}'\n",
    "app/.env.production": f"A={CANARY}\n",
    "secret.yaml": f"""\
apiVersion: v1
kind: Secret
metadata:
  name: shop
data:
  harmless: {CANARY}
stringData:
  config: |
    host: {CANARY}
    {CANARY}
""",
    "values.yaml": f"""\
database:
  password: {CANARY}
  url: "mysql://shop:{CANARY}@db/shop"
env:
  - name: API_TOKEN
    value: {CANARY}
tokens:
  - {CANARY}
secrets:
  first: {CANARY}
  nested:
    deep: "{CANARY}"
inline: {{password: {CANARY}, other: 1}}
""",
    "config.json": f"""\
{{
  "password": "{CANARY}",
  "nested": {{"apiKey": "{CANARY}", "port": 1}},
  "secrets": {{
    "a": "{CANARY}"
  }},
  "env": [{{"name": "DB_PASSWORD",
    "value": "{CANARY}"}}]
}}
""",
    "Dockerfile": f"""\
FROM debian:12
ENV DB_PASSWORD={CANARY} PORT=80
ENV API_TOKEN {CANARY}
ARG NPM_TOKEN="{CANARY}"
RUN curl -H "Authorization: Bearer {CANARY}{CANARY}" https://x.example
""",
    "deploy.sh": f"""\
#!/bin/sh
export DB_PASSWORD={CANARY}
PGPASSWORD='{CANARY}' psql -h db
mysql -u root -p{CANARY} shop
tool --password {CANARY} --token={CANARY} --verbose
curl -u shop:{CANARY} "https://shop:{CANARY}@x.example/?access_token={CANARY}"
""",
    "settings.py": f"""\
SECRET_KEY = "{CANARY}"
DATABASES = {{"default": {{"PASSWORD": "{CANARY}", "PORT": 5432}}}}
client = Client(token='{CANARY}', timeout=3)
os.environ["DB_PASSWORD"] = "{CANARY}"
password: str = f"{CANARY}"
""",
    "app.ini": f"[db]\npassword = {CANARY}\nport = 1\n",
    "app.properties": f"spring.datasource.password={CANARY}\n",
    "app.toml": f'[db]\npassword = "{CANARY}"\n',
    "key.pem.tf": f"x = <<EOT\n-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n-----END RSA PRIVATE KEY-----\nEOT\n",
}
SHAPES = [
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2" * 9,
    "xoxb-1234567890-abcdefghij",
    "sk_live_a1b2c3d4e5f6",
    "sk-ant-" + "a1B2" * 9,
    "AIza" + "a1B2-" * 7,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "npm_" + "a1B2" * 9,
    "glpat-" + "a1B2" * 5,
]


@pytest.mark.parametrize("path", PLANTED)
def test_no_line_shows_a_canary(path: str) -> None:
    names = sensitive_variables(PLANTED["main.tf"])
    lines = masked_lines(PLANTED[path], path, names)
    assert [line for line in lines if CANARY in line] == []
    assert len(lines) == len(PLANTED[path].split("\n"))
    assert MASK in "\n".join(lines)


def test_what_is_no_secret_stays_readable() -> None:
    text = """\
variable "token_ttl" {
  default = 3600
}
resource "aws_db_instance" "main" {
  password                    = var.db_password
  secret_name                 = "shop/db"
  deletion_protection         = true
  manage_master_user_password = true
  backup_retention_period     = 7
}
"""
    assert masked_lines(text, "main.tf") == text.split("\n")
    yaml = "env:\n  - name: PORT\n    value: '80'\nsecretKeyRef: {name: shop, key: db}\npassword: ${DB}\n"
    assert masked_lines(yaml, "values.yaml") == yaml.split("\n")
    code = 'class Token:\n    def password(self) -> str:\n        token = self.token()\n        return token == ""\n'
    assert masked_lines(code, "a.py") == code.split("\n")
    shell = "TOKEN=$(fetch token)\nset -e\nrm -rf build\n"
    assert masked_lines(shell, "a.sh") == shell.split("\n")


@pytest.mark.parametrize("token", SHAPES)
def test_tokens_are_known_by_their_shape(token: str) -> None:
    assert mask_text(f"use {token} here") == f"use {MASK} here"
    assert token not in masked_lines(f"x: {token}", "a.yaml")[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("psql postgres://u:pw123@h/d", "psql postgres://u:***@h/d"),
        ("psql postgres://u:$PW@h/d", "psql postgres://u:$PW@h/d"),
        ("terraform apply -var db_password=hunter22", "terraform apply -var db_password=***"),
        ("login --username me --password hunter22 --force", "login --username me --password *** --force"),
        ("login --password $PW", "login --password $PW"),
        ("deletion_protection: true -> false", "deletion_protection: true -> false"),
        ("rm -rf /var/lib/secrets", "rm -rf /var/lib/secrets"),
    ],
)
def test_commands(text: str, expected: str) -> None:
    assert mask_text(text) == expected


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("db_password", True), ("apiKey", True), ("STRIPE_SECRET", True), ("AWS_SECRET_ACCESS_KEY", True),
        ("PGPASSWORD", True), ("connectionString", True), ("private_key_pem", True), ("_auth", True),
        ("manage_master_user_password", True), ("secret_name", False), ("token_ttl", False), ("secretKeyRef", False),
        ("password_policy", False), ("key", False), ("tokenizer", False), ("bypass", False),
        ("deletion_protection", False),
    ],
)  # fmt: skip
def test_names(name: str, secret: bool) -> None:
    assert is_secret_name(name) is secret


def test_paths_and_values() -> None:
    assert is_secret_path('containers[name="web"].env[name="DB_PASSWORD"].value')
    assert is_secret_path("secrets.first.deep")
    assert not is_secret_path("spec.volumes[0].secret.secretName")
    assert mask_value("db.password", "hunter22") == MASK
    assert mask_value("db.password", "true") == "true"
    assert mask_value("db.password", "") == ""
    assert mask_value("port", "5432") == "5432"


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=200), st.sampled_from(["a.tf", "a.yaml", "a.json", ".env", "a.py", "a.sh", "Dockerfile", "a.txt"])
)
def test_any_text_keeps_its_number_of_lines(text: str, path: str) -> None:
    assert len(masked_lines(text, path)) == text.count("\n") + 1


@pytest.mark.parametrize("path", ["a.yaml", "a.py", "a.sh", "a.tf"])
@pytest.mark.parametrize("piece", ["a=", "--x ", "x://", '"', "{", "a: ", "$(", "curl -u "])
def test_hostile_lines_end_soon(piece: str, path: str) -> None:
    started = time.process_time()
    assert len(masked_lines(piece * 20_000, path)) == len([mask_text(piece * 2_000)]) == 1
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("removed", [True, False])
def test_no_format_shows_a_canary(name: str, removed: bool) -> None:
    """Every planted line becomes a finding's excerpt, and the canary itself stands in messages, reasons and notes."""
    after = {} if removed else {path: text.replace(CANARY, f"{CANARY}2") for path, text in PLANTED.items()}
    files = change_set(PLANTED, {**after, "README.md": "x\n"})
    findings: list[Finding] = []
    for path, text in PLANTED.items():
        for number in range(1, text.count("\n") + 1):
            found = finding(
                files,
                "GRD001",
                f"{path}:{number}",
                region("before", path, number),
                None if removed else region("after", path, number),
                message=f"The value {CANARY} of {path} is gone.",
                attributes={"password": Value(CANARY)},
                related=[Related(f"was {CANARY}", region("before", path, number), f"x.{CANARY}")],
                suppressions=[Suppression("external", f"it was {CANARY}")] if number == 1 else [],
            )
            findings.append(found)
    made = report(files, findings, [Notification("note", "note", f"saw {CANARY}", "main.tf", 3, True)])
    for options in (OPTIONS, replace(OPTIONS, color=True, show_suppressed=True, width=200)):
        text = render(name, made, options)
        assert CANARY not in text
        assert MASK in text


def test_control_characters_cannot_act_on_a_terminal() -> None:
    files = change_set({"a.tf": "x = 1\n"}, {"a.tf": "x = \x1b[2J2\u202e\n"})
    found = finding(
        files, "GRD001", "x", region("before", "a.tf", 1), region("after", "a.tf", 1), message="now \x1b[31mred"
    )
    text = render("text", report(files, [found]), Options(rules=OPTIONS.rules))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[2J2" in text


@pytest.mark.parametrize("after", ["changed", "halved", "gone", "born"])
def test_the_whole_flow_shows_no_canary(after: str) -> None:
    """The real rules on the planted files: values changed, half of the lines lost, files deleted, files new."""
    changed = {path: text.replace(CANARY, f"{CANARY}-2") for path, text in PLANTED.items()}
    halved = {path: "\n".join(text.split("\n")[::2]) for path, text in PLANTED.items()}
    sides = {"changed": (PLANTED, changed), "halved": (PLANTED, halved), "gone": (PLANTED, {}), "born": ({}, PLANTED)}[
        after
    ]
    found = pipeline.check(change_set(*sides, f"fix: {after}"), tuple(OPTIONS.rules.values()))
    for name in FORMATS:
        text = render(name, found, replace(OPTIONS, show_suppressed=True))
        assert [line for line in text.splitlines() if CANARY in line] == []
