"""The line about records that a run found in its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.store.environment import libraries, machine
from genbench.verification.verdicts import environment_changes

if TYPE_CHECKING:
    from genbench.runs.api import Run

__all__ = ["count_kept_records"]


def count_kept_records(done: Run, *, quiet: bool) -> str:
    """Return how many records a run kept and computed, and which of the kept ones were made elsewhere.

    quiet  return only a warning of those that were made elsewhere

    "" if there is nothing to say, as where the folder held no record of its cells. Elsewhere is on another
    kind of machine, or with another version of a library that decides numbers.
    """
    records = done.results.records
    kept = [record for key, record in records.items() if key not in done.computed]
    if not kept:
        return ""
    here = {"libraries": libraries(), "machine": machine(done.order.threads, done.order.device)}
    changes = [environment_changes(record.environment, here) for record in kept]
    line = "" if quiet else f"{_count_records(len(kept))} kept, {len(records) - len(kept)} computed"
    elsewhere = sum(map(bool, changes))
    if not elsewhere:
        return line
    texts = sorted({str(change) for each in changes for change in each})
    start = f"{'Warning: kept ' if quiet else f'{line}; '}{_count_records(elsewhere)}"
    return f"{start} made on another machine or with other versions: {'; '.join(texts)}"


def _count_records(number: int) -> str:
    return f"{number} record{'' if number == 1 else 's'}"
