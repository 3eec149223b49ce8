"""The sentence above a table of a board: who wins, what cannot be told apart, and what is suspicious."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from genbench.board.ranking import LEAST_RUNS
from genbench.board.rows import get_interval_ends
from genbench.contract.specs import VOTING_ASPECTS
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names
from genbench.results.copies import describe_copies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rank_rules import RankRule
    from genbench.board.rows import Row
    from genbench.board.warnings import WrongControl

__all__ = ["find_winner", "list_near_copies", "make_verdict"]

_MOST_NAMES = 6  # in a list, of which "3 more" is one: the sentence has to stay short
_MOST_METRICS = 3  # in a list, since lines below the tables name all
_OF_COPIES = ("memorisation", "privacy")  # aspects in which training samples are the worst
_JUDGED = ("", *VOTING_ASPECTS)  # aspects in which a ceiling should win, and noise lose; "": all together


def find_winner(block: Block) -> Row | None:
    """Return the competitor of a block that is significantly better than all others, or None.

    The range of its overall rank is 1 alone. The rank by the means decides nothing here.
    """
    ranked = _list_ranked(block)
    return next((row for row in ranked if row.rank_high == 1 and len(ranked) > 1), None)


def make_verdict(block: Block, wrong: Iterable[WrongControl], rule: RankRule) -> str:
    """Return one sentence on a block, the rows of a table, from significant differences only; "" without any.

    wrong  the metrics of the block that rank a control wrongly
    rule   of the overall rank, which has the aspects of the metrics

    A block with a single competitor has no winner, so its sentence has what is suspicious alone.
    """
    ranks = "; ".join(_describe_ranks(block))
    suspicions = "; ".join(_list_suspicions(block, wrong, rule.aspects))
    if not suspicions:
        return f"{ranks}." if ranks else ""
    return f"{ranks}; suspicious: {suspicions}." if ranks else f"Suspicious: {suspicions}."


def _list_ranked(block: Block) -> list[Row]:
    """Return the competitors with an overall rank; of rows with the same samples the first."""
    return [rows[0] for rows in block.competitor_groups if rows[0].rank is not None]


def _describe_ranks(block: Block) -> Iterator[str]:
    """Yield who wins or that no competitor does, who cannot be told apart, and who has no overall rank."""
    if len(block.competitor_groups) <= 1 or not block.ranked_columns:  # a rank needs a rival, and a metric
        return
    ranked, winner = _list_ranked(block), find_winner(block)
    if len(ranked) <= 1:
        yield f"No winner: {f'only {ranked[0].generator} has an' if ranked else 'there is no'} overall rank"
        return
    if winner is not None:
        yield f"{winner.generator} wins{_describe_aspects(block, winner)}"
        # no other is significantly better than one of these, so no two of them differ
        behind = [row for row in ranked if row.rank_low == 2]  # noqa: PLR2004 - the winner alone is better
        if len(behind) > 1:
            yield f"behind it, {_join(behind)} cannot be told apart"
    else:
        yield _describe_draw(block, ranked)
    if lacking := [rows[0] for rows in block.competitor_groups if rows[0].rank is None]:
        yield f"{_join(lacking)} {'has' if len(lacking) == 1 else 'have'} no overall rank"


def _describe_aspects(block: Block, winner: Row) -> str:
    """Return the aspects in which the winner is significantly better than all others, in words.

    "" where all metrics vote together, as in runs of earlier versions.
    """
    if "" in block.votes:
        return ""
    aspects = [aspect for aspect, standing in winner.aspects.items() if standing.rank_high == 1]
    return f" by {join_names(aspects, _MOST_NAMES)}" if aspects else ", by no aspect alone"


def _describe_draw(block: Block, ranked: Sequence[Row]) -> str:
    """Return that no competitor wins, and which of them may be the first."""
    seeds = max(len(row.seeds) for row in ranked)
    has_no_seeds = all(block.first_entries[column].is_comparison for column in block.voters)
    counted = "1 seed" if seeds == 1 else f"{seeds} seeds"
    if seeds < LEAST_RUNS and all(row.rank_low is None for row in ranked):
        return f"No winner: {counted} {'allows' if seeds == 1 else 'allow'} no test"
    # without a range, no test can show that another is better
    first = [row for row in ranked if row.rank_low in (None, 1)]
    if len(first) == len(ranked):
        reason = "no overall rank can be told from another"
    elif len(first) > 1:
        reason = f"{_join(first)} cannot be told apart"
    else:
        reason = f"{first[0].generator} is not significantly better than all others"
    return f"No winner: {reason}" if has_no_seeds else f"No winner at {counted}: {reason}"


def _list_suspicions(
    block: Block, wrong: Iterable[WrongControl], aspects: Mapping[str, str]
) -> Iterator[str]:
    """Yield what makes the numbers of a block suspicious, in a few words each.

    wrong  the metrics of the block that rank a control wrongly; only aspects count whose votes controls
           decide, since noise wins those of memorisation, and metrics that tell controls apart, and only what
           intervals show
    """
    unranked = group_pairs((reason, row) for row in block.rows for reason in row.unranked)
    yield from (f"{_join(rows)} {_are(rows)} not ranked ({reason})" for reason, rows in unranked.items())
    for row in block.competitors:
        if copies := describe_copies(row.copies, excessive=False):
            yield f"{row.generator}: {copies}"
    yield from (f"{name} is {text}" for name, text in _describe_near_copiers(block, aspects))
    voting = {(c.metric, c.signature) for c in block.voters if block.first_entries[c].vote in _JUDGED}
    notes = [note for note in wrong if (note.metric, note.signature) in voting]
    for role, word in (("ceiling", "better"), ("floor", "worse")):
        shown = [note for note in notes if note.role == role and note.clearly]
        names = {name for note in shown for name in note.clearly}
        if rows := [row for row in block.competitors if row.generator in names]:
            pairs = [(note.control, note.metric) for note in shown]
            yield f"{_join(rows)} {_are(rows)} {word} than {_join_controls(pairs)}"
    if same := [row for row in block.competitors if row.same_samples]:
        yield f"seeds of {_join(same)} share samples"


def list_near_copies(board: Board, row: Row) -> list[str]:
    """Return in which metrics a competitor scores more like an exploit than like a ceiling, in words."""
    blocks = board.blocks(row.dataset)
    pairs = (pair for block in blocks for pair in _describe_near_copiers(block, board.rule.aspects))
    return [text for name, text in pairs if name == row.generator]


def _describe_near_copiers(block: Block, aspects: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (competitor, words) for each competitor that scores more like an exploit than like a ceiling.

    The words are such as "more like train-copies than held-out in near-duplicates".

    aspects  of the metrics
    """
    for (name, exploit, best), metrics in group_pairs(_find_near_copiers(block, aspects)).items():
        yield name, f"more like {exploit} than {best} in {join_names(sorted(metrics), _MOST_METRICS)}"


