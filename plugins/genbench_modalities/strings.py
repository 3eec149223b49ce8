"""The modalities of strings: `text` and `sequence`."""

from __future__ import annotations

from typing import Any

import numpy as np

from genbench import Data, Invalid, Samples, Space, Strings, fold_text
from genbench_modalities.faults import characters
from genbench_modalities.faults.words import SLIGHT, words_replaced

__all__ = ["Sequence", "Text"]

_ADJECTIVES = ("brown", "clever", "gentle", "heavy", "little", "quiet", "sudden", "young")
_NOUNS = ("bird", "child", "engine", "garden", "letter", "river", "sailor", "winter")
_VERBS = ("carries", "follows", "hears", "leaves", "paints", "remembers", "sees", "wants")
_PLACES = ("at night", "by the sea", "in May", "near the bridge", "without a word")
_BASES = "ACGT"
_HEADER = ">"  # with which the header of a record in FASTA begins
_COMPLEMENT = str.maketrans("ACGTRYKMBVDH", "TGCAYRMKVBHD")  # with ambiguity codes
_SHOWN = 30  # characters of a header in a message
_FEWEST, _MOST = 20, 40  # letters of a sequence


class Text(Strings):
    """Texts: what a list of str is if nothing else is said."""

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:  # noqa: ARG002 - texts have no parameter
        """Return a list or tuple of str as texts."""
        return super().from_memory(value, Space("text"))

    def same(self, samples: Samples) -> tuple[str, ...]:
        """Return the texts without what a reader cannot see, such as kinds of white space and U+200B."""
        return tuple(fold_text(text) for text in samples.data)

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return texts in which each word, with probability 0.1, is replaced by one drawn from all texts."""
        return words_replaced(samples, SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return sentences of nine or ten words."""
        forms = (("A",), _ADJECTIVES, _NOUNS, _VERBS, ("the",), _ADJECTIVES, _NOUNS, _PLACES)
        sentences = [" ".join(rng.choice(words) for words in forms) + "." for _ in range(n)]
        return Data(Samples.of("text", sentences))


class Sequence(Strings):
    """Sequences of symbols."""

    def check(self, samples: Samples) -> None:
        """Raise Invalid if one of the strings is a header of FASTA, and no sequence."""
        for number, text in enumerate(samples.data, 1):
            if text.startswith(_HEADER):
                raise Invalid(
                    f"sequence {number}, {text[:_SHOWN]!r}, is a header of FASTA; expected a sequence "
                    f"without headers: read the file with --reader fasta, or take the headers out"
                )

    def same(self, samples: Samples) -> tuple[str, ...]:
        """Return the sequences without what a reader cannot see, and with one spelling of each molecule.

        With an alphabet, that is upper case without blanks: of proteins without the mark of the end, `*`; of
        DNA and RNA with T for U; and of DNA the strand that comes first, since both are one molecule. Without
        an alphabet, case and single blanks may mean something, so they stay.
        """
        texts = tuple(fold_text(text) for text in samples.data)
        alphabet = samples.space.get("alphabet")
        if alphabet is None:
            return texts
        texts = tuple(text.replace(" ", "").upper() for text in texts)
        if alphabet == "protein":
            return tuple(text.removesuffix("*") for text in texts)
        texts = tuple(text.replace("U", "T") for text in texts)
        if alphabet == "rna":
            return texts
        return tuple(min(text, text[::-1].translate(_COMPLEMENT)) for text in texts)

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return sequences in which each character, with probability 0.05, becomes another one."""
        return characters.mutate(samples, characters.SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return DNA of 20 to 40 bases, 70 % of them A and T, or C and G; the label says which."""
        labels = rng.integers(2, size=n)
        shares = np.array([[0.35, 0.15, 0.15, 0.35], [0.15, 0.35, 0.35, 0.15]])
        strands = [
            "".join(rng.choice(list(_BASES), size=rng.integers(_FEWEST, _MOST + 1), p=shares[label]))
            for label in labels
        ]
        classes = ("rich in AT", "rich in CG")
        return Data(Samples.of("sequence", strands, labels, classes=classes, alphabet="dna"))
