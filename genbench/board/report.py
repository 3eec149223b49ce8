"""The report files of a run: its tables as CSV with their description, and its leaderboard as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.board import csv_tables
from genbench.board.formats.markdown import board_markdown
from genbench.board.leaderboard import build_board
from genbench.board.view import view_board
from genbench.files.sealed import replace_file
from genbench.results.folder import BOARD_FILES, report_write_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from genbench.results.records import Plan, Record, Trace

__all__ = ["make_board_files", "write_board"]


def make_board_files(plan: Plan, records: Mapping[str, Record]) -> dict[str, bytes]:
    """Return by name the contents of the board's files that derive from plan and records alone.

    These are the first four of BOARD_FILES; the other two need the traces of the trials.
    """
    board = build_board(plan, records)
    contents = (  # in the order of BOARD_FILES
        csv_tables.to_csv(csv_tables.leaderboard_frame(plan, records)),
        csv_tables.to_csv(csv_tables.scores_frame(plan, records)),
        board_markdown(view_board(board)).encode("utf-8"),
        csv_tables.data_package(board.title, plan.cells, board.rule),
    )
    return dict(zip(BOARD_FILES, contents, strict=False))  # zip leaves out the names of the other two


def write_board(
    folder: Path, plan: Plan, records: Mapping[str, Record], traces: Iterable[Trace]
) -> tuple[Path, ...]:
    """Write the board's files, such as leaderboard.csv, into `folder`, each atomically; return their paths.

    Equal plans and records give equal bytes of leaderboard.csv and scores.csv; the order of parts in the
    suite does not matter. Raises ResultsError, naming the folder, if the files cannot be written.
    """
    traces = list(traces)
    contents = (
        *make_board_files(plan, records).values(),
        csv_tables.to_csv(csv_tables.timings_frame(traces)),
        csv_tables.to_csv(csv_tables.history_frame(traces)),
    )
    paths = tuple(folder / name for name in BOARD_FILES)
    with report_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(paths, contents, strict=True):
            replace_file(path, content)
    return paths
