"""The folder of a run with the comparisons of files of votes, beside the folder of the run."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.arena.samples import arena_samples, check_unmerged
from genbench.arena.vote_entries import read_votes, vote_entries
from genbench.board.report import write_board
from genbench.catalog.catalog import load_catalog
from genbench.core.errors import DataError, SuiteError
from genbench.files.sealed import write_folder
from genbench.results.folder import BOARD_FILES, RunFolder, report_write_errors
from genbench.results.results import Results, read_results, write_results
from genbench.runs.provenance import describe
from genbench.verification.plans import plan_verdicts
from genbench.verification.provenance import file_differences
from genbench.verification.recompute import COMPARED, match_claims, plan_here
from genbench.verification.reference import find_suite, open_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from genbench.arena.samples import ArenaSamples
    from genbench.arena.vote_entries import VoteEntry, VotesFile
    from genbench.results.records import Record
    from genbench.runs.prepare import PreparedRun
    from genbench.trial.comparisons import BoardTrial
    from genbench.verification.reference import ReferenceSuite, VerificationRequest

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
    files, catalog = read_votes(votes), load_catalog(plugins)
    entries = vote_entries(catalog, files, metrics, options)
    for name in {cell.metric for cell in base.plan.cells} & {entry.name for entry in entries}:
        raise SuiteError(f"{base.source} has the metric {name} already; name the run that was voted on")
    with open_request(
        folder, plugins=plugins, allow_keys=allow_keys, jobs=jobs, listener=listener
    ) as request:
        datasets = sorted({cell.dataset for cell in base.plan.cells})
        samples = [arena_samples(request, base, catalog, dataset) for dataset in datasets]
        _check_fit(files, samples)
        _keep_inputs(request, files)
        voted = replace(request, inputs=request.scratch)
        records = _rate_generators(voted, base, entries, samples)
        left_out = _find_reasons(records, entries)
        return _write_folder(request, base, entries, records, left_out, output)


def _keep_inputs(request: VerificationRequest, files: Iterable[VotesFile]) -> None:
    """Copy the run's own inputs and the votes into the scratch folder, since the run's folder is not changed.

    Raises SuiteError if the run has other votes of the same name.
    """
    own, kept = RunFolder(request.folder).inputs, RunFolder(request.scratch).inputs
    if own.is_dir():
        shutil.copytree(own, kept)
    kept.mkdir(exist_ok=True)
    for each in files:
        place = kept / each.name
        if place.exists() and place.read_bytes() != each.content:
            raise SuiteError(f"{own / each.name} are other votes; rename one of the files")
        place.write_bytes(each.content)


def _extend_provenance(base: Results, entries: Iterable[VoteEntry]) -> dict[str, Any]:
    """Return the provenance of `base` with the entries added to its suite, and their plugins to its plugins.

    So the suite in the new run.json plans the comparisons as well, and `genbench verify` can check them.
    """
    provenance = dict(base.plan.provenance)
    owners = [entry.component.owner for entry in entries]
    text = "\n".join([str(provenance.get("suite", "")), *(entry.text for entry in entries)])
    plugins = provenance.get("plugins", {}) | {owner.distribution: owner.version for owner in owners}
    return provenance | {"suite": text, "plugins": dict(sorted(plugins.items()))}


def _rate_generators(
    request: VerificationRequest, base: Results, entries: Sequence[VoteEntry], samples: Iterable[ArenaSamples]
) -> list[Record]:
    """Return the records of the comparisons, computed from the samples of the run.

    request  with the folder of the votes as its `inputs`
    entries  the comparisons, which are added to the run's suite

    Raises SuiteError if an entry of the suite cannot be used here, and the errors of `_check_same` and
    `_check_records`.
    """
    plan = replace(base.plan, provenance=_extend_provenance(base, entries))
    reference = find_suite(request, plan)
    for obstacle in reference.obstacles:
        raise SuiteError(obstacle.reason)
    with plan_here(request, reference.order) as again:
        names = {entry.name for entry in entries}
        here = describe(again.ready, again.order, again.store)
        _check_same(base, again.ready, reference, names, here)
        comparisons = [
            each for each in again.ready.comparisons if {cell.metric for cell in each.cells} & names
        ]
        computed = again.compare(comparisons, match_claims(base.records.values(), again.ready.trials))
    return list(_check_records(computed, base, samples))


def _check_same(
    base: Results, ready: PreparedRun, reference: ReferenceSuite, names: set[str], here: Mapping[str, Any]
) -> None:
    """Raise DataError if the run's cells differ from those of its suite here, versions of plugins apart.

    names  ids of the new comparisons, which the run does not have
    here   the provenance that a run of the suite writes here
    """
    expected = [cell for cell in ready.cells if cell.metric not in names]
    files = file_differences(base.plan, here)
    for verdict in plan_verdicts(base.plan, expected, reference, files):
        if verdict.outcome == "different":
            raise DataError(
                f"{base.source} is not what its suite gives here: {verdict.cell.name}: {verdict.reason}"
            )


def _check_records(
    computed: Iterable[tuple[BoardTrial, Mapping[str, Record] | str]],
    base: Results,
    samples: Iterable[ArenaSamples],
) -> Iterator[Record]:
    """Yield the records of comparisons; raise DataError if one is not of the samples that the run scored.

    computed  what `Recomputation.compare` returns
    samples   of each dataset; the records of comparisons in `base`, if any, say it in their place
    """
    known = {
        (each.dataset, rival.name): each.hash_draw(rival.name) for each in samples for rival in each.rivals
    }
    compared = [record for record in base.records.values() if record.cell.seed is None and record.samples]
    known |= {(record.cell.dataset, record.cell.generator): record.samples for record in compared}
    for comparison, records in computed:
        for cell in comparison.cells:
            if isinstance(records, str):
                raise DataError(
                    f"the samples of {records} are not in {base.source}: see the reasons of its scores"
                )
            if cell.key not in records:
                continue
            record = records[cell.key]
            if record.samples != known.get((cell.dataset, cell.generator)):
                who = f"the samples of {cell.generator} on {cell.dataset}"
                raise DataError(f"{who} are not those that {base.source} scored; restore them from a copy")
            yield record


def _check_fit(files: Iterable[VotesFile], samples: Iterable[ArenaSamples]) -> None:
    """Raise DataError for a file without a vote on any sample of the run, which no comparison counts."""
    known = {digest for each in samples for trial in each.trials for digest in trial.digests}
    for each in files:
        if not each.samples & known:
            raise DataError(f"{each.name} has no vote on a sample of this run; score it with its own run")


def _find_reasons(records: Iterable[Record], entries: Sequence[VoteEntry]) -> dict[str, str]:
    """Return by id why a comparison has no number; raise DataError if no comparison has one."""
    own = {entry.name: [each for each in records if each.cell.metric == entry.name] for entry in entries}
    left_out = {
        name: next((record.reason for record in found), "its process wrote no record")
        for name, found in own.items()
        if not any(record.status == "ok" for record in found)
    }
    if len(left_out) == len(entries):
        raise DataError(f"no number follows from these votes: {next(iter(left_out.values()))}")
    return left_out


def _write_folder(
    request: VerificationRequest,
    base: Results,
    entries: Iterable[VoteEntry],
    records: Iterable[Record],
    left_out: Mapping[str, str],
    output: Path,
) -> Scored:
    """Write the new folder, and return it with its results; a failure leaves no part of it.

    left_out  by id, why a comparison has no number: it gets no column

    Samples and galleries are copied from the run, galleries of pairs from the scratch folder.
    """
    rated = [record for record in records if record.cell.metric not in left_out]
    plan = replace(
        base.plan,
        cells=(*base.plan.cells, *(record.cell for record in rated)),
        provenance=_extend_provenance(base, [each for each in entries if each.name not in left_out]),
    )
    results = replace(
        base, name=output.name, plan=plan, outdated={}, source=output.as_posix(),
        records={**base.records, **{record.cell.key: record for record in rated}},
    )  # fmt: skip

    def fill(draft: Path) -> None:
        write_results(draft, results)
        for source in (RunFolder(request.folder), RunFolder(request.scratch / COMPARED)):
            for kept in (source.samples, source.galleries):
                if kept.is_dir():
                    shutil.copytree(kept, draft / kept.name, dirs_exist_ok=True)
        shutil.copytree(RunFolder(request.scratch).inputs, RunFolder(draft).inputs)
        write_board(draft, plan, results.records, results.traces)

    with report_write_errors(output):
        write_folder(output, fill)
    return Scored(results=results, files=tuple(output / name for name in BOARD_FILES), left_out=left_out)
