from __future__ import annotations

import io
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from genbench.runs.events import EventSource
from genbench.runs.progress import (
    LiveProgress,
    PlainProgress,
    StageLines,
    StageTitles,
    open_progress,
    open_stage_progress,
)


def console(*, terminal=False):
    return Console(
        file=io.StringIO(), force_terminal=terminal, width=100, highlight=False, markup=False, emoji=False
    )


JOB = "digits vae seed 0"
IDS = ("digits", "vae")


def waiting(count):
    """Return what the event of the start says of so many seeds of a generator."""
    return [{"dataset": "digits", "generator": "vae", "seed": seed, "control": None} for seed in range(count)]


def drive(progress):
    """Tell a display of one trial of two."""
    with progress:
        events = EventSource(progress)
        events.start("tiny", [named(JOB), named("digits vae seed 1")], [(named(JOB), ())], {}, Path())
        events.begin(JOB)
        events.tell_event(JOB, {"pid": 7})
        events.tell_event(JOB, {"stage": "fit"})
        values = {"loss": 0.123456, "kl": 2.0, "third": 3.0, "fourth": 4.0}
        events.tell_event(JOB, {"step": 5, "total": 10, "values": values})
        events.tell_event(JOB, {"exit": 0})
        events.warn("the store [x] is full")
        events.end(JOB)


def named(name):
    """Return what events ask of a trial."""
    part = SimpleNamespace(name="part", spec=SimpleNamespace(control=None))
    return SimpleNamespace(name=name, dataset=SimpleNamespace(part=part), generator=part, seed=0, cells=())


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


def test_quiet_progress_estimates_nothing_when_a_trial_ends(monkeypatch):
    progress = PlainProgress(console(), quiet=True, verbose=False)
    progress.run_started(2, 2, waiting(2))
    monkeypatch.setattr(progress._estimate, "estimate_left", None)
    progress.trial_started("a", *IDS)
    progress.trial_finished("a", 2.0)


def test_a_preparation_is_not_counted_as_a_trial():
    screen = console()
    progress = PlainProgress(screen, quiet=False, verbose=False)
    progress.run_started(3, 3, waiting(3))
    progress.job_finished("digits data", 1.0)
    progress.trial_started("a", *IDS)
    progress.trial_finished("a", 2.0)
    text = screen.file.getvalue()
    assert re.search(r"^digits data: \d", text, re.MULTILINE)
    assert "[1/3] a: " in text


def test_nothing_to_do_is_not_mentioned():
    screen = console()
    PlainProgress(screen, quiet=False, verbose=False).run_started(5, 0, [])
    assert screen.file.getvalue() == ""


def test_long_lines_are_not_broken():
    screen = console()
    PlainProgress(screen, quiet=False, verbose=False).warned("word " * 60)
    assert len(screen.file.getvalue().splitlines()) == 1


def test_a_step_without_values_is_only_a_step():
    screen = console()
    PlainProgress(screen, quiet=False, verbose=True).progress("a", "fit", 1, 3, {})
    assert screen.file.getvalue() == "a: 1/3\n"


def plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_live_progress_shows_job_stage_step_and_values_on_a_terminal():
    screen = console(terminal=True)
    progress = LiveProgress(screen)
    with progress:
        progress.run_started(2, 1, waiting(1))
        progress.trial_started(JOB, *IDS)
        progress.progress(JOB, "fit", None, None, {})
        progress.progress(JOB, "fit", 5, 10, {"loss": 0.5})
        progress._live.refresh()
        shown = plain(screen.file.getvalue())
        progress.warned("the store [x] is full")
        progress.trial_finished(JOB, 1.0)
        progress._live.refresh()
    for text in ("digits vae seed 0", "fit", "5/10 loss 0.5", "genbench", "1/2 trials, left: not yet known"):
        assert text in shown
    after = plain(screen.file.getvalue())
    assert WARNING in after
    assert "2/2 trials, left:" in after


