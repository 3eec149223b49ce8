"""Which modules a fork server imports before it forks a job, so that its children share them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from genbench.catalog.imports import read_imports, read_reached_sources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.contract.specs import Spec
    from genbench.suite.components import Part

__all__ = ["modules_for"]

#: Libraries of genbench that import no torch.
_LIBRARIES = (
    "PIL", "annotated_types", "genbench", "hmmlearn", "numpy", "pandas", "psutil", "pyarrow", "pydantic",
    "pydantic_core", "rdkit", "sacrebleu", "safetensors", "scipy", "selfies", "sklearn", "threadpoolctl",
    "tokenizers", "trimesh",
)  # fmt: skip
_LIGHT = frozenset(_LIBRARIES) | sys.stdlib_module_names


def modules_for(parts: Iterable[Part[Spec]]) -> tuple[str, ...]:
    """Return ("torch",) if a job of these components may import torch, else ().

    Importing torch takes seconds, so a server of jobs without torch leaves it out. The source of the
    components says what they import. A library that is not listed above may import torch, and so may a
    component without source.
    """
    return ("torch",) if any(_may_import_torch(part.spec.make) for part in parts) else ()


def _may_import_torch(make: Any) -> bool:
    is_named = hasattr(make, "__qualname__")  # a partial names the module of its class
    module = make.partition(":")[0] if isinstance(make, str) else make.__module__ if is_named else ""
    sources = list(read_reached_sources(module)) if module else []
    own = module.partition(".")[0]
    names = {name.partition(".")[0] for source in sources for name in read_imports(source, module)}
    return not sources or not names <= _LIGHT | {own}
