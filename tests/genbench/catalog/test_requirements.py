"""The version of genbench that the distribution of a plugin requires."""

from __future__ import annotations

import pytest
from packaging.requirements import InvalidRequirement

from genbench import PluginError
from genbench.catalog.loader import check_requirements


@pytest.mark.parametrize(
    "requirement",
    [
        "genbench", "genbench>=0.1", "genbench (>=1.1)", "genbench[dask]<2,>=1", "genbench>=1.2.dev0",
        'genbench>=9; extra == "new"', 'genbench>=9; python_version < "3"', "genbench @ https://x.org/g.zip",
        "genbench-tools>=9", "genbench.tools>=9", "numpy>=9",
    ],
)  # fmt: skip
def test_a_requirement_that_is_met_is_let_through(requirement):
    check_requirements(["scipy>=99", requirement], "plug", "1.2.3")


@pytest.mark.parametrize(
    ("requirement", "version", "says", "remedy"),
    [
        ("genbench>=9", "1.2.3", "genbench>=9", "genbench"),
        ("Genbench[dask]~=1.3", "1.2.3", "genbench~=1.3", "genbench"),
        ("genbench==2.*", "1.2.3", "genbench==2.*", "genbench"),
        ("genbench>=9; python_version > '3'", "1.2.3", "genbench>=9", "genbench"),
        ("genbench<1", "1.2.3", "genbench<1", "plug"),
        ("genbench!=1.2.3", "1.2.3", "genbench!=1.2.3", "plug"),
        ("genbench>=1.2.3", "1.2.3.dev4", "genbench>=1.2.3", "genbench"),
    ],
)
def test_a_requirement_that_is_not_met_says_what_to_update(requirement, version, says, remedy):
    with pytest.raises(PluginError) as refused:
        check_requirements(["numpy", requirement], "plug", version)
    assert str(refused.value) == (f"its distribution says {says}, this is {version}; pip install -U {remedy}")


def test_a_requirement_that_nobody_can_read_is_named():
    with pytest.raises(InvalidRequirement, match=r"genbench>>9"):
        check_requirements(["genbench>>9"], "plug")


def test_a_release_candidate_counts_as_its_place_in_the_order_of_versions():
    check_requirements(["genbench>=1.1"], "plug", "1.2.0rc1")
    with pytest.raises(PluginError):
        check_requirements(["genbench>=1.2"], "plug", "1.2.0rc1")
