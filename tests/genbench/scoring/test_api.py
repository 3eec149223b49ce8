from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import genbench
from genbench import DataError, Samples, SuiteError, score

RNG = np.random.Generator(np.random.PCG64(5))
REAL = RNG.normal(size=(60, 3))
FAKE = RNG.normal(size=(50, 3)) + 1.0
IMAGES = RNG.integers(0, 256, (40, 8, 8, 1)).astype(np.uint8)
OTHERS = RNG.integers(0, 128, (40, 8, 8, 1)).astype(np.uint8)


@pytest.fixture(autouse=True)
def _own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))


def value(metric, **sides):
    (found,) = score(**({"fake": FAKE, "real": REAL} | sides), metrics=[metric]).values()
    return found.value


def test_float_arrays_are_features_and_the_id_says_so():
    found = score(fake=FAKE, real=REAL, metrics=["fid", "precision"])
    assert list(found) == ["fid[given]", "precision[given]"]
    for name, measurement in found.items():
        assert (measurement.metric, measurement.status, measurement.reason) == (name, "ok", "")
        assert measurement.n == 50
        assert len(measurement.signature) == 8


def test_a_score_is_that_of_the_metrics_function_called_directly():
    from genbench_fidelity.distances.fid import fid

    assert value("fid") == fid(REAL, FAKE)


def test_a_shift_by_one_vector_gives_its_squared_length():
    shift = np.array([1.0, 2.0, -2.0])
    assert value("fid", fake=REAL + shift) == pytest.approx(9.0, abs=1e-9)


def test_uint8_arrays_are_images():
    found = score(fake=OTHERS, real=IMAGES, metrics=["fid", "inception-score"], extractor="digits-classifier")
    assert list(found) == ["fid[digits-classifier]", "inception-score[digits-classifier]"]
    assert all(measurement.status == "ok" for measurement in found.values())
    assert found["fid[digits-classifier]"].value > 0


def test_tensors_are_as_good_as_arrays():
    tensors = {"fake": torch.tensor(FAKE, requires_grad=True), "real": torch.tensor(REAL)}
    assert value("fid", **tensors) == value("fid")


def test_samples_are_as_good_as_arrays():
    assert value("fid", fake=Samples.of("vector", FAKE), real=Samples.of("vector", REAL)) == value("fid")


def test_options_come_by_a_mapping_and_change_the_signature():
    plain = score(fake=FAKE, real=REAL, metrics=["precision"])["precision[given]"]
    wide = score(fake=FAKE, real=REAL, metrics={"precision": {"k": 9}})["precision[given]"]
    assert wide.value > plain.value
    assert wide.signature != plain.signature


def test_a_single_name_is_one_metric():
    assert score(fake=FAKE, real=REAL, metrics="fid") == score(fake=FAKE, real=REAL, metrics=["fid"])


def test_all_outputs_of_a_metric_come_by_their_ids():
    found = score(fake=FAKE, real=REAL, metrics=["precision-recall"])
    assert list(found) == ["precision[given]", "recall[given]"]


def test_precision_and_recall_change_places_with_the_sides():
    near = REAL[:50] * 0.1
    assert value("precision", fake=near) == value("recall", fake=REAL, real=near)
    assert value("precision", fake=near) > value("recall", fake=near)


@pytest.mark.parametrize("call", [(FAKE, REAL), (FAKE,)])
def test_sides_have_to_be_named(call):
    with pytest.raises(TypeError):
        score(*call, metrics=["fid"])


