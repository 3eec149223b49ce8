"""Forged plans with seals that fit, which `verify` compares with their suite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import genbench
from genbench.core.canonical_json import digest
from genbench.results.records import read_plan

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm_server")]

RIVAL = ', {use = "shifted", name = "rival", drift = 1.0}'


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
    told = [
        "not verified: a page, which `genbench page` writes again: leaderboard.html",
        "not verified: files that genbench did not write: scores-final.csv and records/best.json",
    ]
    assert said(folder) == (0, told, "12 reproduced; the files are whole")
    (folder / "records" / f"{'0' * 64}.json").write_text("garbage")
    code, lines, last = said(folder)
    assert (code, last) == (1, "12 reproduced; 1 problem in the files")
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
    def larger(cell):
        return replace(cell, n=50_000, signature=cell.signature | {"n": 50_000})

    code, lines, _ = said(forged(cell=larger))
    assert code == 1
    assert lines == ["different: all 12 cells: plan: n is 50000 in run.json, 20 in its suite"]


def test_a_signature_of_another_protocol(forged, said):
    def signed(cell):
        return replace(cell, signature=cell.signature | {"protocol": "famous"})

    code, lines, _ = said(forged(cell=signed))
    assert code == 1
    assert lines == ['different: all 12 cells: plan: signature: protocol was "famous", is null']


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
    code, lines, _ = said(
        forged(cell=lambda c: replace(c, facts=replace(c.facts, unseen_controls=("floor", "ceiling"))))
    )
    assert code == 1
    difference = "unseen_controls is ('floor', 'ceiling') in run.json, () in its suite"
    assert lines == [f"different: all 12 cells: plan: {difference}"]


def test_a_run_without_cells(forged, said):
    code, lines, _ = said(forged(cells=lambda cells: []))
    assert code == 1
    assert lines == ["different: all 12 cells: plan: in its suite and not in run.json"]


def test_another_model_than_that_of_the_suite(forged, said, honest, trusted):
    generators = read_plan(honest).provenance["generators"]
    forged_ones = [each | {"component": "genbench:ddpm", "options": {"steps": 10}} for each in generators]
    code, lines, last = said(forged(provenance={"generators": forged_ones}), "--suite", trusted)
    assert (code, last) == (1, "12 reproduced; the files are whole; 2 differences on the board")
    assert [line.partition(" in run.json, ")[0] for line in lines] == [
        f'different: generator {name}: component "genbench:ddpm"' for name in ("rival", "shifted")
    ]
    assert lines[0].endswith("options.steps 10 in run.json, not set here")


def test_generators_of_run_json_without_their_options_or_without_a_rival(forged, said, honest):
    generators = read_plan(honest).provenance["generators"]
    code, lines, _ = said(forged(provenance={"generators": [generators[0] | {"options": {}}]}))
    assert code == 1
    rival = (
        'component not set in run.json, "checked-plugin:shifted" here; name not set in run.json, "rival" here'
    )
    assert lines == [
        "different: generator shifted: options.drift not set in run.json, 0.0 here",
        f"different: generator rival: {rival}; options.drift not set in run.json, 1.0 here",
    ]


def test_a_hash_of_data_that_hides_what_run_json_says_of_them(forged, said, honest):
    datasets = read_plan(honest).provenance["datasets"]
    hidden = {"cloud": datasets["cloud"] | {"hash": "0" * 64}}
    code, lines, last = said(forged(provenance={"datasets": hidden}))
    assert code == 1
    then, now = "0" * 8, datasets["cloud"]["hash"][:8]
    assert lines == [f"different: dataset cloud: hash {then} in run.json, {now} here"]
    assert last == "12 reproduced; the files are whole; 1 difference on the board"


def test_an_n_seeds_a_space_and_versions_that_the_cells_and_the_data_deny(forged, said, honest, trusted):
    """With its own suite, an n of run.json is that of the plan."""
    noted = read_plan(honest).provenance
    cloud = noted["datasets"]["cloud"]
    version = noted["plugins"]["checked-plugin"]
    fields = {
        "n": 21, "seeds": [0, 1], "plugins": {"checked-plugin": "0+aaaaaaaa"},
        "datasets": {"cloud": cloud | {"space": cloud["space"] | {"shape": [3]}}},
    }  # fmt: skip
    code, lines, last = said(forged(provenance=fields), "--suite", trusted)
    assert (code, last) == (1, "12 reproduced; the files are whole; 4 differences on the board")
    assert lines[1:4] == [
        "different: n: 21 in run.json, 20 here",
        "different: seeds: [0, 1] in run.json, [0, 1, 2] here",
        f"different: plugin checked-plugin: 0+aaaaaaaa in run.json, {version} in its cells",
    ]
    assert lines[4] == "different: dataset cloud: space.shape [3] in run.json, [2] here"


def test_a_title_of_another_suite(forged, said):
    code, lines, _ = said(forged(provenance={"name": "famous"}))
    assert code == 1
    reason = "its run.json has the name 'famous', and its suite 'rivals'; take an unchanged copy of the run"
    assert lines == [f"unverifiable: all 12 cells: {reason}"]


def test_a_title_that_is_forged_with_the_suite_is_not_the_name_of_the_readers(forged, said, trusted):
    suite = trusted.read_text().replace('name = "rivals"', 'name = "champions"', 1)
    folder = forged(provenance={"name": "champions", "suite": suite})
    assert said(folder) == (0, [], "12 reproduced; the files are whole")
    code, lines, last = said(folder, "--suite", trusted)
    assert code == 1
    assert lines == ["different: the title is champions in run.json, rivals in the suite"]
    assert last == "12 reproduced; the files are whole; 1 difference on the board"


def test_suite_and_cells_forged_together_need_a_suite_that_the_reader_trusts(forged, said, honest, trusted):
    def kept(cell):
        return None if cell.generator == "rival" or cell.seed == 2 else cell

    suite = trusted.read_text().replace(RIVAL, "").replace("[0, 1, 2]", "[0, 1]")
    shifted = read_plan(honest).provenance["generators"][:1]
    folder = forged(cell=kept, provenance={"suite": suite, "seeds": [0, 1], "generators": shifted})
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
    (tmp_path / "weak.toml").write_text(trusted.read_text().replace("drift = 1.0", "drift = 9.0"))
    folder = tmp_path / "out"
    genbench.run(tmp_path / "weak.toml", output=folder, plugins=[PLUGIN], jobs=1, keep_samples=True)
    assert said(folder) == (0, [], "12 reproduced; the files are whole")
    code, lines, last = said(folder, "--suite", trusted)
    assert code == 1
    difference = "its generator's options.drift was 9.0, is 1.0 in the suite rivals"
    assert lines == [f"different: 6 cells of generator rival: plan: {difference}"]
    assert last == "6 reproduced, 6 different; the files are whole"


@pytest.mark.parametrize("entry", ['use = "lost"', 'use = "shifted", boost = 8.0'])
def test_an_entry_of_a_rival_that_nobody_else_can_use(forged, said, trusted, entry):
    """The cells are planned from the suite that the reader trusts, and not from the run's own."""
    suite = trusted.read_text().replace(RIVAL, f', {{name = "rival", {entry}}}')
    code, lines, last = said(forged(provenance={"suite": suite}), "--suite", trusted)
    assert code == 1
    assert lines[0].startswith("different: 6 cells of generator rival: plan: the entry of its generator in ")
    assert last == "6 reproduced, 6 different; the files are whole"
