"""`genbench.run`: runs a suite from Python, as the command does."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.board.csv_tables import leaderboard_frame, scores_frame
from genbench.board.formats.html import board_html
from genbench.board.report import write_board
from genbench.board.view import view_results
from genbench.core.errors import SuiteError
from genbench.report.charts.kinds import KINDS, chart_of
from genbench.runs.events import EventSource
from genbench.runs.prepare import FINAL, Order
from genbench.runs.run import execute

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt
    import pandas as pd

    from genbench.results.cells import Cell
    from genbench.results.results import Results

__all__ = ["Run", "run", "run_order"]

T = TypeVar("T")

_PATH, _ENTRY = (str, os.PathLike), (str, Mapping)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A finished run.

    folder   the results folder
    files    leaderboard.csv, scores.csv, leaderboard.md, datapackage.json, timings.csv and history.csv in it
    results  its plan, records and traces
    order    the order that it carried out
    computed  keys of the cells that it computed; the folder had the records of the others before
    """

    folder: Path
    files: tuple[Path, ...]
    results: Results = field(repr=False)
    order: Order = field(repr=False)
    computed: frozenset[str] = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether every cell that the order covers is ok or skipped."""
        records = self.results.records
        return all(cell.key in records and records[cell.key].status in FINAL for cell in self._asked)

    @property
    def has_values(self) -> bool:
        """Whether a cell that the order covers has a value."""
        records = self.results.records
        return any(cell.key in records and records[cell.key].status == "ok" for cell in self._asked)

    def leaderboard(self) -> pd.DataFrame:
        """Return leaderboard.csv as a frame: one row per dataset and generator."""
        return leaderboard_frame(self.results.plan, self.results.records)

    def scores(self) -> pd.DataFrame:
        """Return scores.csv as a frame: one row per cell."""
        return scores_frame(self.results.plan, self.results.records)

    def plot(self, *metrics: str, kind: str | None = None, dataset: str | None = None) -> alt.TopLevelMixin:
        """Return a chart of the run for a notebook, as `genbench plot` draws it; it needs genbench[altair].

        metrics  ids, or names without extractor: one for the kinds "seeds" and "cost", two for "trade-off"
        kind     None: "ranks", "seeds" or "trade-off", by the number of metrics; else one of `genbench plot`
        dataset  None: the only one

        Raises SuiteError for unknown names, if there is nothing to draw, and without Altair.
        """
        kinds = ("ranks", "seeds", "trade-off")
        if kind is None and len(metrics) < len(kinds):
            kind = kinds[len(metrics)]
        if kind not in KINDS:
            raise SuiteError(f"kind: no chart is called {kind!r}; expected one of {', '.join(KINDS)}")
        chart = chart_of(self.results, kind, dataset=dataset, metrics=metrics)
        try:
            import altair as alt
        except ImportError as error:
            raise SuiteError("plot needs Altair; install it with: pip install 'genbench[altair]'") from error
        return alt.Chart.from_dict(chart)  # of the class that fits, since it may have layers

    def _repr_html_(self) -> str:
        """Return the leaderboard as HTML tables, which notebooks show."""
        return board_html(view_results(self.results))

    @property
    def _asked(self) -> list[Cell]:
        """The cells that the order covers."""
        cells = self.results.plan.cells
        return [cell for cell in cells if self.order.chooses(cell.generator, control=cell.control)]


def run(  # noqa: PLR0913 - the options of a command, all but one by name
    suite: str | Path = "quickstart",
    *,
    output: str | Path | None = None,
    seeds: Sequence[int] | None = None,
    n: int | None = None,
    generators: Sequence[str | Mapping[str, Any]] = (),
    only: str | Sequence[str] = (),
    jobs: int | None = None,
    executor: str | Mapping[str, Any] = "genbench:local",
    threads: int = 1,
    device: str = "cpu",
    plugins: Sequence[str | Path] = (),
    offline: bool = False,
    keep_samples: bool = False,
    retry: bool = True,
    listeners: Iterable[str | Mapping[str, Any] | object] = (),
    allow_keys: Sequence[str] = (),
) -> Run:
    """Run a suite, a bundled one or a TOML file, and return the results; finished cells are kept.

    The options are those of `genbench run`. `generators`, in place of the suite's, and `executor` are
    names, or mappings with `use` and options as in a suite; `listeners` are these, or objects with methods
    for events, each of which is called in a thread of its own. `jobs` defaults to the number of cores, or to
    what another executor offers. A cell that fails is a record with its status and reason, not an
    exception. Raises SuiteError, PluginError or DataError before anything runs, ResultsError if results
    cannot be written, and EngineError if the executor cannot take the run or is lost.
    """
    _check("output", output, (*_PATH, type(None)), "a path")
    _check("executor", executor, _ENTRY, "a name, or a mapping with `use`")
    entries = _listed("generators", generators, _ENTRY, "a list of names, or of mappings with `use`")
    named = [only] if isinstance(only, str) else only
    names = _listed("only", named, (str,), "the name of a generator, or a list of names")
    files = _listed("plugins", plugins, _PATH, "a list of paths")
    told = _listed(
        "listeners", listeners, (object,), "a list of names, of mappings with `use`, or of objects"
    )
    order = Order(
        suite=suite,
        output=None if output is None else Path(output),
        seeds=seeds,
        n=n,
        generators=[{"use": entry} if isinstance(entry, str) else entry for entry in entries],
        only=tuple(names),
        jobs=jobs,
        executor={"use": executor} if isinstance(executor, str) else executor,
        threads=threads,
        device=device,
        plugins=tuple(map(Path, files)),
        offline=offline,
        keep_samples=keep_samples,
        retry=retry,
        listeners=[{"use": item} if isinstance(item, str) else item for item in told],
        allow_keys=tuple(_listed("allow_keys", allow_keys, (str,), "a list of NAME@HOST")),
    )
    return run_order(order)


def run_order(order: Order, display: object | None = None) -> Run:
    """Carry out an order, write the board, and return the run.

    display  a listener that is told of all events at once; None: warnings become Python's
    """
    with EventSource(display) as events:
        folder, results, computed = execute(order, events)
        files = write_board(folder, results.plan, results.records, results.traces)
        statuses = Counter(
            results.records[cell.key].status if cell.key in results.records else "missing"
            for cell in results.plan.cells
        )
        events.finish(statuses, files)
    return Run(folder=folder, files=files, results=results, order=order, computed=computed)


def _check(name: str, value: object, types: tuple[type, ...], expected: str) -> None:
    """Raise SuiteError, naming the argument, unless its value has one of the types."""
    if not isinstance(value, types):
        raise SuiteError(f"{name}: expected {expected}, got {value!r:.80}")


def _listed(name: str, values: Iterable[T], types: tuple[type, ...], expected: str) -> list[T]:
    """Return several values as a list; raise SuiteError, naming the argument, unless all have these types."""
    if isinstance(values, Iterable) and not isinstance(values, (str, Mapping)):
        items = list(values)
        if all(isinstance(item, types) for item in items):
            return items
    raise SuiteError(f"{name}: expected {expected}, got {values!r:.80}")
