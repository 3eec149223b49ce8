"""The modality `molecule`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import numpy as np

from genbench import Absent, Data, Rendering, Samples, Strings
from genbench_molecule.chemistry.molecules import identity_smiles, molecules, without_isotopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["MOST_ATOMS", "Molecule", "draw_molecule"]

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


_GROUPS = ("C", "CC", "C(C)", "C(O)", "C(F)", "N", "CO", "C(=O)N", "c1ccc(cc1)")

_ENDS = ("C", "O", "F", "Cl", "C#N", "C(=O)O", "c1ccccc1")

_RING = "c1"  # the beginning of an aromatic ring
_LONGEST = 6  # groups of a molecule between its ends


class Molecule(Strings):
    """Molecules in a notation."""

    def valid(self, samples: Samples) -> NDArray[np.bool_]:
        """Return which strings are molecules, (n,) bool, by the rule of the metric `validity`.

        Raises Absent if the package that reads the notation is not installed.
        """
        return np.array([molecule is not None for molecule in molecules(samples)], dtype=bool)

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return the structural formula in SVG, beside its string as a text.

        A string that is no molecule, or one of many atoms, is shown as plain text, and so is any string where
        a package that reads it is not installed.
        """
        text = samples.data[number]
        try:
            (molecule,) = molecules(samples.take(np.array([number])))
        except Absent:  # a page shows molecules without rdkit, too
            molecule = None
        if molecule is None or molecule.GetNumAtoms() > MOST_ATOMS:
            return Rendering("text/plain", text.encode())
        return Rendering("image/svg+xml", draw_molecule(molecule), text=text)

    def same(self, samples: Samples) -> tuple[str, ...]:
        """Return the canonical SMILES of each molecule, and a string that is no molecule as it is.

        One molecule has many SMILES, which begin at different atoms or number them ([CH3:1]O). Isotope labels
        do not count, either. Raises Absent if a package that reads the notation is not installed.
        """
        pairs = zip(samples.data, molecules(samples), strict=True)
        return tuple(
            text if molecule is None else identity_smiles(without_isotopes(molecule))
            for text, molecule in pairs
        )

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return small organic molecules as SMILES: chains of common groups, whose valences are right.

        The label says whether a molecule has an aromatic ring.
        """
        chains = [
            ["C", *rng.choice(_GROUPS, size=rng.integers(1, _LONGEST + 1)), rng.choice(_ENDS)]
            for _ in range(n)
        ]
        texts = ["".join(chain) for chain in chains]
        labels = [int(_RING in text) for text in texts]
        classes = ("aliphatic", "aromatic")
        return Data(Samples.of("molecule", texts, labels, classes=classes, notation="smiles"))


# Structural formulas by rdkit as small SVG files.


def draw_molecule(molecule: Any) -> bytes:
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
        lines = "".join(_round_path(element.attrib["d"]) for element in elements)
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


def _round_path(path: str) -> str:
    """Return the data of a path in whole units, without spaces that no number needs."""
    numbers = _NUMBER.sub(lambda number: f" {_whole(number[1])}", path.replace(",", " "))
    return re.sub(r" ?([A-Za-z]) ?", r"\1", re.sub(" +", " ", numbers)).replace(" -", "-").strip()


def _whole(number: str) -> str:
    return str(round(float(number)))
