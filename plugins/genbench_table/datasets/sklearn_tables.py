"""Dataset `table-sklearn`: small real tables whose files come with scikit-learn."""

from __future__ import annotations

import gzip
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from genbench import Data, DataError, Samples
from genbench_table.datasets.delimited import DelimitedRows
from genbench_table.datasets.schema import Schema
from genbench_table.datasets.table_file import frame_of

if TYPE_CHECKING:
    from genbench_table.columns.values import Kind

__all__ = ["table_sklearn"]

_WINE = (
    "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
    "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280_od315_of_diluted_wines",
    "proline",
)  # fmt: skip
_CELLS = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points",
    "symmetry", "fractal_dimension",
)  # fmt: skip
_CANCER = tuple(f"{statistic}_{name}" for statistic in ("mean", "error", "worst") for name in _CELLS)
_DIABETES: dict[str, Kind] = {
    "age": "number", "sex": "category", "bmi": "number", "bp": "number", "s1": "number", "s2": "number",
    "s3": "number", "s4": "number", "s5": "number", "s6": "number", "progression": "number",
}  # fmt: skip
_CLASSES = {"wine": ("class_0", "class_1", "class_2"), "breast-cancer": ("malignant", "benign")}
_COUNTS = {"wine": 178, "breast-cancer": 569, "diabetes": 442}


def table_sklearn(*, table: Literal["wine", "breast-cancer", "diabetes"] = "wine") -> Data:
    """Return a table of scikit-learn with its target.

    table  wine (178 rows, 13 numbers, target: the cultivar), breast-cancer (569, 30 numbers, target: the
           diagnosis), or diabetes (442, 9 numbers and the sex as a category, target: the progression)

    Only scikit-learn's data files are read, because importing the package takes a second. Classes have their
    names, and diabetes its raw values, not scaled ones. Raises DataError if a file is missing or differs.
    """
    columns: dict[str, Kind]
    if table == "diabetes":
        columns, target = _DIABETES, "progression"
        cells = [line.split() for line in _lines("diabetes_data_raw.csv.gz")]
        values = _lines("diabetes_target.csv.gz")
        lines = [",".join([*row, value]) for row, value in zip(cells, values, strict=False)]
    else:
        names, target = (_WINE, "cultivar") if table == "wine" else (_CANCER, "diagnosis")
        columns = {**dict.fromkeys(names, "number"), target: "category"}
        classes = _CLASSES[table]
        lines = [_name_class(line, classes) for line in _lines(f"{table.replace('-', '_')}{_END[table]}")[1:]]
    if len(lines) != _COUNTS[table]:
        raise DataError(
            f"scikit-learn's {table} has {len(lines)} rows; expected {_COUNTS[table]}; reinstall it"
        )
    content = "\n".join(["the names of columns", *lines]).encode()
    rows = DelimitedRows(content, f"scikit-learn's {table}", "utf-8", ",", frozenset(), tuple(columns))
    return Data(Samples.of("table", frame_of(rows, Schema(columns)), target=target))


_END = {"wine": "_data.csv", "breast-cancer": ".csv"}


def _name_class(line: str, classes: tuple[str, ...]) -> str:
    """Return a row whose last cell, the number of its class, is replaced by its name."""
    cells, _, number = line.rpartition(",")
    names = dict(enumerate(classes))
    return f"{cells},{names.get(int(number)) if number.isdecimal() else number}"


def _lines(name: str) -> list[str]:
    """Return the lines of a data file of scikit-learn."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise DataError(
            "table-sklearn reads scikit-learn's data, which is not installed; pip install scikit-learn"
        )
    path = Path(spec.origin).parent / "datasets" / "data" / name
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("ascii").splitlines()
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"{name} of scikit-learn cannot be read: {reason}; pip install --force-reinstall scikit-learn"
        ) from error
