"""The hooks that plugins implement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.contract.faults import FaultSpec
    from genbench.contract.modalities import ModalitySpec
    from genbench.contract.specs import (
        DatasetSpec,
        ExecutorSpec,
        ExtractorSpec,
        GeneratorSpec,
        ListenerSpec,
        MetricSpec,
    )

__all__ = ["HOOKS", "PROJECT", "hookimpl", "hookspec"]

PROJECT = "genbench"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

#: Hook name to the kind of the specs it returns.
HOOKS = {
    "genbench_modalities": "modality",
    "genbench_datasets": "dataset",
    "genbench_extractors": "extractor",
    "genbench_generators": "generator",
    "genbench_metrics": "metric",
    "genbench_faults": "fault",
    "genbench_executors": "executor",
    "genbench_listeners": "listener",
}


@hookspec
def genbench_modalities() -> Iterable[ModalitySpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's modalities."""


@hookspec
def genbench_datasets() -> Iterable[DatasetSpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's datasets."""


@hookspec
def genbench_extractors() -> Iterable[ExtractorSpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's extractors."""


@hookspec
def genbench_generators() -> Iterable[GeneratorSpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's generators."""


@hookspec
def genbench_metrics() -> Iterable[MetricSpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's metrics."""


@hookspec
def genbench_faults() -> Iterable[FaultSpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's faults."""


@hookspec
def genbench_executors() -> Iterable[ExecutorSpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's executors."""


@hookspec
def genbench_listeners() -> Iterable[ListenerSpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's listeners."""
