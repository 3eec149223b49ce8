"""Privacy: fake rows compared with the training rows."""

from __future__ import annotations

from genbench import MetricSpec, Output, better, falls, rises, unchanged

__all__ = ["SPECS"]

_COPIES_ONLY = "it sees copies of training rows only"

#: Of the distance to the closest training row, which copies lower and damage raises.
_DISTANCE = {
    "noise": rises,
    "shuffled-columns": rises | unchanged,
    "dropped-categories": unchanged | rises | falls,
    "train-copies": falls,
    "near-copies": falls,
}
#: Faults that copy nothing.
_OTHERS = (
    "noise", "shuffled-columns", "dropped-categories", "rounded", "merged-categories",
    "misspelled-categories", "shifted-dates", "imputed-gaps", "dropped-modes", "collapse", "label-shift",
)  # fmt: skip
_UNSEEN = (unchanged | better).because(_COPIES_ONLY)

#: Of what compares training rows with unseen ones.
_SHARE = dict.fromkeys(_OTHERS, _UNSEEN)
#: Of what finds copies up to rounding.
_MATCHES = dict.fromkeys((*_OTHERS, "near-copies"), _UNSEEN)

SPECS = (
    MetricSpec(
        name="privacy",
        make="genbench_table.privacy.report:privacy",
        summary="distances to training rows, exact matches, and a membership-inference attack",
        source="sdmetrics 0.32; Zhao et al. 2021, arXiv:2102.08369; Chen et al. 2020, arXiv:1909.03935",
        modalities=("table",),
        outputs=(
            Output(
                name="dcr",
                direction="none",
                summary="distance to the closest training row, its 5 % quantile over fakes",
                range=(0.0, 1.0),
                expects=_DISTANCE,
            ),
            Output(
                name="dcr-share",
                direction="target",
                summary="share of fakes that are closer to training rows than to unseen ones",
                best=0.5,
                range=(0.0, 1.0),
                expects=_SHARE,
            ),
            Output(
                name="nndr",
                direction="none",
                summary="distance to the closest training row over that to the second, its 5 % quantile",
                range=(0.0, 1.0),
                expects={"train-copies": falls, "near-copies": falls},
            ),
            Output(
                name="exact-matches",
                direction="lower",
                summary="share of fakes that equal a training row",
                best=0.0,
                range=(0.0, 1.0),
                expects=_MATCHES,
            ),
            Output(
                name="membership-auc",
                direction="target",
                summary="area under the ROC curve of an attack that tells training rows from unseen ones",
                best=0.5,
                range=(0.0, 1.0),
                expects=_SHARE,
            ),
        ),
        min_n=2,
        report=True,
    ),
    MetricSpec(
        name="tabsyn-dcr",
        make="genbench_table.privacy.tabsyn_dcr:tabsyn_dcr",
        summary="distances to the closest training row as TabSyn computes them",
        source="Zhang et al. 2024, arXiv:2310.09656",
        modalities=("table",),
        outputs=(
            Output(
                name="tabsyn-dcr",
                direction="none",
                summary="mean distance to the closest training row",
                range=(0.0, None),
                expects=_DISTANCE,
            ),
            Output(
                name="tabsyn-dcr-share",
                direction="target",
                summary="share of fakes that are closer to training rows than to unseen ones, ties left out",
                best=0.5,
                range=(0.0, 1.0),
                expects=_SHARE,
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="new-rows",
        make="genbench_table.privacy.new_rows:new_rows",
        summary="share of fakes without a training row that is equal up to 1 % of each number",
        source="novelty of Polykovskiy et al. 2018, arXiv:1811.12823; sdmetrics 0.32, NewRowSynthesis",
        modalities=("table",),
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        min_n=2,
        report=True,
        expects=_MATCHES,
    ),
)
