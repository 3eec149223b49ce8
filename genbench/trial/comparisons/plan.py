"""The comparisons of a suite, and the cells that each of them fills."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.store.keys import comparison_key, comparison_signature, extractor_key, signature
from genbench.suite.components import without_annotations
from genbench.trial.plan import check_keys, is_planned, plan_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from genbench.results.cells import Cell
    from genbench.suite.components import Group, Part, Resolved
    from genbench.trial.datasets import Prepared
    from genbench.trial.plan import Trial

__all__ = ["PlannedComparison", "plan_comparison", "plan_comparisons"]


@dataclass(frozen=True, kw_only=True)
class PlannedComparison:
    """One computation of a metric for all generators on a dataset, and the cells that it fills.

    trials  those of all its generators, by generator, sorted, seeds ascending; without their own tasks
    cells   by generator and output
    """

    trials: Mapping[str, tuple[Trial, ...]]
    group: Group
    extractor_key: Mapping[str, Any] | None
    cells: Mapping[tuple[str, str], Cell]

    @property
    def any_trial(self) -> Trial:
        """A trial on the dataset; which one does not matter."""
        return next(iter(self.trials.values()))[0]

    @property
    def name(self) -> str:
        """The comparison's name in progress and messages."""
        return f"{self.any_trial.dataset.part.name} {', '.join(name for name, _ in self.group.outputs)}"

    def with_parts(self, change: Callable[[Part[Any]], Part[Any]]) -> PlannedComparison:
        """Return the comparison with what `change` returns for its metric and its extractor."""
        extractor = None if self.group.extractor is None else change(self.group.extractor)
        return replace(self, group=replace(self.group, metric=change(self.group.metric), extractor=extractor))


def plan_comparisons(
    resolved: Resolved, datasets: Sequence[Prepared], trials: Sequence[Trial]
) -> tuple[PlannedComparison, ...]:
    """Return the comparisons of a suite whose trials are planned.

    Raises SuiteError for two entries that give the same numbers.
    """
    compared = [group for group in resolved.groups if group.metric.spec.is_comparison]
    found = tuple(
        plan_comparison(group, own)
        for dataset in datasets
        if (own := [trial for trial in trials if trial.dataset.part.name == dataset.part.name])
        for group in compared
        if is_planned(group, dataset, datasets)
    )
    check_keys(cell for comparison in found for cell in comparison.cells.values())
    return found


def plan_comparison(group: Group, trials: Sequence[Trial]) -> PlannedComparison:
    """Return the comparison of the generators of all `trials` on one dataset."""
    by_generator: dict[str, tuple[Trial, ...]] = {}
    for trial in sorted(trials, key=lambda trial: (trial.generator.name, trial.seed)):
        name = trial.generator.name
        by_generator[name] = (*by_generator.get(name, ()), replace(trial, tasks=()))
    first = trials[0]
    data = first.dataset
    extractor = None
    if group.extractor is not None:
        extractor = extractor_key(group.extractor, data.hash, first.settings)
    fakes = {name: [trial.sample_key for trial in own] for name, own in by_generator.items()}
    cells = {}
    for metric, output in group.outputs:
        alone = signature(group, output.name, n=first.n, n_real=first.n_real, data_hash=data.hash)
        generators = [own[0].generator for own in by_generator.values()]
        signed = comparison_signature(alone, generators, {trial.seed for trial in trials})
        for name, own in by_generator.items():
            key = comparison_key(
                group, output.name, name, fakes=fakes, n_real=first.n_real, data_hash=data.hash,
                dataset=data.key, extractor=extractor,
            )  # fmt: skip
            cells[name, output.name] = plan_cell(
                own[0], metric, group.facts(output), key=key, signature=signed, seed=None
            )
    sent = replace(
        group,
        metric=without_annotations(group.metric),
        extractor=None if group.extractor is None else without_annotations(group.extractor),
    )
    return PlannedComparison(trials=by_generator, group=sent, extractor_key=extractor, cells=cells)
