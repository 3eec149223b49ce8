"""Provenance of a run, and its samples kept in the results folder."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.core.canonical_json import canonical, digest
from genbench.core.samples import content_hash
from genbench.files.sample_files import read_samples
from genbench.files.sealed import delete, write_folder
from genbench.files.secrets import redacted
from genbench.results.folder import RunFolder, report_write_errors
from genbench.store.cache import opened
from genbench.store.environment import libraries, machine, versions
from genbench.store.keys import extractor_key, features_key, split_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from genbench.contract.specs import ExtractorSpec, GeneratorSpec, Spec
    from genbench.results.records import Record
    from genbench.runs.prepare import Order, PreparedRun
    from genbench.store.store import Artefact, Store
    from genbench.suite.components import Part
    from genbench.trial.datasets import Prepared
    from genbench.trial.plan import Trial

__all__ = ["describe", "keep_samples", "kept_samples", "suite_values"]

_SHOWN = 12  # digits of a hash, next to names
_GONE = "are no longer in the store"
_OTHERS = "in the store are not those of its records"


def describe(ready: PreparedRun, order: Order, store: Store) -> dict[str, Any]:
    """Return a run's provenance as JSON-like values.

    It contains no time, and no path except those in the suite. The text of the suite, seeds, n and `instead`,
    the entries given in place of the suite's generators, suffice to resolve it again.
    """
    suite = ready.suite
    settings = ready.trials[0].settings if ready.trials else None
    return {
        "name": suite.name,
        "suite": suite.text,
        "seeds": list(suite.seeds),
        "n": suite.n,
        "libraries": libraries() | _needed(ready.resolved.parts),
        "machine": machine(order.threads, order.device),
        "plugins": _plugins(ready.resolved.parts),
        "instead": [_typed(*pair) for pair in zip(order.generators, ready.resolved.generators, strict=False)],
        "generators": [{"name": part.name} | _component(part) for part in ready.resolved.generators],
        "datasets": {item.part.name: _dataset(item) for item in ready.datasets},
        "extractors": [] if settings is None else _extractors(ready, store),
    }


def suite_values(ready: PreparedRun) -> dict[str, Any]:
    """Return a suite as JSON-like values: name, seeds, n, and its components with all options.

    Datasets and metrics are by id. Generators are a list, since two of them may share an id if they meet no
    dataset in common.
    """
    suite, resolved = ready.suite, ready.resolved
    metrics = {
        name: _component(group.metric)
        | {"extractor": None if group.extractor is None else _component(group.extractor)}
        for group in resolved.groups
        for name, _ in group.outputs
    }
    values = {
        "name": suite.name,
        "seeds": list(suite.seeds),
        "n": suite.n,
        "datasets": {part.name: _component(part) for part in resolved.datasets},
        "generators": [
            {"name": part.name} | _component(part) | {"datasets": _met(part, ready)}
            for part in resolved.generators
        ],
        "metrics": metrics,
    }
    return redacted(values)


def keep_samples(
    folder: Path, trials: Sequence[Trial], records: Mapping[str, Record], store: Store
) -> dict[str, str]:
    """Copy the samples of records to <folder>/samples/, so that others can score them.

    Each folder is named DATASET.GENERATOR.SEED.HASH, with the hash of all that decides the samples. Samples
    of another draw in it are replaced or removed. Returns why samples of scored trials are not kept, in
    words, by name of the trial. Raises ResultsError if samples cannot be written.
    """
    lost = {}
    for trial in trials:
        found = (records[cell.key] for cell in trial.cells if cell.key in records)
        hashes = {record.samples for record in found if record.samples}
        with report_write_errors(folder):
            reason = _keep_of(_kept_as(folder, trial), store.get(trial.sample_key), hashes)
        if reason and hashes:
            lost[trial.name] = reason
    return lost


def _keep_of(place: Path, artefact: Artefact | None, hashes: Collection[str]) -> str:
    """Copy an artefact with one of these content hashes to `place`; return why it is not there, or "".

    Samples in `place` without one of these hashes are removed: they are no samples of the records. Without
    hashes, the artefact's is the one.
    """
    stored, kept = None if artefact is None else artefact.notes["hash"], _content(place)
    wanted = hashes or {stored or kept}
    if kept and kept in wanted:
        return ""
    delete(place)
    if artefact is not None and stored not in wanted:
        return _OTHERS
    return "" if opened(artefact, functools.partial(_copy, place)) else _GONE


def _copy(place: Path, folder: Path) -> bool:
    """Copy the files of a folder to the new folder `place`, atomically; True says that it exists."""

    def fill(draft: Path) -> None:
        for path in folder.iterdir():
            shutil.copyfile(path, draft / path.name)

    write_folder(place, fill)
    return True


def kept_samples(folder: Path, trial: Trial, content: str) -> Path | None:
    """Return the folder of a trial's samples in a run's folder, or None.

    It is that of the trial's key, else one of its name whose samples have the hash `content`: code, and with
    it the key, may have changed since the samples were kept, and others may be of an earlier plan.
    """
    place = _kept_as(folder, trial)
    if place.is_dir():
        return place
    others = sorted(place.parent.glob(f"{place.name.rpartition('.')[0]}.*"))
    return next((path for path in others if content and _content(path) == content), None)


def _content(folder: Path) -> str:
    """Return the content hash of samples, or "" if they cannot be read."""
    try:
        return content_hash(read_samples(folder))
    except Exception:  # numpy and json raise many types for damaged files
        return ""


def _kept_as(folder: Path, trial: Trial) -> Path:
    digits = digest(dict(trial.sample_key))[:_SHOWN]
    return RunFolder(folder).kept_samples(trial.dataset.part.name, trial.generator.name, trial.seed, digits)


def _plugins(parts: Iterable[Part[Spec]]) -> dict[str, str]:
    owners = {part.component.owner for part in parts}
    return {
        owner.distribution: owner.version for owner in sorted(owners, key=lambda owner: owner.distribution)
    }


def _needed(parts: Iterable[Part[Spec]]) -> dict[str, str]:
    """Return the versions of the optional modules that components import, by module."""
    found = versions(sorted({module for part in parts for module in part.modules}))
    return {module: version for module, version in found.items() if version}


def _met(generator: Part[GeneratorSpec], ready: PreparedRun) -> list[str]:
    """Return the ids of the datasets on which a generator has trials."""

    def is_same(other: Part[GeneratorSpec]) -> bool:
        return (other.name, other.component, other.canonical) == (
            generator.name, generator.component, generator.canonical
        )  # fmt: skip

    names = (trial.dataset.part.name for trial in ready.trials if is_same(trial.generator))
    return list(dict.fromkeys(names))


def _component(part: Part[Spec]) -> dict[str, Any]:
    return {"component": part.component.reference, "options": dict(part.canonical)}


def _typed(entry: Mapping[str, Any], part: Part[Spec]) -> dict[str, Any]:
    """Return an entry as given, with an absolute path shortened to the file's name."""
    paths = {option.name for option in part.contract.options if option.holds_paths}
    return {name: _shortened(value) if name in paths else value for name, value in entry.items()}


