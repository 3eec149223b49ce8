"""Checks of modalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench.catalog.modalities import Modality
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.kinds.common import common_checks
from genbench.core.containers import container_of
from genbench.core.errors import Invalid
from genbench.core.rendering import find_damage
from genbench.core.samples import Samples, content_hash, digests, guard
from genbench.files.sample_files import read_samples, write_samples
from genbench.files.temporary import temporary_folder

if TYPE_CHECKING:
    from genbench.checks.conformance.subject import Subject

__all__ = ["CHECKS"]

_N = 30  # samples of an example
_FEW = 8  # other samples, and renderings


def _modality(subject: Subject) -> Modality:
    """Return the component as a modality, whose methods the checks call."""
    return Modality(component=subject.component)


def _example(subject: Subject, key: str = "first", n: int = _N) -> Samples:
    """Return n samples of the modality's method `example`; skip the check if it has no such method.

    key  seeds the random stream: the same key gives the same samples
    """
    modality = _modality(subject)
    if not modality.has("example"):
        raise CheckSkipped("it has no `example`, so its methods cannot be tried")
    with subject.calling("example", key):
        # guarded, so that no method of the plugin can change them
        return guard(modality.example(n, subject.rng("example", key)))


def _action(subject: Subject) -> str:
    """Do a modality's main work, which common checks repeat: make an example, and return its hash.

    The checks compare these hashes, such as those of two processes.
    """
    return content_hash(_example(subject))


@check("examples", "its example has the number of samples asked for, different ones for another rng")
def _examples(subject: Subject) -> None:
    """Raise CheckFailed if examples at two seeds are equal, or if most samples of one are equal."""
    first, other = _example(subject), _example(subject, "other")
    _example(subject, n=1)  # raises for a wrong number of samples
    if set(digests(first)) == set(digests(other)):
        raise CheckFailed(
            "the samples are the same at two seeds", "def example(self, n, *, rng):  # draw from rng"
        )
    if len(set(digests(first))) < _N / 2:
        raise CheckFailed(f"{len(set(digests(first)))} different samples of {_N}", "draw different samples")


@check("labels", "labels of its example are numbers of classes")
def _labels(subject: Subject) -> None:
    """Raise CheckFailed for a label that is no number of a class, and for a single label on all samples."""
    samples = _example(subject)
    if samples.labels is None:
        raise CheckSkipped("its example has no labels")
    classes, labels = samples.space.classes, set(samples.labels.tolist())
    strange = [label for label in labels if classes and not 0 <= label < len(classes)]
    if strange or len(labels) == 1:
        seen = f"the labels {strange} for {len(classes)} names of classes" if strange else "one label only"
        raise CheckFailed(seen, "number the labels from 0, in the order of classes, and draw them from rng")


@check("render", "each sample is rendered as a whole file")
def _render(subject: Subject) -> None:
    """Raise CheckFailed if the file of a rendered sample, such as a PNG image, is damaged or incomplete."""
    samples = _example(subject, n=_FEW)
    for number in range(_FEW):
        with subject.calling("render"):
            rendering = _modality(subject).render(samples, number)
        if reason := find_damage(rendering):
            raise CheckFailed(
                f"sample {number}: {reason}", "return the whole file, of the media type that it has"
            )


@check("scale", "its scale depends on samples alone, suits a single one, and is all that renderings share")
def _scale(subject: Subject) -> None:
    """Raise CheckFailed if equal samples have unequal scales, or a sample on one scale looks different alone.

    A scale is what the renderings of several samples share, such as the extent of axes.
    """
    modality, samples = _modality(subject), _example(subject, n=_FEW)
    if not modality.has("scale"):
        raise CheckSkipped("it has no `scale`")
    one = samples.take(np.array([0], dtype=np.intp))
    with subject.calling("scale"):
        shared, again = (modality.scale(samples) for _ in range(2))
        if shared is None:
            raise CheckFailed("it returned None", "return what render takes as its argument `scale`")
        modality.scale(one)  # an error fails the check: a single sample must have a scale, too
        try:
            rendered = [modality.render(samples, 0, each) for each in (shared, again)]
        except Invalid as error:
            raise CheckSkipped(f"render fails: {error}") from error
        alone = modality.render(one, 0, shared)
    if rendered[0] != rendered[1]:
        raise CheckFailed("equal samples gave different scales", "draw nothing at random")
    if rendered[0] != alone:
        raise CheckFailed(
            "a sample looks different beside others, on one scale",
            "in render, take what samples share from the argument `scale` alone",
        )


@check("shrink", "shrink makes its example samples smaller, and returns the same ones for a factor of 1")
def _shrink(subject: Subject) -> None:
    """Raise CheckFailed unless a factor of 2 gives smaller data, and 1 the same data, each time."""
    modality, samples = _modality(subject), _example(subject, n=_FEW)
    sizes = []
    for factor in (1, 2):
        with subject.calling("shrink"):
            smaller, again = (modality.shrink(samples, factor) for _ in range(2))
        if smaller is None or again is None:
            raise CheckSkipped("it has no `shrink`")
        if digests(smaller) != digests(again):
            raise CheckFailed("equal samples gave different smaller ones", "draw nothing at random")
        sizes.append(sum(map(len, container_of(smaller.data).items(smaller.data))))  # bytes of all samples
        if factor == 1 and digests(smaller) != digests(samples):
            raise CheckFailed("other samples for a factor of 1", "return the same data for a factor of 1")
    if sizes[1] >= sizes[0]:
        raise CheckFailed(
            f"{sizes[1]:,} bytes for a factor of 2, and {sizes[0]:,} for 1", "return smaller data"
        )


@check("distributions", "its distributions depend on samples alone, and equal sides have equal ones")
def _distributions(subject: Subject) -> None:
    """Raise CheckFailed if the distributions that a report compares differ for equal samples.

    A side is the samples of one source: the real ones, or those of a generator.
    """
    modality, sides = _modality(subject), [_example(subject), _example(subject, "other", _FEW)]
    if not modality.has("distributions"):
        raise CheckSkipped("it has no `distributions`")
    with subject.calling("distributions"):
        first, again = (modality.distributions(sides) for _ in range(2))
        same = modality.distributions(sides[:1] * 2)
    if first != again:
        raise CheckFailed("equal samples gave different distributions", "draw nothing at random")
    # both sides of `same` are equal, so the distance of the second one (1) from the first one is 0
    if any(each.distance(1) for each in same):
        raise CheckFailed("a side differs from itself", "count the values of each side by itself")


@check("noise", "its noise belongs to the space of train, and depends on rng alone")
def _noise(subject: Subject) -> None:
    """Raise CheckFailed unless noise is equal for equal random streams and differs for another stream.

    `admit` raises Invalid for noise that does not belong to the space of the training samples.
    """
    modality, train = _modality(subject), _example(subject)
    with subject.calling("noise"):
        draw = modality.noise(train)
        drawn = [
            content_hash(
                modality.admit(Samples(draw(_FEW, subject.rng("noise", key)), train.space), train.space, _FEW)
            )
            for key in ("first", "first", "other")
        ]
        # a single sample must be valid, too
        modality.admit(Samples(draw(1, subject.rng("noise")), train.space), train.space, 1)
    if drawn[0] != drawn[1]:
        raise CheckFailed("equal streams gave different noise", "draw from the argument rng alone")
    if drawn[0] == drawn[2]:
        raise CheckFailed("two streams gave the same noise", "draw from the argument rng")


@check("perturb", "perturbed samples differ a little, with equal labels")
def _perturb(subject: Subject) -> None:
    """Raise CheckFailed unless `perturb` changes samples, alike for equal streams, and keeps their labels."""
    modality, samples = _modality(subject), _example(subject)
    before = content_hash(samples)
    with subject.calling("perturb"):
        # two streams of one key are equal
        changed, again = (modality.perturb(samples, subject.rng("perturb", "first")) for _ in range(2))
    if content_hash(changed) != content_hash(again):
        raise CheckFailed("equal streams gave different changes", "draw from the argument rng alone")
    if content_hash(changed) == before:
        raise CheckFailed("the samples did not change", "change each sample a little")
    labels = [None if each.labels is None else each.labels.tolist() for each in (samples, changed)]
    if labels[0] != labels[1]:
        raise CheckFailed("the labels changed", "dataclasses.replace(samples, data=data)")


@check("from-memory", "from_memory gives its own data as equal samples, and None for other objects")
def _from_memory(subject: Subject) -> None:
    """Raise CheckFailed unless `from_memory` gives the data of samples back, and refuses an object()."""
    modality, samples = _modality(subject), _example(subject)
    with subject.calling("from-memory"):
        of_object = modality.from_memory(object(), None)
        made = modality.from_memory(samples.data, samples.space)
    if of_object is not None:
        raise CheckFailed("it takes an object() as samples", "return None  # for objects of other modalities")
    if made is None:
        raise CheckSkipped("it takes no data in the form of its samples")
    admitted = modality.admit(made)
    if digests(admitted) != digests(samples):
        raise CheckFailed("other data than were given", "Samples.of(…, value)")
    if reason := modality.difference(samples.space, admitted.space):
        raise CheckFailed(
            f"samples that cannot be compared with those beside them: {reason}",
            "take the parameters of `space` if it is given",
        )


@check(
    "round-trip",
    "its samples are the same after writing and reading",
    fix="dtypes=(…)  # of numbers: float32, int64, uint8",
)
def _round_trip(subject: Subject) -> None:
    """Raise CheckFailed if samples that are written to files and read again are other ones."""
    samples = _example(subject)
    with temporary_folder() as folder:
        write_samples(folder / "samples", samples)
        read = _modality(subject).admit(read_samples(folder / "samples"))
    if content_hash(read) != content_hash(samples):
        raise CheckFailed("other samples")


@check("defaults", "its default dataset and extractor are installed and work on it")
def _defaults(subject: Subject) -> None:
    """Raise CheckFailed unless the default dataset and extractor that the modality names work on it."""
    modality = _modality(subject)
    named = {"extractor": modality.default_extractor, "dataset": modality.default_dataset}
    if not any(named.values()):
        raise CheckSkipped("it names no default dataset and no default extractor")
    for kind, name in named.items():
        components = () if name is None else subject.catalog.matches(kind, name)
        if name is not None and not any(each.serves((modality.reference,)) for each in components):
            raise CheckFailed(
                f"no installed {kind} {name!r} works on {modality.reference}", f'default_{kind}="…",'
            )


CHECKS = (
    *common_checks(_action),
    _examples,
    _labels,
    _render,
    _scale,
    _shrink,
    _distributions,
    _noise,
    _perturb,
    _from_memory,
    _round_trip,
    _defaults,
)
