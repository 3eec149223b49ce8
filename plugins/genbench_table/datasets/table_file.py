"""Dataset `table-file`: the rows of a CSV, TSV, JSON Lines or Parquet file; docs/tables.md has the rules."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import SPLITS, Data, DataError, Samples, concat, log_parts, no_log, read_regular, split
from genbench_table.columns.values import suggest_column
from genbench_table.datasets.columns import Builder
from genbench_table.datasets.delimited import CANDIDATES, open_delimited
from genbench_table.datasets.json_rows import JsonRows
from genbench_table.datasets.parquet import open_parquet
from genbench_table.datasets.rows import list_names, log_blocks, show
from genbench_table.datasets.schema import Schema, read_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from genbench import Log
    from genbench_table.datasets.rows import Rows

__all__ = [
    "ENDINGS", "MISSING", "Table", "frame_of", "given_splits", "recognizes_table", "schema_of", "table_file",
]  # fmt: skip

#: Suffixes of the files, in lower case.
ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")

_VALUES = 2  # times as long as their kinds takes the reading of cells
_INDEX = re.compile(r"__index_level_\d+__")  # what pandas names an index without a name in Parquet

#: Texts that mean a gap in .csv and .tsv files by default.
MISSING = ("", "NA", "N/A", "NaN", "nan")


def table_file(  # noqa: PLR0913 - the options of a file, of its schema and of its splits
    *,
    path: Path,
    test: Path | None = None,
    held_out: Path | None = None,
    schema: Path | None = None,
    target: str | None = None,
    group: str | None = None,
    ignore: tuple[str, ...] = (),
    missing: tuple[str, ...] = MISSING,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    generated: bool = False,
    log: Log = no_log,
) -> Data:
    """Return the rows of a file as a table; docs/tables.md has the rules.

    path       a .csv, .tsv, .jsonl, .ndjson or .parquet file
    test       a file of the split test; then all rows of `path` are train. None: the host splits the rows of
               `path`
    held_out   a file of the split held_out, beside test; None: half of the rows of test
    schema     a TOML file with kinds of columns, which are inferred without it
    target     the column that models of utility predict; None: that of the schema
    group      the column, such as a patient, whose rows of one value are in one split, and which is left out;
               None: that of the schema
    ignore     columns that are left out, such as identifiers, together with those of the schema
    missing    texts that mean a gap in a .csv or .tsv file
    delimiter  the character between cells of a .csv file; None: one of , ; tab | by the first rows
    encoding   of a .csv or .tsv file
    generated  whether the rows are of a generator, and so may lack the group
    log        is told of the rows that were read, once for the kinds of columns and once for their values

    Numbers are float64, integers Int64, truth values boolean, dates datetime64[ns] in UTC, and categories
    object, whether a column has gaps or not. Raises DataError, with the file and the line, for a file that
    cannot be read, or whose cells differ from the schema, and Absent if a Parquet file needs pyarrow.

    Further files are read by the schema of the first, inferred or stated. Raises DataError for one with other
    columns, for a group with rows in two files, and for held_out without test.
    """
    stated = Schema() if schema is None else read_schema(schema)
    whole = replace(
        stated,
        target=stated.target if target is None else target,
        group=stated.group if group is None else group,
        ignore=tuple(dict.fromkeys((*stated.ignore, *ignore))),
    )

    def open_file(file: Path) -> Rows:
        return _open_table(file, missing, delimiter, encoding)

    logs = iter(log_parts(log, *[1, _VALUES] * (1 + len([file for file in (test, held_out) if file]))))
    rows = open_file(path)
    found = _complete_schema(whole, rows, are_generated=generated, log=next(logs))
    train = _table(rows, found, next(logs))
    if test is None and held_out is None:
        return Data(train.samples, groups=train.groups)
    if test is None:
        raise DataError("the option held_out needs the option test, a file of the split test")
    tables = {"train": train}
    for name, file in (("test", test), ("held_out", held_out)):
        if file is not None:
            others = _alike(open_file(file), found, rows.file, next(logs))
            tables[name] = _table(others, found, next(logs))
    return given_splits(tables, found.group)


def schema_of(
    path: Path, *, missing: tuple[str, ...] = MISSING, delimiter: str | None = None, encoding: str = "utf-8"
) -> Schema:
    """Return the inferred kinds of a file's columns; arguments and errors are those of `table_file`."""
    return _complete_schema(Schema(), _open_table(path, missing, delimiter, encoding))


