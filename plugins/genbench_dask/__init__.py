"""The executor of many machines: dask, by its package `distributed`."""

from __future__ import annotations

from genbench import ExecutorSpec, hookimpl


@hookimpl
def genbench_executors() -> list[ExecutorSpec]:
    """Return the executor of many machines."""
    return [
        ExecutorSpec(
            name="dask",
            make="genbench_dask.cluster:dask",
            summary="the workers of a dask scheduler, or of a cluster on this machine",
            source="https://distributed.dask.org",
            needs={"distributed": "genbench[dask]"},
        )
    ]
