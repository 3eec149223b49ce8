"""CSV files of other people's runs as results: rows without records, which cannot be verified."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from typing import TYPE_CHECKING, NamedTuple

from genbench.board.rows import UNKNOWN_SIGNATURE, UNVERIFIED
from genbench.contract.specs import MetricFacts
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError
from genbench.core.grouping import group_pairs
from genbench.core.names import is_generator_id, is_metric_id, is_name
from genbench.core.scores import STATUSES, is_score
from genbench.files.read import read_regular
from genbench.results.cells import Cell, short_signature
from genbench.results.records import Plan, Record
from genbench.results.results import Results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["is_csv", "read_unverified_csv"]

_MOST_BYTES = 2**28  # of a file, which is read whole into memory
_WHOLE = re.compile(r"[0-9]{1,18}")  # below 2**63, which a column of integers ends at
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
#: Whether a text has the form of its kind, and what an error says that is expected.
_TEXT_FORMS: dict[str, tuple[Callable[[str], object], str]] = {
    "dataset": (is_name, ""),
    "generator": (
        lambda text: is_generator_id(text) and "@" not in text,
        "; expected the name of one run's generator",
    ),
    "metric": (is_metric_id, ""),
    "signature": (re.compile("[0-9a-f]{8}").fullmatch, "; expected 8 hex digits"),
    "status": (STATUSES.__contains__, ""),
}
#: The columns by which a scores.csv and a leaderboard.csv are recognised.
_SCORES_COLUMNS = {"dataset", "generator", "seed", "metric", "value", "status", "n", "signature"}
_BOARD_COLUMNS = {"dataset", "generator", "seeds", "n", "rank"}


class _Number(NamedTuple):
    """One number of a CSV file: of a seed, or the mean over seeds.

    n              the numbers of fakes in its row: one in scores.csv, in leaderboard.csv all n of its metrics
    interval_ends  of a mean, both ends of its interval, or None for both; None for the number of a seed
    """

    dataset: str
    generator: str
    seed: int
    metric: str
    n: tuple[int, ...]
    signature: str
    status: str
    value: float | None
    interval_ends: tuple[float | None, float | None] | None


def is_csv(path: Path) -> bool:
    """Return whether a path names a CSV file; a folder whose name ends in .csv is taken for a run."""
    return path.suffix.lower() == ".csv" and not path.is_dir()


def read_unverified_csv(path: Path, runs: Sequence[Results]) -> Results:
    """Return the rows of a scores.csv or leaderboard.csv as results, with the file's name.

    runs  runs with records. If one of their cells has the metric and short signature of a number, the number
          gets the direction, range and full signature of that cell, so boards show both in one column

    Boards rank no row of a CSV file. A mean of leaderboard.csv becomes one record for each of its seeds. Only
    names are taken from the texts of a file, and these are checked; reasons are left out, since anybody may
    have written them. Keys contain the hash of the file, so that cells of different files have different
    keys. If a row has a seed at which one of its metrics has no number, the metric gets a record of the
    status `missing` there, so that its mean is not taken for one over all seeds.

    Raises DataError, naming the file and the line, for other files, for invalid cells, and for numbers that
    are outside the range of their metric, or whose signature belongs to another n.
    """
    cells_of_runs = {
        (cell.metric, short_signature(cell.signature)): cell for run in runs for cell in run.plan.cells
    }
    file, content = path.as_posix(), _read_content(path)
    sha256 = hashlib.sha256(content).hexdigest()
    records: dict[str, Record] = {}
    numbers = list(_read_numbers(file, content))
    for line, number in [*numbers, *_list_missing(numbers)]:
        try:
            record = _build_record(number, sha256, cells_of_runs.get((number.metric, number.signature)))
        except ValueError as error:
            raise DataError(f"{file}, line {line}: {error}") from error
        if record.cell.key in records:
            raise DataError(f"{file}, line {line}: {record.cell.name} is listed twice; expected it once")
        records[record.cell.key] = record
    cells = tuple(record.cell for record in records.values())
    plan = Plan(cells=cells, traces=(), provenance={"name": "csv", "unverified": True})
    return Results(name=path.stem, plan=plan, records=records, source=file)


def _list_missing(numbers: Sequence[tuple[int, _Number]]) -> Iterator[tuple[int, _Number]]:
    """Yield (line, number of status "missing") for each seed at which a metric of a row has no number.

    A row is a generator on a dataset; its seeds are the seeds of all its metrics together. The line is where
    the file has the metric's first number.
    """
    seeds = group_pairs(((number.dataset, number.generator), number.seed) for _, number in numbers)
    by_metric = group_pairs(
        ((number.dataset, number.generator, number.metric), (line, number)) for line, number in numbers
    )
    for (dataset, generator, _), present in by_metric.items():
        line, number = present[0]
        for seed in sorted({*seeds[dataset, generator]} - {other.seed for _, other in present}):
            yield line, number._replace(seed=seed, status="missing", value=None)


def _build_record(number: _Number, sha256: str, run_cell: Cell | None) -> Record:
    """Return the record of a number; raise ValueError if its n or its value contradicts `run_cell`.

    sha256    of the file, so that numbers of different files have different keys
    run_cell  a cell of a run with the same metric and short signature, which tells n, range and more;
              None: direction and range are unknown
    """
    cell = Cell(
        key=digest(["unverified", sha256, *number[:4]]),  # dataset, generator, seed and metric
        dataset=number.dataset,
        generator=number.generator,
        plugin=UNVERIFIED,
        control=None,
        seed=number.seed,
        metric=number.metric,
        facts=MetricFacts() if run_cell is None else run_cell.facts,
        n=_find_n(number, run_cell),
        signature={UNKNOWN_SIGNATURE: number.signature} if run_cell is None else run_cell.signature,
    )
    _check_range(number, cell.facts.range)
    extra = {} if number.interval_ends is None else {"interval_over_seeds": list(number.interval_ends)}
    reason = "" if number.status == "ok" else "the CSV file gives no value"
    return Record(cell=cell, status=number.status, reason=reason, value=number.value, extra=extra)


def _find_n(number: _Number, run_cell: Cell | None) -> int:
    """Return n, the count of fakes, of a number in the file; raise ValueError if its signature has another n.

    A row of leaderboard.csv lists the n of all its metrics. `run_cell`, a cell of a run with the same
    signature, tells which of them belongs to the number. Without such a cell each n is possible; the first is
    returned, since a record has exactly one.
    """
    if run_cell is None:
        return number.n[0]
    if run_cell.n not in number.n:
        raise ValueError(
            f"n is {number.n[0]}, and that of the signature {number.signature} is {run_cell.n}; correct one"
        )
    return run_cell.n


def _check_range(number: _Number, bounds: tuple[float | None, float | None]) -> None:
    """Raise ValueError for a value, or an end of an interval, outside the range of its metric.

    bounds  least and greatest value, None for one that the metric does not have
    """
    least, greatest = bounds
    # their columns in the file are "METRIC", "METRIC:low" and "METRIC:high"
    ends = zip((":low", ":high"), number.interval_ends or (None, None), strict=True)
    for part, value in (("", number.value), *ends):
        if value is None:
            continue
        if (least is not None and value < least) or (greatest is not None and value > greatest):
            raise ValueError(
                f"{number.metric}{part} is {value}, outside the range {list(bounds)} of the metric; "
                "correct it"
            )


def _read_content(path: Path) -> bytes:
    """Return the bytes of a file; raise DataError if it cannot be read."""
    try:
        return read_regular(path, _MOST_BYTES)
    except OSError as error:
        raise DataError(
            f"{path.as_posix()} cannot be read: {error.strerror or error}; expected a CSV file"
        ) from error


def _read_numbers(file: str, content: bytes) -> Iterator[tuple[int, _Number]]:
    """Yield (line, number) for each number of a file; a mean of leaderboard.csv comes once for each seed.

    Raises DataError, naming file and line, for other files and invalid cells.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{file} is not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8"
        ) from error
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = rows.fieldnames or ()
        read = _choose_row_reader(file, names)
        for row in rows:
            # the csv module puts too many cells under None, and None in place of missing cells
            if None in row or None in row.values():
                raise DataError(f"{file}, line {rows.line_num}: expected {len(names)} cells")
            try:
                yield from ((rows.line_num, number) for number in read(row))
            except ValueError as error:
                raise DataError(f"{file}, line {rows.line_num}: {error}") from error
    except csv.Error as error:
        raise DataError(f"{file}, line {rows.line_num}: {error}; expected CSV as a run writes it") from error


