"""`genbench score`: computes metrics of folders, files or splits of datasets."""

from __future__ import annotations

import functools
import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.cli.arguments import options
from genbench.cli.arguments.help import command
from genbench.cli.pictures.files import write_file
from genbench.cli.views.output import print_warning
from genbench.core.errors import SuiteError
from genbench.store.environment import default_threads, offline_variables, thread_variables
from genbench.suite.file import read_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import RenderableType

    from genbench.scoring.explain import Explained
    from genbench.scoring.measurement import Measurement

__all__ = ["score"]

_ENDINGS = {".json": "json", ".csv": "csv", ".txt": "text", "": "text"}
_FILE_WIDTH = 100  # columns, as in piped output
_SCORES_ALONE = ("train", "protocol", "save_stats", "no_yardstick")  # options that do not go with --explain
_SIDE = "a folder of images, an .npz or .npy file, kept samples, or a dataset's split such as digits.test"
_REAL = "The reference samples, given in the same way, or an .npz file of statistics: mu and sigma."


def _read_metrics(
    _ctx: click.Context, _option: click.Parameter, texts: Sequence[str]
) -> dict[str, dict[str, Any]] | None:
    """Return metrics with their options, as `genbench.score` takes them; or None without any.

    `genbench.score` then computes the metrics of a report. A callback of click.
    """
    metrics: dict[str, dict[str, Any]] = {}
    for text in texts:
        name, values = read_words(f"-m {text!r}", text)
        if name in metrics:
            raise SuiteError(
                f"-m {text!r}: {name} is asked for twice, and one call computes it once; call genbench "
                "score again with the other options"
            )
        metrics[name] = values
    return metrics or None


def _read_component(_ctx: click.Context, option: click.Parameter, text: str | None) -> dict[str, Any] | None:
    """Return the component that an option names, as {"use": NAME, …}, or None without it.

    The other keys are the component's options. A callback of click.
    """
    return None if text is None else options.read_component(option.opts[0], text)


@command(
    "genbench score --fake samples/ --real digits.test",
    "genbench score --fake new.csv --real test.csv --train train.csv -m shapes -m c2st",
)
@click.option(
    "--fake",
    "fakes",
    required=True,
    multiple=True,
    metavar="PATH",
    help=f"The samples to judge: {_SIDE}.  [repeatable: side by side]",
)
@click.option("--real", required=True, metavar="PATH", help=_REAL)
@click.option("--train", metavar="PATH", help="The training samples, for metrics that detect copies.")
@options.metric_option(
    options.COMPONENT,
    ", such as 'kid subset_size=100'.  [repeatable; default: the metrics of a report]",
    callback=_read_metrics,
)
@click.option(
    "--extractor",
    callback=_read_component,
    metavar=options.COMPONENT,
    help="The extractor.  [default: each metric's canonical one]",
)
@click.option("--weights", metavar="FILE", help="The extractor's weights, in place of the fetched ones.")
@click.option("--protocol", metavar="NAME", help="A preset that reproduces what a paper or library quotes.")
@click.option("--explain", is_flag=True, help="Compute under all protocols and compare them.")
@options.n_option(" of each side, chosen by their content.  [default: all]")
@options.seed_option
@click.option(
    "--reader",
    callback=_read_component,
    metavar=options.COMPONENT,
    help="The dataset component that opens the paths, with options, such as mode=RGB, or fake.mode=RGB.",
)
@click.option(
    "--modality",
    callback=_read_component,
    metavar="'NAME [PARAMETER=VALUE …]'",
    help="The modality of paths that do not say theirs, such as text files.  [default: of the other side]",
)
@options.threads_option(None, ".  [default: OMP_NUM_THREADS, else all cores]")
@options.device_option
@options.plugin_option
@options.offline_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    help="How to print the result.  [default: by the ending of FILE, else text]",
)
@options.output_option("FILE", ".  [default: standard output]")
@click.option(
    "--save-stats",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.npz",
    help="Write mean and covariance of the real features.",
)
@click.option("--no-yardstick", is_flag=True, help="Leave out what real samples score in place of the fakes.")
@click.option("--details", is_flag=True, help="Show the five worst columns, pairs, k-mers and classes.")
@options.quiet_option
@click.pass_context
def score(
    ctx: click.Context,
    /,
    *,
    weights: str | None,
    explain: bool,
    threads: int | None,
    offline: bool,
    form: str | None,
    output: Path | None,
    quiet: bool,
    **arguments: Any,
) -> None:
    """Compute metrics of the samples FAKE, compared with the samples REAL.

    Beside each number is what real samples score in place of the fakes, and what the fakes score at this n.
    With several --fake, each has a column.

    With --format json: a list of objects with metric, direction, best, value, low, high, spread, n, n_real,
    status, reason, signature, decided_by, extra and yardstick, and fake if there are several. The exit code
    is 1 if a metric fails or none has a value.
    """  # fmt: skip
    # set before numpy and torch are imported, which read these variables then
    os.environ.update(
        thread_variables(threads or default_threads()) | (offline_variables() if offline else {})
    )
    form = form or _read_form(output)
    fakes, details = arguments.pop("fakes"), arguments.pop("details")
    if weights is not None:
        arguments["extractor"] = {**(arguments["extractor"] or {}), "weights": weights}
    # `arguments` has all other options, under the names of the function's parameters: none is ignored
    if not explain:
        arguments["yardstick"] = not arguments.pop("no_yardstick")
        scores = _run_with_progress(functools.partial(_score_each, fakes, **arguments), quiet=quiet)
        ctx.exit(_print_scores(scores, form, output, details=details))
    # removed from the arguments, since `explain_protocols` has no such parameters
    refused = [arguments.pop(name) for name in _SCORES_ALONE]
    if form == "csv" or details or len(fakes) > 1 or any(refused):
        raise SuiteError(
            "--explain goes without --train, --protocol, --save-stats, --no-yardstick, --details, a second "
            "--fake and --format csv; remove them"
        )
    from genbench.scoring.explain import explain as explain_protocols  # imports numpy, as `_score_each` does

    compute = functools.partial(explain_protocols, fake=fakes[0], **arguments)
    ctx.exit(_print_explained(_run_with_progress(compute, quiet=quiet), form, output))


