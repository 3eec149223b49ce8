"""The page of a run as one HTML file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from genbench.board.table_cells import BEST_MEANING
from genbench.report.page.document import make_page
from genbench.results.results import Results, read_results

PUBLISHED = Path(__file__).parents[4] / "results" / "published"
LINKS = re.compile(
    r"""(?:src|href|action|data|poster|srcset)\s*=\s*["']?([^"'\s>]+)|url\(([^)]+)\)""", re.IGNORECASE
)


@pytest.fixture(scope="module")
def results(results_of):
    return results_of(directions={"recall": "higher"}, provenance={"suite": "seeds = [0]\n", "n": 599})


@pytest.fixture(scope="module")
def text(results, catalog):
    return make_page(results, catalog=catalog).decode("utf-8")


@pytest.fixture(scope="module")
def page(text, markup):
    return markup(text)


@pytest.fixture(scope="module")
def quickstart(catalog):
    return make_page(read_results(PUBLISHED / "quickstart", read_only=True), catalog=catalog)


def test_each_section_is_there_and_linked(page):
    links = [link["href"] for link in page.all("a")]
    sections = [link for link in links if not link.startswith("#metric-")]
    assert sections == ["#board", "#board", "#pictures", "#metrics", "#origin"]
    assert {"#metric-0", "#metric-1"} <= set(links)  # the heads of the board
    ids = [element["id"] for element in page.elements if "id" in element]
    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in links} <= set(ids)
    for element in page.elements:
        named = (element.get("aria-labelledby") or "").split()
        assert set(named) <= set(ids)


def test_all_numbers_are_in_the_markup(page):
    table, *_ = page.all("table")
    for words in ("vae", "2.0 ± 2.5", "0.50 ± 0.62", "error 1/3", "noise floor"):
        assert words in " ".join(table["text"].split()), words


def test_the_best_is_marked_by_more_than_colour(page):
    best = [cell for cell in page.all("td") if "best" in cell.get("class", "").split()]
    assert best
    assert all(cell["text"].startswith("★none significantly better: ") for cell in best)


def test_a_metric_shows_the_card_that_its_plugin_ships_with_the_faults_of_its_data(quickstart, markup):
    cards = [" ".join(card["text"].split()) for card in markup(quickstart.decode()).all("article")]
    (fid,) = [text for text in cards if text.startswith("fid[")]
    assert "digits with digits-classifier, n = 599, 5 seeds" in fid
    assert "it gets worse under noise from 0.1 of range" in fid
    assert "train-copies 25 %, 50 %, 100 %: unchanged (known failure)" in fid
    assert not any("shuffled-words" in text for text in cards)


def test_a_status_shows_its_reason(page):
    (cell,) = page.all("td", **{"class": "status"})
    assert cell["title"] == "error: error for a reason (seed 1)"
    assert "error for a reason" in next(e["text"] for e in page.all("details", id="failures"))


