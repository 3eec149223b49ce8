"""Presets of the Inception network that reproduce what papers and libraries quote.

Three choices part them: how images come to 299 x 299, what range the network sees, and what metrics do with
its output. The reference is the train split, whole, as in the papers.
"""

from __future__ import annotations

from genbench import Protocol

__all__ = ["PROTOCOLS"]

_TENSORFLOW = {"resize": "tf1", "scaling": "tf", "dtype": "float32"}

PROTOCOLS = (
    Protocol(
        name="torch-fidelity",
        summary="TensorFlow 1's bilinear resize within the network, range (x - 128) / 128",
        source="Obukhov et al. 2020, torch-fidelity 0.4",
        options=_TENSORFLOW,
        metrics={
            "kid": {"first": "fake", "subsets": 100, "subset_size": 1000},
            "inception-score": {"splits": 10, "shuffle": True},
            "precision-recall": {"extractor": "vgg16", "k": 3},
        },
        split="train",
    ),
    Protocol(
        name="clean-fid",
        summary="Pillow's bicubic resize on floats, smoothed when shrinking, range (x - 128) / 128",
        source="Parmar et al. 2022, arXiv:2104.11222, clean-fid's mode `clean`",
        options={"resize": "pil-bicubic", "scaling": "tf", "dtype": "float32"},
        metrics={"kid": {"first": "fake", "subsets": 100, "subset_size": 1000}},
        split="train",
    ),
    Protocol(
        name="legacy-pytorch",
        summary="torch's bilinear resize without smoothing, range 2 x / 255 - 1",
        source="Seitzer 2020, pytorch-fid; clean-fid's mode `legacy_pytorch`",
        options={"resize": "bilinear", "scaling": "unit", "dtype": "float32"},
        split="train",
    ),
    Protocol(
        name="legacy-tensorflow",
        summary="the graph of 2015 as papers used it: its bilinear resize, 50,000 fakes, unshuffled splits",
        source="Heusel et al. 2017, arXiv:1706.08500; Salimans et al. 2016, arXiv:1606.03498",
        options=_TENSORFLOW,
        metrics={
            "inception-score": {"splits": 10, "shuffle": False},
            "precision-recall": {"extractor": "inception-v3-compat", "k": 3},
        },
        split="train",
        n=50_000,
    ),
)
