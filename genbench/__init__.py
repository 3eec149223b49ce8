"""genbench: which generative model is better, and by how much can that be trusted?

The public names are imported when they are first used, so that `import genbench` costs nothing and a plugin
can say what it holds without numpy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genbench.annotations import Unsigned, Variable
    from genbench.api import Run, run
    from genbench.assets import Asset
    from genbench.errors import (
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
    from genbench.hookspecs import hookimpl
    from genbench.measuring import Measurement, score
    from genbench.opening import open_samples
    from genbench.protocols import Protocol
    from genbench.samples import Data, Samples
    from genbench.scores import Score
    from genbench.spaces import Space
    from genbench.specs import DatasetSpec, ExecutorSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Output
    from genbench.verifying import Verification, verify

__version__ = "0.1.0"

_HOME = {
    "Absent": "errors",
    "Asset": "assets",
    "Data": "samples",
    "DataError": "errors",
    "DatasetSpec": "specs",
    "EngineError": "errors",
    "ExecutorSpec": "specs",
    "ExtractorSpec": "specs",
    "GenbenchError": "errors",
    "GeneratorSpec": "specs",
    "Invalid": "errors",
    "Measurement": "measuring",
    "MetricSpec": "specs",
    "Output": "specs",
    "PluginError": "errors",
    "Protocol": "protocols",
    "ResultsError": "errors",
    "Run": "api",
    "Samples": "samples",
    "Score": "scores",
    "Space": "spaces",
    "SuiteError": "errors",
    "Undefined": "errors",
    "Unsigned": "annotations",
    "Variable": "annotations",
    "Verification": "verifying",
    "hookimpl": "hookspecs",
    "open_samples": "opening",
    "run": "api",
    "score": "measuring",
    "verify": "verifying",
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
