"""A plugin file of extractors: one without a defect, and others that each fail one check."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import genbench
from genbench import Extracted, ExtractorSpec, Protocol


def values(samples):
    return samples.data.astype(np.float32)


def sound():
    return lambda samples: {"features": values(samples)}


class Means:
    """The distance from the mean of the training data."""

    def __init__(self, mean):
        self.mean = mean

    def __call__(self, samples):
        return {"features": values(samples) - self.mean}

    def save(self, folder):
        np.save(Path(folder) / "mean.npy", self.mean)


def fitted(train):
    return Means(values(train).mean(axis=0))


def load(folder):
    return Means(np.load(Path(folder) / "mean.npy"))


def load_nothing(folder):
    return Means(np.float32(0))


def unsaved(train):
    mean = values(train).mean(axis=0)
    return lambda samples: {"features": values(samples) - mean}


def in_place():
    def extract(samples):
        samples.data[:] -= samples.data.mean(axis=1, keepdims=True)
        return {"features": values(samples)}

    return extract


def none_valid():
    return lambda samples: Extracted({"features": values(samples)}, np.zeros(len(samples), bool))


def double():
    return lambda samples: {"features": samples.data.reshape(len(samples), -1).astype(np.float64)}


def squeezed():
    return lambda samples: {"features": values(samples).squeeze()}


def centred():
    return lambda samples: {"features": values(samples) - values(samples).mean(axis=0)}


def late():
    means = []

    def extract(samples):
        if not means:
            means.append(values(samples).mean(axis=0))
        return {"features": values(samples) - means[0]}

    return extract


def seen():
    """Return an extractor with a feature for samples that it has had before."""
    known = set()

    def extract(samples):
        keys = [row.tobytes() for row in samples.data]
        is_known = np.array([key in known for key in keys], np.float32)
        known.update(keys)
        return {"features": np.column_stack([values(samples), is_known])}

    return extract


def running():
    total, count = np.zeros(1, np.float64), 0

    def extract(samples):
        nonlocal total, count
        total, count = total + values(samples).sum(axis=0, dtype=np.float64), count + len(samples)
        return {"features": values(samples) - (total / count).astype(np.float32)}

    return extract


CACHE = {}


def cached():
    return lambda samples: {"features": CACHE.setdefault(len(samples), values(samples))}


def constant():
    return lambda samples: {"features": np.ones((len(samples), 2), np.float32)}


def logits():
    return lambda samples: {"probabilities": values(samples)}


def ten_classes(train, train_labels):
    def extract(samples):
        scores = np.exp(-np.abs(values(samples)[:, :1] - np.arange(10, dtype=np.float32)))
        return {"probabilities": scores / scores.sum(axis=1, keepdims=True)}

    if train_labels is None:
        raise genbench.Undefined("train has no labels")
    return extract


def parsed():
    def depth(formula):
        if formula.count("(") != formula.count(")"):
            raise ValueError(f"{formula} has unequal brackets")
        return formula.count("("), len(formula)

    return lambda samples: {"features": np.array(list(map(depth, samples.data)), np.float32)}


def standardised():
    def extract(samples):
        rows = values(samples)
        return {"features": (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)}

    return extract


def normalised():
    def extract(samples):
        parts = [cloud / np.abs(cloud).max() for cloud in samples.data]
        return {"features": np.array([part.std(axis=0) for part in parts], np.float32)}

    return extract


def leaking():
    def extract(samples):
        labels = np.zeros(len(samples)) if samples.labels is None else samples.labels
        return {"features": np.column_stack([values(samples), labels]).astype(np.float32)}

    return extract


def counting_classes(train):
    count = train.labels.max()
    return lambda samples: {"features": values(samples) + np.float32(count)}


def anchored(train, *, rng):
    anchors = values(train)[rng.choice(len(train), 8, replace=False)]
    return lambda samples: {"features": np.linalg.norm(values(samples)[:, None] - anchors, axis=2)}


def on_device(*, device):
    return device


FEATURES = {"features": "the values"}


def spec(name, make, *, modality="vector", outputs=None, **fields):
    return ExtractorSpec(
        name=name, make=make, summary="an extractor", modalities=(modality,),
        outputs=outputs or FEATURES, **fields,
    )  # fmt: skip


PROBABILITIES = {"probabilities": "of classes"}


@genbench.hookimpl
def genbench_extractors():
    return [
        spec("sound", sound, protocols=(Protocol(name="plain", metrics={"kid": {"estimator": "full"}}),)),
        spec("sound-fitted", fitted, load=load),
        spec("on-device", on_device),
        spec("in-place", in_place),
        spec("squeezed", squeezed),
        spec("centred", centred),
        spec("late", late),
        spec("seen", seen),
        spec("running", running),
        spec("cached", cached),
        spec("constant", constant),
        spec("none-valid", none_valid),
        spec("double", double, modality="image"),
        spec("logits", logits, outputs=PROBABILITIES),
        spec("ten-classes", ten_classes, outputs=PROBABILITIES),
        spec("forgetful", fitted, load=load_nothing),
        spec("unsaved", unsaved, load=load),
        spec("parsed", parsed, modality="molecule"),
        spec("standardised", standardised),
        spec("normalised", normalised, modality="points"),
        spec("leaking", leaking),
        spec("counting-classes", counting_classes),
        spec("anchored", anchored),
        spec("lost-weights", sound, canonical="genbench:lost.safetensors"),
        spec("strange-option", sound, protocols=(Protocol(name="strange", options={"size": 3}),)),
        spec("strange-metric", sound, protocols=(Protocol(name="strange", metrics={"kidd": {}}),)),
        spec("strange-subsets", sound, protocols=(Protocol(name="strange", metrics={"kid": {"sets": 3}}),)),
        spec(
            "strange-extractor",
            sound,
            protocols=(Protocol(name="strange", metrics={"kid": {"extractor": "vgg15"}}),),
        ),
    ]
