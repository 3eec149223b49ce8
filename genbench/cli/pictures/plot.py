"""`genbench plot`: draws a chart of a run as SVG, PNG or PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.catalog.catalog import load_catalog
from genbench.cli.arguments import options
from genbench.cli.arguments.help import command
from genbench.cli.views.output import print_warning, send_plugin_output_to_stderr
from genbench.core.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.board.view import View
    from genbench.report.charts.theme import Chart
    from genbench.results.results import Results

__all__ = ["plot"]

_SAMPLES, _MARGINALS = "samples", "marginals"
_NO_PARTS = "its modality counts no parts, such as columns, or the run kept no samples"


@command(
    "genbench plot results/mine ranks -o ranks.pdf",
    "genbench plot results/mine trade-off -m precision -m recall -o both.svg",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("kind")
@options.output_option("FILE", "; the name ends in .svg, .png or .pdf.", required=True)
@options.dataset_option("[default: the only one]")
@options.metric_option("NAME", ", as on the board.  [repeatable; default: the first one of the page]")
@click.option("--log", metavar="NAME", help="The logged value that `training` shows.  [default: all]")
@options.show_real_option(" in `samples`; `marginals` needs them.")
@options.plugin_option
def plot(
    folder: Path, kind: str, output: Path, dataset: str | None, metrics: tuple[str, ...], log: str | None,
    show_real: bool, plugins: tuple[Path, ...],
) -> None:  # fmt: skip
    """Draw a chart of a run, as wide as a column of a paper.

    \b
    KIND        what the chart shows
    seeds       a metric at each seed, with mean, interval and controls
    ranks       overall ranks, with the ranks that the seeds leave possible
    trade-off   two metrics against each other, such as precision and recall
    training    what generators log while they are trained
    cost        a metric against the time of training and drawing
    wins        in how many metrics each generator beats each other one
    parts       a metric of single parts of samples, such as columns of a table
    dependence  how parts of samples depend on one another, as a metric found
    marginals   how single parts of samples are distributed, beside real ones
    samples     the first samples of each generator, if they are pictures

    `seeds`, `cost`, `parts` and `dependence` show one --metric, `trade-off` two; without it, those that come
    first on the page of the run. The same run gives the same bytes.
    """  # noqa: D301 - click's mark of a paragraph that keeps its lines
    from genbench.board.view import view_results
    from genbench.cli.arguments.contenders import read_run
    from genbench.cli.pictures.files import check_picture, write_file
    from genbench.core.names import suggest_names
    from genbench.report.charts.columns import find_dataset
    from genbench.report.charts.drawing import FORMATS, draw_chart
    from genbench.report.charts.kinds import KINDS

    kinds = [*KINDS, _MARGINALS, _SAMPLES]
    if kind not in kinds:
        raise SuiteError(f"no chart is called {kind!r}{suggest_names(kind, kinds)}")
    form = check_picture("-o", output, FORMATS)
    results = read_run(folder)
    view = view_results(results)
    if kind in (_SAMPLES, _MARGINALS):
        if metrics or log is not None:
            raise SuiteError(f"{kind} shows neither metrics nor logged values; leave out --metric and --log")
        chosen = find_dataset(view, dataset)
        if kind == _SAMPLES:
            chart = _draw_samples(folder, results, view, chosen, plugins, show_real=show_real)
        else:
            chart = _draw_marginals(folder, results, chosen, plugins, show_real=show_real)
    elif show_real or plugins:  # both concern samples, which the other charts do not show
        option = "--show-real" if show_real else "--plugin"
        raise SuiteError(f"{kind} shows no samples; leave out {option}, or plot samples")
    else:
        chart = _draw(results, view, kind, find_dataset(view, dataset), metrics, log)
    write_file("-o", output, draw_chart(chart, form))
    click.echo(output)


def _draw(
    results: Results, view: View, kind: str, dataset: str, metrics: Sequence[str], log: str | None
) -> Chart:
    """Return a chart of numbers of a run; print why generators are not ranked, and copies.

    metrics  those to show; if it is empty and the chart needs some, the default ones are shown and printed
    log      the logged value to show; None: all
    """
    from genbench.core.names import join_names
    from genbench.report.charts.columns import row_notes, short_names
    from genbench.report.charts.kinds import KINDS, build_chart, choose_metrics, select_metrics

    for note in row_notes(view, dataset):
        print_warning(f"{dataset}: {note}")
    if metrics or KINDS[kind] is None:  # None: the chart shows no metric by name
        return build_chart(results, kind, dataset=dataset, metrics=metrics, log=log)
    with send_plugin_output_to_stderr():  # what plugins print goes to standard error
        chosen = choose_metrics(results, view, dataset, kind, load_catalog())
    chart = build_chart(results, kind, dataset=dataset, metrics=chosen, log=log)
    # the user named no metric, so a warning says which ones are shown and which others there are
    option = "--metric shows another one" if len(chosen) == 1 else "two --metric show others"
    names = short_names(view, dataset)
    choices = [names[metric] for metric in select_metrics(view, dataset, kind, list(names))]
    others = f"; {option} of {', '.join(choices)}" if len(choices) > len(chosen) else ""
    print_warning(f"{kind} shows {join_names(chosen)}{others}")
    return chart


def _draw_marginals(
    folder: Path, results: Results, dataset: str, plugins: Sequence[Path], *, show_real: bool
) -> Chart:
    """Return the chart of the distributions of single parts of samples, beside those of real samples.

    show_real  whether real samples may be shown; without them there is no chart

    Raises SuiteError if `show_real` is False, or if there are no such distributions.
    """
    from genbench.report.charts.marginals import marginals_sheet
    from genbench.report.charts.theme import make_standalone
    from genbench.report.page.samples.marginals import find_marginals

    if not show_real:
        raise SuiteError("marginals shows how real samples are distributed; add --show-real if it may")
    with send_plugin_output_to_stderr():  # what plugins print goes to standard error
        marginals, reason = find_marginals([folder], results, load_catalog(plugins), dataset)
    if not marginals:
        raise SuiteError(f"there are no marginals on {dataset}: {reason or _NO_PARTS}")
    if reason:
        print_warning(f"some marginals are left out: {reason}")
    return make_standalone(marginals_sheet(marginals), dataset)


def _draw_samples(
    folder: Path, results: Results, view: View, dataset: str, plugins: Sequence[Path], *, show_real: bool
) -> Chart:
    """Return the grid of samples of each generator at the run's lowest seed.

    show_real  whether real samples, and copies of them, are shown too

    Raises SuiteError if no generator has pictures there. Prints what is left out.
    """
    from genbench.report.page.samples.gallery import collect_gallery
    from genbench.report.page.samples.grid import make_sample_grid

    with send_plugin_output_to_stderr():  # what plugins print goes to standard error
        catalog = load_catalog(plugins)
        galleries = collect_gallery([folder], results, catalog, most_seeds=1, show_real=show_real)
    for line in galleries.lost:
        print_warning(line)
    # the run has the dataset, so exactly one gallery is of it
    (samples,) = (each for each in galleries.datasets if each.dataset == dataset)
    if samples.reason:
        raise SuiteError(f"the real samples of {dataset} cannot be shown: {samples.reason}")
    chart = make_sample_grid(samples, view.list_generators(dataset))
    if chart is None:
        # a row may have exhibits that are no pictures
        why = ["they are shown as texts, rows or sounds"] if any(row.exhibits for row in samples.rows) else []
        reasons = why or sorted({row.reason for row in samples.rows})
        raise SuiteError(f"there is no picture of a sample on {dataset}: {'; '.join(reasons)}")
    if not show_real:
        print_warning("samples leaves out real samples and copies of them; --show-real adds both")
    return chart
