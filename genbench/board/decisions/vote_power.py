"""How many votes tell a difference apart, from the intervals of a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import TYPE_CHECKING

from genbench.board.decisions.power import check_power_request, convert_amount, metric_names
from genbench.board.inference.sample_size import upper_limit, votes_needed
from genbench.core.errors import SuiteError
from genbench.results.cells import short_signature
from genbench.results.extras import vote_extra

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from genbench.board.decisions.power import Amount
    from genbench.results.extras import VoteExtra
    from genbench.results.records import Record
    from genbench.results.results import Results

__all__ = ["VoteNeed", "plan_votes"]


@dataclass(frozen=True, kw_only=True)
class VoteNeed:
    """The votes that separate the intervals of two generators in one comparison on one dataset.

    generators   number of competitors of the pilot, over which errors are pooled
    votes        of the pilot, from which each interval comes; the mean if they differ
    difference   in the unit of the metric
    error        standard error of one score in the pilot
    needed       votes from which each interval comes; None if 100 million are too few
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
    """A score with what its extra says of its interval."""

    record: Record
    extra: VoteExtra
    votes: int

    @property
    def freedom(self) -> float:
        """The degrees of freedom of the score's interval; infinite if the score's extra names none."""
        return math.inf if self.extra.freedom is None else self.extra.freedom

    @property
    def error(self) -> float:
        """The standard error of the score: half of its 95 % interval, divided by the 97.5 % quantile of t."""
        from scipy.special import stdtrit

        # `_find_pilots` takes only scores with an interval, so 0.0 is for the type checker alone
        low, high = self.record.low or 0.0, self.record.high or 0.0
        return (high - low) / 2 / float(stdtrit(self.freedom, 0.975))  # of a two-sided 95 % interval


def plan_votes(
    runs: Sequence[Results], differences: Mapping[str, Amount], *, power: float = 0.8,
    generators: Sequence[str] = (),
) -> list[VoteNeed]:  # fmt: skip
    """Return how many votes show each difference, sorted by dataset and metric, from the `runs` of a pilot.

    differences  by comparison, a metric computed from all generators; a percentage is of its mean value
    power        the probability that both intervals are apart, in (0, 1)
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
                "votes it comes from, so neither seeds nor votes can be planned for it"
            )
        needs += [_plan_votes(pilot, amount, power) for pilot in pilots]
    return sorted(needs, key=lambda need: (need.dataset, need.metric, need.votes))


def _find_pilots(run: Results, metric: str, generators: Sequence[str]) -> Iterator[list[_Score]]:
    """Yield a list of scores for each dataset and signature (the settings) of a comparison in a run.

    A comparison is a metric that gives each generator one score over all seeds, from votes. Scores without
    votes, or without an interval of some width, are left out.

    generators  those whose scores count; () for all competitors
    """
    groups: dict[tuple[str, str], list[_Score]] = {}
    for cell in run.plan.cells:
        record = run.records.get(cell.key)
        is_named = cell.generator in generators if generators else cell.control is None
        # a score over all seeds has no seed of its own
        if record is None or cell.seed is not None or not is_named or metric not in metric_names(cell.metric):
            continue
        extra = vote_extra(record.extra)
        if extra.votes and record.low is not None and record.high is not None and record.low < record.high:
            comparison = cell.dataset, cell.metric + short_signature(cell.signature)
            groups.setdefault(comparison, []).append(_Score(record=record, extra=extra, votes=extra.votes))
    yield from groups.values()


def _plan_votes(pilot: Sequence[_Score], amount: Amount, power: float) -> VoteNeed:
    """Return the votes that show a difference of two generators, given the scores of a pilot.

    amount  the difference, in the unit of the metric or in percent of its mean value
    power   the probability that both intervals are apart, in (0, 1)
    """
    cell = pilot[0].record.cell
    # a score with an interval has a value, so 0.0 is for the type checker alone
    difference = convert_amount(cell.metric, amount, [score.record.value or 0.0 for score in pilot])
    error = _rms([score.error for score in pilot])
    freedom = fmean(score.freedom for score in pilot)
    # the standard error of a difference of scores; in the pilot of a single generator, that of two
    # independent scores with its error
    of_difference = _rms(list(_difference_errors(pilot))) if len(pilot) > 1 else math.sqrt(2) * error
    votes = round(fmean(score.votes for score in pilot))
    # the factor that takes an error to its upper 80 % confidence limit
    widening = 1.0 if math.isinf(freedom) else upper_limit(1.0, freedom)
    needed, at_most = (
        votes_needed(
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
