"""`dataclass` as the modules here use it: the standard decorator, quick to define.

The standard one compiles six methods for every frozen class, about 0.4 ms; with a hundred classes that was a third of a
whole run. This one compiles `__init__` and composes the others. The type checker sees the standard decorator and is who
enforces `frozen`: nothing stops a write at run time, and making an instance costs half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    from operator import attrgetter

    def dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True, repr: bool = True):
        """`@dataclass(frozen=True, slots=True)`: equality, hash and representation are those of the standard one."""

        def made(cls: type) -> type:
            cls.__doc__ = cls.__doc__ or cls.__name__  # the standard one would ask for the signature
            result = dataclasses.dataclass(eq=False, repr=False, slots=slots)(cls)
            fields = dataclasses.fields(result)
            if eq and "__eq__" not in vars(cls):
                key = _values([field.name for field in fields if field.compare])
                result.__eq__ = lambda self, other: (
                    key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented
                )
                if "__hash__" not in vars(cls):
                    result.__hash__ = (lambda self: hash(key(self))) if frozen else None
            if repr and "__repr__" not in vars(cls):
                result.__repr__ = _representation([field.name for field in fields if field.repr])
            return result

        return made

    def _values(names: list[str]):
        return attrgetter(*names) if names else lambda self: ()

    def _representation(names: list[str]):
        return lambda self: (
            f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"
        )
