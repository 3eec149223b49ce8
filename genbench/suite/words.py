"""Words that name a component with options: `kid subset_size=100`."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from typing import TYPE_CHECKING, Any

from genbench.core.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_words", "written_words"]

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


def written_words(table: Mapping[str, Any]) -> str:
    """Return a component and its options as `read_words` reads them; `use` is the name."""
    options = (f"{name}={_written(value)}" for name, value in table.items() if name != "use")
    return " ".join([str(table.get("use", "")), *options])


def _written(value: Any) -> str:
    """Return a value as TOML, or a text as it is if it comes back as the same text."""
    is_plain = isinstance(value, str) and not set(value) & set(" \t\n\"'") and _value(value) == value
    return value if is_plain else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return _unquoted(text)


def _unquoted(text: str) -> str:
    """Return a text without the quotes around all of it, if it has such."""
    return shlex.split(text)[0] if re.fullmatch(_QUOTED, text) else text
