"""Check that a text can be encoded as UTF-8."""

from __future__ import annotations

from genbench import Undefined

__all__ = ["check_encodable"]


def check_encodable(text: str) -> None:
    """Raise Undefined if a text contains an unpaired surrogate, for which no model has a symbol."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Undefined(
            f"a text contains {text[error.start]!r}, an unpaired surrogate; take it out of the text"
        ) from error
