"""The page of a run as one HTML file, which needs no other file and no network."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from genbench._version import __version__
from genbench.board.numbers import rank_text, typeset
from genbench.board.view import view_results
from genbench.core.canonical_json import digest
from genbench.core.escaping import escape_surrogates, escape_unprintable, one_line
from genbench.core.names import join_names
from genbench.files.read import read_regular
from genbench.report.charts.theme import make_dark_rules
from genbench.report.page.comparisons import describe_comparisons
from genbench.report.page.markup import open_templates, policy, script_text, template_text
from genbench.report.page.metrics import list_cards, read_modalities
from genbench.report.page.origin import list_run_origins
from genbench.report.page.pictures import page_pictures
from genbench.report.page.samples.gallery import collect_gallery
from genbench.report.page.samples.marginals import find_marginals
from genbench.report.page.samples.sample_tables import make_sample_tables
from genbench.report.page.tables import describe_legend, list_marks, make_board_tables, make_metric_anchors
from genbench.store.cache import find_or_make
from genbench.store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from markdown_it.token import Token
    from markupsafe import Markup

    from genbench.board.view import View
    from genbench.catalog.catalog import Catalog
    from genbench.report.page.tables import BoardTable
    from genbench.results.results import Results
    from genbench.store.store import Store

__all__ = ["make_page", "make_vega_script", "read_readmes", "render_markdown"]


#: What the page's own script uses: vega-embed, with Vega and Vega-Lite inside.
_SNIPPET = "window.genbenchVega = vegaEmbed;"
_VEGA_FILE = "vega.js"

_MOST_BYTES = 2**16  # of a README, since the page holds it whole

#: What is kept as it is. Links, pictures and HTML are not: they appear as text.
_KEPT_TAGS = {
    "p", "ul", "ol", "li", "strong", "em", "s", "blockquote", "thead", "tbody", "tr", "th", "td", "hr",
}  # fmt: skip
_WRAPPERS = {"table": ('<div class="scroll" role="region" tabindex="0" aria-label="Table">', "</div>")}
_HEADINGS = {f"h{level}": f"h{min(level + 2, 6)}" for level in range(1, 7)}  # below the heads of the page
_CODE = '<pre role="region" tabindex="0" aria-label="Code">{}</pre>\n'
_BREAKS = {"softbreak": "\n", "hardbreak": "<br>\n"}


def make_page(
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
    show_real  show real samples too, the charts of their marginals, and the training samples that are nearest
               to the generated ones
    warn       receives a line for each trial whose kept samples cannot be read

    Equal folders, plugins and versions of genbench and vl-convert give equal bytes.
    """
    view = view_results(results)
    real_datasets = view.datasets if show_real else ()
    marginals = {dataset: find_marginals(folders, results, catalog, dataset) for dataset in real_datasets}
    for dataset, (_, reason) in marginals.items():
        if reason:
            warn(f"no marginals on {dataset}: {reason}")
    charts = page_pictures(view, results, catalog, marginals=marginals)
    generators = {dataset: view.list_generators(dataset) for dataset in view.datasets}  # as in the tables
    samples = collect_gallery(folders, results, catalog, show_real=show_real)
    for line in samples.lost:
        warn(line)
    gallery_tables = make_sample_tables(samples, generators)
    comparisons = describe_comparisons(view, folders, catalog, generators)
    optional = {"Gallery": gallery_tables, "Pictures": charts, "Comparisons": comparisons}
    titles = ["Board", *(title for title, content in optional.items() if content), "Metrics", "Origin"]
    merged = results.plan.provenance.get("merged")
    tables = {dataset: make_board_tables(view, dataset, merged) for dataset in view.datasets}
    template = open_templates().get_template("page.html.jinja")
    text = template.render(
        title=f"Leaderboard: {one_line(view.title)}" if view.title else "Leaderboard",
        version=__version__,
        tally=f"{view.tally}. A cell is one metric of one generator, on one dataset and at one seed",
        sections=[(title.lower(), title) for title in titles],
        **_make_assets(has_charts=bool(charts)),
        datasets=list(_describe_datasets(tables, merged or {"": results.plan.provenance})),
        keys=list_marks,
        anchors=make_metric_anchors(view),
        rank_of=rank_text,
        join_names=join_names,
        legend=describe_legend((each.table for boards in tables.values() for each in boards), view.rule),
        differences=view.differences,
        lists=list(_list_sections(view)),
        pictured=charts,
        comparisons=comparisons,
        gallery=gallery_tables,
        cards=list_cards(view, catalog, read_modalities(results.plan.provenance)),
        origins=list_run_origins(results),
        readmes=read_readmes(folders, results),
    )
    return escape_surrogates(text).encode("utf-8")


