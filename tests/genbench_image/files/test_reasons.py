"""Reasons name no folder of the machine."""

from __future__ import annotations

import pytest
from genbench_image.files.limits import why


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "/home/me/a.png"), "No such file or directory"),
        (ValueError("too short"), "too short"),
        (EOFError(), "EOFError"),
        (OSError("broken data stream"), "broken data stream"),
    ],
)
def test_an_error_is_said_without_its_path(error, said):
    assert why(error) == said
