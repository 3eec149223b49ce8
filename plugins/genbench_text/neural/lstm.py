"""Generator `lstm`: a recurrent network that reads a text symbol by symbol."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np  # noqa: TC002 - annotations are read at run time
from annotated_types import Ge, Gt, Le, Lt

from genbench import Samples  # noqa: TC001 - annotations are read at run time
from genbench_text.chains import chain_sampler
from genbench_text.chains.selfies import SmilesSampler, open_saved
from genbench_text.neural.network_sampler import Model, NetworkUnit, fit_sampler
from genbench_text.tokens.choosing import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench import Log
    from genbench_text.chains.chain_sampler import ChainSampler
    from genbench_text.neural.recurrent import Recurrent

__all__ = ["load_lstm", "lstm"]


def lstm(  # noqa: PLR0913 - its options are parameters
    train: Samples,
    *,
    unit: NetworkUnit = "characters",
    tokens: Annotated[int, Ge(257)] = 512,
    context: Annotated[int, Ge(1)] = 256,
    width: Annotated[int, Ge(1)] = 64,
    hidden: Annotated[int, Ge(1)] = 192,
    layers: Annotated[int, Ge(1)] = 1,
    steps: Annotated[int, Ge(1)] = 400,
    batch_tokens: Annotated[int, Ge(1)] = 1024,
    learning_rate: Annotated[float, Gt(0)] = 0.02,
    dropout: Annotated[float, Ge(0), Lt(1)] = 0.0,
    temperature: Annotated[float, Ge(0)] = 1.0,
    top_k: Annotated[int, Ge(1)] | None = None,
    top_p: Annotated[float, Gt(0), Le(1)] = 1.0,
    rng: np.random.Generator,
    device: str = "cpu",
    log: Log,
) -> ChainSampler | SmilesSampler:
    """Return a recurrent network of long short-term memory, trained on the training texts alone.

        P(text) = product over its symbols and its end of p(symbol | all symbols before it)

    unit           of a symbol: "characters", "words" separated by single spaces, tokens of "bpe", byte
                   pairs of the training texts, which needs genbench[bpe], or symbols of "selfies", those of
                   molecules, which needs genbench[molecules] for SMILES
    tokens         maximum number of bpe tokens; 256 of them are bytes
    context        length of training sequences in symbols; its memory is unlimited
    width          dimensions of a symbol's embedding
    hidden         cells in a layer
    steps          number of training batches
    batch_tokens   symbols in a batch
    learning_rate  peak value for embeddings; matrices have Muon's, which is scaled to AdamW's
    dropout        share of each row's activations dropped in training
    temperature, top_k, top_p  sampling parameters; a temperature of 0 takes the likeliest symbol. They do not
                   affect likelihoods

    Characters or words that are not in the training texts have a probability, as described in Vocabulary, and
    are never drawn; in training, an equal share of the seen symbols is masked as unknown. `log` gets the
    loss, in nats per symbol.

    Raises Undefined if the training texts are empty, SuiteError for "selfies" on samples that are no
    molecules, Invalid if the loss becomes NaN or infinite.

    Source: Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; as a model of texts, Graves 2013,
    arXiv:1308.0850.
    """
    from genbench_text.neural.network_training import Training

    settings = {"width": width, "hidden": hidden, "layers": layers}
    return fit_sampler(
        Model("lstm", _build, settings),
        train,
        unit,
        tokens,
        Training(steps, batch_tokens, learning_rate, dropout, context),
        Choice(temperature, top_k, top_p),
        rng=rng,
        device=device,
        log=log,
    )


def load_lstm(folder: Path, device: str = "cpu") -> ChainSampler | SmilesSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    from genbench_text.neural.network_law import restore_law

    return open_saved(folder, chain_sampler.load(folder, "lstm", restore_law(_build, device)))


def _build(outcomes: int, settings: Mapping[str, Any]) -> Recurrent:
    from genbench_text.neural.recurrent import Recurrent

    return Recurrent(outcomes, **settings)
