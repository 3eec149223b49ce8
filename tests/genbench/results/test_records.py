"""The plan, records and traces of a run: written, read, and put aside when damaged."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from genbench.board.csv_tables import scores_frame
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError
from genbench.core.extracted import ValidCount
from genbench.files.sealed import Schema, write_sealed
from genbench.results.copies import ALL, Copies
from genbench.results.folder import RunFolder
from genbench.results.records import (
    Notice,
    PlanError,
    read_plan,
    read_records,
    read_traces,
    write_plan,
    write_record,
    write_trace,
)


@pytest.fixture
def folder(tmp_path):
    for name in ("records", "traces"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def run(run_of, folder):
    plan, records = run_of({"vae": {"fid": [1.5, "error"], "recall": [0.25, None]}})
    write_plan(folder, plan)
    for record in records.values():
        write_record(folder, record)
    return plan, records


def test_a_plan_is_read_as_it_was_written(run, folder):
    assert read_plan(folder) == run[0]


def test_signatures_stand_in_the_plan_once_each(run, folder):
    text = (folder / "run.json").read_text()
    assert text.count('"split":"test"') == 2
    assert len(run[0].cells) == 4


def test_two_signatures_with_one_short_form_are_refused(run, folder):
    plan, _ = run
    first, second, *others = plan.cells
    cells = (replace(first, signature={"k": 13936}), replace(second, signature={"k": 40753}), *others)
    with pytest.raises(DataError, match="two signatures have the short form deca8fda"):
        write_plan(folder, replace(plan, cells=cells))
    assert read_plan(folder) == plan


def test_no_secret_of_the_environment_reaches_a_file_of_a_run(run, trace_of, folder, monkeypatch):
    secret = "sk-planted-in-an-environment"
    monkeypatch.setenv("SERVICE_TOKEN", secret)
    plan, records = run
    write_plan(folder, replace(plan, provenance={"suite": f"key = {secret}", "instead": [{secret: 1}]}))
    record = next(iter(records.values()))
    said = {
        "reason": secret,
        "extra": {"note": secret},
        "notices": (Notice(kind="metric", component="p:m", text=secret),),
    }
    write_record(folder, replace(record, **said))
    write_trace(folder, trace_of("vae", 0, history=({"step": 1, "total": 1, "note": secret},)))
    files = [path.read_text() for path in folder.rglob("*.json")]
    assert len([text for text in files if "[redacted]" in text]) == 3
    assert not [text for text in files if secret in text]
    assert read_plan(folder).provenance == {"suite": "key = [redacted]", "instead": [{"[redacted]": 1}]}


def test_a_folder_without_a_plan_is_named(tmp_path):
    with pytest.raises(DataError, match=r"holds no run\.json; expected the output folder of a run"):
        read_plan(tmp_path)


def test_a_damaged_plan_is_named_with_what_to_do(run, folder):
    path = folder / "run.json"
    path.write_text(path.read_text().replace("vae", "vaf"))
    with pytest.raises(DataError, match=r"run\.json: its content does not match.*run the suite again"):
        read_plan(folder)


def test_merged_runs_list_no_record_and_no_cell_twice(run, folder):
    first = run[0].cells[0]
    for other, message in (
        (replace(first, generator="vae@other"), "digits vae seed 0 fid and digits vae@other seed 0 fid have"),
        (replace(first, key="0" * 64), "digits vae seed 0 fid is listed twice"),
    ):
        write_plan(folder, replace(run[0], cells=(first, other), provenance={"merged": {}}))
        with pytest.raises(PlanError, match=message):
            read_plan(folder)


def compared(run, **fields):
    """Return the plan with its first cell as one of a comparison."""
    first = run[0].cells[0]
    return replace(run[0], cells=(replace(first, **({"seed": None} | fields)),))


def test_a_cell_of_a_comparison_has_the_seeds_of_its_signature(run, folder):
    signature = {**run[0].cells[0].signature, "runs": [0, 3]}
    plan = compared(run, signature=signature)
    write_plan(folder, plan)
    (cell,) = read_plan(folder).cells
    assert cell == plan.cells[0]
    assert cell.seeds == (0, 3)


@pytest.mark.parametrize(
    ("seed", "runs"), [(None, None), (0, [0]), (None, []), (None, [1, 0]), (None, [0, 0]), (None, [0.5])]
)
def test_a_cell_has_a_seed_or_the_seeds_of_a_comparison(run, folder, seed, runs):
    signature = dict(run[0].cells[0].signature) | ({} if runs is None else {"runs": runs})
    write_plan(folder, compared(run, seed=seed, signature=signature))
    with pytest.raises(PlanError, match="runs of a signature cannot be"):
        read_plan(folder)


def test_records_are_read_as_they_were_written(run, folder):
    plan, records = run
    assert read_records(folder, plan.cells) == records


COUNT = Copies(of=9, equal=3, identical=2, chance=1, limit=2)


def test_counts_of_copies_are_read_as_written_and_older_records_have_none(run, folder):
    plan, records = run
    (key, record), *_ = records.items()
    assert "copies" not in replace(record, copies={}).to_json()
    counted = replace(record, copies={"train": COUNT, ALL: COUNT})
    write_record(folder, counted)
    found = read_records(folder, plan.cells)
    assert found == {**records, key: counted}


@pytest.mark.parametrize(
    "copies", [{"real": COUNT}, {"train": replace(COUNT, equal=-1)}, {"train": replace(COUNT, of=0.5)}]
)
def test_a_record_with_other_counts_is_damaged(run, folder, copies):
    plan, records = run
    key, record = next(iter(records.items()))
    write_record(folder, replace(record, copies=copies))
    damaged = []
    assert key not in read_records(folder, plan.cells, on_damage=damaged.append)
    assert len(damaged) == 1


def test_a_record_takes_the_cell_of_the_plan_that_asks_for_it(run, folder):
    cells = tuple(replace(cell, generator="renamed") for cell in run[0].cells)
    assert {record.cell.generator for record in read_records(folder, cells).values()} == {"renamed"}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"generator": "renamed"}, 'generator is "vae" in the record, "renamed" in run.json'),
        ({"seed": 7, "n": 9}, "n is 599 in the record, 9 in run.json"),
        ({"control": "floor"}, 'control is null in the record, "floor" in run.json'),
        ({"range": (0.0, None), "any_valid_share": True, "unseen_controls": ("floor",)}, ""),
    ],
)
def test_a_record_is_outdated_if_its_cell_is_not_the_plan_s_as_it_says(run, described, folder, changes, text):
    cell = run[0].cells[0]
    outdated = {}
    read_records(folder, (described(cell, **changes),), on_outdated=outdated.__setitem__)
    assert outdated == ({cell.key: text} if text else {})


def test_each_field_that_a_record_gives_of_its_cell_must_be_the_plans(run, folder):
    plan, records = run
    cell = plan.cells[0]
    signed = replace(cell, signature={"n": 1})
    for other in (
        signed,
        replace(cell, facts=replace(cell.facts, range=(0.0, None))),
        replace(cell, facts=replace(cell.facts, unseen_controls=("floor",))),
    ):
        write_record(folder, replace(records[cell.key], cell=other))
        outdated = {}
        read_records(folder, plan.cells, on_outdated=outdated.__setitem__)
        assert list(outdated) == [cell.key]
    write_record(folder, replace(records[cell.key], cell=signed))
    read_records(folder, plan.cells, on_outdated=outdated.__setitem__)
    data = cell.signature["data"][:8]
    assert outdated == {cell.key: f"signature.data is not set in the record, {data} in run.json"}


@pytest.mark.parametrize("number", [-0.25, 1.25])
@pytest.mark.parametrize("field", ["value", "low", "high"])
def test_a_number_outside_the_range_of_its_cell_is_no_record(run, folder, field, number):
    plan, records = run
    cell = replace(plan.cells[0], facts=replace(plan.cells[0].facts, range=(0.0, 1.0)))
    whole = replace(records[cell.key], value=0.0, low=0.0, high=1.0)
    write_record(folder, whole)
    assert read_records(folder, (cell,)) == {cell.key: replace(whole, cell=cell)}
    write_record(folder, replace(whole, **{field: number}))
    assert set(read_records(folder, plan.cells)) == set(records)
    assert read_records(folder, (cell,)) == {}
    assert (folder / "damaged" / f"{cell.key}.json").exists()


def test_a_damaged_record_is_put_aside_and_its_cell_is_missing(run, folder):
    plan, _ = run
    path = folder / "records" / f"{plan.cells[0].key}.json"
    path.write_text(path.read_text().replace("1.5", "0.5"))
    found = read_records(folder, plan.cells)
    assert plan.cells[0].key not in found
    assert not path.exists()
    assert (folder / "damaged" / path.name).exists()
    assert list(scores_frame(plan, found)["status"]) == ["missing", "ok", "error", "missing"]


def test_a_record_under_another_one_s_name_is_put_aside(run, folder):
    plan, records = run
    one, two = (folder / "records" / f"{cell.key}.json" for cell in plan.cells[:2])
    two.write_bytes(one.read_bytes())
    found = read_records(folder, plan.cells)
    assert found == {key: record for key, record in records.items() if key != plan.cells[1].key}
    assert (folder / "damaged" / two.name).exists()


def test_a_trace_under_another_one_s_name_is_put_aside(trace_of, folder):
    one, two = trace_of("vae", 0), trace_of("gan", 0)
    write_trace(folder, one)
    (folder / "traces" / f"{one.key}.json").rename(folder / "traces" / f"{two.key}.json")
    assert read_traces(folder, (one.key, two.key)) == []
    assert (folder / "damaged" / f"{two.key}.json").exists()


def test_a_trace_is_read_as_it_was_written(trace_of, folder):
    trace = trace_of("vae", 0, history=({"step": 1, "total": 2, "loss": 0.5},), seconds={"fit": 2.5},
                     parameters=10, peak_bytes=2**20)  # fmt: skip
    write_trace(folder, trace)
    assert read_traces(folder, (digest("none"), trace.key)) == [trace]


def test_a_damaged_trace_is_put_aside(trace_of, folder):
    trace = trace_of("vae", 0)
    write_trace(folder, trace)
    (folder / "traces" / f"{trace.key}.json").write_text("{")
    assert read_traces(folder, (trace.key,)) == []
    assert (folder / "damaged" / f"{trace.key}.json").exists()


def test_a_record_that_is_damaged_again_is_put_aside_beside_the_first(run, folder):
    plan, records = run
    key = plan.cells[0].key
    for _ in range(2):
        (folder / "records" / f"{key}.json").write_text("{")
        assert key not in read_records(folder, plan.cells)
        write_record(folder, records[key])
    assert len(list(RunFolder(folder).damaged.iterdir())) == 2


def newer(path, **fields):
    """Write what is at `path` anew, as a later genbench might."""
    outer = json.loads(path.read_text())
    stem, _, version = outer["schema"].rpartition("-")
    write_sealed(path, Schema(stem, int(version) + 1), outer["body"] | fields)
    return path.read_bytes()


def test_a_record_of_a_newer_genbench_is_refused_and_stays(run, folder):
    plan, records = run
    cell = plan.cells[0]
    path = folder / "records" / f"{cell.key}.json"
    content = newer(path, unit="bits")
    with pytest.raises(DataError, match=f"{cell.key}.json was written by a newer genbench"):
        read_records(folder, plan.cells)
    with pytest.raises(DataError, match=f"{cell.key}.json was written by a newer genbench"):
        write_record(folder, records[cell.key])
    assert path.read_bytes() == content
    assert not (folder / "damaged").exists()


def test_a_trace_of_a_newer_genbench_is_refused_and_stays(trace_of, folder):
    trace = trace_of("vae", 0)
    write_trace(folder, trace)
    path = folder / "traces" / f"{trace.key}.json"
    content = newer(path)
    with pytest.raises(DataError, match="upgrade genbench"):
        read_traces(folder, (trace.key,))
    with pytest.raises(DataError, match="upgrade genbench"):
        write_trace(folder, trace)
    assert path.read_bytes() == content


def test_a_plan_of_a_newer_genbench_is_neither_read_nor_replaced(run, folder):
    content = newer(folder / "run.json")
    with pytest.raises(DataError, match=r"run\.json was written by a newer genbench; upgrade"):
        read_plan(folder)
    with pytest.raises(DataError, match="upgrade genbench, or choose another folder"):
        write_plan(folder, run[0])
    assert (folder / "run.json").read_bytes() == content


@pytest.mark.parametrize("bit", [0, 5])
def test_a_flipped_bit_anywhere_in_a_record_is_found_and_it_is_put_aside(run, folder, bit):
    plan, records = run
    cell = plan.cells[0]
    path = folder / "records" / f"{cell.key}.json"
    content = path.read_bytes()
    for place in range(len(content) - 1):  # the last byte is the line end
        flipped = bytearray(content)
        flipped[place] ^= 1 << bit
        path.write_bytes(bytes(flipped))
        found = read_records(folder, (cell,))
        if found:  # as where a letter of the JSON escape \\uXXXX changes its case
            assert found[cell.key] == records[cell.key], place
        else:
            assert not path.exists(), place
    assert len(list(RunFolder(folder).damaged.iterdir())) > 0.99 * len(content)


def test_a_record_cut_short_anywhere_is_put_aside(run, folder):
    plan, _ = run
    cell = plan.cells[0]
    path = folder / "records" / f"{cell.key}.json"
    content = path.read_bytes()
    for length in range(len(content) - 1):
        path.write_bytes(content[:length])
        assert read_records(folder, (cell,)) == {}, length
    assert len(list(RunFolder(folder).damaged.iterdir())) == len(content) - 1


COUNTS = {"fake": ValidCount(n=57, of=60), "real": ValidCount(n=3, of=4)}


def test_counts_of_samples_with_features_are_read_as_they_were_written(run, folder):
    plan, records = run
    record = replace(records[plan.cells[0].key], valid=COUNTS)
    write_record(folder, record)
    assert read_records(folder, plan.cells)[record.cell.key] == record
    body = json.loads(RunFolder(folder).record_file(record.cell.key).read_text())["body"]
    assert body["valid"] == {
        "fake": {"n": 57, "of": 60, "dropped": 0.05}, "real": {"n": 3, "of": 4, "dropped": 0.25},
    }  # fmt: skip


def test_a_record_and_a_plan_say_nothing_of_shares_where_all_samples_have_features(run, folder):
    _, records = run
    paths = [RunFolder(folder).record_file(key) for key in records]
    assert not [path for path in paths if "valid" in path.read_text()]
    assert "valid" not in RunFolder(folder).plan.read_text()


def test_the_fit_of_an_extractor_is_in_a_record_only_if_it_was_fitted(run, folder):
    plan, records = run
    path = RunFolder(folder).record_file(plan.cells[0].key)
    assert "extractor_fit" not in path.read_text()
    record = replace(records[plan.cells[0].key], extractor_fit="a" * 64)
    write_record(folder, record)
    assert read_records(folder, plan.cells)[record.cell.key] == record
    write_record(folder, replace(record, extractor_fit="no hash"))
    assert record.cell.key not in read_records(folder, plan.cells)


def test_a_plan_says_which_metrics_rank_any_share(run, folder):
    plan = replace(
        run[0],
        cells=tuple(replace(cell, facts=replace(cell.facts, any_valid_share=True)) for cell in run[0].cells),
    )
    write_plan(folder, plan)
    assert read_plan(folder) == plan


def test_a_plan_says_which_controls_a_metric_may_not_see_and_nothing_of_the_others(run, folder):
    assert "unseen_controls" not in RunFolder(folder).plan.read_text()
    first, *others = run[0].cells
    changed = replace(first, metric="fld", facts=replace(first.facts, unseen_controls=("exploit", "floor")))
    plan = replace(run[0], cells=(changed, *others))
    write_plan(folder, plan)
    assert read_plan(folder) == plan
    assert RunFolder(folder).plan.read_text().count("unseen_controls") == 1


def test_a_plan_whose_short_form_is_that_of_another_signature_is_refused(run, folder):
    body = json.loads(RunFolder(folder).plan.read_text())["body"]
    body["signatures"] = {short: own | {"version": "2"} for short, own in body["signatures"].items()}
    write_sealed(RunFolder(folder).plan, Schema("genbench-run", 1), body)
    with pytest.raises(PlanError, match="signatures cannot have"):
        read_plan(folder)


@pytest.mark.parametrize("unseen", ["floor", ["bottom"], [1], [["floor"]], 3, None])
def test_a_plan_with_unseen_controls_that_are_none_is_refused(run, folder, unseen):
    body = json.loads(RunFolder(folder).plan.read_text())["body"]
    body["cells"][0]["unseen_controls"] = unseen
    write_sealed(RunFolder(folder).plan, Schema("genbench-run", 1), body)
    with pytest.raises(PlanError, match="holds no plan of a run"):
        read_plan(folder)


@pytest.mark.parametrize(
    "valid", [[], {"gan": {"n": 1, "of": 2, "dropped": 0.5}}, {"fake": {"n": 3, "of": 2, "dropped": -0.5}}]
)
def test_a_record_with_counts_that_cannot_be_is_put_aside(run, folder, valid):
    plan, _ = run
    cell = plan.cells[0]
    path = RunFolder(folder).record_file(cell.key)
    body = json.loads(path.read_text())["body"] | {"valid": valid}
    write_sealed(path, Schema("genbench-record", 1), body)
    assert cell.key not in read_records(folder, plan.cells)
    assert (folder / "damaged" / path.name).exists()
