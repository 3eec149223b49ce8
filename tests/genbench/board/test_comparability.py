"""Why numbers cannot be compared, and what would make them equal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.comparability import ComparedSide, block_differences, side_differences, signature_changes
from genbench.board.leaderboard import build_board
from genbench.board.rows import UNKNOWN_SIGNATURE
from genbench.results.cells import short_signature
from genbench.results.records import Plan

BASE = {
    "n": 599,
    "n_real": 599,
    "data": "a" * 64,
    "options": {"k": 3},
    "version": "1",
    "extractor": {"name": "pixels", "version": "1", "options": {"size": 8}, "fitted": "a" * 64},
    "genbench": "0",
}


def lines(signature, *, seeds=(0, 1), metrics=("fid",)):
    here = ComparedSide(label="A", seeds=(0, 1), signatures=dict.fromkeys(metrics, BASE))
    there = ComparedSide(label="B", seeds=seeds, signatures=dict.fromkeys(metrics, BASE | signature))
    return side_differences(here, there)


def test_equal_sides_do_not_differ():
    assert lines({}) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (BASE | {"data": "a" * 63 + "b"}, f"content of the dataset was {'a' * 64}, is {'a' * 63}b"),
        (BASE | {"data": "b" * 64}, "content of the dataset was aaaaaaaa, is bbbbbbbb"),
        (BASE | {"version": f"1+{'b' * 64}"}, 'version was "1", is "1+bbbbbbbb"'),
    ],
)
def test_hashes_are_compared_whole_and_shown_as_short_as_they_differ(other, said):
    assert signature_changes(BASE, other) == (said,)


def test_a_signature_of_another_form_is_another_signature():
    plain = {"options": {"k": 3}}
    assert signature_changes(plain, {"options.k": 3}) == (
        '"options.k" was not set, is 3', "options.k was 3, is not set",
    )  # fmt: skip


PIXELS = BASE["extractor"]


@pytest.mark.parametrize(
    ("signature", "said", "remedy"),
    [
        ({"n": 300}, "n is 599 in A and 300 in B", "run the suite of B again with --n 599"),
        ({"n": 300, "n_real": 300}, "n is 599 in A and 300 in B", "run the suite of B again with --n 599"),
        ({"n_real": "all"}, 'n_real is 599 in A and "all" in B', "set n_real = 599 in the suite of B"),
        (
            {"options": {"k": 5}},
            "options.k is 3 in A and 5 in B",
            "set k = 3 in that [[metric]] of the suite of B",
        ),
        (
            {"extractor": PIXELS | {"options": {"size": 16}}},
            "extractor.options.size is 8 in A and 16 in B",
            "set size = 8 in that extractor of the suite of B",
        ),
        (
            {"extractor": PIXELS | {"name": "classifier"}},
            'extractor.name is "pixels" in A and "classifier" in B',
            "name the same extractor in both suites",
        ),
        (
            {"version": "2"},
            'version is "1" in A and "2" in B',
            "install the same version of the metric's plugin for both",
        ),
        (
            {"genbench": "1"},
            'major version of genbench is "0" in A and "1" in B',
            "use the same version of genbench for both",
        ),
        (
            {"data": "b" * 64, "extractor": PIXELS | {"fitted": "b" * 64}},
            "content of the dataset is aaaaaaaa in A and bbbbbbbb in B",
            "give both suites the same data and the same options of [[dataset]]",
        ),
        ({"new": 1}, "new is not set in A and 1 in B", "make it equal"),
    ],
)
def test_a_differing_field_is_named_with_both_values_and_a_remedy(signature, said, remedy):
    assert lines(signature) == [f"fid: {said}; {remedy}"]


def test_seeds_are_compared():
    assert lines({}, seeds=(3, 4)) == [
        "seeds are 0 1 in A and 3 4 in B; run the suite of B again with --seeds 0,1"
    ]


def test_metrics_that_share_a_difference_share_a_line():
    assert lines({"n": 300}, metrics="abcde") == [
        "a, b, c and 2 more: n is 599 in A and 300 in B; run the suite of B again with --n 599"
    ]


def test_a_metric_of_one_side_only_is_named():
    here = ComparedSide(label="A", seeds=(0,), signatures={"fid": BASE, "kid": BASE})
    there = ComparedSide(label="B", seeds=(0,), signatures={"fid": BASE})
    assert side_differences(here, there) == ["kid: only in A; add to the suite of B"]
    assert side_differences(there, here) == ["kid: only in A; add to the suite of B"]


def test_sides_without_a_common_metric_differ_in_what_all_their_metrics_share():
    smaller = BASE | {"n": 240, "n_real": 240, "version": "2"}
    here = ComparedSide(label="A", seeds=(0,), signatures={"fid": BASE, "kid": BASE | {"data": "b" * 64}})
    there = ComparedSide(label="B", seeds=(0,), signatures={"recall": smaller})
    assert side_differences(here, there) == [
        "n is 599 in A and 240 in B; run the suite of B again with --n 599",
        "fid and kid: only in A; add to the suite of B",
        "recall: only in B; add to the suite of A",
    ]


def test_blocks_of_one_dataset_are_told_apart_by_their_generators(run_of):
    plan, records = run_of({"vae": {"fid": [1.0]}, "gan": {"fid": [1.0]}, "noise": {"fid": [1.0]}})
    other, more = run_of({"ddpm": {"fid": [1.0]}}, n=300)
    both = Plan(cells=plan.cells + other.cells, traces=(), provenance={})
    assert block_differences(build_board(both, records | more)) == [
        ("digits: fid: n is 300 in ddpm and 599 in gan and vae; run the suite of ddpm again with --n 599")
    ]
    assert block_differences(build_board(plan, records)) == []


SHARED = {name: {"fid": [value], "kid": [value], "length": [value]} for value, name in enumerate("abcd")}


def test_unequal_shares_of_samples_with_features_are_told_with_both(run_of, with_valid):
    run = with_valid(run_of(SHARED), {"a": 98.3, "b": 60, "c": 57, "d": 3}, metrics=["fid", "kid"])
    apart = "more than 5 points apart, so not ranked together"
    assert block_differences(build_board(*run)) == [
        f"digits: fid and kid: valid share is 98.3 % in a and 57.0 % to 60.0 % in b and c; {apart}",
        f"digits: fid and kid: valid share is 98.3 % in a and 3.0 % in d; {apart}",
    ]


def test_shares_that_are_ranked_together_are_no_difference(run_of, with_valid):
    assert block_differences(build_board(*with_valid(run_of(SHARED), {"b": 96}))) == []
    free = with_valid(run_of(SHARED), {"b": 6}, any_share=True)
    assert block_differences(build_board(*free)) == []


def fitted(run, fits):
    """Return a run whose records have the fit of their extractor, by generator and metric."""
    plan, records = run
    known = {
        key: replace(record, extractor_fit=fits.get((record.cell.generator, record.cell.metric), ""))
        for key, record in records.items()
    }
    return plan, known


def test_metrics_of_several_fits_of_an_extractor_are_told_with_their_generators(run_of):
    old, new = "a" * 64, "b" * 64
    fits = {(name, metric): old if name in "ab" else new for name in "abc" for metric in ("fid", "kid")}
    (line,) = block_differences(build_board(*fitted(run_of(SHARED), fits)))
    assert line == (
        "digits: fid and kid: the extractor was fitted again, and differs: its fit is aaaaaaaa in a and b "
        "and bbbbbbbb in c; features of two fits differ, so do not rely on ranks across fits"
    )


def test_one_fit_and_unknown_fits_are_no_difference(run_of):
    assert block_differences(build_board(*fitted(run_of(SHARED), {("a", "fid"): "a" * 64}))) == []
    two = {("a", "fid"): "a" * 64, ("a", "kid"): "b" * 64}  # of two extractors
    assert block_differences(build_board(*fitted(run_of(SHARED), two))) == []


def test_a_merged_board_tells_of_shares_after_what_the_merge_noted(run_of, with_valid):
    plan, records = with_valid(run_of(SHARED), {"b": 6}, metrics=["fid"])
    merged = Plan(cells=plan.cells, traces=(), provenance={"differences": ["digits: n differs"]})
    first, second = block_differences(build_board(merged, records))
    assert first == "digits: n differs"
    assert second.startswith("digits: fid: valid share is 100 % in a, c and d and 6.0 % in b; ")


def test_of_a_signature_that_a_csv_file_gives_the_short_forms_are_named():
    known, unknown = {"n": 1}, {UNKNOWN_SIGNATURE: "deadbeef"}
    sides = [
        ComparedSide(label=label, seeds=(0,), signatures={"fid": signature})
        for label, signature in (("a", known), ("b", unknown))
    ]
    said = (
        f"signature is {short_signature(known)} in a and deadbeef in b; a CSV file does not say what differs"
    )
    assert side_differences(*sides) == [f"fid: {said}"]
    assert side_differences(sides[1], sides[1]) == []
