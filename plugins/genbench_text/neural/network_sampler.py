"""Fitting of the neural language models: symbols, training and sampler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from genbench_text.chains.chain_sampler import ChainSampler, encode
from genbench_text.chains.selfies import SmilesSampler, as_selfies, as_smiles
from genbench_text.tokens.bpe import BytePairs
from genbench_text.tokens.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import torch

    from genbench import Log, Samples
    from genbench_text.chains.chain_sampler import Symbols
    from genbench_text.neural.network_training import Training
    from genbench_text.tokens.choosing import Choice

__all__ = ["Model", "NetworkUnit", "fit_sampler"]

NetworkUnit = Literal["characters", "words", "bpe", "selfies"]

_TOGETHER = 256  # texts drawn in one batch
_LONGER = 4  # factor of the longest training text, if the data set no maximum length


@dataclass(frozen=True)
class Model:
    """A kind of network.

    name      of its generator
    build     builds it from its number of next symbols and its settings
    settings  JSON values
    """

    name: str
    build: Callable[[int, Mapping[str, Any]], torch.nn.Module]
    settings: Mapping[str, Any]


def fit_sampler(
    model: Model, train: Samples, unit: NetworkUnit, tokens: int, training: Training, choice: Choice,
    *, rng: np.random.Generator, device: str, log: Log,
) -> ChainSampler | SmilesSampler:  # fmt: skip
    """Return the sampler of a network that is trained on texts, in at most `tokens` byte pairs for "bpe".

    It draws at most 256 texts at once. If the space of the texts has no maximum length, a drawn text has at
    most four times the characters of the longest one in `train`. Raises Undefined if the texts are empty.
    """
    from genbench_text.neural.network_law import NetworkLaw
    from genbench_text.neural.network_training import build_network, train_on

    space, train = train.space, as_selfies(train, unit)
    symbols: Symbols
    symbols = BytePairs.of(train.data, tokens) if unit == "bpe" else Vocabulary.of(train.data, unit)
    outcomes = symbols.end + 1
    rows = encode(symbols, train.data, symbols.ends(train.data, train.space.get("longest")))
    network = build_network(lambda: model.build(outcomes, model.settings), rng, device)
    train_on(network, rows, outcomes, symbols.escape, training, rng=rng, device=device, log=log)
    law = NetworkLaw(network, outcomes, choice, model.settings, device)
    most = _LONGER * max(map(len, train.data))
    return as_smiles(ChainSampler(model.name, symbols, train.space, law, most, _TOGETHER), space)
