"""Probes of labelled samples of any space: shares of groups, and of outcomes in them."""

from __future__ import annotations

from genbench import MetricSpec, Output, better, rises, unchanged, worse

__all__ = ["SPECS"]

_LABELS = "it sees labels, not samples"
_COPIES = "copies have the shares of the data"
_FEWER = "shares of fewer samples scatter: compare at equal n"
_EITHER = "what is left may have the outcome in either group"

_GIVEN = {"noise": unchanged.because(_LABELS), "blur": unchanged.because(_LABELS)}
_CLASSIFIED = {
    "noise": (unchanged | better).because("it sees what the classifier says"),
    "blur": (unchanged | better).because("it sees what the classifier says"),
}
_COPIED = {
    "train-copies": (unchanged | better).because(_COPIES),
    "near-copies": (unchanged | better).because(_COPIES),
}
_DISTANCE = {"duplicates": unchanged | worse, "smaller-n": unchanged | worse.because(_FEWER), **_COPIED}
_EVEN = {
    "dropped-modes": rises,
    "collapse": rises,
    "label-shift": rises,
    "smaller-n": unchanged | rises.because(_FEWER),
}
_GAP = {
    "dropped-modes": (unchanged | better).because(_EITHER),
    "collapse": (unchanged | better).because(_EITHER),
    "label-shift": (unchanged | better).because(_EITHER),
    "smaller-n": unchanged | worse.because(_FEWER),
    **_COPIED,
}

_HELM = "Liang et al. 2022, arXiv:2211.09110"
_PARITY = "Dwork et al. 2012, arXiv:1104.3913"

SPECS = (
    MetricSpec(
        name="representation",
        make="genbench_bias.shares.representation:representation",
        summary="how far shares of labels are from the reference's, and from equal ones; a probe, no verdict",
        source=_HELM,
        outputs=(
            Output(
                name="representation-tv",
                direction="target",
                best=0.0,
                range=(0.0, 1.0),
                summary="total variation to the reference's shares; 0 is fair",
                expects=_DISTANCE | _GIVEN,
            ),
            Output(
                name="representation-kl",
                direction="target",
                best=0.0,
                range=(0.0, None),
                summary="KL(fake || real) of the shares, nats; 0 is fair",
                expects=_DISTANCE | _GIVEN,
            ),
            Output(
                name="representation-worst",
                direction="target",
                best=0.0,
                range=(0.0, None),
                summary="greatest |log(fake share / real share)|; 0 is fair",
                expects=_DISTANCE | _GIVEN,
            ),
            Output(
                name="representation-uniform-tv",
                direction="none",
                range=(0.0, 1.0),
                summary="total variation to equal shares",
                expects=_EVEN,
            ),
            Output(
                name="representation-uniform-kl",
                direction="none",
                range=(0.0, None),
                summary="KL(fake || equal shares), nats",
                expects=_EVEN,
            ),
        ),
    ),
    MetricSpec(
        name="classified-representation",
        make="genbench_bias.shares.representation:classified_representation",
        summary="representation by what a classifier says, its errors taken out; a probe, no verdict",
        source=_HELM,
        takes="probabilities",
        outputs=(
            Output(
                name="classified-tv",
                direction="target",
                best=0.0,
                range=(0.0, 1.0),
                summary="total variation to the reference's shares; 0 is fair",
                expects=_DISTANCE | _CLASSIFIED,
            ),
            Output(
                name="classified-kl",
                direction="target",
                best=0.0,
                range=(0.0, None),
                summary="KL(fake || real) of the shares, nats; 0 is fair",
                expects=_DISTANCE | _CLASSIFIED,
            ),
            Output(
                name="classified-worst",
                direction="target",
                best=0.0,
                range=(0.0, None),
                summary="greatest |log(fake share / real share)|; 0 is fair",
                expects=_DISTANCE | _CLASSIFIED,
            ),
            Output(
                name="classified-uniform-tv",
                direction="none",
                range=(0.0, 1.0),
                summary="total variation to equal shares",
                expects=_EVEN,
            ),
            Output(
                name="classified-uniform-kl",
                direction="none",
                range=(0.0, None),
                summary="KL(fake || equal shares), nats",
                expects=_EVEN,
            ),
        ),
    ),
    MetricSpec(
        name="selection-rate",
        make="genbench_bias.shares.selection_rate:selection_rate",
        summary="greatest minus least share of an outcome over groups; 0 is fair, no verdict",
        source=_PARITY,
        direction="target",
        best=0.0,
        range=(0.0, 1.0),
        expects=_GAP | _GIVEN,
    ),
    MetricSpec(
        name="classified-selection-rate",
        make="genbench_bias.shares.selection_rate:classified_selection_rate",
        summary="selection-rate by what a classifier says, its errors taken out; 0 is fair, no verdict",
        source=_PARITY,
        takes="probabilities",
        direction="target",
        best=0.0,
        range=(0.0, 1.0),
        expects=_GAP | _CLASSIFIED,
    ),
)
