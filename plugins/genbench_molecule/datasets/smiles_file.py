"""Dataset `smiles-file`: the molecules of one file."""

from __future__ import annotations

import functools
import re
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Literal

from genbench import Absent, Data, DataError, Samples, Steps, no_log, read_texts
from genbench_molecule.chemistry.molecules import LONGEST, identity_smiles, parse, quote, to_selfies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench import Log

__all__ = ["FIRST_WORDS", "in_notation", "smiles_file"]

_SMI, _TXT = (".smi", ".smiles"), ".txt"
_SEPARATED, _AROUND = re.compile(r"[\s,;]+"), "#\"'"
_SMILES = re.compile(r"(?:\w+_)?(?:cx)?smiles(?:_\w+)?", re.IGNORECASE)  # no atoms are M or L

#: Words, none of which is a SMILES, that begin a header without the word SMILES.
FIRST_WORDS = (
    "compound", "compounds", "id", "mol", "molecule", "molecules", "mols", "name", "names", "romol", "smi",
    "string", "strings", "structure", "structures",
)  # fmt: skip


def smiles_file(
    *,
    path: Path,
    field: str = "smiles",
    invalid: Literal["refuse", "keep"] = "refuse",
    notation: Literal["smiles", "selfies"] = "smiles",
    log: Log = no_log,
) -> Data:
    """Return the molecules of a file of SMILES, in order; docs/molecules.md has the rules.

    path      a .smi or .smiles file (a line is a SMILES, then a name after white space), or .txt (a SMILES a
              line), .jsonl, .ndjson or .csv
    field     the key of the SMILES in JSON objects, or the column of a CSV file
    invalid   "refuse": a string that is no molecule is an error; "keep": it stays, as in a model's output. A
              blank line is one, unless it ends a .smi, .smiles or .txt file
    notation  of the samples: "smiles" leaves the strings as they are, "selfies" translates them
    log       is told of each string that was read

    All SMILES of one molecule are one group, so that they are in one split.

    Raises DataError, naming the file and the number of the string, if a string is no molecule or cannot be
    translated, if the file is unreadable or has none, and if a package that reads it is not installed.
    """
    texts = _texts(path, field)
    if not texts:
        raise DataError(f"{path.name} has no molecules; expected at least one SMILES")
    try:
        if invalid == "refuse":
            _check(texts, path.name, log)
        samples = in_notation(texts, notation, path.name)
        return Data(samples, groups=functools.partial(_identities, texts))
    except Absent as error:
        raise DataError(f"{path.name}: {error}") from error


def in_notation(texts: Sequence[str], notation: str, name: str) -> Samples:
    """Return SMILES as samples in a notation; raise DataError, naming `name`, for what SELFIES cannot say."""
    if notation == "smiles":
        return Samples.of("molecule", texts, notation=notation)
    encode = to_selfies()
    found = [encode(text) for text in texts]
    if None in found:
        number = found.index(None)
        raise DataError(
            f"{name}: molecule {number + 1}, {quote(texts[number])}, cannot be written as SELFIES; take "
            f"it out, or leave the option notation out"
        )
    return Samples.of("molecule", found, notation=notation)


def _identities(texts: Sequence[str]) -> list[str]:
    """Return the canonical SMILES of each string without map numbers, or the string if it is no molecule."""
    found = map(parse, texts)
    return [text if each is None else identity_smiles(each) for text, each in zip(texts, found, strict=True)]


def _texts(path: Path, field: str) -> tuple[str, ...]:
    is_smi = path.suffix.lower() in _SMI
    if not is_smi and path.suffix.lower() != _TXT:
        return read_texts(path, field=field)
    lines = read_texts(path, ending=_TXT, keeps_blank=True)
    head = _header(next(filter(None, lines), ""))
    if head:
        raise DataError(
            f"{path.name}: the first line is a header, {head!r}; expected a SMILES; take the header out, "
            f"or save a table as .csv"
        )
    return tuple(next(iter(line.split(maxsplit=1)), "") for line in lines) if is_smi else lines


def _header(line: str) -> str:
    """Return the word by which a line is a header, or "" if it is none."""
    words = [word.strip(_AROUND) for word in _SEPARATED.split(line) if word.strip(_AROUND)]
    known = [word for word in words[:1] if word.lower() in FIRST_WORDS]
    return next(iter([*filter(_SMILES.fullmatch, words), *known]), "")


def _check(texts: Sequence[str], name: str, log: Log) -> None:
    for number, text in enumerate(Steps(log, len(texts)).over(texts), 1):
        if parse(text) is None:
            why = "is no molecule that rdkit can read"
            if len(text) > LONGEST:
                why = f"has {len(text):,} characters, and genbench reads at most {LONGEST:,} of a molecule"
            raise DataError(
                f"{name}: molecule {number}, {quote(text)}, {why}; take it out, or set the option invalid = "
                f'"keep"'
            )