def _shortened(value: Any) -> Any:
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    return Path(value).name if Path(value).expanduser().is_absolute() else value


def _dataset(dataset: Prepared) -> dict[str, Any]:
    found: dict[str, Any] = {
        **_component(dataset.part), "hash": dataset.hash, "space": dataset.space.to_json(),
        "sizes": dict(dataset.sizes),
    }  # fmt: skip
    if dataset.shared_splits:
        found["shared_splits"] = [list(pair) for pair in dataset.shared_splits]
    if dataset.different is not None:
        found["different"] = dataset.different
    return found


def _extractors(ready: PreparedRun, store: Store) -> list[dict[str, Any]]:
    """Return, for each extractor on each dataset, its accuracy on the test split and its weights, if any."""
    found = {}
    for trial, groups in ready.needs:
        for extractor in (group.extractor for group in groups if group.extractor is not None):
            key = (trial.dataset.part.name, extractor.name, canonical(dict(extractor.canonical)))
            found[key] = _extractor(trial, extractor, store)
    return [found[name] for name in sorted(found)]


def _extractor(trial: Trial, extractor: Part[ExtractorSpec], store: Store) -> dict[str, Any]:
    key = extractor_key(extractor, trial.dataset.hash, trial.settings)
    test = split_id(trial.dataset.hash, "test", trial.n_real)
    notes = store.notes(features_key(key, test, store.hash(key))) or {}
    return {
        "dataset": trial.dataset.part.name,
        "name": extractor.name,
        **_component(extractor),
        "accuracy": notes.get("accuracy"),
        "weights": store.files(key),
    }
