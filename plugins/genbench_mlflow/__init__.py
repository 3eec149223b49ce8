"""Listener `mlflow`: runs, scores and training histories in a tracking store of MLflow."""

from __future__ import annotations

from genbench import ListenerSpec, hookimpl


@hookimpl
def genbench_listeners() -> list[ListenerSpec]:
    """Return the listener that writes to MLflow."""
    return [
        ListenerSpec(
            name="mlflow",
            make="genbench_mlflow.tracking:mlflow",
            summary="logs each trial as a run of MLflow, below one run for the suite",
            source="https://mlflow.org",
            needs={"mlflow": "genbench[mlflow]"},
            known_failures={
                "global-state": "MLflow reads the variable against its telemetry as long as the run lasts"
            },
        )
    ]
