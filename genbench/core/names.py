"""Checks of names, and suggestions for unknown ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.core.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["check_name", "closest", "nearest", "parse_id"]

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
# Texts that pandas or a spreadsheet reads as a missing value, a boolean, a number or a date.
_MISREAD = re.compile(
    r"nan|null|none|na|true|false|inf|infinity"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
    r"|january|february|march|april|june|july|august|september|october|november|december)-?\d+"
)

_SHOWN = 12  # names in one message


def check_name(name: object, what: str) -> str:
    """Return `name`; raise PluginError if it is not a valid name, or if readers of CSV files misread it.

    `what` describes the name in the message.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise PluginError(f"{what} {name!r} is not a name; expected [a-z][a-z0-9-]*, at most 64 characters")
    if _MISREAD.fullmatch(name):
        raise PluginError(f"{what} {name!r} would be misread by spreadsheets or pandas; choose another name")
    return name


def parse_id(metric: str) -> tuple[str, str]:
    """Split a metric's id into name and extractor: `fid[pixels]` gives ("fid", "pixels")."""
    name, _, rest = metric.partition("[")
    return name, rest.removesuffix("]")


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the `known` name that is most like an unknown one, or None if none is like it."""
    import difflib

    return next(iter(difflib.get_close_matches(name, sorted(set(known)), n=1)), None)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown `name`: the nearest `known` name, or the first few."""
    names = sorted(set(known))
    near = closest(name, names)
    if near is not None:
        return f"; did you mean {near!r}?"
    shown = names[:_SHOWN] + ["…"] * (len(names) > _SHOWN)
    return f"; expected one of {', '.join(shown)}" if names else "; there is none"
