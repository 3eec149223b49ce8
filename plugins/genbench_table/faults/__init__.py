"""Damage to columns of tables."""

from __future__ import annotations

from functools import partial

from genbench import FaultSpec

__all__ = ["SPECS"]

_FAULT = partial(FaultSpec, modalities=("table",), effect="worse")

SPECS = (
    _FAULT(
        name="rounded",
        make="genbench_table.faults.columns:numbers_rounded",
        summary="numbers are rounded to multiples of a share of the range of their column",
        levels={"5 % of range": 0.05, "20 %": 0.2, "50 %": 0.5},
    ),
    _FAULT(
        name="merged-categories",
        make="genbench_table.faults.columns:categories_merged",
        summary="the rarest categories of each column become one with the next rarest",
        levels={"20 % of categories": 0.2, "50 %": 0.5, "80 %": 0.8},
        known_failures={"distinct-levels": "of two or three categories, some levels merge equally many"},
    ),
    _FAULT(
        name="misspelled-categories",
        make="genbench_table.faults.columns:categories_misspelled",
        summary="texts get a letter too many and become categories that the real table lacks",
        levels={"5 % of cells": 0.05, "20 %": 0.2, "50 %": 0.5},
    ),
    _FAULT(
        name="shifted-dates",
        make="genbench_table.faults.columns:dates_shifted",
        summary="dates are later by a share of the range of their column",
        levels={"5 % of range": 0.05, "20 %": 0.2, "50 %": 0.5},
    ),
    _FAULT(
        name="imputed-gaps",
        make="genbench_table.faults.columns:gaps_imputed",
        summary="gaps have the mean of their column, or its most frequent value where it has no mean",
        levels={"25 % of gaps": 0.25, "50 %": 0.5, "100 %": 1.0},
    ),
)
