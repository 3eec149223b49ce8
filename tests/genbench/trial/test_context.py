from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from toys import make_catalog, make_specs

from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Samples
from genbench.core.errors import Undefined
from genbench.core.samples import content_hash
from genbench.core.seeds import sequence, stream
from genbench.store.store import Store
from genbench.trial.context import TrialContext
from genbench.trial.datasets import load_data, prepare
from genbench.trial.failures import BlameError, read_outcome

N = 60
FITS: list[str] = []
TRUTH = object()

_noise = np.random.standard_normal  # the stream that belongs to everybody


def dots(*, rng, device, log):
    log(1, 1)
    assert (device, rng.integers(1)) == ("cpu", 0)
    x = np.random.Generator(np.random.PCG64(3)).normal(size=(N, 2))
    return Data(Samples.of("vector", x), labels=np.arange(N) % 3, truth=TRUTH)


def unheld():
    return Data(Samples.of("vector", np.arange(2.0 * N).reshape(N, 2)))


def drawn(*, width: int = 2, rng):
    return Data(Samples.of("vector", np.column_stack([rng.normal(size=(N, width)), _noise(N)])))


class Sampler:
    parameters = 12

    def __init__(self, mean, *, labelled=False):
        self.mean = mean
        self.labelled = labelled

    def sample(self, n, *, rng):
        labels = rng.integers(0, 3, n) if self.labelled else None
        return Samples.of("vector", self.mean + rng.normal(size=(n, 2)), labels)


class Saved(Sampler):
    def save(self, folder):
        np.save(folder / "mean.npy", self.mean)


def load(folder, *, device):
    assert device == "cpu"
    return Saved(np.load(folder / "mean.npy"))


def load_zero(folder):
    return Saved(np.zeros(2))


class Noisy(Sampler):
    """Gives other samples once a metric has set its `noise`."""

    noise = 0.0

    def sample(self, n, *, rng):
        samples = super().sample(n, rng=rng)
        return Samples.of("vector", samples.data + self.noise)


class SavedNoisy(Noisy, Saved): ...


def noisy(train, *, rng):
    FITS.append("noisy")
    return Noisy(train.data.mean(axis=0))


def saved_noisy(train, *, rng):
    FITS.append("saved-noisy")
    return SavedNoisy(train.data.mean(axis=0))


def load_noisy(folder):
    return SavedNoisy(np.load(folder / "mean.npy"))


class Unstable(Saved):
    def sample(self, n, *, rng):
        return super().sample(n, rng=np.random.default_rng())


def unstable(train):
    return Unstable(train.data.mean(axis=0))


def plain(train, train_labels, *, shift: float = 0.0, rng, log):
    log(1, 2, loss=np.float32(0.5))
    log(2, 2, loss=float("nan"), other=1)
    return Sampler(train.data.mean(axis=0) + shift + rng.normal(), labelled=True)


def saved(train, *, rng, log):
    log(1, 1, loss=0.25)
    return Saved(train.data.mean(axis=0) + rng.normal())


def drawing(train, *, shift: float = 0.0, rng):
    return Sampler(np.array([rng.normal(), _noise()]))


def module(train):
    import torch

    class Module(torch.nn.Module):
        def sample(self, n, *, rng):
            return Samples.of("vector", rng.normal(size=(n, 2)))

    return Module()


def peeks(held_out):
    return Sampler(held_out.data.mean(axis=0))


def unsaved(train):
    sampler = Sampler(train.data.mean(axis=0))
    sampler.save = lambda folder: 1 / 0
    return sampler


def writes(train):
    train.data[0] = 0.0
    return train


def no_sampler(train):
    return None


def nan(train):
    return Sampler(np.full(2, np.nan))


class Looks:
    def __init__(self, mean=0.0):
        self.mean = mean

    def __call__(self, samples):
        return {"features": (samples.data - self.mean).astype(np.float32)}

    def save(self, folder):
        (folder / "mean.json").write_text(json.dumps(list(self.mean)))


def looks():
    return Looks()


def fitted(train, *, rng):
    return Looks(train.data.mean(axis=0) + rng.normal())


