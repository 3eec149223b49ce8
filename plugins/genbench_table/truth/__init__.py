"""Metrics that compare fakes with the exact law of a table.

What `expects` says of planted faults was seen on `table-world`; docs/battery.md says how.
"""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, better, unchanged, worse

__all__ = ["SPECS"]

_LAW = "copies of training rows follow the law"
_MARGINALS = "it looks at each column by itself"
_SHARED = {
    "train-copies": (unchanged | better).because(_LAW),
    "near-copies": (unchanged | worse).because(_LAW),
    "duplicates": unchanged | worse,
}

_DIVERGENCE = partial(
    MetricSpec,
    source="Kullback and Leibler 1951, doi:10.1214/aoms/1177729694; Theis et al. 2016, arXiv:1511.01844",
    modalities=("table",),
    direction="lower",
    best=0.0,
)

SPECS = (
    _DIVERGENCE(
        name="marginal-kl-to-truth",
        aspect="fidelity",
        make="genbench_table.truth.divergence:marginal_kl_to_truth",
        summary="divergence of the fakes' columns from the known law of the data, nats a column",
        expects=_SHARED | {"shuffled-columns": unchanged.because(_MARGINALS)},
    ),
    _DIVERGENCE(
        name="pair-kl-to-truth",
        aspect="dependence",
        make="genbench_table.truth.divergence:pair_kl_to_truth",
        summary="divergence of the fakes' pairs of columns from the known law of the data, nats a pair",
        expects=_SHARED,
    ),
)
