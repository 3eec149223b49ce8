"""Signs, effects and verdicts, from scores on clean and on damaged data.

    change_s = score with the fault - score without it, at seed s
    sign     = + or - if all changes have it and none is rounding, 0 otherwise
    effect   = mean change / standard deviation of the clean scores over seeds

For a metric with a target, the distance from it replaces the score in all three. A verdict compares the
sign, in a word, with what the metric expects.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.board.ranking import loss
from genbench.catalog.catalog import find_declaration
from genbench.checks.battery.card import BAND, CardRow, Floor
from genbench.checks.battery.faults import FEWER
from genbench.contract.expected import Expected, anything, change_word, unchanged, worse
from genbench.contract.faults import PENALISED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.checks.battery.faults import Fault
    from genbench.contract.specs import Output

__all__ = ["Judge", "NoScore"]

_ROUNDING = 1e-6  # of the score itself, not of its distance from a target: a smaller change is rounding
_STILL_ROUNDING = 1e-5  # of the score too, where single precision sums in another order


@dataclass(frozen=True)
class NoScore:
    """A metric gave no number: the status that its record would have, and the reason."""

    status: str
    reason: str


class Judge:
    """Judges how faults change one number of a metric, beside its scores on clean data."""

    def __init__(
        self, output: Output, expects: Mapping[str, tuple[Expected, ...]], extractor: str | None,
        clean: Sequence[float], *, draws: bool,
    ) -> None:  # fmt: skip
        """Compute the floor, the spread of the scores on clean data, which is the unit of effects.

        output     the number
        expects    its declared expectations, as `read_expects` returns them
        extractor  the extractor in its id, for expectations that depend on it
        clean      its scores on data without a fault, one per seed
        draws      whether the metric draws random numbers: then row order changes it by chance
        """
        self._output = output
        self._expects = expects
        self._extractor = extractor
        self._clean = [self._find_judged_value(value) for value in clean]  # distances for a target
        self._largest = max(map(abs, clean))  # of scores, not distances: rounding is a share of it
        self._sd = _measure_spread(self._clean, self._largest)
        self._draws = draws
        self.floor = Floor(tuple(clean), statistics.mean(clean), self._sd)

    def make_row(self, fault: Fault, scores: Sequence[float | NoScore]) -> CardRow:
        """Return the row of a card for a fault: how it moved the score, and the verdict.

        scores  on data with the fault, one per seed in the order of the clean scores

        If the metric gave no number at one seed, the row has no value, and the reason of that seed.
        """
        expected = self.find_expected(fault)
        fields: dict[str, Any] = {"fault": fault.name, "level": fault.level, "fault_effect": fault.effect}
        fields["expected"] = expected
        failed = next((score for score in scores if isinstance(score, NoScore)), None)
        if failed is not None:
            verdict = "no value" if failed.status == "skipped" else "failed"
            return CardRow(**fields, sign=None, verdict=verdict, reason=failed.reason)
        values = [score for score in scores if not isinstance(score, NoScore)]
        judged_values = map(self._find_judged_value, values)
        changes = [value - clean for value, clean in zip(judged_values, self._clean, strict=True)]
        change = statistics.mean(changes)
        sign = self._find_sign(fault, changes)
        word = change_word(sign, self._output.direction)
        verdict = self._find_verdict(fault, word, expected, abs(change))
        return CardRow(
            **fields,
            sign=sign,
            verdict=verdict,
            value=statistics.mean(values),
            change=change,
            effect=change / self._sd if self._sd > 0 else None,  # in units of the floor
            reason=expected.reasons[word] if verdict == "known" else "",
        )

    def find_expected(self, fault: Fault) -> Expected:
        """Return how the number should change under a fault.

        If the fault damages samples, a ranked number should get worse; what the metric declares is accepted
        too. Under other faults, its declaration counts. Without one, no number should change under a harmless
        fault, such as another order of rows, and no ranked number with fewer samples. In all other cases,
        anything is expected.
        """
        declared = find_declaration(self._expects, fault.name, self._extractor)
        is_ranked = self._output.direction != "none"
        if is_ranked and fault.effect in PENALISED:
            # a declaration has one expectation for each level of the fault
            return worse if declared is None else _allow_worse(declared[fault.number])
        if declared is not None:
            return declared[fault.number]
        is_still = fault.effect == "unchanged" or (fault.effect == FEWER and is_ranked)
        return unchanged if is_still else anything

    def _find_judged_value(self, value: float) -> float:
        """Return the value, or for a target its distance from it: the number whose changes are judged."""
        output = self._output
        return loss(value, output.direction, output.best) if output.direction == "target" else value

    def _find_sign(self, fault: Fault, changes: Sequence[float]) -> str:
        """Return the sign of the changes of all seeds, as in CardRow.

        "+" or "-"  all changes have that sign and are more than rounding
        "~"         the fault is harmless, and yet the score changed at some seed
        "0"         all other changes, and small ones of a metric that draws random numbers: they are chance

        A change is rounding if it is a tiny share of the scores. Under a harmless change, such as another
        order of rows, the share is larger: sums in single precision depend on the order.
        """
        is_still = fault.effect == "unchanged"
        share = _STILL_ROUNDING if is_still else _ROUNDING
        rounding = share * max(self._sd, self._largest)
        if all(change > rounding for change in changes):
            return "+"
        if all(change < -rounding for change in changes):
            return "-"
        has_moved = is_still and any(abs(change) > rounding for change in changes)
        # the score of a metric that draws random numbers changes by chance
        may_move = self._draws and self._is_faint(statistics.mean(changes))
        return "~" if has_moved and not may_move else "0"

    def _find_verdict(self, fault: Fault, word: str, expected: Expected, size: float) -> str:
        """Return the verdict on a change, one of VERDICTS.

        It is "right" as expected, and "unjudged" if any change is expected. A "known" failure is declared, an
        "unseen" fault should have changed the score. An unexpected change is "faint" if two sets of real
        samples differ by as much, else "wrong".

        word  how the score changed: "worse", "unchanged", …
        size  the absolute mean change
        """
        if expected.is_open:
            return "unjudged"
        if word in expected.reasons:
            return "known" if expected.reasons[word] else "right"
        if word == "unchanged":
            return "unseen"
        # an unexpected change is wrong, however small, if nothing may move the score
        must_stay = fault.effect == "unchanged" and not self._draws
        return "wrong" if must_stay or not self._is_faint(size) else "faint"

    def _is_faint(self, change: float) -> bool:
        """Return whether a change is so small that two sets of real samples differ by as much."""
        return abs(change) <= BAND * self._sd


def _allow_worse(expected: Expected) -> Expected:
    """Return an expectation that accepts `worse` too, unless it names `worse` or every change."""
    return expected if expected.is_open or "worse" in expected.reasons else expected | worse


def _measure_spread(values: Sequence[float], size: float) -> float:
    """Return the standard deviation of values (divisor k - 1), or 0 if it is only rounding.

    size  the largest absolute score, to which rounding is relative
    """
    spread = statistics.stdev(values)
    # less than this share, 1e-12, of a score is an error of float64
    return spread if spread > _ROUNDING**2 * size else 0.0
