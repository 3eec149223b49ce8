"""Annotations of options: types, bounds, paths, assets and marks, and strict reading of values."""

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
    "Address", "Unsigned", "Variable", "bounds", "check_value", "find_assets", "find_paths",
    "get_value", "has_mark", "is_path", "is_paths", "mentions_path", "patterns", "plain_value",
    "read_value", "replace_paths", "resolve_annotation", "type_name", "value_text",
]  # fmt: skip


_MOST_SHOWN = 80  # letters of a value in a message, so that it stays one line of a terminal


def read_value(annotation: Any, value: Any) -> Any:
    """Return the JSON-like `value` as the type of `annotation`.

    Lists become tuples, strings become Paths and integers become floats where the annotation says so; other
    values are not converted. Raises ValueError with the expectation in one line, and TypeError if pydantic
    cannot read JSON into the annotation.
    """
    try:
        text = json.dumps(value, allow_nan=False, default=_convert_path)
    except ValueError as error:
        raise ValueError("expected finite numbers") from error
    except TypeError as error:
        raise ValueError("expected a number, text, boolean, list or table") from error
    adapter = _make_adapter(annotation)
    return _validate(lambda: adapter.validate_json(text, strict=True))


def check_value(annotation: Any, value: Any) -> Any:
    """Return a Python `value`, such as a default, if it has the type of `annotation`.

    Raises the same errors as `read_value`.
    """
    adapter = _make_adapter(annotation)
    return _validate(lambda: adapter.validate_python(value, strict=True))


