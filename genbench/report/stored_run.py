"""`genbench.open_run`: the results in a folder, from Python."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.errors import SuiteError
from genbench.results.results import read_results
from genbench.runs.readable import ReadableRun
from genbench.verification.api import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.verification.api import Verification

__all__ = ["StoredRun", "open_run"]


@dataclass(frozen=True, kw_only=True)
class StoredRun(ReadableRun):
    """A run that was read from its folder, as it was when `open_run` read it."""

    def verify(
        self, *, sample: int = 0, suite: str | Path | None = None, plugins: Sequence[str | Path] = (),
        allow_keys: Sequence[str] = (), jobs: int | None = None, listener: object | None = None,
    ) -> Verification:  # fmt: skip
        """Return the verification of the folder as it is now, with the options of `genbench.verify`."""
        return verify(
            self.folder, sample=sample, suite=suite, plugins=plugins, allow_keys=allow_keys, jobs=jobs,
            listener=listener,
        )  # fmt: skip


def open_run(folder: str | Path) -> StoredRun:
    """Return the run in a folder, for its tables, comparisons, charts and verification.

    It changes nothing in the folder: damaged records are left out, with a warning for each.

    Raises DataError if the folder holds no run, ResultsError if it cannot be read, and SuiteError for
    anything but a path.
    """
    if not isinstance(folder, str | os.PathLike):
        raise SuiteError(f"folder: expected the path of a run's folder, got {folder!r:.80}")
    path = Path(folder)
    results = read_results(path, read_only=True)
    for name in results.damaged:
        warnings.warn(f"damaged, left out: {path / name}", RuntimeWarning, stacklevel=2)
    return StoredRun(folder=path, results=results)
