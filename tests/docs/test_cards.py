"""The cards on the pages of the metrics."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from genbench.catalog import load_catalog
from genbench.checks.card import VERDICTS
from genbench.checks.view import WORDS
from genbench.contract import read_contract
from genbench.expects import FAULTS, KINDS


def metrics():
    """Return the metrics before which the battery can plant faults: those of fakes without their sampler."""
    found = load_catalog(only=["genbench"]).of_kind("metric")
    asked = [(component, read_contract(component.spec).inputs) for component in found]
    return [component for component, inputs in asked
            if {"fake", "fake_labels"} & set(inputs) and "sampler" not in inputs]  # fmt: skip


@pytest.mark.parametrize("component", metrics(), ids=lambda component: component.name)
def test_every_page_shows_a_card_of_each_number(component, root):
    page = (root / f"docs/metrics/{component.name}.md").read_text(encoding="utf-8")
    shown = re.findall(r"^!\[card of ([\w-]+)\]\(cards/([\w-]+)\.svg\)$", page, re.MULTILINE)
    titles = ""
    for alt, name in shown:
        assert alt == name
        drawn = ET.parse(root / f"docs/metrics/cards/{name}.svg")  # noqa: S314 - it is ours
        titles += f", {drawn.getroot()[0].text.partition(' on ')[0]}"
    assert set(titles.split(", ")) - {""} == {output.name for output in component.spec.scores}


def test_the_faults_and_verdicts_on_the_page_are_those_of_the_code(section, table):
    faults = {row[0].strip("`"): row[1] for row in table(section("docs/battery.md", "## The faults"))}
    assert faults == {fault: ", ".join(KINDS.get(fault, ("all",))) for fault in FAULTS}
    assert list(faults) == list(FAULTS)
    verdicts = [row[0] for row in table(section("docs/battery.md", "## The card"))]
    assert sorted(verdicts) == sorted(WORDS.values())
    assert set(WORDS) == set(VERDICTS)


@pytest.mark.parametrize("metric", ["duplicates", "authenticity"])
def test_the_documented_command_draws_the_card_again(metric, root, tmp_path):
    file = tmp_path / "card.svg"
    environment = os.environ | {"GENBENCH_PLUGINS": "genbench", "GENBENCH_STORE": str(tmp_path / "store")}
    code = "from genbench.cli import main; main()"
    command = [sys.executable, "-c", code, "check", "--battery", metric, "--plot", file]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    kept = root / f"docs/metrics/cards/{metric}.svg"
    assert file.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")
