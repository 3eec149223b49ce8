"""Measurements: what makes a number say less than it seems to."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from genbench import DataError, Measurements, Reference, Samples, score
from genbench.scoring.measurement import _drop_repeated


def test_classes_that_only_the_fakes_have_are_said():
    """Labels from 1 on beside labels from 0 on: all but two classes seem to match."""
    data, labels = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 6
    sides = {"fake": Samples.of("vector", data, labels + 1), "real": Samples.of("vector", data, labels)}
    found = score(**sides, metrics="representation")
    assert {one.cautions for one in found.values()} == {
        (
            "60 of 60 samples are, byte for byte, samples of real",
            "fake has classes that real lacks: 6; classes are matched by name, or by number",
        )
    }


@pytest.mark.parametrize("metrics", ["fid", "duplicates"])
def test_copies_of_real_and_training_samples_are_named_beside_every_number(rng, metrics):
    real, train, new = (rng.standard_normal((50, 4)) for _ in range(3))
    fakes = np.concatenate([train[:20][::-1], real[:15], new[:15]])
    for value in score(fake=fakes, real=real, train=train, metrics=metrics).values():
        assert value.cautions[:2] == (
            "15 of 50 samples are, byte for byte, samples of real",
            "20 of 50 samples are, byte for byte, samples of train",
        )
    (value,) = score(fake=new, real=real, train=train, metrics="fid").values()
    assert not [text for text in value.cautions if "byte for byte" in text]


def test_a_side_of_zeros_and_ones_beside_one_of_bytes_lost_its_scale(rng):
    """A cast to uint8 cuts numbers from 0 to 1; if both sides are binary, as masks are, nothing is lost."""
    gray = rng.integers(0, 256, (40, 4, 4, 1), np.uint8)
    cut, masks = gray // 255, rng.integers(0, 2, gray.shape, np.uint8)
    lost = "has no value above 1: were its numbers from 0 to 1? Then multiply them by 255"
    for fake, real, expected in (
        (cut, gray, [f"fake {lost}"]), (gray, masks, [f"real {lost}"]),
        (cut, masks, []), (gray, gray[::-1], []),
    ):  # fmt: skip
        (value,) = score(fake=fake, real=real, metrics="precision[pixels]").values()
        assert [text for text in value.cautions if "above 1" in text] == expected


def test_copies_of_real_samples_that_a_cut_leaves_out_are_named(rng, tmp_path):
    real = rng.standard_normal((400, 4))
    np.save(tmp_path / "real.npy", real)
    fakes, metrics = real[:40], "precision"
    path = tmp_path / "real.npy"
    measured = [score(fake=fakes, real=side, metrics=metrics, n=20) for side in (real, path)]
    measured.append(Reference(path, n=20).score(fakes, metrics=metrics))
    for (value,) in (measurements.values() for measurements in measured):
        assert (value.n, value.n_real) == (20, 20)
        assert value.cautions == ("20 of 20 samples are, byte for byte, samples of real",)


def test_fakes_that_repeat_one_another_are_named(rng, tmp_path):
    """Where real samples are statistics alone, those of training show how often samples repeat."""
    real, fake = rng.standard_normal((60, 4)), np.repeat(rng.standard_normal((20, 4)), 3, axis=0)
    path = tmp_path / "real.npz"
    (value,) = score(fake=fake, real=real, metrics="fid", save_stats=path).values()
    assert value.cautions == ("40 of 60 fakes repeat another one; of as many real samples, 0",)
    for train, expected in ((rng.standard_normal((60, 4)), value.cautions), (fake + 1.0, ())):
        (other,) = score(fake=fake, real=path, train=train, metrics="fid").values()
        assert other.cautions == expected


def test_real_samples_that_all_repeat_are_named(rng):
    real = np.repeat(rng.standard_normal((50, 4)), 2, axis=0)
    (value,) = score(fake=real[::2], real=real, metrics="fid").values()
    assert value.cautions == (
        "too many samples of real repeat, or the fakes are too few, to tell which are copies",
    )


@pytest.mark.parametrize(
    "train", ["the same", "in single precision", "another order", "one fewer", "a third of them", "others"]
)
def test_training_samples_in_the_reference_are_said(train, tmp_path):
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((300, 4)), rng.standard_normal((40, 4))
    some = np.concatenate([real[:100], rng.standard_normal((200, 4))])
    samples = {
        "the same": real, "in single precision": real.astype(np.float32), "another order": real[::-1],
        "one fewer": real[1:], "a third of them": some,
    }  # fmt: skip
    sides = {"fake": fake, "train": samples.get(train, rng.standard_normal((300, 4)))}
    found = score(**sides, real=real, metrics="authenticity")["authenticity[given]"]
    said = [text for text in found.cautions if text.startswith("real and train share samples")]
    assert len(said) == (train != "others")


def test_clouds_in_another_order_of_points_are_named(rng):
    clouds = rng.standard_normal((30, 12, 3)).astype(np.float32)
    fakes = np.array([rng.permutation(cloud) for cloud in clouds])
    (value,) = score(fake=fakes, real=clouds, metrics="voxel-jsd").values()
    assert value.cautions[0] == "30 of 30 samples are, but for order, precision or spelling, samples of real"


def test_what_makes_a_number_say_less_stands_beside_it():
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((300, 4)), rng.standard_normal((20, 4))
    found = score(fake=fake, real=real, train=real, metrics=["fid", "authenticity"])
    sizes = "20 fakes and 300 real samples: "
    assert [text.partition("the bias")[0] for text in found["fid[given]"].cautions] == [sizes]
    (shared,) = found["authenticity[given]"].cautions  # it takes no real samples
    assert shared.startswith("real and train share samples")
    few = score(fake=fake[:4], real=real[:20], metrics="fid")["fid[given]"]
    (caution,) = few.cautions
    assert caution.startswith("4 samples do not determine the covariance of 4 features")


def test_a_notebook_shows_a_number_with_what_decides_it(rng):
    real, fake = rng.standard_normal((30, 2)), rng.standard_normal((20, 2))
    found = score(fake=fake, real=real, metrics="fid")["fid[given]"]
    shown = found._repr_html_()
    assert (
        f"<td>fid[given] ↓</td><td>{found.value:#.4g}</td><td>20</td><td>30</td><td>{found.signature}</td>"
        in shown
    )
    missing = replace(found, value=None, status="error", reason="<script>&", cautions=("one", "two"))
    assert "<td>error</td>" in missing._repr_html_()
    assert "<td>&lt;script&gt;&amp;; one; two</td>" in missing._repr_html_()
    assert "<td>1.000 to 2.000</td>" in replace(found, low=1.0, high=2.0)._repr_html_()


def test_what_score_returns_prints_as_a_table_and_gives_a_logger_its_floats(rng):
    real, fake = rng.standard_normal((30, 2)), rng.standard_normal((20, 2))
    found = score(fake=fake, real=real, metrics=["fid", "precision"])
    fid = found["fid[given]"]
    assert isinstance(found, dict)
    assert float(fid) == fid.value
    assert found.floats() == {"fid[given]": fid.value, "precision[given]": found["precision[given]"].value}
    ranged = replace(fid, low=1.0, high=2.0)
    failed = replace(fid, metric="x", value=None, status="error", reason="<odd>\nrow", yardstick=None)
    mixed = Measurements({"fid[given]": ranged, "x": failed})
    assert mixed.floats() == {"fid[given]": fid.value}
    first, second = repr(mixed).splitlines()
    assert re.split("  +", first) == [
        "fid[given] ↓",
        f"{fid.value:#.4g}",
        "1.000 to 2.000",
        str(fid.yardstick),
    ]
    assert re.split("  +", second)[:2] == ["x ↓", "error"]
    assert second.endswith("<odd> row")
    assert repr(Measurements()) == "no measurements"
    warned = Measurements(
        {"x": replace(fid, metric="x", cautions=("a", "b")), "y": replace(fid, cautions=("b",))}
    )
    assert repr(warned).splitlines()[2:] == ["warning: x: a", "warning: b"]
    shown = mixed._repr_html_()
    assert shown.count("<tr>") == 3
    assert str(fid.yardstick) in shown
    assert "&lt;odd&gt;" in shown
    with pytest.raises(DataError, match=r"^x has no value: error: <odd>"):
        float(failed)


def test_a_reference_returns_the_same_kind_of_dict(rng):
    found = Reference(rng.standard_normal((30, 2))).score(rng.standard_normal((20, 2)), metrics="fid")
    assert found.floats() == {"fid[given]": float(found["fid[given]"])}


def test_a_caution_that_another_one_holds_is_not_said_twice():
    assert _drop_repeated(["a is odd", "b", "b", "a is odd; c is even"]) == ("b", "a is odd; c is even")
