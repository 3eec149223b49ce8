"""Loading of pretrained language models with transformers, without code that is not allowed."""

from __future__ import annotations

import contextlib
import functools
import json
import shutil
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from genbench import DataError, GenbenchError, SuiteError, content_sha256, store_folder
from genbench_text.pretrained.causal_lm import CausalLM, Encoder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench_text.pretrained.pretrained import DType, Source

__all__ = ["convert_gguf", "load"]

_SEAL = "sha256.json"


_UNKNOWN_CONTEXT = 2048  # lm-evaluation-harness' default for models without a limit
_MOST_CONTEXT = 10**9  # tokenizers without a limit have 1e30
_CONTEXTS = ("n_positions", "max_position_embeddings", "n_ctx")


def load(source: Source, *, dtype: DType, context: int | None, batch_tokens: int, device: str) -> CausalLM:
    """Return a model on a device, ready for scoring and sampling.

    dtype    of weights and computation
    context  maximum number of tokens that it sees; None: the model's own

    Weights are read from safetensors or GGUF. Raises DataError, with transformers' message, if there is no
    such model, and SuiteError if it needs code that `source` does not allow, or has a shorter context.
    """
    try:
        with _quiet():
            tokenizer, network = _load(source, getattr(torch, dtype))
    except (GenbenchError, MemoryError):
        raise
    except Exception as error:  # tokenizers raises Exception itself, and models many types
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise DataError(
            f"transformers cannot load {source.name} as a causal language model: {said}"
        ) from error
    network.to(device).eval()
    longest = _context(network.config, tokenizer)
    if context is not None and context > longest:
        raise SuiteError(f"context is {context}, but {source.name} sees at most {longest} tokens; lower it")
    encoder = _encoder(tokenizer, network, source.name)
    return CausalLM(network, encoder, device, context or longest, batch_tokens)


def _load(source: Source, dtype: torch.dtype) -> tuple[Any, Any]:
    """Return tokenizer and network; Any, because transformers may not be installed."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if source.file is not None:
        place, options = str(convert_gguf(Path(source.place) / source.file)), {}
    else:
        place, options = source.place, _remote(source)
    tokenizer = AutoTokenizer.from_pretrained(place, **options)
    network = AutoModelForCausalLM.from_pretrained(place, dtype=dtype, use_safetensors=True, **options)
    return tokenizer, network


def _remote(source: Source) -> dict[str, Any]:
    """Return transformers' options for the commit and for the permission to run its code.

    Raises SuiteError if it needs code that is not allowed, and for an adapter, which is not a whole model.
    """
    options: dict[str, Any] = {"revision": source.revision, "trust_remote_code": False}
    if _read_json(source, "adapter_config.json"):
        raise SuiteError(f"{source.name} is an adapter without its base model; merge it into that model")
    needed = {owner for name in ("config.json", "tokenizer_config.json") for owner in _code(source, name)}
    if not needed:
        return options
    allowed, _, commit = (source.code or "").partition("@")
    if needed != {allowed}:
        raise SuiteError(
            f"{source.name} needs code of {', '.join(sorted(needed))}, which genbench does not run; to allow "
            f"it for a model from the hub, set trust_remote_code_of = 'owner/name@commit'"
        )
    return options | {"trust_remote_code": True, "code_revision": commit}


def _code(source: Source, file: str) -> set[str]:
    """Return the repositories whose code a description needs."""
    classes = _read_json(source, file).get("auto_map", {})
    values = classes.values() if isinstance(classes, dict) else [classes]
    flat = [name for value in values for name in (value if isinstance(value, list) else [value]) if name]
    return {name.partition("--")[0] if "--" in name else source.name for name in flat}


def _read_json(source: Source, file: str) -> dict[str, Any]:
    """Return the content of a JSON file of the model; {} if there is no such file."""
    from transformers.utils import cached_file

    try:
        found = cached_file(source.place, file, revision=source.revision)
    except OSError:  # no such file; loading reports a missing model
        return {}
    described = json.loads(Path(found).read_text(encoding="utf-8"))
    return described if isinstance(described, dict) else {}


def _context(config: Any, tokenizer: Any) -> int:
    """Return the context length of a model, as lm-evaluation-harness determines it."""
    text = getattr(config, "text_config", None) or config
    for name in _CONTEXTS:
        if getattr(text, name, None) is not None:
            return int(getattr(text, name))
    limit = getattr(tokenizer, "model_max_length", None)
    return _UNKNOWN_CONTEXT if limit is None or limit > _MOST_CONTEXT else int(limit)


def _encoder(tokenizer: Any, network: Any, name: str) -> Encoder:
    """Return the tokenizer with its beginning-of-text and end-of-text tokens."""
    first, end = tokenizer.bos_token_id, tokenizer.eos_token_id
    configs = (network.config, getattr(network, "generation_config", None))
    told = [getattr(config, "eos_token_id", None) for config in configs]
    ends = {end, *(token for ids in told for token in (ids if isinstance(ids, list) else [ids]))} - {None}
    if first is None and end is None:
        raise DataError(
            f"the tokenizer of {name} has no token for the beginning or end of a text; name another model"
        )
    first = end if first is None else first
    opening = (first,) if tokenizer.encode("a")[:1] == [first] else ()
    return Encoder(tokenizer, first, opening, frozenset(ends))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Suppress transformers' advice and progress bars."""
    from tqdm import std
    from transformers.utils import logging

    level, shows_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    make_bar = std.tqdm.__init__
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    # the conversion of GGUF files shows a bar of tqdm's own, which transformers' setting does not reach
    std.tqdm.__init__ = functools.partialmethod(make_bar, disable=True)
    try:
        yield
    finally:
        std.tqdm.__init__ = make_bar
        logging.set_verbosity(level)
        if shows_bars:
            logging.enable_progress_bar()


