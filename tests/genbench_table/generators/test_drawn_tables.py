"""All generators of tables give rows of the training table's space, also of odd tables."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_table.generators import SPECS

from genbench import checked_samples
from genbench.contract.signature import resolve

FITTED = [spec for spec in SPECS if spec.name != "table-command"]  # it needs a program


@pytest.fixture(params=FITTED, ids=lambda spec: spec.name)
def make(request):
    """Return a function that fits the generator."""
    options = {"steps": 2} if request.param.name == "tvae" else {}
    injected = {"rng": np.random.default_rng(0), "log": lambda *_, **__: None}

    def fit(train):
        made = resolve(request.param.make)
        asked = made.__init__.__annotations__
        return made(train, **options, **{name: injected[name] for name in injected if name in asked})

    return fit


@pytest.mark.parametrize("table", ["people", "odd"])
def test_rows_are_of_the_training_space(make, table, request):
    train = request.getfixturevalue(table)
    drawn = make(train).sample(37, rng=np.random.default_rng(1))
    assert checked_samples(drawn).space == train.space
    assert len(drawn) == 37
    assert drawn.data.dtypes.equals(train.data.dtypes)


def test_a_constant_stays_constant_and_an_empty_column_empty(make, odd):
    drawn = make(odd).sample(25, rng=np.random.default_rng(1)).data
    assert drawn["same"].tolist() == pytest.approx([7.0] * 25)
    assert drawn["empty"].isna().all()
    assert drawn["nothing"].isna().all()
    assert drawn["count"].dropna().between(0, 4).all()


def test_equal_streams_give_equal_rows_and_others_do_not(make, people):
    model = make(people)
    first, second, other = (model.sample(30, rng=np.random.default_rng(seed)).data for seed in (1, 1, 2))
    assert first.equals(second)
    assert not first.equals(other)
