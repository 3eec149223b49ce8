"""The symbols of texts, and what unknown ones cost."""

from __future__ import annotations

import json
import math
from itertools import product

import pytest
from genbench_text.tokens.vocabulary import SCALARS, Spelling, Vocabulary, count_shared, ends, join, split
from hypothesis import given
from hypothesis import strategies as st

from genbench import Undefined

TEXTS = ("the cat sat", "the dog sat", "a cat")


@given(st.text(alphabet=st.characters(codec="utf-8")), st.sampled_from(["characters", "words", "selfies"]))
def test_a_text_is_the_join_of_its_symbols(text, unit):
    assert join(split(text, unit), unit) == text


def test_symbols_of_selfies_are_in_brackets_and_others_are_characters():
    assert list(split("[C][=C].[N]", "selfies")) == ["[C]", "[=C]", ".", "[N]"]
    assert list(split("[[C]]x", "selfies")) == ["[", "[C]", "]", "x"]
    assert count_shared("[C][", "=C][O]", "selfies") == 1  # the text completes the second symbol
    assert ends(["[C]"], "selfies", 3).tolist() == [True]
    vocabulary = Vocabulary.of(["[C][O]"], "selfies")
    assert vocabulary.symbols == ("[C]", "[O]")
    assert vocabulary.widths.tolist() == [3, 3]
    assert vocabulary.escape_nats("[N]") < vocabulary.escape_nats("[C]") < 0


@pytest.mark.parametrize(
    ("prompt", "text", "characters", "words"),
    [
        ("a cat", " ran", 5, 2),
        ("a cat", "s ran", 5, 1),
        ("a cat ", "ran", 6, 2),
        ("a cat ", " ran", 6, 3),
        ("a cat", "", 5, 2),
        ("", "a cat", 0, 0),
        ("", " cat", 0, 0),
    ],
)
def test_a_text_follows_a_prompt_with_the_symbols_that_are_not_the_prompt_s(prompt, text, characters, words):
    assert count_shared(prompt, text, "characters") == characters
    assert count_shared(prompt, text, "words") == words


def test_the_end_is_no_step_where_a_text_is_as_long_as_it_may_be():
    assert ends(["", "ab", "abc"], "characters", 2).tolist() == [True, False, True]
    assert ends(["", "ab"], "characters", None).tolist() == [True, True]
    assert ends(["", "ab"], "words", 2).tolist() == [True, True]


@pytest.mark.parametrize("unit", ["characters", "words"])
def test_known_symbols_have_numbers_and_any_other_is_unknown(unit):
    vocabulary = Vocabulary.of(TEXTS, unit)
    assert vocabulary.decode(vocabulary.encode(TEXTS[0])) == TEXTS[0]
    assert vocabulary.encode("Ω").tolist() == [vocabulary.unknown]
    assert vocabulary.unknown == vocabulary.end + 1 == len(vocabulary.symbols) + 1
    assert vocabulary.encode("").tolist() == []


def test_the_escape_is_the_share_of_symbols_that_were_seen_once():
    assert Vocabulary.of(["aab"], "characters").escape == pytest.approx(2 / 5)
    assert Vocabulary.of(["aabb"], "characters").escape == pytest.approx(1 / 6)


def test_steps_and_unknown_characters_make_up_what_a_text_costs_beside_the_model():
    vocabulary = Vocabulary("characters", ("a", "b"), 0.25)
    assert vocabulary.escape_nats("ab") == pytest.approx(3 * math.log(0.75))
    assert vocabulary.escape_nats("ab", ends=False) == pytest.approx(2 * math.log(0.75))
    assert vocabulary.escape_nats("aΩ") == pytest.approx(
        2 * math.log(0.75) + math.log(0.25) - math.log(SCALARS - 2)
    )


def test_after_a_prompt_only_what_follows_it_costs_something():
    characters = Vocabulary("characters", ("a", "b"), 0.25)
    assert characters.escape_nats("b", prompt="aΩ", ends=False) == pytest.approx(math.log(0.75))
    words = Vocabulary("words", ("cat", "cats"), 0.25)
    assert words.escape_nats("s cat", prompt="the cat", ends=False) == pytest.approx(2 * math.log(0.75))


def test_without_an_escape_an_unknown_symbol_is_impossible():
    closed = Vocabulary("characters", ("a", "b"), 0.0)
    assert closed.escape_nats("abba") == 0.0
    assert closed.escape_nats("abc") == -math.inf


def test_the_laws_of_one_more_character_and_of_one_more_word_sum_to_1():
    characters = Vocabulary.of(TEXTS, "characters")
    escape = characters.escape_nats("Ω", ends=False) - math.log(characters.escape)
    assert math.exp(escape) * (SCALARS - len(characters.symbols)) == pytest.approx(1)
    spelling = Spelling({"a": math.log(0.3), "": math.log(0.5)}, math.log(0.2 / (SCALARS - 2)))
    words = Vocabulary("words", ("a", ""), 0.5, spelling)
    known = 0.5 + 0.3 * 0.5
    assert words.escape_nats("aa", ends=False) - math.log(0.5) == pytest.approx(
        math.log(0.3**2 * 0.5 / (1 - known))
    )
    longer = sum(0.3**k for k in range(2, 60)) * 0.5  # words of a's alone
    strange = 1 - sum(0.3**k for k in range(60)) * 0.5  # words with any other character
    assert (longer + strange) / (1 - known) == pytest.approx(1)


def test_the_shares_of_characters_in_words_leave_one_count_for_all_others():
    spelling = Spelling.of(["ab", "a"])
    assert math.exp(spelling.spell("ab")) == pytest.approx(2 / 6 * 1 / 6 * 2 / 6)
    others = SCALARS - 3
    total = sum(map(math.exp, spelling.nats.values())) + math.exp(spelling.strange) * others
    assert total == pytest.approx(1)
    short = ["".join(word) for k in range(12) for word in product("ab", repeat=k)]
    assert sum(math.exp(spelling.spell(word)) for word in short) == pytest.approx(
        sum(0.5**k for k in range(12)) / 3
    )


@pytest.mark.parametrize("unit", ["characters", "words"])
def test_a_vocabulary_survives_json(unit):
    vocabulary = Vocabulary.of(TEXTS, unit)
    again = Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json())))
    assert again == vocabulary
    assert again.escape_nats("the Ω") == vocabulary.escape_nats("the Ω")


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_texts_without_a_symbol_are_refused(texts):
    with pytest.raises(Undefined, match="the training texts are empty"):
        Vocabulary.of(texts, "words")