def _choose_row_reader(file: str, names: Sequence[str]) -> Callable[[Mapping[str, str]], Iterator[_Number]]:
    """Return the function that reads rows with columns of these names: of scores.csv or of leaderboard.csv.

    Raises DataError, naming the file, for a name that is listed twice, and for the columns of other files.
    """
    columns = set(names)
    for name in columns:
        if names.count(name) > 1:
            raise DataError(f"{file}, line 1: column {name!r:.80} is listed twice; expected it once")
    if columns >= _SCORES_COLUMNS:  # it has all columns of scores.csv
        return _read_scores_row
    if columns >= _BOARD_COLUMNS:
        return _read_board_row
    raise DataError(f"{file}: expected the leaderboard.csv or scores.csv of a run")


def _read_scores_row(row: Mapping[str, str]) -> Iterator[_Number]:
    """Yield the number in a row of scores.csv; raise ValueError for an invalid cell."""
    names = _read_names(row)
    status = _check_text("status", row["status"])
    yield _Number(
        *names,  # dataset and generator
        seed=_read_whole_number("seed", row["seed"], 0),
        metric=_check_text("metric", row["metric"]),
        n=(_read_whole_number("n", row["n"], 1),),
        signature=_check_text("signature", row["signature"]),
        status=status,
        value=_read_score(row["value"]) if status == "ok" else None,
        interval_ends=None,  # the interval of a mean, and this is the number of one seed
    )


