"""Texts that nobody expects, through a run: kept as they are, and obeyed by no sheet, page or terminal."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

import genbench
from genbench.cli.main import main

ODD = (
    "=cmd()", "@SUM(A1)", "<script>x", "[bold]x[red]", "*a* `b` [c](d)", "\u202eabc", "\x1b[31mred", "a\0b",
    "", "  \t", "a\r\nb", "\ufeff", "x" * 10**6,
)  # fmt: skip

#: A metric for each odd text, which says it; and a model that draws halves of characters.
PLUGIN = """
from genbench import GeneratorSpec, MetricSpec, Samples, Undefined, hookimpl

class Torn:
    def __init__(self, space): self.space = space
    def sample(self, n, *, rng): return Samples(("fine", *("half \\ud800",) * (n - 1)), self.space)

def torn(train): return Torn(train.space)

def quote(text, fake):
    raise Undefined(text if text in fake.data else "it was not drawn")

@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="torn", make=torn, modalities=("text",))]

@hookimpl
def genbench_metrics():
    makes = {f"quote-{i}": globals()[f"quote_{i}"] for i in range(len(ODD))}
    return [MetricSpec(name=name, make=make, modalities=("text",)) for name, make in makes.items()]
"""
QUOTE = """
def quote_{i}(fake):
    quote(ODD[{i}], fake)
"""

SUITE = """
name = "odd"
seeds = [0]
n = 30
n_real = "all"
controls = false
dataset = [{use = "text-file", path = "data.jsonl", longest = 1000000}]
generator = [{use = "samples", path = "made.jsonl"}, {use = "markov", order = 1}, {use = "torn"}]
"""
METRICS = (
    "perplexity", "word-perplexity", "text-entropy", "distinct-n", "self-bleu", "bleu", "verbatim",
    "duplicates",
)  # fmt: skip


def write(path, texts):
    path.write_text("".join(json.dumps(text) + "\n" for text in texts))


@pytest.fixture(scope="module")
def run(tmp_path_factory, sentences):
    folder = tmp_path_factory.mktemp("odd")
    write(folder / "data.jsonl", (*ODD[:-1], *sentences[:150]))
    write(folder / "made.jsonl", (*ODD, *sentences[200 : 230 - len(ODD)]))
    (folder / "plugin.py").write_text(
        "".join((f"ODD = {ODD!r}", PLUGIN, *(QUOTE.format(i=i) for i in range(len(ODD)))))
    )
    metrics = (*METRICS, *(f"quote-{i}" for i in range(len(ODD))))
    (folder / "odd.toml").write_text(SUITE + "".join(f'[[metric]]\nuse = "{name}"\n' for name in metrics))
    return genbench.run(
        folder / "odd.toml", output=folder / "out", plugins=[folder / "plugin.py"], keep_samples=True, jobs=1
    )


@pytest.mark.slow
def test_every_metric_has_a_number_or_a_reason(run):
    scores = run.scores()
    scores = scores[(scores["generator"] != "torn") & ~scores["metric"].str.startswith("quote-")]
    lacking = scores[scores["status"] != "ok"]
    assert set(lacking["generator"]) == {"samples"}
    assert set(lacking["status"]) == {"skipped"}
    assert set(lacking["reason"]) == {"the sampler of genbench:samples gives no log_likelihood"}


def test_halves_of_characters_are_no_samples(run):
    scores = run.scores()
    torn = scores[scores["generator"] == "torn"]
    assert set(torn["status"]) == {"invalid"}
    assert torn["reason"].str.contains("sample 1 cannot be written as UTF-8: surrogates not allowed").all()


def test_samples_are_kept_as_they_are(run):
    made = set((run.folder.parent / "made.jsonl").read_text().splitlines())
    kept = [set(path.read_text().splitlines()) for path in run.folder.rglob("data.jsonl")]
    assert made in kept
    assert all(text in {json.loads(line) for line in made} for text in ODD)


def test_no_file_holds_what_a_spreadsheet_would_run_or_a_page_would_obey(run):
    for file in run.files:
        assert all(c.isprintable() or c == "\n" for c in file.read_text(encoding="utf-8")), file.name
    with (run.folder / "scores.csv").open(encoding="utf-8", newline="") as stream:
        said = {
            row["metric"]: row["reason"] for row in csv.DictReader(stream) if row["generator"] == "samples"
        }
    assert [said[f"quote-{i}"] for i in range(4)] == ["'=cmd()", "'@SUM(A1)", *ODD[2:4]]
    assert not any(reason.startswith(("=", "+", "-", "@")) for reason in said.values())
    page = (run.folder / "leaderboard.md").read_text(encoding="utf-8")
    assert r": \<script>x" in page
    assert r": \*a\* \`b\` [c]\(d)" in page


def test_a_terminal_shows_them_as_text(run):
    shown = CliRunner().invoke(main, ["leaderboard", str(run.folder)]).output
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert "=cmd()" in shown
    assert "<script>x" in shown
    assert "[bold]x[red]" in shown
