"""Checks of names and of the ids on boards, and suggestions for unknown names.

Suites name components, and results hold ids made of these names. The same rules apply to both, so results of
unknown origin hold no id that a run could not have written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.core.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "COLUMNS", "MOST_RUN_NAME", "check_metric_name", "check_name", "closest", "file_version",
    "is_generator_id", "is_metric_id", "is_name", "is_plugin_file_version", "is_title", "join_names",
    "join_seeds", "parse_id", "suggest_names",
]  # fmt: skip

#: Columns of every leaderboard; no metric can have their names. The other columns are parts of one, such as
#: `rank:low`, and no id contains a colon.
COLUMNS = ("dataset", "generator", "plugin", "seeds", "n", "rank", "caution")

#: Characters of a run's name on a merged board, the number of a repeated name apart: as many as a name has.
MOST_RUN_NAME = 64

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
# Texts that pandas or a spreadsheet reads as a missing value, a boolean, a number or a date.
_MISREAD = re.compile(
    r"nan|null|none|na|true|false|inf|infinity"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
    r"|january|february|march|april|june|july|august|september|october|november|december)-?\d+"
)

_RUN = re.compile(r"[a-z0-9-]{1,80}")  # a run on a merged board: MOST_RUN_NAME characters and a number
_ID = re.compile(r"([^\[\]]+)(?:\[([^\[\]]+)\])?")  # of a metric: name and extractor

_FILE_VERSION_PREFIX = "0+"  # begins the version of a plugin file

_MOST_LISTED = 5  # names in one message, so that it stays short; commands list all


def file_version(sha256: str) -> str:
    """Return the version of a plugin file, which has no distribution: "0+" and a part of its code's hash."""
    return f"{_FILE_VERSION_PREFIX}{sha256[:8]}"


def is_plugin_file_version(version: str) -> bool:
    """Return whether a version is one that `file_version` gives a plugin file."""
    return version.startswith(_FILE_VERSION_PREFIX)


def is_name(value: object) -> bool:
    """Return whether `value` is a name that a component or an entry of a suite may have.

    Names that pandas or a spreadsheet would read as something else, such as "true" or "jan-1", are excluded.
    """
    return isinstance(value, str) and bool(_NAME.fullmatch(value)) and not _MISREAD.fullmatch(value)


def check_name(name: object, what: str) -> str:
    """Return `name`; raise PluginError if it is not a valid name, or if readers of CSV files misread it.

    `what` describes the name in the message.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise PluginError(f"{what} {name!r} is not a name; expected [a-z][a-z0-9-]*, at most 64 characters")
    if _MISREAD.fullmatch(name):
        raise PluginError(f"{what} {name!r} would be misread by spreadsheets or pandas; choose another name")
    return name


def check_metric_name(name: object, what: str) -> str:
    """Return `name`; raise PluginError if it is no valid name, or the name of a column of every board.

    "rank" is a column of every board. `what` describes the name in the message.
    """
    checked = check_name(name, what)
    if checked in COLUMNS:
        raise PluginError(f"{what} {name!r} is a column of every board; choose another name")
    return checked


def is_metric_id(value: object) -> bool:
    """Return whether `value` is a metric's id: NAME or NAME[EXTRACTOR].

    Columns that every board has, such as "rank", are no ids.
    """
    match = _ID.fullmatch(value) if isinstance(value, str) else None
    if match is None or value in COLUMNS:
        return False
    return all(is_name(name) for name in match.groups() if name is not None)  # None: without an extractor


def is_generator_id(value: object) -> bool:
    """Return whether `value` is a generator's id: NAME, or NAME@RUN on a merged board."""
    name, at, run = value.partition("@") if isinstance(value, str) else ("", "", "")  # "" is no name
    return is_name(name) and (not at or _RUN.fullmatch(run) is not None)  # without an "@", it names no run


def is_title(value: object) -> bool:
    """Return whether `value` is the title of a board: a suite's name, or "RUN and RUN" for merged runs."""
    return isinstance(value, str) and all(_RUN.fullmatch(name) for name in value.split(" and "))


def parse_id(metric: str) -> tuple[str, str]:
    """Return the name and the extractor in a metric's id: `fid[pixels]` gives ("fid", "pixels").

    Without an extractor, the second is "".
    """
    name, _, rest = metric.partition("[")
    return name, rest.removesuffix("]")


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the `known` name that is most like an unknown one in any case, or None if none is like it.

    A name of the same letters in another order comes first: `fdi` is `fid`, not `fld`. Then comes one of the
    same initials: `IS` is `inception-score`.
    """
    import difflib

    names, wanted = {each.casefold(): each for each in sorted(set(known), reverse=True)}, name.casefold()
    permuted = [each for each in sorted(names) if sorted(each) == sorted(wanted)]
    initials = [each for each in sorted(names) if [part[:1] for part in each.split("-")] == list(wanted)]
    similar = difflib.get_close_matches(wanted, permuted, n=1) or initials[:1]
    similar = similar or difflib.get_close_matches(wanted, sorted(names), n=1)
    return names[similar[0]] if similar else None


def join_names(names: Iterable[str], most: int = 4) -> str:
    """Return names as a list in words: "a", "a and b", "a, b and c", "a, b, c and 9 more".

    most  names in the list, of which "9 more" is one
    """
    texts = list(names)
    if len(texts) > most:
        texts = [*texts[: most - 1], f"{len(texts) - most + 1} more"]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))  # a single name has none before


def join_seeds(seeds: Iterable[int]) -> str:
    """Return seeds in words: "seed 1", "seeds 0 and 2"; more than nine are counted."""
    texts = [str(seed) for seed in sorted(seeds)]
    return f"{'seed' if len(texts) == 1 else 'seeds'} {join_names(texts, 9)}"


def suggest_names(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown `name`: the nearest `known` name, or the first few.

    Examples are "; did you mean 'fid'?", "; expected one of fid, kid" and "; there is none".
    """
    names = sorted(set(known))
    near = closest(name, names)
    if near is not None:
        return f"; did you mean {near!r}?"
    listed = names[:_MOST_LISTED] + ["…"] * (len(names) > _MOST_LISTED)
    return f"; expected one of {', '.join(listed)}" if names else "; there is none"