def _open_table(path: Path, missing: Collection[str], delimiter: str | None, encoding: str) -> Rows:
    ending, file = path.suffix.lower(), "".join(c if c.isprintable() else "?" for c in path.name)
    if ending not in ENDINGS:
        raise DataError(f"{file} is no file of a table; expected one that ends in {', '.join(ENDINGS)}")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n '):
        raise DataError(f"the option delimiter is {delimiter!r}; expected one character, such as ';'")
    try:
        content = read_regular(path)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}; expected a readable file") from error
    if ending == ".parquet":
        return open_parquet(content, file)
    if ending in (".jsonl", ".ndjson"):
        return JsonRows(content, file)
    between = "\t" if ending == ".tsv" and delimiter is None else delimiter
    return open_delimited(content, file, encoding=encoding, delimiter=between, missing=missing)


def _complete_schema(schema: Schema, rows: Rows, *, are_generated: bool = False, log: Log = no_log) -> Schema:
    """Return a schema of exactly the columns of a file that are not ignored, in its order, with kinds.

    Raises DataError for a column that the schema has and the file lacks. One that the schema ignores may be
    missing, unless the file has it in another spelling. Rows of a generator may have other spellings, and no
    group.
    """
    kinds = rows.kinds({*schema.columns, *schema.ignore}, log=log)
    if not kinds:
        raise DataError(f"{rows.file} has no rows with columns; expected at least one")
    if are_generated and schema.group is not None and schema.group not in kinds:
        schema = replace(schema, group=None, ignore=(*schema.ignore, schema.group))
    wanted = dict.fromkeys([*schema.columns, *filter(None, (schema.target, schema.group))])
    lost = next((name for name in wanted if name not in kinds and name not in schema.ignore), None)
    if lost is not None:
        raise DataError(f"{rows.file} has no column {show(lost)}{suggest_column(lost, kinds)}; "
                        f"expected one of {list_names(kinds)}")  # fmt: skip
    if not are_generated:
        _check_spelling(schema, kinds, rows.file)
    for key, name in (("target", schema.target), ("group", schema.group)):
        if name is not None and name in schema.ignore:
            raise DataError(f"{rows.file}: the {key} {name!r} is ignored; take it out of ignore")
    if schema.target is not None and schema.target == schema.group:
        raise DataError(f"{rows.file}: {schema.target!r} is the target and the group; expected two columns")
    empty = tuple(name for name, kind in kinds.items() if kind is None and name not in schema.columns)
    columns = {
        name: schema.columns.get(name, kind or "category")
        for name, kind in kinds.items()
        if name not in schema.ignore
    }
    unnamed = next((name for name in columns if not name.strip() or _INDEX.fullmatch(name)), None)
    if unnamed is not None:
        raise DataError(
            f"{rows.file}: a column has no name, as the index of a pandas frame; write the file with "
            f"index=False, or set ignore = [{unnamed!r}]"
        )
    return replace(schema, columns=columns, empty=empty)


def _check_spelling(schema: Schema, names: Collection[str], file: str) -> None:
    """Raise DataError for an ignored column that a file has with other capitals, spaces, _ or -."""

    def plain(name: str) -> str:
        return re.sub(r"[\s_-]", "", name).casefold()

    unknown = [name for name in names if name not in schema.columns and name not in schema.ignore]
    for name in filter(plain, schema.ignore):
        near = next((each for each in unknown if name not in names and plain(each) == plain(name)), None)
        if near is not None:
            raise DataError(
                f"{file} has no column {show(name)}, which is in ignore; did you mean {show(near)}?"
            )


def _alike(rows: Rows, schema: Schema, first: str, log: Log) -> Rows:
    """Return the rows of a further file; raise DataError unless it has the columns of the first file."""
    columns = _complete_schema(schema, rows, log=log).columns
    extra = next((name for name in columns if name not in schema.columns), None)
    if extra is not None:
        raise DataError(
            f"{rows.file} has a column {show(extra)}, which {first} lacks; expected equal columns: add it "
            f"to ignore"
        )
    return rows


