"""`genbench.images`: outputs of image models as 8-bit images."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import utils

import genbench
from genbench.core.errors import DataError, SuiteError


@pytest.mark.parametrize(("low", "high"), [(-1, 1), (0, 1), (0, 255), (-0.5, 0.5)])
def test_the_bytes_are_those_of_save_image(tmp_path, low, high):
    x = torch.rand((2, 3, 16, 16), generator=torch.Generator().manual_seed(0)) * (high - low) + low
    x[0, 0, 0, :2] = torch.tensor([low, high])
    x[1, 0] = (torch.arange(256).reshape(16, 16) + 0.5) / 256 * (high - low) + low  # near the steps
    found = genbench.images(x, range=(low, high))
    assert (found.shape, found.dtype) == ((2, 16, 16, 3), np.uint8)
    for number in range(2):
        utils.save_image(x[number], tmp_path / "x.png", normalize=True, value_range=(low, high), padding=0)
        assert np.array_equal(found[number], np.asarray(Image.open(tmp_path / "x.png")))


def test_halves_are_rounded_up_and_every_byte_stays():
    steps = np.array([-1, 1, 0, 0.51 / 127.5 - 1, 0.49 / 127.5 - 1]).reshape(5, 1, 1, 1)
    assert genbench.images(steps, range=(-1, 1)).ravel().tolist() == [0, 255, 128, 1, 0]
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    assert np.array_equal(genbench.images(every, range=(0, 255), layout="nhwc"), every)
    for dtype in (np.float32, np.float64):
        unit = every.astype(dtype) / 255
        assert np.array_equal(genbench.images(unit, range=(0, 1), layout="nhwc"), every)


def test_channels_become_the_last_axis():
    x = np.zeros((2, 3, 4, 5))
    x[:, 1] = 1
    found = genbench.images(x, range=(0, 1))
    assert found.shape == (2, 4, 5, 3)
    assert found.flags.c_contiguous
    assert found[0, 0, 0].tolist() == [0, 255, 0]
    assert genbench.images(found, range=(0, 255), layout="nhwc").tolist() == found.tolist()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_tensors_of_each_precision_are_taken_with_their_gradients(dtype):
    x = torch.tensor([-1.0, 0.0, 1.0], dtype=getattr(torch, dtype), requires_grad=True).reshape(3, 1, 1, 1)
    assert genbench.images(x, range=(-1, 1)).ravel().tolist() == [0, 128, 255]


def test_torch_is_not_imported_for_arrays():
    code = (
        "import sys, numpy, genbench; genbench.images(numpy.zeros((1, 1, 2, 2)), range=(0, 1)); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_score_takes_what_it_returns(rng):
    x = rng.uniform(-1, 1, size=(20, 1, 8, 8))
    found = genbench.score(
        fake=genbench.images(x, range=(-1, 1)), real="digits.test", metrics="fid", extractor="pixels", n=20
    )
    assert found["fid[pixels]"].status == "ok"


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (
            [-1, 0.5],
            {"range": (0, 1)},
            "values from -1 to 0.5 are outside of range=(0, 1); write range=(-1, 1), or x.clip(0, 1) if the",
        ),
        ([0, 200], {"range": (-1, 1)}, "write range=(0, 255), or x.clip(-1, 1) if the model overshoots"),
        ([-3, 300], {"range": (0, 255)}, "write the range of the model, or x.clip(0, 255)"),
        ([np.nan, 1], {"range": (0, 1)}, "1 values are not finite"),
        ([np.inf, np.nan], {"range": (0, 1)}, "2 values are not finite"),
    ],
)
def test_values_that_it_does_not_take_are_refused_with_what_to_do(x, options, message):
    with pytest.raises(DataError) as refused:
        genbench.images(np.array(x, dtype=float).reshape(2, 1, 1, 1), **options)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("shape", "layout", "message"),
    [
        ((3, 8, 8), "nchw", "write x[None] for a single image, or x[:, None] with layout='nchw'"),
        ((8, 8), "nchw", "expected four axes (n, channels, height, width), got shape (8, 8)"),
        ((2, 8, 8, 3), "nchw", "got shape (2, 8, 8, 3); write layout='nhwc'"),
        ((2, 3, 8, 8), "nhwc", "got shape (2, 3, 8, 8); write layout='nchw'"),
        ((2, 7, 8, 8), "nchw", "keep one, three or four channels"),
    ],
)
def test_shapes_that_it_does_not_take_are_refused_with_what_to_do(shape, layout, message):
    with pytest.raises(DataError) as refused:
        genbench.images(np.zeros(shape), range=(0, 1), layout=layout)
    assert message in str(refused.value)


def test_other_ranges_layouts_and_objects_are_refused():
    x = np.zeros((1, 1, 2, 2))
    for value in ((1, 0), (0, np.inf), (0,), "01x", None, (0, 0)):
        with pytest.raises(SuiteError, match=r"^range: expected the values of black and white"):
            genbench.images(x, range=value)
    with pytest.raises(SuiteError, match=r"^layout: expected 'nchw' or 'nhwc', got 'chw'"):
        genbench.images(x, range=(0, 1), layout="chw")
    with pytest.raises(DataError, match=r"^images: expected an array or a tensor of numbers, got str"):
        genbench.images("x.png", range=(0, 1))
    assert genbench.images(x[:0], range=(0, 1)).shape == (0, 2, 2, 1)
