"""The numbers that genbench and other libraries compute from the same features; one function each.

real, fake  (n, d) float32
"""

from __future__ import annotations

import importlib
import importlib.metadata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Number = Callable[[NDArray[np.float32], NDArray[np.float32]], float]

#: Distributions of the peers.
PEERS = ("torch-fidelity", "pytorch-fid", "clean-fid", "torchmetrics", "prdc", "vendi-score")


@dataclass(frozen=True)
class Work:
    """One number, as genbench computes it, and by peer as others do; not all of them may be installed."""

    title: str
    ours: Number
    theirs: dict[str, Number]

    def installed(self) -> dict[str, Number]:
        """Return the peers that can be run, by name and version."""
        found = {}
        for name, call in self.theirs.items():
            distribution, _, route = name.partition(" ")
            if distribution not in missing():
                version = importlib.metadata.version(distribution)
                found[f"{distribution} {version} {route}".strip()] = call
        return found


def missing() -> list[str]:
    """Return the peers that are not installed."""
    return [name for name in PEERS if not any(importlib.metadata.distributions(name=name))]


def _our_fid(real, fake):
    return importlib.import_module("genbench_fidelity.distances.fid").fid(real, fake)


def _our_kid(real, fake):
    return importlib.import_module("genbench_fidelity.distances.kid").kid(real, fake).value


def _our_full_kid(real, fake):
    return importlib.import_module("genbench_fidelity.distances.kid").kid(real, fake, estimator="full").value


def _our_inception_score(real, fake):
    p = np.exp(_logits(fake).astype(np.float64))
    p /= p.sum(axis=1, keepdims=True)
    return importlib.import_module("genbench_fidelity.classes.inception_score").inception_score(p).value


def _our_recall(real, fake):
    return importlib.import_module("genbench_fidelity.manifolds.precision_recall").precision_recall(
        real, fake
    )["recall"]


def _our_coverage(real, fake):
    return importlib.import_module("genbench_fidelity.manifolds.prdc").prdc(real, fake)["prdc-coverage"]


def _our_vendi(real, fake):
    return importlib.import_module("genbench_fidelity.diversity.vendi").vendi(fake)


def _torch_fidelity_fid(real, fake):
    import torch
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

    moments = (fid_features_to_statistics(torch.from_numpy(side)) for side in (real, fake))
    return fid_statistics_to_metric(*moments, verbose=False)["frechet_inception_distance"]


def _torch_fidelity_kid(real, fake):
    import torch
    from torch_fidelity.metric_kid import kid_features_to_metric

    found = kid_features_to_metric(torch.from_numpy(real), torch.from_numpy(fake), verbose=False)
    return found["kernel_inception_distance_mean"]


def _torch_fidelity_inception_score(real, fake):
    import torch
    from torch_fidelity.metric_isc import isc_features_to_metric

    return isc_features_to_metric(torch.from_numpy(_logits(fake)))["inception_score_mean"]


def _torch_fidelity_recall(real, fake):
    import torch
    from torch_fidelity.metric_prc import prc_features_to_metric

    return prc_features_to_metric(torch.from_numpy(fake), torch.from_numpy(real), verbose=False)["recall"]


def _torchmetrics_fid(real, fake):
    import torch
    from torchmetrics.image.fid import FrechetInceptionDistance

    class Same(torch.nn.Module):
        num_features = real.shape[1]

        def forward(self, x):
            return x

    metric = FrechetInceptionDistance(feature=Same(), normalize=True).set_dtype(torch.float64)
    for side, is_real in ((real, True), (fake, False)):
        metric.update(torch.from_numpy(side), real=is_real)
    return float(metric.compute())


def _torchmetrics_kid(real, fake):
    import torch
    from torchmetrics.image.kid import poly_mmd

    return float(poly_mmd(torch.from_numpy(real), torch.from_numpy(fake)))


def _pytorch_fid(real, fake):
    return _by_sqrtm("pytorch_fid.fid_score", "calculate_frechet_distance", real, fake)


def _clean_fid(real, fake):
    return _by_sqrtm("cleanfid.fid", "frechet_distance", real, fake)


def _by_sqrtm(module, name, real, fake):
    sides = (side.astype(np.float64) for side in (real, fake))  # as both libraries keep them
    moments = (part for side in sides for part in (side.mean(axis=0), np.cov(side, rowvar=False)))
    return float(getattr(importlib.import_module(module), name)(*moments))


def _clean_kid(real, fake):
    return importlib.import_module("cleanfid.fid").kernel_distance(real, fake)


def _prdc_coverage(real, fake):
    return float(importlib.import_module("prdc").compute_prdc(real, fake, nearest_k=5)["coverage"])


def _vendi_by_rows(real, fake):
    return float(importlib.import_module("vendi_score.vendi").score_X(fake, normalize=True))


def _vendi_by_columns(real, fake):
    return float(importlib.import_module("vendi_score.vendi").score_dual(fake, normalize=True))


def _logits(fake):
    """Return (n, up to 1008) values as a classifier's logits."""
    return np.ascontiguousarray(4 * fake[:, :1008])


#: Name to what it computes.
WORKS = {
    "fid": Work(
        "FID",
        _our_fid,
        {
            "torch-fidelity": _torch_fidelity_fid,
            "torchmetrics": _torchmetrics_fid,
            "pytorch-fid": _pytorch_fid,
            "clean-fid": _clean_fid,
        },
    ),
    "kid": Work(
        "KID, 100 subsets of 1,000",
        _our_kid,
        {"torch-fidelity": _torch_fidelity_kid, "clean-fid": _clean_kid},
    ),
    "kid-full": Work("KID of all samples", _our_full_kid, {"torchmetrics": _torchmetrics_kid}),
    "is": Work(
        "IS (theirs from logits)", _our_inception_score, {"torch-fidelity": _torch_fidelity_inception_score}
    ),
    "pr": Work("precision, recall", _our_recall, {"torch-fidelity": _torch_fidelity_recall}),
    "prdc": Work("precision, recall, density, coverage", _our_coverage, {"prdc": _prdc_coverage}),
    "vendi": Work(
        "Vendi",
        _our_vendi,
        {"vendi-score score_X": _vendi_by_rows, "vendi-score score_dual": _vendi_by_columns},
    ),
}
