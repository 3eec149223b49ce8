"""`genbench.Reference`: equal to `genbench.score`, at the price of the fakes."""

from __future__ import annotations

import functools
import gc
import weakref

import numpy as np
import pytest
from toys import plugin_text

import genbench
from genbench import DataError, Reference, Samples, SuiteError

#: A Reference has no yardsticks, since a score of it costs only the fakes.
score = functools.partial(genbench.score, yardstick=False)

COUNTED = plugin_text("""
CALLS = []

def make(train):
    CALLS.append("fit")
    def extract(samples):
        CALLS.append(len(samples))
        return {{"features": samples.data * {factor}}}
    return extract

def lengths(*, rng):
    factor = rng.normal()
    return lambda samples: {{"features": factor * np.array([[len(text)] for text in samples.data])}}

def size(fake):
    return float(fake.sum())

def gap(real, fake):
    CALLS.append("gap")
    return {{"gap": abs(float(real.mean() - fake.mean())), "sum": float(real.sum() + fake.sum())}}

numbers = Output(name="gap", direction="lower"), Output(name="sum", direction="none")
ExtractorSpec(name="counted", make=make, outputs={{"features": "x"}})
ExtractorSpec(name="lengths", make=lengths, outputs={{"features": "x"}})
MetricSpec(name="gaps", make=gap, takes="features", outputs=numbers)
MetricSpec(name="size", make=size, takes="features")
""")


@pytest.fixture
def counted(site):
    """Install an extractor that is fitted, and a metric, and return what they did."""

    def install(factor="1.0"):
        site.add("counted-plugin", COUNTED.format(factor=factor))
        score(fake=np.zeros((3, 2)), real=np.ones((3, 2)), metrics="fid")  # loads the plugins
        import counted_plugin

        return counted_plugin.CALLS

    return install


def labelled(seed, classes, n=40):
    data = np.random.default_rng(seed).normal(size=(n, 2))
    return Samples.of("vector", data, np.arange(n) % len(classes), classes=classes)


def vectors(seed, n=50):
    return np.random.default_rng(seed).normal(size=(n, 3))


def pictures(seed, n=40):
    return np.random.default_rng(seed).integers(0, 256, (n, 8, 8, 1), np.uint8)


#: The real side of a Reference, what else it gets, what its scores get, and the fakes of three epochs.
CASES = {
    "a report on features, with train": (
        vectors(1, 60), {"train": vectors(2, 60)}, {}, [vectors(3), vectors(4), vectors(3)],
    ),
    "images": (
        pictures(1), {"extractor": "digits-classifier"},
        {"metrics": ["fid", "precision", "coverage", "recall"]},
        [pictures(2), pictures(3, 30), pictures(2)],
    ),
    "a split and a file": ("digits.test", {"n": 30}, {"metrics": "fid[pixels]"}, [pictures(4), pictures(5)]),
    "classes that differ from call to call": (
        labelled(0, ("a", "b", "c")), {}, {"metrics": ["representation"]},
        [labelled(1, ("b", "c")), labelled(2, ("d", "b")), labelled(3, ("x", "y")), labelled(1, ("b", "c"))],
    ),
    "too few fakes, and other shapes": (
        vectors(1), {}, {"metrics": ["fid", "kid"]},
        [vectors(1, 0), vectors(2, 1), vectors(3)[:, :2], vectors(4)],
    ),
    "another seed": (
        vectors(1, 60), {}, {"metrics": {"fid-infinity": {"points": 3}}, "seed": 7}, [vectors(3), vectors(4)],
    ),
    "texts whose modality the fakes say": (
        ["one two", "three four", "five six"], {}, {"metrics": "train-duplicates"},
        [Samples.of("text", ["one two", "a b"]), Samples.of("text", ["c d", "a b"])],
    ),
}  # fmt: skip


