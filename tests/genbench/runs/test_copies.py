"""Copies from a run to its board, to `compare`, `gate` and `verify`."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner
from toys import plugin_text

import genbench
from genbench.board.leaderboard import build_board
from genbench.board.report import write_board
from genbench.board.warnings import list_board_warnings
from genbench.cli.main import main
from genbench.results.records import write_record
from genbench.results.results import read_results

PLUGIN = plugin_text("""
    def points():
        return np.random.default_rng(0).normal(size=(120, 2))

    def dots():
        splits = {"train": np.arange(60), "test": np.arange(60, 120)}
        return Data(Samples.of("vector", points()), splits=splits)

    class Sampler:
        def __init__(self, draw):
            self.draw = draw
        def sample(self, n, *, rng):
            return Samples.of("vector", self.draw(n, rng))

    def ours(train):
        return Sampler(lambda n, rng: rng.permutation(train.data)[:n])

    def peek(train):
        return Sampler(lambda n, rng: rng.permutation(points()[60:])[:n])

    def fair(train, *, shift: float = 0.0):
        return Sampler(lambda n, rng: rng.normal(size=(n, 2)) + shift)

    def gap(real, fake):
        return abs(float(real.data.mean() - fake.data.mean()))

    def warn(samples):
        return f"{len(samples)} training samples have new identifiers"

    DatasetSpec(name="dots", make=dots, summary="", modalities=("vector",), caution=warn)
    GeneratorSpec(name="ours", make=ours, summary="", modalities=("vector",))
    GeneratorSpec(name="peek", make=peek, summary="", modalities=("vector",))
    GeneratorSpec(name="fair", make=fair, summary="", modalities=("vector",))
    def nearest(fakes, real):
        gaps = {name: abs(float(real.data.mean() - each.data.mean())) for name, each in fakes.items()}
        return {name: Score(gap, gap, gap) for name, gap in gaps.items()}

    MetricSpec(name="nearest", make=nearest, modalities=("vector",), direction="lower", scope="board")
    MetricSpec(name="gap", make=gap, summary="", modalities=("vector",), direction="lower", best=0.0)
