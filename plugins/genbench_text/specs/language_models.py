"""Language models that others trained: as generators, and as oracles that give likelihoods."""

from __future__ import annotations

from genbench import ExtractorSpec, GeneratorSpec

__all__ = ["LANGUAGE_MODELS", "ORACLES"]

_TRANSFORMERS = dict.fromkeys(("gguf", "tokenizers", "transformers"), "genbench[transformers]")
_HUB = ("HF_TOKEN",)  # of models that the hub gives only to those who are named

LANGUAGE_MODELS = (
    GeneratorSpec(
        name="hf-causal-lm",
        make="genbench_text.pretrained.hf_causal_lm:hf_causal_lm",
        summary="a trained language model, from a folder, a GGUF file or the hub",
        source="Wolf et al. 2020, arXiv:1910.03771",
        spaces=("text",),
        needs=_TRANSFORMERS,
        variables=_HUB,
    ),
    GeneratorSpec(
        name="openai-compatible",
        make="genbench_text.remote.openai_compatible:openai_compatible",
        summary="a language model behind an endpoint of OpenAI's form",
        source="https://platform.openai.com/docs/api-reference",
        spaces=("text",),
        priced=True,
    ),
    GeneratorSpec(
        name="command",
        make="genbench_text.remote.command:command",
        summary="any program that reads a request and writes JSON Lines",
        source="https://jsonlines.org",
        spaces=("text",),
        chunk=None,
        priced=True,
    ),
)

ORACLES = (
    ExtractorSpec(
        name="causal-lm",
        make="genbench_text.pretrained.causal_lm_extractor:causal_lm",
        summary="how likely texts are under a trained language model",
        source="Wolf et al. 2020, arXiv:1910.03771",
        spaces=("text",),
        outputs={
            "nats": "the log probability of a text, its end not counted",
            "tokens": "how many tokens that is of",
        },
        needs=_TRANSFORMERS,
        variables=_HUB,
    ),
)
