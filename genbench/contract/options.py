"""What an annotation says: which type, within which bounds, whether it is a path, and of which asset."""

from __future__ import annotations

import functools
import inspect
import json
import math
import re
import types
import typing
from collections.abc import Mapping
from enum import Enum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from genbench.contract.assets import Asset

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import TypeAdapter

__all__ = [
    "Unsigned",
    "Variable",
    "assets_in",
    "bounds",
    "check_value",
    "is_path",
    "is_unsigned",
    "is_variable",
    "mentions_path",
    "patterns",
    "plain_value",
    "read_value",
    "resolve_annotation",
    "shown",
    "type_name",
]


def read_value(annotation: Any, value: Any) -> Any:
    """Return the JSON-like `value` as the type that `annotation` asks for.

    Lists become tuples and strings Paths where it says so; nothing else is converted but a whole number to a
    float. Raises ValueError, saying in one line what was expected, and TypeError if the annotation is none
    that pydantic can read JSON into.
    """
    try:
        text = json.dumps(value, allow_nan=False, default=_from_python)
    except ValueError as error:
        raise ValueError("expected finite numbers") from error
    except TypeError as error:
        raise ValueError("expected a number, text, boolean, list or table") from error
    adapter = _adapter(annotation)
    return _strictly(lambda: adapter.validate_json(text, strict=True))


def check_value(annotation: Any, value: Any) -> Any:
    """Return a Python `value`, such as a default, if it is of the type that `annotation` asks for.

    Raises as `read_value` does.
    """
    adapter = _adapter(annotation)
    return _strictly(lambda: adapter.validate_python(value, strict=True))


