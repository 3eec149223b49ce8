"""The names of the files and folders in a run's folder, and reading of its sealed files.

<run>/run.json              the plan: all cells, the full signatures, and provenance
<run>/records/<key>.json    the outcome of one metric in one trial
<run>/traces/<key>.json     training history and cost of one trial
<run>/logs/<name>.log       output of a job's process
<run>/samples/<name>/       samples of a trial, if the run keeps them
<run>/gallery/<hash>/       a few samples of one draw, named after the content hash of the whole draw
<run>/inputs/<name>         files that the suite names as inputs/<name>, if they are kept with the run
<run>/damaged/              damaged records, traces and galleries
<run>/leaderboard.csv, …    the files of the leaderboard, derived from the records
<run>/leaderboard.html      the page of the run, derived from all of them
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.core.errors import DataError, ResultsError
from genbench.files.sealed import DamagedError, read_sealed, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from genbench.files.sealed import Schema

__all__ = [
    "BOARD_FILES", "INPUTS", "PAGE", "PLAN", "RECORDS", "TRACES", "RunFolder", "default_folder",
    "put_aside", "read_keyed", "report_write_errors",
]  # fmt: skip

T = TypeVar("T")

#: The files of the leaderboard: four derived from plan and records, then two derived from the traces.
BOARD_FILES = (
    "leaderboard.csv", "scores.csv", "leaderboard.md", "datapackage.json", "timings.csv", "history.csv",
)  # fmt: skip

#: The page of a run, which the CSV files do not depend on, and which `verify` does not look at.
PAGE = "leaderboard.html"

#: The names, within a run's folder, of its plan and of the folders of its sealed files.
PLAN, RECORDS, TRACES = "run.json", "records", "traces"

#: The folder of files that the suite names, in its paths and in a run's folder.
INPUTS = "inputs"


def default_folder(suite: str = "") -> Path:
    """Return the folder of a suite's results if the user names none; for "", the folder of all results."""
    return Path("results", suite)


@contextlib.contextmanager
def report_write_errors(place: object) -> Iterator[None]:
    """Turn an OSError in the block into a ResultsError that names `place`, a folder or a file."""
    try:
        yield
    except OSError as error:
        raise ResultsError(
            f"{place} cannot be written: {error.strerror or error}; choose another folder, or free space"
        ) from error


class RunFolder:
    """The folder of a run at `path`, with its files and folders as attributes.

    plan       the file of the run's plan
    samples    the folder of kept samples
    inputs     the folder of files that the suite names
    damaged    the folder of damaged records, traces and galleries
    written_folders  the folders that a run writes to
    all_folders      all folders that it may contain
    """

    def __init__(self, path: Path) -> None:
        """Name the files and folders of the run at `path`; none is created.

        A run creates and writes to `written_folders`; of `all_folders`, any may exist.
        """
        self.path = path
        self.plan = path / PLAN
        self.records, self.traces, self.logs = path / RECORDS, path / TRACES, path / "logs"
        self.written_folders = self.records, self.traces, self.logs
        self.samples, self.galleries = path / "samples", path / "gallery"
        self.inputs, self.damaged = path / INPUTS, path / "damaged"
        self.all_folders = *self.written_folders, self.samples, self.galleries, self.inputs, self.damaged

    def record_file(self, key: str) -> Path:
        """Return the file of the record of a cell."""
        return self.records / f"{key}.json"

    def trace_file(self, key: str) -> Path:
        """Return the file of a trial's trace, which holds its training history and cost."""
        return self.traces / f"{key}.json"

    def samples_folder(self, dataset: str, generator: str, seed: int, digits: str) -> Path:
        """Return the folder of a trial's kept samples.

        digits  the first hex digits of the hash of the key of its samples
        """
        return self.samples / f"{dataset}.{generator}.{seed}.{digits}"

    def gallery_folder(self, draw: str) -> Path:
        """Return the folder of the few samples of a draw that people look at; `draw` is its content hash."""
        return self.galleries / draw

    def log_file(self, name: str) -> Path:
        """Return the log file of the job `name`."""
        return self.logs / f"{name.replace(' ', '-')}.log"

    def refuse_links(self) -> None:
        """Raise DataError if one of its folders is a link, which could lead to files of others."""
        for folder in self.all_folders:
            if folder.is_symlink():
                raise DataError(f"{folder} is a link, which genbench does not follow; expected a folder")

    def create(self) -> RunFolder:
        """Create the missing folders that a run writes to; may raise OSError and DataError."""
        self.refuse_links()
        for folder in self.written_folders:
            folder.mkdir(parents=True, exist_ok=True)
        return self

    def sweep(self) -> None:
        """Remove temporary files that killed runs left, if they had no write for a day."""
        sweep([self.path, self.records, self.traces, self.samples, self.galleries])


def put_aside(path: Path) -> Path:
    """Move the damaged file <run>/<kind>/<key>.json to <run>/damaged/, and return its path there."""
    folder = RunFolder(path.parent.parent).damaged
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    if target.exists():  # an earlier version of the file was damaged too
        target = target.with_stem(f"{path.stem}-{secrets.token_hex(4)}")
    with contextlib.suppress(FileNotFoundError):  # another run has moved it
        path.rename(target)
    return target


def read_keyed(
    path: Path,
    schema: Schema,
    make: Callable[[Any], tuple[str, T]],
    on_damage: Callable[[Path], object] = put_aside,
) -> T | None:
    """Return the value in <run>/<kind>/<key>.json, or None if the file is missing or damaged.

    make(body)       returns (key in the body, value); it raises ValueError for a body of another form. A key
                     that is not the file's name counts as damage: the file is a copy of another one
    on_damage(path)  receives the path if the file is damaged

    Raises NewerError if a newer genbench wrote the file, and OSError if it can neither be read nor put aside.
    """
    try:
        key, value = make(read_sealed(path, schema))
        if key != path.stem:
            raise DamagedError("it was written under another name")
    except (FileNotFoundError, NotADirectoryError):  # the second: <run>/<kind> is a file
        return None
    except (DamagedError, ValueError, IsADirectoryError):
        on_damage(path)
        return None
    return value
