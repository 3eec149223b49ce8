"""Scores from mean and covariance in a file, and such files."""

from __future__ import annotations

import itertools
import zipfile

import numpy as np
import pytest
from toys import plugin_text

from genbench import DataError, Samples, SuiteError, score
from genbench.scoring.explain import explain
from genbench.scoring.statistics import read_statistics


@pytest.fixture
def path(tmp_path):
    return tmp_path / "stats.npz"


@pytest.fixture
def saved(path, real, fake):
    """Save the statistics of `real`, and return their path."""
    score(fake=fake, real=real, metrics="fid", save_stats=path)
    return path


def fid_of(fake, real, **asked):
    return score(fake=fake, real=real, metrics="fid", **asked)["fid[given]"]


def write(path, dtype=np.float64, **arrays):
    given = {"mu": np.zeros(3, dtype), "sigma": np.eye(3, dtype=dtype)} | arrays
    np.savez(path, **{name: array for name, array in given.items() if array is not None})
    return path


def test_a_distance_from_statistics_has_its_closed_form(path):
    scales = np.array([1.0, 2.0, 3.0])
    fake = np.array(list(itertools.product((-1.0, 1.0), repeat=3))) * scales  # uncorrelated columns
    write(path, mu=np.array([3.0, 0.0, 4.0]), sigma=np.diag([4.0, 9.0, 16.0]))
    spread = scales * np.sqrt(8 / 7)
    expected = 25.0 + np.square(np.array([2.0, 3.0, 4.0]) - spread).sum()
    assert fid_of(fake, path).value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", ["fid", {"fid-infinity": {"subsets": "prefixes"}}])
def test_the_score_from_saved_statistics_is_that_from_samples(path, metric):
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(300, 8)) @ rng.normal(size=(8, 8)), rng.normal(0.3, 1.0, (200, 8))
    (from_samples,) = score(fake=fake, real=real, metrics=metric, save_stats=path).values()
    (from_statistics,) = score(fake=fake, real=path, metrics=metric).values()
    assert from_statistics.value == pytest.approx(from_samples.value, rel=1e-9)


def test_fakes_that_are_samples_behind_the_statistics_are_named(path, real, fake):
    fid_of(fake, real, save_stats=path)
    line = f"fake has samples of those behind {path.name}"
    assert line in fid_of(real, path).cautions
    assert line not in fid_of(fake, path).cautions
    fid_of(fake, np.maximum(real, 0.0), save_stats=path)
    assert line in fid_of(-np.maximum(-np.maximum(real, 0.0), -real.max()) * 1.0, path).cautions


def test_statistics_of_fewer_samples_than_features_give_the_same_score_and_the_same_warning(path):
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(10, 30)), rng.normal(0.3, 1.0, (200, 30))
    from_samples = fid_of(fake, real, save_stats=path)
    from_statistics = fid_of(fake, path)
    assert from_statistics.value == pytest.approx(from_samples.value, rel=1e-6)
    assert from_statistics.cautions == from_samples.cautions
    assert "10 samples do not determine" in from_statistics.cautions[-1]


def test_float32_statistics_are_close(path, real, fake):
    write(path, mu=real.mean(0).astype(np.float32), sigma=np.cov(real, rowvar=False).astype(np.float32))
    assert fid_of(fake, path).value == pytest.approx(fid_of(fake, real).value, rel=1e-4)


def test_the_signature_says_that_only_statistics_were_given(saved, path, real, fake):
    from_samples, from_statistics = fid_of(fake, real).decided_by, fid_of(fake, path).decided_by
    assert (from_samples["n_real"], from_statistics["n_real"]) == (60, "moments")
    assert from_samples["data"] != from_statistics["data"]
    assert from_statistics["split"] is None


def test_the_hash_of_the_data_is_that_of_the_numbers(tmp_path, fake):
    one = fid_of(fake, write(tmp_path / "one.npz"))
    same = fid_of(fake, write(tmp_path / "same.npz", np.float32))
    means = fid_of(fake, write(tmp_path / "means.npz", mu=np.ones(3)))
    spreads = fid_of(fake, write(tmp_path / "spreads.npz", sigma=2 * np.eye(3)))
    assert one.signature == same.signature
    assert len({one.signature, means.signature, spreads.signature}) == 3