def drawing_looks(train, *, depth: int = 1, rng):
    return Looks(np.array([rng.normal(), _noise()]))


def load_looks(folder):
    return Looks(np.array(json.loads((folder / "mean.json").read_text())))


def distance(real, fake): ...


OUTPUTS = {"features": "centred"}
CATALOG = make_catalog(
    *make_specs(DatasetSpec, dots, drawn),
    DatasetSpec(name="unheld", make=unheld, parts={"train": 0.5, "test": 0.5}),
    *make_specs(ExtractorSpec, looks, drawing_looks, outputs=OUTPUTS),
    ExtractorSpec(name="fitted", make=fitted, outputs=OUTPUTS, load=load_looks),
    *make_specs(GeneratorSpec, plain, module, writes, chunk=7),
    *make_specs(GeneratorSpec, drawing, noisy),
    GeneratorSpec(name="peeks", make=peeks, control="ceiling", chunk=7),
    GeneratorSpec(name="gives-nan", make=nan, chunk=7),
    GeneratorSpec(name="whole", make=plain, chunk=None),
    GeneratorSpec(name="saved", make=saved, chunk=7, load=load),
    GeneratorSpec(name="saved-noisy", make=saved_noisy, load=load_noisy),
    GeneratorSpec(name="unsaved", make=unsaved, load=load),
    GeneratorSpec(name="unread", make=saved, load="json:no_such"),
    GeneratorSpec(name="forgets", make=saved, load=load_zero),
    GeneratorSpec(name="forgets-priced", make=saved, load=load_zero, priced=True),
    GeneratorSpec(name="forgets-random", make=unstable, load=load_zero),
    MetricSpec(name="fid", make=distance, takes="features", extractor="looks"),
)


class Listener(list):
    def __call__(self, **event):
        self.append(event)

    @property
    def stages(self):
        return [event["stage"] for event in self if "stage" in event]


@pytest.fixture
def make_context(store, suite_text, trials_of):
    """Return a function that makes the context of a trial, and what it reports to."""

    def make(generator="plain", *, n=17, seed=0, dataset="dots", extractor="looks", extra="", options=""):
        text = suite_text(
            datasets=[dataset], generators=[f'use = "{generator}"\n{options}'],
            metrics=[f'use = "fid"\nextractor = "{extractor}"'],
            seeds=[seed], n=n, extra=f"controls = false\n{extra}",
        )  # fmt: skip
        (trial,) = trials_of(text, CATALOG, store)
        listener = Listener()
        return TrialContext(trial, store, listener), listener

    return make


def extractor_of(context):
    return context.trial.tasks[0].group.extractor


def test_samples_are_drawn_in_chunks_that_do_not_depend_on_n(make_context):
    long, short = make_context(n=30)[0].samples, make_context(n=17)[0].samples
    assert len(short) == 17
    np.testing.assert_array_equal(short.data[:14], long.data[:14])
    np.testing.assert_array_equal(short.labels[:14], long.labels[:14])
    assert not np.array_equal(long.data[:7], long.data[7:14])


def test_a_generator_without_chunks_draws_all_at_once(make_context):
    assert len(make_context("whole", n=17)[0].samples) == 17


def test_samples_are_the_same_in_another_store_and_differ_by_seed_and_options(make_context, tmp_path):
    first, _ = make_context()
    fresh = Store(tmp_path / "fresh")
    prepare(first.trial.dataset.part, fresh, [first.trial.dataset.modality])
    again = TrialContext(first.trial, fresh, Listener())
    assert content_hash(again.samples) == content_hash(first.samples)
    others = [make_context(seed=1)[0], make_context(options="shift = 0.5")[0]]
    assert len({content_hash(context.samples) for context in (first, *others)}) == 3


def test_what_is_stored_is_not_made_again(make_context):
    first, listener = make_context()
    samples = first.samples
    assert listener.stages == ["fit", "sample"]
    second, silent = make_context()
    assert second.samples.data.tobytes() == samples.data.tobytes()
    assert silent == []
    assert second.samples_hash == first.samples_hash == content_hash(samples)
    assert second.history == first.history
    assert second.parameters == 12
    assert set(second.seconds) == {"fit", "sample"}


