"""Language models outside the process: behind an HTTP endpoint, or in a program."""

from __future__ import annotations

from genbench import GeneratorSpec

__all__ = ["SPECS"]

SPECS = (
    GeneratorSpec(
        name="openai-compatible",
        make="genbench_text.remote.openai_compatible:openai_compatible",
        summary="a language model behind an endpoint of OpenAI's form",
        source="https://platform.openai.com/docs/api-reference",
        modalities=("text",),
        needs={"httpx": "genbench[endpoints]"},
        priced=True,
    ),
    GeneratorSpec(
        name="command",
        make="genbench_text.remote.command:command",
        summary="any program that reads a request and writes JSON Lines",
        source="https://jsonlines.org",
        modalities=("text",),
        chunk=None,
        priced=True,
    ),
)
