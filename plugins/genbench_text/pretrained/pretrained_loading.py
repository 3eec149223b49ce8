"""Loading a language model with transformers: weights as tensors, and no code but what is allowed by name."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from genbench import DataError, GenbenchError, SuiteError
from genbench_text.pretrained.causal_lm import CausalLM, Encoder
from genbench_text.pretrained.converted import converted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench_text.pretrained.pretrained import DType, Source

__all__ = ["load"]

_UNKNOWN_CONTEXT = 2048  # of lm-evaluation-harness, for models that say nothing
_MOST_CONTEXT = 10**9  # tokenizers without a limit say 1e30
_CONTEXTS = ("n_positions", "max_position_embeddings", "n_ctx")


def load(source: Source, *, dtype: DType, context: int | None, batch_tokens: int, device: str) -> CausalLM:
    """Return a model on a device, ready to score and to draw.

    dtype    of weights and computation
    context  how many tokens it is to see at most; None: as many as it can

    Weights are read from safetensors or GGUF. Raises DataError, with what transformers says, if there is no
    such model, and SuiteError if it brings code that `source` does not allow, or sees less than `context`.
    """
    try:
        with _quiet():
            tokenizer, network = _loaded(source, getattr(torch, dtype))
    except (GenbenchError, MemoryError):
        raise
    except Exception as error:  # tokenizers raises Exception itself, and models whatever they meet
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise DataError(
            f"{source.name} cannot be loaded as a causal language model by transformers: {said}"
        ) from error
    network.to(device).eval()
    longest = _context(network.config, tokenizer)
    if context is not None and context > longest:
        raise SuiteError(f"context is {context}, and {source.name} sees {longest} tokens at most; lower it")
    encoder = _encoder(tokenizer, network, source.name)
    return CausalLM(network, encoder, device, context or longest, batch_tokens)


def _loaded(source: Source, dtype: torch.dtype) -> tuple[Any, Any]:
    """Return tokenizer and network; Any, since transformers need not be installed."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if source.file is not None:
        place, options = str(converted(Path(source.place) / source.file)), {}
    else:
        place, options = source.place, _remote(source)
    tokenizer = AutoTokenizer.from_pretrained(place, **options)
    network = AutoModelForCausalLM.from_pretrained(place, dtype=dtype, use_safetensors=True, **options)
    return tokenizer, network


def _remote(source: Source) -> dict[str, Any]:
    """Return the options that say which commit is meant, and whether code that comes with it may run.

    Raises SuiteError if code is needed that is not allowed, and for an adapter, which is half a model.
    """
    options: dict[str, Any] = {"revision": source.revision, "trust_remote_code": False}
    if _described(source, "adapter_config.json"):
        raise SuiteError(f"{source.name} is an adapter, whose model it only names; merge it into its model")
    needed = {owner for name in ("config.json", "tokenizer_config.json") for owner in _code(source, name)}
    if not needed:
        return options
    allowed, _, commit = (source.code or "").partition("@")
    if needed != {allowed}:
        raise SuiteError(
            f"{source.name} brings code, of {', '.join(sorted(needed))}, which is not run; a suite that "
            f"trusts it says trust_remote_code_of = 'owner/name@commit', for a model from the hub"
        )
    return options | {"trust_remote_code": True, "code_revision": commit}


def _code(source: Source, file: str) -> set[str]:
    """Return the names whose code a description asks for."""
    classes = _described(source, file).get("auto_map", {})
    values = classes.values() if isinstance(classes, dict) else [classes]
    flat = [name for value in values for name in (value if isinstance(value, list) else [value]) if name]
    return {name.partition("--")[0] if "--" in name else source.name for name in flat}


def _described(source: Source, file: str) -> dict[str, Any]:
    """Return what a JSON file of the model says; nothing if there is no such file."""
    from transformers.utils import cached_file

    try:
        found = cached_file(source.place, file, revision=source.revision)
    except OSError:  # it has no such file; that there is no such model is said when it is loaded
        return {}
    described = json.loads(Path(found).read_text(encoding="utf-8"))
    return described if isinstance(described, dict) else {}


def _context(config: Any, tokenizer: Any) -> int:
    """Return how many tokens a model sees, as lm-evaluation-harness reads it."""
    text = getattr(config, "text_config", None) or config
    for name in _CONTEXTS:
        if getattr(text, name, None) is not None:
            return int(getattr(text, name))
    limit = getattr(tokenizer, "model_max_length", None)
    return _UNKNOWN_CONTEXT if limit is None or limit > _MOST_CONTEXT else int(limit)


def _encoder(tokenizer: Any, network: Any, name: str) -> Encoder:
    """Return the tokenizer with the tokens at which texts begin and end."""
    first, end = tokenizer.bos_token_id, tokenizer.eos_token_id
    configs = (network.config, getattr(network, "generation_config", None))
    told = [getattr(config, "eos_token_id", None) for config in configs]
    ends = {end, *(token for ids in told for token in (ids if isinstance(ids, list) else [ids]))} - {None}
    if first is None and end is None:
        raise DataError(f"the tokenizer of {name} has no token for the beginning or end of a text")
    first = end if first is None else first
    opening = (first,) if tokenizer.encode("a")[:1] == [first] else ()
    return Encoder(tokenizer, first, opening, frozenset(ends))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Show no progress bars and no advice of transformers."""
    from transformers.utils import logging

    level, shows_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shows_bars:
            logging.enable_progress_bar()
