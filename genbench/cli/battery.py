"""`genbench battery`: tests a metric on real data with planted faults."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.catalog.catalog import load_catalog
from genbench.cli.arguments import options
from genbench.cli.arguments.help import command
from genbench.cli.pictures.files import check_picture, write_file
from genbench.cli.views.output import print_plain, send_plugin_output_to_stderr
from genbench.cli.views.progress import show_progress
from genbench.core.errors import SuiteError
from genbench.store.environment import thread_variables
from genbench.suite.file import read_words

if TYPE_CHECKING:
    from genbench.checks.battery.card import Card
    from genbench.suite.file import SuiteEntry

__all__ = ["battery"]

#: Options that only a computation has, by the names of their parameters.
_OF_COMPUTATION = ("extractor", "data", "n", "repeats", "threads", "device")


@command("genbench battery fid", "genbench battery 'kid estimator=full' --n 300 --plot kid.svg")
@click.argument("metric", metavar="METRIC")
@click.option("--card", "is_shown", is_flag=True, help="Compute nothing: show the card of METRIC.")
@click.option(
    "--extractor", metavar=options.COMPONENT,
    help="The extractor.  [default: that of the data, of their modality, or of the metric]",
)  # fmt: skip
@click.option(
    "--data", metavar=options.COMPONENT,
    help="The dataset with the real samples.  [default: that of the metric's modality]",
)  # fmt: skip
@options.n_option(" of each side.  [default: all, at most 1,000]")
@click.option(
    "--repeats", type=click.IntRange(min=2), default=5, metavar="K", show_default=True,
    help="How many times to split the real data at random.",
)  # fmt: skip
@options.threads_option(1)
@options.device_option
@options.plugin_option
@options.form_option("text", "json", "csv")
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Also draw the card; the name ends in .svg, .png or .pdf.",
)  # fmt: skip
@options.quiet_option
@click.pass_context
def battery(  # noqa: PLR0913 - the options of a command, all by name
    ctx: click.Context, /, *, metric: str, is_shown: bool, extractor: str | None, data: str | None,
    n: int | None, repeats: int, threads: int, device: str, plugins: tuple[Path, ...], form: str,
    plot: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Plant faults in real data, and show whether METRIC detects them.

    METRIC is a metric or one of its numbers, as 'NAME [OPTION=VALUE …]'. The card of each number shows
    whether the score changes in the right direction at each fault. With --card, METRIC is a metric whose
    plugin ships a card, or a file that --format json printed.

    The exit code is 1 if a card says WRONG, FAILED or BLIND (a ranked metric that detects no fault), or if
    the metric fails on undamaged data.

    With --format json: a list of cards, one for each number of the metric, with metric, component, version,
    options, direction, best, dataset, modality, extractor, n, seeds, floor, rows, verdicts (how many rows
    have each), left_out, expected (the words and reasons for each fault and level), seen_from, warnings,
    unknown_faults, has_damage, is_blind and is_reversed. With --format csv: the rows.
    """
    if is_shown:
        _refuse_options(ctx)
    os.environ.update(thread_variables(threads))  # before a plugin imports torch or numpy, which read them
    if plot is not None:
        from genbench.report.charts.drawing import FORMATS

        check_picture("--plot", plot, FORMATS)  # before the battery, which may take long
    with send_plugin_output_to_stderr():  # so that standard output has only JSON
        cards = _read_cards(metric, plugins) if is_shown else _compute_cards(
            metric=metric, extractor=extractor, data=data, n=n, repeats=repeats, device=device,
            plugins=plugins, quiet=quiet,
        )  # fmt: skip
    _print_cards(cards, form)
    if plot is not None:
        _draw_cards(plot, cards)
        if not quiet:
            click.echo(plot, err=True)
    ctx.exit(0 if all(card.is_sound for card in cards) else 1)


