"""Time MOSES's whole set of metrics, and the same numbers by MOSES's own program.

    python benchmarks/molecule_speed.py                     2,000 molecules, two processes each
    python benchmarks/molecule_speed.py --n 10000 --jobs 1  as many as a board of MOSES has, in one process

Needs genbench[molecules], molsets and its Fréchet distance (`pip install --no-deps molsets==0.3.1
fcd_torch==1.0.7`). molsets 0.3.1 does not run on the present pandas, numpy and rdkit: the four names that
these have dropped since are put back here, and its function `get_all_metrics` runs as it is, with the test,
the scaffold test and the training molecules. Its pool has `--jobs` processes; so have genbench's extractors
of each side and what compares them, as trials of a run. Each process has one thread, unless
`--peer-threads` gives more to molsets' network. With `--kept`, the features of the test, scaffold test and
training molecules are computed before the timing, for both: genbench's store keeps them, and molsets' files.
Seconds include those of reading tables and weights. The numbers of both are compared.
"""

from __future__ import annotations

import argparse
import contextlib
import pickle
import resource
import sys
import time
import tracemalloc
import types
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from genbench_molecule.chemnet.chemnet import chemnet
from genbench_molecule.datasets.moses import moses
from genbench_molecule.descriptors.identity import molecule_identity
from genbench_molecule.descriptors.moses_filters import moses_filters
from genbench_molecule.descriptors.moses_properties import moses_properties
from genbench_molecule.descriptors.moses_substructures import moses_substructures
from genbench_molecule.metrics.filters import filters
from genbench_molecule.metrics.identity import novelty, uniqueness
from genbench_molecule.metrics.property_distances import property_distances
from genbench_molecule.metrics.similarity import internal_diversity, snn
from genbench_molecule.metrics.substructures import fragment_similarity, scaffold_similarity

from genbench import Moments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from genbench import Samples

    Sides = Mapping[str, Samples]
    Arrays = dict[tuple[str, str], dict[str, np.ndarray]]

COMPARING = "what compares them"
_TOLERANCE = {"fcd": 2e-3, "fcd-scaffolds": 2e-3}  # fcd_torch computes moments in float32


def quiet(*_: int) -> None:
    """Show nothing."""


#: The extractors, each with the sides of which a metric needs it, the slowest first.
EXTRACTORS: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "chemnet": (lambda: chemnet(device="cpu", log=quiet), ("fake", "test", "scaffolds")),
    "properties": (lambda: moses_properties(log=quiet), ("fake", "test")),
    "filters": (lambda: moses_filters(log=quiet), ("fake",)),
    "substructures": (lambda: moses_substructures(log=quiet), ("fake", "test", "scaffolds")),
    "identity": (lambda: molecule_identity(log=quiet), ("train", "fake")),
}


def tasks_of(sides: Sides) -> list[tuple[str, str, Samples]]:
    """Return each extractor's name with each side that it needs, and the samples of that side."""
    return [(name, side, sides[side]) for name, (_, needed) in EXTRACTORS.items() for side in needed]


def extracted(task: tuple[str, str, Samples]) -> tuple[dict[str, np.ndarray], float]:
    """Return the arrays of an extractor on a side, and the CPU seconds that they took."""
    name, _, samples = task
    torch.set_num_threads(1)
    begin = time.process_time()
    found = EXTRACTORS[name][0]()(samples)
    arrays = {output: array[found.valid] for output, array in found.arrays.items()}
    return arrays, time.process_time() - begin


def ours(sides: Sides, jobs: int, kept: Arrays) -> tuple[dict[str, float], dict[str, float]]:
    """Return genbench's numbers, and the CPU seconds of its parts.

    kept  arrays that need not be extracted
    """
    tasks = [task for task in tasks_of(sides) if task[:2] not in kept]
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(ProcessPoolExecutor(jobs)) if jobs > 1 else None
        apply = map if pool is None else pool.map
        found = list(apply(extracted, tasks))
        arrays: Arrays = kept | {task[:2]: made for task, (made, _) in zip(tasks, found, strict=True)}
        of_sides = {
            side: {key: made for key, made in arrays.items() if key[1] in (side, "fake")}
            for side in ("test", "scaffolds", "train")
        }
        compared = list(apply(compare, of_sides, of_sides.values()))
    seconds = dict.fromkeys((*EXTRACTORS, COMPARING), 0.0)
    parts = [
        *zip([name for name, *_ in tasks], found, strict=True),
        *((COMPARING, each) for each in compared),
    ]
    for name, (_, spent) in parts:
        seconds[name] += spent
    return {name: value for numbers, _ in compared for name, value in numbers.items()}, seconds


def compare(side: str, arrays: Arrays) -> tuple[dict[str, float], float]:
    """Return the numbers that compare fakes with a side, and the CPU seconds that they took."""
    begin = time.process_time()
    fake = arrays["substructures", "fake"]
    if side == "train":
        identity = arrays["identity", "fake"]["identity"]
        numbers = {
            "unique": uniqueness(identity),
            "novelty": novelty(arrays["identity", "train"]["identity"], identity),
            "filters": filters(arrays["filters", "fake"]["passes"]),
            **internal_diversity(fake["fingerprint"]),
        }
    else:
        real, end = arrays["substructures", side], "" if side == "test" else f"-{side}"
        numbers = {
            f"fcd{end}": frechet(*(arrays["chemnet", each]["features"] for each in (side, "fake"))),
            f"snn{end}": snn(real["fingerprint"], fake["fingerprint"]),
            f"frag{end}": fragment_similarity(real["fragments"], fake["fragments"]),
            f"scaf{end}": scaffold_similarity(real["scaffold"], fake["scaffold"]),
        }
    if side == "test":
        distances = property_distances(*(arrays["properties", each]["properties"] for each in (side, "fake")))
        numbers |= {name.removesuffix("-distance"): value for name, value in distances.items()}
    return numbers, time.process_time() - begin


