"""Byte-pair encoding of texts, trained on the training texts by the library tokenizers.

Sennrich, Haddow and Birch (2016), arXiv:1508.07909, over bytes as in GPT-2: any text has symbols.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from genbench import SuiteError, Undefined
from genbench_text.tokens.encodable import check_encodable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["BytePairs"]

_BYTES = 256  # values of a byte, each a token
#: Quarters of a character for each byte of UTF-8: the bytes of a character sum to 4.
_QUARTERS = np.repeat([4, 1, 3, 2, 1], [128, 64, 32, 16, 16])


@dataclass(frozen=True)
class BytePairs:
    """Byte-level tokens, with the tokenizer's numbers, followed by the end of a text.

    A text has canonical tokens: those that the tokenizer returns for it. No symbol is unknown.

    model  the tokenizer, as JSON of the library tokenizers
    """

    model: str
    unit: Literal["bpe"] = "bpe"

    #: The probability of an unknown symbol at each step.
    escape: ClassVar[float] = 0.0

    #: How many units of `widths` a character is, quarters: see `_QUARTERS`.
    scale: ClassVar[int] = 4

    @classmethod
    def of(cls, texts: Sequence[str], tokens: int) -> BytePairs:
        """Return at most `tokens` tokens of texts: all 256 bytes, then the most frequent pairs.

        Words keep the space before them, and no token spans a word boundary, as in GPT-2. Raises Undefined if
        the texts are empty or contain an unpaired surrogate, and SuiteError without the library.
        """
        try:
            from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
        except ImportError as error:
            raise SuiteError("unit = 'bpe' needs the package tokenizers; "
                             "pip install 'genbench[bpe]'") from error  # fmt: skip
        for text in texts:
            check_encodable(text)
        if not any(texts):
            raise Undefined("the training texts are empty; expected at least one character")
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=tokens, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
        )
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer.to_str())

    @property
    def end(self) -> int:
        """The number of the end of a text."""
        return len(self._bytes)

    @property
    def widths(self) -> NDArray[np.int64]:
        """The length of each token, in quarters of a character."""
        return np.array([_QUARTERS[list(token)].sum() for token in self._bytes], np.int64)

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        return len(self._tokens(text))

    def count_shared(self, prompt: str, text: str) -> int:
        """Return how many of the first tokens of `prompt + text` are the prompt's; the others follow it."""
        pairs = zip(self._tokens(prompt), self._tokens(prompt + text), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def ends(self, texts: Sequence[str], longest: int | None) -> NDArray[np.bool_]:  # noqa: ARG002 - of Symbols
        """Return for each text, (n,), that its end is a step of the law."""
        return np.ones(len(texts), bool)

    def encode(self, text: str) -> NDArray[np.int64]:
        """Return the numbers of a text's tokens, without the end; raise Undefined for a surrogate."""
        return np.array(self._tokens(text), np.int64)

    def decode(self, numbers: Iterable[int]) -> str:
        """Return the text of tokens' numbers, without incomplete characters."""
        return b"".join(self._bytes[number] for number in numbers).decode("utf-8", "ignore")

    def escape_nats(self, text: str, *, prompt: str = "", ends: bool = True) -> float:  # noqa: ARG002
        """Return 0: no symbol is unknown, so the model alone gives a text's log probability."""
        return 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the tokens as JSON values."""
        return {"unit": self.unit, "model": self.model}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> BytePairs:
        """Return the tokens that `to_json` described."""
        return cls(value["model"])

    def _tokens(self, text: str) -> list[int]:
        check_encodable(text)
        return list(self._tokenizer.encode(text).ids)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_str(self.model)

    @cached_property
    def _bytes(self) -> list[bytes]:
        """The bytes of each token."""
        letters = _letters()
        tokens = sorted(self._tokenizer.get_vocab().items(), key=lambda item: item[1])
        return [bytes(letters[letter] for letter in token) for token, _ in tokens]


def _letters() -> dict[str, int]:
    """Return the byte of each letter of a token.

    As in GPT-2: bytes that are printable in Latin-1 map to themselves, the others to 256, 257, ...
    """
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(_BYTES) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(_BYTES + at): byte for at, byte in enumerate(others)}
