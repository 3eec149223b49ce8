"""Annotation of options with a pattern, without importing pydantic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

__all__ = ["Matching"]


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
