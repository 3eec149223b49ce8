"""What a header claims is refused before anything is allocated."""

from __future__ import annotations

import io

import pytest
from genbench_image.files import limits
from genbench_image.files.limits import MOST_BYTES, check_claim, check_ratio, read_claimed

from genbench import DataError


def test_a_claim_up_to_the_limit_has_its_size():
    assert check_claim((3, 5), 4, "a") == 60
    assert check_claim((), 8, "a") == 8
    assert check_claim((MOST_BYTES,), 1, "a") == MOST_BYTES == 16 * 2**30


@pytest.mark.parametrize("shape", [(MOST_BYTES + 1,), (2**40, 2**40), (-1, 2), (-2, -3)])
def test_a_claim_above_the_limit_or_below_zero_is_refused(shape):
    with pytest.raises(DataError, match=r"^a claims an array of shape .*; the limit is 16 GiB"):
        check_claim(shape, 1, "a")


def test_a_large_array_may_take_a_hundred_times_its_packed_size():
    check_ratio(256 * 2**20, 1, "a", "unpack it")
    check_ratio(300 * 2**20, 3 * 2**20, "a", "unpack it")
    with pytest.raises(DataError, match=r"^a claims to decompress 3145728 bytes to 301 MiB; .*; unpack it$"):
        check_ratio(301 * 2**20, 3 * 2**20, "a", "unpack it")


def test_the_rest_of_a_stream_is_the_array_and_nothing_else(monkeypatch):
    assert read_claimed(io.BytesIO(b"123456"), (2, 3), 1, 6, "a") == b"123456"
    for content, than in ((b"12345", "less"), (b"1234567", "more")):
        with pytest.raises(DataError, match=rf"^a holds {than} than the 6 bytes of its header's shape"):
            read_claimed(io.BytesIO(content), (2, 3), 1, 7, "a")
    monkeypatch.setattr(limits, "MOST_BYTES", 5)
    with pytest.raises(DataError, match="claims"):
        read_claimed(io.BytesIO(b"123456"), (2, 3), 1, 6, "a")


def test_a_claim_that_the_file_cannot_hold_reads_nothing():
    stream = io.BytesIO(b"123")
    with pytest.raises(DataError, match="less"):
        read_claimed(stream, (2, 3), 1, 3, "a")
    assert stream.tell() == 0
