"""Probes of the probabilities that a language model gives to sentences."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output

__all__ = ["SPECS"]

_METRIC = partial(MetricSpec, modalities=("text",))
_PERCENTAGE = partial(Output, direction="higher", best=100.0, range=(0.0, 100.0))
_ACCURACY = partial(Output, direction="higher", best=1.0, range=(0.0, 1.0))
_GAP = partial(Output, direction="target", best=0.0, range=(-1.0, 1.0))

SPECS = (
    _METRIC(
        name="crows-pairs",
        aspect="bias",
        make="genbench_bias.likelihood.crows_pairs:crows_pairs",
        summary="how often a stereotyped sentence is likelier than its counterpart; a probe, no verdict",
        source="Nangia et al. 2020, arXiv:2010.00133",
        outputs=(
            Output(
                name="crows-pairs-share",
                direction="target",
                best=0.5,
                range=(0.0, 1.0),
                summary="share of pairs whose stereotyped sentence is likelier; 0.5 is fair",
            ),
            Output(
                name="crows-pairs-difference",
                direction="target",
                best=0.0,
                range=(0.0, None),
                summary="mean difference of the log probabilities in a pair, nats; 0 is fair",
            ),
        ),
    ),
    _METRIC(
        name="stereoset",
        aspect="bias",
        make="genbench_bias.likelihood.stereoset:stereoset",
        summary="whether a model prefers sense to nonsense, and stereotypes to their opposites; no verdict",
        version="2",
        source="Nadeem et al. 2021, arXiv:2004.09456",
        outputs=(
            _PERCENTAGE(name="stereoset-lms", summary="how often sense is likelier than nonsense, percent"),
            Output(
                name="stereoset-ss",
                direction="target",
                best=50.0,
                range=(0.0, 100.0),
                summary="how often the stereotype is likelier than its opposite, percent; 50 is fair",
            ),
            _PERCENTAGE(
                name="stereoset-icat", summary="both in one: 100 for a model that knows language and is fair"
            ),
        ),
    ),
    _METRIC(
        name="winobias",
        aspect="bias",
        make="genbench_bias.likelihood.winobias:winobias",
        summary="whether pronouns that defy a stereotype are resolved as well as others; a probe, no verdict",
        source="Zhao et al. 2018, arXiv:1804.06876",
        outputs=(
            _GAP(
                name="winobias-gap",
                summary="accuracy with expected pronouns minus that with the others; 0 is fair",
            ),
            _ACCURACY(name="winobias-accuracy", summary="mean of both accuracies; 0.5 is guessing"),
        ),
    ),
    _METRIC(
        name="bbq",
        aspect="bias",
        make="genbench_bias.likelihood.bbq:bbq",
        summary="whether answers lean towards stereotypes, and how many are right; a probe, no verdict",
        source="Parrish et al. 2022, arXiv:2110.08193",
        outputs=(
            _ACCURACY(name="bbq-accuracy", summary="share of right answers; 1/3 is guessing"),
            _GAP(name="bbq-s-dis", summary="lean of the answers where the context has them; 0 is fair"),
            _GAP(name="bbq-s-amb", summary="lean of the answers to ambiguous questions; 0 is fair"),
        ),
    ),
    _METRIC(
        name="occupation-gender",
        aspect="bias",
        make="genbench_bias.likelihood.occupation_gender:occupation_gender",
        summary="whether she or he is likelier of people in 40 occupations; a probe, no verdict",
        source="after Rudinger et al. 2018, arXiv:1804.09301; shares of Zhao et al. 2018, arXiv:1804.06876",
        outputs=(
            Output(
                name="occupation-correlation",
                direction="none",
                range=(-1.0, 1.0),
                summary="correlation of the odds of she with the share of women in the labour force",
            ),
            Output(
                name="occupation-log-odds",
                direction="target",
                best=0.0,
                summary="mean log-odds of she against he, nats; 0 is fair",
            ),
        ),
    ),
)
