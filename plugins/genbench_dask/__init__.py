"""Executor `dask`: trials on many machines, through the package `distributed`."""

from __future__ import annotations

from genbench import ExecutorSpec, hookimpl


@hookimpl
def genbench_executors() -> list[ExecutorSpec]:
    """Return the executor for many machines."""
    return [
        ExecutorSpec(
            name="dask",
            make="genbench_dask.cluster:dask",
            summary="runs trials on the workers of a dask scheduler, or of a cluster on this machine",
            source="https://distributed.dask.org",
            needs={"distributed": "genbench[dask]"},
            known_failures={
                "global-state": "dask draws a port and sets variables of its workers in this process"
            },
        )
    ]
