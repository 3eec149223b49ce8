"""Keys of artefacts, records and traces, and signatures of scores."""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from genbench._version import __version__
from genbench.catalog.code import read_code
from genbench.contract.specs import PARTICIPANTS, RUNS
from genbench.core.canonical_json import canonical, digest
from genbench.core.errors import PluginError
from genbench.core.seeds import SCHEME
from genbench.core.splits import CUT_SIDES
from genbench.files.read import file_sha256
from genbench.store.environment import read_library_versions, read_module_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.catalog.loader import Component
    from genbench.contract.modalities import ModalitySpec
    from genbench.contract.specs import DatasetSpec, ExtractorSpec, GeneratorSpec, Spec
    from genbench.suite.components import Group, Part

__all__ = [
    "MOST_DRAWN", "Settings", "comparison_key", "comparison_signature", "data_key", "draw_key",
    "extractor_key", "extractor_signature", "features_key", "fit_key", "numbers_key", "options_text",
    "record_key",
    "sample_key", "signature", "split_id", "trace_key",
]  # fmt: skip

#: Samples that are drawn at most for each valid one: a generator under 5 % of valid ones has too few.
MOST_DRAWN = 20
_FORMAT = 2  # format of artefacts and records; a new number invalidates all of them
_NUMBERS = 3  # rule by which samples get numbers, to find copies; a new one invalidates these numbers


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a trial's computation: number of `threads`, and torch `device`."""

    threads: int
    device: str


def options_text(part: Part[Spec]) -> str:
    """Return the options that decide a component's numbers, as a text: random streams depend on it."""
    return canonical(dict(part.signature_options))


def data_key(part: Part[DatasetSpec]) -> dict[str, Any]:
    """Return the key of a dataset's splits; no seed is in it, since splits are the same at every seed.

    SCHEME is the version of the rules that make random streams from seeds.
    """
    computation = {"format": _FORMAT, "scheme": SCHEME, "libraries": read_library_versions()}
    return {"kind": "data", "parts": dict(part.spec.parts)} | computation | _code_fields(part)


