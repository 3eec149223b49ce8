"""The samples of a run that raters compare: from its folder, from the store, or drawn again."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genbench.arena.pairs import DIGITS, Rival
from genbench.catalog.modalities import find_modality, modalities_of
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, Invalid, SuiteError
from genbench.core.names import nearest
from genbench.core.samples import concat, content_hash, digests
from genbench.files.sample_files import read_samples
from genbench.jobs.engine.runner import run_trials
from genbench.report.page.samples.real_samples import real_samples
from genbench.results.found_galleries import list_draws, whole_samples
from genbench.store.cache import read_artefact
from genbench.trial.trial import RunTrial
from genbench.verification.recompute import LEFT_ALONE, is_left_alone, plan_here, results_folder
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


class _Place(NamedTuple):
    """A generator at a seed."""

    generator: str
    seed: int


@dataclass(frozen=True, kw_only=True, eq=False)
class ArenaTrial:
    """All samples of a generator at a seed.

    control  its role as a control, None for a competitor
    digests  the first DIGITS hex digits of the digest of each sample
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
        """The generators, each with the digests of its samples by seed, among which raters compare."""
        controls = {trial.generator: trial.control for trial in self.trials}
        digests_by_seed: dict[str, dict[int, tuple[str, ...]]] = {name: {} for name in controls}
        for trial in self.trials:
            digests_by_seed[trial.generator][trial.seed] = trial.digests
        return [Rival(name=name, control=controls[name], samples=digests_by_seed[name]) for name in controls]

    def hash_draw(self, generator: str) -> str:
        """Return the hash of the samples of a generator at all seeds, as records of comparisons have it."""
        by_seed = {trial.seed: trial.samples for trial in self.trials if trial.generator == generator}
        return digest([content_hash(by_seed[seed]) for seed in sorted(by_seed)])

    def with_trials(self, trials: Iterable[ArenaTrial]) -> ArenaSamples:
        """Return the samples with those of more trials."""
        return replace(self, trials=(*self.trials, *trials))

    def places(self, wanted: Iterable[str]) -> dict[str, tuple[ArenaTrial, int]]:
        """Return (trial, number of the sample in it) for each wanted digest of a sample that a trial has.

        If several trials have an equal sample, the first one is returned.
        """
        names = set(wanted)
        places: dict[str, tuple[ArenaTrial, int]] = {}
        for trial in self.trials:
            for number, name in enumerate(trial.digests):
                if name in names:
                    places.setdefault(name, (trial, number))
        return places


def arena_samples(
    request: VerificationRequest, results: Results, catalog: Catalog, dataset: str | None = None
) -> ArenaSamples:
    """Return the samples of a run's generators, controls too, on one dataset.

    request  names the run, and says how missing samples are drawn; they go to the store
    dataset  its name; None if the run has only one

    All samples are those that the run scored: their content is compared with its records. Raises SuiteError
    for an unknown dataset and for merged runs, and DataError, SuiteError or PluginError if samples are not
    here and cannot be drawn again, or differ then.
    """
    check_unmerged(results)
    name = _choose_dataset(results.plan, dataset)
    draws, controls, left_out = _list_draws(results, name)
    stored = functools.cache(lambda: request.store.find("samples", "hash"))
    opened: dict[_Place, Samples] = {}
    for place, draw in draws.items():  # a draw without a known hash, "", cannot be looked up
        samples = _find_samples(request, name, place, draw, stored) if draw else None
        if samples is not None:
            opened[place] = samples
    missing = {place: draw for place, draw in draws.items() if place not in opened}
    if missing:
        opened |= _draw_missing(request, results.plan, name, missing)
    if not opened:
        raise DataError(f"no generator has samples on {name}: {left_out[0] if left_out else _NO_SAMPLES}")
    modality = find_modality(modalities_of(catalog), next(iter(opened.values())).space.modality)
    trials = (
        _make_trial(place, controls[place.generator], opened[place], modality) for place in sorted(opened)
    )
    return ArenaSamples(dataset=name, modality=modality, trials=tuple(trials), left_out=tuple(left_out))


def take_samples(names: Iterable[str], places: Mapping[str, tuple[ArenaTrial, int]]) -> Samples:
    """Return the samples with these digests, in their order.

    places  by digest, the trial that has the sample, and its number in it
    """
    chosen = [places[name] for name in names]
    return concat([trial.samples.take(np.array([number], dtype=np.intp)) for trial, number in chosen])


def check_unmerged(results: Results) -> None:
    """Raise SuiteError for merged runs, which have no samples, so nothing could score votes on them."""
    if "merged" in results.plan.provenance:
        raise SuiteError(
            f"{results.source} merges runs, without their samples; name the folder of one of them"
        )


def real_trial(plan: Plan, samples: ArenaSamples, catalog: Catalog) -> ArenaTrial:
    """Return the real samples of the test split of a run's dataset, as a trial of a generator named "".

    It has the role of a ceiling control. Raises what `real_samples` does.
    """
    splits = real_samples(plan, samples.dataset, catalog, modalities_of(catalog))
    return _make_trial(_Place("", 0), "ceiling", splits["test"], samples.modality)


def _choose_dataset(plan: Plan, wanted: str | None) -> str:
    """Return the wanted dataset, or the only one; raise SuiteError if it is unknown or not stated."""
    names = sorted({cell.dataset for cell in plan.cells})
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None:
        raise SuiteError(f"the run has the datasets {', '.join(names)}; choose one with --dataset")
    if wanted not in names:
        raise SuiteError(f"--dataset: the run has no dataset {wanted!r}{nearest(wanted, names)}")
    return wanted


