"""Keys of endpoints, read from environment variables and kept out of messages, files and samples."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genbench import Redactor, SuiteError

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

__all__ = ["NAME", "VARIABLE", "Matching", "Secret"]

#: The pattern of a variable's name, which no key matches.
VARIABLE = r"^[A-Z_][A-Z0-9_]*$"

NAME = "the name of a variable such as OPENAI_API_KEY; put the key in that variable, never in a suite"

_KEY = re.compile(r"[!-~]+")  # what a header can hold: visible ASCII

_SECRET = 16  # characters; a shorter text is no secret: local servers ask for "EMPTY"


@dataclass(frozen=True)
class Secret:
    """A key; "" where none is needed."""

    _key: str = field(default="", repr=False)

    @classmethod
    def of(cls, variable: str | None) -> Secret:
        """Return the key in an environment variable, or none if none is named.

        Raises SuiteError if `variable` is not a name, or if the variable is not set or holds no key. The
        message shows neither the key nor a text that is not a name, since that may be the key itself.
        """
        if variable is None:
            return cls()
        if not re.fullmatch(VARIABLE, variable):
            raise SuiteError("key_env is no name of an environment variable; expected one such as "
                             "OPENAI_API_KEY, and the key in that variable, never in the suite")  # fmt: skip
        key = os.environ.get(variable, "").strip()
        if not _KEY.fullmatch(key):
            problem = "holds something that is no key" if key else "is not set"
            raise SuiteError(f"the environment variable {variable}, which key_env names, {problem}; "
                             f"set it to the endpoint's key")  # fmt: skip
        return cls(key)

    def __bool__(self) -> bool:
        """Return whether there is a key."""
        return bool(self._key)

    def headers(self) -> dict[str, str]:
        """Return the HTTP header that shows the key to an endpoint."""
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}

    @cached_property
    def redactor(self) -> Redactor:
        """What removes the key from texts; one of fewer than 8 characters stays."""
        return Redactor([self._key])

    def is_in_json(self, value: Any) -> bool:
        """Return whether a JSON-like value holds the whole key; a short one may occur in any sample."""
        return len(self._key) >= _SECRET and self.redactor.holds(value)


# Annotation of options with a pattern, without importing pydantic.


@dataclass(frozen=True)
class Matching:
    """The same as `pydantic.Field(pattern=…, description=…)` in `Annotated[str, …]`.

    Listing components also reads options, and importing pydantic would slow it down.

    pattern      a regular expression that matches anywhere in the text, unless it has ^ and $
    description  of the text
    """

    pattern: str
    description: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return the schema of matching texts; pydantic calls this."""
        from pydantic_core import core_schema

        return core_schema.str_schema(pattern=self.pattern)
