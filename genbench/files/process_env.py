"""The environment variables that a run's processes see: paths and settings of libraries.

Possible secrets are not among them, nor are variables that no library of genbench is known to read. A
component gets further variables only by name: from its spec, or from an option that is marked Variable.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["common_variables", "is_secret"]

#: Full names, in capitals; case does not matter, as in http_proxy.
_NAMES = frozenset((
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "TERM",
    "COLUMNS", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
))  # fmt: skip

#: Prefixes of names: of the system, Python, numerical libraries, and GPU and cluster software.
_BEGINNINGS = (
    "GENBENCH_", "LC_", "XDG_", "PYTHON", "CONDA_", "LD_", "DYLD_", "MALLOC_", "OMP_", "GOMP_", "KMP_",
    "MKL_", "OPENBLAS_", "BLIS_", "NUMEXPR_", "VECLIB_", "CUDA_", "CUBLAS_", "CUDNN_", "NCCL_", "NVIDIA_",
    "HIP_", "HSA_", "ROCR_", "ROCM_", "PYTORCH_", "TORCH_", "TORCHINDUCTOR_", "ATEN_", "ONEDNN_", "DNNL_",
    "OPENVINO_", "HF_", "HUGGINGFACE_", "TRANSFORMERS_", "TOKENIZERS_", "JAX_", "XLA_", "TF_", "SLURM_",
    "COVERAGE_",
)  # fmt: skip

#: Words in the names of secrets; TOKENIZERS_PARALLELISM and AUTHOR do not match.
_SECRET = re.compile(
    r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH)S?(?![A-Z])", re.IGNORECASE
)

_FOLDERS = ("GENBENCH_STORE", "GENBENCH_ASSETS")


def common_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that every process of a run sees.

    The relative paths of genbench's folders become absolute, since each process has its own working folder.
    The time zone is UTC on all machines, since no key names it.
    """
    common = {name: value for name, value in environment.items() if _is_common(name)}
    folders = {name: common[name] for name in _FOLDERS if common.get(name)}
    absolute = {name: str(Path(value).absolute()) for name, value in folders.items()}
    return common | absolute | {"TZ": "UTC"}


def is_secret(name: str) -> bool:
    """Return whether a variable counts as a secret: its name contains key, token, password or the like."""
    return _SECRET.search(name) is not None


def _is_common(name: str) -> bool:
    upper = name.upper()
    return (upper in _NAMES or upper.startswith(_BEGINNINGS)) and not is_secret(name)
