from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from genbench_table.datasets.network import Network, Node

from genbench import Invalid, Samples, checked_samples

# Two causes and three effects, small enough to sum over all 2 * 3 * 3 * 2 * 3 combinations of cells.
SEX = Node("sex", "category", ("f", "m"), np.array([0.6, 0.4]))
AGE = Node("age", "integer", (0, 10, 40, 60), np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]), ("sex",))
PAY = Node(
    "pay", "number", (0.0, 1.5, 4.0), np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.0, 0.9, 0.1]]), ("age",),
    has_gaps=True,
)  # fmt: skip
KEEN = Node(
    "keen", "boolean", ("False", "True"), np.array([[[0.5, 0.5], [0.2, 0.8], [0.6, 0.4]], [[0.9, 0.1]] * 3]),
    ("sex", "pay"),
)  # fmt: skip
SINCE = Node("since", "date", (0, 30, 60, 365), np.array([[0.2, 0.3, 0.5], [0.6, 0.2, 0.2]]), ("keen",))
NODES = (SEX, AGE, PAY, KEEN, SINCE)
LAW = Network(NODES)


def joint():
    """Return the probability of each combination of cells, by the definition."""
    law = np.zeros([len(node.labels) for node in NODES])
    for cells in itertools.product(*(range(len(node.labels)) for node in NODES)):
        at = dict(zip(LAW.names, cells, strict=True))
        law[cells] = np.prod([node.table[(*(at[p] for p in node.parents), at[node.name])] for node in NODES])
    return law


JOINT = joint()


@pytest.fixture(scope="module")
def rows():
    return LAW.sample(40_000, rng=np.random.default_rng(0))


def summed(*names):
    """Return the law of columns by summing the law of all."""
    axes = tuple(number for number, name in enumerate(LAW.names) if name not in names)
    return JOINT.sum(axis=axes)


def test_the_law_sums_to_one():
    assert JOINT.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", LAW.names)
def test_marginals_are_sums_of_the_joint_law(name):
    np.testing.assert_allclose(LAW.marginal(name), summed(name), atol=1e-12)


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(LAW.names, 2)))
def test_pairs_are_sums_of_the_joint_law(one, other):
    law = summed(one, other)
    expected = law if LAW.names.index(one) < LAW.names.index(other) else law.T
    np.testing.assert_allclose(LAW.pair(one, other), expected, atol=1e-12)


def test_conditional_laws_are_those_of_bayes():
    law = summed("sex", "pay", "since")
    np.testing.assert_allclose(
        LAW.conditional("sex", {"since": 2, "pay": 1}), law[:, 1, 2] / law[:, 1, 2].sum(), atol=1e-12
    )
    np.testing.assert_allclose(LAW.conditional("age", {}), summed("age"), atol=1e-12)
    with pytest.raises(ValueError, match="probability 0"):
        LAW.conditional("sex", {"age": 2, "pay": 0})


def test_entropy_and_mutual_information_are_sums_over_the_joint_law():
    p = JOINT[JOINT > 0]
    within = sum(float(summed(node.name) @ np.log(node.sizes)) for node in NODES)
    assert LAW.entropy == pytest.approx(within - float(np.sum(p * np.log(p))), abs=1e-12)
    pair, first, second = summed("sex", "since"), summed("sex"), summed("since")
    expected = float(np.sum(pair * np.log(pair / np.outer(first, second))))
    assert LAW.mutual_information("sex", "since") == pytest.approx(expected, abs=1e-12)


def test_the_correlation_is_that_of_all_points():
    """Integers are points, so all pairs can be summed."""
    one = Node("one", "integer", (0, 2, 5), np.array([0.3, 0.7]))
    two = Node("two", "integer", (0, 1, 4), np.array([[0.9, 0.1], [0.2, 0.8]]), ("one",))
    points = [
        (x, y, one.table[i] / size * two.table[i, j] / other)
        for i, (low, high) in enumerate(((0, 2), (2, 5)))
        for j, (start, end) in enumerate(((0, 1), (1, 4)))
        for size, other in [(high - low, end - start)]
        for x in range(low, high)
        for y in range(start, end)
    ]
    x, y, p = np.array(points).T
    dx, dy = x - p @ x, y - p @ y
    expected = (p @ (dx * dy)) / np.sqrt((p @ dx**2) * (p @ dy**2))
    assert Network((one, two)).correlation("one", "two") == pytest.approx(expected, abs=1e-12)


