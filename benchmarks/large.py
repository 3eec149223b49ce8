"""Score 50,000 memory-mapped rows a side, and say what it took.

    python benchmarks/large.py --n 50000 --d 2048 --threads 1 --limit 4

Each metric runs in a process of its own, which may not have more than --limit GiB of address space, mapped
files included, and reads float32 features with np.load(mmap_mode="r"). Resident memory is the peak of that
process, with the interpreter, its libraries and what of the two files was in memory at once. Linux only.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

BLOCK = 5000
COLUMNS = ["metric", "n", "d", "CPU s", "s", "peak resident, MiB", "value"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--d", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=float, default=4.0, help="GiB of address space")
    parser.add_argument("--metrics", nargs="+", choices=list(METRICS), default=list(METRICS))
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    print(f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|", sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "real.npy", Path(folder) / "fake.npy"]
        for seed, path in enumerate(paths):
            write(path, options.n, options.d, seed)
        for name in options.metrics:
            print(in_process(name, paths, options), flush=True)


def write(path: Path, n: int, d: int, seed: int) -> None:
    """Write correlated non-negative features, (n, d) float32; those of seed 1 are a little larger."""
    mix = np.random.default_rng(0).standard_normal((d, d), np.float32) / np.float32(d**0.5)
    mix *= np.float32(1 + 0.05 * seed)
    rng = np.random.default_rng([1, seed])
    rows = np.lib.format.open_memmap(path, "w+", np.float32, (n, d))
    for first in range(0, n, BLOCK):
        part = rows[first : first + BLOCK]
        part[:] = np.maximum(rng.standard_normal(part.shape, np.float32) @ mix, 0)
    rows.flush()


def in_process(name: str, paths: list[Path], options: argparse.Namespace) -> str:
    """Return the table's row of a metric, run in a fresh process."""
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.SimpleQueue()
    process = spawn.Process(target=run, args=(name, paths, options.limit, answers))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{name} ended with {process.exitcode}: {options.limit} GiB were not enough")
    cpu, wall, peak, value = answers.get()
    return f"| {name} | {options.n:,} | {options.d} | {cpu:.0f} | {wall:.0f} | {peak:.0f} | {value:.6g} |"


def run(name: str, paths: list[Path], limit: float, answers: multiprocessing.SimpleQueue) -> None:
    """Put CPU seconds, seconds, peak MiB and the value of a metric into `answers`."""
    resource.setrlimit(resource.RLIMIT_AS, (int(limit * 2**30),) * 2)
    start, cpu = time.perf_counter(), time.process_time()
    value = METRICS[name](*(np.load(path, mmap_mode="r") for path in paths))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - start
    answers.put((cpu, wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, value))


def fid(real: np.ndarray, fake: np.ndarray) -> float:
    """Return the Fréchet distance."""
    from genbench_fidelity.distances.fid import fid as score

    return score(real, fake)


def kid(real: np.ndarray, fake: np.ndarray) -> float:
    """Return the kernel distance over 100 subsets of 1,000."""
    from genbench_fidelity.distances.kid import kid as score

    return score(real, fake).value


def precision(real: np.ndarray, fake: np.ndarray) -> float:
    """Return the precision of precision and recall."""
    from genbench_fidelity.manifolds.precision_recall import precision_recall

    return precision_recall(real, fake)["precision"]


METRICS = {"fid": fid, "kid": kid, "precision": precision}

if __name__ == "__main__":
    main()
