"""Logistic detection, beside sdmetrics and scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.detection.logistic_detection import detection_score, logistic_detection
from sklearn.model_selection import StratifiedKFold

from genbench import Samples, Undefined


@pytest.mark.parametrize(("case", "fake"), [("real,syn", "syn"), ("real,holdout", "holdout")])
@pytest.mark.parametrize("seed", [0, 1])
def test_with_equal_folds_it_is_what_scikit_learn_gives(oracles, encoded, case, fake, seed):
    (record,) = (
        each for each in oracles("logistic_detection_encoded") if each["case"] == f"{case}/seed={seed}"
    )
    rows = np.concatenate([encoded["real"], encoded[fake]]).astype(np.float64)
    is_fake = np.repeat([False, True], [len(encoded["real"]), len(encoded[fake])])
    folds = np.empty(len(rows), np.intp)
    splits = StratifiedKFold(3, shuffle=True, random_state=seed).split(rows, ~is_fake)
    for number, (_, inside) in enumerate(splits):
        folds[inside] = number
    assert detection_score(rows, is_fake, folds).value == pytest.approx(record["value"], abs=record["tol"])


@pytest.mark.parametrize("case", ["train,synthetic_known", "train,holdout"])
def test_on_average_over_folds_it_is_what_sdmetrics_gives(oracles, oracle_tables, request, case):
    (record,) = (each for each in oracles("logistic_detection") if each["case"] == case)
    name = case.partition(",")[2]
    train = oracle_tables["train"]
    if name == "holdout":
        fake = oracle_tables[name]
    else:  # sdmetrics takes no unknown category
        frame = pd.read_csv(request.path.parents[1] / "oracles" / f"inputs_{name}.csv")
        fake = Samples.of(
            "table", frame.assign(since=pd.to_datetime(frame["since"])).astype(train.data.dtypes)
        )
    without = [Samples.of("table", each.data.drop(columns="sex")) for each in (train, fake)]
    found = [logistic_detection(*without, rng=np.random.default_rng(seed)).value for seed in range(5)]
    assert np.mean(found) == pytest.approx(record["value"], abs=record["tol"])


def test_it_is_blind_to_dependence(pairs, shuffled):
    """A table of shuffled columns scores as fresh rows do; the trees of `c2st` see the difference."""
    real = pairs(400, 0)
    lost = logistic_detection(real, shuffled(pairs(400, 1)), rng=np.random.default_rng(0)).value
    assert lost > 0.9
    assert lost == pytest.approx(
        logistic_detection(real, pairs(400, 1), rng=np.random.default_rng(0)).value, abs=0.08
    )


def test_separated_tables_score_0_and_a_table_against_itself_1(pairs):
    real = pairs(60, 0)
    far = Samples.of("table", real.data.assign(x=real.data["x"] + 100))
    assert logistic_detection(real, far, rng=np.random.default_rng(0)).value == 0.0
    same = logistic_detection(real, real, rng=np.random.default_rng(0))
    assert same.value == 1.0
    assert same.extra["auc"] <= 0.5


@pytest.mark.parametrize("scale", [1000, -1e-4])
def test_units_of_a_number_and_other_names_of_categories_change_nothing(pairs, scale):
    sides = [pairs(150, 0), pairs(150, 1)]
    mapped = [
        Samples.of("table", side.data.assign(x=scale * side.data["x"] + 7, c="the " + side.data["c"]))
        for side in sides
    ]
    first, other = (logistic_detection(*each, rng=np.random.default_rng(0)) for each in (sides, mapped))
    assert other.extra["auc"] == pytest.approx(first.extra["auc"], abs=1e-3)  # where the solver stops


def test_unknown_categories_of_fakes_are_no_error(oracle_tables):
    found = logistic_detection(
        oracle_tables["train"], oracle_tables["synthetic"], rng=np.random.default_rng(0)
    )
    assert 0.8 < found.value <= 1


def test_fewer_than_three_rows_are_undefined(pairs):
    with pytest.raises(Undefined, match="3 folds need at least 3 samples; fake has 2"):
        logistic_detection(pairs(9, 0), pairs(2, 1), rng=np.random.default_rng(0))


def test_a_column_that_differs_in_each_row_is_named():
    rng = np.random.default_rng(0)
    sides = [
        Samples.of("table", pd.DataFrame({"no": np.arange(40) + first, "x": rng.normal(size=40)}))
        for first in (0, 1000)
    ]
    found = logistic_detection(*sides, rng=rng)
    assert found.extra["warning"].startswith("column 'no' differs in every real row")
    alone = [Samples.of("table", side.data.drop(columns="no")) for side in sides]
    assert set(logistic_detection(*alone, rng=rng).extra) == {"auc"}
