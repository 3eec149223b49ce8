from __future__ import annotations

import pytest
from genbench_table.datasets import delimited, json_rows, parquet
from genbench_table.datasets.rows import BLOCK_ROWS, Block, Rows


@pytest.mark.parametrize("kind", [delimited.DelimitedRows, json_rows.JsonRows, parquet.ParquetRows])
def test_each_reader_gives_rows(kind):
    fields = {*kind.__dataclass_fields__, *vars(kind)}
    assert {name for name in vars(Rows) if not name.startswith("_")} <= fields


def test_a_long_file_comes_in_blocks_whose_lines_go_on():
    content = "a,b\n" + "1,x\n" * (BLOCK_ROWS + 1)
    rows = delimited.open_delimited(content.encode(), "t.csv", encoding="utf-8", delimiter=None, missing=())
    first, second = rows.blocks()
    assert len(first.lines) == BLOCK_ROWS
    assert second == Block([BLOCK_ROWS + 2], {"a": ["1"], "b": ["x"]})
