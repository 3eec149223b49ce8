"""The privacy report, beside sdmetrics and with what copies, fresh rows and noise do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_modalities.table import Table
from genbench_table.privacy.report import privacy
from sklearn.metrics import roc_auc_score

from genbench import Samples, Undefined, concat


@pytest.mark.parametrize(
    ("case", "fake"), [("train=holdout size", "synthetic"), ("copies of train", "train")]
)
def test_the_share_closer_to_train_is_that_of_sdmetrics(oracles, oracle_tables, case, fake):
    (record,) = (each for each in oracles("dcr_overfitting_protection") if each["case"] == case)
    real = oracle_tables["holdout"].take(np.arange(300)) if "size" not in case else oracle_tables["holdout"]
    found = privacy(oracle_tables[fake], oracle_tables["train"], real, ranges="reference")["dcr-share"]
    shares = record["value"]["synthetic_data_percentages"]
    assert found.extra["overfitting_protection"] == pytest.approx(record["value"]["score"], abs=record["tol"])
    assert found.value == pytest.approx(shares["closer_to_training"], abs=record["tol"])
    assert 1 - found.value == pytest.approx(shares["closer_to_holdout"], abs=record["tol"])


def numbers_of(fake, train, real, **options):
    return {name: score.value for name, score in privacy(fake, train, real, **options).items()}


def test_copies_of_train_are_found_by_every_number(draw):
    train, real = draw(200, 0), draw(200, 1)
    scores = privacy(train.take(np.arange(150)), train, real)
    assert scores["dcr"].value == 0.0
    assert scores["dcr-share"].value > 0.99
    assert scores["nndr"].value < 0.01
    assert scores["exact-matches"].value == 1.0
    assert scores["membership-auc"].low > 0.8
    assert scores["membership-auc"].extra["true_positives"] >= 0.75


def test_fresh_rows_and_noise_tell_nothing_of_train(draw):
    train, real = draw(300, 0), draw(300, 1)
    noise = Table().noise(train)(300, np.random.default_rng(0))
    for fake in (draw(300, 2), Samples.of("table", noise.astype(train.data.dtypes))):
        scores = privacy(fake, train, real)
        assert scores["dcr-share"].value == pytest.approx(0.5, abs=0.09)
        assert scores["membership-auc"].low < 0.5 < scores["membership-auc"].high
        assert scores["exact-matches"].value < 0.02


def test_one_copy_in_ten_moves_the_share_as_it_should(draw):
    """A tenth is 1 and the rest 0.5: 0.55. 600 fakes vary by 0.02."""
    train, real = draw(600, 0), draw(600, 1)
    fake = concat([train.take(np.arange(60)), draw(540, 2)])
    scores = numbers_of(fake, train, real)
    assert scores["exact-matches"] == pytest.approx(0.1, abs=0.005)
    assert scores["dcr-share"] == pytest.approx(0.55, abs=0.05)


def test_fewer_unseen_rows_than_training_rows_do_not_look_like_copying(draw):
    scores = numbers_of(draw(400, 2), draw(600, 0), draw(150, 1))
    assert scores["dcr-share"] == pytest.approx(0.5, abs=0.09)


def test_quantiles_and_the_ratio_are_those_of_the_closest_two_rows():
    train = Samples.of("table", pd.DataFrame({"x": [0.0, 4.0, 10.0]}))
    fake = Samples.of("table", pd.DataFrame({"x": [1.0, 5.0, 10.0]}))
    scores = privacy(fake, train, fake, quantile=0.5)
    assert scores["dcr"].value == pytest.approx(0.1)
    assert scores["nndr"].value == pytest.approx(0.2)  # of 1 / 3, 1 / 5 and 0 / 6
    assert scores["exact-matches"].value == pytest.approx(1 / 3)
    assert scores["dcr"].extra == {"median": pytest.approx(0.1), "expected": pytest.approx(0.1)}


def test_a_fake_on_two_equal_training_rows_has_the_ratio_1():
    train = Samples.of("table", pd.DataFrame({"x": [1.0, 1.0, 2.0]}))
    fake = Samples.of("table", pd.DataFrame({"x": [1.0]}))
    assert numbers_of(fake, train, train)["nndr"] == 1.0


def test_ties_of_few_categories_count_as_halves():
    """All rows are the one or the other: each fake is at 0 from both sides."""
    table = Samples.of("table", pd.DataFrame({"c": pd.Series(["a", "b"] * 20, dtype=object)}))
    scores = privacy(table, table, table)
    assert scores["dcr-share"].value == 0.5
    assert scores["dcr-share"].extra["ties"] == 1.0


def test_the_attack_is_the_area_of_distances_to_the_closest_fake(draw):
    fake, train, real = (Samples.of("table", draw(n, n).data[["k"]]) for n in (20, 30, 40))
    values, span = fake.data["k"].to_numpy(), np.ptp(fake.data["k"])
    scores = [
        -np.minimum(np.abs(side.data["k"].to_numpy()[:, None] - values) / span, 1).min(axis=1)
        for side in (train, real)
    ]
    found = privacy(fake, train, real)["membership-auc"]
    expected = roc_auc_score(np.repeat([1, 0], [30, 40]), np.concatenate(scores))
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.low < found.value < found.high


def test_the_attack_finds_nothing_where_unseen_rows_are_as_close_as_training_rows():
    table = Samples.of("table", pd.DataFrame({"c": pd.Series(["a", "b"] * 20, dtype=object)}))
    assert privacy(table, table, table)["membership-auc"].extra["true_positives"] == 0.0


def test_a_single_training_row_is_undefined(draw):
    with pytest.raises(Undefined, match="privacy needs at least 2 samples; train has 1"):
        privacy(draw(5, 0), draw(1, 1), draw(5, 2))


def test_all_passes_are_logged_as_one(draw):
    steps = []
    privacy(draw(40, 0), draw(50, 1), draw(30, 2), log=lambda *step: steps.append(step))
    assert steps[0] == (0, 1000)
    assert steps[-1] == (1000, 1000)
    assert steps == sorted(set(steps))


def test_fresh_rows_are_as_close_to_either_side_only_if_ranges_are_pooled():
    """Log-normal numbers, whose range an outlier decides: over 60 draws, the share varies by about 0.05."""

    def share(seed, ranges):
        rng = np.random.default_rng(seed)
        sides = (
            Samples.of("table", pd.DataFrame({name: rng.lognormal(0, 2, 100) for name in "ab"}))
            for _ in range(3)
        )
        return privacy(*sides, ranges=ranges)["dcr-share"].value

    pooled, reference = ([share(seed, ranges) for seed in range(60)] for ranges in ("pooled", "reference"))
    assert np.mean(pooled) == pytest.approx(0.5, abs=0.03)
    assert np.std(pooled) < 0.1
    assert np.std(reference) > 3 * np.std(pooled)


def test_train_and_real_change_places(draw):
    """Equal sizes and pooled ranges: what is closer to the one side is not closer to the other."""
    fake, train, real = draw(60, 2), draw(50, 0), draw(50, 1)
    one, other = numbers_of(fake, train, real), numbers_of(fake, real, train)
    for name in ("dcr-share", "membership-auc"):
        assert one[name] + other[name] == pytest.approx(1)


def test_a_column_that_differs_in_each_row_is_named_by_every_number(numbered):
    train, real, fake = (numbered(40, seed) for seed in range(3))
    for score in privacy(fake, train, real).values():
        assert score.extra["warning"].startswith("column 'no' differs in every real row")
    shared = [Samples.of("table", side.data.drop(columns="no")) for side in (fake, train, real)]
    assert not any("warning" in score.extra for score in privacy(*shared).values())


def test_copies_of_repeated_keys_with_new_ones_are_no_surprise(draw):
    """Five rows a patient; the copies have other codes."""
    train, real = draw(200, 0), draw(200, 1)
    keys = [pd.Series([f"{each}{row // 5}" for row in range(200)], dtype=object) for each in "prs"]
    sides = [
        Samples.of("table", side.data.assign(key=key))
        for side, key in zip((train, real, train), keys, strict=True)
    ]
    for score in privacy(sides[2], sides[0], sides[1]).values():
        assert score.extra["warning"].startswith("column 'key' has other values in the fakes than in train")
    assert privacy(sides[2], sides[0], sides[1])["exact-matches"].value == 0


@pytest.mark.parametrize(("copies", "is_warned"), [(0, False), (19, False), (20, True), (200, True)])
def test_a_tenth_of_copies_is_named(draw, copies, is_warned):
    train, real = draw(200, 0), draw(200, 1)
    fake = concat([train.take(np.arange(copies)), draw(200 - copies, 2)]) if copies else draw(200, 2)
    scores = privacy(fake, train, real)
    warned = {name: score.extra["warning"] for name, score in scores.items() if "warning" in score.extra}
    text = f"{copies / 200:.0%} of the fakes equal a training row, and 0% of the real rows do"
    assert warned == ({"exact-matches": text} if is_warned else {})


def test_fakes_that_equal_training_rows_as_often_as_real_rows_do_are_no_copies(draw):
    fake, train, real = (Samples.of("table", draw(200, seed).data[["k", "c", "flag"]]) for seed in range(3))
    found = privacy(fake, train, real)["exact-matches"]
    assert found.value > 0.8
    assert "warning" not in found.extra
