"""Dataset `fasta`: the records of a FASTA file; docs/sequences.md has the rules.

Pearson and Lipman 1988, doi:10.1073/pnas.85.8.2444.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Annotated, NoReturn

from annotated_types import Ge

from genbench import Data, DataError, Samples, Space, read_regular
from genbench_molecule.sequences.alphabets import ALPHABETS, NUCLEOTIDES, Alphabet, AlphabetName, infer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MOST_BYTES", "Record", "fasta", "read_fasta"]

#: Bytes of a file, unpacked: room for ten million reads of 100 bases.
MOST_BYTES = 2 * 2**30

_GZIP = b"\x1f\x8b"
_FREE_BYTES, _RATIO = 2**28, 100  # what a gzip may take in any case, and as a multiple of its bytes, as .npz
_GAPS = "-."


@dataclass(frozen=True)
class Record:
    """A record of a FASTA file.

    line   of its header, from 1
    name   the first word of the header
    parts  (line, letters) of each line with letters, in upper case
    """

    line: int
    name: str
    parts: tuple[tuple[int, str], ...]

    @property
    def sequence(self) -> str:
        """The letters; the mark of the end of a protein, `*`, is left out at the end."""
        return "".join(letters for _, letters in self.parts).removesuffix("*")


def fasta(
    *, path: Path, alphabet: AlphabetName | None = None, longest: Annotated[int, Ge(1)] | None = None
) -> Data:
    """Return the sequences of a FASTA file in upper case, in order; docs/sequences.md has the rules.

    path      a file, or its gzip
    alphabet  of the sequences; None: inferred from all letters of the file
    longest   maximum length of a sequence, for generators too; None: that of the longest one

    Raises DataError, naming file and line, for a file that cannot be read, text before the first header, a
    header without a name, two records of one name, a record without letters, a gap, a letter outside of the
    alphabet and its ambiguity codes, a sequence longer than `longest`, and a file without records.
    """
    records = read_fasta(path)
    found = ALPHABETS[alphabet] if alphabet else infer(record.sequence for record in records)
    for record in records:
        _check_letters(record, found, path.name, stated=alphabet is not None)
    if found is None:
        _refuse_nucleotides(records, path.name)
    lengths = [len(record.sequence) for record in records]
    if longest is not None and max(lengths) > longest:
        record = next(each for each, length in zip(records, lengths, strict=True) if length > longest)
        raise DataError(
            f"{path.name}, line {record.line}: {record.name} has {len(record.sequence)} letters; expected at "
            f"most {longest}, the option longest"
        )
    space = Space("sequence", alphabet=found.name, longest=longest or max(lengths))
    return Data(Samples(tuple(record.sequence for record in records), space))


def read_fasta(path: Path) -> list[Record]:
    """Return the records of a FASTA file, or of its gzip; raises DataError as `fasta` does."""
    records: list[Record] = []
    names: dict[str, int] = {}
    for line, header, parts in _blocks(_lines(path), path.name):
        where = f"{path.name}, line {line}"
        name = next(iter(header.split()), "")
        if not name:
            raise DataError(f"{where}: the header has no name; expected >NAME")
        if name in names:
            raise DataError(
                f"{where}: the name {name!r} is that of line {names[name]}, too; expected different names"
            )
        record = Record(line, name, parts)
        if not record.sequence:
            raise DataError(f"{where}: {name} has no letters; expected a sequence below the header")
        names[name] = line
        records.append(record)
    if not records:
        raise DataError(f"{path.name} has no records; expected lines >NAME, each with a sequence below")
    return records


def _lines(path: Path) -> Sequence[str]:
    content = _content(path).removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path.name}, line {line} has the byte {content[error.start]:#04x}; expected ASCII, as FASTA is"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _content(path: Path) -> bytes:
    """Return the bytes of a file, unpacked if it is a gzip, up to the size that one of its size may have."""
    try:
        content, most = read_regular(path, MOST_BYTES), MOST_BYTES
        if content.startswith(_GZIP):
            most = min(MOST_BYTES, max(_FREE_BYTES, _RATIO * len(content)))
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"{path.name} cannot be read: {reason}; expected a FASTA file, plain or gzip"
        ) from error
    if len(content) > most:
        ratio = "" if most == MOST_BYTES else f", and over {_RATIO} times its size"
        advice = "unpack it with gunzip" if ratio else "split it"
        raise DataError(f"{path.name} has over {most:,} bytes, unpacked{ratio}; {advice}")
    return content


def _blocks(lines: Sequence[str], name: str) -> Iterator[tuple[int, str, tuple[tuple[int, str], ...]]]:
    """Yield the line of each header, its text, and the lines with letters below it in upper case."""
    line, header, parts = 0, "", list[tuple[int, str]]()
    for number, text in enumerate(lines, 1):
        letters = text.strip()
        if letters.startswith(">"):
            if line:
                yield line, header, tuple(parts)
            line, header, parts = number, letters[1:], []
        elif letters:
            if not line:
                raise DataError(
                    f"{name}, line {number}: text before the first header; expected a line >NAME first"
                )
            parts.append((number, "".join(letters.split()).upper()))
    if line:
        yield line, header, tuple(parts)


def _refuse_nucleotides(records: Sequence[Record], name: str) -> NoReturn:
    """Raise DataError for a file of nucleotides that is neither DNA nor RNA; it names another letter."""
    for record in records:
        for line, letters in record.parts:
            letter = next((each for each in letters if each not in NUCLEOTIDES), "*")
            if letter != "*":
                raise DataError(
                    f"{name}, line {line}: {record.name} has {letter!r}, and at least 90 % of the file is A, "
                    f"C, G, T, U or N; expected DNA or RNA: mend the sequence, or state the alphabet "
                    f"(--reader 'fasta alphabet=protein')"
                )
    raise DataError(
        f"{name} has both T and U, so it is neither DNA nor RNA; expected one of them, or state the alphabet "
        f"(--reader 'fasta alphabet=protein')"
    )


def _check_letters(record: Record, alphabet: Alphabet | None, name: str, *, stated: bool) -> None:
    """Raise DataError for the first letter that is neither of the alphabet nor a code of it."""
    known = [alphabet] if alphabet else ALPHABETS.values()
    allowed = set("".join(each.letters + each.ambiguous for each in known))
    last = record.parts[-1][0]
    for line, letters in record.parts:
        checked = letters.removesuffix("*") if line == last else letters
        if set(checked) <= allowed:
            continue
        letter = next(each for each in checked if each not in allowed)
        if letter in _GAPS:
            advice = "sequences without gaps; remove them from the alignment"
        elif letter == "*":
            advice = "this mark only at the end of a protein; split the sequence there, or take it out"
        elif alphabet and stated:
            advice = f"{alphabet.letters} or the codes {alphabet.ambiguous}, as alphabet = {alphabet.name!r}"
        else:
            advice = "letters of DNA, RNA or proteins; take it out"
        raise DataError(f"{name}, line {line}: {record.name} has {letter!r}; expected {advice}")
