"""Time scores in a training loop: `genbench.Reference` and `genbench.score` beside the epochs of a small GAN.

    python benchmarks/training_loop.py                the tables of benchmarks/README.md, in a minute
    python benchmarks/training_loop.py --steps 19     epochs of one pass over the training images

Each epoch trains the bundled `gan` on scikit-learn's digits, one thread, and draws as many fakes as there are
test images. Then both score the same fakes, as does a new process with `genbench score`, and the script stops
unless all measurements are equal. Seconds are CPU seconds; of each work the median over the epochs. The first
epoch, which loads what is imported, does not count; the first score of a Reference is a row of its own.
The last table shows which share of a metric's own time depends on the real side alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch are imported

import numpy as np
from genbench_fidelity.distances.fid import fid
from genbench_fidelity.distances.gaussians import Gaussian
from genbench_fidelity.manifolds.density_coverage import density_coverage
from genbench_fidelity.manifolds.precision_recall import precision_recall
from genbench_fidelity.numeric.neighbours import radii
from genbench_image.generators.gan import gan
from sklearn.datasets import load_digits

import genbench

if TYPE_CHECKING:
    from collections.abc import Callable

EXTRACTOR = "digits-classifier"
FIVE = {"fid": {}, "kid": {"subset_size": 500}, "precision": {}, "recall": {}, "coverage": {}}
#: What is scored, by the name of its row; None is the default report.
WORKS: dict[str, dict[str, dict[str, int]] | None] = {
    **{name: {name: options} for name, options in FIVE.items()},
    "these five": FIVE,
    "the default report": None,
}
ROWS, COLUMNS = 599, 64  # features of the last table: as many as test images, and as digits-classifier gives


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--steps", type=int, default=200, help="steps of an epoch, of 32 images each")
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GENBENCH_STORE"] = str(Path(folder, "store"))
        beside_epochs(options.steps, options.epochs, Path(folder))
    print()
    shares()


def beside_epochs(steps: int, epochs: int, folder: Path) -> None:
    """Print the seconds of an epoch, and a row for each work with its seconds and their share of an epoch."""
    images = (load_digits().images * 255 / 16).round().astype(np.uint8)[..., None]
    train, real = genbench.Samples.of("image", images[:-ROWS]), images[-ROWS:]
    seconds: dict[str, list[float]] = {}
    reference = genbench.Reference(real, extractor=EXTRACTOR)
    for epoch in range(epochs + 1):
        spent, sampler = timed(partial(trained, train, steps, epoch))
        fakes = sampler.sample(ROWS, rng=np.random.default_rng(epoch))
        found = {"an epoch": spent}
        for name, metrics in WORKS.items():
            found[f"{name}, reference"], ours = timed(partial(reference.score, fakes, metrics=metrics))
            found[f"{name}, score"], theirs = timed(partial(scored, fakes, real, metrics))
            if ours != theirs:
                sys.exit(f"{name}: the measurements differ: {ours} and {theirs}")
        if epoch:  # the first one loads what is imported
            for name, value in found.items():
                seconds.setdefault(name, []).append(value)
    middle = {name: statistics.median(values) for name, values in seconds.items()}
    whole = middle.pop("an epoch")
    print(f"an epoch of {steps} steps: {whole:.2f} CPU s")
    print(
        "| metrics | Reference, s | of an epoch | score, s | of an epoch | ratio |",
        "| --- " * 6 + "|",
        sep="\n",
    )
    for name in WORKS:
        kept, plain = middle[f"{name}, reference"], middle[f"{name}, score"]
        cells = (f"{kept:.3f}", f"{kept / whole:.2f}", f"{plain:.3f}", f"{plain / whole:.2f}")
        print("|", " | ".join((name, *cells, f"{plain / kept:.1f}")), "|")
    once, _ = timed(lambda: genbench.Reference(real, extractor=EXTRACTOR).score(fakes, metrics=FIVE))
    print(f"| these five, by a new Reference | {once:.3f} | {once / whole:.2f} | | | |")
    apart = in_a_new_process(fakes.data, real, folder)
    print(f"| these five, by a new process | | | {apart:.2f} | {apart / whole:.2f} | |")


def trained(train: genbench.Samples, steps: int, epoch: int) -> Any:
    """Return the sampler of a GAN after some steps."""
    return gan(train, None, steps=steps, rng=np.random.default_rng(epoch), log=lambda *_, **__: None)


def scored(fakes: genbench.Samples, real: np.ndarray[Any, Any], metrics: Any) -> Any:
    """Return the measurements of a call of genbench.score, as a loop makes it: without yardsticks."""
    return genbench.score(fake=fakes, real=real, metrics=metrics, extractor=EXTRACTOR, yardstick=False)


def in_a_new_process(fakes: np.ndarray[Any, Any], real: np.ndarray[Any, Any], folder: Path) -> float:
    """Return the CPU seconds of `genbench score` on files, in a second call that finds the real features."""
    np.save(folder / "real.npy", real)
    asked = [f"{name} subset_size=500" if name == "kid" else name for name in FIVE]
    arguments = [
        "score",
        "--fake",
        "fake.npy",
        "--real",
        "real.npy",
        "--extractor",
        EXTRACTOR,
        "-q",
        "--no-yardstick",
    ]
    code = "import sys; from genbench.cli.main import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, *arguments, *(part for name in asked for part in ("-m", name))]
    for images in (fakes[::-1], fakes):  # the store has the features of the same fakes, too
        np.save(folder / "fake.npy", images)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def shares() -> None:
    """Print the milliseconds of metrics on features, and of their work on the real side alone."""
    rng = np.random.default_rng(0)
    real, fake = (rng.normal(size=(ROWS, COLUMNS)).astype(np.float32) for _ in range(2))
    works: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "fid": (lambda: fid(real, fake), lambda: Gaussian.of(real)),
        "precision, recall": (lambda: precision_recall(real, fake), lambda: radii(real, 3)),
        "density, coverage": (lambda: density_coverage(real, fake), lambda: radii(real, 5)),
    }
    print("| metric | own time, ms | of it on real alone, ms |", "| --- " * 3 + "|", sep="\n")
    for name, (metric, alone) in works.items():
        one, two = (1e3 * min(timed(work)[0] for _ in range(9)) for work in (metric, alone))
        print(f"| {name} | {one:.1f} | {two:.1f} |")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of some work, and what it returns."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


if __name__ == "__main__":
    main()
