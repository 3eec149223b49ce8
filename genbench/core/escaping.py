"""Texts that plugins and files chose, as nothing can obey them: no terminal, spreadsheet or page."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["csv_text", "json_text", "markdown_text", "one_line"]

# A cell that begins with one of these is run as a formula by spreadsheets (OWASP, "CSV injection"), in their
# wide forms too. A tab or a line's end, which are also in its list, begins no text on one line.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")

_MARKS = re.compile(r"[\\`*_<&~]|(?<=\])[(\[]")


def one_line(text: str) -> str:
    """Return `text` on one line: runs of white space become one space, unprintable characters escapes.

    Unprintable is also what turns the direction of text about, or has no width.
    """
    joined = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in joined)


def csv_text(text: str) -> str:
    """Return `text` on one line; with an apostrophe in front if a spreadsheet would run it as a formula."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def markdown_text(text: str) -> str:
    """Return `text` on one line, in which nothing is taken for Markdown or HTML within a paragraph."""
    return _MARKS.sub(r"\\\g<0>", one_line(text))


def json_text(value: Any) -> str:
    """Return a JSON-like value as indented JSON in which nothing is left for a terminal to obey."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
