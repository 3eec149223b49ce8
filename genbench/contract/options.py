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
    "Address", "Unsigned", "Variable", "describe_patterns", "find_assets", "find_paths", "get_value",
    "has_mark", "is_path", "is_paths", "list_bounds", "mentions_path", "plain_value", "read_python_value",
    "read_value", "replace_paths", "resolve_annotation", "type_name", "value_text",
]  # fmt: skip


_JSON_TYPES = "expected a bool, int, float, str or Path, or a list or dict of them"
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


def read_python_value(annotation: Any, value: Any) -> Any:
    """Return a Python `value`, such as the default of an option, as the type of `annotation`.

    Unlike `read_value`, it expects no JSON: a list is no tuple here, a text is no Path, and NaN is a float.
    An integer becomes a float where the annotation says so. Raises ValueError for a value of another type,
    and TypeError if pydantic cannot read the annotation.
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
        raise ValueError(f"{value} is not finite; expected a finite number")
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain_value(item) for key, item in value.items()}
    raise TypeError(f"a {type(value).__name__} has no JSON form; {_JSON_TYPES}")


def _validate(read: Callable[[], Any]) -> Any:
    """Return what `read()` returns; an error of pydantic becomes a ValueError whose message is one line."""
    from pydantic import ValidationError

    try:
        return read()
    except ValidationError as error:
        # for a union, pydantic reports a problem for each of its types: one of them must be solved, so "or"
        problems = [_describe_problem(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise ValueError(" or ".join(dict.fromkeys(problems))) from error


def _describe_problem(place: tuple[int | str, ...], message: str) -> str:
    """Return one of pydantic's messages in genbench's words, such as "expected a valid integer at [2]".

    place  keys and indices that lead to the refused value within lists and tables; only indices are shown,
           since pydantic mixes names of its own, such as those of the types of a union, with the keys
    """
    expected = re.sub(r"Input should be (?=greater|less)", "expected a number ", message)
    expected = expected.replace("Input should be ", "expected ")
    expected = expected.replace("String should match pattern ", "expected a text that matches ")
    indices = "".join(f"[{key}]" for key in place if isinstance(key, int))
    return f"{expected} at {indices}" if indices else expected


def _convert_path(value: Any) -> str:
    """Return a path as a text; raise TypeError for anything else that `json.dumps` cannot write."""
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no JSON form; {_JSON_TYPES}")


def _make_adapter(annotation: Any) -> TypeAdapter[Any]:
    """Return pydantic's reader of an annotation; raise TypeError if it has none."""
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    try:
        return TypeAdapter(annotation)
    except PydanticUserError as error:
        raise TypeError(f"JSON cannot hold a value of the type {annotation!r}; {_JSON_TYPES}") from error


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

    make  the function, class or object whose parameters are the options

    The other annotations of `make` are not evaluated, so an error in one of them does no harm. An error in
    the evaluation of this annotation, such as NameError, is raised as it is.
    """
    # `get_type_hints` evaluates all annotations of an object, so a new object gets this annotation alone.
    holder = types.SimpleNamespace(__annotations__={"option": annotation})
    scope = getattr(_find_function(make), "__globals__", {})
    return typing.get_type_hints(holder, globalns=scope, include_extras=True)["option"]


def is_path(annotation: Any) -> bool:
    """Return whether an annotation is Path or Path | None, with any bounds."""
    return _list_members(annotation) == {Path}


def is_paths(annotation: Any) -> bool:
    """Return whether an annotation is tuple[Path, ...], a list of files, with any bounds."""
    # `_list_members` returns a type that is no class, such as tuple[Path, ...], as a text
    return _list_members(annotation) == {str(tuple[Path, ...])}


def find_paths(options: Mapping[str, Any]) -> dict[str, Path]:
    """Return the paths among the values of options by their places: "path", or "votes[0]" in a list.

    Only a tuple of paths is a list of values here, since an option that holds several files is a tuple.
    """
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
    is_path_type = isinstance(annotation, type) and issubclass(annotation, PurePath)
    return is_path_type or any(map(mentions_path, typing.get_args(annotation)))


def find_assets(annotation: Any) -> list[Asset]:
    """Return the Asset marks (files to download) in an annotation, at any depth; [] if there are none."""
    arguments = typing.get_args(annotation)
    marks = [argument for argument in arguments if isinstance(argument, Asset)]
    return marks + [asset for argument in arguments for asset in find_assets(argument)]


def has_mark(annotation: Any, mark: type) -> bool:
    """Return whether an annotation has a mark: `Annotated[str, Unsigned]` has the mark Unsigned.

    An instance of the mark, as in `Annotated[str, Unsigned()]`, counts too.
    """
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


def list_bounds(annotation: Any) -> list[str]:
    """Return the bounds in an annotation, such as [">= 1", "<= 64"], the innermost last.

    The mark Unsigned, of an option that changes no numbers, adds "in no signature" to the list.
    """
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:  # its arguments are values and no annotations
        return []
    if typing.get_origin(annotation) is not typing.Annotated:
        return [bound for argument in arguments for bound in list_bounds(argument)]
    # A constraint is an argument itself, such as Ge(1), or in the `metadata` of a `Field` of pydantic.
    constraints = [part for item in arguments[1:] for part in (item, *getattr(item, "metadata", ()))]
    outer = [
        template.format(getattr(constraint, field))
        for constraint in constraints
        for field, template in _BOUNDS.items()
        if getattr(constraint, field, None) is not None
    ]
    outer += ["in no signature"] if has_mark(annotation, Unsigned) else []
    return outer + list_bounds(arguments[0])


def describe_patterns(annotation: Any) -> list[str]:
    """Return the description of each text in an annotation that must match a pattern; "" if it has none.

    `Annotated[str, Field(pattern="^https://", description="an address")]` gives ["an address"]. The result is
    [] if no text must match a pattern.
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
    # marks are no annotations; those of a text have been read above
    return texts + [text for each in arguments if each not in marks for text in describe_patterns(each)]


def value_text(annotation: Any, value: Any) -> str:
    """Return the end of a message about a refused value: ", got" and the value, shortened.

    If the annotation has a pattern, the message contains its description instead: a text that does not match
    a pattern may be a secret that the user put into the wrong option.
    """
    descriptions = describe_patterns(annotation)
    if not descriptions:
        return f", got {value!r:.{_MOST_SHOWN}}{_suggest_list(annotation, value)}"
    return "; " + "; ".join([*filter(None, descriptions), "the value is not shown, it may be a secret"])


def _suggest_list(annotation: Any, value: Any) -> str:
    """Return the advice to write a value as a list of one, "; write [1]", or "" if that would not help.

    It helps if the annotation accepts the list, as tuple[int, ...] does.
    """
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

    For a class, it is `__init__`, for another object its `__call__`. Partials and decorators are removed,
    since their annotations were written in the module of the function within.
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
