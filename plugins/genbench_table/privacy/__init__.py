"""Privacy: fake rows compared with the training rows."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, better, falls, rises, unchanged

__all__ = ["SPECS"]

_COPIES_ONLY = "it sees copies of training rows only"

_CLOSE = dict.fromkeys(("train-copies", "near-copies"), falls)
#: Of the distance to the closest training row, which copies lower and damage raises.
_DISTANCE = {
    "noise": rises,
    "shuffled-columns": rises | unchanged,
    "dropped-categories": unchanged | rises | falls,
    **_CLOSE,
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

_QUANTILE = partial(Output, direction="none", range=(0.0, 1.0))
_METRIC = partial(MetricSpec, modalities=("table",), min_n=2)
_CLOSER = partial(Output, direction="target", best=0.5, range=(0.0, 1.0), expects=_SHARE)

SPECS = (
    _METRIC(
        name="privacy",
        make="genbench_table.privacy.report:privacy",
        summary="distances to training rows, exact matches, and a membership-inference attack",
        source="sdmetrics 0.32; Zhao et al. 2021, arXiv:2102.08369; Chen et al. 2020, arXiv:1909.03935",
        outputs=(
            _QUANTILE(
                name="dcr",
                summary="distance to the closest training row, its 5 % quantile over fakes",
                expects=_DISTANCE,
            ),
            _CLOSER(
                name="dcr-share",
                summary="share of fakes that are closer to training rows than to unseen ones",
            ),
            _QUANTILE(
                name="nndr",
                summary="distance to the closest training row over that to the second, its 5 % quantile",
                expects=_CLOSE,
            ),
            Output(
                name="exact-matches",
                direction="lower",
                summary="share of fakes that equal a training row",
                best=0.0,
                range=(0.0, 1.0),
                expects=_MATCHES,
            ),
            _CLOSER(
                name="membership-auc",
                summary="area under the ROC curve of an attack that tells training rows from unseen ones",
            ),
        ),
        report=True,
    ),
    _METRIC(
        name="tabsyn-dcr",
        make="genbench_table.privacy.tabsyn_dcr:tabsyn_dcr",
        summary="distances to the closest training row as TabSyn computes them",
        source="Zhang et al. 2024, arXiv:2310.09656",
        outputs=(
            Output(
                name="tabsyn-dcr",
                direction="none",
                summary="mean distance to the closest training row",
                range=(0.0, None),
                expects=_DISTANCE,
            ),
            _CLOSER(
                name="tabsyn-dcr-share",
                summary="share of fakes that are closer to training rows than to unseen ones, ties left out",
            ),
        ),
    ),
    _METRIC(
        name="new-rows",
        make="genbench_table.privacy.new_rows:new_rows",
        summary="share of fakes without a training row that is equal up to 1 % of each number",
        source="novelty of Polykovskiy et al. 2018, arXiv:1811.12823; sdmetrics 0.32, NewRowSynthesis",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_MATCHES,
    ),
)
