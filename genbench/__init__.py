"""genbench: which generative model is better, and by how much can that be trusted?

Everything public is a name of this package. docs/api.md lists the names by use: for people who run suites
and score samples, and for people who write plugins. A name is imported when it is first used, so
`import genbench` costs nothing, and a plugin can describe its components without numpy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from genbench._version import __version__ as __version__

if TYPE_CHECKING:
    from genbench.catalog.modalities import Modality, checked_samples
    from genbench.contract.assets import Asset
    from genbench.contract.distributions import Distribution
    from genbench.contract.expected import anything, better, falls, mixed, rises, unchanged, worse
    from genbench.contract.faults import FaultSpec
    from genbench.contract.hookspecs import hookimpl
    from genbench.contract.modalities import ModalitySpec
    from genbench.contract.moments import Moments
    from genbench.contract.options import Address, Unsigned, Variable
    from genbench.contract.specs import (
        DatasetSpec,
        ExecutorSpec,
        ExtractorSpec,
        GeneratorSpec,
        ListenerSpec,
        MetricSpec,
        Output,
        Protocol,
    )
    from genbench.contract.steps import Log, Steps, log_parts
    from genbench.contract.strings import Strings
    from genbench.contract.training_log import log_losses
    from genbench.core.arrays import Ragged
    from genbench.core.canonical_json import canonical, digest
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
    from genbench.core.extracted import Extracted
    from genbench.core.labels import class_names, labels_in
    from genbench.core.rendering import Rendering
    from genbench.core.samples import Data, Samples, concat, digests
    from genbench.core.scores import Score
    from genbench.core.seeds import stream
    from genbench.core.spaces import Space
    from genbench.core.splits import SPLITS, split
    from genbench.files.array_heads import array_heads
    from genbench.files.package_file import PackageFile
    from genbench.files.read import content_sha256, read_regular, unchanging
    from genbench.files.secrets import Redactor
    from genbench.files.text_files import TEXT_ENDINGS, read_texts
    from genbench.jobs.isolation.program import Program
    from genbench.runs.api import Run, run
    from genbench.scoring.api import score
    from genbench.scoring.measurement import Measurement
    from genbench.scoring.reference import Reference
    from genbench.store.answer_cache import AnswerCache
    from genbench.store.environment import cores
    from genbench.store.store import store_folder
    from genbench.trial.calling import no_log
    from genbench.trial.global_state import torch_seed
    from genbench.trial.reading.finished_outputs import open_samples
    from genbench.verification.api import Verification, verify

#: Public name to the module that defines it.
_HOME = {
    "Absent": "core.errors",
    "Address": "contract.options",
    "AnswerCache": "store.answer_cache",
    "Asset": "contract.assets",
    "Data": "core.samples",
    "DataError": "core.errors",
    "DatasetSpec": "contract.specs",
    "Distribution": "contract.distributions",
    "EngineError": "core.errors",
    "ExecutorSpec": "contract.specs",
    "Extracted": "core.extracted",
    "ExtractorSpec": "contract.specs",
    "FaultSpec": "contract.faults",
    "GenbenchError": "core.errors",
    "GeneratorSpec": "contract.specs",
    "Invalid": "core.errors",
    "ListenerSpec": "contract.specs",
    "Log": "contract.steps",
    "Measurement": "scoring.measurement",
    "MetricSpec": "contract.specs",
    "Modality": "catalog.modalities",
    "ModalitySpec": "contract.modalities",
    "Moments": "contract.moments",
    "Output": "contract.specs",
    "PackageFile": "files.package_file",
    "PluginError": "core.errors",
    "Program": "jobs.isolation.program",
    "Protocol": "contract.specs",
    "Ragged": "core.arrays",
    "Redactor": "files.secrets",
    "Reference": "scoring.reference",
    "Rendering": "core.rendering",
    "ResultsError": "core.errors",
    "Run": "runs.api",
    "SPLITS": "core.splits",
    "Samples": "core.samples",
    "Score": "core.scores",
    "Space": "core.spaces",
    "Steps": "contract.steps",
    "Strings": "contract.strings",
    "SuiteError": "core.errors",
    "TEXT_ENDINGS": "files.text_files",
    "Undefined": "core.errors",
    "Unsigned": "contract.options",
    "Variable": "contract.options",
    "Verification": "verification.api",
    "anything": "contract.expected",
    "array_heads": "files.array_heads",
    "better": "contract.expected",
    "canonical": "core.canonical_json",
    "checked_samples": "catalog.modalities",
    "class_names": "core.labels",
    "concat": "core.samples",
    "content_sha256": "files.read",
    "cores": "store.environment",
    "digest": "core.canonical_json",
    "digests": "core.samples",
    "falls": "contract.expected",
    "hookimpl": "contract.hookspecs",
    "labels_in": "core.labels",
    "log_losses": "contract.training_log",
    "log_parts": "contract.steps",
    "mixed": "contract.expected",
    "no_log": "trial.calling",
    "open_samples": "trial.reading.finished_outputs",
    "read_regular": "files.read",
    "read_texts": "files.text_files",
    "rises": "contract.expected",
    "run": "runs.api",
    "score": "scoring.api",
    "split": "core.splits",
    "store_folder": "store.store",
    "stream": "core.seeds",
    "torch_seed": "trial.global_state",
    "unchanged": "contract.expected",
    "unchanging": "files.read",
    "verify": "verification.api",
    "worse": "contract.expected",
}

__all__ = [
    "SPLITS",
    "TEXT_ENDINGS",
    "Absent",
    "Address",
    "AnswerCache",
    "Asset",
    "Data",
    "DataError",
    "DatasetSpec",
    "Distribution",
    "EngineError",
    "ExecutorSpec",
    "Extracted",
    "ExtractorSpec",
    "FaultSpec",
    "GenbenchError",
    "GeneratorSpec",
    "Invalid",
    "ListenerSpec",
    "Log",
    "Measurement",
    "MetricSpec",
    "Modality",
    "ModalitySpec",
    "Moments",
    "Output",
    "PackageFile",
    "PluginError",
    "Program",
    "Protocol",
    "Ragged",
    "Redactor",
    "Reference",
    "Rendering",
    "ResultsError",
    "Run",
    "Samples",
    "Score",
    "Space",
    "Steps",
    "Strings",
    "SuiteError",
    "Undefined",
    "Unsigned",
    "Variable",
    "Verification",
    "anything",
    "array_heads",
    "better",
    "canonical",
    "checked_samples",
    "class_names",
    "concat",
    "content_sha256",
    "cores",
    "digest",
    "digests",
    "falls",
    "hookimpl",
    "labels_in",
    "log_losses",
    "log_parts",
    "mixed",
    "no_log",
    "open_samples",
    "read_regular",
    "read_texts",
    "rises",
    "run",
    "score",
    "split",
    "store_folder",
    "stream",
    "torch_seed",
    "unchanged",
    "unchanging",
    "verify",
    "worse",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module."""
    if name not in _HOME:
        raise AttributeError(f"module 'genbench' has no attribute {name!r}")
    return getattr(importlib.import_module(f"genbench.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names, for completion in a shell."""
    return [*__all__, "__version__"]
