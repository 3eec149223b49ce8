"""Command `python -m genbench_table schema FILE`: the inferred schema of a file as TOML."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from genbench import GenbenchError
from genbench_table.datasets.table_file import MISSING, schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the inferred schema of a file; return 0, or 2 after a message if the file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m genbench_table", description=__doc__)
    command = parser.add_subparsers(required=True).add_parser("schema", help="print the inferred schema")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--missing", action="append", help="a text that means a gap; may be repeated")
    command.add_argument("--delimiter", help="the character between cells")
    command.add_argument("--encoding", default="utf-8", help="of the file")
    given = parser.parse_args(arguments)
    missing = MISSING if given.missing is None else tuple(given.missing)
    try:
        schema = schema_of(given.file, missing=missing, delimiter=given.delimiter, encoding=given.encoding)
    except GenbenchError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    print(schema.to_toml(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
