"""Checks of modalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench.catalog.modalities import Modality
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.kinds.common import common_checks
from genbench.core.containers import find_container
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


def _make_modality(subject: Subject) -> Modality:
    """Return the component as a modality, whose methods the checks call."""
    return Modality(component=subject.component)


def _make_example(subject: Subject, key: str = "first", n: int = _N) -> Samples:
    """Return n samples of the modality's method `example`; skip the check if it has no such method.

    key  seeds the random stream: the same key gives the same samples
    """
    modality = _make_modality(subject)
    if not modality.has("example"):
        raise CheckSkipped("it has no `example`, so its methods cannot be tried")
    with subject.isolate_call("example", key):
        # guarded, so that no method of the plugin can change them
        return guard(modality.example(n, subject.rng("example", key)))


def _hash_example(subject: Subject) -> str:
    """Do a modality's main work, which common checks repeat: make an example, and return its hash.

    The checks compare these hashes, such as those of two processes.
    """
    return content_hash(_make_example(subject))


@check("examples", "its example has the number of samples asked for, different ones for another rng")
def _check_examples(subject: Subject) -> None:
    """Raise CheckFailed if examples at two seeds are equal, or if most samples of one repeat others.

    `digests` returns a hash of each sample.
    """
    first, other = _make_example(subject), _make_example(subject, "other")
    _make_example(subject, n=1)  # raises for a wrong number of samples
    if set(digests(first)) == set(digests(other)):
        raise CheckFailed(
            "the samples are the same at two seeds", "def example(self, n, *, rng):  # draw from rng"
        )
    if len(set(digests(first))) < _N / 2:
        raise CheckFailed(f"{len(set(digests(first)))} different samples of {_N}", "draw different samples")


@check("labels", "labels of its example are numbers of classes")
def _check_labels(subject: Subject) -> None:
    """Raise CheckFailed for a label that is no number of a class, and for a single label on all samples.

    If the space names no classes, any label may be a class.
    """
    samples = _make_example(subject)
    if samples.labels is None:
        raise CheckSkipped("its example has no labels")
    classes, labels = samples.space.classes, set(samples.labels.tolist())
    strange = [label for label in labels if classes and not 0 <= label < len(classes)]
    if strange or len(labels) == 1:
        seen = f"the labels {strange} for {len(classes)} names of classes" if strange else "one label only"
        raise CheckFailed(seen, "number the labels from 0, in the order of classes, and draw them from rng")


@check("render", "each sample is rendered as a whole file")
def _check_render(subject: Subject) -> None:
    """Raise CheckFailed if the file of a rendered sample, such as a PNG image, is damaged or incomplete."""
    samples = _make_example(subject, n=_FEW)
    for number in range(_FEW):
        with subject.isolate_call("render"):
            rendering = _make_modality(subject).render(samples, number)
        if reason := find_damage(rendering):
            raise CheckFailed(
                f"sample {number}: {reason}", "return the whole file, of the media type that it has"
            )


@check("scale", "its scale depends on samples alone, suits a single one, and is all that renderings share")
def _check_scale(subject: Subject) -> None:
    """Raise CheckFailed if equal samples have unequal scales, or a sample on one scale looks different alone.

    A scale is what the renderings of several samples share, such as the extent of axes.
    """
    modality, samples = _make_modality(subject), _make_example(subject, n=_FEW)
    if not modality.has("scale"):
        raise CheckSkipped("it has no `scale`")
    one = samples.take(np.array([0], dtype=np.intp))
    with subject.isolate_call("scale"):
        shared, again = (modality.scale(samples) for _ in range(2))
        if shared is None:
            raise CheckFailed("it returned None", "return what render takes as its argument `scale`")
        modality.scale(one)  # an error fails the check: a single sample must have a scale, too
        try:
            rendered = [modality.render(samples, 0, each) for each in (shared, again)]
        except Invalid as error:  # the check `render` reports it
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
def _check_shrink(subject: Subject) -> None:
    """Raise CheckFailed unless a factor of 2 gives smaller data, and 1 the same data, each time."""
    modality, samples = _make_modality(subject), _make_example(subject, n=_FEW)
    sizes = []
    for factor in (1, 2):
        with subject.isolate_call("shrink"):
            smaller, again = (modality.shrink(samples, factor) for _ in range(2))
        if smaller is None or again is None:
            raise CheckSkipped("it has no `shrink`")
        if digests(smaller) != digests(again):
            raise CheckFailed("equal samples gave different smaller ones", "draw nothing at random")
        items = find_container(smaller.data).serialize_items(smaller.data)
        sizes.append(sum(map(len, items)))  # bytes of all samples
        if factor == 1 and digests(smaller) != digests(samples):
            raise CheckFailed("other samples for a factor of 1", "return the same data for a factor of 1")
    if sizes[1] >= sizes[0]:
        raise CheckFailed(
            f"{sizes[1]:,} bytes for a factor of 2, and {sizes[0]:,} for 1", "return smaller data"
        )


@check("distributions", "its distributions depend on samples alone, and equal sides have equal ones")
def _check_distributions(subject: Subject) -> None:
    """Raise CheckFailed if the distributions that a report compares differ for equal samples.

    A side is the samples of one source: the real ones, or those of a generator.
    """
    modality, sides = _make_modality(subject), [_make_example(subject), _make_example(subject, "other", _FEW)]
    if not modality.has("distributions"):
        raise CheckSkipped("it has no `distributions`")
    with subject.isolate_call("distributions"):
        first, again = (modality.distributions(sides) for _ in range(2))
        same = modality.distributions(sides[:1] * 2)
    if first != again:
        raise CheckFailed("equal samples gave different distributions", "draw nothing at random")
    # both sides of `same` are equal, so the distance of the second one (1) from the first one is 0
    if any(each.distance(1) for each in same):
        raise CheckFailed("a side differs from itself", "count the values of each side by itself")


@check("noise", "its noise belongs to the space of train, and depends on rng alone")
def _check_noise(subject: Subject) -> None:
    """Raise CheckFailed unless noise is equal for equal random streams and differs for another stream.

    `admit` raises Invalid for noise that does not belong to the space of the training samples.
    """
    modality, train = _make_modality(subject), _make_example(subject)

    def draw_samples(n: int, key: str) -> Samples:
        """Return n samples of noise, which `draw` below makes from the random stream of a key."""
        noise = Samples(draw(n, subject.rng("noise", key)), train.space)
        return modality.admit(noise, train.space, n)

    with subject.isolate_call("noise"):
        draw = modality.noise(train)
        first, again, other = (content_hash(draw_samples(_FEW, key)) for key in ("first", "first", "other"))
        draw_samples(1, "first")  # raises if a single sample is invalid
    if first != again:
        raise CheckFailed("equal streams gave different noise", "draw from the argument rng alone")
    if first == other:
        raise CheckFailed("two streams gave the same noise", "draw from the argument rng")


@check("perturb", "perturbed samples differ a little, with equal labels")
def _check_perturb(subject: Subject) -> None:
    """Raise CheckFailed unless `perturb` changes samples, alike for equal streams, and keeps their labels."""
    modality, samples = _make_modality(subject), _make_example(subject)
    before = content_hash(samples)
    with subject.isolate_call("perturb"):
        # two streams of one key are equal
        changed, again = (modality.perturb(samples, subject.rng("perturb", "first")) for _ in range(2))
    if content_hash(changed) != content_hash(again):
        raise CheckFailed("equal streams gave different changes", "draw from the argument rng alone")
    if content_hash(changed) == before:
        raise CheckFailed("the samples did not change", "change each sample a little")
    labels = [None if each.labels is None else each.labels.tolist() for each in (samples, changed)]
    if labels[0] != labels[1]:
        raise CheckFailed("the labels changed", "dataclasses.replace(samples, data=data)")


@check("valid", "each sample is valid by itself, and some of its example are")
def _check_valid(subject: Subject) -> None:
    """Raise CheckFailed if a sample is valid beside some samples and not alone, or if none is valid."""
    modality, samples = _make_modality(subject), _make_example(subject)
    if not modality.has("valid"):
        raise CheckSkipped("it has no `valid`")
    with subject.isolate_call("valid"):
        mask = modality.valid(samples).tolist()
        alone = [modality.valid(samples.take(slice(n, n + 1))).item() for n in range(len(samples))]
    if mask != alone or not any(mask):
        wrong = "no sample of the example is valid" if mask == alone else "a sample alone has another answer"
        raise CheckFailed(wrong, "judge each sample by itself, by the rule that real samples meet")


@check("same", "same gives each sample one form, alone and beside others, and not one form to all")
def _check_same(subject: Subject) -> None:
    """Raise CheckFailed if a sample has another form alone, or if different samples all have one form."""
    modality, samples = _make_modality(subject), _make_example(subject)
    if not modality.has("same"):
        raise CheckSkipped("it has no `same`")
    with subject.isolate_call("same"):
        forms = digests(modality.same(samples))
        alone = [digests(modality.same(samples.take(slice(n, n + 1))))[0] for n in range(len(samples))]
    if alone != forms:
        raise CheckFailed("a sample alone has another form", "make the form of each sample from it alone")
    if len(set(forms)) == 1 < len(set(digests(samples))):
        raise CheckFailed(
            "different samples have one form", "leave out nothing but an order that means nothing"
        )


@check("from-memory", "from_memory gives its own data as equal samples, and None for other objects")
def _check_from_memory(subject: Subject) -> None:
    """Raise CheckFailed unless `from_memory` gives the data of samples back, and refuses an object()."""
    modality, samples = _make_modality(subject), _make_example(subject)
    with subject.isolate_call("from-memory"):
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
def _check_round_trip(subject: Subject) -> None:
    """Raise CheckFailed if samples that are written to files and read again are other ones."""
    samples = _make_example(subject)
    with temporary_folder() as folder:
        write_samples(folder / "samples", samples)
        read = _make_modality(subject).admit(read_samples(folder / "samples"))
    if content_hash(read) != content_hash(samples):
        raise CheckFailed("other samples")


@check("defaults", "its default dataset and extractor are installed and work on it")
def _check_defaults(subject: Subject) -> None:
    """Raise CheckFailed unless the default dataset and extractor that the modality names work on it."""
    modality = _make_modality(subject)
    defaults = {"extractor": modality.default_extractor, "dataset": modality.default_dataset}
    if not any(defaults.values()):
        raise CheckSkipped("it names no default dataset and no default extractor")
    for kind, name in defaults.items():
        components = () if name is None else subject.catalog.matches(kind, name)
        if name is not None and not any(each.serves((modality.reference,)) for each in components):
            raise CheckFailed(
                f"no installed {kind} {name!r} works on {modality.reference}", f'default_{kind}="…",'
            )


CHECKS = (
    *common_checks(_hash_example),
    _check_examples,
    _check_labels,
    _check_render,
    _check_scale,
    _check_shrink,
    _check_distributions,
    _check_noise,
    _check_perturb,
    _check_valid,
    _check_same,
    _check_from_memory,
    _check_round_trip,
    _check_defaults,
)
