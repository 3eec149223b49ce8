"""From changes to signs and verdicts."""

from __future__ import annotations

import pytest

from genbench import Output, anything, better, falls, mixed, rises, unchanged, worse
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.checks.battery.card import VERDICTS
from genbench.checks.battery.faults import read_expects, read_faults
from genbench.checks.battery.judging import Judge, NoScore

CLEAN = [10.0, 11.0, 12.0]  # a mean of 11 and a standard deviation of 1
CATALOG = load_catalog(only=["modalities"])
FAULTS = read_faults(CATALOG, find_modality(list_modalities(CATALOG), "image"))
NOISE, ORDER, FEWER = FAULTS["noise"][0], FAULTS["row-order"][0], FAULTS["smaller-n"][0]
SHARP, BLIND, LOW = better.because("why"), unchanged.because("why"), falls.because("why")
DIZZY = (unchanged | worse | better).because("why")


def judged(
    fault, changes, *, direction="lower", expects=(), best=None, clean=CLEAN, draws=False, extractor=None
):
    output = Output(name="gap", direction=direction, best=best, expects=dict(expects))
    declared = read_expects(output, "metric 'gap' of d", FAULTS)
    judge = Judge(output, declared, extractor, clean, draws=draws)
    return judge.make_row(fault, [value + change for value, change in zip(clean, changes, strict=True)])


@pytest.mark.parametrize(
    ("changes", "sign"),
    [([5, 6, 7], "+"), ([-5, -0.1, -7], "-"), ([5, 6, -1], "0"), ([5, 6, 1e-9], "0"), ([0, 0, 0], "0")],
)
def test_a_sign_needs_all_seeds_and_more_than_rounding(changes, sign):
    assert judged(NOISE, changes).sign == sign


@pytest.mark.parametrize(("change", "sign"), [(1.4e-6, "0"), (1.5e-6, "+")])
def test_rounding_is_a_share_of_the_spread_where_that_is_larger_than_the_scores(change, sign):
    """The standard deviation of -1 and 1 is the root of 2, of which a millionth is rounding."""
    assert judged(NOISE, [change, change], clean=[-1.0, 1.0]).sign == sign


def test_effects_are_in_standard_deviations_of_the_floor():
    found = judged(NOISE, [3, 5, 4])
    assert (found.change, found.effect, found.value) == (4.0, 4.0, 15.0)


def test_a_floor_without_a_spread_measures_no_effect():
    found = judged(NOISE, [1, 1, 1], clean=[7.0, 7.0, 7.0])
    assert (found.sign, found.change, found.effect) == ("+", 1.0, None)


@pytest.mark.parametrize(
    ("direction", "changes", "verdict"),
    [
        ("lower", [5, 6, 7], "right"),
        ("lower", [-5, -6, -7], "wrong"),
        ("lower", [-1, -2, -1], "faint"),
        ("lower", [1, -1, 1], "unseen"),
        ("higher", [-5, -6, -7], "right"),
        ("higher", [5, 6, 7], "wrong"),
        ("none", [5, 6, 7], "unjudged"),
    ],
)
def test_a_direction_says_which_way_damage_should_move_a_score(direction, changes, verdict):
    assert judged(NOISE, changes, direction=direction).verdict == verdict


def test_a_target_is_to_be_left():
    far = judged(NOISE, [5, 6, 7], direction="target", best=11.0)
    assert (far.sign, far.verdict) == ("+", "right")
    below = judged(NOISE, [-5, -6, -7], direction="target", best=11.0)
    assert (below.sign, below.verdict) == ("+", "right")
    near = judged(NOISE, [-50, -51, -52], direction="target", best=-39.0)
    assert (near.sign, near.verdict) == ("-", "wrong")


def test_the_floor_of_a_target_is_the_spread_of_the_distances_from_it():
    clean = [0.9, 1.1, 1.2]  # distances of 0.1, 0.1 and 0.2
    output = Output(name="ratio", direction="target", best=1.0)
    judge = Judge(output, {}, None, clean, draws=False)
    assert judge.floor.values == tuple(clean)
    assert judge.floor.mean == pytest.approx(3.2 / 3)
    assert judge.floor.sd == pytest.approx(0.1 / 3**0.5)
    found = judge.make_row(NOISE, [1.9, 2.1, 2.2])
    assert found.effect == pytest.approx(found.change / judge.floor.sd)


def test_rounding_is_a_share_of_the_score_and_not_of_its_distance_from_a_target():
    clean = [1.0 + 2e-7, 1.0 - 3e-7, 1.0 + 1e-7]
    changes = [3e-7, 2e-7, 4e-7]  # single precision, added in another order
    assert judged(ORDER, changes, direction="target", best=1.0, clean=clean).verdict == "right"
    assert judged(ORDER, [3e-5, 0, 0], direction="target", best=1.0, clean=clean).verdict == "wrong"


@pytest.mark.parametrize(("direction", "verdict"), [("lower", "wrong"), ("none", "unjudged")])
def test_a_ranked_metric_has_to_declare_that_it_moves_with_n(direction, verdict):
    assert judged(FEWER, [5, 6, 7], direction=direction).verdict == verdict


