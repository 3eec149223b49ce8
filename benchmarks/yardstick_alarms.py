"""How often `genbench score` marks a perfect sampler as beyond real: the table in docs/scoring.md.

    python benchmarks/yardstick_alarms.py [DRAWS] [WORLD ...]

In each draw, fakes, real and training samples are independent draws of one law, or disjoint parts of one
dataset. So each mark is a false alarm. A row counts, for one number of a metric, the draws in which the fakes
are better than the best of the five splits or cuts by more than once, 1.5 times and twice their range.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from genbench_image.datasets.digits import digits
from genbench_molecule.sequences.kmer_world import kmer_world
from genbench_points.datasets.shapes_world import shapes_world
from genbench_table.datasets.plotnine_tables import diamonds
from genbench_table.datasets.table_world import table_world
from genbench_text.datasets.grammar_world import grammar_world

import genbench
from genbench.catalog.catalog import load_catalog
from genbench.core.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench import Samples
    from genbench.scoring.measurement import Measurement

    Draw = Callable[[np.random.Generator, int], Samples]

REAL = 200
SIZES = ((100, 0), (200, 0), (100, 400))  # fakes, and training samples; 0: none are given
RANGES = (1.0, 1.5, 2.0)
MODES = 4  # of the world of vectors
SLOW = ("mauve", "prdc")  # the first takes minutes for 100 draws, the second has the numbers of two others


def main() -> None:
    """Print a line for each world, size and metric with an alarm, and the worst metric of each world."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    warnings.simplefilter("ignore")
    print("| world | fakes | train | metric | 1 | 1.5 | 2 |\n| --- | --- | --- | --- | --- | --- | --- |")
    for world in sys.argv[2:] or WORLDS:
        for fakes, train in SIZES:
            for metric, shares in count_alarms(world, fakes, train, draws):
                cells = " | ".join(f"{share:.1%}" for share in shares)
                print(f"| {world} | {fakes} | {train} | {metric} | {cells} |", flush=True)


def count_alarms(world: str, fakes: int, train: int, draws: int) -> list[tuple[str, list[float]]]:
    """Return by metric the share of draws with an alarm at each number of ranges, the most frequent first."""
    draw, settings = WORLDS[world]()
    metrics = find_metrics(draw(np.random.default_rng(0), 3 * REAL), settings, with_train=bool(train))
    alarms, counts = Counter[tuple[str, float]](), Counter[str]()
    for number in range(draws):
        rng = np.random.default_rng([number, fakes, train])
        fake, real, trained = cut(draw(rng, fakes + REAL + train), fakes, REAL)
        given = {"train": trained} if train else {}
        scores = genbench.score(fake=fake, real=real, metrics=metrics, **given, **settings)
        for name, score in scores.items():
            if score.yardstick is not None and score.direction != "none":
                counts[name] += 1
                alarms.update((name, ranges) for ranges in RANGES if measure_gain(score) > ranges)
    rows = [(name, [alarms[name, ranges] / counts[name] for ranges in RANGES]) for name in counts]
    return sorted(rows, key=lambda row: row[1], reverse=True)


def find_metrics(samples: Samples, settings: dict[str, Any], *, with_train: bool) -> list[str]:
    """Return the metrics that can have an alarm on samples of a kind, and need no further extractor."""
    sides = dict(zip(("fake", "real", "train")[: 2 + with_train], cut(samples, REAL, REAL), strict=False))
    metrics = []
    for component in load_catalog(()).of_kind("metric"):
        is_ranked = any(output.direction != "none" for output in component.spec.scores)
        if (
            component.name in SLOW
            or component.spec.is_comparison
            or component.spec.trains_model
            or not is_ranked
        ):
            continue
        with contextlib.suppress(SuiteError):  # for samples of another kind, or features without an extractor
            scores = genbench.score(**sides, metrics=component.name, **settings)
            if any(score.yardstick is not None for score in scores.values()):
                metrics.append(component.name)
    return metrics


def cut(samples: Samples, *sizes: int) -> list[Samples]:
    """Return the first samples, as many as each of the sizes says, and the others."""
    return [samples.take(index) for index in np.split(np.arange(len(samples)), np.cumsum(sizes))]


def measure_gain(score: Measurement) -> float:
    """Return by how many ranges of the yardstick the fakes are better than the best of it."""
    yardstick = score.yardstick
    assert yardstick is not None
    ends, value = (yardstick.least, yardstick.greatest), yardstick.value
    if score.direction == "target":
        losses, loss = [abs(end - score.best) for end in ends], abs(value - score.best)
        if ends[0] <= score.best <= ends[1]:
            losses.append(0.0)
    else:
        sign = 1 if score.direction == "lower" else -1
        losses, loss = [sign * end for end in ends], sign * value
    gain, width = min(losses) - loss, ends[1] - ends[0]
    return 0.0 if gain <= 1e-10 * abs(value) else gain / width if width else np.inf


def vectors() -> tuple[Draw, dict[str, Any]]:
    """Return a mixture of Gaussians in 8 dimensions."""
    centres = np.random.default_rng(1).normal(size=(MODES, 8)) * 2

    def draw(rng: np.random.Generator, n: int) -> Samples:
        return genbench.Samples.of("vector", centres[rng.integers(MODES, size=n)] + rng.normal(size=(n, 8)))

    return draw, {}


def of_law(data: Any, settings: dict[str, Any]) -> tuple[Draw, dict[str, Any]]:
    """Return the law of an artificial dataset."""
    return lambda rng, n: data.truth.sample(n, rng=rng), settings


def of_rows(data: Any, settings: dict[str, Any]) -> tuple[Draw, dict[str, Any]]:
    """Return random rows of a dataset, each once."""
    samples = data.labelled()
    return lambda rng, n: samples.take(rng.permutation(len(samples))[:n]), settings


WORLDS: dict[str, Callable[[], tuple[Draw, dict[str, Any]]]] = {
    "vectors": vectors,
    "digits": lambda: of_rows(digits(), {"extractor": "pixels"}),
    "table-world": lambda: of_law(table_world(n=8), {}),
    "diamonds": lambda: of_rows(diamonds(n=20_000), {}),
    "grammar-world": lambda: of_law(grammar_world(n=8), {"extractor": "char-ngrams"}),
    "kmer-world": lambda: of_law(kmer_world(n=8), {"extractor": "char-ngrams"}),
    "shapes-world": lambda: of_law(shapes_world(n=8, points=32), {}),
}

if __name__ == "__main__":
    main()
