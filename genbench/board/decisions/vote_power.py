"""Sample sizes for votes: how many separate two generators, from the intervals of a pilot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import TYPE_CHECKING

from genbench.board.decisions.power import (
    check_power_request,
    convert_amount,
    estimate_seeds,
    find_comparisons,
    list_metric_names,
)
from genbench.board.inference.sample_size import compute_upper_limit, find_votes
from genbench.core.errors import SuiteError
from genbench.results.cells import short_signature
from genbench.results.extras import read_vote_extra

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from genbench.board.decisions.power import Amount, Need
    from genbench.results.extras import VoteExtra
    from genbench.results.records import Record
    from genbench.results.results import Results

__all__ = ["VoteNeed", "estimate_needs", "plan_votes"]


@dataclass(frozen=True, kw_only=True)
class VoteNeed:
    """The votes that separate the intervals of two generators in one comparison on one dataset.

    generators   number of competitors of the pilot, over which errors are pooled
    votes        of the pilot, from which each interval comes; the mean if they differ
    difference   in the unit of the metric
    error        standard error of one score in the pilot
    needed       votes for each interval, with which the two intervals are apart; None: above 100 million
    needed_at_most  the same if the errors are at their upper 80 % confidence limits
    """

    dataset: str
    metric: str
    generators: int
    votes: int
    difference: float
    error: float
    needed: int | None
    needed_at_most: int | None


@dataclass(frozen=True, kw_only=True)
class _Score:
    """A score of a pilot, with its extra (data stored beside it) and the votes that its interval is of."""

    record: Record
    extra: VoteExtra
    votes: int

    @property
    def freedom(self) -> float:
        """The degrees of freedom of the score's interval; infinite if the score's extra names none."""
        return math.inf if self.extra.freedom is None else self.extra.freedom

    @property
    def error(self) -> float:
        """The standard error of the score: half of its 95 % interval, divided by the 97.5 % quantile of t.

        The interval is two-sided, so 2.5 % are above it.
        """
        from scipy.special import stdtrit

        # `_find_pilots` takes only scores with an interval, so 0.0 is for the type checker alone
        low, high = self.record.low or 0.0, self.record.high or 0.0
        return (high - low) / 2 / float(stdtrit(self.freedom, 0.975))


def estimate_needs(
    runs: Sequence[Results], differences: Mapping[str, Amount], *, power: float = 0.8,
    generators: Sequence[str] = (),
) -> list[Need] | list[VoteNeed]:  # fmt: skip
    """Return how many seeds each difference needs or, of comparisons by votes, how many votes.

    Raises SuiteError for both kinds at once, and what `estimate_seeds` and `plan_votes` raise.
    """
    comparisons = find_comparisons(runs, list(differences))  # metrics that need votes
    seed_metrics = [metric for metric in differences if metric not in comparisons]
    if comparisons and seed_metrics:
        raise SuiteError(
            f"{comparisons[0]} needs votes, and {seed_metrics[0]} needs seeds; ask for them in two commands"
        )
    estimate = plan_votes if comparisons else estimate_seeds
    return estimate(runs, differences, power=power, generators=generators)


def plan_votes(
    runs: Sequence[Results], differences: Mapping[str, Amount], *, power: float = 0.8,
    generators: Sequence[str] = (),
) -> list[VoteNeed]:  # fmt: skip
    """Return how many votes show each difference, sorted by dataset and metric.

    runs         a pilot: runs with votes, whose intervals are the base of the plan
    differences  to show, by the name of a comparison (a metric that is computed from all generators); a
                 percentage is of the mean score
    power        the probability that the intervals of two generators are apart, in (0, 1)
    generators   those whose errors count; () for all competitors

    It assumes that new raters vote like those of the pilot: the variance of a score falls in proportion to
    the number of votes, and the same generators have the same shares of the votes.
    Raises SuiteError for an unknown generator, and for a metric of which no such generator has an interval
    with the number of its votes.
    """
    check_power_request(runs, power, generators)
    needs = []
    for metric, amount in differences.items():
        pilots = [pilot for run in runs for pilot in _find_pilots(run, metric, generators)]
        if not pilots:
            raise SuiteError(
                f"{metric} is one number over all seeds, and no generator has an interval that says how many "
                "votes it comes from; give a run with votes, or another metric"
            )
        needs += [_plan_votes(pilot, amount, power) for pilot in pilots]
    return sorted(needs, key=lambda need: (need.dataset, need.metric, need.votes))


def _find_pilots(run: Results, metric: str, generators: Sequence[str]) -> Iterator[list[_Score]]:
    """Yield a list of scores for each dataset and signature (the settings) of a comparison in a run.

    metric      a comparison: it gives each generator one score over all seeds, from votes
    generators  those whose scores count; () for all competitors

    Scores without a number of votes, or without an interval of some width, are left out.
    """
    groups: dict[tuple[str, str], list[_Score]] = {}
    for cell in run.plan.cells:
        record = run.records.get(cell.key)
        is_chosen = cell.generator in generators if generators else cell.control is None
        # the score of a comparison is over all seeds, so its cell has none
        is_comparison = cell.seed is None and metric in list_metric_names(cell.metric)
        if record is None or not is_chosen or not is_comparison:
            continue
        extra = read_vote_extra(record.extra)
        if extra.votes and record.low is not None and record.high is not None and record.low < record.high:
            comparison = cell.dataset, cell.metric + short_signature(cell.signature)
            groups.setdefault(comparison, []).append(_Score(record=record, extra=extra, votes=extra.votes))
    yield from groups.values()


def _plan_votes(pilot: Sequence[_Score], amount: Amount, power: float) -> VoteNeed:
    """Return the votes that show a difference of two generators, given the scores of a pilot.

    amount  the difference, in the unit of the metric or in percent of the mean score
    power   the probability that the intervals of both generators are apart, in (0, 1)
    """
    cell = pilot[0].record.cell
    # a score with an interval has a value, so 0.0 is for the type checker alone
    difference = convert_amount(cell.metric, amount, [score.record.value or 0.0 for score in pilot])
    error = _rms([score.error for score in pilot])
    freedom = fmean(score.freedom for score in pilot)
    # the standard error of the difference of two scores; for a pilot of a single generator, as if a second
    # one had an independent score with the same error
    of_difference = _rms(list(_difference_errors(pilot))) if len(pilot) > 1 else math.sqrt(2) * error
    votes = round(fmean(score.votes for score in pilot))
    # the errors are estimates: this factor leads from an error to its upper 80 % confidence limit
    widening = 1.0 if math.isinf(freedom) else compute_upper_limit(1.0, freedom)
    needed, at_most = (
        find_votes(
            votes, difference=difference, error=factor * error, of_difference=factor * of_difference,
            freedom=freedom, power=power,
        )
        for factor in (1.0, widening)
    )  # fmt: skip
    return VoteNeed(
        dataset=cell.dataset, metric=cell.metric, generators=len(pilot), votes=votes, difference=difference,
        error=error, needed=needed, needed_at_most=at_most,
    )  # fmt: skip


def _difference_errors(pilot: Sequence[_Score]) -> Iterator[float]:
    """Yield the standard error of the difference of each pair of scores.

    Where a score does not give one, the two scores count as independent.
    """
    for one, two in combinations(pilot, 2):
        given_error = one.extra.errors.get(two.record.cell.generator)
        yield math.hypot(one.error, two.error) if given_error is None else given_error


def _rms(values: Sequence[float]) -> float:
    """Return the root of the mean of the squares, so that variances are averaged, not errors."""
    return math.sqrt(fmean(value**2 for value in values))
