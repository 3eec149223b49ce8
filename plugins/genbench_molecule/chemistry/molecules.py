"""Molecules of rdkit, read from the strings of samples."""

from __future__ import annotations

import functools
import importlib
import os
from typing import TYPE_CHECKING, Any

from genbench import Absent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from genbench import Samples

__all__ = [
    "LONGEST", "canonical", "from_selfies", "identity_smiles", "load_rdkit", "molecules", "parse", "quote",
    "to_selfies", "without_isotopes", "without_map_numbers",
]  # fmt: skip

_VARIABLE = "RDBASE"  # rdkit sets it to the place of its files, and reads it only when it is imported


#: Characters of a SMILES that is read: on a chain of 50,000 atoms, rdkit ends the process.
LONGEST = 5000

_SHOWN = 40  # characters of a string in a message


def molecules(samples: Samples) -> Iterator[Any | None]:
    """Yield the molecule of each sample, in order; None for a string that is no molecule.

    SELFIES are decoded first. The rules are those of `parse`. Raises Absent if the package that reads the
    notation is not installed.
    """
    texts: Iterable[str | None] = samples.data
    if samples.space.get("notation") == "selfies":
        decode = from_selfies()
        texts = (decode(text) for text in samples.data)
    return (parse(text) for text in texts)


def parse(smiles: str | None) -> Any | None:
    """Return the molecule of a SMILES, sanitised by rdkit; None if it is none, or has no atoms.

    A text of more than 5,000 characters is no molecule, since rdkit takes minutes for some.
    rdkit's messages are suppressed. Hydrogens are implicit, as MOSES and GuacaMol have them. Raises Absent if
    rdkit is not installed.
    """
    if not smiles or len(smiles) > LONGEST:
        return None
    load_rdkit()
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    return molecule if molecule is not None and molecule.GetNumAtoms() else None


def quote(text: str) -> str:
    """Return a string in quotes for a message, with an ellipsis where it is cut."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def canonical(molecule: Any) -> str:
    """Return the canonical SMILES of a molecule, with stereochemistry."""
    from rdkit import Chem

    return str(Chem.MolToSmiles(molecule))


def identity_smiles(molecule: Any) -> str:
    """Return the canonical SMILES without atom map numbers: equal for equal molecules."""
    return canonical(without_map_numbers(molecule))


def without_isotopes(molecule: Any) -> Any:
    """Return a molecule without isotope labels, such as the 12 of [12CH3]O: its atoms alone."""
    from rdkit import Chem

    bare = Chem.Mol(molecule)
    for atom in bare.GetAtoms():
        atom.SetIsotope(0)
    return Chem.RemoveHs(bare)  # of [2H]C, [H]C is left


def without_map_numbers(molecule: Any) -> Any:
    """Return a molecule without atom map numbers, such as the 1 of [CH3:1]O, which are no part of it."""
    from rdkit import Chem

    if not any(atom.GetAtomMapNum() for atom in molecule.GetAtoms()):
        return molecule
    plain = Chem.Mol(molecule)
    for atom in plain.GetAtoms():
        atom.SetAtomMapNum(0)
    # equal groups with different numbers make a stereocentre or a double bond that is none without them
    Chem.AssignStereochemistry(plain, cleanIt=True, force=True)
    return plain


def from_selfies() -> Callable[[str], str | None]:
    """Return a function from SELFIES to SMILES, or to None for strings that are no SELFIES."""
    selfies = _selfies()

    def decode(text: str) -> str | None:
        try:
            return str(selfies.decoder(text))
        except selfies.DecoderError:
            return None

    return decode


def to_selfies() -> Callable[[str], str | None]:
    """Return a function from SMILES to SELFIES, or to None for molecules that it cannot write."""
    selfies = _selfies()

    def encode(smiles: str) -> str | None:
        try:
            return str(selfies.encoder(smiles))
        except selfies.EncoderError:
            return None

    return encode


def _selfies() -> Any:
    try:
        import selfies
    except ImportError as error:
        raise Absent(
            "SELFIES need the package selfies; run `pip install 'genbench[molecules]'`, or use SMILES"
        ) from error
    return selfies


# The import of rdkit, which leaves the environment as it was.


@functools.cache
def load_rdkit() -> None:
    """Import rdkit, and drop the environment variable that it sets; raise Absent if it is not installed."""
    before = os.environ.get(_VARIABLE)
    try:
        importlib.import_module("rdkit.RDConfig")
    except ImportError as error:
        raise Absent("molecules need the package rdkit; run `pip install 'genbench[molecules]'`") from error
    if before is None:
        os.environ.pop(_VARIABLE, None)
