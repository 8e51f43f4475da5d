"""What other linters of migrations look for, by their names (atlas, squawk, strong_migrations, django-migration-linter):
what is found of each, or why it is silent."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.sources.memory import change_set

ROWS = json.loads((Path(__file__).parent / "data" / "peers.json").read_text(encoding="utf-8"))
DRIVERS = {"postgres": "pg", "mysql": "mysql2", "sqlite": "sqlite3"}
TABLES = (
    "CREATE TABLE users (id bigint, email text, kind text, role text);\nCREATE TABLE orgs (id bigint);\n"
)  # fmt: skip


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in shipped_rules() if rule.id.startswith(("MIG", "ACC005")))


def trees(row: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """A project that has migrated once, and the migration of the row."""
    if row["tool"] == "rails":
        made = "create_table :users do |t|\n      t.string :email\n    end"
        form = "class {} < ActiveRecord::Migration[7.0]\n  def change\n    {}\n  end\nend\n"
        before = {"Gemfile": "gem 'pg'\n", "db/migrate/20200101000000_a.rb": form.format("A", made)}
        return before, {**before, "db/migrate/20260101000000_b.rb": form.format("B", row["text"])}
    if row["tool"] == "django":
        made = "migrations.CreateModel('Order', [('a', models.TextField(null=True))])"
        needs = "dependencies = [('shop', '0001_initial')]"
        form = f"{{}}\nclass Migration(migrations.Migration):\n    {needs}\n    operations = [{{}}]\n"
        before = {"requirements.txt": "psycopg2\n", "shop/migrations/0001_initial.py": form.format("", made)}
        return before, {**before, "shop/migrations/0002_x.py": form.format(row.get("above", ""), row["text"])}
    driver = json.dumps({"dependencies": {DRIVERS[row["tool"]]: "1"}})
    before = {"package.json": driver, "migrations/0001_init.sql": TABLES}
    return before, {**before, "migrations/0002_x.sql": row["text"] + "\n"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['tool']}: {row['peer']}")
def test_a_peers_rule(row: dict[str, object]) -> None:
    report = pipeline.check(change_set(*trees(row)), rules())  # type: ignore[arg-type]
    assert sorted([f.rule_id, f.severity] for f in report.findings) == sorted(row["findings"])  # type: ignore[call-overload]
    assert bool(row["findings"]) != bool(row.get("why"))
