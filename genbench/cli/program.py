"""The entry point of the program `genbench`."""

from __future__ import annotations

import os
import sys

from genbench.cli.interrupts import exit_code, interrupt_line, terminable

__all__ = ["run_program"]

_SEED = "PYTHONHASHSEED"


def run_program() -> None:
    """Run `genbench` with the arguments of the process, and end the process.

    The commands are imported here, since an interrupt of their import would otherwise print a traceback.
    """
    try:
        with terminable():
            _fix_hashes()

            from genbench.cli.main import main

            main()
    except KeyboardInterrupt as stop:
        print(interrupt_line(stop), file=sys.stderr)
        sys.exit(exit_code(stop))


def _fix_hashes() -> None:
    """Replace this process by the same program with PYTHONHASHSEED=0, unless it has this seed already.

    Jobs have that seed too, so a component that depends on `hash()` or on the order of a set gives the same
    results in each command. A seed can only be set before Python starts.
    """
    # under the flags -E and -I, Python ignores the variable
    can_be_fixed = sys.flags.hash_randomization and not sys.flags.ignore_environment
    # The flag -R overrides the variable, so a process with the variable is not replaced again. Only POSIX
    # systems replace a process, and Python may not know its executable.
    if can_be_fixed and os.environ.get(_SEED) != "0" and sys.executable and os.name == "posix":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, _SEED: "0"})  # noqa: S606
