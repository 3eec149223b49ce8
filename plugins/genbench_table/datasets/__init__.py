"""Data sets of tables."""

from __future__ import annotations

from functools import partial

from genbench import DatasetSpec

__all__ = ["SPECS"]

_DATASET = partial(DatasetSpec, modalities=("table",), extractor="table-encoder")

SPECS = (
    _DATASET(
        name="table-file",
        make="genbench_table.datasets.table_file:table_file",
        summary="a table in a .csv, .tsv, JSON Lines or Parquet file, with inferred or stated kinds",
        reads=(".csv", ".jsonl", ".ndjson", ".parquet", ".tsv"),
        recognizes="genbench_table.datasets.table_file:recognizes_table",
        fake_options={"generated": True},
        shared_options=("schema", "group", "ignore"),
        caution="genbench_table.columns.identifiers:caution_of_table",
    ),
    _DATASET(
        name="table-sklearn",
        make="genbench_table.datasets.sklearn_tables:table_sklearn",
        summary="wine, breast cancer or diabetes, small tables that come with scikit-learn",
        source="UCI Machine Learning Repository; Efron et al. 2004, doi:10.1214/009053604000000067",
    ),
    _DATASET(
        name="table-world",
        make="genbench_table.datasets.table_world:table_world",
        summary="orders of a shop in ten columns of all kinds, whose exact law is known",
    ),
    _DATASET(
        name="diamonds",
        make="genbench_table.datasets.plotnine_tables:diamonds",
        summary="prices of diamonds by weight, quality and size, from the package plotnine",
        source="Wickham 2016, ggplot2, doi:10.1007/978-3-319-24277-4",
    ),
    _DATASET(
        name="penguins",
        make="genbench_table.datasets.plotnine_tables:penguins",
        summary="344 penguins of three species, with gaps, from the package plotnine",
        source="Gorman et al. 2014, doi:10.1371/journal.pone.0090081",
    ),
)
