"""Metrics on texts themselves."""

from __future__ import annotations

from genbench import MetricSpec, Output
from genbench_text.specs.expected import EXPECTED

__all__ = ["TEXTS"]

_SACREBLEU = {"sacrebleu": "sacrebleu"}  # so that its version is in the key of a record

# Whatever noise, or texts cut short, would win is not ranked: hold it against `held-out`.


def _both_ways(name: str, what: str, directions: tuple[str, str], most: float | None) -> tuple[Output, ...]:
    """Return the outputs of a metric that holds each side against the other."""
    sides = ("forward", "fakes against all real texts"), ("backward", "real texts against all fakes")
    return tuple(
        Output(
            name=f"{way}-{name}",
            direction=direction,
            summary=f"{what} of {against}",
            range=(0.0, most),
            expects=EXPECTED[f"{way}-{name}"],
        )
        for (way, against), direction in zip(sides, directions, strict=True)
    )


_REPETITION = (
    MetricSpec(
        name="distinct-n",
        make="genbench_text.overlap.repetition:distinct_n",
        summary="share of different n-grams in all texts",
        source="Li et al. 2016, arXiv:1510.03055",
        spaces=("text",),
        range=(0.0, 1.0),
        report=True,
        expects=EXPECTED["distinct-n"],
    ),
    MetricSpec(
        name="rep-n",
        make="genbench_text.overlap.repetition:rep_n",
        summary="percentage of n-grams that repeat another in all texts",
        source="Su et al. 2022, arXiv:2202.06417",
        spaces=("text",),
        range=(0.0, 100.0),
        expects=EXPECTED["rep-n"],
    ),
    MetricSpec(
        name="seq-rep-n",
        make="genbench_text.overlap.repetition:seq_rep_n",
        summary="share of n-grams that repeat another of the same text: near 1 for loops",
        source="Welleck et al. 2020, arXiv:1908.04319",
        spaces=("text",),
        range=(0.0, 1.0),
        report=True,
        expects=EXPECTED["seq-rep-n"],
    ),
    MetricSpec(
        name="zipf",
        make="genbench_text.overlap.zipf:zipf",
        summary="how steeply the frequencies of words fall",
        source="Holtzman et al. 2020, arXiv:1904.09751",
        spaces=("text",),
        range=(0.0, None),
        expects=EXPECTED["zipf"],
    ),
)

_COPYING = (
    MetricSpec(
        name="novelty-n",
        make="genbench_text.overlap.copying:novelty_n",
        summary="share of n-grams that no training text has: 0 for copies",
        source="McCoy et al. 2023, arXiv:2111.09509",
        spaces=("text",),
        range=(0.0, 1.0),
        report=True,
        expects=EXPECTED["novelty-n"],
    ),
    MetricSpec(
        name="verbatim",
        make="genbench_text.overlap.copying:verbatim",
        summary="spans that are copied from training texts",
        source="after Lee et al. 2022, arXiv:2107.06499",
        spaces=("text",),
        outputs=(
            Output(
                name="verbatim-longest",
                direction="none",
                summary="words of the longest span that a training text has too",
                range=(0.0, None),
                expects=EXPECTED["verbatim-longest"],
            ),
            Output(
                name="verbatim-share",
                direction="none",
                summary="share of words in long spans that a training text has too",
                range=(0.0, 1.0),
                expects=EXPECTED["verbatim-share"],
            ),
        ),
        report=True,
    ),
)

_REFERENCES = (
    MetricSpec(
        name="self-bleu",
        make="genbench_text.overlap.sentence_bleu:self_bleu",
        summary="mean BLEU of each text against all others: 1 if each has a double",
        source="Zhu et al. 2018, arXiv:1802.01886",
        spaces=("text",),
        range=(0.0, 1.0),
        min_n=2,
        report=True,
        expects=EXPECTED["self-bleu"],
    ),
    MetricSpec(
        name="sentence-bleu",
        make="genbench_text.overlap.sentence_bleu:sentence_bleu",
        summary="mean BLEU of each text against all of the other side",
        source="Shi et al. 2018, arXiv:1804.11258; Zhu et al. 2018, arXiv:1802.01886",
        spaces=("text",),
        outputs=_both_ways("sentence-bleu", "mean BLEU", ("higher", "higher"), 1.0),
    ),
    MetricSpec(
        name="bleu",
        make="genbench_text.overlap.corpus_bleu:bleu",
        summary="corpus BLEU of sacrebleu, all texts of the other side as references",
        source="Papineni et al. 2002; Post 2018, arXiv:1804.08771; Shi et al. 2018, arXiv:1804.11258",
        spaces=("text",),
        needs=_SACREBLEU,
        outputs=_both_ways("bleu", "corpus BLEU", ("higher", "higher"), 100.0),
        report=True,
    ),
    MetricSpec(
        name="chrf",
        make="genbench_text.overlap.best_reference:chrf",
        summary="chrF of sacrebleu, each text against the one that suits it best",
        source="Popović 2015; Post 2018, arXiv:1804.08771",
        spaces=("text",),
        needs=_SACREBLEU,
        outputs=_both_ways("chrf", "chrF", ("higher", "none"), 100.0),
    ),
    MetricSpec(
        name="ter",
        make="genbench_text.overlap.best_reference:ter",
        summary="translation edit rate of sacrebleu, to the text that needs fewest edits",
        source="Snover et al. 2006; Post 2018, arXiv:1804.08771",
        spaces=("text",),
        needs=_SACREBLEU,
        outputs=_both_ways("ter", "edit rate", ("none", "none"), None),
    ),
)

_FEATURES = (
    MetricSpec(
        name="mauve",
        make="genbench_text.overlap.mauve:mauve",
        summary="area under the divergence curve of clusters of features",
        source="Pillutla et al. 2021, arXiv:2102.01454; 2023, arXiv:2212.14578",
        takes="features",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        min_n=20,
        expects=EXPECTED["mauve"],
    ),
)

TEXTS: tuple[MetricSpec, ...] = (*_REPETITION, *_COPYING, *_REFERENCES, *_FEATURES)
