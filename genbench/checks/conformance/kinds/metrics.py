"""Checks of metrics."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean
from typing import TYPE_CHECKING, cast

import numpy as np

from genbench.board.ranking import loss
from genbench.catalog.fault_names import declared_of
from genbench.checks.battery.expectations import read_expects, unknown_faults
from genbench.checks.battery.faults import faults_of
from genbench.checks.battery.kept_cards import card_files, read_cards
from genbench.checks.conformance.checks import Check, CheckFailed, CheckSkipped
from genbench.checks.conformance.kinds.common import common_checks
from genbench.checks.conformance.kinds.metric_inputs import group_of, scores_of, sides_of
from genbench.checks.conformance.subject import need_labels
from genbench.core.canonical_json import canonical
from genbench.core.errors import DataError, GenbenchError, Invalid, PluginError, Undefined
from genbench.core.samples import Samples, concat
from genbench.suite.components import wanted_outputs
from genbench.trial.failures import BlameError, outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.checks.conformance.subject import Subject
    from genbench.contract.expected import Expected
    from genbench.contract.specs import MetricSpec, Output
    from genbench.core.scores import Score

    Sides = Mapping[str, Samples]

__all__ = ["CHECKS"]

_DRAWS = 5  # of real data, each compared with noise: a metric that cannot tell them fails 1 time in 32
_ROUNDING = 1e-6  # of the larger of 1 and the score: sums in another order
_MOST_N = 50  # up to which the least number of samples is looked for
_CONSTANT = "compute it from the samples: real data and noise have equal scores"
_UNDEFINED = 'raise genbench.Undefined("…")  # with the reason'
#: The fault that replaces samples by those without structure, and the change of the order, in `expects`.
_NOISE, _ORDER = "noise", "row-order"


def _action(subject: Subject) -> str:
    """Compute the metric on real data."""
    return _text(scores_of(subject, sides_of(subject)))


def _text(scores: Mapping[str, Score]) -> str:
    """Return scores as a text, digit by digit."""
    plain = {name: [score.value, score.low, score.high, dict(score.extra)] for name, score in scores.items()}
    return canonical(plain)


def _needs_input(subject: Subject, name: str) -> None:
    """Raise CheckSkipped unless the metric takes an input."""
    if name not in subject.part.contract.inputs:
        raise CheckSkipped(f"it takes no {name}")


def _better_than_noise(subject: Subject) -> None:
    _needs_input(subject, "fake")
    outputs = [output for output in cast("MetricSpec", subject.spec).scores if _should_see(subject, output)]
    if not outputs:
        raise CheckSkipped("it ranks nothing, or its spec says in expects that it may not see noise")
    clean, noisy = [], []
    for draw in range(_DRAWS):
        sides = sides_of(subject, draw)
        fake, train = sides["fake"], sides["train"]
        data = subject.modality.noise(train)(len(fake), subject.rng("noise", str(draw)))
        clean.append(scores_of(subject, sides))
        noisy.append(scores_of(subject, {**sides, "fake": replace(fake, data=data)}))
    for output in outputs:
        pairs = [(_loss(output, good), _loss(output, bad)) for good, bad in zip(clean, noisy, strict=True)]
        if all(good >= bad for good, bad in pairs):
            values = [f"{mean(s[output.name].value for s in found):.4g}" for found in (clean, noisy)]
            raise CheckFailed(
                f"in each of {_DRAWS} draws, noise is as good: {output.name} is {values[0]} for real data "
                f"and {values[1]} for noise, on average",
                _fix_of_direction(output) if any(good > bad for good, bad in pairs) else _CONSTANT,
            )


def _should_see(subject: Subject, output: Output) -> bool:
    """Return whether noise, which is a floor, should make an output worse, as far as its spec says."""
    group = subject.once("group", lambda: group_of(subject))
    return output.direction != "none" and "floor" not in group.unseen_controls[output.name]


def _declared(subject: Subject, output: Output, fault: str) -> tuple[Expected, ...] | None:
    """Return what an output expects of a fault with its extractor, per level, or None.

    Raises CheckSkipped for an invalid `expects`, which is the failure of another check.
    """
    component, group = subject.component, subject.once("group", lambda: group_of(subject))
    faults, home = faults_of(subject.catalog), component.owner.distribution
    try:
        expects = read_expects(output, component.who, faults, home)
    except PluginError as error:
        raise CheckSkipped(str(error)) from error
    extractor = None if group.extractor is None else group.extractor.name
    return declared_of(expects, fault, extractor)


def _loss(output: Output, scores: Mapping[str, Score]) -> float:
    return loss(scores[output.name].value, output.direction, output.best)


def _fix_of_direction(output: Output) -> str:
    known = f'expects={{"{_NOISE}": unchanged.because("why")}},'
    other = {"lower": "higher", "higher": "lower"}.get(output.direction)
    return known if other is None else f'direction="{other}",  # or: {known}'


def _identical(subject: Subject) -> None:
    sides = sides_of(subject)
    scores_of(subject, {**sides, "fake": sides["real"]})


def _equal_fakes(subject: Subject) -> None:
    sides = sides_of(subject)
    same = sides["fake"].take(np.zeros(len(sides["fake"]), np.intp))
    scores_of(subject, {**sides, "fake": same})


def _missing_class(subject: Subject) -> None:
    _needs_input(subject, "fake_labels")
    sides = sides_of(subject)
    fake = sides["fake"]
    labels = need_labels(fake)
    first = np.flatnonzero(labels == labels[0])
    scores_of(subject, {**sides, "fake": fake.take(np.resize(first, len(fake)))})


def _min_n(subject: Subject) -> None:
    least = cast("MetricSpec", subject.spec).min_n
    try:
        scores_of(subject, _cut(subject, least))
    except (BlameError, Invalid) as error:
        status, seen = outcome_of(error)
        if status == "skipped":
            raise
        enough = next((n for n in range(least + 1, _MOST_N) if _works_with(subject, n)), None)
        fix = _UNDEFINED if enough is None else f"min_n={enough},"
        raise CheckFailed(f"with {least} samples on each side: {seen}", fix) from error


def _cut(subject: Subject, n: int) -> Sides:
    """Return the sides with n samples each, train apart, which is always whole."""
    return {
        name: side if name == "train" else side.take(slice(0, n)) for name, side in sides_of(subject).items()
    }


def _works_with(subject: Subject, n: int) -> bool:
    try:
        scores_of(subject, _cut(subject, n))
    except (BlameError, Invalid, Undefined):
        return False
    return True


def _unequal_sizes(subject: Subject) -> None:
    sides = sides_of(subject)
    scores_of(subject, {**sides, "real": concat([sides["real"], sides_of(subject, 1)["real"]])})


def _row_order(subject: Subject) -> None:
    if "rng" in subject.part.contract.given:
        raise CheckSkipped("it takes rng, and may draw other rows in another order")
    outputs = [
        output.name
        for output in cast("MetricSpec", subject.spec).scores
        if (levels := _declared(subject, output, _ORDER)) is None or set(levels[0].reasons) == {"unchanged"}
    ]
    if not outputs:
        raise CheckSkipped("its spec says in expects that the order counts")
    sides = sides_of(subject)
    order = subject.rng("order").permutation(len(sides["fake"]))
    first = scores_of(subject, sides)
    other = scores_of(subject, {**sides, "fake": sides["fake"].take(order)})
    for name, score in ((name, first[name]) for name in outputs):
        if abs(other[name].value - score.value) > _ROUNDING * max(1.0, abs(score.value)):
            raise CheckFailed(
                f"{name} is {score.value:.9g}, and {other[name].value:.9g} with the fakes in another order",
                "do not pair the rows of real and fake: fake[i] does not belong to real[i]",
            )


def _real_moments(subject: Subject) -> None:
    if not cast("MetricSpec", subject.spec).real_moments:
        raise CheckSkipped("its spec does not say real_moments")
    sides = sides_of(subject)
    first, other = (scores_of(subject, sides, from_moments=given) for given in (False, True))
    for name, score in first.items():
        if abs(other[name].value - score.value) > _ROUNDING * max(1.0, abs(score.value)):
            raise CheckFailed(
                f"{name} is {score.value:.9g} from real features, {other[name].value:.9g} from their moments",
                "real = real if isinstance(real, genbench.Moments) else genbench.Moments.of(real)",
            )


def _progress(subject: Subject) -> None:
    if "log" not in subject.part.contract.given:
        raise CheckSkipped("it does not take log")
    if cast("MetricSpec", subject.spec).is_comparison:
        raise CheckSkipped("a comparison shows no progress")
    steps: list[tuple[int, int]] = []
    scores_of(subject, sides_of(subject), log=lambda step, total, **_: steps.append((int(step), int(total))))
    if not steps:
        raise CheckFailed("it called log for no step", "for row in Steps(log, len(rows)).over(rows):")
    numbers = [step for step, _ in steps]
    if numbers != sorted(set(numbers)) or len({total for _, total in steps}) > 1 or numbers[0] < 0:
        raise CheckFailed(f"the steps {steps[:4]} …", "count all steps once: log(step, total)")
    if steps[-1][0] != steps[-1][1]:
        raise CheckFailed(f"the last step {steps[-1]}", "log the last step of all")


def _unlabelled(subject: Subject) -> None:
    if subject.part.contract.takes_labels or wanted_outputs(subject.part.spec):
        raise CheckSkipped("it takes labels, or features alone")
    sides = sides_of(subject)
    need_labels(sides["real"])
    plain = {name: replace(samples, labels=None) for name, samples in sides.items()}
    if _text(scores_of(subject, plain)) != _text(scores_of(subject, sides)):
        raise CheckFailed("data without labels have another score", "def make(real, fake, fake_labels):")


def _expects(subject: Subject) -> None:
    outputs = [output for output in cast("MetricSpec", subject.spec).scores if output.expects]
    if not outputs:
        raise CheckSkipped("its spec has no expects")
    faults, home = faults_of(subject.catalog), subject.component.owner.distribution
    for output in outputs:
        for warning in unknown_faults(output, subject.component.who, faults, home):
            raise CheckFailed(warning, "correct the name in expects, or remove it")
        try:
            read_expects(output, subject.component.who, faults, home)
        except GenbenchError as error:
            raise CheckFailed(str(error), "correct what expects says") from error


def _card(subject: Subject) -> None:
    component = subject.component
    files = card_files(component)
    if not files:
        raise CheckSkipped("its plugin ships no card")
    for file in files:
        fix = f"genbench check --battery {file.stem} --format json > cards/{file.name}"
        try:
            cards = read_cards(file)
        except DataError as error:
            raise CheckFailed(str(error), fix) from error
        for card in cards:
            of = f"{card.component}, version {card.version}"
            if of != f"{component.reference}, version {component.spec.version}":
                raise CheckFailed(f"{file.name} holds a card of {of}", fix)


CHECKS = (
    Check(
        name="card",
        expected="a card that its plugin ships is one of this version of the metric",
        function=_card,
    ),
    Check(
        name="expects",
        expected="an installed plugin declares each fault in expects, with as many levels",
        function=_expects,
    ),
    *common_checks(_action),
    Check(
        name="better-than-noise",
        expected="real data have a better score than samples without structure",
        function=_better_than_noise,
    ),
    Check(
        name="identical",
        expected="fakes that are the real samples themselves have a score, or it raises Undefined",
        function=_identical,
        fix=_UNDEFINED,
    ),
    Check(
        name="equal-fakes",
        expected="fakes that are all equal have a score, or it raises Undefined",
        function=_equal_fakes,
        fix=_UNDEFINED,
    ),
    Check(
        name="missing-class",
        expected="fakes of one class alone have a score, or it raises Undefined",
        function=_missing_class,
        fix=_UNDEFINED,
    ),
    Check(
        name="min-n",
        expected="min_n samples on each side have a score, or it raises Undefined",
        function=_min_n,
    ),
    Check(
        name="unequal-sizes",
        expected="there may be twice as many real samples as fakes",
        function=_unequal_sizes,
        fix=_UNDEFINED,
    ),
    Check(
        name="row-order",
        expected="fakes in another order have the same score",
        function=_row_order,
    ),
    Check(
        name="real-moments",
        expected="the mean and covariance of the real features give the same score",
        function=_real_moments,
    ),
    Check(
        name="progress",
        expected="it logs rising steps of one total, up to the last",
        function=_progress,
    ),
    Check(
        name="unlabelled",
        expected="data without labels have the same score",
        function=_unlabelled,
        fix=_UNDEFINED,
    ),
)
