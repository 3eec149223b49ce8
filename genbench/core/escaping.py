"""Escaping of untrusted texts for terminals, CSV, Markdown and JSON."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["csv_text", "escape_surrogates", "escape_unprintable", "json_text", "markdown_text", "one_line"]

# Spreadsheets run a cell that begins with one of these, or its full-width form, as a formula (OWASP, "CSV
# injection"). OWASP also lists tab and line ends, with which no text on one line begins.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")

#: Characters that mean something in Markdown: anywhere, after "]", or at the beginning of a line.
_MARKS = re.compile(r"[\\`*_<&~]|(?<=\])[(\[]|^[#>+=-]")
#: The beginning of a numbered item, and of the definition of a link, which is not shown.
_ITEM = re.compile(r"^(\d{1,9}(?=[.)])|\[[^\]]+\](?=:))")


def one_line(text: str) -> str:
    """Return `text` on one line: white space collapsed to single spaces, unprintable characters escaped.

    Characters that change the text direction or have no width count as unprintable.
    """
    return escape_unprintable(" ".join(text.split()))


def escape_unprintable(text: str, keep: str = "\n") -> str:
    """Return `text` with its unprintable characters escaped as in Python source.

    keep  unprintable characters that stay as they are
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in keep else c.encode("unicode_escape").decode("ascii") for c in text
    )


def csv_text(text: str) -> str:
    """Return `text` on one line, with an apostrophe in front if a spreadsheet would run it as a formula."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def escape_surrogates(text: str) -> str:
    """Return `text` with its unpaired surrogates, which UTF-8 cannot hold, escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def markdown_text(text: str) -> str:
    """Return `text` on one line, with Markdown and HTML escaped for a paragraph, a heading or a list item."""
    return _ITEM.sub(r"\g<0>\\", _MARKS.sub(r"\\\g<0>", one_line(text)))


def json_text(value: Any) -> str:
    """Return a JSON-like value as indented JSON with unprintable characters escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    # `json.dumps` of one character is its escape between two quotes; line ends are those of the indentation,
    # since JSON escapes them within texts
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
