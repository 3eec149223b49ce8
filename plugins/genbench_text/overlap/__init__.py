"""Metrics that compare words, n-grams or features of texts.

Numbers that noise or truncated texts would win have no direction: compare them with the row `held-out`. Each
`expects` says what planted faults do to the number, as seen on `moby-dick`, and for mauve with the
extractors `char-ngrams` and `word-tfidf`, and on digits with `pixels` and `digits-classifier`;
docs/battery.md says how. A fault that is not named is judged by the number's direction.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from genbench import MetricSpec, Output, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_SACREBLEU = {"sacrebleu": "sacrebleu"}  # so that its version is in the key of a record
_READ = "copies of sentences read as sentences do"
_ALONE = "it looks at each text by itself"
_SIZE = "it moves with the number of texts: compare at equal n"
_LAW = "it compares laws, and copies of training samples follow the law"
_VARIED = "wrong words repeat less than sentences do: compare with held-out"
_ORDER = "it sees no order of words"
_LITTLE_ORDER = "features hold little of the order of words, or nothing"
_CLUSTERS = "its level depends on n and on the number of clusters: compare at equal n"
_SAME_WORDS = "words of the texts, drawn as often as they occur, follow the same law"
_SPANS = "real sentences may share long spans, too"
_ENOUGH = "two hundred texts hold nearly as much"
_BEGUN = "sentences begin as sentences do"
_SHORT = "a short text needs few edits"
_RECALLED = "short texts are recalled as well as long ones"
_NEW = "damaged text is new as well: compare with held-out"

_DRAWN = "it compares texts that it draws, and draws others from fewer"
_STAY = worse | unchanged.because("samples stay in their clusters, which are wide")
_SHORTER = worse | unchanged.because(_BEGUN)
_CUT = falls | unchanged.because(_BEGUN)
_FEW = falls | unchanged.because("a few texts that loop are not missed")
_REDRAWN = {"smaller-n": unchanged | (rises | falls).because(_DRAWN)}
_EITHER = unchanged | rises | falls
_WRONG_WORDS = ("shuffled-words", "replaced-words", "dropped-words")
_CUTS = ("dropped-words", "truncation")
_DAMAGE = (*_WRONG_WORDS, "truncation", "loops")
_REPEATED = ("loops", "collapse", "duplicates")
_SAME_EACH = dict.fromkeys(("collapse", "duplicates"), _EITHER.because(_ALONE))
_COPIED = {"train-copies": _EITHER.because(_READ)}
_ALL_COPIED = _COPIED | {"near-copies": _EITHER.because(_READ)}
_MORE = dict.fromkeys((*_WRONG_WORDS, "near-copies", "truncation"), rises.because(_VARIED))
_LESS = dict.fromkeys((*_WRONG_WORDS, "near-copies", "truncation"), falls.because(_VARIED))
_FAR = _EITHER.because("the nearest text is far in any case")
_FAR_AWAY = dict.fromkeys(("shuffled-words", "replaced-words", *_REPEATED, "near-copies"), _FAR)
_FORWARD = {
    "truncation": worse | (unchanged | better).because(_BEGUN),
    "collapse": worse | (unchanged | better).because("one text that reads well is as good as many"),
    "train-copies": worse | (unchanged | better).because(_READ),
}
_BACKWARD = {
    "duplicates": worse,
    "train-copies": worse | (unchanged | better).because(_READ),
    "smaller-n": worse.because("it rises with the number of fakes: compare at equal n"),
}

_METRIC = partial(MetricSpec, modalities=("text",))
_REPORTED = partial(MetricSpec, modalities=("text",), report=True)


def _both_ways(
    name: str,
    what: str,
    most: float | None,
    *,
    directions: tuple[str, str] = ("higher", "higher"),
    expects: tuple[dict[str, Any], dict[str, Any]] = (_FORWARD, _BACKWARD),
) -> tuple[Output, ...]:
    """Return the outputs of a metric that compares each side with all of the other."""
    sides = ("forward", "fakes against all real texts"), ("backward", "real texts against all fakes")
    return tuple(
        Output(
            name=f"{way}-{name}",
            aspect="fidelity" if way == "forward" else "diversity",
            direction=direction,
            summary=f"{what} of {against}",
            range=(0.0, most),
            expects=expected,
        )
        for (way, against), direction, expected in zip(sides, directions, expects, strict=True)
    )


SPECS = (
    _REPORTED(
        name="distinct-n",
        aspect="diversity",
        make="genbench_text.overlap.repetition:distinct_n",
        summary="share of different n-grams in all texts",
        source="Li et al. 2016, arXiv:1510.03055",
        range=(0.0, 1.0),
        expects=_MORE | _COPIED | dict.fromkeys(_REPEATED, falls) | {"smaller-n": rises.because(_SIZE)},
    ),
    _METRIC(
        name="rep-n",
        aspect="fidelity",
        make="genbench_text.overlap.repetition:rep_n",
        summary="percentage of n-grams that repeat another in all texts",
        source="Su et al. 2022, arXiv:2202.06417",
        range=(0.0, 100.0),
        expects=_LESS | _COPIED | dict.fromkeys(_REPEATED, rises) | {"smaller-n": falls.because(_SIZE)},
    ),
    _REPORTED(
        name="seq-rep-n",
        aspect="fidelity",
        make="genbench_text.overlap.repetition:seq_rep_n",
        summary="share of n-grams that repeat another of the same text: near 1 for loops",
        source="Welleck et al. 2020, arXiv:1908.04319",
        range=(0.0, 1.0),
        expects=_LESS | _ALL_COPIED | _SAME_EACH | {"loops": rises},
    ),
    _METRIC(
        name="zipf",
        aspect="diversity",
        make="genbench_text.overlap.zipf:zipf",
        summary="how steeply the frequencies of words fall",
        source="Holtzman et al. 2020, arXiv:1904.09751",
        range=(0.0, None),
        expects=_ALL_COPIED
        | dict.fromkeys(("dropped-words", "truncation", "collapse"), falls)
        | {
            "shuffled-words": unchanged.because(_ORDER),
            "replaced-words": rises | unchanged.because(_SAME_WORDS),
            "loops": (rises, rises, rises | falls),
            "duplicates": rises,
            "smaller-n": falls.because(_SIZE),
        },
    ),
    _METRIC(
        name="text-entropy",
        aspect="diversity",
        make="genbench_text.overlap.text_entropy:text_entropy",
        summary="mean entropy of the words within a fake",
        source="Zheng et al. 2024, arXiv:2409.02908",
        range=(0.0, None),
        expects=_ALL_COPIED
        | _SAME_EACH
        | dict.fromkeys(("dropped-words", "truncation", "loops"), falls)
        | {
            "shuffled-words": unchanged.because(_ORDER),
            "replaced-words": _EITHER.because("it sees how varied the words are, not which"),
        },
    ),
    _REPORTED(
        name="novelty-n",
        aspect="memorisation",
        make="genbench_text.overlap.copying:novelty_n",
        summary="share of n-grams that no training text has: 0 for copies",
        source="McCoy et al. 2023, arXiv:2111.09509",
        range=(0.0, 1.0),
        expects={
            **dict.fromkeys((*_WRONG_WORDS, "loops"), rises.because(_NEW)),
            "truncation": (_CUT, _CUT, falls),
            "collapse": _EITHER.because(_ALONE),
            **dict.fromkeys(("train-copies", "near-copies"), falls),
        },
    ),
    _REPORTED(
        name="verbatim",
        aspect="memorisation",
        make="genbench_text.overlap.copying:verbatim",
        summary="spans that are copied from training texts",
        source="after Lee et al. 2022, arXiv:2107.06499",
        outputs=(
            Output(
                name="verbatim-longest",
                direction="none",
                summary="words of the longest span that a training text has too",
                range=(0.0, None),
                expects={
                    **dict.fromkeys(_DAMAGE, unchanged | falls),
                    "collapse": (unchanged | falls).because(_ALONE),
                    "train-copies": rises | unchanged.because(_SPANS),
                    "near-copies": rises | (unchanged | falls).because(_SPANS),
                },
            ),
            Output(
                name="verbatim-share",
                direction="none",
                summary="share of words in long spans that a training text has too",
                range=(0.0, 1.0),
                expects={
                    **dict.fromkeys(_DAMAGE, falls),
                    "collapse": _EITHER.because(_ALONE),
                    **dict.fromkeys(("train-copies", "near-copies"), rises),
                },
            ),
        ),
    ),
    _REPORTED(
        name="self-bleu",
        aspect="diversity",
        make="genbench_text.overlap.sentence_bleu:self_bleu",
        summary="mean BLEU of each text against all others: 1 if each has a double",
        source="Zhu et al. 2018, arXiv:1802.01886",
        range=(0.0, 1.0),
        min_n=2,
        expects=_LESS
        | _COPIED
        | {
            "truncation": (rises | falls).because(f"{_BEGUN}; compare with held-out"),
            "loops": falls.because("each text loops in its own words, which no other shares"),
            **dict.fromkeys(("collapse", "duplicates"), rises),
            "smaller-n": falls.because(_SIZE),
        },
    ),
    _METRIC(
        name="sentence-bleu",
        aspect="fidelity",
        make="genbench_text.overlap.sentence_bleu:sentence_bleu",
        summary="mean BLEU of each text against all of the other side",
        source="Shi et al. 2018, arXiv:1804.11258; Zhu et al. 2018, arXiv:1802.01886",
        outputs=_both_ways("sentence-bleu", "mean BLEU", 1.0),
    ),
    _REPORTED(
        name="bleu",
        aspect="fidelity",
        make="genbench_text.overlap.corpus_bleu:bleu",
        summary="corpus BLEU of sacrebleu, all texts of the other side as references",
        source="Papineni et al. 2002; Post 2018, arXiv:1804.08771; Shi et al. 2018, arXiv:1804.11258",
        needs=_SACREBLEU,
        outputs=_both_ways("bleu", "corpus BLEU", 100.0),
    ),
    _METRIC(
        name="chrf",
        aspect="fidelity",
        make="genbench_text.overlap.best_reference:chrf",
        summary="chrF of sacrebleu, each text against the one that suits it best",
        source="Popović 2015; Post 2018, arXiv:1804.08771",
        needs=_SACREBLEU,
        outputs=_both_ways(
            "chrf",
            "chrF",
            100.0,
            directions=("higher", "none"),
            expects=(
                _FORWARD
                | {
                    "truncation": (_SHORTER, _SHORTER, worse),
                    "near-copies": worse | unchanged.because(_READ),
                    "smaller-n": unchanged | (worse | better).because(_DRAWN),
                },
                _COPIED
                | _REDRAWN
                | {
                    **dict.fromkeys(("shuffled-words", "replaced-words"), falls),
                    **dict.fromkeys(_CUTS, falls | (unchanged | rises).because(_RECALLED)),
                    "loops": (_FEW, _FEW, falls),
                    "collapse": (falls | unchanged.because(_ENOUGH), falls, falls),
                    "near-copies": falls | unchanged.because(_READ),
                },
            ),
        ),
    ),
    _METRIC(
        name="ter",
        aspect="fidelity",
        make="genbench_text.overlap.best_reference:ter",
        summary="translation edit rate of sacrebleu, to the text that needs fewest edits",
        source="Snover et al. 2006; Post 2018, arXiv:1804.08771",
        needs=_SACREBLEU,
        outputs=_both_ways(
            "ter",
            "edit rate",
            None,
            directions=("none", "none"),
            expects=(
                _COPIED | _REDRAWN | _FAR_AWAY | dict.fromkeys(_CUTS, falls.because(_SHORT)),
                _COPIED | _REDRAWN | _FAR_AWAY | dict.fromkeys(_CUTS, rises),
            ),
        ),
    ),
    MetricSpec(
        name="mauve",
        aspect="fidelity",
        make="genbench_text.overlap.mauve:mauve",
        summary="area under the divergence curve of clusters of features",
        source="Pillutla et al. 2021, arXiv:2102.01454; 2023, arXiv:2212.14578",
        takes="features",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        min_n=20,
        expects={
            **dict.fromkeys(("noise", "replaced-words", "truncation", "loops"), (_STAY, _STAY, worse)),
            "blur": (_STAY, worse, worse),
            "shuffled-words": worse | unchanged.because(_LITTLE_ORDER),
            "dropped-words": _STAY,
            "duplicates": unchanged | worse,
            **dict.fromkeys(("train-copies", "near-copies"), worse | (unchanged | better).because(_LAW)),
            "smaller-n": unchanged | better | worse.because(_CLUSTERS),
        },
    ),
)
