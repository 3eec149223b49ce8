"""Datasets with official splits, and their held-out samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from genbench import SPLITS, Data, concat, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench import Samples

__all__ = ["HeldOut", "official"]

#: Source of held-out samples if the data have no such split.
HeldOut = Literal["test-half", "none"]


def official(parts: Mapping[str, Samples], held_out: HeldOut) -> Data:
    """Return data whose splits are `parts`: train, test and optionally held_out.

    Without held-out samples, "test-half" holds out half of `test`, label by label and by content, with the
    host's rule. The control `held-out` needs real samples that are in neither the reference nor the training
    data, and the generators keep all of `train`, as in the papers that they are compared with. With "none",
    `test` stays complete and the control held-out is skipped.
    """
    parts = dict(parts)
    if "held_out" not in parts and held_out == "test-half":
        parts |= split(Data(parts["test"]), {"test": 1, "held_out": 1})
    names = [name for name in SPLITS if name in parts]
    ends = np.cumsum([len(parts[name]) for name in names])
    splits = {name: np.arange(end - len(parts[name]), end) for name, end in zip(names, ends, strict=True)}
    return Data(concat([parts[name] for name in names]), splits=splits)
