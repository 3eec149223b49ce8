"""A plugin with a dataset of each modality, and a generator, an extractor and two metrics for all of them."""

import numpy as np

from genbench import (
    Data,
    DatasetSpec,
    ExtractorSpec,
    GeneratorSpec,
    MetricSpec,
    ModalitySpec,
    Ragged,
    Samples,
    hookimpl,
)

N = 60


def stereo():
    rng = np.random.default_rng(1)
    sounds = [rng.normal(0, 0.1, (20 + n, 2)).astype(np.float32) for n in range(N)]
    return Data(Samples.of("audio", sounds, rate=8000))


def clouds():
    rng = np.random.default_rng(2)
    made = [rng.normal(n % 3, 1, (5 + n % 7, 3)).astype(np.float32) for n in range(N)]
    return Data(Samples.of("points", made), labels=np.arange(N) % 3)


def clips():
    rng = np.random.default_rng(3)
    return Data(Samples.of("video", rng.integers(0, 256, (N, 4, 6, 5, 3)).astype(np.uint8), rate=5.0))


def people():
    import pandas as pd

    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 90, N),
            "height": rng.normal(170, 10, N),
            "city": rng.choice(["Rome", "Oslo", None], N).astype(object),
        }
    )
    return Data(Samples.of("table", frame))


def chains():
    names = ["C" * (1 + n % 9) + "O" * (n // 9) for n in range(N)]
    return Data(Samples.of("molecule", names, notation="smiles"))


def ticks():
    """Return samples of this plugin's own modality."""
    return Data(Samples.of("tick", Ragged.of([np.arange(n + 1, dtype=np.int64) for n in range(N)])))


def twice():
    import pandas as pd

    frame = pd.DataFrame([[1, 2]] * N, columns=["a", "a"])
    return Data(Samples.of("table", frame))


def lists():
    import pandas as pd

    return Data(Samples.of("table", pd.DataFrame({"a": [[1]] * N})))


def flat():
    return Data(Samples.of("audio", np.zeros((N, 9), np.float32), rate=8000))


class Resampler:
    """Draws from train with replacement."""

    def __init__(self, train):
        self.train = train

    def sample(self, n, *, rng):
        return self.train.take(rng.integers(len(self.train), size=n))


def sizes(samples):
    """Return the number of bytes that stand for each sample, (n,)."""
    if isinstance(samples.data, Ragged):
        return samples.data.lengths.astype(np.float64)
    if isinstance(samples.data, tuple):
        return np.array([len(item) for item in samples.data], np.float64)
    return samples.data.select_dtypes("number").sum(axis=1).to_numpy(np.float64)


def size():
    return lambda samples: {"features": sizes(samples)[:, None].astype(np.float32)}


def feature_gap(real, fake):
    return abs(float(real.mean()) - float(fake.mean()))


def size_gap(real, fake):
    return abs(float(sizes(real).mean()) - float(sizes(fake).mean()))


@hookimpl
def genbench_modalities():
    return [ModalitySpec(name="tick", container="ragged", dtypes=("int64",), axes=("time",))]


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name=make.__name__, make=make)
            for make in (stereo, clouds, clips, people, chains, ticks, twice, lists, flat)]  # fmt: skip


@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="size", make=size, outputs={"features": "the size of each sample"})]


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="resampler", make=Resampler, chunk=7)]


@hookimpl
def genbench_metrics():
    return [
        MetricSpec(name="size-gap", make=size_gap, direction="lower", best=0.0),
        MetricSpec(
            name="feature-gap", make=feature_gap, direction="lower", takes="features", extractor="size"
        ),
    ]
