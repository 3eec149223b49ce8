"""One value of an option: read strictly from JSON, checked in Python, and written as JSON again."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import TypeAdapter

__all__ = ["check_value", "plain_value", "read_value"]


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
