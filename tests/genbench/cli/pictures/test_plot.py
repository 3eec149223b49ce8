"""`genbench plot`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from genbench import Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.cli.main import main
from genbench.core.samples import content_hash
from genbench.report.charts.kinds import KINDS
from genbench.results.copies import ALL, Copies
from genbench.results.folder import RunFolder
from genbench.results.galleries import keep_gallery, make_gallery
from genbench.results.results import Results, write_results

DIALS = """
import genbench

class Dials:
    def render(self, samples, number):
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg" id="%d"/>' % samples.data[number][0]
        return genbench.Rendering("image/svg+xml", drawing)

@genbench.hookimpl
def genbench_modalities():
    return [genbench.ModalitySpec(
        name="dial", container="array", dtypes=("int64",), axes=("angle",), make=Dials)]
"""
PUBLISHED = Path(__file__).parents[4] / "results" / "published" / "quickstart"


def invoke(*arguments):
    return CliRunner().invoke(main, ["plot", *map(str, arguments)])


def test_the_help_names_every_kind():
    shown = invoke("--help").output.splitlines()
    assert [line.split()[0] for line in shown if line.split()[:1] and line.split()[0] in KINDS] == list(KINDS)
    assert "\n  marginals " in invoke("--help").output
    assert "\n  samples " in invoke("--help").output
    assert max(map(len, shown)) <= 100


@pytest.mark.parametrize(("form", "beginning"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_published_board_is_drawn_in_every_format(tmp_path, form, beginning):
    path = tmp_path / f"chart.{form}"
    done = invoke(PUBLISHED, "trade-off", "--metric", "precision", "--metric", "recall", "-o", path)
    assert (done.exit_code, done.stdout) == (0, f"{path}\n")
    assert path.read_bytes().startswith(beginning)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["seed"], "no chart is called 'seed'; did you mean 'seeds'?"),
        (
            ["seeds", "--metric", "fid", "--metric", "kid"],
            "seeds shows 1 metric by name, and 2 were given; the metrics on digits are authenticity[",
        ),
        (["seeds", "--metric", "fdi"], "no metric 'fdi' on digits of this leaderboard; did you mean"),
        (["ranks", "--dataset", "cifar"], "no dataset 'cifar' on this leaderboard"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(tmp_path, arguments, message):
    done = invoke(PUBLISHED, *arguments, "-o", tmp_path / "chart.svg")
    assert done.exit_code == 2
    assert message in done.output
    assert len(done.output.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "metrics", "option", "form", "beginning"),
    [
        ("seeds", ["fid"], "--metric shows another one", "svg", b"<svg"),
        ("cost", ["fid"], "--metric shows another one", "png", b"\x89PNG"),
        ("trade-off", ["precision", "recall"], "two --metric show others", "pdf", b"%PDF"),
    ],
)
def test_without_a_metric_the_first_of_the_page_is_drawn(tmp_path, kind, metrics, option, form, beginning):
    path = tmp_path / f"chart.{form}"
    done = invoke(PUBLISHED, kind, "-o", path)
    assert (done.exit_code, done.stdout) == (0, f"{path}\n")
    shown = " and ".join(f"{metric}[digits-classifier]" for metric in metrics)
    others = "authenticity, coverage, density, fid, inception-score, kid, modes, precision, recall"
    assert done.stderr.startswith(f"{kind} shows {shown}; {option} of {others}, ")
    assert len(done.stderr.splitlines()) == 1
    assert path.read_bytes().startswith(beginning)
    assert form != "svg" or all(f">{metric} on digits<" in path.read_text() for metric in metrics)


@pytest.mark.parametrize("kind", ["seeds", "ranks", "wins"])
@pytest.mark.parametrize(
    ("n", "why"),
    [
        (20, "digits: 60 of 60 samples are, byte for byte, training samples, so not ranked: ours"),
        (3, "digits: ours: 9 of 60 samples are, byte for byte, training samples"),
    ],
)
def test_a_copier_and_whether_it_is_ranked_are_named_on_stderr(run_of, tmp_path, kind, n, why):
    plan, records = run_of({name: {"fid": [1.0, 2.0, 3.0]} for name in ("ours", "vae", "gan")})
    count = Copies(of=20, equal=n, identical=n, chance=0, limit=0)
    for key, record in records.items():
        if record.cell.generator == "ours":
            records[key] = replace(record, copies={"train": count, ALL: count})
    write_results(tmp_path / "run", Results(name="run", plan=plan, records=records, traces=[]))
    done = invoke(tmp_path / "run", kind, "-o", tmp_path / "chart.svg")
    assert (done.exit_code, done.stderr.splitlines()[0]) == (0, why)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("parts", "parts shows shapes; --metric shows another one of missing-similarity, pair-trends, "),
        ("dependence", "dependence shows pair-trends; --metric shows another one of pair-trends, "),
    ],
)
def test_only_metrics_that_have_parts_are_suggested_for_these(tmp_path, kind, said):
    path = tmp_path / "chart.svg"
    done = invoke(PUBLISHED.parent / "tables", kind, "--dataset", "diamonds", "-o", path)
    assert (done.exit_code, done.stdout) == (0, f"{path}\n")
    assert done.stderr.startswith(said)
    assert "c2st" not in done.stderr


def test_the_samples_of_a_published_board_are_drawn_with_real_ones_on_demand(tmp_path):
    path = tmp_path / "grid.svg"
    for options in ([], ["--show-real"]):
        done = invoke(PUBLISHED, "samples", "-o", path, *options)
        assert (done.exit_code, done.stdout) == (0, f"{path}\n")
        assert ("--show-real adds both" in done.stderr) is not bool(options)
        shown = path.read_text()
        assert all(f">{name}<" in shown for name in ("ddpm", "gan", "vae", "wgan-gp", "noise (control)"))
        added = ("real", "held-out (control)", "train-copies (control)")
        assert [f">{name}<" in shown for name in added] == [bool(options)] * 3


@pytest.mark.parametrize(
    ("folder", "arguments", "message"),
    [
        (PUBLISHED, ["samples", "--metric", "fid"], "samples shows neither metrics nor logged values"),
        (PUBLISHED, ["ranks", "--show-real"], "ranks shows no samples; leave out --show-real"),
        (PUBLISHED, ["marginals", "--log", "loss"], "marginals shows neither metrics nor logged values"),
        (
            PUBLISHED,
            ["marginals"],
            "marginals shows how real samples are distributed; add --show-real if it may",
        ),
        (
            PUBLISHED,
            ["marginals", "--show-real"],
            "there are no marginals on digits: its modality counts no parts, such as columns, or",
        ),
        (
            PUBLISHED.parent / "text",
            ["samples", "--dataset", "moby-dick"],
            "there is no picture of a sample on moby-dick: they are shown as",
        ),
    ],
)
def test_samples_without_pictures_and_options_without_use_are_refused(tmp_path, folder, arguments, message):
    done = invoke(folder, *arguments, "-o", tmp_path / "grid.svg")
    assert (done.exit_code, len(done.output.splitlines())) == (2, 1)
    assert message in done.output


@pytest.fixture
def dials(run_of, tmp_path):
    """Return the plugin file of a stranger's modality, and a run with kept samples of it."""
    plugin = tmp_path / "dials.py"
    plugin.write_text(DIALS)
    samples = Samples.of("dial", np.arange(6)[:, None])
    modality = find_modality(list_modalities(load_catalog([plugin])), samples.space.modality)
    plan, records = run_of({"vae": {"fid": [1.0]}}, dataset="dials")
    draw = content_hash(samples)
    folder = RunFolder(tmp_path / "run").create().path
    keep_gallery(folder, make_gallery(samples, draw, modality=modality))
    made = {key: replace(record, samples=draw) for key, record in records.items()}
    write_results(folder, Results(name="run", plan=plan, records=made))
    return plugin, folder


def test_samples_of_a_strangers_modality_need_its_plugin(dials, tmp_path):
    plugin, folder = dials
    path = tmp_path / "grid.svg"
    done = invoke(folder, "samples", "-o", path)
    assert (done.exit_code, path.exists()) == (2, False)
    assert "no installed plugin declares the modality" in done.output
    done = invoke(folder, "samples", "-o", path, "--plugin", plugin)
    assert (done.exit_code, done.stdout) == (0, f"{path}\n")
    assert path.read_text().count("<image") == 5  # drawings are large


def test_a_chart_that_shows_no_samples_needs_no_plugin(dials, tmp_path):
    plugin, folder = dials
    done = invoke(folder, "seeds", "--metric", "fid", "-o", tmp_path / "seeds.svg", "--plugin", plugin)
    assert (done.exit_code, len(done.output.splitlines())) == (2, 1)
    assert "seeds shows no samples; leave out --plugin, or plot samples" in done.output


def test_another_suffix_is_refused(tmp_path):
    done = invoke(PUBLISHED, "ranks", "-o", tmp_path / "chart.jpg")
    assert (done.exit_code, "ends in .pdf or .png or .svg" in done.output) == (2, True)
