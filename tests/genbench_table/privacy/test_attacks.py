"""Attacks on single rows: anonymeter's numbers, planted copies, fresh rows, and what a risk rests on."""

from __future__ import annotations

import json
import operator
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from genbench_table.columns.values import columns_of
from genbench_table.privacy.closest import closest, closest_rows
from genbench_table.privacy.domias import domias, true_positives
from genbench_table.privacy.mixed_rows import capped_distance
from genbench_table.privacy.neighbour_attacks import attribute_inference, linkability
from genbench_table.privacy.risks import Attack, residual_risk
from genbench_table.privacy.singling_out import (
    Condition,
    match_rows,
    singling_out_multivariate,
    singling_out_univariate,
)
from sklearn.metrics import roc_auc_score, roc_curve

from genbench import Samples, Score, Undefined, concat

FOLDER = Path(__file__).parents[1] / "oracles"
RECORDS = json.loads((FOLDER / "anonymeter.json").read_text(encoding="utf-8"))["records"]
RISKS = {
    "singling-out-univariate": singling_out_univariate,
    "singling-out-multivariate": singling_out_multivariate,
    "linkability": linkability,
    "attribute-inference": attribute_inference,
}
WARNING = "a failed attack is no guarantee of privacy: a stronger attack may succeed"


def records(metric):
    """Return the values that anonymeter computed for a metric."""
    return [record for record in RECORDS if record["metric"] == metric]


@pytest.fixture(scope="module")
def known():
    """Return the tables of anonymeter's values: `train`, `control`, and `synthetic` with 60 rows of train."""
    tables = pd.read_csv(FOLDER / "inputs_attacks.csv", dtype={"group": "object", "town": "object"})
    return {side: Samples.of("table", rows.drop(columns="side")) for side, rows in tables.groupby("side")}


def seeded(seed=0):
    return np.random.default_rng(seed)


def attack(metric, tables, **options):
    sides = tables["synthetic"], tables["train"], tables["control"]
    return RISKS[metric](*sides, rng=seeded(), **options)


def test_a_risk_and_its_interval_are_those_of_anonymeter():
    for record in records("risk"):
        guesses, train, naive, control = record["counts"]
        if train <= naive:
            with pytest.raises(Undefined, match=r"^undetermined: the attack is right in "):
                residual_risk(Attack(guesses, train, control, naive), {})
            continue
        found = residual_risk(Attack(guesses, train, control, naive), {})
        expected = [record[name] for name in ("value", "low", "high")]
        assert [found.value, found.low, found.high] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("record", records("linkability") + records("attribute-inference"))
def test_links_and_guesses_are_those_of_anonymeter(known, record):
    options = (
        {"secret": record["secret"]}
        if "secret" in record
        else {"columns": tuple(record["first"]), "neighbours": record["neighbours"]}
    )
    found = attack(record["metric"], known, **options)
    assert found.extra["guesses"] == 150
    right = [150 * found.extra[side] for side in ("train", "control")]
    assert right == pytest.approx([record["train"], record["control"]])
    expected = [record[name] for name in ("value", "low", "high")]
    assert [found.value, found.low, found.high] == pytest.approx(expected, abs=1e-12)


def test_all_predicates_of_rare_values_are_those_of_anonymeter(known):
    (record,) = records("singling-out-univariate")
    found = attack("singling-out-univariate", known, attacks=100_000)
    assert found.extra["guesses"] == record["guesses"]
    right = [found.extra["guesses"] * found.extra[side] for side in ("train", "control")]
    assert right == pytest.approx([record["train"], record["control"]])


def test_combined_predicates_are_true_for_as_many_rows_as_in_anonymeter(known):
    (record,) = records("singling-out-multivariate")
    columns = columns_of(*(known[side] for side in ("synthetic", "train", "control")))
    for query, counts in zip(record["queries"], record["counts"], strict=True):
        predicate = tuple(condition(part, columns) for part in query.split(" & "))
        sides = (np.column_stack([c.sides[side] for c in columns]).astype(float) for side in range(3))
        assert [match_rows(predicate, rows).sum() for rows in sides] == counts


def condition(text, columns):
    """Return a condition of a query of pandas."""
    name, sign, value = re.fullmatch(r"(\w+)(>=|<=|==) (.*)", text).groups()
    place = next(place for place, column in enumerate(columns) if column.name == name)
    levels = columns[place].levels
    number = levels.index(value.strip("'")) if levels else float(value)
    return Condition(place, {">=": operator.ge, "<=": operator.le, "==": operator.eq}[sign], number)


@pytest.fixture(scope="module")
def planted(known):
    """Return a function of the share of copies that returns fakes, train and unseen rows of one law."""
    rows = concat([known["train"], known["control"]])
    order = seeded(3).permutation(300)
    train, real, fresh = (rows.take(part) for part in np.split(order, 3))

    def tables(share):
        copies = round(share * 100)
        return concat([train.take(np.arange(copies)), fresh.take(np.arange(copies, 100))]), train, real

    return tables


