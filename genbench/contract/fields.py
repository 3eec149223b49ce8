"""Messages about the fields of specs that an author misspells, leaves out or passes by position."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from typing import Any, TypeVar

from genbench.core.errors import PluginError
from genbench.core.names import nearest

__all__ = ["is_target", "is_texts", "is_variable", "named_fields"]

_ClassT = TypeVar("_ClassT")

#: Former names of fields, with the names that they have now.
_FORMER = {"spaces": "modalities"}


def named_fields(cls: type[_ClassT]) -> type[_ClassT]:
    """Let a dataclass raise PluginError for fields that it does not have, naming the nearest one.

    Also for a former name of a field, with the line to write, for a required field that is missing, and for
    values without a name.
    """
    make: Any = cls.__init__
    parameters = dict(list(inspect.signature(make).parameters.items())[1:])

    @functools.wraps(make)
    def checked(self: Any, *values: Any, **fields: Any) -> None:
        known = [field.name for field in dataclasses.fields(self)]
        if values:
            raise PluginError(f"{cls.__name__} takes its fields by name: {known[0]}=…")
        for name, value in fields.items():
            if _FORMER.get(name) in known:
                now = _FORMER[name]
                raise PluginError(f"{cls.__name__}: {name} is now called {now}; write {now}={value!r}")
            if name not in known:
                raise PluginError(f"{cls.__name__} has no field {name!r}{nearest(name, known)}")
        for name, parameter in parameters.items():
            if parameter.default is parameter.empty and name not in fields:
                raise PluginError(f"{cls.__name__} needs the field {name!r}")
        make(self, **fields)

    cls.__init__ = checked  # type: ignore[method-assign]  # it has the same signature
    return cls


def is_texts(value: object) -> bool:
    """Return whether the value of a field is a tuple of texts."""
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def is_target(value: object) -> bool:
    """Return whether the value of a field is a function, or "module:attribute"."""
    return callable(value) or (isinstance(value, str) and ":" in value)


def is_variable(value: object) -> bool:
    """Return whether a value is the name of an environment variable."""
    return isinstance(value, str) and value.isidentifier() and value.isascii()