def _describe_datasets(
    tables: Mapping[str, list[BoardTable]], runs: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the name and the tables of each dataset, and what their `n` counts.

    runs  the provenance of each run; one of a table of battles has it as its only dataset
    """
    battles = {run.get("name") for run in runs.values() if "battles" in run}
    for dataset, boards in tables.items():
        counted = "battles" if dataset in battles else "samples at each seed"
        yield {"name": one_line(dataset), "tables": boards, "counted": counted}


def _make_assets(*, has_charts: bool) -> dict[str, str]:
    """Return the style and the scripts of a page, and the policy that allows no others, by template variable.

    has_charts  whether the page needs the library that draws charts, which has 0.9 MB

    The policy is a Content-Security-Policy: a browser runs only the scripts whose hashes it lists.
    """
    style = template_text("page.css") + make_dark_rules(".plot")
    script = template_text("names.js") + template_text("page.js")
    library = make_vega_script() if has_charts else ""
    return {
        "policy": policy([text for text in (library, script) if text], [style]),
        "style": script_text(style),
        "library": script_text(library),
        "script": script_text(script),
    }


def _list_sections(view: View) -> Iterator[tuple[str, str, list[str], bool]]:
    """Yield the id, the title and the lines of each list below the tables, and whether it is open at first.

    Lists without lines are left out. Cells without a value are open at first if one has failed: cells that
    were only skipped are expected.
    """
    failures = view.failures
    has_failed = any(cells.status != "skipped" for cells in failures)
    count = sum(len(cells.seeds) * len(cells.metrics) for cells in failures)
    wrong_controls = list(map(typeset, view.wrong_controls))
    texts = [cells.text(len(cells.metrics)) for cells in failures]  # with the names of all metrics
    sections = (
        ("failures", "Cells without a value", count, texts, has_failed),
        ("cautions", "Cautions", len(view.cautions), list(view.cautions), True),
        ("wrong-controls", "Metrics that rank a control wrongly", len(wrong_controls), wrong_controls, False),
        ("notes", "Notes on the numbers", len(view.notes), list(view.notes), False),
    )
    yield from (
        (id_, f"{title} ({number})", lines, is_open)
        for id_, title, number, lines, is_open in sections
        if lines
    )


def make_vega_script(store: Store | None = None) -> str:
    """Return the library that draws the charts of a page, 0.9 MB; one version of vl-convert gives one text.

    It is a script that defines the function `genbenchVega`, which the page's own script calls.

    store  where it is cached, by default the user's store; to make it takes over a second
    """
    import vl_convert

    def make() -> tuple[str, dict[str, Any], Any]:
        """Return the bundled script, facts to store with it (none), and the function that writes it."""
        script: str = vl_convert.javascript_bundle(_SNIPPET)
        return script, {}, lambda folder: (folder / _VEGA_FILE).write_text(script, encoding="utf-8")

    def read(folder: Path) -> str:
        """Return the stored script."""
        return (folder / _VEGA_FILE).read_text(encoding="utf-8")

    key = {"kind": "script", "vl_convert": version("vl-convert-python"), "snippet": digest(_SNIPPET)}
    # if the store cannot take the script, the next page makes it again: no warning is needed
    script, _ = find_or_make(store or open_store()[0], key, read, make, lambda **_: None)
    return script


def read_readmes(folders: Sequence[Path], results: Results) -> list[tuple[str, Markup]]:
    """Return a title and the README, as HTML, of each folder that has one.

    folders  of the run, or of the runs that are merged, in the order of their names

    Left out are a link, since it may lead out of the folder, a file of more than 64 KiB, since the page holds
    it whole, and one that is no UTF-8. Characters that are not printable are escaped.
    """
    merged = results.plan.provenance.get("merged")
    # with another number of folders, it is unknown which run has which folder
    names = list(merged) if isinstance(merged, Mapping) and len(merged) == len(folders) else []
    readmes = []
    for number, folder in enumerate(folders):
        text = _read_readme(folder / "README.md")
        if text is not None:
            whose = f" of {one_line(names[number])}" if names else ""
            readmes.append((f"Notes{whose} (README.md)", render_markdown(text)))
    return readmes


def _read_readme(file: Path) -> str | None:
    """Return the text of a README, or None for a large file and one that cannot be read.

    None also for a link, since it may lead out of the folder.
    """
    if file.is_symlink():
        return None
    try:
        text = read_regular(file, _MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    # tabs and carriage returns are unprintable, too, and would be shown as \t and \r
    return escape_unprintable("\n".join(text.expandtabs(4).splitlines()))


def render_markdown(text: str) -> Markup:
    """Return a text in Markdown as HTML.

    The result has no links: each becomes its text, with the address in brackets after it if it leads to the
    web. A picture becomes its text. HTML within the text is shown as it is written, and takes no effect.
    """
    from markupsafe import Markup
    from rich.markdown import Markdown

    return Markup("").join(_render_tokens(Markdown(text).parsed))


def _render_tokens(tokens: Iterable[Token]) -> Iterator[Markup]:
    """Yield the HTML of each token of a parsed text; joined, it is the HTML of the text."""
    from markupsafe import Markup, escape

    addresses: list[str] = []  # of the links that are open
    for token in tokens:
        if token.type == "inline":
            yield Markup("").join(_render_tokens(token.children or []))
        elif token.type in _BREAKS:
            yield Markup(_BREAKS[token.type])  # noqa: S704 - one of two constants
        elif token.type == "code_inline":
            yield Markup("<code>{}</code>").format(token.content)
        elif token.type in ("fence", "code_block"):
            yield Markup(_CODE).format(token.content)  # noqa: S704 - a constant
        elif token.type == "link_open":
            addresses.append(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            address = addresses.pop()
            yield escape(f" ({address})" if address.startswith(("https://", "http://")) else "")
        elif token.nesting or token.type == "hr":
            yield _render_tag(token)  # `nesting` is 1 or -1 for a token that opens or closes an element
        else:  # text, a picture's text, or HTML, which is escaped
            yield escape(token.content)


def _render_tag(token: Token) -> Markup:
    """Return the tag that opens or closes an element, without attributes; "" for one that is not kept.

    token  of the Markdown parser; its `nesting` is -1 where it closes an element, and it is `hidden` for a
           paragraph in a list without empty lines, which needs no tag
    """
    from markupsafe import Markup

    tag = _HEADINGS.get(token.tag, token.tag)  # headings of a README rank below the page's own
    if token.hidden or tag not in {*_KEPT_TAGS, *_WRAPPERS, *_HEADINGS.values()}:
        return Markup("")
    before, after = _WRAPPERS.get(tag, ("", ""))  # around a table: an element in which it scrolls
    end = "\n" if token.block else ""
    html = f"</{tag}>{after}{end}" if token.nesting < 0 else f"{before}<{tag}>"
    return Markup(html)  # noqa: S704 - a tag of those that are kept
