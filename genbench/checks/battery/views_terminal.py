"""Cards in a terminal: a line for each fault and level, and remarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from genbench.board.fitted_table import FittedTable, open_table
from genbench.board.numbers import direction_text, format_number
from genbench.board.terminal import plain_text
from genbench.checks.battery.card import VERDICTS, format_numbers
from genbench.contract.expected import Expected, format_expected
from genbench.core.grouping import group_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, JustifyMethod

    from genbench.checks.battery.card import Card, CardRow

__all__ = ["print_card"]

_STYLES = {
    "right": "green",
    "known": "yellow",
    "wrong": "bold red",
    "failed": "bold red",
    "faint": "",
    "unseen": "",
    "unjudged": "dim",
    "no value": "dim",
}
_LEVEL = 8  # the most characters of a word in a level, such as "of range"


def print_card(console: Console, card: Card) -> None:
    """Print a card: head, table of faults, and remarks; only a line of code may be wider than the console.

    A card is the result of a battery, which measures how planted faults change the score of a metric.
    """
    console.print(Text(plain_text(console, _describe_card(card)), style="bold"))
    console.print(Text(plain_text(console, _describe_floor(card))))
    console.print()
    table = _make_table(card)
    console.print(table if table.fits_wrapped(console) else _make_table(card, with_expected=False))
    console.print()
    for style, kind, line in _describe_remarks(card):
        head = f"{kind}: " if kind else "    "  # a line without a kind is code to copy, which is not wrapped
        console.print(Text.assemble((head, style), plain_text(console, line)), soft_wrap=not kind)


def _describe_card(card: Card) -> str:
    """Return the head of a card: metric, dataset, sample count, seeds, and which direction is better."""
    better = direction_text(card.direction, card.best)
    return f"{card.metric} on {card.dataset}, n = {card.n}, {card.seeds} seeds: {better}"


def _describe_floor(card: Card) -> str:
    """Return the line of the floor: the scores of real data against real data, and their spread.

    The spread is the unit in which the table gives the effects of faults.
    """
    floor = card.floor
    values = f"{format_number(min(floor.values))} to {format_number(max(floor.values))}"
    spread = "their standard deviation"
    if card.direction == "target":
        spread = f"the standard deviation of their distances from {card.best:g}"
    mean, sd = format_number(floor.mean), format_number(floor.sd, 2)
    return f"real against real: {mean}, from {values}; floor = {sd}, {spread}"


def _make_table(card: Card, *, with_expected: bool = True) -> FittedTable:
    """Return the table of a card, with the column "expected" or without it."""
    texts = ("fault", "level", "expected", "verdict")
    optional: list[tuple[str, JustifyMethod]] = [("expected", "left")] if with_expected else []
    table = open_table(
        ("fault", "left"), ("level", "left"), ("score", "right"), ("change/floor", "right"),
        ("moved", "left"), *optional, ("verdict", "left"), wrapped=texts,
    )  # fmt: skip
    table.least = _LEVEL
    previous = ""
    for row in card.rows:
        name = "" if row.fault == previous else row.fault
        verdict = Text(VERDICTS[row.verdict], style=_STYLES[row.verdict])
        change = row.describe_change(card.direction)
        expected = (_join_expected(row),) if with_expected else ()
        # `format_numbers` returns the texts of "score" and "change/floor"; `change` is the text of "moved"
        table.add_row(name, row.level, *format_numbers(row), change, *expected, verdict)
        previous = row.fault
    return table


def _join_expected(row: CardRow) -> str:
    """Return what a row's score should do, such as "worse | unchanged".

    If the metric declares only known failures, these are returned; each has a reason.
    """
    return " | ".join(row.expected.correct_words or row.expected.reasons)


def _describe_remarks(card: Card) -> Iterator[tuple[str, str, str]]:
    """Yield (style, kind, text) of the remarks below the table.

    A remark with the kind "" is a line of code to copy, and belongs to the remark above it. The floor is the
    spread of the scores of real data against real data: a metric detects a fault that moves its score beyond
    the floor. A metric that detects no fault is blind.
    """
    # by fault, the mildest level that the metric detects, None if it detects none
    mildest = card.find_mildest_levels()
    detected = [f"{fault} {level}" for fault, level in mildest.items() if level is not None]
    yield "bold", "seen beyond the floor from", ", ".join(detected) or "nothing"
    if undetected := [fault for fault, level in mildest.items() if level is None]:
        yield "bold", "not seen beyond it", ", ".join(undetected)
    yield from (("yellow", "warning", line) for line in card.warnings)
    if card.direction != "none" and not card.has_damage:
        yield "bold", "no fault applies", "none of the installed plugins has damage for these samples"
    if card.is_blind:
        yield (
            _STYLES["wrong"],
            "BLIND",
            "no fault moved it by more than two real sets differ, and yet it ranks",
        )
    if card.is_reversed:
        yield _STYLES["wrong"], "hint", "the direction looks reversed: damage that shows scores better"
    reasons = [(row.verdict, row.reason, row.fault, row.level) for row in card.rows if row.reason]
    yield from ((_STYLES[verdict], VERDICTS[verdict], line) for verdict, line in _group_by_reason(reasons))
    wrong = [row for row in card.rows if row.verdict == "wrong"]
    for fault in dict.fromkeys(row.fault for row in wrong):
        yield from _describe_wrong(card, [row for row in wrong if row.fault == fault])
    left_out = [("left out", omitted.reason, omitted.fault, omitted.level) for omitted in card.left_out]
    yield from (("dim", kind, line) for kind, line in _group_by_reason(left_out))


def _group_by_reason(remarks: Sequence[tuple[str, str, str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (kind, line) for each kind and reason, with all faults and levels that share them.

    remarks  (kind, reason, fault, level) of each remark
    """
    groups = group_pairs(((kind, reason), (fault, level)) for kind, reason, fault, level in remarks)
    for (kind, reason), pairs in groups.items():
        faults = "; ".join(f"{fault} {', '.join(levels)}" for fault, levels in group_pairs(pairs).items())
        yield kind, f"{faults}: {reason}"


def _describe_wrong(card: Card, rows: Sequence[CardRow]) -> Iterator[tuple[str, str, str]]:
    """Yield (style, kind, text) of two remarks: what is wrong under a fault, and the code that declares it.

    rows  of this fault, with the verdict "wrong"
    """
    fault, names = rows[0].fault, ", ".join(row.level for row in rows)
    yield _STYLES["wrong"], "WRONG", f"{fault} {names}: mend the metric, or declare what it does:"
    # Each wrong level becomes a known failure: what the score does there, and "why", which the author
    # replaces by the reason. Other levels keep their expectation; a card has one for every level, in order.
    failures = {row.level: Expected(((row.describe_change(card.direction), "why"),)) for row in rows}
    expectations = tuple({**card.expected[fault], **failures}.values())
    # if they are equal at all levels, one expectation stands for all
    code = format_expected(expectations[0] if len(set(expectations)) == 1 else expectations)
    yield "", "", f'expects={{"{fault}": {code}}}'  # on a line of its own, so that no line break cuts it
