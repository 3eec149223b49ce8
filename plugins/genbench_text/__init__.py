"""Text: data sets, language models, extractors and metrics."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, hookimpl
from genbench_text.specs.chains import CHAIN_ORACLES, CHAINS
from genbench_text.specs.datasets import DATASETS
from genbench_text.specs.extractors import EXTRACTORS
from genbench_text.specs.language_models import LANGUAGE_MODELS, ORACLES
from genbench_text.specs.likelihoods import LIKELIHOODS
from genbench_text.specs.networks import NETWORKS
from genbench_text.specs.texts import TEXTS


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the data sets of texts."""
    return list(DATASETS)


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return what turns texts into features, or into their likelihoods under a named model."""
    return [*EXTRACTORS, *CHAIN_ORACLES, *ORACLES]


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the generators of texts."""
    return [*CHAINS, *NETWORKS, *LANGUAGE_MODELS]


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the metrics on likelihoods and on texts."""
    return [*LIKELIHOODS, *TEXTS]