# Cached conversion of GGUF files to the format of transformers.


def convert_gguf(file: Path) -> Path:
    """Return a folder with the model of a GGUF file in transformers' format, with float32 weights.

    It is cached in the store's folder; the cache key is the file's SHA-256 and the versions of the libraries
    that read it. Checksums are verified on each cache hit. Raises what transformers raises.
    """
    versions = "-".join(metadata.version(name) for name in ("transformers", "gguf"))
    place = store_folder() / "text-models" / f"{content_sha256(file)}-{versions}"
    if not _is_whole(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
        try:
            _write(file, draft)
            _seal(draft)
            _publish(draft, place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return place


def _write(file: Path, folder: Path) -> None:
    """Write the model of a GGUF file into a folder in transformers' format."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where: dict[str, Any] = {"gguf_file": file.name, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(str(file.parent), **where)
    read = AutoModelForCausalLM.from_pretrained(str(file.parent), dtype=torch.float32, **where)
    del (
        read.config.quantization_config
    )  # transformers refuses to save a quantised network; its weights are float32
    network = type(read)(read.config)
    network.load_state_dict(read.state_dict())
    tokenizer.save_pretrained(str(folder))
    network.save_pretrained(str(folder))


def _seal(folder: Path) -> None:
    seal = {path.name: content_sha256(path) for path in sorted(folder.iterdir())}
    (folder / _SEAL).write_text(json.dumps(seal), encoding="ascii")


def _publish(draft: Path, place: Path) -> None:
    """Rename a finished folder, unless another process was first; a damaged one is replaced."""
    if place.exists() and not _is_whole(place):
        shutil.rmtree(place)
    try:
        draft.rename(place)
    except OSError:
        if not _is_whole(place):
            raise


def _is_whole(folder: Path) -> bool:
    """Return whether a folder has all its files, unchanged."""
    try:
        seal = json.loads((folder / _SEAL).read_text(encoding="ascii"))
        return bool(seal) and all(content_sha256(folder / name) == digest for name, digest in seal.items())
    except (OSError, ValueError, AttributeError, RecursionError, DataError):  # it may contain anything
        return False
