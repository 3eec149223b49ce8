"""A plugin whose components read a number from a file, or rewrite a file that others read."""

from pathlib import Path

import numpy as np

from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Samples, hookimpl

N = 60


def cloud():
    x = np.random.Generator(np.random.PCG64(7)).normal(size=(N, 2))
    return Data(Samples.of("vector", x))


def number(path):
    return float(path.read_text())


def file_cloud(*, path: Path):
    return Data(Samples.of("vector", cloud().samples.data + number(path)), truth=number(path))


def folder_cloud(*, path: Path):
    files = sorted(path.iterdir())
    return Data(Samples.of("vector", np.array([[number(file), float(i)] for i, file in enumerate(files)])))


def spoiling_cloud(*, target: str, text: str = "5.0"):
    Path(target).write_text(text)
    return cloud()


class Sampler:
    def __init__(self, mean):
        self.mean = mean

    def sample(self, n, *, rng):
        return Samples.of("vector", self.mean() + rng.normal(size=(n, 2)))


class Saved(Sampler):
    def save(self, folder):
        (folder / "mean").write_text(str(self.mean()))


def reads(train, *, path: Path):
    mean = number(path)
    return Saved(lambda: mean)


def reads_late(train, *, path: Path):
    return Saved(lambda: number(path))


def load(folder):
    return Saved(lambda: number(folder / "mean"))


def spoils(train, *, target: str, text: str = "5.0"):
    """Rewrite a file while it is fitted: before the trials that follow it read that file."""
    Path(target).write_text(text)
    return Sampler(lambda: 0.0)


def spoils_itself(train, *, path: Path, text: str = "5.0"):
    path.write_text(text)
    return reads(train, path=path)


def spoils_for_a_moment(train, *, path: Path):
    """Read other content than before and after."""
    content = path.read_text()
    path.write_text("5.0")
    found = reads(train, path=path)
    path.write_text(content)
    return found


def fails_on_spoilt(train, *, path: Path):
    path.write_text("torn")
    return reads(train, path=path)


class SpoilsWhenSaved(Saved):
    def __init__(self, path):
        super().__init__(lambda: 1.0)
        self.path = path

    def save(self, folder):
        super().save(folder)
        self.path.write_text("5.0")


class SpoilsWhenDrawn(SpoilsWhenSaved):
    save = Saved.save

    def sample(self, n, *, rng):
        self.path.write_text("5.0")
        return super().sample(n, rng=rng)


def spoils_when_saved(train, *, path: Path):
    return SpoilsWhenSaved(path)


def spoils_when_drawn(train, *, path: Path):
    return SpoilsWhenDrawn(path)


def fails_when_drawn(train, *, path: Path):
    def torn():
        path.write_text("torn")
        return number(path)

    return Sampler(torn)


class Scales:
    def __init__(self, path):
        self.path = path

    def __call__(self, samples):
        return {"features": np.asarray(samples.data, np.float32)}

    def save(self, folder):
        self.path.write_text("5.0")


def fitted_scales(train, *, path: Path):
    return Scales(path)


def load_scales(folder):
    return Scales(None)


def touches(train, *, path: Path):
    """Change the rights of a file, which its content survives."""
    path.chmod(0o600)
    return reads(train, path=path)


def scales(*, path: Path):
    factor = number(path)
    return lambda samples: {"features": np.asarray(samples.data * factor, np.float32)}


def scales_and_spoils(*, path: Path):
    def extract(samples):
        path.write_text("5.0")
        return {"features": np.asarray(samples.data, np.float32)}

    return extract


def gap(real, fake):
    return float(abs(real.data.mean() - fake.data.mean()))


def scaled_gap(real, fake, *, path: Path):
    return number(path) * gap(real, fake)


def spoiling_gap(real, fake, *, target: str, text: str = "5.0"):
    Path(target).write_text(text)
    return gap(real, fake)


def feature_gap(real, fake):
    return float(abs(real.mean() - fake.mean()))


def named(make):
    return make.__name__.replace("_", "-")


@hookimpl
def genbench_datasets():
    folder = DatasetSpec(name="folder-cloud", make=folder_cloud, reads=("/",))
    return [
        folder,
        *(DatasetSpec(name=named(make), make=make) for make in (cloud, file_cloud, spoiling_cloud)),
    ]


@hookimpl
def genbench_generators():
    stored = (reads, reads_late, spoils_itself, spoils_for_a_moment, spoils_when_saved)
    others = (spoils, fails_on_spoilt, spoils_when_drawn, fails_when_drawn, touches)
    loads = dict.fromkeys(stored, load) | dict.fromkeys(others)
    return [GeneratorSpec(name=named(make), make=make, load=load) for make, load in loads.items()]


@hookimpl
def genbench_extractors():
    outputs = {"features": "the samples, scaled"}
    return [
        ExtractorSpec(name="scales", make=scales, outputs=outputs),
        ExtractorSpec(name="fitted-scales", make=fitted_scales, load=load_scales, outputs=outputs),
        ExtractorSpec(name="scales-and-spoils", make=scales_and_spoils, outputs=outputs),
    ]


@hookimpl
def genbench_metrics():
    makes = (gap, scaled_gap, spoiling_gap)
    of_features = MetricSpec(name="feature-gap", make=feature_gap, takes="features", direction="lower")
    return [of_features, *(MetricSpec(name=named(make), make=make, direction="lower") for make in makes)]
