"""Listeners in threads of their own: what they ask for, and what happens if they fail or hang."""

from __future__ import annotations

import threading

import pytest

from genbench.contract.events import EVENTS, bind_event_methods
from genbench.core.errors import PluginError
from genbench.runs import listeners
from genbench.runs.listeners import ListenerThread, PythonWarnings, close_all


class Heard:
    def __init__(self):
        self.texts = []
        self.threads = set()

    def warned(self, text):
        self.threads.add(threading.current_thread())
        self.texts.append(text)


@pytest.fixture
def started(tmp_path):
    """Return a function that starts the thread of a listener; a test that leaves it open ends it."""
    threads, gates = [], []

    def start(listener):
        threads.append(ListenerThread("listener x of y 1", lambda: listener, tmp_path / "logs" / "x.log"))
        gates.append(getattr(listener, "gate", threading.Event()))
        return threads[-1]

    yield start
    for gate in gates:
        gate.set()
    close_all(threads, is_done=True)


class Stuck:
    """Waits at a gate in its first event."""

    def __init__(self):
        self.gate = threading.Event()
        self.reached = threading.Event()
        self.texts = []

    def warned(self, text):
        self.texts.append(text)
        self.reached.set()
        self.gate.wait()

    def progress(self):
        self.texts.append("step")


@pytest.fixture
def stuck(started):
    """Return a listener that waits at its gate in its first event, and its thread, which was told of one."""
    listener = Stuck()
    thread = started(listener)
    thread.tell("warned", {"text": "first"})
    assert listener.reached.wait(30)
    return listener, thread


def values_of(event):
    return dict.fromkeys(EVENTS[event], 1)


def test_a_method_gets_the_values_that_it_asks_for_by_name():
    heard = []

    class Some:
        def recorded(self, value, metric, more="default"):
            heard.append((value, metric, more))

        def trial_finished(self, *_, **values):
            heard.append(values)

    methods = bind_event_methods(Some())
    assert set(methods) == {"recorded", "trial_finished"}
    methods["recorded"]({**values_of("recorded"), "metric": "fid"})
    methods["trial_finished"](values_of("trial_finished"))
    assert heard == [(1, "fid", "default"), values_of("trial_finished")]


def test_a_method_that_asks_for_a_value_that_its_event_lacks_is_refused():
    class Wrong:
        def recorded(self, scor):
            """Ask for what does not exist."""

    with pytest.raises(PluginError, match=r"recorded asks for 'scor'; expected any of dataset, .*, by name"):
        bind_event_methods(Wrong())


@pytest.mark.parametrize("listener", [object(), 3, {"recorded": print}])
def test_an_object_without_a_method_of_an_event_is_refused(listener):
    with pytest.raises(PluginError, match="has no method of an event; expected any of run_started, "):
        bind_event_methods(listener)


def test_all_events_come_in_their_order_from_one_thread_that_is_not_the_runs(started):
    heard = Heard()
    thread = started(heard)
    texts = [str(number) for number in range(100)]
    for text in texts:
        thread.tell("warned", {"text": text})
    close_all([thread], is_done=True)
    assert heard.texts == texts
    assert len(heard.threads) == 1
    assert threading.current_thread() not in heard.threads
    assert thread.new_warnings() == []


def test_each_listener_has_its_own_copy_of_the_values(started):
    kept = [{"value": 1.0}]

    class Greedy:
        def run_started(self, kept):
            kept.clear()

    thread = started(Greedy())
    thread.tell("run_started", {**values_of("run_started"), "kept": kept})
    close_all([thread], is_done=True)
    assert kept == [{"value": 1.0}]


def test_a_listener_that_raises_is_warned_of_once_and_its_tracebacks_are_kept(started, tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "hidden-from-all")
    heard = []

    class Raises:
        def warned(self, text):
            heard.append(text)
            raise ValueError(f"no luck\nwith {text}, hidden-from-all")

    thread = started(Raises())
    for number in range(30):
        thread.tell("warned", {"text": str(number)})
    close_all([thread], is_done=True)
    log = tmp_path / "logs" / "x.log"
    failed = "listener x of y 1 failed at warned, and the run goes on"
    reason = "ValueError: no luck with 0, [redacted]"
    assert thread.new_warnings() == [f"{failed}: {reason} (traceback in {log})"]
    assert len(heard) == 30
    text = log.read_text()
    assert text.count("Traceback (most recent call last)") == 20
    assert "with 19, [redacted]" in text
    assert "hidden-from-all" not in text


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_no_kind_of_error_ends_more_than_the_call(started, error):
    class Raises(Heard):
        def warned(self, text):
            super().warned(text)
            raise error

    listener = Raises()
    thread = started(listener)
    thread.tell("warned", {"text": "1"})
    thread.tell("warned", {"text": "2"})
    close_all([thread], is_done=True)
    assert listener.texts == ["1", "2"]
    assert len(thread.new_warnings()) == 1


def test_a_listener_that_cannot_be_made_is_warned_of(tmp_path):
    def make():
        raise ConnectionError("no answer")

    thread = ListenerThread("listener x of y 1", make, tmp_path / "x.log")
    thread.tell("warned", {"text": "1"})
    close_all([thread], is_done=True)
    (warning,) = thread.new_warnings()
    assert "failed at start, and the run goes on: ConnectionError: no answer (traceback" in warning


def test_a_log_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "logs").write_text("a file")
    thread = ListenerThread("listener x of y 1", lambda: 1 / 0, tmp_path / "logs" / "x.log")
    close_all([thread], is_done=True)
    (warning,) = thread.new_warnings()
    assert warning.endswith("(its traceback cannot be written: File exists)")


def test_a_listener_that_is_behind_loses_steps_first_and_is_warned_of_once(stuck, monkeypatch):
    monkeypatch.setattr(listeners, "_MOST_PROGRESS", 3)
    monkeypatch.setattr(listeners, "_MOST_EVENTS", 6)
    listener, thread = stuck
    for _ in range(5):
        thread.tell("progress", values_of("progress"))
    for number in range(5):
        thread.tell("warned", {"text": str(number)})
    listener.gate.set()
    close_all([thread], is_done=True)
    assert listener.texts == ["first", "step", "step", "step", "0", "1", "2"]
    assert thread.new_warnings() == [
        "listener x of y 1 is behind: 3 events wait for it, and others are not kept"
    ]


def test_what_a_listener_does_not_want_does_not_wait_for_it(stuck):
    _, thread = stuck
    assert thread.wants("progress")
    assert not thread.wants("recorded")
    thread.tell("recorded", values_of("recorded"))
    assert thread._events.empty()


@pytest.mark.parametrize("is_done", [True, False])
def test_a_listener_that_hangs_is_left_alone_after_a_while(stuck, monkeypatch, is_done):
    monkeypatch.setattr(listeners, "_CALL_S", 0.2 if is_done else 600)
    monkeypatch.setattr(listeners, "_STOPPED_S", 600 if is_done else 0.2)
    _, thread = stuck
    for _ in range(2):
        thread.tell("warned", {"text": "again"})
    close_all([thread], is_done=is_done)
    (warning,) = thread.new_warnings()
    assert warning == "listener x of y 1 did not end, and is left alone; 2 events are lost"


def test_the_time_for_all_calls_together_is_bounded_too(stuck, monkeypatch):
    monkeypatch.setattr(listeners, "_ALL_S", 0.2)
    _, thread = stuck
    close_all([thread], is_done=True)
    assert "did not end" in thread.new_warnings()[0]


def test_warnings_become_pythons():
    with pytest.warns(RuntimeWarning, match="the store is full"):
        PythonWarnings().warned("the store is full")
