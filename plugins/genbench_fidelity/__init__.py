"""Metrics on features and class probabilities: fidelity, coverage, diversity, memorisation."""

from __future__ import annotations

from genbench import MetricSpec, hookimpl
from genbench_fidelity.specs.classes import CLASSES
from genbench_fidelity.specs.classified_labels import CLASSIFIED_LABELS
from genbench_fidelity.specs.copying import COPYING
from genbench_fidelity.specs.distances import DISTANCES
from genbench_fidelity.specs.diversity import DIVERSITY
from genbench_fidelity.specs.labels import LABELS
from genbench_fidelity.specs.latents import LATENTS
from genbench_fidelity.specs.manifolds import MANIFOLDS
from genbench_fidelity.specs.pairs import PAIRS
from genbench_fidelity.specs.support import SUPPORT


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the fidelity metrics."""
    labelled = [*LABELS, *CLASSIFIED_LABELS]
    return [*DISTANCES, *MANIFOLDS, *CLASSES, *COPYING, *DIVERSITY, *SUPPORT, *PAIRS, *labelled, *LATENTS]
