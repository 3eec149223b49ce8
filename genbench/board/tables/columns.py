"""The columns of a run's CSVs: names, types, units and meanings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.results.cells import Cell

__all__ = ["ENTRY", "HISTORY", "ROW", "SCORES", "TIMINGS", "CsvColumn", "leaderboard_columns"]


@dataclass(frozen=True)
class CsvColumn:
    """One column of a CSV.

    name     its name; in ENTRY, what follows the metric's id
    dtype    of its pandas series
    meaning  in words, as on the page of results
    unit     of its numbers, or "" for counts, ids and numbers in the unit of a metric
    """

    name: str
    dtype: str
    meaning: str
    unit: str = ""


_DATASET = CsvColumn("dataset", "str", "id of the dataset")
_GENERATOR = CsvColumn("generator", "str", "id of the generator")
_SEED = CsvColumn("seed", "int64", "the seed")
_SEED_IF_ANY = replace(_SEED, dtype="Int64")  # a comparison has none
_N = CsvColumn("n", "int64", "number of fakes")
_SIGNATURE = "the signature, shortened to 8 hex digits"
_BEST_RANK = "the best rank that the seeds leave possible, with 95 % confidence; empty under three seeds"
_WORST_RANK = "the worst rank that the seeds leave possible, with 95 % confidence; empty under three seeds"
_END = "end of the 95 % t-interval over seeds, within the metric's range; empty if there is only one seed"
_OWN_END = "end of the metric's own interval, if it has one"

#: The columns of leaderboard.csv before those of the metrics.
ROW = (
    _DATASET,
    _GENERATOR,
    CsvColumn("plugin", "str", "distribution and version that provides the generator"),
    CsvColumn("seeds", "str", "the seeds, ascending, separated by spaces"),
    _N,
    CsvColumn(
        "rank",
        "Int64",
        "rank by mean win rate among comparable competitors, 1 is the best; empty for a control",
    ),
    CsvColumn("rank:low", "Int64", _BEST_RANK),
    CsvColumn("rank:high", "Int64", _WORST_RANK),
)

#: The columns of leaderboard.csv for each metric.
ENTRY = (
    CsvColumn("", "float64", "mean over the seeds if every seed is ok, otherwise empty"),
    CsvColumn(":low", "float64", f"lower {_END}"),
    CsvColumn(":high", "float64", f"upper {_END}"),
    CsvColumn(
        ":rank", "Int64", "rank in this metric; empty for a control and for a metric without a direction"
    ),
    CsvColumn(":rank:low", "Int64", _BEST_RANK),
    CsvColumn(":rank:high", "Int64", _WORST_RANK),
    CsvColumn(":sig", "str", _SIGNATURE),
)

#: The columns of scores.csv.
SCORES = (
    _DATASET,
    _GENERATOR,
    _SEED_IF_ANY,
    CsvColumn("metric", "str", "id of the metric"),
    CsvColumn("value", "float64", "the number; empty unless the status is ok"),
    CsvColumn("low", "float64", f"lower {_OWN_END}"),
    CsvColumn("high", "float64", f"upper {_OWN_END}"),
    CsvColumn("status", "str", "the outcome of the cell"),
    CsvColumn("reason", "str", "why there is no value, in one line"),
    _N,
    CsvColumn("signature", "str", _SIGNATURE),
)

#: The columns of timings.csv.
TIMINGS = (
    _DATASET,
    _GENERATOR,
    _SEED,
    CsvColumn("parameters", "Int64", "number of trained parameters, if the generator reports it"),
    CsvColumn("fit_s", "float64", "wall seconds of training", "s"),
    CsvColumn("sample_s", "float64", "wall seconds of drawing samples", "s"),
    CsvColumn("extract_s", "float64", "wall seconds of extracting features", "s"),
    CsvColumn("score_s", "float64", "wall seconds of all metrics", "s"),
    CsvColumn("peak_mib", "float64", "peak resident memory of the trial's process, in MiB", "MiB"),
)

#: The columns of history.csv. The series of values holds Python numbers, whole ones among them.
HISTORY = (
    _DATASET,
    _GENERATOR,
    _SEED,
    CsvColumn("step", "Int64", "the step of training"),
    CsvColumn("total", "Int64", "number of steps in all"),
    CsvColumn("name", "str", "name of the value, such as loss"),
    CsvColumn("value", "object", "the logged value"),
)


def leaderboard_columns(cells: Iterable[Cell]) -> tuple[CsvColumn, ...]:
    """Return the columns of leaderboard.csv for planned cells: ROW, then ENTRY of each metric, sorted.

    `n` is a text of several numbers, separated by spaces, if a row has several.
    """
    sizes: dict[tuple[str, str], set[int]] = {}
    metrics: set[str] = set()
    for cell in cells:
        sizes.setdefault((cell.dataset, cell.generator), set()).add(cell.n)
        metrics.add(cell.metric)
    mixed = any(len(found) > 1 for found in sizes.values())
    row = (replace(column, dtype="str") if mixed and column is _N else column for column in ROW)
    parts = (replace(part, name=metric + part.name) for metric in sorted(metrics) for part in ENTRY)
    return (*row, *parts)
