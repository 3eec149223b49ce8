"""Comparisons: trials of scope "board", where a metric takes the samples of all generators on a dataset."""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from genbench.core.canonical_json import digest
from genbench.core.errors import Absent, Invalid, Undefined
from genbench.core.extracted import Extracted
from genbench.core.samples import concat
from genbench.results.copies import add_copies
from genbench.results.extras import read_vote_extra
from genbench.results.found_galleries import name_pairs_gallery
from genbench.results.galleries import MOST_SHOWN, OF_REAL_DATA, keep_gallery, make_gallery, share_run_bytes
from genbench.results.records import write_record
from genbench.store.keys import comparison_key, comparison_signature
from genbench.suite.components import merge_seeds
from genbench.trial.computation import compare
from genbench.trial.context import TrialContext
from genbench.trial.failures import BlameError
from genbench.trial.hashed_files import check_files_after, renew_identities
from genbench.trial.inputs import Inputs
from genbench.trial.plan import Trial, check_keys, is_planned, plan_task
from genbench.trial.trial import RunTrial, with_failure, with_score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from genbench.contract.specs import ExtractorSpec, Spec
    from genbench.core.extracted import ValidCount
    from genbench.core.samples import Samples
    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.suite.components import Group, Part, Resolved
    from genbench.trial.datasets import Prepared

    Report = Callable[..., None]

__all__ = ["BoardTrial", "Pooled", "RunComparison", "plan_comparison", "plan_comparisons"]


@dataclass(frozen=True, kw_only=True)
class BoardTrial(Trial):
    """A trial of all generators on a dataset at all seeds, with one task, whose metric has the scope "board".

    A Trial has one generator and one seed. Here they are those of the first trial, and decide nothing.

    trials  the trials of each generator, without their own tasks; names sorted, seeds ascending
    """

    trials: Mapping[str, tuple[Trial, ...]]

    @property
    def name(self) -> str:
        """The comparison's name in progress and messages."""
        return f"{self.dataset.part.name} {', '.join(name for name, _ in self.tasks[0].group.outputs)}"

    def with_parts(self, change: Callable[[Part[Any]], Part[Any]]) -> Self:  # noqa: ARG002 - the signature of Trial
        """Return the comparison as it is: `change` is for generators, and a comparison calls none.

        It reads their samples from the store.
        """
        return self


def plan_comparisons(
    resolved: Resolved, datasets: Sequence[Prepared], trials: Sequence[Trial]
) -> tuple[BoardTrial, ...]:
    """Return a comparison for each dataset with trials and each metric of scope "board" that works on it.

    trials  all trials of the suite, of all datasets

    Raises SuiteError if two entries of the suite give the same number.
    """
    comparisons = []
    groups = [group for group in resolved.groups if group.metric.spec.is_comparison]
    for dataset in datasets:
        dataset_trials = [trial for trial in trials if trial.dataset.part.name == dataset.part.name]
        planned = [group for group in groups if dataset_trials and is_planned(group, dataset, datasets)]
        comparisons += [plan_comparison(group, dataset_trials) for group in planned]
    # two cells of one key are one number: raises SuiteError
    check_keys(cell for comparison in comparisons for cell in comparison.cells)
    return tuple(comparisons)


def plan_comparison(group: Group, trials: Sequence[Trial]) -> BoardTrial:
    """Return the comparison of the generators of `trials`, all on one dataset, by the metric of `group`.

    Cell keys contain the sample keys of all trials, so one more generator or seed gives other cells.
    """
    by_generator: dict[str, tuple[Trial, ...]] = {}  # without the tasks of single trials
    for trial in sorted(trials, key=lambda trial: (trial.generator.name, trial.seed)):
        name = trial.generator.name
        by_generator[name] = (*by_generator.get(name, ()), replace(trial, tasks=()))
    firsts = [by_seed[0] for by_seed in by_generator.values()]  # a cell for each generator, not for each seed
    first = firsts[0]  # n, n_real and the dataset are those of all trials
    fakes = {name: [trial.sample_key for trial in by_seed] for name, by_seed in by_generator.items()}
    generators = [
        merge_seeds({trial.seed: trial.generator for trial in by_seed}) for by_seed in by_generator.values()
    ]
    seeds = {trial.seed for trial in trials}

    def make_key(trial: Trial, output: str, extractor: Mapping[str, Any] | None) -> str:
        """Return the key of the cell of a trial's generator: a hash of all that decides its number.

        extractor  the key of the features' extractor, None without one; its code and version are in it
        """
        return comparison_key(
            group, output, trial.generator.name, fakes=fakes, n_real=first.n_real,
            data_hash=first.dataset.hash, dataset=first.dataset.key, extractor=extractor,
        )  # fmt: skip

    def make_signature(output: str) -> Mapping[str, Any]:
        """Return the signature of an output in a single trial, with all generators and seeds added."""
        return comparison_signature(first.sign(group, output), generators, seeds)

    # the cells have no seed, since each score is over all seeds
    task = plan_task(group, firsts, make_key, make_signature, seed=None)
    fields_of_first = {field.name: getattr(first, field.name) for field in fields(Trial)}
    return BoardTrial(**fields_of_first | {"tasks": (task,)}, trials=by_generator)


