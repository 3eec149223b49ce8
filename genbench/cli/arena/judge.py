"""`genbench arena judge`: lets a program compare the samples of a run, and writes its votes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.cli.arena import tasks
from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import output_option
from genbench.cli.views.output import send_plugin_output_to_stderr, wrap_line
from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from genbench.arena.judge import PositionBias

__all__ = ["judge"]


@command(
    "genbench arena judge results/mine -o votes.json --judge 'python3 judge.py'",
    "genbench arena judge results/mine -o votes.json --judge ./judge --env OPENAI_API_KEY",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--judge", "program", required=True, metavar="COMMAND",
    help="The program and its arguments, as in a shell: 'python3 judge.py'.",
)  # fmt: skip
@output_option("FILE", ": a file, which must not exist.", required=True)
@tasks.pairs_option
@tasks.question_option
@click.option("--name", metavar="NAME", help="The rater's name.  [default: that of the program's file]")
@click.option(
    "--env", "variables", multiple=True, metavar="NAME",
    help="An environment variable that the program receives.  [repeatable]",
)  # fmt: skip
@click.option(
    "--timeout", "timeout_s", type=click.FloatRange(min=0, min_open=True), default=600, show_default=True,
    metavar="SECONDS", help="For all pairs together.",
)  # fmt: skip
@click.option("--cache/--no-cache", "has_cache", default=True, help="Keep and use answers.  [default: cache]")
@tasks.sampling_options
def judge(  # noqa: PLR0913 - the options of a command, all by name
    *, folder: Path, program: str, output: Path, pairs: int, questions: tuple[str, ...], name: str | None,
    variables: tuple[str, ...], timeout_s: float, has_cache: bool, seed: int, dataset: str | None,
    plugins: tuple[Path, ...], jobs: int | None, quiet: bool,
) -> None:  # fmt: skip
    """Let a program compare samples of a run without knowing whose they are, and write its votes.

    The program gets each pair in both orders, as JSON Lines, and answers each with a choice. The metric
    `preference-judge` reads the file. Samples come from DIR or the store; genbench draws missing ones again.
    """
    from genbench.arena.judge import JudgeProgram, collect_votes
    from genbench.arena.pairs import plan_pairs
    from genbench.cli.pictures.files import check_picture, write_file

    texts = tasks.choose_questions(questions)
    check_picture("-o", output, ["json"])  # the ending, and whether the file can be written
    if os.path.lexists(output):
        raise SuiteError(f"-o {output} exists; name a new file, or move the old one away")
    make_rater = JudgeProgram.from_command
    rater = make_rater(program, name=name, variables=variables, timeout_s=timeout_s, has_cache=has_cache)
    with send_plugin_output_to_stderr():  # plugins may print: standard output has only the two lines below
        _, _, samples = tasks.open_samples(folder, dataset=dataset, plugins=plugins, jobs=jobs, quiet=quiet)
        # the program is the only rater, so it has the number 1
        planned = plan_pairs(samples.rivals, pairs=pairs, rater=1, seed=seed, questions=len(texts))
        # by the digest of a sample: the trial that has it, and its number there
        locations = samples.locate_samples({name for pair in planned for name in (pair.first, pair.second)})
        content, bias = collect_votes(rater, planned, texts, locations, samples.modality)
    write_file("votes", output, content)
    click.echo(wrap_line(one_line(f"{rater.name}: {_describe_bias(bias)}"), sys.stdout))
    if not quiet:
        click.echo(output)


def _describe_bias(bias: PositionBias) -> str:
    """Return how often a judge chose the same side in both orders of a pair, and which side, as a text."""
    if not (twice := bias.first_twice + bias.second_twice):
        return f"chose the same side in both orders for none of {bias.pairs:,} pairs"
    return (
        f"chose the same side in both orders for {twice:,} of {bias.pairs:,} pairs, the first for "
        f"{bias.first_twice:,} of these (position bias: p = {bias.p_value:.2g})"
    )
