"""Numbers to publish, from small runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.publishing.numbers import Publication
from genbench.results.records import Notice
from genbench.results.results import Results

ABOUT = Publication(
    commands=("genbench verify 'my run'",),
    title="quickstart",
    date="2026-01-31",
    organization="Some lab",
    relationship="third_party",
    source="https://example.org/run",
    models={"vae": "some-lab/vae"},
)
RANGES = {"fid": (0.0, None), "recall": (0.0, 1.0)}
DIRECTIONS = {"recall": "higher", "vendi": "none", "ratio": "target"}
TABLE = {
    "vae": {"fid": [1.0, 2.0, 3.0], "recall": [0.5, 0.5, 0.5], "vendi": [2.0] * 3, "ratio": [1.0] * 3},
    "gan": {"fid": [1e-7] * 3, "recall": [0.5, "error", 0.5], "vendi": [2.0] * 3, "ratio": [1.0] * 3},
    "noise": {"fid": [9.0, 9.0, 9.0]},
}


@pytest.fixture
def about():
    return ABOUT


@pytest.fixture
def results_of(run_of):
    """Return a function from a table to results, with the bounds of metrics and the versions of libraries."""

    def results(table, **fields):
        plan, records = run_of(table, directions=DIRECTIONS, **fields)
        cells = tuple(
            replace(cell, facts=replace(cell.facts, range=RANGES.get(cell.metric, (None, None))))
            for cell in plan.cells
        )
        libraries = {"libraries": {"genbench": "0.1.0", "numpy": "2.4.6"}}
        return Results(
            name="my run",
            plan=replace(plan, cells=cells),
            records={key: replace(record, environment=libraries) for key, record in records.items()},
        )

    return results


@pytest.fixture
def results(results_of):
    return results_of(TABLE)


@pytest.fixture
def limited(results_of, with_valid):
    """Return a run of a generator that is not deterministic, lacks features and has a caution."""
    found = results_of({"poor": {"fid": [1.0, 2.0, 3.0]}}, signature={"n_real": 5})
    plan, records = with_valid((found.plan, found.records), {"poor": 70})
    notice = Notice.of_other_samples("generator", "p:poor")
    noticed = {key: replace(record, notices=(notice,)) for key, record in records.items()}
    return replace(found, plan=plan, records=noticed)
