"""What a text that says where to connect says about encryption: the scheme of a URL, and the parameters of drivers.

Sources: the connection parameters of libpq, MySQL Connector/J and Connector/NET, SqlClient, the MongoDB connection string,
redis, AMQP, LDAP and MQTT URI schemes, Kafka's `security.protocol`.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.regex import regex

# The scheme of the same protocol without encryption.
PLAIN = {
    "https": "http", "wss": "ws", "rediss": "redis", "amqps": "amqp", "ldaps": "ldap", "mqtts": "mqtt", "ftps": "ftp",
    "sftp": "ftp", "smtps": "smtp", "imaps": "imap", "pop3s": "pop3", "grpcs": "grpc", "couchbases": "couchbase",
    "neo4j+s": "neo4j", "bolt+s": "bolt", "nats+tls": "nats", "clickhouses": "clickhouse",
}  # fmt: skip
_URL = regex(r"\b(?P<scheme>[a-z][a-z0-9+]*)://(?:[^@/\s\"'`]*@)?(?P<host>[^/\s:?#\"'`@,)]+)")
_PARAMETER = regex(r"(?<![\w.-])(?P<name>[A-Za-z][\w.-]*?)\s*[=:]\s*[\"']?(?P<value>[A-Za-z_][\w-]*|[01])(?![\w-])")
_NEAR = regex(
    r"(?i)^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|0\.0\.0\.0|\[|host\.docker)|\.(local|internal|svc|test|localhost)$"
    r"|\.svc\.|^[^.$%{<]+$"
)
_MODES = {
    "disabled": 0, "disable": 0, "plaintext": 0, "saslplaintext": 0, "none": 0, "certnone": 0, "allow": 1, "prefer": 1,
    "preferred": 1, "optional": 1, "certoptional": 1, "require": 2, "required": 3, "certrequired": 3, "verifyca": 3,
    "verifyfull": 4, "verifyidentity": 4, "ssl": 3, "saslssl": 3, "skipverify": 2, "strict": 4,
}  # fmt: skip
_YES, _NO = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})
_MODED = regex(r"(?i)^(pg)?ssl_?-?mode$|^security[._]protocol$|^(ssl_)?cert_reqs$|^tls$|^encrypt$")
_ON = regex(r"(?i)^(use|require)?_?(ssl|tls)$|^encrypt$|^(verify_?server_?certificate|ssl_?verify|verify_?ssl|sslverify)$")
_OFF = regex(
    r"(?i)^(trust_?server_?certificate|(tls|ssl)_?(insecure|allow_?invalid_?(certificates|hostnames)|skip_?verify)|insecure_?skip_?verify)$"
)


def weakened(before: str, after: str) -> str:
    """How `after` is less encrypted or checked than `before`, "sslmode=verify-full -> sslmode=disable"; or empty. For the
    scheme, names of this machine or of its own network do not count."""
    schemes = {match["host"].lower(): match["scheme"].lower() for match in _URL.finditer(before)}
    for match in _URL.finditer(after):
        host, scheme = match["host"].lower(), match["scheme"].lower()
        was = schemes.get(host, "")
        if PLAIN.get(was) == scheme and not _NEAR.search(host):
            return f"{was}:// -> {scheme}://"
    told, tells = dict(_parameters(before)), dict(_parameters(after))
    for name, (strength, said) in told.items():
        now = tells.get(name)
        if now is not None and now[0] < strength:
            return f"{said} -> {now[1]}"
        if now is None and strength >= 2 and name.endswith("mode") and _same_place(before, after):
            return f"{said} -> nothing"
    return ""


def _parameters(text: str) -> Iterator[tuple[str, tuple[int, str]]]:
    """(name, (how strong, how it is written)) of every parameter that is about encryption."""
    for match in _PARAMETER.finditer(text):
        name, value = match["name"], match["value"].lower()
        strength = _strength(name, value)
        if strength is not None:
            yield name.lower().replace("_", "").replace("-", ""), (strength, f"{name}={match['value']}")


def _strength(name: str, value: str) -> int | None:
    plain = value.replace("-", "").replace("_", "")
    if _MODED.search(name) and plain in _MODES:
        return _MODES[plain]
    if value in _YES | _NO:
        if _OFF.search(name):
            return 3 if value in _NO else 0
        if _ON.search(name) or _MODED.search(name):
            return 3 if value in _YES else 0
    return None


def _same_place(before: str, after: str) -> bool:
    hosts = [{m["host"] for m in _URL.finditer(text)} for text in (before, after)]
    return bool(hosts[0] & hosts[1])
