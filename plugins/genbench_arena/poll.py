"""The votes of a run's raters on one question, those who do not look left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_arena.paired import Comparisons
from genbench_arena.raters import Rater, raters_of, summary
from genbench_arena.votes import Ballot, Vote, votes_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_arena.raters import Agreement

__all__ = ["Poll", "describe_interval"]

_MOST_NAMES = 5  # of raters, and of groups of them, in a warning


@dataclass(frozen=True, kw_only=True)
class Poll:
    """Votes, and who cast them.

    votes    those that count, without checks of attention
    checks   the checks of attention of the same raters: votes between the ceiling and the floor
    raters   what all raters did, by name; those in `left_out` do not count
    facts    facts of the votes that count, for people
    """

    votes: tuple[Vote, ...]
    checks: tuple[Vote, ...]
    raters: tuple[Rater, ...]
    left_out: tuple[str, ...]
    facts: Mapping[str, Any]

    @classmethod
    def of(
        cls, ballots: Sequence[Ballot], fakes: Mapping[str, Samples], *, question: str, ceiling: str,
        floor: str, most_failed: float,
    ) -> Poll:  # fmt: skip
        """Return the poll on a question.

        ceiling, floor  the generators between which votes are checks of attention
        most_failed     the largest share of checks that a rater who counts may fail, in [0, 1]

        Raises Undefined for votes on other samples, and if no vote counts.
        """
        every = votes_on(ballots, fakes, question)
        raters = raters_of(every, ceiling=ceiling, floor=floor)
        left_out = tuple(rater.name for rater in raters if rater.fails > most_failed)
        kept: list[Vote] = []
        checks: list[Vote] = []
        for vote in every:
            if vote.rater not in left_out:
                (checks if {vote.first, vote.second} == {ceiling, floor} else kept).append(vote)
        if not kept and not checks:
            raise Undefined("no vote counts" if every else "there is no vote on this question")
        facts = summary(kept, [rater for rater in raters if rater.name not in left_out])
        if left_out:
            facts["left_out"] = list(left_out)
        if silent := sorted({ballot.rater for ballot in ballots} - {rater.name for rater in raters}):
            facts["silent"] = silent
        who = {vote.rater for vote in (*kept, *checks)}
        kinds = Counter({ballot.rater: ballot.kind for ballot in ballots if ballot.rater in who}.values())
        facts["remarks"] = {"note": _note(facts, kinds), **_warn_of_equal_raters(facts["equal"])}
        return cls(
            votes=tuple(kept), checks=tuple(checks), raters=tuple(raters), left_out=left_out, facts=facts
        )

    @property
    def who(self) -> NDArray[np.int64]:
        """(m,) int64: who cast each vote, from 0 on."""
        names = sorted({vote.rater for vote in self.votes})
        numbers = {name: number for number, name in enumerate(names)}
        return np.array([numbers[vote.rater] for vote in self.votes], dtype=np.int64)

    def comparisons(self, names: Sequence[str], *, style: bool) -> Comparisons:
        """Return the votes as comparisons of these generators.

        style  whether the difference in size is a covariate: (a - b) / (a + b + 1), standardised, as FastChat
               takes the difference in length

        Raises Undefined if a vote lacks the sizes.
        """
        place = {name: number for number, name in enumerate(names)}
        covariates = np.zeros((len(self.votes), 0))
        if style:
            covariates = _standardise_sizes(self.votes)[:, None]
        return Comparisons(
            count=len(names),
            first=np.array([place[vote.first] for vote in self.votes], dtype=np.int64),
            second=np.array([place[vote.second] for vote in self.votes], dtype=np.int64),
            outcome=np.array([vote.outcome for vote in self.votes]),
            covariates=covariates,
        )


def _standardise_sizes(votes: Sequence[Vote]) -> NDArray[np.float64]:
    sizes = [vote.sizes for vote in votes if vote.sizes is not None]
    if len(sizes) < len(votes):
        lacking = len(votes) - len(sizes)
        raise Undefined(f"style_control needs the sizes of both samples; {lacking} votes lack them")
    first, second = np.array(sizes, dtype=np.float64).T
    longer = (first - second) / (first + second + 1)
    spread = longer.std()
    return np.asarray((longer - longer.mean()) / spread if spread else np.zeros_like(longer))


def _note(facts: Mapping[str, Any], kinds: Mapping[str, int]) -> str:
    """Return what a reader of the board has to know of the votes, in one line.

    kinds  number of raters by the kind of their files
    """
    who = {"person": "rater", "judge": "program", "script": "scripted rater"}
    counted = [
        f"{kinds[kind]} {word}{'s' * (kinds[kind] != 1)}{', not people' * (kind == 'script')}"
        for kind, word in who.items()
        if kind in kinds
    ]
    checks = f" and {facts['checks']} checks of attention" if facts["checks"] else ""
    parts = [f"{facts['votes']} votes{checks} of {' and '.join(counted)}"]
    if agreement := facts["agreement"]:
        parts.append(
            f"agreement (Krippendorff's alpha) {agreement.alpha:.2f}{describe_interval(agreement)}, on "
            f"{agreement.pairs} repeated pair{'s' * (agreement.pairs != 1)}"
        )
    if facts["one_sided"]:
        parts.append(f"choose one side too often: {', '.join(facts['one_sided'])}")
    if facts["failed_checks"]:
        failed = ", ".join(f"{name} {bad} of {all_}" for name, (bad, all_) in facts["failed_checks"].items())
        parts.append(f"failed checks of attention: {failed}")
    if "left_out" in facts:
        parts.append(f"left out: {', '.join(facts['left_out'])}")
    if "silent" in facts:
        parts.append(f"no votes on this dataset and question: {', '.join(facts['silent'])}")
    return "; ".join(parts)


def describe_interval(agreement: Agreement) -> str:
    """Return the interval of an agreement in brackets, after a space, or "" without one."""
    return "" if agreement.low is None else f" ({agreement.low:.2f} to {agreement.high:.2f})"


def _warn_of_equal_raters(groups: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return a warning that names raters who cast the same votes, or nothing without such raters."""
    texts = [
        ", ".join(names[:_MOST_NAMES])
        + (f" and {len(names) - _MOST_NAMES} more" * (len(names) > _MOST_NAMES))
        for names in groups[:_MOST_NAMES]
    ]
    if not texts:
        return {}
    more = f"; {len(groups) - _MOST_NAMES} more such groups" * (len(groups) > _MOST_NAMES)
    return {
        "warning": f"raters cast exactly the same votes, as one person under several names does: "
        f"{'; '.join(texts)}{more}"
    }
