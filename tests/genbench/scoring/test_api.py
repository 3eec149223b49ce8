"""`genbench.score` as a whole: measurements, their statuses, seeds and progress."""

from __future__ import annotations

import time

import numpy as np
import pytest
from toys import plugin_text

import genbench
from genbench import SuiteError, score


@pytest.fixture
def value(real, fake):
    """Return a function to the value of a metric, whose sides may be replaced."""

    def make(metric, **sides):
        (found,) = score(**({"fake": fake, "real": real} | sides), metrics=[metric]).values()
        return found.value

    return make


def test_float_arrays_are_features_and_the_id_says_so(real, fake):
    found = score(fake=fake, real=real, metrics=["fid", "precision"])
    assert list(found) == ["fid[given]", "precision[given]"]
    for name, measurement in found.items():
        assert (measurement.metric, measurement.status, measurement.reason) == (name, "ok", "")
        assert measurement.n == 50
        assert len(measurement.signature) == 8


def test_a_score_is_that_of_the_metrics_function_called_directly(value, real, fake):
    from genbench_fidelity.distances.fid import fid

    assert value("fid") == fid(real, fake)


def test_a_shift_by_one_vector_gives_its_squared_length(value, real):
    shift = np.array([1.0, 2.0, -2.0])
    assert value("fid", fake=real + shift) == pytest.approx(9.0, abs=1e-9)


def test_precision_and_recall_change_places_with_the_sides(value, real):
    near = real[:50] * 0.1
    assert value("precision", fake=near) == value("recall", fake=real, real=near)
    assert value("precision", fake=near) > value("recall", fake=near)


def test_sides_have_to_be_named(real, fake):
    for call in ((fake, real), (fake,)):
        with pytest.raises(TypeError):
            score(*call, metrics=["fid"])


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_samples_are_skipped_with_the_numbers(n, real, fake):
    found = score(fake=fake[:n], real=real, metrics=["fid"])["fid[given]"]
    assert (found.value, found.status) == (None, "skipped")
    assert found.reason == f"needs at least 2 samples on each side; fake has {n}"


def test_no_images_are_skipped_too(images):
    found = score(fake=images[:0], real=images, metrics=["fid"], extractor="digits-classifier")
    assert found["fid[digits-classifier]"].status == "skipped"


def test_the_signature_says_which_data_and_how_many(real, fake):
    def sign(**sides):
        return score(**({"fake": fake, "real": real} | sides), metrics=["fid"])["fid[given]"].signature

    assert sign() == sign(fake=fake + 1.0)
    assert len({sign(), sign(real=real + 1.0), sign(fake=fake[:40]), sign(real=real[:40])}) == 4


def test_the_same_call_gives_the_same_answer_and_another_seed_another_draw(measured_plugin, real, fake):
    found = [score(fake=fake, real=real, metrics=["draws"], seed=seed)["draws"] for seed in (0, 0, 1)]
    assert found[0] == found[1]
    assert found[0].value != found[2].value
    assert found[0].signature == found[2].signature


def test_an_extractor_gets_what_it_asks_for_and_is_the_same_each_time(measured_plugin, real, fake):
    found = [score(fake=fake, real=real, metrics=["mean"], extractor="random", seed=seed) for seed in (0, 1)]
    values = [each["mean[random]"].value for each in found]
    assert values[0] == values[1] is not None


@pytest.mark.parametrize(
    ("metric", "status", "reason"),
    [
        ("fails", "error", "measured-plugin:fails: RuntimeError: at x.py <0x…>"),
        (
            "infinite",
            "invalid",
            (
                "measured-plugin:infinite: expected a finite number, got inf; where there is no value, raise "
                "genbench.Undefined with the reason"
            ),
        ),
    ],
)
def test_a_metric_that_has_no_value_says_why_and_the_others_have_theirs(
    measured_plugin, metric, status, reason, real, fake
):
    found = score(fake=fake, real=real, metrics=[metric, "gap"])
    assert (found[metric].value, found[metric].status, found[metric].reason) == (None, status, reason)
    assert found["gap"].status == "ok"


def test_the_least_number_of_samples_counts_for_the_sides_that_are_used(measured_plugin, real, fake):
    few = score(fake=fake, real=real, metrics=["wide"])["wide"]
    assert few.reason == "needs at least 55 samples on each side; fake has 50"
    enough = score(fake=real, real=fake, metrics=["wide"])["wide"]
    assert enough.status == "invalid"
    assert enough.reason == "measured-plugin:wide: wide is 7.0, outside its declared range [0.0, 1.0]"


def test_score_is_a_public_name():
    assert genbench.score is score
    assert "score" in genbench.__all__


