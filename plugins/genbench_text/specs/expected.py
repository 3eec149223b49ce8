"""What planted faults do to metrics on texts: signs, and the failures that readers should know.

Seen on `python-reference`; docs/battery.md says how. What its faults cannot be on texts (noise) stands in
docs/text-metrics.md. Of mauve, seen on digits with the extractors `pixels` and `digits-classifier` too.
"""

from __future__ import annotations

__all__ = ["EXPECTED"]

_READ = "copies of sentences read as sentences do"
_ALONE = "it looks at each text by itself"
_SIZE = "it moves with the number of texts: compare at equal n"
_LAW = "it compares laws, and copies of training samples follow the law"
_WIDE = "samples stay in their clusters, which are wide"

_DIVERSITY = {"train-copies": f"0!/+!/-!: {_READ}"}
_FORWARD = {
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
    "distinct-n": _DIVERSITY | {"collapse": "-", "duplicates": "-", "smaller-n": f"+!: {_SIZE}"},
    "rep-n": _DIVERSITY | {"collapse": "+", "duplicates": "+", "smaller-n": f"-!: {_SIZE}"},
    "seq-rep-n": _DIVERSITY | {"collapse": f"0!/+!/-!: {_ALONE}", "duplicates": f"0!/+!/-!: {_ALONE}"},
    "zipf": _DIVERSITY | {"collapse": "-", "duplicates": "+", "smaller-n": f"-!: {_SIZE}"},
    "novelty-n": {"train-copies": "-"},
    "verbatim-longest": {"train-copies": "0!/+: real sentences may share long spans, too"},
    "verbatim-share": {"train-copies": "+"},
    "self-bleu": _DIVERSITY | {"collapse": "+", "duplicates": "+", "smaller-n": f"-!: {_SIZE}"},
    "forward-sentence-bleu": _FORWARD,
    "backward-sentence-bleu": _BACKWARD,
    "forward-bleu": _FORWARD,
    "backward-bleu": _BACKWARD,
    "forward-chrf": _FORWARD,
    "backward-chrf": {"train-copies": f"0!/+!/-!: {_READ}"},
    "forward-ter": {"train-copies": f"0!/+!/-!: {_READ}"},
    "backward-ter": {"train-copies": f"0!/+!/-!: {_READ}"},
    "mauve": {
        "noise": f"0!/- 0!/- -: {_WIDE}",
        "blur": f"0!/- - -: {_WIDE}",
        "duplicates": "0/-",
        "train-copies": f"0!/+!/-: {_LAW}",
        "near-copies": f"0!/+!/-: {_LAW}",
        "smaller-n": "0/+/-!: its level hangs on n and on the number of clusters: compare at equal n",
    },
}
