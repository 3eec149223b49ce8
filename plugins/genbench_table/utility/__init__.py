"""Utility: what models learn from fakes, over all rows and for groups of them."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, anything, better, unchanged, worse

__all__ = ["SPECS"]

_CHANGED_VALUES = ("dropped-categories", "merged-categories", "misspelled-categories", "shifted-dates")
_COPIED = dict.fromkeys(
    ("train-copies", "near-copies"), (unchanged | better).because("copies teach what their originals do")
)
_FEWER = "fewer fakes teach less"
_FEW_ROWS = "a model needs few rows to learn as much"
_LITTLE = "what is damaged a little teaches almost as well"
_OTHERS = "columns that say little about the target can be damaged freely"
_SPARED = worse | (unchanged | better).because(_LITTLE)
_UNRELATED = worse | (unchanged | better).because(_OTHERS)
_TAUGHT = {
    "noise": (_SPARED, worse, worse),
    "shuffled-columns": (_UNRELATED, _UNRELATED, worse),
    "rounded": (_SPARED, _SPARED, _SPARED),
    **dict.fromkeys(_CHANGED_VALUES, _UNRELATED),
    "imputed-gaps": _SPARED,
    "collapse": (worse | unchanged.because(_FEW_ROWS), worse, worse),
    **dict.fromkeys(("dropped-modes", "label-shift"), worse | unchanged.because(_FEW_ROWS)),
    **_COPIED,
    "smaller-n": unchanged | worse.because(_FEWER),
}
_COUNTS = "it counts the rows of groups, whose column this does not change"
_SHARE = {
    **dict.fromkeys(("noise", "rounded", "shifted-dates"), unchanged.because(_COUNTS)),
    "imputed-gaps": worse | unchanged.because(_COUNTS),
    "shuffled-columns": unchanged.because("a shuffled column keeps its values"),
    **_COPIED,
    "duplicates": worse | unchanged,
    "collapse": (worse | unchanged.because("200 rows keep the shares"), worse, worse),
    "smaller-n": anything,
}


_SOURCE = "Esteban et al. 2017, arXiv:1706.02633; Zhang et al. 2024, arXiv:2310.09656"
_METRIC = partial(MetricSpec, modalities=("table",))
_LEARNT = partial(MetricSpec, source=_SOURCE, modalities=("table",), min_n=10, trains_model=True)


def _outputs(name: str, learner: str) -> tuple[Output, Output]:
    return (
        Output(
            name=name,
            direction="higher",
            summary=f"macro AUC, or R2, on real rows of {learner} trained on fakes",
            best=1.0,
            range=(None, 1.0),
            expects=_TAUGHT,
        ),
        Output(
            name=f"{name}-gap",
            direction="lower",
            summary="the same trained on training rows, minus that",
            expects=_TAUGHT,
        ),
    )


SPECS = (
    _LEARNT(
        name="tstr-boosting",
        aspect="utility",
        make="genbench_table.utility.tstr:tstr_boosting",
        summary="how well boosted trees that are trained on fakes predict the target of real rows",
        outputs=_outputs("tstr-boosting", "boosted trees"),
        report=True,
    ),
    _LEARNT(
        name="tstr-linear",
        aspect="utility",
        make="genbench_table.utility.tstr:tstr_linear",
        summary="how well linear models that are trained on fakes predict the target of real rows",
        outputs=_outputs("tstr-linear", "a linear model"),
    ),
    _METRIC(
        name="group-share-gap",
        aspect="bias",
        make="genbench_table.utility.group_share_gap:group_share_gap",
        summary="largest difference between the shares of a group among fakes and real rows",
        source="after Liang et al. 2022, arXiv:2211.09110",
        direction="lower",
        best=0.0,
        range=(0.0, 1.0),
        expects=_SHARE,
    ),
    _LEARNT(
        name="group-tstr-gap",
        aspect="bias",
        make="genbench_table.utility.group_tstr_gap:group_tstr_gap",
        summary="largest loss of a group of real rows where models learn from fakes instead of training rows",
        direction="lower",
        expects=_TAUGHT,
    ),
)