def test_the_policy_allows_exactly_the_scripts_and_styles_of_the_page(page, source_of):
    (policy,) = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    scripts = [script["text"] for script in page.all("script") if "type" not in script]
    assert rules["script-src"].split() == [source_of(text) for text in scripts]
    assert rules["style-src"].split() == [source_of(style["text"]) for style in page.all("style")]
    assert rules["default-src"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'"} & set(policy.replace(";", " ").split())


def test_the_page_has_no_inline_style_and_no_handler_which_the_policy_would_block(page):
    for element in page.elements:
        assert "style" not in element
        assert not [name for name in element if name.startswith("on")]


def test_the_page_names_no_other_file(text):
    outside = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    targets = {one or other for one, other in LINKS.findall(outside)}
    assert {target for target in targets if not target.startswith(("#", "data:image/"))} == set()
    assert "@import" not in text.partition("</style>")[0]


def test_the_data_of_the_script_are_json(page):
    data = page.all("script", type="application/json")
    assert len(data) == len(page.all("figure")) + 1
    assert all(json.loads(script["text"]) for script in data)


def test_the_marks_of_the_tables_are_explained_below_them(page, quickstart, markup, results_of, catalog):
    def legend(found):
        return " ".join(" ".join(part["text"] for part in found.all("p", **{"class": "legend"})).split())

    told = legend(markup(quickstart.decode()))
    assert "the mean over 3 seeds. ± is half the width of the 95 % interval of this mean" in told
    assert "± 0: all seeds gave the same value. A control may have only one possible set of samples" in told
    assert "It does not mean exact: another set of real samples would give another value. How far" in told
    assert "★ is by Welch" in told
    assert "tests over the seeds at a level of 5 %, with Holm" in told
    assert "In the chart of a metric with ★, the mark of a generator without one is hollow; in the" in told
    assert "tests compare the mean win rate of each single run, and cannot tell." in told
    assert "The range of each generator is found by itself, so ranges need not fit together." in told
    assert "Their roles: ceiling, as good as real data; exploit, a known way to cheat" in told
    assert "“skipped”" not in told
    assert "“Cells without a value” below lists the reasons" in legend(page)
    one = legend(markup(make_page(results_of({"vae": {"fid": [1.0]}}), catalog=catalog).decode()))
    assert "Each number is that of one seed, so it has no interval over seeds." in one
    assert not any(mark in one for mark in ("±", "★", "1–2", "italics", "exact", "Welch"))


def test_the_marks_of_a_table_are_explained_above_it(page, quickstart, markup):
    def key(found):
        return [line["text"] for line in found.all("ul", **{"class": "key"})]

    (line,) = key(markup(quickstart.decode()))
    best = BEST_MEANING.partition(";")[0]
    assert line.startswith(f"★ {best}☆ behind, but the tests do not settle it")
    assert all("☆" not in line for line in key(page))


def test_rows_that_can_be_compared_need_one_sentence_and_no_panel(page):
    assert page.all("details", id="compare") == []
    sentence = "All rows of a dataset can be compared: in each metric, their seeds and signatures are equal."
    assert [sentence in part["text"] for part in page.all("p", **{"class": "legend"})].count(True) == 1


def test_the_fields_that_differ_are_named_with_a_remedy(results_of, catalog, markup):
    first, second = results_of({"vae": {"fid": [1.0]}}), results_of({"gan": {"fid": [2.0]}}, n=50)
    plan = type(first.plan)(cells=first.plan.cells + second.plan.cells, traces=(), provenance={})
    both = Results(name="", plan=plan, records={**first.records, **second.records})
    found = markup(make_page(both, catalog=catalog).decode())
    (panel,) = found.all("details", id="compare")
    assert "open" in panel
    assert not any("can be compared" in part["text"] for part in found.all("p", **{"class": "legend"}))
    assert "n is 50 in gan and 599 in vae; run the suite of gan again with --n 599" in " ".join(
        panel["text"].split()
    )


def test_texts_of_strangers_are_shown_and_are_no_markup(results_of, catalog, hostile, markup, text):
    table = {"vae": {"fid": ["error"]}}
    plain = results_of(table)
    records = {
        key: type(record)(**(vars(record) | {"reason": " ".join(hostile), "extra": {"note": hostile[0]}}))
        for key, record in plain.records.items()
    }
    provenance = {"name": "x", "suite": "\n".join(hostile), "libraries": dict.fromkeys(hostile, hostile[0]),
                  "machine": {"cpu": hostile[1]}, "plugins": {hostile[0]: hostile[1]}}  # fmt: skip
    plan = type(plain.plan)(cells=plain.plan.cells, traces=(), provenance=provenance)
    found = make_page(Results(name="x", plan=plan, records=records), catalog=catalog).decode()
    page = markup(found)
    tags = {element["tag"] for element in page.elements}
    assert tags <= {element["tag"] for element in markup(text).elements}
    assert len(page.all("script")) == 1
    assert "\u202e" not in found
    assert "\x1b" not in found
    suite = next(element["text"] for element in page.all("pre") if "window.ran" in element["text"])
    assert suite.splitlines()[0] == hostile[0]


def test_equal_results_give_equal_bytes(results, catalog, text):
    again = Results(name="other", plan=results.plan, records=dict(reversed(results.records.items())))
    assert make_page(again, catalog=catalog).decode() == text


def test_a_board_without_numbers_loads_no_library(results_of, catalog, markup):
    found = make_page(results_of({"vae": {"fid": ["error"]}}), catalog=catalog)
    assert len(found) < 60_000
    assert "vegaEmbed" not in found.decode()


def test_the_page_of_the_quickstart_takes_less_than_3_mb_and_names_its_commands(quickstart, markup):
    assert len(quickstart) < 3_000_000
    page = markup(quickstart.decode())
    commands = {element["text"] for element in page.all("pre") if element["text"].startswith("genbench ")}
    assert commands == {
        "genbench run quickstart --seeds 0,1,2 --n 599", "genbench verify .", "genbench compare . ddpm gan",
    }  # fmt: skip
    assert len(page.all("figure")) == 24


def test_columns_are_below_their_aspects_with_the_ranks_in_them_also_on_paper(results_of, catalog, markup):
    aspects = {f"m{n}": "fidelity" if n < 8 else "diversity" for n in range(12)} | {"age": "privacy"}
    table = {name: {metric: [number] for metric in aspects} for number, name in enumerate(["vae", "gan"])}
    text = make_page(results_of(table, aspects=aspects), catalog=catalog).decode()
    groups = [(e["text"], e["colspan"]) for e in markup(text).elements if e.get("scope") == "colgroup"]
    board = [("fidelity", "9"), ("diversity", "5"), ("privacy", "1")]
    assert groups == [*board, ("fidelity", "7"), ("fidelity", "2"), ("diversity", "5"), ("privacy", "1")]
    assert text.count('rank<span class="unseen"> in diversity</span>') == 1
    assert "The rank gives each aspect one vote" in text
    assert "mean win rate: the share" not in text
