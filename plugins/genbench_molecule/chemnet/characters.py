"""The input of ChemNet: the characters of a SMILES as one-hot rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["LENGTH", "SYMBOLS", "length", "one_hot"]

#: The rows of the network's input, by their order in its first layer; X is any other character, and a full
#: stop ends the string, and separates molecules.
SYMBOLS = (
    "C", "N", "O", "H", "F", "Cl", "P", "B", "Br", "S", "I", "Si", "#", "(", ")", "+", "-", "1", "2", "3",
    "4", "5", "6", "7", "8", "=", "[", "]", "@", "c", "n", "o", "s", "X", ".",
)  # fmt: skip

#: Positions of the input with which the network was trained.
LENGTH = 350

_NUMBERS = {symbol: number for number, symbol in enumerate(SYMBOLS)}
_SYMBOL = re.compile("Cl|Br|Si|.", re.DOTALL)
_VALUE = np.float32(1 / len(SYMBOLS))  # what the published weights expect in place of 1


def length(smiles: str) -> int:
    """Return the number of positions for a SMILES: 350, or more where it is longer than 349 characters."""
    return max(LENGTH, len(smiles) + 1)


def one_hot(texts: Sequence[str], positions: int) -> NDArray[np.float32]:
    """Return (n, 35, positions) float32: 1/35 where a text has a symbol, zeros beyond its end."""
    found = np.zeros((len(texts), len(SYMBOLS), positions), np.float32)
    for row, text in zip(found, texts, strict=True):
        codes = [_NUMBERS.get(symbol, _NUMBERS["X"]) for symbol in _SYMBOL.findall(text + ".")]
        row[codes, np.arange(len(codes))] = _VALUE
    return found
