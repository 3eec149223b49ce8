"""A gate for continuous integration: is a candidate worse than a base?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from genbench.board.decisions.comparison import Contender, list_comparisons
from genbench.board.decisions.power import list_metric_names
from genbench.board.inference.rank_ranges import adjust_by_holm
from genbench.board.ranking import ALPHA
from genbench.core.errors import SuiteError
from genbench.core.names import join_names, suggest_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.board.decisions.comparison import Comparison
    from genbench.board.decisions.power import Amount
    from genbench.board.rows import Entry

__all__ = ["EXIT_CODES", "GateCheck", "advise_single_generator", "make_checks"]

#: The exit code of each verdict, in the order in which the worst one decides.
EXIT_CODES = {"WORSE": 1, "not comparable": 2, "cannot tell": 5, "ok": 0}


@dataclass(frozen=True, kw_only=True)
class GateCheck:
    """One metric of one generator on one dataset, candidate against base.

    worse_by   how much worse the candidate is, in the unit of the metric: the difference of the means, or for
               a target of their distances from it; below 0 where it is better
    low, high  its 95 % interval by Welch's test; None without one
    limit      the least effect that counts
    p          of the test that there is no difference, corrected for all metrics and generators
    verdict    "ok": the interval excludes an effect of the limit; "WORSE": it does not, and the
               candidate is significantly worse, or it has no value at any seed and the base has one at every
               seed; "cannot tell": neither; "not comparable": signatures or seeds differ, one of
               both was not run, or a reason excludes the candidate from ranks, such as copies of real samples
    reason     why, in words
    valid_shares  the shares of samples with features, in words; "" if all have them, and if they are refused
    caution    the warnings on both generators and their data, joined, as of a Comparison
    """

    dataset: str
    generator: str
    metric: str
    verdict: Literal["WORSE", "not comparable", "cannot tell", "ok"]
    reason: str
    worse_by: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    p: float | None = None
    valid_shares: str = ""
    caution: str = ""


def make_checks(
    base: Sequence[Contender], candidate: Sequence[Contender], limits: Mapping[str, Amount], *,
    dataset: str | None = None,
) -> list[GateCheck]:  # fmt: skip
    """Return the checks of a candidate against a base: of each metric with a limit, for each two generators.

    A generator of `candidate` is compared with the generator at the same position of `base`. The checks are
    sorted by dataset, generator and metric.

    limits  by metric, named by its id or without its extractor: the least effect that counts, in the metric's
            unit or in percent of the base's value

    Raises SuiteError for a metric that the base has on a dataset and the candidate has not, for one that no
    generator has in both runs or that has no direction, and for percent of a base's value of 0.
    """
    for old, new in zip(base, candidate, strict=True):
        _refuse_missing_metrics(old, new, limits, dataset)
    compared = [
        (old, new, comparison)
        for old, new in zip(base, candidate, strict=True)
        for comparison in list_comparisons(new, old, dataset=dataset)
    ]
    names = [list_metric_names(comparison.metric) for _, _, comparison in compared]
    for metric in limits:
        if not any(metric in pair for pair in names):
            hint = suggest_names(metric, [pair[0 if "[" in metric else 1] for pair in names])
            raise SuiteError(f"no metric named {metric!r} in both runs{hint}")
    checks = [
        _build_check(old, new, comparison, amount)
        for old, new, comparison in compared
        if (amount := _find_limit(comparison.metric, limits))
    ]
    # corrected by Holm's method, since the more tests there are, the more find a difference by chance; a p of
    # None, of a check whose verdict is final, stays None
    corrected = adjust_by_holm([check.p for check in checks])
    judged = [_decide_verdict(replace(check, p=p)) for check, p in zip(checks, corrected, strict=True)]
    return sorted(judged, key=lambda check: (check.dataset, check.generator, check.metric))


def advise_single_generator(pairs: Sequence[tuple[Contender, Contender]], dataset: str | None) -> list[str]:
    """Return a line on how to gate a ranked generator alone, if another is not ranked in both runs.

    The gate of such runs is "not comparable" even if nothing changed. The list is empty for other runs.

    pairs  of the same generator in base and candidate
    """
    ranked = [pair for pair in pairs if not _has_unranked(pair[1], dataset)]
    unranked = [
        new.generator for old, new in pairs if _has_unranked(old, dataset) and _has_unranked(new, dataset)
    ]
    if not (unranked and ranked):
        return []
    remedy = f"to gate another, name it twice: {ranked[0][0].label} {ranked[0][1].label}"
    return [f"not ranked in both runs: {join_names(unranked)}; {remedy}"]


def _has_unranked(side: Contender, dataset: str | None) -> bool:
    """Return whether a board of a generator does not rank it, on any dataset or the given one."""
    return any(row.unranked for row in side.rows(dataset).values())


def _refuse_missing_metrics(
    old: Contender, new: Contender, limits: Mapping[str, Amount], dataset: str | None
) -> None:
    """Raise SuiteError if candidate `new` lacks a metric with a limit that base `old` has on a dataset.

    If the gate ignored the missing metric, it would pass without a check of it.
    """
    rows = new.rows(dataset)
    for name, row in sorted(old.rows(dataset).items()):
        candidate_entries = rows[name].entries if name in rows else {}
        limited = [metric for metric in row.entries if _find_limit(metric, limits)]
        missing = [metric for metric in limited if metric not in candidate_entries]
        if missing:
            raise SuiteError(
                f"{new.label} has no {missing[0]} on {name}, which {old.label} has; run it there, or name "
                f"another --dataset"
            )


def _find_limit(metric: str, limits: Mapping[str, Amount]) -> Amount | None:
    """Return the limit of a metric, the least effect that counts, or None.

    If `limits` has both names of a metric, "fid[pixels]" and "fid", the id with the extractor decides.
    """
    return next((limits[name] for name in list_metric_names(metric) if name in limits), None)


def _build_check(old: Contender, new: Contender, comparison: Comparison, amount: Amount) -> GateCheck:
    """Return a check with its numbers and a p-value that is not corrected, or with its final verdict.

    old, new    base and candidate
    comparison  of `new` and `old`, in this order: its difference is the candidate's value minus the base's
    amount      the least effect that counts

    Raises SuiteError for a metric without a direction, and for percent of a base's value of 0.
    """
    if comparison.direction == "none":
        raise SuiteError(
            f"{comparison.metric} has no direction, so no value is worse; name a metric with one"
        )
    check = GateCheck(
        dataset=comparison.dataset,
        generator=old.generator,
        metric=comparison.metric,
        verdict="cannot tell",
        reason=comparison.reason,
        valid_shares=comparison.valid_shares,
        caution=comparison.caution,
    )
    if comparison.outcome == "refused":
        return replace(check, verdict="not comparable")
    if reasons := new.rows(check.dataset)[check.dataset].unranked:
        return replace(check, verdict="not comparable", reason=f"not ranked: {'; '.join(reasons)}")
    if comparison.difference is None:
        return replace(check, verdict=_decide_without_value(old, new, comparison))
    sign = -1 if comparison.direction == "higher" else 1  # so that a difference above 0 is worse
    # sorted, since a sign of -1 swaps low and high
    ends = sorted(sign * end for end in (comparison.low, comparison.high) if end is not None)
    measured = replace(
        check, worse_by=sign * comparison.difference, low=ends[0] if ends else None,
        high=ends[-1] if ends else None, limit=_convert_limit(amount, old, comparison),
    )  # fmt: skip
    if _is_unchanged(old, new, comparison):
        return replace(measured, verdict="ok", reason="the same samples")
    return replace(measured, p=comparison.p)  # `_decide_verdict` decides once p-values are corrected


def _convert_limit(amount: Amount, old: Contender, comparison: Comparison) -> float:
    """Return a limit in the unit of its metric; raise SuiteError for percent of a base's value of 0."""
    (entry,) = _find_entries(comparison, old)
    # the base has a value, since there is a difference; `or` is for type checkers
    limit = amount.in_unit(entry.value or 0.0)
    if limit == 0:
        raise SuiteError(
            f"{comparison.metric}: {amount} of {old.label}'s value, which is 0, is no limit; give one in the "
            f"metric's unit"
        )
    return limit


