"""Whether torch can compute on a device here."""

from __future__ import annotations

from genbench.core.errors import SuiteError
from genbench.trial.failures import plain_line

__all__ = ["check_device", "make_deterministic"]


def check_device(device: str) -> None:
    """Raise SuiteError, with what torch says of it, if it cannot; "cpu" always can, and is not asked."""
    if device == "cpu":
        return
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # what torch raises for devices it lacks
        raise SuiteError(f"device {device!r} cannot be used here: {plain_line(str(error))}") from error


def make_deterministic(device: str) -> None:
    """Ask torch for the kernels of a GPU that give the same bits again, where there are such."""
    if not device.startswith("cpu"):
        import torch

        torch.use_deterministic_algorithms(True, warn_only=True)
