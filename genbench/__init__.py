"""genbench: which generative model is better, and by how much can that be trusted?

The public names are imported when they are first used, so that `import genbench` costs nothing and a plugin
can say what it holds without numpy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from genbench._version import __version__ as __version__

if TYPE_CHECKING:
    from genbench.contract.assets import Asset
    from genbench.contract.hookspecs import hookimpl
    from genbench.contract.options import Unsigned, Variable
    from genbench.contract.specs import (
        DatasetSpec,
        ExecutorSpec,
        ExtractorSpec,
        GeneratorSpec,
        MetricSpec,
        Output,
        Protocol,
    )
    from genbench.core.errors import (
        Absent,
        DataError,
        EngineError,
        GenbenchError,
        Invalid,
        PluginError,
        ResultsError,
        SuiteError,
        Undefined,
    )
    from genbench.core.samples import Data, Samples
    from genbench.core.scores import Score
    from genbench.core.spaces import Space
    from genbench.runs.api import Run, run
    from genbench.scoring.api import Measurement, score
    from genbench.scoring.readers import open_samples
    from genbench.verification.api import Verification, verify

_HOME = {
    "Absent": "core.errors",
    "Asset": "contract.assets",
    "Data": "core.samples",
    "DataError": "core.errors",
    "DatasetSpec": "contract.specs",
    "EngineError": "core.errors",
    "ExecutorSpec": "contract.specs",
    "ExtractorSpec": "contract.specs",
    "GenbenchError": "core.errors",
    "GeneratorSpec": "contract.specs",
    "Invalid": "core.errors",
    "Measurement": "scoring.api",
    "MetricSpec": "contract.specs",
    "Output": "contract.specs",
    "PluginError": "core.errors",
    "Protocol": "contract.specs",
    "ResultsError": "core.errors",
    "Run": "runs.api",
    "Samples": "core.samples",
    "Score": "core.scores",
    "Space": "core.spaces",
    "SuiteError": "core.errors",
    "Undefined": "core.errors",
    "Unsigned": "contract.options",
    "Variable": "contract.options",
    "Verification": "verification.api",
    "hookimpl": "contract.hookspecs",
    "open_samples": "scoring.readers",
    "run": "runs.api",
    "score": "scoring.api",
    "verify": "verification.api",
}

__all__ = [
    "Absent",
    "Asset",
    "Data",
    "DataError",
    "DatasetSpec",
    "EngineError",
    "ExecutorSpec",
    "ExtractorSpec",
    "GenbenchError",
    "GeneratorSpec",
    "Invalid",
    "Measurement",
    "MetricSpec",
    "Output",
    "PluginError",
    "Protocol",
    "ResultsError",
    "Run",
    "Samples",
    "Score",
    "Space",
    "SuiteError",
    "Undefined",
    "Unsigned",
    "Variable",
    "Verification",
    "hookimpl",
    "open_samples",
    "run",
    "score",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module."""
    if name not in _HOME:
        raise AttributeError(f"module 'genbench' has no attribute {name!r}")
    return getattr(importlib.import_module(f"genbench.{_HOME[name]}"), name)
