"""`dataclass` as the modules here use it: the standard decorator's classes, quick to define.

The standard one compiles six methods for every frozen class, about 0.4 ms; with a hundred classes that was a third of a
whole run. This one compiles `__init__` alone and composes the others from `operator.attrgetter`. The type checker sees
the standard decorator and is who enforces `frozen`: nothing stops a write at run time, and making an instance costs half.
`dataclasses.field` and `dataclasses.replace` work as ever. What is not used here is not there: no inheritance of fields,
no `__post_init__`, no keyword-only or class variables, no order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    from dataclasses import MISSING, Field, field
    from operator import attrgetter

    def dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True, repr: bool = True):
        """`@dataclass(frozen=True, slots=True)`: equality, hash and representation are those of the standard one."""

        def made(cls: type) -> type:
            namespace = dict(vars(cls))
            fields = _fields(namespace)
            namespace["__dataclass_fields__"] = fields
            namespace["__match_args__"] = tuple(fields)
            namespace["__init__"] = _initializer(fields, cls)
            if eq and "__eq__" not in namespace:
                key = _values([each.name for each in fields.values() if each.compare])
                namespace["__eq__"] = lambda self, other: (
                    key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented
                )
                if "__hash__" not in namespace:
                    namespace["__hash__"] = (lambda self: hash(key(self))) if frozen else None
            if repr and "__repr__" not in namespace:
                namespace["__repr__"] = _representation([each.name for each in fields.values() if each.repr])
            if slots:
                namespace["__slots__"] = tuple(fields)
            for name in ("__dict__", "__weakref__"):
                namespace.pop(name, None)
            return type(cls)(cls.__name__, cls.__bases__, namespace)

        return made

    def _fields(namespace: dict[str, object]) -> dict[str, Field]:
        """Each annotated name with its field; defaults leave the namespace, where a slot or nothing takes their place."""
        fields: dict[str, Field] = {}
        for name in namespace.get("__annotations__", {}):
            default = namespace.pop(name, MISSING)
            fields[name] = each = default if isinstance(default, Field) else field(default=default)
            each.name = name
        return fields

    def _initializer(fields: dict[str, Field], cls: type):
        """`__init__` with the defaults bound as the standard one binds them: factories called for each instance."""
        known: dict[str, object] = {"MISSING": MISSING}
        parameters, body = ["self"], []
        for name, each in fields.items():
            value = name
            if each.default_factory is not MISSING:
                known[f"_{name}"] = each.default_factory
                parameters.append(f"{name}=MISSING")
                value = f"_{name}() if {name} is MISSING else {name}"
            elif each.default is not MISSING:
                known[f"_{name}"] = each.default
                parameters.append(f"{name}=_{name}")
            else:
                parameters.append(name)
            body.append(f" self.{name} = {value}")
        exec(f"def __init__({', '.join(parameters)}):\n" + ("\n".join(body) or " pass"), known)
        method = known["__init__"]
        method.__qualname__ = f"{cls.__qualname__}.__init__"
        return method

    def _values(names: list[str]):
        return attrgetter(*names) if names else lambda self: ()

    def _representation(names: list[str]):
        return lambda self: (
            f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"
        )
