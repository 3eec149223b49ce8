"""Which environment variables a run's processes see: where things are, and how libraries behave.

What may be a secret is none of them, nor is what no library of genbench's is known to read. A component gets
more only by name: from its spec, or from an option that is marked Variable.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["common_variables", "is_secret"]

#: Whole names, in capitals: people write http_proxy, too.
_NAMES = frozenset((
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "TERM",
    "COLUMNS", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
))  # fmt: skip

#: How the names of others begin: of the system, Python, the libraries that compute, and what hands out GPUs.
_BEGINNINGS = (
    "GENBENCH_", "LC_", "XDG_", "PYTHON", "CONDA_", "LD_", "DYLD_", "MALLOC_", "OMP_", "GOMP_", "KMP_",
    "MKL_", "OPENBLAS_", "BLIS_", "NUMEXPR_", "VECLIB_", "CUDA_", "CUBLAS_", "CUDNN_", "NCCL_", "NVIDIA_",
    "HIP_", "HSA_", "ROCR_", "ROCM_", "PYTORCH_", "TORCH_", "TORCHINDUCTOR_", "ATEN_", "ONEDNN_", "DNNL_",
    "OPENVINO_", "HF_", "HUGGINGFACE_", "TRANSFORMERS_", "TOKENIZERS_", "JAX_", "XLA_", "TF_", "SLURM_",
    "COVERAGE_",
)  # fmt: skip

#: What a name says of a secret's value; not TOKENIZERS_PARALLELISM, not AUTHOR.
_SECRET = re.compile(
    r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH)S?(?![A-Z])", re.IGNORECASE
)

_OWN_PLACES = ("GENBENCH_STORE", "GENBENCH_ASSETS")


def common_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return those variables that every process of a run sees.

    A relative path of genbench's own becomes absolute, since each process runs in a folder of its own.
    """
    found = {name: value for name, value in environment.items() if _is_common(name)}
    places = {name: found[name] for name in _OWN_PLACES if found.get(name)}
    return found | {name: str(Path(value).absolute()) for name, value in places.items()}


def is_secret(name: str) -> bool:
    """Return whether a variable is taken for a secret: its name says key, token, password or the like."""
    return _SECRET.search(name) is not None


def _is_common(name: str) -> bool:
    upper = name.upper()
    return (upper in _NAMES or upper.startswith(_BEGINNINGS)) and not is_secret(name)