def _read_board_row(row: Mapping[str, str]) -> Iterator[_Number]:
    """Yield the numbers in a row of leaderboard.csv, each mean at every seed of the row.

    A metric whose column of signatures is empty has no number in this row, and is left out. Raises ValueError
    for an invalid cell.
    """
    seeds = [_read_whole_number("seeds", seed, 0) for seed in row["seeds"].split()]
    n = tuple(_read_whole_number("n", text, 1) for text in row["n"].split() or [""])  # "" is refused
    metrics = [name.removesuffix(":sig") for name in row if name.endswith(":sig")]
    for metric in metrics:
        if not row[f"{metric}:sig"]:
            continue
        # without a value, the number is missing
        value = _read_score(row[metric]) if row.get(metric) else None
        interval_ends = (None, None) if value is None else _read_interval(row, metric, value)
        status = "missing" if value is None else "ok"
        signature = _check_text("signature", row[f"{metric}:sig"])
        for seed in seeds:
            position = *_read_names(row), seed, _check_text("metric", metric)
            yield _Number(*position, n, signature, status, value, interval_ends)


def _read_interval(
    row: Mapping[str, str], metric: str, mean: float
) -> tuple[float, float] | tuple[None, None]:
    """Return both ends of the interval of a mean, or None for both if the file has none, as for one seed.

    Raises ValueError if the mean is not between them.
    """
    texts = [row.get(metric + part) for part in (":low", ":high")]
    if not any(texts):
        return None, None
    low, high = (_read_score(text or "") for text in texts)
    if not low <= mean <= high:
        raise ValueError(
            f"{metric}:low {low} and {metric}:high {high} cannot be the interval of {mean}; expected low "
            f"<= {mean} <= high"
        )
    return low, high


def _read_names(row: Mapping[str, str]) -> tuple[str, str]:
    """Return the ids of the dataset and the generator of a row; raise ValueError for an invalid one."""
    return _check_text("dataset", row["dataset"]), _check_text("generator", row["generator"])


def _check_text(kind: str, text: str) -> str:
    """Return a text of a CSV file if it is a possible value of its kind; else raise ValueError.

    kind  "dataset", "generator", "metric", "signature" or "status"
    """
    is_valid, expected = _TEXT_FORMS[kind]
    if not is_valid(text):
        raise ValueError(f"{kind} cannot be {text!r:.80}{expected}")
    return text


def _read_whole_number(name: str, text: str, least: int) -> int:
    """Return a text of the column `name` as a whole number of at least `least`; else raise ValueError."""
    if not _WHOLE.fullmatch(text) or int(text) < least:
        raise ValueError(f"{name} cannot be {text!r:.80}; expected a whole number of at least {least}")
    return int(text)


def _read_score(text: str) -> float:
    """Return a decimal number as a score; raise ValueError for a text that is none."""
    value = float(text) if _DECIMAL.fullmatch(text) else math.nan
    if not is_score(value):
        raise ValueError(
            f"{text!r:.80} is no number of a size that a score may have; expected at most 1e150 in size"
        )
    return value