def test_live_progress_shows_a_preparation_until_it_ends_and_does_not_count_it():
    screen = console(terminal=True)
    with LiveProgress(screen) as progress:
        progress.run_started(2, 2, waiting(2))
        progress.job_started("digits data")
        assert [task.description for task in progress._jobs.tasks] == ["digits data"]
        progress.job_finished("digits data")
        assert progress._jobs.tasks == []
    assert progress.counts == (0, 2)


@pytest.mark.parametrize(("quiet", "verbose"), [(False, False), (True, False), (False, True)])
def test_lines_are_plain_where_there_is_no_terminal(quiet, verbose, capsys):
    progress = open_progress(quiet=quiet, verbose=verbose)
    assert isinstance(progress, PlainProgress)
    progress.warned("it goes to the error stream")
    progress.noted("so does a note")
    assert capsys.readouterr() == ("", "Warning: it goes to the error stream\nso does a note\n")


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


def at(progress, monkeypatch):
    """Return a function that sets the clock of a display."""
    now = [0.0]
    monkeypatch.setattr(progress._estimate, "clock", lambda: now[0])
    return lambda seconds: now.__setitem__(0, seconds)


def test_live_progress_shows_what_is_left_of_a_stage_and_of_the_run_before_a_trial_has_ended(monkeypatch):
    screen = console(terminal=True)
    with LiveProgress(screen) as progress:
        move = at(progress, monkeypatch)
        progress.run_started(3, 3, waiting(3))
        progress.trial_started(JOB, *IDS)
        progress.progress(JOB, "fit", None, None, {})
        move(10.0)
        progress.progress(JOB, "fit", 5, 10, {"loss": 0.5})
        move(12.0)
        progress.progress(JOB, "fit", 6, 10, {"loss": 0.5})
        progress._live.refresh()
        shown = plain(screen.file.getvalue())
        move(15.0)
        progress._live.refresh()
        later = plain(screen.file.getvalue())[len(shown) :]
    assert "6/10 loss 0.5 8 s left" in shown
    assert "0/3 trials, left: about 48 s" in shown
    assert "6/10 loss 0.5 5 s left" in later


def test_live_progress_of_a_score_names_the_metric_and_counts_time_after_the_steps_of_a_stage(monkeypatch):
    screen = console(terminal=True)
    with LiveProgress(screen, StageTitles()) as progress:
        progress.job_started("score")
        for stage in ("open fake", "fid[pixels]", "extract"):
            progress.progress("score", stage, None, None, {})
            progress.progress("score", stage, 100, 100, {})
        task = progress._jobs.tasks[0]
        monkeypatch.setattr(task, "start_time", task.start_time - 65)
        progress._live.refresh()
        shown = plain(screen.file.getvalue())
        progress.noted("a.csv is taken as table samples")
        assert "a.csv is taken as table samples" in plain(screen.file.getvalue())
    assert "score fid[pixels], extract" in shown
    assert "100/100  0:01:05" in shown


def test_plain_progress_says_what_is_left_by_the_first_training_and_with_each_trial(monkeypatch):
    screen = console()
    progress = PlainProgress(screen, quiet=False, verbose=False)
    move = at(progress, monkeypatch)
    progress.run_started(3, 3, [*waiting(2), {**waiting(1)[0], "generator": "gan"}])
    progress.trial_started(JOB, *IDS)
    progress.progress(JOB, "fit", None, None, {})
    for seconds, step in ((1.0, 1), (3.0, 2), (30.0, 9)):
        move(seconds)
        progress.progress(JOB, "fit", step, 10, {})
    progress.trial_finished(JOB, 31.0)
    assert screen.file.getvalue().splitlines() == [
        "3 of 3 trials to run",
        "about 54 s left, if the other generators take as long",
        f"[1/3] {JOB}: 31.0 s, about 1 min 2 s left, if the other generators take as long",
    ]


def test_one_job_has_lines_of_its_stages_where_there_is_no_terminal(monkeypatch):
    assert isinstance(open_stage_progress(quiet=False), StageLines)
    assert isinstance(open_stage_progress(quiet=True), PlainProgress)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert isinstance(open_stage_progress(quiet=True), PlainProgress)
