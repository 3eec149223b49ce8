"""`genbench check`: whether a metric sees what it should."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.cli.words import read_words
from genbench.environment import thread_variables

if TYPE_CHECKING:
    from genbench.catalog import Catalog
    from genbench.checks.card import Card
    from genbench.parts import Group
    from genbench.suite import Entry

__all__ = ["check"]

# The data with which genbench comes, and the extractor whose features of them agree on every machine.
_DATASET, _EXTRACTOR = "digits", "digits-classifier"


@click.command()
@click.option(
    "--battery", "metric", metavar="'METRIC [OPTION=VALUE …]'", required=True,
    help="The metric before which faults are planted.",
)  # fmt: skip
@click.option(
    "--extractor", metavar="'NAME [OPTION=VALUE …]'",
    help=f"What makes its features.  [default: {_EXTRACTOR} on {_DATASET}, else the metric's canonical one]",
)  # fmt: skip
@click.option(
    "--dataset", default=_DATASET, metavar="'NAME [OPTION=VALUE …]'", show_default=True,
    help="Real data for the faults.",
)  # fmt: skip
@click.option("--n", type=click.IntRange(min=1), help="Samples a side.  [default: all, at most 1,000]")
@click.option(
    "--seeds", type=click.IntRange(min=2), default=5, metavar="K", show_default=True,
    help="How often the real data are dealt anew.",
)  # fmt: skip
@click.option(
    "--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Threads of torch and numpy."
)
@click.option("--device", default="cpu", show_default=True, help="Device of torch: cpu, cuda, cuda:1, mps.")
@click.option(
    "--plugin", "plugins", multiple=True, type=click.Path(path_type=Path), metavar="FILE.py",
    help="Load a plugin that is not installed.  [repeatable]",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="How to print the card.",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.svg", help="Draw the card, too."
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@click.pass_context
def check(ctx: click.Context, /, *, threads: int, form: str, plot: Path | None, **asked: Any) -> None:
    """Plant faults in real data and show which way a metric's score moves, and whether that is the right way.

    Ends with 1 if something moved the wrong way and the metric does not declare it. With --format json: a
    list of cards, one for each number of the metric, with metric, direction, best, dataset, extractor, n,
    seeds, floor, rows, left_out, seen_from and sound.
    """
    os.environ.update(thread_variables(threads))
    with contextlib.redirect_stdout(sys.stderr):  # what plugins print while they are imported and run
        cards = _cards(**asked)
    _print(cards, form)
    if plot is not None:
        _write(plot, cards)
    ctx.exit(0 if all(card.is_sound for card in cards) else 1)


def _cards(
    *, metric: str, extractor: str | None, dataset: str, n: int | None, seeds: int, device: str,
    plugins: tuple[Path, ...], quiet: bool,
) -> list[Card]:  # fmt: skip
    from genbench.catalog import load_catalog
    from genbench.checks.arena import open_arena
    from genbench.checks.battery import battery, default_n
    from genbench.checks.watch import open_stderr, watching

    catalog = load_catalog(plugins)
    group = _group(catalog, metric, _chosen(catalog, metric, extractor, dataset))
    arena = open_arena(catalog, _entry("--dataset", dataset), device=device)
    size = default_n([group], arena) if n is None else n
    with watching(open_stderr(quiet=quiet), f"{metric}, n = {size}") as progress:
        return battery([group], arena, n=size, seed_count=seeds, progress=progress)


def _entry(where: str, text: str) -> Entry:
    from genbench.suite import Entry

    name, options = read_words(where, text)
    return Entry(use=name, name=None, options=options, where=where)


def _chosen(catalog: Catalog, metric: str, extractor: str | None, dataset: str) -> str | None:
    """Return the extractor that is asked for, or the one that suits the default data; None: the canonical."""
    from genbench.parts import wanted_outputs
    from genbench.specs import ExtractorSpec, MetricSpec

    if extractor is not None or dataset != _DATASET:
        return extractor
    spec = catalog.find_metric(read_words("--battery", metric)[0])[0].spec
    wanted = set(wanted_outputs(spec)) if isinstance(spec, MetricSpec) else set()
    specs = [component.spec for component in catalog.matches("extractor", _EXTRACTOR)]
    fits = [found for found in specs if isinstance(found, ExtractorSpec) and wanted <= set(found.outputs)]
    return _EXTRACTOR if wanted and fits else None


def _group(catalog: Catalog, metric: str, extractor: str | None) -> Group:
    from genbench.resolve import make_group
    from genbench.suite import MetricEntry

    name, options = read_words("--battery", metric)
    chosen = None if extractor is None else _entry("--extractor", extractor)
    entry = MetricEntry(use=name, name=None, options=options, where="--battery", extractor=chosen)
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
