"""Bundled components of every run: controls, finished samples, features as given, and the local executor."""

from __future__ import annotations

from genbench import ExecutorSpec, ExtractorSpec, GeneratorSpec, hookimpl


@hookimpl
def genbench_executors() -> list[ExecutorSpec]:
    """Return the executor of one machine, which is the default."""
    return [
        ExecutorSpec(
            name="local",
            make="genbench_controls.thread_pool:local",
            summary="this machine: a thread for each trial at a time",
        )
    ]


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the extractor that passes vectors on unchanged."""
    return [
        ExtractorSpec(
            name="given",
            make="genbench_controls.given:given",
            summary="vectors that are already features",
            modalities=("vector",),
            outputs={"features": "the vectors, unchanged"},
        )
    ]


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the controls and the generator of finished outputs."""
    return [
        GeneratorSpec(
            name="held-out",
            make="genbench_controls.real:held_out",
            summary="held-out real samples: the ceiling",
            control="ceiling",
            chunk=None,
        ),
        GeneratorSpec(
            name="train-copies",
            make="genbench_controls.real:train_copies",
            summary="copies of the training samples: the exploit",
            control="exploit",
            chunk=None,
        ),
        GeneratorSpec(
            name="noise",
            make="genbench_controls.noise:noise",
            summary="samples without structure in the space of the data: the floor",
            control="floor",
        ),
        GeneratorSpec(
            name="samples",
            make="genbench_controls.finished:samples",
            summary="finished outputs of any model: kept samples, a folder, .npz, .npy, .txt, .jsonl or .csv",
            chunk=None,
        ),
    ]