CONVERT = r"\(x \* 255\)\.round\(\)\.clip\(0, 255\)\.astype\('uint8'\)"


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            IMAGES / 255,
            rf"fake: expected images, features or texts, got float64 \(40, 8, 8, 1\); .*{CONVERT}",
        ),
        (IMAGES.astype(np.int64), r"got int64 \(40, 8, 8, 1\)"),
        (IMAGES[..., 0], r"got uint8 \(40, 8, 8\); .*x\[\.\.\., None\]"),
        (IMAGES.astype(np.uint16), rf"expected uint8 for a space of kind image, got uint16; .*{CONVERT}"),
        (FAKE.astype(np.float16), r"got float16; convert with x\.astype\('float64'\)"),
        (FAKE.astype(int), r"got int64 \(50, 3\)"),
        (FAKE[:, 0], r"got float64 \(50,\); .*x\.reshape\(len\(x\), -1\)"),
        (FAKE > 0, r"got bool \(50, 3\)"),
        (FAKE.astype(complex), r"got complex128"),
        (FAKE.tolist(), "got list"),
        (None, "got NoneType"),
        (torch.zeros(5, 3, dtype=torch.bfloat16), r"BFloat16; convert the tensor with x\.double\(\)"),
        (np.full((5, 3), np.nan), "15 values are not finite"),
        (np.zeros((5, 0)), "shape"),
        (IMAGES, "fake is image 8x8x1, real is vector 3"),
        (FAKE[:, :2], "given compares samples of one shape; fake is vector 2, real is vector 3"),
    ],
)
def test_what_is_neither_images_nor_features_is_refused_with_what_to_do(array, message):
    with pytest.raises(DataError, match=message) as caught:
        score(fake=array, real=REAL, metrics=["fid"])
    assert "\n" not in str(caught.value)


def test_channels_first_images_are_told_how_to_turn():
    with pytest.raises(DataError, match=r"x\.transpose\(0, 2, 3, 1\) channels-first ones"):
        score(fake=np.zeros((5, 3, 8, 8), np.float32), real=IMAGES, metrics=["fid"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metrics": ["fdi"]}, "metrics: fdi: no metric named 'fdi'; did you mean "),
        ({"metrics": {"precision": {"kk": 3}}}, "metrics: precision.kk: precision-recall has no option 'kk'"),
        ({"metrics": {"precision": {"k": "3"}}}, "metrics: precision.k: "),
        ({"metrics": ["inception-score"]}, "given gives features; inception-score takes probabilities"),
        ({"metrics": ["fid"], "extractor": "pixel"}, "no extractor named 'pixel'; did you mean 'pixels'"),
        (
            {"metrics": ["fid"], "extractor": "classifier"},
            "'classifier' is fitted to a dataset; give its samples with labels as train",
        ),
    ],
)
def test_unknown_names_and_options_are_refused(arguments, message):
    sides = {"fake": OTHERS, "real": IMAGES} if "extractor" in arguments else {"fake": FAKE, "real": REAL}
    with pytest.raises(SuiteError, match=message):
        score(**sides, **arguments)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_samples_are_skipped_with_the_numbers(n):
    found = score(fake=FAKE[:n], real=REAL, metrics=["fid"])["fid[given]"]
    assert (found.value, found.status) == (None, "skipped")
    assert found.reason == f"needs at least 2 samples on each side; fake has {n}"


def test_no_images_are_skipped_too():
    found = score(fake=IMAGES[:0], real=IMAGES, metrics=["fid"], extractor="digits-classifier")
    assert found["fid[digits-classifier]"].status == "skipped"


def test_a_metric_of_copies_needs_train():
    without = score(fake=FAKE, real=REAL, metrics=["authenticity"])["authenticity[given]"]
    assert (without.status, without.reason) == ("skipped", "train was not given")
    copies = score(fake=REAL, real=FAKE, train=REAL, metrics=["authenticity"])["authenticity[given]"]
    assert (copies.status, copies.value) == ("ok", 0.0)


def test_the_signature_says_which_data_and_how_many():
    def sign(**sides):
        return score(**({"fake": FAKE, "real": REAL} | sides), metrics=["fid"])["fid[given]"].signature

    assert sign() == sign(fake=FAKE + 1.0)
    assert len({sign(), sign(real=REAL + 1.0), sign(fake=FAKE[:40]), sign(real=REAL[:40])}) == 4


