"""Time Chamfer matrices beside the arithmetic of PointFlow's CPU path, and the exact earth mover's distance.

    OMP_NUM_THREADS=1 python benchmarks/point_speed.py            clouds of 128, 512 and 2,048 points
    OMP_NUM_THREADS=1 python benchmarks/point_speed.py 2048 12    12 clouds of 2,048 points on each side

The broadcast is written here as the paper's program describes its path without a GPU: for a batch of pairs in
float32, all inner products of points, |x|^2 + |y|^2 - 2 xy from them, and the minimum over both axes; all
pairs of the three matrices that 1-NNA takes. genbench looks the nearest points up in trees, in float64, and
each pair of one side once. Seconds are CPU seconds on one thread: the median of three calls. Errors are the
greatest relative differences from distances in float64 without products.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import torch
from genbench_points.datasets.shapes_world import ShapesWorld
from genbench_points.set_metrics.chamfer import chamfer_matrix
from genbench_points.set_metrics.emd import emd_matrix
from scipy.spatial.distance import cdist

from genbench import Ragged

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = ((128, 48), (512, 24), (2048, 12))
REPEATS = 3
COLUMNS = (
    "points", "clouds a side", "genbench (s)", "broadcast (s)", "times", "error", "error of the broadcast",
    "EMD of a pair (ms)",
)  # fmt: skip


def seconds(call: Callable[[], object]) -> float:
    """Return the CPU seconds of a call, the median of three after one that warms up."""
    call()
    found = []
    for _ in range(REPEATS):
        begin = time.process_time()
        call()
        found.append(time.process_time() - begin)
    return statistics.median(found)


def broadcast(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Return the Chamfer distance of each pair, (n, m) float32, by the products of all points."""
    return torch.stack([_row(cloud, right) for cloud in left])


def _row(cloud: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Return the distances of one cloud to a batch of others."""
    batch = cloud[None].expand(len(others), -1, -1).contiguous()
    own, other = (torch.bmm(side, side.transpose(1, 2)) for side in (batch, others))
    squares = [products.diagonal(dim1=1, dim2=2) for products in (own, other)]
    products = torch.bmm(batch, others.transpose(1, 2))
    distances = squares[0][:, :, None] + squares[1][:, None, :] - 2 * products
    return distances.min(dim=2)[0].mean(dim=1) + distances.min(dim=1)[0].mean(dim=1)


def exactly(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the Chamfer distances in float64 from differences."""
    found = np.empty((len(left), len(right)))
    for place in np.ndindex(found.shape):
        squares = cdist(left[place[0]], right[place[1]], "sqeuclidean")
        found[place] = squares.min(axis=0).mean() + squares.min(axis=1).mean()
    return found


def compare(points: int, n: int) -> str:
    """Return a row for n clouds on each side."""
    drawn = [ShapesWorld(points).sample(n, rng=np.random.default_rng(seed)).data for seed in (0, 1)]
    offsets = drawn[0].offsets
    left, right = (Ragged(side.values.astype(np.float64), offsets) for side in drawn)
    arrays = [side.values.reshape(n, points, 3) for side in drawn]
    one, other = map(torch.from_numpy, arrays)

    def ours() -> list[np.ndarray]:
        return [chamfer_matrix(*pair) for pair in ((left, left), (left, right), (right, right))]

    def theirs() -> list[torch.Tensor]:
        return [broadcast(*pair) for pair in ((one, one), (one, other), (other, other))]

    spent = seconds(ours), seconds(theirs)
    exact = exactly(*(array.astype(np.float64) for array in arrays))
    errors = [float(np.abs(found / exact - 1).max()) for found in (ours()[1], theirs()[1].numpy())]
    pair = left[:1], right[:1]
    mover = seconds(lambda: emd_matrix(*pair))
    return (
        f"| {points:,} | {n} | {spent[0]:.2f} | {spent[1]:.2f} | {spent[1] / spent[0]:.1f} | {errors[0]:.0e} "
        f"| {errors[1]:.0e} | {1000 * mover:.1f} |"
    )


def main(arguments: list[str]) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
    sizes = [tuple(map(int, arguments[:2]))] if arguments else SIZES
    for points, n in sizes:
        print(compare(points, n), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
