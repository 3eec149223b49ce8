"""Time genbench's metrics against the libraries that people use now, on the same features, in one process.

    python benchmarks/compare.py                            the table of benchmarks/README.md
    python benchmarks/compare.py --work fid kid --n 2000 --d 2048 --repeats 3 --threads 1

Features are float32, as extractors give them. Calls are interleaved, after one of each on a few rows that
loads what it imports. Seconds are CPU seconds of this process, so that other work on the machine matters
little; medians where there are repeats. MiB are the resident memory that a call took at its peak beyond what
there was before it (Linux only). Peers come with the extra genbench[bench]; those that are missing, or do not
run with what else is installed, are named and left out, and genbench's own row is printed without one.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import io
import os
import re
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from peers import Number, Work

#: What is timed without options: work, n.
TABLE = [
    ("fid", 1000),
    ("fid", 10_000),
    ("kid", 2000),
    ("kid", 5000),
    ("kid", 10_000),
    ("pr", 10_000),
    ("prdc", 10_000),
    ("vendi", 5000),
]

COLUMNS = ["work", "n", "d", "genbench, s", "MiB", "peer", "its s", "MiB", "ratio", "relative difference"]

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


def main() -> None:
    """Print the table."""
    options = read_options()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    import torch
    from peers import WORKS, missing

    torch.set_num_threads(options.threads)
    if missing():
        print(f"(not installed, left out: {', '.join(missing())})", file=sys.stderr)
    chosen = [(work, n) for work in options.work for n in options.n] if options.work else TABLE
    few = features(1100, 16)
    calls = {work: {"": WORKS[work].ours} | running(WORKS[work], *few) for work in dict(chosen)}
    print(f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|", sep="\n")
    for work, n in chosen:
        for line in rows(WORKS[work].title, calls[work], *features(n, options.d), options.repeats):
            print(line, flush=True)


def running(work: Work, real: NDArray[np.float32], fake: NDArray[np.float32]) -> dict[str, Number]:
    """Return the peers that give a number for these features, by name and version; say which do not."""
    quietly(work.ours, real, fake)
    found = {}
    for name, call in work.installed().items():
        try:
            quietly(call, real, fake)
        except Exception as error:  # whatever other libraries raise
            print(f"({name} does not run, left out: {type(error).__name__}: {error})", file=sys.stderr)
        else:
            found[name] = call
    return found


def read_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--work", nargs="+", help="what to time; without it, the table of the README")
    parser.add_argument("--n", type=int, nargs="+", default=[1000], help="rows a side, with --work")
    parser.add_argument("--d", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def features(n: int, d: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return two sets of correlated non-negative features, (n, d) float32, a little apart."""
    import numpy as np

    rng = np.random.default_rng(0)
    mix = rng.standard_normal((d, d)) / d**0.5
    real, fake = (np.maximum(rng.standard_normal((n, d)) @ mix * scale, 0) for scale in (1, 1.05))
    return real.astype(np.float32), fake.astype(np.float32)


def rows(
    title: str, calls: dict[str, Number], real: NDArray[np.float32], fake: NDArray[np.float32], repeats: int
) -> list[str]:
    """Return the table's rows of one work, one a peer, from its calls by name, genbench's under ""."""
    spent: dict[str, list[float]] = {name: [] for name in calls}
    took, values = dict.fromkeys(calls, 0.0), dict.fromkeys(calls, 0.0)
    for _ in range(repeats):
        for name, call in calls.items():
            seconds, mib, values[name] = measured(call, real, fake)
            spent[name].append(seconds)
            took[name] = max(took[name], mib)
    seconds = {name: statistics.median(times) for name, times in spent.items()}
    own = [title, f"{len(real):,}", str(real.shape[1]), f"{seconds['']:.2f}", f"{took['']:.0f}"]
    theirs = [
        [name, f"{seconds[name]:.2f}", f"{took[name]:.0f}", f"{seconds[name] / seconds['']:.1f}",
         f"{abs(values[''] / values[name] - 1):.0e}"]
        for name in calls if name
    ]  # fmt: skip
    return [f"| {' | '.join([*own, *cells])} |" for cells in theirs or [["-"] * 5]]


def measured(
    call: Number, real: NDArray[np.float32], fake: NDArray[np.float32]
) -> tuple[float, float, float]:
    """Return CPU seconds, MiB beyond what was resident, and the value of a call."""
    if hasattr(ctypes.CDLL(None), "malloc_trim"):
        ctypes.CDLL(None).malloc_trim(0)  # what earlier calls freed is no head start
    before = resident("VmRSS")
    if _CLEAR.exists():
        _CLEAR.write_text("5")  # the peak is counted anew
    start = time.process_time()
    value = quietly(call, real, fake)
    return time.process_time() - start, resident("VmHWM") - before, value


def quietly(call: Number, real: NDArray[np.float32], fake: NDArray[np.float32]) -> float:
    """Return a call's value, without what it prints."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return float(call(real, fake))


def resident(field: str) -> float:
    """Return this process's resident memory in MiB, now (VmRSS) or at its peak (VmHWM); 0 where not known."""
    found = re.search(rf"{field}:\s+(\d+) kB", _STATUS.read_text()) if _STATUS.exists() else None
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
