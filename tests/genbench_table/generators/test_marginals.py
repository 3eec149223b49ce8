from __future__ import annotations

import numpy as np
from genbench_table.generators.marginals import Marginals


def test_cells_are_those_of_the_column_with_its_gaps(people):
    drawn = Marginals(people).sample(4000, rng=np.random.default_rng(0)).data
    for name, column in people.data.items():
        assert set(drawn[name].dropna()) <= set(column.dropna())
        assert abs(drawn[name].isna().mean() - column.isna().mean()) < 0.03


def test_columns_do_not_depend_on_one_another(people):
    drawn = Marginals(people).sample(4000, rng=np.random.default_rng(0)).data
    assert people.data["age"].corr(people.data["income"]) > 0.7
    assert abs(drawn["age"].corr(drawn["income"])) < 0.06
