"""Functions and classes of a component's module, read without importing it."""

from __future__ import annotations

import pytest

from genbench import MetricSpec
from genbench.catalog.catalog import load_catalog
from genbench.contract.signature import read_contract, read_declared_inputs, read_definitions


def metric(make):
    return MetricSpec(name="gap", make=make, direction="lower")


def test_the_inputs_are_those_of_the_contract():
    for component in load_catalog(only=["genbench"]).of_kind("metric"):
        assert read_declared_inputs(component.spec) == read_contract(component.spec).inputs
    assert read_declared_inputs(metric(lambda real, fake, rng, *, k=1: 0.0)) == ("real", "fake")


def test_the_module_is_not_imported(modules_loaded_by):
    code = (
        "from genbench import MetricSpec\nfrom genbench.contract.signature import read_declared_inputs\n"
        "make = 'genbench_text.likelihood.perplexity:perplexity'\n"
        "spec = MetricSpec(name='gap', make=make, direction='lower')\n"
        "assert read_declared_inputs(spec) == ('sampler', 'real')"
    )
    assert "genbench_text.likelihood.perplexity" not in modules_loaded_by(code)


@pytest.mark.parametrize(
    "make", ["no_such_module:gap", "ast:NodeVisitor", "ast:no_such_function", "sys:exit"]
)
def test_inputs_that_cannot_be_read_are_none(make):
    assert read_declared_inputs(metric(make)) is None


def test_a_module_without_a_file_has_no_definitions():
    assert read_definitions("sys") == {}
    assert {"parse", "NodeVisitor"} <= set(read_definitions("ast"))