def test_a_metric_that_needs_samples_is_skipped_and_one_of_the_fakes_alone_is_not(saved, fake):
    found = score(fake=fake, real=saved, metrics=["kid", "vendi"])
    assert (found["kid[given]"].status, found["vendi[given]"].status) == ("skipped", "ok")
    assert found["kid[given]"].reason == "needs samples of real; stats.npz holds only their statistics"


def test_the_count_is_known_only_if_the_file_says_it(saved, tmp_path, fake):
    assert (fid_of(fake, saved).n_real, fid_of(fake, saved).cautions) == (60, ())
    plain = fid_of(fake, write(tmp_path / "plain.npz"))
    assert plain.n_real is None
    (caution,) = plain.cautions
    assert caution == (
        "plain.npz does not say which extractor its statistics are of; given is assumed, and copies of the "
        "samples behind it are not looked for"
    )


def test_saved_statistics_are_those_that_pytorch_fid_writes(saved, real):
    with np.load(saved, allow_pickle=False) as held:
        assert np.allclose(held["mu"], real.mean(axis=0), rtol=1e-12)
        assert np.allclose(held["sigma"], np.cov(real, rowvar=False), rtol=1e-12)
        assert held["mu"].dtype == held["sigma"].dtype == np.float64
    origin = read_statistics(saved).origin
    assert (origin.extractor["name"], origin.output, origin.n) == ("genbench:given", "features", 60)


def test_statistics_of_another_extractor_are_refused(path, images, others):
    asked = {"fake": others, "real": images, "metrics": "fid"}
    score(**asked, extractor="pixels", save_stats=path)
    assert score(**{**asked, "real": path}, extractor="pixels")["fid[pixels]"].status == "ok"
    with pytest.raises(DataError, match=r"another extractor: name is .*pixels.* in the file and .*-class"):
        score(**{**asked, "real": path}, extractor="digits-classifier")


def test_statistics_of_images_of_another_shape_are_refused(path, images, others):
    score(fake=others[:, :6], real=images[:, :6], metrics="fid", extractor="pixels", save_stats=path)
    turned = np.ascontiguousarray(others[:, :6].transpose(0, 2, 1, 3))
    with pytest.raises(DataError, match="holds statistics of image 6x8x1, and fake is image 8x6x1"):
        score(fake=turned, real=path, metrics="fid", extractor="pixels")


def test_statistics_of_the_same_extractor_with_other_options_are_refused(presets, path, images, others):
    asked = {"fake": others, "metrics": "fid"}
    score(**asked, real=images, extractor={"use": "scaled", "scale": 2.0}, save_stats=path)
    with pytest.raises(DataError, match=r"option scale is 2.0 in the file and 1.0 here"):
        score(**asked, real=path, extractor="scaled")


def test_reference_batches_of_adm_give_statistics_and_images(path, images, others):
    write(path, mu=np.zeros(64), sigma=np.eye(64), arr_0=images, mu_s=np.zeros(2))
    asked = {"fake": others, "metrics": ["fid", "kid"], "extractor": "pixels"}
    asked["metrics"] = {"fid": {}, "kid": {"subset_size": 20}}
    found, plain = score(**asked, real=path), score(**asked, real=images)
    assert found["kid[pixels]"].value == plain["kid[pixels]"].value
    assert found["kid[pixels]"].signature == plain["kid[pixels]"].signature
    assert found["fid[pixels]"].value != plain["fid[pixels]"].value
    assert found["fid[pixels]"].decided_by["n_real"] == "moments"


def test_a_reader_that_is_named_reads_the_samples_alone(path, images, others):
    write(path, mu=np.zeros(64), sigma=np.eye(64), arr_0=images)
    asked = {"fake": others, "metrics": "fid", "extractor": "pixels"}
    found = score(**asked, real=path, reader="npz")
    assert found == score(**asked, real=images)


