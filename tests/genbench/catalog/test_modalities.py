from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from toys import make_catalog, plugin_text

from genbench import (
    DataError,
    DatasetSpec,
    Invalid,
    MetricSpec,
    ModalitySpec,
    PluginError,
    Ragged,
    Rendering,
    Samples,
    Space,
    Undefined,
)
from genbench.catalog.catalog import load_catalog
from genbench.catalog.loader import Component, Owner
from genbench.catalog.modalities import checked_samples, find_modality, list_modalities

BUNDLED = list_modalities(load_catalog(only=["modalities", "molecule"]))
IMAGES = np.arange(3 * 2 * 2, dtype=np.uint8).reshape(3, 2, 2, 1)
SPACE = Space("image", (2, 2, 1), low=0, high=255)
CLIPS = Space("video", (4, 4, 1), low=0, high=255, rate=None)
VECTORS = Space("vector", (2,))


def test_samples_are_checked_as_in_a_run_and_get_the_container_of_their_modality():
    clips = np.arange(2 * 3 * 2 * 2, dtype=np.uint8).reshape(2, 3, 2, 2, 1)
    checked = checked_samples(Samples.of("video", clips, [1, 0], rate=8.0))
    assert isinstance(checked.data, Ragged)
    assert checked.space == Space("video", (2, 2, 1), low=0, high=255, rate=8.0)
    np.testing.assert_array_equal(checked.data[1], clips[1])
    assert not checked.data.values.flags.writeable
    assert not checked.labels.flags.writeable


@pytest.mark.parametrize(
    ("samples", "error", "message"),
    [
        (
            Samples.of("video", np.zeros((2, 3, 2, 2, 1), np.uint8), fps=8),
            Invalid,
            "^video samples have no parameter 'fps'; expected low, high, rate$",
        ),
        (Samples.of("smell", np.zeros((2, 3))), DataError, "declares the modality 'smell'"),
    ],
)
def test_samples_that_a_run_refuses_are_refused_at_once(samples, error, message):
    with pytest.raises(error, match=message):
        checked_samples(samples)


def test_the_modality_of_a_plugin_file_checks_its_samples(tmp_path):
    spec = 'ModalitySpec(name="walk", container="ragged", dtypes=("float32",), axes=("time", "place"))'
    (tmp_path / "walks.py").write_text(plugin_text(spec))
    walks = Samples.of("walk", np.zeros((2, 5, 3), np.float32))
    checked = checked_samples(walks, plugins=[tmp_path / "walks.py"])
    assert (checked.space.modality, checked.space.shape) == ("walks:walk", (3,))


class Clip:
    """A modality that refuses sevens and does the rest wrong."""

    def check(self, samples):
        if 7 in samples.data.values:
            raise Invalid("a clip has no sevens")

    def from_memory(self, value, space):
        return 1 / 0

    def render(self, samples, number):
        return "a text"

    def example(self, n, *, rng):
        return np.zeros(n)


MODALITIES = (
    ModalitySpec(name="clip", make=Clip, container="ragged", dtypes=("uint8",), axes=("time", "width"),
                 parameters={"rate": int}),
    ModalitySpec(name="text", container="strings"),
)  # fmt: skip
STRANGERS = list_modalities(make_catalog(*MODALITIES, name="mine"))
CLIP = STRANGERS[0]


def images(labels=None):
    return Samples.of("image", IMAGES, labels)


def table():
    return Samples.of("table", pd.DataFrame({"a": [1.0, float("nan"), 3.0], "b": ["x", "y", None]}))


def admit(samples, space=None, n=None):
    name = (
        samples.space.modality
        if isinstance(samples, Samples) and space is None
        else (space or SPACE).modality
    )
    return find_modality(BUNDLED, name).admit(samples, space, n)


def test_valid_samples_pass():
    assert admit(images([0, 1, 2]), SPACE, 3).labels.tolist() == [0, 1, 2]
    assert admit(Samples.of("text", ["a"]), Space("text", longest=1), 1).space.get("longest") == 1
    assert admit(table()).space == table().space


def wrong(data, labels=None, space=SPACE):
    return Samples(data, space, labels)


