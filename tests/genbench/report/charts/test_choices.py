"""The metrics that charts show where none is named."""

from __future__ import annotations

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.report.charts.kinds import choose_metrics
from genbench.results.results import Results

ROW = {"vendi": [3.0, 4.0], "fid": [1.0, 2.0], "precision": [0.5, 0.6], "recall": [0.5, 0.4]}
DIRECTIONS = {"precision": "higher", "recall": "higher", "vendi": "none"}


@pytest.fixture(scope="module")
def chosen(run_of, board_of):
    """Return a function to the metrics that a kind of chart shows of a table."""

    catalog = load_catalog(only=["genbench"])

    def choose(table, kind, directions=DIRECTIONS):
        plan, records = run_of(table, directions=directions)
        results = Results(name="run", plan=plan, records=records, traces=())
        return choose_metrics(results, board_of((plan, records)), "digits", kind, catalog)

    return choose


def test_seeds_shows_the_first_metric_of_the_suite_that_is_ranked(chosen):
    table = {"vae": ROW, "gan": ROW}
    assert chosen(table, "seeds") == ["fid"]
    assert chosen(table, "seeds", dict.fromkeys(ROW, "none")) == ["vendi"]
    assert chosen({"vae": {"kid": ["error"]} | ROW}, "seeds") == ["fid"]


def test_cost_shows_the_first_ranked_metric_of_those_that_most_generators_have(chosen):
    table = {"vae": ROW, "gan": ROW | {"fid": ["error", "error"]}}
    assert (chosen(table, "seeds"), chosen(table, "cost")) == (["fid"], ["precision"])


def test_a_trade_off_shows_two_outputs_of_one_component_or_the_first_pair_of_the_page(chosen):
    assert chosen({"vae": ROW}, "trade-off") == ["precision", "recall"]
    apart = {"vae": {"modes": ROW["fid"], "fid": ROW["fid"], "entropy": ROW["fid"]}}
    assert chosen(apart, "trade-off", {"entropy": "none"}) == ["fid", "modes"]  # the ranked ones by name


@pytest.mark.parametrize("kind", ["seeds", "cost", "trade-off"])
def test_without_a_value_there_is_no_metric(chosen, kind):
    assert chosen({"vae": {"fid": ["error"]}}, kind) == []
