"""Neural language models that genbench trains: a transformer and an LSTM."""

from __future__ import annotations

from functools import partial

from genbench import GeneratorSpec

__all__ = ["SPECS"]

_SELFIES = {"unit=selfies": ("selfies",)}

_NETWORK = partial(GeneratorSpec, modalities=("text", "sequence", "molecule"), uses=_SELFIES)

SPECS = (
    _NETWORK(
        name="transformer",
        make="genbench_text.neural.transformer:transformer",
        load="genbench_text.neural.transformer:load_transformer",
        summary="a small GPT-style decoder, trained from scratch",
        source="Vaswani et al. (2017), arXiv:1706.03762",
    ),
    _NETWORK(
        name="lstm",
        make="genbench_text.neural.lstm:lstm",
        load="genbench_text.neural.lstm:load_lstm",
        summary="a recurrent network of long short-term memory",
        source="Hochreiter and Schmidhuber (1997), doi:10.1162/neco.1997.9.8.1735",
    ),
)
