"""`genbench check`: runs named checks of components, or tests a metric on real data with planted faults."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.catalog.catalog import load_catalog
from genbench.cli.arguments.options import form_option, plugin_option
from genbench.cli.pictures.files import check_picture, write_file
from genbench.cli.views.output import send_plugin_output_to_stderr
from genbench.cli.views.progress import show_progress
from genbench.contract.hookspecs import HOOKS
from genbench.core.errors import SuiteError
from genbench.core.escaping import json_text
from genbench.store.environment import thread_variables
from genbench.suite.file import read_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.checks.battery.card import Card
    from genbench.checks.conformance.checks import Result
    from genbench.suite.file import SuiteEntry

__all__ = ["check"]


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--kind", type=click.Choice(tuple(HOOKS.values())), help="Of NAME, check components of this kind only."
)
@click.option(
    "--modality", metavar="NAME", help="Check on this modality only.  [default: one of each container]"
)
@click.option(
    "--lock", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Compare results with those in FILE, at equal versions, and update it.",
)  # fmt: skip
@click.option("--list", "is_list", is_flag=True, help="Print the names of all checks, and what each expects.")
@click.option("-v", "--verbose", is_flag=True, help="Print the checks that pass or are skipped, too.")
@click.option(
    "--battery", "metric", metavar="'METRIC [OPTION=VALUE …]'",
    help="Instead of checks: plant faults, and see whether this metric notices.",
)  # fmt: skip
@click.option(
    "--card", metavar="METRIC|FILE.json",
    help="Instead of checks: show a card that a plugin ships, or that --battery printed as JSON.",
)  # fmt: skip
@click.option(
    "--extractor", metavar="'NAME [OPTION=VALUE …]'",
    help="Of --battery: its extractor.  [default: that of the dataset, of its modality, or of the metric]",
)  # fmt: skip
@click.option(
    "--dataset", metavar="'NAME [OPTION=VALUE …]'",
    help="Of --battery: the real data.  [default: the default dataset of the metric's modality]",
)  # fmt: skip
@click.option(
    "--n", type=click.IntRange(min=1), help="Of --battery: samples per side.  [default: all, at most 1,000]"
)
@click.option(
    "--seeds", type=click.IntRange(min=2), default=5, metavar="K", show_default=True,
    help="Of --battery: how many times to split the real data at random.",
)  # fmt: skip
@click.option(
    "--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Threads of torch and numpy."
)
@click.option("--device", default="cpu", show_default=True, help="Device of torch: cpu, cuda, cuda:1, mps.")
@plugin_option
@form_option("table", "json")
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Of --battery and --card: also draw the card; the name ends in .svg, .png or .pdf.",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@click.pass_context
def check(  # noqa: PLR0913 - the options of a command, all by name
    ctx: click.Context,
    /,
    *,
    names: tuple[str, ...],
    kind: str | None,
    modality: str | None,
    lock: Path | None,
    is_list: bool,
    verbose: bool,
    metric: str | None,
    card: str | None,
    extractor: str | None,
    dataset: str | None,
    n: int | None,
    seeds: int,
    threads: int,
    device: str,
    plugins: tuple[Path, ...],
    form: str,
    plot: Path | None,
    quiet: bool,
) -> None:
    """Check components, or test a metric with planted faults.

    NAME is a component, as 'NAME [OPTION=VALUE …]', a distribution, whose components are all checked, or the
    path of a plugin file. Each component is tried on small data of the modalities that it works on.

    With --battery, genbench plants faults in real data and shows whether a metric's score changes in the
    right direction. --card shows such a card without computing it.

    The exit code is 1 if a check fails, or if a card says WRONG, FAILED or BLIND (a ranked metric that saw no
    fault), or if the metric fails on data without a fault.

    With --format json: a list of results with component, kind, modality, check, outcome ("passed",
    "failed", "skipped", or "expected", a failure that its spec declares), seen, expected and fix. With
    --battery and --card: a list of cards, one for each number of the metric, with metric, component, version,
    options, direction, best, dataset, modality, extractor, n, seeds, floor, rows, verdicts (how many rows
    have each), left_out, expected (the words and reasons for each fault and level), seen_from, warnings,
    unknown_faults, has_damage, is_blind and is_reversed.
    """
    if is_list:
        _print_list()
        return
    # the command has three uses, of which a call chooses one by its argument
    uses = {"NAMEs": names, "--battery METRIC": metric, "--card METRIC": card}
    given = [use for use, value in uses.items() if value]
    if len(given) != 1:
        raise SuiteError(
            "expected the NAMEs of components to check, --battery METRIC to test it with faults, or --card "
            "METRIC to show its card"
        )
    _check_options(ctx, given[0])
    os.environ.update(thread_variables(threads))  # before a plugin imports torch or numpy, which read them
    if names:
        with send_plugin_output_to_stderr():  # so that standard output has only JSON
            results = _run_checks(
                names, kind=kind, modality=modality, lock=lock, plugins=plugins, quiet=quiet, device=device
            )
        _print_results(results, form, is_verbose=verbose)
        ctx.exit(1 if any(result.outcome == "failed" for result in results) else 0)
    if plot is not None:
        from genbench.report.charts.drawing import FORMATS

        check_picture("--plot", plot, FORMATS)  # before the battery, which may take long
    with send_plugin_output_to_stderr():
        cards = _read_cards(card, plugins) if card else _compute_cards(
            metric=str(metric), extractor=extractor, dataset=dataset, n=n, seeds=seeds, device=device,
            plugins=plugins, quiet=quiet,
        )  # fmt: skip
    _print_cards(cards, form)
    if plot is not None:
        _draw_cards(plot, cards)
    ctx.exit(0 if all(card.is_sound for card in cards) else 1)


#: The options that only some uses of the command have, by the names of their parameters.
_OF_NAMES = {"kind": "--kind", "modality": "--modality", "lock": "--lock", "verbose": "--verbose"}
_OF_BATTERY = {name: f"--{name}" for name in ("extractor", "dataset", "n", "seeds")}
_OF_BOTH = {"device": "--device", "threads": "--threads"}  # of NAMEs and of --battery
_OF_CARDS = {"plot": "--plot"}
#: By use, the options that have no effect in it, and the uses in which they have one.
_FOREIGN: dict[str, tuple[tuple[Mapping[str, str], str], ...]] = {
    "NAMEs": ((_OF_BATTERY, "--battery METRIC"), (_OF_CARDS, "--battery METRIC or --card METRIC")),
    "--battery METRIC": ((_OF_NAMES, "NAMEs"),),
    "--card METRIC": ((_OF_NAMES, "NAMEs"), (_OF_BATTERY | _OF_BOTH, "--battery METRIC")),
}


def _check_options(ctx: click.Context, use: str) -> None:
    """Raise SuiteError if an option is given that has no effect in this use of the command.

    use  "NAMEs", "--battery METRIC" or "--card METRIC": for each, _FOREIGN has the options of other uses
    """
    for options, its_use in _FOREIGN[use]:
        for name, option in options.items():
            if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
                raise SuiteError(f"{option} has no effect here; it belongs to genbench check with {its_use}")


def _read_cards(card: str, plugins: tuple[Path, ...]) -> list[Card]:
    """Return the cards in a file, or those that the plugin of a metric ships.

    card  a file's path, which exists, has a suffix or names a folder; else the name of a metric
    """
    from genbench.checks.battery.kept_cards import find_cards, read_cards

    path = Path(card)
    is_path = path.is_file() or path.suffix or path.name != card
    return read_cards(path) if is_path else find_cards(load_catalog(plugins), card)


def _print_list() -> None:
    """Print all checks, by kind of component."""
    from genbench.checks.conformance.all_checks import CHECKS
    from genbench.cli.views.checks import print_checks

    print_checks(CHECKS)


def _run_checks(
    names: tuple[str, ...], *, kind: str | None, modality: str | None, lock: Path | None,
    plugins: tuple[Path, ...], quiet: bool, device: str,
) -> list[Result]:  # fmt: skip
    """Return the results of the checks of all components that are named, and show their progress."""
    from genbench.checks.conformance.command import check_components, plan_checks
    from genbench.checks.conformance.targets import CheckOrder, list_files, read_target

    targets = [read_target("NAME", name) for name in names]
    files = list_files(targets, plugins)
    order = CheckOrder(targets=targets, kind=kind, modality=modality, files=files, lock=lock, device=device)
    plan = plan_checks(load_catalog(files), order)
    with show_progress(", ".join(names), "checks", quiet=quiet) as progress:
        return check_components(plan, order, progress)


def _print_results(results: list[Result], form: str, *, is_verbose: bool) -> None:
    """Print results as a list of JSON objects, or as lines for people."""
    if form == "json":
        click.echo(json_text([vars(result) for result in results]))
        return
    from genbench.cli.views.checks import print_results

    print_results(results, is_verbose=is_verbose)


def _compute_cards(
    *, metric: str, extractor: str | None, dataset: str | None, n: int | None, seeds: int, device: str,
    plugins: tuple[Path, ...], quiet: bool,
) -> list[Card]:  # fmt: skip
    """Run the battery, a test with planted faults, on a metric; return a card for each of its numbers.

    metric, extractor, dataset  as 'NAME [OPTION=VALUE …]'; None: the default one
    n                           samples per side; None: the default number
    seeds                       how many times to split the real data at random
    """
    from genbench.catalog.modalities import list_modalities
    from genbench.checks.battery.battery import default_n, run_battery
    from genbench.checks.battery.setup import default_dataset, find_extractor, open_data
    from genbench.contract.specs import DatasetSpec
    from genbench.suite.components import make_part
    from genbench.suite.file import MetricEntry
    from genbench.suite.resolve import make_group

    name, options = read_words("--battery", metric)
    catalog = load_catalog(plugins)
    data_words = dataset or default_dataset(catalog, name)
    part = make_part(catalog, DatasetSpec, _make_entry("--dataset", data_words), Path.cwd())
    catalog.find_metric(name, part.component.modalities)  # raises before the data are read
    data = open_data(part, list_modalities(catalog), device=device)
    # without --extractor: the extractor of the dataset, else of the modality, if the metric takes its
    # outputs; if `chosen` is None, `make_group` takes the metric's own
    suited = part.component.owner.qualify(part.spec.extractor) or data.modality.default_extractor
    chosen = extractor or find_extractor(catalog, name, filter(None, [suited]), data.modality)
    extractor_entry = None if chosen is None else _make_entry("--extractor", chosen)
    entry = MetricEntry(use=name, options=options, where="--battery", extractor=extractor_entry)
    group = make_group(entry, Path.cwd(), catalog, (data.modality.reference,))
    size = default_n([group], data) if n is None else n
    with show_progress(f"{metric}, n = {size}", "faults", quiet=quiet) as progress:
        return run_battery([group], data, catalog, n=size, seed_count=seeds, progress=progress)


def _make_entry(where: str, text: str) -> SuiteEntry:
    """Return the component that an option names, with its options, as an entry of a suite."""
    from genbench.suite.file import SuiteEntry

    name, options = read_words(where, text)
    return SuiteEntry(use=name, options=options, where=where)


def _print_cards(cards: list[Card], form: str) -> None:
    """Print cards as a list of JSON objects, or as tables with an empty line between them."""
    if form == "json":
        plain = [card.to_json() for card in cards]
        click.echo(json_text(plain))
        return
    from genbench.board.terminal import open_console
    from genbench.checks.battery.views_terminal import print_card

    console = open_console()
    for index, card in enumerate(cards):
        if index:
            console.print()
        print_card(console, card)


def _draw_cards(path: Path, cards: list[Card]) -> None:
    """Draw cards as a picture, and print its path to standard error."""
    from genbench.report.charts.cards import card_chart
    from genbench.report.charts.drawing import draw_chart

    form = path.suffix.lower().removeprefix(".")
    write_file("--plot", path, draw_chart(card_chart(cards), form))
    click.echo(path, err=True)
