"""Sessions of scores: what is opened once, and what is looked at again."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import DataError, SuiteError
from genbench.scoring.session import ScoreSession


def test_real_samples_are_opened_once_and_fakes_each_time(real, fake):
    session = ScoreSession(real, real[:20])
    one, two = session.pair(fake), session.pair(fake)
    assert {name for name in one.sides if one.sides[name] is two.sides[name]} == {"real", "train"}
    assert list(one.sides) == list(two.sides) == ["fake", "real", "train"]


def test_the_events_of_a_call_go_to_its_own_listener(real, fake):
    session, first, second = ScoreSession(real), [], []
    for events in (first, second):
        session.score(fake, metrics="fid", seed=0, report=lambda events=events, **event: events.append(event))
    stages = [[event.get("stage") for event in events] for events in (first, second)]
    assert "open real" in stages[0]
    assert "open real" not in stages[1]
    assert stages[1][0] == "open fake"


def test_what_is_wrong_with_the_names_is_said_before_samples_are_opened(tmp_path, fake):
    session = ScoreSession(tmp_path / "missing.npy")
    with pytest.raises(SuiteError, match="no metric named 'fdi'"):
        session.score(fake, metrics="fdi", seed=0, report=None)
    with pytest.raises(SuiteError, match=r"save_stats: real\.txt: expected a name that ends in \.npz"):
        session.score(fake, metrics="fid", seed=0, report=None, save_stats="real.txt")
    with pytest.raises(DataError, match=r"real: .*/missing\.npy does not exist"):
        session.score(fake, metrics="fid", seed=0, report=None)


def test_a_session_that_keeps_nothing_reads_a_path_at_its_first_call(tmp_path, real, fake):
    np.save(tmp_path / "real.npy", real)
    session = ScoreSession(tmp_path / "real.npy")
    np.save(tmp_path / "real.npy", real[:40])
    assert session.pair(fake).sides["real"].size == 40
