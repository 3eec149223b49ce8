"""Logistic regression against a reference and its formula."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from genbench_fidelity.utility.tstr import fit_logistic
from sklearn.metrics import roc_auc_score

from genbench.core.errors import Undefined

DATA = Path(__file__).parents[1] / "data"


def test_the_learner_s_ranking_equals_the_reference(tables):
    records = json.loads((DATA / "pairs.json").read_text())
    (record,) = [r for r in records if r["metric"] == "ml_efficacy"]
    for name, side in (("trtr", "real"), ("tstr", "syn")):
        fitted = fit_logistic(tables[f"{side}_x"], tables[f"{side}_t"], c=1.0, iterations=1000)
        ranking = fitted.model.decision_function(tables["holdout_x"])
        found = roc_auc_score(tables["holdout_t"], ranking)
        assert found == pytest.approx(record["value"][name], abs=record["tol"], rel=0), name


def test_its_optimum_is_that_of_the_formula(clusters):
    rows, labels = clusters(60)
    model = fit_logistic(rows, labels, c=0.5, iterations=1000).model

    def loss(weights, bias):
        logits = rows @ weights.T + bias
        losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(60), labels]
        return losses.sum() + np.square(weights).sum() / (2 * 0.5)

    best = loss(model.coef_, model.intercept_)
    for place in np.ndindex(3, 3):
        for step in (-0.02, 0.02):
            moved = model.coef_.copy()
            moved[place] += step
            assert loss(moved, model.intercept_) > best


def test_one_label_is_predicted_everywhere():
    fitted = fit_logistic(np.eye(3), np.array([7, 7, 7]), c=1.0, iterations=1)
    assert fitted.predict(np.zeros((2, 3))).tolist() == [7, 7]


def test_predictions_are_labels_of_the_fit(clusters):
    rows, labels = clusters(60)
    fitted = fit_logistic(rows, 10 * labels - 5, c=1.0, iterations=1000)
    assert set(fitted.predict(rows)) == {-5, 5, 15}


def test_a_solver_that_does_not_converge_is_undefined(clusters):
    with pytest.raises(Undefined, match="not converged in 1 iterations; raise iterations"):
        fit_logistic(*clusters(60), c=1.0, iterations=1)
