"""Checks of metrics."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean
from typing import TYPE_CHECKING

import numpy as np

from genbench.board.ranking import loss
from genbench.catalog.catalog import find_declaration
from genbench.checks.battery.faults import read_expects, read_faults, unknown_faults
from genbench.checks.battery.kept_cards import card_files, read_cards
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.kinds.common import common_checks
from genbench.checks.conformance.kinds.metric_inputs import compute_scores, deal_sides, find_group
from genbench.checks.conformance.subject import need_input, need_labels
from genbench.core.canonical_json import canonical
from genbench.core.errors import DataError, GenbenchError, Invalid, PluginError, Undefined
from genbench.core.samples import Samples, concat
from genbench.suite.components import extractor_outputs
from genbench.trial.failures import BlameError, read_outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from genbench.checks.conformance.subject import Subject
    from genbench.contract.expected import Expected
    from genbench.contract.specs import Output
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


def _score_real_data(subject: Subject) -> str:
    """Compute the metric on real data, and return the scores as a text."""
    return _scores_text(compute_scores(subject, deal_sides(subject)))


def _scores_text(scores: Mapping[str, Score]) -> str:
    """Return scores as JSON with all digits, so that equal texts are equal scores."""
    plain = {name: [score.value, score.low, score.high, dict(score.extra)] for name, score in scores.items()}
    return canonical(plain)


@check("better-than-noise", "real data have a better score than samples without structure")
def _better_than_noise(subject: Subject) -> None:
    """Raise CheckFailed if in each of five draws noise has at least as good a score as real data."""
    need_input(subject, "fake")
    outputs = [output for output in subject.spec.scores if _should_detect_noise(subject, output)]
    if not outputs:
        raise CheckSkipped("it ranks nothing, or its spec says in expects that it may not see noise")
    clean, noisy = [], []
    for draw in range(_DRAWS):
        sides = deal_sides(subject, draw)
        fake, train = sides["fake"], sides["train"]
        # as many samples of noise as fakes, in the space of the training samples
        data = subject.modality.noise(train)(len(fake), subject.rng("noise", str(draw)))
        clean.append(compute_scores(subject, sides))
        noisy.append(compute_scores(subject, {**sides, "fake": replace(fake, data=data)}))
    for output in outputs:
        pairs = [(_loss(output, good), _loss(output, bad)) for good, bad in zip(clean, noisy, strict=True)]
        # one draw in which real data win is enough: a metric of few samples may lose some by chance
        if all(good >= bad for good, bad in pairs):
            values = [f"{mean(s[output.name].value for s in draws):.4g}" for draws in (clean, noisy)]
            raise CheckFailed(
                f"in each of {_DRAWS} draws, noise is as good: {output.name} is {values[0]} for real data "
                f"and {values[1]} for noise, on average",
                # with equal losses in all draws, the score may not depend on the samples
                _direction_fix(output) if any(good > bad for good, bad in pairs) else _CONSTANT,
            )


def _should_detect_noise(subject: Subject, output: Output) -> bool:
    """Return whether noise should make an output worse: it is ranked, and its spec does not exempt noise.

    Noise is a control of the role "floor"; `expects` of the spec may say that the metric does not see it.
    """
    group = find_group(subject)
    return output.direction != "none" and "floor" not in group.unseen_controls[output.name]


def _find_expected(subject: Subject, output: Output, fault: str) -> tuple[Expected, ...] | None:
    """Return what the metric declares that a fault does to an output, for each level, or None if nothing.

    The declaration for the extractor, "fault[extractor]", goes before that for the fault alone. Raises
    CheckSkipped for an invalid `expects`, which is the failure of another check.
    """
    component, group = subject.component, find_group(subject)
    faults, plugin = read_faults(subject.catalog), component.owner.distribution
    try:
        expects = read_expects(output, component.who, faults, plugin)
    except PluginError as error:
        raise CheckSkipped(str(error)) from error
    extractor = None if group.extractor is None else group.extractor.name
    return find_declaration(expects, fault, extractor)


def _loss(output: Output, scores: Mapping[str, Score]) -> float:
    """Return an output's score as a loss, where lower is better; for a target, the distance from it."""
    return loss(scores[output.name].value, output.direction, output.best)