def frechet(real: np.ndarray, fake: np.ndarray) -> float:
    """Return the Fréchet distance of two sets of features."""
    one, two = Moments.of(real), Moments.of(fake)
    values, vectors = np.linalg.eigh(one.covariance)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    both = np.sqrt(np.linalg.eigvalsh(root @ two.covariance @ root).clip(0)).sum()
    gap = ((one.mean - two.mean) ** 2).sum()
    return float(gap + np.trace(one.covariance) + np.trace(two.covariance) - 2 * both)


def load_molsets() -> Callable[..., dict[str, float]]:
    """Return MOSES's function, with the names that it misses in newer libraries put back."""
    import pandas as pd

    six, moves = types.ModuleType("rdkit.six"), types.ModuleType("rdkit.six.moves")
    six.iteritems, six.moves, six.__path__, moves.cPickle = (lambda d: iter(d.items())), moves, [], pickle
    sys.modules |= {"rdkit.six": six, "rdkit.six.moves": moves, "rdkit.six.moves.cPickle": pickle}
    vars(np)["NaN"] = np.nan
    pd.DataFrame.append = lambda one, other, sort: pd.concat([one, other], sort=sort)
    from moses.metrics.metrics import get_all_metrics

    return get_all_metrics


def statistics(sides: Sides, jobs: int) -> dict[str, Any]:
    """Return what molsets keeps of the reference sides, under the names of its arguments."""
    load_molsets()
    from moses.metrics.metrics import compute_intermediate_statistics

    names = {"ptest": "test", "ptest_scaffolds": "scaffolds"}
    return {
        name: compute_intermediate_statistics(list(sides[side].data), n_jobs=jobs)
        for name, side in names.items()
    }


def theirs(sides: Sides, jobs: int, kept: Mapping[str, Any]) -> dict[str, float]:
    """Return molsets' numbers under the names of genbench's."""
    lists = {name: list(side.data) for name, side in sides.items()}
    found = load_molsets()(
        lists["fake"], k=[len(lists["fake"])], n_jobs=jobs, test=lists["test"],
        test_scaffolds=lists["scaffolds"], train=lists["train"], **kept,
    )  # fmt: skip
    count = f"@{len(lists['fake'])}"

    def own(name: str) -> str:
        return name.replace("/TestSF", "-scaffolds").replace("/Test", "").replace(count, "").lower()

    return {own(name): float(value) for name, value in found.items()}


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return a result, its seconds, and its CPU seconds with those of finished children."""
    begin, spent = time.perf_counter(), cpu()
    made = work()
    return made, time.perf_counter() - begin, cpu() - spent


def cpu() -> float:
    """Return the CPU seconds of this process and of its finished children so far."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak(n: int) -> float:
    """Return the peak of memory of the internal diversity of n random fingerprints, in MB."""
    bits = np.random.default_rng(0).random((n, 1024)) < 0.045
    words = np.packbits(bits, axis=1).view(">u2").astype(np.float32)
    tracemalloc.start()
    internal_diversity(words)
    found = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return found


def main() -> None:
    """Print the seconds of both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--peer-threads", type=int, default=1)
    parser.add_argument("--kept", action="store_true", help="time neither program on the references")
    given = parser.parse_args()
    torch.set_num_threads(1)
    data, other = (moses(n=given.n, n_test=given.n, test=test) for test in ("test", "scaffold"))
    splits = {"train": (data, "train"), "test": (data, "test"), "fake": (data, "held_out")}
    sides = {name: whole.samples.take(whole.splits[split]) for name, (whole, split) in splits.items()}
    sides["scaffolds"] = other.samples.take(other.splits["test"])
    known = [task for task in tasks_of(sides) if task[1] != "fake"] if given.kept else []
    kept = {task[:2]: extracted(task)[0] for task in known}
    (numbers, parts), seconds, spent = timed(lambda: ours(sides, given.jobs, kept))
    torch.set_num_threads(given.peer_threads)
    their_kept = statistics(sides, given.jobs) if given.kept else {}
    others, their_seconds, their_spent = timed(lambda: theirs(sides, given.jobs, their_kept))
    for name, value in parts.items():
        print(f"{name:20} {value:8.1f} CPU s")
    print(f"genbench {seconds:8.1f} s {spent:8.1f} CPU s")
    print(f"molsets  {their_seconds:8.1f} s {their_spent:8.1f} CPU s")
    print(f"ratio    {their_seconds / seconds:8.1f}   {their_spent / spent:8.1f}")
    print(f"memory of internal diversity at n = {given.n}: {peak(given.n):.0f} MB")
    for name in sorted(numbers.keys() & others.keys()):
        close = np.isclose(numbers[name], others[name], rtol=_TOLERANCE.get(name, 1e-5), atol=1e-6)
        assert close, (name, numbers[name], others[name])
    print("equal:", ", ".join(sorted(numbers.keys() & others.keys())))


if __name__ == "__main__":
    main()