def _list_draws(results: Results, dataset: str) -> tuple[dict[_Place, str], dict[str, str | None], list[str]]:
    """Return the draws of a run on a dataset: (hashes, controls, left_out).

    hashes    content hash of the samples of each generator at each seed; "" for a generator that has only
              comparisons, whose records do not name the samples of single seeds
    controls  role of each generator as a control, None for a competitor
    left_out  a line for each generator and seed whose records name no samples, or several draws
    """
    cells = [cell for cell in results.plan.cells if cell.dataset == dataset]
    controls = {cell.generator: cell.control for cell in cells}
    scored = {_Place(cell.generator, cell.seed) for cell in cells if cell.seed is not None}
    seeds = [int(seed) for seed in results.plan.provenance.get("seeds", ())]
    unscored = set(controls) - {place.generator for place in scored}
    draws = list_draws(results.records.values())
    wanted = {_Place(generator, seed): "" for generator in unscored for seed in seeds}
    left_out = []
    for place in sorted(scored):
        hashes = draws.get((dataset, *place), ())
        if len(hashes) == 1:
            wanted[place] = hashes[0]
        else:
            left_out.append(
                f"{place.generator}, seed {place.seed}: {_SEVERAL_DRAWS if hashes else _NO_SAMPLES}"
            )
    return wanted, controls, left_out


def _find_samples(
    request: VerificationRequest, dataset: str, place: _Place, draw: str,
    stored: Callable[[], Mapping[str, Mapping[str, object]]],
) -> Samples | None:  # fmt: skip
    """Return samples with the content hash `draw` from the run's folder, else from the store, or None.

    stored  returns the keys of the samples in the store by content hash; it is called only if it is needed
    """
    with contextlib.suppress(DataError):  # damaged ones may be in the store, or are drawn again
        samples = whole_samples(request.folder, (dataset, *place), draw, float("inf"))
        if samples is not None:
            return samples
    key = stored().get(draw)
    return None if key is None else read_artefact(request.store.get(key), read_samples)


def _draw_missing(
    request: VerificationRequest, plan: Plan, dataset: str, missing: Mapping[_Place, str]
) -> dict[_Place, Samples]:
    """Return the missing samples, drawn again from their seeds as a run does, or taken from the store.

    missing  their content hashes, or "", by generator and seed

    All trials are found before the first one runs, so that an error costs no time. Raises DataError if
    samples cannot be drawn here or differ from the hash, and what `find_suite` and `plan_here` raise.
    """
    reference, store = find_suite(request, plan), request.store
    with plan_here(request, reference.order) as recomputation:
        planned = {
            _Place(trial.generator.name, trial.seed): trial
            for trial in recomputation.ready.trials
            if trial.dataset.part.name == dataset
        }
        reasons = [obstacle.reason for obstacle in reference.obstacles]
        trials = {place: _find_trial(planned, place, reasons) for place in missing}
        todo = [trial for trial in trials.values() if store.notes(trial.sample_key) is None]
        folder = results_folder(request, "drawn")
        due = [(trial, ()) for trial in todo]  # trials without tasks: they draw samples and compute nothing
        request.events.start(request.folder.name, list(trials.values()), due, {}, folder)
        jobs = [RunTrial(trial=trial, tasks=(), attempts={}, folder=folder, store=store) for trial in todo]
        run_trials(recomputation.workplace, jobs, request.jobs)
    return {place: _read_drawn(store, trials[place], place, draw) for place, draw in missing.items()}


def _find_trial(planned: Mapping[_Place, Trial], place: _Place, reasons: Sequence[str]) -> Trial:
    """Return the planned trial that draws samples; raise DataError if none is, or if it may not be run.

    reasons  why entries of the suite cannot be used here, for the message
    """
    who = f"the samples of {place.generator}, seed {place.seed}, are not here"
    if place not in planned:
        raise DataError(f"{who}, and cannot be drawn again: {'; '.join(reasons) or 'its suite has no such'}")
    if is_left_alone(planned[place].generator):
        why = LEFT_ALONE.replace("verify", "genbench arena")  # verify has the same reason
        raise DataError(f"{who}, and are not drawn again: {why}; run the suite with --keep-samples")
    return planned[place]


def _read_drawn(store: Store, trial: Trial, place: _Place, draw: str) -> Samples:
    """Return the samples that a trial stored; raise DataError if they are missing or have another hash.

    draw  their content hash; "": it is not known, so any samples are right
    """
    samples = read_artefact(store.get(trial.sample_key), read_samples)
    who = f"{place.generator}, seed {place.seed}"
    if samples is None:
        raise DataError(f"the samples of {who} are not here, and drawing them again failed; genbench run on "
                        "its suite says why")  # fmt: skip
    if draw and content_hash(samples) != draw:
        raise DataError(
            f"the samples of {who}, drawn again, are not those that the run scored, as happens on another "
            "kind of CPU; take a run whose samples are here, or one with --keep-samples"
        )
    return samples


def _make_trial(place: _Place, control: str | None, samples: Samples, modality: Modality) -> ArenaTrial:
    """Return the samples of a generator at a seed with their digests; raise DataError if they are invalid."""
    try:
        admitted = modality.admit(samples)
    except Invalid as error:
        raise DataError(
            f"the samples of {place.generator}, seed {place.seed}, are invalid: {error}"
        ) from error
    return ArenaTrial(
        generator=place.generator,
        control=control,
        seed=place.seed,
        samples=admitted,
        digests=tuple(digest.hex()[:DIGITS] for digest in digests(admitted)),
    )
