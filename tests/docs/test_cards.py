"""The computed cards that the plugins ship, and their pictures on the pages of the metrics."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.checks.battery.card import VERDICTS
from genbench.checks.battery.faults import read_expects, read_faults
from genbench.checks.battery.judging import Judge
from genbench.checks.battery.kept_cards import list_card_files, read_cards
from genbench.contract.signature import read_contract
from genbench.report.charts.cards import card_chart

CATALOG = load_catalog(only=["genbench"])
METRICS = CATALOG.of_kind("metric")
FAULTS = read_faults(CATALOG)


def has_card(component):
    """Return whether the battery can plant faults before a metric: it asks for fakes, and no sampler."""
    inputs = set(read_contract(component.spec).inputs)
    return bool({"fake", "fake_labels"} & inputs) and "sampler" not in inputs


@pytest.fixture(scope="module")
def shipped():
    """Return the cards in each file that genbench ships, by metric and name of the file."""
    return {
        component.name: {file.stem: read_cards(file) for file in list_card_files(component)}
        for component in METRICS
    }


@pytest.fixture(scope="module")
def files(shipped):
    """Return the cards in each file that genbench ships, by the name of the file."""
    return {name: cards for of_metric in shipped.values() for name, cards in of_metric.items()}


def test_every_number_that_the_battery_can_try_has_a_card_of_its_metric_as_it_is_now(shipped):
    for component in METRICS:
        cards = [card for cards in shipped[component.name].values() for card in cards]
        numbers = [output.name for output in component.spec.scores] if has_card(component) else []
        assert sorted(card.metric.partition("[")[0] for card in cards) == sorted(numbers), component.name
        for card in cards:
            assert (card.component, card.version) == (component.reference, component.spec.version)


def test_every_file_of_cards_is_of_a_metric(files, root):
    assert sorted(files) == sorted(path.stem for path in root.glob("plugins/*/cards/*"))


def test_every_page_shows_the_cards_of_its_metric(shipped, root):
    for metric, cards in shipped.items():
        page = (root / f"docs/metrics/{metric}.md").read_text(encoding="utf-8")
        shown = re.findall(r"^!\[card of ([\w-]+)\]\(cards/([\w-]+)\.svg\)$", page, re.MULTILINE)
        assert sorted(shown) == sorted((name, name) for name in cards), metric


def test_every_card_shows_the_faults_of_its_modality(files, faults):
    for name, cards in files.items():
        for card in cards:
            levels = [(one.fault, one.level) for one in (*card.rows, *card.left_out)]
            known = [
                (fault.name, fault.level) for of_name in faults(card.modality).values() for fault in of_name
            ]
            assert sorted(levels) == sorted(known), name


def test_no_number_depends_on_the_order_of_rows_unless_it_says_why(files):
    """One that draws by less than two real sets differ."""
    for cards in files.values():
        for card in cards:
            (row,) = [row for row in card.rows if row.fault == "row-order"]
            assert row.verdict in ("right", "faint", "known"), card.metric


def test_cards_expect_what_the_specs_declare(shipped):
    for component in METRICS:
        outputs = {output.name: output for output in component.spec.scores}
        for card in [card for cards in shipped[component.name].values() for card in cards]:
            output = outputs[card.metric.partition("[")[0]]
            expects = read_expects(output, component.who, FAULTS, component.owner.distribution)
            judge = Judge(output, expects, card.extractor, card.floor.values, draws=False)
            for row in card.rows:
                fault = next(fault for fault in FAULTS[row.fault] if fault.level == row.level)
                assert row.expected == judge.find_expected(fault), f"{card.metric}: {row.fault} {row.level}"


def test_a_metric_on_texts_is_shown_on_texts(shipped):
    for component in METRICS:
        if component.spec.modalities == ("text",):
            cards = [card for cards in shipped[component.name].values() for card in cards]
            assert {card.dataset for card in cards} <= {"moby-dick"}


def words(chart):
    """Return the texts that a chart has in its titles, its axes of names and its marks."""
    parts = [part for row in chart.get("vconcat", [chart]) for part in row.get("hconcat", [row])]
    titles = [one["title"] for one in (chart, *parts) if "title" in one]
    found = {text for title in titles for text in _lines(title["text"], title.get("subtitle", []))}
    for part in parts:
        rows = [row for layer in part["layer"] for row in layer["data"]["values"]]
        found |= {name for row in rows if "line" in row for name in row["line"].split("\t")}
        found |= {row["said"] for row in rows if "said" in row}
    return found


def _lines(*texts):
    return [line for text in texts for line in ([text] if isinstance(text, str) else text)]


def test_every_picture_is_drawn_from_the_card_that_is_shipped(files, root):
    pictures = {path.stem: path.read_text(encoding="utf-8") for path in root.glob("docs/metrics/cards/*.svg")}
    assert set(pictures) == set(files)
    for name, cards in files.items():
        texts = re.findall(r">([^<>]+)</t(?:ext|span)>", pictures[name])
        assert words(card_chart(cards)) <= set(texts), name


def test_the_table_of_texts_says_what_the_specs_do(section, table):
    text = section("docs/text-metrics.md", "## What planted faults do")
    head = re.search(r"^\| number \| (.*) \|$", text, re.MULTILINE)[1].split(" | ")
    faults = [fault.strip("`") for fault in head]
    rows = {row[0].partition("`")[2].partition("`")[0]: row[1:] for row in table(text)}
    outputs = {output.name: output for component in METRICS for output in component.spec.scores}
    specs = [component.spec for component in filter(has_card, METRICS)]
    on_texts = {output.name for spec in specs if spec.modalities == ("text",) for output in spec.scores}
    assert set(rows) == on_texts | {"mauve"}
    for name, cells in rows.items():
        assert cells == [cell(outputs[name], fault) for fault in faults], name


def cell(output, fault):
    """Return what is expected of a number at the harshest level of a fault, as the page writes it."""
    judge = Judge(output, read_expects(output, "metric", FAULTS), "markov-oracle", [0.0, 1.0], draws=False)
    expected = judge.make_row(FAULTS[fault][-1], [0.0, 1.0]).expected
    moves_by_chance = len(expected.words) == 3 and set(expected.correct_words) <= {"worse"}
    said = [f"*{word}*" if reason else word for word, reason in expected.words]
    return "blind" if moves_by_chance else "" if expected.is_open else " or ".join(said)


def test_the_faults_and_verdicts_on_the_page_are_those_of_the_code(section, table):
    faults = {row[0].strip("`"): row[1] for row in table(section("docs/battery.md", "## The faults"))}
    modalities = {c.name: ", ".join(c.spec.modalities) or "all" for c in CATALOG.of_kind("fault")}
    assert faults == {fault: modalities.get(fault, "all") for fault in FAULTS}
    assert list(faults) == list(FAULTS)
    verdicts = [row[0] for row in table(section("docs/battery.md", "## The card"))]
    assert sorted(verdicts) == sorted(VERDICTS.values())


def numbers(value):
    """Return a JSON-like value with its numbers compared by six digits: machines round differently."""
    if isinstance(value, dict):
        return {key: numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return pytest.approx(value, rel=1e-6, abs=1e-12) if isinstance(value, float) else value


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["duplicates", "authenticity"])
def test_the_documented_command_computes_the_card_again(metric, root, tmp_path):
    environment = os.environ | {"GENBENCH_PLUGINS": "genbench", "GENBENCH_STORE": str(tmp_path / "store")}
    code = "from genbench.cli.main import main; main()"
    command = [sys.executable, "-c", code, "battery", metric, "--format", "json"]
    done = subprocess.run(command, check=True, env=environment, capture_output=True)
    kept = (root / f"plugins/genbench_fidelity/cards/{metric}.json").read_text(encoding="utf-8")
    assert json.loads(done.stdout) == numbers(json.loads(kept))
