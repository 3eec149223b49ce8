"""Probes of labelled samples of any space: shares of groups, and of outcomes in them."""

from __future__ import annotations

from functools import partial
from typing import Any

from genbench import MetricSpec, Output, better, rises, unchanged, worse

__all__ = ["SPECS"]

_LABELS = "it sees labels, not samples"
_COPIES = "copies have the shares of the data"
_FEWER = "shares of fewer samples scatter: compare at equal n"
_EITHER = "what is left may have the outcome in either group"

_GIVEN = dict.fromkeys(("noise", "blur"), unchanged.because(_LABELS))
_CLASSIFIED = dict.fromkeys(
    ("noise", "blur"), (unchanged | better).because("it sees what the classifier says")
)
_COPIED = dict.fromkeys(("train-copies", "near-copies"), (unchanged | better).because(_COPIES))
_DISTANCE = {"duplicates": unchanged | worse, "smaller-n": unchanged | worse.because(_FEWER), **_COPIED}
_RESAMPLED = ("dropped-modes", "collapse", "label-shift")
_EVEN = dict.fromkeys(_RESAMPLED, rises) | {"smaller-n": unchanged | rises.because(_FEWER)}
_GAP = _COPIED | {
    **dict.fromkeys(_RESAMPLED, (unchanged | better).because(_EITHER)),
    "smaller-n": unchanged | worse.because(_FEWER),
}

_HELM = "Liang et al. 2022, arXiv:2211.09110"
_PARITY = "Dwork et al. 2012, arXiv:1104.3913"

_PROBE = partial(MetricSpec, source=_PARITY, direction="target", best=0.0, range=(0.0, 1.0))
_FAIR = partial(Output, direction="target", best=0.0)
_UNIFORM = partial(Output, direction="none", expects=_EVEN)


def _outputs(name: str, expects: dict[str, Any]) -> tuple[Output, ...]:
    """Return how far shares are from those of the reference, and from equal ones."""
    return (
        _FAIR(
            name=f"{name}-tv",
            range=(0.0, 1.0),
            summary="total variation to the reference's shares; 0 is fair",
            expects=expects,
        ),
        _FAIR(
            name=f"{name}-kl",
            range=(0.0, None),
            summary="KL(fake || real) of the shares, nats; 0 is fair",
            expects=expects,
        ),
        _FAIR(
            name=f"{name}-worst",
            range=(0.0, None),
            summary="greatest |log(fake share / real share)|; 0 is fair",
            expects=expects,
        ),
        _UNIFORM(name=f"{name}-uniform-tv", range=(0.0, 1.0), summary="total variation to equal shares"),
        _UNIFORM(name=f"{name}-uniform-kl", range=(0.0, None), summary="KL(fake || equal shares), nats"),
    )


SPECS = (
    MetricSpec(
        name="representation",
        aspect="bias",
        make="genbench_bias.shares.representation:representation",
        summary="how far shares of labels are from the reference's, and from equal ones; a probe, no verdict",
        source=_HELM,
        outputs=_outputs("representation", _DISTANCE | _GIVEN),
    ),
    MetricSpec(
        name="classified-representation",
        aspect="bias",
        make="genbench_bias.shares.representation:classified_representation",
        summary="representation by what a classifier says, its errors taken out; a probe, no verdict",
        source=_HELM,
        takes="probabilities",
        outputs=_outputs("classified", _DISTANCE | _CLASSIFIED),
    ),
    _PROBE(
        name="selection-rate",
        aspect="bias",
        make="genbench_bias.shares.selection_rate:selection_rate",
        summary="greatest minus least share of an outcome over groups; 0 is fair, no verdict",
        expects=_GAP | _GIVEN,
    ),
    _PROBE(
        name="classified-selection-rate",
        aspect="bias",
        make="genbench_bias.shares.selection_rate:classified_selection_rate",
        summary="selection-rate by what a classifier says, its errors taken out; 0 is fair, no verdict",
        takes="probabilities",
        expects=_GAP | _CLASSIFIED,
    ),
)
