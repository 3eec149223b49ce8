"""`genbench score`: computes metrics of folders, files or splits of datasets."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from genbench.cli.arguments.options import plugin_option
from genbench.cli.pictures.files import write_picture
from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line
from genbench.store.environment import default_threads, offline_variables, thread_variables
from genbench.suite.file import read_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console, RenderableType

    from genbench.scoring.explain import Explained
    from genbench.scoring.measurement import Measurement

    Report = Callable[..., None]

T = TypeVar("T")
__all__ = ["score"]

_ENDINGS = {".json": "json", ".csv": "csv", ".txt": "table", "": "table"}
_FILE_WIDTH = 100  # columns, as in piped output
_SIDE = "a folder of images, an .npz or .npy file, kept samples, or a dataset's split such as digits.test"
_REAL = "The reference samples, given in the same way, or an .npz file of statistics: mu and sigma."


@click.command()
@click.option("--fake", required=True, metavar="PATH", help=f"The samples to judge: {_SIDE}.")
@click.option("--real", required=True, metavar="PATH", help=_REAL)
@click.option("--train", metavar="PATH", help="The training samples, for metrics that detect copies.")
@click.option(
    "-m",
    "--metric",
    "metrics",
    multiple=True,
    metavar="'NAME [OPTION=VALUE …]'",
    help="A metric: 'kid subset_size=100'.  [repeatable; default: the metrics of a report]",
)
@click.option(
    "--extractor", metavar="'NAME [OPTION=VALUE …]'", help="In place of each metric's canonical extractor."
)
@click.option("--weights", metavar="FILE", help="The extractor's weights, in place of the fetched ones.")
@click.option("--protocol", metavar="NAME", help="A preset that reproduces what a paper or library quotes.")
@click.option("--explain", is_flag=True, help="Compute under all protocols and compare them.")
@click.option(
    "--n",
    type=click.IntRange(min=1),
    help="Use only N samples of each side, by their content.  [default: all]",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of metrics that draw."
)
@click.option(
    "--reader",
    metavar="'DATASET [OPTION=VALUE …]'",
    help="The dataset component that opens the paths, with options, such as mode=RGB, or fake.mode=RGB.",
)
@click.option(
    "--modality",
    metavar="'NAME [PARAMETER=VALUE …]'",
    help="The modality of paths that do not say theirs, such as text files.  [default: of the other side]",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Threads of torch and numpy.  [default: OMP_NUM_THREADS, else all cores]",
)
@click.option("--device", default="cpu", show_default=True, help="Device of torch: cpu, cuda, cuda:1, mps.")
@plugin_option
@click.option("--offline", is_flag=True, help="Download nothing.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    help="How to print it.  [default: by the ending of FILE, else table]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it.",
)
@click.option(
    "--save-stats",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.npz",
    help="Write mean and covariance of the real features.",
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@click.pass_context
def score(  # noqa: PLR0913 - the options of a command, all by name
    ctx: click.Context,
    /,
    *,
    fake: str,
    real: str,
    train: str | None,
    metrics: tuple[str, ...],
    extractor: str | None,
    weights: str | None,
    protocol: str | None,
    explain: bool,
    n: int | None,
    seed: int,
    reader: str | None,
    modality: str | None,
    threads: int | None,
    device: str,
    plugins: tuple[Path, ...],
    offline: bool,
    form: str | None,
    output: Path | None,
    save_stats: Path | None,
    quiet: bool,
) -> None:
    """Compute metrics of the samples FAKE, compared with the samples REAL.

    With --format json: a list of objects with metric, direction, best, value, low, high, spread, n, n_real,
    status, reason, signature, decided_by and extra. The exit code is 1 if a metric fails or none has a value.
    """  # fmt: skip
    os.environ.update(
        thread_variables(threads or default_threads()) | (offline_variables() if offline else {})
    )
    form = form or _read_form(output)
    chosen = _read_component("--extractor", extractor) | _given("weights", weights) or None
    opener = _read_component("--reader", reader) or None
    kind = _read_component("--modality", modality) or None
    asked = _read_metrics(metrics)
    if explain and (form == "csv" or any(given is not None for given in (train, protocol, save_stats))):
        raise SuiteError(
            "--explain goes without --train, --protocol, --save-stats and --format csv; remove them"
        )
    from genbench.scoring.api import score as score_samples  # when the numbers of threads are set
    from genbench.scoring.explain import explain as explain_protocols

    if explain:
        explained = _with_progress(
            lambda report: explain_protocols(
                fake=fake, real=real, metrics=asked or None, extractor=chosen, n=n, seed=seed,
                device=device, reader=opener, modality=kind, plugins=plugins, report=report,
            ), quiet=quiet,
        )  # fmt: skip
        ctx.exit(_print_explained(explained, form, output))
    scored = _with_progress(
        lambda report: score_samples(
            fake=fake, real=real, train=train, metrics=asked or None, extractor=chosen, protocol=protocol,
            n=n, seed=seed, device=device, reader=opener, modality=kind, plugins=plugins,
            save_stats=save_stats, report=report,
        ), quiet=quiet,
    )  # fmt: skip
    ctx.exit(_print_scores(list(scored.values()), form, output))


def _read_form(output: Path | None) -> str:
    """Return the format that the suffix of a file means; raise SuiteError if it means none."""
    suffix = "" if output is None else output.suffix.lower()
    if suffix not in _ENDINGS:
        raise SuiteError(
            f"--output {output}: no format has the suffix {suffix}; expected .json, .csv or .txt, or name "
            f"the format with --format"
        )
    return _ENDINGS[suffix]


def _print_scores(found: Sequence[Measurement], form: str, output: Path | None) -> int:
    """Print or write measurements; return the exit code."""
    from genbench.cli.views.scores import as_csv, as_json, remarks, scores_view

    texts = {"json": as_json, "csv": as_csv}
    _write(texts[form](found) if form in texts else lambda console: scores_view(console, found), output)
    if form == "csv":  # which has no place for them
        for line in remarks(found):
            click.echo(one_line(line), err=True)
    return _exit_code(found)


def _print_explained(found: Sequence[Explained], form: str, output: Path | None) -> int:
    """Print or write what the protocols make of a pair; return the exit code."""
    from genbench.cli.views.scores import as_json, explained_view

    _write(as_json(found) if form == "json" else lambda console: explained_view(console, found), output)
    return _exit_code([each for one in found for each in one.measurements.values()])


def _exit_code(found: Sequence[Measurement]) -> int:
    """Return 1 if a metric failed or none has a value; an undefined metric did not fail."""
    statuses = {each.status for each in found}
    return 0 if "ok" in statuses <= {"ok", "skipped"} else 1


def _with_progress(work: Callable[[Report], T], *, quiet: bool) -> T:
    """Return what `work(report)` returns, showing on the error stream what it reports."""
    from genbench.runs.events import EventSource
    from genbench.runs.progress import open_stage_progress

    with warnings.catch_warnings(), open_stage_progress(quiet=quiet) as display:
        events = EventSource(display)
        warnings.showwarning = lambda message, *_: events.warn(str(message))  # a line, and no source
        noted: set[str] = set()

        def report(**event: Any) -> None:
            if "note" not in event:
                events.event("score", event)
            elif event["note"] not in noted:
                noted.add(event["note"])
                display.noted(event["note"])

        events.begin("score")
        try:
            return work(report)
        finally:
            events.end("score")


def _write(text: str | Callable[[Console], RenderableType], output: Path | None) -> None:
    """Write a text, or a view on a console, to a file or to standard output."""
    from rich.console import Console

    from genbench.board.terminal import open_console

    if output is None:
        if isinstance(text, str):
            click.echo(text, nl=False)
        else:
            console = open_console()
            console.print(text(console))
        return
    file = io.StringIO()
    console = Console(file=file, width=_FILE_WIDTH, highlight=False, markup=False, emoji=False)
    file.write(text) if isinstance(text, str) else console.print(text(console))
    write_picture("--output", output, file.getvalue().encode("utf-8"))


def _read_metrics(texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return metrics with their options, as genbench.score takes them."""
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        name, options = read_words(f"-m {text!r}", text)
        if name in found:
            raise SuiteError(
                f"-m {text!r}: {name} is asked for twice, and one call computes it once; call genbench "
                "score again with the other options"
            )
        found[name] = options
    return found


def _read_component(where: str, text: str | None) -> dict[str, Any]:
    """Return a component with its options, as genbench.score takes it; empty for none."""
    if text is None:
        return {}
    name, options = read_words(f"{where} {text!r}", text)
    return {"use": name, **options}


def _given(name: str, value: str | None) -> dict[str, Any]:
    return {} if value is None else {name: value}