PLUGIN = """
    import numpy as np
    from genbench import ExtractorSpec, MetricSpec, Undefined, hookimpl

    def gap(real, fake, *, rng, device, log):
        log(1, 1, anything=1)
        return abs(float(real.data.mean() - fake.data.mean()))

    def draws(fake, *, rng):
        return float(rng.normal())

    def fails(fake):
        raise RuntimeError("at /home/somebody/x.py <0x7f0000000000>")

    def infinite(fake):
        return float("inf")

    def wide(fake):
        return 7.0

    def needs_sampler(sampler):
        return 0.0

    def of_labels(fake_labels):
        return float(fake_labels.mean())

    def of_extract(extract):
        import genbench
        return float(extract(genbench.Samples.of("vector", np.ones((2, 3)))).sum())

    def random(*, width: int = 2, rng, device, log):
        log(1, 1)
        weights = rng.normal(size=(3, width))
        return lambda samples: {"features": samples.data @ weights}

    def mean(fake):
        return float(fake.mean())

    @hookimpl
    def genbench_extractors():
        return [ExtractorSpec(name="random", make=random, outputs={"features": "projections"})]

    @hookimpl
    def genbench_metrics():
        plain = (gap, draws, fails, infinite, needs_sampler, of_labels)
        return [
            *(MetricSpec(name=make.__name__.replace("_", "-"), make=make) for make in plain),
            MetricSpec(name="wide", make=wide, range=(0.0, 1.0), min_n=55),
            MetricSpec(name="of-extract", make=of_extract, takes="features"),
            MetricSpec(name="mean", make=mean, takes="features"),
        ]
"""


@pytest.fixture
def plugin(site):
    site.add("measured-plugin", PLUGIN)


def test_a_metric_of_samples_needs_no_extractor_for_vectors(plugin):
    found = score(fake=FAKE, real=REAL, metrics=["gap", "fid"])
    assert list(found) == ["gap", "fid[given]"]
    assert found["gap"].value == pytest.approx(abs(REAL.mean() - FAKE.mean()), rel=1e-12)


def test_the_same_call_gives_the_same_answer_and_another_seed_another_draw(plugin):
    found = [score(fake=FAKE, real=REAL, metrics=["draws"], seed=seed)["draws"] for seed in (0, 0, 1)]
    assert found[0] == found[1]
    assert found[0].value != found[2].value
    assert found[0].signature == found[2].signature


def test_an_extractor_gets_what_it_asks_for_and_is_the_same_each_time(plugin):
    found = [score(fake=FAKE, real=REAL, metrics=["mean"], extractor="random", seed=seed) for seed in (0, 1)]
    values = [each["mean[random]"].value for each in found]
    assert values[0] == values[1] is not None


def test_a_metric_may_use_the_extractor_on_material_of_its_own(plugin):
    assert score(fake=FAKE, real=REAL, metrics=["of-extract"])["of-extract[given]"].value == 6.0


@pytest.mark.parametrize(
    ("metric", "status", "reason"),
    [
        ("fails", "error", "measured-plugin:fails: RuntimeError: at x.py <0x…>"),
        ("infinite", "invalid", "measured-plugin:infinite: expected a finite number, got inf"),
        ("needs-sampler", "skipped", "genbench.score has no sampler; run a suite"),
        ("of-labels", "skipped", "fake has no labels"),
    ],
)
def test_a_metric_that_has_no_value_says_why_and_the_others_have_theirs(plugin, metric, status, reason):
    found = score(fake=FAKE, real=REAL, metrics=[metric, "gap"])
    assert (found[metric].value, found[metric].status, found[metric].reason) == (None, status, reason)
    assert found["gap"].status == "ok"


def test_the_least_number_of_samples_counts_for_the_sides_that_are_used(plugin):
    few = score(fake=FAKE, real=REAL, metrics=["wide"])["wide"]
    assert few.reason == "needs at least 55 samples on each side; fake has 50"
    enough = score(fake=REAL, real=FAKE, metrics=["wide"])["wide"]
    assert (enough.status, enough.reason) == (
        "invalid", "measured-plugin:wide: wide is 7.0, outside its declared range [0.0, 1.0]",
    )  # fmt: skip


def test_labels_come_with_samples(plugin):
    fake = Samples.of("vector", FAKE, np.ones(50, int))
    assert score(fake=fake, real=REAL, metrics=["of-labels"])["of-labels"].value == 1.0


