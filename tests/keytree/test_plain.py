"""Zone files and plain lists as key trees."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.model import Value
from blastlint.parse import parse
from blastlint.parse.keytree import KeyTree
from blastlint.parse.languages import language_of

ZONE = """\
$TTL 1h ; as long as nothing else is said
@   IN SOA ns1 admin.acme.org. (
        2026010101 2h 15m 2w 300 )
    IN NS  ns1
    IN MX  10 mail.other.net.
www 300 IN A 192.0.2.1
        A 192.0.2.2
txt IN 3600 TXT "a ; b" "c"
$ORIGIN eu.acme.org.
api CNAME www.acme.org.
"""


def tree(path: str, text: str | bytes) -> Value:
    document = parse(path, "after", text.encode() if isinstance(text, str) else text)
    assert isinstance(document.content, KeyTree)
    (root,) = document.content.documents
    return root


def test_a_zone_by_names_of_its_own() -> None:
    root = tree("dns/acme.org.zone", ZONE)
    assert {path: leaf.scalar for path, leaf in root.leaves()} == {
        "$TTL": 3600,
        "soa.primary": "ns1",
        "soa.contact": "admin",
        "soa.serial": 2026010101,
        "soa.refresh_interval": 7200,
        "soa.retry_interval": 900,
        "soa.expiry": 1209600,
        "soa.negative_ttl": 300,
        'records["@ NS"].targets[0]': "ns1",
        'records["@ MX"].targets[0]': "10 mail.other.net.",
        'records["www A"].targets[0]': "192.0.2.1",
        'records["www A"].targets[1]': "192.0.2.2",
        'records["www A"].ttl': 300,
        'records["txt TXT"].targets[0]': '"a ; b" "c"',
        'records["api.eu CNAME"].targets[0]': "www",
    }
    place = root.get("records", "www A")
    assert place is not None and place.region is not None and place.region.start_line == 6


def test_what_is_included_is_not_read_and_that_is_said() -> None:
    document = parse("a.zone", "after", b"$INCLUDE other.zone\nwww A 192.0.2.1\n")
    assert (document.coverage, document.line) == ("partial", 1)
    assert parse("a.zone", "after", b"www A 192.0.2.1\n???\n").coverage == "partial"


@pytest.mark.parametrize(
    ("path", "data", "language"),
    [
        ("db.acme.org", b"$TTL 3600\n", "zone"),
        ("zones/acme.db", b"@ IN SOA a b 1 2 3 4 5\n", "zone"),
        ("db.acme.org", b"once upon a time\n", ""),
        ("data.db", b"SQLite format 3\0", ""),
        ("blocklist.txt", b"", "list"),
        ("etc/allowed_hosts.list", b"", "list"),
        ("denylist", b"", "list"),
        ("ip-whitelist.txt", b"", "list"),
        ("malware.txt", b"", "list"),
        ("public/_redirects", b"", "list"),
        ("requirements.txt", b"", ""),
        ("banner.txt", b"", ""),
        ("blocks.txt", b"", ""),
        ("allow.py", b"", "python"),
        ("whitelist.yaml", b"", "yaml"),
    ],
)
def test_what_such_a_file_is_called(path: str, data: bytes, language: str) -> None:
    assert language_of(path, data) == language


def test_a_list_and_its_comments() -> None:
    root = tree("f/blocklist.txt", "# bad\n\n a.example  # why\nhttp://b.example/#x\n; none\n// none\nc\n")
    (entries,) = root.items.values()
    assert [e.scalar for e in entries.elements] == ["a.example", "http://b.example/#x", "c"]
    assert [(e.region.start_line, e.region.start_column) for e in entries.elements if e.region] == [(3, 2), (4, 1), (7, 1)]
    assert entries.unordered and list(root.items) == ["blocklist"]


def test_redirects_keep_their_order() -> None:
    root = tree("_redirects", "/a /b 301\n/* /c\n")
    assert {path: leaf.scalar for path, leaf in root.leaves()} == {
        "redirects[0].from": "/a", "redirects[0].to": "/b", "redirects[0].status": "301",
        "redirects[1].from": "/*", "redirects[1].to": "/c",
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text("()\";$ \t\n@*.aAINSOTLX019", max_size=200).map(str.encode)))
def test_nothing_raises(data: bytes) -> None:
    for path in ("a.zone", "db.acme.org", "blocklist.txt", "_redirects"):
        assert parse(path, "after", data).path == path


NAMES = st.from_regex(r"\A[a-z]{1,8}\Z")


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NAMES, st.integers(1, 254), min_size=1, max_size=6))
def test_order_dots_and_origins_do_not_matter(hosts: dict[str, int]) -> None:
    lines = [f"{name} IN A 192.0.2.{number}" for name, number in hosts.items()]
    full = [f"{name}.acme.org. A 192.0.2.{number} ; {name}" for name, number in reversed(hosts.items())]
    assert tree("acme.org.zone", "\n".join(lines)) == tree("x.zone", "$ORIGIN acme.org.\n" + "\n".join(full))
