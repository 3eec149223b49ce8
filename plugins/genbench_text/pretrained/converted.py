"""Cached conversion of GGUF files to the format of transformers."""

from __future__ import annotations

import json
import shutil
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from genbench import DataError, content_sha256, store_folder

__all__ = ["converted"]

_SEAL = "sha256.json"


def converted(file: Path) -> Path:
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
