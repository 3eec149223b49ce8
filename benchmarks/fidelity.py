"""Time the fidelity metrics against the libraries that people use now: same arrays, one process, interleaved.

    python benchmarks/fidelity.py --n 1000 5000 --d 2048 --repeats 3 --threads 1

Features are float32, as extractors give them. Seconds are CPU seconds of this process, so that other work on
the machine matters little; the last columns are the ratio (peer / genbench) and the relative difference of
the two values.
A peer that is not installed is left out, and named.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import importlib.util
import os
import statistics
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Case = tuple[str, Callable[[], float], str, Callable[[], float]]

COLUMNS = "| work | n | d | genbench, s | peer | its s | ratio | rel. difference |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--n", type=int, nargs="+", default=[1000])
    parser.add_argument("--d", type=int, nargs="+", default=[2048])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    import torch

    torch.set_num_threads(options.threads)
    peers = [peer for module, peer in PEERS.items() if is_installed(module)]
    print(COLUMNS, "| --- " * (COLUMNS.count("|") - 1) + "|", sep="\n")
    for n in options.n:
        for d in options.d:
            real, fake = features(n, d)
            for case in (case for peer in peers for case in peer(real, fake)):
                print(row(n, d, case, options.repeats), flush=True)


def is_installed(module: str) -> bool:
    """Return whether a peer can be imported, and name it if not."""
    found = importlib.util.find_spec(module) is not None
    if not found:
        print(f"(without {module}, which is not installed)")
    return found


def features(n: int, d: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return two sets of correlated non-negative features, (n, d) float32, a little apart."""
    import numpy as np

    rng = np.random.default_rng(0)
    mix = rng.standard_normal((d, d)) / d**0.5
    real, fake = (np.maximum(rng.standard_normal((n, d)) @ mix * scale, 0) for scale in (1, 1.05))
    return real.astype(np.float32), fake.astype(np.float32)


def row(n: int, d: int, case: Case, repeats: int) -> str:
    """Return the table's row of a case."""
    work, ours, peer, theirs = case
    spent: tuple[list[float], list[float]] = ([], [])
    values = [0.0, 0.0]
    for _ in range(repeats):
        for side, call in enumerate((ours, theirs)):
            start = time.process_time()
            values[side] = call()
            spent[side].append(time.process_time() - start)
    a, b = (statistics.median(seconds) for seconds in spent)
    gap = abs(values[0] - values[1]) / abs(values[1])
    return f"| {work} | {n} | {d} | {a:.3f} | {peer} | {b:.3f} | {b / a:.1f} | {gap:.1e} |"


def against_torch_fidelity(real: NDArray[Any], fake: NDArray[Any]) -> Iterator[Case]:
    """Yield FID, KID, inception score, and precision and recall."""
    import numpy as np
    import torch
    from genbench_fidelity.fid import fid
    from genbench_fidelity.inception_score import inception_score
    from genbench_fidelity.kid import kid
    from genbench_fidelity.precision_recall import precision_recall
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_isc import isc_features_to_metric
    from torch_fidelity.metric_kid import kid_features_to_metric
    from torch_fidelity.metric_prc import prc_features_to_metric

    peer = version("torch-fidelity")
    a, b = torch.from_numpy(real), torch.from_numpy(fake)
    logits = np.ascontiguousarray(4 * fake[:, :1008])
    p = torch.from_numpy(logits).double().softmax(dim=1).numpy()

    def their_fid() -> float:
        statistics_of = fid_features_to_statistics
        return number(fid_statistics_to_metric(statistics_of(a), statistics_of(b), verbose=False))

    yield "FID", lambda: fid(real, fake), peer, their_fid
    if len(real) >= 1000:
        yield (
            "KID, 100 subsets of 1000",
            lambda: kid(real, fake).value,
            peer,
            lambda: number(kid_features_to_metric(a, b, verbose=False)),
        )
    yield (
        "inception score (theirs from logits)",
        lambda: inception_score(p).value,
        peer,
        lambda: number(isc_features_to_metric(torch.from_numpy(logits))),
    )
    yield (
        "precision and recall",
        lambda: precision_recall(real, fake)["precision"],
        peer,
        lambda: number(prc_features_to_metric(b, a, verbose=False)),
    )


def against_pytorch_fid(real: NDArray[Any], fake: NDArray[Any]) -> Iterator[Case]:
    """Yield FID."""
    import numpy as np
    from genbench_fidelity.fid import fid

    score = importlib.import_module("pytorch_fid.fid_score")

    def theirs() -> float:
        moments = (part for x in (real, fake) for part in (x.mean(axis=0), np.cov(x, rowvar=False)))
        return float(score.calculate_frechet_distance(*moments))

    yield "FID", lambda: fid(real, fake), version("pytorch-fid"), theirs


def against_torchmetrics(real: NDArray[Any], fake: NDArray[Any]) -> Iterator[Case]:
    """Yield the full-set KID."""
    import torch
    from genbench_fidelity.kid import kid

    theirs = importlib.import_module("torchmetrics.image.kid").poly_mmd
    a, b = torch.from_numpy(real), torch.from_numpy(fake)
    yield (
        "KID, all samples",
        lambda: kid(real, fake, estimator="full").value,
        version("torchmetrics"),
        lambda: float(theirs(a, b)),
    )


def against_prdc(real: NDArray[Any], fake: NDArray[Any]) -> Iterator[Case]:
    """Yield precision, recall, density and coverage together."""
    from genbench_fidelity.density_coverage import density_coverage
    from genbench_fidelity.precision_recall import precision_recall

    theirs = importlib.import_module("prdc").compute_prdc

    def ours() -> float:
        return (precision_recall(real, fake, k=5) | density_coverage(real, fake))["coverage"]

    yield (
        "precision, recall, density, coverage",
        ours,
        version("prdc"),
        lambda: float(theirs(real, fake, nearest_k=5)["coverage"]),
    )


def against_vendi(real: NDArray[Any], fake: NDArray[Any]) -> Iterator[Case]:
    """Yield Vendi by the n x n matrix and by the d x d one; only `fake` is scored."""
    from genbench_fidelity.vendi import vendi

    theirs = importlib.import_module("vendi_score.vendi")
    del real
    for name in ("score_X", "score_dual"):
        call = getattr(theirs, name)
        peer = f"{version('vendi-score')} {name}"
        yield "Vendi", lambda: vendi(fake), peer, lambda call=call: float(call(fake, normalize=True))


def number(found: dict[str, float]) -> float:
    """Return the first of the values of a torch-fidelity metric: the mean, or precision."""
    return next(iter(found.values()))


def version(distribution: str) -> str:
    """Return a distribution's name and version."""
    return f"{distribution} {importlib.metadata.version(distribution)}"


PEERS = {
    "torch_fidelity": against_torch_fidelity,
    "pytorch_fid": against_pytorch_fid,
    "torchmetrics": against_torchmetrics,
    "prdc": against_prdc,
    "vendi_score": against_vendi,
}

if __name__ == "__main__":
    main()
