"""Checks of metrics.

A check raises CheckFailed or CheckSkipped, and passes if it raises nothing. `run_check` of `conformance.run`
turns other errors of the metric into failures with the check's `fix`, and Undefined into a skipped check.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import mean
from typing import TYPE_CHECKING

import numpy as np

from genbench.board.ranking import loss
from genbench.catalog.catalog import find_declaration
from genbench.checks.battery.faults import read_expects, read_faults, unknown_faults
from genbench.checks.battery.kept_cards import list_card_files, read_cards
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.kinds.common import common_checks
from genbench.checks.conformance.kinds.metric_inputs import compute_scores, deal_sides, find_group
from genbench.checks.conformance.subject import need_input, need_labels
from genbench.contract.specs import ASPECTS
from genbench.core.canonical_json import canonical
from genbench.core.errors import DataError, GenbenchError, Invalid, PluginError, Undefined
from genbench.core.names import join_names
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

_DRAWS = 5  # of real data, each compared with noise: by chance, noise wins all of them 1 time in 32
_ROUNDING = 1e-6  # of the larger of 1 and the score: sums in another order
_MOST_N = 50  # the search for a number of samples that is enough ends below it
_CONSTANT = "compute it from the samples: real data and noise have equal scores"
_UNDEFINED = 'raise genbench.Undefined("…")  # with the reason'
#: The fault that replaces samples by those without structure, and the change of the order, in `expects`.
_NOISE, _ORDER = "noise", "row-order"


def _score_real_data(subject: Subject) -> str:
    """Compute the metric on real data, and return the scores as a text.

    The checks of every kind of component compare this text between two calls.
    """
    return _serialize_scores(compute_scores(subject, deal_sides(subject)))


def _serialize_scores(scores: Mapping[str, Score]) -> str:
    """Return scores as JSON with all digits, so that equal texts are equal scores."""
    plain = {name: [score.value, score.low, score.high, dict(score.extra)] for name, score in scores.items()}
    return canonical(plain)


@check("better-than-noise", "real data have a better score than samples without structure")
def _check_better_than_noise(subject: Subject) -> None:
    """Raise CheckFailed if in each of five draws noise has at least as good a score as real data."""
    need_input(subject, "fake")  # skips the check of a metric that takes no fakes
    outputs = [output for output in subject.spec.scores if _should_detect_noise(subject, output)]
    if not outputs:
        raise CheckSkipped("it ranks nothing, or its spec says in expects that it may not see noise")
    draws = [_score_real_and_noise(subject, draw) for draw in range(_DRAWS)]
    for output in outputs:
        losses = [(_loss(output, real), _loss(output, noise)) for real, noise in draws]
        # one draw in which real data win is enough: a metric of few samples may lose some by chance
        if all(real >= noise for real, noise in losses):
            sides = zip(*draws, strict=True)  # the scores of real data, and of noise
            values = [f"{mean(scores[output.name].value for scores in side):.4g}" for side in sides]
            raise CheckFailed(
                f"in each of {_DRAWS} draws, noise is as good: {output.name} is {values[0]} for real data "
                f"and {values[1]} for noise, on average",
                # with equal losses in all draws, the score may not depend on the samples
                _suggest_direction(output) if any(real > noise for real, noise in losses) else _CONSTANT,
            )


def _score_real_and_noise(subject: Subject, draw: int) -> tuple[Mapping[str, Score], Mapping[str, Score]]:
    """Return the scores of fakes that are real data, and of as many samples of noise in their place.

    draw  the number of the draw: decides which real samples, and which noise
    """
    sides = deal_sides(subject, draw)
    draw_noise = subject.modality.noise(sides["train"])  # noise in the space of the training samples
    data = draw_noise(len(sides["fake"]), subject.rng("noise", str(draw)))
    noisy = {**sides, "fake": replace(sides["fake"], data=data)}
    return compute_scores(subject, sides), compute_scores(subject, noisy)


def _should_detect_noise(subject: Subject, output: Output) -> bool:
    """Return whether noise should make an output worse: it is ranked, and its spec does not exempt noise.

    Noise is a control of the role "floor"; `expects` of the spec may say that the metric does not see it.
    """
    group = find_group(subject)
    return output.direction != "none" and "floor" not in group.unseen_controls[output.name]


def _find_declared_effects(subject: Subject, output: Output, fault: str) -> tuple[Expected, ...] | None:
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


def _suggest_direction(output: Output) -> str:
    """Return the line to write if noise scores better: the other direction, or a declared known failure.

    An output with a target has no other direction, so only the declaration remains.
    """
    declaration = f'expects={{"{_NOISE}": unchanged.because("why")}},'
    other = {"lower": "higher", "higher": "lower"}.get(output.direction)
    return declaration if other is None else f'direction="{other}",  # or: {declaration}'


@check(
    "identical",
    "fakes that are the real samples themselves have a score, or it raises Undefined",
    fix=_UNDEFINED,
)
def _check_identical(subject: Subject) -> None:
    """Score the real samples as fakes; the check fails if the metric raises an error, except Undefined."""
    sides = deal_sides(subject)
    compute_scores(subject, {**sides, "fake": sides["real"]})


@check("equal-fakes", "fakes that are all equal have a score, or it raises Undefined", fix=_UNDEFINED)
def _check_equal_fakes(subject: Subject) -> None:
    """Score copies of one fake; the check fails if the metric raises an error, except Undefined."""
    sides = deal_sides(subject)
    same = sides["fake"].take(np.zeros(len(sides["fake"]), np.intp))
    compute_scores(subject, {**sides, "fake": same})


@check("missing-class", "fakes of one class alone have a score, or it raises Undefined", fix=_UNDEFINED)
def _check_missing_class(subject: Subject) -> None:
    """Score fakes of one class; the check fails if the metric raises an error, except Undefined."""
    need_input(subject, "fake_labels")  # skips the check of a metric that takes no labels of fakes
    sides = deal_sides(subject)
    fake = sides["fake"]
    labels = need_labels(fake)
    of_one_class = np.flatnonzero(labels == labels[0])
    # as many fakes as before: `resize` repeats the fakes of the class
    compute_scores(subject, {**sides, "fake": fake.take(np.resize(of_one_class, len(fake)))})


@check("min-n", "min_n samples on each side have a score, or it raises Undefined")
def _check_min_n(subject: Subject) -> None:
    """Raise CheckFailed, with the least n below 50 that works, if the metric fails at the n of its spec."""
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
def _check_unequal_sizes(subject: Subject) -> None:
    """Score fakes with the real samples of two draws; the check fails at an error, except Undefined."""
    sides, second_draw = deal_sides(subject), deal_sides(subject, 1)
    compute_scores(subject, {**sides, "real": concat([sides["real"], second_draw["real"]])})


@check("row-order", "fakes in another order have the same score")
def _check_row_order(subject: Subject) -> None:
    """Raise CheckFailed if the order of the fakes changes a score whose spec does not allow it."""
    if "rng" in subject.part.contract.host_parameters:
        raise CheckSkipped("it takes rng, and may draw other rows in another order")
    # the outputs that must not change: their spec declares nothing of the fault "row-order", which has one
    # level, or only "unchanged"
    outputs = [
        output.name
        for output in subject.spec.scores
        if (levels := _find_declared_effects(subject, output, _ORDER)) is None
        or set(levels[0].reasons) == {"unchanged"}
    ]
    if not outputs:
        raise CheckSkipped("its spec says in expects that the order counts")
    sides = deal_sides(subject)
    order = subject.rng("order").permutation(len(sides["fake"]))
    first = compute_scores(subject, sides)
    permuted = compute_scores(subject, {**sides, "fake": sides["fake"].take(order)})
    fix = "do not pair the rows of real and fake: fake[i] does not belong to real[i]"
    _check_equal(first, permuted, outputs, "with the fakes in another order", fix)


def _check_equal(
    first: Mapping[str, Score], second: Mapping[str, Score], names: Iterable[str], where: str, fix: str
) -> None:
    """Raise CheckFailed if two scores of an output differ by more than rounding.

    names  the outputs to compare
    where  how the second scores were computed, for the message: "with the fakes in another order"
    fix    the line to write
    """
    for name in names:
        value, again = first[name].value, second[name].value
        if abs(again - value) > _ROUNDING * max(1.0, abs(value)):
            raise CheckFailed(f"{name} is {value:.9g}, and {again:.9g} {where}", fix)


@check("real-moments", "the mean and covariance of the real features give the same score")
def _check_real_moments(subject: Subject) -> None:
    """Raise CheckFailed unless the mean and covariance of the real features give the scores of the features.

    A metric with `real_moments` gets these moments where only they are known, as from published statistics.
    """
    if not subject.spec.real_moments:
        raise CheckSkipped("its spec does not say real_moments")
    sides = deal_sides(subject)
    first = compute_scores(subject, sides)
    from_moments = compute_scores(subject, sides, from_moments=True)
    fix = "real = real if isinstance(real, genbench.Moments) else genbench.Moments.of(real)"
    _check_equal(first, from_moments, list(first), "from the moments of the real features", fix)


@check("progress", "it logs rising steps of one total, up to the last")
def _check_progress(subject: Subject) -> None:
    """Raise CheckFailed unless the steps that the metric logs rise from at least 0 to their one total."""
    need_input(subject, "log")  # skips the check of a metric that reports no progress
    if subject.spec.is_comparison:
        raise CheckSkipped("a comparison shows no progress")
    steps: list[tuple[int, int]] = []
    compute_scores(
        subject, deal_sides(subject), log=lambda step, total, **_: steps.append((int(step), int(total)))
    )
    if not steps:
        raise CheckFailed("it called log for no step", "for row in Steps(log, len(rows)).over(rows):")
    numbers = [step for step, _ in steps]
    is_rising = numbers == sorted(set(numbers)) and numbers[0] >= 0
    if not is_rising or len({total for _, total in steps}) > 1:
        raise CheckFailed(f"the steps {steps[:4]} …", "count all steps once: log(step, total)")
    if steps[-1][0] != steps[-1][1]:
        raise CheckFailed(f"the last step {steps[-1]}", "log the last step of all")


@check("unlabelled", "data without labels have the same score", fix=_UNDEFINED)
def _check_unlabelled(subject: Subject) -> None:
    """Raise CheckFailed if a metric that takes samples, and no labels, uses the labels in them."""
    # a metric of an extractor's outputs gets features, which hold no labels
    if subject.part.contract.takes_labels or extractor_outputs(subject.part.spec):
        raise CheckSkipped("it takes labels, or features alone")
    sides = deal_sides(subject)
    need_labels(sides["real"])  # skips the check if there are none to remove
    unlabelled = {name: replace(samples, labels=None) for name, samples in sides.items()}
    scores = _serialize_scores(compute_scores(subject, unlabelled))
    if scores != _serialize_scores(compute_scores(subject, sides)):
        raise CheckFailed("data without labels have another score", "def make(real, fake, fake_labels):")


@check("aspect", "each ranked number declares its aspect, which has one vote in the overall rank")
def _check_aspect(subject: Subject) -> None:
    """Raise CheckFailed if a ranked output has no aspect: it has no vote beside those that have one."""
    ranked = [output for output in subject.spec.scores if output.direction != "none"]
    without = [output.name for output in ranked if not output.aspect]
    if without:
        fix = f'aspect="fidelity"  # or another of {", ".join(ASPECTS[1:])}'
        raise CheckFailed(f"no aspect: {join_names(without)}", fix)


@check("expects", "an installed plugin declares each fault in expects, with as many levels")
def _check_expects(subject: Subject) -> None:
    """Raise CheckFailed if `expects` names an unknown fault, or declares a wrong effect of a known one.

    A fault is a known defect that genbench plants in real data; `expects` declares how the score changes.
    """
    outputs = [output for output in subject.spec.scores if output.expects]
    if not outputs:
        raise CheckSkipped("its spec has no expects")
    faults, plugin = read_faults(subject.catalog), subject.component.owner.distribution
    for output in outputs:
        if warnings := unknown_faults(output, subject.component.who, faults, plugin):
            raise CheckFailed(warnings[0], "correct the name in expects, or remove it")
        try:
            read_expects(output, subject.component.who, faults, plugin)
        except GenbenchError as error:
            raise CheckFailed(str(error), "correct what expects says") from error


@check("card", "a card that its plugin ships is one of this version of the metric")
def _check_card(subject: Subject) -> None:
    """Raise CheckFailed if a card that the plugin ships is unreadable, or of another metric or version.

    A card is the stored result of a battery, which measures how planted faults change the score.
    """
    component = subject.component
    files = list_card_files(component)
    if not files:
        raise CheckSkipped("its plugin ships no card")
    for file in files:
        fix = f"genbench battery {file.stem} --format json > cards/{file.name}"
        try:
            cards = read_cards(file)
        except DataError as error:
            raise CheckFailed(str(error), fix) from error
        for card in cards:
            card_metric = f"{card.component}, version {card.version}"
            if card_metric != f"{component.reference}, version {component.spec.version}":
                raise CheckFailed(f"{file.name} holds a card of {card_metric}", fix)


CHECKS = (
    _check_card,
    _check_aspect,
    _check_expects,
    *common_checks(_score_real_data),
    _check_better_than_noise,
    _check_identical,
    _check_equal_fakes,
    _check_missing_class,
    _check_min_n,
    _check_unequal_sizes,
    _check_row_order,
    _check_real_moments,
    _check_progress,
    _check_unlabelled,
)
