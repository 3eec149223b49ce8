"""Progress of a battery or of checks: a bar on a terminal, else some lines; nothing under two seconds."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

__all__ = ["watching"]

_PATIENCE_S = 2.0
_LINES = 5  # without a terminal


@contextlib.contextmanager
def watching(console: Console, title: str, what: str = "faults") -> Iterator[Callable[[int, int], None]]:
    """Give a function of (steps done, all steps) that shows the progress; `what` names the steps."""
    begun = time.monotonic()
    if not console.is_terminal:
        yield _plain(console, title, what, begun)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(),
               TextColumn(f"{what}, left:"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None, visible=False)

        def show(done: int, total: int) -> None:
            is_long = time.monotonic() - begun > _PATIENCE_S
            bar.update(task, completed=done, total=total, visible=is_long)

        yield show


def _plain(console: Console, title: str, what: str, begun: float) -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        seconds = time.monotonic() - begun
        if done * _LINES % total < _LINES and seconds > _PATIENCE_S:
            console.print(f"{title}: {done} of {total} {what}, {seconds:.0f} s", soft_wrap=True)

    return show
