"""Samples in chunks, a few of them drawn twice, and what is noted of their making."""

from __future__ import annotations

import numpy as np
import pytest
from toys import make_catalog, make_specs

from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Samples
from genbench.core.samples import content_hash
from genbench.core.seeds import sequence, stream
from genbench.results.records import Notice
from genbench.results.sketches import Sketch
from genbench.store.store import Store
from genbench.trial.context import TrialContext
from genbench.trial.drawing import Drawing
from genbench.trial.global_state import UniqueNotices

_noise = np.random.standard_normal  # the stream that belongs to everybody


def dots():
    return Data(Samples.of("vector", np.arange(120.0).reshape(60, 2)), splits={
        "train": np.arange(30), "test": np.arange(30, 60),
    })  # fmt: skip


class Sampler:
    """Notes how many samples it is asked for, and draws row by row."""

    def __init__(self, train):
        self.space, self.asked = train.space, []

    def sample(self, n, *, rng):
        self.asked.append(n)
        return Samples(rng.normal(size=(n, 2)), self.space)


class Careless(Sampler):
    def __init__(self, train):
        super().__init__(train)
        self.shift = _noise()

    def sample(self, n, *, rng):
        return Samples(_noise((n, 2)) + self.shift, self.space)

    def save(self, folder):
        np.save(folder / "shift.npy", np.array(self.shift))


def load(folder):
    _noise()
    found = Careless(Samples.of("vector", np.zeros((1, 2))))
    found.shift = float(np.load(folder / "shift.npy"))
    return found


def load_tidy(folder):
    _noise()
    found = Tidy(Samples.of("vector", np.zeros((1, 2))))
    found.shift = 0.0
    return found


class Tidy(Sampler):
    shift = 1.0

    def save(self, folder):
        Careless.save(self, folder)


class Scaled(Sampler):
    """Draws from its own stream and from numpy's global one."""

    def __init__(self, train, *, scale: float = 1.0):
        super().__init__(train)

    def sample(self, n, *, rng):
        return Samples(np.column_stack([rng.normal(size=n), _noise(n)]), self.space)


class Drifting(Sampler):
    def sample(self, n, *, rng):
        drawn = super().sample(n, rng=rng)
        return Samples(drawn.data + len(self.asked), self.space)


class Buffered(Sampler):
    """Writes every answer to the same memory."""

    def __init__(self, train):
        super().__init__(train)
        self.buffer = np.empty((64, 2))

    def sample(self, n, *, rng):
        return Samples(rng.standard_normal(out=self.buffer[:n]), self.space, np.arange(n))


class Stored(Sampler):
    """Chooses from finished samples at each call."""

    def sample(self, n, *, rng):
        return Samples(rng.permutation(np.arange(84.0).reshape(42, 2)[: n + 2])[:n], self.space)


def shaky(train):
    shift = _noise()
    return lambda samples: {"features": (samples.data + shift).astype(np.float32)}


def distance(real, fake): ...


CATALOG = make_catalog(
    DatasetSpec(name="dots", make=dots),
    ExtractorSpec(name="shaky", make=shaky, outputs={"features": "moved"}),
    *make_specs(GeneratorSpec, Scaled, Drifting, Buffered, chunk=7),
    GeneratorSpec(name="plain", make=Sampler, chunk=7),
    GeneratorSpec(name="priced", make=Sampler, chunk=7, priced=True),
    GeneratorSpec(name="careless", make=Careless, chunk=7, load=load),
    GeneratorSpec(name="tidy", make=Tidy, chunk=7, load=load_tidy),
    GeneratorSpec(name="stored-many", make=Stored, chunk=40),
    GeneratorSpec(name="stored", make=Stored, chunk=20),
    GeneratorSpec(name="stored-whole", make=Stored, chunk=None),
    GeneratorSpec(name="drifting-priced", make=Drifting, chunk=7, priced=True),
    MetricSpec(name="fid", make=distance, takes="features", extractor="shaky"),
)
USED = Notice(kind="generator", component="maker:careless", text="used numpy's global random state")


@pytest.fixture
def make_context(tmp_path, suite_text, trials_of):
    """Return a function that makes the context of a trial."""

    def make(generator, *, n=17, store="store", seed=0):
        entries = {"datasets": ["dots"], "generators": [generator], "metrics": ["fid"]}
        text = suite_text(**entries, seeds=[seed], n=n, extra="controls = false")
        where = Store(tmp_path / store)
        (trial,) = trials_of(text, CATALOG, where)
        return TrialContext(trial, where, lambda **event: None)

    return make


