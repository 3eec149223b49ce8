"""`genbench.run`: runs a suite from Python, as the command does."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.board.frames import leaderboard_frame, scores_frame
from genbench.board.report import write_board
from genbench.isolation.pool import Silent
from genbench.runs.prepare import FINAL, Order
from genbench.runs.run import execute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from genbench.isolation.pool import Listener
    from genbench.results.results import Results

__all__ = ["Run", "run", "run_order"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A finished run.

    folder   the results folder
    files    leaderboard.csv, scores.csv, leaderboard.md, timings.csv and history.csv in it
    results  its plan, records and traces
    order    the order that it carried out
    """

    folder: Path
    files: tuple[Path, ...]
    results: Results = field(repr=False)
    order: Order = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether every cell that the order covers is ok or skipped."""
        cells, records = self.results.plan.cells, self.results.records
        asked = [cell for cell in cells if self.order.chooses(cell.generator, control=cell.control)]
        return all(cell.key in records and records[cell.key].status in FINAL for cell in asked)

    def leaderboard(self) -> pd.DataFrame:
        """Return leaderboard.csv as a frame: one row per dataset and generator."""
        return leaderboard_frame(self.results.plan, self.results.records)

    def scores(self) -> pd.DataFrame:
        """Return scores.csv as a frame: one row per cell."""
        return scores_frame(self.results.plan, self.results.records)


def run(  # noqa: PLR0913 - the options of a command, all but one by name
    suite: str | Path = "quickstart",
    *,
    output: str | Path | None = None,
    seeds: Sequence[int] | None = None,
    n: int | None = None,
    generators: Sequence[str | Mapping[str, Any]] = (),
    only: str | Sequence[str] = (),
    jobs: int | None = None,
    executor: str | Mapping[str, Any] = "local",
    threads: int = 1,
    device: str = "cpu",
    plugins: Sequence[str | Path] = (),
    offline: bool = False,
    keep_samples: bool = False,
    retry: bool = True,
    listener: Listener | None = None,
) -> Run:
    """Run a suite, a bundled one or a TOML file, and return the results; finished cells are kept.

    The options are those of `genbench run`. `generators`, in place of the suite's, and `executor` are
    names, or mappings with `use` and options as in a suite. `jobs` defaults to the number of cores, or to
    what another executor offers. A cell that fails is a record with its status and reason, not an
    exception. Raises SuiteError, PluginError or DataError before anything runs, ResultsError if results
    cannot be written, and EngineError if the executor cannot take the run or is lost.
    """
    order = Order(
        suite=suite,
        output=None if output is None else Path(output),
        seeds=seeds,
        n=n,
        generators=[{"use": entry} if isinstance(entry, str) else entry for entry in generators],
        only=(only,) if isinstance(only, str) else tuple(only),
        jobs=jobs,
        executor={"use": executor} if isinstance(executor, str) else executor,
        threads=threads,
        device=device,
        plugins=tuple(Path(path) for path in plugins),
        offline=offline,
        keep_samples=keep_samples,
        retry=retry,
    )
    return run_order(order, Silent() if listener is None else listener)


def run_order(order: Order, listener: Listener) -> Run:
    """Carry out an order, write the board, and return the run."""
    folder, results = execute(order, listener)
    files = write_board(folder, results.plan, results.records, results.traces)
    return Run(folder=folder, files=files, results=results, order=order)
