"""Checks of datasets."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

from genbench.catalog.modalities import find_modality, list_modalities
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.kinds.common import common_checks
from genbench.checks.conformance.subject import compute_once
from genbench.contract.signature import read_contract, resolve
from genbench.core.errors import DataError, GenbenchError, Invalid, describe_error
from genbench.core.samples import digests, guard
from genbench.core.splits import split
from genbench.trial.datasets import hash_splits, load_data
from genbench.trial.failures import BlameError, blame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.catalog.modalities import Modality
    from genbench.checks.conformance.subject import Subject
    from genbench.core.samples import Data, Samples

__all__ = ["CHECKS"]

_FEW = 8  # samples of the truth
_N = 60  # samples of an example
#: Beginnings of files, most of which are of another kind.
_HEADS = (b"", b"a,b\n1,2\n", b"{}\n", bytes(range(256)))
_LONGEST = 300  # characters of a caution, which is a line below a table
_SHOWN = 5  # labels in a message


def _load_data(subject: Subject) -> Data:
    """Return the data, loaded as in a run; raise DataError if the host refuses them.

    `blame` turns an error into a BlameError, which names the component. A DataError names it already, so the
    original is raised again.
    """
    part = subject.part
    try:
        with blame(subject.component):
            return load_data(part, list_modalities(subject.catalog), note=subject.notices.note)
    except BlameError as error:
        if isinstance(error.__cause__, DataError):
            raise error.__cause__ from error
        raise


#: Return the data of the first call for a subject, so that several checks load them once.
_load_data_once = compute_once(_load_data)


@compute_once
def _split_data(subject: Subject) -> Mapping[str, Samples]:
    """Return the splits of the data, as in a run."""
    return split(_load_data_once(subject), subject.spec.parts)


def _find_modality(subject: Subject) -> Modality:
    """Return the modality of the data."""
    return find_modality(list_modalities(subject.catalog), _load_data_once(subject).samples.space.modality)


def _hash_splits(subject: Subject) -> str:
    """Load and split the data, the component's main work, and return the hash that another call must give."""
    return hash_splits(split(_load_data(subject), subject.spec.parts))


@check("splits", "it has train and at least one of test and held_out")
def _check_splits(subject: Subject) -> None:
    """Raise CheckFailed unless the data have the split train and at least one other split."""
    names = set(_split_data(subject))
    if "train" not in names or len(names) == 1:
        raise CheckFailed(
            f"only {' and '.join(sorted(names))}",
            'splits={"train": …, "test": …}, or none: the host then splits the samples',
        )


@check("disjoint-splits", "no sample is in two splits")
def _check_disjoint_splits(subject: Subject) -> None:
    """Raise CheckFailed if two splits have a sample in common, by the hash of its content."""
    hashes = {name: set(digests(samples)) for name, samples in _split_data(subject).items()}
    for one, other in itertools.combinations(hashes, 2):
        if count := len(hashes[one] & hashes[other]):
            raise CheckFailed(
                f"{count} samples of {one} are in {other} too",
                "leave the duplicates out, or give no splits: the host keeps equal samples on one side",
            )


@check("classes", "its labels are numbers of its classes, from 0 on")
def _check_classes(subject: Subject) -> None:
    """Raise CheckFailed for a label that is not the number of a name of a class."""
    samples = _load_data_once(subject).samples
    if samples.labels is None or not samples.space.classes:
        raise CheckSkipped("it has no labels" if samples.labels is None else "its classes have no names")
    n_classes = len(samples.space.classes)
    strange = sorted(set(samples.labels.tolist()) - set(range(n_classes)))
    if strange:
        raise CheckFailed(
            f"the labels {strange[:_SHOWN]} for {n_classes} names of classes",
            "number the labels from 0, in the order of classes",
        )


@check("extractor", "its extractor is installed and works on its data")
def _check_extractor(subject: Subject) -> None:
    """Raise CheckFailed unless the extractor that the spec names is installed and works on the data."""
    spec, owner = subject.spec, subject.component.owner
    name = owner.qualify(spec.extractor)  # "distribution:name", by default of the dataset's own distribution
    if name is None:
        raise CheckSkipped("it names no extractor")
    modality = _find_modality(subject).reference
    if not any(each.serves((modality,)) for each in subject.catalog.matches("extractor", name)):
        raise CheckFailed(
            f"no installed extractor {name!r} works on {modality}",
            'extractor="…",  # one that `genbench plugins` lists',
        )


