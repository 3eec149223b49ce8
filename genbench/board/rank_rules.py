"""The rule of the overall rank in a run's plan: aspects of metrics, votes and requirements."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.board.numbers import format_number
from genbench.contract.specs import ASPECTS
from genbench.core.bounds import Bound
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.board.rows import Row

__all__ = ["EARLIER_RULE", "RankRule", "describe_rule", "read_rank_rule"]


@dataclass(frozen=True, kw_only=True)
class RankRule:
    """What decides the overall rank, apart from the numbers.

    aspects  of the planned metrics, in the order of the suite; "" for a metric without a label
    votes    the aspects that have a vote, in the order of the board; None: all metrics vote together, as in
             runs of earlier versions, and where no metric has a label
    require  by metric, the mean that a generator needs to be ranked: ">= 0.9"
    is_one   whether all merged runs state the same rule; without one, there is no overall rank, and no vote
    """

    aspects: Mapping[str, str]
    votes: tuple[str, ...] | None = None
    require: Mapping[str, str]
    is_one: bool = True

    def find_vote(self, metric: str) -> str | None:
        """Return the aspect in which a metric votes, "" where all vote together; None without a vote."""
        if not self.is_one:
            return None
        aspect = self.aspects.get(metric, "")
        return "" if self.votes is None else aspect if aspect in self.votes else None

    def apply_to(self, row: Row) -> Row:
        """Return a row whose entries have their votes, and which is excluded if it lacks a requirement."""
        entries = {name: replace(entry, vote=self.find_vote(name)) for name, entry in row.entries.items()}
        row = replace(row, entries=entries)
        for metric, requirement in self.require.items():
            entry = entries.get(metric)
            if entry is None or entry.value is None:
                row = row.exclude(f"the suite requires {metric} {requirement}, and it has no value")
            elif not Bound.parse(requirement).holds(entry.value):
                value = format_number(entry.value)
                row = row.exclude(f"the suite requires {metric} {requirement}, and it is {value}")
        return row


#: The rule of runs that state none: all metrics vote together.
EARLIER_RULE = RankRule(aspects={}, require={})


def read_rank_rule(provenance: Mapping[str, Any]) -> RankRule:
    """Return the rule in the provenance of a run, or the one that all merged runs agree on.

    Merged runs agree if they give the same aspects to the metrics that they share, and state the same votes
    and requirements. CSV files state no rule, and their rows are not ranked, so they do not count.
    """
    merged = provenance.get("merged", {}).values()
    runs = [run for run in merged if not run.get("unverified")] or [provenance]
    rules = [_read_rule(run) for run in runs]
    stated = {(rule.votes, tuple(sorted(rule.require.items()))) for rule in rules}
    by_metric = group_pairs(pair for rule in rules for pair in rule.aspects.items())
    aspects = {metric: labels[0] for metric, labels in by_metric.items()}
    if len(stated) == 1 and all(len(set(labels)) == 1 for labels in by_metric.values()):
        return replace(rules[0], aspects=aspects)
    return RankRule(aspects=aspects, votes=(), require={}, is_one=False)


def _read_rule(provenance: Mapping[str, Any]) -> RankRule:
    """Return the rule of one run; that of earlier versions if it states none."""
    ranking = provenance.get("ranking")
    if ranking is None:
        return EARLIER_RULE
    votes = None if ranking["votes"] is None else tuple(ranking["votes"])
    return RankRule(aspects=dict(ranking["aspects"]), votes=votes, require=ranking["require"])


def describe_rule(rule: RankRule) -> list[str]:
    """Return sentences on how aspects decide the overall rank, and on what the suite requires."""
    sentences = []
    if rule.votes:
        one = f"is by {rule.votes[0]}" if len(rule.votes) == 1 else "gives each aspect one vote"
        sentences.append(
            f"The rank {one}: the mean of the win rates in its metrics, which are the shares of the other "
            "generators that a generator beats."
        )
        planned = set(rule.aspects.values())
        silent = [aspect for aspect in ASPECTS if aspect in planned and aspect not in rule.votes]
        if silent:
            sentences.append(f"Shown without a vote: {join_names(silent, len(silent))}.")
    if rule.require:
        bounds = join_names(
            (f"{metric} {bound}" for metric, bound in rule.require.items()), len(rule.require)
        )
        sentences.append(f"The suite requires {bounds}.")
    return sentences