def _direction_fix(output: Output) -> str:
    """Return the line to write if noise scores better: the other direction, or a declared known failure.

    An output with a target has no other direction.
    """
    declaration = f'expects={{"{_NOISE}": unchanged.because("why")}},'
    other = {"lower": "higher", "higher": "lower"}.get(output.direction)
    return declaration if other is None else f'direction="{other}",  # or: {declaration}'


@check(
    "identical",
    "fakes that are the real samples themselves have a score, or it raises Undefined",
    fix=_UNDEFINED,
)
def _identical(subject: Subject) -> None:
    sides = deal_sides(subject)
    compute_scores(subject, {**sides, "fake": sides["real"]})


@check("equal-fakes", "fakes that are all equal have a score, or it raises Undefined", fix=_UNDEFINED)
def _equal_fakes(subject: Subject) -> None:
    sides = deal_sides(subject)
    same = sides["fake"].take(np.zeros(len(sides["fake"]), np.intp))
    compute_scores(subject, {**sides, "fake": same})


@check("missing-class", "fakes of one class alone have a score, or it raises Undefined", fix=_UNDEFINED)
def _missing_class(subject: Subject) -> None:
    """Score fakes of one class, as many as before; the check fails if the metric raises another error."""
    need_input(subject, "fake_labels")
    sides = deal_sides(subject)
    fake = sides["fake"]
    labels = need_labels(fake)
    first = np.flatnonzero(labels == labels[0])
    compute_scores(subject, {**sides, "fake": fake.take(np.resize(first, len(fake)))})


@check("min-n", "min_n samples on each side have a score, or it raises Undefined")
def _min_n(subject: Subject) -> None:
    """Raise CheckFailed, with the least n up to 50 that works, if the metric fails at the n of its spec."""
    least = subject.spec.min_n
    try:
        compute_scores(subject, _cut_sides(subject, least))
    except (BlameError, Invalid) as error:
        status, seen = read_outcome(error)
        if status == "skipped":  # the metric raised Undefined, which is allowed
            raise
        enough = next((n for n in range(least + 1, _MOST_N) if _works_with(subject, n)), None)
        fix = _UNDEFINED if enough is None else f"min_n={enough},"
        raise CheckFailed(f"with {least} samples on each side: {seen}", fix) from error


def _cut_sides(subject: Subject, n: int) -> Sides:
    """Return the sides with n samples each; only `train` stays whole, as in a run."""
    sides = deal_sides(subject)
    return {name: side if name == "train" else side.take(slice(0, n)) for name, side in sides.items()}


def _works_with(subject: Subject, n: int) -> bool:
    """Return whether the metric has a score of n samples on each side."""
    try:
        compute_scores(subject, _cut_sides(subject, n))
    except (BlameError, Invalid, Undefined):
        return False
    return True


@check("unequal-sizes", "there may be twice as many real samples as fakes", fix=_UNDEFINED)
def _unequal_sizes(subject: Subject) -> None:
    """Score fakes with the real samples of two draws; the check fails if the metric raises another error."""
    sides = deal_sides(subject)
    compute_scores(subject, {**sides, "real": concat([sides["real"], deal_sides(subject, 1)["real"]])})


@check("row-order", "fakes in another order have the same score")
def _row_order(subject: Subject) -> None:
    """Raise CheckFailed if the order of the fakes changes a score whose spec does not allow it."""
    if "rng" in subject.part.contract.given:
        raise CheckSkipped("it takes rng, and may draw other rows in another order")
    # outputs that declare nothing of the fault "row-order", which has one level, or that it changes nothing
    outputs = [
        output.name
        for output in subject.spec.scores
        if (levels := _find_expected(subject, output, _ORDER)) is None
        or set(levels[0].reasons) == {"unchanged"}
    ]
    if not outputs:
        raise CheckSkipped("its spec says in expects that the order counts")
    sides = deal_sides(subject)
    order = subject.rng("order").permutation(len(sides["fake"]))
    first = compute_scores(subject, sides)
    other = compute_scores(subject, {**sides, "fake": sides["fake"].take(order)})
    fix = "do not pair the rows of real and fake: fake[i] does not belong to real[i]"
    _check_equal(first, other, outputs, "with the fakes in another order", fix)


