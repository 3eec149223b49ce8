"""A plugin with an extractor that has protocols and steps."""

import numpy as np

from genbench import ExtractorSpec, Protocol, hookimpl


def scaled(*, scale: float = 1.0):
    def steps(samples):
        return {"scaled": scale * samples.data.astype(np.float64)}

    def extract(samples):
        return {"features": steps(samples)["scaled"].reshape(len(samples), -1)}

    extract.steps = steps
    return extract


@hookimpl
def genbench_extractors():
    protocols = (
        Protocol(name="plain", summary="pixels as they are", source="nowhere"),
        Protocol(
            name="doubled", summary="pixels times two", source="a paper", options={"scale": 2.0},
            metrics={"vendi": {"q": 2.0}}, split="train",
        ),
        Protocol(name="many", n=50, metrics={"vendi": {"extractor": "pixels"}}),
    )  # fmt: skip
    outputs = {"features": "x"}
    return [
        ExtractorSpec(name="scaled", make=scaled, outputs=outputs, modalities=("image",), protocols=protocols)
    ]
