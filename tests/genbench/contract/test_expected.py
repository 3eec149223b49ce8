"""The words of `expects`: what they say, how they print, and what is refused."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

import genbench
from genbench import MetricSpec, Output, PluginError, anything, better, mixed, rises, unchanged, worse
from genbench.contract.expected import Expected, change_word, check_expects, format_expected
from genbench.contract.specs import DIRECTIONS

WORDS = {name: getattr(genbench, name) for name in genbench.__all__}
WORDS = {name: word for name, word in WORDS.items() if isinstance(word, Expected)}
SAID = (
    worse,
    worse | unchanged,
    better.because("copies are nearer than new data"),
    (unchanged | better).because('a "quoted" réason'),
    unchanged.because("small") | worse | better.because("near"),
    (unchanged.because("why"), worse, worse),
    anything,
)


def work():
    """Do nothing: these specs are never used."""


@pytest.mark.parametrize("said", SAID, ids=str)
def test_what_is_said_is_printed_as_it_is_written(said):
    assert format_expected(eval(format_expected(said), {}, WORDS)) == format_expected(said)  # noqa: S307 - our own words


def test_the_words_print_themselves_and_are_values():
    assert [repr(word) for word in WORDS.values()] == list(WORDS)
    assert str(worse | unchanged) == "worse | unchanged"
    assert str(unchanged.because("why") | worse) == 'worse | unchanged.because("why")'
    assert pickle.loads(pickle.dumps(worse)) == copy.deepcopy(worse) == worse  # noqa: S301 - our own bytes
    assert len({worse, worse | worse, better, better.because("why")}) == 3


def test_a_known_failure_is_no_right_word():
    either = worse | (unchanged | better).because("why")
    assert either.correct_words == ("worse",)
    assert either.reasons == {"worse": "", "unchanged": "why", "better": "why"}


def test_nothing_is_expected_in_one_word_or_in_all():
    assert anything.is_open
    assert (worse | unchanged | better).is_open
    assert (worse | anything).is_open
    assert not (worse | unchanged | mixed).is_open
    assert not (worse | unchanged | better.because("why")).is_open


@pytest.mark.parametrize("reason", ["", "  ", None, 3])
def test_a_known_failure_needs_its_reason(reason):
    with pytest.raises(PluginError, match=r"^better.because\(.*\); expected the reason, a text$"):
        better.because(reason)


def test_anything_is_no_failure():
    with pytest.raises(PluginError, match=r"^anything.because\(\"why\"\); anything is no failure"):
        anything.because("why")


def test_or_between_words_is_refused():
    with pytest.raises(PluginError, match=r"^worse is neither true nor false; write a \| b, not 'a or b'$"):
        _ = worse or unchanged
    with pytest.raises(TypeError, match="unsupported operand"):
        worse | "unchanged"


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        ("lower", "worse better unchanged mixed"),
        ("target", "worse better unchanged mixed"),
        ("higher", "better worse unchanged mixed"),
        ("none", "rises falls unchanged mixed"),
    ],
)
def test_each_change_has_one_word_for_each_direction(direction, words):
    assert direction in DIRECTIONS
    assert [change_word(sign, direction) for sign in "+-0~"] == words.split()


def spec(expected, direction="lower"):
    return MetricSpec(name="gap", make=work, direction=direction, best=0.0, expects={"noise[x]": expected})


@pytest.mark.parametrize(
    "value",
    ["", "up", "+/", "0!/-!: copies", "worse", 1, None, (), (worse, "+"), [worse], worse.because],
    ids=str,
)
def test_other_values_are_refused_with_what_is_expected(value):
    said = (
        f"metric 'gap': output 'gap': expects['noise[x]'] is {value!r}; expected worse, better, unchanged, "
    )
    with pytest.raises(PluginError, match=re.escape(said)):
        spec(value)


@pytest.mark.parametrize(
    ("direction", "word"),
    [("none", worse), ("none", (unchanged, better)), ("lower", rises), ("target", rises)],
)
def test_words_of_quality_need_a_direction_and_words_of_the_number_need_none(direction, word):
    reason = f"does not suit a metric whose direction is '{direction}'; expected"
    with pytest.raises(PluginError, match=reason):
        spec(word, direction)


def test_each_output_of_a_metric_is_checked_by_its_own_direction():
    good = Output(name="a", direction="none", expects={"noise": rises})
    bad = Output(name="b", direction="lower", expects={"noise": rises})
    MetricSpec(name="ab", make=work, outputs=(good,))
    with pytest.raises(PluginError, match=r"^metric 'ab': output 'b': expects\['noise'\]: 'rises'"):
        MetricSpec(name="ab", make=work, outputs=(good, bad))
    check_expects({}, "lower", "nobody")
