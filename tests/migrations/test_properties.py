"""However SQL is laid out, quoted, split or cut: the same operations, nothing from strings and comments,
and never a crash."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.parse.source_text import SourceText
from blastlint.parse.sql.operations import operations
from blastlint.parse.terms import LANGUAGES, terms
from blastlint.parse.terms.markup import xml
from blastlint.sources.memory import change_set

STATEMENTS = (
    "DROP TABLE old_orders",
    "TRUNCATE sessions",
    "DELETE FROM carts",
    "DELETE FROM carts WHERE id = 1",
    "UPDATE users SET plan = 'free'",
    "ALTER TABLE users DROP COLUMN nickname",
    "ALTER TABLE users ALTER COLUMN email SET NOT NULL",
    "CREATE INDEX i ON users (email)",
    "ALTER TABLE users RENAME COLUMN mail TO email",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC",
    "DO $$ BEGIN EXECUTE 'DROP SCHEMA shop'; END $$",
)
_RULES = [rule for rule in shipped_rules() if rule.id.startswith(("MIG", "ACC005"))]
_QUICK = settings(max_examples=40, deadline=None)


def meanings(sql: str, dialect: str = "postgres") -> list[tuple[object, ...]]:
    read = operations(SourceText.of(sql, "x.sql", "after"), dialect)  # type: ignore[arg-type]
    return [(o.verb, o.table, o.column, o.name, o.type, o.bounded, o.to) for o in read]


def findings(files: dict[str, str]) -> list[tuple[str, str, str]]:
    report = pipeline.check(change_set({}, files), _RULES)
    return sorted((f.rule_id, f.severity, f.fact.fields["summary"] if f.fact else "") for f in report.findings)  # type: ignore[misc]


@given(st.sampled_from(STATEMENTS[:10]), st.data())
@_QUICK
def test_layout_and_case_say_nothing(sql: str, data: st.DataObject) -> None:
    """Blanks, line breaks, comments between words, and another case of words outside strings."""
    gap = st.sampled_from([" ", "  ", "\n", "\t\n", " /* x; y */ ", " -- note; 'x\n", "\r\n"])
    out = ""
    for piece in sql.split(" "):
        spelled = piece if "'" in piece else data.draw(st.sampled_from([piece, piece.lower(), piece.upper()]))
        out += (data.draw(gap) if out else "") + spelled
    assert meanings(out) == meanings(sql)


@given(st.sampled_from(STATEMENTS[:9]))
@_QUICK
def test_quoted_names_are_the_same_names(sql: str) -> None:
    for name in ("old_orders", "sessions", "carts", "users", "nickname", "email", "mail"):
        quoted = sql.replace(f" {name}", f' "{name}"')
        assert meanings(quoted) == meanings(sql)


@given(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=5, unique=True), st.data())
@_QUICK
def test_splitting_a_file_otherwise_finds_the_same(chosen: list[str], data: st.DataObject) -> None:
    """One file, or one for each statement: what is found is the same, apart from what one finding lists together."""
    cuts = data.draw(st.lists(st.booleans(), min_size=len(chosen), max_size=len(chosen)))
    parts: list[list[str]] = [[]]
    for sql, cut in zip(chosen, cuts, strict=True):
        if cut and parts[-1]:
            parts.append([])
        parts[-1].append(sql)
    several = {f"migrations/{n:04}_x.sql": ";\n".join(p) + ";\n" for n, p in enumerate(parts)}
    single = {"migrations/0000_x.sql": ";\n".join(chosen) + ";\n"}
    levels = lambda found: {(rule, severity) for rule, severity, _ in found}  # noqa: E731
    assert levels(findings(several)) == levels(findings(single))


@given(
    st.sampled_from(STATEMENTS[:10]),
    st.sampled_from(("'{}'", "$${}$$", "$tag${}$tag$", "/* {} */ 1", "E'{}'", "1 -- {}\n")),
)
@_QUICK
def test_what_is_only_said_is_silent(sql: str, frame: str) -> None:
    sql = f"first; {sql}; last"  # ends of statements are data as well
    said = frame.format(sql.replace("'", "''") if "'" in frame and "$" not in frame else sql)
    assert meanings(f"INSERT INTO notes (t) VALUES ({said}\n);\nSELECT {said}\n;") == [
        ("insert", "notes", "", "", "", True, "")
    ]


@given(st.text(max_size=300))
@_QUICK
def test_any_text_is_read(text: str) -> None:
    for dialect in ("", "postgres", "mysql", "tsql", "sqlite"):
        meanings(text, dialect)
        meanings(f"DELETE FROM x {text}", dialect)


@given(st.binary(max_size=400))
@_QUICK
def test_any_bytes_are_a_file(data: bytes) -> None:
    files: dict[str, str | bytes] = {
        "migrations/0001_x.sql": data, "shop/migrations/0001_x.py": b"class Migration:\n operations = [" + data,
        "db/migrate/1_x.rb": b"class A < ActiveRecord::Migration[7.0]\n def up\n" + data,
        "prisma/schema.prisma": b"model A {\n" + data,
        "migrations/1_x.js": b"exports.up = (knex) => { " + data, "db/changelog.xml": b"<databaseChangeLog>" + data,
        "db/changelog.yaml": b"databaseChangeLog:\n" + data,
        "database/migrations/2026_01_01_000000_x.php": b"<?php\nreturn new class extends Migration {\n" + data,
        "db/migration/V2__x.java": b"class V2__x extends BaseJavaMigration { void migrate() { x(" + data,
        "db/schema.ts": b"import { pgTable } from 'drizzle-orm/pg-core';\nconst a = pgTable('a', {" + data,
    }  # fmt: skip
    pipeline.check(change_set({}, files), _RULES)
    for language in LANGUAGES:
        terms(language, "x", data)
    xml(data)


def test_deep_nesting_ends() -> None:
    deep = "(" * 5000
    assert meanings(f"DELETE FROM x WHERE {deep}") == [("delete", "x", "", "", "", True, "")]
    meanings("SELECT " + deep)
    meanings("DO $$ " * 50)
    for language in sorted(LANGUAGES):
        terms(language, "x", ("f(" * 3000).encode())
    xml(b"<a>" * 3000)


def test_a_dump_is_read_in_time() -> None:
    """A megabyte of rows: split and screened, with what stands between them found."""
    dump = "INSERT INTO t VALUES (1, 'x; DROP TABLE u');\n" * 20_000 + "DROP TABLE v;\n"
    assert [m for m in meanings(dump) if m[0] != "insert"] == [("drop-table", "v", "", "", "", None, "")]