def test_score_is_a_public_name():
    assert genbench.score is score
    assert "score" in genbench.__all__


def test_images_with_channels_first_are_refused_with_the_line_that_converts_them():
    images = np.zeros((50, 3, 8, 8), np.uint8)
    with pytest.raises(DataError, match=r"x\.transpose\(0, 2, 3, 1\)"):
        score(fake=images, real=images, metrics=["fid"], extractor="pixels")


@pytest.fixture
def folders(tmp_path):
    """Two folders of PNG files that hold IMAGES and OTHERS."""
    for name, images in (("real", IMAGES), ("fake", OTHERS)):
        (tmp_path / name).mkdir()
        for number, image in enumerate(images):
            Image.fromarray(image[:, :, 0]).save(tmp_path / name / f"{number:03}.png")
    return {name: tmp_path / name for name in ("fake", "real")}


PIXELS = {"metrics": ["fid", "vendi"], "extractor": "pixels"}


@pytest.mark.parametrize("form", [str, Path])
def test_folders_are_as_good_as_the_arrays_in_them(folders, form):
    of_arrays = score(fake=OTHERS, real=IMAGES, **PIXELS)
    of_folders = score(fake=form(folders["fake"]), real=form(folders["real"]), **PIXELS)
    assert of_folders == of_arrays


def test_a_files_features_are_as_good_as_the_array_in_it(tmp_path):
    np.save(tmp_path / "real.npy", REAL)
    found = score(fake=FAKE, real=tmp_path / "real.npy", metrics=["fid"])
    assert found == score(fake=FAKE, real=REAL, metrics=["fid"])


@pytest.fixture
def counted(site):
    """Install an extractor that counts the samples it has seen, and return the count."""
    site.add("counting", """
        import numpy as np
        from genbench import ExtractorSpec, hookimpl

        SEEN = []

        def counted():
            def extract(samples):
                SEEN.append(len(samples))
                return {"features": samples.data.reshape(len(samples), -1).astype(np.float32)}
            return extract

        @hookimpl
        def genbench_extractors():
            return [ExtractorSpec(name="counted", make=counted, outputs={"features": "pixels"})]
    """)  # fmt: skip

    def seen():
        import counting

        found, counting.SEEN[:] = list(counting.SEEN), []
        return found

    return seen


def test_features_of_folders_are_made_once_and_one_changed_image_is_noticed(folders, counted):
    asked = {"fake": folders["fake"], "real": folders["real"], "extractor": "counted"}
    first = score(**asked, metrics=["fid"])["fid[counted]"]
    assert counted() == [40, 40]
    score(**asked, metrics=["vendi", "precision"])
    assert counted() == []
    Image.fromarray(IMAGES[0, ::-1, :, 0]).save(folders["fake"] / "000.png")
    second = score(**asked, metrics=["fid"])["fid[counted]"]
    assert counted() == [40]
    assert second.value != first.value
    assert second.signature == first.signature


def test_a_moved_folder_is_the_same_folder(folders, counted, tmp_path):
    asked = {"real": folders["real"], "extractor": "counted", "metrics": ["fid"]}
    before = score(fake=folders["fake"], **asked)
    counted()
    folders["fake"].rename(tmp_path / "elsewhere")
    assert score(fake=tmp_path / "elsewhere", **asked) == before
    assert counted() == []


def test_a_split_of_a_dataset_is_named_with_a_dot():
    found = score(fake="digits.held_out", real="digits", extractor="digits-classifier", metrics=["fid"])
    (measurement,) = found.values()
    assert (measurement.n, measurement.n_real) == (599, 599)
    assert measurement.decided_by["split"] == "test"
    assert measurement.value < 12


def test_a_fitted_extractor_is_fitted_to_train():
    asked = {"fake": "digits.held_out", "real": "digits.test", "extractor": "classifier", "metrics": ["fid"]}
    found = score(**asked, train="digits.train")["fid[classifier]"]
    assert found.status == "ok"
    assert found.decided_by["extractor"]["fitted"] is not None