def fit_key(
    generator: Part[GeneratorSpec], data_hash: str, seed: int, settings: Settings,
    readers: Mapping[str, Part[DatasetSpec]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the key of a fitted generator; the modality's code is in it if `make` takes `modality`.

    readers  the components that open its paths of outputs, by option; they are in the key only if there are
             some and the generator takes `open_outputs`
    """
    code_by_input = {
        "modality": [_code_fields(modality) for modality in generator.modality_parts],
        "open_outputs": {option: _code_fields(reader) for option, reader in (readers or {}).items()},
    }
    return (
        {"kind": "sampler", "data": data_hash, "seed": seed}
        | {name: code for name, code in code_by_input.items() if code and name in generator.contract.inputs}
        | _code_fields(generator)
        | _computation_fields(settings)
    )


def sample_key(
    fit: Mapping[str, Any], n: int, chunk: int | None, valid_by: Part[ModalitySpec] | None = None
) -> dict[str, Any]:
    """Return the store's key of `n` samples from a fitted generator.

    fit       the key of the fitted generator, from `fit_key`
    chunk     the number of samples that it draws in one call; None: all
    valid_by  where n counts valid samples, the modality whose code says which are valid
    """
    key = {"kind": "samples", "format": _FORMAT, "sampler": digest(dict(fit)), "n": n, "chunk": chunk}
    if valid_by is not None:
        key |= {"most_drawn": MOST_DRAWN * n, "valid_by": _code_fields(valid_by)}
    return key


def draw_key(samples: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key under which the store keeps the hash of the samples of the first draw.

    A later draw of the same samples is compared with this hash, so that a difference is detected.

    samples  the key of the samples, from `sample_key`
    """
    return {"kind": "draw", "format": _FORMAT, "samples": digest(dict(samples))}


def extractor_key(extractor: Part[ExtractorSpec], data_hash: str, settings: Settings) -> dict[str, Any]:
    """Return the key of an extractor; it includes the data only if the extractor is fitted to them."""
    # an extractor has inputs, such as `train`, only if it is fitted to them
    data = {"data": data_hash} if extractor.contract.inputs else {}
    return (
        {"kind": "extractor", "weights": _hash_weights(extractor)}
        | data
        | _code_fields(extractor)
        | _computation_fields(settings)
    )


def features_key(extractor: Mapping[str, Any], samples: str, fit: str = "") -> dict[str, Any]:
    """Return the key of an extractor's features.

    samples  identifies the content of the samples, not how they were made: a second draw may differ
    fit      the hash of the files of a fitted extractor, since a second fit may differ; "" for any other
    """
    fitted = {"fit": fit} if fit else {}
    key = {"kind": "features", "format": _FORMAT, "extractor": digest(dict(extractor)), "samples": samples}
    return key | fitted


def numbers_key(data_hash: str, split: str, modality: Component) -> dict[str, Any]:
    """Return the key of the numbers by which the samples of a split are compared with a generator's.

    The code of the modality is in it, since a modality may say which samples are the same.
    """
    code = {"modality": modality.reference, "code": read_code(modality).sha256}
    return {"kind": "numbers", "format": _FORMAT, "rule": _NUMBERS, "data": data_hash, "split": split} | code


def split_id(data_hash: str, split: str, n: int | None) -> str:
    """Return the id of a dataset's split, cut to `n` samples unless `n` is None."""
    return digest({"data": data_hash, "split": split, "n": n})


def record_key(
    group: Group, output: str, *, seed: int, samples: Mapping[str, Any], n_real: int | None, data_hash: str,
    dataset: Mapping[str, Any], extractor: Mapping[str, Any] | None,
) -> str:  # fmt: skip
    """Return the key of one output of a metric in one trial: a hash of everything that decides its value.

    group      the metric with its extractor
    samples    the key of the fakes
    n_real     the number to which the reference is cut, or None
    data_hash  of the content of the dataset's splits
    dataset    the dataset's own key, included for a metric that takes the `truth`
    extractor  the extractor's key, or None
    """
    parts = {
        "kind": "record",
        "output": output,
        "seed": seed,
        "samples": digest(dict(samples)),
        "n_real": _reference_size(group, n_real),
        "data": data_hash,
        "truth": digest(dict(dataset)) if "truth" in group.metric.contract.inputs else None,
        "extractor": None if extractor is None else digest(dict(extractor)),
    }
    return digest(parts | _code_fields(group.metric))


def comparison_key(
    group: Group, output: str, generator: str, *, fakes: Mapping[str, Sequence[Mapping[str, Any]]],
    n_real: int | None, data_hash: str, dataset: Mapping[str, Any], extractor: Mapping[str, Any] | None,
) -> str:  # fmt: skip
    """Return the key of a generator's number in a comparison, a metric of all generators of a dataset.

    fakes  by generator, the keys of its samples at all seeds: another generator changes all numbers

    The other arguments are those of `record_key`, which makes the key of a metric of one generator.
    """
    # the key of the metric alone, without a seed and samples: `participants` has the samples of all seeds
    metric_key = record_key(
        group, output, seed=0, samples={}, n_real=n_real, data_hash=data_hash, dataset=dataset,
        extractor=extractor,
    )  # fmt: skip
    participants = {name: [digest(dict(key)) for key in keys] for name, keys in fakes.items()}
    return digest({"kind": "comparison", "of": metric_key, "generator": generator, "fakes": participants})


def trace_key(samples: Mapping[str, Any], dataset: str, generator: str) -> str:
    """Return the key of a trial's trace, its timings and its training history: a hash of these arguments.

    samples             the key of its samples, which two generators of one suite may share
    dataset, generator  the ids on the board, which tell such trials apart
    """
    return digest({"kind": "trace", "samples": digest(dict(samples)), "ids": [dataset, generator]})


def signature(
    group: Group, output: str, *, n: int, n_real: int | Literal["moments"] | None, data_hash: str,
    split: str | None = "test", valid_by: Part[ModalitySpec] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return everything that decides a number, except seeds, as JSON-like values.

    Boards rank only numbers of equal signatures together.

    group   the metric with its extractor
    n       number of fakes
    n_real  None if the reference is not cut: "all" in the signature, or None for a metric without reference;
            "moments" if only its mean and covariance are given
    split   None for a reference that is no split of a dataset
    valid_by  where n counts valid samples, the modality that says which are valid
    """
    extractor, selection = group.extractor, {}
    if valid_by is not None:
        modality = f"{valid_by.component.reference} {_full_version(valid_by)}"
        selection = {"n_valid": n, "most_drawn": MOST_DRAWN * n, "valid_by": modality}
    return selection | {
        "metric": f"{group.metric.component.owner.distribution}:{output}",
        "version": _full_version(group.metric),
        "options": dict(group.metric.signature_options),  # those that decide its numbers
        "extractor": None if extractor is None else extractor_signature(extractor, data_hash),
        "protocol": group.protocol,
        "n": n,
        "n_real": _reference_size(group, n_real),
        "data": data_hash,
        "split": split,
        "seeds": SCHEME,
        "genbench": __version__.partition(".")[0],  # a new major version may change what numbers mean
    }


def comparison_signature(
    metric_signature: Mapping[str, Any], generators: Iterable[Part[GeneratorSpec]], seeds: Iterable[int]
) -> dict[str, Any]:
    """Return the signature of a comparison: its metric's, with the generators and seeds that took part.

    A comparison is a metric that compares all generators of a dataset at once.

    metric_signature  the signature of its metric, from `signature`
    """
    participants = {
        part.name: {
            "generator": part.component.reference,
            "version": _full_version(part),
            "options": dict(part.signature_options),  # those that decide its samples
        }
        for part in generators
    }
    return {**metric_signature, PARTICIPANTS: participants, RUNS: sorted(seeds)}


def extractor_signature(extractor: Part[ExtractorSpec], data_hash: str) -> dict[str, Any]:
    """Return everything that decides an extractor's features.

    data_hash  the hash of the data to which it is fitted; unused for one that takes no data
    """
    return {
        "name": extractor.component.reference,
        "version": _full_version(extractor),
        "options": dict(extractor.signature_options),  # those that decide its features
        "weights": _hash_weights(extractor),
        "fitted": data_hash if extractor.contract.inputs else None,
    }


def _reference_size(group: Group, n_real: int | str | None) -> int | str | None:
    """Return the size of the reference, a metric's real samples, for its key and signature.

    n_real  the size to which it is cut, or "moments"; None, which becomes "all", if it is not cut

    A metric that takes neither `real` nor `held_out` has no reference, and gets None.
    """
    if CUT_SIDES.isdisjoint(group.metric.contract.sides):
        return None
    return "all" if n_real is None else n_real


def _hash_weights(extractor: Part[ExtractorSpec]) -> str | None:
    """Return the SHA-256 of an extractor's canonical weights, None if its spec names none.

    Raises PluginError, naming the extractor, if they are not installed.
    """
    if extractor.spec.canonical is None:
        return None
    try:
        path = _find_weights(extractor.spec.canonical)
        return _hash_weights_file(path, path.stat().st_mtime_ns)
    except PluginError as error:
        raise PluginError(f"{extractor.contract.who}: {error}") from error


@functools.cache
def _find_weights(canonical_weights: str) -> Path:
    """Return the path of weights, given as "package:file"; raise PluginError if they are not installed."""
    package, _, name = canonical_weights.partition(":")
    spec = importlib.util.find_spec(package)
    path = None if spec is None or spec.origin is None else Path(spec.origin).parent / name
    if path is None or not path.is_file():
        raise PluginError(f"the weights {canonical_weights!r} are not installed; reinstall {package}")
    return path


@functools.cache
def _hash_weights_file(path: Path, _mtime_ns: int) -> str:
    """Return the SHA-256 of weights; it is cached by modification time too, since the file may change."""
    return file_sha256(path)


def _full_version(part: Part[Spec]) -> str:
    """Return a component's version; for one of a plugin file, which has no releases, with the file's hash."""
    file_hash = part.component.owner.file_hash
    return f"{part.spec.version}+{file_hash}" if file_hash else part.spec.version


def _code_fields(part: Part[Spec]) -> dict[str, Any]:
    """Return the fields of a key that identify a component's code and options.

    The field "distribution" has the version of its plugin, and "needs" the versions of optional modules.
    """
    owner = part.component.owner
    return {
        "component": part.component.reference,
        "distribution": owner.file_hash or owner.version,  # a plugin file has no version, but a hash
        "version": part.spec.version,
        "code": "" if part.code is None else part.code.sha256,
        "needs": read_module_versions(part.modules),  # optional modules that it imports
        "options": dict(part.canonical),
    }


def _computation_fields(settings: Settings) -> dict[str, Any]:
    """Return the fields of a key for the computation: seed scheme, threads, device and libraries."""
    return {
        "format": _FORMAT,
        "scheme": SCHEME,
        "threads": settings.threads,
        "device": settings.device,
        "libraries": read_library_versions(),
    }
