"""What checks of metrics compute: scores on small sides of an example's data."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from genbench.checks.battery.inputs import FeatureCache, PlantedInputs
from genbench.checks.battery.setup import find_extractor
from genbench.checks.conformance.checks import CheckSkipped, NotTried
from genbench.checks.conformance.kinds.fitted import fit_once
from genbench.checks.conformance.subject import compute_once
from genbench.contract.moments import Moments
from genbench.contract.specs import DatasetSpec, ExtractorSpec
from genbench.core.errors import PluginError, SuiteError, Undefined
from genbench.suite.components import extractor_outputs, make_part
from genbench.suite.file import MetricEntry, SuiteEntry
from genbench.suite.resolve import find_canonical_extractors, make_group
from genbench.trial.calling import SamplerProxy, no_log
from genbench.trial.computation import compare, compute
from genbench.trial.failures import BlameError, read_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from genbench.checks.conformance.subject import Subject
    from genbench.core.extracted import Extracted
    from genbench.core.samples import Samples
    from genbench.core.scores import Score
    from genbench.suite.components import Group, Part

    Sides = Mapping[str, Samples]
    from genbench.contract.steps import Log

__all__ = ["compute_scores", "deal_sides", "find_group"]

_LEAST_N = 60  # samples on each side
_SIDES = ("real", "fake", "held_out", "train")


class _SmallInputs(PlantedInputs):
    """Inputs of a metric, among them a sampler without methods, no history and no truth."""

    def other_input(self, name: str) -> Any:
        """Return an empty input: a sampler without methods, no history or no truth.

        A check has only samples, and no generator or exact distribution that could give such an input.
        """
        return {"sampler": SamplerProxy(object(), "a check"), "history": (), "truth": None}[name]


def deal_sides(subject: Subject, draw: int = 0) -> Sides:
    """Return the sides real, fake, held_out and train, all drawn from the same real data.

    draw  a number; another one gives other data. The sides of a number are drawn once for all checks.
    """
    return subject.get_or_compute(f"sides {draw}", lambda: _draw_sides(subject, draw))


def _draw_sides(subject: Subject, draw: int) -> Sides:
    """Return the four sides of a metric by name, equally large and with real samples in random order.

    A side has at least 60 samples, and at least twice as many as the metric needs.
    """
    n = max(_LEAST_N, 2 * subject.spec.min_n)
    samples = subject.example(len(_SIDES) * n, "sides", str(draw))
    order = subject.rng("sides", str(draw)).permutation(len(samples))
    # each side takes every fourth sample
    return {name: samples.take(order[first :: len(_SIDES)]) for first, name in enumerate(_SIDES)}


def compute_scores(
    subject: Subject, sides: Sides, *, from_moments: bool = False, log: Log = no_log
) -> Mapping[str, Score]:
    """Return the metric's scores by output, checked as in a run; raise CheckSkipped if its extractor fails.

    from_moments  whether `real` is given as the moments of its features
    log           the function to which the metric reports its progress; a comparison has none

    A sampler, its history and the truth have no content here: a metric that needs it raises Undefined. A
    comparison scores several generators at once: here the fakes, and as a rival the samples of `held_out`.
    """
    group, cache = find_group(subject), _feature_cache(subject)
    inputs = _SmallInputs(sides, cache)
    try:
        if group.metric.spec.is_comparison:
            rival = _SmallInputs({**sides, "fake": sides["held_out"]}, cache)
            return _compare_with_rival(subject, group, {"rival": rival, "fake": inputs})
        return compute(
            group, inputs, data_hash="check", seed=0, device=subject.case.device, note=subject.notices.note,
            moments=_real_moments(group, inputs) if from_moments else None, log=log,
        )  # fmt: skip
    except BlameError as failure:
        if failure.component != subject.component:
            raise CheckSkipped(f"its extractor fails: {read_outcome(failure)[1]}") from failure
        raise


def _compare_with_rival(
    subject: Subject, group: Group, inputs: Mapping[str, PlantedInputs]
) -> Mapping[str, Score]:
    """Return the scores that a comparison gives the generator "fake"; raise Undefined if it gives none.

    inputs  the inputs of both generators, "rival" and "fake"
    """
    device, note = subject.case.device, subject.notices.note
    scores = compare(group, inputs, data_hash="check", device=device, note=note)["fake"]
    if isinstance(scores, Undefined):
        raise scores
    return scores


def _real_moments(group: Group, inputs: PlantedInputs) -> Moments | None:
    """Return the moments (mean and covariance) of real features; None for a metric that takes samples."""
    if group.extractor is None:
        return None
    (output,) = extractor_outputs(group.metric.spec)  # a metric of moments takes one
    extracted = inputs.features(group.extractor, "real")
    return Moments.of(extracted.arrays[output][extracted.valid])


@compute_once
def find_group(subject: Subject) -> Group:
    """Return the metric as a group, with the first of its possible extractors that works on this machine.

    Raises NotTried if the metric needs an extractor and none works.
    """
    part, modality = subject.part, subject.modality
    outputs = extractor_outputs(part.spec)  # none for a metric that takes samples
    extractor = next(_list_extractors(subject), None) if outputs else None
    if outputs and extractor is None:
        raise NotTried(
            f"no extractor on this machine gives {', '.join(outputs)} of {modality.reference} samples",
            f"genbench plugins --kind extractor --modality {modality.reference}",
        )
    entry = MetricEntry(
        use=part.component.reference, options=subject.case.options, where=part.component.who,
        extractor=None if extractor is None else SuiteEntry(use=extractor, where=extractor),
    )  # fmt: skip
    return make_group(entry, subject.case.folder, subject.catalog, (modality.reference,))


def _list_extractors(subject: Subject) -> Iterator[str]:
    """Yield the extractors that have the outputs that the metric takes and work here, by name or reference.

    The extractors that a run on the modality's data would use are first: the default dataset's, the
    modality's, the metric's own. All others follow. Left out are ambiguous names, and extractors of other
    modalities.
    """
    catalog, modality, metric = subject.catalog, subject.modality, subject.component
    datasets = catalog.matches("dataset", modality.default_dataset) if modality.default_dataset else ()
    preferred = [each.owner.qualify(cast("DatasetSpec", each.spec).extractor) for each in datasets]
    own = find_canonical_extractors(metric, catalog, (modality.reference,))
    others = catalog.of_kind("extractor")
    names = [*preferred, modality.default_extractor, *(each.reference for each in (*own, *others))]
    for name in dict.fromkeys(filter(None, names)):
        matches = catalog.matches("extractor", name)
        is_usable = len(matches) == 1 and matches[0].serves((modality.reference,))
        has_outputs = is_usable and find_extractor(catalog, metric.reference, [name], modality) is not None
        if has_outputs and _is_ready(subject, name):
            yield name


def _is_ready(subject: Subject, extractor: str) -> bool:
    """Return whether an extractor has all modules, files and options that it needs, and can be fitted."""
    try:
        part = make_part(
            subject.catalog, ExtractorSpec, SuiteEntry(use=extractor, where=extractor), subject.case.folder
        )
        _fit_once(subject, part)  # kept for the checks that follow
    except (SuiteError, PluginError, BlameError):
        return False
    return True


def _fit_once(subject: Subject, part: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
    """Return an extractor, as a function from samples to features, fitted to `train` once for all checks."""
    return fit_once(subject, deal_sides(subject)["train"], part)


@compute_once
def _feature_cache(subject: Subject) -> FeatureCache:
    """Return the cache of features that the checks of a subject share."""
    return FeatureCache(partial(_fit_once, subject))