@dataclass(frozen=True, kw_only=True)
class RunComparison(RunTrial):
    """The job that fills the cells of one comparison."""

    trial: BoardTrial

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """The components whose code the job may run: the dataset, the metric and its extractor.

        No generator is among them, since the job reads their samples from the store.
        """
        return super().parts[1:]  # RunTrial lists the generator first

    def find_running_part(self, stage: str, task: int | None) -> Part[Spec]:  # noqa: ARG002 - there is one task
        """Return the component that works in a stage, whose limits apply: the extractor, else the metric."""
        # the parts are (metric, extractor), or (metric,) without an extractor
        return self.tasks[0].group.parts[-1 if stage == "extract" else 0]

    def make_trial_context(self, trial: Trial, report: Report) -> TrialContext:
        """Return the inputs of a trial's metrics, with samples that the store has; none are drawn."""
        return _StoredContext(trial, self.store, report)

    def fill(self, report: Report) -> None:
        """Compute the comparison and write a record for every cell; a failure is written in all of them."""
        pools = {
            name: Pooled([self.make_trial_context(trial, report) for trial in trials])
            for name, trials in self.trial.trials.items()
        }
        (task,) = self.tasks
        # one call of the metric is for all generators: the first context receives its notices
        first_context = next(iter(pools.values())).contexts[0]
        report(stage="score", task=0)  # from here on, the limits of the metric apply
        try:
            for context in (context for pool in pools.values() for context in pool.contexts):
                context.count_copies()
            start = time.perf_counter()
            task = task.with_parts(renew_identities)  # raises BlameError if a file has changed
            with check_files_after(*task.group.parts):
                outcomes = compare(
                    task.group, pools, data_hash=self.trial.dataset.hash,
                    device=self.trial.settings.device, note=first_context.metric_notices.note,
                    valid={name: pool.valid for name, pool in pools.items()},
                )  # fmt: skip
        except (BlameError, Undefined, Invalid) as failure:
            self._write_failure([self._begin_record(cell, pools) for cell in self.trial.cells], failure)
        else:
            self._write_scores(pools, outcomes, time.perf_counter() - start)
        # The only task, number 0, is done. If the process dies from here on, its records stay as they are.
        report(stage="trace", task=1)

    def _write_scores(self, pools: Mapping[str, Pooled], outcomes: Mapping[str, Any], seconds: float) -> None:
        """Write the record of each generator: its score, or why it has none.

        The samples that the scores name in pairs are kept, too.

        pools     by generator, its inputs of all seeds
        outcomes  by generator, what `compare` returned: scores by output, or an Undefined
        seconds   that the one call for all generators took; every record has them
        """
        records: list[Record] = []
        for (generator, output), cell in self.tasks[0].cells.items():
            record, outcome = self._begin_record(cell, pools), outcomes[generator]
            if isinstance(outcome, Undefined):
                write_record(self.folder, with_failure(record, outcome))
            else:
                records.append(with_score(record, outcome[output], seconds))
                write_record(self.folder, records[-1])
        self._keep_pairs(records, pools)

    def _keep_pairs(self, records: Sequence[Record], pools: Mapping[str, Pooled]) -> None:
        """Keep, for each generator, a gallery of the samples that pairs in the scores' extras name.

        Controls of real samples keep none, since the data may be private. A record without a hash of its
        samples keeps none either, since the gallery's name contains it. A position beyond the samples is left
        out, since the metric is a plugin and may give any number.
        """
        all_positions: dict[tuple[str, str], list[int]] = {}  # of samples, by metric and generator
        # the record of one generator names samples of the others, too
        for record in records:
            for pair in read_vote_extra(record.extra).pairs:
                for name, position in (pair.first, pair.second):
                    positions = all_positions.setdefault((record.cell.metric, name), [])
                    if position not in positions and len(positions) < MOST_SHOWN:
                        positions.append(position)
        modality, most_bytes = self.trial.dataset.modality, share_run_bytes(len(records))
        for record in records:
            samples = pools[record.cell.generator].side("fake")
            positions = all_positions.get((record.cell.metric, record.cell.generator), [])
            existing = [position for position in positions if position < len(samples)]
            if existing and record.samples and record.cell.control not in OF_REAL_DATA:
                gallery = make_gallery(samples, name_pairs_gallery(record), most_bytes, modality, existing)
                keep_gallery(self.folder, gallery)

    def _begin_record(self, cell: Cell, pools: Mapping[str, Pooled]) -> Record:
        """Return a cell's record with everything but its score: samples, valid counts and notices.

        pools  by generator, its inputs of all seeds

        `samples` is a hash over the samples of all seeds, "" if one seed has none. One call of the metric is
        for all generators: its notices are in the first context of the first pool.
        """
        pool, first_pool = pools[cell.generator], next(iter(pools.values()))
        # of the seed with the fewest valid samples, which may be too few
        drawn, valid = min((context.drawn for context in pool.contexts), key=lambda counts: counts[1])
        hashes = [context.samples_hash for context in pool.contexts]
        notices = {*self.trial.dataset.notices}.union(*(context.notices for context in pool.contexts))
        called_contexts = (*pool.contexts, first_pool.contexts[0])
        notices = notices.union(*(context.metric_notices for context in called_contexts))
        return replace(
            self.make_empty_record(cell), samples=digest(hashes) if all(hashes) else "",
            copies=add_copies(context.copies for context in pool.contexts), valid=dict(pool.valid),
            notices=tuple(sorted(notices, key=str)), drawn=drawn, valid_drawn=valid,
        )  # fmt: skip


