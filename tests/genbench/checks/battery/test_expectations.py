"""What an author expects under planted faults."""

from __future__ import annotations

import re

import pytest

from genbench import MetricSpec, Output, PluginError, anything, better, falls, rises, unchanged, worse
from genbench.catalog.catalog import find_declaration, load_catalog
from genbench.checks.battery.faults import read_expects, read_faults, unknown_faults
from genbench.contract.faults import PENALISED

FAULTS = read_faults(load_catalog(only=["modalities"]))
PUNISHED = [name for name, levels in FAULTS.items() if levels[0].effect in PENALISED]
WHO = "metric 'm' of d"


def work():
    """Do nothing: these specs are never used."""


def output_with(expects, direction="none"):
    return Output(name="gap", direction=direction, best=0.0, expects=expects)


def read(expects, direction="none", faults=FAULTS, home=""):
    return read_expects(output_with(expects, direction), WHO, faults, home)


def test_one_value_stands_for_all_levels_of_a_fault():
    assert read({"noise": rises}) == {"noise": (rises, rises, rises)}


def test_a_tuple_stands_for_the_levels_mildest_first():
    levels = (unchanged, falls, falls)
    assert read({"blur": levels}) == {"blur": levels}
    assert read({"duplicates": (falls,)}) == {"duplicates": (falls,)}


def test_what_is_said_of_an_extractor_goes_first():
    expects = read({"noise": rises, "noise[pixels]": falls})
    assert find_declaration(expects, "noise", "pixels")[0] == falls
    assert find_declaration(expects, "noise", "digits-classifier")[0] == rises
    assert find_declaration(expects, "noise", None)[0] == rises
    assert find_declaration(expects, "blur", "pixels") is None


@pytest.mark.parametrize(
    ("expects", "message"),
    [
        ({"noise": (rises, falls)}, "has 2 levels; the fault has 3"),
        ({"duplicates": (rises, falls)}, "has 2 levels; the fault has 1"),
    ],
)
def test_another_number_of_levels_is_refused_with_the_metric_s_name(expects, message):
    (fault,) = expects
    with pytest.raises(PluginError, match=f"^{WHO}: output 'gap': expects\\['{fault}'\\] {message}$"):
        read(expects)


@pytest.mark.parametrize("fault", PUNISHED)
@pytest.mark.parametrize("direction", ["lower", "higher", "target"])
@pytest.mark.parametrize("failure", [better, unchanged])
def test_a_ranked_metric_that_does_not_punish_a_fault_has_to_call_it_a_failure(fault, direction, failure):
    said = (
        f"{WHO}: output 'gap': expects['{fault}']: {failure} is a failure of a ranked metric, which this "
        f'fault should make worse; write {failure}.because("why"), or anything'
    )
    with pytest.raises(PluginError, match=re.escape(said)):
        read({fault: worse | failure}, direction)
    read({fault: worse | failure.because("why")}, direction)
    read({fault: worse}, direction)


@pytest.mark.parametrize("expected", [anything, unchanged | worse | better])
def test_a_ranked_metric_may_expect_nothing(expected):
    assert read({"noise": expected}, "lower")["noise"][0].is_open


def test_what_is_not_to_be_punished_needs_no_failure():
    assert read({"duplicates": unchanged, "smaller-n": better, "row-order": unchanged}, "lower")
    assert read({"noise": unchanged}, "none")


def test_expectations_of_several_numbers_belong_to_each():
    outputs = (Output(name="precision", direction="higher", expects={"noise": worse}),)
    assert MetricSpec(name="pr", make=work, outputs=outputs).scores[0].expects == {"noise": worse}
    with pytest.raises(PluginError, match="expects belongs to each of its outputs"):
        MetricSpec(name="pr", make=work, outputs=outputs, expects={"noise": worse})


def test_the_number_of_a_metric_carries_what_it_expects():
    assert MetricSpec(name="gap", make=work, expects={"noise": rises}).scores[0].expects == {"noise": rises}


def test_the_faults_that_a_ranked_metric_should_punish_are_damage_and_copies():
    others = {"reverse-complement", "duplicates", "smaller-n", "row-order", "batch-size"}
    assert set(FAULTS) - set(PUNISHED) == others


@pytest.mark.parametrize(
    ("key", "meant"),
    [("nose", "noise"), ("nose[pixels]", "noise"), ("noise[]", "noise"), ("d:noise", "noise")],
)
def test_a_fault_that_no_plugin_declares_is_a_warning_and_the_rest_is_read(key, meant):
    output = output_with({key: (rises, falls), "noise": falls})
    assert list(read_expects(output, WHO, FAULTS, "d")) == ["noise"]
    (warning,) = unknown_faults(output, WHO, FAULTS, "d")
    assert warning.startswith(f"{WHO}: output 'gap': expects names the fault {key!r}, which no plugin")
    assert warning.endswith(f"; did you mean {meant!r}?")


def test_a_fault_is_that_of_the_metric_s_own_distribution_or_of_genbench():
    faults = {**FAULTS, "d:noise": FAULTS["noise"], "e:hum": FAULTS["noise"]}
    assert list(read({"noise": rises, "blur[x]": anything}, faults=faults, home="d")) == [
        "d:noise",
        "blur[x]",
    ]
    assert list(read({"genbench:noise": rises, "e:hum": anything}, faults=faults, home="d")) == [
        "noise",
        "e:hum",
    ]
    assert read({"hum": rises}, faults=faults, home="d") == {}


def test_all_that_bundled_metrics_expect_suits_the_faults():
    catalog = load_catalog(only=["genbench"])
    faults = read_faults(catalog)
    outputs = [output for component in catalog.of_kind("metric") for output in component.spec.scores]
    assert any(output.expects for output in outputs)
    for output in outputs:
        read_expects(output, WHO, faults)
        assert unknown_faults(output, WHO, faults) == []