@pytest.mark.parametrize(
    ("samples", "space", "n", "message"),
    [
        (IMAGES, SPACE, 3, r"a genbench.Samples, got ndarray; make them with Samples\(data, space\)$"),
        (Samples.of("text", ["a"]), SPACE, 1, "expected image samples, got text samples"),
        (images(), SPACE, 4, "asked for 4 samples, got 3"),
        (
            wrong(IMAGES.astype(np.float32)), SPACE, 3,
            r"expected uint8 for image samples, got float32; convert with genbench\.images",
        ),
        (wrong(IMAGES[:, :1]), SPACE, 3, r"expected samples of shape \(3, 2, 2, 1\), got \(3, 1, 2, 1\)"),
        (
            wrong([1, 2, 3]), SPACE, 3,
            r"expected a numpy array, got list; write .* np.stack\(items\) for items of equal shapes$",
        ),
        (images(), Space("image", (2, 2, 1), low=0, high=9), 3, r"values in \[0, 9\], got .* \[0, 11\]"),
        (images([1, 2]), SPACE, 3, r"expected labels of shape \(3,\), got \(2,\)"),
        (wrong(IMAGES, [0.5, 1, 2]), SPACE, 3, "expected labels that are integers, got float64"),
        (
            Samples(np.array([[0.0, 1], [np.nan, np.inf]]), VECTORS), VECTORS, 2,
            "2 values are not finite, the first in sample 1",
        ),
        (
            Samples(["a"], Space("text")), Space("text"), 1,
            r"expected a tuple of str, got list; make one with tuple\(texts\)$",
        ),
        (
            Samples([np.zeros((2, 4, 4, 1), np.uint8)], CLIPS), CLIPS, 1,
            r"got list; make one of a list of arrays with genbench.Ragged.of\(arrays\)$",
        ),
        (Samples(("a", 1), Space("text")), Space("text"), 2, "expected str, got int in sample 1"),
        (Samples.of("text", ["abc"]), Space("text", longest=2), 1, "has 3 characters; the space allows 2"),
        (Samples.of("text", ["\ud800"]), Space("text"), 1, "sample 0 cannot be written as UTF-8"),
        (Samples([1], table().space), table().space, 1, "expected a pandas frame, got list"),
    ],
)  # fmt: skip
def test_samples_outside_the_space_are_refused_with_what_was_expected(samples, space, n, message):
    with pytest.raises(Invalid, match=message):
        admit(samples, space, n)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (
            Samples.of("image", np.zeros((3, 8, 8), np.uint8)),
            r"have the axes height, width, channels, .*; if it lacks channels, write x\[\.\.\., None\]$",
        ),
        (
            Samples.of("image", np.zeros((3, 8), np.uint8)),
            "samples have the axes height, width, channels, each of at least 1; convert",
        ),
        (Samples.of("image", np.zeros((3, 8, 0, 1), np.uint8)), "each of at least 1"),
        (Samples.of("audio", np.zeros((3, 8), np.float32), rate=5), "samples have the axes channels"),
        (Samples(("a",), Space("text", (3,))), r"has the shape \(3,\); text samples have no shape"),
        (Samples.of("audio", np.zeros((3, 8, 1), np.float32)), r"write Samples.of\('audio', data, rate=…\)"),
        (
            Samples.of("audio", np.zeros((3, 8, 1), np.float32), rate=0),
            "need the parameter rate: .*greater than 0",
        ),
        (Samples.of("audio", np.zeros((3, 8, 1), np.float32), rate="5"), "need the parameter rate"),
        (Samples.of("text", ["a"], rate=5), "text samples have no parameter 'rate'; expected longest"),
        (Samples.of("molecule", ["CC"], notation="inchi"), "expected 'smiles' or 'selfies'"),
    ],
)
def test_a_space_that_the_modality_does_not_have_is_refused(samples, message):
    with pytest.raises(Invalid, match=message):
        admit(samples)


def test_an_array_becomes_ragged_where_items_may_vary():
    admitted = admit(Samples.of("points", np.arange(24, dtype=np.float32).reshape(2, 4, 3)))
    assert isinstance(admitted.data, Ragged)
    assert admitted.space == Space("points", (3,))
    assert admitted.data[1].tolist() == np.arange(12, 24).reshape(4, 3).tolist()


def test_no_item_at_all_is_ragged_too():
    assert len(admit(Samples.of("points", np.zeros((0, 4, 3), np.float32)))) == 0


