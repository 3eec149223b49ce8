"""What libraries keep for the whole process."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from genbench.files.process_settings import keep_settings, list_process_settings

BACKENDS = torch.backends
CHANGES = {
    "the working directory": [lambda: os.chdir("/")],
    "the mask of new files' rights": [lambda: os.umask(0o177)],
    "numpy's handling of floating-point errors": [lambda: np.seterr(divide="ignore")],
    "torch's number of threads": [lambda: torch.set_num_threads(torch.get_num_threads() + 1)],
    "torch's default dtype": [lambda: torch.set_default_dtype(torch.float64)],
    "torch's default device": [lambda: torch.set_default_device("meta")],
    "torch's gradient mode": [lambda: torch.set_grad_enabled(False)],
    "torch's autocast": [
        lambda: torch.set_autocast_enabled("cpu", True),
        lambda: torch.set_autocast_enabled("cuda", True),
        lambda: torch.set_autocast_dtype("cpu", torch.float16),
    ],
    "torch's precision of float32": [
        lambda: torch.set_float32_matmul_precision("medium"),
        lambda: torch.set_float32_matmul_precision("high"),
        lambda: setattr(BACKENDS.cuda.matmul, "allow_tf32", True),
        lambda: setattr(BACKENDS.cudnn, "allow_tf32", False),
        lambda: setattr(BACKENDS, "fp32_precision", "tf32"),
        lambda: setattr(BACKENDS.cuda.matmul, "fp32_precision", "tf32"),
        lambda: setattr(BACKENDS.mkldnn.matmul, "fp32_precision", "bf16"),
    ],
    "torch's deterministic algorithms": [
        lambda: torch.use_deterministic_algorithms(True),
        lambda: torch.use_deterministic_algorithms(True, warn_only=True),
    ],
    "torch's use of oneDNN": [
        lambda: setattr(BACKENDS.mkldnn, "enabled", False),
        lambda: setattr(BACKENDS.mkldnn, "deterministic", True),
    ],
    "torch's kernels of attention": [
        lambda: BACKENDS.cuda.enable_flash_sdp(False),
        lambda: BACKENDS.cuda.enable_mem_efficient_sdp(False),
        lambda: BACKENDS.cuda.enable_math_sdp(False),
        lambda: BACKENDS.cuda.enable_cudnn_sdp(False),
    ],
    "torch's use of cuDNN": [
        lambda: setattr(BACKENDS.cudnn, "enabled", False),
        lambda: setattr(BACKENDS.cudnn, "benchmark", True),
        lambda: setattr(BACKENDS.cudnn, "deterministic", True),
    ],
    "torch's handling of denormal numbers": [lambda: torch.set_flush_denormal(True)],
}


def values():
    return {setting.name: setting.read() for setting in list_process_settings()}


def test_each_setting_is_tried_here():
    assert set(CHANGES) == set(values())


@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name, changes in CHANGES.items() for change in changes]
)
def test_a_change_is_read_in_its_setting_alone_and_put_back(name, change):
    before = values()
    with keep_settings() as changed:
        change()
        assert {key for key, value in values().items() if value != before[key]} == {name}
        assert changed == []
    assert changed == [name]
    assert values() == before


def test_settings_are_put_back_after_an_error_too():
    def fail():
        np.seterr(all="raise")
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"), keep_settings() as changed:
        fail()
    assert changed == ["numpy's handling of floating-point errors"]
    assert np.geterr()["under"] != "raise"


FIRST_IMPORT = """
import importlib.util
from genbench.files.process_settings import list_process_settings, keep_settings

with keep_settings() as outer:
    with keep_settings() as changed:
        assert importlib.util.find_spec("torch") is not None
        import torch
        assert importlib.util.find_spec("torch") is torch.__spec__
        torch.set_default_dtype(torch.float64)
        torch.set_autocast_enabled("cpu", True)
print(outer, changed, torch.get_default_dtype(), torch.is_autocast_enabled("cpu"))
"""


def test_settings_of_torch_are_put_back_if_the_block_is_the_first_to_import_it():
    done = subprocess.run([sys.executable, "-c", FIRST_IMPORT], capture_output=True, text=True, check=True)
    assert done.stdout == '[] ["torch\'s default dtype", "torch\'s autocast"] torch.float32 False\n'
