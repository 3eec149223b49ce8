from __future__ import annotations

import io

import pytest
from rich.console import Console


@pytest.fixture(scope="session")
def lines_of():
    """Return a function that draws a view and returns its lines without spaces at their ends.

    view  a renderable, or a function of the console that returns one
    """

    def draw(view, *, width=100):
        file = io.StringIO()
        console = Console(file=file, width=width, highlight=False, markup=False, emoji=False)
        console.print(view(console) if callable(view) else view)
        return [line.rstrip() for line in file.getvalue().splitlines()]

    return draw
