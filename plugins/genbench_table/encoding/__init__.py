"""Tables as rows of numbers, and the extractor that gives them."""

from __future__ import annotations

from genbench import ExtractorSpec

__all__ = ["SPECS"]

SPECS = (
    ExtractorSpec(
        name="table-encoder",
        make="genbench_table.encoding.extractor:table_encoder",
        load="genbench_table.encoding.extractor:load",
        summary="numbers and dates scaled to the range of the training table, categories one-hot",
        modalities=("table",),
        outputs={"features": "a column for each number and date, one for each category, one for gaps"},
    ),
)
