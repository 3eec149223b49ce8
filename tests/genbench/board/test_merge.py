"""Several runs on one board."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.frames import leaderboard_frame, scores_frame, timings_frame
from genbench.board.leaderboard import build_board
from genbench.board.merge import differences, merge
from genbench.core.errors import DataError, ResultsError, SuiteError
from genbench.core.names import is_generator_id, is_title
from genbench.results.records import write_plan, write_record
from genbench.results.results import Results, read_results, write_results

GAN = {"gan": {"fid": [2.0, 2.5]}}
VAE = {"vae": {"fid": [1.0, 1.5]}}
HELD_OUT = {"held-out": {"fid": [0.5, 0.25]}}


@pytest.fixture
def results_of(run_of):
    def make(name, table, traces=(), **fields):
        plan, records = run_of(table, **fields)
        return Results(name=name, plan=plan, records=records, traces=tuple(traces))

    return make


def board(results):
    frame = leaderboard_frame(results.plan, results.records)
    return {row["generator"]: (row["fid"], row["rank"]) for row in frame.to_dict("records")}


def test_equal_cells_are_one_row_and_generators_of_two_runs_are_ranked_together(results_of):
    merged = merge([results_of("one", VAE | HELD_OUT), results_of("two", GAN | HELD_OUT)])
    found = board(merged)
    assert set(found) == {"vae", "gan", "held-out"}
    assert (found["vae"][1], found["gan"][1]) == (1, 2)
    assert differences([results_of("one", VAE), results_of("two", GAN)]) == []


def test_two_generators_with_one_name_are_told_apart_by_their_runs(results_of):
    merged = merge(
        [results_of("one", VAE | GAN), results_of("two", {"vae": {"fid": [0.5, 0.5]}}, salt="steps")]
    )
    assert {name: value for name, (value, _) in board(merged).items()} == {
        "vae@one": 1.25, "vae@two": 0.5, "gan": 2.25
    }  # fmt: skip
    assert board(merged)["vae@two"][1] == 1


def test_equal_samples_and_values_under_other_keys_are_one_row(results_of):
    merged = merge([results_of("one", HELD_OUT | VAE), results_of("two", HELD_OUT | GAN, salt="threads")])
    assert set(board(merged)) == {"held-out", "vae", "gan"}


def changed(results, *, cell=(), record=()):
    """Return results in which fields of each cell, and of each record, have other values."""
    cells = {one.key: replace(one, **dict(cell)) for one in results.plan.cells}
    records = {key: replace(one, cell=cells[key], **dict(record)) for key, one in results.records.items()}
    return replace(results, plan=replace(results.plan, cells=tuple(cells.values())), records=records)


def test_equal_values_of_other_samples_stand_apart(results_of):
    two = changed(results_of("two", VAE, salt="threads"), record={"samples": "f" * 64})
    assert set(board(merge([results_of("one", VAE), two]))) == {"vae@one", "vae@two"}


def test_equal_values_of_equal_samples_stand_apart_if_their_signatures_differ(results_of):
    two = results_of("two", VAE, salt="threads", signature={"version": "2"})
    assert set(board(merge([results_of("one", VAE), two]))) == {"vae@one", "vae@two"}


def test_other_values_of_equal_samples_stand_apart(results_of):
    two = results_of("two", {"vae": {"fid": [1.0, 1.25]}}, salt="threads")
    assert set(board(merge([results_of("one", VAE), two]))) == {"vae@one", "vae@two"}


@pytest.mark.parametrize("lacking", [0, 1])
def test_a_cell_that_has_a_record_in_one_run_only_stands_apart(results_of, lacking):
    tables = [VAE, VAE]
    tables[lacking] = {"vae": {"fid": [1.0, None]}}
    runs = [results_of(name, table, salt=name) for name, table in zip(("one", "two"), tables, strict=True)]
    assert set(board(merge(runs))) == {"vae@one", "vae@two"}


def test_runs_that_share_no_cell_of_a_generator_stand_apart(results_of):
    two = results_of("two", {"vae": {"recall": [0.5, 0.5]}})
    merged = merge([results_of("one", VAE), two])
    assert {cell.generator for cell in merged.plan.cells} == {"vae@one", "vae@two"}


@pytest.mark.parametrize(("control", "later"), [("floor", None), (None, "floor")])
def test_a_row_is_a_control_if_it_is_one_in_the_first_run(results_of, control, later):
    more = {"vae": {"fid": [1.0, 1.5], "recall": [0.5, 0.5]}}
    one = changed(results_of("one", VAE), cell={"control": control})
    two = changed(results_of("two", more), cell={"control": later})
    merged = merge([one, two])
    assert len(merged.plan.cells) == 4
    assert {cell.control for cell in merged.plan.cells} == {control}


def test_unequal_signatures_stand_apart_and_the_field_is_named(results_of):
    runs = [results_of("one", VAE | GAN), results_of("two", VAE | {"ddpm": {"fid": [0.0, 0.0]}}, n=300)]
    found = board(merge(runs))
    assert set(found) == {"vae@one", "gan", "vae@two", "ddpm"}
    assert (found["vae@one"][1], found["gan"][1], found["ddpm"][1], found["vae@two"][1]) == (1, 2, 1, 2)
    assert differences(runs) == ["digits: fid: n is 599 in one and 300 in two; run two with --n 599"]


def test_unequal_seeds_stand_apart_and_are_named(results_of):
    runs = [results_of("one", VAE | GAN), results_of("two", VAE | GAN, seeds=[0, 5])]
    assert set(board(merge(runs))) == {"vae@one", "gan@one", "vae@two", "gan@two"}
    assert differences(runs) == ["digits: seeds are 0 1 in one and 0 5 in two; run two with --seeds 0,1"]


def test_metrics_of_two_runs_of_one_generator_join_in_its_row(results_of):
    more = {"vae": {"fid": [1.0, 1.5], "recall": [0.5, 0.5]}}
    merged = merge([results_of("one", VAE), results_of("two", more)])
    frame = leaderboard_frame(merged.plan, merged.records)
    assert len(frame) == 1
    assert frame["recall"][0] == 0.5


def test_of_two_records_of_one_key_the_ok_one_wins_then_the_first(results_of):
    failed = results_of("one", {"vae": {"fid": ["error", 1.5]}})
    assert board(merge([failed, results_of("two", VAE)]))["vae"][0] == 1.25
    other = {"vae": {"fid": [3.0, 1.5]}}
    runs = [results_of("one", VAE), results_of("two", other)]
    assert board(merge(runs))["vae"][0] == 1.25
    (line,) = differences(runs)
    assert line.startswith("1 of 2 cells with equal keys have different values in two")


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
    assert len(merge([one, one]).traces) == 1


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
    with pytest.raises(ResultsError, match="cannot write results to"):
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


def test_rows_keep_the_plugin_of_the_first_run(results_of):
    one, two = results_of("one", VAE), results_of("two", VAE)
    cells = tuple(replace(cell, plugin="genbench 0.2.0") for cell in two.plan.cells)
    merged = merge([one, replace(two, plan=replace(two.plan, cells=cells))])
    assert {cell.plugin for cell in merged.plan.cells} == {"genbench 0.1.0"}


@pytest.mark.parametrize("table", [GAN, VAE], ids=["another generator", "the same cells"])
def test_runs_that_rank_a_metric_in_two_ways_are_not_merged(results_of, table):
    runs = [results_of("one", VAE), results_of("two", table, directions={"fid": "higher"})]
    with pytest.raises(DataError) as refused:
        merge(runs)
    assert str(refused.value) == (
        "the runs cannot be merged: fid has one signature and two directions: "
        "lower (best None) in one and higher (best None) in two"
    )


def test_runs_that_give_a_metric_two_best_values_are_not_merged(results_of):
    one = changed(results_of("one", VAE), cell={"best": 0.0})
    with pytest.raises(DataError, match=r"lower \(best 0\.0\) in one and lower \(best 2\.0\) in two$"):
        merge([one, changed(results_of("two", VAE), cell={"best": 2.0})])


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


OTHER_VAE = {"vae": {"fid": [0.5, 0.5]}}


def test_rows_of_merged_runs_that_would_have_two_runs_in_their_name_are_refused(results_of):
    first, second = (
        replace(
            merge([results_of("a", VAE, salt=salt), results_of("b", OTHER_VAE, salt=salt + "b")]), name=salt
        )
        for salt in ("one", "two")
    )
    changed_values = changed(second, record={"value": 7.0})
    with pytest.raises(
        DataError, match=r"^the runs cannot be merged: one has vae@a, .* the name vae@a@one; "
    ):
        merge([first, changed_values])


def test_rows_of_merged_runs_that_would_share_a_name_are_refused(results_of):
    """The seeds of both would count as those of one row."""
    merged = merge([results_of("one", VAE), results_of("two", OTHER_VAE, salt="b")])
    another = {"vae": {"fid": [3.0, 3.5]}}
    more = [results_of("one", another, salt="c"), results_of("three", OTHER_VAE, salt="d")]
    with pytest.raises(DataError, match=r"the runs cannot be merged: one has vae, .* the name vae@one; "):
        merge([replace(merged, name="merged"), *more])