def _check_equal(
    first: Mapping[str, Score], other: Mapping[str, Score], names: Iterable[str], where: str, fix: str
) -> None:
    """Raise CheckFailed if two scores of an output differ by more than rounding.

    names  the outputs to compare
    where  what the second scores come from, for the message: "from …"
    fix    the line to write
    """
    for name in names:
        value, again = first[name].value, other[name].value
        if abs(again - value) > _ROUNDING * max(1.0, abs(value)):
            raise CheckFailed(f"{name} is {value:.9g}, and {again:.9g} {where}", fix)


@check("real-moments", "the mean and covariance of the real features give the same score")
def _real_moments(subject: Subject) -> None:
    """Raise CheckFailed if a metric that may get moments in place of `real` gives another score then."""
    if not subject.spec.real_moments:
        raise CheckSkipped("its spec does not say real_moments")
    sides = deal_sides(subject)
    first = compute_scores(subject, sides)
    other = compute_scores(subject, sides, from_moments=True)
    fix = "real = real if isinstance(real, genbench.Moments) else genbench.Moments.of(real)"
    _check_equal(first, other, first, "from the moments of the real features", fix)


@check("progress", "it logs rising steps of one total, up to the last")
def _progress(subject: Subject) -> None:
    """Raise CheckFailed unless the steps that the metric logs rise from at least 0 to their one total."""
    need_input(subject, "log")
    if subject.spec.is_comparison:
        raise CheckSkipped("a comparison shows no progress")
    steps: list[tuple[int, int]] = []
    compute_scores(
        subject, deal_sides(subject), log=lambda step, total, **_: steps.append((int(step), int(total)))
    )
    if not steps:
        raise CheckFailed("it called log for no step", "for row in Steps(log, len(rows)).over(rows):")
    numbers = [step for step, _ in steps]
    if numbers != sorted(set(numbers)) or len({total for _, total in steps}) > 1 or numbers[0] < 0:
        raise CheckFailed(f"the steps {steps[:4]} …", "count all steps once: log(step, total)")
    if steps[-1][0] != steps[-1][1]:
        raise CheckFailed(f"the last step {steps[-1]}", "log the last step of all")


@check("unlabelled", "data without labels have the same score", fix=_UNDEFINED)
def _unlabelled(subject: Subject) -> None:
    """Raise CheckFailed if a metric that takes samples, and no labels, uses the labels in them."""
    # a metric of an extractor's outputs gets features, which hold no labels
    if subject.part.contract.takes_labels or extractor_outputs(subject.part.spec):
        raise CheckSkipped("it takes labels, or features alone")
    sides = deal_sides(subject)
    need_labels(sides["real"])  # skips the check if there are none
    plain = {name: replace(samples, labels=None) for name, samples in sides.items()}
    if _scores_text(compute_scores(subject, plain)) != _scores_text(compute_scores(subject, sides)):
        raise CheckFailed("data without labels have another score", "def make(real, fake, fake_labels):")


@check("expects", "an installed plugin declares each fault in expects, with as many levels")
def _expects(subject: Subject) -> None:
    """Raise CheckFailed if `expects` names an unknown fault, or declares a wrong effect of a known one.

    A fault is a known defect that genbench plants in real data; `expects` declares how the score changes.
    """
    outputs = [output for output in subject.spec.scores if output.expects]
    if not outputs:
        raise CheckSkipped("its spec has no expects")
    faults, plugin = read_faults(subject.catalog), subject.component.owner.distribution
    for output in outputs:
        for warning in unknown_faults(output, subject.component.who, faults, plugin):  # the first one
            raise CheckFailed(warning, "correct the name in expects, or remove it")
        try:
            read_expects(output, subject.component.who, faults, plugin)
        except GenbenchError as error:
            raise CheckFailed(str(error), "correct what expects says") from error


@check("card", "a card that its plugin ships is one of this version of the metric")
def _card(subject: Subject) -> None:
    """Raise CheckFailed if a card that the plugin ships is unreadable, or of another metric or version.

    A card is the stored result of a battery, which measures how planted faults change the score.
    """
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
            card_metric = f"{card.component}, version {card.version}"
            if card_metric != f"{component.reference}, version {component.spec.version}":
                raise CheckFailed(f"{file.name} holds a card of {card_metric}", fix)


CHECKS = (
    _card,
    _expects,
    *common_checks(_score_real_data),
    _better_than_noise,
    _identical,
    _equal_fakes,
    _missing_class,
    _min_n,
    _unequal_sizes,
    _row_order,
    _real_moments,
    _progress,
    _unlabelled,
)
