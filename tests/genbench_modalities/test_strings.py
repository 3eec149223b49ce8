from __future__ import annotations

import numpy as np
from genbench_modalities.strings import Text
from numpy.random import default_rng

from genbench import Samples, Space


def test_a_list_of_texts_is_text():
    assert Text().from_memory(["a", "b"], None).space == Space("text")
    for other in ([], ["a", 1], "text", None):
        assert Text().from_memory(other, None) is None


def test_a_text_is_shown_as_it_is():
    rendering = Text().render(Samples.of("text", ["a", "<b>é"]), 1)
    assert (rendering.media_type, rendering.content.decode()) == ("text/plain", "<b>é")


def test_noise_has_lengths_and_characters_of_train():
    drawn = Text().noise(Samples.of("text", ["aab", "", "éccdd"]))(400, default_rng(0))
    assert {len(item) for item in drawn} == {0, 3, 5}
    text = "".join(drawn)
    assert set(text) == set("abcdé")
    shares = np.array([text.count(c) for c in "abcdé"]) / len(text)
    np.testing.assert_allclose(shares, 1 / 5, atol=0.05)  # uniform over the alphabet, not over the text


def test_empty_texts_give_empty_texts():
    assert Text().noise(Samples.of("text", ["", ""]))(2, default_rng(0)) == ("", "")
