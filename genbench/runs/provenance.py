"""Provenance of a run: what decided its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.contract.specs import VOTING_ASPECTS
from genbench.core.canonical_json import canonical
from genbench.files.secrets import redact
from genbench.store.environment import describe_machine, read_library_versions, read_module_versions
from genbench.store.keys import extractor_key, features_key, split_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from genbench.contract.specs import ExtractorSpec, GeneratorSpec, Spec
    from genbench.runs.prepare import Order, PreparedRun
    from genbench.store.store import Store
    from genbench.suite.components import Part
    from genbench.trial.datasets import Prepared
    from genbench.trial.plan import Trial

__all__ = ["describe", "describe_ranking", "suite_values"]


def describe(ready: PreparedRun, order: Order, store: Store) -> dict[str, Any]:
    """Return a run's provenance as JSON-like values.

    It contains no time, and no path except those in the suite. From four of its fields, the suite can be
    resolved again: its text, the seeds, n and `instead`, the entries given in place of its generators.
    """
    suite = ready.suite
    return {
        "name": suite.name,
        "suite": suite.text,
        **({"rank_copies": True} if suite.rank_copies else {}),
        "seeds": list(suite.seeds),
        "n": suite.n,
        "libraries": read_library_versions() | _find_versions(ready.resolved.parts),
        "machine": describe_machine(order.threads, order.device),
        "plugins": _read_plugins(ready.resolved.parts),
        # the first resolved generators are those of the order; the suite's controls follow, which `zip` omits
        "instead": [
            _strip_paths(*pair) for pair in zip(order.generators, ready.resolved.generators, strict=False)
        ],
        "generators": [{"name": part.name} | _describe_component(part) for part in ready.resolved.generators],
        "datasets": {item.part.name: _describe_dataset(item) for item in ready.datasets},
        "ranking": describe_ranking(ready),
        "extractors": _describe_extractors(ready, store) if ready.trials else [],
    }


def describe_ranking(ready: PreparedRun, left_out: Collection[str] = ()) -> dict[str, Any]:
    """Return the rule of the overall rank: the aspect of each metric, the aspects that vote, requirements.

    left_out  ids of planned metrics that get no column

    `aspects` are in the order of the suite's metrics, which tables keep. `votes` is None, so that all metrics
    vote together, if the suite names no aspects and no metric has one.
    """
    outputs = [output for group in ready.resolved.groups for output in group.outputs]
    aspects = [[name, output.aspect] for name, output in outputs if name not in left_out]
    declared = {aspect for _, aspect in aspects if aspect}
    votes = ready.suite.aspects or tuple(aspect for aspect in VOTING_ASPECTS if aspect in declared)
    return {
        "aspects": aspects,
        "votes": list(votes) if ready.suite.aspects or declared else None,
        "require": dict(ready.suite.require),
    }


def suite_values(ready: PreparedRun) -> dict[str, Any]:
    """Return a suite as JSON-like values: name, seeds, n, and its components with all options.

    Datasets and metrics are objects by id. Generators are a list, since two of them may share an id if they
    have no dataset in common. An option may contain a secret from an environment variable: it is replaced by
    "[redacted]".
    """
    suite, resolved = ready.suite, ready.resolved
    metrics = {
        name: _describe_component(group.metric)
        | {"extractor": None if group.extractor is None else _describe_component(group.extractor)}
        for group in resolved.groups
        for name, _ in group.outputs
    }
    values = {
        "name": suite.name,
        "seeds": list(suite.seeds),
        "n": suite.n,
        "datasets": {part.name: _describe_component(part) for part in resolved.datasets},
        "generators": [
            {"name": part.name} | _describe_component(part) | {"datasets": _list_datasets(part, ready)}
            for part in resolved.generators
        ],
        "metrics": metrics,
    }
    return redact(values)


def _read_plugins(parts: Iterable[Part[Spec]]) -> dict[str, str]:
    """Return the versions of the plugins that own components, by distribution."""
    owners = {part.component.owner for part in parts}
    return {
        owner.distribution: owner.version for owner in sorted(owners, key=lambda owner: owner.distribution)
    }


def _find_versions(parts: Iterable[Part[Spec]]) -> dict[str, str]:
    """Return the versions of the optional modules that components import, by module."""
    by_module = read_module_versions(sorted({module for part in parts for module in part.modules}))
    return {module: version for module, version in by_module.items() if version}  # "" if unknown


def _list_datasets(generator: Part[GeneratorSpec], ready: PreparedRun) -> list[str]:
    """Return the ids of the datasets on which a generator has trials, each once, in the order of the trials.

    Component and options are compared as well, since two generators may share an id.
    """

    def is_same(trial: Trial) -> bool:
        """Return whether the generator of a trial is the given one."""
        other, part = trial.generator, generator.by_seed.get(trial.seed, generator)
        identity = (part.name, part.component, part.canonical)  # the last are its options
        return (other.name, other.component, other.canonical) == identity

    return list(dict.fromkeys(trial.dataset.part.name for trial in ready.trials if is_same(trial)))


def _describe_component(part: Part[Spec]) -> dict[str, Any]:
    """Return the reference of a component and its options, with defaults, as JSON-like values."""
    return {"component": part.component.reference, "options": dict(part.canonical)}


def _strip_paths(entry: Mapping[str, Any], part: Part[Spec]) -> dict[str, Any]:
    """Return a generator's entry as the user gave it, with absolute paths shortened to the file's name.

    part  the generator's component, which knows the options that are paths

    A folder's name may be private, and another machine does not have the folder.
    """
    paths = {option.name for option in part.contract.options if option.holds_paths}
    return {name: _shorten_path(value) if name in paths else value for name, value in entry.items()}


def _shorten_path(value: Any) -> Any:
    """Return the file's name of an absolute path, and another value as it is; in a list, do so for each."""
    if isinstance(value, list | tuple):
        return [_shorten_path(item) for item in value]
    if not isinstance(value, str | Path):
        return value
    return Path(value).name if Path(value).expanduser().is_absolute() else str(value)