def _find_near_copiers(
    block: Block, aspects: Mapping[str, str]
) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Yield ((competitor, exploit, ceiling), metric) for each competitor that is nearer to the exploit.

    The metrics are of memorisation and privacy. The exploit, such as copies of training samples, and the
    ceiling, such as unseen samples, have intervals that do not overlap. The competitor's whole interval is on
    the exploit's side of the middle between these. Most of the metrics have no direction, so none is used.
    """
    for column in filter(lambda column: aspects.get(column.metric) in _OF_COPIES, block.columns):
        intervals = list(_list_intervals(block, column))
        ceilings, exploits = (
            [t for t in intervals if t[0].control == role] for role in ("ceiling", "exploit")
        )
        for (best, low, high), (exploit, *worst), (row, *own) in product(ceilings, exploits, intervals):
            is_above = high < worst[0] and own[0] > (high + worst[0]) / 2
            is_below = low > worst[1] and own[1] < (low + worst[1]) / 2
            if row.competes and not row.unranked and (is_above or is_below):
                yield (row.generator, exploit.generator, best.generator), column.metric


def _list_intervals(block: Block, column: Column) -> Iterator[tuple[Row, float, float]]:
    """Yield (row, ends of its interval) for the rows that have one in a column."""
    for row in block.rows:
        if entry := column.find_entry(row):
            low, high = get_interval_ends(entry)
            if low is not None and high is not None:
                yield row, low, high


def _join_controls(pairs: Iterable[tuple[str, str]]) -> str:
    """Return controls and the metrics in which something is said of them, in words: "held-out in fid"."""
    controls, metrics = (join_names(sorted(set(names)), _MOST_METRICS) for names in zip(*pairs, strict=True))
    return f"{controls} in {metrics}"


def _are(rows: Sequence[Row]) -> str:
    """Return the verb for generators."""
    return "is" if len(rows) == 1 else "are"


def _join(rows: Iterable[Row]) -> str:
    """Return the names of generators as a list in words."""
    return join_names((row.generator for row in rows), _MOST_NAMES)
