"""Time metrics on tables of privacy and detection, and the same numbers by sdmetrics.

    python benchmarks/table_privacy_speed.py                          10,000 fakes, 10,000 training rows
    python benchmarks/table_privacy_speed.py --peers ENV/bin/python   beside the sdmetrics of this environment

Tables have seven columns of numbers and three of categories. sdmetrics (pip install sdmetrics, in an
environment of its own, since its dependency copulas has another licence) reads the same tables from files.
Its distances and matches are timed on the first 500 fakes and multiplied, since its time grows with their
number. It has no boosted trees: `c2st` is beside its support vector machine, on 2,000 rows a side. Seconds
are CPU seconds of one call, genbench's after a call on few rows; memory is the greatest resident size of a
process that does this work only.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from genbench_table.columns.values import columns_of
from genbench_table.detection.c2st import c2st
from genbench_table.detection.logistic_detection import logistic_detection
from genbench_table.privacy.closest import closest
from genbench_table.privacy.mixed_rows import capped_distance
from genbench_table.privacy.new_rows import new_rows
from genbench_table.privacy.report import privacy

from genbench import Samples

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, FEW = 10_000, 2_000
PART = 500  # fakes of which sdmetrics finds the closest rows and matches


def main() -> None:
    """Print the table, or one work's seconds and memory as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--peers", type=Path, help="the Python of an environment with sdmetrics")
    parser.add_argument("--only", choices=WORKS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(one(arguments.only)))
        return
    theirs = peers(arguments.peers)
    print("| work | rows a side | CPU s | MiB | sdmetrics, CPU s | ratio |", "| --- " * 6 + "|", sep="\n")
    for name, (rows, _) in WORKS.items():
        done = subprocess.run(
            [sys.executable, __file__, "--only", name], check=True, capture_output=True, text=True
        )
        seconds, mebibytes, number = json.loads(done.stdout)
        other, same = theirs.get(name, (None, None))
        beside = "| | |" if other is None else f"| {other:.2f} | {other / seconds:.1f} |"
        print(f"| {name} | {rows:,} | {seconds:.2f} | {mebibytes:.0f} {beside}", flush=True)
        if same is not None and abs(same - number) > 1e-9:
            print(f"  {name}: {number} here, {same} in sdmetrics")
    if not theirs:
        print("sdmetrics: skipped; name the Python of an environment that has it with --peers")


def table(rows: int, seed: int) -> Samples:
    """Return rows of seven numbers and three categories that depend on one another."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=rows)
    numbers = {f"x{column}": common + rng.normal(size=rows) for column in range(7)}
    codes = np.clip((common[:, None] + rng.normal(size=(rows, 3))) * 1.5 + 4, 0, 7).astype(int)
    texts = {
        f"c{column}": pd.Series(np.array(list("abcdefgh"))[codes[:, column]], dtype=object)
        for column in range(3)
    }
    return Samples.of("table", pd.DataFrame(numbers | texts))


def _dcr(fake: Samples, train: Samples, real: Samples) -> float:
    found = closest(capped_distance(columns_of(fake, train), 0, 1))
    return float(found[: min(PART, len(found))].sum())


def _new_rows(fake: Samples, train: Samples, real: Samples) -> float:
    return new_rows(train, fake)


def _privacy(fake: Samples, train: Samples, real: Samples) -> float:
    return privacy(fake, train, real)["dcr-share"].value


def _logistic(fake: Samples, train: Samples, real: Samples) -> float:
    return logistic_detection(train, fake, rng=np.random.default_rng(0)).value


def _c2st(fake: Samples, train: Samples, real: Samples) -> float:
    return c2st(train, fake, rng=np.random.default_rng(0)).value


WORKS: dict[str, tuple[int, Callable[[Samples, Samples, Samples], float]]] = {
    "closest training row of each fake (dcr)": (ROWS, _dcr),
    "new-rows": (ROWS, _new_rows),
    "privacy: all five numbers": (ROWS, _privacy),
    "logistic-detection": (ROWS, _logistic),
    "c2st": (FEW, _c2st),
}


def one(name: str) -> tuple[float, float, float]:
    """Return the CPU seconds, the greatest resident size in MiB, and the number of a work."""
    rows, work = WORKS[name]
    work(*(table(40, seed) for seed in range(3)))
    tables = [table(rows, seed) for seed in range(3)]
    begin = time.process_time()
    number = work(*tables)
    return time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, number


def peers(python: Path | None) -> dict[str, tuple[float, Any]]:
    """Return by work the CPU seconds of sdmetrics, and its number where that is the same at each call."""
    if python is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in (0, 1):
            table(ROWS, seed).data.to_csv(Path(folder) / f"{seed}.csv", index=False)
        done = subprocess.run(
            [python, "-c", PEERS, folder, str(FEW), str(PART), json.dumps(list(WORKS))],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return dict(json.loads(done.stdout))


PEERS = """
import json, sys, time, warnings
import pandas as pd
from sdmetrics.single_table import LogisticDetection, NewRowSynthesis, SVCDetection
from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr
warnings.simplefilter("ignore")
folder, few, part, names = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
fake, train = (pd.read_csv(f"{folder}/{seed}.csv") for seed in (0, 1))
kinds = {"f": "numerical", "O": "categorical", "T": "categorical"}
metadata = {"columns": {name: {"sdtype": kinds.get(train[name].dtype.kind, "categorical")} for name in train}}
found = {}

def timed(name, call, times=1):
    begin = time.process_time()
    number = call(len(train), len(fake))
    found[name] = [(time.process_time() - begin) * times, number]

times = len(fake) / part
dcr, new, _, logistic, trees = names
def distances(known, made):
    return float(calculate_dcr(fake[:min(made, part)], train[:known], metadata).sum())
def matches(known, made):
    NewRowSynthesis.compute(train[:known], fake[:min(made, part)], metadata)
def regression(known, made):
    LogisticDetection.compute(train[:known], fake[:made], metadata)
def machine(known, made):
    SVCDetection.compute(train[:min(known, few)], fake[:min(made, few)], metadata)
timed(dcr, distances, times)
timed(new, matches, times)
timed(logistic, regression)
timed(trees, machine)
print(json.dumps(found))
"""

if __name__ == "__main__":
    main()