def test_n_cuts_both_sides_by_content_and_stands_in_the_signature(folders):
    found = score(fake=folders["fake"], real=folders["real"], n=30, **PIXELS)["fid[pixels]"]
    assert (found.n, found.n_real) == (30, 30)
    order = RNG.permutation(40)
    again = score(fake=OTHERS[order], real=IMAGES[order[::-1]], n=30, **PIXELS)["fid[pixels]"]
    assert again.value == pytest.approx(found.value, rel=1e-9)
    whole = score(fake=folders["fake"], real=folders["real"], **PIXELS)["fid[pixels]"]
    assert whole.signature != found.signature


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        ({"fake": "lost"}, r"fake: there is no path 'lost' and no split of a dataset of that name"),
        ({"fake": "lost.npz"}, r"fake: there is no path 'lost\.npz'"),
        ({"fake": Path("lost.npz")}, r"fake: lost\.npz does not exist"),
        ({"fake": "a/b/lost.test"}, r"fake: there is no path 'lost\.test'"),
        ({"fake": "digits"}, r"fake: 'digits' is a whole dataset; name a split of it: digits\.held_out"),
        ({"real": "digit"}, r"did you mean 'digits'"),
        ({"real": "digits.validation"}, r"real: there is no path 'digits\.validation'"),
        ({"fake": OTHERS, "n": 41}, r"fake has 40 samples, expected at least 41"),
    ],
)
def test_what_is_no_side_is_refused_with_what_to_give(sides, message):
    with pytest.raises(DataError, match=message):
        score(**({"fake": OTHERS, "real": IMAGES} | sides), **PIXELS)


def test_what_cannot_be_opened_says_which_side_it_is(folders):
    (folders["fake"] / "torn.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"^fake: .*torn\.png is empty"):
        score(fake=folders["fake"], real=folders["real"], **PIXELS)
    (folders["fake"] / "torn.png").unlink()
    (folders["fake"] / "link.png").symlink_to(folders["real"] / "000.png")
    with pytest.raises(DataError, match=r"^fake: fake/link\.png is a symbolic link"):
        score(fake=folders["fake"], real=folders["real"], **PIXELS)


def test_images_of_two_sizes_meet_only_behind_an_extractor_that_makes_them_equal(site):
    site.add("averaging", """
        from genbench import ExtractorSpec, hookimpl

        def means():
            return lambda samples: {"features": samples.data.mean((1, 2)).astype("float32")}

        @hookimpl
        def genbench_extractors():
            outputs = {"features": "mean intensity"}
            return [ExtractorSpec(name="means", make=means, outputs=outputs, any_shape=True)]
    """)  # fmt: skip
    wide = np.repeat(OTHERS, 2, axis=2)
    assert score(fake=wide, real=IMAGES, metrics=["fid"], extractor="means")["fid[means]"].status == "ok"
    with pytest.raises(
        DataError, match="pixels compares samples of one shape; fake is image 8x16x1, real is image 8x8x1"
    ):
        score(fake=wide, real=IMAGES, metrics=["fid"], extractor="pixels")


def test_an_id_names_the_extractor_of_one_metric_alone():
    found = score(fake=OTHERS, real=IMAGES, metrics=["fid[pixels]", "fid[digits-classifier]"])
    assert list(found) == ["fid[pixels]", "fid[digits-classifier]"]


PROTOCOLS = """
    import numpy as np
    from genbench import ExtractorSpec, Protocol, hookimpl

    def scaled(*, scale: float = 1.0):
        return lambda samples: {"features": scale * samples.data.reshape(len(samples), -1).astype("float64")}

    @hookimpl
    def genbench_extractors():
        presets = (
            Protocol(name="plain"),
            Protocol(name="doubled", options={"scale": 2.0}, metrics={"vendi": {"q": 2.0}}, split="train"),
            Protocol(name="many", n=50, metrics={"vendi": {"extractor": "pixels"}}),
        )
        return [ExtractorSpec(name="scaled", make=scaled, outputs={"features": "x"}, protocols=presets)]
"""


@pytest.fixture
def protocols(site):
    site.add("presets", PROTOCOLS)


def test_a_protocol_sets_extractor_and_options_and_stands_in_id_and_signature(protocols):
    sides = {"fake": OTHERS, "real": IMAGES}
    found = {name: score(**sides, metrics=["fid", "vendi"], protocol=name) for name in ("plain", "doubled")}
    assert list(found["doubled"]) == ["fid[doubled]", "vendi[doubled]"]
    fids = [found[name][f"fid[{name}]"] for name in ("plain", "doubled")]
    assert fids[1].value == pytest.approx(4 * fids[0].value, rel=1e-6)
    assert [fid.decided_by["protocol"] for fid in fids] == ["plain", "doubled"]
    assert found["doubled"]["vendi[doubled]"].decided_by["options"] == {"q": 2.0}
    bare = score(**sides, metrics=["fid"], extractor="scaled")["fid[scaled]"]
    assert bare.value == fids[0].value
    assert bare.signature != fids[0].signature


def test_a_protocol_says_which_split_is_the_reference(protocols):
    sides = {"fake": "digits.held_out", "real": "digits", "metrics": ["vendi"]}
    found = [score(**sides, protocol=name) for name in ("plain", "doubled")]
    assert [next(iter(each.values())).decided_by["split"] for each in found] == ["test", "train"]


def test_a_protocol_that_needs_more_fakes_than_there_are_is_refused_unless_n_is_named(protocols):
    sides = {"fake": OTHERS, "real": IMAGES, "metrics": ["fid"], "protocol": "many"}
    with pytest.raises(DataError, match="fake has 40 samples, expected at least 50"):
        score(**sides)
    assert score(**sides, n=40)["fid[many]"].n == 40


def test_a_protocol_may_name_another_extractor_for_a_metric(protocols):
    found = score(fake=OTHERS, real=IMAGES, metrics=["vendi", "fid"], protocol="many", n=40)
    names = [found[name].decided_by["extractor"]["name"] for name in ("vendi[many]", "fid[many]")]
    assert names == ["genbench:pixels", "presets:scaled"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"protocol": "plane"}, "no protocol named 'plane'; did you mean 'plain'"),
        ({"protocol": "plain", "extractor": "pixels"}, "is one of the extractor scaled, not pixels"),
        ({"reader": "npzz"}, None),
    ],
)
def test_what_is_no_protocol_or_reader_is_refused(protocols, folders, arguments, message):
    with pytest.raises(SuiteError, match=message):
        score(fake=folders["fake"], real=folders["real"], metrics=["fid"], **arguments)