def outcome(call):
    """Return the measurements of a call, or its error."""
    try:
        return call()
    except (DataError, SuiteError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("name", CASES)
def test_every_score_of_a_reference_equals_a_score_without_one(name):
    real, given, asked, epochs = CASES[name]
    reference = Reference(real, **given)
    for fake in epochs:
        one = outcome(lambda fake=fake: reference.score(fake, **asked))
        assert one == outcome(lambda fake=fake: score(fake=fake, real=real, **given, **asked))
        assert one


@pytest.mark.parametrize("protocol", ["doubled", "many", "plain"])
def test_protocols_cut_and_name_as_without_a_reference(presets, images, others, protocol):
    reference = Reference(images, protocol=protocol)
    for fake in (others, images):
        given = {"metrics": {"vendi": {}}}
        expected = outcome(lambda: score(fake=fake, real=images, protocol=protocol, **given))  # noqa: B023
        assert outcome(lambda: reference.score(fake, **given)) == expected  # noqa: B023


def test_metrics_without_a_value_and_notices_are_as_without_a_reference(measured_plugin, real, fake):
    asked = ["fails", "infinite", "needs-sampler", "of-labels", "wide", "draws", "of-extract", "mean"]
    reference = Reference(real)
    for seed in (0, 1, 0):
        found = reference.score(fake, metrics=asked, seed=seed)
        assert found == score(fake=fake, real=real, metrics=asked, seed=seed)


def test_statistics_are_read_once_and_score_as_the_file_did(tmp_path, real, fake):
    path = tmp_path / "real.npz"
    score(fake=fake, real=real, metrics="fid", save_stats=path)
    expected = [score(fake=each, real=path, metrics=["fid", "precision"]) for each in (fake, fake + 1)]
    reference = Reference(path)
    path.unlink()
    assert [reference.score(each, metrics=["fid", "precision"]) for each in (fake, fake + 1)] == expected


def test_a_second_score_fits_nothing_and_extracts_the_fakes_alone(counted, real, fake):
    calls = counted()
    reference = Reference(real, train=real[:20], extractor="counted")
    reference.score(fake, metrics="gaps")
    assert {"fit", len(real), len(fake)} <= set(calls)
    calls.clear()
    reference.score(fake[:30], metrics=["fid", "gap"])
    assert "fit" not in calls
    assert len(real) not in calls
    assert calls.count(30) == 1


def test_outputs_of_one_computation_that_are_named_apart_are_computed_once(counted, real, fake):
    calls = counted()
    found = Reference(real).score(fake, metrics=["gap", "fid", "sum"])
    assert list(found) == ["gap[given]", "fid[given]", "sum[given]"]
    assert calls.count("gap") == 1


def test_real_and_training_samples_are_opened_again_if_the_fakes_say_another_modality(counted):
    counted()
    given = {"real": ["CC", "CCO", "C"], "train": ["CCC", "CN"]}
    reference = Reference(**given)
    texts = Samples.of("text", ["CO", "N"])
    molecules = Samples.of("molecule", ["CO", "N"], notation="smiles")
    for fake in (texts, molecules, texts):
        found = reference.score(fake, metrics="size[lengths]")
        assert found == score(fake=fake, **given, metrics="size[lengths]")
        assert found["size[lengths]"].status == "ok"


@pytest.mark.parametrize("kind", ["array", "samples", "list"])
def test_what_is_in_memory_may_change_after_the_reference_was_made(kind, real, fake):
    expected = score(fake=fake, real=real, metrics="fid")
    given = {"array": real, "samples": Samples.of("vector", real), "list": None}[kind]
    if kind == "list":
        texts = ["one", "two"]
        reference = Reference(texts)
        texts[:] = ["three", "four"]
        asked = {"metrics": "train-duplicates"}
        assert reference.score(["a", "b"], **asked) == score(fake=["a", "b"], real=["one", "two"], **asked)
        return
    reference = Reference(given)
    real += 5.0
    assert reference.score(fake, metrics="fid") == expected
    real += 5.0
    assert reference.score(fake, metrics="fid") == expected


def test_tensors_that_have_a_gradient_are_copied_and_lists_of_them_refused(fake):
    import torch

    tensor = torch.ones((30, 3), requires_grad=True) * torch.arange(30.0)[:, None]
    reference, expected = (
        Reference(tensor),
        score(fake=fake, real=tensor.detach().numpy().copy(), metrics="fid"),
    )
    with torch.no_grad():
        tensor.mul_(2)
    assert reference.score(torch.tensor(fake), metrics="fid") == expected
    with pytest.raises(DataError, match=r"real: expected .* samples, got list"):
        Reference([tensor, tensor]).score(fake, metrics="fid")


def test_files_that_change_before_they_are_read_are_noticed_and_afterwards_irrelevant(tmp_path, real, fake):
    path = tmp_path / "real.npy"
    np.save(path, real)
    expected = score(fake=fake, real=real, metrics="fid")["fid[given]"].value
    reference, late = Reference(path), Reference(path)
    assert reference.score(fake, metrics="fid")["fid[given]"].value == expected
    np.save(path, real + 9.0)
    assert reference.score(fake + 0.0, metrics="fid")["fid[given]"].value == expected
    with pytest.raises(DataError, match=r"real: real\.npy changed since the Reference was made; make a new"):
        late.score(fake, metrics="fid")
    path.unlink()
    with pytest.raises(DataError, match=r"real: real\.npy changed since the Reference was made"):
        late.score(fake, metrics="fid")
    assert reference.score(fake, metrics="fid")["fid[given]"].value == expected


def test_nothing_of_the_fakes_is_kept(real):
    reference = Reference(real, train=real)
    fake = vectors(9)
    gone = weakref.ref(fake)
    reference.score(fake, metrics=["fid", "authenticity"])
    del fake
    gc.collect()
    assert gone() is None


def test_after_an_edit_that_another_call_has_loaded_the_code_is_the_new_one(site, counted, real, fake):
    counted()
    reference = Reference(real, train=real, extractor="counted")
    asked = {"metrics": "fid"}
    first = reference.score(fake, **asked)["fid[counted]"].value
    path = site.folder / "counted_plugin.py"
    path.write_text(path.read_text().replace("samples.data * 1.0", "samples.data * 10.0"))
    assert reference.score(fake, **asked)["fid[counted]"].value == first
    now = score(fake=fake, real=real, train=real, extractor="counted", **asked)
    assert now["fid[counted]"].value == pytest.approx(100 * first)
    assert reference.score(fake, **asked) == now


def test_stages_of_a_second_score_are_those_of_the_fakes(real, fake):
    events = []
    reference = Reference(real)
    for _ in range(2):
        events.clear()
        reference.score(fake, metrics=["fid"], report=lambda **event: events.append(event))
    stages = [event["stage"] for event in events if "stage" in event]
    assert stages == ["open fake", "hash fake", "fid[given]", "extract", "score"]


@pytest.mark.parametrize(
    ("real", "given", "error", "message"),
    [
        ("no/such/folder", {}, DataError, "real: there is no path 'no/such/folder'"),
        ("digits.tset", {}, DataError, "real: .*did you mean 'digits.test'"),
        (vectors(0), {"extractor": "pixel"}, SuiteError, "no extractor named 'pixel'; did you mean 'pixels'"),
        (vectors(0), {"protocol": "none"}, SuiteError, "no protocol named 'none'"),
        (vectors(0), {"n": 0}, SuiteError, "n: expected an integer of at least 1, got 0"),
        (vectors(0), {"device": "nope"}, SuiteError, "device 'nope' cannot be used here"),
        (vectors(0), {"modality": "nope"}, SuiteError, "modality: no installed plugin declares"),
        (None, {}, DataError, "real: expected samples, a path or a split such as DATASET.test, got None"),
        (vectors(0), {"plugins": "x.py"}, SuiteError, "plugins: expected a list of paths of .py files"),
    ],
)
def test_what_is_wrong_is_said_when_the_reference_is_made(real, given, error, message):
    with pytest.raises(error, match=message):
        Reference(real, **given)


def test_what_is_wrong_with_a_call_is_said_by_it(real, fake):
    reference = Reference(real)
    with pytest.raises(SuiteError, match="no metric named 'fdi'"):
        reference.score(fake, metrics="fdi")
    with pytest.raises(SuiteError, match="seed: expected an integer of at least 0, got -1"):
        reference.score(fake, metrics="fid", seed=-1)
    with pytest.raises(DataError, match=r"fake: expected samples, a path or a split .*, got object"):
        reference.score(object(), metrics="fid")
    reason = r"^fake is text, and real is vector 3; give samples of one modality;"
    with pytest.raises(DataError, match=reason):
        reference.score(["a text"], metrics="fid")
    assert reference.score(fake, metrics="fid") == score(fake=fake, real=real, metrics="fid")


def test_a_training_loop_draws_the_same_numbers_with_and_without_a_score(real, fake):
    reference = Reference(real)
    rng = np.random.mtrand._rand if hasattr(np.random.mtrand, "_rand") else None
    before = rng.get_state()[1].tobytes()
    reference.score(fake)
    assert rng.get_state()[1].tobytes() == before


def test_reference_is_a_public_name():
    assert genbench.Reference is Reference
    assert "Reference" in genbench.__all__