def _describe_dataset(dataset: Prepared) -> dict[str, Any]:
    """Return component, options, hash, space and sizes of a dataset, as JSON-like values.

    More fields exist only if leaderboards have to warn: "shared_splits", the pairs of splits that share
    samples, "different", the number of different samples if most are duplicates, and "caution", in words.
    """
    values: dict[str, Any] = {
        **_describe_component(dataset.part), "hash": dataset.hash, "space": dataset.space.to_json(),
        "sizes": dict(dataset.sizes),
    }  # fmt: skip
    if dataset.shared_splits:
        values["shared_splits"] = [list(pair) for pair in dataset.shared_splits]
    if dataset.n_different is not None:
        values["different"] = dataset.n_different
    if dataset.caution:
        values["caution"] = dataset.caution
    return values


def _describe_extractors(ready: PreparedRun, store: Store) -> list[dict[str, Any]]:
    """Return the description of each extractor on each dataset, once, sorted by dataset and name."""
    described = {}  # by dataset, name and options; trials of one dataset replace equal descriptions
    for trial, groups in ready.metrics_by_trial:
        for extractor in (group.extractor for group in groups if group.extractor is not None):
            key = (trial.dataset.part.name, extractor.name, canonical(dict(extractor.canonical)))
            described[key] = _describe_extractor(trial, extractor, store)
    return [described[key] for key in sorted(described)]


def _describe_extractor(trial: Trial, extractor: Part[ExtractorSpec], store: Store) -> dict[str, Any]:
    """Return an extractor on the dataset of a trial as JSON-like values.

    "accuracy" is its share of right classes on the test split, in [0, 1], or None if it is no classifier, and
    "weights" are the SHA-256 of the files of a fitted extractor by name, or {}; both are from the store.
    """
    key = extractor_key(extractor, trial.dataset.hash, trial.settings)
    # The accuracy is in the notes, JSON beside the stored features of the test split. Another fit of the
    # extractor gives other features, so their key contains the hash of its stored files. Without stored
    # features, there is no accuracy.
    test = split_id(trial.dataset.hash, "test", trial.n_real)
    notes = store.notes(features_key(key, test, store.hash(key))) or {}
    return {
        "dataset": trial.dataset.part.name,
        "name": extractor.name,
        **_describe_component(extractor),
        "accuracy": notes.get("accuracy"),
        "weights": store.files(key),
    }
