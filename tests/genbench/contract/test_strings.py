"""What modalities of strings have in common."""

from __future__ import annotations

import numpy as np

from genbench import Space, Strings


def test_other_strings_are_what_the_samples_beside_them_are():
    space = Space("molecule", notation="smiles")
    made = Strings().from_memory(["CC", "CO"], space)
    assert (made.data, made.space) == (("CC", "CO"), space)
    assert Strings().from_memory(["CC"], None) is None
    assert Strings().from_memory([1], space) is None


def test_strings_are_shown_as_plain_text_and_noise_has_their_alphabet():
    samples = Strings().from_memory(("CC", "NOC"), Space("molecule", notation="smiles"))
    rendering = Strings().render(samples, 1)
    assert (rendering.media_type, rendering.content) == ("text/plain", b"NOC")
    drawn = Strings().noise(samples)(50, np.random.default_rng(0))
    assert {len(text) for text in drawn} == {2, 3}
    assert set("".join(drawn)) == set("CNO")
