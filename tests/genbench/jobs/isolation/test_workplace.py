"""The fork server that the jobs of a run share."""

from __future__ import annotations

from typing import ClassVar

import pytest

from genbench.core.errors import EngineError
from genbench.jobs.isolation import workplace
from genbench.jobs.isolation.workplace import Workplace


class Server:
    made: ClassVar[list[Server]] = []

    def __init__(self, environment, plugins, preload):
        self.settings = (environment, plugins, preload)
        self.is_alive = True
        self.is_closed = False
        Server.made.append(self)

    def close(self):
        self.is_closed = True


class Warned:
    def __init__(self):
        self.warnings = []

    def warn(self, text):
        self.warnings.append(text)


@pytest.fixture
def place(monkeypatch):
    monkeypatch.setattr(Server, "made", [])
    monkeypatch.setattr(workplace, "ForkServer", Server)
    return Workplace({"A": "1"}, ["plugin.py"], Warned(), ("json",))


def test_the_server_starts_with_the_first_job_and_is_shared(place):
    assert Server.made == []
    assert place.find_server() is place.find_server()
    assert [server.settings for server in Server.made] == [({"A": "1"}, ["plugin.py"], ("json",))]


def test_jobs_that_need_other_modules_have_another_server(place):
    assert place.find_server(("torch",)) is place.find_server(("torch",)) is not place.find_server()
    assert [server.settings[-1] for server in Server.made] == [("json", "torch"), ("json",)]


def test_a_server_that_died_is_replaced_and_the_others_stay(place):
    first, other = place.find_server(), place.find_server(("torch",))
    first.is_alive = False
    assert place.find_server() is not first
    assert first.is_closed
    assert place.find_server(("torch",)) is other


def test_a_server_of_its_own_is_not_shared(place):
    assert place.start_own_server(("torch",)) is not place.find_server(("torch",))
    assert [server.settings[-1] for server in Server.made] == [("json", "torch")] * 2


def test_leaving_closes_all_servers(place):
    with place:
        servers = place.find_server(), place.find_server(("torch",))
    assert [server.is_closed for server in servers] == [True, True]
    assert place.is_closed


def test_a_job_that_comes_after_the_end_starts_no_server(place):
    with place:
        pass
    with pytest.raises(EngineError, match="the run has ended"):
        place.find_server()
    assert Server.made == []


def test_leaving_without_a_job_starts_no_server(place):
    with place:
        pass
    assert Server.made == []


def test_a_warning_of_several_jobs_is_shown_once(place):
    for text in ("full", "full", "slow"):
        place.warn_once(text)
    assert place.observer.warnings == ["full", "slow"]
