"""Train on synthetic, test on real: both numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from genbench_fidelity.utility.tstr import fit_logistic, tstr

from genbench.core.errors import Invalid, Undefined

DATA = Path(__file__).parents[1] / "data"


def test_both_numbers_are_accuracies_of_that_learner(tables, rng):
    sides = [tables[f"{side}_{part}"] for side in ("holdout", "syn", "real") for part in "xt"]
    found = tstr(*sides, rng=rng)
    plain = {
        side: (
            fit_logistic(tables[f"{side}_x"], tables[f"{side}_t"], c=1.0, iterations=1000).predict(
                tables["holdout_x"]
            )
            == tables["holdout_t"]
        ).mean()
        for side in ("real", "syn")
    }
    assert found["tstr"].value == plain["syn"]
    assert found["tstr-gap"].value == plain["real"] - plain["syn"]
    assert found["tstr-gap"].extra == {"trtr": plain["real"], "n_train": len(tables["syn_x"])}


def test_copies_of_the_training_data_leave_no_gap(clusters, rng):
    train, real = clusters(90), clusters(60)
    found = tstr(*real, *train, *train, rng=rng)
    assert found["tstr-gap"].value == 0
    assert found["tstr"].value > 0.9


def test_shuffled_labels_teach_nothing_and_a_dropped_label_is_never_right(clusters, rng):
    train, real, (rows, labels) = clusters(900), clusters(300), clusters(900)
    shuffled = tstr(*real, rows, rng.permutation(labels), *train, rng=rng)
    assert shuffled["tstr"].value < 0.6 < shuffled["tstr-gap"].extra["trtr"]
    dropped = tstr(*real, rows[labels < 2], labels[labels < 2], *train, rng=rng)
    by_class = dropped["tstr"].extra["by_class"]
    assert by_class["2"] == 0
    assert min(by_class["0"], by_class["1"]) > 0.9
    assert dropped["tstr"].value == pytest.approx(np.mean(list(by_class.values())))


def test_fakes_of_one_label_predict_it_everywhere(clusters, rng):
    rows, labels = clusters(90)
    found = tstr(*clusters(60), rows[labels == 1], labels[labels == 1], rows, labels, rng=rng)
    assert found["tstr"].value == pytest.approx(1 / 3)


def test_training_data_is_cut_to_the_number_of_fakes(clusters):
    train, real, fake = clusters(300), clusters(60), clusters(20)
    found = [
        tstr(*real, *fake, *train, rng=np.random.default_rng(seed))["tstr-gap"].extra["n_train"]
        for seed in (0, 1)
    ]
    assert found == [20, 20]
    assert tstr(*real, *train, *fake, rng=np.random.default_rng(0))["tstr-gap"].extra["n_train"] == 20


def test_a_solver_that_does_not_converge_gives_no_value(clusters, rng):
    with pytest.raises(Undefined, match="not converged in 1 iterations; raise iterations"):
        tstr(*clusters(60), *clusters(60), *clusters(60), iterations=1, rng=rng)


@pytest.mark.parametrize("side", range(3))
def test_an_empty_side_gives_no_value(side, clusters, rng):
    sides = [clusters(0 if number == side else 30) for number in range(3)]
    with pytest.raises(Undefined, match="tstr needs at least 1"):
        tstr(*(part for pair in sides for part in pair), rng=rng)


def test_features_that_are_not_finite_are_refused(clusters, rng):
    rows, labels = clusters(30)
    with pytest.raises(Invalid, match="non-finite"):
        tstr(rows, labels, np.where(rows == rows.max(), np.inf, rows), labels, rows, labels, rng=rng)
