"""The votes that a comparison needs, from the records of a pilot."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from genbench.board.decisions.power import find_comparisons, read_amounts
from genbench.board.decisions.vote_power import plan_votes
from genbench.board.inference.sample_size import find_votes
from genbench.core.errors import SuiteError
from genbench.results.results import Results

HALF = 19.6  # ten standard errors of a normal interval


@pytest.fixture
def pilot(run_of):
    """Return a function that gives a run of a comparison, with an extra for each generator."""

    def make(extras, control=(), halves=()):
        plan, records = run_of({name: {"taste": [1000.0]} for name in extras}, controls=dict(control))
        cells, found = [], {}
        for cell in plan.cells:
            signature = dict(cell.signature) | {"participants": {}, "runs": [0]}
            compared = replace(
                cell, seed=None, signature=signature, facts=replace(cell.facts, direction="higher")
            )
            cells.append(compared)
            found[cell.key] = replace(
                records[cell.key],
                cell=compared,
                low=1000 - dict(halves).get(cell.generator, HALF),
                high=1000 + dict(halves).get(cell.generator, HALF),
                extra=extras[cell.generator],
            )
        return Results(name="pilot", plan=replace(plan, cells=tuple(cells)), records=found)

    return make


def test_it_pools_the_errors_of_competitors_and_takes_those_of_differences(pilot):
    run = pilot(
        {"a": {"votes": 600, "errors": {"b": 16.0}}, "b": {"votes": 600}, "real": {"votes": 600}},
        control={"real": "ceiling"},
    )
    (need,) = plan_votes([run], read_amounts("", ["taste=30"]))
    assert (need.generators, need.votes, need.difference) == (2, 600, 30.0)
    assert need.error == pytest.approx(10, rel=1e-3)
    assert need.needed == find_votes(600, difference=30.0, error=need.error, of_difference=16.0)
    assert need.needed_at_most == need.needed  # of a normal interval, whose error is known


def test_without_errors_of_differences_scores_count_as_independent(pilot):
    run = pilot({"a": {"votes": 600}, "b": {"votes": 600}})
    (need,) = plan_votes([run], read_amounts("", ["taste=3%"]))
    expected = find_votes(600, difference=30.0, error=need.error, of_difference=math.sqrt(2) * need.error)
    assert need.needed == expected


def test_unequal_errors_are_pooled_as_squares(pilot):
    run = pilot({"a": {"votes": 600}, "b": {"votes": 600}}, halves={"a": HALF / 2, "b": 2 * HALF})
    (need,) = plan_votes([run], read_amounts("", ["taste=30"]))
    error, of_difference = math.sqrt((5**2 + 20**2) / 2), math.hypot(5, 20)
    assert need.error == pytest.approx(error, rel=1e-3)
    assert need.needed == pytest.approx(
        find_votes(600, difference=30.0, error=error, of_difference=of_difference), rel=1e-3
    )


def test_one_generator_stands_for_both_of_a_difference(pilot):
    (need,) = plan_votes([pilot({"a": {"votes": 600}})], read_amounts("", ["taste=30"]))
    expected = find_votes(600, difference=30.0, error=need.error, of_difference=math.sqrt(2) * need.error)
    assert (need.generators, need.needed) == (1, expected)


def test_few_raters_leave_a_range(pilot):
    run = pilot({name: {"votes": 600, "freedom": 9.0} for name in "ab"})
    (need,) = plan_votes([run], read_amounts("", ["taste=30"]))
    assert need.error < 10  # the interval is that of t
    assert need.needed_at_most > need.needed


def test_generators_and_power_are_chosen(pilot):
    run = pilot({"a": {"votes": 600}, "b": {"votes": 900}, "c": {}})
    (one,) = plan_votes([run], read_amounts("", ["taste=30"]), generators=["b"])
    assert (one.generators, one.votes) == (1, 900)
    (more,) = plan_votes([run], read_amounts("", ["taste=30"]), generators=["b"], power=0.95)
    assert more.needed > one.needed
    with pytest.raises(SuiteError, match="no generator named 'd'"):
        plan_votes([run], read_amounts("", ["taste=30"]), generators=["d"])
    with pytest.raises(SuiteError, match="power: expected a number between 0 and 1, got 1"):
        plan_votes([run], read_amounts("", ["taste=30"]), power=1)


@pytest.mark.parametrize("extra", [{}, {"votes": "many"}, {"votes": 0}])
def test_a_comparison_that_counts_no_votes_says_so(pilot, extra):
    run = pilot({"a": extra, "b": extra})
    assert find_comparisons([run], ["taste", "fid"]) == ["taste"]
    reason = "no generator has an interval that says how many votes it comes from"
    with pytest.raises(SuiteError, match=reason):
        plan_votes([run], read_amounts("", ["taste=30"]))
