"""Dataset `text-file`: the lines, paragraphs, JSON strings or cells of one file."""

from __future__ import annotations

import csv
import json
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import Annotated, Literal

from annotated_types import Ge

from genbench import Data, DataError, Samples, Space, read_texts

__all__ = ["recognizes_texts", "text_file"]

_FIELD = "text"


def text_file(
    *,
    path: Path,
    field: str = _FIELD,
    unit: Literal["lines", "paragraphs"] = "lines",
    longest: Annotated[int, Ge(1)] | None = None,
) -> Data:
    """Return the texts of a file, in order and unchanged; docs/text.md has the rules.

    path     a .txt, .jsonl, .ndjson or .csv file
    field    the key of the text in JSON objects, or the column of a CSV file
    unit     of a text in a .txt file; blank lines separate paragraphs
    longest  maximum length of a sample in characters, for generators too; None: that of the longest text

    Raises DataError, naming the file, if it is unreadable, has no text, or has a text longer than `longest`.
    """
    texts = read_texts(path, field=field, unit=unit)
    if not texts:
        raise DataError(f"{path.name} has no texts; expected at least one")
    lengths = [len(text) for text in texts]
    if longest is not None and max(lengths) > longest:
        number = next(number for number, length in enumerate(lengths, 1) if length > longest)
        raise DataError(
            f"{path.name}: text {number} has {lengths[number - 1]} characters; expected at most {longest}, "
            f"the option longest"
        )
    space = Space("text", longest=max(1, *lengths) if longest is None else longest)
    return Data(Samples(texts, space))


def recognizes_texts(head: bytes, suffix: str) -> bool | None:
    """Return True if a file begins as one of texts: strings, or objects or columns of which one is `text`.

    None for another one, of which a user may name the column or the key.
    """
    line = head.decode("utf-8-sig", "replace").partition("\n")[0].removesuffix("\r")
    if suffix == ".csv":
        return _FIELD in next(csv.reader([line]), []) or None
    if suffix == ".txt":
        return True
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    is_text = isinstance(value, str) or (isinstance(value, dict) and isinstance(value.get(_FIELD), str))
    return is_text or None