def test_samples_are_read_only(make_context):
    with pytest.raises(ValueError, match="read-only"):
        make_context()[0].samples.data[0] = 0.0


def test_training_is_reported_and_remembered(make_context):
    context, listener = make_context()
    _ = context.sampler
    assert context.history == [
        {"step": 1, "total": 2, "loss": 0.5},
        {"step": 2, "total": 2, "loss": None, "other": 1.0},
    ]
    assert [event["step"] for event in listener if "step" in event] == [1, 2]
    assert listener[1] == {"step": 1, "total": 2, "values": {"loss": 0.5}}


def test_each_chunk_that_is_drawn_is_a_step_of_sampling_and_none_of_the_training(make_context):
    context, listener = make_context(n=17)  # in chunks of 7
    _ = context.samples
    drawn = listener[[event.get("stage") for event in listener].index("sample") + 1 :]
    assert drawn == [{"step": step, "total": 3, "values": {}} for step in (1, 2, 3)]
    assert [entry["total"] for entry in context.history] == [2, 2]


def test_the_history_of_a_generator_that_is_fitted_again_has_each_step_once(make_context):
    _ = make_context()[0].samples
    second, _ = make_context()
    _ = second.samples, second.sampler
    assert [entry["step"] for entry in second.history] == [1, 2]


def test_a_diverged_loss_is_no_failure(make_context):
    assert len(make_context()[0].samples) == 17


def test_a_method_named_parameters_is_no_count(make_context):
    context, _ = make_context("module")
    assert len(context.samples) == 17
    assert context.parameters is None


def test_a_sampler_that_can_be_saved_is_fitted_once(make_context):
    first, _ = make_context("saved", n=10)
    mean = first.sampler.mean
    second, listener = make_context("saved", n=20)
    np.testing.assert_array_equal(second.sampler.mean, mean)
    assert listener == []
    assert second.history == [{"step": 1, "total": 1, "loss": 0.25}]
    assert len(second.samples) == 20


@pytest.mark.parametrize("generator", ["noisy", "saved-noisy"])
def test_what_one_metric_does_to_the_sampler_reaches_no_other(make_context, generator):
    context, _ = make_context(generator)
    FITS.clear()
    first = content_hash(context.samples)
    again = sequence(0, "again")
    given = context.other_input("sampler")
    before = given.sample(5, rng=np.random.default_rng(again)).data
    given._sampler.noise = 1.0
    np.testing.assert_array_equal(
        context.other_input("sampler").sample(5, rng=np.random.default_rng(again)).data, before
    )
    assert {"noisy": ["noisy"] * 2, "saved-noisy": ["saved-noisy"]}[generator] == FITS
    assert content_hash(context.samples) == first


def test_a_sampler_that_no_metric_changed_is_not_fitted_again(make_context):
    context, _ = make_context("noisy")
    FITS.clear()
    _ = context.samples
    assert context.other_input("sampler")._sampler is context.other_input("sampler")._sampler
    assert FITS == ["noisy"]


@pytest.mark.parametrize("value", [2.0, lambda: None], ids=["changed", "unknown"])
def test_a_sampler_of_which_a_metric_may_have_changed_hidden_state_is_fitted_again(make_context, value):
    context, _ = make_context("noisy")
    FITS.clear()
    _ = context.samples
    given = context.other_input("sampler")
    given._sampler.temperature = value
    assert not hasattr(context.other_input("sampler"), "temperature")
    assert FITS == ["noisy"] * 2


def test_a_sampler_that_cannot_be_saved_is_fitted_again_under_its_key(make_context):
    first, second = make_context(n=10)[0], make_context(n=20)[0]
    np.testing.assert_array_equal(first.sampler.mean, second.sampler.mean)


@pytest.mark.parametrize(
    ("generator", "reason"),
    [
        ("writes", "maker:writes: ValueError: assignment destination is read-only"),
        ("unsaved", "maker:unsaved: ZeroDivisionError: division by zero"),
        (
            "gives-nan",
            "maker:gives-nan: 14 values are not finite, the first in sample 0; expected finite numbers",
        ),
    ],
)
def test_a_generator_that_fails_is_to_blame(make_context, generator, reason):
    context, _ = make_context(generator)
    with pytest.raises(BlameError) as caught:
        _ = context.samples
    assert read_outcome(caught.value)[1] == reason