def test_a_name_means_a_modality_of_its_distribution_then_of_genbench_then_the_only_one():
    known = BUNDLED + STRANGERS
    assert find_modality(known, "text").reference == "text"
    assert find_modality(known, "genbench:text").reference == "text"
    assert find_modality(known, "text", "mine").reference == "mine:text"
    assert find_modality(known, "clip").reference == "mine:clip"
    assert find_modality(known, "mine:clip").reference == "mine:clip"


def test_a_modality_that_no_plugin_or_several_declare_is_refused(monkeypatch):
    with pytest.raises(DataError, match="no installed plugin declares the modality 'soul'; there are: audio"):
        find_modality(BUNDLED, "soul")
    monkeypatch.setenv("GENBENCH_PLUGINS", "image")
    with pytest.raises(DataError, match="; GENBENCH_PLUGINS may leave out the plugin that does"):
        find_modality((), "soul")
    twice = STRANGERS + list_modalities(make_catalog(*MODALITIES, name="yours"))
    reason = "several plugins declare the modality 'clip'; write mine:clip or yours"
    with pytest.raises(DataError, match=reason):
        find_modality(twice, "clip")


@pytest.mark.parametrize(
    ("names", "distribution", "reference", "expected"),
    [
        ((), "any", "mine:clip", True),
        (("clip",), "mine", "mine:clip", True),
        (("clip",), "other", "mine:clip", False),
        (("mine:clip",), "other", "mine:clip", True),
        (("text",), "other", "text", True),
        (("genbench:text",), "other", "text", True),
        (("text",), "genbench", "mine:text", False),
        (("image", "text"), "other", "vector", False),
    ],
)
def test_a_component_works_on_the_modalities_that_it_names(names, distribution, reference, expected):
    component = Component(
        MetricSpec(name="m", make="a:b", modalities=names), Owner(distribution, "1", "p", "a")
    )
    assert component.serves((reference,)) == expected


def test_a_component_serves_data_of_one_of_its_modalities_and_none_stands_for_all():
    owner = Owner("genbench", "1", "p", "a")
    some, every = (
        Component(MetricSpec(name="m", make="a:b", modalities=each), owner)
        for each in (("image", "text"), ())
    )
    assert [some.serves(each) for each in (("text", "audio"), ("audio",), ())] == [True, False, True]
    assert every.serves(("audio",))


def test_a_strangers_samples_are_in_a_space_with_a_qualified_name():
    clips = Samples.of("clip", [np.ones((2, 3), np.uint8)], rate=5)
    assert CLIP.admit(clips).space == Space("mine:clip", (3,), low=0, high=255, rate=5)


def test_the_modality_checks_what_it_alone_knows():
    with pytest.raises(Invalid, match="a clip has no sevens"):
        CLIP.admit(Samples.of("clip", [np.full((1, 2), 7, np.uint8)], rate=5))


def test_an_error_of_its_code_names_the_plugin():
    with pytest.raises(PluginError, match="modality 'clip' of mine: from_memory raised ZeroDivisionError"):
        CLIP.from_memory([], None)
    clips = Samples.of("clip", [np.ones((2, 3), np.uint8)], rate=5)
    reason = "modality 'clip' of mine: render returned a str; expected Rendering"
    with pytest.raises(PluginError, match=reason):
        CLIP.render(clips, 0)
    with pytest.raises(Undefined, match="modality 'clip' of mine has no noise"):
        CLIP.noise(clips)
    with pytest.raises(Undefined, match="modality 'clip' of mine has no perturb"):
        CLIP.perturb(clips, np.random.default_rng(0))


def test_samples_that_are_perturbed_stay_in_their_space():
    texts = Samples.of("text", ["a b", "c d e"])
    found = find_modality(BUNDLED, "text").perturb(texts, np.random.default_rng(0))
    assert (found.space, len(found)) == (texts.space, 2)


def test_examples_are_admitted_with_their_labels(rng):
    found = find_modality(BUNDLED, "audio").example(3, rng)
    assert (len(found), found.labels.shape, found.space.get("rate")) == (3, (3,), 8000)


def test_an_example_that_is_no_data_names_the_plugin(rng):
    with pytest.raises(PluginError, match="'clip' of mine: example returned a ndarray; expected Data"):
        CLIP.example(3, rng)
    with pytest.raises(Undefined, match="modality 'text' of mine has no example"):
        STRANGERS[1].example(3, rng)