@pytest.mark.parametrize(("generator", "asked"), [("plain", [7, 7, 3, 8, 8]), ("priced", [7, 7, 3])])
def test_samples_come_in_chunks_and_a_few_are_drawn_twice(make_context, generator, asked):
    context = make_context(generator)
    assert len(context.samples) == 17
    assert context.sampler.asked == asked
    assert context.notices == []


def test_a_trial_of_few_samples_draws_no_more_than_these(make_context):
    context = make_context("plain", n=3)
    assert len(context.samples) == 3
    assert context.sampler.asked == [3, 3, 3]


def test_other_samples_at_the_same_key_are_noted_but_not_where_a_draw_has_a_price(make_context):
    context = make_context("drifting")
    _ = context.samples
    assert context.notices == [Notice.of_other_samples("generator", "maker:drifting")]
    priced = make_context("drifting-priced")
    _ = priced.samples
    assert priced.notices == []


def test_chunks_that_share_samples_are_noted(make_context):
    context = make_context("stored", n=45)
    _ = context.samples
    (notice,) = context.notices
    assert str(notice).startswith("generator maker:stored gave the same samples in two chunks of one trial")
    assert make_context("stored", n=20).samples
    whole = make_context("stored-whole", n=9)
    assert (len(whole.samples), whole.notices) == (9, [])


@pytest.mark.parametrize(("n", "is_noted"), [(80, True), (72, True), (71, False)])
def test_a_second_chunk_that_is_shorter_is_compared_if_it_has_32_samples(make_context, n, is_noted):
    context = make_context("stored-many", n=n)
    assert len(context.samples) == n
    assert bool(context.notices) == is_noted


@pytest.mark.parametrize("n", [7, 17])
def test_a_sampler_may_write_every_chunk_to_one_buffer(make_context, n):
    context = make_context("buffered", n=n)
    assert len(np.unique(context.samples.data, axis=0)) == n
    assert not np.shares_memory(context.samples.data, context.sampler.buffer)
    assert context.notices == []


def test_a_workbench_knows_the_sketch_of_its_samples_from_the_store_too(make_context):
    first = make_context("plain")
    assert Sketch.of(first.samples) == Sketch.parse(first.sketch)
    second = make_context("plain")
    assert (len(second.samples), second.sketch) == (17, first.sketch)


def test_chunks_meet_global_streams_of_their_own(make_context):
    context = make_context("careless", n=14)
    first, second = np.split(context.samples.data, 2)
    assert not np.isin(first, second).any()
    noted = UniqueNotices()
    again = Drawing(trial=context.trial, sampler=context.sampler, note=noted.note)
    np.testing.assert_array_equal(again.draw_samples().data, context.samples.data)
    assert noted == [USED]


@pytest.mark.parametrize("seed", [0, 5])
def test_a_chunk_has_two_streams_named_by_seed_generator_options_data_and_number(make_context, seed):
    context = make_context("scaled", seed=seed)
    for number, size in enumerate((7, 7, 3)):
        names = ("scaled", '{"scale":1.0}', context.trial.dataset.hash, str(number))
        own = stream(seed, "sample", *names)
        shared = np.random.RandomState(np.random.MT19937(sequence(seed, "global", "sample", *names)))
        np.testing.assert_array_equal(
            context.samples.data[7 * number : 7 * number + size],
            np.column_stack([own.normal(size=size), shared.standard_normal(size)]),
        )


def test_what_was_noted_is_kept_with_what_was_made(make_context):
    first = make_context("careless")
    hashed = content_hash(first.samples)
    assert first.notices == [USED]
    second = make_context("careless")
    assert content_hash(second.samples) == hashed
    assert second.notices == first.notices
    of_stored_sampler = make_context("careless", n=5)
    _ = of_stored_sampler.sampler
    assert of_stored_sampler.notices == first.notices


def test_restoring_a_sampler_is_not_noted(make_context):
    tidy = make_context("tidy")
    _ = tidy.sampler
    restored = make_context("tidy", n=5)
    assert restored.sampler.shift == 0.0
    assert restored.notices == tidy.notices == []


def test_what_an_extractor_did_is_told_whoever_made_the_features(make_context):
    notice = Notice(kind="extractor", component="maker:shaky", text="used numpy's global random state")
    for _ in ("made", "stored"):
        context = make_context("plain")
        extractor = context.trial.tasks[0].group.extractor
        context.features(extractor, "real")
        assert context.metric_notices == [notice]
        assert context.notices == []
        context.metric_notices.clear()
        context.features(extractor, "real")
        assert context.metric_notices == [notice]
