"""Forged folders with seals that fit, which `verify` compares with their suite."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import genbench
from genbench.board.report import write_board
from genbench.core.canonical_json import digest
from genbench.core.extracted import ValidCount
from genbench.results.notices import Notice
from genbench.results.records import write_plan, write_record, write_trace
from genbench.results.results import read_results
from genbench.verification.recompute import NEEDS_HISTORY

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm_server")]

TEXT = """
name = "rivals"
seeds = [0, 1, 2]
n = 20
controls = false
[[dataset]]
use = "cloud"
[[generator]]
use = "shifted"
[[generator]]
use = "shifted"
name = "rival"
drift = 1.0
[[metric]]
use = "gap"
[[metric]]
use = "spread"
"""


#: A metric that is equal for all, and one that always fails.
TIED = TEXT.replace('"gap"', '"level"').replace('"spread"', '"fails"')

RIVAL = '[[generator]]\nuse = "shifted"\nname = "rival"\ndrift = 1.0\n'


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    """Return the file of the suite."""
    path = tmp_path_factory.mktemp("trusted") / "rivals.toml"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def honest(tmp_path_factory, trusted):
    """Return the folder of a run that kept its samples."""
    folder = tmp_path_factory.mktemp("honest") / "out"
    genbench.run(trusted, output=folder, plugins=[PLUGIN], jobs=1, keep_samples=True)
    return folder


@pytest.fixture(scope="module")
def tied(tmp_path_factory):
    """Return the folder of a run in which all competitors are equal."""
    home = tmp_path_factory.mktemp("tied")
    (home / "tied.toml").write_text(TIED)
    genbench.run(home / "tied.toml", output=home / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return home / "out"


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """Return the folder of a run whose only metric takes the training history."""
    home = tmp_path_factory.mktemp("learned")
    text = TEXT.replace('"gap"', '"learnt"').replace('[[metric]]\nuse = "spread"\n', "")
    (home / "learned.toml").write_text(text)
    genbench.run(home / "learned.toml", output=home / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return home / "out"


@pytest.fixture
def forged(honest, tmp_path, fresh_store):
    """Return a function that forges a copy of a folder and returns it.

    of            the folder, else the honest one
    cell, record  functions of a cell or a record: what replaces it, or None to leave it out
    cells         a function of all cells: what replaces them
    provenance    fields that replace those of run.json
    """

    def forge(cell=lambda one: one, record=lambda one: one, cells=list, provenance=(), of=honest):
        folder = shutil.copytree(of, tmp_path / "forged")
        results = read_results(folder)
        kept = filter(None, map(cell, results.plan.cells))
        plan = replace(
            results.plan,
            cells=tuple(cells(list(kept))),
            provenance={**results.plan.provenance, **dict(provenance)},
        )
        by_key = {one.key: replace(results.records[one.key], cell=one) for one in results.plan.cells}
        records = {
            one.key: record(replace(by_key[one.key], cell=one)) for one in plan.cells if one.key in by_key
        }
        for key in by_key.keys() - records.keys():
            (folder / "records" / f"{key}.json").unlink()
        for one in records.values():
            write_record(folder, one)
        write_plan(folder, plan)
        write_board(folder, plan, records, results.traces)
        return folder

    return forge


@pytest.fixture
def said(monkeypatch, capsys):
    """Return a function that verifies a folder: exit code, and the lines below the tables."""
    from click.testing import CliRunner

    from genbench.cli.main import main

    monkeypatch.setenv("COLUMNS", "100")

    def verify(folder, *options):
        command = ["verify", str(folder), "--plugin", str(PLUGIN), "-j", "1", "-q", *map(str, options)]
        done = CliRunner().invoke(main, command)
        assert done.stderr == ""
        lines = done.stdout.splitlines()
        return done.exit_code, [line for line in lines[:-1] if re.match(r"[a-z ]+: ", line)], lines[-1]

    return verify


def test_an_honest_run_is_confirmed_from_its_own_suite_and_from_the_readers(honest, said, trusted):
    whole = (0, [], "12 reproduced; the files are whole")
    assert said(honest) == whole
    assert said(honest, "--suite", trusted) == whole


def test_all_seeds_with_the_record_of_the_best(forged, said):
    def best(cells):
        keys = {(c.generator, c.metric): c.key for c in cells if c.seed == 2}
        return [replace(c, key=keys[c.generator, c.metric]) for c in cells]

    code, lines, _ = said(forged(cells=best))
    assert code == 1
    same = "cloud shifted seed 0 gap and cloud shifted seed 1 gap have the same record"
    assert lines == [f"damaged: run.json: holds no plan of a run: {same}"]


def test_files_with_other_numbers_beside_those_that_genbench_wrote(forged, said):
    folder = forged()
    for name in ("leaderboard.html", "scores-final.csv", "records/best.json"):
        (folder / name).write_text("0.0001")
    told = "leaderboard.html, scores-final.csv and records/best.json"
    whole = "12 reproduced; the files are whole"
    assert said(folder) == (0, [f"not verified: files that genbench did not write: {told}"], whole)
    (folder / "records" / f"{'0' * 64}.json").write_text("garbage")
    code, lines, last = said(folder)
    assert (code, last) == (1, "12 reproduced; 1 fault in the files")
    assert lines[0].startswith(f"damaged: records/{'0' * 64}.json: the seal is broken")
    assert f"not verified: 1 record that run.json does not list: records/{'0' * 64}.json" in lines


def test_every_cell_listed_twice(forged, said):
    code, lines, _ = said(forged(cells=lambda cells: [*cells, *cells]))
    assert code == 1
    assert lines == ["damaged: run.json: holds no plan of a run: cloud shifted seed 0 gap is listed twice"]


def test_every_cell_listed_twice_under_a_second_name(forged, said):
    def twice(cells):
        again = [replace(c, generator=f"{c.generator}-2", key=digest(c.key)) for c in cells]
        return [*cells, *again]

    code, lines, _ = said(forged(cells=twice))
    assert code == 1
    assert lines == [
        "different: 12 cells of generator rival-2 and shifted-2: plan: in run.json and not in its suite"
    ]


def test_a_seed_that_is_left_out(forged, said):
    code, lines, last = said(forged(cell=lambda c: None if c.seed == 2 else c))
    assert code == 1
    assert lines == ["different: 4 cells of seed 2: plan: in its suite and not in run.json"]
    assert last == "8 reproduced, 4 different; the files are whole"


def test_a_rival_that_is_left_out(forged, said):
    code, lines, _ = said(forged(cell=lambda c: None if c.generator == "rival" else c))
    assert code == 1
    assert lines == ["different: 6 cells of generator rival: plan: in its suite and not in run.json"]


def test_an_n_that_nobody_drew(forged, said):
    code, lines, _ = said(forged(cell=lambda c: replace(c, n=50_000)))
    assert code == 1
    assert lines == ["different: all 12 cells: plan: n is 50000 in run.json, 20 in its suite"]


def test_a_signature_of_another_protocol(forged, said):
    def signed(cell):
        return replace(cell, signature=cell.signature | {"protocol": "famous", "n": 50_000})

    code, lines, _ = said(forged(cell=signed))
    assert code == 1
    assert lines == [
        'different: all 12 cells: plan: signature: n was 50000, is 20, protocol was "famous", is null'
    ]


def test_a_plugin_of_another_name(forged, said):
    def owned(cell):
        return replace(cell, plugin="famous 1.0") if cell.generator == "shifted" else cell

    code, lines, _ = said(forged(cell=owned))
    assert code == 1
    difference = "plugin is famous in run.json, checked-plugin in its suite"
    assert lines == [f"different: 6 cells of generator shifted: plan: {difference}"]


@pytest.mark.parametrize("status", ["error", "timeout", "memory", "crash"])
def test_a_rival_that_is_said_to_fail(forged, said, status):
    def fails(record):
        if record.cell.generator != "rival" or record.cell.metric != "spread":
            return record
        return replace(record, status=status, reason="no luck", value=None, low=None, high=None, extra={})

    code, lines, last = said(forged(record=fails))
    assert code == 1
    difference = f"{status} (no luck) in the record, a number here"
    assert lines == [f"different: 3 cells of generator rival, metric spread: score: {difference}"]
    assert last == "9 reproduced, 3 different; the files are whole; 3 failed and hold no number"


def test_a_role_that_takes_a_rival_off_the_ranks(forged, said):
    code, lines, _ = said(forged(cell=lambda c: replace(c, control="floor") if c.generator == "rival" else c))
    assert code == 1
    assert lines == [
        "different: 6 cells of generator rival: plan: control is floor in run.json, None in its suite"
    ]


def test_a_warning_that_is_silenced(forged, said):
    code, lines, _ = said(forged(cell=lambda c: replace(c, unseen_controls=("floor", "ceiling"))))
    assert code == 1
    difference = "unseen_controls is ('floor', 'ceiling') in run.json, () in its suite"
    assert lines == [f"different: all 12 cells: plan: {difference}"]


def test_a_run_without_cells(forged, said):
    code, lines, _ = said(forged(cells=lambda cells: []))
    assert code == 1
    assert lines == ["different: all 12 cells: plan: in its suite and not in run.json"]


def test_a_title_of_another_suite(forged, said):
    code, lines, _ = said(forged(provenance={"name": "famous"}))
    assert code == 1
    assert lines == ["unverifiable: all 12 cells: its run.json has the name 'famous', and its suite 'rivals'"]


def test_a_title_that_is_forged_with_the_suite_is_not_the_name_of_the_readers(forged, said, trusted):
    suite = TEXT.replace('name = "rivals"', 'name = "champions"', 1)
    folder = forged(provenance={"name": "champions", "suite": suite})
    assert said(folder) == (0, [], "12 reproduced; the files are whole")
    code, lines, last = said(folder, "--suite", trusted)
    assert code == 1
    assert lines == ["different: the title is champions in run.json, rivals in the suite"]
    assert last == "12 reproduced; the files are whole; 1 difference on the board"


def test_suite_and_cells_that_are_forged_together_need_a_suite_that_the_reader_trusts(forged, said, trusted):
    def kept(cell):
        return None if cell.generator == "rival" or cell.seed == 2 else cell

    suite = TEXT.replace(RIVAL, "").replace("[0, 1, 2]", "[0, 1]")
    folder = forged(cell=kept, provenance={"suite": suite, "seeds": [0, 1]})
    assert said(folder) == (0, [], "4 reproduced; the files are whole")
    code, lines, last = said(folder, "--suite", trusted)
    assert code == 1
    assert lines == [
        "different: 6 cells of generator rival: plan: in the suite rivals and not in run.json",
        "different: 2 cells of seed 2: plan: in the suite rivals and not in run.json",
    ]
    assert last == "4 reproduced, 8 different; the files are whole"


def test_options_of_a_rival_that_are_forged_with_the_suite(tmp_path, fresh_store, said, trusted):
    """A cell's signature holds no option of the generator, so the entries of both suites are compared."""
    (tmp_path / "weak.toml").write_text(TEXT.replace("drift = 1.0", "drift = 9.0"))
    folder = tmp_path / "out"
    genbench.run(tmp_path / "weak.toml", output=folder, plugins=[PLUGIN], jobs=1, keep_samples=True)
    assert said(folder) == (0, [], "12 reproduced; the files are whole")
    code, lines, last = said(folder, "--suite", trusted)
    assert code == 1
    difference = "its generator's options.drift was 9.0, is 1.0 in the suite rivals"
    assert lines == [f"different: 6 cells of generator rival: plan: {difference}"]
    assert last == "6 reproduced, 6 different; the files are whole"