def _table(rows: Rows, schema: Schema, log: Log) -> Table:
    """Return the rows of a file by a schema of all its columns that are not ignored."""
    frame = frame_of(rows, schema, log)
    groups = None if schema.group is None else _groups(frame, schema.group, rows.file)
    if not len(frame.columns):
        raise DataError(f"{rows.file} has no column that is neither ignored nor the group; expected one")
    ordered = tuple((name, kind) for name, kind in schema.columns.items()
                    if not isinstance(kind, str) and name != schema.group)  # fmt: skip
    samples = Samples.of("table", frame, target=schema.target, ordered=ordered or None)
    return Table(rows.file, samples, groups)


def frame_of(rows: Rows, schema: Schema, log: Log = no_log) -> Any:
    """Return the columns of a schema as a pandas frame; raise DataError if there are no rows, or others."""
    import pandas as pd

    builders = [
        Builder(rows, name, *(("category", kind) if isinstance(kind, tuple) else (kind, ())))
        for name, kind in schema.columns.items()
    ]
    count = 0
    for block in log_blocks(rows, log):
        count += len(block.lines)
        for builder in builders:
            builder.add(block)
    if not count:
        raise DataError(f"{rows.file} has names of columns and no rows; expected at least one row")
    return pd.DataFrame({builder.name: builder.series() for builder in builders})


def _groups(frame: Any, name: str, file: str) -> list[str]:
    """Take the column of groups out of a frame and return its values as texts."""
    column = frame.pop(name)
    if column.isna().any():
        raise DataError(f"{file}: row {int(column.isna().argmax()) + 1} has no value in the group {name!r}; "
                        f"expected one in each row")  # fmt: skip
    return [str(value) for value in column]


def recognizes_table(head: bytes, suffix: str) -> bool | None:
    """Return True if a file begins as a table of several columns: a row of cells, or an object of values.

    None for another one, which may be a table of one column.
    """
    if suffix in (".parquet", ".tsv"):
        return True
    line = head.decode("utf-8-sig", "replace").partition("\n")[0].removesuffix("\r")
    if suffix == ".csv":
        return any(len(next(csv.reader([line], delimiter=mark), [])) > 1 for mark in CANDIDATES) or None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return (isinstance(value, dict) and len(value) > 1) or None


# Splits that files give: a table for train, one for test and optionally one for held_out.


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a file.

    groups  the group of each row, where the table has groups
    """

    file: str
    samples: Samples
    groups: Sequence[str] | None


def given_splits(tables: Mapping[str, Table], group: str | None) -> Data:
    """Return data whose official splits are tables of one space: `train`, `test` and optionally `held_out`.

    group  the column of the groups of the tables, None without them

    Without `held_out`, half of `test` is held out, by content and without cutting groups, as the host splits.
    Raises DataError for a group that has rows in two tables, and if `test` cannot be halved.
    """
    if group is not None:
        _check_groups(tables, group)
    parts = {name: table.samples for name, table in tables.items()}
    if "held_out" not in parts:
        test = tables["test"]
        parts |= split(Data(test.samples, groups=test.groups), {"test": 1, "held_out": 1})
        if not all(map(len, parts.values())):
            raise DataError(
                f"{test.file} has too few different rows{' or groups' * (group is not None)} to hold out "
                "half of them; give the option held_out a file"
            )
    names = [name for name in SPLITS if name in parts]
    ends = np.cumsum([len(parts[name]) for name in names])
    splits = {name: np.arange(end - len(parts[name]), end) for name, end in zip(names, ends, strict=True)}
    return Data(concat([parts[name] for name in names]), splits=splits)


def _check_groups(tables: Mapping[str, Table], group: str) -> None:
    """Raise DataError for a group that has rows in two tables."""
    first: dict[str, str] = {}
    for name, table in tables.items():
        for value in dict.fromkeys(table.groups or ()):
            if value in first:
                raise DataError(
                    f"rows of {group} {show(value)} are in two files, {tables[first[value]].file} of "
                    f"{first[value]} and {table.file} of {name}; expected all rows of a group in one file, "
                    "since no split cuts a group: move them, or leave the group out"
                )
            first[value] = name
