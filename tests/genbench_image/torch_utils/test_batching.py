"""Batches: their order, their growth, and what happens where one does not fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.torch_utils.batching import batch_sizes, full_precision, in_batches


class Device:
    """A stand-in for a network on a device that holds `room` rows at a time."""

    def __init__(self, room):
        self.room = room
        self.tried = []

    def __call__(self, rows):
        self.tried.append(rows.stop - rows.start)
        if self.tried[-1] > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return {"rows": np.arange(rows.start, rows.stop), "pairs": np.zeros((self.tried[-1], 2))}


def run(device, n, first, most):
    told = []
    found = in_batches(device, n, first=first, most=most, log=lambda step, total: told.append((step, total)))
    assert found["pairs"].shape == (n, 2)
    return found["rows"].tolist(), told


def test_batches_come_in_order_and_are_logged():
    device = Device(room=8)
    rows, told = run(device, 20, first=8, most=8)
    assert rows == list(range(20))
    assert device.tried == [8, 8, 4]
    assert told == [(8, 20), (16, 20), (20, 20)]


def test_batches_grow_while_they_fit_up_to_the_most():
    device = Device(room=1000)
    assert run(device, 100, first=4, most=16)[0] == list(range(100))
    assert device.tried == [4, 8, 16, 16, 16, 16, 16, 8]


def test_what_does_not_fit_is_halved_for_good_and_no_row_is_lost():
    device = Device(room=10)
    rows, told = run(device, 50, first=8, most=512)
    assert rows == list(range(50))
    assert device.tried == [8, 16, 8, 8, 8, 8, 8, 2]
    assert told[-1] == (50, 50)


def test_halving_goes_on_until_it_fits():
    device = Device(room=3)
    assert run(device, 9, first=16, most=512)[0] == list(range(9))
    assert device.tried == [9, 4, 2, 2, 2, 2, 1]


def test_a_single_row_that_does_not_fit_is_an_error_of_memory():
    with pytest.raises(MemoryError, match="not even one sample"):
        run(Device(room=0), 4, first=4, most=8)


def test_other_errors_pass():
    def broken(rows):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        run(broken, 4, first=4, most=4)


def test_no_rows_are_asked_for_once():
    device = Device(room=8)
    assert run(device, 0, first=8, most=8) == ([], [])
    assert device.tried == [0]


def test_a_cpu_has_one_size_and_a_gpu_may_grow():
    assert batch_sizes("cpu") == (8, 8)
    first, most = batch_sizes("cuda:1")
    assert first < most


def test_on_a_gpu_convolutions_keep_all_bits_and_the_setting_is_put_back():
    before = torch.backends.cudnn.allow_tf32
    with full_precision("cuda"):
        assert not torch.backends.cudnn.allow_tf32
    assert torch.backends.cudnn.allow_tf32 == before
    with full_precision("cpu"):
        assert torch.backends.cudnn.allow_tf32 == before
