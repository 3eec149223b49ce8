from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from toys import make_catalog, make_specs

from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Output, Samples, Score
from genbench.core.errors import Invalid, Undefined
from genbench.core.seeds import sequence, stream
from genbench.trial.computation import check_ranges, score_task
from genbench.trial.context import TrialContext
from genbench.trial.failures import BlameError, read_outcome

N = 60
TRUTH = object()
SEEN = {}

_noise = np.random.standard_normal  # the stream that belongs to everybody


def dots():
    x = np.random.Generator(np.random.PCG64(3)).normal(size=(N, 2))
    return Data(Samples.of("vector", x), labels=np.arange(N) % 3, truth=TRUTH)


def bare():
    return Data(Samples.of("vector", np.arange(2.0 * N).reshape(N, 2)), splits={
        "train": np.arange(20), "test": np.arange(20, 40),
    })  # fmt: skip


def frame():
    return Data(Samples.of("table", pd.DataFrame({"x": np.arange(60.0), "y": ["a", "b"] * 30})))


class Sampler:
    def __init__(self, train, *, labelled):
        self.train, self.labelled = train, labelled

    def sample(self, n, *, rng):
        labels = np.arange(n) % 3 if self.labelled else None
        return Samples(rng.normal(size=(n, 2)), self.train.space, labels)


def plain(train, *, log):
    log(1, 1, loss=0.5)
    return Sampler(train, labelled=False)


def labelled(train):
    return Sampler(train, labelled=True)


def copies(train, *, log):
    log(1, 1, loss=0.5)
    return Copies(train)


class Copies:
    def __init__(self, train):
        self.train = train

    def sample(self, n, *, rng):
        return self.train.take(np.arange(n))


def looks(*, scale: float = 1.0):
    def extract(samples):
        return {"features": scale * samples.data, "probabilities": np.ones((len(samples), 1))}

    return extract


def seen(**inputs):
    SEEN.clear()
    SEEN.update(inputs)
    return 0.0


def of_samples(real, fake, train, held_out):
    return seen(real=real, fake=fake, train=train, held_out=held_out)


def of_one(real, fake, train, held_out):
    return seen(real=real, fake=fake, train=train, held_out=held_out)


def of_two(fake):
    return seen(fake=fake)


def of_labels(real_labels, fake_labels, train_labels, held_out_labels):
    return seen(real=real_labels, fake=fake_labels, train=train_labels, held_out=held_out_labels)


def of_real_labels(real_labels):
    return seen(real=real_labels)


def of_model(sampler, history, truth):
    return seen(sampler=sampler, history=history, truth=truth)


def of_extract(extract):
    return seen(extract=extract)


def of_given(fake, *, k: int = 3, rng, device, log):
    log(1, 2, anything=3)
    return seen(draw=rng.normal(), shared=_noise(), device=device)


def several(fake):
    return {"left": 0.25, "right": Score(2.0, 1.0, 3.0, {"k": 5})}


def one_missing(fake):
    return {"left": 0.25}


def number(fake, *, value: float = 0.0, above: float = 0.0):
    return value + above


def nothing(fake):
    return None


def undefined(fake):
    raise Undefined("a constant has no spread")


def writes(fake):
    fake.data[0] = 0.0


def writes_features(fake):
    fake[0] = 0.0


def spoils(train, fake, history):
    found = train.data["x"].sum() + 1000 * fake.data["x"].sum() + history[0]["loss"]
    for side in (train, fake):
        side.data["x"] = 0.0
    history[0]["loss"] = 0.0
    return found


def writes_labels(real_labels):
    real_labels[:] = 0


TWO = (Output(name="left", direction="higher"), Output(name="right", direction="lower"))


MISSING = tuple(Output(name=f"miss-{x}", direction="none") for x in "ab")
CATALOG = make_catalog(
    *make_specs(DatasetSpec, dots, bare, frame),
    ExtractorSpec(name="looks", make=looks, outputs={"features": "x", "probabilities": "p"}),
    *make_specs(GeneratorSpec, plain, labelled, copies),
    *make_specs(MetricSpec, of_samples, of_labels, of_real_labels, of_model, of_given, nothing, undefined),
    *make_specs(MetricSpec, writes, writes_labels, spoils),
    *make_specs(MetricSpec, of_one, of_extract, writes_features, takes="features", extractor="looks"),
    *make_specs(MetricSpec, of_two, takes=("features", "probabilities"), extractor="looks"),
    *make_specs(MetricSpec, several, outputs=TWO),
    *make_specs(MetricSpec, one_missing, outputs=MISSING),
    *make_specs(MetricSpec, number, range=(0.0, 100.0)),
    MetricSpec(name="given-features", make=of_given, takes="features", extractor="looks"),
    MetricSpec(name="bare-extract", make=of_extract),
    MetricSpec(name="greedy", make=of_samples, min_n=16),
)


