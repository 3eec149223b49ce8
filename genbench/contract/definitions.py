"""Functions and classes of a component's module, read from its file without importing it."""

from __future__ import annotations

import ast
import importlib.util
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.contract.signature import GIVEN

if TYPE_CHECKING:
    from genbench.contract.specs import Spec

__all__ = ["declared_inputs", "definitions"]


def definitions(module: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """Return the functions and classes of a module by name; none if it has no file that can be read."""
    try:
        found = importlib.util.find_spec(module)
        text = Path(found.origin).read_text(encoding="utf-8") if found and found.origin else ""
        tree = ast.parse(text)
    except (ImportError, OSError, SyntaxError, ValueError):
        return {}
    return {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def declared_inputs(spec: Spec) -> tuple[str, ...] | None:
    """Return the inputs that a component asks for, or None if its `make` is no function of its module."""
    if callable(spec.make):
        parameters = inspect.signature(spec.make).parameters.values()
        names = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
    else:
        module, _, function = spec.make.partition(":")
        found = definitions(module).get(function)
        if not isinstance(found, ast.FunctionDef):
            return None
        names = [argument.arg for argument in found.args.args]
    return tuple(name for name in names if name not in GIVEN)
