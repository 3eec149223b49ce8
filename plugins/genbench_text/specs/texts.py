"""Metrics on texts themselves."""

from __future__ import annotations

from genbench import MetricSpec
from genbench_text.specs.expected import EXPECTED

__all__ = ["TEXTS"]

# Whatever noise, or texts cut short, would win is not ranked: hold it against `held-out`.


_REPETITION = (
    MetricSpec(
        name="distinct-n",
        make="genbench_text.repetition:distinct_n",
        summary="share of different n-grams in all texts",
        source="Li et al. 2016, arXiv:1510.03055",
        spaces=("text",),
        range=(0.0, 1.0),
        report=True,
        expects=EXPECTED["distinct-n"],
    ),
    MetricSpec(
        name="rep-n",
        make="genbench_text.repetition:rep_n",
        summary="percentage of n-grams that repeat another in all texts",
        source="Su et al. 2022, arXiv:2202.06417",
        spaces=("text",),
        range=(0.0, 100.0),
        expects=EXPECTED["rep-n"],
    ),
    MetricSpec(
        name="seq-rep-n",
        make="genbench_text.repetition:seq_rep_n",
        summary="share of n-grams that repeat another of the same text: near 1 for loops",
        source="Welleck et al. 2020, arXiv:1908.04319",
        spaces=("text",),
        range=(0.0, 1.0),
        report=True,
        expects=EXPECTED["seq-rep-n"],
    ),
    MetricSpec(
        name="zipf",
        make="genbench_text.zipf:zipf",
        summary="how steeply the frequencies of words fall",
        source="Holtzman et al. 2020, arXiv:1904.09751",
        spaces=("text",),
        range=(0.0, None),
        expects=EXPECTED["zipf"],
    ),
)

TEXTS: tuple[MetricSpec, ...] = _REPETITION