def test_records_that_name_another_cell_than_the_plan(honest, tmp_path, said):
    folder = shutil.copytree(honest, tmp_path / "forged")
    for record in read_results(folder).records.values():
        write_record(folder, replace(record, cell=replace(record.cell, generator="gpt-9", n=50_000)))
    code, lines, last = said(folder)
    assert code == 1
    assert len(lines) == 12
    for line in lines:
        assert re.fullmatch(
            r"damaged: records/\w+.json: generator is 'gpt-9' in the record, '\w+' in run.json", line
        )
    assert last == "12 reproduced; 12 faults in the files"


LIE = Notice(kind="generator", component="checked-plugin:shifted", text="trained on the test split")


def noticed(notice):
    def add(record):
        is_rival = record.cell.generator == "rival"
        return replace(record, notices=(*record.notices, notice)) if is_rival else record

    return add


def test_a_notice_of_a_rival_is_no_more_than_a_claim_and_different_from_a_rerun(forged, said, trusted):
    folder = forged(record=noticed(LIE))
    code, lines, last = said(folder, "--suite", trusted)
    assert (code, last) == (0, "12 reproduced; the files are whole")
    told = f"6 cells of generator rival: {LIE} (from the records; only a rerun, --sample, checks it)"
    assert lines == [f"not checked: {told}"]
    code, lines, last = said(folder, "--sample", 6)
    assert code == 1
    assert lines[1:] == [f"different: 6 cells of generator rival: notices: in the record alone: {LIE}"]
    assert last == "18 reproduced, 6 different; the files are whole"


