"""Types of the fields of sealed files, which are untrusted input: seals show damage, not honesty.

pydantic reads these annotations. It loads when the first file is read, since it would slow down commands that
read none.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from genbench.contract.signature import SIDES
from genbench.contract.specs import CONTROLS, DIRECTIONS
from genbench.core.escaping import one_line
from genbench.core.names import is_generator_id, is_metric_id, is_name, is_title
from genbench.core.scores import STATUSES, is_score

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

__all__ = [
    "FORBID_EXTRA", "Control", "Count", "Direction", "Flag", "GeneratorId", "Hash", "Key",
    "Line", "MetricId", "Name", "Number", "Parsed", "PlainTable", "Positive", "Score", "Side", "Size",
    "Status", "Table", "Text", "Title", "Whole", "is_finite", "is_number", "is_whole", "parse", "valid",
]  # fmt: skip

T = TypeVar("T")

#: The setting of pydantic for a class whose JSON may have no other fields: one that is new, or misspelt.
FORBID_EXTRA = {"extra": "forbid"}

_KEY = re.compile(r"[0-9a-f]{64}")
_GREATEST = 2**63 - 1  # maximum of int64, the type of a frame's column
_MOST_CHARACTERS = 300  # characters of a distribution with its version
_MOST_SHOWN = 80  # characters of a value in a message


class Parsed:
    """Annotation of a field with the function that reads its JSON value, or raises ValueError."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        """Keep `read`, which returns a field's value, given its JSON value, or raises ValueError."""
        self.read = read

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema by which pydantic reads the field: it calls `read` and checks nothing else."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.read)


def valid(is_valid: Callable[[Any], bool]) -> Parsed:
    """Return an annotation for a field whose JSON value is kept as it is.

    is_valid  returns whether a value is allowed; for others, reading the file raises ValueError
    """

    def read(value: Any) -> Any:
        """Return an allowed value as it is; raise ValueError for others."""
        if not is_valid(value):
            raise ValueError  # without a text: `parse` makes the message, with the field and the value
        return value

    return Parsed(read)


def parse(kind: Callable[..., T], value: Any) -> T:
    """Return a JSON value as a value of the type `kind`, by its annotations, such as a dataclass.

    Raises ValueError, with the first field that has another form, in one line.
    """
    from pydantic import ValidationError

    try:
        parsed: T = _make_adapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"  # the value itself has no name
        why = first["msg"].removeprefix("Value error, ")  # "" where `valid` refused the value
        text = f"{place:.{_MOST_SHOWN}} cannot be {first['input']!r:.{_MOST_SHOWN}}{': ' if why else ''}{why}"
        raise ValueError(one_line(text)) from error
    return parsed


@functools.cache
def _make_adapter(kind: Any) -> TypeAdapter[Any]:
    """Return pydantic's validator of a type, cached, since building one takes longer than using it."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def is_whole(value: Any) -> bool:
    """Return whether a value is an integer that fits into 64 bits."""
    return type(value) is int and abs(value) <= _GREATEST


def is_number(value: Any) -> bool:
    """Return whether a value is a float, or an integer that fits into 64 bits."""
    return type(value) is float or is_whole(value)


def is_finite(value: Any) -> bool:
    """Return whether a value is a finite float, or an integer that fits into 64 bits."""
    return is_number(value) and math.isfinite(value)


def _is_key(value: Any) -> bool:
    """Return whether a value is a SHA-256 as text: 64 lower-case hex digits."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _is_line(value: Any) -> bool:
    """Return whether a value is a printable text of one line, of at most 300 characters."""
    return isinstance(value, str) and len(value) <= _MOST_CHARACTERS and value.isprintable()


def _has_plain_numbers(value: Any) -> bool:
    """Return whether all integers in a JSON value are small enough for floats: at most 1e150 in size."""
    if isinstance(value, (dict, list)):
        return all(map(_has_plain_numbers, value.values() if isinstance(value, dict) else value))
    return type(value) is not int or is_score(value)  # texts, booleans, floats and None pass


def _is_size(value: Any) -> bool:
    """Return whether a value is a positive integer, or a table of such integers by the id of a dataset."""
    # a table whose keys are no ids becomes [table] here, and fails below since it is no integer
    numbers = value.values() if isinstance(value, dict) and all(map(is_name, value)) else [value]
    return bool(numbers) and all(is_whole(number) and number > 0 for number in numbers)


# pydantic would convert "1" to 1 and True to 1.0, so each type has a check of its own.
Text = Annotated[str, valid(lambda value: isinstance(value, str))]
Flag = Annotated[bool, valid(lambda value: isinstance(value, bool))]
Whole = Annotated[int, valid(is_whole)]
Count = Annotated[int, valid(lambda value: is_whole(value) and value >= 0)]
Positive = Annotated[int, valid(lambda value: is_whole(value) and value > 0)]
Number = Annotated[float, valid(is_number)]
Score = Annotated[float, valid(lambda value: is_number(value) and is_score(value))]
Table = Annotated[Mapping[str, Any], valid(lambda value: isinstance(value, dict))]
PlainTable = Annotated[
    Mapping[str, Any], valid(lambda value: isinstance(value, dict) and _has_plain_numbers(value))
]
Key = Annotated[str, valid(_is_key)]  # of a record or trace, whose file it names
Hash = Annotated[str, valid(lambda value: value == "" or _is_key(value))]
Line = Annotated[str, valid(_is_line)]
Name = Annotated[str, valid(is_name)]
GeneratorId = Annotated[str, valid(is_generator_id)]
MetricId = Annotated[str, valid(is_metric_id)]
Title = Annotated[str, valid(is_title)]
Control = Annotated[str, valid(lambda value: isinstance(value, str) and value in CONTROLS)]
Direction = Annotated[str, valid(lambda value: isinstance(value, str) and value in DIRECTIONS)]
Status = Annotated[str, valid(lambda value: isinstance(value, str) and value in STATUSES)]
Side = Annotated[str, valid(lambda value: value in SIDES)]
Size = Annotated[Any, valid(_is_size)]
