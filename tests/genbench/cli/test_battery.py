"""`genbench battery`."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner
from toys import plugin_text

from genbench.cli.main import main
from genbench.store.environment import thread_variables

PLUGIN = plugin_text("""
from genbench import anything, worse

def brightness_gap(real, fake, *, power: int = 1):
    print("plugins print")
    return abs(float(real.data.mean()) - float(fake.data.mean())) ** power

def constant(fake):
    return 1.0

def crashes(fake):
    raise KeyError("no")

def rewards_noise(fake):
    return float(abs(fake[:, 1:] - fake[:, :-1]).mean())

known = {"train-copies": anything, "near-copies": anything, "smaller-n": anything}
more = {"noise": worse} | dict.fromkeys(("blur", "dropped-modes", "collapse", "label-shift"), anything)
MetricSpec(name="brightness-gap", make=brightness_gap, direction="lower", expects=known | more)
MetricSpec(name="rewards-noise", make=rewards_noise, takes="features", direction="higher", expects=known)
MetricSpec(name="constant", make=constant, direction="lower")
MetricSpec(name="crashes", make=crashes)
""")


TWIN = plugin_text("""
def unused(): ...

DatasetSpec(name="digits", make=unused)
ExtractorSpec(name="digits-classifier", make=unused, outputs={"features": "x"})
MetricSpec(name="rewards-noise", make=unused, modalities=("text",))
""")


@pytest.fixture
def battery(tmp_path, monkeypatch):
    """Return the function that calls the command with a plugin, on few samples."""
    for name, value in thread_variables(1).items():
        monkeypatch.setenv(name, value)  # the command sets them: so they are set back
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    plugin = tmp_path / "gap.py"
    plugin.write_text(PLUGIN)

    def call(metric, *arguments):
        few = ("--n", "40", "--repeats", "2", "--plugin", plugin)
        return CliRunner().invoke(main, ["battery", metric, *map(str, (*few, *arguments))])

    return call


def test_a_sound_metric_gets_a_card_and_the_exit_code_0(battery):
    found = battery("brightness-gap")
    assert found.exit_code == 0, found.output
    lines = found.stdout.splitlines()
    assert lines[0].rstrip() == "brightness-gap on digits, n = 40, 2 seeds: lower is better"
    assert max(map(len, lines)) <= 100
    assert "plugins print" not in found.stdout
    assert "plugins print" in found.stderr


def test_a_metric_that_rewards_noise_is_found_out(battery):
    found = battery("rewards-noise", "--extractor", "pixels")
    assert found.exit_code == 1
    assert re.search(r"WRONG: noise .*: mend the metric, or\s+declare", found.stdout)
    assert "rewards-noise[pixels] on digits" in found.stdout


@pytest.mark.slow
def test_a_name_means_what_serves_the_data_and_the_defaults_are_genbenchs_own(battery, tmp_path):
    twin = tmp_path / "twin.py"
    twin.write_text(TWIN)
    cards = json.loads(battery("rewards-noise", "--format", "json", "--plugin", twin).stdout)
    assert [(card["metric"], card["dataset"]) for card in cards] == [
        ("rewards-noise[digits-classifier]", "digits")
    ]
    assert (
        "'digits' is in genbench and twin"
        in battery("rewards-noise", "--plugin", twin, "--data", "digits").stderr
    )


def test_json_is_a_list_of_cards(battery, faults):
    (card,) = json.loads(battery("rewards-noise", "--format", "json", "--extractor", "pixels").stdout)
    assert (card["metric"], card["extractor"]) == ("rewards-noise[pixels]", "pixels")
    assert sum(card["verdicts"].values()) == len(card["rows"])
    assert card["verdicts"]["wrong"] == sum(row["verdict"] == "wrong" for row in card["rows"]) > 0
    assert {row["fault"] for row in card["rows"]} == set(faults("image"))
    noise = [row for row in card["rows"] if row["fault"] == "noise"]
    assert [row["sign"] for row in noise] == ["+", "+", "+"]
    assert noise[-1]["verdict"] == "wrong"
    assert [one["level"] for one in card["left_out"]] == ["to 200", "to 50"]


def test_a_metric_of_two_numbers_gets_two_cards(battery):
    cards = json.loads(battery("precision-recall k=2", "--format", "json").stdout)
    assert [card["metric"] for card in cards] == ["precision[digits-classifier]", "recall[digits-classifier]"]


@pytest.mark.slow
def test_options_of_a_metric_follow_its_name(battery):
    plain, squared = (
        json.loads(battery(metric, "--format", "json").stdout)[0]["floor"]["values"]
        for metric in ("brightness-gap", "brightness-gap power=2")
    )
    assert squared == pytest.approx([value**2 for value in plain])


def show(*arguments):
    return CliRunner().invoke(main, ["battery", *map(str, arguments)])


@pytest.mark.slow
def test_a_card_is_shown_and_drawn_again_from_its_json(battery, tmp_path):
    metric = ("rewards-noise", "--extractor", "pixels")
    computed = battery(*metric, "--format", "json")
    file, drawn = tmp_path / "card.json", tmp_path / "drawn.svg"
    file.write_text(computed.stdout)
    assert show("--card", file, "--format", "json").stdout == computed.stdout
    shown = show("--card", file, "--plot", drawn)
    assert (shown.exit_code, computed.exit_code) == (1, 1)
    assert shown.stdout == battery(*metric, "--plot", tmp_path / "first.svg").stdout
    assert drawn.read_bytes() == (tmp_path / "first.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--card", "none.json"), "none.json cannot be read: No such file or directory; expected what "),
        (("--card", __file__), "test_battery.py holds no cards: it is not JSON at line 1, column "),
        (("--card", "freid"), "no metric named 'freid'"),
        (("--card", "modes-of"), "no metric named 'modes-of'"),
        (("--card", "a.json", "--n", "3"), "--n has no effect beside --card, which computes nothing"),
        (("--card", "a.json", "--device", "cpu"), "--device has no effect beside --card"),
    ],
)
def test_a_card_that_cannot_be_shown_is_refused_in_one_line(arguments, message):
    found = show(*arguments)
    assert message in found.stderr.splitlines()[-1]
    assert found.exit_code > 1


def test_the_card_that_a_plugin_ships_is_shown_by_the_name_of_its_metric(battery, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fid").mkdir()  # a folder is no card
    (fid,) = json.loads(show("--card", "fid", "--format", "json").stdout)
    assert fid["component"] == "genbench:fid"
    both = json.loads(show("--card", "precision-recall", "--format", "json").stdout)
    assert [card["metric"].partition("[")[0] for card in both] == ["precision", "recall"]
    assert json.loads(show("--card", "recall", "--format", "json").stdout) == both[1:]
    plugin = ("--plugin", tmp_path / "gap.py")
    none = show("--card", "brightness-gap", *plugin)
    assert (none.exit_code, none.stderr.count("\n")) == (2, 1)
    assert "ships no card of brightness-gap; compute one with genbench battery" in none.stderr
    computed = battery("brightness-gap", "--format", "json").stdout
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "brightness-gap.json").write_text(computed)
    assert show("--card", "brightness-gap", *plugin, "--format", "json").stdout == computed
    (tmp_path / "fid").rmdir()
    (tmp_path / "fid").write_text(computed)
    assert show("--card", "fid", "--format", "json").stdout == computed  # an existing file wins


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_plot_has_the_format_that_its_name_ends_in(battery, tmp_path, ending, start):
    assert battery("brightness-gap", "--plot", tmp_path / f"card.{ending}").exit_code == 0
    assert (tmp_path / f"card.{ending}").read_bytes().startswith(start)


def test_a_plot_is_written_beside_the_card(battery, tmp_path):
    file = tmp_path / "card.svg"
    found = battery("brightness-gap", "--plot", file)
    assert found.exit_code == 0
    assert str(file) in found.stderr
    assert ET.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - we wrote it


@pytest.mark.parametrize(
    ("metric", "arguments", "message"),
    [
        ("brightnes-gap", (), "no metric named 'brightnes-gap'; did you mean 'brightness-gap'"),
        ("brightness-gap power=x", (), "METRIC.power: "),
        ("brightness-gap power", (), "METRIC: expected a name, with options if any"),
        ("brightness-gap", ("--extractor", "pixels"), "takes samples and uses no extractor"),
        ("rewards-noise", ("--extractor", "pixel"), "no extractor named 'pixel'; did you mean 'pixels'"),
        ("brightness-gap", ("--data", "digit"), "no dataset named 'digit'; did you mean 'digits'"),
        ("brightnes-gap", ("--data", "digit"), "no dataset named 'digit'; did you mean 'digits'"),
        (
            "brightness-gap",
            ("--plot", "card.gif"),
            "--plot card.gif: expected a file whose name ends in .pdf or .png or .svg",
        ),
        ("rewards-noise", ("--n", "600"), "n is 600; expected 1 to 599"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(battery, metric, arguments, message):
    found = battery(metric, *arguments)
    assert found.exit_code == 2, found.output
    assert message in found.stderr.splitlines()[-1]


def test_a_plot_that_cannot_be_written_is_said_before_all_work(battery, tmp_path):
    found = battery("no-metric", "--plot", tmp_path / "nowhere" / "card.svg")
    assert found.exit_code == 3
    assert "card.svg: cannot be written: No such file or directory" in found.stderr


def test_a_battery_that_is_refused_leaves_no_plot_and_an_old_one_as_it_was(battery, tmp_path):
    old = tmp_path / "old.svg"
    old.write_text("<svg/>")
    for file in (old, tmp_path / "new.svg"):
        assert battery("no-metric", "--plot", file).exit_code == 2
    assert old.read_text() == "<svg/>"
    assert not (tmp_path / "new.svg").exists()


def test_a_ranked_metric_that_sees_nothing_ends_with_1(battery):
    found = battery("constant")
    assert found.exit_code == 1
    assert "BLIND: no fault moved it" in found.stdout


def test_a_metric_that_fails_on_clean_data_ends_with_1(battery):
    found = battery("crashes")
    assert found.exit_code == 1
    assert "Error: crashes fails on clean real data: " in found.stderr.splitlines()[-1]
    assert found.stdout == ""


def test_vectors_are_their_own_features(battery, tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "f.npz", features=rng.normal(size=(300, 5)), labels=rng.integers(0, 4, 300))
    dataset = f"npz path={tmp_path / 'f.npz'}"
    (card,) = json.loads(battery("fid", "--data", dataset, "--format", "json").stdout)
    assert (card["metric"], card["extractor"]) == ("fid[given]", "given")
    assert card["verdicts"]["wrong"] == card["verdicts"]["failed"] == 0
    (card,) = json.loads(battery("fid", "--data", dataset, "--format", "json", "--extractor", "given").stdout)
    assert card["metric"] == "fid[given]"