@pytest.fixture
def make_context(store, suite_text, trials_of):
    """Return a function that makes the context of a trial of one metric."""

    def make(use, *, generator="plain", dataset="dots", n=15, seed=0, options="", extra=""):
        text = suite_text(
            datasets=[dataset], generators=[generator], metrics=[f'use = "{use}"\n{options}'],
            seeds=[seed], n=n, extra=f"controls = false\n{extra}",
        )  # fmt: skip
        (trial,) = trials_of(text, CATALOG, store)
        return TrialContext(trial, store, lambda **event: None)

    return make


@pytest.fixture
def scores(make_context):
    """Return a function that scores one metric in one trial."""

    def make(use, **more):
        context = make_context(use, **more)
        return score_task(context.trial.tasks[0], context)

    return make


def failure(scores, *arguments, **more):
    with pytest.raises(BlameError) as caught:
        scores(*arguments, **more)
    return read_outcome(caught.value)


def test_a_metric_of_samples_gets_samples_of_each_side(scores):
    scores("of-samples")
    assert {name: len(side) for name, side in SEEN.items()} == {
        "real": 15, "fake": 15, "train": 20, "held_out": 15,
    }  # fmt: skip
    assert all(isinstance(side, Samples) for side in SEEN.values())


def test_a_metric_of_one_output_gets_that_array_of_each_side(scores):
    scores("of-one", options='extractor = {use = "looks", scale = 2.0}')
    arrays = dict(SEEN)
    scores("of-samples")
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, 2.0 * SEEN[name].data)


def test_a_metric_of_several_outputs_gets_them_by_name(scores):
    scores("of-two")
    assert {name: array.shape for name, array in SEEN["fake"].items()} == {
        "features": (15, 2), "probabilities": (15, 1),
    }  # fmt: skip


def test_labels_come_beside_the_samples(scores):
    scores("of-labels", generator="labelled")
    assert {name: labels.dtype.name for name, labels in SEEN.items()} == dict.fromkeys(SEEN, "int64")
    assert SEEN["fake"].tolist() == [0, 1, 2] * 5
    assert len(SEEN["train"]) == 20


def test_a_metric_is_undefined_where_there_are_no_labels(scores):
    with pytest.raises(Undefined, match="fake has no labels"):
        scores("of-labels")
    with pytest.raises(Undefined, match="real has no labels"):
        scores("of-real-labels", dataset="bare")


def test_a_metric_may_ask_for_the_sampler_its_history_and_the_exact_law(scores):
    scores("of-model")
    assert SEEN["sampler"].sample(2, rng=np.random.default_rng(0)).data.shape[0] == 2
    assert not hasattr(SEEN["sampler"], "log_likelihood")
    with pytest.raises(Undefined, match=r"the sampler of .* gives no log_likelihood"):
        _ = SEEN["sampler"].log_likelihood
    assert SEEN["history"] == ({"step": 1, "total": 1, "loss": 0.5},)
    assert SEEN["truth"] is TRUTH


def test_a_metric_may_ask_for_the_extractor_for_material_of_its_own(scores):
    scores("of-extract")
    own = Samples.of("vector", np.ones((3, 2)))
    np.testing.assert_array_equal(SEEN["extract"](own), own.data)
    with pytest.raises(BlameError) as caught:
        SEEN["extract"](Samples.of("vector", np.full((3, 2), np.inf)))
    assert caught.value.component.name == "looks"


def test_asking_for_the_extractor_without_taking_an_output_is_invalid(scores):
    with pytest.raises(Invalid, match="asks for `extract` but takes samples"):
        scores("bare-extract")


def test_the_stream_of_a_metric_is_the_same_for_every_generator_and_differs_by_seed(scores):
    draws = []
    for generator, seed in (("plain", 0), ("labelled", 0), ("plain", 1)):
        scores("of-given", generator=generator, seed=seed)
        draws.append(SEEN["draw"])
        assert SEEN["device"] == "cpu"
    assert draws[0] == draws[1] != draws[2]


@pytest.mark.parametrize(
    ("use", "extractor"), [("of-given", ""), ("given-features", '{"scale":1.0}')], ids=["samples", "features"]
)
def test_the_streams_of_a_metric_are_named_by_seed_options_extractor_and_data(make_context, use, extractor):
    context = make_context(use, seed=5, options="k = 4")
    score_task(context.trial.tasks[0], context)
    names = ("metric", use, '{"k":4}', extractor, context.trial.dataset.hash)
    shared = np.random.RandomState(np.random.MT19937(sequence(5, "global", *names)))
    assert SEEN["draw"] == stream(5, *names).normal()
    assert SEEN["shared"] == shared.standard_normal()


def test_scores_come_by_output(scores):
    assert scores("several") == {"left": Score(0.25), "right": Score(2.0, 1.0, 3.0, {"k": 5})}
    assert scores("left") == scores("several")


@pytest.mark.parametrize(
    ("use", "outcome"),
    [
        (
            "nothing",
            (
                "invalid",
                (
                    "maker:nothing: expected a number, got NoneType; where there is no value, raise "
                    "genbench.Undefined with the reason"
                ),
            ),
        ),
        (
            "one-missing",
            ("invalid", "maker:one-missing: expected the keys ['miss-a', 'miss-b'], got ['left']"),
        ),
        ("undefined", ("skipped", "a constant has no spread")),
        ("writes", ("error", "maker:writes: ValueError: assignment destination is read-only")),
        (
            "writes-features",
            ("error", "maker:writes-features: ValueError: assignment destination is read-only"),
        ),
    ],
)
def test_a_metric_that_has_no_value_says_why(scores, use, outcome):
    assert failure(scores, use) == outcome


