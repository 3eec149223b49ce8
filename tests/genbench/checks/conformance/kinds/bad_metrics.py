"""A plugin file of metrics: one without a defect, and others that each fail one check."""

from __future__ import annotations

import numpy as np

import genbench
from genbench import ExtractorSpec, MetricSpec, Output, worse


def distance(real, fake):
    """Return the mean distance of a fake from the nearest real sample."""
    return float(np.linalg.norm(real[:, None] - fake, axis=2).min(axis=0).mean())


def sound(real, fake):
    return distance(real, fake)


def stepwise(real, fake, *, log):
    rows = genbench.Steps(log, len(fake)).over(fake)
    return float(np.mean([distance(real, row[None]) for row in rows]))


def stopping(real, fake, *, log):
    log(1, 10)
    return distance(real, fake)


def repeating(real, fake, *, log):
    for step in (1, 1, 2):
        log(step, 2)
    return distance(real, fake)


def silent(real, fake, *, log):
    del log
    return distance(real, fake)


def several(real, fake):
    return {"gap": distance(real, fake), "spread": float(fake.std())}


def nearest(real, fake):
    between = np.linalg.norm(real[:, None] - fake, axis=2)
    return float(np.log(between.min(axis=0)).mean())


def relative_spread(real, fake):
    return distance(real, fake) / float(np.ptp(fake, axis=0).mean())


def by_class(real, fake, real_labels, fake_labels):
    if len(np.unique(fake, axis=0)) == 1:
        raise genbench.Undefined("all fakes are equal")
    gaps = [distance(real[real_labels == c], fake[fake_labels == c]) for c in np.unique(real_labels)]
    return float(np.mean(gaps))


def nearest_five(real, fake):
    between = np.sort(np.linalg.norm(real[:, None] - fake, axis=2), axis=0)
    return float(between[:5].sum() + between[4].max()) / len(real)


def in_place(real, fake):
    fake -= real.mean(axis=0)
    return float(np.abs(fake).mean())


def subtracted(real, fake):
    return float(np.abs(np.sort(real, axis=0) - np.sort(fake, axis=0)).mean())


def paired(real, fake):
    n = min(len(real), len(fake))
    return distance(real, fake) + float(np.abs(real[:n] - fake[:n]).mean())


def labelled(real, fake):
    return distance(real.data, fake.data) + 0.1 * len(np.unique(fake.labels))


def smoothed(real, fake):
    share = 0.0 if fake.labels is None else float((fake.labels == 0).mean())
    return distance(real.data, fake.data) + share


def last_loss(history):
    return float(history[-1]["loss"])


def log_likelihood(sampler, real):
    return float(sampler.log_likelihood(real).mean())


def likelihood(sampler, real):
    method = getattr(sampler, "log_likelihood", None)
    return float(method(real).mean())


def spec(name, make, **fields):
    direction = {} if "outputs" in fields else {"direction": "lower"}
    settings = {"takes": "features", "modalities": ("vector",), "aspect": "fidelity"} | direction | fields
    return MetricSpec(name=name, make=make, summary="a metric", **settings)


def unready():
    def extract(samples):
        raise RuntimeError("no network")

    return extract


@genbench.hookimpl
def genbench_extractors():
    outputs = {"features": "none"}
    return [ExtractorSpec(name="unready", make=unready, modalities=("points",), outputs=outputs)]


def by_moments(real, fake):
    real = real if isinstance(real, genbench.Moments) else genbench.Moments.of(real)
    return float(np.linalg.norm(real.mean - fake.mean(axis=0)))


def half_moments(real, fake):
    mean = real.mean / 2 if isinstance(real, genbench.Moments) else real.mean(axis=0)
    return float(np.linalg.norm(mean - fake.mean(axis=0)))


@genbench.hookimpl
def genbench_metrics():
    return [
        spec("sound", sound, best=0.0, range=(0.0, None), expects={"noise": worse}),
        spec(
            "sound-several", several, direction="none",
            outputs=(Output(name="gap", direction="lower"), Output(name="spread", direction="none")),
        ),
        spec("upside-down", sound, direction="higher"),
        spec("aimless", sound, direction="target", best=40.0),
        spec("nearest", nearest),
        spec("relative-spread", relative_spread, min_n=2),
        spec("by-class", by_class, min_n=20),
        spec("nearest-five", nearest_five),
        spec("on-points", sound, modalities=("points",)),
        spec("voiceless", sound, aspect=""),
        spec("in-place", in_place),
        spec("subtracted", subtracted),
        spec("paired", paired),
        spec("ordered", paired, expects={"row-order": genbench.mixed | genbench.worse | genbench.better}),
        spec("labelled", labelled, takes="samples"),
        spec("smoothed", smoothed, takes="samples"),
        spec("last-loss", last_loss, takes="samples"),
        spec("log-likelihood", log_likelihood, takes="samples"),
        spec("likelihood", likelihood, takes="samples"),
        spec("strange-fault", sound, expects={"noises": worse}),
        spec("many-levels", sound, expects={"noise": (worse,) * 9}),
        spec("stepwise", stepwise),
        spec("stopping", stopping),
        spec("repeating", repeating),
        spec("silent", silent),
        spec("by-moments", by_moments, min_n=2, real_moments=True),
        spec("half-moments", half_moments, real_moments=True),
        spec("no-moments", sound, real_moments=True),
        spec("excused", sound, direction="higher",
             expects={"noise": genbench.better.because("it is upside down")}),
    ]  # fmt: skip
