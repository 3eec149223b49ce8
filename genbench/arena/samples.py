"""The samples of a run that raters compare: from its folder, from the store, or drawn again."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genbench.arena.pairs import DIGITS, Rival
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, Invalid, SuiteError
from genbench.core.names import suggest_names
from genbench.core.samples import concat, content_hash, digests
from genbench.files.sample_files import read_samples
from genbench.jobs.engine.runner import run_trials
from genbench.report.page.samples.real_samples import load_real_samples
from genbench.results.found_galleries import list_draws, read_whole_samples
from genbench.store.cache import read_artefact
from genbench.trial.trial import RunTrial
from genbench.verification.recompute import NEVER_CALLED, is_never_called, plan_here, results_folder
from genbench.verification.reference import find_suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.records import Plan
    from genbench.results.results import Results
    from genbench.store.store import Store
    from genbench.trial.plan import Trial
    from genbench.verification.reference import VerificationRequest

__all__ = ["ArenaSamples", "ArenaTrial", "arena_samples", "check_unmerged", "real_trial", "take_samples"]

_SEVERAL_DRAWS = "its scores are of several draws of samples"
_NO_SAMPLES = "it has no samples: see the reasons of its scores"


class _TrialId(NamedTuple):
    """A generator and a seed, which identify a trial on the chosen dataset."""

    generator: str
    seed: int


@dataclass(frozen=True, kw_only=True, eq=False)
class ArenaTrial:
    """All samples of a generator at a seed.

    control  its role as a control, such as "floor", which boards do not rank; None for a competitor
    digests  the first DIGITS hex digits of the SHA-256 of each sample, by which files of votes name it; ""
             where n counts valid samples and it is not among the first n, so raters do not see it
    """

    generator: str
    control: str | None
    seed: int
    samples: Samples
    digests: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ArenaSamples:
    """The samples of all generators on a dataset.

    left_out  a line for each generator and seed without samples
    """

    dataset: str
    modality: Modality
    trials: tuple[ArenaTrial, ...]
    left_out: tuple[str, ...] = ()

    @property
    def rivals(self) -> list[Rival]:
        """The generators whose samples raters compare, each with the digests of its samples by seed.

        Controls, such as real data, are among them: raters should judge them as expected.
        """
        controls = {trial.generator: trial.control for trial in self.trials}
        digests_by_seed: dict[str, dict[int, tuple[str, ...]]] = {name: {} for name in controls}
        for trial in self.trials:
            digests_by_seed[trial.generator][trial.seed] = tuple(filter(None, trial.digests))
        return [Rival(name=name, control=controls[name], samples=digests_by_seed[name]) for name in controls]

    def hash_draw(self, generator: str) -> str:
        """Return the hash of a generator's samples at all seeds.

        The record of a comparison, a metric over all seeds, names the samples by this hash.
        """
        by_seed = {trial.seed: trial.samples for trial in self.trials if trial.generator == generator}
        return digest([content_hash(by_seed[seed]) for seed in sorted(by_seed)])

    def with_trials(self, trials: Iterable[ArenaTrial]) -> ArenaSamples:
        """Return these samples together with the samples of more trials, such as `real_trial`.

        A run has no trial of real samples, with which raters may compare the others.
        """
        return replace(self, trials=(*self.trials, *trials))

    def locate_samples(self, wanted: Iterable[str]) -> dict[str, tuple[ArenaTrial, int]]:
        """Return where samples are: (trial, index of the sample in it) by digest.

        wanted  digests of samples; those that no trial has are left out

        If several trials have an equal sample, the first of these trials is returned.
        """
        wanted_digests = set(wanted)
        locations: dict[str, tuple[ArenaTrial, int]] = {}
        for trial in self.trials:
            for index, sample_digest in enumerate(trial.digests):
                if sample_digest in wanted_digests:
                    locations.setdefault(sample_digest, (trial, index))
        return locations


def arena_samples(
    request: VerificationRequest, results: Results, catalog: Catalog, dataset: str | None = None
) -> ArenaSamples:
    """Return the samples of a run's generators, controls too, on one dataset.

    request  names the run, and says how missing samples are drawn; they go to the store
    dataset  its name; None if the run has only one

    The samples come from the run's folder, else from the store, else they are drawn again. All are those that
    the run scored: their hashes are compared with its records. Raises SuiteError for an unknown dataset and
    for merged runs, and DataError, SuiteError or PluginError for missing samples that cannot be drawn again,
    or differ from the scored ones then.
    """
    check_unmerged(results)
    name = _choose_dataset(results.plan, dataset)
    hashes, controls, left_out = _list_hashes(results, name)
    # The store may contain many artefacts, so it is read once, and only if the run's folder lacks samples.
    list_keys = functools.cache(lambda: request.store.find("samples", "hash"))
    opened: dict[_TrialId, Samples] = {}
    for trial_id, expected_hash in hashes.items():  # an unknown hash, "", finds nothing
        samples = _find_samples(request, name, trial_id, expected_hash, list_keys) if expected_hash else None
        if samples is not None:
            opened[trial_id] = samples
    missing = {trial_id: sha256 for trial_id, sha256 in hashes.items() if trial_id not in opened}
    if missing:
        opened |= _draw_missing(request, results.plan, name, missing)
    if not opened:
        raise DataError(f"no generator has samples on {name}: {left_out[0] if left_out else _NO_SAMPLES}")
    modality = find_modality(list_modalities(catalog), next(iter(opened.values())).space.modality)
    # a field of the signature of each cell, where n counts valid samples
    n_valid = next(cell.signature.get("n_valid") for cell in results.plan.cells if cell.dataset == name)
    trials = (
        _make_trial(each, controls[each.generator], opened[each], modality, n_valid)
        for each in sorted(opened)
    )
    return ArenaSamples(dataset=name, modality=modality, trials=tuple(trials), left_out=tuple(left_out))


def take_samples(wanted_digests: Iterable[str], locations: Mapping[str, tuple[ArenaTrial, int]]) -> Samples:
    """Return the samples with these digests, in the order of the digests.

    locations  (trial, index of the sample in it) by digest, as `ArenaSamples.locate_samples` returns them
    """
    chosen = [locations[sample_digest] for sample_digest in wanted_digests]
    return concat([trial.samples.take(np.array([index], dtype=np.intp)) for trial, index in chosen])


def check_unmerged(results: Results) -> None:
    """Raise SuiteError if results are merged from several runs: a merge copies no samples."""
    if "merged" in results.plan.provenance:
        raise SuiteError(
            f"{results.source} merges runs, without their samples; name the folder of one of them"
        )


def real_trial(plan: Plan, samples: ArenaSamples, catalog: Catalog) -> ArenaTrial:
    """Return the real samples of the test split of a run's dataset, as a trial of a generator named "".

    No generator made them, so its name is "" and its seed 0. Real data are a ceiling control: a generator can
    at best equal them. Raises what `load_real_samples` does.
    """
    splits = load_real_samples(plan, samples.dataset, catalog, list_modalities(catalog))
    return _make_trial(_TrialId("", 0), "ceiling", splits["test"], samples.modality)


def _choose_dataset(plan: Plan, wanted: str | None) -> str:
    """Return the wanted dataset, or the only one; raise SuiteError if it is unknown or not stated."""
    names = sorted({cell.dataset for cell in plan.cells})
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None:
        raise SuiteError(f"the run has the datasets {', '.join(names)}; choose one with --dataset")
    if wanted not in names:
        raise SuiteError(f"--dataset: the run has no dataset {wanted!r}{suggest_names(wanted, names)}")
    return wanted


def _list_hashes(
    results: Results, dataset: str
) -> tuple[dict[_TrialId, str], dict[str, str | None], list[str]]:
    """Return which samples a run scored on a dataset: (hashes, controls, left_out).

    hashes    content hash of the samples of each generator at each seed; "", unknown, for a generator without
              scores of single seeds: the records of comparisons, which are over all seeds, do not name it
    controls  role of each generator as a control, None for a competitor
    left_out  a line for each generator and seed whose records name no samples, or those of several draws
    """
    cells = [cell for cell in results.plan.cells if cell.dataset == dataset]
    controls = {cell.generator: cell.control for cell in cells}
    scored = {_TrialId(cell.generator, cell.seed) for cell in cells if cell.seed is not None}
    seeds = [int(seed) for seed in results.plan.provenance.get("seeds", ())]
    unscored = set(controls) - {trial_id.generator for trial_id in scored}
    # one hash for each trial, or several if the trial drew other samples when it was repeated, as services do
    scored_hashes = list_draws(results.records.values())
    wanted = {_TrialId(generator, seed): "" for generator in unscored for seed in seeds}
    left_out = []
    for trial_id in sorted(scored):
        hashes = scored_hashes.get((dataset, *trial_id), ())
        if len(hashes) == 1:
            wanted[trial_id] = hashes[0]
        else:
            left_out.append(
                f"{trial_id.generator}, seed {trial_id.seed}: {_SEVERAL_DRAWS if hashes else _NO_SAMPLES}"
            )
    return wanted, controls, left_out


def _find_samples(
    request: VerificationRequest, dataset: str, trial_id: _TrialId, expected_hash: str,
    list_keys: Callable[[], Mapping[str, Mapping[str, object]]],
) -> Samples | None:  # fmt: skip
    """Return the samples with the expected hash from the run's folder, else from the store, else None.

    list_keys  returns the keys of the samples in the store by content hash; it is called only if it is needed
    """
    with contextlib.suppress(DataError):  # if they are damaged, the store may have them
        key = (dataset, *trial_id)
        samples = read_whole_samples(request.folder, key, expected_hash, most_bytes=float("inf"))
        if samples is not None:
            return samples
    store_key = list_keys().get(expected_hash)
    return None if store_key is None else read_artefact(request.store.get(store_key), read_samples)


def _draw_missing(
    request: VerificationRequest, plan: Plan, dataset: str, missing: Mapping[_TrialId, str]
) -> dict[_TrialId, Samples]:
    """Return the missing samples, drawn again from their seeds as a run does, or taken from the store.

    missing  the content hash of the samples of each generator and seed, "" if it is unknown

    It finds all trials before it runs the first one, so that an error costs no time. Raises DataError if
    samples cannot be drawn here or differ from the hash, and what `find_suite` and `plan_here` raise.
    """
    reference, store = find_suite(request, plan), request.store
    # the suite is planned again on this machine, to find the trials that draw these samples
    with plan_here(request, reference.order) as recomputation:
        planned = {
            _TrialId(trial.generator.name, trial.seed): trial
            for trial in recomputation.ready.trials
            if trial.dataset.part.name == dataset
        }
        reasons = [obstacle.reason for obstacle in reference.obstacles]  # why a trial may not be planned
        trials = {trial_id: _find_trial(planned, trial_id, reasons) for trial_id in missing}
        # samples of an unknown hash may be in the store by the key of their trial
        todo = [trial for trial in trials.values() if store.notes(trial.sample_key) is None]
        folder = results_folder(request, "drawn")
        due = [(trial, ()) for trial in todo]  # trials without tasks: they draw samples and compute nothing
        # {}: the folder has no records yet
        request.events.start(request.folder.name, list(trials.values()), due, {}, folder)
        jobs = [RunTrial(trial=trial, tasks=(), attempts={}, folder=folder, store=store) for trial in todo]
        run_trials(recomputation.workplace, jobs, request.jobs)
    return {each: _read_drawn(store, trials[each], each, missing[each]) for each in missing}


def _find_trial(planned: Mapping[_TrialId, Trial], trial_id: _TrialId, reasons: Sequence[str]) -> Trial:
    """Return the planned trial that draws the samples of a generator and seed.

    reasons  why entries of the suite cannot be used here, for the message

    Raises DataError if there is no such trial, or if drawing samples again costs money or runs a program.
    """
    who = f"the samples of {trial_id.generator}, seed {trial_id.seed}, are not here"
    if trial_id not in planned:
        why = "; ".join(reasons) or "its suite has no such"
        raise DataError(f"{who}, and cannot be drawn again: {why}; run the suite with --keep-samples")
    if is_never_called(planned[trial_id].generator):
        why = NEVER_CALLED.replace("verify", "genbench arena")  # the text is that of `genbench verify`
        raise DataError(f"{who}, and are not drawn again: {why}; run the suite with --keep-samples")
    return planned[trial_id]


def _read_drawn(store: Store, trial: Trial, trial_id: _TrialId, expected_hash: str) -> Samples:
    """Return the samples that a trial has stored; raise DataError if they are missing or have another hash.

    expected_hash  their content hash; "": it is unknown, so any samples are right
    """
    samples = read_artefact(store.get(trial.sample_key), read_samples)
    who = f"{trial_id.generator}, seed {trial_id.seed}"
    if samples is None:
        raise DataError(f"the samples of {who} are not here, and drawing them again failed; genbench run on "
                        "its suite says why")  # fmt: skip
    if expected_hash and content_hash(samples) != expected_hash:
        raise DataError(
            f"the samples of {who}, drawn again, are not those that the run scored, as happens on another "
            "kind of CPU; take a run whose samples are here, or one with --keep-samples"
        )
    return samples


def _make_trial(
    trial_id: _TrialId, control: str | None, samples: Samples, modality: Modality, n_valid: int | None = None
) -> ArenaTrial:
    """Return the samples of a generator at a seed with their digests; raise DataError if they are invalid.

    control  the role of the generator as a control, None for a competitor
    n_valid  how many samples raters see, the first valid ones; None: all
    """
    try:
        admitted = modality.admit(samples)
        is_seen = np.ones(len(admitted), bool)
        if n_valid is not None:
            is_seen = modality.valid(admitted)
            is_seen[np.flatnonzero(is_seen)[n_valid:]] = False
    except Invalid as error:
        raise DataError(
            f"the samples of {trial_id.generator}, seed {trial_id.seed}, are invalid: {error}; repeat the run"
        ) from error
    return ArenaTrial(
        generator=trial_id.generator,
        control=control,
        seed=trial_id.seed,
        samples=admitted,
        # shortened, as in files of votes
        digests=tuple(
            sha256.hex()[:DIGITS] if seen else ""
            for sha256, seen in zip(digests(admitted), is_seen, strict=True)
        ),
    )
