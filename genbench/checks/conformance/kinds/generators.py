"""Checks of generators."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.kinds.common import common_checks, save_and_load
from genbench.checks.conformance.subject import compute_once, need_input, need_labels
from genbench.core.errors import Undefined
from genbench.core.samples import Samples, content_hash
from genbench.trial.calling import call, gather, no_log, require_sampler
from genbench.trial.inputs import provide_splits
from genbench.trial.reading.finished_outputs import OutputOpener, output_readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.checks.conformance.subject import Subject
    from genbench.contract.steps import Log
    from genbench.core.spaces import Space

__all__ = ["CHECKS"]

_FEW = 8  # samples in a draw
_TINY = 2  # samples of the smallest data


def _fit_generator(
    subject: Subject, *, seed: int = 0, sides: Mapping[str, Samples] | None = None,
    log: Log = no_log,
) -> Any:  # fmt: skip
    """Return the sampler that the generator returns after its training on some data.

    seed   another seed gives other random streams
    sides  the data, with `train` and `held_out`; None: the subject's example data
    log    what the generator gets as `log`, to report its progress
    """
    data = subject.sides if sides is None else sides
    part = subject.part
    providers = provide_splits({name: partial(data.__getitem__, name) for name in ("train", "held_out")})
    # A provider returns one input; `gather` calls the providers of the inputs that the generator takes.
    providers |= {
        "modality": lambda: subject.modality,
        "open_outputs": partial(_make_opener, subject, data["train"].space),
    }
    with subject.isolate_call("fit", str(seed)):
        sampler = call(part, gather(part, providers), subject.make_arguments("fit", str(seed), log=log))
        require_sampler(sampler)
        return sampler


_fit_generator_once = compute_once(_fit_generator)


def _make_opener(subject: Subject, space: Space) -> OutputOpener:
    """Return the generator's input `open_outputs`: it reads finished outputs at the paths in its options.

    space  of the training data: what it reads must be samples of this space
    """
    readers = output_readers(subject.part, subject.catalog, subject.modality)
    return OutputOpener(subject.part, readers, subject.modality, space)


def _draw(subject: Subject, sampler: Any, n: int = _FEW, *, seed: int = 0) -> Samples:
    """Return n samples, checked as in a run; the same for the same seed.

    Raises CheckSkipped if a draw costs money, as from a paid service.
    """
    if subject.spec.priced:
        raise CheckSkipped("a draw has a price")
    # the block raises errors as the component's, also those of `admit`, which refuses invalid samples
    with subject.isolate_call("sample", str(seed)):
        drawn = sampler.sample(n, rng=subject.rng("sample", str(seed)))
        return subject.modality.admit(drawn, subject.sides["train"].space, n)


def _hash_first_draw(subject: Subject) -> str:
    """Return the hash of the first samples of a newly fitted generator.

    Common checks compare it between processes and with the lock file: it must be the same each time.
    """
    return content_hash(_draw(subject, _fit_generator(subject)))


@check("other-seed", "another seed gives other samples")
def _other_seed(subject: Subject) -> None:
    sampler = _fit_generator_once(subject)
    if content_hash(_draw(subject, sampler)) == content_hash(_draw(subject, sampler, seed=1)):
        raise CheckFailed(
            f"the first {_FEW} samples are the same at two seeds",
            "def sample(self, n, *, rng):  # draw from rng",
        )


@check("independent-draws", "a draw does not depend on earlier draws")
def _draws_are_independent(subject: Subject) -> None:
    """Raise CheckFailed if the same seed gives other samples after a draw with another seed."""
    sampler = _fit_generator_once(subject)
    first = content_hash(_draw(subject, sampler))
    _draw(subject, sampler, _FEW + 3, seed=1)  # of another size, with other random numbers
    if content_hash(_draw(subject, sampler)) != first:
        raise CheckFailed(
            "a draw gave other samples after another draw",
            "keep nothing from one call of sample to the next; a stopped run draws the rest in a new process",
        )


@check("one-sample", "it can draw a single sample")
def _one_sample(subject: Subject) -> None:
    _draw(subject, _fit_generator_once(subject), 1)


@check("unlabelled", "it can be fitted to data without labels")
def _unlabelled(subject: Subject) -> None:
    """Fit the generator to data without labels and draw; the check fails if it raises an error."""
    if subject.part.contract.takes_labels:
        raise CheckSkipped("it takes labels")
    need_labels(subject.sides["train"])
    plain = {name: replace(samples, labels=None) for name, samples in subject.sides.items()}
    _draw(subject, _fit_generator(subject, sides=plain))


@check("tiny-data", f"it can be fitted to {_TINY} samples, or raises Undefined with the reason")
def _tiny_data(subject: Subject) -> None:
    """Fit the generator to two samples and draw; an error fails the check, Undefined skips it."""
    few = {name: samples.take(slice(0, _TINY)) for name, samples in subject.sides.items()}
    try:
        _draw(subject, _fit_generator(subject, sides=few), _TINY)
    except Undefined as reason:
        raise CheckSkipped(str(reason)) from reason


@check("labels", "its samples have labels of the training data")
def _labels(subject: Subject) -> None:
    """Raise CheckFailed for a drawn label that no training sample has."""
    labels = _draw(subject, _fit_generator_once(subject)).labels
    if labels is None:
        raise CheckSkipped("its samples have no labels")
    train_labels = subject.sides["train"].labels
    known = set[int]() if train_labels is None else set(train_labels.tolist())
    strange = sorted(set(labels.tolist()) - known)
    if strange:
        raise CheckFailed(
            f"labels {strange} that the training data lack",
            "give the labels of train, or none: Samples(data, train.space)",
        )


@check("save-and-load", "the loaded sampler draws the same samples")
def _save_and_load(subject: Subject) -> None:
    sampler = _fit_generator_once(subject)
    loaded = save_and_load(subject, sampler, subject.spec.load, "sampler")
    if content_hash(_draw(subject, loaded)) != content_hash(_draw(subject, sampler)):
        raise CheckFailed("the sampler that load returns draws other samples", "save all that sample needs")


@check("progress", "it logs rising steps, at most as many as it announces")
def _progress(subject: Subject) -> None:
    """Raise CheckFailed unless the training logs steps that rise, from at least 1, up to their total."""
    need_input(subject, "log")
    steps: list[tuple[int, int]] = []
    _fit_generator(subject, log=lambda step, total, **_values: steps.append((int(step), int(total))))
    if not steps:
        raise CheckFailed("it called log for no step", "log(step, total, loss=loss)  # in its training loop")
    is_rising = all(earlier < later for (earlier, _), (later, _) in pairwise(steps))
    if not is_rising or any(not 0 < step <= total for step, total in steps):
        raise CheckFailed(f"the steps {steps[:4]} …", "count steps from 1 to total: log(step + 1, total)")


CHECKS = (
    *common_checks(_hash_first_draw),
    _other_seed,
    _draws_are_independent,
    _one_sample,
    _unlabelled,
    _tiny_data,
    _labels,
    _save_and_load,
    _progress,
)