@pytest.mark.parametrize("metric", RISKS)
def test_copies_of_training_rows_raise_a_risk_and_fresh_rows_do_not(metric, planted):
    tenth, half, all_rows = (RISKS[metric](*planted(share), rng=seeded()) for share in (0.1, 0.5, 1))
    try:
        fresh = RISKS[metric](*planted(0), rng=seeded())
    except Undefined:  # no more links than a naive attack finds
        fresh = Score(0.0, 0.0)
    assert fresh.low == 0.0 <= fresh.value < tenth.value
    assert tenth.value < half.value < all_rows.value
    assert half.low > 0.15
    assert all_rows.low > 0.9


def test_copies_of_training_rows_are_found_as_members_and_fresh_rows_are_not(planted):
    fresh, tenth, half, all_rows = (domias(*planted(share), rng=seeded()) for share in (0, 0.1, 0.5, 1))
    assert fresh["domias-auc"].low < 0.5 < fresh["domias-auc"].high
    areas = [scores["domias-auc"].value for scores in (fresh, tenth, half, all_rows)]
    shares = [scores["domias-tpr"].value for scores in (fresh, tenth, half, all_rows)]
    assert areas == sorted(areas)
    assert shares == sorted(shares)
    assert half["domias-auc"].low > 0.6
    assert [shares[1], shares[2], shares[3]] == pytest.approx([0.1, 0.5, 1.0], abs=0.06)


@pytest.mark.parametrize("metric", [*RISKS, "domias"])
def test_a_number_of_an_attack_is_no_guarantee_and_is_the_same_at_one_seed(metric, planted):
    function = RISKS.get(metric, domias)
    first, again = (function(*planted(0.5), rng=seeded(7)) for _ in range(2))
    assert first == again
    scores = first.values() if isinstance(first, dict) else [first]
    assert all(score.extra["warning"].startswith(WARNING) for score in scores)


def test_the_warning_also_names_identifiers(numbered):
    found = linkability(numbered(60, 0), numbered(60, 0), numbered(60, 1), rng=seeded())
    assert "column 'no'" in found.extra["warning"]


@pytest.mark.parametrize(("function", "reason"), [(linkability, "0 of 50"), (attribute_inference, "no col")])
def test_an_attack_that_beats_no_naive_one_is_undetermined(function, reason):
    """Fakes far from all rows, of which no two columns have one fake as the closest."""
    rng = seeded()
    train, real, fake = (
        Samples.of("table", pd.DataFrame(start + rng.uniform(size=(n, 2)), columns=["x", "y"]))
        for n, start in ((50, 0.0), (50, 0.0), (400, 1e3))
    )
    with pytest.raises(Undefined, match=f"^undetermined: .*{reason}"):
        function(fake, train, real, rng=rng)


def test_fewer_unseen_rows_than_training_rows_are_no_risk_and_are_warned_of(draw):
    """Fewer rows are easier to single out, so as many of both sides are attacked."""
    found = singling_out_multivariate(draw(400, 2), draw(400, 0), draw(100, 1), rng=seeded())
    assert found.low == 0.0
    assert "100 of 400 different training rows are attacked" in found.extra["warning"]


def test_without_a_rare_value_there_is_no_attack():
    table = Samples.of("table", pd.DataFrame({"c": ["a", "b"] * 5, "k": [1, 2] * 5}))
    wide = Samples.of("table", pd.DataFrame({"c": ["a", "a", "b", "b"], "k": ["c", "d", "c", "d"]}))
    assert singling_out_univariate(table, table, wide_of(table), rng=seeded()).value > 0
    with pytest.raises(Undefined, match="no predicate singles out a fake"):
        singling_out_univariate(wide, wide, wide, rng=seeded())


def wide_of(table):
    return Samples.of("table", pd.DataFrame({"c": ["a", "b", "a", "b"], "k": [1, 2, 2, 1]}))


def test_predicates_that_hit_one_row_count_as_fewer_guesses():
    alone = residual_risk(Attack(100, 40, 10, 2), {})
    together = residual_risk(Attack(100, 40, 10, 2, (4.0, 1.0)), {})
    assert together.value == alone.value
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_a_guess_is_right_near_a_number_and_equal_to_anything_else():
    frame = pd.DataFrame(
        {
            **{name: [0.0, 1.0, 2.0, 3.0] for name in "xuv"},
            "loss": [-100.0, -200.0, 300.0, np.nan],
            "day": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03", None]),
        }
    )
    fake = frame.assign(loss=[-104.0, 200.0, 330.0, np.nan], day=frame["day"] + pd.Timedelta(days=1))
    train, fakes = Samples.of("table", frame), Samples.of("table", fake)

    def share(secret):
        unseen = train.take(np.array([3, 2, 1, 0]))
        return attribute_inference(fakes, train, unseen, secret=secret, rng=seeded()).extra["train"]

    assert share("loss") == 0.5  # -104 for -100, and the gap
    assert share("day") == 0.25  # the gap: a day later is wrong


