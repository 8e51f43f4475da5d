"""`dataclass` as the modules here use it: the standard decorator's classes, quick to define.

The standard one compiles six methods for every frozen class, about 0.4 ms; with a hundred classes that was a third of a
whole run. This one compiles `__init__` alone, once for each number of fields, and composes the others from `attrgetter`. The
type checker sees the standard decorator and is who enforces `frozen`: nothing stops a write at run time, and making an
instance costs half. `field` and `replace` are here too, for to import the standard module is itself a tenth of a small run;
what reads its classes (`dataclasses.fields`, a test's report of a difference) reads these. What is not used here is not
there: no inheritance of fields, no `__post_init__`, no keyword-only or class variables, no order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
else:
    from functools import cache
    from operator import attrgetter
    from types import CodeType, FunctionType

    MISSING = object()

    class Field:
        """What a class says of one of its fields."""

        __slots__ = ("compare", "default", "factory", "name", "repr")

        def __init__(self, default, factory, repr, compare):
            self.default = default
            self.factory = factory
            self.repr = repr
            self.compare = compare

    def field(*, default=MISSING, default_factory=MISSING, repr=True, compare=True):
        """The standard one's, of which the other parameters are not used here."""
        return Field(default, default_factory, repr, compare)

    def dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True, repr: bool = True):
        """`@dataclass(frozen=True, slots=True)`: equality, hash and representation are those of the standard one."""

        def made(cls: type) -> type:
            namespace = dict(vars(cls))
            fields = _fields(namespace)
            namespace["__dataclass_fields__"] = _Standard(fields)
            namespace["__places__"] = {name: place for place, name in enumerate(fields)}
            namespace["__values__"] = staticmethod(_values(list(fields)))
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

    def replace(instance, /, **changes):
        """A copy with other values for some fields: a fifth of what the standard one takes."""
        values = list(instance.__values__(instance))
        for name, value in changes.items():
            values[instance.__places__[name]] = value
        return type(instance)(*values)

    class _Standard:
        """The fields in words of the standard module, for whom it takes the class for one of its own."""

        def __init__(self, fields):
            self._fields = fields

        def __get__(self, instance, owner):
            import dataclasses

            def told(each):
                known = {"default": each.default, "default_factory": each.factory}
                given = {name: value for name, value in known.items() if value is not MISSING}
                return dataclasses.field(repr=each.repr, compare=each.compare, **given)

            fields = [(name, object, told(each)) for name, each in self._fields.items()]
            return dataclasses.make_dataclass(owner.__name__, fields).__dataclass_fields__

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
        names = tuple(fields)
        made = {f"make{at}": each.factory for at, each in enumerate(fields.values())}
        code = _initializers(tuple(factory is not MISSING for factory in made.values()))
        known = {f"field{at}": name for at, name in enumerate(names)}
        code = code.replace(
            co_names=tuple(known.get(name, name) for name in code.co_names),
            co_varnames=("self", *names),
            co_qualname=f"{cls.__qualname__}.__init__",
        )
        defaults = tuple(
            each.default
            for each in fields.values()
            if each.default is not MISSING or each.factory is not MISSING
        )
        return FunctionType(code, {"MISSING": MISSING, **made}, "__init__", defaults)

    @cache
    def _initializers(made: tuple[bool, ...]) -> CodeType:
        """`__init__` of every class with so many fields, of which those are `made` by a factory: its byte code is the same
        but for the names, and to compile it is what costs."""
        parameters = ", ".join(["self", *(f"field{at}" for at in range(len(made)))])
        body = [
            f" self.field{at} = make{at}() if field{at} is MISSING else field{at}" if by else f" self.field{at} = field{at}"
            for at, by in enumerate(made)
        ]
        known: dict[str, FunctionType] = {}
        exec(f"def __init__({parameters}):\n" + ("\n".join(body) or " pass"), known)
        return known["__init__"].__code__

    def _values(names: list[str]):
        if len(names) == 1:
            return lambda self: (getattr(self, names[0]),)
        return attrgetter(*names) if names else lambda self: ()

    def _representation(names: list[str]):
        return lambda self: (
            f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"
        )
