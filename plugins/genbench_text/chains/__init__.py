"""Markov chains and hidden Markov models: generators, and an oracle that gives likelihoods."""

from __future__ import annotations

from functools import partial

from genbench import ExtractorSpec, GeneratorSpec

__all__ = ["SPECS"]

_SELFIES = {"unit=selfies": ("selfies",)}

_CHAIN = partial(GeneratorSpec, modalities=("text", "sequence", "molecule"), uses=_SELFIES)

SPECS = (
    _CHAIN(
        name="markov",
        make="genbench_text.chains.markov:markov",
        load="genbench_text.chains.markov:load_markov",
        summary="a Markov chain of characters, words or SELFIES symbols, Kneser-Ney smoothed",
        source="Chen and Goodman (1999), doi:10.1006/csla.1999.0128",
    ),
    _CHAIN(
        name="hmm",
        make="genbench_text.chains.hmm:hmm",
        load="genbench_text.chains.hmm:load_hmm",
        summary="a hidden Markov model over characters, words or SELFIES symbols",
        source="Rabiner (1989), doi:10.1109/5.18626",
    ),
    ExtractorSpec(
        name="markov-oracle",
        make="genbench_text.chains.markov_oracle:markov_oracle",
        load="genbench_text.chains.markov_oracle:load",
        summary="likelihoods under a Markov chain of the training texts",
        source="Chen and Goodman (1999), doi:10.1006/csla.1999.0128",
        modalities=("text", "sequence", "molecule"),
        outputs={
            "nats": "log probability of each text, its end included",
            "tokens": "symbols and ends that it is of",
        },
    ),
)
