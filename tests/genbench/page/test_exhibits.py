"""Samples as they are shown."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import ModalitySpec, Rendering, Samples, Space, hookimpl
from genbench.catalog.catalog import catalog_of
from genbench.catalog.modalities import modalities_of
from genbench.page.exhibits import MOST_RENDERING_BYTES, MOST_TEXT, exhibits_of


class Shown:
    """A modality whose rendering depends on the first value of a sample."""

    def render(self, samples, number):
        kind = int(samples.data[number][0])
        if kind == 1:
            raise RuntimeError("no picture")
        if kind == 2:
            return "a text"
        if kind == 3:
            return Rendering("image/svg+xml", b"<svg><g></svg>")
        if kind == 4:
            return Rendering("image/png", b"\x89PNG" + bytes(MOST_RENDERING_BYTES))
        return Rendering("text/plain", b"shown" if kind == 0 else b"")


class Plugin:
    @hookimpl
    def genbench_modalities(self):
        known = {"container": "array", "dtypes": ("float64",), "axes": ("x",)}
        return [ModalitySpec(name="odd", make=Shown, **known), ModalitySpec(name="plain", **known)]


ODD, PLAIN = modalities_of(catalog_of({"maker": Plugin()}))


def samples(*kinds, name="maker:odd"):
    return Samples(np.array(kinds, dtype=np.float64)[:, None], Space(name, (1,)))


def test_a_sample_that_cannot_be_rendered_has_a_reason_and_the_others_are_shown():
    shown = exhibits_of(ODD, samples(0, 1, 2, 3, 4, 5), range(10, 16))
    assert [each.number for each in shown] == list(range(10, 16))
    assert [each.rendering is not None for each in shown] == [True, False, False, False, False, True]
    reasons = [each.reason for each in shown]
    assert "render raised RuntimeError: no picture" in reasons[1]
    assert "render returned a str; expected a Rendering" in reasons[2]
    assert "that cannot be read: mismatched tag" in reasons[3]
    assert "its rendering has 1,048,580 bytes, and at most 1,048,576 are shown" in reasons[4]
    assert (reasons[0], reasons[5], shown[5].note) == ("", "", "an empty text")


def test_a_modality_that_renders_nothing_says_so():
    (shown,) = exhibits_of(PLAIN, samples(0, name="maker:plain"), [0])
    assert (shown.rendering, shown.reason) == (None, "modality 'plain' of maker has no render")


def test_samples_that_their_modality_refuses_are_not_rendered():
    shown = exhibits_of(ODD, samples(0, np.nan), [3, 7])
    assert [(each.number, each.rendering) for each in shown] == [(3, None), (7, None)]
    assert "1 values are not finite" in shown[0].reason


@pytest.fixture(scope="module")
def of_genbench(modalities):
    """Return genbench's own modalities, by reference."""
    return {each.reference: each for each in modalities}


def test_long_texts_are_cut_and_say_so(of_genbench):
    texts = Samples.of("text", ("é" * (MOST_TEXT + 1), "x" * MOST_TEXT, "x" * 2500, "cut"))
    shown = exhibits_of(of_genbench["text"], texts, [0, 1, 2, 3], {2: 9000, 3: 40})
    assert [len(each.rendering.content.decode()) for each in shown] == [2000, 2000, 2000, 3]
    assert [each.note for each in shown] == [
        "the first 2,000 of 2,001 characters", "", "the first 2,000 of 9,000 characters",
        "the first 3 of 40 characters",
    ]  # fmt: skip


def test_a_cut_sound_says_so(of_genbench):
    sounds = Samples.of("audio", [np.zeros((800, 1), np.float32)], rate=8000)
    (shown,) = exhibits_of(of_genbench["audio"], sounds, [5], {5: 90000})
    assert (shown.rendering.media_type, shown.note) == ("audio/wav", "the first 800 of 90,000 steps")


def test_every_bundled_modality_is_shown_with_equal_bytes_each_time(of_genbench):
    rng = np.random.Generator(np.random.PCG64(1))
    media = {}
    for name, modality in of_genbench.items():
        few = modality.example(3, rng)
        one, two = (exhibits_of(modality, few, range(3)) for _ in range(2))
        assert one == two
        assert not [each.reason for each in one if each.reason], name
        media[name] = one[0].rendering.media_type
    assert media == {
        "image": "image/png", "text": "text/plain", "sequence": "text/plain", "molecule": "text/plain",
        "vector": "text/plain", "table": "text/plain", "audio": "audio/wav", "points": "image/svg+xml",
        "video": "image/png",
    }  # fmt: skip
