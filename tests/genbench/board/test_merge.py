"""Several runs on one board."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from genbench.board.csv_tables import leaderboard_frame, scores_frame, timings_frame
from genbench.board.leaderboard import build_board
from genbench.board.merge import differences, merge
from genbench.board.report import make_board_files
from genbench.core.errors import DataError, ResultsError, SuiteError
from genbench.core.extracted import ValidCount
from genbench.core.names import is_generator_id, is_title
from genbench.core.samples import Samples
from genbench.results.cells import short_signature
from genbench.results.copies import Copies
from genbench.results.records import Notice, write_plan, write_record
from genbench.results.results import Results, read_results, write_results
from genbench.results.sketches import Sketch

GAN = {"gan": {"fid": [2.0, 2.5]}}
VAE = {"vae": {"fid": [1.0, 1.5]}}
HELD_OUT = {"held-out": {"fid": [0.5, 0.25]}}
OTHER_SAMPLES = {"samples": "f" * 64}


@pytest.fixture
def results_of(run_of):
    def make(name, table, traces=(), **fields):
        plan, records = run_of(table, **fields)
        records = {key: replace(one, copies={}) for key, one in records.items()}  # of an earlier genbench
        return Results(name=name, plan=plan, records=records, traces=tuple(traces))

    return make


def board(results):
    frame = leaderboard_frame(results.plan, results.records)
    return {row["generator"]: (row["fid"], row["rank"]) for row in frame.to_dict("records")}


def plan_and_records(results):
    return results.plan, results.records


def notes(results):
    return list(results.plan.provenance["differences"])


def test_equal_cells_are_one_row_and_generators_of_two_runs_are_ranked_together(results_of):
    merged = merge([results_of("one", VAE | HELD_OUT), results_of("two", GAN | HELD_OUT)])
    found = board(merged)
    assert set(found) == {"vae", "gan", "held-out"}
    assert (found["vae"][1], found["gan"][1]) == (1, 2)
    assert differences([results_of("one", VAE), results_of("two", GAN)]) == []


def test_two_generators_with_one_name_are_told_apart_by_their_runs(results_of):
    two = changed(results_of("two", {"vae": {"fid": [0.5, 0.5]}}, salt="steps"), record=OTHER_SAMPLES)
    merged = merge([results_of("one", VAE | GAN), two])
    assert {name: value for name, (value, _) in board(merged).items()} == {
        "vae@one": 1.25, "vae@two": 0.5, "gan": 2.25
    }  # fmt: skip
    assert board(merged)["vae@two"][1] == 1


def test_equal_samples_and_values_under_other_keys_are_one_row(results_of):
    merged = merge([results_of("one", HELD_OUT | VAE), results_of("two", HELD_OUT | GAN, salt="threads")])
    assert set(board(merged)) == {"held-out", "vae", "gan"}


def test_the_files_of_merged_runs_are_the_same_once_they_are_read_again(results_of, tmp_path):
    merged = merge([results_of("two", VAE | HELD_OUT), results_of("one", VAE | GAN, salt="steps")])
    write_results(tmp_path, merged)
    again = read_results(tmp_path)
    files = make_board_files(merged.plan, merged.records)
    assert b"- one:\n- two:\n" in files["leaderboard.md"]
    assert make_board_files(again.plan, again.records) == files


def changed(results, *, cell=(), record=()):
    """Return results in which fields of each cell, and of each record, have other values."""
    cells = {one.key: replace(one, **dict(cell)) for one in results.plan.cells}
    records = {key: replace(one, cell=cells[key], **dict(record)) for key, one in results.records.items()}
    return replace(results, plan=replace(results.plan, cells=tuple(cells.values())), records=records)


def test_equal_values_of_other_samples_stand_apart(results_of):
    two = changed(results_of("two", VAE, salt="threads"), record=OTHER_SAMPLES)
    assert set(board(merge([results_of("one", VAE), two]))) == {"vae@one", "vae@two"}


def test_equal_values_of_equal_samples_stand_apart_if_their_signatures_differ(results_of):
    two = results_of("two", VAE, salt="threads", signature={"version": "2"})
    assert set(board(merge([results_of("one", VAE), two]))) == {"vae@one", "vae@two"}


def test_other_values_of_equal_samples_stand_apart(results_of):
    two = results_of("two", {"vae": {"fid": [1.0, 1.25]}}, salt="threads")
    assert set(board(merge([results_of("one", VAE), two]))) == {"vae@one", "vae@two"}


@pytest.mark.parametrize("salt", ["", "threads"])
@pytest.mark.parametrize("lacking", [0, 1])
def test_a_missing_record_is_taken_from_the_other_run(results_of, lacking, salt):
    """Seed 0 shows that the rows are equal, also where other keys have the same samples."""
    tables = [VAE, VAE]
    tables[lacking] = {"vae": {"fid": [1.0, None]}}
    one, two = results_of("one", tables[0]), results_of("two", tables[1], salt=salt)
    merged = merge([one, two])
    assert board(merged)["vae"][0] == 1.25
    owner = (two, one)[lacking]
    assert merged.records.keys() >= {cell.key for cell in owner.plan.cells if cell.seed == 1}


def test_missing_records_of_other_keys_show_no_equality(results_of):
    one = results_of("one", {"vae": {"fid": [None, None], "recall": [0.5, 0.5]}})
    two = results_of("two", VAE, salt="steps")
    assert set(board(merge([one, two]))) == {"vae@one", "vae@two"}


def test_equal_numbers_without_samples_of_other_keys_show_no_equality(results_of):
    one, two = (changed(results_of(name, VAE, salt=name), record={"samples": ""}) for name in ("one", "two"))
    assert set(board(merge([one, two]))) == {"vae@one", "vae@two"}


def test_cells_of_another_n_stand_apart(results_of):
    two = changed(results_of("two", VAE), cell={"n": 50000})
    assert set(board(merge([results_of("one", VAE), two]))) == {"vae@one", "vae@two"}


def test_equal_failures_of_other_keys_show_no_equality(results_of):
    """Any two generators may fail for one reason."""
    failed = {"vae": {"fid": ["error", "error"]}}
    one, two = results_of("one", failed), results_of("two", failed, salt="steps")
    assert set(board(merge([one, two]))) == {"vae@one", "vae@two"}
    assert set(board(merge([one, results_of("two", failed)]))) == {"vae"}


def test_runs_that_share_no_cell_of_a_generator_stand_apart(results_of):
    two = results_of("two", {"vae": {"recall": [0.5, 0.5]}})
    merged = merge([results_of("one", VAE), two])
    assert {cell.generator for cell in merged.plan.cells} == {"vae@one", "vae@two"}


def test_unequal_signatures_stand_apart_and_the_field_is_named(results_of):
    runs = [results_of("one", VAE | GAN), results_of("two", VAE | {"ddpm": {"fid": [0.0, 0.0]}}, n=300)]
    found = board(merge(runs))
    assert set(found) == {"vae@one", "gan", "vae@two", "ddpm"}
    assert (found["vae@one"][1], found["gan"][1], found["ddpm"][1], found["vae@two"][1]) == (1, 2, 1, 2)
    assert differences(runs) == [
        "digits: fid: n is 599 in one and 300 in two; run the suite of two again with --n 599"
    ]


def test_unequal_seeds_stand_apart_and_are_named(results_of):
    runs = [results_of("one", VAE | GAN), results_of("two", VAE | GAN, seeds=[0, 5])]
    assert set(board(merge(runs))) == {"vae@one", "gan@one", "vae@two", "gan@two"}
    assert differences(runs) == [
        "digits: seeds are 0 1 in one and 0 5 in two; run the suite of two again with --seeds 0,1"
    ]


def test_metrics_of_two_runs_of_one_generator_join_in_its_row(results_of):
    more = {"vae": {"fid": [1.0, 1.5], "recall": [0.5, 0.5]}}
    merged = merge([results_of("one", VAE), results_of("two", more)])
    frame = leaderboard_frame(merged.plan, merged.records)
    assert len(frame) == 1
    assert frame["recall"][0] == 0.5


THEIR_VAE = {"vae": {"fid": [3.0, 1.5]}}


@pytest.mark.parametrize("names", [("one", "two"), ("two", "one")])
def test_unequal_values_of_one_key_stand_apart_each_in_its_own_row(results_of, names):
    runs = {"one": results_of("one", VAE), "two": results_of("two", THEIR_VAE)}
    merged = merge([runs[name] for name in names])
    assert {name: value for name, (value, _) in board(merged).items()} == {"vae@one": 1.25, "vae@two": 2.25}
    assert len({cell.key for cell in merged.plan.cells}) == 4


def test_a_failure_is_not_replaced_by_the_number_of_another_run(results_of):
    failed = results_of("one", {"vae": {"fid": ["error", 1.5]}})
    frame = leaderboard_frame(*plan_and_records(merge([failed, results_of("two", VAE)])))
    assert {row["generator"]: row["fid"] for row in frame.to_dict("records")}["vae@two"] == 1.25
    assert frame.set_index("generator")["fid"].isna()["vae@one"]


def test_a_row_joins_others_only_if_it_is_equal_to_all_of_them(results_of):
    """The second and the third run share no cell with the first run's fid and recall, but one another."""
    tables = [
        {"vae": {"fid": [1.0, 1.5], "recall": [0.5, 0.5]}},
        {"vae": {"fid": [1.0, 1.5], "density": [0.1, 0.2]}},
        {"vae": {"recall": [0.5, 0.5], "density": [0.7, 0.8]}},
    ]
    merged = merge([results_of(name, table) for name, table in zip("abc", tables, strict=True)])
    found = {(cell.generator, cell.metric) for cell in merged.plan.cells}
    assert found == {("vae@a", name) for name in ("fid", "recall", "density")} | {("vae@c", "density")}
    assert "digits: recall: left out of vae@c, since the records are those of vae@a" in notes(merged)