def plain_value(value: Any) -> Any:
    """Return `value` as JSON-like values.

    Raises ValueError for NaN and infinity, and TypeError for a type without a JSON form.
    """
    if isinstance(value, Enum):
        return plain_value(value.value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not finite")
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain_value(item) for key, item in value.items()}
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _validate(read: Callable[[], Any]) -> Any:
    """Return what `read` returns; an error of pydantic becomes a ValueError in one line."""
    from pydantic import ValidationError

    try:
        return read()
    except ValidationError as error:
        # pydantic gives a problem for each type of a union, and the value could have any of them
        problems = [_describe_problem(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise ValueError(" or ".join(dict.fromkeys(problems))) from error


def _describe_problem(place: tuple[int | str, ...], message: str) -> str:
    """Return one of pydantic's messages in genbench's words, with its place in a list: "expected … at [2]".

    place  keys and numbers that lead to the value; only numbers are shown
    """
    expected = re.sub(r"Input should be (?=greater|less)", "expected a number ", message)
    expected = expected.replace("Input should be ", "expected ")
    expected = expected.replace("String should match pattern ", "expected a text that matches ")
    indices = "".join(f"[{key}]" for key in place if isinstance(key, int))
    return f"{expected} at {indices}" if indices else expected


def _convert_path(value: Any) -> str:
    """Return a path as a text, for `json.dumps`; raise TypeError for anything else."""
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _make_adapter(annotation: Any) -> TypeAdapter[Any]:
    """Return pydantic's reader of an annotation; raise TypeError if it has none."""
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    try:
        return TypeAdapter(annotation)
    except PydanticUserError as error:
        raise TypeError(f"JSON cannot hold a value of the type {annotation!r}") from error


class Unsigned:
    """Marks an option that changes the speed and not the numbers: `Annotated[str, Unsigned]`.

    The option is part of the store's keys, but of no signature and no random stream, so numbers with
    different values are ranked together. Only for choices that agree up to rounding, such as the library that
    computes a network.
    """


class Variable:
    """Marks an option that names one or several environment variables: `Annotated[str, Variable]`.

    The component's processes receive these variables. All other variables that may contain secrets, or that
    no library of genbench is known to read, are withheld.
    """


class Address:
    """Marks an option that is the URL of a server: `Annotated[str, Address]`.

    The component may send the variables that its other options name to this server and to no other. If a
    suite names both, the user must allow it with `--allow-key NAME@HOST`.
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
    """Return one annotation of `make` as a type; a text is evaluated in the module of `make`.

    The other annotations are not evaluated, so an error in one of them does no harm. Errors of its own
    evaluation, such as NameError, pass through.
    """
    # `get_type_hints` evaluates all annotations of an object, so this one gets an object of its own.
    holder = types.SimpleNamespace(__annotations__={"option": annotation})
    scope = getattr(_find_function(make), "__globals__", {})
    return typing.get_type_hints(holder, globalns=scope, include_extras=True)["option"]


def is_path(annotation: Any) -> bool:
    """Return whether an annotation is Path or Path | None, with any bounds."""
    return _list_members(annotation) == {Path}


def is_paths(annotation: Any) -> bool:
    """Return whether an annotation is tuple[Path, ...], a list of files, with any bounds."""
    return _list_members(annotation) == {str(tuple[Path, ...])}  # a type that is no class is its text


def find_paths(options: Mapping[str, Any]) -> dict[str, Path]:
    """Return the paths among the values of options by their places: "path", or "votes[0]" in a list."""
    values: dict[str, Any] = {}
    for name, value in options.items():
        is_list = isinstance(value, tuple)
        values |= {f"{name}[{i}]": item for i, item in enumerate(value)} if is_list else {name: value}
    return {place: Path(value) for place, value in values.items() if isinstance(value, PurePath)}


def get_value(options: Mapping[str, Any], place: str) -> Any:
    """Return the value of options at a place that `find_paths` gives, such as "path" or "votes[0]"."""
    name, bracket, number = place.partition("[")
    return options[name][int(number.removesuffix("]"))] if bracket else options[name]


def replace_paths(options: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """Return options with other paths.

    paths  the new paths by their places, as `find_paths` gives them: "path", or "votes[0]" in a list
    """
    return {
        name: tuple(paths.get(f"{name}[{i}]", item) for i, item in enumerate(value))
        if isinstance(value, tuple)
        else paths.get(name, value)
        for name, value in options.items()
    }


def mentions_path(annotation: Any) -> bool:
    """Return whether an annotation contains a path type at any depth."""
    itself = isinstance(annotation, type) and issubclass(annotation, PurePath)
    return itself or any(map(mentions_path, typing.get_args(annotation)))


def find_assets(annotation: Any) -> list[Asset]:
    """Return the Asset marks in an annotation, at any depth; [] if there are none."""
    arguments = typing.get_args(annotation)
    marks = [argument for argument in arguments if isinstance(argument, Asset)]
    return marks + [asset for argument in arguments for asset in find_assets(argument)]


def has_mark(annotation: Any, mark: type) -> bool:
    """Return whether an `Annotated` has a mark, such as the class Unsigned, or an instance of the mark."""
    metadata = typing.get_args(annotation)[1:] if typing.get_origin(annotation) is typing.Annotated else ()
    return any(item is mark or isinstance(item, mark) for item in metadata)


def type_name(annotation: Any) -> str:
    """Return an annotation as source text without its bounds, such as "int | None"."""
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
    """Return the bounds in an annotation, such as [">= 1", "<= 64"], the innermost last.

    The mark Unsigned, of an option that changes no numbers, gives "in no signature".
    """
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:
        return []
    if typing.get_origin(annotation) is not typing.Annotated:
        return [bound for argument in arguments for bound in bounds(argument)]
    # A `Field` of pydantic lists its constraints in `metadata`.
    constraints = [part for item in arguments[1:] for part in (item, *getattr(item, "metadata", ()))]
    outer = [
        words.format(getattr(constraint, field))
        for constraint in constraints
        for field, words in _BOUNDS.items()
        if getattr(constraint, field, None) is not None
    ]
    return outer + (["in no signature"] if has_mark(annotation, Unsigned) else []) + bounds(arguments[0])


def patterns(annotation: Any) -> list[str]:
    """Return the descriptions of the texts in an annotation that must match a pattern, "" for one without.

    `Annotated[str, Field(pattern="^https://", description="an address")]` gives ["an address"].
    """
    if typing.get_origin(annotation) is typing.Literal:  # its arguments are values and no annotations
        return []
    arguments = typing.get_args(annotation)
    marks = arguments[1:] if typing.get_origin(annotation) is typing.Annotated else ()
    texts = [
        getattr(mark, "description", None) or ""
        for mark in marks
        if any(hasattr(part, "pattern") for part in (mark, *getattr(mark, "metadata", ())))
    ]
    return texts + [inner for argument in arguments if argument not in marks for inner in patterns(argument)]


def value_text(annotation: Any, value: Any) -> str:
    """Return the end of a message about a refused value: the value, unless its annotation has a pattern.

    A text that does not match its pattern may be a misplaced secret, so the message gives the annotation's
    description instead.
    """
    descriptions = patterns(annotation)
    if not descriptions:
        return f", got {value!r:.{_MOST_SHOWN}}{_suggest_list(annotation, value)}"
    return "; " + "; ".join([*filter(None, descriptions), "the value is not shown, it may be a secret"])


def _suggest_list(annotation: Any, value: Any) -> str:
    """Return the advice to write a value as a list of one, "; write [1]", or "" if that would not help."""
    if isinstance(value, list | tuple):
        return ""
    try:
        read_value(annotation, [value])
        line = json.dumps([value], ensure_ascii=False, default=_convert_path)
    except (TypeError, ValueError):
        return ""
    return f"; write {line}" if len(line) <= _MOST_SHOWN else ""


def _find_function(make: Callable[..., Any]) -> Any:
    """Return the function that `make` calls, in whose globals its annotations are evaluated.

    Partials and decorators are removed; of a class it is `__init__`, of another object its `__call__`.
    """
    while isinstance(make, functools.partial):
        make = make.func
    if inspect.isclass(make):
        make = make.__init__
    elif not inspect.isroutine(make):
        make = type(make).__call__
    return inspect.unwrap(make)


def _list_members(annotation: Any) -> set[Any]:
    """Return the types of a union without None and bounds, or the annotation itself if it is no union.

    A class is returned as it is, and another type, such as tuple[Path, ...], as its text, since a type with
    an unhashable mark, such as a dict, fits into no set.
    """
    if typing.get_origin(annotation) is typing.Annotated:
        return _list_members(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return set().union(*map(_list_members, typing.get_args(annotation))) - {type(None)}
    return {annotation if isinstance(annotation, type) else str(annotation)}