def test_a_generator_that_cannot_be_loaded_is_to_blame(make_context):
    with pytest.raises(BlameError) as caught:
        _ = make_context("unread")[0].sampler
    assert read_outcome(caught.value)[1].startswith("maker:unread: PluginError: cannot import 'json:no_such'")


@pytest.mark.parametrize("use", ["forgets", "forgets-priced", "forgets-random"])
def test_a_sampler_that_is_another_one_after_loading_is_invalid_before_it_is_stored(use, make_context):
    context, _ = make_context(use)
    if use != "forgets":  # no draw is made for a check alone, or none that could be compared
        _ = context.sampler
        return
    with pytest.raises(BlameError) as caught:
        _ = context.sampler
    status, reason = read_outcome(caught.value)
    assert status == "invalid"
    assert reason.startswith("maker:forgets: the sampler that load returns draws other samples than the one")
    assert context.store.notes(context.trial.fit_key) is None


def test_the_check_of_load_draws_no_further_sample_of_a_stable_sampler(make_context, monkeypatch):
    context, _ = make_context("saved")
    calls = []
    monkeypatch.setattr(Sampler, "sample", _counted(Sampler.sample, calls))
    assert len(context.samples) == context.trial.n
    few = min(8, context.trial.n)
    assert calls.count(few) - (context.trial.n == few) == 3  # twice the fitted one, once the loaded one


def _counted(sample, calls):
    def counted(self, n, *, rng):
        calls.append(n)
        return sample(self, n, rng=rng)

    return counted


def test_sides_are_splits_and_the_reference_is_cut_to_n(make_context):
    context, _ = make_context(n=15)
    assert [len(context.split(side)) for side in ("real", "train", "held_out")] == [15, 20, 15]
    whole, _ = make_context(n=15, extra='n_real = "all"')
    assert [len(whole.split(side)) for side in ("real", "train", "held_out")] == [20, 20, 20]
    everything = [whole.split(side).data for side in ("real", "train", "held_out")]
    assert len(np.unique(np.concatenate(everything), axis=0)) == N
    assert whole.split("real").labels is not None


def test_the_cut_reference_is_a_part_of_the_whole_and_the_same_at_every_seed(make_context):
    cut = make_context(n=15)[0].split("real").data
    whole = make_context(n=20)[0].split("real").data
    assert {tuple(row) for row in cut} < {tuple(row) for row in whole}
    np.testing.assert_array_equal(cut, make_context(n=15, seed=1, generator="saved")[0].split("real").data)


def test_too_few_real_samples_are_undefined_with_both_numbers(make_context):
    with pytest.raises(Undefined, match=r"n_real asks for 21 samples and .* holds 20; lower n_real"):
        make_context(n=21)[0].split("real")


def test_a_split_that_the_dataset_lacks_is_undefined(make_context):
    context, _ = make_context("plain", dataset="unheld", n=10)
    with pytest.raises(Undefined, match="the dataset has no held_out split; choose one that has"):
        context.split("held_out")
    control, _ = make_context("peeks", dataset="unheld", n=10)
    with pytest.raises(Undefined, match="the dataset has no held_out split; choose one that has"):
        _ = control.samples


def test_features_are_stored_once_and_read_only(make_context):
    context, listener = make_context(n=15)
    extractor = extractor_of(context)
    found = context.features(extractor, "real").arrays["features"]
    np.testing.assert_array_equal(found, context.split("real").data.astype(np.float32))
    assert found.dtype == np.float32
    assert not found.flags.writeable
    assert listener.stages == ["extract", "score"]
    other, silent = make_context(n=15, seed=5)
    np.testing.assert_array_equal(other.features(extractor, "real").arrays["features"], found)
    assert silent == []


def test_features_of_the_fakes_are_those_of_the_samples(make_context):
    context, listener = make_context(n=15)
    fakes = context.features(extractor_of(context), "fake").arrays["features"]
    np.testing.assert_array_equal(fakes, context.samples.data.astype(np.float32))
    assert listener.stages == ["fit", "sample", "extract", "score"]