def test_a_metric_of_another_plugin_gets_moments_where_it_asks_for_them(site, saved, real, fake):
    site.add("stranger", plugin_text("""
        def gap(real, fake):
            mean = real.mean if isinstance(real, Moments) else real.mean(axis=0)
            return float(abs(mean - fake.mean(axis=0)).sum())

        MetricSpec(name="gap", make=gap, takes="features", real_moments=True, min_n=61)
    """))  # fmt: skip
    more = np.concatenate([fake, fake])
    found = score(fake=more, real=saved, metrics="gap")["gap[given]"]
    assert found.reason == "needs at least 61 samples on each side; real has 60"
    unknown = score(fake=more, real=write(saved.with_name("plain.npz")), metrics="gap")["gap[given]"]
    assert unknown.value == pytest.approx(abs(fake.mean(axis=0)).sum())


def test_fakes_of_another_width_are_refused(path, fake):
    with pytest.raises(DataError, match="mean and covariance of 4 features, and the fakes have 3"):
        fid_of(fake, write(path, mu=np.zeros(4), sigma=np.eye(4)))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"sigma": None}, "holds no sigma; expected mu of shape"),
        ({"mu": None}, "holds no mu; expected mu of shape"),
        ({"mu": np.zeros(3, int)}, "mu holds int64; expected mu of shape"),
        ({"mu": np.array([None] * 3)}, "mu holds Python objects, which are never unpickled; expected"),
        ({"sigma": np.eye(2)}, "mu and sigma: expected a mean of shape"),
        ({"sigma": np.diag([1.0, 1.0, np.nan])}, "mu and sigma: expected finite numbers"),
        ({"sigma": np.triu(np.ones((3, 3)))}, "mu and sigma: expected a symmetric covariance"),
        ({"sigma": np.diag([1.0, 1.0, -1.0])}, "mu and sigma: expected a covariance without negative"),
        ({"genbench": np.array("{}")}, "genbench is not what --save-stats writes"),
        ({"genbench": np.array("[" * 10_000)}, "genbench is not what --save-stats writes"),
        ({"genbench": np.zeros(3)}, "genbench is not what --save-stats writes"),
    ],
)
def test_a_file_that_holds_no_valid_statistics_is_refused_in_one_line(arrays, message, path, fake):
    with pytest.raises(DataError, match=f"^real: .*stats.npz:? {message}") as caught:
        fid_of(fake, write(path, **arrays))
    assert "\n" not in str(caught.value)


def test_a_header_that_claims_more_than_the_file_holds_is_refused(path, fake):
    with zipfile.ZipFile(path, "w") as archive, archive.open("mu.npy", "w") as file:
        header = {"shape": (10**12,), "fortran_order": False, "descr": "<f8"}
        np.lib.format.write_array_header_1_0(file, header)
    with zipfile.ZipFile(path, "a") as archive, archive.open("sigma.npy", "w") as file:
        np.save(file, np.eye(3))
    with pytest.raises(DataError, match=r"stats.npz: mu cannot be read"):
        fid_of(fake, path)


def test_arrays_above_the_limit_are_not_read(path, fake, monkeypatch):
    monkeypatch.setattr("genbench.scoring.statistics._MOST_BYTES", 100)
    with pytest.raises(DataError, match=r"stats.npz: mu has 152 bytes, and at most 100 are read"):
        fid_of(fake, write(path))


def test_other_files_hold_no_statistics(tmp_path, real):
    np.savez(tmp_path / "features.npz", features=real)
    (tmp_path / "broken.npz").write_bytes(b"PK nothing")
    assert read_statistics(tmp_path / "features.npz") is None
    assert read_statistics(tmp_path / "broken.npz") is None
    assert read_statistics(tmp_path) is None


def test_statistics_are_saved_of_the_one_output_of_one_extractor_that_the_metrics_take(path, images, others):
    asked = {"fake": others, "real": images, "save_stats": path}
    with pytest.raises(SuiteError, match="expected metrics of one output of one extractor, got none"):
        score(**asked, train=images, metrics="train-duplicates")
    with pytest.raises(SuiteError, match=r"got features of pixels .* and features of digits-classifier"):
        score(**asked, metrics=["fid[pixels]", "fid[digits-classifier]"])
    assert not path.exists()


