"""The votes that count, as comparisons."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_arena.poll import Poll
from genbench_arena.votes import read_ballots

from genbench import Undefined

VOTES = [("a", "b", "first"), ("b", "a", "tie"), ("held-out", "noise", "second")]


@pytest.fixture
def poll(fakes, ballot):
    def make(*files, most_failed=1.0):
        return Poll.of(
            read_ballots(files),
            fakes,
            question="",
            ceiling="held-out",
            floor="noise",
            most_failed=most_failed,
        )

    return make


def test_votes_become_comparisons_with_raters_from_0_on(fakes, ballot, poll):
    found = poll(ballot("ben", VOTES), ballot("anna", VOTES[:1]))
    votes = found.comparisons(list(fakes), style=False)
    assert votes.first.tolist() == [0, 1, 0]
    assert votes.second.tolist() == [1, 0, 1]
    assert votes.outcome.tolist() == [1, 0.5, 1]
    assert found.who.tolist() == [1, 1, 0]


def test_checks_of_attention_are_no_votes(fakes, ballot, poll):
    found = poll(ballot("ben", VOTES), ballot("anna", [*VOTES[:2], ("noise", "held-out", "second")]))
    assert [(vote.first, vote.second) for vote in found.checks] == [
        ("held-out", "noise"),
        ("noise", "held-out"),
    ]
    assert (found.facts["votes"], found.facts["checks"]) == (4, 2)
    assert found.facts["remarks"]["note"] == (
        "4 votes and 2 checks of attention of 2 raters; agreement (Krippendorff's alpha) 1.00, on 2 repeated "
        "pairs; failed checks of attention: ben 1 of 1"
    )


def test_raters_with_equal_votes_are_warned_of(ballot, poll):
    votes = [("a", "b", side) for side in ("first", "second", "tie")] * 4
    files = [ballot(f"r{at}", votes) for at in range(7)]
    assert poll(*files, ballot("ben", votes[1:])).facts["remarks"]["warning"] == (
        "raters cast exactly the same votes, as one person under several names does: "
        "r0, r1, r2, r3, r4 and 2 more"
    )
    assert "warning" not in poll(*files[:1], ballot("ben", votes[1:])).facts["remarks"]


def test_sizes_become_a_standardised_difference(fakes, ballot, poll):
    found = poll(ballot("anna", VOTES[:1], sizes=[10, 5]), ballot("ben", VOTES[:1], sizes=[5, 10]))
    style = found.comparisons(list(fakes), style=True).covariates
    assert style[:, 0].tolist() == pytest.approx([1, -1])
    same = poll(ballot("cid", VOTES[:2], sizes=[5, 5])).comparisons(list(fakes), style=True)
    assert np.all(same.covariates == 0)


def test_the_difference_in_size_is_relative_to_both_sizes(fakes, ballot, poll):
    pairs = [(3, 0), (0, 1), (8, 1)]
    files = [ballot(f"r{at}", VOTES[:1], sizes=list(sizes)) for at, sizes in enumerate(pairs)]
    style = poll(*files).comparisons(list(fakes), style=True).covariates[:, 0]
    share = np.array([(a - b) / (a + b + 1) for a, b in pairs])
    assert style.tolist() == pytest.approx(((share - share.mean()) / share.std()).tolist())


def test_where_all_raters_are_left_out_no_vote_counts(ballot, poll):
    with pytest.raises(Undefined, match="no vote counts"):
        poll(ballot("anna", VOTES), most_failed=0.5)
