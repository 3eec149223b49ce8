"""The hooks that plugins implement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.contract.specs import DatasetSpec, ExecutorSpec, ExtractorSpec, GeneratorSpec, MetricSpec

__all__ = ["HOOKS", "PROJECT", "hookimpl", "hookspec"]

PROJECT = "genbench"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

#: Hook name to the kind of the specs it returns.
HOOKS = {
    "genbench_datasets": "dataset",
    "genbench_extractors": "extractor",
    "genbench_generators": "generator",
    "genbench_metrics": "metric",
    "genbench_executors": "executor",
}


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
def genbench_executors() -> Iterable[ExecutorSpec]:  # type: ignore[empty-body]  # a declaration
    """Return the specs of the plugin's executors."""
