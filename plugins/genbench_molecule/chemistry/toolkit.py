"""The import of rdkit, which leaves the environment as it was."""

from __future__ import annotations

import functools
import importlib
import os

from genbench import Absent

__all__ = ["load_rdkit"]

_VARIABLE = "RDBASE"  # rdkit sets it to the place of its files, and reads it only when it is imported


@functools.cache
def load_rdkit() -> None:
    """Import rdkit, and drop the environment variable that it sets; raise Absent if it is not installed."""
    before = os.environ.get(_VARIABLE)
    try:
        importlib.import_module("rdkit.RDConfig")
    except ImportError as error:
        raise Absent("molecules need the package rdkit; run `pip install 'genbench[molecules]'`") from error
    if before is None:
        os.environ.pop(_VARIABLE, None)
