"""Metrics that compare words, n-grams or features of texts.

Numbers that noise or truncated texts would win have no direction: compare them with the row `held-out`. Each
`expects` says what planted faults do to the number, as seen on `moby-dick`, and for mauve with the
extractors `char-ngrams` and `word-tfidf`, and on digits with `pixels` and `digits-classifier`;
docs/battery.md says how. A fault that is not named is judged by the number's direction.
"""

from __future__ import annotations

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
_BEGUN = "sentences begin as sentences do"
_SHORT = "a short text needs few edits"
_RECALLED = "short texts are recalled as well as long ones"
_NEW = "damaged text is new as well: compare with held-out"

_DRAWN = "it compares texts that it draws, and draws others from fewer"
_STAY = worse | unchanged.because("samples stay in their clusters, which are wide")
_CUT = falls | unchanged.because(_BEGUN)
_FEW = falls | unchanged.because("a few texts that loop are not missed")
_REDRAWN = {"smaller-n": unchanged | (rises | falls).because(_DRAWN)}
_COPIED = {"train-copies": (unchanged | rises | falls).because(_READ)}
_WRONG_WORDS = ("shuffled-words", "replaced-words", "dropped-words", "near-copies")
_MORE = dict.fromkeys((*_WRONG_WORDS, "truncation"), rises.because(_VARIED))
_LESS = dict.fromkeys((*_WRONG_WORDS, "truncation"), falls.because(_VARIED))
_FAR_AWAY = dict.fromkeys(
    ("shuffled-words", "replaced-words", "loops", "collapse", "duplicates", "near-copies"),
    (unchanged | rises | falls).because("the nearest text is far in any case"),
)
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


def _both_ways(
    name: str,
    what: str,
    most: float | None,
    *,
    directions: tuple[str, str],
    expects: tuple[dict[str, Any], dict[str, Any]] = (_FORWARD, _BACKWARD),
) -> tuple[Output, ...]:
    """Return the outputs of a metric that compares each side with all of the other."""
    sides = ("forward", "fakes against all real texts"), ("backward", "real texts against all fakes")
    return tuple(
        Output(
            name=f"{way}-{name}",
            direction=direction,
            summary=f"{what} of {against}",
            range=(0.0, most),
            expects=expected,
        )
        for (way, against), direction, expected in zip(sides, directions, expects, strict=True)
    )


