"""Cards that were computed before: read from JSON, and shipped by plugins beside the module of their hooks.

A plugin ships the file that `genbench battery NAME --format json` printed as `cards/NAME.json` beside
the module that holds its hooks. NAME is that of a metric, or of one of its numbers.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from genbench.checks.battery.card import VERDICTS, Card
from genbench.contract.specs import DIRECTIONS
from genbench.core.errors import DataError, SuiteError
from genbench.core.escaping import one_line
from genbench.core.names import is_metric_id, parse_id
from genbench.files.read import read_regular

if TYPE_CHECKING:
    from genbench.catalog.catalog import Catalog, Component

__all__ = ["find_card", "find_cards", "list_card_files", "read_cards"]

_MOST_BYTES = 2_000_000  # of a file; the five cards of one metric have 50,000
_EXPECTED = "expected what genbench battery METRIC --format json prints"
_SIGNS = ("+", "-", "0", "~", None)  # as in CardRow


def read_cards(path: Path) -> list[Card]:
    """Return the cards in a file that `genbench battery METRIC --format json` printed.

    A card says which planted faults one number of a metric detects. Raises DataError if the file cannot be
    read, or is no such file.
    """
    name = one_line(path.name)
    try:
        text = read_regular(path, _MOST_BYTES)
        cards = _parse_cards(json.loads(text, parse_constant=_refuse_constant, parse_float=_read_finite))
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror}; {_EXPECTED}") from error
    except (ValueError, RecursionError) as error:
        reason = one_line(_describe_error(error))
        raise DataError(f"{name} holds no cards: {reason:.200}; {_EXPECTED}") from error
    return cards


def _describe_error(error: ValueError | RecursionError) -> str:
    """Return what is wrong with a file, for a message; it quotes none of the file's content."""
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is no UTF-8 text"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _refuse_constant(constant: str) -> NoReturn:
    """Raise ValueError for NaN and Infinity, which Python's parser accepts and JSON lacks."""
    raise ValueError(f"{constant} is no number")


def _read_finite(text: str) -> float:
    """Return a number; raise ValueError for one such as 1e999, which is infinite."""
    value = float(text)
    return value if math.isfinite(value) else _refuse_constant(text)


def _parse_cards(plain: Any) -> list[Card]:
    """Return the cards in parsed JSON; raise ValueError for another form, or for impossible values.

    `plain` is changed: its expectations of a fault's effect get the form in which pydantic reads an Expected.
    """
    from pydantic import TypeAdapter, ValidationError

    if not isinstance(plain, list) or not plain:
        raise ValueError("there is none" if plain == [] else "it is no list of cards")
    for card in plain:
        _join_expected(card)
    try:
        cards = TypeAdapter(list[Card]).validate_python(plain)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    # a card has a row for each planted fault, and in `left_out` the faults that were not planted
    if not all(card.rows or card.left_out for card in cards):
        raise ValueError("a card has no rows")
    if not all(map(_is_possible, cards)):
        raise ValueError("a metric, direction, n, number of seeds, sign or verdict is impossible")
    return cards


def _join_expected(card: Any) -> None:
    """Change a parsed card so that pydantic can read `expected` of the card and of its rows as an Expected.

    In the card, `expected` has a list of words by fault and level. In a row, it is a text for people, which
    is replaced by the card's words for the row's fault and level. Raises ValueError if there are none.
    """
    try:
        card["expected"] = {
            fault: {level: {"words": words} for level, words in levels.items()}
            for fault, levels in card["expected"].items()
        }
        named_rows = [(row, f"{row['fault']} {row['level']}") for row in card["rows"]]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("a card has no table `expected`, or no list `rows`") from error
    for row, name in named_rows:
        try:
            row["expected"] = card["expected"][row["fault"]][row["level"]]
        except (KeyError, TypeError) as error:
            raise ValueError(f"a row has the fault {name!r}, which `expected` lacks") from error


def _is_possible(card: Card) -> bool:
    """Return whether a battery, which plants faults at several seeds, can give a card with these values.

    Verdicts, signs and the direction are those that genbench writes.
    """
    rows_are_known = all(row.verdict in VERDICTS and row.sign in _SIGNS for row in card.rows)
    has_target = card.direction in DIRECTIONS and (card.direction != "target" or card.best is not None)
    has_samples = card.n > 0 and card.seeds > 1
    return is_metric_id(card.metric) and has_target and rows_are_known and has_samples


def list_card_files(component: Component) -> list[Path]:
    """Return the files of cards that a plugin ships for a metric, sorted by name.

    A card says which planted faults a metric detects. A file is named after the metric, or after one of its
    numbers, and lies in a folder beside the plugin's module.
    """
    file = getattr(sys.modules.get(component.owner.module), "__file__", None)
    folder = Path(file).parent / "cards" if file else None
    files = [] if folder is None else [folder / f"{name}.json" for name in sorted(component.names)]
    return [file for file in files if file.is_file()]


def find_cards(catalog: Catalog, reference: str) -> list[Card]:
    """Return the cards that a plugin ships for a metric, or for one of its numbers: "[distribution:]name".

    Raises SuiteError for an unknown metric, and for one without a card of its version; DataError if a file
    of cards cannot be read.
    """
    component, outputs = catalog.find_metric(reference)
    version = component.spec.version
    cards = [card for output in outputs if (card := find_card(component, output))]
    advice = f"compute one with genbench battery {reference}"
    if not cards:
        raise SuiteError(f"{component.who} ships no card of {reference}; {advice}")
    for card in cards:
        if card.version != version:
            raise SuiteError(
                f"the card of {reference} is of version {card.version} of the metric, and this is version "
                f"{version}; {advice}"
            )
    return cards


def find_card(component: Component, output: str) -> Card | None:
    """Return the card of a number of a metric that its plugin ships, or None if there is none.

    Raises DataError if a file of cards cannot be read.
    """
    cards = [card for file in list_card_files(component) for card in read_cards(file)]
    # a file may hold cards of another metric, which the check `card` refuses
    own_cards = [card for card in cards if card.component == component.reference]
    return next((card for card in own_cards if parse_id(card.metric)[0] == output), None)
