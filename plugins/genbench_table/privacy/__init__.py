"""Privacy: attacks on single training rows, and screens for rows that are memorised."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, anything, better, falls, rises, unchanged, worse

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

_GIOMI = "Giomi et al. 2023, arXiv:2211.10459"
_FEW = "a few copies are within the noise of the attack"
#: Of risks of attacks, which copies raise.
_RISK = {
    **dict.fromkeys(_OTHERS, _UNSEEN),
    "train-copies": (worse | unchanged.because(_FEW), worse, worse),
    "smaller-n": anything,
}
_EXACT = _RISK | {
    "near-copies": worse | (unchanged | better).because("predicates name exact values, which noise changes")
}

_QUANTILE = partial(Output, direction="none", range=(0.0, 1.0))
_METRIC = partial(MetricSpec, modalities=("table",), min_n=2)
_ATTACK = partial(_METRIC, aspect="privacy", direction="lower", best=0.0, range=(0.0, 1.0), source=_GIOMI)
_CLOSER = partial(Output, direction="target", best=0.5, range=(0.0, 1.0), expects=_SHARE)

SPECS = (
    _METRIC(
        name="privacy",
        aspect="memorisation",
        make="genbench_table.privacy.report:privacy",
        summary="memorisation screens: distances to training rows, exact matches; a simple membership attack",
        source="sdmetrics 0.32; Zhao et al. 2021, arXiv:2102.08369; Chen et al. 2020, arXiv:1909.03935",
        outputs=(
            _QUANTILE(
                name="dcr",
                summary="memorisation screen: distance to the closest training row, 5 % quantile over fakes",
                expects=_DISTANCE,
            ),
            _CLOSER(
                name="dcr-share",
                summary="memorisation screen: share of fakes closer to training rows than to unseen ones",
            ),
            _QUANTILE(
                name="nndr",
                summary="memorisation screen: distance to the closest training row over that to the second",
                expects=_CLOSE,
            ),
            Output(
                name="exact-matches",
                direction="lower",
                summary="memorisation screen: share of fakes that equal a training row",
                best=0.0,
                range=(0.0, 1.0),
                expects=_MATCHES,
            ),
            _CLOSER(
                name="membership-auc",
                aspect="privacy",
                summary="area under the ROC curve of an attack that tells training rows from unseen ones",
            ),
        ),
        report=True,
    ),
    _METRIC(
        name="tabsyn-dcr",
        aspect="memorisation",
        make="genbench_table.privacy.tabsyn_dcr:tabsyn_dcr",
        summary="memorisation screens: distances to the closest training row as TabSyn computes them",
        source="Zhang et al. 2024, arXiv:2310.09656",
        outputs=(
            Output(
                name="tabsyn-dcr",
                direction="none",
                summary="memorisation screen: mean distance to the closest training row",
                range=(0.0, None),
                expects=_DISTANCE,
            ),
            _CLOSER(
                name="tabsyn-dcr-share",
                summary="memorisation screen: share of fakes closer to training rows, without ties",
            ),
        ),
    ),
    _METRIC(
        name="new-rows",
        aspect="memorisation",
        make="genbench_table.privacy.new_rows:new_rows",
        summary="memorisation screen: share of fakes without a training row equal up to 1 % of each number",
        source="novelty of Polykovskiy et al. 2018, arXiv:1811.12823; sdmetrics 0.32, NewRowSynthesis",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_MATCHES,
    ),
    _ATTACK(
        name="singling-out-univariate",
        make="genbench_table.privacy.singling_out:singling_out_univariate",
        expects=_EXACT,
        summary="attack: how well rare values of fakes single out training rows, beyond unseen ones",
    ),
    _ATTACK(
        name="singling-out-multivariate",
        make="genbench_table.privacy.singling_out:singling_out_multivariate",
        expects=_EXACT,
        summary="attack: how well combined values of fakes single out training rows, beyond unseen ones",
    ),
    _ATTACK(
        name="linkability",
        make="genbench_table.privacy.neighbour_attacks:linkability",
        expects=_RISK,
        summary="attack: how well fakes link two parts of a training row, beyond unseen ones",
    ),
    _ATTACK(
        name="attribute-inference",
        make="genbench_table.privacy.neighbour_attacks:attribute_inference",
        expects=_RISK,
        summary="attack: how well fakes help to guess a cell of a training row, beyond unseen ones",
    ),
    _METRIC(
        name="domias",
        aspect="privacy",
        make="genbench_table.privacy.domias:domias",
        summary="membership attack by the densities of fakes and of unseen rows",
        source="van Breugel et al. 2023, arXiv:2302.12580",
        outputs=(
            _CLOSER(
                name="domias-auc",
                summary="attack: area under the ROC curve that tells training rows from unseen ones",
            ),
            Output(
                name="domias-tpr",
                direction="lower",
                summary="attack: share of training rows found at 1 % of false positives",
                range=(0.0, 1.0),
                expects=_RISK,
            ),
        ),
    ),
)