SPECS = (
    MetricSpec(
        name="distinct-n",
        make="genbench_text.overlap.repetition:distinct_n",
        summary="share of different n-grams in all texts",
        source="Li et al. 2016, arXiv:1510.03055",
        modalities=("text",),
        range=(0.0, 1.0),
        report=True,
        expects=_MORE
        | _COPIED
        | {"loops": falls, "collapse": falls, "duplicates": falls, "smaller-n": rises.because(_SIZE)},
    ),
    MetricSpec(
        name="rep-n",
        make="genbench_text.overlap.repetition:rep_n",
        summary="percentage of n-grams that repeat another in all texts",
        source="Su et al. 2022, arXiv:2202.06417",
        modalities=("text",),
        range=(0.0, 100.0),
        expects=_LESS
        | _COPIED
        | {"loops": rises, "collapse": rises, "duplicates": rises, "smaller-n": falls.because(_SIZE)},
    ),
    MetricSpec(
        name="seq-rep-n",
        make="genbench_text.overlap.repetition:seq_rep_n",
        summary="share of n-grams that repeat another of the same text: near 1 for loops",
        source="Welleck et al. 2020, arXiv:1908.04319",
        modalities=("text",),
        range=(0.0, 1.0),
        report=True,
        expects=_LESS
        | _COPIED
        | {
            "loops": rises,
            "collapse": (unchanged | rises | falls).because(_ALONE),
            "duplicates": (unchanged | rises | falls).because(_ALONE),
            "near-copies": (unchanged | rises | falls).because(_READ),
        },
    ),
    MetricSpec(
        name="zipf",
        make="genbench_text.overlap.zipf:zipf",
        summary="how steeply the frequencies of words fall",
        source="Holtzman et al. 2020, arXiv:1904.09751",
        modalities=("text",),
        range=(0.0, None),
        expects=_COPIED
        | {
            "shuffled-words": unchanged.because(_ORDER),
            "replaced-words": rises
            | unchanged.because("words of the texts, drawn as often as they occur, follow the same law"),
            "dropped-words": falls,
            "truncation": falls,
            "loops": (rises, rises, rises | falls),
            "collapse": falls,
            "duplicates": rises,
            "near-copies": (unchanged | rises | falls).because(_READ),
            "smaller-n": falls.because(_SIZE),
        },
    ),
    MetricSpec(
        name="text-entropy",
        make="genbench_text.overlap.text_entropy:text_entropy",
        summary="mean entropy of the words within a fake",
        source="Zheng et al. 2024, arXiv:2409.02908",
        modalities=("text",),
        direction="none",
        range=(0.0, None),
        expects=_COPIED
        | {
            "shuffled-words": unchanged.because(_ORDER),
            "replaced-words": (unchanged | rises | falls).because(
                "it sees how varied the words are, not which"
            ),
            "dropped-words": falls,
            "truncation": falls,
            "loops": falls,
            "collapse": (unchanged | rises | falls).because(_ALONE),
            "duplicates": (unchanged | rises | falls).because(_ALONE),
            "near-copies": (unchanged | rises | falls).because(_READ),
        },
    ),
    MetricSpec(
        name="novelty-n",
        make="genbench_text.overlap.copying:novelty_n",
        summary="share of n-grams that no training text has: 0 for copies",
        source="McCoy et al. 2023, arXiv:2111.09509",
        modalities=("text",),
        range=(0.0, 1.0),
        report=True,
        expects={
            "shuffled-words": rises.because(_NEW),
            "replaced-words": rises.because(_NEW),
            "dropped-words": rises.because(_NEW),
            "truncation": (_CUT, _CUT, falls),
            "loops": rises.because(_NEW),
            "collapse": (unchanged | rises | falls).because(_ALONE),
            "train-copies": falls,
            "near-copies": falls,
        },
    ),
    MetricSpec(
        name="verbatim",
        make="genbench_text.overlap.copying:verbatim",
        summary="spans that are copied from training texts",
        source="after Lee et al. 2022, arXiv:2107.06499",
        modalities=("text",),
        outputs=(
            Output(
                name="verbatim-longest",
                direction="none",
                summary="words of the longest span that a training text has too",
                range=(0.0, None),
                expects={
                    "shuffled-words": unchanged | falls,
                    "replaced-words": unchanged | falls,
                    "dropped-words": unchanged | falls,
                    "truncation": unchanged | falls,
                    "loops": unchanged | falls,
                    "collapse": (unchanged | falls).because(_ALONE),
                    "train-copies": rises | unchanged.because("real sentences may share long spans, too"),
                    "near-copies": rises
                    | (unchanged | falls).because("real sentences may share long spans, too"),
                },
            ),
            Output(
                name="verbatim-share",
                direction="none",
                summary="share of words in long spans that a training text has too",
                range=(0.0, 1.0),
                expects={
                    "shuffled-words": falls,
                    "replaced-words": falls,
                    "dropped-words": falls,
                    "truncation": falls,
                    "loops": falls,
                    "collapse": (unchanged | rises | falls).because(_ALONE),
                    "train-copies": rises,
                    "near-copies": rises,
                },
            ),
        ),
        report=True,
    ),
    MetricSpec(
        name="self-bleu",
        make="genbench_text.overlap.sentence_bleu:self_bleu",
        summary="mean BLEU of each text against all others: 1 if each has a double",
        source="Zhu et al. 2018, arXiv:1802.01886",
        modalities=("text",),
        range=(0.0, 1.0),
        min_n=2,
        report=True,
        expects=_LESS
        | _COPIED
        | {
            "truncation": (rises | falls).because(f"{_BEGUN}; compare with held-out"),
            "loops": falls.because("each text loops in its own words, which no other shares"),
            "collapse": rises,
            "duplicates": rises,
            "smaller-n": falls.because(_SIZE),
        },
    ),
    MetricSpec(
        name="sentence-bleu",
        make="genbench_text.overlap.sentence_bleu:sentence_bleu",
        summary="mean BLEU of each text against all of the other side",
        source="Shi et al. 2018, arXiv:1804.11258; Zhu et al. 2018, arXiv:1802.01886",
        modalities=("text",),
        outputs=_both_ways("sentence-bleu", "mean BLEU", 1.0, directions=("higher", "higher")),
    ),
    MetricSpec(
        name="bleu",
        make="genbench_text.overlap.corpus_bleu:bleu",
        summary="corpus BLEU of sacrebleu, all texts of the other side as references",
        source="Papineni et al. 2002; Post 2018, arXiv:1804.08771; Shi et al. 2018, arXiv:1804.11258",
        modalities=("text",),
        needs=_SACREBLEU,
        outputs=_both_ways("bleu", "corpus BLEU", 100.0, directions=("higher", "higher")),
        report=True,
    ),
    MetricSpec(
        name="chrf",
        make="genbench_text.overlap.best_reference:chrf",
        summary="chrF of sacrebleu, each text against the one that suits it best",
        source="Popović 2015; Post 2018, arXiv:1804.08771",
        modalities=("text",),
        needs=_SACREBLEU,
        outputs=_both_ways(
            "chrf",
            "chrF",
            100.0,
            directions=("higher", "none"),
            expects=(
                _FORWARD
                | {
                    "truncation": (
                        worse | unchanged.because(_BEGUN),
                        worse | unchanged.because(_BEGUN),
                        worse,
                    ),
                    "near-copies": worse | unchanged.because(_READ),
                    "smaller-n": unchanged | (worse | better).because(_DRAWN),
                },
                _COPIED
                | _REDRAWN
                | {
                    "shuffled-words": falls,
                    "replaced-words": falls,
                    "dropped-words": falls | (unchanged | rises).because(_RECALLED),
                    "truncation": falls | (unchanged | rises).because(_RECALLED),
                    "loops": (_FEW, _FEW, falls),
                    "collapse": (
                        falls | unchanged.because("two hundred texts hold nearly as much"),
                        falls,
                        falls,
                    ),
                    "near-copies": falls | unchanged.because(_READ),
                },
            ),
        ),
    ),
    MetricSpec(
        name="ter",
        make="genbench_text.overlap.best_reference:ter",
        summary="translation edit rate of sacrebleu, to the text that needs fewest edits",
        source="Snover et al. 2006; Post 2018, arXiv:1804.08771",
        modalities=("text",),
        needs=_SACREBLEU,
        outputs=_both_ways(
            "ter",
            "edit rate",
            None,
            directions=("none", "none"),
            expects=(
                _COPIED
                | _FAR_AWAY
                | _REDRAWN
                | {"dropped-words": falls.because(_SHORT), "truncation": falls.because(_SHORT)},
                _COPIED | _FAR_AWAY | _REDRAWN | {"dropped-words": rises, "truncation": rises},
            ),
        ),
    ),
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
        expects={
            "noise": (_STAY, _STAY, worse),
            "blur": (_STAY, worse, worse),
            "shuffled-words": worse
            | unchanged.because("features hold little of the order of words, or nothing"),
            "replaced-words": (_STAY, _STAY, worse),
            "dropped-words": _STAY,
            "truncation": (_STAY, _STAY, worse),
            "loops": (_STAY, _STAY, worse),
            "duplicates": unchanged | worse,
            "train-copies": worse | (unchanged | better).because(_LAW),
            "near-copies": worse | (unchanged | better).because(_LAW),
            "smaller-n": unchanged
            | better
            | worse.because("its level depends on n and on the number of clusters: compare at equal n"),
        },
    ),
)
