"""`genbench plot`: draws a chart of a run as SVG, PNG or PDF."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["plot"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("kind")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE",
    help="Where to write; the name ends in .svg, .png or .pdf.",
)  # fmt: skip
@click.option("--dataset", metavar="NAME", help="The dataset.  [default: the only one]")
@click.option("--metric", "metrics", multiple=True, metavar="METRIC", help="The metric.  [repeatable]")
@click.option("--log", metavar="NAME", help="The logged value that `training` shows.  [default: all]")
def plot(
    folder: Path, kind: str, output: Path, dataset: str | None, metrics: tuple[str, ...], log: str | None
) -> None:
    """Draw a chart of a run, as wide as a column of a paper.

    \b
    KIND        what the chart shows
    seeds       a metric at each seed, with mean, interval and controls
    ranks       overall ranks, with the ranks that the seeds leave possible
    trade-off   two metrics against each other, such as precision and recall
    training    what generators log while they are trained
    cost        a metric against the time of training and drawing
    wins        in how many metrics each generator beats each other one

    `seeds` and `cost` need one --metric, `trade-off` two. The same run gives the same bytes.
    """  # noqa: D301 - click's mark of a paragraph that keeps its lines
    from genbench.charts.drawing import FORMATS, drawn
    from genbench.charts.kinds import KINDS, chart_of
    from genbench.cli.contenders import read_run
    from genbench.cli.pictures.files import check_picture, write_picture
    from genbench.core.errors import SuiteError
    from genbench.core.names import nearest

    if kind not in KINDS:
        raise SuiteError(f"no chart is called {kind!r}{nearest(kind, KINDS)}")
    form = check_picture("-o", output, FORMATS)
    chart = chart_of(read_run(folder), kind, dataset=dataset, metrics=metrics, log=log)
    write_picture("-o", output, drawn(chart, form))
    click.echo(output)
