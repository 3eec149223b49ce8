"""The page of a run as one HTML file, which needs no other file and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench._version import __version__
from genbench.board.numbers import rank_text, typeset
from genbench.board.view import view_results
from genbench.board.warnings import listed
from genbench.core.escaping import escape_surrogates, one_line
from genbench.report.charts.theme import dark_rules
from genbench.report.page.comparisons import describe_comparisons
from genbench.report.page.markup import open_templates, policy, script_text, template_text
from genbench.report.page.metrics import data_kinds, metric_cards
from genbench.report.page.origin import run_origins
from genbench.report.page.pictures import page_pictures
from genbench.report.page.readmes import folder_readmes
from genbench.report.page.samples.gallery import gallery
from genbench.report.page.samples.marginals import marginals_on
from genbench.report.page.samples.sample_tables import sample_tables
from genbench.report.page.tables import board_legend, board_tables, metric_anchors, table_key
from genbench.report.page.vega import vega_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from genbench.board.view import View
    from genbench.catalog.catalog import Catalog
    from genbench.results.results import Results

__all__ = ["page_html"]


def page_html(
    results: Results,
    folders: Sequence[Path] = (),
    *,
    catalog: Catalog,
    show_real: bool = False,
    warn: Callable[[str], None] = lambda _line: None,
) -> bytes:
    """Return the page of a run, or of merged runs, in UTF-8.

    folders    of the runs, where their samples are
    catalog    the plugins that describe the metrics and render the samples
    show_real  show real samples too, and the training samples that are nearest to the generated ones
    warn       receives a line for each trial whose kept samples cannot be read

    Equal folders, plugins and versions of genbench and vl-convert give equal bytes.
    """
    view = view_results(results)
    with_real = view.datasets if show_real else ()
    marginals = {dataset: marginals_on(folders, results, catalog, dataset) for dataset in with_real}
    for dataset, (_, reason) in marginals.items():
        if reason:
            warn(f"no marginals on {dataset}: {reason}")
    pictured = page_pictures(view, results, catalog, marginals=marginals)
    orders = {dataset: view.order(dataset) for dataset in view.datasets}
    samples = gallery(folders, results, catalog, show_real=show_real)
    for line in samples.lost:
        warn(line)
    shown_samples = sample_tables(samples, orders)
    compared = describe_comparisons(view, folders, catalog, orders)
    contents = {"Pictures": pictured, "Comparisons": compared, "Gallery": shown_samples}
    titles = ["Board", *(title for title, content in contents.items() if content), "Metrics", "Origin"]
    merged = results.plan.provenance.get("merged")
    tables = {dataset: board_tables(view, dataset, merged) for dataset in view.datasets}
    template = open_templates().get_template("page.html.jinja")
    text = template.render(
        title=f"Leaderboard: {one_line(view.title)}" if view.title else "Leaderboard",
        version=__version__,
        tally=f"{view.tally}. A cell is one metric of one generator, on one dataset and at one seed",
        sections=[(title.lower(), title) for title in titles],
        **_assets(has_charts=bool(pictured)),
        datasets=[{"name": one_line(dataset), "tables": shown} for dataset, shown in tables.items()],
        keys=table_key,
        anchors=metric_anchors(view),
        rank_of=rank_text,
        listed=listed,
        legend=board_legend(each.table for shown in tables.values() for each in shown),
        differences=view.differences,
        lists=list(_lists(view)),
        pictured=pictured,
        comparisons=compared,
        gallery=shown_samples,
        cards=metric_cards(view, catalog, data_kinds(results.plan.provenance)),
        origins=run_origins(results),
        readmes=folder_readmes(folders, results),
    )
    return escape_surrogates(text).encode("utf-8")


def _assets(*, has_charts: bool) -> dict[str, str]:
    """Return the style and the scripts of a page, and the policy that allows no others."""
    style = template_text("page.css") + dark_rules(".plot")
    script = template_text("names.js") + template_text("page.js")
    library = vega_script() if has_charts else ""
    return {
        "policy": policy([*filter(None, [library]), script], [style]),
        "style": script_text(style),
        "library": script_text(library),
        "script": script_text(script),
    }


def _lists(view: View) -> Iterator[tuple[str, str, list[str], bool]]:
    """Yield the id, the title and the lines of each list below the tables, and whether it is open at first.

    Lists without lines are left out.
    """
    lost = view.failures
    has_failed = any(cells.status != "skipped" for cells in lost)
    count = sum(len(cells.seeds) * len(cells.metrics) for cells in lost)
    wrong = list(map(typeset, view.wrong_controls))
    texts = [cells.text(len(cells.metrics)) for cells in lost]
    found = (
        ("failures", "Cells without a value", count, texts, has_failed),
        ("cautions", "Cautions", len(view.cautions), list(view.cautions), True),
        ("wrong-controls", "Metrics that rank a control wrongly", len(wrong), wrong, False),
        ("notes", "Notes on the numbers", len(view.notes), list(view.notes), False),
    )
    yield from (
        (id_, f"{title} ({number})", lines, is_open) for id_, title, number, lines, is_open in found if lines
    )