def test_a_row_joins_rows_that_share_nothing_but_it(results_of):
    tables = [{"vae": {"fid": [1.0]}}, {"vae": {"recall": [0.5]}}, {"vae": {"fid": [1.0], "recall": [0.5]}}]
    merged = merge([results_of(name, table) for name, table in zip("abc", tables, strict=True)])
    assert [(cell.generator, cell.metric) for cell in merged.plan.cells] == [
        ("vae", "fid"),
        ("vae", "recall"),
    ]


NOTICE = Notice.of_other_samples("generator", "genbench:vae")
COUNT = Copies(of=9, equal=0, identical=0, chance=0, limit=0)
#: Fields that are empty in records of earlier versions.
LATER = {"sketch": "1.AAAAAQAAAAE=", "copies": {"train": COUNT}, "extractor_fit": "cd" * 32}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("samples", "ab" * 32), ("sketch", "0."), ("copies", {"test": COUNT}),
        ("valid", {"fake": ValidCount(n=1, of=9)}),
        ("notices", (NOTICE,)), ("extractor_fit", "ab" * 32), ("low", 0.5), ("high", 9.0), ("reason", "why"),
        ("extra", {"note": "a"}), ("extra", {"warning": "b"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("changes_first", [True, False])
def test_a_record_of_another_content_is_apart_and_the_field_is_named(results_of, field, value, changes_first):
    runs = [changed(results_of(name, VAE), record=LATER) for name in ("one", "two")]
    runs[not changes_first] = changed(runs[not changes_first], record={field: value})
    merged = merge(runs)
    assert set(board(merged)) == {"vae@one", "vae@two"}
    kept = {record.cell.generator: getattr(record, field) for record in merged.records.values()}
    assert kept[("vae@one", "vae@two")[not changes_first]] == value
    assert kept[("vae@one", "vae@two")[changes_first]] != value
    name = next(iter(value)) if field == "extra" else field
    assert notes(merged) == [f"2 of 2 cells with equal keys in one and two differ in {name}"]


@pytest.mark.parametrize("fields", [LATER, {"sketch": LATER["sketch"]}])
@pytest.mark.parametrize("is_older_first", [True, False])
def test_an_earlier_version_s_record_equals_a_fuller_one_which_is_taken(results_of, fields, is_older_first):
    runs = [results_of("one", VAE), changed(results_of("two", VAE), record=fields)]
    merged = merge(runs if is_older_first else runs[::-1])
    assert set(board(merged)) == {"vae"}
    assert [{name: getattr(record, name) for name in fields} for record in merged.records.values()] == [
        fields, fields
    ]  # fmt: skip
    assert notes(merged) == []


OTHERS = {"sketch": "2.AAAAAQAAAAI=", "copies": {"test": COUNT}, "extractor_fit": "ef" * 32}


@pytest.mark.parametrize("field", list(LATER))
def test_two_fuller_records_that_differ_stand_apart_beside_one_of_an_earlier_version(results_of, field):
    two = changed(results_of("two", VAE), record=LATER)
    three = changed(results_of("three", VAE), record=LATER | {field: OTHERS[field]})
    merged = merge([two, three, results_of("one", VAE)])
    assert set(board(merged)) == {"vae@two", "vae@three"}
    assert notes(merged) == [f"2 of 2 cells with equal keys in two and three differ in {field}"]


def test_an_earlier_row_takes_a_fuller_record_that_another_row_repeats(results_of):
    two = changed(results_of("two", VAE), cell={"generator": "mine"}, record=LATER)
    merged = merge([results_of("one", VAE), two])
    assert set(board(merged)) == {"vae"}
    assert {record.sketch for record in merged.records.values()} == {LATER["sketch"]}


@pytest.mark.parametrize(
    "change",
    [
        {"seconds": 9.0}, {"attempt": 3}, {"environment": {"machine": {"cpu": "x"}}}, {"fit": "ab" * 32},
        {"features": "ab" * 32}, {"extra": {"spread": 0.1}}, {"provisional": True},
    ],
)  # fmt: skip
def test_what_depends_on_the_machine_alone_keeps_no_rows_apart(results_of, change):
    runs = [results_of("one", VAE), changed(results_of("two", VAE), record=change)]
    merged = merge(runs)
    assert set(board(merged)) == {"vae"}
    assert notes(merged) == []


def test_rows_of_two_distributions_stand_apart_and_versions_do_not_count(results_of):
    one = results_of("one", VAE)
    for plugin, rows in (("genbench 0.2.0", {"vae"}), ("famous 0.1.0", {"vae@one", "vae@two"})):
        two = changed(results_of("two", VAE), cell={"plugin": plugin})
        assert set(board(merge([one, two]))) == rows


NEAR = {"near": {"fid": [1.0, 1.1, 1.2], "gap": [5.0, 5.1, 5.2], "recall": [0.1, 0.2, 0.3]}}
MID = {"mid": {"fid": [2.0, 2.1, 2.2], "gap": [6.0, 6.1, 6.2], "recall": [0.4, 0.5, 0.6]}}
PERM = {"perm": {"fid": [9.0, 9.1, 9.2], "gap": [0.0, 0.1, 0.2], "recall": [0.9, 0.8, 0.7]}}


def with_next_float(table, metric):
    """Return a table in which the values of a metric differ in the last bit."""
    return {
        name: row | {metric: [math.nextafter(value, 99.0) for value in row[metric]]}
        for name, row in table.items()
    }


def ranks(results):
    """Return the rank of each generator, its range, and the ranks in metrics."""
    built = build_board(*plan_and_records(results))
    return {
        row.generator: (
            (row.rank, row.rank_low, row.rank_high),
            {metric: (e.rank, e.rank_low, e.rank_high) for metric, e in row.entries.items()},
        )
        for row in built.rows
    }


def overall(results):
    return {name: found for name, (found, _) in ranks(results).items() if found[0]}


UNRANKED = (None, None, None)


@pytest.mark.parametrize("metric", ["fid", "gap", "recall"])
def test_a_number_that_differs_in_its_last_bit_changes_no_rank(results_of, metric):
    """The overall rank is over all metrics, and the others have no more rivals than before."""
    mine, theirs = results_of("a", NEAR | MID), results_of("b", NEAR | MID | PERM)
    before = ranks(merge([mine, theirs]))
    changed_theirs = results_of("b", with_next_float(NEAR | MID, metric) | PERM)
    after = ranks(merge([mine, changed_theirs]))
    assert {name.removesuffix("@a"): found for name, found in after.items() if "@b" not in name} == before
    for name in ("near@b", "mid@b"):
        assert after[name] == (UNRANKED, {metric: UNRANKED})


def test_a_row_is_ranked_by_the_metrics_that_another_run_has_of_its_samples(results_of):
    few = {name: {"gap": row["gap"]} for name, row in (NEAR | MID).items()}
    theirs = with_next_float(NEAR | MID, "gap") | PERM
    after = ranks(merge([results_of("a", few), results_of("b", theirs)]))
    before = ranks(results_of("b", NEAR | MID | PERM))
    for name in ("near", "mid"):
        total, by_metric = before[name]
        assert after[f"{name}@a"] == (total, {"gap": by_metric["gap"]})
        assert after[f"{name}@b"] == (UNRANKED, by_metric | {"gap": UNRANKED})
    assert after["perm"] == before["perm"]


def test_of_rows_of_the_same_samples_a_metric_ranks_the_first_with_a_value(results_of):
    """A failure of one machine is no worse number of the samples, in any order of the folders."""
    failed = {"near": NEAR["near"] | {"fid": ["error", 1.1, 1.2]}}
    one, two = results_of("a", failed | MID), results_of("b", NEAR | PERM)
    before = ranks(merge([results_of("a", NEAR | MID), two]))
    for runs in ([one, two], [two, one]):
        after = ranks(merge(runs))
        assert after["near@b"][1]["fid"] == before["near"][1]["fid"]
        assert after["near@a"][1]["fid"] == UNRANKED
        assert {name.partition("@")[0]: rank for name, (rank, _) in after.items() if rank != UNRANKED} == {
            name: rank for name, (rank, _) in before.items()
        }


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_first_of_two_rows_of_samples_that_seeds_share_has_no_range_in_any_order(results_of, order):
    """Only the records of one version of genbench, with numbers of other libraries, have a sketch."""
    few = {name: {"fid": row["fid"]} for name, row in (NEAR | MID).items()}
    sketch = str(Sketch.of(Samples.of("vector", np.arange(50.0)[:, None])))
    newer = results_of("b", with_next_float(few, "fid"))
    records = {
        key: replace(record, sketch=sketch) if record.cell.generator == "near" else record
        for key, record in newer.records.items()
    }
    runs = {"a": results_of("a", few), "b": replace(newer, records=records)}
    places = {name: place for name, (_, place) in ranks(merge([runs[run] for run in order])).items()}
    assert {name: place["fid"] for name, place in places.items() if place["fid"] != UNRANKED} == {
        f"near@{order[0]}": (1, None, None), f"mid@{order[0]}": (2, 1, 2),
    }  # fmt: skip


def test_the_rows_of_three_runs_with_the_same_samples_are_one_competitor(results_of):
    tables = [NEAR | MID, with_next_float(NEAR, "gap"), with_next_float(NEAR, "fid")]
    merged = merge([results_of(run, table) for run, table in zip("cab", tables, strict=True)])
    assert merged.plan.provenance["same_samples"] == {"digits": [["near@c", "near@a", "near@b"]]}
    assert {name: rank for name, (rank, *_) in overall(merged).items()} == {"near@c": 1, "mid": 2}


def test_a_row_that_shares_a_metric_with_the_second_of_two_rows_is_one_competitor_with_both(results_of):
    fid, gap = ({"near": {metric: NEAR["near"][metric]}} for metric in ("fid", "gap"))
    tables = [
        fid,
        with_next_float(fid | {"near": fid["near"] | gap["near"]}, "fid"),
        with_next_float(gap, "gap"),
    ]
    merged = merge([results_of(run, table) for run, table in zip("abc", tables, strict=True)])
    assert merged.plan.provenance["same_samples"] == {"digits": [["near@a", "near@b", "near@c"]]}


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_rows_that_share_no_metric_are_one_competitor_in_any_order_of_the_runs(results_of, order):
    """One has fid, one gap, and one both, with values of other libraries."""
    few = {m: {name: {m: row[m]} for name, row in (NEAR | MID).items()} for m in ("fid", "gap")}
    both = with_next_float(with_next_float(NEAR, "fid"), "gap") | MID
    both = {name: {metric: row[metric] for metric in few} for name, row in both.items()}
    tables = {"a": few["fid"], "b": few["gap"], "c": both}
    merged = merge([results_of(run, tables[run]) for run in order])
    assert merged.plan.provenance["same_samples"]["digits"][0] == [f"near@{run}" for run in order]
    assert {name.partition("@")[0]: rank for name, (rank, *_) in overall(merged).items()} == {
        "near": 1, "mid": 2,
    }  # fmt: skip
    assert {metric for row in ranks(merged).values() for metric, place in row[1].items() if place[0]} == {
        "fid", "gap",
    }  # fmt: skip


def test_two_rows_of_one_generator_without_a_common_metric_are_one_competitor(results_of):
    fid, gap = ({"near": {metric: NEAR["near"][metric]}} for metric in ("fid", "gap"))
    merged = merge([results_of("a", fid), results_of("b", gap)])
    assert merged.plan.provenance["same_samples"] == {"digits": [["near@a", "near@b"]]}
    other = changed(results_of("b", gap), record=OTHER_SAMPLES)
    assert merge([results_of("a", fid), other]).plan.provenance["same_samples"] == {}


@pytest.mark.parametrize("outcomes", [["memory"] * 3, [1.0, 1.1, "memory"], [7.0, "timeout", None]])
def test_a_row_whose_process_died_before_it_gave_samples_is_known_by_its_keys(results_of, outcomes):
    """A machine without enough memory is no second competitor, which would be last."""
    fid = {name: {"fid": row["fid"]} for name, row in (NEAR | MID).items()}
    died, theirs = results_of("a", {"near": {"fid": outcomes}}), results_of("b", fid)
    for runs in ([died, theirs], [theirs, died]):
        merged = merge(runs)
        names = [f"near@{run.name}" for run in runs]
        assert merged.plan.provenance["same_samples"] == {"digits": [names]}
        assert ranks(merged)["near@b"][1] == ranks(theirs)["near"][1]
        assert {name.partition("@")[0]: rank for name, rank in overall(merged).items()} == overall(theirs)
    other = results_of("a", {"near": {"fid": outcomes}}, salt="steps")
    assert merge([other, theirs]).plan.provenance["same_samples"] == {}


def test_a_record_under_another_name_is_no_rival_of_itself_in_other_metrics(results_of):
    mine = changed(results_of("b", with_next_float(NEAR, "gap")), cell={"generator": "mine"})
    merged = merge([results_of("a", NEAR | PERM), mine])
    assert merged.plan.provenance["same_samples"] == {"digits": [["near", "mine"]]}
    assert overall(merged) == overall(results_of("a", NEAR | PERM))


def test_other_samples_are_another_competitor(results_of):
    two = changed(results_of("b", with_next_float(NEAR, "gap")), record=OTHER_SAMPLES)
    merged = merge([results_of("a", NEAR | PERM), two])
    assert merged.plan.provenance["same_samples"] == {}
    assert overall(merged).keys() == {"near@a", "near@b", "perm"}


def test_the_same_samples_are_ranked_in_the_tables_of_both_signatures(results_of):
    runs = [results_of("a", NEAR | MID), results_of("b", NEAR | MID, signature=OTHER_VERSION)]
    assert {name: rank for name, (rank, *_) in overall(merge(runs)).items()} == {
        "near@a": 1, "mid@a": 2, "near@b": 1, "mid@b": 2,
    }  # fmt: skip


@pytest.mark.parametrize("other_samples", [True, False])
def test_every_pair_of_runs_with_unequal_values_has_a_line(results_of, other_samples):
    second, third = (results_of(name, THEIR_VAE | GAN) for name in ("b", "c"))
    if other_samples:
        third = changed(third, record=OTHER_SAMPLES)
    lines = notes(
        merge([results_of("a", {"ddpm": {"fid": [0.0, 0.0]}}), results_of("d", VAE), second, third])
    )
    of_one, of_two = lines[0], lines[0].replace("d and b", "d and c")
    assert of_one.startswith(
        "1 of 2 cells with equal keys in d and b have different values of the same samples: "
    )
    assert "train" not in of_one
    if not other_samples:
        assert lines == [of_one, of_two]
        return
    assert lines[1:] == [
        "1 of 2 cells with equal keys in d and c differ in samples",
        f"1 of 2 cells with equal keys in d and c {RETRAINED}",
        "4 of 4 cells with equal keys in b and c differ in samples",
    ]


RETRAINED = (
    "have different values of different samples: a model that is trained on another kind of CPU differs"
)
OTHER_VERSION = {"version": "2"}


def with_metric(results, other):
    """Return the results of two runs with one provenance as those of one."""
    plan = replace(results.plan, cells=(*results.plan.cells, *other.plan.cells))
    return replace(results, plan=plan, records={**results.records, **other.records})


@pytest.mark.parametrize("salt", ["", "threads"])
def test_a_record_stands_once_in_a_column(results_of, salt):
    """Rows of one generator that stand apart by one metric would be rivals of themselves in the other."""
    recall = {"vae": {"recall": [0.5, 0.6]}}
    one = with_metric(results_of("jb", VAE), results_of("jb", recall))
    two = with_metric(
        results_of("jc", VAE | GAN, salt=salt), results_of("jc", recall, signature=OTHER_VERSION)
    )
    merged = merge([one, two])
    found = board(merged)
    assert found["vae@jb"] == (1.25, 1)
    assert found["gan"] == (2.25, 2)
    assert {(c.generator, c.metric) for c in merged.plan.cells} == {
        ("vae@jb", "fid"), ("vae@jb", "recall"), ("vae@jc", "recall"), ("gan", "fid")
    }  # fmt: skip
    assert "digits: fid: left out of vae@jc, since the records are those of vae@jb" in notes(merged)


def test_a_metric_with_one_unequal_seed_is_repeated_as_a_whole(results_of):
    """Its mean is another number, and a row of some seeds would be in no column of the others."""
    merged = merge([results_of("one", VAE), results_of("two", THEIR_VAE)])
    assert {cell.generator for cell in merged.plan.cells if cell.seed == 1} == {"vae@one", "vae@two"}


def test_a_record_under_the_name_of_another_generator_is_not_repeated(results_of):
    one, two = results_of("one", VAE), changed(results_of("two", VAE), cell={"generator": "mine"})
    merged = merge([one, two])
    assert set(board(merged)) == {"vae"}
    assert notes(merged) == ["digits: fid: left out of mine, since the records are those of vae"]
    assert len(merged.records) == 2
    for change in ({"record": {"value": 0.5}}, {"cell": {"generator": "mine", "control": "floor"}}):
        assert set(board(merge([one, changed(two, **change)]))) == {"vae", "mine"}


def test_a_name_of_the_first_run_comes_before_that_of_a_later_one(results_of):
    one, two = results_of("one", VAE | GAN), changed(results_of("two", GAN), cell={"generator": "vae"})
    merged = merge([one, two])
    assert {name: value for name, (value, _) in board(merged).items()} == {"vae@one": 1.25, "gan": 2.25}
    assert notes(merged) == ["digits: fid: left out of vae@two, since the records are those of gan"]


def test_equal_samples_of_two_generators_of_one_run_are_two_rows(results_of):
    one = changed(
        results_of("one", {"vae": {"fid": [1.0]}, "gan": {"fid": [1.0]}}), record={"samples": "a" * 64}
    )
    assert set(board(merge([one]))) == {"vae", "gan"}


def test_a_record_in_place_of_a_missing_one_is_not_left_out(results_of):
    one = results_of("one", {"vae": {"fid": [1.0, None]}, "gan": {"fid": [2.0, 2.5]}})
    two = changed(results_of("two", VAE), cell={"generator": "mine"})
    assert board(merge([one, two]))["mine"][0] == 1.25


def test_runs_that_differ_in_a_metric_of_neither_first_run_are_compared(results_of):
    recall = {"vae": {"recall": [0.5, 0.6]}}
    runs = [
        results_of("ja", VAE),
        with_metric(results_of("jb", VAE), results_of("jb", recall)),
        with_metric(results_of("same", VAE), results_of("same", recall)),
        with_metric(results_of("jc", VAE), results_of("jc", recall, signature=OTHER_VERSION)),
    ]
    lines = differences(runs)
    assert lines[:3] == [
        f"digits: recall: only in {run}; add to the suite of ja" for run in ("jb", "same", "jc")
    ]
    assert lines[3].startswith('digits: recall: version is "1" in jb and "2" in jc; ')
    assert len(lines) == 4


def test_names_of_runs_are_made_safe_and_unique(results_of):
    tables = [{"vae": {"fid": [float(number)]}} for number in range(3)]
    runs = [
        results_of(name, table, salt=name)
        for name, table in zip(("My run", "my_run", "="), tables, strict=True)
    ]
    assert set(board(merge(runs))) == {"vae@my-run", "vae@my-run-2", "vae@run"}


def test_traces_take_the_names_of_their_rows(results_of, trace_of):
    one = results_of("one", VAE, [trace_of("vae", 0, parameters=1)])
    two = results_of("two", VAE, [trace_of("vae", 0, parameters=2)], n=300)
    merged = merge([one, two])
    assert list(timings_frame(merged.traces)["generator"]) == ["vae@one", "vae@two"]
    assert merged.plan.traces == tuple(trace.key for trace in merged.traces)
    again = results_of("two", VAE, [trace_of("vae", 0, parameters=2)])
    assert [trace.parameters for trace in merge([one, again]).traces] == [1]


def test_the_merge_of_one_run_is_that_run(results_of):
    one = results_of("one", VAE | GAN)
    merged = merge([one])
    assert scores_frame(merged.plan, merged.records).equals(scores_frame(one.plan, one.records))


def test_datasets_of_two_runs_stand_on_one_board(results_of):
    merged = merge([results_of("one", VAE), results_of("two", VAE, dataset="idx")])
    assert list(leaderboard_frame(merged.plan, merged.records)["dataset"]) == ["digits", "idx"]


def test_merged_results_are_read_back_as_they_were_written(results_of, trace_of, tmp_path):
    runs = [results_of("one", VAE, [trace_of("vae", 0)]), results_of("two", VAE, [trace_of("vae", 0)], n=300)]
    merged = merge(runs)
    write_results(tmp_path / "out", merged)
    found = read_results(tmp_path / "out")
    assert found.plan == merged.plan
    assert found.traces == merged.traces
    assert scores_frame(found.plan, found.records).equals(scores_frame(merged.plan, merged.records))


def test_a_run_is_never_overwritten_by_a_merge(results_of, tmp_path):
    one = results_of("one", VAE)
    write_plan(tmp_path, one.plan)
    with pytest.raises(SuiteError, match="holds a run; expected a new folder"):
        write_results(tmp_path, merge([one]))


def test_merged_results_may_be_written_again(results_of, tmp_path):
    merged = merge([results_of("one", VAE)])
    write_results(tmp_path / "out", merged)
    before = (tmp_path / "out" / "run.json").read_bytes()
    write_results(tmp_path / "out", merged)
    assert (tmp_path / "out" / "run.json").read_bytes() == before


def test_a_folder_that_cannot_be_written_is_named(results_of, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written"):
        write_results(tmp_path / "file" / "out", merge([results_of("one", VAE)]))


def test_reading_names_the_run_after_its_folder_and_tells_what_was_damaged(results_of, tmp_path):
    one = results_of("one", VAE)
    (tmp_path / "mine" / "records").mkdir(parents=True)
    write_plan(tmp_path / "mine", one.plan)
    for record in one.records.values():
        write_record(tmp_path / "mine", record)
    path = tmp_path / "mine" / "records" / f"{one.plan.cells[0].key}.json"
    path.write_text(path.read_text() + "x")
    found = read_results(tmp_path / "mine")
    assert found.name == "mine"
    assert found.damaged == (f"damaged/{path.name}",)
    assert len(found.records) == 1
    assert read_results(tmp_path / "mine").damaged == ()


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(DataError, match="holds no run"):
        read_results(tmp_path)


@pytest.mark.parametrize("fuller", [{}, LATER])
def test_rows_keep_the_plugin_of_the_first_run(results_of, fuller):
    more = {"vae": {"fid": [1.0, 1.5], "recall": [0.5, 0.5]}}
    two = changed(results_of("two", more), cell={"plugin": "genbench 0.2.0"}, record=fuller)
    merged = merge([results_of("one", VAE), two])
    assert len(merged.plan.cells) == 4
    assert {cell.plugin for cell in merged.plan.cells} == {"genbench 0.1.0"}


@pytest.mark.parametrize("table", [GAN, VAE], ids=["another generator", "the same cells"])
@pytest.mark.parametrize(
    ("field", "value", "ways"),
    [
        ("direction", "higher", '"lower" in one and "higher" in two'),
        ("best", 2.0, "null in one and 2.0 in two"),
        ("range", (0.0, 1.0), "[null,null] in one and [0.0,1.0] in two"),
        ("any_valid_share", True, "false in one and true in two"),
        ("unseen_controls", ("floor",), '[] in one and ["floor"] in two'),
    ],
)
def test_runs_that_describe_a_metric_in_two_ways_are_not_merged(results_of, table, field, value, ways):
    facts = {"facts": replace(results_of("one", VAE).plan.cells[0].facts, **{field: value})}
    one, two = results_of("one", VAE), changed(results_of("two", table), cell=facts)
    short = short_signature(one.plan.cells[0].signature)
    with pytest.raises(DataError) as refused:
        merge([one, two])
    expected = f"the runs cannot be merged: {field} of fid ({short}) is {ways}; expected one value"
    assert str(refused.value) == expected
    changed_signature = results_of("two", table, signature={"version": "2"})
    assert merge([one, changed(changed_signature, cell=facts)])


def test_runs_that_give_a_generator_two_roles_are_not_merged(results_of):
    one, two = results_of("one", VAE), results_of("two", VAE, controls={"vae": "floor"})
    with pytest.raises(DataError) as refused:
        merge([one, two])
    assert str(refused.value) == (
        "the runs cannot be merged: control of digits vae (genbench) is null in one and "
        '"floor" in two; expected one value'
    )
    assert merge([one, results_of("two", VAE, controls={"vae": "floor"}, dataset="idx")])


def test_the_name_of_a_run_is_short_enough_for_an_id(results_of):
    merged = merge(
        [results_of("a" * 250, VAE), results_of("a" * 250, {"vae": {"fid": [9.0, 9.5]}}, salt="x")]
    )
    names = {cell.generator for cell in merged.plan.cells}
    assert names == {"vae@" + "a" * 64, "vae@" + "a" * 64 + "-2"}
    assert all(map(is_generator_id, names))
    assert is_title(merged.plan.provenance["name"])


def test_the_folders_of_runs_are_kept_by_the_names_on_the_board(results_of):
    one, two = (results_of("mine", {"vae": {"fid": [value]}}, salt=str(value)) for value in (1.0, 2.0))
    merged = merge([replace(one, source="theirs/mine"), replace(two, source="ours/mine")])
    assert dict(build_board(merged.plan, merged.records).sources) == {
        "mine": "theirs/mine",
        "mine-2": "ours/mine",
    }


def test_merged_runs_are_not_merged_again(results_of, tmp_path):
    one, two = (
        replace(results_of(name, VAE, n=n), source=f"runs/{name} 1") for name, n in (("a", 9), ("b", 8))
    )
    merged = replace(merge([one, two]), name="both", source="out")
    message = (
        "out holds merged runs, and cannot be merged again; merge the folders of its runs instead: "
        "'runs/a 1' 'runs/b 1'"
    )
    for runs in ([merged], [merged, one], [one, merged]):
        with pytest.raises(DataError) as refused:
            merge(runs)
        assert str(refused.value) == message
    without_names_of_runs = replace(merge([one]), name="both", source="out")
    with pytest.raises(DataError, match=r"instead: 'runs/a 1'$"):
        merge([without_names_of_runs, two])
    stripped = replace(merged, plan=replace(merged.plan, provenance={}))
    with pytest.raises(DataError, match=r"^out holds merged runs, .* merge the folders of its runs instead$"):
        merge([stripped, one])