@pytest.mark.parametrize("name", ["stats.npy", "missing/stats.npz"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_opened(name, tmp_path):
    with pytest.raises(SuiteError, match=r"save_stats: stats.np"):
        score(fake="nowhere.test", real="nowhere.test", metrics="fid", save_stats=tmp_path / name)


def test_two_means_in_one_file_are_refused(saved, fake):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("mu", archive.read("mu.npy"))
    with pytest.raises(DataError, match="holds an array twice; expected each name once"):
        fid_of(fake, saved)


def test_statistics_cannot_be_saved_from_statistics(saved, fake):
    before = saved.read_bytes()
    with pytest.raises(DataError, match="save_stats: needs samples of real"):
        fid_of(fake, saved, save_stats=saved)
    assert saved.read_bytes() == before


def test_samples_without_features_do_not_count(site, path, real, fake):
    site.add("halves", plugin_text("""
        def positive():
            return lambda samples: Extracted({"features": samples.data}, samples.data[:, 0] > 0)

        ExtractorSpec(name="positive", make=positive, outputs={"features": "x"})
    """))  # fmt: skip
    score(fake=fake, real=real, metrics="fid[positive]", save_stats=path)
    found, kept = read_statistics(path).moments, real[real[:, 0] > 0]
    assert found.n == len(kept) < len(real)
    assert np.allclose(found.mean, kept.mean(axis=0), rtol=1e-12)


@pytest.mark.slow
def test_statistics_of_a_fitted_extractor_belong_to_its_training_data(path):
    asked = {"fake": "digits.held_out", "metrics": "fid[classifier]"}
    from_samples = score(**asked, real="digits.test", train="digits.train", save_stats=path)
    from_statistics = score(**asked, real=path, train="digits.train")
    value = from_samples["fid[classifier]"].value
    assert from_statistics["fid[classifier]"].value == pytest.approx(value, rel=1e-6)
    with pytest.raises(DataError, match="another extractor: fitted is"):
        score(**asked, real=path, train="digits.test")


@pytest.mark.parametrize("is_stored", [True, False])
def test_statistics_of_another_fit_are_refused(site, path, fake, real, tmp_path, monkeypatch, is_stored):
    """Two stores are two machines, on which training gives other weights."""
    load = ", load=load" if is_stored else ""
    site.add("fitting", plugin_text(f"""
        class Projection:
            def __init__(self, weights):
                self.weights = weights

            def __call__(self, samples):
                return {{"features": samples.data @ self.weights}}

        def fit(train):
            made = Projection(np.random.default_rng().normal(size=(3, 2)))  # not the seed of the host
            if {is_stored}:
                made.save = lambda folder: np.save(folder / "weights.npy", made.weights)
            return made

        def load(folder):
            return Projection(np.load(folder / "weights.npy"))

        ExtractorSpec(name="fitted", make=fit, outputs={{"features": "x"}}{load})
    """))  # fmt: skip
    asked = {"fake": fake, "train": fake, "metrics": "fid[fitted]"}
    score(**asked, real=real, save_stats=path)
    if is_stored:
        assert score(**asked, real=path)["fid[fitted]"].status == "ok"
        shared = tmp_path / "shared.npz"
        for given in ({"real": real, "save_stats": shared}, {"real": shared}):
            found = score(**asked | {"train": real}, **given)["fid[fitted]"]
            assert found.cautions[0].startswith("real and train share samples")
        monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "other"))
    with pytest.raises(DataError, match=r"stats.npz holds statistics of another fit of the extractor"):
        score(**asked, real=path)


def test_one_sample_has_no_statistics(path, fake, real):
    with pytest.raises(DataError, match="save_stats: a covariance needs at least 2 samples, got 1"):
        fid_of(fake, real[:1], save_stats=path)


def test_n_cuts_the_fakes(saved, fake):
    found = fid_of(fake, saved, n=20)
    assert (found.n, found.n_real) == (20, 60)


def test_explain_compares_samples(saved, fake):
    with pytest.raises(SuiteError, match=r"explain compares samples, and stats.npz holds statistics"):
        explain(fake=Samples.of("vector", fake), real=saved)