def test_a_split_that_is_missing_is_undefined(scores):
    with pytest.raises(Undefined, match="the dataset has no held_out split"):
        scores("of-samples", dataset="bare")


def test_too_few_samples_are_undefined_with_both_numbers(scores):
    with pytest.raises(Undefined, match="needs at least 16 samples on each side; fake has 15"):
        scores("greedy")
    with pytest.raises(Undefined, match="needs at least 16 samples on each side; real has 10"):
        scores("greedy", n=16, extra="n_real = 10")
    with pytest.raises(Undefined, match=r"n_real asks for 21 samples and .* holds 20; lower n_real"):
        scores("of-samples", n=21)


@pytest.mark.parametrize(
    ("value", "found"), [(0.0, 0.0), (-1e-9, 0.0), (-1e-6, 0.0), (50.0, 50.0), (100.00009, 100.0)]
)
def test_rounding_beyond_the_range_becomes_the_bound(scores, value, found):
    assert scores("number", options=f"value = {value:f}" if value != -1e-9 else "value = -1e-9") == {
        "number": Score(found)
    }


@pytest.mark.parametrize("value", ["-0.00001", "-5.0", "100.001", "1e100"])
def test_what_is_further_outside_the_range_is_invalid(scores, value):
    status, reason = failure(scores, "number", options=f"value = {value}")
    assert status == "invalid"
    assert reason.startswith("maker:number: number is ")
    assert reason.endswith("outside its declared range [0.0, 100.0]")


@pytest.mark.parametrize(
    ("ends", "inside", "outside"),
    [
        ((0.0, 1.0), -9e-7, -2e-6),
        ((0.0, 2000.0), -9e-7, -2e-6),  # no laxer than at 1, where a value near 0 is as good as another
        ((0.0, 1e-7), -9e-14, -2e-13),
        ((0.0, 1e-7), 1.0000009e-7, 1.000002e-7),
        ((-1e-7, 0.0), 9e-14, 2e-13),
        ((1e-3, None), 0.9999991e-3, 0.999998e-3),
        ((0.0, None), -9e-13, -2e-9),
        ((None, 0.0), 9e-13, 2e-9),
    ],
)
def test_rounding_is_relative_to_the_bounds(ends, inside, outside):
    output = Output(name="x", direction="lower", range=ends)
    assert check_ranges({"x": Score(inside)}, {"x": output})["x"].value in ends
    with pytest.raises(Invalid, match="outside its declared range"):
        check_ranges({"x": Score(outside)}, {"x": output})


def test_a_range_without_bounds_holds_everything():
    output = Output(name="free", direction="none")
    assert check_ranges({"free": Score(-1e100)}, {"free": output}) == {"free": Score(-1e100)}


def test_the_ends_of_an_interval_that_are_outside_by_rounding_become_the_bounds():
    output = Output(name="x", direction="lower", range=(0, 1))
    found = check_ranges({"x": Score(-1e-9, -1e-8, 1 + 1e-8, {"a": 1})}, {"x": output})["x"]
    assert found == Score(0.0, 0.0, 1.0, {"a": 1})
    assert {type(number) for number in (found.value, found.low, found.high)} == {float}


def test_an_interval_inside_the_range_stays_as_it_is_even_if_it_lacks_its_value():
    output = Output(name="x", direction="lower", range=(0.0, 1.0))
    for score in (Score(0.9, 0.1, 0.5), Score(0.5, None, 1.0), Score(0.5, 0.0, None)):
        assert check_ranges({"x": score}, {"x": output}) == {"x": score}


@pytest.mark.parametrize(
    ("score", "end"), [(Score(0.0, -0.1, 0.1), "low of the interval of x is -0.1"),
                       (Score(0.0, 0.0, 1.1), "high of the interval of x is 1.1"),
                       (Score(0.0, 1.1, None), "low of the interval of x is 1.1")],
)  # fmt: skip
def test_an_interval_that_leaves_the_range_is_invalid_and_its_end_is_named(score, end):
    output = Output(name="x", direction="lower", range=(0.0, 1.0))
    with pytest.raises(Invalid) as caught:
        check_ranges({"x": score}, {"x": output})
    reason = f"the {end}, outside its declared range [0.0, 1.0]; clip it in the metric"
    assert str(caught.value) == reason


def test_what_a_metric_does_to_its_tables_and_history_reaches_no_other(make_context):
    context = make_context("spoils", generator="copies", dataset="frame")
    first, second = (score_task(context.trial.tasks[0], context) for _ in range(2))
    assert first["spoils"].value == second["spoils"].value > 1000
    assert context.samples.data["x"].sum() > 0
    assert context.history[0]["loss"] == 0.5


def test_a_metric_cannot_write_into_labels(scores):
    assert failure(scores, "writes-labels") == (
        "error", "maker:writes-labels: ValueError: assignment destination is read-only",
    )  # fmt: skip
