"""The battery: scores of metrics on real data, clean and with each planted fault, as cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.checks.battery.card import Card, LeftOut
from genbench.checks.battery.faults import read_expects, read_faults, unknown_faults
from genbench.checks.battery.inputs import FeatureCache, PlantedInputs
from genbench.checks.battery.judging import Judge, NoScore
from genbench.checks.battery.setup import check_modalities
from genbench.core import seeds
from genbench.core.errors import GenbenchError, Invalid, SuiteError, Undefined
from genbench.suite.components import adapt_group
from genbench.trial.computation import compute
from genbench.trial.failures import BlameError, read_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.checks.battery.faults import Fault, Faults
    from genbench.checks.battery.setup import BatteryData
    from genbench.contract.expected import Expected
    from genbench.contract.specs import Output
    from genbench.core.samples import Samples
    from genbench.suite.components import Group

    Progress = Callable[[int, int], None]
    Outcome = dict[str, float] | NoScore
    Sides = Mapping[str, Samples]

__all__ = ["CleanDataError", "default_n", "run_battery"]

_LARGEST_N = 1_000  # default samples per side: a card in minutes, with visible faults
_LEAST_SEEDS = 2  # a spread needs two
_GENERATOR_INPUTS = ("sampler", "history")  # inputs that the battery's real data cannot give


class CleanDataError(GenbenchError):
    """A metric fails on real data without a fault; the message names it and gives its error."""

    exit_code = 1


def default_n(groups: Sequence[Group], data: BatteryData) -> int:
    """Return the default number of samples per side: an equal share of the real samples, at most 1,000.

    The real samples are those beside the split train.
    """
    return min(len(data.pool) // _count_sides(groups), _LARGEST_N)


def run_battery(
    groups: Sequence[Group], data: BatteryData, catalog: Catalog, *, n: int, seed_count: int,
    progress: Progress = lambda *_: None,
) -> list[Card]:  # fmt: skip
    """Plant faults in real data, and return a card for each number of each metric: the faults it detects.

    groups      the metrics, each with its extractor and the names of its outputs
    catalog     the plugins whose faults are planted
    n           samples per side
    seed_count  random splits of the real data, at least 2
    progress    called with the number of steps done and of all steps

    Raises SuiteError if a metric asks for an input that only a generator has, for too few samples or seeds,
    or if it is undefined on clean data; PluginError if its `expects` does not suit the faults;
    CleanDataError if it fails on clean data.
    """
    # of all modalities, since the `expects` of a metric may name faults that do not apply to these data
    all_faults = read_faults(catalog)
    _check_battery(groups, data, all_faults, n, seed_count)
    observer = _Observer(groups, data, all_faults)
    faults = [fault for levels in read_faults(catalog, data.modality).values() for fault in levels]
    steps_per_seed = len(faults) + 1  # one on clean data
    for seed in range(seed_count):
        sides = data.deal(n, _count_sides(groups), seed)
        for step, fault in enumerate((None, *faults), seed * steps_per_seed + 1):  # None: clean data
            observer.add_scores(fault, sides, seed)
            progress(step, seed_count * steps_per_seed)
    return observer.make_cards(n)


def _count_sides(groups: Sequence[Group]) -> int:
    """Return the number of sides: `real`, `fake` and, if a metric asks for it, `held_out`."""
    return 3 if any("held_out" in group.metric.contract.sides for group in groups) else 2


def _check_battery(
    groups: Sequence[Group], data: BatteryData, faults: Faults, n: int, seed_count: int
) -> None:
    """Raise SuiteError or PluginError before long work if the battery cannot run; see `run_battery`.

    faults  all faults of installed plugins, known defects that the battery plants in the data
    """
    # the floor is the spread of scores of real data over the seeds, and one score has none
    if seed_count < _LEAST_SEEDS:
        raise SuiteError(f"{seed_count} seeds; expected at least {_LEAST_SEEDS}: a floor needs a spread")
    for group in groups:
        if group.metric.spec.is_comparison:
            raise SuiteError(
                f"{group.metric.name} compares several generators, and the battery plants faults in the "
                "samples of one; put planted faults into a suite as generators instead"
            )
        missing = [name for name in _GENERATOR_INPUTS if name in group.metric.contract.inputs]
        if missing:
            raise SuiteError(
                f"{group.metric.name} asks for {missing[0]}, which only a generator has; the battery plants "
                "faults in real data; compare this metric with the controls of a suite instead"
            )
        check_modalities(data, group)
        for _, output in group.outputs:
            component = group.metric.component
            # called only to raise PluginError for an invalid `expects`
            read_expects(output, component.who, faults, component.owner.distribution)
    sides = _count_sides(groups)
    most = len(data.pool) // sides
    if not 1 <= n <= most:
        raise SuiteError(
            f"n is {n}; expected 1 to {most}: {data.dataset} has {len(data.pool)} real samples "
            f"beside train, for {sides} sides"
        )


class _Observer:
    """The scores of metrics on clean data and with each fault, collected seed by seed."""

    def __init__(self, groups: Sequence[Group], data: BatteryData, faults: Faults) -> None:
        """Start without scores; `add_scores` adds those of one fault at one seed."""
        self._groups = [adapt_group(group, data.pool.space) for group in groups]
        self._faults = faults
        self._data = data
        self._cache = FeatureCache(data.features.get_extract_function)
        # by group, in their order: the scores with each fault, one of each seed, and why a fault is left out
        self._scores: list[dict[Fault | None, list[Outcome]]] = [{} for _ in groups]
        self._left_out: list[dict[Fault, str]] = [{} for _ in groups]

    def add_scores(self, fault: Fault | None, sides: Sides, seed: int) -> None:
        """Add the scores of all metrics on data with a planted fault; None: on clean data.

        sides  the clean data of this seed: real samples as `real`, `fake` and `held_out`, by these names

        For a fault that cannot be planted, or does not apply to a metric, the reason is added. Raises
        SuiteError or CleanDataError if a metric has no score on clean data.
        """
        self._cache.keep_only(sides)  # features of the clean sides serve all faults of a seed
        damaged = sides if fault is None else self._plant(fault, sides, seed)
        for group, scores, left_out in zip(self._groups, self._scores, self._left_out, strict=True):
            batch = None if fault is None else fault.batch
            if fault is not None and batch and group.extractor is None:
                # the fault changes only the batches of an extractor, and this metric has no extractor
                left_out[fault] = "the metric takes samples"
            elif fault is not None and isinstance(damaged, str):  # the reason of `_plant`
                left_out[fault] = damaged
            elif not isinstance(damaged, str):
                inputs = PlantedInputs(damaged, self._cache, batch, self._data.truth)
                outcome = self._compute_scores(group, inputs, seed)
                # without a score on clean data, no fault can be judged
                if fault is None and isinstance(outcome, NoScore):
                    raise _make_clean_data_error(group, outcome)
                scores.setdefault(fault, []).append(outcome)

    def make_cards(self, n: int) -> list[Card]:
        """Return a card, a table of faults and verdicts, for each number of each metric, from all seeds.

        n  samples per side
        """
        return [
            self._make_card(index, name, output, n)
            for index, group in enumerate(self._groups)
            for name, output in group.outputs
        ]

    def _plant(self, fault: Fault, sides: Sides, seed: int) -> Sides | str:
        """Return the sides with a fault, or the reason why it does not apply."""
        rng = seeds.stream(seed, "plant", fault.name, str(fault.number), self._data.hash)
        try:
            return fault.plant(sides, self._data.modality, rng, self._data.device)
        except Undefined as error:
            return str(error)

    def _compute_scores(self, group: Group, inputs: PlantedInputs, seed: int) -> Outcome:
        """Return the values of a metric's numbers by name, or why it has none."""
        data = self._data
        try:
            scores = compute(group, inputs, data_hash=data.hash, seed=seed, device=data.device)
        except (BlameError, Undefined, Invalid) as error:
            return NoScore(*read_outcome(error))
        return {name: score.value for name, score in scores.items()}

    def _make_card(self, index: int, name: str, output: Output, n: int) -> Card:
        """Return the card of one number of a metric.

        index   of the metric in the list of groups
        name    of the card: the number's id
        output  the number's output in the spec
        """
        group, scores, left_out = self._groups[index], self._scores[index], self._left_out[index]
        values = {
            fault: [_read_number(each, output.name) for each in outcomes]
            for fault, outcomes in scores.items()
        }
        # None is clean data, on which all scores are numbers, since `add_scores` raises for others; the
        # `if` is for the type checker
        clean = [value for value in values.pop(None) if isinstance(value, float)]
        extractor = None if group.extractor is None else group.extractor.name
        who, distribution = group.metric.component.who, group.metric.component.owner.distribution
        expects = read_expects(output, who, self._faults, distribution)
        judge = Judge(output, expects, extractor, clean, draws="rng" in group.metric.contract.host_parameters)
        # A fault that could not be planted at one seed is left out, also if other seeds have values.
        # `if fault` is for the type checker.
        rows = [
            judge.make_row(fault, each) for fault, each in values.items() if fault and fault not in left_out
        ]
        return Card(
            metric=name,
            component=group.metric.component.reference,
            version=group.metric.spec.version,
            options=group.metric.canonical,
            direction=output.direction,
            best=output.best,
            dataset=self._data.dataset,
            modality=self._data.modality.reference,
            extractor=extractor,
            n=n,
            floor=judge.floor,
            rows=tuple(rows),
            left_out=tuple(LeftOut(fault.name, fault.level, reason) for fault, reason in left_out.items()),
            expected=_group_by_level([*values, *left_out], judge),
            unknown_faults=tuple(unknown_faults(output, who, self._faults, distribution)),
        )


def _make_clean_data_error(group: Group, outcome: NoScore) -> GenbenchError:
    """Return the error of a metric without a score on clean data: SuiteError if it is undefined there."""
    if outcome.status == "skipped":
        return SuiteError(f"{group.metric.name} has no value on clean real data: {outcome.reason}")
    return CleanDataError(f"{group.metric.name} fails on clean real data: {outcome.reason}")


def _group_by_level(faults: Iterable[Fault | None], judge: Judge) -> dict[str, dict[str, Expected]]:
    """Return what is expected of a number by fault and level, the mildest level first.

    The key None of clean data is no fault, and is left out.
    """
    by_level: dict[str, dict[str, Expected]] = {}
    for fault in sorted(filter(None, faults), key=lambda fault: fault.number):
        by_level.setdefault(fault.name, {})[fault.level] = judge.find_expected(fault)
    return by_level


def _read_number(outcome: Outcome, output: str) -> float | NoScore:
    """Return one number of a metric's scores, or why there is none."""
    return outcome if isinstance(outcome, NoScore) else outcome[output]
