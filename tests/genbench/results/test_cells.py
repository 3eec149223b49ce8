"""Cells, and their agreement on what they describe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.results.cells import check_agreement, short_signature


@pytest.fixture
def run(run_of):
    return run_of({"vae": {"fid": [1.5, "error"], "recall": [0.25, None]}})


@pytest.mark.parametrize(
    ("field", "value"),
    [("direction", "higher"), ("best", 1.0), ("range", (0.0, None)), ("any_valid_share", True),
     ("unseen_controls", ("floor",))],
)  # fmt: skip
def test_cells_of_one_signature_describe_their_metric_in_one_way(run, described, field, value):
    first = run[0].cells[0]
    other = described(first, seed=9, generator="gan", **{field: value})
    check_agreement(("", [first, replace(other, signature={"n": 599})]))
    check_agreement(("", [first, replace(other, metric="recall")]))
    with pytest.raises(ValueError, match=rf"^{field} of fid \({short_signature(first.signature)}\) is "):
        check_agreement(("a", [first]), ("b", [other]))


def test_a_generator_of_one_distribution_has_one_role_on_a_dataset(run):
    first = run[0].cells[0]
    other = replace(first, seed=9, plugin="genbench 9.9", control="floor")
    for apart in ({"plugin": "other 1"}, {"dataset": "idx"}, {"generator": "gan"}):
        check_agreement(("", [first, replace(other, **apart)]))
    reason = r'^control of digits vae \(genbench\) is null and "floor"; expected one value$'
    with pytest.raises(ValueError, match=reason):
        check_agreement(("", [first, other]))


def test_a_comparison_comes_before_the_seeds_of_its_generator(run):
    cells = run[0].cells
    compared = replace(cells[1], seed=None, metric="elo", signature={**cells[1].signature, "runs": [0, 1]})
    assert min([*cells, compared], key=lambda cell: cell.position) == compared
    assert compared.name == "digits vae elo"
