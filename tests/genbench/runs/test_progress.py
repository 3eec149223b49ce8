from __future__ import annotations

import io
import re
import threading

import pytest
from rich.console import Console

from genbench.runs.progress import LiveProgress, PlainProgress, open_progress


def console(*, terminal=False):
    return Console(
        file=io.StringIO(), force_terminal=terminal, width=100, highlight=False, markup=False, emoji=False
    )


def drive(progress):
    """Tell a listener of one trial of two."""
    with progress:
        progress.planned(2, 1)
        progress.begin("digits vae seed 0")
        progress.event("digits vae seed 0", {"pid": 7})
        progress.event("digits vae seed 0", {"stage": "fit"})
        values = {"loss": 0.123456, "kl": 2.0, "third": 3.0, "fourth": 4.0}
        progress.event("digits vae seed 0", {"step": 5, "total": 10, "values": values})
        progress.event("digits vae seed 0", {"exit": 0})
        progress.warn("the store [x] is full")
        progress.end("digits vae seed 0", is_trial=True)


def lines(*, quiet=False, verbose=False):
    screen = console()
    drive(PlainProgress(screen, quiet=quiet, verbose=verbose))
    return re.sub(r"\d+\.\d s", "T s", screen.file.getvalue()).splitlines()


WARNING = "Warning: the store [x] is full"


def test_plain_progress_is_a_line_for_each_job_that_ends():
    assert lines() == ["1 of 2 trials to run", WARNING, "[2/2] digits vae seed 0: T s"]


def test_verbose_progress_has_stages_and_steps():
    assert lines(verbose=True) == [
        "1 of 2 trials to run",
        "digits vae seed 0: fit",
        "digits vae seed 0: 5/10 loss 0.1235 kl 2 third 3",
        WARNING,
        "[2/2] digits vae seed 0: T s",
    ]


def test_quiet_progress_is_nothing_but_warnings():
    assert lines(quiet=True) == [WARNING]
    assert lines(quiet=True, verbose=True) == [WARNING]


def test_a_preparation_is_not_counted_as_a_trial():
    screen = console()
    with PlainProgress(screen, quiet=False, verbose=False) as progress:
        progress.planned(3, 3)
        progress.begin("digits data")
        progress.end("digits data", is_trial=False)
        progress.begin("a")
        progress.end("a", is_trial=True)
    text = screen.file.getvalue()
    assert re.search(r"^digits data: \d", text, re.MULTILINE)
    assert "[1/3] a: " in text


def test_nothing_to_do_is_not_mentioned():
    screen = console()
    with PlainProgress(screen, quiet=False, verbose=False) as progress:
        progress.planned(5, 0)
    assert screen.file.getvalue() == ""


def test_long_lines_are_not_broken():
    screen = console()
    PlainProgress(screen, quiet=False, verbose=False).warn("word " * 60)
    assert len(screen.file.getvalue().splitlines()) == 1


def test_a_step_without_values_is_only_a_step():
    screen = console()
    with PlainProgress(screen, quiet=False, verbose=True) as progress:
        progress.event("a", {"step": 1, "total": 3, "values": {}})
    assert screen.file.getvalue() == "a: 1/3\n"


def plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_live_progress_shows_job_stage_step_and_values_on_a_terminal():
    screen = console(terminal=True)
    progress = LiveProgress(screen)
    with progress:
        progress.planned(2, 1)
        progress.begin("digits vae seed 0")
        progress.event("digits vae seed 0", {"stage": "fit"})
        progress.event("digits vae seed 0", {"step": 5, "total": 10, "values": {"loss": 0.5}})
        progress._live.refresh()
        shown = plain(screen.file.getvalue())
        progress.warn("the store [x] is full")
        progress.end("digits vae seed 0", is_trial=True)
        progress._live.refresh()
    for text in ("digits vae seed 0", "fit", "5/10 loss 0.5", "genbench", "1/2 trials, left:"):
        assert text in shown
    after = plain(screen.file.getvalue())
    assert WARNING in after
    assert "2/2 trials, left:" in after


def test_live_progress_takes_events_from_many_threads():
    screen = console(terminal=True)

    def work(job):
        progress.begin(job)
        for step in range(20):
            progress.event(job, {"step": step, "total": 20, "values": {"loss": float("nan")}})
        progress.end(job, is_trial=True)

    with LiveProgress(screen) as progress:
        progress.planned(8, 8)
        threads = [threading.Thread(target=work, args=(f"job {number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        progress._live.refresh()
    assert "8/8 trials" in plain(screen.file.getvalue())


@pytest.mark.parametrize(("quiet", "verbose"), [(False, False), (True, False), (False, True)])
def test_lines_are_plain_where_there_is_no_terminal(quiet, verbose, capsys):
    progress = open_progress(quiet=quiet, verbose=verbose)
    assert isinstance(progress, PlainProgress)
    progress.warn("it goes to the error stream")
    assert capsys.readouterr() == ("", "Warning: it goes to the error stream\n")


@pytest.mark.parametrize(
    ("flags", "kind"),
    [((False, False), LiveProgress), ((True, False), PlainProgress), ((False, True), PlainProgress)],
)
def test_progress_is_live_on_a_terminal_unless_flags_say_otherwise(monkeypatch, flags, kind):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(open_progress(quiet=flags[0], verbose=flags[1]), kind)


@pytest.mark.parametrize(
    "kind", [LiveProgress, lambda screen: PlainProgress(screen, quiet=True, verbose=False)]
)
def test_progress_knows_how_many_trials_are_done(kind):
    progress = kind(console())
    assert progress.counts == (0, 0)
    drive(progress)
    assert progress.counts == (2, 2)
