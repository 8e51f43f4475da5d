"""A real PostgreSQL server says what the tool says: which rows are lost, and which lock is held on whom.

Each example runs within a transaction in one connection; a second one looks at pg_locks meanwhile, and afterwards at what
is left.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from blastlint.enrich.migrations.concerns import Concern, concern
from blastlint.parse.source_text import SourceText
from blastlint.parse.sql.operations import operations
from tests.migrations.server import Server, missing, server

pytestmark = [pytest.mark.postgres, pytest.mark.skipif(bool(missing()), reason=missing())]

SCHEMA = """
DROP SCHEMA IF EXISTS shop CASCADE;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE TABLE orgs (id int PRIMARY KEY, name text);
CREATE TABLE users (id int PRIMARY KEY, org_id int, email text, bio text, score bigint, mood mood, plan text);
CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users (id), total numeric(12, 2), state text);
CREATE INDEX idx_u ON users (plan);
CREATE SCHEMA shop;
CREATE TABLE shop.items (id int);
INSERT INTO orgs SELECT n, 'org' || n FROM generate_series(1, 5) n;
INSERT INTO users SELECT n, n % 5 + 1, 'u' || n, repeat('x', 30), n, 'fine', 'free' FROM generate_series(1, 50) n;
INSERT INTO orders SELECT n, n % 50 + 1, n * 1.5, 'new' FROM generate_series(1, 80) n;
INSERT INTO shop.items SELECT generate_series(1, 7);
CREATE MATERIALIZED VIEW mv AS SELECT count(*) AS n FROM users;
"""

# statement, question, answers before and after ("gone" where the question itself fails afterwards)
LOSSES = (
    ("DROP TABLE orders", "select count(*) from orders", "80", "gone"),
    ("DROP TABLE IF EXISTS users CASCADE", "select count(*) from users", "50", "gone"),
    ("DROP SCHEMA shop CASCADE", "select count(*) from shop.items", "7", "gone"),
    ("DROP TYPE mood CASCADE", "select count(mood) from users", "50", "gone"),
    ("ALTER TABLE users DROP COLUMN email", "select count(email) from users", "50", "gone"),
    ("ALTER TABLE users ALTER COLUMN bio TYPE varchar(20) USING substr(bio, 1, 20)",
    "select max(length(bio)) from users", "30", "20"),
    ("ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 0)", "select count(*) from orders where total % 1 <> 0",
    "40", "0"),
    ("TRUNCATE users CASCADE", "select (select count(*) from users) + (select count(*) from orders)", "130", "0"),
    ("DELETE FROM orders WHERE 1 = 1", "select count(*) from orders", "80", "0"),
    ("WITH gone AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM gone", "select count(*) from orders", "80", "0"),
    ("UPDATE users SET plan = 'paid'", "select count(*) from users where plan = 'free'", "50", "0"),
    ("DO $$ BEGIN EXECUTE 'DROP TABLE orders'; END $$", "select count(*) from orders", "80", "gone"),
)  # fmt: skip

# statement, the table that is looked at
LOCKS = (
    ("CREATE INDEX i ON users (email)", "users"),
    ("DROP INDEX idx_u", "users"),
    ("ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (org_id) REFERENCES orgs (id)", "users"),
    ("ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0)", "users"),
    ("ALTER TABLE users ADD CONSTRAINT q UNIQUE (email)", "users"),
    ("ALTER TABLE users ALTER COLUMN email SET NOT NULL", "users"),
    ("ALTER TABLE users ALTER COLUMN id TYPE bigint", "users"),
    ("ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()", "users"),
    ("ALTER TABLE users ADD COLUMN serial bigserial", "users"),
    ("REFRESH MATERIALIZED VIEW mv", "mv"),
    ("REINDEX TABLE users", "users"),
    ("CLUSTER users USING users_pkey", "users"),
    ("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE", "users"),
)
QUIET = (
    "ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (org_id) REFERENCES orgs (id) NOT VALID",
    "ALTER TABLE users ADD COLUMN extra int NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN made timestamptz DEFAULT now()",
)
_MODES = {
    "ShareLock": "SHARE", "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE", "AccessExclusiveLock": "ACCESS EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
}  # fmt: skip


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with server() as running:
        yield running


_COLUMNS = {"bio": "text", "total": "numeric(12, 2)", "id": "int"}


def judged(sql: str) -> Concern:
    """The one concern of a statement, with the types that the columns of SCHEMA have."""
    read = operations(SourceText.of(sql, "x.sql", "after"), "postgres")
    found = [c for o in read if (c := concern(o, _COLUMNS.get(o.column, ""))) is not None]
    assert len(found) == 1, sql
    return found[0]


@pytest.mark.parametrize(("sql", "question", "before", "after"), LOSSES)
def test_what_is_called_a_loss_is_one(postgres: Server, sql: str, question: str, before: str, after: str) -> None:
    postgres.rows(SCHEMA)
    assert judged(sql).name in ("table-loss", "value-loss", "unbounded")
    assert postgres.rows(question) == [[before]]
    postgres.rows(sql)
    if after == "gone":
        with pytest.raises(RuntimeError, match="does not exist"):
            postgres.rows(question)
    else:
        assert postgres.rows(question) == [[after]]


@pytest.mark.parametrize(("sql", "table"), LOCKS)
def test_the_lock_is_the_one_that_is_named(postgres: Server, sql: str, table: str) -> None:
    """While the statement's transaction is open, pg_locks shows the lock that the message names,
    and it blocks whom it says."""
    postgres.rows(SCHEMA)
    lock = judged(sql).lock
    assert lock is not None
    with postgres.session() as session:
        session.tell("BEGIN")
        session.tell(sql)
        said = session.wait()
        assert "ERROR" not in said, said
        held = postgres.rows(
            "select mode from pg_locks l join pg_class c on c.oid = l.relation "
            f"where c.relname in ('{table}', '{table}_pkey') and l.pid <> pg_backend_pid() and granted"
        )
        assert lock.name in {_MODES.get(mode[0], "") for mode in held}, held
        reads = _waits(postgres, f"select 1 from {table} limit 1")
        writes = reads or (table != "mv" and _waits(postgres, f"insert into {table} (id) values (999)"))
        assert (reads, writes) == (lock.blocks == "reads and writes", lock.blocks != ""), (reads, writes, lock)
        session.tell("ROLLBACK")
        session.wait()


def _waits(postgres: Server, sql: str) -> bool:
    """Whether a statement of another connection does not get through."""
    try:
        postgres.rows(f"begin; set local lock_timeout = '150ms'; {sql}; rollback")
    except RuntimeError as error:
        return "lock timeout" in str(error)
    return False


@pytest.mark.parametrize("sql", QUIET)
def test_what_is_silent_rewrites_nothing(postgres: Server, sql: str) -> None:
    """No concern, and the table's file stays the same one."""
    postgres.rows(SCHEMA)
    assert not [
        c for o in operations(SourceText.of(sql, "x.sql", "after"), "postgres") if (c := concern(o)) is not None
    ]
    file = "select relfilenode from pg_class where relname = 'users'"
    before = postgres.rows(file)
    postgres.rows(sql)
    assert postgres.rows(file) == before


