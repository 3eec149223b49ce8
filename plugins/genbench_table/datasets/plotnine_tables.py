"""Datasets `diamonds` and `penguins`, whose files come with the package plotnine, which is not imported."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le

from genbench import Data, PackageFile, Samples
from genbench_table.datasets.delimited import open_delimited
from genbench_table.datasets.schema import Schema
from genbench_table.datasets.table_file import frame_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["diamonds", "penguins"]

_RELEASE = "plotnine==0.15.9"
_DIAMONDS = PackageFile(
    package="plotnine", file="data/diamonds.csv", release=_RELEASE,
    sha256="9574730b03aba241d899c4a97511c5061b19358fab89510774fb6c24168345c4",
)  # fmt: skip
_PENGUINS = PackageFile(
    package="plotnine", file="data/penguins.csv", release=_RELEASE,
    sha256="1867a776a83379df4219f227bb1effb967da12adb13732127c8c8d120434c29b",
)  # fmt: skip
_ROWS = 53_940  # of the diamonds that plotnine ships

_OF_DIAMONDS = Schema(
    {
        "carat": "number",
        "cut": ("Fair", "Good", "Very Good", "Premium", "Ideal"),
        "color": tuple("DEFGHIJ"),
        "clarity": ("I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"),
        "depth": "number",
        "table": "number",
        "price": "integer",
        "x": "number",
        "y": "number",
        "z": "number",
    },
    target="price",
)
_OF_PENGUINS = Schema(
    {
        "species": "category",
        "island": "category",
        "bill_length_mm": "number",
        "bill_depth_mm": "number",
        "flipper_length_mm": "integer",
        "body_mass_g": "integer",
        "sex": "category",
        "year": "integer",
    },
    target="species",
)


def diamonds(*, n: Annotated[int, Ge(3), Le(_ROWS)] = 6000) -> Data:
    """Return prices of round-cut diamonds, with their weight, quality and size; the target is the price.

    n  rows, chosen by their content: those with the lowest SHA-256 of their line

    The levels of cut, color and clarity have the order of ggplot2: cut and clarity ascend in quality, color
    from D, the best, to J. Raises Absent, with the command that installs it, if plotnine's file is missing.
    """
    head, *lines = _DIAMONDS.find().read_bytes().splitlines()
    chosen = sorted(sorted(range(len(lines)), key=lambda number: _key(lines[number]))[:n])
    return _table([head, *(lines[number] for number in chosen)], "diamonds.csv", _OF_DIAMONDS)


def penguins() -> Data:
    """Return sizes of 344 penguins, some with gaps; the target is the species.

    Raises Absent, with the command that installs it, if plotnine's file is missing.
    """
    return _table(_PENGUINS.find().read_bytes().splitlines(), "penguins.csv", _OF_PENGUINS)


def _key(line: bytes) -> bytes:
    return hashlib.sha256(b"genbench-rows" + line).digest()


def _table(lines: Sequence[bytes], file: str, schema: Schema) -> Data:
    rows = open_delimited(b"\n".join(lines), file, encoding="utf-8", delimiter=",", missing=("",))
    ordered = tuple((name, kind) for name, kind in schema.columns.items() if not isinstance(kind, str))
    return Data(Samples.of("table", frame_of(rows, schema), target=schema.target, ordered=ordered or None))
