"""Checks and settings of torch's devices."""

from __future__ import annotations

from genbench.core.errors import SuiteError
from genbench.trial.failures import clean_line

__all__ = ["check_device", "make_deterministic"]


def check_device(device: str) -> None:
    """Raise SuiteError with torch's message if torch cannot use the device; "cpu" needs no check."""
    if device == "cpu":
        return  # without the import of torch, which takes seconds
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch raises these for missing devices
        reason = f"device {device!r} cannot be used here: {clean_line(str(error))}"
        raise SuiteError(f"{reason}; genbench doctor shows the devices") from error


def make_deterministic(device: str) -> None:
    """Make torch use deterministic kernels on a GPU; an operation without one only warns."""
    if not device.startswith("cpu"):
        import torch

        torch.use_deterministic_algorithms(True, warn_only=True)
