"""`genbench arena`: blind votes between the samples of a run."""

from __future__ import annotations

import click

from genbench.cli.main import LazyGroup

__all__ = ["arena"]

#: Command to what it is, and its line in the help, as in the table of `genbench`.
_COMMANDS = {
    "make": ("genbench.cli.arena.make:make", "Write files in which people compare samples, blindly."),
    "judge": ("genbench.cli.arena.judge:judge", "Let a program compare samples, and write its votes."),
    "rate": ("genbench.cli.arena.rate:rate", "Rate models by battles: a CSV of model_a, model_b, winner."),
    "score": ("genbench.cli.arena.score:score", "Rate the generators of a run by files of votes."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS, no_args_is_help=True)
def arena() -> None:
    """Let people, or programs, vote between the samples of a run without knowing whose they are."""
