"""The folder of a run with the comparisons of files of votes, beside the folder of the run."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.arena.pairs import DIGITS
from genbench.arena.samples import check_unmerged
from genbench.arena.vote_entries import read_votes, vote_entries
from genbench.board.report import write_board
from genbench.catalog.catalog import load_catalog
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, ResultsError, SuiteError
from genbench.core.samples import digests
from genbench.files.sealed import delete, draft_name
from genbench.jobs.engine.runner import run_all, run_trial
from genbench.results.folder import RunFolder
from genbench.results.results import Results, read_results, write_results
from genbench.runs.events import EventSource
from genbench.runs.prepare import make_ready
from genbench.runs.provenance import describe
from genbench.store.environment import cores
from genbench.store.store import open_store
from genbench.trial.trial import RunTrial
from genbench.verification.comparisons import COMPARED, compare_again
from genbench.verification.plans import plan_verdicts
from genbench.verification.provenance import file_differences
from genbench.verification.recompute import (
    Claim,
    GivenBench,
    claims_of,
    given_samples,
    is_left_alone,
    on_a_device_here,
    open_workplace,
    results_folder,
)
from genbench.verification.reference import VerificationRequest, reference_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.arena.vote_entries import VoteEntry, VotesFile
    from genbench.jobs.isolation.pool import Workplace
    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.runs.prepare import PreparedRun
    from genbench.store.store import Store
    from genbench.trial.comparisons.plan import PlannedComparison
    from genbench.verification.reference import ReferenceSuite

__all__ = ["Scored", "score_votes"]


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A folder with the comparisons of votes.

    files     of its leaderboard
    left_out  by id, why a comparison has no number, and so no column
    """

    results: Results
    files: tuple[Path, ...]
    left_out: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class _Rated:
    """The cells and records of comparisons that have numbers, and why others have none."""

    entries: tuple[VoteEntry, ...]
    cells: tuple[Cell, ...]
    records: Mapping[str, Record]
    left_out: Mapping[str, str]


def score_votes(
    folder: Path,
    votes: Sequence[Path],
    output: Path,
    *,
    metrics: Iterable[Mapping[str, Any]] = (),
    options: Mapping[str, Any] | None = None,
    plugins: Sequence[Path] = (),
    allow_keys: Sequence[str] = (),
    jobs: int | None = None,
    listener: object | None = None,
) -> Scored:
    """Write the folder `output`: a run's records, the comparisons of votes on its samples, and the votes.

    metrics, options  as in `vote_entries`
    plugins, allow_keys, jobs, listener  as in `genbench.verify`

    No number of the run is computed again. Samples come from the run's folder, from the store, or are drawn
    again. Raises DataError or SuiteError, and writes nothing, if `output` exists, if the run is damaged or
    merged, if its data or options are not those of its suite here, if its samples are missing, and if no
    number follows from the votes, as from votes on other samples.
    """
    if os.path.lexists(output):
        raise SuiteError(f"{output} exists; name a new folder with -o")
    base = read_results(folder, read_only=True)
    check_unmerged(base)
    if base.damaged:
        raise DataError(f"{folder / base.damaged[0]} is damaged; run the suite again to restore it")
    files = read_votes(votes)
    entries = vote_entries(load_catalog(plugins), files, metrics, options)
    with tempfile.TemporaryDirectory(prefix="genbench-score-") as scratch:
        request = VerificationRequest(
            folder=Path(os.path.realpath(folder)), trusted=None, scratch=Path(scratch), sample=0,
            plugins=tuple(path.resolve() for path in plugins), allow_keys=tuple(allow_keys),
            jobs=cores() if jobs is None else jobs, events=EventSource(listener), inputs=Path(scratch),
        )  # fmt: skip
        _keep_inputs(request, files)
        rated = _rated(request, base, files, entries)
        return _written(request, base, rated, output)


def _keep_inputs(request: VerificationRequest, files: Iterable[VotesFile]) -> None:
    """Copy the run's own inputs and the votes into the scratch folder."""
    own, kept = RunFolder(request.folder).inputs, RunFolder(request.scratch).inputs
    if own.is_dir():
        shutil.copytree(own, kept)
    kept.mkdir(exist_ok=True)
    for each in files:
        place = kept / each.name
        if place.exists() and place.read_bytes() != each.content:
            raise SuiteError(f"{own / each.name} are other votes; rename one of the files")
        place.write_bytes(each.content)


