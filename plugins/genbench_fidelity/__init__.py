"""Metrics on features and class probabilities: fidelity, coverage, diversity, memorisation.

Each metric's `expects` says what planted faults do to it, as seen on digits with the extractors `pixels` and
`digits-classifier`, and, for damage to words, on `moby-dick` with `char-ngrams`; docs/battery.md says how.
Where a sign depends on the extractor, all signs that were seen are named. A fault that is not named is judged
by the metric's direction.
"""

from __future__ import annotations

from genbench import MetricSpec, hookimpl
from genbench_fidelity import classes, distances, diversity, groups, manifolds, memorisation, utility


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the fidelity metrics."""
    families = (distances, manifolds, classes, memorisation, diversity, groups, utility)
    return [spec for family in families for spec in family.SPECS]
