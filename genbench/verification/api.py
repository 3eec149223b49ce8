"""`genbench.verify`: checks a run's files and recomputes its scores."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.errors import DataError, PluginError, SuiteError
from genbench.files.secrets import redact
from genbench.results.folder import RECORDS
from genbench.runs.kept_samples import find_kept_samples
from genbench.runs.prepare import FINAL
from genbench.runs.provenance import describe
from genbench.scoring.arguments import check_integer, check_plugins, is_collection, value_text
from genbench.suite.components import check_allowed
from genbench.suite.file import read_suite
from genbench.verification.files import find_unlisted, inspect_run, list_unverified_paths
from genbench.verification.plans import plan_verdicts
from genbench.verification.provenance import (
    find_component_differences,
    find_file_differences,
    find_plan_differences,
)  # fmt: skip
from genbench.verification.rankings import rank_differences
from genbench.verification.recompute import is_never_called, match_claims, plan_here
from genbench.verification.reference import find_suite, open_request
from genbench.verification.verdicts import NO_RECORD, make_unverifiable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.results.results import Results
    from genbench.trial.plan import Trial
    from genbench.verification.files import FileFault
    from genbench.verification.reference import ReferenceSuite, VerificationRequest
    from genbench.verification.verdicts import Verdict

__all__ = ["Verification", "verify"]

_CONFIRMED = ("reproduced", "within tolerance")


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The result of verifying a run.

    faults     damaged, changed or missing files
    obstacles  why some cells cannot be verified here: a plugin that is not installed, a missing file
    overrides  options of genbench run that replaced values of the suite in run.json: "--n 100"
    stored     verdicts from the suite and the stored samples, one a cell of the suite or of run.json
    remade     verdicts on the records of the trials that were rerun from their seeds
    trials     names of the rerun trials, sorted
    left_alone  names of the trials that `sample` does not rerun, since their generators cost money or run a
               program; () without a sample
    borrowed   names of the trials whose samples are not in the folder, but in the store here
    board      differences of what boards show beside single numbers, and of what run.json says of the run:
               the title, n, seeds, plugins, data, components, ranks
    failed     number of cells whose record is a failure
    foreign    files and folders in the run's folder that nothing verifies: those that genbench did not write,
               and the page
    unlisted   records in it that run.json does not list, and no board shows
    """

    faults: tuple[FileFault, ...]
    obstacles: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    stored: tuple[Verdict, ...] = ()
    remade: tuple[Verdict, ...] = ()
    trials: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()
    board: tuple[str, ...] = ()
    failed: int = 0
    foreign: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """Whether all files are intact, and every cell of the suite was reproduced, with the ranks."""
        return self._has_only(_CONFIRMED)

    @property
    def is_outdated(self) -> bool:
        """Whether the run would be confirmed if no component had another version here."""
        return not self.is_confirmed and self._has_only((*_CONFIRMED, "other version"))

    def _has_only(self, outcomes: tuple[str, ...]) -> bool:
        """Return whether all verdicts on cells have one of these outcomes, and nothing else differs.

        Then no file is damaged, no obstacle keeps a cell from being verified, and the board's ranks and other
        facts beside the numbers are as recomputed.
        """
        verdicts = (*self.stored, *self.remade)
        is_sound = not (self.faults or self.obstacles or self.board)
        return is_sound and all(verdict.outcome in outcomes for verdict in verdicts)


def verify(
    folder: str | Path,
    *,
    sample: int = 0,
    suite: str | Path | None = None,
    plugins: Sequence[str | Path] = (),
    allow_keys: Sequence[str] = (),
    jobs: int | None = None,
    listener: object | None = None,
) -> Verification:
    """Compare a run's files with its records, its cells with its suite, and its scores with recomputed ones.

    sample   number of trials, chosen at random, to rerun from their seeds with an empty store
    suite    the suite that you expect, a TOML file or a bundled name; its folder is the base of relative
             paths. None: the suite in run.json, which the folder's author could also have changed
    plugins  files of plugins that are not installed
    allow_keys  as NAME@HOST: an environment variable, such as the key of an API, that the run's suite may
             send to a server
    jobs     trials at a time; None: one a core
    listener  an object with methods for events of a run; None: warnings become Python's

    The folder is not changed. Raises DataError if it holds no run, and SuiteError for invalid arguments.
    """
    _check_paths(folder, suite, plugins)
    check_integer("sample", sample, 0)
    check_integer("jobs", 1 if jobs is None else jobs, 1)  # None is valid
    if not is_collection(allow_keys):
        raise SuiteError(f"allow_keys: expected a list of NAME@HOST, got a {type(allow_keys).__name__}")
    check_allowed(allow_keys)  # raises for a text that is not NAME@HOST
    trusted = None if suite is None else read_suite(suite)
    with open_request(
        folder, trusted=trusted, sample=sample, plugins=plugins, allow_keys=allow_keys, jobs=jobs,
        listener=listener,
    ) as request:  # fmt: skip
        return _verify_run(request)


def _check_paths(folder: object, suite: object, plugins: object) -> None:
    """Raise SuiteError for an argument that should be a path, or several, and is not."""
    if not isinstance(folder, str | Path):
        raise SuiteError(f"folder: expected a path, got {value_text(folder)}")
    if not (suite is None or isinstance(suite, str | Path)):
        raise SuiteError(
            f"suite: expected a TOML file or the name of a bundled suite, got {value_text(suite)}"
        )
    check_plugins(plugins)