def _extended(base: Results, entries: Iterable[VoteEntry]) -> dict[str, Any]:
    """Return a run's provenance with further metrics in its suite, and the versions of their plugins."""
    provenance = dict(base.plan.provenance)
    owners = [entry.component.owner for entry in entries]
    text = "\n".join([str(provenance.get("suite", "")), *(entry.text for entry in entries)])
    plugins = provenance.get("plugins", {}) | {owner.distribution: owner.version for owner in owners}
    return provenance | {"suite": text, "plugins": dict(sorted(plugins.items()))}


def _rated(
    request: VerificationRequest, base: Results, files: Iterable[VotesFile], entries: Sequence[VoteEntry]
) -> _Rated:
    """Return the comparisons, computed from the samples of the run; raise DataError if none has a number."""
    for name in {cell.metric for cell in base.plan.cells} & {entry.name for entry in entries}:
        raise SuiteError(f"{base.source} has the metric {name} already; name the run that was voted on")
    plan = replace(base.plan, provenance=_extended(base, entries))
    reference = reference_of(request, plan)
    for obstacle in reference.obstacles:
        raise SuiteError(obstacle.reason)
    store, warning = open_store()
    if warning is not None:
        request.events.warn(warning)
    with open_workplace(request, reference.order) as workplace:
        order = on_a_device_here(reference.order, workplace)
        ready = make_ready(order, workplace, store, is_verification=True)
        names = {entry.name for entry in entries}
        _check_same(base, ready, reference, names, describe(ready, order, store))
        asked = [each for each in ready.comparisons if {cell.metric for cell in each.cells.values()} & names]
        claims = claims_of(base.records.values(), ready.trials)
        found = _computed(request, workplace, asked, base, claims, store)
        _check_fit(request, files, [*claims, *_without_records(ready, claims)], store)
    return _with_numbers(found, entries)


def _check_same(
    base: Results, ready: PreparedRun, reference: ReferenceSuite, names: set[str], here: Mapping[str, Any]
) -> None:
    """Raise DataError if the run's cells differ from those of its suite here, versions of plugins apart."""
    expected = [cell for cell in ready.cells if cell.metric not in names]
    files = file_differences(base.plan, here)
    for verdict in plan_verdicts(base.plan, expected, reference, files):
        if verdict.outcome == "different":
            raise DataError(
                f"{base.source} is not what its suite gives here: {verdict.cell.name}: {verdict.reason}"
            )


def _computed(
    request: VerificationRequest,
    workplace: Workplace,
    asked: Sequence[PlannedComparison],
    base: Results,
    claims: Sequence[Claim],
    store: Store,
) -> list[tuple[Cell, Record]]:
    """Return the records of comparisons, of samples in the run's folder or in the store, or drawn again."""
    compare = functools.partial(compare_again, request, workplace, claims=claims, store=store)
    found = compare(comparisons=asked)
    if any(isinstance(records, str) for _, records in found):
        _draw(request, workplace, claims, store)
        found = compare(comparisons=asked)
    known = _known_samples(claims, base)
    pairs: list[tuple[Cell, Record]] = []
    for comparison, records in found:
        if isinstance(records, str):
            raise _missing(records, base)
        for cell in (cell for cell in comparison.cells.values() if cell.key in records):
            place = f"{cell.dataset} {cell.generator}"
            if records[cell.key].samples != known.get(place):
                raise _missing(place, base)
            pairs.append((cell, records[cell.key]))
    return pairs


