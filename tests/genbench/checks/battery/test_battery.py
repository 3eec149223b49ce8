"""The battery on a stranger's metrics."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_modalities.faults.numeric import noisy

from genbench import SuiteError, rises, worse
from genbench.checks.battery.battery import CleanDataError, default_n, run_battery
from genbench.checks.battery.card import LeftOut
from genbench.core.seeds import stream


@pytest.fixture(scope="module")
def cards(data, group, catalog):
    """Return the cards of a few metrics by the id of their numbers."""
    groups = [
        group("mean-gap", "rows"),
        group("upside-down", "rows"),
        group("spread-ratio", "rows"),
        group("first-row"),
        group("spread-and-count"),
        group("two-labels"),
    ]
    return {card.metric: card for card in run_battery(groups, data(), catalog, n=60, seed_count=3)}


def row(card, fault, number=0):
    return [one for one in card.rows if one.fault == fault][number]


def test_a_card_names_what_was_looked_at(cards, faults):
    card = cards["mean-gap[rows]"]
    assert (card.dataset, card.extractor, card.n, card.seeds) == ("marks", "rows", 60, 3)
    assert (card.direction, card.best) == ("lower", 0.0)
    assert card.floor.mean == pytest.approx(sum(card.floor.values) / 3)
    assert [(one.fault, one.level) for one in card.rows] == [
        (fault.name, fault.level)
        for levels in faults("image").values()
        for fault in levels
        if fault.level != "to 200"
    ]


@pytest.mark.parametrize("level", range(3))
def test_each_level_of_a_fault_has_a_stream_of_its_own(cards, data, level):
    ground, found = data(), []
    for seed in range(3):
        rng = stream(seed, "plant", "noise", str(level), ground.hash)
        fake = noisy(ground.deal(60, 2, seed)["fake"], (0.1, 0.2, 0.4)[level], rng)
        found.append(float(fake.data.std()))
    assert row(cards["spread"], "noise", level).value == pytest.approx(np.mean(found), rel=1e-12)


def test_an_honest_metric_sees_noise_and_is_sound(cards):
    card = cards["mean-gap[rows]"]
    noisy = row(card, "noise", 2)
    assert (noisy.sign, noisy.expected, noisy.verdict) == ("+", worse, "right")
    assert noisy.effect == pytest.approx(noisy.change / card.floor.sd)
    assert noisy.value == pytest.approx(card.floor.mean + noisy.change)
    assert card.is_sound


def test_a_metric_that_calls_damage_good_moves_the_wrong_way(cards):
    card = cards["upside-down[rows]"]
    assert row(card, "noise", 2).verdict == "wrong"
    assert not card.is_sound
    assert card.is_reversed


def test_nothing_moves_with_the_order_of_rows_or_the_batch_size(cards):
    for name in ("mean-gap[rows]", "spread-ratio[rows]", "spread", "count"):
        assert row(cards[name], "row-order").sign == "0"
        assert row(cards[name], "row-order").verdict == "right"
    assert row(cards["mean-gap[rows]"], "batch-size").verdict == "right"


def test_a_metric_that_depends_on_the_order_of_rows_is_wrong(cards):
    found = row(cards["first-row"], "row-order")
    assert found.sign in ("+", "-", "~")
    assert found.verdict == "wrong"


def test_a_known_failure_comes_with_its_reason(cards):
    found = row(cards["spread"], "noise", 2)
    assert found.verdict == "known"
    assert found.expected == rises.because("noise is spread, too")
    assert found.reason == "noise is spread, too"
    assert cards["spread"].is_sound


def test_without_a_direction_and_a_word_of_its_author_nothing_is_judged(cards):
    assert row(cards["count"], "noise").verdict == "unjudged"
    assert row(cards["count"], "smaller-n").sign == "-"
    assert row(cards["count"], "smaller-n").effect is None


def test_what_is_undefined_under_a_fault_has_no_value_and_the_reason(cards):
    found = row(cards["two-labels"], "dropped-modes", 2)
    assert (found.verdict, found.value, found.sign) == ("no value", None, None)
    assert found.reason == "fewer than five labels"
    assert cards["two-labels"].is_sound


def test_what_cannot_be_planted_is_left_out_with_the_reason(cards):
    card = cards["spread"]
    assert LeftOut("collapse", "to 200", "n is 60; a collapse to 200 needs more") in card.left_out
    assert LeftOut("batch-size", "7 a batch", "the metric takes samples") in card.left_out


def test_a_card_says_what_metric_of_which_version_and_options_it_is_of(cards):
    card = cards["spread"]
    assert (card.component, card.version, card.options) == ("stranger:spread-and-count", "1", {})
    assert card.modality == "image"


def test_a_card_has_what_is_expected_at_each_level_of_those_left_out_too(cards):
    card = cards["upside-down[rows]"]
    assert card.expected["collapse"] == {"to 200": worse, "to 50": worse, "to 10": worse}
    assert list(card.expected["noise"]) == ["0.1 of range", "0.2", "0.4"]
    assert all(card.expected[one.fault][one.level] == one.expected for one in card.rows)


def test_texts_get_the_faults_of_texts(data, group, catalog):
    (card,) = run_battery([group("how-many")], data("words"), catalog, n=15, seed_count=2)
    planted = {one.fault for one in card.rows} | {one.fault for one in card.left_out}
    assert {"shuffled-words", "replaced-words", "dropped-words", "truncation", "loops"} <= planted
    assert not {"noise", "blur"} & planted
    reason = "the dataset has no labels; expected a label for each sample"
    assert LeftOut("dropped-modes", "50 %", reason) in card.left_out


def test_images_get_no_faults_of_texts(cards, faults):
    card = cards["spread"]
    planted = {one.fault for one in card.rows} | {one.fault for one in card.left_out}
    assert planted == set(faults("image"))
    assert not {"shuffled-words", "loops"} & planted


@pytest.mark.slow
def test_a_metric_beside_others_gets_the_numbers_that_it_gets_alone(data, group, cards, catalog):
    (alone,) = run_battery([group("mean-gap", "rows")], data(), catalog, n=60, seed_count=3)
    assert alone == cards["mean-gap[rows]"]


def test_held_out_makes_three_sides(data, group, catalog):
    third = group("third")
    assert default_n([third], data()) == 53
    (card,) = run_battery([third], data(), catalog, n=53, seed_count=2)
    assert card.floor.values == (1.0, 1.0)
    assert card.is_blind
    assert not card.is_sound


def test_a_metric_that_fails_on_clean_data_ends_the_battery(data, group, catalog):
    with pytest.raises(CleanDataError, match=r"writes fails on clean real data: .* read-only"):
        run_battery([group("writes")], data(), catalog, n=10, seed_count=2)
    assert CleanDataError.exit_code == 1


def test_progress_counts_every_step(data, group, catalog, faults):
    told = []
    run_battery(
        [group("count")], data(), catalog, n=20, seed_count=2, progress=lambda *step: told.append(step)
    )
    steps = 2 * (1 + sum(map(len, faults("image").values())))
    assert told == [(done, steps) for done in range(1, steps + 1)]


@pytest.mark.parametrize(
    ("metric", "n", "seeds", "message"),
    [
        ("count", 81, 2, "n is 81; expected 1 to 80: marks has 160 real samples beside train, for 2 sides"),
        ("third", 54, 2, "expected 1 to 53"),
        ("count", 0, 2, "n is 0"),
        ("count", 10, 1, "1 seeds; expected at least 2"),
        ("needs-sampler", 10, 2, "needs-sampler asks for sampler, which only a generator has"),
        ("compares", 10, 2, "compares compares several generators, and the battery plants faults"),
        ("two-labels", 2, 2, "two-labels has no value on clean real data: fewer than five labels"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(data, group, metric, n, seeds, message, catalog):
    with pytest.raises(SuiteError, match=message):
        run_battery([group(metric)], data(), catalog, n=n, seed_count=seeds)
