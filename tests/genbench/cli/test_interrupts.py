from __future__ import annotations

import os
import signal

import pytest

from genbench.cli.interrupts import Terminated, exit_code, interrupt_line, terminable


@pytest.mark.parametrize(
    ("stop", "code", "line"), [(KeyboardInterrupt(), 130, "Interrupted."), (Terminated(), 143, "Terminated.")]
)
def test_an_interrupt_has_the_exit_code_of_its_signal(stop, code, line):
    assert (exit_code(stop), interrupt_line(stop)) == (code, line)


def test_a_block_is_ended_by_sigterm_and_the_handler_is_restored():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Terminated), terminable():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
