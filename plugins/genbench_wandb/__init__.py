"""Listener `wandb`: runs, scores and training histories in Weights & Biases."""

from __future__ import annotations

from genbench import ListenerSpec, hookimpl


@hookimpl
def genbench_listeners() -> list[ListenerSpec]:
    """Return the listener that writes to Weights & Biases."""
    return [
        ListenerSpec(
            name="wandb",
            make="genbench_wandb.tracking:wandb",
            summary="logs each trial as a run of Weights & Biases, in a group for the suite",
            source="https://wandb.ai",
            needs={"wandb": "genbench[wandb]"},
            known_failures={
                "global-state": "its client starts a process of its own, and sets variables for it"
            },
        )
    ]
