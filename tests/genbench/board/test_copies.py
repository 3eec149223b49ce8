"""Competitors whose samples are copies of real ones: named everywhere, and not ranked from 20 points on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.decisions.comparison import Contender, compare, list_contender_warnings
from genbench.board.leaderboard import build_board
from genbench.board.report import make_board_files
from genbench.board.view import view_board
from genbench.board.warnings import list_number_warnings
from genbench.core.canonical_json import digest
from genbench.results.copies import ALL, Copies

TABLE = {
    "ours": {"fid": [0.1, 0.2, 0.1]}, "vae": {"fid": [1.0, 1.1, 1.2]}, "gan": {"fid": [3.0, 3.1, 3.2]},
    "train-copies": {"fid": [0.1, 0.1, 0.2]},
}  # fmt: skip
NONE = Copies(of=200, equal=0, identical=0, chance=0, limit=0)
WHOLE, FEW = (replace(NONE, equal=equal, identical=equal) for equal in (200, 10))


@pytest.fixture(name="counted")
def _counted(run_of):
    """Return a function that makes a run whose records have these counts of copies, by generator.

    equal  the counts; None: not counted; by default ours and the control are copies of the training samples
    """

    def make(equal=(("ours", WHOLE),), *, provenance=(), **fields):
        plan, records = run_of(TABLE, **fields)
        counts = {"train-copies": WHOLE, **dict(equal)}

        def change(record):
            count = counts.get(record.cell.generator, NONE)
            copies = {} if count is None else {"train": count, "test": NONE, ALL: count}
            samples = digest([record.cell.generator, record.cell.seed])
            return replace(record, samples=samples, copies=copies)

        plan = replace(plan, provenance={**plan.provenance, **dict(provenance)})
        return plan, {key: change(record) for key, record in records.items()}

    return make


def notes(run):
    view = view_board(build_board(*run))
    return [note.text for table in view.tables for note in table.notes], view.cautions, view.notes


def ranks(run):
    return {row.generator: row.rank for row in build_board(*run).rows}


SENTENCE = "600 of 600 samples are, byte for byte, training samples"


def test_copies_that_too_many_repeated_samples_hide_are_noted(counted):
    hidden = replace(WHOLE, chance=200, limit=200)
    why = "digits: ours: too many real samples repeat, or the fakes are too few, to tell which are copies"
    assert why in notes(counted([("ours", hidden)]))[1]
    assert why not in notes(counted([("ours", replace(hidden, equal=20, identical=20))]))[2]


def test_a_copier_is_not_ranked_and_the_reason_is_below_the_table(counted):
    assert ranks(counted()) == {"ours": None, "vae": 1, "gan": 2, "train-copies": None}
    assert notes(counted())[0] == [f"{SENTENCE}, so not ranked: ours"]
    assert notes(counted())[1:] == ((), ())


def test_a_suite_may_rank_it_all_the_same_and_it_is_named(counted):
    run = counted(provenance={"rank_copies": True})
    assert ranks(run)["ours"] == 1
    assert notes(run)[:2] == ([], (f"digits: ours: {SENTENCE}",))


def test_a_few_copies_beyond_chance_are_named_and_ranked(counted):
    run = counted([("vae", FEW)])
    assert ranks(run)["vae"] == 2
    assert notes(run)[1] == ("digits: vae: 30 of 600 samples are, byte for byte, training samples",)
    assert notes(counted([("vae", replace(FEW, limit=10))]))[1] == ()


def test_records_of_an_earlier_genbench_are_not_counted(counted):
    plan, records = run = counted([("ours", None), ("vae", None), ("gan", None)])
    assert ranks(run)["ours"] == 1
    why = "not counted, as in records of an earlier genbench: how many samples are copies of real ones"
    assert notes(run)[1] == (f"digits: gan, ours and vae: {why}",)
    vae = Contender(label="vae", generator="vae", plan=plan, records=records)
    assert list_contender_warnings([vae]) == [f"digits: vae: {why}"]
    key = [key for key, record in records.items() if record.cell.generator == "vae"][1]
    records = {**records, key: replace(records[key], copies={"train": NONE, "test": NONE, ALL: NONE})}
    assert notes((plan, records))[1] == (
        f"digits: gan and ours: {why}", f"digits: vae: {why.replace(',', ' at seeds 0 and 2,')}",
    )  # fmt: skip


def test_a_rating_without_samples_counts_no_copies(counted):
    plan, records = counted([("ours", None), ("vae", None), ("gan", None)])
    records = {key: replace(record, samples="") for key, record in records.items()}
    why = "rated without samples, so copies of real ones are not counted"
    assert notes((plan, records))[1] == (f"digits: gan, ours and vae: {why}",)


def test_the_control_of_copies_stays_as_it_is(counted):
    board = build_board(*counted())
    (control,) = (row for row in board.rows if row.control)
    assert (control.unranked, control.copies["train"].equal) == ((), 600)
    assert list_number_warnings(board, control, "fid") == []


@pytest.mark.parametrize(
    ("flags", "rank"), [((True, True), 1), ((True, False), None), ((False, False), None)]
)
def test_a_merged_board_ranks_it_only_if_the_suites_of_all_runs_say_so(counted, flags, rank):
    runs = {str(number): {"rank_copies": True} if flag else {} for number, flag in enumerate(flags)}
    assert ranks(counted(provenance={"merged": runs}))["ours"] == rank


def test_compare_names_it_and_still_computes(counted):
    plan, records = counted()
    sides = [Contender(label=name, generator=name, plan=plan, records=records) for name in ("ours", "vae")]
    assert list_contender_warnings(sides) == [f"digits: ours: not ranked: {SENTENCE}"]
    (row,) = compare(*sides)
    assert row.better == "ours"


def test_scores_have_the_same_bytes_with_and_without_counts(counted):
    with_counts, without = (make_board_files(*counted([("ours", count)])) for count in (WHOLE, None))
    assert with_counts["scores.csv"] == without["scores.csv"]
