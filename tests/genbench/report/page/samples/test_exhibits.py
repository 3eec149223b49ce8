"""Samples as they are shown."""

from __future__ import annotations

import io
import warnings
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from toys import make_catalog

from genbench import ModalitySpec, Rendering, Samples, Space
from genbench.catalog.modalities import list_modalities
from genbench.report.page.samples.exhibits import MOST_RENDERING_BYTES, MOST_TEXT, is_large, make_exhibits

#: How a molecule is shown: without rdkit, as its string.
MOLECULE = "image/svg+xml" if find_spec("rdkit") else "text/plain"


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
        if kind == 6:
            return Rendering("image/png", b"\x89PNG")
        return Rendering("text/plain", b"shown" if kind == 0 else b"")


KNOWN = {"container": "array", "dtypes": ("float64",), "axes": ("x",)}
CATALOG = make_catalog(ModalitySpec(name="odd", make=Shown, **KNOWN), ModalitySpec(name="plain", **KNOWN))
ODD, PLAIN = list_modalities(CATALOG)


def samples(*kinds, name="maker:odd"):
    return Samples(np.array(kinds, dtype=np.float64)[:, None], Space(name, (1,)))


def test_a_sample_that_cannot_be_rendered_has_a_reason_and_the_others_are_shown():
    shown = make_exhibits(ODD, samples(0, 1, 2, 3, 4, 5), range(10, 16))
    assert [each.number for each in shown] == list(range(10, 16))
    assert [each.rendering is not None for each in shown] == [True, False, False, False, False, True]
    reasons = [each.reason for each in shown]
    assert "render raised RuntimeError: no picture" in reasons[1]
    assert "render returned a str; expected Rendering" in reasons[2]
    assert "that cannot be read: mismatched tag" in reasons[3]
    assert "its rendering has 1,048,580 bytes, and at most 1,048,576 are shown" in reasons[4]
    assert (reasons[0], reasons[5], shown[5].note) == ("", "", "an empty text")


def test_a_picture_that_cannot_be_read_has_a_reason():
    (shown,) = make_exhibits(ODD, samples(6), [3])
    assert (shown.number, shown.rendering) == (3, None)
    assert shown.reason.startswith("image/png that cannot be read: ")


def test_a_modality_that_renders_nothing_says_so():
    (shown,) = make_exhibits(PLAIN, samples(0, name="maker:plain"), [0])
    assert (shown.rendering, shown.reason) == (None, "modality 'plain' of maker has no render")


def test_samples_that_their_modality_refuses_are_not_rendered():
    shown = make_exhibits(ODD, samples(0, np.nan), [3, 7])
    assert [(each.number, each.rendering) for each in shown] == [(3, None), (7, None)]
    assert "1 values are not finite" in shown[0].reason


@pytest.fixture(scope="module")
def of_genbench(modalities):
    """Return genbench's own modalities, by reference."""
    return {each.reference: each for each in modalities}


def test_long_texts_are_cut_and_say_so(of_genbench):
    texts = Samples.of("text", ("é" * (MOST_TEXT + 1), "x" * MOST_TEXT, "x" * 2500, "cut"))
    shown = make_exhibits(of_genbench["text"], texts, [0, 1, 2, 3], {2: 9000, 3: 40})
    assert [len(each.rendering.content.decode()) for each in shown] == [2000, 2000, 2000, 3]
    assert [each.note for each in shown] == [
        "the first 2,000 of 2,001 characters", "", "the first 2,000 of 9,000 characters",
        "the first 3 of 40 characters",
    ]  # fmt: skip


def test_a_cut_sound_says_so(of_genbench):
    sounds = Samples.of("audio", [np.zeros((800, 1), np.float32)], rate=8000)
    (shown,) = make_exhibits(of_genbench["audio"], sounds, [5], {5: 90000})
    assert (shown.rendering.media_type, shown.note) == ("audio/wav", "the first 800 of 90,000 steps")


def test_every_bundled_modality_is_shown_with_equal_bytes_each_time(of_genbench):
    rng = np.random.Generator(np.random.PCG64(1))
    media = {}
    for name, modality in of_genbench.items():
        few = modality.example(3, rng)
        one, two = (make_exhibits(modality, few, range(3)) for _ in range(2))
        assert one == two
        assert not [each.reason for each in one if each.reason], name
        media[name] = one[0].rendering.media_type if one[0].rendering else "cells"
    assert media == {
        "image": "image/png", "text": "text/plain", "sequence": "text/plain",
        "molecule": MOLECULE, "vector": "text/plain", "table": "cells", "audio": "audio/wav",
        "points": "image/svg+xml", "video": "image/png",
    }  # fmt: skip


