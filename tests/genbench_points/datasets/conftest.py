"""Files of clouds."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import DataError

#: Two points with x, y and z that every format can say exactly.
POINTS = np.array([(0.5, -1.25, 2.0), (3.0, 0.25, -8.0)])


@pytest.fixture
def points():
    return POINTS.copy()


@pytest.fixture
def refusal():
    """Return the function that gives the one line with which a call refuses data."""

    def said(call):
        with pytest.raises(DataError) as error:
            call()
        assert "\n" not in str(error.value)
        return str(error.value)

    return said