@pytest.mark.parametrize("kind", ["metric", "referee"])
def test_a_notice_of_anything_but_a_generator_is_different(forged, said, kind):
    lie = replace(LIE, kind=kind, is_nondeterministic=True)
    code, lines, _ = said(forged(record=noticed(lie)))
    assert code == 1
    assert lines == [f"different: 6 cells of generator rival: notices: in the record alone: {lie}"]


def test_splits_that_are_said_to_share_samples(forged, said, honest):
    datasets = read_results(honest).plan.provenance["datasets"]
    shared = {"shared_splits": [["test", "train"]]}
    folder = forged(provenance={"datasets": {"cloud": datasets["cloud"] | shared, "imagenet": shared}})
    code, lines, last = said(folder)
    assert code == 1
    assert lines == [
        f"different: splits of {name} that share samples: test and train in run.json, none here"
        for name in ("cloud", "imagenet")
    ]
    assert last == "12 reproduced; the files are whole; 2 differences on the board"


def test_sizes_of_data_that_are_too_large(forged, said, honest):
    cloud = read_results(honest).plan.provenance["datasets"]["cloud"]
    sizes = cloud["sizes"] | {"test": 50_000}
    code, lines, _ = said(forged(provenance={"datasets": {"cloud": cloud | {"sizes": sizes}}}))
    assert code == 1
    here = "held_out 20, test 20, train 20 here"
    assert lines == [f"different: sizes of cloud: held_out 20, test 50000, train 20 in run.json, {here}"]