""")
SUITE = """
name = "thieves"
seeds = [0, 1]
n = 40
dataset = [{use = "dots"}]
generator = [{use = "ours"}, {use = "peek"}, {use = "fair"}, {use = "fair", name = "far", shift = 0.5}]
metric = [{use = "gap"}]
"""


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory):
    """Return the folder of a run in which one generator returns training samples, and one the test split."""
    home = tmp_path_factory.mktemp("thieves")
    (home / "thief.py").write_text(PLUGIN)
    (home / "thieves.toml").write_text(SUITE)
    output, plugins = home / "out", [home / "thief.py"]
    genbench.run(home / "thieves.toml", output=output, plugins=plugins, jobs=1, keep_samples=True)
    return output


def rows(folder):
    results = read_results(folder, read_only=True)
    return {row.generator: row for row in build_board(results.plan, results.records).rows}


def test_copies_of_train_and_of_test_are_not_ranked_and_new_samples_and_controls_are_as_before(folder):
    found = rows(folder)
    assert found["ours"].unranked == ("80 of 80 samples are, byte for byte, training samples",)
    assert found["peek"].unranked == ("80 of 80 samples are, byte for byte, test samples",)
    assert sorted(found[name].rank for name in ("fair", "far")) == [1, 2]
    assert found["train-copies"].unranked == ()
    assert found["train-copies"].copies["train"].equal == 80
    assert not any(count.equal for count in found["noise"].copies.values())


def test_the_caution_of_the_data_is_on_the_board_as_of_score(folder):
    results = read_results(folder, read_only=True)
    lines = list_board_warnings(build_board(results.plan, results.records))
    assert "dots: 60 training samples have new identifiers" in lines


def test_records_hold_counts_for_each_split_and_no_digest(folder):
    bodies = [json.loads(path.read_text())["body"] for path in (folder / "records").iterdir()]
    ours = [body for body in bodies if body["cell"]["generator"] == "ours"]
    for body in ours:
        assert set(body["copies"]) == {"train", "test", "all"}
        limit = body["copies"]["train"].pop("limit")
        assert body["copies"]["train"] == {"of": 40, "equal": 40, "identical": 40, "chance": 0}
        assert 0 < limit < 20


@pytest.fixture(scope="module", name="compared")
def _compared(folder):
    """Return the folder of a run of the same generators whose metrics are comparisons, which have no seed."""
    suite = folder.parent / "compared.toml"
    suite.write_text("controls = false" + SUITE.replace("gap", "nearest"))
    output = folder.parent / "compared"
    genbench.run(suite, output=output, plugins=[folder.parent / "thief.py"], jobs=1, keep_samples=True)
    return output


def test_copies_are_not_ranked_on_a_board_of_comparisons_alone(compared):
    found = rows(compared)
    assert found["ours"].unranked == ("80 of 80 samples are, byte for byte, training samples",)
    assert found["peek"].unranked == ("80 of 80 samples are, byte for byte, test samples",)
    ranks = {name: row.entries["nearest"].rank for name, row in found.items() if not row.control}
    assert (ranks.pop("ours"), ranks.pop("peek")) == (None, None)
    assert None not in ranks.values()


def forge_no_copies(folder):
    """Write records of a run in which `ours` has no copies; return the results."""
    results = read_results(folder, read_only=True)
    for key, record in results.records.items():
        if record.cell.generator == "ours":
            none = {name: replace(count, equal=0, identical=0) for name, count in record.copies.items()}
            results.records[key] = replace(record, copies=none)
            write_record(folder, results.records[key])
    return results


@pytest.mark.slow
def test_verify_counts_those_of_a_comparison_again(compared, tmp_path, fresh_store):
    forged, plugins = shutil.copytree(compared, tmp_path / "forged"), [compared.parent / "thief.py"]
    results = forge_no_copies(forged)
    write_board(forged, results.plan, results.records, results.traces)
    assert rows(forged)["ours"].unranked == ()
    found = genbench.verify(forged, plugins=plugins)
    assert [verdict.cell.generator for verdict in found.stored if verdict.outcome == "different"] == ["ours"]


@pytest.mark.parametrize("command", ["compare", "gate"])
@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_compare_and_gate_name_them_below_a_table_and_on_stderr(folder, command, form):
    of_gate = [f"{folder}:fair", f"{folder}:ours", "--limit", "gap=1"]
    operands = [str(folder), "fair", "ours"] if command == "compare" else of_gate
    ran = CliRunner().invoke(main, [command, *operands, "--format", form])
    line = "ours: not ranked: 80 of 80 samples are, byte for byte, training samples"
    assert (line in ran.stderr) is (form != "text")
    assert line in ran.stdout


def test_frames_of_a_run_say_it_in_each_row(folder):
    run = genbench.open_run(folder)
    reason = "not ranked: 80 of 80 samples are, byte for byte, training samples"
    data = "60 training samples have new identifiers"
    assert run.leaderboard().set_index("generator")["caution"].loc[["ours", "fair"]].tolist() == [
        f"{reason}; {data}", data,
    ]  # fmt: skip
    assert set(run.compare("fair", "ours")["caution"]) == {f"{data}; ours: {reason}"}


@pytest.mark.slow
def test_verify_counts_again(folder, tmp_path, fresh_store):
    forged = shutil.copytree(folder, tmp_path / "forged")
    plugins = [folder.parent / "thief.py"]
    assert {verdict.outcome for verdict in genbench.verify(forged, plugins=plugins).stored} == {"reproduced"}
    results = forge_no_copies(forged)
    for key, record in results.records.items():
        if record.cell.generator == "peek":  # as an earlier genbench wrote it
            results.records[key] = replace(record, copies={})
            write_record(forged, results.records[key])
    write_board(forged, results.plan, results.records, results.traces)
    assert rows(forged)["ours"].rank is not None
    found = genbench.verify(forged, plugins=plugins)
    assert any(line.startswith("ranks: dots ours: overall") for line in found.board)
    outcomes = {verdict.cell.generator: verdict.outcome for verdict in found.stored}
    assert (outcomes.pop("ours"), set(outcomes.values())) == ("different", {"reproduced"})
