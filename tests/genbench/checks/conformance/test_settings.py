"""A change of a global setting is seen by its name, and can be undone."""

from __future__ import annotations

import locale
import logging
import os
import random
import signal
import socket
import sys
import warnings

import numpy as np
import pytest

from genbench.checks.conformance.fresh import capture_output, name_changes, read_settings, restore_settings

CHANGES = {
    "the working directory": lambda: os.chdir("/"),
    "the environment variables": lambda: os.environ.update(COLOUR="blue"),
    "sys.path": lambda: sys.path.append("/elsewhere"),
    "Python's global random state": random.random,
    "numpy's global random state": np.random.random,
    "numpy's handling of floating-point errors": lambda: np.seterr(all="ignore"),
    "the filters of warnings": lambda: warnings.simplefilter("always"),
    "the handlers of signals": lambda: signal.signal(signal.SIGALRM, lambda *_: None),
    "the locale": lambda: locale.setlocale(locale.LC_ALL, "C.UTF-8"),
    "the default timeout of sockets": lambda: socket.setdefaulttimeout(3.5),
    "the handlers of the root logger": lambda: logging.root.addHandler(logging.NullHandler()),
}
OF_TORCH = {
    "torch's default dtype": "torch.set_default_dtype(torch.float64)",
    "torch's number of threads": "torch.set_num_threads(torch.get_num_threads() + 1)",
    "torch's gradient mode": "torch.set_grad_enabled(False)",
    "torch's deterministic algorithms": "torch.use_deterministic_algorithms(True)",
}


@pytest.fixture
def before():
    """Return the settings, and set all of them back at the end."""
    state, folder, variables, errors = random.getstate(), os.getcwd(), dict(os.environ), np.geterr()  # noqa: PTH109
    before = read_settings()
    with warnings.catch_warnings():
        yield before
    restore_settings(before)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    np.seterr(**errors)
    random.setstate(state)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen_by_the_name_of_its_setting_alone(before, name):
    locale.setlocale(locale.LC_ALL, "C")
    before = read_settings()
    CHANGES[name]()
    assert name_changes(before, read_settings()) == [name]


@pytest.mark.parametrize("name", OF_TORCH)
def test_a_change_of_torch_is_seen_once_it_is_imported(name):
    import torch

    kept = torch.get_default_dtype(), torch.get_num_threads()
    before = read_settings()
    try:
        exec(OF_TORCH[name], {"torch": torch})  # noqa: S102 - a line of this file
        assert name_changes(before, read_settings()) == [name]
    finally:
        torch.set_default_dtype(kept[0])
        torch.set_num_threads(kept[1])
        torch.set_grad_enabled(True)
        torch.use_deterministic_algorithms(False)


def test_the_import_of_torch_is_no_change(monkeypatch):
    import torch  # noqa: F401 - its settings count once it is imported

    after = read_settings()
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "torch")
        before = read_settings()
    assert not name_changes(before, after)


@pytest.mark.parametrize(
    "name",
    [
        "sys.path",
        "the handlers of signals",
        "the locale",
        "the default timeout of sockets",
        "the handlers of the root logger",
    ],
)
def test_a_change_that_no_call_restores_can_be_undone(before, name):
    locale.setlocale(locale.LC_ALL, "C")
    before = read_settings()
    CHANGES[name]()
    restore_settings(before)
    assert not name_changes(before, read_settings())


def test_variables_that_libraries_set_on_import_do_not_count(before):
    before = read_settings()
    os.environ["KMP_INIT_AT_FORK"] = "FALSE"
    assert not name_changes(before, read_settings())


def test_both_streams_are_collected(capsys):
    with capture_output() as text:
        print("to one")
        print("to the other", file=sys.stderr)
    assert text.getvalue() == "to one\nto the other\n"
    assert capsys.readouterr().out == ""
