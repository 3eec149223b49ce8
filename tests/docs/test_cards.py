"""The cards on the pages of the metrics."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from genbench.battery.card import VERDICTS
from genbench.battery.expectations import read_expects
from genbench.battery.faults import faults_of
from genbench.battery.judging import Judge
from genbench.battery.views_terminal import WORDS
from genbench.catalog.catalog import load_catalog
from genbench.contract.signature import read_contract

CATALOG = load_catalog(only=["genbench"])
METRICS = CATALOG.of_kind("metric")
FAULTS = faults_of(CATALOG)
KIND = {"digits": "image", "moby-dick": "text"}  # of the data set that a card names
#: What cannot be planted everywhere: in data without labels, and before a metric that takes samples.
NOT_EVERYWHERE = {"dropped-modes", "label-shift", "batch-size"}


def has_card(component):
    """Return whether the battery can plant faults before a metric: it asks for fakes, and no sampler."""
    inputs = set(read_contract(component.spec).inputs)
    return bool({"fake", "fake_labels"} & inputs) and "sampler" not in inputs


def cards(component, root):
    """Return the names of the cards on a metric's page, and the root of each picture."""
    page = (root / f"docs/metrics/{component.name}.md").read_text(encoding="utf-8")
    shown = re.findall(r"^!\[card of ([\w-]+)\]\(cards/([\w-]+)\.svg\)$", page, re.MULTILINE)
    assert all(alt == name for alt, name in shown)
    return {name: ET.parse(root / f"docs/metrics/cards/{name}.svg").getroot()  # noqa: S314 - it is ours
            for _, name in shown}  # fmt: skip


@pytest.mark.parametrize("component", METRICS, ids=lambda component: component.name)
def test_every_page_shows_a_card_of_each_number_that_the_battery_can_try(component, root):
    titles = [drawn[0].text.partition(" on ")[0] for drawn in cards(component, root).values()]
    numbers = {output.name for output in component.spec.scores} if has_card(component) else set()
    assert {name for title in titles for name in title.split(", ")} == numbers


@pytest.mark.parametrize("component", list(filter(has_card, METRICS)), ids=lambda component: component.name)
def test_every_card_shows_the_faults_of_its_modality(component, root, faults):
    for name, drawn in cards(component, root).items():
        dataset = re.split(r"[ :]", drawn[0].text.partition(" on ")[2])[0]
        known = list(faults(KIND[dataset]))
        written = [text.text for text in drawn.iter() if text.text in FAULTS]
        missing = set(known) - set(written)
        assert set(written) <= set(known), name
        assert missing <= NOT_EVERYWHERE, name


def test_every_card_stands_on_a_page(root):
    shown = {name for component in METRICS for name in cards(component, root)}
    assert shown == {path.stem for path in (root / "docs/metrics/cards").iterdir()}


@pytest.mark.parametrize("component", METRICS, ids=lambda component: component.name)
def test_a_metric_on_texts_is_shown_on_texts(component, root):
    on_texts = [" on moby-dick" in drawn[0].text for drawn in cards(component, root).values()]
    assert component.spec.modalities != ("text",) or all(on_texts)


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
    expected = judge.row(FAULTS[fault][-1], [0.0, 1.0]).expected
    moves_by_chance = len(expected.words) == 3 and set(expected.right) <= {"worse"}
    said = [f"*{word}*" if reason else word for word, reason in expected.words]
    return "blind" if moves_by_chance else "" if expected.is_open else " or ".join(said)


def test_the_faults_and_verdicts_on_the_page_are_those_of_the_code(section, table):
    faults = {row[0].strip("`"): row[1] for row in table(section("docs/battery.md", "## The faults"))}
    modalities = {c.name: ", ".join(c.spec.modalities) or "all" for c in CATALOG.of_kind("fault")}
    assert faults == {fault: modalities.get(fault, "all") for fault in FAULTS}
    assert list(faults) == list(FAULTS)
    verdicts = [row[0] for row in table(section("docs/battery.md", "## The card"))]
    assert sorted(verdicts) == sorted(WORDS.values())
    assert set(WORDS) == set(VERDICTS)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["duplicates", "authenticity"])
def test_the_documented_command_draws_the_card_again(metric, root, tmp_path):
    file = tmp_path / "card.svg"
    environment = os.environ | {"GENBENCH_PLUGINS": "genbench", "GENBENCH_STORE": str(tmp_path / "store")}
    code = "from genbench.cli.main import main; main()"
    command = [sys.executable, "-c", code, "check", "--battery", metric, "--plot", file]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    kept = root / f"docs/metrics/cards/{metric}.svg"
    assert file.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")