def _verify_run(request: VerificationRequest) -> Verification:
    """Return the verification of a run: of its files, then of its scores if its suite can be planned here.

    If run.json is damaged, only the faults are known. If the suite cannot be planned, all cells are
    unverifiable, with the reason.
    """
    results, faults = inspect_run(request.folder)
    if results is None:
        return Verification(faults=faults)
    verification = Verification(
        faults=faults,
        foreign=list_unverified_paths(request.folder),
        unlisted=tuple(f"{RECORDS}/{path.name}" for path in find_unlisted(request.folder, results.plan)),
        failed=sum(record.status not in FINAL for record in results.records.values()),
    )
    try:
        reference = find_suite(request, results.plan)
        obstacles = tuple(obstacle.reason for obstacle in reference.obstacles)
        verification = replace(verification, obstacles=obstacles, overrides=reference.overrides)
        return _verify_scores(request, reference, results, verification)
    except (SuiteError, PluginError, DataError) as error:
        stored = [make_unverifiable(cell, str(error)) for cell in results.plan.cells]
        obstacles = (*verification.obstacles, str(error))
        return replace(verification, obstacles=obstacles, stored=_sort_verdicts(stored))


def _verify_scores(
    request: VerificationRequest, reference: ReferenceSuite, results: Results, verification: Verification
) -> Verification:
    """Return a verification with verdicts, rerun trials and differences of the board added.

    Cells that differ from the suite's are judged from the plan alone, all others by recomputation. Trials are
    scored from stored samples first, with the datasets and fits of the store; those that `sample` chooses are
    then rerun from their seeds with an empty store. Trials whose generator costs money or runs a program are
    not rerun: they are left alone. Trials whose samples come from the store here, since the run's folder
    lacks them, have borrowed samples.

    reference     the suite with which the run is compared
    verification  has the faults of the run's files
    """
    with plan_here(request, reference.order) as recomputation:
        # as a run here would write it into run.json, without secrets
        provenance = redact(describe(recomputation.ready, recomputation.order, request.store))
        files = find_file_differences(results.plan, provenance)
        # verdicts on the cells that differ from those of the suite
        planned = plan_verdicts(results.plan, recomputation.ready.cells, reference, files)
        has_other_plan = any(verdict.outcome == "different" for verdict in planned)
        judged = {verdict.cell.position for verdict in planned}
        cells = [cell for cell in results.plan.cells if cell.position not in judged]
        records = [results.records[cell.key] for cell in cells if cell.key in results.records]
        claims = match_claims(records, recomputation.ready.trials)  # a claim: the records of one trial
        rerunnable = [claim for claim in claims if not is_never_called(claim.trial.generator)]
        names = _choose_trials([claim.trial for claim in rerunnable], request.sample)
        without_kept = [  # trials whose samples are not in the run's folder
            c.trial for c in claims if c.samples and not find_kept_samples(request.folder, c.trial, c.samples)
        ]
        stored = recomputation.rescore(claims, names) + recomputation.judge_comparisons(claims, records)
    # after the block, since the reruns have a workplace and a plan of their own
    remade = recomputation.rerun(records, names)
    return replace(
        verification,
        stored=_sort_verdicts([*planned, *_judge_missing(cells, results, verification.faults), *stored]),
        remade=_sort_verdicts(remade),
        trials=tuple(names),
        left_alone=_name_trials(c.trial for c in claims if c not in rerunnable) if request.sample else (),
        borrowed=_name_trials(trial for trial in without_kept if _was_recomputed(trial, stored)),
        board=(
            *([reference.title] if reference.title else []),  # how the title differs, if it does
            # where cells differ, their verdicts show the other n or seeds already
            *([] if has_other_plan else find_plan_differences(results.plan, provenance, reference)),
            *find_component_differences(results.plan, provenance, reference),
            *rank_differences(results.plan, results.records, _select_confirmed([*remade, *stored])),
        ),
    )


def _choose_trials(trials: Sequence[Trial], n: int) -> list[str]:
    """Return the names of n of the trials, or of all if there are fewer, sorted."""
    # Not from a seed: the author of a folder must not foresee which trials are rerun.
    chosen = random.SystemRandom().sample(trials, min(n, len(trials)))
    return sorted(trial.name for trial in chosen)


def _select_confirmed(verdicts: Iterable[Verdict]) -> dict[str, Record]:
    """Return the recomputed records that confirm a recorded one, by the key of the recorded one's cell.

    If a cell has two verdicts, the later one counts.
    """
    confirmed = [verdict for verdict in verdicts if verdict.outcome in _CONFIRMED]
    return {verdict.cell.key: verdict.recomputed for verdict in confirmed if verdict.recomputed is not None}


def _name_trials(trials: Iterable[Trial]) -> tuple[str, ...]:
    """Return the names of trials, sorted."""
    return tuple(sorted(trial.name for trial in trials))


def _was_recomputed(trial: Trial, verdicts: Iterable[Verdict]) -> bool:
    """Return whether one of a trial's records was compared with a recomputed one, with any outcome."""
    positions = {cell.position for cell in trial.cells}
    return any(each.recomputed is not None and each.cell.position in positions for each in verdicts)


def _judge_missing(cells: Sequence[Cell], results: Results, faults: Sequence[FileFault]) -> list[Verdict]:
    """Return "unverifiable" for each cell without an intact record: it is damaged or missing.

    faults  of the run's files, which name damaged records
    """
    damaged = {fault.file for fault in faults}
    verdicts = []
    for cell in cells:
        if cell.key not in results.records:
            is_damaged = f"{RECORDS}/{cell.key}.json" in damaged
            verdicts.append(make_unverifiable(cell, "its record is damaged" if is_damaged else NO_RECORD))
    return verdicts


def _sort_verdicts(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return verdicts sorted by the position of their cells on the board."""
    return tuple(sorted(verdicts, key=lambda verdict: verdict.cell.position))