class Pooled(Inputs):
    """The inputs of a comparison for one generator: its fakes of all seeds, and what all generators share.

    contexts  those of the generator's trials, seeds ascending
    valid     by side, the count of samples that have features where some have none; `compare` adds to it
    """

    def __init__(self, contexts: Sequence[TrialContext]) -> None:
        """Take the inputs of one generator's trials, one context for each seed, seeds ascending."""
        self.contexts = contexts
        self.valid: dict[str, ValidCount] = {}  # `RunComparison.fill` passes it to `compare`, which fills it

    @functools.cached_property
    def samples(self) -> Samples:
        """The fakes of all seeds."""
        return concat([context.samples for context in self.contexts])

    def side(self, name: str) -> Samples:
        """Return the fakes of all seeds, or a side of real samples, which all seeds share.

        name  "fake", "real", "train" or "held_out"
        """
        return self.samples if name == "fake" else self.contexts[0].split(name)

    def features(self, extractor: Part[ExtractorSpec], side: str) -> Extracted:
        """Return the features of a side, those of the fakes joined over all seeds.

        They are arrays by the extractor's outputs, with a mask of the samples that have features. All seeds
        share the real samples of the sides "real", "train" and "held_out", so the first context has them.
        """
        if side != "fake":
            return self.contexts[0].features(extractor, side)
        parts = [context.features(extractor, side) for context in self.contexts]
        arrays = {name: np.concatenate([part.arrays[name] for part in parts]) for name in parts[0].arrays}
        return Extracted(arrays, np.concatenate([part.valid for part in parts]))

    def extract(self, extractor: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor, which does not depend on the seed."""
        return self.contexts[0].extract(extractor)

    def other_input(self, name: str) -> Any:
        """Return the `truth` of the data, which all seeds share.

        name  "truth"; a comparison takes no `sampler` and no `history`
        """
        return self.contexts[0].other_input(name)


class _StoredContext(TrialContext):
    """A context that takes its fakes from the store, and draws none."""

    def count_copies(self) -> None:
        """Set `copies` if the store has samples; raise BlameError for an error of the modality."""
        with contextlib.suppress(Absent):  # a metric of votes needs no samples, and others raise it again
            super().count_copies()

    def _read_draws(self) -> Samples:
        """Return the draws from the store; raise Absent if it has none, since their trial failed."""
        if self.store.notes(self.trial.sample_key) is None:
            who = f"{self.trial.generator.name} has no samples at seed {self.trial.seed}"
            raise Absent(f"{who}; run the suite again")
        return super()._read_draws()
