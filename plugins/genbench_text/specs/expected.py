"""What planted faults do to metrics on texts: signs, and the failures that readers should know.

Seen on `python-reference`; docs/battery.md says how. Of mauve, seen with the extractors `char-ngrams` and
`word-tfidf`, and on digits with `pixels` and `digits-classifier`.
"""

from __future__ import annotations

__all__ = ["EXPECTED"]

_READ = "copies of sentences read as sentences do"
_ALONE = "it looks at each text by itself"
_SIZE = "it moves with the number of texts: compare at equal n"
_LAW = "it compares laws, and copies of training samples follow the law"
_WIDE = "samples stay in their clusters, which are wide"
_VARIED = "wrong words repeat less than sentences do: hold it against held-out"
_ORDER = "it sees no order of words"
_BEGUN = "sentences begin as sentences do"
_SHORT = "a short text needs few edits"
_RECALLED = "short texts are recalled as well as long ones"
_FITTED = "the oracle was fitted to what is copied"
_NEW = "what nobody would write is new, too: hold it against held-out"

_COPIED = {"train-copies": f"0!/+!/-!: {_READ}"}
_WRONG_WORDS = ("shuffled-words", "replaced-words", "dropped-words", "near-copies")
_MORE = dict.fromkeys((*_WRONG_WORDS, "truncation"), f"+!: {_VARIED}")
_LESS = dict.fromkeys((*_WRONG_WORDS, "truncation"), f"-!: {_VARIED}")
_FAR_AWAY = dict.fromkeys(
    ("shuffled-words", "replaced-words", "loops", "collapse", "duplicates", "near-copies"),
    "0!/+!/-!: the nearest text is far in any case",
)
_FORWARD = {
    "truncation": f"0!/- 0!/- -: {_BEGUN}",
    "collapse": "0!/+!/-: one text that reads well is as good as many",
    "train-copies": f"0!/+!/-: {_READ}",
}
_BACKWARD = {
    "duplicates": "-",
    "train-copies": f"0!/+!/-: {_READ}",
    "smaller-n": "-!: it rises with the number of fakes: compare at equal n",
}

#: Number to what faults do to it; what is not here is judged by the number's direction.
EXPECTED: dict[str, dict[str, str]] = {
    "distinct-n": _MORE
    | _COPIED
    | {"loops": "-", "collapse": "-", "duplicates": "-", "smaller-n": f"+!: {_SIZE}"},
    "rep-n": _LESS
    | _COPIED
    | {"loops": "+", "collapse": "+", "duplicates": "+", "smaller-n": f"-!: {_SIZE}"},
    "seq-rep-n": _LESS
    | _COPIED
    | {
        "loops": "+",
        "collapse": f"0!/+!/-!: {_ALONE}",
        "duplicates": f"0!/+!/-!: {_ALONE}",
        "near-copies": f"0!/+!/-!: {_READ}",
    },
    "zipf": _COPIED
    | {
        "shuffled-words": f"0!: {_ORDER}",
        "replaced-words": "0!/+: words of the texts, drawn as often as they occur, follow the same law",
        "dropped-words": "-",
        "truncation": "-",
        "loops": "+ + -",
        "collapse": "-",
        "duplicates": "+",
        "near-copies": f"0!/+!/-!: {_READ}",
        "smaller-n": f"-!: {_SIZE}",
    },
    "novelty-n": {
        "shuffled-words": f"+!: {_NEW}",
        "replaced-words": f"+!: {_NEW}",
        "dropped-words": f"+!: {_NEW}",
        "truncation": f"0!/- 0!/- -: {_BEGUN}",
        "loops": f"+!: {_NEW}",
        "collapse": f"0!/+!/-!: {_ALONE}",
        "train-copies": "-",
        "near-copies": "-",
    },
    "verbatim-longest": {
        "shuffled-words": "0/-",
        "replaced-words": "0/-",
        "dropped-words": "0/-",
        "truncation": "0/-",
        "loops": "0/-",
        "collapse": f"0!/-!: {_ALONE}",
        "train-copies": "0!/+: real sentences may share long spans, too",
        "near-copies": "0!/-!/+: real sentences may share long spans, too",
    },
    "verbatim-share": {
        "shuffled-words": "-",
        "replaced-words": "-",
        "dropped-words": "-",
        "truncation": "-",
        "loops": "-",
        "collapse": f"0!/+!/-!: {_ALONE}",
        "train-copies": "+",
        "near-copies": "+",
    },
    "self-bleu": _LESS
    | _COPIED
    | {
        "loops": "-!: each text loops in its own words, which no other shares",
        "collapse": "+",
        "duplicates": "+",
        "smaller-n": f"-!: {_SIZE}",
    },
    "forward-sentence-bleu": _FORWARD,
    "backward-sentence-bleu": _BACKWARD,
    "forward-bleu": _FORWARD,
    "backward-bleu": _BACKWARD,
    "forward-chrf": _FORWARD | {"near-copies": f"0!/-: {_READ}"},
    "backward-chrf": _COPIED
    | {
        "shuffled-words": "-",
        "replaced-words": "-",
        "dropped-words": f"0!/+!/-: {_RECALLED}",
        "truncation": f"0!/+!/-: {_RECALLED}",
        "loops": "0!/- 0!/- -: a few texts that loop are not missed",
        "collapse": "0!/- - -: two hundred texts hold nearly as much",
        "near-copies": f"0!/-: {_READ}",
    },
    "forward-ter": _COPIED | _FAR_AWAY | {"dropped-words": f"-!: {_SHORT}", "truncation": f"-!: {_SHORT}"},
    "backward-ter": _COPIED | _FAR_AWAY | {"dropped-words": "+", "truncation": "+"},
    "generative-perplexity": {
        "shuffled-words": "+",
        "replaced-words": "+",
        "dropped-words": "+",
        "loops": "-!/+: a loop is easy to go on with, for an oracle that looks back far enough",
        "loops[markov-oracle]": "+",
        "truncation[markov-oracle]": "+",
        "collapse": f"0!/+!/-!: {_ALONE}",
        "duplicates": f"0!/+!/-!: {_ALONE}",
        "train-copies[markov-oracle]": f"-!: {_FITTED}",
        "near-copies[markov-oracle]": f"-!: {_FITTED}",
    },
    "text-entropy": _COPIED
    | {
        "shuffled-words": f"0!: {_ORDER}",
        "replaced-words": "0!/+!: it sees how varied the words are, not which",
        "dropped-words": "-",
        "truncation": "-",
        "loops": "-",
        "collapse": f"0!/+!/-!: {_ALONE}",
        "duplicates": f"0!/+!/-!: {_ALONE}",
        "near-copies": f"0!/+!/-!: {_READ}",
    },
    "mauve": {
        "noise": f"0!/- 0!/- -: {_WIDE}",
        "blur": f"0!/- - -: {_WIDE}",
        "shuffled-words": "0!/-: features hold little of the order of words, or nothing",
        "replaced-words": f"0!/- 0!/- -: {_WIDE}",
        "dropped-words": f"0!/- 0!/- 0!/-: {_WIDE}",
        "truncation": f"0!/- 0!/- -: {_WIDE}",
        "loops": f"0!/- 0!/- -: {_WIDE}",
        "duplicates": "0/-",
        "train-copies": f"0!/+!/-: {_LAW}",
        "near-copies": f"0!/+!/-: {_LAW}",
        "smaller-n": "0/+/-!: its level hangs on n and on the number of clusters: compare at equal n",
    },
}
