"""Checks of extractors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.kinds.common import common_checks, first_result, save_and_load
from genbench.checks.conformance.kinds.fitted import extract_with, fit_extractor
from genbench.checks.conformance.subject import compute_once, need_labels
from genbench.contract.signature import fill_options, read_contract
from genbench.core.arrays import Ragged
from genbench.core.containers import find_container
from genbench.core.errors import PluginError, SuiteError
from genbench.core.extracted import Extracted, hash_features
from genbench.core.names import suggest_names
from genbench.core.samples import Samples
from genbench.store.keys import Settings, extractor_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.checks.conformance.subject import Subject
    from genbench.contract.specs import Protocol

__all__ = ["CHECKS"]

_BATCH = 7  # samples in a batch: no divisor of the number of all samples
_TINY = 2  # samples of the smallest data
_ROUNDING = 1e-5  # of the largest feature; single precision sums in another order for another batch
_SUM_ROUNDING = 1e-4  # of a sum of probabilities in single precision
_BATCH_FIX = "compute what needs several samples from train, in make, and keep it"
_MEMORY_FIX = (
    "keep nothing of samples from one call to the next, such as a cache or running statistics; fit what it "
    "needs to train, in make"
)
_MASK_FIX = "return genbench.Extracted(arrays, valid), with valid False for samples without features"


@compute_once
def _fit_once(subject: Subject) -> Any:
    """Return the extractor as fitted to the example data."""
    return fit_extractor(subject, subject.part, subject.sides["train"])


def _extract(subject: Subject, extractor: Any, samples: Samples) -> Extracted:
    """Return the features of samples, checked as in a run; rows of samples without features are zero."""
    return extract_with(subject, subject.part, extractor, samples)


@compute_once
def _extract_test_features(subject: Subject) -> Extracted:
    """Return the features of the test data."""
    return _extract(subject, _fit_once(subject), subject.sides["test"])


def _hash_test_features(subject: Subject) -> str:
    """Do an extractor's main work, which common checks repeat: fit it, and return the hash of test features.

    The checks compare these hashes, such as those of two processes.
    """
    extractor = fit_extractor(subject, subject.part, subject.sides["train"])
    return hash_features(_extract(subject, extractor, subject.sides["test"]))


@check("batch-independent", f"batches of {_BATCH} give the same features as all samples at once")
def _check_batch_independent(subject: Subject) -> None:
    """Raise CheckFailed if features, or which samples have them, change with the size of a batch."""
    _need_no_memory(subject)
    expected, samples, extractor = _extract_test_features(subject), subject.sides["test"], _fit_once(subject)
    slices = [slice(start, start + _BATCH) for start in range(0, len(samples), _BATCH)]
    batches = [_extract(subject, extractor, samples.take(part)) for part in slices]
    for name, array in expected.arrays.items():
        widths = {batch.arrays[name].shape[1] for batch in batches}
        if widths != {array.shape[1]}:  # arrays of other widths cannot be joined below
            raise CheckFailed(f"{name} has {array.shape[1]} columns, and {widths} in batches", _BATCH_FIX)
        error = _relative_error(np.concatenate([batch.arrays[name] for batch in batches]), array)
        if error > _ROUNDING:
            raise CheckFailed(f"{name} in batches of {_BATCH} differs by {error:.2g} of its size", _BATCH_FIX)
    if (np.concatenate([batch.valid for batch in batches]) != expected.valid).any():
        raise CheckFailed("other samples are valid in batches", _BATCH_FIX)


def _relative_error(features: Any, expected: Any) -> float:
    """Return the largest difference of two arrays of features, relative to the largest expected feature."""
    largest = max(np.abs(expected).max(initial=0), 1e-30)  # no division by 0
    return float(np.abs(features - expected).max(initial=0) / largest)


@check("independent-calls", "features do not depend on earlier calls")
def _check_independent_calls(subject: Subject) -> None:
    """Raise CheckFailed, with the evidence, if features depend on earlier calls of the extractor."""
    if evidence := _find_memory(subject):
        raise CheckFailed(evidence, _MEMORY_FIX)


def _need_no_memory(subject: Subject) -> None:
    """Raise CheckSkipped if features depend on earlier calls, since a comparison of calls would fail too."""
    if _find_memory(subject):
        raise CheckSkipped("it fails the check independent-calls")


@compute_once
def _find_memory(subject: Subject) -> str:
    """Return evidence, as a text, that the extractor's features depend on earlier calls; "" without any.

    It extracts the features of the same samples after a call with others, once more, and in another order.
    """
    # the hash of the features that a fresh extractor gave before any other call
    expected, test = first_result(subject, _hash_test_features), subject.sides["test"]
    extractor = fit_extractor(subject, subject.part, subject.sides["train"])
    _extract(subject, extractor, subject.sides["held_out"])
    for when in ("after other samples were extracted", "when they are extracted again"):
        if hash_features(_extract(subject, extractor, test)) != expected:
            return f"samples have other features {when}"
    indices = np.arange(min(_BATCH, len(test)))
    forward = _extract(subject, extractor, test.take(indices))
    backward = _extract(subject, extractor, test.take(indices[::-1]))
    rows_backward = {name: array[::-1] for name, array in forward.arrays.items()}
    expected_backward = hash_features(Extracted(rows_backward, forward.valid[::-1]))
    # a cache returns the rows of the earlier call in their old order, which is right only if it reads the
    # same in both directions
    is_repeated = hash_features(backward) == hash_features(forward)
    if is_repeated and hash_features(backward) != expected_backward:
        return "samples in another order have the features of an earlier call"
    return ""


@check(
    "one-sample",
    "a single sample has features",
    fix="keep the first axis: name the axis that squeeze removes",
)
def _check_one_sample(subject: Subject) -> None:
    """Extract features of a single sample, which fails if the arrays have lost the axis of the samples."""
    _extract(subject, _fit_once(subject), subject.sides["test"].take(slice(0, 1)))


@check("distinct", "different samples have different features")
def _check_distinct(subject: Subject) -> None:
    """Raise CheckFailed if all samples have the same features in each output."""
    features = _extract_test_features(subject)
    if not features.valid.any():
        raise CheckSkipped("it finds features in none of the example samples")
    rows = [array[features.valid] for array in features.arrays.values()]
    if len(rows[0]) > 1 and all((array == array[0]).all() for array in rows):
        raise CheckFailed(
            f"all {len(rows[0])} samples have equal features", "return features of samples.data"
        )


@check("dtypes", "features are float32, or float64 if the samples are")
def _check_dtypes(subject: Subject) -> None:
    """Raise CheckFailed if features are float64 although the samples are not."""
    # all numbers of the samples in one array, or None for samples such as texts
    values = find_container(subject.sides["test"].data).values(subject.sides["test"].data)
    arrays = _extract_test_features(subject).arrays
    doubles = [name for name, array in arrays.items() if array.dtype == np.float64]
    if doubles and (values is None or values.dtype != np.float64):
        raise CheckFailed(f"{doubles[0]} is float64", "return {…: features.astype(np.float32)}")


@check("probabilities", "rows of probabilities have the sum 1, with a column for each class of train")
def _check_probabilities(subject: Subject) -> None:
    """Raise CheckFailed unless rows of `probabilities` sum to 1, with a column for each class of train."""
    features = _extract_test_features(subject)
    if "probabilities" not in features.arrays:
        raise CheckSkipped("it has no output probabilities")
    array = features.arrays["probabilities"][features.valid]
    if array.min(initial=0) < 0 or np.abs(array.sum(axis=1) - 1).max(initial=0) > _SUM_ROUNDING:
        raise CheckFailed(
            f"rows have sums from {array.sum(axis=1).min():.4g} to {array.sum(axis=1).max():.4g}, and values "
            f"from {array.min():.4g}",
            'name the output "logits", or apply a softmax',
        )
    labels = subject.sides["train"].labels
    # an extractor that is not fitted to these labels may have classes of its own
    if "train_labels" in subject.part.contract.inputs and labels is not None:
        classes = len(np.unique(labels))
        if array.shape[1] != classes:
            raise CheckFailed(
                f"{array.shape[1]} columns for {classes} classes", "classes = np.unique(train_labels)"
            )


@check("save-and-load", "the loaded extractor gives the same features")
def _check_save_and_load(subject: Subject) -> None:
    """Raise CheckFailed if the extractor gives other features after it was saved and loaded."""
    _need_no_memory(subject)
    loaded = save_and_load(subject, _fit_once(subject), subject.spec.load, "extractor")
    features = _extract(subject, loaded, subject.sides["test"])
    if hash_features(features) != hash_features(_extract_test_features(subject)):
        raise CheckFailed("the extractor that load returns gives other features", "save all that it needs")


@check("noise", "samples without structure have finite features, or none", fix=_MASK_FIX)
def _check_noise(subject: Subject) -> None:
    """Extract features of noise; the extraction fails if one of them is not finite."""
    train = subject.sides["train"]
    data = subject.modality.noise(train)(len(train), subject.rng("noise"))
    _extract(subject, _fit_once(subject), Samples(data, train.space))


@check(
    "one-value", "arrays of one value, such as a black image, have finite features, or none", fix=_MASK_FIX
)
def _check_one_value(subject: Subject) -> None:
    """Extract features of arrays of one value; the extraction fails if one of them is not finite."""
    test = subject.sides["test"]
    low = test.space.get("low") or 0  # the lowest value of such samples, if their space states one
    if isinstance(test.data, np.ndarray):
        data: Any = np.full_like(test.data, low)
    elif isinstance(test.data, Ragged):
        data = Ragged(np.full_like(test.data.values, low), test.data.offsets)
    else:
        raise CheckSkipped("its samples are no arrays")
    _extract(subject, _fit_once(subject), Samples(data, test.space))


@check("canonical", "the weights in its spec are installed")
def _check_weights(subject: Subject) -> None:
    """Raise CheckFailed if the file of weights that the spec names is missing."""
    spec = subject.spec
    if spec.canonical is None:
        raise CheckSkipped("its spec names no canonical weights")
    try:
        # reads the weights for their hash, as each run does; "": no hash of training data is needed here
        extractor_key(subject.part, "", Settings(threads=1, device=subject.case.device))
    except PluginError as error:
        raise CheckFailed(
            f"the weights {spec.canonical!r} are not installed",
            'canonical="PACKAGE:FILE",  # and list FILE in the package data of pyproject.toml',
        ) from error


@check("protocols", "the options, metrics and extractors in its protocols exist")
def _check_protocols(subject: Subject) -> None:
    """Raise CheckFailed if a protocol of the extractor names an option, metric or extractor that is missing.

    A protocol is a set of options, of the extractor and of metrics, that reproduces published numbers.
    """
    protocols = subject.spec.protocols
    if not protocols:
        raise CheckSkipped("its spec has no protocols")
    subject.need_modules()  # without a library that it imports, its options are unknown
    for protocol in protocols:
        where = f"protocol {protocol.name!r}"
        _check_options(where, subject.spec, {**subject.case.options, **protocol.options})
        for metric, settings in protocol.metrics.items():
            _check_settings(subject, protocol, metric, settings)


def _check_settings(subject: Subject, protocol: Protocol, metric: str, settings: Mapping[str, Any]) -> None:
    """Raise CheckFailed unless a metric in a protocol exists, and takes its options and extractor.

    settings  of the metric in the protocol: options, and optionally `extractor`
    """
    # `home`: a name without a distribution means a component of the extractor's own distribution first
    home, where = subject.component.owner.distribution, f"protocol {protocol.name!r}"
    names = {"metric": metric}
    if "extractor" in settings:
        names["extractor"] = settings["extractor"]
    for kind, name in names.items():
        if not subject.catalog.matches(kind, name, home=home):
            known = [component.name for component in subject.catalog.of_kind(kind)]
            raise CheckFailed(
                f"{where} names the {kind} {name!r}, which is not installed{suggest_names(name, known)}",
                "correct the name in metrics of the protocol",
            )
    options = {key: value for key, value in settings.items() if key != "extractor"}
    spec = subject.catalog.matches("metric", metric, home=home)[0].spec
    _check_options(f"{where}: metrics[{metric!r}]", spec, options)


def _check_options(where: str, spec: Any, options: Mapping[str, Any]) -> None:
    """Raise CheckFailed if a protocol sets an option that the component does not take.

    where  the protocol, and the metric in it, for messages
    """
    try:
        fill_options(read_contract(spec), options, where=where, folder=Path.cwd())
    except SuiteError as error:
        raise CheckFailed(str(error), "correct the options of the protocol") from error


@check("unlabelled", "samples without labels have the same features, and train may have no labels")
def _check_unlabelled(subject: Subject) -> None:
    """Raise CheckFailed if features depend on labels; then fit without labels: an error fails the check."""
    train, test = subject.sides["train"], subject.sides["test"]
    need_labels(train)
    _need_no_memory(subject)
    features = _extract(subject, _fit_once(subject), replace(test, labels=None))
    if hash_features(features) != hash_features(_extract_test_features(subject)):
        raise CheckFailed("samples without labels have other features", "use samples.data alone")
    fit_extractor(subject, subject.part, replace(train, labels=None))


@check(
    "tiny-data",
    f"it can be fitted to {_TINY} samples, or raises Undefined with the reason",
    fix='raise genbench.Undefined("needs at least … samples")',
)
def _check_tiny_data(subject: Subject) -> None:
    """Fit the extractor to few samples and extract features; if it raises Undefined, the check is skipped."""
    few = subject.sides["train"].take(slice(0, _TINY))
    if not subject.part.contract.inputs:  # inputs are training data and their labels
        raise CheckSkipped("it is not fitted")
    _extract(subject, fit_extractor(subject, subject.part, few), subject.sides["test"])


CHECKS = (
    _check_weights,
    _check_protocols,
    *common_checks(_hash_test_features),
    _check_one_sample,
    _check_independent_calls,
    _check_batch_independent,
    _check_distinct,
    _check_dtypes,
    _check_probabilities,
    _check_save_and_load,
    _check_noise,
    _check_one_value,
    _check_unlabelled,
    _check_tiny_data,
)
