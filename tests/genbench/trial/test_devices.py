"""Devices of torch."""

from __future__ import annotations

import pytest
import torch

from genbench.core.errors import SuiteError
from genbench.trial.devices import check_device, make_deterministic


def test_the_cpu_can_always_compute():
    check_device("cpu")


def test_a_device_that_torch_does_not_have_is_refused_in_one_line():
    with pytest.raises(SuiteError, match=r"^device 'meta:x' cannot be used here: .+; genbench") as refused:
        check_device("meta:x")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("device", "expected"), [("cpu", False), ("cuda:0", True)])
def test_torch_is_asked_for_deterministic_kernels_on_a_gpu_alone(monkeypatch, device, expected):
    asked = []
    monkeypatch.setattr(torch, "use_deterministic_algorithms", lambda *a, **k: asked.append((a, k)))
    make_deterministic(device)
    assert asked == ([((True,), {"warn_only": True})] if expected else [])