def test_two_plugins_with_a_protocol_of_one_name_are_told_apart_by_their_distributions(protocols, site):
    site.add("others", PROTOCOLS.replace('name="scaled"', 'name="other"'))
    sides = {"fake": OTHERS, "real": IMAGES, "metrics": ["fid"]}
    with pytest.raises(SuiteError, match=r"name one of them: \w+:plain or \w+:plain"):
        score(**sides, protocol="plain")
    assert list(score(**sides, protocol="others:plain")) == ["fid[plain]"]


def test_a_report_is_given_where_no_metric_is_named():
    plain = score(fake=FAKE, real=REAL)
    assert {"fid[given]", "precision[given]", "coverage[given]", "vendi[given]"} <= set(plain)
    assert "authenticity[given]" not in plain
    assert "authenticity[given]" in score(fake=FAKE, real=REAL, train=REAL)


def test_stages_and_steps_are_reported():
    events = []
    score(fake=FAKE, real=REAL, metrics=["fid"], report=lambda **event: events.append(event))
    assert [event["stage"] for event in events if "stage" in event] == [
        "open fake", "open real", "fid[given]", "extract", "score", "extract", "score",
    ]  # fmt: skip


def test_what_a_metric_says_beside_its_value_comes_too():
    found = score(fake=REAL, real=FAKE, metrics={"kid": {"subset_size": 20, "subsets": 5}})["kid[given]"]
    assert found.spread is not None
    assert found.low is None


def test_train_has_a_part_only_in_signatures_of_metrics_that_use_it():
    asked = {"fake": FAKE, "real": REAL, "metrics": ["fid", "authenticity"]}
    without, one, other = (score(**asked, train=train) for train in (None, REAL, REAL + 1.0))
    assert without["fid[given]"] == one["fid[given]"] == other["fid[given]"]
    assert one["authenticity[given]"].signature != other["authenticity[given]"].signature


