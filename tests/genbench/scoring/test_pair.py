"""Inputs of metrics from two or three sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from toys import plugin_text

from genbench import DataError, Samples, score
from genbench.core.containers import CONTAINERS


def test_a_metric_of_copies_needs_train(real, fake):
    without = score(fake=fake, real=real, metrics=["authenticity"])["authenticity[given]"]
    assert (without.status, without.reason) == ("skipped", "train was not given")
    copies = score(fake=real, real=fake, train=real, metrics=["authenticity"])["authenticity[given]"]
    assert (copies.status, copies.value) == ("ok", 0.0)


def test_a_metric_may_use_the_extractor_on_material_of_its_own(measured_plugin, real, fake):
    assert score(fake=fake, real=real, metrics=["of-extract"])["of-extract[given]"].value == 6.0


def test_labels_come_with_samples(measured_plugin, real, fake):
    labelled = Samples.of("vector", fake, np.ones(50, int))
    assert score(fake=labelled, real=real, metrics=["of-labels"])["of-labels"].value == 1.0


@pytest.mark.slow
def test_a_fitted_extractor_is_fitted_to_train():
    asked = {"fake": "digits.held_out", "real": "digits.test", "extractor": "classifier", "metrics": ["fid"]}
    found = score(**asked, train="digits.train")["fid[classifier]"]
    assert found.status == "ok"
    assert found.decided_by["extractor"]["fitted"] is not None


def test_images_of_two_sizes_meet_only_behind_an_extractor_that_equals_them(site, images, others, tmp_path):
    site.add("averaging", plugin_text("""
        def means():
            return lambda samples: {"features": samples.data.mean((1, 2)).astype("float32")}

        ExtractorSpec(name="means", make=means, outputs={"features": "mean intensity"}, any_shape=True)
    """))  # fmt: skip
    wide = np.repeat(others, 2, axis=2)
    asked = {"fake": wide, "metrics": ["fid"], "extractor": "means"}
    saved = tmp_path / "real.npz"
    assert score(**asked, real=images, save_stats=saved)["fid[means]"].status == "ok"
    assert score(**asked, real=saved)["fid[means]"].status == "ok"
    reason = "pixels compares samples of one shape; fake is image 8x16x1, real is image 8x8x1; convert them"
    with pytest.raises(DataError, match=reason):
        score(fake=wide, real=images, metrics=["fid"], extractor="pixels")
    with pytest.raises(DataError, match=r"; repeat the channel of real: np.repeat\(x, 3, axis=-1\)$"):
        score(fake=np.repeat(images, 3, axis=3), real=images, metrics=["fid"], extractor="pixels")


def test_images_of_two_sizes_without_any_features_have_a_reason_and_no_first_text(site, images):
    site.add("blind", plugin_text("""
        def blind():
            return lambda images: Extracted(
                {"features": np.zeros((len(images), 2), np.float32)}, np.zeros(len(images), bool)
            )

        ExtractorSpec(name="blind", make=blind, summary="Sees nothing.", modalities=("image",),
                      outputs=("features",), any_shape=True)
    """))  # fmt: skip
    found = score(fake=images[:, :4], real=images, metrics="fid", extractor="blind")["fid[blind]"]
    assert found.status == "skipped"
    assert found.reason.startswith("blind has features for none of the 40 samples of ")
    assert not any("has features" in text for text in found.cautions)


def test_train_has_a_part_only_in_signatures_of_metrics_that_use_it(real, fake):
    asked = {"fake": fake, "real": real, "metrics": ["fid", "authenticity"]}
    without, one, other = (score(**asked, train=train, yardstick=False) for train in (None, real, real + 1.0))
    assert without["fid[given]"] == one["fid[given]"] == other["fid[given]"]
    assert one["authenticity[given]"].signature != other["authenticity[given]"].signature


def test_labels_of_folders_are_matched_by_the_names_of_their_classes(tmp_path):
    images = {name: np.full((12, 8, 8), 20 * number, np.uint8) for number, name in enumerate("abc", 1)}
    rng = np.random.default_rng(0)
    for side, names in (("real", "abc"), ("fake", "bc")):
        for name in names:
            (tmp_path / side / name).mkdir(parents=True)
            for number, image in enumerate(images[name] + rng.integers(0, 5, (12, 8, 8)).astype(np.uint8)):
                Image.fromarray(image).save(tmp_path / side / name / f"{number}.png")
    asked = {
        "real": tmp_path / "real",
        "train": tmp_path / "real",
        "extractor": "pixels",
        "metrics": ["tstr"],
    }
    found = score(fake=tmp_path / "fake", **asked)["tstr[pixels]"]
    assert found.value == pytest.approx(2 / 3)


def test_two_sides_are_of_one_kind_and_behind_most_extractors_of_one_shape(real, fake, images):
    both = r"fake is image 8x8x1, and real is vector 3; give samples of one modality; image: .*; vector: "
    with pytest.raises(DataError, match=both):
        score(fake=images, real=real, metrics=["fid"])
    given = {"fake": Samples.of("image", images), "real": Samples.of("vector", real)}
    with pytest.raises(DataError, match="fake, real must be of one space; fake is image 8x8x1, real is vec"):
        score(**given, metrics=["fid"])
    reason = "given compares samples of one shape; fake is vector 2, real is vector 3; convert them"
    with pytest.raises(DataError, match=reason):
        score(fake=fake[:, :2], real=real, metrics=["fid"])


def test_a_metric_that_compares_samples_of_two_shapes_has_no_value(measured_plugin, real, fake):
    found = score(fake=fake[:, :2], real=real, metrics=["gap"])["gap"]
    assert found.status == "skipped"
    reason = "takes samples of one shape; fake is vector 2, real is vector 3; convert them to one shape"
    assert found.reason == reason


@pytest.mark.parametrize(
    ("metric", "reason"),
    [("needs-sampler", "genbench.score has no sampler; run a suite"), ("of-labels", "fake has no labels")],
)
def test_a_metric_that_needs_what_no_side_has_says_so(measured_plugin, metric, reason, real, fake):
    found = score(fake=fake, real=real, metrics=[metric])[metric]
    assert (found.value, found.status, found.reason) == (None, "skipped", reason)


def test_tables_are_scored_without_the_hashes_of_their_rows(monkeypatch, tmp_path):
    class Frames(type(CONTAINERS["frame"])):
        def serialize_items(self, data):
            raise AssertionError(f"the rows of {len(data)} are hashed one by one")

    monkeypatch.setitem(CONTAINERS, "frame", Frames())
    rng = np.random.default_rng(0)
    frames = [pd.DataFrame({"x": rng.normal(size=60), "y": rng.choice(["a", "b"], 60)}) for _ in range(3)]
    path = tmp_path / "real.csv"
    frames[1].to_csv(path, index=False)
    for real in (frames[1], path):
        found = score(fake=frames[0], real=real, train=frames[2], metrics=["shapes", "new-rows"])
        assert {each.status for each in found.values()} == {"ok"}
    found = score(fake=frames[1], real=frames[1], train=frames[1], metrics=["new-rows"])["new-rows"]
    of_real, of_train, shared = found.cautions
    assert of_real == "60 of 60 samples are, byte for byte, samples of real"
    assert of_train == "60 of 60 samples are, byte for byte, samples of train"
    assert "real and train share samples" in shared
