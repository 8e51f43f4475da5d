"""Secrets in files of settings: what is one, and that no report says it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.enrich.configuration.secrets import is_secret
from blastlint.report import FORMATS, Options, render
from blastlint.sources.memory import change_set

SECRET = "Qz8vR3nLp0wT7k"
FILES = {
    ".env": "SHOP_KEY_ID=1\nDB_PASSWORD={}\n",
    "a.properties": "mail.host=mx\nmail.password={}\n",
    "a.toml": "[mail]\npassword = \"{}\"\n",
    "a.json": '{{"mail": {{"apiToken": "{}"}}}}\n',
    "a.yaml": "mail:\n  clientSecret: {}\n",
    "env.yaml": "env:\n  - name: API_TOKEN\n    value: {}\n",
    "docker-compose.yml": "services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD={}\n",
    "url.yaml": "database_url: postgres://shop:{}@db/shop\n",
}  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_told_and_never_shown(path: str) -> None:
    change = change_set({path: FILES[path].format("${SECRET}")}, {path: FILES[path].format(SECRET)})
    report = pipeline.check(change, shipped_rules())
    (found,) = [f for f in report.findings if f.rule_id == "SAF011"]
    assert (found.address, found.severity) == (path, "critical")
    assert [name for name in FORMATS if SECRET in render(name, report, Options())] == []


def test_the_other_way_and_what_was_there() -> None:
    for path, form in FILES.items():
        for before, after in (
            (form.format(SECRET), form.format("${SECRET}")),
            (form.format(SECRET), form.format(SECRET) + "\n"),
        ):
            report = pipeline.check(change_set({path: before}, {path: after}), shipped_rules())
            assert [f for f in report.findings if f.rule_id == "SAF011"] == []


def test_several_are_one_finding() -> None:
    after = {".env": f"PORT=80\nJWT_SECRET={SECRET}\nAPI_TOKEN=9fK2mX81qWz7pLdR4c\n"}
    (found,) = [f for f in pipeline.check(change_set({}, after), shipped_rules()).findings if f.rule_id == "SAF011"]
    assert found.severity == "high"
    assert found.message == "A secret is written out in .env: JWT_SECRET and 1 more."
    assert [r.message for r in found.related] == ["so is API_TOKEN"]


@pytest.mark.parametrize(
    ("name", "text", "secret"),
    [
        ("password", "hT7#qLw92!mZ", True),
        ("password", "postgres", False),
        ("password", "${PASSWORD}", False),
        ("api_token", "3f2b8c1e-9d04-4b7a-8e61-0c5d7a9b2f13", True),
        ("api_token", "my-app-token-v2", False),
        ("token_ttl", "9fK2mX81qWz7pLdR4c", False),
        ("note", "ghp_9fK2mX81qWz7pLdR4c0aZ8bY7cX6dW5eV4fU", True),
        ("client_secret", "op://vault/Shop2/password", False),
        ("password", "$2b$12$9fK2mX81qWz7pLdR4c9fK2mX81qWz7pLdR4c", False),
        ("url", "amqp://guest:guest@mq", False),
        ("url", "mysql://shop:Xk29!aaQ7@db/shop", True),
        ("hook", "https://hooks.slack.com/services/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", True),
        ("sentry_dsn", "https://0f9a2c71d3b8e6f45a100f9a2c71d3b8@o1.ingest.sentry.io/1", False),
        ("authorization", "Bearer 9fK2mX81qWz7pLdR4c", True),
        ("api_key", "SHOP_API_KEY_V2", False),
        ("token", "1.2.3-beta4", False),
        ("private_key", "-----BEGIN PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA9fK2\n" * 8, True),
    ],
)
def test_what_is_one(name: str, text: str, secret: bool) -> None:
    assert is_secret(name, text) is secret


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.text(max_size=60))
def test_any_text_is_answered(name: str, text: str) -> None:
    assert is_secret(name, text) in (True, False)
    assert not is_secret(name, "${" + text)