def test_a_strangers_modality_is_scored_by_its_own_reader_and_metric(site, tmp_path):
    site.add("verses", """
        from pathlib import Path
        from genbench import Data, DatasetSpec, MetricSpec, Samples, hookimpl

        def lines(*, path: Path):
            return Data(Samples.of("text", path.read_text().splitlines()))

        def longer(real, fake):
            return sum(map(len, fake.data)) / len(fake) - sum(map(len, real.data)) / len(real)

        @hookimpl
        def genbench_datasets():
            return [DatasetSpec(name="lines", make=lines, reads=(".verse",), spaces=("text",))]

        @hookimpl
        def genbench_metrics():
            return [MetricSpec(name="longer", make=longer, spaces=("text",), report=True)]
    """)  # fmt: skip
    for name, text in (("a", "one\nthree\n"), ("b", "of\nto\nin\n")):
        (tmp_path / f"{name}.verse").write_text(text)
    found = score(fake=tmp_path / "a.verse", real=tmp_path / "b.verse")
    longer = found["longer"]
    assert (longer.value, longer.n, longer.n_real) == (2.0, 2, 3)


def test_a_reader_is_named_where_several_read_such_a_path(site, folders):
    site.add("others", """
        from pathlib import Path
        from genbench import Data, DatasetSpec, Samples, hookimpl
        import numpy as np

        def dark(*, path: Path):
            return Data(Samples.of("image", np.zeros((5, 8, 8, 1), np.uint8)))

        @hookimpl
        def genbench_datasets():
            return [DatasetSpec(name="dark", make=dark, reads=("/",), spaces=("image",))]
    """)  # fmt: skip
    with pytest.raises(DataError, match=r"^fake: .* and .*: name it as the reader"):
        score(fake=folders["fake"], real=folders["real"], **PIXELS)
    found = score(fake=folders["fake"], real=folders["real"], reader="image-folder", **PIXELS)
    assert found["fid[pixels]"].n == 40


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": -3}, "n: expected an integer of at least 1, got -3"),
        ({"n": 2.5}, "n: expected an integer of at least 1, got 2.5"),
        ({"n": "10"}, "n: expected an integer"),
        ({"n": 0}, "n: expected an integer"),
        ({"n": True}, "n: expected an integer of at least 1, got True"),
        ({"seed": False}, "seed: expected an integer of at least 0, got False"),
        ({"seed": -1}, "seed: expected an integer of at least 0, got -1"),
        ({"device": "nope"}, "device 'nope' cannot be used here"),
        (
            {"metrics": ["fid[pixels]"]},
            r"fid\[pixels\]: pixels works on image; the samples are of the kind vector",
        ),
        ({"metrics": ["fid", "fid[given]"]}, r"fid\[given\] is asked for twice"),
    ],
)
def test_numbers_devices_spaces_and_repeats_are_checked_before_work(arguments, message):
    with pytest.raises(SuiteError, match=message):
        score(**({"fake": FAKE, "real": REAL, "metrics": ["fid"]} | arguments))


@pytest.mark.parametrize("name", ["y" * 300, "y/" * 3000, "", "a\0b"])
def test_what_can_be_no_path_is_refused(name):
    with pytest.raises(DataError, match=r"^fake: "):
        score(fake=name, real=REAL, metrics=["fid"])


def test_a_renamed_file_costs_no_new_features(folders, counted):
    asked = {"real": folders["real"], "extractor": "counted", "metrics": ["fid"]}
    before = score(fake=folders["fake"], **asked)
    counted()
    (folders["fake"] / "039.png").rename(folders["fake"] / "zzz.png")
    (folders["fake"] / ".DS_Store").write_bytes(b"what a file manager leaves")
    assert score(fake=folders["fake"], **asked) == before
    assert counted() == []


