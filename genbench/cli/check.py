"""`genbench check`: whether a metric sees what it should."""

from __future__ import annotations

import contextlib
import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.errors import SuiteError

if TYPE_CHECKING:
    from genbench.catalog import Catalog
    from genbench.checks.card import Card
    from genbench.parts import Group

__all__ = ["check"]

# The data with which genbench comes, and the extractor whose features of them agree on every machine.
_DATASET, _EXTRACTOR = "digits", "digits-classifier"


@click.command()
@click.option(
    "--battery", "metric", metavar="METRIC", required=True, help="The metric before which faults are planted."
)
@click.option(
    "--extractor",
    metavar="NAME",
    help=f"What makes its features.  [default: {_EXTRACTOR} on {_DATASET}, else the metric's canonical one]",
)
@click.option(
    "--dataset", default=_DATASET, metavar="NAME", show_default=True, help="Real data for the faults."
)
@click.option("--n", type=click.IntRange(min=1), help="Samples a side.  [default: all, at most 1,000]")
@click.option(
    "--seeds", type=click.IntRange(min=2), default=5, metavar="K", show_default=True,
    help="How often the real data are dealt anew.",
)  # fmt: skip
@click.option(
    "--set", "settings", multiple=True, metavar="OPTION=VALUE", help="An option of the metric.  [repeatable]"
)
@click.option("--device", default="cpu", show_default=True, help="Device of torch: cpu, cuda, cuda:1, mps.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="How to print the card.",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.svg", help="Draw the card, too."
)
@click.option(
    "--plugin", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE.py",
    help="Load a plugin that is not installed.  [repeatable]",
)  # fmt: skip
@click.pass_context
def check(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    /,
    *,
    metric: str,
    extractor: str | None,
    dataset: str,
    n: int | None,
    seeds: int,
    settings: tuple[str, ...],
    device: str,
    form: str,
    plot: Path | None,
    files: tuple[Path, ...],
) -> None:
    """Plant faults in real data and show which way a metric's score moves, and whether that is the right way.

    Ends with 1 if something moved the wrong way and the metric does not declare it.
    With --format json: a list of cards, one for each number of the metric.
    """
    from genbench.catalog import load_catalog
    from genbench.checks.arena import open_arena
    from genbench.checks.battery import battery, default_n
    from genbench.checks.watch import open_stderr, watching

    with contextlib.redirect_stdout(sys.stderr):  # what plugins print while they are imported and run
        catalog = load_catalog(files)
        group = _group(catalog, metric, _chosen(catalog, metric, extractor, dataset), _options(settings))
        arena = open_arena(catalog, dataset, device=device)
        size = default_n([group], arena) if n is None else n
        with watching(open_stderr(), f"{metric}, n = {size}") as progress:
            cards = battery([group], arena, n=size, seed_count=seeds, progress=progress)
    _print(cards, form)
    if plot is not None:
        _write(plot, cards)
    ctx.exit(0 if all(card.is_sound for card in cards) else 1)


def _options(settings: tuple[str, ...]) -> dict[str, Any]:
    """Return the options of a metric; a value is TOML, and a text where it is none."""
    options: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not name or not equals:
            raise SuiteError(f"--set {setting!r}: expected OPTION=VALUE")
        try:
            options[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            options[name] = value
    return options


def _chosen(catalog: Catalog, metric: str, extractor: str | None, dataset: str) -> str | None:
    """Return the extractor that is asked for, or the one that suits the default data; None: the canonical."""
    from genbench.parts import wanted_outputs
    from genbench.specs import ExtractorSpec, MetricSpec

    if extractor is not None or dataset != _DATASET:
        return extractor
    spec = catalog.find_metric(metric)[0].spec
    wanted = set(wanted_outputs(spec)) if isinstance(spec, MetricSpec) else set()
    specs = [component.spec for component in catalog.matches("extractor", _EXTRACTOR)]
    fits = [found for found in specs if isinstance(found, ExtractorSpec) and wanted <= set(found.outputs)]
    return _EXTRACTOR if wanted and fits else None


def _group(catalog: Catalog, metric: str, extractor: str | None, options: dict[str, Any]) -> Group:
    from genbench.resolve import make_group
    from genbench.suite import Entry, MetricEntry

    where = "--battery"
    chosen = None if extractor is None else Entry(use=extractor, name=None, options={}, where="--extractor")
    entry = MetricEntry(use=metric, name=None, options=options, where=where, extractor=chosen)
    return make_group(entry, Path.cwd(), catalog)


def _print(cards: list[Card], form: str) -> None:
    if form == "json":
        plain = [card.to_json() for card in cards]
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False))
        return
    from genbench.checks.view import print_card
    from genbench.tables import open_console

    console = open_console()
    for place, card in enumerate(cards):
        if place:
            console.print()
        print_card(console, card)


def _write(path: Path, cards: list[Card]) -> None:
    from genbench.checks.plot import card_svg
    from genbench.errors import ResultsError

    try:
        path.write_text(card_svg(cards), encoding="utf-8")
    except OSError as error:
        raise ResultsError(f"{path} cannot be written: {error.strerror or error}") from error
    click.echo(path, err=True)
