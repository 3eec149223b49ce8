"""Job messages and tokens that go to other machines."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from genbench.jobs.engine.messages import JobMessage, RunContext, Token, Versions

CONTEXT = RunContext(
    run="r",
    folder=Path("/out"),
    token=Token(".run", "x"),
    versions=Versions(libraries={}, distributions={}, modules={}, code={}),
    threads=1,
    offline=False,
    plugins={},
    assets=Path("/assets"),
    keep_samples=False,
)


def test_a_token_is_in_the_folder_in_which_it_was_left(tmp_path):
    token = Token(".run.tmp", "a1b2")
    assert not token.is_in(tmp_path)
    token.leave(tmp_path)
    assert token.is_in(tmp_path)
    assert not Token(".run.tmp", "other").is_in(tmp_path)
    token.take_away(tmp_path)
    assert not token.is_in(tmp_path)
    token.take_away(tmp_path)


def test_a_token_cannot_be_in_what_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    assert not Token("t", "x").is_in(tmp_path / "file")
    (tmp_path / "t").write_bytes(b"\xff")
    assert not Token("t", "x").is_in(tmp_path)


def test_a_token_that_cannot_be_left_is_an_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        Token("t", "x").leave(tmp_path / "missing")


def test_a_packet_opens_to_its_job_here_and_after_a_journey():
    message = JobMessage(context=CONTEXT, name="data", job={"task": 1}, log=Path("log"))
    assert message.open_job() is message.job
    sent = pickle.loads(pickle.dumps(message))  # noqa: S301 - made here
    assert isinstance(sent.job, bytes)
    assert sent.open_job() == {"task": 1}
    again = pickle.loads(pickle.dumps(sent))  # noqa: S301 - made here
    assert again.open_job() == {"task": 1}
    assert (again.name, again.log, again.trace, again.context) == ("data", Path("log"), b"", CONTEXT)