def _decide_without_value(
    old: Contender, new: Contender, comparison: Comparison
) -> Literal["WORSE", "not comparable", "cannot tell"]:
    """Return the verdict on a metric in which the base, the candidate or both have no value.

    "not comparable" if one of them was not run: a seed has no record, and no seed has a value or failed.
    "WORSE" if the base has a value, and the candidate has none at any seed. Else "cannot tell".
    """
    before, after = _find_entries(comparison, old, new)
    # `is_absent`: a seed has no record, and none failed; `bad`: the number of seeds without a value
    if any(entry.is_absent and entry.bad == len(entry.seeds) for entry in (before, after)):
        return "not comparable"
    return "cannot tell" if before.value is None or after.bad < len(after.seeds) else "WORSE"


def _find_entries(comparison: Comparison, *sides: Contender) -> list[Entry]:
    """Return the entry of each side, its mean over seeds in the metric and on the dataset of a comparison."""
    # `rows` returns the row on this dataset alone, by the name of the dataset
    return [side.rows(comparison.dataset)[comparison.dataset].entries[comparison.metric] for side in sides]


def _is_unchanged(old: Contender, new: Contender, comparison: Comparison) -> bool:
    """Return whether both sides have the same samples and values at every seed.

    If a record has no hash of its samples, they may differ, and it returns False.
    """

    def collect_values(side: Contender) -> set[tuple[int | None, str, float | None]]:
        """Return (seed, hash of the samples, value) of each record of a side in the comparison's metric."""
        row = side.rows(comparison.dataset)[comparison.dataset]  # `rows` has this row alone
        records = side.board.find_records(row, comparison.metric)
        return {(record.cell.seed, record.samples, record.value) for record in records}

    before = collect_values(old)
    return before == collect_values(new) and all(samples for _, samples, _ in before)


def _decide_verdict(check: GateCheck) -> GateCheck:
    """Return a check with the verdict that its interval and its corrected p-value show.

    A check without an interval or a p-value keeps its verdict. If neither shows one, the check stays
    "cannot tell", as `_build_check` made it.
    """
    if check.p is None or check.high is None or check.limit is None or check.worse_by is None:
        return check
    if check.high < check.limit:
        return replace(check, verdict="ok", reason="the limit is excluded")
    if check.p <= ALPHA and check.worse_by > 0:
        is_over = check.low is not None and check.low > check.limit
        return replace(
            check, verdict="WORSE", reason="over the limit" if is_over else "worse, limit not excluded"
        )
    return replace(check, reason="too few seeds for this limit")
