"""What torch keeps for the whole process."""

from __future__ import annotations

import pytest
import torch

from genbench.trial.torch_settings import torch_settings

BACKENDS = torch.backends
CHANGES = {
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
    "torch's choice of cuDNN's algorithms": [
        lambda: setattr(BACKENDS.cudnn, "enabled", False),
        lambda: setattr(BACKENDS.cudnn, "benchmark", True),
        lambda: setattr(BACKENDS.cudnn, "deterministic", True),
    ],
    "torch's handling of denormal numbers": [lambda: torch.set_flush_denormal(True)],
}


def values():
    return {setting.name: setting.read() for setting in torch_settings(torch)}


def test_each_setting_is_tried_here():
    assert set(CHANGES) == set(values())


@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name, changes in CHANGES.items() for change in changes]
)
def test_a_change_is_read_in_its_setting_alone_and_written_back(name, change):
    before = values()
    change()
    try:
        assert {key for key, value in values().items() if value != before[key]} == {name}
    finally:
        for setting in torch_settings(torch):
            setting.write(before[setting.name])
    assert values() == before