@pytest.mark.parametrize(
    "sql",
    ["ALTER TABLE users ALTER COLUMN id TYPE bigint", "ALTER TABLE users ADD COLUMN t uuid DEFAULT gen_random_uuid()"],
)
def test_what_is_called_a_rewrite_is_one(postgres: Server, sql: str) -> None:
    postgres.rows(SCHEMA)
    lock = judged(sql).lock
    assert lock is not None and lock.work == "rewrites the table"
    file = "select relfilenode from pg_class where relname = 'users'"
    before = postgres.rows(file)
    postgres.rows(sql)
    assert postgres.rows(file) != before


def test_concurrently_is_refused_in_a_transaction(postgres: Server) -> None:
    postgres.rows(SCHEMA)
    with pytest.raises(RuntimeError, match="cannot run inside a transaction block"):
        postgres.rows("BEGIN; CREATE INDEX CONCURRENTLY i ON users (email); COMMIT")


def test_a_required_column_fails_on_rows(postgres: Server) -> None:
    postgres.rows(SCHEMA)
    sql = "ALTER TABLE users ADD COLUMN must int NOT NULL"
    assert judged(sql).kind == "fails"
    with pytest.raises(RuntimeError, match="contains null values"):
        postgres.rows(sql)


def test_widening_a_text_touches_nothing(postgres: Server) -> None:
    """varchar(20) -> varchar(200) is free: no rewrite, and the tool is silent where it knows the old type."""
    postgres.rows(SCHEMA + "CREATE TABLE notes (name varchar(20)); INSERT INTO notes VALUES ('a');")
    sql = "ALTER TABLE notes ALTER COLUMN name TYPE varchar(200)"
    (operation,) = operations(SourceText.of(sql, "x.sql", "after"), "postgres")
    assert concern(operation, "varchar(20)") is None
    file = "select relfilenode from pg_class where relname = 'notes'"
    before = postgres.rows(file)
    postgres.rows(sql)
    assert postgres.rows(file) == before


def test_row_security_off_shows_every_row(postgres: Server) -> None:
    postgres.rows(SCHEMA + "DROP ROLE IF EXISTS tenant; CREATE ROLE tenant; GRANT USAGE ON SCHEMA public TO tenant;"
                  "GRANT SELECT ON users TO tenant; ALTER TABLE users ENABLE ROW LEVEL SECURITY;"
                  "CREATE POLICY own ON users USING (org_id = 1);")  # fmt: skip
    seen = "set role tenant; select count(*) from users"
    assert postgres.rows(seen) == [["10"]]
    sql = "ALTER TABLE users DISABLE ROW LEVEL SECURITY"
    assert judged(sql).name == "privilege"
    postgres.rows(sql)
    assert postgres.rows(seen) == [["50"]]
    postgres.rows("REVOKE ALL ON users FROM tenant; REVOKE ALL ON SCHEMA public FROM tenant; DROP ROLE tenant")
