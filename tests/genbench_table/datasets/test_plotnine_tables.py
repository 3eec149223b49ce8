from __future__ import annotations

import sys

import pytest
from genbench_table.datasets.plotnine_tables import diamonds, penguins

from genbench import Absent, checked_samples, digests
from genbench.files import read as file_reading

needs_plotnine = pytest.mark.extras("plotnine")


@needs_plotnine
def test_diamonds_are_a_subset_by_content():
    samples = diamonds(n=300).samples
    checked_samples(samples)
    assert samples.data.shape == (300, 10)
    assert samples.data["price"].max() > 10_000  # the first rows of the file are cheaper
    assert samples.space.get("target") == "price"
    assert [name for name, _ in samples.space.get("ordered")] == ["cut", "color", "clarity"]
    assert set(digests(samples)) <= set(digests(diamonds(n=400).samples))


@needs_plotnine
def test_penguins_have_gaps_in_numbers_integers_and_categories():
    samples = penguins().samples
    checked_samples(samples)
    assert samples.data.isna().sum().to_dict() == {
        "species": 0, "island": 0, "bill_length_mm": 2, "bill_depth_mm": 2, "flipper_length_mm": 2,
        "body_mass_g": 2, "sex": 11, "year": 0,
    }  # fmt: skip
    assert samples.data["species"].value_counts().to_dict() == {"Adelie": 152, "Gentoo": 124, "Chinstrap": 68}


@needs_plotnine
def test_plotnine_is_not_imported():
    penguins()
    assert "plotnine" not in sys.modules


@pytest.mark.parametrize("read", [diamonds, penguins])
def test_without_plotnine_the_command_that_installs_it_is_named(read, monkeypatch):
    monkeypatch.setattr(file_reading.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(Absent, match=r"run `pip install --no-deps plotnine==0\.15\.9`$"):
        read()
