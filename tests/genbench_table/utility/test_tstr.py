"""Train on synthetic, test on real, for targets of tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.utility.tasks import Side
from genbench_table.utility.tstr import as_many, tstr_boosting, tstr_linear

from genbench import Samples, Undefined

BOTH = pytest.mark.parametrize(
    ("metric", "name"), [(tstr_boosting, "tstr-boosting"), (tstr_linear, "tstr-linear")]
)


def rng():
    return np.random.default_rng(0)


def broken(table):
    """Return a table whose target does not depend on the other columns."""
    target = table.space.get("target")
    cells = table.data[target].sample(frac=1, random_state=0).to_numpy()
    frame = table.data.assign(**{target: pd.Series(cells, dtype=table.data[target].dtype)})
    return Samples.of("table", frame, target=target)


@BOTH
@pytest.mark.parametrize(("target", "measure", "chance"), [("kind", "auc", 0.5), ("price", "r2", 0.0)])
def test_fresh_rows_teach_as_much_as_training_rows_and_broken_ones_nothing(
    people, metric, name, target, measure, chance
):
    train, real, fresh = (people(n, n, target) for n in (301, 300, 299))
    good, bad = metric(fresh, train, real, rng=rng()), metric(broken(fresh), train, real, rng=rng())
    assert good[name].value > 0.85
    assert abs(good[f"{name}-gap"].value) < 0.1
    assert bad[name].value < chance + 0.15
    assert bad[f"{name}-gap"].value > 0.3
    assert good[name].extra[measure] == good[name].value
    trtr = good[f"{name}-gap"].extra["trtr"][measure]
    assert trtr - good[name].value == pytest.approx(good[f"{name}-gap"].value)


@BOTH
def test_copies_of_train_have_no_gap(people, metric, name):
    train, real = people(200, 0), people(200, 1)
    assert metric(train, train, real, rng=rng())[f"{name}-gap"].value == pytest.approx(0.0, abs=1e-12)


@BOTH
def test_a_class_that_fakes_lack_counts_a_half_and_one_that_is_new_is_no_error(people, metric, name):
    train, real = people(300, 0), people(300, 1)
    fake = people(300, 2)
    kinds = fake.data["kind"]
    without = Samples.of("table", fake.data[kinds != "high"].reset_index(drop=True), target="kind")
    assert 0.6 < metric(without, train, real, rng=rng())[name].value < 0.9
    new = Samples.of("table", fake.data.assign(kind=kinds.where(kinds != "high", "odd")), target="kind")
    assert 0.6 < metric(new, train, real, rng=rng())[name].value < 0.9
    one = Samples.of("table", fake.data.assign(kind=pd.Series(["low"] * 300, dtype=object)), target="kind")
    assert metric(one, train, real, rng=rng())[name].value == 0.5


@BOTH
@pytest.mark.parametrize("target", ["kind", "price"])
def test_units_of_a_number_and_other_names_of_categories_change_nothing(people, metric, name, target):
    tables = [people(120, seed, target) for seed in range(3)]
    mapped = [
        Samples.of(
            "table",
            each.data.assign(size=each.data["size"] / 2**12 - 1, town="old " + each.data["town"]),
            target=target,
        )
        for each in tables
    ]
    first, other = (metric(*each, rng=rng()) for each in (tables, mapped))
    for output in (name, f"{name}-gap"):
        assert other[output].value == pytest.approx(first[output].value, abs=1e-4)  # where the solver stops


def test_train_is_cut_to_as_many_rows_as_fakes(people):
    found = tstr_linear(people(60, 2), people(300, 0), people(100, 1), rng=rng())
    assert found["tstr-linear-gap"].extra["n_train"] == 60
    side = Side(np.arange(10.0)[:, None], np.arange(10), np.arange(10))
    assert as_many(side, 10, rng()) is side
    few = as_many(side, 4, rng()).kept
    assert (np.diff(few) > 0).all()
    assert len(few) == 4


def test_more_fakes_than_training_rows_are_a_caution_of_the_gap(people):
    train, real = people(60, 0), people(100, 1)
    found = tstr_linear(people(120, 2), train, real, rng=rng())
    assert found["tstr-linear-gap"].extra["warning"] == (
        "120 fakes and 60 training rows: more rows teach more, so the gap can flatter the fakes; lower n to "
        "60"
    )
    assert "warning" not in found["tstr-linear"].extra
    same = tstr_linear(people(66, 2), train, real, rng=rng())["tstr-linear-gap"].extra
    assert "warning" not in same
    assert "warning" in tstr_linear(people(67, 2), train, real, rng=rng())["tstr-linear-gap"].extra


def test_a_task_can_be_given(people):
    tables = [people(100, seed, "price") for seed in range(3)]
    rounded = [
        Samples.of("table", each.data.assign(price=each.data["price"].round().astype(int)), target="price")
        for each in tables
    ]
    as_classes = tstr_linear(*rounded, task="classes", rng=rng())["tstr-linear"].extra
    as_number = tstr_linear(*rounded, task="number", rng=rng())["tstr-linear"].extra
    assert (set(as_classes), set(as_number)) == ({"auc", "f1", "accuracy"}, {"r2", "rmse", "mae"})


def test_without_a_target_it_is_undefined(people):
    plain = Samples.of("table", people(30, 0).data)
    with pytest.raises(Undefined, match="the table has no target"):
        tstr_boosting(plain, plain, plain, rng=rng())


@pytest.mark.parametrize("metric", [tstr_boosting, tstr_linear])
def test_both_fits_are_logged(people, metric):
    told = []
    metric(people(60, 0), people(40, 1), people(50, 2), rng=rng(), log=lambda *step: told.append(step))
    assert told[0] == (0, 1000)
    assert (600, 1000) in told
    assert told[-1] == (1000, 1000)
