from __future__ import annotations

import pytest
from genbench_table.datasets.table_file import table_file


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a file and gives its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def read(written):
    """Return a function that writes a file and reads it as a table."""

    def reading(name, content, **options):
        return table_file(path=written(name, content), **options)

    return reading


@pytest.fixture
def frame(read):
    """Return a function that writes a file and gives the frame of its rows."""
    return lambda name, content, **options: read(name, content, **options).samples.data
