"""Words that name a component with options: `kid subset_size=100`."""

from __future__ import annotations

import tomllib
from typing import Any

from genbench.core.errors import SuiteError

__all__ = ["read_words"]


def read_words(where: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the options in "name option=value …"; a value that is not TOML is a text.

    `where` begins the message of an error. Raises SuiteError for anything else.
    """
    name, *words = text.split() or [""]
    if not name or not all("=" in word[1:] for word in words):
        raise SuiteError(f"{where}: expected a name, with options if any, such as 'kid subset_size=100'")
    return name, {key: _value(value) for key, _, value in (word.partition("=") for word in words)}


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
