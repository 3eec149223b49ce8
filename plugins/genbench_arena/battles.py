"""`battle-rating`: ratings of models from tables of battles, as FastChat and Chatbot Arena publish them.

A table of battles is a CSV with a row for each: `model_a`, `model_b`, `winner`, and, if known, who judged,
`rater` or `judge`, what was asked, `prompt` or `question_id`, and when, `tstamp`, `timestamp` or `time`. Its
other columns only tell whether a row repeats another one.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from pathlib import Path  # noqa: TC003 - the host reads the types of options
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genbench import Score, Undefined, fold_text, read_regular
from genbench_arena.paired import Comparisons
from genbench_arena.preference import Ties, rate
from genbench_arena.votes import fold_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from genbench import Samples

__all__ = ["Battle", "battle_rating", "read_battles"]

_OUTCOMES = {"model_a": 1.0, "model_b": 0.0, "tie": 0.5, "tie (bothbad)": 0.5, "both_bad": 0.5}
_RATERS = ("rater", "judge")  # columns that say who judged; FastChat's tables have the second
_PROMPTS = ("prompt", "question_id")  # columns that say what was asked; FastChat's tables have the second
_TIMES = ("tstamp", "timestamp", "time")  # columns that say when; FastChat's tables have the first
_FEWEST = 10  # equal votes of one rater that are worth a warning: fewer are half of a tiny table only
_MOST_BYTES = 2**30  # a million battles with their prompts; without prompts, they take 40 MB


class Battle(NamedTuple):
    """One battle: its models, 1 if the first won, 0 if the second, else 0.5, and who judged, or "".

    Names of raters are folded, so that names that look alike are equal.

    key  equal for battles of which one counts; None if each counts
    """

    first: str
    second: str
    outcome: float
    rater: str
    key: object


def battle_rating(
    fakes: Mapping[str, Samples], *, votes: tuple[Path, ...] = (), ties: Ties = "half"
) -> dict[str, Score | Undefined]:
    """Return the rating of each model: 1000 is the mean of all, 400 more are odds of 10 to 1.

        P(first wins) = 1 / (1 + 10^((second - first) / 400))

    votes  tables of battles, CSV
    ties   a tie is half a win of both; or a model that gives ties a chance (see paired)
    fakes  its samples are not read; if it names generators, models of other names are refused

    A second vote of a rater on two models under one prompt is not counted. Nor is a row with a time or a
    prompt that equals an earlier row in all columns. A warning names equal votes on one pair, of
    one rater if raters are known, that are more than half of all.

    Without raters, the 95 % interval is that of arena-rank: a sandwich of single battles, with the quantile
    of a normal law. With raters it is that of `preference`, clustered by rater. An Undefined says why a model
    has no finite rating.

    Source: Bradley and Terry 1952, Biometrika 39; Chatbot Arena (Chiang et al. 2024), arXiv:2403.04132.
    """
    cast = read_battles(votes)
    battles = _drop_repeats(cast)
    names = sorted({name for battle in battles for name in battle[:2]})
    if strange := sorted(set(names) - set(fakes)) if fakes else []:
        raise Undefined(
            f"the battles name {strange[0]!r}, which is no generator of this run; rename it there, or add "
            "it to the suite"
        )
    place = {name: number for number, name in enumerate(names)}
    comparisons = Comparisons(
        count=len(names),
        first=np.array([place[battle.first] for battle in battles]),
        second=np.array([place[battle.second] for battle in battles]),
        outcome=np.array([battle.outcome for battle in battles]),
        covariates=np.zeros((len(battles), 0)),
    )
    who = [battle.rater for battle in battles]
    raters = None if not any(who) else np.unique(who, return_inverse=True)[1]
    rating = rate(comparisons, raters, names, ties)
    remarks = _describe(battles, len(cast) - len(battles))
    found: dict[str, Score | Undefined] = {name: Undefined(why) for name, why in rating.why.items()}
    for number, (name, score) in enumerate(rating.scores.items()):
        facts = {} if number else {"facts": [["battles", len(battles)], *rating.coefficients]}
        found[name] = Score(
            score.value, score.low, score.high, {**remarks, "model": name, **score.extra, **facts}
        )
    return {name: found.get(name, Undefined("there is no battle of it")) for name in fakes or names}


def read_battles(paths: Iterable[Path]) -> list[Battle]:
    """Return the battles of tables; raise Undefined, naming file and line, for one that is no such table.

    All tables have a column of raters, or none.
    """
    battles = [battle for path in paths for battle in _read_table(path)]
    if not battles:
        raise Undefined("no battles: expected tables with a row below their header, in the option votes")
    if len({bool(battle.rater) for battle in battles}) > 1:
        raise Undefined(
            "some tables of battles have a column rater, and others none; expected it in all, or none"
        )
    return battles


def _drop_repeats(battles: Iterable[Battle]) -> list[Battle]:
    """Return the battles, of those with one key the first."""
    counted: dict[object, Battle] = {}
    for number, battle in enumerate(battles):
        counted.setdefault(number if battle.key is None else battle.key, battle)
    return list(counted.values())


def _describe(battles: Sequence[Battle], dropped: int) -> dict[str, str]:
    """Return a note on the battles that count, and a warning if most are equal votes, of one rater."""
    models = {name for battle in battles for name in battle[:2]}
    raters = {battle.rater for battle in battles}
    note = f"{len(battles)} battles of {len(models)} models"
    note += f", judged by {len(raters)} raters" if any(raters) else ", each independent of the others"
    if dropped:
        note += f"; not counted: {dropped} rows that repeat a row, or a rater's vote under one prompt"
    outcomes = Counter((b.rater, *min((b[:2], b.outcome), (b[1::-1], 1 - b.outcome))) for b in battles)
    (rater, (first, second), outcome), count = outcomes.most_common(1)[0]
    has_others = len({(rater, pair) for rater, pair, _ in outcomes}) > 1
    if not has_others or count < _FEWEST or 2 * count <= len(battles):
        return {"note": note}
    how = {1.0: f"won by {first}", 0.0: f"won by {second}"}.get(outcome, "a tie")
    judged = f"judged by {rater}, and " if rater else ""
    warning = f"{count} of {len(battles)} battles are of {first} and {second}, {judged}{how}"
    return {"note": note, "warning": f"{warning}: if rows are repeated, remove them: they decide the ratings"}


def _read_table(path: Path) -> Iterator[Battle]:
    """Yield the battles of one table; raise Undefined for a fault of it."""
    try:
        text = read_regular(path, _MOST_BYTES).decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(rows, [])
        columns = _find_columns(header)
        for row in rows:
            if row:  # no blank line
                if len(row) != len(header):
                    raise ValueError(f"{len(row)} cells, expected {len(header)}, as the header has")
                cells = {name: row[at].strip() for name, at in columns.items()}
                yield _read_battle(cells, zip(header, row, strict=True))
    except UnicodeDecodeError as error:
        raise Undefined(f"{path.name} is no table of battles: it is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise Undefined(
            f"{path.name} cannot be read: {error.strerror or error}; expected a CSV file"
        ) from error
    except (ValueError, csv.Error) as error:
        where = f"{path.name}, line {rows.line_num}"
        raise Undefined(f"{where}: {error}") from error


def _find_columns(header: list[str]) -> dict[str, int]:
    """Return the positions of model_a, model_b, winner and, if they are there, of rater, prompt, time."""
    counts = Counter(header)
    optional = {"rater": _RATERS, "prompt": _PROMPTS, "time": _TIMES}
    columns = {name: name for name in ("model_a", "model_b", "winner")}
    columns |= {
        name: next(spelling for spelling in spellings if spelling in counts)
        for name, spellings in optional.items()
        if not counts.keys().isdisjoint(spellings)
    }
    for name in columns.values():
        if counts[name] != 1:
            how = "twice" if counts[name] else "missing"
            raise ValueError(
                f"the column {name} is {how}; expected model_a, model_b, winner and, if "
                f"known, rater, prompt, time"
            )
    return {name: header.index(column) for name, column in columns.items()}


def _read_battle(cells: Mapping[str, str], row: Iterable[tuple[str, str]]) -> Battle:
    """Return a battle from its cells, by the name of the column; `row` has all columns with their cells."""
    first, second, winner = cells["model_a"], cells["model_b"], cells["winner"]
    if winner not in _OUTCOMES:
        raise ValueError(f"winner is {winner!r:.40}; expected {', '.join(_OUTCOMES)}")
    rater = fold_name(cells.get("rater", ""))
    if not first or not second or ("rater" in cells and not rater):
        raise ValueError("a model or the rater has no name; expected a name in each cell")
    if first == second:
        raise ValueError(f"{first!r:.80} meets itself; a battle is between two models")
    prompt = fold_text(cells.get("prompt", ""))
    key: object = None
    if rater and prompt:
        key = (frozenset((first, second)), rater, prompt)
    elif prompt or cells.get("time"):
        folded = sorted((column, fold_text(cell)) for column, cell in row)
        key = hashlib.sha256(repr(folded).encode()).digest()  # cells may be whole conversations
    return Battle(first, second, _OUTCOMES[winner], rater, key)
