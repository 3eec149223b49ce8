"""The data sets of texts."""

from __future__ import annotations

from genbench import DatasetSpec

__all__ = ["DATASETS"]

DATASETS = (
    DatasetSpec(
        name="text-file",
        make="genbench_text.text_file:text_file",
        summary="a file of texts: .txt by line or paragraph, JSON Lines, or a column of a .csv",
        spaces=("text",),
        reads=(".csv", ".jsonl", ".ndjson", ".txt"),
    ),
)