def plain_value(value: Any) -> Any:
    """Return `value` as JSON-like values.

    Raises ValueError for NaN and infinity and TypeError for what JSON does not have.
    """
    if isinstance(value, Enum):
        return plain_value(value.value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not finite")
        return value
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain_value(item) for key, item in value.items()}
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _strictly(read: Callable[[], Any]) -> Any:
    from pydantic import ValidationError

    try:
        return read()
    except ValidationError as error:
        problems = [_problem(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise ValueError(" or ".join(dict.fromkeys(problems))) from error


def _problem(place: tuple[int | str, ...], message: str) -> str:
    expected = re.sub(r"Input should be (?=greater|less)", "expected a number ", message)
    expected = expected.replace("Input should be ", "expected ")
    expected = expected.replace("String should match pattern ", "expected a text that matches ")
    at = "".join(f"[{part}]" for part in place if isinstance(part, int))
    return f"{expected} at {at}" if at else expected


def _from_python(value: Any) -> str:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    try:
        return TypeAdapter(annotation)
    except PydanticUserError as error:
        raise TypeError(f"JSON cannot hold a value of the type {annotation!r}") from error


class Unsigned:
    """Marks an option that decides how fast a number comes, and not which: `Annotated[str, Unsigned]`.

    What it makes is kept apart in the store, but no signature and no random stream holds it, so numbers with
    other values of it are ranked together. Only for choices that agree to rounding, such as a library that
    computes the same network.
    """


class Variable:
    """Marks an option that names environment variables, one or several: `Annotated[str, Variable]`.

    The processes in which the component runs get these variables. All others that may hold a secret, or that
    no library of genbench's is known to read, are kept from them.
    """


_BOUNDS = {
    "gt": "> {}",
    "ge": ">= {}",
    "lt": "< {}",
    "le": "<= {}",
    "multiple_of": "a multiple of {}",
    "min_length": "at least {} long",
    "max_length": "at most {} long",
}


def resolve_annotation(annotation: Any, make: Callable[..., Any]) -> Any:
    """Return one annotation of `make` as a type, whether or not its other annotations can be resolved.

    Raises whatever evaluating it raises, NameError above all.
    """
    alone = types.SimpleNamespace(__annotations__={"option": annotation})
    scope = getattr(_function(make), "__globals__", {})
    return typing.get_type_hints(alone, globalns=scope, include_extras=True)["option"]


def is_path(annotation: Any) -> bool:
    """Return whether it is Path or Path | None, whatever its bounds."""
    return _members(annotation) == {Path}


def mentions_path(annotation: Any) -> bool:
    """Return whether a path type stands anywhere in it."""
    itself = isinstance(annotation, type) and issubclass(annotation, PurePath)
    return itself or any(map(mentions_path, typing.get_args(annotation)))


def assets_in(annotation: Any) -> list[Asset]:
    """Return the assets that an annotation names, wherever they stand in it."""
    own = [part for part in typing.get_args(annotation) if isinstance(part, Asset)]
    return own + [asset for part in typing.get_args(annotation) for asset in assets_in(part)]


def is_unsigned(annotation: Any) -> bool:
    """Return whether an annotation bears the mark Unsigned."""
    return _bears(annotation, Unsigned)


def is_variable(annotation: Any) -> bool:
    """Return whether an annotation bears the mark Variable."""
    return _bears(annotation, Variable)


def _bears(annotation: Any, mark: type) -> bool:
    marks = typing.get_args(annotation)[1:] if typing.get_origin(annotation) is typing.Annotated else ()
    return any(found is mark or isinstance(found, mark) for found in marks)


def type_name(annotation: Any) -> str:
    """Return an annotation as one writes it, its bounds left out."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return type_name(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return " | ".join(map(type_name, arguments))
    if origin is typing.Literal:
        return " | ".join(map(repr, arguments))
    if annotation in (None, type(None)):
        return "None"
    if annotation is Ellipsis:
        return "..."
    name = getattr(origin or annotation, "__name__", str(annotation))
    return f"{name}[{', '.join(map(type_name, arguments))}]" if arguments else name


def bounds(annotation: Any) -> list[str]:
    """Return the bounds in an annotation, in words, the innermost last; the mark Unsigned is one of them."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:
        return []
    if typing.get_origin(annotation) is not typing.Annotated:
        return [bound for argument in arguments for bound in bounds(argument)]
    constraints = [part for item in arguments[1:] for part in (item, *getattr(item, "metadata", ()))]
    own = [
        words.format(getattr(constraint, field))
        for constraint in constraints
        for field, words in _BOUNDS.items()
        if getattr(constraint, field, None) is not None
    ]
    return own + ["in no signature"] * is_unsigned(annotation) + bounds(arguments[0])


def patterns(annotation: Any) -> list[str]:
    """Return the description of each text in an annotation that has to match a pattern, "" where it has none.

    `Annotated[str, Field(pattern="^https://", description="an address")]`
    """
    if typing.get_origin(annotation) is typing.Literal:
        return []
    arguments = typing.get_args(annotation)
    marks = arguments[1:] if typing.get_origin(annotation) is typing.Annotated else ()
    own = [
        getattr(mark, "description", None) or ""
        for mark in marks
        if any(hasattr(part, "pattern") for part in (mark, *getattr(mark, "metadata", ())))
    ]
    return own + [found for argument in arguments if argument not in marks for found in patterns(argument)]


def shown(annotation: Any, value: Any) -> str:
    """Return the end of a message about a refused value: the value, but not of a text that has a pattern.

    What does not look as the pattern says may be a secret in the wrong place. In its stead stands what the
    annotation says of the text.
    """
    meant = patterns(annotation)
    if not meant:
        return f", got {value!r:.80}"
    return "; " + "; ".join([*filter(None, meant), "the value is not shown, it may be a secret"])


def _function(make: Callable[..., Any]) -> Any:
    """Return the function whose globals the annotations of `make` refer to."""
    while isinstance(make, functools.partial):
        make = make.func
    if inspect.isclass(make):
        make = make.__init__
    elif not inspect.isroutine(make):
        make = type(make).__call__
    return inspect.unwrap(make)


def _members(annotation: Any) -> set[Any]:
    """Return the types of a union without None, bounds stripped; of any other annotation, itself."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _members(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return set().union(*map(_members, typing.get_args(annotation))) - {type(None)}
    return {annotation if isinstance(annotation, type) else str(annotation)}
