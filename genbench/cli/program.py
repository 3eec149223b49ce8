"""The entry point of the program `genbench`."""

from __future__ import annotations

import sys

from genbench.cli.interrupts import exit_code, said, terminable

__all__ = ["run_program"]


def run_program() -> None:
    """Run `genbench` with the arguments of the process, and end the process.

    The commands are imported here, since an interrupt of their import would otherwise print a traceback.
    """
    try:
        with terminable():
            from genbench.cli.main import main

            main()
    except KeyboardInterrupt as stop:
        print(said(stop), file=sys.stderr)
        sys.exit(exit_code(stop))