def test_stages_and_steps_are_reported(real, fake):
    events = []
    score(fake=fake, real=real, metrics=["fid"], report=lambda **event: events.append(event))
    assert [event["stage"] for event in events if "stage" in event] == [
        "open fake", "hash fake", "open real", "hash real",
        "fid[given]", "extract", "score", "extract", "score", "yardstick of fid[given]",
    ]  # fmt: skip


def test_what_a_metric_says_beside_its_value_comes_too(real, fake):
    found = score(fake=real, real=fake, metrics={"kid": {"subset_size": 20, "subsets": 5}})["kid[given]"]
    assert found.spread is not None
    assert found.low is None


def test_a_strangers_modality_is_scored_by_its_own_reader_and_metric(site, tmp_path):
    site.add("verses", plugin_text("""
        def lines(*, path: Path):
            return Data(Samples.of("text", path.read_text().splitlines()))

        def longer(real, fake):
            return sum(map(len, fake.data)) / len(fake) - sum(map(len, real.data)) / len(real)

        DatasetSpec(name="lines", make=lines, reads=(".verse",), modalities=("text",))
        MetricSpec(name="longer", make=longer, modalities=("text",), report=True)
    """))  # fmt: skip
    for name, text in (("a", "one\nthree\n"), ("b", "of\nto\nin\n")):
        (tmp_path / f"{name}.verse").write_text(text)
    found = score(fake=tmp_path / "a.verse", real=tmp_path / "b.verse")
    longer = found["longer"]
    assert (longer.value, longer.n, longer.n_real) == (2.0, 2, 3)


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
        ({"metrics": [1]}, r"metrics: expected names of metrics, got \[1\]"),
        ({"metrics": 1}, "metrics: expected names of metrics, got 1"),
        ({"metrics": {"fid": 3}}, "metrics: fid: expected a mapping of options, got 3"),
    ],
)
def test_numbers_devices_and_metrics_are_checked_before_work(arguments, message, real, fake):
    with pytest.raises(SuiteError, match=message):
        score(**({"fake": fake, "real": real, "metrics": ["fid"]} | arguments))


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


def test_after_an_edit_of_an_installed_plugin_the_features_are_those_of_the_new_code(site):
    code = plugin_text("""
        def make():
            return lambda samples: {"features": samples.data[:, :4, 0, 0] * np.float32(1.0)}

        ExtractorSpec(name="scaled", make=make, modalities=("image",), outputs={"features": "x"})
    """)
    path = site.folder / f"{site.add('scaled-installed', code)}.py"

    def value():
        sides = {"fake": "digits.held_out", "real": "digits.test"}
        return next(iter(score(**sides, metrics="fid", extractor="scaled").values())).value

    first = value()
    for old, new, factor in (("1.0", "10.0", 100), ("10.0", "1.0", 1)):
        path.write_text(path.read_text().replace(f"float32({old})", f"float32({new})"))
        assert value() == pytest.approx(factor * first)


def test_notices_of_metrics_and_extractors_stand_beside_the_number_also_if_features_are_stored(tmp_path):
    np.save(tmp_path / "weights.npy", np.arange(8.0).reshape(4, 2))
    plugin = tmp_path / "reading.py"
    plugin.write_text(
        "from pathlib import Path\nimport numpy as np\n"
        "from genbench import ExtractorSpec, MetricSpec, hookimpl\n"
        "def make():\n"
        "    weights = np.load(Path(__file__).with_name('weights' + '.npy'))\n"
        "    return lambda samples: {'features': samples.data @ weights}\n"
        "def draws(fake): return float(np.random.random() > 2)\n"
        "@hookimpl\ndef genbench_extractors():\n"
        "    return [ExtractorSpec(name='reading', make=make, outputs={'features': 'x'})]\n"
        "@hookimpl\ndef genbench_metrics():\n"
        "    return [MetricSpec(name='draws', make=draws, takes='samples')]\n"
    )
    rng = np.random.default_rng(0)
    for name in ("fake", "real"):
        np.save(tmp_path / f"{name}-side.npy", rng.normal(size=(30, 4)))
    asked = {"fake": tmp_path / "fake-side.npy", "real": tmp_path / "real-side.npy", "plugins": [plugin]}
    time.sleep(0.03)  # a newer file counts as the component's own
    first = score(**asked, metrics=["fid[reading]", "draws"])
    again = score(**asked, metrics=["fid[reading]"])
    opened = "extractor reading:reading opened weights.npy, whose content is in no key"
    assert [text.partition(", so")[0] for text in first["fid[reading]"].cautions] == [opened]
    assert first["draws"].cautions == ("metric reading:draws used numpy's global random state",)
    assert again["fid[reading]"] == first["fid[reading]"]
