"""The inputs of a trial's metrics: data, fitted models, samples and features, computed on first use.

The store caches each of them, so a stopped run resumes, and a metric that is added later reuses the samples.
Samples are drawn in numbered chunks, each with its own random stream. Since no chunk depends on another,
samples do not depend on the process that draws them.
"""

from __future__ import annotations

import functools
import math
import time
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from genbench.core import seeds
from genbench.core.canonical_json import digest
from genbench.core.errors import Invalid, Undefined
from genbench.core.samples import content_hash, digests
from genbench.core.splits import CUT_SIDES, SPLIT_OF, cut_by_hash
from genbench.files.sample_files import read_samples, write_samples
from genbench.results.records import Notice, read_notices
from genbench.results.sketches import Sketch
from genbench.store.cache import find_or_make, read_artefact, store_artefact
from genbench.store.keys import draw_key, options_text, split_id
from genbench.trial.calling import (
    SamplerProxy,
    call,
    compute_state_hash,
    gather,
    make_log,
    require_sampler,
    restore,
    wrap_save,
)
from genbench.trial.copies import count_trial_copies
from genbench.trial.datasets import load_data, open_split
from genbench.trial.drawing import Drawing, find_valid, read_count
from genbench.trial.failures import LostWork, blame
from genbench.trial.features import Features
from genbench.trial.global_state import UniqueNotices, ignore_notice, isolate_component, pass_undeclared_only
from genbench.trial.hashed_files import check_after_write, renew_identities
from genbench.trial.inputs import Inputs, provide_splits
from genbench.trial.reading.finished_outputs import OutputOpener

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from genbench.contract.specs import ExtractorSpec
    from genbench.core.extracted import Extracted, ValidCount
    from genbench.core.samples import Samples
    from genbench.results.copies import Copies
    from genbench.store.store import Store
    from genbench.suite.components import Part
    from genbench.trial.plan import Trial

    Report = Callable[..., None]

__all__ = ["History", "TrialContext"]

_SAME_CHUNKS = (
    "gave the same samples in two chunks of one trial: a generator that chooses from finished samples "
    "declares chunk = None"
)


class History(list[dict[str, Any]]):
    """The steps of a training: {"step", "total", and logged values}; a value that is not finite is None.

    report(**event) receives each step.
    """

    def __init__(self, report: Callable[..., None]) -> None:
        """Start without steps; `report(**event)` is called with each step that is logged."""
        super().__init__()
        self._report = report

    def log(self, step: int, total: int, **values: float) -> None:
        """Append a step to the history and report it; components receive this method as `log`."""
        plain = {name: float(value) for name, value in values.items()}
        # the log becomes JSON, which has no NaN; the reported values are only displayed
        finite = {name: value if math.isfinite(value) else None for name, value in plain.items()}
        self.append({"step": int(step), "total": int(total)} | finite)
        self._report(step=int(step), total=int(total), values=plain)