def _without_records(ready: PreparedRun, claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims of trials that have no record of their own, since the run has comparisons alone."""
    known = {claim.trial.name for claim in claims}
    return [Claim(trial=trial, records=()) for trial in ready.trials if trial.name not in known]


def _check_fit(
    request: VerificationRequest, files: Iterable[VotesFile], claims: Iterable[Claim], store: Store
) -> None:
    """Raise DataError for a file without a vote on any sample of the run, which no comparison counts."""
    contents = functools.cache(lambda: store.find("samples", "hash"))
    known: set[str] = set()
    for claim in claims:
        if (given := given_samples(request, store, claim, contents)) is not None:
            samples = GivenBench(claim.trial, store, print, given).samples
            known.update(each.hex()[:DIGITS] for each in digests(samples))
    for each in files:
        if not each.samples & known:
            raise DataError(f"{each.name} has no vote on a sample of this run; score it with its own run")


def _missing(place: str, base: Results) -> DataError:
    return DataError(
        f"the samples of {place} are not in {base.source}, and a second draw gives others here; score the "
        "votes where the run was made, or run it with --keep-samples before people vote"
    )


def _known_samples(claims: Iterable[Claim], base: Results) -> dict[str, str]:
    """Return the hash of the samples behind the records of each generator, at all seeds."""
    hashes: dict[str, list[str]] = {}
    for claim in sorted(claims, key=lambda claim: claim.trial.seed):
        place = f"{claim.trial.dataset.part.name} {claim.trial.generator.name}"
        hashes.setdefault(place, []).append(claim.samples)
    compared = [record for record in base.records.values() if record.cell.seed is None and record.samples]
    return {f"{record.cell.dataset} {record.cell.generator}": record.samples for record in compared} | {
        place: digest(own) for place, own in hashes.items()
    }


def _draw(request: VerificationRequest, workplace: Workplace, claims: Iterable[Claim], store: Store) -> None:
    """Draw the missing samples again, unless that costs money."""
    contents = functools.cache(lambda: store.find("samples", "hash"))
    lacking = [
        claim.trial
        for claim in claims
        if not is_left_alone(claim.trial.generator) and given_samples(request, store, claim, contents) is None
    ]
    folder = results_folder(request, "drawn")
    request.events.start(request.folder.name, lacking, [(trial, ()) for trial in lacking], {}, folder)
    jobs = [RunTrial(trial=trial, tasks=(), attempts={}, folder=folder, store=store) for trial in lacking]
    logs = [RunFolder(folder).log(str(number)) for number in range(len(jobs))]
    run_all(
        [functools.partial(run_trial, workplace, job, log) for job, log in zip(jobs, logs, strict=True)],
        request.jobs,
    )


def _with_numbers(found: Sequence[tuple[Cell, Record]], entries: Sequence[VoteEntry]) -> _Rated:
    """Return the comparisons that have a number; raise DataError, with the reason, if none has."""
    left_out = {}
    for entry in entries:
        own = [record for cell, record in found if cell.metric == entry.name]
        if not any(record.status == "ok" for record in own):
            left_out[entry.name] = next((record.reason for record in own), "its process wrote no record")
    if len(left_out) == len(entries):
        raise DataError(f"no number follows from these votes: {next(iter(left_out.values()))}")
    kept = [(cell, record) for cell, record in found if cell.metric not in left_out]
    return _Rated(
        entries=tuple(entry for entry in entries if entry.name not in left_out),
        cells=tuple(cell for cell, _ in kept),
        records={cell.key: record for cell, record in kept},
        left_out=left_out,
    )


def _written(request: VerificationRequest, base: Results, rated: _Rated, output: Path) -> Scored:
    """Write the folder under a draft's name, and rename it when it is whole."""
    plan = replace(
        base.plan,
        cells=(*base.plan.cells, *rated.cells),
        provenance=_extended(base, rated.entries),
    )
    results = replace(
        base, name=output.name, plan=plan, records={**base.records, **rated.records}, outdated={},
        source=output.as_posix(),
    )  # fmt: skip
    draft = output.with_name(draft_name(output.name))
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_results(draft, results)
        for source in (RunFolder(request.folder), RunFolder(request.scratch / COMPARED)):
            for kept in (source.samples, source.galleries):
                if kept.is_dir():
                    shutil.copytree(kept, draft / kept.name, dirs_exist_ok=True)
        shutil.copytree(RunFolder(request.scratch).inputs, RunFolder(draft).inputs)
        names = [path.name for path in write_board(draft, plan, results.records, results.traces)]
        draft.rename(output)
    except OSError as error:
        raise ResultsError(f"{output} cannot be written: {error.strerror or error}") from error
    finally:
        delete(draft)
    return Scored(results=results, files=tuple(output / name for name in names), left_out=rated.left_out)
