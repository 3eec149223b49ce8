"""Sketches: which draws share samples."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import Samples
from genbench.results.sketches import Sketch, are_independent


def sketch(values):
    return Sketch.of(Samples.of("vector", np.asarray(values, dtype=np.float64).reshape(-1, 1)))


def whole(values):
    return Sketch.whole(Samples.of("vector", np.asarray(values, dtype=np.float64).reshape(-1, 1)))


def test_it_counts_the_samples_of_each_digest():
    found = sketch([1, 2, 2, 3, 3, 3])
    assert (found.n, sorted(count for _, count in found.counts)) == (6, [1, 2, 3])
    assert len(sketch(range(1000)).counts) == 64


def test_neither_order_nor_labels_count():
    values = np.random.default_rng(0).normal(size=(200, 1))
    labelled = Samples.of("vector", values[::-1].copy(), np.arange(200))
    assert Sketch.of(labelled) == Sketch.of(Samples.of("vector", values))


@pytest.mark.parametrize("size", [0, 1, 63, 64, 500])
def test_the_text_gives_the_sketch_again(size):
    found = sketch(range(size)) if size else Sketch.parse("0.")
    assert Sketch.parse(str(found)) == found
    assert len(str(found)) < 710


def text(n, *pairs):
    """Return the text of a sketch with these digests and counts."""
    return str(Sketch(n, pairs, covered=0))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "-1.",
        "1.AAA=",
        "1.A",
        "a.",
        "3.é",
        text(1),
        text(0, (5, 0)),
        text(2, (5, 1)),
        text(1, (5, 1), (6, 1)),
        text(2, (6, 1), (5, 1)),
        text(2, (5, 1), (5, 1)),
        text(9, *((number, 1) for number in range(64))),
        text(99, *((number, 1) for number in range(65))),
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match=r"sketch|digests|adding|base64|Excess|Only"):
        Sketch.parse(text)


@pytest.mark.parametrize(
    ("outputs", "shared"), [(200, True), (210, True), (400, True), (1200, False), (20_000, False)]
)
def test_choices_from_finished_samples_share_some(outputs, shared):
    """Two choices of 200 out of 400 share a half of their samples, out of 1,200 a sixth."""
    rng, pool = np.random.default_rng(1), np.random.default_rng(0).normal(size=outputs)
    one, two = (sketch(rng.permutation(pool)[:200]) for _ in range(2))
    assert one.shares_samples_with(two) is two.shares_samples_with(one) is shared


@pytest.mark.parametrize("times", [1, 2, 5])
def test_so_do_choices_from_finished_samples_that_repeat_one_another(times):
    """Four fifths of a file that holds each of its outputs several times."""
    rng, file = np.random.default_rng(1), np.repeat(np.random.default_rng(0).normal(size=500 // times), times)
    draws = [sketch(rng.permutation(file)[:400]) for _ in range(20)]
    assert all(one.shares_samples_with(two) for one, two in zip(draws[::2], draws[1::2], strict=True))


@pytest.mark.parametrize("share", [0.03, 0.1, 0.3, 0.5, 0.8])
def test_one_frequent_output_does_not_hide_that_the_others_are_shared(share):
    """Such as an empty answer or a black frame; whether its digest is among the lowest is chance."""
    rng = np.random.default_rng(0)
    for frequent in range(20):
        file = rng.normal(size=250)
        file[: round(share * 250)] = frequent
        one, two = (sketch(rng.permutation(file)[:200]) for _ in range(2))
        assert one.shares_samples_with(two)
        others = [np.where(np.arange(200) < share * 200, frequent, rng.normal(size=200)) for _ in range(2)]
        assert not sketch(others[0]).shares_samples_with(sketch(others[1]))


def test_draws_of_unequal_size_share_what_the_larger_one_holds_of_the_smaller():
    values = np.random.default_rng(0).normal(size=1000)
    large, beside = whole(values), np.random.default_rng(1).normal(size=100)
    for shared, is_told in [(100, True), (50, True), (20, False)]:
        small = whole(np.concatenate([values[:shared], beside[shared:]]))
        assert small.shares_samples_with(large) is large.shares_samples_with(small) is is_told


@pytest.mark.parametrize(
    ("shared", "is_told"), [(300, True), (150, True), (60, True), (20, False), (0, False)]
)
def test_a_split_may_hold_few_samples_of_another(shared, is_told):
    values, others = (np.random.default_rng(seed).normal(size=1000) for seed in (0, 1))
    train, test = whole(values), whole(np.concatenate([values[:shared], others[shared:300]]))
    assert test.has_samples_of(train) is train.has_samples_of(test) is is_told


REPEATED = [(1000, 1, 200), (1000, 2, 200), (1000, 10, 200), (200, 3, 100), (100, 10, 50)]


@pytest.mark.parametrize(("different", "times", "n"), REPEATED)
def test_repetitions_in_one_split_do_not_hide_that_it_holds_the_other(different, times, n):
    values = np.random.default_rng(0).normal(size=different)
    train, test = whole(np.repeat(values, times)), whole(values[:n])
    assert test.has_samples_of(train)
    assert train.has_samples_of(test)


def test_rare_samples_that_one_split_repeats_do_not_hide_that_it_holds_a_part_of_the_other():
    values = np.random.default_rng(0).normal(size=1300)
    train = whole(np.concatenate([values[:900], np.repeat(values[900:1000], 9)]))
    assert train.has_samples_of(whole(np.concatenate([values[800:1000], values[1000:1300]])))


@pytest.mark.parametrize("n", [300, 2000])
def test_the_lowest_digests_of_a_small_split_tell_that_a_large_one_holds_it(n):
    values = np.random.default_rng(0).normal(size=20_000)
    assert sketch(values[:n]).has_samples_of(whole(values))
    assert not sketch(np.random.default_rng(1).normal(size=n)).has_samples_of(whole(values))


@pytest.mark.parametrize("values", [10, 300, 3000, 100_000])
@pytest.mark.parametrize("skew", [0.0, 1.0])
@pytest.mark.parametrize(("n", "m"), [(300, 300), (1000, 200), (5000, 50)])
def test_splits_of_a_discrete_distribution_hold_no_samples_of_one_another(values, skew, n, m):
    rng, shares = np.random.default_rng(2), np.arange(1, values + 1) ** -skew
    for _ in range(10):
        one, two = (whole(rng.choice(values, size, p=shares / shares.sum())) for size in (n, m))
        assert not one.has_samples_of(two)


def test_an_output_to_which_each_seed_collapsed_does_not_hide_that_the_others_are_shared():
    rng = np.random.default_rng(0)
    finished = rng.normal(size=50)
    draws = [sketch(np.concatenate([finished, np.full(50, rng.normal())])) for _ in range(5)]
    assert not are_independent(draws)
    draws = [sketch(np.concatenate([rng.normal(size=50), np.full(50, rng.normal())])) for _ in range(5)]
    assert are_independent(draws)


@pytest.mark.parametrize(
    ("seeds", "outputs", "enough"),
    [(3, 6, False), (3, 12, True), (10, 6, False), (10, 15, False), (10, 60, True)],
)
def test_more_seeds_need_more_finished_samples(seeds, outputs, enough):
    """Draws of n from N outputs, of which the mean over k seeds varies as those of 1 / k only if N is n k."""
    rng = np.random.default_rng(1)
    file = rng.normal(size=outputs * 200)
    assert are_independent([sketch(rng.permutation(file)[:200]) for _ in range(seeds)]) is enough


@pytest.mark.parametrize("values", [10, 100, 1000, 100_000])
def test_independent_draws_are_repetitions_at_any_number_of_seeds(values):
    rng = np.random.default_rng(0)
    for _ in range(10):
        assert are_independent([sketch(rng.integers(values, size=300)) for _ in range(20)])
    assert are_independent([])


def test_one_sample_says_nothing():
    assert not sketch([1]).shares_samples_with(sketch([1]))
    assert not Sketch.parse("0.").shares_samples_with(sketch([1, 2]))


@pytest.mark.parametrize("values", [1, 10, 100, 300, 1000, 10_000])
@pytest.mark.parametrize("skew", [0.0, 1.0])
def test_independent_draws_of_a_discrete_law_do_not(values, skew):
    """Uniform laws and Zipf's; the more often values repeat within a draw, the more two draws share."""
    rng, shares = np.random.default_rng(2), np.arange(1, values + 1) ** -skew
    draws = [rng.choice(values, 500, p=shares / shares.sum()) for _ in range(200)]
    found = [
        sketch(one).shares_samples_with(sketch(two)) for one, two in zip(draws[::2], draws[1::2], strict=True)
    ]
    assert not any(found)


def test_draws_of_a_continuous_law_share_nothing():
    rng = np.random.default_rng(0)
    assert not sketch(rng.normal(size=300)).shares_samples_with(sketch(rng.normal(size=300)))
