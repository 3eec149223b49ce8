"""The executor of one machine, which is the default."""

from __future__ import annotations

from genbench import ExecutorSpec, hookimpl


@hookimpl
def genbench_executors() -> list[ExecutorSpec]:
    """Return the executor of one machine."""
    return [
        ExecutorSpec(
            name="local",
            make="genbench_local.threads:local",
            summary="this machine: a thread for each trial at a time",
        )
    ]
