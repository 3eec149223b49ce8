"""Whether a text can be written as UTF-8."""

from __future__ import annotations

from genbench import Undefined

__all__ = ["check_encodable"]


def check_encodable(text: str) -> None:
    """Raise Undefined if a text holds half of a surrogate pair, which no model has a symbol for."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Undefined(f"a text holds {text[error.start]!r}, half of a character") from error
