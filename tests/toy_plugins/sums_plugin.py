"""A plugin of texts, some of which are no sums, and of extractors that have features for sums only."""

import numpy as np

from genbench import (
    Data,
    DatasetSpec,
    Extracted,
    ExtractorSpec,
    GeneratorSpec,
    MetricSpec,
    Samples,
    Score,
    hookimpl,
)

PART = 80  # samples of a split


def text_of(number, *, is_sum=True):
    """Return a sum of one to three terms, or what is none."""
    terms = [str(number), "10", "100"][: number % 3 + 1]
    return "+".join(terms) if is_sum else "++".join(["1", *terms])


def sums(*, broken: int = 0):
    """Return sums with their numbers of terms as labels; each of `broken` samples is no sum, 0: all are."""
    numbers = np.arange(3 * PART)
    texts = tuple(text_of(i, is_sum=not broken or i % broken != 3) for i in numbers)
    splits = {
        name: numbers[i * PART : (i + 1) * PART] for i, name in enumerate(("train", "test", "held_out"))
    }
    return Data(Samples.of("text", texts), labels=numbers % 3 + 1, splits=splits)


class Sloppy:
    """Draws sums, of which `broken` of 20 are none."""

    def __init__(self, space, broken):
        self.space, self.broken = space, broken

    def sample(self, n, *, rng):
        numbers = rng.integers(0, 3000, n)
        lost = {7 * k % 20 for k in range(self.broken)}
        texts = tuple(text_of(int(number), is_sum=i % 20 not in lost) for i, number in enumerate(numbers))
        return Samples(texts, self.space, numbers % 3 + 1)


def sloppy(train, *, broken: int = 0):
    return Sloppy(train.space, broken)


def parsed(samples):
    """Return the value and the number of terms of each sum, as Extracted."""
    terms = [text.split("+") for text in samples.data]
    valid = np.array([all(part.isdecimal() for part in parts) for parts in terms], bool)
    value, count = np.full((len(samples), 1), np.nan, np.float32), np.full((len(samples), 1), -9, np.float32)
    for i in np.flatnonzero(valid):
        value[i], count[i] = sum(map(int, terms[i])), len(terms[i])
    return Extracted({"value": value, "terms": count}, valid)


def make_parsed():
    return parsed


class Centred:
    def __init__(self, centre):
        self.centre = np.float32(centre)

    def __call__(self, samples):
        found = parsed(samples)
        return Extracted({"value": found.arrays["value"] - self.centre}, found.valid)

    def save(self, folder):
        np.save(folder / "centre.npy", self.centre)


def make_centred(train):
    found = parsed(train)
    return Centred(found.arrays["value"][found.valid].mean())


def load_centred(folder):
    return Centred(np.load(folder / "centre.npy"))


def sum_gap(real, fake):
    return abs(float(real.mean()) - float(fake.mean()))


def aligned(fake, fake_labels):
    """Return for how many sums the label is the number of terms, of those for which the metric has both."""
    assert np.isfinite(fake["value"]).all()
    assert len(fake["value"]) == len(fake["terms"]) == len(fake_labels)
    return float((fake["terms"][:, 0] == fake_labels).mean())


def sizes(real, fake, train, held_out, real_labels, fake_labels, train_labels, held_out_labels):
    """Return the number of fakes, and that of rows and of labels of each side."""
    sides = {"real": (real, real_labels), "fake": (fake, fake_labels)}
    sides |= {"train": (train, train_labels), "held_out": (held_out, held_out_labels)}
    return Score(float(len(fake)), extra={name: [len(x) for x in side] for name, side in sides.items()})


def of_labels(fake_labels):
    return float(len(fake_labels))


def whole(fake):
    return float(len(fake))


ODD = ("1+2", "1++2", "3")


def probes(extract):
    return float(extract(Samples.of("text", ODD)).sum())


def masks(extract):
    found = extract.masked(Samples.of("text", ODD))
    return Score(float(found.arrays["value"].sum()), extra={"valid": found.valid.tolist()})


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="sums", make=sums, modalities=("text",))]


@hookimpl
def genbench_extractors():
    outputs = {"value": "the sum", "terms": "the number of terms"}
    return [
        ExtractorSpec(name="parsed", make=make_parsed, outputs=outputs),
        ExtractorSpec(
            name="centred", make=make_centred, load=load_centred, outputs={"value": "the sum, centred"}
        ),
    ]


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="sloppy", make=sloppy, chunk=20, modalities=("text",))]


@hookimpl
def genbench_metrics():
    value = {"takes": "value", "extractor": "parsed"}
    return [
        MetricSpec(name="sum-gap", make=sum_gap, direction="lower", **value),
        MetricSpec(name="free-gap", make=sum_gap, direction="lower", any_valid_share=True, **value),
        MetricSpec(name="choosy", make=sum_gap, min_n=39, **value),
        MetricSpec(name="aligned", make=aligned, takes=("value", "terms"), extractor="parsed"),
        MetricSpec(name="of-labels", make=of_labels, **value),
        MetricSpec(name="whole", make=whole, direction="higher"),
        *(MetricSpec(name=make.__name__, make=make, **value) for make in (sizes, probes, masks)),
    ]
