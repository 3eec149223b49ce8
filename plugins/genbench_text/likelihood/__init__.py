"""Metrics on the likelihoods that a sampler or an oracle gives.

What `expects` says of planted faults was seen on `moby-dick`; docs/battery.md says how.
"""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, falls, rises, unchanged

__all__ = ["SPECS"]

_UNITS = "Jelinek et al. 1977, doi:10.1121/1.2016299; Biderman et al. 2024, arXiv:2405.14782"
_ALONE = "it looks at each text by itself"
_EASY = "a loop is easy to go on with, for an oracle that looks back far enough"
_FITTED = "the oracle was fitted to what is copied"
_PERPLEXITY = partial(Output, direction="none", range=(1.0, None))

SPECS = (
    MetricSpec(
        name="perplexity",
        aspect="likelihood",
        make="genbench_text.likelihood.perplexity:perplexity",
        summary="what real texts cost the sampler: perplexity (PPL)",
        source=_UNITS,
        modalities=("text", "sequence", "molecule"),
        outputs=(
            Output(
                name="bits-per-byte",
                direction="lower",
                summary="bits that a byte of real text costs the sampler, for any tokens",
                range=(0.0, None),
            ),
            _PERPLEXITY(name="byte-perplexity", summary="the same as an exponential; bits-per-byte ranks"),
            _PERPLEXITY(
                name="token-perplexity",
                summary="perplexity for each of the sampler's own tokens; no two tokenisers' compare",
            ),
        ),
    ),
    MetricSpec(
        name="word-perplexity",
        aspect="likelihood",
        make="genbench_text.likelihood.perplexity:word_perplexity",
        summary="perplexity of real texts for each word between white space; bits-per-byte ranks",
        source=_UNITS,
        modalities=("text",),
        direction="none",
        range=(1.0, None),
    ),
    MetricSpec(
        name="kl-to-truth",
        aspect="fidelity",
        make="genbench_text.likelihood.kl_to_truth:kl_to_truth",
        summary="divergence from the known law of the data, in nats a text",
        source="Theis et al. 2016, arXiv:1511.01844",
        modalities=("text", "sequence", "molecule"),
        direction="lower",
        best=0.0,
    ),
    MetricSpec(
        name="generative-perplexity",
        aspect="fidelity",
        make="genbench_text.likelihood.generative_perplexity:generative_perplexity",
        summary="perplexity (PPL) of fakes under a named oracle, which repetition lowers",
        source="Zheng et al. 2024, arXiv:2409.02908",
        modalities=("text",),
        takes=("nats", "tokens"),
        direction="none",
        range=(1.0, None),
        expects={
            **dict.fromkeys(("shuffled-words", "replaced-words", "dropped-words"), rises),
            "loops": rises | falls.because(_EASY),
            **dict.fromkeys(("loops[markov-oracle]", "truncation[markov-oracle]"), rises),
            **dict.fromkeys(("collapse", "duplicates"), (unchanged | rises | falls).because(_ALONE)),
            **dict.fromkeys(
                ("train-copies[markov-oracle]", "near-copies[markov-oracle]"), falls.because(_FITTED)
            ),
        },
    ),
)
