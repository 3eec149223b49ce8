"""Generator `table-command`: rows from any program that reads and writes JSON Lines."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Gt, MinLen

from genbench import Invalid, Modality, Program, Samples, SuiteError, Unsigned, Variable
from genbench_table.columns.values import kinds_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["TableCommand"]

_FILE = "{file}"


class TableCommand:
    """Gives a program the training rows, and takes as many new rows from it as are asked for.

    run        the program and its arguments; no shell is used
    file       the program's file or folder, identified by its content; its path replaces "{file}" in `run`
    options    passed to it, unchanged
    env        names of environment variables that it receives, in addition to the default ones
    timeout_s  of the program

    Raises SuiteError if there is no such program, a variable is not set, or only one of `file` and "{file}"
    is present.
    """

    def __init__(
        self,
        train: Samples,
        modality: Modality,
        *,
        run: Annotated[tuple[Annotated[str, MinLen(1)], ...], MinLen(1)],
        file: Path | None = None,
        options: dict[str, Any] | None = None,
        env: Annotated[tuple[Annotated[str, MinLen(1)], ...], Variable] = (),
        timeout_s: Annotated[float, Gt(0), Unsigned] = 600.0,
    ) -> None:
        if (file is not None) != any(_FILE in argument for argument in run):
            raise SuiteError(f"the option file and {_FILE!r} in run need each other; got only one of them")
        place = "" if file is None else str(file.absolute())
        self._program = Program.of([argument.replace(_FILE, place) for argument in run], env, timeout_s)
        self._train, self._modality, self._options = train, modality, options or {}

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return n rows.

        Raises ProgramError if the program fails, and Invalid if a line of its output is not a row with the
        columns of the training table.
        """
        import pandas as pd

        space = self._train.space
        head = {
            "n": n,
            "seed": int(rng.integers(2**31)),
            "options": self._options,
            "columns": [{"name": name, "kind": kind} for name, kind in kinds_of(space).items()],
            "ordered": {name: list(levels) for name, levels in space.get("ordered") or ()},
            "target": space.get("target"),
        }
        lines = [head, *_rows(self._train.data)]
        given = b"".join(json.dumps(line, ensure_ascii=True).encode("ascii") + b"\n" for line in lines)
        rows = self._program.ask(given, n, each="row")
        names = list(self._train.data.columns)
        for number, row in enumerate(rows, 1):
            if set(row) != set(names):
                differs = min(set(row) ^ set(names))
                has = "no" if differs in names else "the"
                raise Invalid(f"line {number} of {self._program.name} has {has} column {differs!r}; expected "
                              f"{', '.join(names)}")  # fmt: skip
        try:
            made = Samples.of("table", pd.DataFrame(rows, columns=names, dtype=object))
            return self._modality.adapt(made, space)
        except Invalid as error:
            raise Invalid(f"{self._program.name}: {error}") from error


def _rows(frame: Any) -> list[dict[str, Any]]:
    """Return rows as JSON objects: dates as ISO 8601, gaps as null."""
    columns = {name: [_plain(value) for value in frame[name]] for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    import pandas as pd

    if pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
