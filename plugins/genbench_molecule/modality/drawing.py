"""Structural formulas by rdkit as small SVG files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["MOST_ATOMS", "drawn"]

#: Atoms, without implicit hydrogens, of the largest molecule whose drawing can be read.
MOST_ATOMS = 150

_WIDTH, _HEIGHT = 480, 360
_SCALE, _LINE = 64, 5  # units of an ångström in a molecule with room, and the width of a line
_LETTERS = 0.95  # height over that of rdkit's unit of length: letters are readable where a picture is small
#: rdkit's colours of oxygen, fluorine, phosphorus, sulphur and chlorine, darker: each has a contrast of at
#: least 4.5 on white.
_DARKER = {
    8: (0.9, 0.0, 0.0),
    9: (0.0, 0.45, 0.45),
    15: (0.7, 0.35, 0.0),
    16: (0.5, 0.4, 0.0),
    17: (0.0, 0.47, 0.0),
}
_PREFIX = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r" ?(-?[\d.]+)")
_OF_PATH = ("fill", "stroke", "stroke-width", "stroke-dasharray")  # what differs between lines
_OF_TEXT = ("fill", "font-size")


def drawn(molecule: Any) -> bytes:
    """Return the structural formula of a molecule of rdkit in SVG, on a transparent ground.

    Bonds have one length in all molecules that have room for it. Equal molecules with equal orders of atoms
    give equal bytes under one version of rdkit. rdkit writes each line and each letter as an element with all
    of its style; here those of one style are one element, in whole units.
    """
    from rdkit.Chem.Draw import rdMolDraw2D

    canvas = rdMolDraw2D.MolDraw2DSVG(_WIDTH, _HEIGHT, _WIDTH, _HEIGHT, True)  # letters are texts
    options = canvas.drawOptions()
    options.clearBackground = False
    options.fixedBondLength, options.bondLineWidth = _SCALE, _LINE
    options.baseFontSize, options.minFontSize, options.maxFontSize = _LETTERS, -1, -1
    options.updateAtomPalette(_DARKER)
    rdMolDraw2D.PrepareAndDrawMolecule(canvas, molecule)
    canvas.FinishDrawing()
    whole = ET.fromstring(canvas.GetDrawingText())  # noqa: S314 - rdkit wrote it just now
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">'
    return f"{head}{''.join([*_paths(whole), *_texts(whole)])}</svg>".encode()


def _paths(whole: ET.Element) -> Iterator[str]:
    """Yield one path for all lines of each style."""
    for style, elements in _by_style(whole.iter(f"{_PREFIX}path"), _OF_PATH).items():
        lines = "".join(_rounded(element.attrib["d"]) for element in elements)
        yield f'<path {style} d="{lines}"/>'


def _texts(whole: ET.Element) -> Iterator[str]:
    """Yield one text for all letters of each style, with the place of each letter."""
    for style, elements in _by_style(whole.iter(f"{_PREFIX}text"), _OF_TEXT).items():
        x, y = (" ".join(_whole(element.attrib[axis]) for element in elements) for axis in ("x", "y"))
        letters = escape("".join(element.text or " " for element in elements))  # a label may be any text
        yield f'<text {style} x="{x}" y="{y}">{letters}</text>'


def _by_style(elements: Iterable[ET.Element], names: Iterable[str]) -> dict[str, list[ET.Element]]:
    """Return the elements by their style, as attributes, in the order of its first element."""
    found: dict[str, list[ET.Element]] = {}
    for element in elements:
        own = dict(part.split(":", 1) for part in element.attrib["style"].split(";") if part.strip())
        values = {name: own[name].removesuffix("px").removesuffix(".0") for name in names if name in own}
        style = " ".join(f'{name}="{value.lower()}"' for name, value in values.items())
        found.setdefault(style, []).append(element)
    return found


def _rounded(path: str) -> str:
    """Return the data of a path in whole units, without spaces that no number needs."""
    numbers = _NUMBER.sub(lambda number: f" {_whole(number[1])}", path.replace(",", " "))
    return re.sub(r" ?([A-Za-z]) ?", r"\1", re.sub(" +", " ", numbers)).replace(" -", "-").strip()


def _whole(number: str) -> str:
    return str(round(float(number)))