def test_the_correlation_of_numbers_is_that_of_many_draws():
    one = Node("one", "number", (0.0, 1.0, 5.0), np.array([0.5, 0.5]))
    two = Node("two", "number", (0.0, 2.0, 3.0), np.array([[0.9, 0.1], [0.2, 0.8]]), ("one",))
    law = Network((one, two))
    drawn = law.sample(100_000, rng=np.random.default_rng(0)).data
    assert drawn["one"].corr(drawn["two"]) == pytest.approx(law.correlation("one", "two"), abs=0.01)


def test_the_correlation_leaves_gaps_out():
    one = Node("one", "integer", (0, 1, 2), np.array([0.5, 0.5]))
    plain = np.array([[0.75, 0.25], [0.25, 0.75]])
    gaps = np.concatenate([plain * 0.8, np.full((2, 1), 0.2)], axis=1)
    for table, has_gaps in ((plain, False), (gaps, True)):
        two = Node("two", "integer", (0, 1, 2), table, ("one",), has_gaps=has_gaps)
        assert Network((one, two)).correlation("one", "two") == pytest.approx(0.5, abs=1e-12)


def test_rows_are_samples_of_the_declared_kinds(rows):
    checked_samples(rows)
    assert {name: str(dtype) for name, dtype in rows.data.dtypes.items()} == {
        "sex": "object", "age": "Int64", "pay": "float64", "keen": "boolean", "since": "datetime64[ns]",
    }  # fmt: skip
    assert rows.data["age"].between(0, 59).all()
    assert rows.data["pay"].dropna().between(0, 4, inclusive="left").all()


def test_rows_have_the_shares_of_the_law(rows):
    codes = LAW.cells(rows)
    counts = np.zeros_like(JOINT)
    np.add.at(counts, tuple(codes.T), 1)
    expected = JOINT * len(codes)
    assert (counts[expected == 0] == 0).all()
    chi = np.sum((counts - expected)[expected > 0] ** 2 / expected[expected > 0])
    freedom = (expected > 0).sum() - 1
    assert abs(chi - freedom) < 5 * np.sqrt(2 * freedom)


def test_values_are_uniform_within_their_cells(rows):
    pay = rows.data["pay"].dropna()
    upper = pay[pay >= 1.5]
    assert upper.mean() == pytest.approx(2.75, abs=0.03)
    days = rows.data["since"].dt.day_of_year[rows.data["since"] < "1970-01-31"]
    assert days.mean() == pytest.approx(15.5, abs=0.4)


def test_the_density_is_that_of_the_definition(rows):
    codes, nats = LAW.cells(rows)[:200], LAW.log_likelihood(rows.take(slice(200)))
    sizes = np.array([[node.sizes[code] for node, code in zip(NODES, row, strict=True)] for row in codes])
    np.testing.assert_allclose(nats, np.log(JOINT[tuple(codes.T)]) - np.log(sizes).sum(axis=1), atol=1e-12)
    mean = LAW.log_likelihood(rows)
    assert -mean.mean() == pytest.approx(LAW.entropy, abs=5 * mean.std() / len(mean) ** 0.5)


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [
        ("sex", "x", -1),
        ("sex", None, -1),
        ("age", None, -1),
        ("age", 60, 2),
        ("age", -1, 0),
        ("pay", 4.0, 1),
        ("pay", -0.1, 0),
        ("since", pd.Timestamp("1971-01-01"), 2),
        ("since", pd.Timestamp("1970-01-30T12:00"), 0),
    ],
)
def test_a_value_that_the_law_excludes_has_no_density_and_the_nearest_cell_if_any(rows, column, value, cell):
    few = rows.take(slice(2))
    frame = few.data.copy()
    frame.loc[1, column] = value
    other = Samples(frame.astype(few.data.dtypes), few.space)
    assert LAW.cells(other)[1, LAW.names.index(column)] == cell
    assert np.isfinite(LAW.log_likelihood(other)).tolist() == [True, False]


def test_a_gap_is_a_cell_of_a_column_that_has_gaps(rows):
    gaps = rows.data["pay"].isna().to_numpy()
    assert set(LAW.cells(rows)[gaps, 2]) == {2}
    assert np.isfinite(LAW.log_likelihood(rows)).all()


def test_a_table_of_other_columns_is_refused(rows):
    other = Samples.of("table", rows.data.drop(columns="sex"))
    with pytest.raises(Invalid, match="the column 'sex' is not in both; the truth has sex, age, pay"):
        LAW.cells(other)


def test_labels_name_the_cells():
    assert SEX.labels == ("f", "m")
    assert PAY.labels == ("[0, 1.5)", "[1.5, 4)", "missing")
    assert SINCE.sizes.tolist() == [30, 30, 305]
