"""Directives and blocks by one grammar, whatever server they are for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.model import Value
from blastlint.parse import parse
from blastlint.parse.keytree import MAX_DEPTH, KeyTree


def plain(value: Value) -> object:
    if value.is_map:
        return {name: plain(child) for name, child in value.items.items()}
    return [plain(child) for child in value.elements] if value.is_list else value.scalar


def read(path: str, text: str) -> object:
    document = parse(path, "after", text.encode())
    assert isinstance(document.content, KeyTree)
    assert (document.language, document.coverage, document.reason) == ("ini", "full", "")
    return plain(document.content.documents[0])


@pytest.mark.parametrize(
    ("path", "text", "tree"),
    [
        (
            "nginx.conf",
            "user www; # us\nhttp {\n  log_format m '$a {b} \"$c\"; '\n    \"$d\";\n  server { listen 80; deny all; }\n"
            "  server {\n    location ~ ^/a{2}$ { deny 1; deny 2; }\n    set $x ${y}z;\n  }\n}\n",
            {
                "user": "www",
                "http": {
                    "log_format": "m $a {b} \"$c\";  $d",
                    "server": [
                        {"listen": "80", "deny": "all"},
                        {"location ~ ^/a{2}$": {"deny": ["1", "2"]}, "set": "$x ${y}z"},
                    ],
                },
            },
        ),
        (
            "Caddyfile",
            "{\n\temail a@b.example\n}\na.example {\n\treverse_proxy {env.B}:80\n\tbasic_auth {\n\t\tann $2a\n\t}\n}\n",
            {"": {"email": "a@b.example"}, "a.example": {"reverse_proxy": "{env.B}:80", "basic_auth": {"ann": "$2a"}}},
        ),
        (
            "httpd.conf",
            "Listen 80\n<VirtualHost *:443>\n  SSLEngine on\n  <Directory \"/a b\">\n    Require \\\n      all denied\n"
            "  </Directory>\n</VirtualHost>\n",
            {"Listen": "80", "VirtualHost *:443": {"SSLEngine": "on", 'Directory "/a b"': {"Require": "all denied"}}},
        ),
        (
            "haproxy.cfg",
            "global\n    maxconn 9\n\n# the front\nfrontend www\n    bind :443 ssl\n    default_backend b\n",
            {"global": {"maxconn": "9"}, "frontend www": {"bind": ":443 ssl", "default_backend": "b"}},
        ),
        (
            "sshd_config",
            "Port 22\nMatch User git\n    PasswordAuthentication no\nMatch User ann\n    X11Forwarding no\n",
            {
                "Port": "22",
                "Match User git": {"PasswordAuthentication": "no"},
                "Match User ann": {"X11Forwarding": "no"},
            },
        ),
        ("named.conf", 'zone "a" {\n  type master;\n};\n', {'zone "a"': {"type": "master"}}),
        (
            "nginx.conf",
            "server {\n  {% if tls %}\n  listen {{ port | int }} ssl;\n  {% endif %}\n"
            "  root <%= @root %>/x;\n  <% end %>\n}\n",
            {"server": {"listen": "{{ port | int }} ssl", "root": "<%= @root %>/x"}},
        ),
        ("redis.conf", "port 6379\nrequirepass x\n", {"port": "6379", "requirepass": "x"}),
        ("a.ini", "[a]\nb = c\n  d\n", {"a": {"b": "c\nd"}}),
    ],
)
def test_one_grammar(path: str, text: str, tree: object) -> None:
    assert read(path, text) == tree


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("http {\n  server {\n    deny all;\n  }\n", "a block that is not closed", 1),
        ("deny all;\n}\nhttp { }\n", "a block that was never opened", 2),
        ("a {\n  host = b\n  port = 1\n}\n", "nested configuration of its own kind, not INI", 1),
    ],
)
def test_what_is_odd_is_told(text: str, reason: str, line: int) -> None:
    document = parse("a.conf", "after", text.encode())
    assert (document.coverage == "full", document.reason, document.line) == (False, reason, line)


def test_lines_are_those_of_the_file() -> None:
    document = parse("a.conf", "after", b"http {\n  # c\n  deny\n    all;\n}\n")
    assert isinstance(document.content, KeyTree)
    value = document.content.documents[0].get("http", "deny")
    assert value is not None
    assert value.region is not None
    assert (value.region.start_line, value.region.last_line) == (3, 4)


def test_nothing_nests_without_end() -> None:
    document = parse("a.conf", "after", b"a {\n" * (MAX_DEPTH * 40) + b"b c;\n" + b"}\n" * (MAX_DEPTH * 40))
    assert document.coverage == "partial"


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="ab <>/{};\"'\\#=\n\t[]$", max_size=120))
def test_no_text_is_too_odd(text: str) -> None:
    for path in ("nginx.conf", "haproxy.cfg", "Caddyfile"):
        assert parse(path, "after", text.encode()).coverage in ("full", "partial", "opaque")
