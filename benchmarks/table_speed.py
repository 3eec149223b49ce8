"""Time shapes and pair trends of tables, and the same numbers of SDMetrics.

    python benchmarks/table_speed.py                            50,000 rows a side, 10 numbers and 10 texts
    python benchmarks/table_speed.py --sdmetrics ENV/bin/python    and SDMetrics, if this environment has it

SDMetrics needs an environment of its own (pip install sdmetrics): it is under the Business Source License.
Both compute Column Shapes and Column Pair Trends of all pairs, from the same frames in memory, with the
binning of SDMetrics. Seconds are CPU seconds: the median of three calls.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from genbench_table.marginals.shapes import shapes
from genbench_table.pairs.trends import pair_trends

from genbench import Samples

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, NUMBERS, TEXTS, REPEATS = 50_000, 10, 10, 3

PEER = """
import json, statistics, sys, time, warnings
from contextlib import suppress
warnings.simplefilter("ignore")
found = {}
with suppress(ImportError):
    import sdmetrics, pandas as pd
    from sdmetrics.reports.single_table import _properties as properties
    real, fake = (pd.read_csv(f"{sys.argv[1]}/{side}.csv") for side in ("real", "fake"))
    kinds = {name: "numerical" if real[name].dtype.kind == "f" else "categorical" for name in real}
    metadata = {"columns": {name: {"sdtype": kind} for name, kind in kinds.items()}}
    for work, name in (("shapes", "ColumnShapes"), ("pair-trends", "ColumnPairTrends")):
        seconds = []
        for _ in range(int(sys.argv[2])):
            one = getattr(properties, name)()
            if work == "pair-trends":
                one.real_correlation_threshold = one.real_association_threshold = 0
            begin = time.process_time()
            value = one.get_score(real, fake, metadata)
            seconds.append(time.process_time() - begin)
        found[work] = [statistics.median(seconds), value]
    found["version"] = sdmetrics.__version__
print(json.dumps(found))
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--sdmetrics", type=Path, help="the Python of an environment with sdmetrics")
    python = parser.parse_args().sdmetrics
    real, fake = frame(0, ROWS), frame(1, ROWS)
    ours, theirs = by_genbench(real, fake, REPEATS), by_sdmetrics(real, fake, REPEATS, python)
    if not theirs:
        print("sdmetrics is skipped: name the Python of an environment that has it with --sdmetrics")
    head = ("work", "genbench, CPU s", f"sdmetrics {theirs.get('version', '')}, CPU s", "ratio", "difference")
    print(f"| {' | '.join(head)} |", "| --- " * len(head) + "|", sep="\n")
    for cells in rows(ours, theirs):
        print(f"| {' | '.join(cells)} |")


def rows(ours: dict[str, tuple[float, float]], theirs: dict) -> list[tuple[str, ...]]:
    """Return the cells of each work, and of both works together."""
    found = []
    for work, (seconds, value) in ours.items():
        peer = theirs.get(work)
        beside = (
            (f"{peer[0]:.3f}", f"{peer[0] / seconds:.1f}", f"{abs(peer[1] - value):.1g}")
            if peer
            else ("", "", "")
        )
        found.append((work, f"{seconds:.3f}", *beside))
    whole = sum(seconds for seconds, _ in ours.values())
    peers = sum(theirs[work][0] for work in ours if work in theirs)
    both = (f"{peers:.3f}", f"{peers / whole:.1f}", "") if peers else ("", "", "")
    return [*found, ("both", f"{whole:.3f}", *both)]


def frame(seed: int, n: int) -> pd.DataFrame:
    """Return a table of n rows: numbers that depend on one another, and texts of eight categories."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    numbers = {f"x{place}": rng.normal(size=n) + common for place in range(NUMBERS)}
    letters = np.array(list("abcdefgh"), dtype=object)
    places = {f"c{place}": np.clip(1.5 * (rng.normal(size=n) + common) + 4, 0, 7) for place in range(TEXTS)}
    return pd.DataFrame(numbers | {name: letters[values.astype(int)] for name, values in places.items()})


def by_genbench(real: pd.DataFrame, fake: pd.DataFrame, repeats: int) -> dict[str, tuple[float, float]]:
    """Return the seconds and the value of each work."""
    sides = [Samples.of("table", side) for side in (real, fake)]
    return {
        "shapes": timed(lambda: shapes(*sides).value, repeats),
        "pair-trends": timed(lambda: pair_trends(*sides, binning="sdmetrics").value, repeats),
    }


def timed(call: Callable[[], float], repeats: int) -> tuple[float, float]:
    """Return the median of CPU seconds, and what the call returns."""
    seconds, value = [], 0.0
    for _ in range(repeats):
        begin = time.process_time()
        value = call()
        seconds.append(time.process_time() - begin)
    return statistics.median(seconds), value


def by_sdmetrics(real: pd.DataFrame, fake: pd.DataFrame, repeats: int, python: Path | None) -> dict:
    """Return the same of SDMetrics, with its version; nothing if its environment is not named or lacks it."""
    if python is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        real.to_csv(Path(folder) / "real.csv", index=False)
        fake.to_csv(Path(folder) / "fake.csv", index=False)
        done = subprocess.run(
            [python, "-c", PEER, folder, str(repeats)], check=True, capture_output=True, text=True
        )
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
