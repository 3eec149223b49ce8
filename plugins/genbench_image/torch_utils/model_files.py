"""Files of a fitted network: weights as safetensors, description as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from genbench import DataError, Space, canonical
from genbench_image.files.limits import why
from genbench_image.torch_utils.learning import Classes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import torch

__all__ = ["read", "write"]

Network = TypeVar("Network", bound="torch.nn.Module")

_WEIGHTS = "model.safetensors"
_ABOUT = "model.json"


def write(
    folder: Path,
    model: str,
    network: torch.nn.Module,
    *,
    space: Space,
    classes: Classes,
    options: dict[str, Any],
) -> None:
    """Write the weights of `network`, and the JSON values of its construction, into `folder`."""
    from safetensors.torch import save_file

    about = {"model": model, "space": space.to_json(), "classes": classes.to_json(), "options": options}
    save_file(network.state_dict(), folder / _WEIGHTS)
    (folder / _ABOUT).write_text(canonical(about) + "\n", encoding="ascii")


def read(
    folder: Path, model: str, build: Callable[[Space, Classes, dict[str, Any]], Network], device: str
) -> tuple[Network, Space, Classes, dict[str, Any]]:
    """Return the network of a `model` that `write` stored in `folder`, on `device`, with those values.

    `build(space, classes, options)` makes a network of the same form. Nothing is unpickled.
    Raises DataError if the files are missing, damaged, or another model's.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="ascii"))
        if about["model"] != model:
            raise DataError(f"{_ABOUT} describes the model {about['model']!r}; expected {model!r}")
        space, classes = Space.from_json(about["space"]), Classes.from_json(about["classes"])
        network = build(space, classes, about["options"])
        network.load_state_dict(load((folder / _WEIGHTS).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise DataError(f"the saved model {model!r} cannot be read: {why(error)}; fit it again") from error
    network.to(device).eval()
    return network, space, classes, about["options"]
