"""A pattern that an option's text has to match, said without loading pydantic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

__all__ = ["Matching"]


@dataclass(frozen=True)
class Matching:
    """What `pydantic.Field(pattern=…, description=…)` marks in `Annotated[str, …]`.

    Options are read where files are fetched or listed too, for which pydantic would be much to load.

    pattern      a regular expression, found anywhere in the text unless it has ^ and $
    description  what the text is
    """

    pattern: str
    description: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return the schema of texts that match; pydantic asks for it."""
        from pydantic_core import core_schema

        return core_schema.str_schema(pattern=self.pattern)