def test_the_reader_takes_options(folders):
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(folders["fake"] / "colour.png")
    asked = {"fake": folders["fake"], "real": folders["real"], **PIXELS}
    with pytest.raises(DataError, match="set mode to 'L' or 'RGB'"):
        score(**asked)
    assert score(**asked, reader={"use": "image-folder", "mode": "L"})["fid[pixels]"].n == 41


def test_a_folder_with_splits_gives_the_one_that_is_meant(folders, tmp_path):
    for split in ("train", "test"):
        (folders["real"].parent / "whole").mkdir(exist_ok=True)
        (tmp_path / "whole" / split).mkdir()
    for number, file in enumerate(sorted(folders["real"].iterdir())):
        file.rename(tmp_path / "whole" / ("train" if number < 30 else "test") / file.name)
    asked = {"real": tmp_path / "whole", "reader": {"use": "image-folder", "held_out": "none"}}
    found = score(fake=folders["fake"], **asked, train=tmp_path / "whole", **PIXELS)["fid[pixels]"]
    assert found.n_real == 10
    with pytest.raises(
        DataError, match="fake: whole holds the splits train, test; name one of them: whole/test"
    ):
        score(fake=tmp_path / "whole", **asked, **PIXELS)


def test_options_without_an_extractor_are_for_the_canonical_one_of_the_first_metric(site):
    site.add("sizes", """
        from genbench import ExtractorSpec, MetricSpec, hookimpl

        def one(*, scale: float = 1.0):
            return lambda samples: {"features": scale * samples.data}

        @hookimpl
        def genbench_extractors():
            return [ExtractorSpec(name=name, make=one, outputs={"features": "x"}) for name in ("one", "two")]

        @hookimpl
        def genbench_metrics():
            return [MetricSpec(name=f"first-{name}", make=lambda fake: float(fake.mean()), takes="features",
                               extractor=name) for name in ("one", "two")]
    """)  # fmt: skip
    found = score(fake=FAKE, real=REAL, metrics=["first-one", "first-two"], extractor={"scale": 2.0})
    assert list(found) == ["first-one[one]", "first-two[one]"]


def test_a_protocol_with_other_options_than_its_own_is_not_named_as_it(protocols):
    sides = {"fake": OTHERS, "real": IMAGES, "metrics": ["fid"], "protocol": "doubled"}
    own = score(**sides, extractor={"use": "scaled", "scale": 2.0})["fid[doubled]"]
    other = score(**sides, extractor={"use": "scaled", "scale": 3.0})["fid[scaled]"]
    assert own.decided_by["protocol"] == "doubled"
    assert other.decided_by["protocol"] is None


def test_texts_are_given_as_a_list():
    real, fake = ["one two three", "four five"], ("one two three", "one two three", "six")
    found = score(fake=fake, real=real, metrics=["duplicates", "train-duplicates"], train=["six"])
    assert (found["duplicates"].n, found["duplicates"].n_real) == (3, 2)
    assert found["duplicates"].value == pytest.approx(1 / 3, rel=1e-12)
    assert found["train-duplicates"].value == pytest.approx(1 / 3, rel=1e-12)
    with pytest.raises(
        DataError, match=r"real: expected images, features or texts, got list; .* tuple of str"
    ):
        score(fake=fake, real=["one", 2])


def test_a_store_that_takes_nothing_more_costs_a_warning_and_no_number(tmp_path, monkeypatch):
    for number in range(2):
        images = np.random.Generator(np.random.PCG64(number)).integers(0, 256, (60, 8, 8, 1), np.uint8)
        np.save(tmp_path / f"{number}.npy", images)
    asked = {"fake": tmp_path / "0.npy", "real": tmp_path / "1.npy", "metrics": ["fid"],
             "extractor": "digits-classifier"}  # fmt: skip
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "whole"))
    expected = score(**asked)
    kinds = [path.name for path in (tmp_path / "whole").iterdir()]
    assert {"features", "opened"} <= set(kinds)
    (tmp_path / "full").mkdir()
    for kind in kinds:
        (tmp_path / "full" / kind).write_text("in the way")
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "full"))
    with pytest.warns(RuntimeWarning, match="cannot be written: .*going on without storing"):
        assert score(**asked) == expected
