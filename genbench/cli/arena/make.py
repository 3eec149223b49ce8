"""`genbench arena make`: writes the files in which people compare the samples of a run."""

from __future__ import annotations

from pathlib import Path

import click

from genbench.cli.arena import tasks
from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import output_option
from genbench.cli.views.output import send_plugin_output_to_stderr

__all__ = ["make"]


@command(
    "genbench arena make results/mine -o task.html",
    "genbench arena make results/mine -o task.html --raters 3 --pairs 50",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@output_option("FILE", "; with several raters, task.html becomes task-1.html and so on.", required=True)
@tasks.pairs_option
@click.option(
    "--raters", type=click.IntRange(min=1), default=1, show_default=True,
    help="Number of raters: one file for each, of which a fifth of the pairs is the same.",
)  # fmt: skip
@tasks.question_option
@click.option("--reference", is_flag=True, help="Show a real sample of the test split beside each pair.")
@tasks.sampling_options
def make(  # noqa: PLR0913 - the options of a command, all by name
    *, folder: Path, output: Path, pairs: int, raters: int, questions: tuple[str, ...], reference: bool,
    seed: int, dataset: str | None, plugins: tuple[Path, ...], jobs: int | None, quiet: bool,
) -> None:  # fmt: skip
    """Write a file in which a person compares the samples of a run without knowing whose they are.

    The file needs no other file and no network, and names no generator. Samples come from DIR or the store;
    genbench draws missing ones again. The rater downloads a small file of votes, which the metric
    `preference` reads.
    """
    from genbench.arena.pairs import plan_pairs
    from genbench.arena.samples import real_trial
    from genbench.arena.task import render_task
    from genbench.cli.pictures.files import check_picture, write_file

    question_texts = tasks.choose_questions(questions)
    paths = (
        [output]
        if raters == 1
        else [output.with_stem(f"{output.stem}-{rater}") for rater in range(1, raters + 1)]
    )
    for path in paths:
        check_picture("-o", path, ["html"])  # the name has to end in .html
    with send_plugin_output_to_stderr():  # standard output has only the paths of the files
        catalog, run, samples = tasks.open_samples(
            folder, dataset=dataset, plugins=plugins, jobs=jobs, quiet=quiet
        )
        real = [real_trial(run.plan, samples, catalog)] if reference else []
        pages = []
        for rater in range(1, raters + 1):
            rater_pairs = plan_pairs(
                samples.rivals, pairs=pairs, rater=rater, seed=seed, questions=len(question_texts),
                references=[digest for trial in real for digest in trial.digests],
            )  # fmt: skip
            digests = {each for pair in rater_pairs for each in (pair.first, pair.second, pair.reference)}
            places = samples.with_trials(real).locate_samples(digests)
            pages.append(render_task(rater_pairs, question_texts, places, samples.modality))
    # only when all pages are made, so that an error leaves no file
    for path, content in zip(paths, pages, strict=True):
        write_file("task", path, content)
        if not quiet:
            click.echo(path)