@pytest.mark.parametrize(("field", "value"), [("differences", ["rival is void"]), ("sources", {"a": "b"})])
def test_lines_of_merged_runs_on_the_board_of_one(forged, said, field, value):
    code, lines, _ = said(forged(provenance={field: value}))
    assert code == 1
    reason = f"holds no plan of a run: a run that is not merged cannot have {field}"
    assert lines == [f"damaged: run.json: {reason}"]


def test_values_within_tolerance_that_decide_ranks(forged, said, tied):
    def add(record):
        is_rival = (record.cell.generator, record.cell.metric) == ("rival", "level")
        environment = {"libraries": {"numpy": "1"}, "machine": {"cpu": "famous"}}
        return replace(record, value=9e-6, environment=environment) if is_rival else record

    folder = forged(record=add, of=tied)
    code, lines, _ = said(folder)
    assert code == 1
    assert lines[0] == (
        "different: ranks: cloud rival: overall 2 (1–2) in the records, 1 (1–2) here; level 2 (1–2) in the "
        "records, 1 (1–2) here"
    )
    assert {line.partition(": ")[0] for line in lines[1:]} == {"changed since"}


def test_a_value_that_the_metric_cannot_have(forged, said, tied):
    def lower(record):
        return replace(record, value=-9e-6) if record.cell.metric == "level" else record

    code, lines, _ = said(forged(record=lower, of=tied))
    assert code == 1
    assert len([line for line in lines if line.startswith("damaged: records/")]) == 6
    assert "unverifiable: 6 cells of metric level: its record is damaged" in lines


FAILED = {
    "valid": (
        {"fake": ValidCount(n=1, of=20)},
        "features: 1 of 20 samples of fake with features in the record",
    ),
    "samples": ("0" * 64, "samples: hash 00000000 in the record"),
    "extra": ({"warning": "void"}, "score: extra warning void in the record"),
    "notices": ((replace(LIE, kind="metric"),), f"notices: in the record alone: metric {str(LIE)[10:]}"),
}


def test_a_history_in_a_forged_trace_gives_no_number_without_a_rerun(learned, forged, said):
    def halve(record):
        return replace(record, value=0.125) if record.cell.generator == "rival" else record

    folder = forged(record=halve, of=learned)
    results = read_results(folder)
    for trace in results.traces:
        write_trace(folder, replace(trace, history=({"step": 1, "total": 1, "loss": 0.125},)))
    code, lines, last = said(folder)
    assert (code, last) == (1, "6 unverifiable; the files are whole")
    assert lines == [f"unverifiable: all 6 cells: {NEEDS_HISTORY}"]
    code, lines, last = said(folder, "--sample", 6)
    assert (code, last) == (1, "3 reproduced, 3 different; the files are whole")
    assert lines[1:] == ["different: 3 cells of generator rival: score: value 0.125 in the record, 0.25 here"]
    assert said(learned, "--sample", 6)[2] == "6 reproduced; the files are whole"


@pytest.mark.parametrize("field", FAILED)
def test_what_a_failure_says_beside_its_reason(forged, said, tied, field):
    value, reason = FAILED[field]
    folder = forged(record=lambda r: replace(r, **{field: value}) if r.status == "error" else r, of=tied)
    code, lines, last = said(folder)
    assert code == 1
    assert all(reason in line for line in lines if line.startswith("different: "))
    assert last == "6 reproduced, 6 different; the files are whole; 6 failed and hold no number"
