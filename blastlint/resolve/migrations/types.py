"""Column types of frameworks -> the types of SQL in which facts/column_types.py compares them; "" for what is not known."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.parse.terms import Term, is_true

_DJANGO: Mapping[str, str] = {
    "TextField": "text", "IntegerField": "int", "PositiveIntegerField": "int", "AutoField": "int",
    "BigIntegerField": "bigint",
    "PositiveBigIntegerField": "bigint", "BigAutoField": "bigint", "SmallIntegerField": "smallint",
    "SmallAutoField": "smallint",
    "PositiveSmallIntegerField": "smallint", "BooleanField": "boolean", "NullBooleanField": "boolean", "DateField": "date",
    "DateTimeField": "timestamptz", "TimeField": "time", "FloatField": "double", "UUIDField": "uuid", "JSONField": "jsonb",
    "DurationField": "interval", "BinaryField": "bytea", "GenericIPAddressField": "inet",
}  # fmt: skip
_DJANGO_TEXT = {
    "CharField": 0, "EmailField": 254, "URLField": 200, "SlugField": 50, "FileField": 100, "ImageField": 100,
    "FilePathField": 100,
}  # fmt: skip
_DJANGO_RELATIONS = ("ForeignKey", "OneToOneField")
_ALEMBIC: Mapping[str, str] = {
    "Text": "text", "UnicodeText": "text", "TEXT": "text", "Integer": "int", "INTEGER": "int", "BigInteger": "bigint",
    "BIGINT": "bigint", "SmallInteger": "smallint", "SMALLINT": "smallint", "Boolean": "boolean", "BOOLEAN": "boolean",
    "Date": "date", "DATE": "date", "Time": "time", "Float": "double", "FLOAT": "double", "Double": "double", "JSON": "json",
    "JSONB": "jsonb", "UUID": "uuid", "Uuid": "uuid", "GUID": "uuid", "LargeBinary": "bytea", "Interval": "interval",
}  # fmt: skip
_RAILS: Mapping[str, str] = {
    "text": "text", "integer": "int", "bigint": "bigint", "boolean": "boolean", "datetime": "timestamp",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz", "date": "date", "time": "time", "float": "double", "json": "json", "jsonb": "jsonb",
    "uuid": "uuid",
    "binary": "bytea", "inet": "inet", "citext": "citext", "hstore": "hstore",
}  # fmt: skip
_RAILS_BYTES = {1: "smallint", 2: "smallint", 3: "int", 4: "int", 8: "bigint"}
_SCRIPT: Mapping[str, str] = {
    "text": "text", "integer": "int", "int": "int", "bigint": "bigint", "biginteger": "bigint", "smallint": "smallint",
    "boolean": "boolean", "date": "date", "dateonly": "date", "datetime": "timestamp", "timestamp": "timestamp",
    "float": "double",
    "double": "double", "json": "json", "jsonb": "jsonb", "uuid": "uuid", "binary": "bytea", "tinyint": "tinyint",
}  # fmt: skip


def django_type(field: Term) -> str:
    """Of `models.CharField(max_length=20)`."""
    name = field.name
    if name in _DJANGO_TEXT:
        size = field.option("max_length")
        length = size.plain if size is not None else str(_DJANGO_TEXT[name] or "")
        return f"varchar({length})" if length else "varchar"
    if name == "DecimalField":
        digits, places = field.option("max_digits"), field.option("decimal_places")
        return f"numeric({digits.plain},{places.plain})" if digits is not None and places is not None else "numeric"
    return _DJANGO.get(name, "")


def is_known(field: Term) -> bool:
    """Whether a field is one of Django's own: what others do without a value, only their code says."""
    own = field.on is None or field.on.dotted.split(".")[0] in ("models", "django")
    return own and (
        field.name in _DJANGO or field.name in _DJANGO_TEXT or field.name in (*_DJANGO_RELATIONS, "DecimalField")
    )


def alembic_type(kind: Term | None) -> str:
    """Of `sa.String(length=20)` or `sa.Integer`."""
    if kind is None:
        return ""
    name = kind.name
    if name in ("String", "VARCHAR", "Unicode", "AutoString"):
        length = kind.argument(0, "length")
        return f"varchar({length.plain})" if length is not None and length.plain.isdigit() else "varchar"
    if name in ("DateTime", "TIMESTAMP", "DATETIME"):
        return "timestamptz" if is_true(kind.argument(0, "timezone")) else "timestamp"
    if name in ("Numeric", "DECIMAL", "NUMERIC"):
        first, second = kind.argument(0, "precision"), kind.argument(1, "scale")
        return f"numeric({first.plain},{second.plain})" if first is not None and second is not None else "numeric"
    if name in ("Enum", "ENUM"):
        values = [item.plain for item in kind.items if item.sort == "text"]
        return "enum(" + ",".join(f"'{v}'" for v in values) + ")" if values else ""
    return _ALEMBIC.get(name, "")


def rails_type(name: str, options: Term) -> str:
    """Of `:string, limit: 20`."""
    limit = options.option("limit")
    size = int(limit.plain) if limit is not None and limit.plain.isdigit() else 0
    if name == "string":
        return f"varchar({size})" if size else "varchar"
    if name == "integer" and size:
        return _RAILS_BYTES.get(size, "int")
    if name in ("decimal", "numeric"):
        first, second = options.option("precision"), options.option("scale")
        return f"numeric({first.plain},{second.plain if second is not None else 0})" if first is not None else "numeric"
    return _RAILS.get(name, "")


def script_type(name: str, arguments: tuple[str, ...] = ()) -> str:
    """Of Knex builders, Sequelize and TypeORM types: `string(20)`, `DataTypes.STRING(20)`, `"varchar"`."""
    short = name.lower()
    numbers = [a for a in arguments if a.isdigit()]
    if short in ("string", "varchar"):
        return f"varchar({numbers[0]})" if numbers else "varchar"
    if short in ("decimal", "numeric"):
        return f"numeric({','.join(numbers[:2])})" if numbers else "numeric"
    if short in ("enum", "enu") and arguments:
        return "enum(" + ",".join(f"'{a}'" for a in arguments) + ")"
    return _SCRIPT.get(short, name.lower() if "(" in name else "")
