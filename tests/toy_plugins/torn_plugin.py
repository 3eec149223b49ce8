"""A modality of ragged samples with faults of its own: one that works, and some that cannot."""

from __future__ import annotations

import numpy as np

from genbench import (
    Data,
    DatasetSpec,
    FaultSpec,
    MetricSpec,
    ModalitySpec,
    Samples,
    Undefined,
    anything,
    falls,
    hookimpl,
    rises,
)


@hookimpl
def genbench_modalities():
    return [ModalitySpec(name="tape", container="ragged", dtypes=("float32",), axes=("time",))]


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="tapes", make=tapes, modalities=("tape",))]


@hookimpl
def genbench_metrics():
    return [
        MetricSpec(
            name="length-gap", make=length_gap, modalities=("tape",), direction="lower", best=0.0,
            expects=dict.fromkeys(("collapse", "duplicates", "train-copies", "smaller-n"), anything),
        ),
        MetricSpec(
            name="mean-length", make=mean_length, modalities=("tape",),
            expects={"torn": falls, "torn-plugin:torn": falls, "tron": rises, "other:noise": falls},
        ),
        MetricSpec(name="always-one", make=always_one, direction="lower"),
    ]  # fmt: skip


@hookimpl
def genbench_faults():
    common = {"modalities": ("tape",), "effect": "worse"}
    return [
        FaultSpec(name="torn", make=torn, levels={"to 80 %": 0.8, "to 20 %": 0.2}, **common),
        FaultSpec(
            name="reversed", make=reversed_order, levels={"all": 1}, modalities=("tape",), effect="unchanged"
        ),
        FaultSpec(name="impossible", make=impossible, levels={"1": 1}, **common),
        FaultSpec(name="fails", make=fails, levels={"1": 1}, **common),
        FaultSpec(name="too-few", make=too_few, levels={"1": 1}, **common),
        FaultSpec(name="needy", make=torn, levels={"1": 1}, needs={"no_such_module": "no-such"}, **common),
        FaultSpec(name="unknown-input", make=unknown_input, levels={"1": 1}, **common),
        FaultSpec(name="of-images", make=fails, levels={"1": 1}, modalities=("image",), effect="worse"),
    ]


def tapes(*, rng):
    """Return 240 tapes of 5 to 15 values, without labels."""
    return Data(Samples.of("tape", [rng.normal(size=t).astype(np.float32) for t in rng.integers(5, 16, 240)]))


def length_gap(real, fake):
    return abs(float(real.data.lengths.mean() - fake.data.lengths.mean()))


def mean_length(fake):
    return float(fake.data.lengths.mean())


def always_one(fake):
    return 1.0


def torn(real, level, *, least: int = 1):
    """Return tapes of which the end is missing."""
    return Samples.of("tape", [tape[: max(least, round(level * len(tape)))] for tape in real.data])


def reversed_order(real, rng):
    """Return tapes of the same lengths, backwards."""
    return Samples.of("tape", [tape[::-1] for tape in real.data])


def impossible(real):
    raise Undefined("these tapes are glued")


def fails(real):
    raise KeyError("tape")


def too_few(real):
    return real.take(slice(0, 3))


def unknown_input(fake):
    return fake
