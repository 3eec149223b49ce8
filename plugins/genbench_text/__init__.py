"""Datasets, language models, extractors and metrics of texts."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, hookimpl
from genbench_text import chains, datasets, embeddings, likelihood, neural, overlap, pretrained, remote

_MODELS = (*chains.SPECS, *neural.SPECS, *pretrained.SPECS, *remote.SPECS)


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the datasets of texts."""
    return list(datasets.SPECS)


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the extractors of features and of likelihoods."""
    return [*embeddings.SPECS, *(spec for spec in _MODELS if isinstance(spec, ExtractorSpec))]


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the generators of texts."""
    return [spec for spec in _MODELS if isinstance(spec, GeneratorSpec)]


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the metrics on likelihoods and on texts."""
    return [*likelihood.SPECS, *overlap.SPECS]
