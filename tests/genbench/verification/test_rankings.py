"""Ranks of a board, compared with those of the recomputed records."""

from __future__ import annotations

from dataclasses import replace

from genbench.results.sketches import Sketch
from genbench.verification.rankings import rank_differences

TABLE = {"vae": {"fid": [1.0, 1.1, 0.9]}, "gan": {"fid": [1.0, 1.1, 0.9]}, "hmm": {"fid": [5.0, 5.1, 4.9]}}


def changed(records, generator, by):
    """Return the records of a generator with other values, by key."""
    return {
        key: replace(record, value=record.value + by)
        for key, record in records.items()
        if record.cell.generator == generator
    }


def test_without_recomputed_records_no_rank_differs(run_of):
    plan, records = run_of(TABLE)
    assert rank_differences(plan, records, {}) == []
    assert rank_differences(plan, records, records) == []


def test_a_tie_that_rounding_breaks_is_named_for_the_row_whose_rank_changes(run_of):
    plan, records = run_of(TABLE)
    (line,) = rank_differences(plan, records, changed(records, "vae", 1e-6))
    assert line == (
        "ranks: digits vae: overall 1 (1–2) in the records, 2 (1–2) here; fid 1 (1–2) in the records, "
        "2 (1–2) here"
    )


def test_values_that_change_no_rank_are_no_difference(run_of):
    plan, records = run_of(TABLE)
    assert rank_differences(plan, records, changed(records, "hmm", 1e-6)) == []


def test_a_range_that_changes_alone_is_named(run_of):
    plan, records = run_of(TABLE)
    *_, last = rank_differences(plan, records, changed(records, "hmm", -3.9))
    assert last == (
        "ranks: digits vae: overall 1 (1–2) in the records, 1 (1–3) here; fid 1 (1–2) in the records, "
        "1 (1–3) here"
    )


def test_a_rank_without_a_range_is_the_rank_alone(run_of):
    plan, records = run_of({"vae": {"fid": [1.0]}, "gan": {"fid": [2.0]}})
    assert rank_differences(plan, records, changed(records, "gan", -1.5)) == [
        f"ranks: digits {name}: overall {then} in the records, {now} here; fid {then} in the records, "
        f"{now} here"
        for name, then, now in (("gan", 2, 1), ("vae", 1, 2))
    ]


def test_seeds_that_share_samples_are_named_where_the_records_do_not_say_it(run_of):
    plan, records = run_of(TABLE)
    sketch = str(Sketch(20, tuple((number, 1) for number in range(20)), covered=2**32 - 1))
    sampled = {key: replace(record, samples=key) for key, record in records.items()}
    again = {k: replace(r, sketch=sketch) for k, r in sampled.items() if r.cell.generator == "vae"}
    (line, *_) = [line for line in rank_differences(plan, sampled, again) if " vae: " in line]
    assert line == (
        "ranks: digits vae: overall 1 (1–2) in the records, 1 here; fid 1 (1–2) in the records, 1 here; "
        "seeds do not share samples in the records, share samples here"
    )
    floor = replace(plan, cells=tuple(replace(cell, control="floor") for cell in plan.cells))
    assert rank_differences(floor, sampled, again) == []
