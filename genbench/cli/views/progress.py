"""Progress of steps or bytes: a bar on a terminal, lines elsewhere; nothing under two seconds."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from genbench.board.terminal import open_stderr
from genbench.core.limits import bytes_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

__all__ = ["BYTES", "show_progress"]

#: The unit of progress that is shown in sizes.
BYTES = "bytes"
_NUMBERS = 50  # characters of a line beside the title, which is cut so that it stays one line


@contextlib.contextmanager
def show_progress(
    title: str, unit: str, total: int | None = None, *, quiet: bool = False, console: Console | None = None
) -> Iterator[Callable[..., None]]:
    """Yield a function of (done, total) that shows the progress; a bar is removed after the block.

    title    the work in progress, in front of the bar
    unit     the noun of the steps, such as "faults", or BYTES
    total    of all steps, so that the function can be called with `done` alone
    quiet    whether to show nothing
    console  where to print; None: standard error
    """
    from rich import progress

    from genbench.runs.progress import LinePace

    console = open_stderr(quiet=quiet) if console is None else console
    steps = [progress.MofNCompleteColumn(), progress.TextColumn(f"{unit}, left:")]
    bar = progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(bar_width=max(min(30, console.width - 70), 5)),
        *([progress.DownloadColumn()] if unit == BYTES else steps),
        progress.TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    room = max(console.width - _NUMBERS, 20)
    task = bar.add_task(title if len(title) <= room else f"{title[: room - 1]}…")
    begun = time.monotonic()
    pace = LinePace(begun)

    def show(done: int, total: int | None = total) -> None:
        """Update the bar; if a line is due, show the bar on a terminal, or print the line elsewhere."""
        bar.update(task, completed=done, total=total)
        now = time.monotonic()
        if not pace.is_due(now):
            return
        if console.is_terminal:
            bar.start()
        else:
            # `or 0` is for mypy: only work in bytes uses `sizes`, and it has a total
            sizes = f"{bytes_text(done)} of {bytes_text(total or 0)}"
            amount = sizes if unit == BYTES else f"{done} of {total} {unit}"
            console.print(f"{title}: {amount}, {now - begun:.0f} s", soft_wrap=True)

    try:
        yield show
    finally:  # `show` has started the bar if the work took long; `stop` removes it
        if console.is_terminal:
            bar.stop()
