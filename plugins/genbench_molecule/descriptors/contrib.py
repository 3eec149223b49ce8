"""The scores that rdkit ships as scripts in its Contrib folder: SA and natural-product likeness."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench import Absent
from genbench_molecule.chemistry.toolkit import load_rdkit

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["natural_product_score", "sa_score"]


@functools.cache
def sa_score() -> Callable[[Any], float]:
    """Return rdkit's function from a molecule to its synthetic accessibility: 1 is easy, 10 is hard.

    Source: Ertl and Schuffenhauer 2009, doi:10.1186/1758-2946-1-8. Raises Absent if the installed rdkit lacks
    it.
    """
    function: Callable[[Any], float] = _script("SA_Score/sascorer.py").calculateScore
    return function


@functools.cache
def natural_product_score() -> Callable[[Any], float]:
    """Return rdkit's function from a molecule to its likeness to natural products, in [-5, 5].

    Source: Ertl, Roggo and Schuffenhauer 2008, doi:10.1021/ci700286x. Raises Absent if the installed rdkit
    lacks it.
    """
    script = _script("NP_Score/npscorer.py")
    with contextlib.redirect_stderr(io.StringIO()):  # it says that it reads its model
        model = script.readNPModel()
    return functools.partial(script.scoreMol, fscore=model)


def _script(file: str) -> Any:
    """Return a script of rdkit's Contrib folder as a module; it reads its own tables beside it."""
    load_rdkit()
    from rdkit import RDConfig

    path = Path(RDConfig.RDContribDir, file)
    if not path.is_file():
        raise Absent(
            f"the installed rdkit has no Contrib/{file}; run `pip install --force-reinstall rdkit`, whose "
            f"wheel has it"
        )
    spec = importlib.util.spec_from_file_location(f"_rdkit_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise Absent(f"Contrib/{file} of the installed rdkit is no Python file; install rdkit again")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
