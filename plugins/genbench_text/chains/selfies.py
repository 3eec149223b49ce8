"""SELFIES: molecules as symbols of which every sequence is a molecule.

Krenn et al. (2020), doi:10.1088/2632-2153/aba947, by the package selfies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench import DataError, Invalid, Samples, Space, SuiteError, Undefined, canonical

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from genbench_text.chains.chain_sampler import ChainSampler

__all__ = ["SmilesSampler", "as_selfies", "as_smiles", "open_saved"]

_SPACE = "smiles.json"  # the file with the space of a SmilesSampler, beside those of its model

_NOTATIONS = ("smiles", "selfies")
_MOST_DRAWS = 100  # rounds: a law that gives hardly any molecule with an atom would go on for ever
_SHOWN = 40  # characters of a molecule in a message


def as_selfies(train: Samples, unit: str) -> Samples:
    """Return the samples whose symbols a model learns: SMILES as SELFIES if that is the unit, else `train`.

    Raises SuiteError if the unit is "selfies" and the samples are no molecules, or the package selfies is not
    installed, and Undefined for a molecule that SELFIES cannot write.
    """
    notation = train.space.get("notation")
    if unit != "selfies" or notation == "selfies":
        return train
    if notation not in _NOTATIONS:
        raise SuiteError(f"unit = 'selfies' needs molecules, got {train.space.modality} samples; use "
                         f"unit = 'characters'")  # fmt: skip
    selfies = _package()
    made = []
    for number, text in enumerate(train.data, 1):
        try:
            made.append(str(selfies.encoder(text)))
        except selfies.EncoderError as error:
            what = f"training molecule {number}, {text[:_SHOWN]!r}, cannot be written as SELFIES"
            raise Undefined(f"{what}; take it out, or use unit = 'characters'") from error
    return Samples(tuple(made), Space(train.space.modality, notation="selfies"))


def as_smiles(sampler: ChainSampler, space: Space) -> ChainSampler | SmilesSampler:
    """Return a sampler of `space`: `sampler` itself, or one that translates its SELFIES."""
    return (
        sampler if sampler.space.get("notation") == space.get("notation") else SmilesSampler(sampler, space)
    )


def open_saved(folder: Path, sampler: ChainSampler) -> ChainSampler | SmilesSampler:
    """Return the sampler that was saved in a folder: `sampler`, which its files describe, or its translation.

    Raises DataError if the file of the space cannot be read.
    """
    path = folder / _SPACE
    if not path.exists():
        return sampler
    try:
        return as_smiles(sampler, Space.from_json(json.loads(path.read_text(encoding="ascii"))))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{_SPACE} of the saved model cannot be read: {error}; fit it again") from error


@dataclass(frozen=True, eq=False)
class SmilesSampler:
    """A sampler of SELFIES that draws them as SMILES.

    It has no likelihoods: many SMILES have the same SELFIES, so it is no law of SMILES.

    model  of SELFIES
    space  of the SMILES
    """

    model: ChainSampler
    space: Space

    @property
    def parameters(self) -> int:
        """The number of parameters of the model."""
        return self.model.parameters

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` molecules as SMILES.

        Draws without an atom are drawn again; raises Invalid if 100 times are not enough. Symbols that would
        make a molecule longer than `longest` of the space are left out from the end.
        """
        found: list[str] = []
        for _ in range(_MOST_DRAWS):
            drawn = self.model.sample(n - len(found), rng=rng).data
            found += filter(None, map(self._smiles, drawn))
            if len(found) == n:
                return Samples(tuple(found), self.space)
        raise Invalid(
            f"{len(found)} of {n} molecules have an atom, in {_MOST_DRAWS} draws; fit it on molecules "
            "with atoms"
        )

    def save(self, folder: Path) -> None:
        """Write the model and the space into `folder`; the loader of the generator reads them."""
        self.model.save(folder)
        (folder / _SPACE).write_text(canonical(self.space.to_json()) + "\n", encoding="ascii")

    def _smiles(self, text: str) -> str:
        """Return the SMILES of SELFIES, of as many of the first symbols as `longest` allows."""
        selfies, longest = _package(), self.space.get("longest")
        smiles = str(selfies.decoder(text))
        while longest is not None and len(smiles) > longest:
            text = text[: text.rfind("[")]
            smiles = str(selfies.decoder(text))
        return smiles


def _package() -> Any:
    try:
        import selfies
    except ImportError as error:
        raise SuiteError("unit = 'selfies' on SMILES needs the package selfies; "
                         "pip install 'genbench[molecules]'") from error  # fmt: skip
    return selfies
