"""Facts about configuration: quantities, switches, blanks, churn; on generated variants of each mechanism."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.facts.polarity import polarity, sense, set_to
from blastlint.facts.units import Quantity, equal, measure, quantity
from blastlint.facts.words import words
from blastlint.model import Fact, FactValue
from blastlint.sources.memory import change_set

FORMATS = {
    "a.yaml": "section:\n  {key}: {value}\n  other: 1\n",
    "a.json": '{{"section": {{"{key}": {value}, "other": 1}}}}',
    "a.toml": "[section]\n{key} = {value}\nother = 1\n",
    "a.ini": "[section]\n{key} = {value}\nother = 1\n",
    "a.properties": "section.{key}={value}\nsection.other=1\n",
}


def facts(before: dict[str, str], after: dict[str, str], name: str = "key") -> list[Fact]:
    impacts = pipeline.check(change_set(before, after), ()).impacts
    return [f for i in impacts for f in i.facts if f.name == name]


def fields(path: str, key: str, before: str, after: str) -> dict[str, FactValue]:
    form = FORMATS[path]
    (fact,) = facts({path: form.format(key=key, value=before)}, {path: form.format(key=key, value=after)})
    return dict(fact.fields)


# --- switches ---------------------------------------------------------------------------------------------------------

POSITIVE = (
    "verify_ssl",
    "backup_enabled",
    "strict",
    "dryRun",
    "requireAuth",
    "deletion-protection",
    "TLS_VERIFY",
    "audit",
)
NEGATIVE = (
    "insecure",
    "skip_verification",
    "disableBackup",
    "no_auth",
    "FAIL_OPEN",
    "debug",
    "allow-insecure",
    "ignoreErrors",
)


@pytest.mark.parametrize("path", FORMATS)
@pytest.mark.parametrize("key", [*POSITIVE, *NEGATIVE])
def test_a_switch_is_weaker_one_way_and_stronger_the_other(path: str, key: str) -> None:
    safe, unsafe = ("true", "false") if key in POSITIVE else ("false", "true")
    assert fields(path, key, safe, unsafe)["polarity"] == "weakened"
    assert fields(path, key, unsafe, safe)["polarity"] == "strengthened"


@pytest.mark.parametrize("key", [*POSITIVE, *NEGATIVE])
def test_a_negation_turns_the_sense_around(key: str) -> None:
    assert sense(f"disable_{key}") == -sense(key) != 0
    assert sense(f"{key}.enabled") == sense(key) == -sense(f"{key}.disabled")


@pytest.mark.parametrize(
    "key", ["newsletter", "color", "enabled", "feature.enabled", "kill_switch", "public_key", "x.y"]
)
def test_names_that_tell_nothing_are_unknown(key: str) -> None:
    assert polarity(key, True, False) == polarity(key, False, True) == set_to(key, True) == "unknown"


@pytest.mark.parametrize(
    ("before", "after"), [*itertools.pairwise(["verify-full", "verify-ca", "require", "prefer", "disable"])]
)
def test_modes_have_an_order(before: str, after: str) -> None:
    assert polarity("db.sslmode", before, after) == "weakened"
    assert polarity("db.sslmode", after, before) == "strengthened"


@given(st.text(max_size=12), st.sampled_from([True, "yes", 1, "off", 0, False, None, "x", 3.5]))
def test_polarity_never_fails_and_mirrors(name: str, value: str | bool | int | float | None) -> None:
    turned = {"weakened": "strengthened", "strengthened": "weakened", "unknown": "unknown"}
    assert polarity(name, True, value) == turned[polarity(name, value, True)]


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("30s", "", Quantity(30, "s", "s")),
        ("1h30m", "", Quantity(5400, "s", "m")),
        ("PT30S", "", Quantity(30, "s", "P")),
        ("512Mi", "", Quantity(512 * 2**20, "B", "Mi")),
        ("500m", "cpu", Quantity(0.5, "", "m")),
        ("5m", "timeout", Quantity(300, "s", "m")),
        ("10m", "client_body_size", Quantity(1e7, "B", "m")),
        ("10%", "", Quantity(10, "%", "%")),
        ("1_000", "", Quantity(1000, "")),
        ("1,000,000", "", Quantity(1e6, "")),
        (True, "", None),
        ("v1", "", None),
        ("1.2.3", "", None),
        ("", "", None),
    ],
)
def test_quantities(text: str | bool, name: str, expected: Quantity | None) -> None:
    assert quantity(text, name) == expected


@given(st.integers(1, 10_000))
def test_spellings_of_one_quantity_are_equal(n: int) -> None:
    assert equal(f"{n}m", f"{60 * n}s", "timeout")
    assert equal(f"{n}Gi", f"{1024 * n}Mi", "memory")
    assert equal(f"{1000 * n}m", n, "cpu")
    assert equal(n, str(n), "x")
    assert not equal(f"{n}s", f"{n}ms", "timeout")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("read_timeout", "timeout"), ("handling_hours", "timeout"), ("retentionDays", "ttl"), ("MAX_LIMIT", "limit"),
     ("price", "price"), ("request_rate", "rate"), ("heap.size", "size"), ("replicas", "count"), ("title", "")],
)  # fmt: skip
def test_what_a_number_measures(name: str, expected: str) -> None:
    assert measure(name) == expected


@pytest.mark.parametrize("path", FORMATS)
def test_the_factor_of_a_jump_in_every_format(path: str) -> None:
    up, down = fields(path, "read_timeout", "30", "3000"), fields(path, "read_timeout", "3000", "30")
    assert (up["ratio"], up["factor"], up["quantity"]) == (100.0, 100.0, "timeout")
    assert (down["ratio"], down["factor"]) == (0.01, 100.0)
    assert fields(path, "limit", "5", "-5")["sign_changed"] is True
    assert fields(path, "limit", "5", "0")["became_zero"] is True


@pytest.mark.parametrize(
    "key", ["port", "accountId", "version", "updated_timestamp", "font_color", "userid_hash", "line"]
)
def test_numbers_that_identify_have_no_factor(key: str) -> None:
    assert fields("a.yaml", key, "1", "1000")["factor"] is None


def test_a_unit_that_does_not_convert() -> None:
    found = fields("a.yaml", "share", "5", "5%")
    assert (found["unit_changed"], found["factor"]) == (True, None)


# --- values that are lost ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "kind"),
    [('""', "empty"), ("null", "null"), ("changeme", "placeholder"), ("<your-host>", "placeholder"), ("[]", "no-elements"),
     ("example.com", "placeholder"), ("real.internal", ""), ("0", ""), ("${DB_HOST}", "")],
)  # fmt: skip
def test_what_blanks_a_value(after: str, kind: str) -> None:
    assert fields("a.yaml", "host", "db.internal", after)["blanked"] == kind


def test_a_blank_beside_a_new_reference_was_moved() -> None:
    before = {"a.yaml": "db:\n  password: abc\nmail:\n  password: abc\n"}
    after = {"a.yaml": 'db:\n  password: ""\n  existingSecret: shop\nmail:\n  password: ""\n'}
    found = {f.path: f.fields["moved_to_reference"] for f in facts(before, after) if f.fields["blanked"]}
    assert found == {"db.password": True, "mail.password": False}


def test_a_removed_variable_that_is_still_read() -> None:
    code = {"app.py": 'import os\nurl = os.environ["SHOP_URL"]\nname = os.getenv("SHOP_NAME", "x")\n'}
    before = {".env": "SHOP_URL=http://x\nSHOP_NAME=y\nA=1\n", **code}
    found = {f.path: f.fields["referenced"] for f in facts(before, {".env": "A=1\n", **code})}
    assert found == {"SHOP_URL": True, "SHOP_NAME": False}


# --- documents --------------------------------------------------------------------------------------------------------


def test_churn_counts_keys_that_are_nowhere() -> None:
    before = {"a.yaml": "a: 1\nb: {c: 2, d: [1, 2, 3]}\ne: {f: long text here}\n"}
    (fact,) = facts(before, {"a.yaml": "a: 1\n", "z.yaml": "e: {f: long text here}\n"}, "churn")
    assert fact.fields == {"removed": 2, "total": 4, "share": 0.5, "secret_like": False}


def test_data_has_a_shape() -> None:
    rows = "".join(f"- {{id: {n}, name: n{n}}}\n" for n in range(60))
    (fact,) = facts({"rows.yaml": rows}, {"rows.yaml": rows[: len(rows) // 2].rpartition("\n")[0] + "\n"}, "shape")
    assert (fact.fields["rows_before"], fact.fields["ratio"]) == (60, pytest.approx(0.5, abs=0.05))


def test_words_of_names() -> None:
    assert (
        words("maxConnIdleMs")
        == words("MAX_CONN_IDLE_MS")
        == words("max-conn-idle-ms")
        == ("max", "conn", "idle", "ms")
    )
    assert words("TLSVerify2") == ("tls", "verify", "2")


def test_what_an_erb_template_fills_in_is_no_placeholder() -> None:
    before, filled = "host: localhost\n", "host: <%= ENV.fetch('HOST') %>\n"
    for after, told in ((filled, ""), ("host: <your host>\n", "placeholder")):
        report = pipeline.check(change_set({"database.yml": before}, {"database.yml": after}), ())
        assert [f.fields["blanked"] for i in report.impacts for f in i.facts if f.name == "key"] == [told]