def test_a_modality_needs_no_code():
    plain = STRANGERS[1]
    assert plain.from_memory(["a"], None) is None
    assert plain.admit(Samples.of("text", ["a"])).space.modality == "mine:text"


def test_spaces_of_different_parameters_cannot_be_compared():
    audio, tables = (find_modality(BUNDLED, name) for name in ("audio", "table"))
    assert audio.difference(Space("audio", (1,), rate=5), Space("audio", (2,), rate=5)) == ""
    assert (
        audio.difference(Space("audio", (1,), rate=5), Space("audio", (1,), rate=6))
        == "rate is 6 instead of 5"
    )
    other = Space("table", columns=(("b", "int64"),))
    assert tables.difference(Space("table", columns=(("a", "int64"),)), other).startswith(
        "the column 'a' is missing"
    )


def test_a_default_extractor_is_one_of_the_same_distribution():
    assert find_modality(BUNDLED, "vector").default_extractor == "genbench:given"
    assert find_modality(BUNDLED, "text").default_extractor is None


def test_modalities_can_be_sent_to_other_processes():
    for modality in BUNDLED + STRANGERS:
        sent = pickle.loads(pickle.dumps(modality))  # noqa: S301 - made in this test
        assert sent.reference == modality.reference


def test_renderings_are_what_the_modality_returns():
    rendering = find_modality(BUNDLED, "text").render(Samples.of("text", ["a", "b"]), 1)
    assert rendering == Rendering("text/plain", b"b")


def test_renderings_share_the_scale_that_is_given_or_else_that_of_their_samples():
    points = find_modality(BUNDLED, "points")
    clouds = points.admit(Samples.of("points", np.array([[[0, 0], [4, 4]]], np.float32)))
    assert points.has("scale")
    assert "x from -0.2 to 4.2" in points.render(clouds, 0).note
    assert "x from 1 to 3" in points.render(clouds, 0, (1.0, 1.0, 2.0)).note
    images = find_modality(BUNDLED, "image")
    assert (images.has("scale"), images.scale(Samples.of("image", IMAGES))) == (False, None)


def test_smaller_samples_keep_labels_classes_and_parameters():
    given = Samples.of("image", IMAGES, [1, 0, 1], classes=("a", "b"))
    small = find_modality(BUNDLED, "image").shrink(given, 2)
    assert small.space == Space("image", (1, 1, 1), classes=("a", "b"), low=0, high=255)
    assert (small.labels.tolist(), small.data.ravel().tolist()) == ([1, 0, 1], [2, 6, 10])
    assert find_modality(BUNDLED, "text").shrink(Samples.of("text", ["a"]), 2) is None
    clips = find_modality(BUNDLED, "video").admit(Samples.of("video", IMAGES[None], rate=2.0))
    assert find_modality(BUNDLED, "video").shrink(clips, 2).data[0].ravel().tolist() == [2, 6, 10]


def test_distributions_of_another_form_name_the_modality(monkeypatch):
    table = find_modality(BUNDLED, "table")
    rows = Samples.of("table", pd.DataFrame({"x": [1.0, 2.0]}))
    assert [each.part for each in table.distributions([rows, rows])] == ["x"]
    assert table.has("distributions")
    assert not find_modality(BUNDLED, "text").has("distributions")
    with pytest.raises(Undefined, match="has no distributions"):
        find_modality(BUNDLED, "text").distributions([])
    one = table.distributions([rows])
    monkeypatch.setattr("genbench_modalities.table.distributions", lambda _sides: one)
    with pytest.raises(PluginError, match="expected a Distribution of 2 sides for each part"):
        table.distributions([rows, rows])


def test_a_dataset_and_a_modality_may_have_one_name():
    catalog = make_catalog(*MODALITIES, DatasetSpec(name="clip", make="a:b"))
    assert [component.kind for component in catalog.components].count("dataset") == 1


@pytest.mark.parametrize("rate", [4000, None])
def test_samples_at_another_rate_than_their_space_are_refused(rate):
    audio = find_modality(BUNDLED, "audio")
    sounds = Samples.of("audio", np.zeros((3, 8, 1), np.float32), rate=rate)
    space = Space("audio", (1,), rate=8000)
    reason = rf"expected rate 8000, got {rate}; return Samples\(data, train.space\)"
    with pytest.raises(Invalid, match=reason):
        audio.admit(sounds, space)
    assert audio.admit(Samples(sounds.data, space), space).space == space
