"""`genbench arena score`: rates the generators of a run by files of votes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from genbench.cli.arguments import options
from genbench.cli.arguments.help import command
from genbench.cli.views.output import print_results, print_warning

__all__ = ["score"]


@command(
    "genbench arena score results/mine votes.json -o results/voted",
    "genbench arena score results/mine a.json b.json -o results/voted --most-failed 0.2",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("votes", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="VOTES.json...")
@options.new_output_option
@click.option("--question", metavar="TEXT", help="What raters judge by.  [default: the only question]")
@click.option(
    "--ties", type=click.Choice(["half", "davidson", "rao-kupper"]),
    help="A tie is half a win of both, or follows a model of ties.  [default: half]",
)  # fmt: skip
@click.option("--style-control", is_flag=True, help="Rate at equal lengths of texts, or sizes of files.")
@click.option(
    "--most-failed", type=click.FloatRange(0, 1), metavar="SHARE",
    help="Leave out raters who fail a larger share of the attention checks.  [default: none is left out]",
)  # fmt: skip
@options.metric_option(
    options.COMPONENT,
    " that compares generators by votes.  [repeatable; default: genbench's own]",
    callback=options.read_components,
)
@options.jobs_option
@options.plugin_option
@options.allow_key_option
@options.page_option
@options.quiet_option
def score(  # noqa: PLR0913 - the options of a command, all by name
    *, folder: Path, votes: tuple[Path, ...], output: Path, question: str | None, ties: str | None,
    style_control: bool, most_failed: float | None, metrics: list[dict[str, Any]], jobs: int | None,
    plugins: tuple[Path, ...], allow_keys: tuple[str, ...], page: bool, quiet: bool,
) -> None:  # fmt: skip
    """Rate the generators of the run in DIR by files of votes on its samples, and write the folder OUT.

    OUT has the records of DIR, the comparisons of the votes, and copies of the files. It is the folder of a
    run like any other: genbench verify, page, compare, power and leaderboard take it. Votes on other samples
    are refused, and nothing is written.
    """
    from genbench.arena.scored import score_votes
    from genbench.cli.pictures.page import write_page
    from genbench.runs.progress import open_progress

    # The metrics get the options that the caller gives; others keep the defaults of the metrics.
    values = {"question": question, "ties": ties, "most_failed": most_failed, "style_control": style_control}
    given = {name: value for name, value in values.items() if value is not None and value is not False}
    with open_progress(quiet=quiet, verbose=False) as listener:
        rating = score_votes(
            folder, votes, output, metrics=metrics, options=given, plugins=plugins,
            allow_keys=allow_keys, jobs=jobs, listener=listener,
        )  # fmt: skip
    for name, reason in rating.left_out.items():  # comparisons that have no number, by id
        print_warning(f"left out: {name}: {reason}")
    print_results(rating.results, rating.files, quiet=quiet)
    if page:
        write_page(output, rating.results, plugins=plugins, quiet=quiet)