def _score_each(
    fakes: Sequence[str], *, real: str, train: str | None, metrics: Mapping[str, Mapping[str, Any]] | None,
    seed: int, save_stats: Path | None, yardstick: bool, report: Callable[..., None], **settings: Any,
) -> dict[str, dict[str, Measurement]]:  # fmt: skip
    """Return the measurements of each of the fakes by their paths; the other sides are opened once.

    settings  the other parameters of a ScoreSession
    """
    from genbench.scoring.session import ScoreSession  # imports numpy, after the variables are set

    for fake in fakes:
        if fakes.count(fake) > 1:
            raise SuiteError(f"--fake {fake} is given twice; name each of the samples once")
    session = ScoreSession(real, train, **settings)
    return {
        fake: session.score(
            fake, metrics=metrics, seed=seed, save_stats=save_stats if fake == fakes[0] else None,
            report=report, yardstick=yardstick,
        )
        for fake in fakes
    }  # fmt: skip


def _read_form(output: Path | None) -> str:
    """Return the format that the suffix of a file means, "text" without one or for standard output (None).

    Raises SuiteError for another suffix.
    """
    suffix = "" if output is None else output.suffix.lower()
    if suffix not in _ENDINGS:
        raise SuiteError(
            f"--output {output}: no format has the suffix {suffix}; expected .json, .csv or .txt, or name "
            f"the format with --format"
        )
    return _ENDINGS[suffix]


def _print_scores(
    measurements: Mapping[str, Mapping[str, Measurement]], form: str, output: Path | None, *, details: bool
) -> int:
    """Print the measurements of each of the fakes, or write them to `output` if it is given.

    details  whether the table shows the worst parts of the samples, such as columns
    Return the exit code.
    """
    from genbench.cli.views.scores import scores_view, warning_lines

    _write_results(measurements, form, functools.partial(scores_view, details=details), output)
    scores = [score for each in measurements.values() for score in each.values()]
    if form == "csv":  # which has no place for warnings
        for fake, each in measurements.items():
            for line in warning_lines(list(each.values())):
                print_warning(f"{fake}: {line}" if len(measurements) > 1 else line)
    return _choose_exit_code(scores)


def _print_explained(explained: Sequence[Explained], form: str, output: Path | None) -> int:
    """Print the numbers of each protocol, or write them to `output` if it is given; return the exit code."""
    from genbench.cli.views.scores import explained_view

    _write_results(explained, form, explained_view, output)
    return _choose_exit_code([score for result in explained for score in result.measurements.values()])


def _choose_exit_code(scores: Sequence[Measurement]) -> int:
    """Return 1 if a metric failed or none has a value, else 0.

    A metric that is skipped, as where it is undefined for the samples, did not fail.
    """
    statuses = {score.status for score in scores}
    return 0 if "ok" in statuses and statuses <= {"ok", "skipped"} else 1


def _run_with_progress(work: Callable[..., Any], *, quiet: bool) -> Any:
    """Return the result of `work(report=…)`, and show its events and warnings on standard error.

    `work` calls `report` with events, such as the stage that begins. A note, such as the modality that a file
    is taken to be of, is shown once, unless `quiet`.
    """
    from genbench.runs.events import EventSource
    from genbench.runs.progress import open_stage_progress

    with warnings.catch_warnings(), open_stage_progress(quiet=quiet) as display:
        # an EventSource shows events of jobs, so the computation counts as a job with the name "score"
        events = EventSource(display)
        warnings.showwarning = lambda message, *_: events.warn(str(message))  # a line, and no source
        printed_notes: set[str] = set()

        def report(**event: Any) -> None:
            """Show an event of the computation, such as a stage; print each note for the user only once."""
            if "note" not in event:
                events.tell_event("score", event)
            elif event["note"] not in printed_notes and not quiet:
                printed_notes.add(event["note"])
                display.noted(event["note"])

        events.begin("score")
        try:
            return work(report=report)
        finally:
            events.end("score")


def _write_results(results: Any, form: str, view: Callable[..., RenderableType], output: Path | None) -> None:
    """Write results as "text", "json" or "csv" to a file, or to standard output if `output` is None.

    view  for the format "text": returns what to print, from the console, whose width it may use, and the
          results
    """
    from genbench.board.terminal import PipeConsole, open_console
    from genbench.cli.views.scores import as_csv, as_json

    content = io.StringIO()
    to_file = PipeConsole(file=content, width=_FILE_WIDTH)
    if form == "text":
        console = open_console() if output is None else to_file
        console.print(view(console, results))
    else:
        content.write({"json": as_json, "csv": as_csv}[form](results))
    if output is not None:
        write_file("--output", output, content.getvalue().encode("utf-8"))
    elif form != "text":
        click.echo(content.getvalue(), nl=False)
