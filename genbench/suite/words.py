"""Words that name a component with options: `kid subset_size=100`."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import Any

from genbench.core.errors import SuiteError

__all__ = ["read_words"]

_QUOTED = r""""(?:[^"\\]|\\.)*"|'[^']*'"""
_WORD = rf"(?:{_QUOTED}|\S)+"


def read_words(where: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the options in "name option=value …"; a value that is not TOML is a text.

    Spaces in single or double quotes do not end a value or an "option=value", as in a shell.
    `where` begins the message of an error. Raises SuiteError for anything else.
    """
    name, *words = [_unquoted(word) for word in re.findall(_WORD, text)] or [""]
    if not name or not all("=" in word[1:] for word in words):
        raise SuiteError(f"{where}: expected a name, with options if any, such as 'kid subset_size=100'")
    return name, {key: _value(value) for key, _, value in (word.partition("=") for word in words)}


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return _unquoted(text)


def _unquoted(text: str) -> str:
    """Return a text without the quotes around all of it, if it has such."""
    return shlex.split(text)[0] if re.fullmatch(_QUOTED, text) else text
