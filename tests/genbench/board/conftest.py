from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.core.extracted import ValidCount


@pytest.fixture(scope="session")
def with_valid():
    """Return a function that gives the records of a run counts of samples with features.

    shares     {generator: percent of the fakes that have features}, or {(generator, seed): ...}
    metrics    the metrics that take features; None: all
    side       the side that is counted
    any_share  whether these metrics rank rows at any share
    """

    def change(run, shares, *, metrics=None, side="fake", any_share=False):
        plan, records = run

        def counted(cell):
            share = shares.get((cell.generator, cell.seed), shares.get(cell.generator, 100))
            return {} if share == 100 else {side: ValidCount(n=round(share * 10), of=1000)}

        chosen = {cell.key for cell in plan.cells if metrics is None or cell.metric in metrics}
        cells = [
            replace(cell, facts=replace(cell.facts, any_valid_share=any_share))
            if cell.key in chosen
            else cell
            for cell in plan.cells
        ]
        found = {
            key: replace(record, valid={**record.valid, **counted(record.cell)}) if key in chosen else record
            for key, record in records.items()
        }
        return replace(plan, cells=tuple(cells)), found

    return change
