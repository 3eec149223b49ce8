from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_modalities.table import Table
from numpy.random import default_rng

from genbench import Invalid, Samples
from genbench.core.samples import digests

FRAME = pd.DataFrame(
    {
        "count": [1, 5, 9, 3],
        "share": [0.25, None, 0.75, 0.5],
        "name": ["a", "b", None, "a"],
        "class": pd.Categorical(["x", "y", "x", "x"]),
        "is_new": [True, False, True, True],
        "day": pd.to_datetime(["2026-01-01", "2026-01-31", None, "2026-01-02"]),
        "empty": pd.Series([None] * 4, dtype=object),
        "maybe": pd.array([1, None, 3, 2], dtype="Int64"),
    }
)


def test_a_frame_is_a_table_and_other_objects_are_none():
    made = Table().from_memory(FRAME, None)
    assert dict(made.space.get("columns"))["count"] == "int64"
    assert Table().from_memory(np.zeros((2, 3)), None) is None


def test_a_row_is_shown_as_a_line_for_each_column():
    rendering = Table().render(Samples.of("table", FRAME[["count", "name"]]), 1)
    assert (rendering.media_type, rendering.content) == ("text/plain", b"count: 5\nname: b")


def test_noise_is_uniform_over_each_column_and_keeps_its_dtype():
    drawn = Table().noise(Samples.of("table", FRAME))(2000, default_rng(0))
    assert drawn.dtypes.to_dict() == FRAME.dtypes.to_dict()
    assert set(drawn["count"]) == set(range(1, 10))
    assert 0.25 <= drawn["share"].min() < 0.26
    assert 0.74 < drawn["share"].max() <= 0.75
    assert abs((drawn["name"].dropna() == "a").mean() - 0.5) < 0.05  # over distinct names, not over rows
    assert abs(drawn["is_new"].mean() - 0.5) < 0.05
    assert drawn["day"].between("2026-01-01", "2026-01-31").mean() > 0.7
    assert drawn["empty"].isna().all()
    assert set(drawn["maybe"].dropna()) == {1, 2, 3}


def test_cells_are_missing_as_often_as_in_train():
    drawn = Table().noise(Samples.of("table", FRAME))(2000, default_rng(0))
    shares = drawn.isna().mean()
    assert abs(shares["share"] - 0.25) < 0.04
    assert abs(shares["name"] - 0.25) < 0.04
    assert shares["count"] == 0


def test_a_table_gets_the_columns_target_and_levels_of_another():
    frame = FRAME[["count", "name"]]
    parameters = {"target": "name", "ordered": (("name", ("b", "a")),)}
    real = Samples.of("table", frame, **parameters)
    made = Table().adapt(
        Samples.of("table", frame[["name", "count"]].astype({"count": "float64"})), real.space
    )
    assert made.space == real.space
    pd.testing.assert_frame_equal(made.data, frame)
    assert Table().from_memory(frame, real.space).space == real.space


def test_a_target_that_is_no_column_and_a_text_that_is_no_level_are_refused():
    frame = FRAME[["count", "name"]]
    with pytest.raises(Invalid, match=r"target 'price' is no column; expected one of count, name"):
        Table().check(Samples.of("table", frame, target="price"))
    with pytest.raises(Invalid, match=r"ordered 'price' is no column"):
        Table().check(Samples.of("table", frame, ordered=(("price", ("low", "high")),)))
    with pytest.raises(Invalid, match=r"column 'name' holds 'b'; expected one of a, c"):
        Table().check(Samples.of("table", frame, ordered=(("name", ("a", "c")),)))
    Table().check(Samples.of("table", frame, target="count", ordered=(("name", ("a", "b")),)))


def test_rows_with_texts_that_look_alike_are_the_same():
    other = FRAME.assign(
        name=["a ", "\u200bb", None, "a"], **{"class": pd.Categorical(["x", " y", "x", "x"])}
    )
    forms = [
        digests(Samples.of("table", Table().same(Samples.of("table", frame)))) for frame in (FRAME, other)
    ]
    assert forms[0] == forms[1] == digests(Samples.of("table", FRAME))
    changed = Table().same(Samples.of("table", FRAME.assign(name=["A", "b", None, "a"])))
    assert digests(Samples.of("table", changed))[0] != forms[0][0]


def test_cells_of_objects_are_texts_as_for_metrics_and_missing_ones_stay():
    frame = pd.DataFrame({"mixed": pd.Series([1, True, "a\u00a0b", None, 2.5], dtype=object)})
    assert Table().same(Samples.of("table", frame))["mixed"].tolist() == ["1", "True", "a b", None, "2.5"]
