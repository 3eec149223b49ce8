"""The names of new packages."""

from __future__ import annotations

import pytest

from genbench.checks.scaffold.package import PackageNames, choose_unused_name, make_package_names
from genbench.core.errors import PluginError


@pytest.mark.parametrize("name", ["edge-gap", "genbench-edge-gap"])
def test_the_name_of_the_component_or_of_its_package_gives_all_three(name):
    assert make_package_names("metric", name) == PackageNames(
        "edge-gap", "genbench-edge-gap", "genbench_edge_gap"
    )


@pytest.mark.parametrize("name", ["Edge", "", "a b", "../x", "nan"])
def test_what_is_not_a_name_is_refused(name):
    with pytest.raises(PluginError, match="metric name"):
        make_package_names("metric", name)


def test_the_name_of_an_installed_module_is_refused():
    with pytest.raises(PluginError, match="genbench_controls would have the name of an installed one"):
        make_package_names("generator", "controls")


@pytest.mark.parametrize("name", ["lambda", "max", "np"])
def test_a_name_that_means_something_in_python_or_in_the_module_gets_the_kind_behind_it(name):
    assert choose_unused_name(name, "metric", {"np"}) == f"{name}_metric"
    assert choose_unused_name("edge-gap", "metric", {"np"}) == "edge_gap"