@pytest.mark.parametrize(
    ("expects", "changes", "expected", "verdict"),
    [
        (SHARP, [-5, -6, -7], SHARP | worse, "known"),
        (SHARP, [5, 6, 7], SHARP | worse, "right"),
        (SHARP, [5, -6, 7], SHARP | worse, "unseen"),
        (BLIND, [0, 1, -1], BLIND | worse, "known"),
        (BLIND, [5, 6, 7], BLIND | worse, "right"),
        (BLIND, [-5, -6, -7], BLIND | worse, "wrong"),
        (BLIND, [-1, -1, -1], BLIND | worse, "faint"),
        (anything, [5, 6, 7], anything, "unjudged"),
        (unchanged | worse | better, [-5, -6, -7], unchanged | worse | better, "unjudged"),
        (DIZZY, [-5, -6, -7], DIZZY, "known"),
    ],
)
def test_a_ranked_metric_may_declare_failures_and_is_right_if_it_worsens(expects, changes, expected, verdict):
    found = judged(NOISE, changes, expects={"noise": expects})
    assert (found.expected, found.verdict) == (expected, verdict)
    assert found.reason == ("why" if verdict == "known" else "")


@pytest.mark.parametrize(
    ("expects", "changes", "expected", "verdict"),
    [
        (LOW, [-5, -6, -7], LOW, "known"),
        (LOW, [5, 6, 7], LOW, "wrong"),
        (LOW, [5, -6, 7], LOW, "unseen"),
        (unchanged, [5, 6, 7], unchanged, "wrong"),
        (unchanged, [1, 1.5, 1], unchanged, "faint"),
        ((falls, rises, rises), [-5, -6, -7], falls, "right"),
        (unchanged | rises | falls, [-5, -6, -7], unchanged | rises | falls, "unjudged"),
        (unchanged | rises | LOW, [-5, -6, -7], unchanged | rises | LOW, "known"),
    ],
)
def test_a_metric_without_a_direction_is_judged_by_its_author_s_words(expects, changes, expected, verdict):
    found = judged(NOISE, changes, expects={"noise": expects}, direction="none")
    assert (found.expected, found.verdict) == (expected, verdict)
    assert found.reason == ("why" if verdict == "known" else "")


def test_an_expectation_can_depend_on_the_extractor():
    expects = {"noise[pixels]": SHARP}
    assert judged(NOISE, [-5, -6, -7], expects=expects, extractor="pixels").verdict == "known"
    assert judged(NOISE, [-5, -6, -7], expects=expects, extractor="other").verdict == "wrong"


def test_each_word_has_its_own_reason():
    expects = {"noise": unchanged.because("blind") | better.because("sharp")}
    assert judged(NOISE, [0, 1, -1], expects=expects).reason == "blind"
    assert judged(NOISE, [-5, -6, -7], expects=expects).reason == "sharp"


def test_a_metric_may_be_known_to_move_with_the_order_of_rows():
    expects = {"row-order": (mixed | better).because("its splits are runs of rows")}
    assert judged(ORDER, [0.1, -0.1, 0], expects=expects).verdict == "known"
    assert judged(ORDER, [5, 5, 5], expects=expects).verdict == "wrong"


@pytest.mark.parametrize("direction", ["lower", "none"])
@pytest.mark.parametrize(
    ("changes", "sign", "verdict"),
    [
        ([0, 0, 0], "0", "right"),
        ([1e-4, -1e-4, 0], "0", "right"),  # of scores up to 12, 1.2e-4 is rounding
        ([1.3e-4, -1.3e-4, 0], "~", "wrong"),
        ([0.1, -0.1, 0], "~", "wrong"),
        ([0.1, 0.1, 0.1], "+", "wrong"),
    ],
)
def test_the_order_of_rows_may_move_nothing_however_little(direction, changes, sign, verdict):
    found = judged(ORDER, changes, direction=direction)
    assert (found.sign, found.verdict) == (sign, verdict)


@pytest.mark.parametrize(("changes", "verdict"), [([0.1, -0.1, 0], "right"), ([1, 1, 1], "faint"),
                                                   ([5, 5, 5], "wrong")])  # fmt: skip
def test_a_metric_that_draws_may_move_with_the_order_of_rows_within_its_floor(changes, verdict):
    assert judged(ORDER, changes, draws=True).verdict == verdict


@pytest.mark.parametrize(
    ("status", "verdict"), [("skipped", "no value"), ("error", "failed"), ("invalid", "failed")]
)
def test_a_metric_without_a_number_has_no_sign_but_a_reason(status, verdict):
    judge = Judge(Output(name="gap", direction="lower"), {}, None, CLEAN, draws=False)
    found = judge.make_row(NOISE, [1.0, NoScore(status, "why"), 2.0])
    assert (found.sign, found.value, found.verdict, found.reason) == (None, None, verdict, "why")
    assert verdict in VERDICTS
