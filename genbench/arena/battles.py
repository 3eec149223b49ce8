"""The folder of a board of models that a table of battles rates, without a run and its samples."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.board.report import write_board
from genbench.catalog.catalog import load_catalog
from genbench.contract.hookspecs import PROJECT
from genbench.contract.specs import PARTICIPANTS, RUNS, MetricSpec
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, SuiteError, Undefined
from genbench.files.sealed import write_folder
from genbench.results.cells import Cell
from genbench.results.folder import BOARD_FILES, RunFolder, report_write_errors
from genbench.results.records import Plan, Record
from genbench.results.results import Results, write_results
from genbench.store.keys import signature
from genbench.suite.file import MetricEntry
from genbench.suite.resolve import make_group
from genbench.trial.calling import call
from genbench.trial.trial import with_failure, with_score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from genbench.suite.components import Group

__all__ = ["rate_battles"]

_KIND = "battle"  # of votes, in the spec of a comparison that takes a table of battles


def rate_battles(table: Path, output: Path, *, ties: str = "half") -> tuple[Results, tuple[Path, ...]]:
    """Write the folder `output`, with a board of the models in a table of battles and a copy of the table.

    ties  "half": a tie is half a win of both; or a model of ties, as for `preference`

    Returns (results, files of the board). Raises SuiteError if `output` exists or for unknown ties, and
    DataError if no rating follows from the table; nothing is written then.
    """
    if os.path.lexists(output):
        raise SuiteError(f"{output} exists; name a new folder with -o")
    group = _make_group({"votes": [str(table.absolute())], "ties": ties})
    try:
        outcomes = call(group.metric, {"fakes": {}}, {})
    except Undefined as error:
        raise DataError(str(error)) from error
    records = _make_records(group, outcomes, dataset=_make_id(table.stem))
    provenance = {"name": records[0].cell.dataset, "battles": table.name}
    plan = Plan(cells=tuple(record.cell for record in records), traces=(), provenance=provenance)
    by_key = {record.cell.key: record for record in records}
    results = Results(name=output.name, plan=plan, records=by_key, source=output.as_posix())

    def fill(draft: Path) -> None:
        """Write results, table and leaderboard to the draft of the folder."""
        write_results(draft, results)
        RunFolder(draft).inputs.mkdir()
        shutil.copyfile(table, RunFolder(draft).inputs / table.name)
        write_board(draft, plan, by_key, ())

    with report_write_errors(output):
        write_folder(output, fill)
    return results, tuple(output / name for name in BOARD_FILES)


def _make_group(options: Mapping[str, Any]) -> Group:
    """Return genbench's comparison that takes a table of battles, with these options."""
    catalog = load_catalog()
    own = (each for each in catalog.of_kind(MetricSpec.kind) if each.owner.distribution == PROJECT)
    use = next(each.reference for each in own if _KIND in getattr(each.spec, "votes", ()))
    return make_group(MetricEntry(use=use, where="battles", options=options), Path.cwd(), catalog)


def _make_records(group: Group, outcomes: Mapping[str, Any], dataset: str) -> list[Record]:
    """Return the record of each model; raise DataError if no model has a score, or two have one id.

    outcomes  by the name of a model, its Score or Undefined
    dataset   the id of the battles on the board
    """
    ids, (metric, output) = _make_ids(outcomes), group.outputs[0]
    counts = [each.extra["votes"] for each in outcomes.values() if not isinstance(each, Undefined)]
    if not counts:
        name, reason = next(iter(outcomes.items()))
        raise DataError(f"no rating follows from these battles: {name}: {reason}; add more battles")
    n, data_hash, owner = max(counts), digest(group.metric.canonical["votes"]), group.metric.component.owner
    signed = signature(group, output.name, n=n, n_real=None, data_hash=data_hash, split=None)
    signed |= {PARTICIPANTS: {ids[name]: {"model": name} for name in ids}, RUNS: [0]}
    records = []
    for name, outcome in outcomes.items():
        cell = Cell(
            key=digest({"battles": signed, "generator": ids[name]}), dataset=dataset, generator=ids[name],
            plugin=f"{owner.distribution} {owner.version}", control=None, seed=None, metric=metric,
            facts=group.facts(output), n=n, signature=signed,
        )  # fmt: skip
        record, is_unrated = Record(cell=cell, status="missing"), isinstance(outcome, Undefined)
        records.append(with_failure(record, outcome) if is_unrated else with_score(record, outcome, 0.0))
    return records


def _make_ids(names: Iterable[str]) -> dict[str, str]:
    """Return the id of each model on the board; raise DataError if two names become one id."""
    owners: dict[str, str] = {}
    for name in names:
        if (other := owners.setdefault(_make_id(name), name)) != name:
            raise DataError(f"{other!r} and {name!r} have one id on the board, {_make_id(name)}; rename one")
    return {name: each for each, name in owners.items()}


def _make_id(name: str) -> str:
    """Return a name of a model, such as "GPT-4 (2023)", as an id of lower-case letters, digits and dashes."""
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return (text if text[:1].isalpha() else f"m-{text}")[:64]
