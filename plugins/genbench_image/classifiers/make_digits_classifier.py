"""Training of the weights of `digits-classifier`.

Usage: python -m genbench_image.classifiers.make_digits_classifier [FILE]. It trains on
the train third of `digits` alone, so never on a reference sample, and prints the accuracy on the other two.
It takes about 4 s.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench import Samples
    from genbench_image.classifiers.network import Classifier

__all__ = ["main", "thirds", "train_digits_classifier"]


def main() -> None:
    """Write the weights to the given file, or beside the extractor; print the accuracies."""
    os.environ["OMP_NUM_THREADS"] = "1"  # the number of threads changes the bits of the weights
    from safetensors.torch import save_file

    from genbench_image.classifiers.digits_classifier import WEIGHTS

    fitted = train_digits_classifier()
    path = Path(sys.argv[1]) if sys.argv[1:] else WEIGHTS
    save_file(fitted.net.state_dict(), path)
    for name, part in thirds().items():
        sys.stdout.write(f"accuracy on {name}: {fitted.accuracy(part):.4f}\n")
    sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")


def train_digits_classifier() -> Classifier:
    """Return the network that `classifier` fits on the train third of `digits`, with a fixed key."""
    from genbench import stream
    from genbench_image.classifiers.classifier import classifier

    train = thirds()["train"]
    rng = stream(None, "extract", "digits-classifier")
    return classifier(train, train.labels, rng=rng, device="cpu", log=lambda *_, **__: None)


def thirds() -> dict[str, Samples]:
    """Return the splits of `digits` as a run makes them: train, test and held_out of 599 images each."""
    from genbench import DatasetSpec, split
    from genbench_image.datasets.digits import digits

    return split(digits(), DatasetSpec(name="digits", make=digits).parts)


if __name__ == "__main__":
    main()
