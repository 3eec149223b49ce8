"""Time ratings from files of votes, and the same ratings by peers, which give no intervals.

    python benchmarks/vote_speed.py                       600 and 1,000,000 votes of 25 raters on 6 generators
    python benchmarks/vote_speed.py --peers ENV/bin/python   and the peers that this environment has

genbench reads the files, compares their digests with the samples, and returns ratings with intervals, the
agreement and all else that the board shows: this is the call of the metric `preference`. Peers (pip install
evalica choix, in an environment of their own) get the numbers of winners and losers in memory and return
ratings alone; the row "fit alone" is the same work of genbench. Seconds are CPU seconds: the median of three
calls for 600 votes, one call for a million.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from genbench_arena.clustered import sandwich
from genbench_arena.paired import Comparisons, fit
from genbench_arena.preference import preference
from genbench_arena.votes import DIGITS
from scipy.special import expit

from genbench import Samples, digests

if TYPE_CHECKING:
    from collections.abc import Callable

GENERATORS, RATERS, SAMPLES = 6, 25, 300
SIZES = (600, 1_000_000)

PEERS = """
import json, statistics, sys, time
from contextlib import suppress
import numpy as np
winners, losers = np.load(sys.argv[1])
repeats, found = int(sys.argv[2]), {}

def timed(name, call):
    call(winners[:600], losers[:600])
    seconds = []
    for _ in range(repeats):
        begin = time.process_time()
        strengths = np.asarray(call(winners, losers), dtype=float)
        seconds.append(time.process_time() - begin)
    found[name] = [statistics.median(seconds), (strengths - strengths.mean()).tolist()]

with suppress(ImportError):
    import evalica
    def by_evalica(winners, losers):
        won = [evalica.Winner.X] * len(winners)
        scores = evalica.bradley_terry(winners.tolist(), losers.tolist(), won, tolerance=1e-12).scores
        return np.log(scores.sort_index())
    timed("evalica " + evalica.__version__, by_evalica)
with suppress(ImportError):
    import choix
    def by_choix(winners, losers):
        pairs = list(zip(winners.tolist(), losers.tolist()))
        return choix.opt_pairwise(winners.max() + 1, pairs, tol=1e-12)
    timed("choix", by_choix)
print(json.dumps(found))
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--peers", type=Path, help="the Python of an environment with evalica or choix")
    python = parser.parse_args().peers
    print("| votes | work | CPU s | largest difference, Elo |", "| --- " * 4 + "|", sep="\n")
    for size in SIZES:
        for work, seconds, difference in rows(size, python):
            print(f"| {size:,} | {work} | {seconds:.3f} | {difference} |", flush=True)


def rows(size: int, python: Path | None) -> list[tuple[str, float, str]]:
    """Return the works, their seconds, and how far the ratings of peers are from genbench's."""
    repeats = 3 if size == SIZES[0] else 1
    names = [f"generator-{number}" for number in range(GENERATORS)]
    fakes = {
        name: Samples.of("vector", np.arange(float(SAMPLES))[:, None] + SAMPLES * number)
        for number, name in enumerate(names)
    }
    votes, who = drawn(size)
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), votes, who, fakes)
        whole, _ = timed(lambda: preference(fakes, votes=files), repeats)
    fitted, found = timed(lambda: fit(votes), repeats)
    interval, _ = timed(lambda: sandwich(votes, found, who), repeats)
    ours = found.strengths - found.strengths.mean()
    return [
        ("genbench, from files to ratings with intervals", whole, ""),
        ("genbench, fit alone", fitted, ""),
        ("genbench, intervals alone", interval, ""),
        *(
            (name, seconds, f"{400 / np.log(10) * np.abs(strengths - ours).max():.1g}")
            for name, (seconds, strengths) in peers(votes, repeats, python).items()
        ),
    ]


def drawn(size: int) -> tuple[Comparisons, np.ndarray[Any, np.dtype[np.int64]]]:
    """Return votes on random pairs, and who cast each; raters differ in taste."""
    rng = np.random.default_rng(size)
    who = np.sort(rng.integers(RATERS, size=size))
    first = rng.integers(GENERATORS, size=size)
    second = (first + rng.integers(1, GENERATORS, size=size)) % GENERATORS
    strengths = np.linspace(-1, 1, GENERATORS) + rng.normal(size=(RATERS, GENERATORS)) / 2
    won = rng.random(size) < expit(strengths[who, first] - strengths[who, second])
    votes = Comparisons(
        count=GENERATORS, first=first, second=second, outcome=won.astype(float),
        covariates=np.zeros((size, 0)),
    )  # fmt: skip
    return votes, who


def written(folder: Path, votes: Comparisons, who: Any, fakes: dict[str, Samples]) -> tuple[Path, ...]:
    """Return files of these votes, one for each rater."""
    known = [[digest.hex()[:DIGITS] for digest in digests(samples)] for samples in fakes.values()]
    # pairs of different numbers in a random order, again and again: no rater votes twice on one pair
    pairs = np.random.default_rng(0).permutation(np.stack(np.triu_indices(SAMPLES, 1), axis=1))
    sample = pairs[np.arange(len(who)) % len(pairs)].tolist()
    rows = [
        {
            "question": 0,
            "first": known[first][one],
            "second": known[second][two],
            "choice": "first" if won else "second",
            "seconds": 2.5,
        }
        for first, second, won, (one, two) in zip(
            votes.first.tolist(), votes.second.tolist(), votes.outcome.tolist(), sample, strict=True
        )
    ]
    ends = np.searchsorted(who, np.arange(RATERS + 1)).tolist()
    files = []
    for rater in range(RATERS):
        body = {
            "genbench-votes": 1, "task": "0" * 64, "rater": f"rater-{rater}", "kind": "script",
            "questions": ["Which looks more real?"], "votes": rows[ends[rater] : ends[rater + 1]],
        }  # fmt: skip
        files.append(folder / f"{rater}.json")
        files[-1].write_text(json.dumps(body))
    return tuple(files)


def timed(call: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Return the median of CPU seconds, and what the call returns."""
    seconds, found = [], None
    for _ in range(repeats):
        begin = time.process_time()
        found = call()
        seconds.append(time.process_time() - begin)
    return statistics.median(seconds), found


def peers(votes: Comparisons, repeats: int, python: Path | None) -> dict[str, tuple[float, list[float]]]:
    """Return by peer the seconds, and strengths in natural logarithms."""
    if python is None:
        return {}
    won = votes.outcome == 1
    pairs = np.stack([np.where(won, votes.first, votes.second), np.where(won, votes.second, votes.first)])
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "pairs.npy", pairs)
        done = subprocess.run(
            [python, "-c", PEERS, Path(folder) / "pairs.npy", str(repeats)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
