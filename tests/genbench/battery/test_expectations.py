"""What an author expects under planted faults."""

from __future__ import annotations

import re

import pytest

from genbench import MetricSpec, Output, PluginError
from genbench.battery.expectations import Expectation, check_expects, expected_of, read_expects
from genbench.battery.faults import AWAY, FAULTS, KINDS, PUNISHED, STILL
from genbench.catalog.catalog import load_catalog
from genbench.core.spaces import DTYPES
from genbench.core.spaces import KINDS as SPACES


def work():
    """Do nothing: these specs are never used."""


def test_one_word_stands_for_all_levels_of_a_fault():
    assert read_expects({"noise": "+"}) == {"noise": (Expectation({"+": False}),) * 3}


def test_words_stand_for_the_levels_mildest_first():
    levels = read_expects({"blur": "+!/0 - -: a little blur sharpens nothing"})["blur"]
    assert [str(level) for level in levels] == ["+!/0", "-", "-"]
    assert levels[0].signs == {"+": True, "0": False}
    assert {level.reason for level in levels} == {"a little blur sharpens nothing"}


def test_a_question_mark_expects_nothing():
    assert read_expects({"noise": "?"})["noise"][0] == Expectation({})


def test_what_is_said_of_an_extractor_goes_first():
    expects = {"noise": "+", "noise[pixels]": "-"}
    assert str(expected_of(expects, "noise", "pixels")[0]) == "-"
    assert str(expected_of(expects, "noise", "digits-classifier")[0]) == "+"
    assert str(expected_of(expects, "noise", None)[0]) == "+"
    assert expected_of(expects, "blur", "pixels") is None


@pytest.mark.parametrize(
    ("expects", "message"),
    [
        ({"nose": "+"}, "metric output 'gap': expects names the fault 'nose'; did you mean 'noise'"),
        ({"noise[]": "+"}, r"expects names the fault 'noise\[\]'"),
        ({"noise": "+ -"}, "has 2 words; expected 1, or 3, one a level"),
        ({"noise": ""}, "has 0 words"),
        ({"noise": "up"}, r"'up' is no expectation; expected \+, -, 0, ~"),
        ({"noise": "+/"}, "is no expectation"),
        ({"noise": "0!"}, "a known failure needs its reason: '0!: why'"),
        ({"noise": 1}, "is a int; expected a text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_metric_s_name(expects, message):
    spec = MetricSpec(name="gap", make=work, expects=expects)
    with pytest.raises(PluginError, match=message):
        check_expects(spec.scores[0])


@pytest.mark.parametrize("fault", PUNISHED)
@pytest.mark.parametrize(
    ("direction", "failure", "worse"),
    [("lower", "-", "+"), ("higher", "+", "-"), ("target", "-", "+"), ("lower", "0", "+")],
)
def test_a_ranked_metric_that_does_not_punish_a_fault_has_to_call_it_a_failure(
    fault, direction, failure, worse
):
    def check(word):
        spec = MetricSpec(name="gap", make=work, direction=direction, best=0.0, expects={fault: word})
        check_expects(spec.scores[0])

    with pytest.raises(
        PluginError, match=re.escape(f"'gap': expects['{fault}']: '{failure}' is a failure of a ranked")
    ):
        check(f"{worse}/{failure}")
    check(f"{worse}/{failure}!: why")
    check(worse)


@pytest.mark.parametrize("word", ["?", "0/+/-"])
def test_a_ranked_metric_may_expect_nothing(word):
    assert read_expects({"noise": word}, "lower")["noise"][0].is_open


def test_what_is_not_to_be_punished_needs_no_failure():
    assert read_expects({"duplicates": "0", "smaller-n": "-", "row-order": "0"}, "lower")
    assert read_expects({"noise": "0"}, "none")
    assert set(PUNISHED) < set(FAULTS) - set(STILL)


def test_expectations_of_several_numbers_belong_to_each():
    outputs = (Output(name="precision", direction="higher", expects={"noise": "-"}),)
    assert MetricSpec(name="pr", make=work, outputs=outputs).scores[0].expects == {"noise": "-"}
    with pytest.raises(PluginError, match="expects belongs to each of its outputs"):
        MetricSpec(name="pr", make=work, outputs=outputs, expects={"noise": "-"})


def test_the_number_of_a_metric_carries_what_it_expects():
    assert MetricSpec(name="gap", make=work, expects={"noise": "+"}).scores[0].expects == {"noise": "+"}


def test_every_fault_has_a_level():
    assert all(FAULTS.values())


def test_every_fault_has_a_kind_of_space_and_every_kind_has_damage_of_its_own():
    assert set(KINDS) < set(FAULTS)
    assert all(set(kinds) <= set(SPACES) for kinds in KINDS.values())
    assert {kind for fault in AWAY for kind in KINDS.get(fault, ())} == {*DTYPES, "text"}


def test_all_that_bundled_metrics_expect_can_be_read():
    catalog = load_catalog(only=["genbench"])
    outputs = [output for component in catalog.of_kind("metric") for output in component.spec.scores]
    assert any(output.expects for output in outputs)
    for output in outputs:
        check_expects(output)
