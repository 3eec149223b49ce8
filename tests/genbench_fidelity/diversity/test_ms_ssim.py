"""MS-SSIM diversity against the reference, and which pairs are taken."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from genbench_fidelity.diversity.ms_ssim import least_side, ms_ssim_diversity, multi_scale_similarity

from genbench import Samples, Undefined

DATA = Path(__file__).parents[1] / "data"
RECORDS = [r for r in json.loads((DATA / "pairs.json").read_text()) if r["metric"].startswith("ms_ssim")]


def similarity(a, b, scales=5, window=11):
    return multi_scale_similarity(a[None], b[None], scales, window)[0]


def noise(rng, n, side=176, labels=None):
    return Samples.of("image", rng.integers(0, 256, (n, side, side, 1), dtype=np.uint8), labels)


def test_the_mean_over_all_pairs_equals_the_reference(images, rng):
    (record,) = [r for r in RECORDS if r["metric"] == "ms_ssim_diversity"]
    found = ms_ssim_diversity(Samples.of("image", images), rng=rng)
    assert found.value == pytest.approx(record["value"], abs=record["tol"], rel=0)
    assert found.extra["pairs"] == 6


def test_collapse_scores_one_and_noise_next_to_nothing(images, rng):
    collapsed = Samples.of("image", np.repeat(images[:1], 5, axis=0))
    assert ms_ssim_diversity(collapsed, rng=rng).value == pytest.approx(1, abs=1e-9)
    varied = ms_ssim_diversity(Samples.of("image", images), rng=rng).value
    assert ms_ssim_diversity(noise(rng, 5), rng=rng).value < 0.1 < varied < 1


def test_within_a_class_only_images_of_one_label_are_paired(images, rng):
    fake = Samples.of("image", images[[0, 1, 2, 3, 3]], np.array([7, 7, 5, 5, 2]))
    found = ms_ssim_diversity(fake, within="class", rng=rng)
    expected = {"5": similarity(images[2], images[3]), "7": similarity(images[0], images[1])}
    assert found.extra["by_class"] == pytest.approx(expected, rel=1e-12)
    assert found.value == pytest.approx(np.mean(list(expected.values())), rel=1e-12)
    assert found.extra["pairs"] == 2


def test_classes_share_the_pairs_evenly(rng):
    labels = np.repeat([0, 1, 2], [30, 10, 2])
    fake = noise(rng, 42, side=8, labels=labels)
    counts = [
        ms_ssim_diversity(fake, pairs=pairs, within="class", scales=1, window=3, rng=rng).extra["pairs"]
        for pairs in (60, 1, 10_000)
    ]
    assert counts == [20 + 20 + 1, 3, 435 + 45 + 1]


def test_by_default_labels_play_no_part(images):
    bare, labelled = (Samples.of("image", images, labels) for labels in (None, np.arange(4)))
    found = [ms_ssim_diversity(fake, pairs=3, rng=np.random.default_rng(0)) for fake in (bare, labelled)]
    assert found[0] == found[1]


def test_drawn_pairs_estimate_the_mean_of_all(rng):
    fake = noise(rng, 40, side=16)
    options = {"scales": 1, "window": 5}
    every = [similarity(fake.data[i], fake.data[j], 1, 5) for i, j in itertools.combinations(range(40), 2)]
    found = ms_ssim_diversity(fake, pairs=400, **options, rng=rng)
    assert found.extra["pairs"] == 400
    assert found.value == pytest.approx(np.mean(every), abs=4 * np.std(every) / 20)
    assert found.extra["spread"] == pytest.approx(np.std(every), rel=0.2)
    assert ms_ssim_diversity(fake, pairs=780, **options, rng=rng).value == pytest.approx(
        np.mean(every), rel=1e-9
    )


def test_small_images_have_no_value_at_five_scales_and_the_reason_says_what_has(rng):
    with pytest.raises(Undefined, match="at least 161 pixels; the images are 28x28: set scales = 2 or less"):
        ms_ssim_diversity(noise(rng, 3, side=28), rng=rng)
    assert 0 <= ms_ssim_diversity(noise(rng, 3, side=28), scales=2, rng=rng).value <= 1
    with pytest.raises(Undefined, match="set scales = 1 and a smaller window"):
        ms_ssim_diversity(noise(rng, 3, side=8), scales=1, rng=rng)
    assert least_side(5, 11) == 161


@pytest.mark.parametrize(
    ("labels", "within", "reason"),
    [(None, "class", "these have none"), (np.arange(3), "class", "two fakes of one class")],
)
def test_without_a_pair_there_is_no_value(labels, within, reason, rng):
    with pytest.raises(Undefined, match=reason):
        ms_ssim_diversity(noise(rng, 3, labels=labels), within=within, rng=rng)


def test_one_fake_has_no_diversity(rng):
    with pytest.raises(Undefined, match="fake has 1"):
        ms_ssim_diversity(noise(rng, 1), rng=rng)