class TrialContext(Inputs):
    """The inputs of one trial's metrics.

    report(**event)  receives stages and the progress of training
    lost             work that is not tried again, as in Features
    notices          notices of the generator's side effects
    metric_notices   notices of one task's extractors and metric
    valid            of one task, by side: how many samples have features, if some have none
    takes_draws      of one task: whether its fakes are all draws, valid or not

    The computation of a task fills `metric_notices` and `valid`; the trial's job empties both before each,
    and sets `takes_draws`.

    Errors of a component become a BlameError that names it. Raises Undefined for inputs that the data lack.
    """

    def __init__(
        self, trial: Trial, store: Store, report: Report, lost: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:  # fmt: skip
        """Prepare the inputs; each is computed when it is first asked for.

        report  is called with events: the stages, and the progress of training
        lost    work during which a process died, which is not tried again, as (status, reason) by its name
        """
        self.trial = trial
        self.store = store
        self.report = report
        self.notices = UniqueNotices()  # of side effects of the generator
        self.metric_notices = UniqueNotices()  # notices of one task's extractors and metric
        self.valid: dict[str, ValidCount] = {}  # the computation of a task fills it, see the class
        self.takes_draws = False  # the job sets it, see the class
        self.history = History(report)
        self.seconds: dict[str, float] = {}  # by stage
        self.parameters: int | None = None  # the number of the sampler's parameters, if it tells it
        self.samples_hash = self.sketch = ""  # set with `draws`
        # of the draws, how many there are and are valid, and the positions of these, where n counts them
        self.drawn, self._valid = (0, 0), np.arange(0)
        self._selection_hash = ""  # set with `samples`
        # how many of the samples equal real ones, by split, set by `count_copies`
        self.copies: dict[str, Copies] = {}
        # A probe is the hash of a few samples: by it, two samplers are compared.
        self._stored_probe = ""  # of the sampler that drew the stored samples
        self._new_probes: tuple[str, str] | None = None  # two probes of a sampler that this trial fitted
        # The hash of the sampler that a metric got last; `_renew_sampler` says what None and "" mean.
        self._given_state: str | None = None
        # returns a whole split by its name; cached, since several metrics take the same split
        self._read_whole = functools.cache(functools.partial(open_split, store, trial.dataset))
        self._lost_work = LostWork(report, lost)
        self._features = Features(
            store, trial.settings, data_hash=trial.dataset.hash, find_split=self._read_whole, report=report,
            lost=lost, note=self.metric_notices.note,
        )  # fmt: skip

    @functools.cached_property
    def draws(self) -> Samples:
        """All samples that the trial drew; where n counts valid ones, the first access counts these."""
        draws = self._read_draws()
        if self.trial.counts_valid:
            self._valid = np.flatnonzero(find_valid(self.trial, draws))
            self.drawn = len(draws), len(self._valid)
        return draws

    def _read_draws(self) -> Samples:
        """Return all samples of the trial, from the store, or drawn in numbered chunks and checked.

        This also sets their hash, the probe of their sampler, and their sketch: digests of some samples,
        which show how many samples two draws share.
        """
        key = self.trial.sample_key
        fakes, notes = find_or_make(self.store, key, read_samples, self._draw_with_notes, self.report)
        self._adopt_notes(notes)
        self.samples_hash = notes["hash"]
        self.sketch = notes.get("sketch") or str(Sketch.of(fakes))  # older artefacts lack sketch and probe
        self._stored_probe = notes.get("probe", "")
        return fakes

    def count_copies(self) -> None:
        """Set `copies` if metrics see samples; raise BlameError for an error of the modality."""
        _ = self.draws
        if len(self._valid) or not self.trial.counts_valid:
            args = self.trial.dataset, self.store, self._open_split, self.report
            self.copies = count_trial_copies(self.samples, *args)

    @functools.cached_property
    def samples(self) -> Samples:
        """The trial's fakes: all draws, or the first n valid ones where n counts valid samples.

        There are fewer if too few draws are valid. Raises Undefined if none is.
        """
        samples = self.draws
        if self.trial.counts_valid:
            if not len(self._valid):
                name = self.trial.generator.name
                raise Undefined(f"none of the {len(samples):,} samples that {name} drew is valid")
            samples = samples.take(self._valid[: self.trial.n])
        self._selection_hash = content_hash(samples) if self.trial.counts_valid else self.samples_hash
        return samples

    @functools.cached_property
    def sampler(self) -> Any:
        """The fitted generator, from the store or fitted now.

        A generator that is fitted twice may give two different samplers. If another sampler drew the trial's
        samples, the probes of both, the hashes of a few samples, are compared; a notice tells if they differ.
        """
        sampler = self._load_or_fit()
        if self._stored_probe:  # else the trial's samples have not been read, or this sampler will draw them
            self.begin_stage("sample")
            probe, _ = self._make_drawing(sampler).draw_probes()
            if probe not in ("", self._stored_probe):  # "" if it could not be drawn
                self.note_other_samples()
        return sampler

    def _load_or_fit(self) -> Any:
        """Return the sampler from the store; else fit the generator, and store a sampler that has `save`.

        A sampler is stored and loaded only if the generator's spec has `load`.
        """
        # First, since the generator's code could keep the modules of the modality from being imported.
        with blame(self.trial.dataset.modality.component):
            self.trial.dataset.modality.load()
        restored = self._load_sampler()
        return self._fit() if restored is None else restored

    def _fit(self) -> Any:
        """Fit the generator and return the sampler; store it if it has `save` and the spec has `load`."""
        trial, part = self.trial, self.trial.generator
        self.begin_stage("fit")
        self.history.clear()  # samples from the store bring the history of the fit that they come from
        start = time.perf_counter()
        rng = seeds.stream(trial.seed, "train", part.component.name, options_text(part), trial.dataset.hash)
        inputs = gather(part, self._make_providers())
        isolate = functools.partial(self._isolate, self.notices.note)
        with isolate():
            given = {"rng": rng, "device": trial.settings.device, "log": self.history.log}
            sampler = call(part, inputs, given)
            require_sampler(sampler)
            self.parameters = read_count(getattr(sampler, "parameters", None))
            save = getattr(sampler, "save", None)  # in the block, since a property is code of the component
        self.seconds["fit"] = time.perf_counter() - start
        if part.spec.load is not None and save is not None:
            write = check_after_write(self._check_reload(sampler, wrap_save(save, isolate)), part)
            # The notes are made after the write, which may add notices.
            store_artefact(self.store, trial.fit_key, write, self._make_notes, self.report)
        return sampler

    def _load_sampler(self) -> Any | None:
        """Return the sampler from the store, or None if it is not there or is evicted during the read.

        The artefact is the stored files of the sampler, with notes. A generator without `load` has none.
        """
        artefact = self.store.get(self.trial.fit_key) if self.trial.generator.spec.load is not None else None
        # The artefact has the notices of its first load, so those of this load are duplicates.
        restored = read_artefact(artefact, lambda folder: self._restore(folder, ignore_notice))
        if artefact is not None and restored is not None:
            self._adopt_notes(artefact.notes)
        return restored

    def split(self, side: str) -> Samples:
        """Return the samples of the split for a metric's input `real`, `train` or `held_out`.

        `real` and `held_out` are cut to n_real. Raises Undefined if there are too few, or no such split.
        """
        name, n = SPLIT_OF[side], self._find_cut(side)
        samples = self._open_split(name)
        if n is None:
            return samples
        if len(samples) < n:
            raise Undefined(
                f"n_real asks for {n} samples and the {name} split holds {len(samples)}; lower n_real"
            )
        return cut_by_hash(samples, n)

    def side(self, name: str) -> Samples:
        """Return the samples of `fake`, `real`, `train` or `held_out`."""
        if name == "fake":
            return self.draws if self.takes_draws else self.samples
        return self.split(name)

    def features(self, extractor: Part[ExtractorSpec], side: str) -> Extracted:
        """Return the features of the fakes or of a split, by output: (n, d) float32, read-only.

        `keep` lets the store cache them.
        """
        samples = functools.partial(self.side, side)
        extracted = self._features.get_features(extractor, self._identify_samples(side), samples, keep=True)
        self._note_extraction_seconds()
        return extracted

    def extract(self, extractor: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor as a function that checks its output.

        The seconds of the fit are counted as extraction; those of later calls belong to the metric's own.
        """
        function = self._features.get_extract_function(extractor)
        self._note_extraction_seconds()
        return function

    def feature_hashes(self, extractor: Part[ExtractorSpec]) -> tuple[str, str]:
        """Return (hash of the fakes' stored features, hash that tells the extractor's fit from other fits).

        Each is "" if there is none yet.
        """
        return self._features.stored_hash(extractor, self._selection_hash), self._features.fit_hash(extractor)

    def other_input(self, name: str) -> Any:
        """Return the `sampler`, its `history`, or the dataset's `truth`.

        The sampler is in a proxy, which raises an error that names the generator for a missing attribute.
        """
        if name == "sampler":
            sampler = SamplerProxy(self._renew_sampler(), self.trial.generator.component.reference)
            self.report(stage="score")  # fitting or loading the generator changed the stage
            return sampler
        # copies of the steps, since metrics may change what they are given
        return tuple(map(dict, self.history)) if name == "history" else self.truth()

    def _renew_sampler(self) -> Any:
        """Return a sampler that no metric has changed, since metrics may change what they are given.

        The first metric gets `sampler`, and each later one a sampler that is loaded again from the store. One
        that the store lacks is fitted again, unless its hash shows that no metric changed it.
        """
        # `_given_state` is the hash of the last metric's sampler: None before the first metric, "" if the
        # store had the sampler, or if it cannot be pickled.
        sampler = self.sampler if self._given_state is None else self._load_sampler()
        if sampler is None:
            is_unchanged = self._given_state and self._given_state == self._hash_state()
            sampler = self.sampler if is_unchanged else self._load_or_fit()
        self.sampler = sampler
        # "": the store has it, so the next metric gets one that is loaded again, without a comparison.
        self._given_state = "" if self.store.get(self.trial.fit_key) else self._hash_state()
        return sampler

    def _hash_state(self) -> str:
        """Return a hash that shows whether the sampler has changed, "" if it cannot be pickled."""
        with self._isolate(ignore_notice):
            return compute_state_hash(self.sampler)

    def truth(self) -> Any:
        """Return the dataset's exact sampler, or None.

        The dataset is loaded again, since the store has only its samples. Raises BlameError if its files have
        changed since the run was planned.
        """
        part = renew_identities(self.trial.dataset.part)
        with blame(part.component):
            return load_data(part, [self.trial.dataset.modality]).truth

    def find_earlier_draws(self) -> frozenset[str]:
        """Return the hash of the samples that this trial drew first, in any run, as a set of one.

        The set is empty if the store does not hold that hash. The caller adds the hashes in earlier records,
        and compares all of them with the hash of the samples, to notice a draw that was not reproduced.
        """
        notes = self.store.notes(draw_key(self.trial.sample_key))
        return frozenset() if notes is None else frozenset({notes["hash"]})

    def remember_draw(self) -> None:
        """Store the hash of the samples; if the store has one from an earlier draw, update its last use.

        Called at the end of a trial: eviction, which begins with the least recently used artefacts, then
        removes the samples and their features first.
        """
        key = draw_key(self.trial.sample_key)
        if self.store.get(key) is None:  # `get` updates the last use
            # the artefact has notes but no files, so the function that writes its files does nothing
            store_artefact(self.store, key, lambda _: None, lambda: {"hash": self.samples_hash}, self.report)

    def note_other_samples(self) -> None:
        """Add a notice that the generator, with the same settings and seed, gave other samples."""
        self.notices.note(Notice.of_other_samples("generator", self.trial.generator.component.reference))

    def _restore(self, folder: Path, note: Callable[[Notice], object]) -> Any:
        """Return the sampler that the generator's `load` reads from a folder; `note` receives its notices."""
        with self._isolate(note, folder):
            return restore(self.trial.generator.spec.load, folder, self.trial.settings.device)

    def begin_stage(self, stage: Literal["fit", "sample"]) -> None:
        """Report that fitting or sampling begins; raise NotRetriedError if a process died in it before."""
        key = self.trial.fit_key if stage == "fit" else self.trial.sample_key
        self._lost_work.begin(stage, self.trial.generator.component, digest(dict(key)))

    def _draw_with_notes(self) -> tuple[Samples, Mapping[str, Any], Callable[[Path], None]]:
        """Draw the samples; return (samples, notes to store with them, function that writes them).

        The notes hold a probe, the hash of a few samples, by which a later sampler is compared. The function
        raises BlameError if the generator's files have changed meanwhile.
        """
        fakes = self._draw()
        write = check_after_write(functools.partial(write_samples, samples=fakes), self.trial.generator)
        probe = self._new_probes[0] if self._new_probes else ""
        items = digests(fakes)
        hashed, sketch = content_hash(fakes, items=items), str(Sketch.of(fakes, items))
        return fakes, self._make_notes() | {"hash": hashed, "sketch": sketch, "probe": probe}, write

    def _draw(self) -> Samples:
        """Return new samples; add a notice if a repeated draw gives others, or if chunks share samples.

        Two probes show whether draws repeat: hashes of a few samples, drawn twice with one random stream.
        """
        sampler = self.sampler
        self.begin_stage("sample")
        drawing = self._make_drawing(sampler)
        start = time.perf_counter()
        samples = drawing.draw_samples()
        self.seconds["sample"] = time.perf_counter() - start
        # A sampler that was saved has its probes already, see `_check_reload`.
        self._new_probes = self._new_probes or drawing.draw_probes()
        if self._new_probes[0] != self._new_probes[1]:
            self.note_other_samples()
        if drawing.repeats_chunks(samples):
            component = self.trial.generator.component.reference
            self.notices.note(Notice(kind="generator", component=component, text=_SAME_CHUNKS))
        return samples

    def _check_reload(self, sampler: Any, write: Callable[[Path], None]) -> Callable[[Path], None]:
        """Return a function that saves a sampler and checks that the loaded one draws the same samples.

        Nothing is compared if two draws of the saved one differ, fail, or would cost money. If the loaded one
        draws other samples, the function raises BlameError.
        """

        def write_and_load(folder: Path) -> None:
            """Save the sampler to `folder`, load it from there, and compare what both draw."""
            write(folder)
            self.begin_stage("sample")
            # `_draw` reads these probes instead of drawing them again, since a draw may be slow.
            first, second = self._new_probes = self._make_drawing(sampler).draw_probes()
            # Load it even if nothing can be compared: later loads discard their notices, so those of files
            # and programs in no key are taken from this one.
            restored = self._restore(folder, pass_undeclared_only(self.notices.note))
            if not first or first != second:  # no draw that a loaded sampler would have to repeat
                return
            if self._make_drawing(restored).draw_probe() != first:
                with blame(self.trial.generator.component):
                    raise Invalid("the sampler that load returns draws other samples than the one that was "
                                  "saved; save all that sample needs")  # fmt: skip

        return write_and_load

    def _make_drawing(self, sampler: Any) -> Drawing:
        """Return the object by which a sampler draws the trial's samples, in numbered chunks."""
        return Drawing(trial=self.trial, sampler=sampler, note=self.notices.note, log=make_log(self.report))

    def _isolate(self, note: Callable[[Notice], object], *files: Path) -> AbstractContextManager[None]:
        """Return a context for code of the generator: it seeds global random streams, and restores all state.

        note   receives notices of side effects
        files  folders of saved samplers, which the generator may read
        """
        trial, part = self.trial, self.trial.generator
        key = ("train", part.component.name, options_text(part), trial.dataset.hash)
        return isolate_component(part, seeds.sequence(trial.seed, "global", *key), note, *files)

    def _make_notes(self) -> dict[str, Any]:
        """Return the notes of the stored sampler or samples, which `_adopt_notes` reads in a later run.

        They are history, parameters, notices, and seconds by stage so far.
        """
        notes = {"history": self.history, "parameters": self.parameters, "notices": self.notices.to_json()}
        return notes | {"seconds": dict(self.seconds)}

    def _make_providers(self) -> dict[str, Callable[[], Any]]:
        """Return a function for each input that the `make` of a generator can take.

        The input `open_outputs` opens files of finished samples, whose paths are options of the generator.
        """
        splits = {name: functools.partial(self._open_split, name) for name in ("train", "held_out")}
        trial, dataset = self.trial, self.trial.dataset
        opener = OutputOpener(
            trial.generator, trial.readers, dataset.modality, dataset.space, self.notices.note
        )
        return provide_splits(splits) | {"modality": lambda: dataset.modality, "open_outputs": lambda: opener}

    def _open_split(self, name: str) -> Samples:
        """Return a whole split of the dataset; raise Undefined if there is none of that name."""
        samples = self._read_whole(name)
        if samples is None:
            raise Undefined(f"the dataset has no {name} split; choose one that has")
        return samples

    def _identify_samples(self, side: str) -> str:
        """Return an id of a side's content, for fakes their hash, since a second draw may differ."""
        if side == "fake":
            _ = self.samples  # reads or draws the samples, which sets their hash
            return self._selection_hash
        return split_id(self.trial.dataset.hash, SPLIT_OF[side], self._find_cut(side))

    def _note_extraction_seconds(self) -> None:
        """Set the seconds spent on features so far; a trial without features has no such entry."""
        if self._features.seconds:
            self.seconds["extract"] = self._features.seconds

    def _find_cut(self, side: str) -> int | None:
        """Return the number of samples to which a side is cut, None for no cut, as of training data."""
        return self.trial.n_real if side in CUT_SIDES else None

    def _adopt_notes(self, notes: Mapping[str, Any]) -> None:
        """Take history, parameters, notices and seconds from the notes of a stored sampler or its samples."""
        self.history[:] = notes["history"]
        self.seconds = dict(notes["seconds"]) | self.seconds  # this run's own seconds replace earlier ones
        self.parameters = notes["parameters"]
        for notice in read_notices(notes.get("notices", ())):
            self.notices.note(notice)
