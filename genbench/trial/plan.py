"""The trials of a suite, and the cells that each trial fills."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from genbench.core.errors import SuiteError
from genbench.core.splits import CUT_SIDES, SPLIT_OF
from genbench.results.cells import Cell
from genbench.store.keys import extractor_key, fit_key, record_key, sample_key, signature, trace_key
from genbench.suite.components import adapt_group, drop_option_annotations, give_modality
from genbench.trial.reading.finished_outputs import output_readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.contract.modalities import ModalitySpec
    from genbench.contract.specs import GeneratorSpec, Spec
    from genbench.store.keys import Settings
    from genbench.suite.components import Group, Part, Resolved
    from genbench.suite.file import Suite
    from genbench.trial.datasets import Prepared
    from genbench.trial.reading.finished_outputs import OutputReader

__all__ = [
    "Task", "Trial", "check_keys", "check_meetings", "check_sizes", "choose_n_real", "drop_control_datasets",
    "is_planned", "plan_task", "plan_trials",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Task:
    """One computation of a metric, and the cells that it fills, by generator and output."""

    group: Group
    extractor_key: Mapping[str, Any] | None
    cells: Mapping[tuple[str, str], Cell]

    @property
    def name(self) -> str:
        """The task's name in progress and messages."""
        return ", ".join(name for name, _ in self.group.outputs)

    def with_parts(self, change: Callable[[Part[Any]], Part[Any]]) -> Task:
        """Return the task with `change(part)` in place of its metric and of its extractor."""
        return replace(self, group=self.group.with_parts(change))


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One dataset, one generator, one seed.

    counts_valid  whether n counts valid samples, so that more are drawn
    n_real  the number of samples to which `real` and `held_out` are cut; None for no cut
    readers  what opens each path of the generator, by option, if it takes `open_outputs`
    fit_key, sample_key, trace_key  the keys of its fitted generator, its samples and its trace
    """

    dataset: Prepared
    generator: Part[GeneratorSpec]
    seed: int
    n: int
    n_real: int | None
    settings: Settings
    fit_key: Mapping[str, Any]
    sample_key: Mapping[str, Any]
    trace_key: str
    tasks: tuple[Task, ...]
    readers: Mapping[str, OutputReader] = field(default_factory=dict)
    counts_valid: bool = False

    @property
    def valid_by(self) -> Part[ModalitySpec] | None:
        """The modality that says which samples are valid, where n counts these."""
        return self.generator.modality_parts[0] if self.counts_valid else None

    @property
    def name(self) -> str:
        """The trial's name in progress and messages."""
        return f"{self.dataset.part.name} {self.generator.name} seed {self.seed}"

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells that the trial fills."""
        return tuple(cell for task in self.tasks for cell in task.cells.values())

    def sign(self, group: Group, output: str) -> dict[str, Any]:
        """Return the signature of one output of a metric: the settings that decide what its number means."""
        return signature(
            group, output, n=self.n, n_real=self.n_real, data_hash=self.dataset.hash, valid_by=self.valid_by
        )

    def with_parts(self, change: Callable[[Part[Any]], Part[Any]]) -> Trial:
        """Return the trial with `change(part)` in place of its generator, and of what reads its paths."""
        # a path has a reader without a part if genbench itself reads it, or if nothing can
        readers = {
            option: reader if reader.part is None else replace(reader, part=change(reader.part))
            for option, reader in self.readers.items()
        }
        return replace(self, generator=change(self.generator), readers=readers)


def choose_n_real(suite: Suite, dataset: str) -> int | None:
    """Return the number of real samples that a trial on a dataset compares with; None: all there are.

    It is the suite's `n_real`. Without one, it is as many as each generator draws, the `n` of the dataset.
    """
    if suite.n_real == "all":
        return None
    return suite.n_on(dataset) if suite.n_real is None else suite.n_real


def check_meetings(resolved: Resolved, datasets: Sequence[Prepared]) -> None:
    """Raise SuiteError if a generator, a metric or an extractor works on no dataset of the suite.

    A metric and its extractor must also have a dataset in common. Controls are exempt, since each joins only
    the datasets that it works on.
    """
    modalities = {dataset.modality.reference for dataset in datasets}
    competitors = [part for part in resolved.generators if part.spec.control is None]
    for part in (*competitors, *(part for group in resolved.groups for part in group.parts)):
        if not part.component.serves(modalities):
            raise SuiteError(
                f"{part.component.kind} {part.name!r} works on {', '.join(part.spec.modalities)}, and the "
                f"suite has only datasets of {', '.join(sorted(modalities))}; remove it or add a dataset"
            )
    for group in resolved.groups:
        metric, extractor = group.metric, group.extractor
        has_dataset = any(_applies(group, dataset) for dataset in datasets)
        if extractor is not None and not has_dataset:
            raise SuiteError(
                f"metric {metric.name!r} works on {', '.join(metric.spec.modalities)}, its "
                f"extractor {extractor.name!r} on {', '.join(extractor.spec.modalities)}; no dataset of "
                "the suite fits both; choose another extractor"
            )


def check_sizes(suite: Suite, trial_groups: Iterable[tuple[Trial, Iterable[Group]]]) -> None:
    """Raise SuiteError if a metric needs more samples of a split than its dataset has.

    trial_groups  trials, each with the metrics that are computed in it

    A dataset without the split is no error: the metric's cells are skipped.
    """
    for trial, groups in trial_groups:
        # a side is a set of samples that a metric takes; the splits of CUT_SIDES must have n_real samples
        sides = frozenset(chain.from_iterable(group.metric.contract.sides for group in groups))
        for split in [SPLIT_OF[side] for side in sorted(CUT_SIDES & sides)]:
            size = trial.dataset.sizes.get(split)  # None: the dataset has no such split
            if trial.n_real is not None and size is not None and size < trial.n_real:
                n_key = "n_valid" if suite.counts_valid else "n"
                key = n_key if suite.n_real is None else "n_real"  # the key of the suite that sets n_real
                advice = "give more"
                if trial.dataset.n_different is not None:  # None unless fewer than half of the samples differ
                    advice = "equal samples are in one split, and few are different: give more different ones"
                raise SuiteError(
                    f"{key}: the {split} split of dataset {trial.dataset.part.name!r} has {size:,} samples, "
                    f"expected at least {trial.n_real:,}; {advice}, or a smaller {key}"
                    f"{_advise_held_out(trial.dataset, split)}"
                )


def _advise_held_out(dataset: Prepared, split: str) -> str:
    """Return how to compare with more samples of a test split of which half may be held out, else ""."""
    option = dataset.part.options.get("held_out")  # "test-half" or "none"; of tables it is a path or None
    if split != "test" or not dataset.is_official or not isinstance(option, str) or option == "none":
        return ""
    n = dataset.sizes["test"] + (n_held_out := dataset.sizes.get("held_out", 0))
    return (
        f'; if the {n_held_out:,} of held_out are half of your test split, held_out = "none" of the dataset '
        f'makes it {n:,}, and n_real = "all" compares with all of it'
    )


def drop_control_datasets(
    resolved: Resolved, datasets: Sequence[Prepared]
) -> tuple[Resolved, tuple[Prepared, ...]]:
    """Return (suite, datasets) without datasets that only controls work on, and metrics for only these.

    On such a dataset, no generator would be compared with the controls. If no dataset would remain, both are
    returned as they are: `check_meetings`, which follows, then raises SuiteError, since the other generators
    work on no dataset.
    """
    competitors = [part for part in resolved.generators if part.spec.control is None]
    rest = tuple(dataset for dataset in datasets if any(_works_on(part, dataset) for part in competitors))
    if not rest:
        return resolved, tuple(datasets)
    groups = tuple(
        group for group in resolved.groups if any(is_planned(group, dataset, datasets) for dataset in rest)
    )
    return replace(resolved, datasets=tuple(dataset.part for dataset in rest), groups=groups), rest


def plan_trials(
    suite: Suite, resolved: Resolved, datasets: Sequence[Prepared], settings: Settings
) -> tuple[Trial, ...]:
    """Return the trials of a suite whose datasets are prepared, in the order of the suite.

    Raises SuiteError for a component that works on no dataset, and for two entries with the same numbers.
    """
    check_meetings(resolved, datasets)
    if suite.counts_valid:
        _check_valid(resolved, datasets, allows_priced=suite.allows_priced)
    trials = []
    trial_groups = [group for group in resolved.groups if not group.metric.spec.is_comparison]
    for dataset in datasets:
        planned = [group for group in trial_groups if is_planned(group, dataset, datasets)]
        groups = [adapt_group(group, dataset.space) for group in planned]
        generators = [part for part in resolved.generators if _works_on(part, dataset)]
        for part in generators:
            # the same at all seeds, unless a path has a file for each
            shared = None if part.by_seed else _adapt_generator(part, suite, dataset, resolved.catalog)
            for seed in suite.seeds:
                adapted = shared or _adapt_generator(part.by_seed[seed], suite, dataset, resolved.catalog)
                trials.append(_plan_trial(suite, dataset, *adapted, seed, groups, settings))
    check_keys(cell for trial in trials for cell in trial.cells)
    return tuple(trials)


def _check_valid(resolved: Resolved, datasets: Sequence[Prepared], *, allows_priced: bool) -> None:
    """Raise SuiteError if a modality does not say which samples are valid, or if more would cost money."""
    for dataset in datasets:
        if not dataset.modality.has("valid"):
            raise SuiteError(
                f"n_valid: dataset {dataset.part.name!r} has the modality {dataset.modality.reference!r}, "
                "whose plugin does not say which samples are valid; write n in place of n_valid"
            )
    for part in resolved.generators:
        if part.spec.priced and not allows_priced:
            raise SuiteError(
                f"n_valid: generator {part.name!r} costs money or runs a program, and many samples may be "
                "drawn for each valid one; if you agree, add n_valid_priced = true"
            )


def check_keys(cells: Iterable[Cell]) -> None:
    """Raise SuiteError if two cells have one record: a board would show a number under two names."""
    owners: dict[str, Cell] = {}
    for cell in cells:
        owner = owners.setdefault(cell.key, cell)
        if owner is not cell:
            raise SuiteError(
                f"{owner.name} and {cell.name} are the same number, since components, options and data are "
                "equal; remove the entry of one of them"
            )


def _plan_trial(
    suite: Suite,
    dataset: Prepared,
    generator: Part[GeneratorSpec],
    readers: Mapping[str, OutputReader],
    seed: int,
    groups: Sequence[Group],
    settings: Settings,
) -> Trial:
    """Return the trial of a generator on a dataset at one seed, with its keys and a task for each metric.

    readers  by option of the generator, the component that opens its path, or the reason why none does
    groups   metrics that are computed on the dataset
    """
    parts = {option: reader.part for option, reader in readers.items() if reader.part is not None}
    fit = fit_key(generator, dataset.hash, seed, settings, parts)
    n = suite.n_on(dataset.part.name)
    valid_by = generator.modality_parts[0] if suite.counts_valid else None
    samples = sample_key(fit, n, generator.spec.chunk, valid_by)
    # The annotations of options may not be picklable, and a trial is sent to other processes.
    trial = Trial(
        dataset=replace(dataset, part=drop_option_annotations(dataset.part)),
        generator=drop_option_annotations(generator),
        seed=seed,
        n=n,
        n_real=choose_n_real(suite, dataset.part.name),
        settings=settings,
        fit_key=fit,
        sample_key=samples,
        trace_key=trace_key(samples, dataset.part.name, generator.name),
        tasks=(),  # added below, since a task takes the keys of its trial
        readers=readers,
        counts_valid=suite.counts_valid,
    )
    return replace(trial, tasks=tuple(_plan_trial_task(trial, group) for group in groups))


def _adapt_generator(
    part: Part[GeneratorSpec], suite: Suite, dataset: Prepared, catalog: Catalog
) -> tuple[Part[GeneratorSpec], dict[str, OutputReader]]:
    """Return a generator with the modality of a dataset, and what opens each of its paths, by option.

    A path is opened by the component of the dataset, if it can.
    """
    # A generator that takes the modality may run its code, so files of both are checked for changes.
    generator = give_modality(part, dataset.modality.component, is_needed=suite.counts_valid)
    component, shared_options = dataset.part.component, dataset.reader_options
    return generator, output_readers(generator, catalog, dataset.modality, component, shared_options)


def _plan_trial_task(trial: Trial, group: Group) -> Task:
    """Return the task of a metric in one trial: what to compute, and the cells that it fills."""

    def make_key(trial: Trial, output: str, extractor: Mapping[str, Any] | None) -> str:
        """Return the key of the record of one output: a hash of all that decides its number."""
        return record_key(
            group, output, seed=trial.seed, samples=trial.sample_key, n_real=trial.n_real,
            data_hash=trial.dataset.hash, dataset=trial.dataset.key, extractor=extractor,
        )  # fmt: skip

    return plan_task(group, [trial], make_key, functools.partial(trial.sign, group), trial.seed)


def plan_task(
    group: Group,
    trials: Sequence[Trial],
    make_key: Callable[[Trial, str, Mapping[str, Any] | None], str],
    make_signature: Callable[[str], Mapping[str, Any]],
    seed: int | None,
) -> Task:
    """Return the task of a metric, with a cell for each output of the metric and each of `trials`.

    trials          one trial, or for a comparison the first one of each generator; all on one dataset
    make_key        returns the key of a cell's record, from its trial, its output and the extractor's key
    make_signature  returns the signature of an output: the settings that decide what its number means
    seed            of the cells; None for a comparison
    """
    first = trials[0]
    extractor = None
    if group.extractor is not None:
        extractor = extractor_key(group.extractor, first.dataset.hash, first.settings)
    cells = {}
    for metric, output in group.outputs:
        signature_of_output = make_signature(output.name)
        for trial in trials:
            owner = trial.generator.component.owner
            cells[trial.generator.name, output.name] = Cell(
                key=make_key(trial, output.name, extractor),
                dataset=trial.dataset.part.name,
                generator=trial.generator.name,
                plugin=f"{owner.distribution} {owner.version}",
                control=trial.generator.spec.control,
                seed=seed,
                metric=metric,
                facts=group.facts(output),
                n=trial.n,
                signature=signature_of_output,
            )
    # The annotations of options may not be picklable, and a task is sent to other processes.
    return Task(group=group.with_parts(drop_option_annotations), extractor_key=extractor, cells=cells)


def is_planned(group: Group, dataset: Prepared, datasets: Sequence[Prepared]) -> bool:
    """Return whether a metric is computed on a dataset of a suite.

    A metric that needs labels is computed on labelled datasets only; if there are none, it is planned on all
    of its datasets, so that its cells show the reason.
    """
    if not _applies(group, dataset):
        return False
    if dataset.is_labelled or not group.metric.contract.takes_labels:
        return True
    return not any(other.is_labelled and _applies(group, other) for other in datasets)


def _applies(group: Group, dataset: Prepared) -> bool:
    """Return whether the metric and its extractor work on the modality of a dataset."""
    return all(_works_on(part, dataset) for part in group.parts)


def _works_on(part: Part[Spec], dataset: Prepared) -> bool:
    """Return whether a component works on the modality of a dataset."""
    return part.component.serves((dataset.modality.reference,))
