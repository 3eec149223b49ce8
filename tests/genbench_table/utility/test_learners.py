"""Learners, beside the reference values of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_table.encoding.encoding import Encoding, fit_encoding
from genbench_table.utility.learners import fit, linear_classifier, of_classes
from genbench_table.utility.tasks import task_of

from genbench import Samples


@pytest.mark.parametrize(("metric", "name"), [("trtr_auc", "train"), ("tstr_auc", "synthetic")])
def test_the_linear_classifier_gives_the_reference_values(oracles, oracle_tables, metric, name):
    """They leave the dates out, have no column for the gaps of `hours`, and one for those of `region`."""
    (record,) = oracles(metric)
    tables = {
        side: Samples.of("table", table.data.drop(columns=["since", "rich"]))
        for side, table in oracle_tables.items()
    }
    found = fit_encoding(tables["train"])
    encoding = Encoding(tuple((column, scale, column == "region") for column, scale, _ in found.columns))
    answers = {side: (table.data["rich"] == "yes").to_numpy() for side, table in oracle_tables.items()}
    model = linear_classifier().fit(encoding.encode(tables[name]), answers[name])
    probabilities = model.predict_proba(encoding.encode(tables["holdout"]))
    area = of_classes(answers["holdout"].astype(np.int64), probabilities)["auc"]
    assert area == pytest.approx(record["value"], abs=record["tol"])


@pytest.mark.parametrize("learner", ["boosting", "linear"])
def test_learners_learn_classes_and_numbers(people, learner):
    for target in ("kind", "price"):
        train, real = people(400, 0, target), people(100, 1, target)
        task = task_of((train, train, real), ("fake", "train", "real"), learner, "auto")
        side, tested = task.sides[0], task.sides[2]
        predicted = fit(task, side, learner, np.random.default_rng(0))(tested.rows)
        if target == "kind":
            np.testing.assert_allclose(predicted.sum(axis=1), 1)
            assert (predicted.argmax(axis=1) == tested.answers).mean() > 0.75
        else:
            assert np.corrcoef(predicted, tested.answers)[0, 1] > 0.9


@pytest.mark.parametrize("learner", ["boosting", "linear"])
def test_a_class_that_is_not_taught_has_the_probability_0(people, learner):
    train = people(200, 0)
    task = task_of((train, train), ("fake", "train"), learner, "auto")
    side = task.sides[0]
    two, one = (side.take(np.flatnonzero(side.answers < most)) for most in (2, 1))
    predicted = fit(task, two, learner, np.random.default_rng(0))(side.rows)
    assert (predicted[:, 2] == 0).all()
    predicted = fit(task, one, learner, np.random.default_rng(0))(side.rows)
    assert predicted.tolist() == [[1.0, 0.0, 0.0]] * 200
