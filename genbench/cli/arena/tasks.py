"""What the commands that ask raters have in common: questions, and samples that no rater sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from genbench.cli.arguments import options
from genbench.cli.views.output import print_warning
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from genbench.arena.samples import ArenaSamples
    from genbench.catalog.catalog import Catalog
    from genbench.results.results import Results

    Command = Callable[..., None]

__all__ = ["choose_questions", "open_samples", "pairs_option", "question_option", "sampling_options"]

_QUESTION = "Which of the two is more realistic?"

#: Adds `--question` to a command, whose parameter `questions` gets the texts.
question_option = click.option(
    "--question",
    "questions",
    multiple=True,
    metavar="TEXT",
    help=f"What raters judge by.  [default: {_QUESTION}; repeatable]",
)

#: Adds `--pairs` to a command.
pairs_option = click.option(
    "--pairs", type=click.IntRange(min=1), default=100, show_default=True, metavar="N",
    help="Pairs that a rater compares, for each question.",
)  # fmt: skip


def sampling_options(command: Command) -> Command:
    """Add to a command the options that decide which samples are compared, and how they are drawn."""
    shared = (
        options.seed_option, options.dataset_option("[default: the only one]"), options.plugin_option,
        options.jobs_option, options.quiet_option,
    )  # fmt: skip
    # the help shows the option that is added last first
    for option in reversed(shared):
        command = option(command)
    return command


def choose_questions(questions: tuple[str, ...]) -> tuple[str, ...]:
    """Return the questions that raters answer, or the default one.

    Raises UsageError for an empty or a repeated question.
    """
    texts = tuple(one_line(text) for text in questions) or (_QUESTION,)
    if not all(texts) or len(set(texts)) < len(texts):
        raise click.UsageError("--question: expected different texts")
    return texts


def open_samples(
    folder: Path, *, dataset: str | None, plugins: Sequence[Path], jobs: int | None, quiet: bool
) -> tuple[Catalog, Results, ArenaSamples]:
    """Return (catalog, run, samples): the plugins, the run in a folder, and the samples of its generators.

    dataset  None: the only one of the run
    jobs     generators that draw missing samples again at a time; None: all cores

    Prints to standard error which samples no rater sees, and why.
    """
    from genbench.arena.samples import arena_samples
    from genbench.catalog.catalog import load_catalog
    from genbench.cli.arguments.contenders import read_run
    from genbench.runs.progress import open_progress
    from genbench.verification.reference import open_request

    catalog, run = load_catalog(plugins), read_run(folder)
    with (
        open_progress(quiet=quiet, verbose=False) as listener,
        open_request(folder, plugins=plugins, jobs=jobs, listener=listener) as request,
    ):
        samples = arena_samples(request, run, catalog, dataset)
    _report_left_out(samples)
    return catalog, run, samples


def _report_left_out(samples: ArenaSamples) -> None:
    """Print to standard error which samples no rater sees, and why.

    These are unreadable samples, and samples that two or more generators made.
    """
    from genbench.arena.pairs import select_unshared_samples

    for line in samples.left_out:
        print_warning(f"left out: {line}")
    # by generator, how many of its samples no other generator made
    own_counts = {
        rival.name: sum(map(len, rival.samples.values())) for rival in select_unshared_samples(samples.rivals)
    }
    for rival in samples.rivals:  # a vote on a sample of two generators would favour neither
        total = sum(len(set(digests)) for digests in rival.samples.values())
        count = total - own_counts.get(rival.name, 0)
        if count:
            which = f"{count:,} of {total:,} samples of {rival.name}"
            print_warning(f"left out: {which}, which other generators made, too")
