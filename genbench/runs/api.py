"""`genbench.run`: runs a suite from Python, as the command does."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.board.report import write_board
from genbench.core.errors import SuiteError
from genbench.runs.events import EventSource
from genbench.runs.prepare import FINAL, Order
from genbench.runs.readable import ReadableRun
from genbench.runs.run import execute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.results.cells import Cell
    from genbench.results.results import Results

__all__ = ["Run", "run", "run_order"]

_PATH_TYPES, _ENTRY_TYPES = (str, os.PathLike), (str, Mapping)
#: The options that are lists: the types of one value, and what the message says was expected.
_LIST_OPTIONS: dict[str, tuple[tuple[type, ...], str]] = {
    "generators": (_ENTRY_TYPES, "a list of names, or of mappings with `use`"),
    "only": ((str,), "the name of a generator, or a list of names"),
    "plugins": (_PATH_TYPES, "a list of paths"),
    "listeners": ((object,), "a list of names, of mappings with `use`, or of objects"),
    "allow_keys": ((str,), "a list of NAME@HOST"),
}


@dataclass(frozen=True, kw_only=True)
class Run(ReadableRun):
    """A finished run.

    files    leaderboard.csv, scores.csv, leaderboard.md, datapackage.json, timings.csv and history.csv in the
             folder
    order    the order that it carried out
    computed  keys of the cells that it computed; the folder had the records of the others before
    """

    files: tuple[Path, ...]
    order: Order = field(repr=False)
    computed: frozenset[str] = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether every cell of the generators that the run chose is ok or skipped, the statuses in FINAL."""
        return all(status in FINAL for status in _read_statuses(self.results, self._chosen_cells))

    @property
    def has_values(self) -> bool:
        """Whether a cell of the generators that the run chose has a value."""
        return "ok" in _read_statuses(self.results, self._chosen_cells)

    @property
    def _chosen_cells(self) -> list[Cell]:
        """The cells of the generators that this run includes.

        If its settings name generators as `only`, it includes these and the controls, else all.
        """
        cells = self.results.plan.cells
        return [cell for cell in cells if self.order.includes(cell.generator, control=cell.control)]


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
    trust_plugins: bool = False,
) -> Run:
    """Run a suite, a bundled one or a TOML file, and return the results.

    A cell that is finished in the folder of results keeps its record, and is not computed again. A cell that
    fails is a record with its status and reason, not an exception.

    The options are those of `genbench run`. `generators` replace the suite's. They, `executor` and
    `listeners` are names, or mappings with `use` and options as in a suite. A listener may also be an object
    with methods for events, which are called in a thread of its own. `jobs` defaults to the number of cores,
    or to what another executor offers.

    Raises SuiteError, PluginError or DataError before anything runs, ResultsError if results
    cannot be written, and EngineError if the executor cannot take the run or is lost.
    """
    # the arguments by name, since the parameters have the names of the fields of an Order
    settings: dict[str, Any] = dict(locals())
    _check_type("output", output, (*_PATH_TYPES, type(None)), "a path")
    _check_type("executor", executor, _ENTRY_TYPES, "a name, or a mapping with `use`")
    settings["only"] = [only] if isinstance(only, str) else only
    for name, (types, expected) in _LIST_OPTIONS.items():
        settings[name] = _read_list(name, settings[name], types, expected)
    for name in ("generators", "listeners"):
        settings[name] = tuple({"use": item} if isinstance(item, str) else item for item in settings[name])
    settings["executor"] = {"use": executor} if isinstance(executor, str) else executor
    settings["output"] = None if output is None else Path(output)
    settings["plugins"] = tuple(map(Path, settings["plugins"]))
    return run_order(Order(**settings))


def run_order(order: Order, display: object | None = None) -> Run:
    """Carry out an order (the settings of a run), write the board, and return the run.

    display  a listener that gets each event at once; None: warnings are issued by Python's `warnings`, and
             other events are not shown
    """
    order = order.with_suite_plugins()
    with EventSource(display) as events, contextlib.ExitStack() as claims:
        folder, results, computed = execute(order, events, claims)
        files = write_board(folder, results.plan, results.records, results.traces)
        # the number of cells by status
        events.finish(Counter(_read_statuses(results, results.plan.cells)), files)
    return Run(folder=folder, files=files, results=results, order=order, computed=computed)


def _read_statuses(results: Results, cells: Iterable[Cell]) -> list[str]:
    """Return the status of each cell, "missing" without a record."""
    records = results.records
    return [records[cell.key].status if cell.key in records else "missing" for cell in cells]


def _check_type(name: str, value: object, types: tuple[type, ...], expected: str) -> None:
    """Raise SuiteError, naming the argument, unless its value has one of the types."""
    if not isinstance(value, types):
        raise SuiteError(f"{name}: expected {expected}, got {value!r:.80}")


def _read_list(name: str, values: object, types: tuple[type, ...], expected: str) -> tuple[Any, ...]:
    """Return an argument's values as a tuple.

    name      of the argument, for the message
    types     of each value
    expected  what the message says was expected

    Raises SuiteError for a value of another type, and for a text or a mapping in place of a list.
    """
    if isinstance(values, Iterable) and not isinstance(values, (str, Mapping)):
        items = tuple(values)
        if all(isinstance(item, types) for item in items):
            return items
    raise SuiteError(f"{name}: expected {expected}, got {values!r:.80}")