@check("reads", 'what it reads are suffixes such as ".npz", or "/", and an option path names the file')
def _check_reads(subject: Subject) -> None:
    """Raise CheckFailed for a text in `reads` that is no suffix, and if no option `path` takes the file."""
    reads = subject.spec.reads
    if not reads:
        raise CheckSkipped("it reads no files of a user")
    wrong = [suffix for suffix in reads if suffix != "/" and not suffix.removeprefix("/").startswith(".")]
    if wrong:
        raise CheckFailed(f"the suffix {wrong[0]!r}", f'reads=(".{wrong[0].lstrip("*.")}",),')
    options = {option.name: option for option in read_contract(subject.spec).options}
    if "path" not in options or not options["path"].is_path:
        raise CheckFailed("it has no option path for what it reads", "def make(*, path: Path):")


@check("recognizes", "it says True, None or False of any beginning of a file, and raises nothing")
def _check_recognizes(subject: Subject) -> None:
    """Raise CheckFailed if `recognizes` raises, or returns anything but True, False and None.

    `recognizes` gets the beginning of a file and its suffix, and says whether the dataset reads it.
    """
    spec = subject.spec
    for suffix in spec.reads:
        for head in _HEADS:
            answer = _call_field(subject, "recognizes", head, suffix)
            if answer is not None and not isinstance(answer, bool):
                raise CheckFailed(f"{answer!r:.80} for a {suffix} file", "return True, None or False")
    if not spec.reads:
        raise CheckSkipped("it reads no files of a user")


@check("caution", f'its caution is "", or a line of at most {_LONGEST} characters, and raises nothing')
def _check_caution(subject: Subject) -> None:
    """Raise CheckFailed unless the spec's `caution` returns a short line or "".

    `caution` takes samples, and returns a warning about scores of them.
    """
    # guarded, so that the function cannot change the samples of other checks
    text = _call_field(subject, "caution", guard(_find_examples(subject)))
    if not isinstance(text, str):
        raise CheckFailed(f"it returned {text!r:.80}", 'return "", or what makes scores doubtful')
    if len(text.splitlines()) > 1 or len(text) > _LONGEST:
        raise CheckFailed(f"{len(text)} characters in {len(text.splitlines())} lines", "shorten its text")


def _call_field(subject: Subject, field: str, *values: Any) -> Any:
    """Call the function in a field of the spec with some values, and return its result.

    Raises CheckSkipped if there is none or a module is missing, and CheckFailed if it raises anything.
    """
    target = getattr(subject.spec, field)
    if target is None:
        raise CheckSkipped(f"its spec has no {field}")
    subject.need_modules()
    try:
        return resolve(target)(*values)
    except Exception as error:  # the code of a plugin may raise any
        raise CheckFailed(
            f"it raised {describe_error(error)}", "change nothing in its arguments, and raise nothing"
        ) from error


def _find_examples(subject: Subject) -> Samples:
    """Return the data of the dataset, or examples of its modality if the data cannot be loaded.

    Loading may need an option, such as a file, that is missing here. The check "works" reports every failure.
    """
    with contextlib.suppress(CheckSkipped, GenbenchError, Invalid, BlameError):
        return _load_data_once(subject).samples
    for modality in list_modalities(subject.catalog):
        if modality.has("example") and subject.component.serves((modality.reference,)):
            return modality.example(_N, subject.rng("example"))
    raise CheckSkipped("no installed modality of its data has an `example`")


@check(
    "truth",
    "its truth draws samples of its space: truth.sample(n, rng=rng)",
    fix="def sample(self, n, *, rng):  # of the truth",
)
def _check_truth(subject: Subject) -> None:
    """Draw from the truth, the exact distribution of the data; raise what `admit` raises for bad samples."""
    data = _load_data_once(subject)
    if data.truth is None:
        raise CheckSkipped("it gives no truth")
    with subject.isolate_call("truth"):
        drawn = data.truth.sample(_FEW, rng=subject.rng("truth"))
        _find_modality(subject).admit(drawn, data.samples.space, _FEW)


CHECKS = (
    _check_recognizes,
    _check_caution,
    *common_checks(_hash_splits),
    _check_splits,
    _check_disjoint_splits,
    _check_classes,
    _check_extractor,
    _check_reads,
    _check_truth,
)