def photographs(side, channels=3):
    """Return two pictures as smooth as photographs."""
    waves = np.sin(np.arange(side) / 9)[:, None] * np.cos(np.arange(side) / 7)[None, :]
    noise = np.random.default_rng(1).normal(0, 3, (2, side, side, channels))
    pixels = 128 + 90 * waves[None, :, :, None] + noise
    return Samples.of("image", pixels.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("channels", [1, 3])
def test_large_pictures_are_jpeg_files_and_small_ones_exact(channels, of_genbench):
    for side, media_type in ((64, "image/png"), (128, "image/jpeg")):
        images = photographs(side, channels)
        shown = make_exhibits(of_genbench["image"], images, [0, 1])[1]
        assert shown.rendering.media_type == media_type
        assert shown.pixels == side**2
        assert is_large(shown) == (side == 128)
        pixels = np.asarray(Image.open(io.BytesIO(shown.rendering.content)), float).reshape(
            side, side, channels
        )
        error = np.sqrt(np.mean((pixels - images.data[1]) ** 2))
        assert error == 0 if side == 64 else error < 5  # of 255; the noise in the picture is 3


def test_large_pictures_keep_the_colours_of_noise(of_genbench):
    noise = np.random.default_rng(2).integers(0, 256, (1, 128, 128, 3), dtype=np.uint8)
    (shown,) = make_exhibits(of_genbench["image"], Samples.of("image", noise), [0])
    pixels = np.asarray(Image.open(io.BytesIO(shown.rendering.content)), float)
    error = np.sqrt(np.mean((pixels - noise[0]) ** 2))
    assert error < 15  # of 255; with chroma subsampling it is 59


def test_pictures_that_are_made_smaller_are_not_exact_anyway(of_genbench):
    (shown, _) = make_exhibits(of_genbench["image"], photographs(48), [0, 1], is_shrunk=True)
    assert (shown.rendering.media_type, is_large(shown)) == ("image/jpeg", False)


def test_pictures_that_jpeg_would_make_larger_or_opaque_stay_exact(of_genbench):
    flat, clear = np.zeros((1, 128, 128, 3), np.uint8), np.full((1, 128, 128, 4), 9, np.uint8)
    clear[0, ::7] = 200
    for data in (flat, clear):
        (shown,) = make_exhibits(of_genbench["image"], Samples.of("image", data), [0])
        assert (shown.rendering.media_type, shown.pixels) == ("image/png", 128**2)


def test_a_row_of_a_frame_is_shown_as_cells(of_genbench):
    frame = pd.DataFrame(
        {
            "age": [41, 7], "height": [1 / 3, np.nan], "city": [None, "x" * 5000], "member": [True, False],
            "since": pd.to_datetime(["2020-01-31", None]), "big": [10**17 + 1, 2],
        }
    )  # fmt: skip
    first, second = make_exhibits(of_genbench["table"], Samples.of("table", frame), [4, 9])
    assert [tuple(column) for column in first.columns] == [
        ("age", True), ("height", True), ("city", False), ("member", False), ("since", False), ("big", True),
    ]  # fmt: skip
    assert first.cells == ("41", "0.333333", None, "True", "2020-01-31", "100000000000000001")
    assert second.cells == ("7", None, "x" * 39 + "…", "False", None, "2")
    assert (first.number, first.rendering, first.note) == (4, None, "")


def test_texts_that_end_like_a_date_at_midnight_stay_whole(of_genbench):
    texts = pd.DataFrame({"at": ["2020-01-31T00:00:00"]})
    (shown,) = make_exhibits(of_genbench["table"], Samples.of("table", texts), [0])
    assert shown.cells == ("2020-01-31T00:00:00",)


def test_of_very_many_columns_the_first_are_shown(of_genbench):
    wide = pd.DataFrame(np.ones((1, 1000)), columns=["y" * 99 + str(number) for number in range(1000)])
    (shown,) = make_exhibits(of_genbench["table"], Samples.of("table", wide), [0])
    assert (len(shown.cells), len(shown.columns), shown.note) == (20, 20, "the first 20 of 1,000 columns")
    assert len(shown.columns[0].name) == 40


def test_numbers_and_texts_of_any_kind_are_shown_harmlessly(of_genbench):
    extreme = Samples.of("vector", np.array([[1e308, -1e-308, 0.0]]))
    strange = Samples.of("text", ("\x00\x1b[2J\u202e", "\n\n", "e\u0301" * 9))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert make_exhibits(of_genbench["vector"], extreme, [0])[0].rendering.content == b"1e+308 -1e-308 0"
        shown = make_exhibits(of_genbench["text"], strange, [0, 1, 2])
    assert [each.rendering.content.decode() for each in shown] == list(strange.data)
