"""A plugin with a component of each kind to be listed and described; nothing in it is called."""

from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge

from genbench import (
    Asset,
    DatasetSpec,
    ExecutorSpec,
    ExtractorSpec,
    GeneratorSpec,
    MetricSpec,
    Output,
    Protocol,
    hookimpl,
    unchanged,
    worse,
)

print("loading")

WEIGHTS = Asset(name="weights", url="https://x.org/w.pt", sha256="0" * 64, size_bytes=1500, licence="CC0-1.0")


def blur(train, *, steps: Annotated[int, Ge(1)] = 10, mode: Literal["box", "gauss"] = "box", seed: int): ...
def looks(*, weights: Annotated[Path | None, WEIGHTS] = None): ...
def images(*, path: Path): ...
def distance(real, fake): ...


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="folder", make=images, reads=("/", ".zip"), parts={"train": 2, "test": 1})]


@hookimpl
def genbench_extractors():
    protocols = (
        Protocol(name="plain", summary="as they are"),
        Protocol(name="halved", summary="half", options={"size": 8, "mode": "box"}),
    )
    outputs = {"features": "1024 numbers", "probabilities": ""}
    return [ExtractorSpec(name="looks", make=looks, outputs=outputs, protocols=protocols)]


@hookimpl
def genbench_generators():
    return [
        GeneratorSpec(name="blur", make=blur, summary="soft\nimages \x1b[31m[red]", source="S. 1999",
                      modalities=("image",)),
        GeneratorSpec(name="lens", make=blur, needs={"nowhere_to_find": "genbench[blur]"}, chunk=7),
        GeneratorSpec(name="edge", make="nowhere:edge", control="floor", chunk=None),
    ]  # fmt: skip


@hookimpl
def genbench_metrics():
    expects = {"blur": worse, "noise[pixels]": worse | unchanged.because("noise has edges")}
    edge = Output(name="edge", direction="target", best=1.0, range=(0.0, None), expects=expects)
    outputs = (edge, Output(name="hue", direction="none", summary="the colour"))
    return [
        MetricSpec(name="sharpness", make=distance, outputs=outputs, takes="features", extractor="looks"),
        MetricSpec(name="gap", make=distance, direction="lower", range=(-1.0, 2.5), min_n=5, report=True,
                   takes_draws=True,
                   expects={"blur": (worse, worse | unchanged, worse)}),
    ]  # fmt: skip


@hookimpl
def genbench_executors():
    return [ExecutorSpec(name="pool", make=blur)]