def test_a_column_that_the_table_lacks_is_named(draw):
    table = draw(20, 0)
    with pytest.raises(Undefined, match="no column 'z'; it has x, k, since"):
        linkability(table, table, table, columns=("z",), rng=seeded())
    with pytest.raises(Undefined, match="no column 'z'; it has x, k, since"):
        attribute_inference(table, table, table, secret="z", rng=seeded())  # noqa: S106 - a column
    with pytest.raises(Undefined, match="a column on each side"):
        linkability(table, table, table, columns=tuple(table.data.columns), rng=seeded())
    with pytest.raises(Undefined, match="it got 20"):
        linkability(table, table, table, neighbours=21, rng=seeded())


def test_the_mean_risk_of_columns_has_their_risks_as_parts(known):
    found = attack("attribute-inference", known)
    one = {record["secret"]: record["value"] for record in records("attribute-inference")}
    parts = found.extra["parts"]
    assert {name: parts[name] for name in one} == pytest.approx(one)
    assert found.value == pytest.approx(np.mean(list(parts.values())), abs=1e-9)
    widths = [attack("attribute-inference", known, secret=name) for name in parts]
    assert found.high - found.low < np.mean([each.high - each.low for each in widths])


def test_a_reference_tells_close_fakes_from_a_dense_region():
    """Members are the rows of a sparse region; distances alone call all rows of a dense one members."""
    rng = seeded()

    def rows(n):
        is_dense = np.arange(n) < n / 2
        scale = np.where(is_dense, 0.01, 10.0)[:, None]
        return pd.DataFrame(rng.normal(size=(n, 3)) * scale + 50 * is_dense[:, None], columns=list("abc"))

    train, real, fake = rows(200), rows(200), rows(200)
    fake.iloc[100:] = train.iloc[100:] + rng.normal(0, 0.05, size=(100, 3))
    tables = [Samples.of("table", frame) for frame in (fake, train, real)]
    found = domias(*tables, rng=seeded())["domias-tpr"]
    assert found.low <= found.value <= found.high
    assert found.value > 0.4
    columns = columns_of(*tables)
    to_fake = (closest(capped_distance(columns, side, 0, (1, 2)))[None, :, 0] for side in (1, 2))
    assert true_positives(*(-distances for distances in to_fake), 0.01)[0] < 0.1


def test_areas_and_shares_are_those_of_scikit_learn():
    rng = seeded()
    inside, outside = rng.normal(0.7, size=300).round(1), rng.normal(size=200).round(1)
    truth = np.repeat([1, 0], [300, 200])
    rates = roc_curve(truth, np.concatenate([inside, outside]), drop_intermediate=False)
    for limit in (0.001, 0.01, 0.1, 0.5):
        expected = max(found for false, found in zip(*rates[:2], strict=True) if false <= limit)
        assert true_positives(inside[None], outside[None], limit)[0] == pytest.approx(expected)


def test_a_training_row_that_equals_its_fake_and_its_reference_is_even(draw):
    """0 / 0 is 1: a table of two rows alone tells nothing."""
    table = Samples.of("table", pd.DataFrame({"c": ["a", "b"] * 20}))
    scores = domias(table, table, table, neighbours=1, rng=seeded())
    assert scores["domias-auc"].value == 0.5
    assert scores["domias-tpr"].value == 0.0
    with pytest.raises(Undefined, match="at least 4 samples of real; it has 3"):
        domias(table, table, table.take(np.arange(3)), rng=seeded())


def test_the_area_of_members_is_that_of_their_ratios(draw):
    fake, train, real = draw(40, 2), draw(30, 0), draw(20, 1)
    found = domias(fake, train, real, neighbours=2, attacks=30, rng=seeded(5))
    rng = seeded(5)
    order = rng.permutation(20)
    members = train.take(rng.permutation(30))
    columns = columns_of(fake, real.take(order[:10]), members, real.take(order[10:]))

    def ratios(side):
        near, usual = (
            closest(capped_distance(columns, side, other, (1, 2, 3)), k)[:, -1]
            for other, k in ((0, 1), (1, 2))
        )
        return usual / near

    scores = np.concatenate([ratios(2), ratios(3)])
    assert found["domias-auc"].value == pytest.approx(roc_auc_score(np.repeat([1, 0], [30, 10]), scores))


def test_the_closest_rows_are_those_of_all_pairs_and_the_first_of_equal_ones(draw):
    columns = columns_of(draw(70, 0), concat([draw(90, 1), draw(90, 1)]))
    places = closest_rows(capped_distance(columns, 0, 1), 3)
    assert places.shape == (70, 3)
    assert (places[:, 0] < 90).all()
    assert (places[:, 1] == places[:, 0] + 90).all()
    distances = closest(capped_distance(columns, 0, 1), 180)
    every = closest_rows(capped_distance(columns, 0, 1), 180)
    assert (np.sort(every, axis=1) == np.arange(180)).all()
    assert (np.diff(distances, axis=1) >= 0).all()