def test_a_fitted_extractor_is_the_same_for_every_seed_and_generator(make_context):
    first, _ = make_context(extractor="fitted", n=15)
    second, _ = make_context("saved", extractor="fitted", n=16, seed=9)
    functions = [context.extract(extractor_of(context)) for context in (first, second)]
    train = first.split("train")
    np.testing.assert_array_equal(
        functions[0](train).arrays["features"], functions[1](train).arrays["features"]
    )


def firsts(seed, *names):
    """Return the first normal number of a component's own stream, and that of numpy's while it runs."""
    shared = np.random.MT19937(sequence(seed, "global", *names))
    return stream(seed, *names).normal(), np.random.RandomState(shared).standard_normal()


@pytest.mark.parametrize("seed", [0, 5])
def test_the_streams_of_a_fit_are_named_by_seed_generator_options_and_data(make_context, seed):
    context, _ = make_context("drawing", seed=seed, options="shift = 0.5")
    names = ("train", "drawing", '{"shift":0.5}', context.trial.dataset.hash)
    assert tuple(context.sampler.mean) == firsts(seed, *names)


def test_the_streams_of_an_extractor_are_named_by_its_options_and_data_alone(make_context):
    context, _ = make_context(seed=5, extractor="drawing-looks")
    nothing = Samples.of("vector", np.zeros((1, 2)))
    found = context.extract(extractor_of(context))(nothing).arrays["features"]
    names = ("extract", "drawing-looks", '{"depth":1}', context.trial.dataset.hash)
    assert tuple(found[0]) == tuple(-np.float32(firsts(None, *names)))


def test_the_streams_of_a_dataset_are_named_by_its_options_alone(make_context):
    dataset = make_context(dataset="drawn", seed=5, n=10)[0].trial.dataset
    data = load_data(dataset.part, [dataset.modality]).samples.data
    assert (data[0, 0], data[0, 2]) == firsts(None, "data", "drawn", '{"width":2}')


def test_a_fitted_extractor_without_its_store_is_the_same_again(make_context, tmp_path):
    first, _ = make_context(extractor="fitted", n=15)
    found = first.features(extractor_of(first), "real").arrays["features"]
    fresh = Store(tmp_path / "fresh")
    prepare(first.trial.dataset.part, fresh, [first.trial.dataset.modality])
    second = TrialContext(first.trial, fresh, Listener())
    np.testing.assert_array_equal(second.features(extractor_of(second), "real").arrays["features"], found)


def test_one_fit_serves_all_sides_of_a_trial_even_if_the_store_loses_it_meanwhile(make_context, store):
    first, _ = make_context(extractor="fitted", n=15)
    extractor = extractor_of(first)
    first.features(extractor, "real")
    for kind in ("extractor", "features"):
        shutil.rmtree(store.root / kind)
    fake = first.features(extractor, "fake").arrays["features"]
    again = first.extract(extractor)(first.samples).arrays["features"]
    np.testing.assert_array_equal(fake, again)
    assert not (store.root / "extractor").exists()


def test_an_extractor_is_used_as_the_store_has_it(make_context, store):
    """Another process may have stored its own fit first."""
    first, _ = make_context(extractor="fitted", n=15)
    extractor = extractor_of(first)
    key = first.trial.tasks[0].extractor_key
    fit = first.extract(extractor)
    shutil.rmtree(store.root / "extractor")
    store.put(key, Looks(np.array([7.0, 7.0])).save)
    second, _ = make_context(extractor="fitted", n=15)
    function = second.extract(extractor)
    train = first.split("train")
    assert not np.array_equal(fit(train).arrays["features"], function(train).arrays["features"])
    second.features(extractor, "fake")
    assert second.feature_hashes(extractor)[1] == store.hash(key) != first.feature_hashes(extractor)[1]
    assert first.feature_hashes(extractor)[0] == ""


def test_the_exact_law_is_at_hand_where_it_is_known(make_context):
    assert make_context()[0].truth() is TRUTH
    assert make_context(dataset="unheld", n=10)[0].truth() is None
