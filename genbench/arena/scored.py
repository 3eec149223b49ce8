"""The folder of a run with the comparisons of files of votes, beside the folder of the run."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.arena.samples import arena_samples, check_unmerged
from genbench.arena.vote_entries import make_vote_entries, read_votes
from genbench.board.report import write_board
from genbench.catalog.catalog import load_catalog
from genbench.core.errors import DataError, SuiteError
from genbench.files.sealed import write_folder
from genbench.results.folder import BOARD_FILES, RunFolder, report_write_errors
from genbench.results.results import Results, read_results, write_results
from genbench.runs.provenance import describe, describe_ranking
from genbench.verification.plans import plan_verdicts
from genbench.verification.provenance import find_file_differences
from genbench.verification.recompute import COMPARED, match_claims, plan_here
from genbench.verification.reference import find_suite, open_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from genbench.arena.samples import ArenaSamples
    from genbench.arena.vote_entries import VoteEntry, VotesFile
    from genbench.catalog.catalog import Catalog
    from genbench.results.records import Record
    from genbench.runs.prepare import PreparedRun
    from genbench.trial.comparisons import BoardTrial
    from genbench.verification.recompute import Recomputation
    from genbench.verification.reference import ReferenceSuite, VerificationRequest

__all__ = ["ScoredVotes", "score_votes"]


@dataclass(frozen=True, kw_only=True)
class ScoredVotes:
    """A folder with the comparisons of votes.

    files     of its leaderboard
    left_out  by id, why a comparison has no number, and so no column
    """

    results: Results
    files: tuple[Path, ...]
    left_out: Mapping[str, str]


def score_votes(
    folder: Path, votes: Sequence[Path], output: Path, *, metrics: Iterable[Mapping[str, Any]] = (),
    options: Mapping[str, Any] | None = None, plugins: Sequence[Path] = (), allow_keys: Sequence[str] = (),
    jobs: int | None = None, listener: object | None = None,
) -> ScoredVotes:  # fmt: skip
    """Write the folder `output`: a run's records, the comparisons of votes on its samples, and the votes.

    A comparison is a metric of all generators on a dataset at once, here computed from votes.

    metrics, options  as in `make_vote_entries`
    plugins, allow_keys, jobs, listener  as in `genbench.verify`

    No number of the run is computed again. Samples come from the run's folder, from the store, or are drawn
    again. Raises DataError or SuiteError, and writes nothing, if `output` exists, if the run is damaged or
    merged from several runs, if its data or options are not those of its suite here, if its samples are
    missing, and if no number can be computed from the votes, such as votes on other samples.
    """
    if os.path.lexists(output):
        raise SuiteError(f"{output} exists; name a new folder with -o")
    base = read_results(folder, read_only=True)
    check_unmerged(base)
    if base.damaged:
        raise DataError(f"{folder / base.damaged[0]} is damaged; run the suite again to restore it")
    files, catalog = read_votes(votes), load_catalog(plugins)
    entries = make_vote_entries(catalog, files, metrics, options)
    # any name that the run and the votes both have: one is enough to refuse them
    for name in {cell.metric for cell in base.plan.cells} & {entry.name for entry in entries}:
        raise SuiteError(f"{base.source} has the metric {name} already; name the run that was voted on")
    with open_request(
        folder, plugins=plugins, allow_keys=allow_keys, jobs=jobs, listener=listener
    ) as request:
        _copy_inputs(request, files)
        rerun = replace(request, inputs=request.scratch)
        records, ready = _compute_records(rerun, base, catalog, files, entries)
        left_out = _list_reasons(records, entries)
        results = _add_records(base, ready, entries, records, left_out, output)
        _write_folder(request, results, output)
    return ScoredVotes(results=results, files=tuple(output / name for name in BOARD_FILES), left_out=left_out)


def _copy_inputs(request: VerificationRequest, files: Iterable[VotesFile]) -> None:
    """Copy the run's own inputs and the votes into the scratch folder, since the run's folder is not changed.

    Raises SuiteError if the run has other votes of the same name.
    """
    run_inputs, inputs = RunFolder(request.folder).inputs, RunFolder(request.scratch).inputs
    if run_inputs.is_dir():
        shutil.copytree(run_inputs, inputs)
    inputs.mkdir(exist_ok=True)
    for file in files:
        path = inputs / file.name
        if path.exists() and path.read_bytes() != file.content:
            raise SuiteError(f"{run_inputs / file.name} are other votes; rename one of the files")
        path.write_bytes(file.content)


def _extend_provenance(base: Results, entries: Iterable[VoteEntry]) -> dict[str, Any]:
    """Return the provenance of `base` with the entries added to its suite, and their plugins to its plugins.

    So the suite in the new run.json plans the comparisons as well, and `genbench verify` can check them.
    """
    provenance = dict(base.plan.provenance)
    owners = [entry.component.owner for entry in entries]
    text = "\n".join([str(provenance.get("suite", "")), *(entry.toml_text for entry in entries)])
    plugins = provenance.get("plugins", {}) | {owner.distribution: owner.version for owner in owners}
    return provenance | {"suite": text, "plugins": dict(sorted(plugins.items()))}


def _compute_records(
    request: VerificationRequest, base: Results, catalog: Catalog, files: Iterable[VotesFile],
    entries: Sequence[VoteEntry],
) -> tuple[list[Record], PreparedRun]:  # fmt: skip
    """Return the records of the comparisons, computed from the samples of the run, and the planned run.

    request  with the folder of the votes as its `inputs`
    entries  the comparisons, which are added to the run's suite

    The run is compared with its suite before missing samples are drawn, which may take long. Raises
    SuiteError if an entry of the suite cannot be used here, and the errors of `_check_cells`,
    `arena_samples`, `_check_votes` and `_collect_records`.
    """
    reference = find_suite(request, replace(base.plan, provenance=_extend_provenance(base, entries)))
    for obstacle in reference.obstacles:  # entries that cannot be used here; the first one is reported
        raise SuiteError(obstacle.reason)
    names = {entry.name for entry in entries}
    with plan_here(request, reference.order) as recomputation:
        _check_cells(base, recomputation, reference, names)
    datasets = sorted({cell.dataset for cell in base.plan.cells})
    samples = [arena_samples(request, base, catalog, dataset) for dataset in datasets]
    _check_votes(files, samples)
    # Planned again: drawing loads the plugin files again, and objects of the earlier load cannot be pickled.
    with plan_here(request, reference.order) as recomputation:
        ready = recomputation.ready
        comparisons = [trial for trial in ready.comparisons if {cell.metric for cell in trial.cells} & names]
        claims = match_claims(base.records.values(), ready.trials)  # a claim: the run's records of one trial
        computed = recomputation.compare(comparisons, claims)
    return list(_collect_records(computed, base, samples)), ready


def _check_cells(base: Results, planned: Recomputation, reference: ReferenceSuite, names: set[str]) -> None:
    """Raise DataError if the run's cells differ from those of its suite here, versions of plugins apart.

    planned  the run, planned here from its suite
    names    ids of the new comparisons, which the run does not have
    """
    expected = [cell for cell in planned.ready.cells if cell.metric not in names]
    # where only versions of plugins differ, the outcome of a cell is "other version", not "different"
    files = find_file_differences(base.plan, describe(planned.ready, planned.order, planned.request.store))
    for verdict in plan_verdicts(base.plan, expected, reference, files):
        if verdict.outcome == "different":
            raise DataError(
                f"{base.source} is not what its suite gives here: {verdict.cell.name}: {verdict.reason}"
            )


def _collect_records(
    computed: Iterable[tuple[BoardTrial, Mapping[str, Record] | str]], base: Results,
    samples: Iterable[ArenaSamples],
) -> Iterator[Record]:  # fmt: skip
    """Yield the records of comparisons; raise DataError if one is not of the samples that the run scored.

    computed  each comparison with its records by key, or with the name of a trial whose samples are missing
    samples   the samples of the run, of each dataset

    If `base` has records of comparisons, their hashes of the samples count in place of the hashes of
    `samples`, which may have been drawn again, since the records name what the run scored.
    """
    hashes = {
        (each.dataset, rival.name): each.hash_draw(rival.name) for each in samples for rival in each.rivals
    }
    # only records of comparisons have no seed
    compared = [record for record in base.records.values() if record.cell.seed is None and record.samples]
    hashes |= {(record.cell.dataset, record.cell.generator): record.samples for record in compared}
    for comparison, records in computed:
        for cell in comparison.cells:
            if isinstance(records, str):  # the name of a trial without samples
                raise DataError(
                    f"neither {base.source} nor the store has the samples of {records}; see the reasons of "
                    "its scores, or run the suite again with --keep-samples"
                )
            if cell.key not in records:
                continue
            record = records[cell.key]
            if record.samples != hashes.get((cell.dataset, cell.generator)):
                who = f"the samples of {cell.generator} on {cell.dataset}"
                raise DataError(f"{who} are not those that {base.source} scored; restore them from a copy")
            yield record


def _check_votes(files: Iterable[VotesFile], samples: Iterable[ArenaSamples]) -> None:
    """Raise DataError for a file without a vote on any sample of the run, which no comparison counts."""
    digests = {digest for each in samples for trial in each.trials for digest in trial.digests}
    for file in files:
        if not file.samples & digests:
            raise DataError(f"{file.name} has no vote on a sample of this run; score it with its own run")


def _list_reasons(records: Iterable[Record], entries: Sequence[VoteEntry]) -> dict[str, str]:
    """Return, by id, the reason of the first record of each comparison that has no number.

    Raises DataError if no comparison has a number.
    """
    by_name = {entry.name: [r for r in records if r.cell.metric == entry.name] for entry in entries}
    left_out = {
        name: next((record.reason for record in its_records), "its process wrote no record")
        for name, its_records in by_name.items()
        if not any(record.status == "ok" for record in its_records)
    }
    if len(left_out) == len(entries):
        raise DataError(f"no number follows from these votes: {next(iter(left_out.values()))}")
    return left_out


def _add_records(
    base: Results, ready: PreparedRun, entries: Iterable[VoteEntry], records: Iterable[Record],
    left_out: Mapping[str, str], output: Path,
) -> Results:  # fmt: skip
    """Return the results of the new folder: those of the run, and the comparisons with a number.

    ready     the run with the comparisons in its suite, planned here
    left_out  by id, why a comparison has no number: it gets no column
    """
    rated = [record for record in records if record.cell.metric not in left_out]
    provenance = _extend_provenance(base, [entry for entry in entries if entry.name not in left_out])
    if "ranking" in provenance:  # a run of an earlier version states no rule of the overall rank
        provenance["ranking"] = describe_ranking(ready, left_out)
    cells = (*base.plan.cells, *(record.cell for record in rated))
    # outdated: the new folder's records are written with the cells of the plan, so none differs from it
    return replace(
        base, name=output.name, plan=replace(base.plan, cells=cells, provenance=provenance), outdated={},
        source=output.as_posix(), records={**base.records, **{record.cell.key: record for record in rated}},
    )  # fmt: skip


def _write_folder(request: VerificationRequest, results: Results, output: Path) -> None:
    """Write the new folder; a failure leaves no part of it.

    Samples and galleries are copied from the run. The comparisons have written further galleries, of pairs of
    samples, to the subfolder COMPARED of the scratch folder, from which these are copied too.
    """

    def fill(draft: Path) -> None:
        """Write results, copied samples and galleries, inputs and leaderboard to the draft of the folder."""
        write_results(draft, results)
        # the run's own folder, and the folder with the galleries that the comparisons have made
        for source in (RunFolder(request.folder), RunFolder(request.scratch / COMPARED)):
            for subfolder in (source.samples, source.galleries):
                if subfolder.is_dir():
                    shutil.copytree(subfolder, draft / subfolder.name, dirs_exist_ok=True)
        shutil.copytree(RunFolder(request.scratch).inputs, RunFolder(draft).inputs)
        write_board(draft, results.plan, results.records, results.traces)

    with report_write_errors(output):
        write_folder(output, fill)
