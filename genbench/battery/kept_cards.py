"""Cards that were computed before: read from JSON, and shipped by plugins beside the module of their hooks.

A plugin ships the file that `genbench check --battery NAME --format json` printed as `cards/NAME.json` beside
the module that holds its hooks. NAME is that of a metric, or of one of its numbers.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from genbench.battery.card import VERDICTS, Card
from genbench.contract.specs import DIRECTIONS
from genbench.core.errors import DataError
from genbench.core.escaping import one_line
from genbench.core.names import is_metric_id, parse_id
from genbench.files.read import read_regular

if TYPE_CHECKING:
    from genbench.catalog.catalog import Component

__all__ = ["card_files", "read_cards", "shipped_card"]

_FOLDER = "cards"
_MOST_BYTES = 2_000_000  # of a file; the five cards of one metric have 50,000
_SIGNS = ("+", "-", "0", "~", None)


def read_cards(path: Path) -> list[Card]:
    """Return the cards in a file that `genbench check --battery METRIC --format json` printed.

    Raises DataError if it cannot be read, or is no such file.
    """
    try:
        plain = json.loads(read_regular(path, _MOST_BYTES), parse_constant=_refuse, parse_float=_finite)
        cards = _cards(plain)
    except OSError as error:
        raise DataError(f"{one_line(path.name)} cannot be read: {error.strerror}") from error
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        why = one_line(str(error)) or type(error).__name__
        raise DataError(
            f"{one_line(path.name)} holds no cards: {why:.200}; "
            "expected what genbench check --battery METRIC --format json prints"
        ) from error
    return cards


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)


def _cards(plain: Any) -> list[Card]:
    from pydantic import TypeAdapter, ValidationError

    for card in plain:
        expected = card["expected"]
        for fault, levels in expected.items():
            expected[fault] = {level: {"words": words} for level, words in levels.items()}
        for row in card["rows"]:
            row["expected"] = expected[row["fault"]][row["level"]]
    try:
        cards = TypeAdapter(list[Card]).validate_python(plain)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    odd = next((card for card in cards if not _is_sound(card)), None)
    if odd is not None or not cards:
        impossible = "a metric, direction, n, number of seeds, sign or verdict is impossible"
        raise ValueError(impossible if odd else "there is none")
    return cards


def _is_sound(card: Card) -> bool:
    """Return whether all words of a card are known, and it has samples and several seeds."""
    rows_are_known = all(row.verdict in VERDICTS and row.sign in _SIGNS for row in card.rows)
    has_target = card.direction in DIRECTIONS and (card.direction != "target" or card.best is not None)
    has_samples = card.n > 0 and card.seeds > 1
    return is_metric_id(card.metric) and has_target and rows_are_known and has_samples


def card_files(component: Component) -> list[Path]:
    """Return the files of cards that a plugin ships for a metric, sorted by name."""
    file = getattr(sys.modules.get(component.owner.module), "__file__", None)
    folder = Path(file).parent / _FOLDER if file else None
    files = [] if folder is None else [folder / f"{name}.json" for name in sorted(component.names)]
    return [file for file in files if file.is_file()]


def shipped_card(component: Component, output: str) -> Card | None:
    """Return the card of a number of a metric that its plugin ships, or None if there is none.

    Raises DataError if a file of cards cannot be read.
    """
    cards = [card for file in card_files(component) for card in read_cards(file)]
    own = [card for card in cards if card.component == component.reference]
    return next((card for card in own if parse_id(card.metric)[0] == output), None)