def _refuse_options(ctx: click.Context) -> None:
    """Raise SuiteError if an option of a computation is given beside --card, where it has no effect."""
    for name in _OF_COMPUTATION:
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise SuiteError(f"--{name} has no effect beside --card, which computes nothing; remove it")


def _read_cards(card: str, plugins: tuple[Path, ...]) -> list[Card]:
    """Return the cards in a file, or those that the plugin of a metric ships.

    card  a file's path, which exists, has a suffix or names a folder; else the name of a metric
    """
    from genbench.checks.battery.kept_cards import find_cards, read_cards

    path = Path(card)
    is_path = path.is_file() or path.suffix or path.name != card
    return read_cards(path) if is_path else find_cards(load_catalog(plugins), card)


def _compute_cards(
    *, metric: str, extractor: str | None, data: str | None, n: int | None, repeats: int, device: str,
    plugins: tuple[Path, ...], quiet: bool,
) -> list[Card]:  # fmt: skip
    """Run the battery, a test with planted faults, on a metric; return a card for each of its numbers.

    metric, extractor, data  as 'NAME [OPTION=VALUE …]'; None: the default one
    n                        samples per side; None: the default number
    repeats                  how many times to split the real data at random
    """
    from genbench.catalog.modalities import list_modalities
    from genbench.checks.battery.battery import default_n, run_battery
    from genbench.checks.battery.setup import default_dataset, find_extractor, open_data
    from genbench.contract.specs import DatasetSpec
    from genbench.suite.components import make_part
    from genbench.suite.file import MetricEntry
    from genbench.suite.resolve import make_group

    name, values = read_words("METRIC", metric)
    catalog = load_catalog(plugins)
    data_words = data or default_dataset(catalog, name)
    part = make_part(catalog, DatasetSpec, _make_entry("--data", data_words), Path.cwd())
    catalog.find_metric(name, part.component.modalities)  # raises before the data are read
    real = open_data(part, list_modalities(catalog), device=device)
    # without --extractor: the extractor of the dataset, else of the modality, if the metric takes its
    # outputs; if `chosen` is None, `make_group` takes the metric's own
    suited = part.component.owner.qualify(part.spec.extractor) or real.modality.default_extractor
    chosen = extractor or find_extractor(catalog, name, filter(None, [suited]), real.modality)
    extractor_entry = None if chosen is None else _make_entry("--extractor", chosen)
    entry = MetricEntry(use=name, options=values, where="METRIC", extractor=extractor_entry)
    group = make_group(entry, Path.cwd(), catalog, (real.modality.reference,))
    size = default_n([group], real) if n is None else n
    with show_progress(f"{metric}, n = {size}", "faults", quiet=quiet) as progress:
        return run_battery([group], real, catalog, n=size, seed_count=repeats, progress=progress)


def _make_entry(where: str, text: str) -> SuiteEntry:
    """Return the component that an option names, with its options, as an entry of a suite."""
    from genbench.suite.file import SuiteEntry

    name, values = read_words(where, text)
    return SuiteEntry(use=name, options=values, where=where)


def _print_cards(cards: list[Card], form: str) -> None:
    """Print cards as a list of JSON objects, their rows as CSV, or tables with an empty line between them."""
    if form != "text":
        plain = [card.to_json() for card in cards]
        rows = [{"metric": card["metric"], **row} for card in plain for row in card["rows"]]
        print_plain(plain if form == "json" else rows, form)
        return
    from genbench.board.terminal import open_console
    from genbench.checks.battery.views_terminal import print_card

    console = open_console()
    for index, card in enumerate(cards):
        if index:
            console.print()
        print_card(console, card)


def _draw_cards(path: Path, cards: list[Card]) -> None:
    """Draw cards as a picture."""
    from genbench.report.charts.cards import card_chart
    from genbench.report.charts.drawing import draw_chart

    form = path.suffix.lower().removeprefix(".")
    write_file("--plot", path, draw_chart(card_chart(cards), form))
