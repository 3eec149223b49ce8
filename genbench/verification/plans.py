"""Comparison of the cells that a run's plan lists with the cells that its suite plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genbench.board.comparability import signature_changes
from genbench.contract.hookspecs import PROJECT
from genbench.contract.specs import DatasetSpec, GeneratorSpec, MetricSpec
from genbench.core.names import is_file_version
from genbench.verification.verdicts import Verdict, unverifiable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.results.records import Cell, Plan
    from genbench.suite.components import Part, Resolved
    from genbench.trial.datasets import Prepared
    from genbench.verification.reference import Reference

__all__ = ["component_differences", "data_differences", "plan_verdicts"]

# Fields of a cell that decide what the board says of a number.
_ON_THE_BOARD = ("n", "control", "direction", "best", "range", "any_valid_share", "unseen_controls")
_HASH_DIGITS = 8
_NONE = "none"

# Fields of a signature that only a release of genbench changes.
_HOST = ("genbench", "seeds")


def plan_verdicts(
    plan: Plan, expected: Iterable[Cell], reference: Reference, files: Mapping[tuple[str, str], str]
) -> list[Verdict]:
    """Return a verdict on each cell that is missing, is one too many, or differs from the suite's.

    files  by kind and id of a component, how its files differ from those that the run recorded

    A cell may differ in its key, which holds hashes of code, and in the version of its plugin.
    """
    wanted = {cell.position: cell for cell in expected}
    listed = {cell.position: cell for cell in plan.cells}
    missing = f"in {reference.label} and not in run.json"
    return [
        *(_different(cell, "plan", missing) for position, cell in wanted.items() if position not in listed),
        *(_unexpected(cell, reference) for position, cell in listed.items() if position not in wanted),
        *(
            verdict
            for position, cell in listed.items()
            if position in wanted
            and (verdict := _of_files(cell, files, _compared(cell, wanted[position], plan, reference)))
        ),
    ]


def data_differences(plan: Plan, datasets: Iterable[Prepared], reference: Reference) -> list[str]:
    """Return what run.json notes of the plan's datasets, for boards, and is not so here, a line each."""
    noted = plan.provenance.get("datasets", {})
    here = {
        each.part.name: {
            "sizes": each.sizes,
            "shared_splits": each.shared_splits,
            "different": each.different,
        }
        for each in datasets
    }
    unknown = {each.name for each in reference.obstacles if each.kind == DatasetSpec.kind}
    return [
        f"{what}: {then} in run.json, {now} here"
        for name in sorted(({cell.dataset for cell in plan.cells} | noted.keys()) - unknown)
        for what, show in (
            (f"sizes of {name}", _sizes),
            (f"splits of {name} that share samples", _pairs),
            (f"different samples of {name}, if few", _different_samples),
        )
        if (then := show(noted.get(name, {}))) != (now := show(here.get(name, {})))
    ]


def component_differences(plan: Plan, resolved: Resolved, reference: Reference) -> list[str]:
    """Return the datasets and generators that run.json describes otherwise than they are, a line each.

    Their components and options are compared: those options that both have, since versions may differ,
    without files, which have hashes of their own, and generators that differ from a trusted suite's.
    """
    noted = plan.provenance
    datasets = [(name, each) for name, each in noted.get("datasets", {}).items()]
    generators = [(each["name"], each) for each in noted.get("generators", ())]
    here = {DatasetSpec.kind: resolved.datasets, GeneratorSpec.kind: resolved.generators}
    unknown = {(each.kind, each.name) for each in reference.obstacles}
    unknown |= {(GeneratorSpec.kind, name) for name in reference.altered}
    return [
        f"{kind} {name}: {_described(entry)} in run.json, {_described(_entry(same[0]))} here"
        for kind, entries in ((DatasetSpec.kind, datasets), (GeneratorSpec.kind, generators))
        for name, entry in entries
        if (kind, name) not in unknown
        and (same := [part for part in here[kind] if part.name == name])
        and not any(_is_described_by(part, entry) for part in same)
    ]


def _entry(part: Part[Any]) -> dict[str, Any]:
    return {"component": part.component.reference, "options": dict(part.canonical)}


def _is_described_by(part: Part[Any], entry: Mapping[str, Any]) -> bool:
    options = entry.get("options", {})
    return entry.get("component") == part.component.reference and all(
        options[name] == value
        for name, value in part.canonical.items()
        if name in options and not isinstance(value, Mapping)
    )


def _described(entry: Mapping[str, Any]) -> str:
    """Return a component with its options, of files without their hashes."""
    options = [f"{name}={value!r:.40}" for name, value in entry.get("options", {}).items()]
    return " ".join([str(entry.get("component")), *options])


def _sizes(data: Mapping[str, Any]) -> str:
    sizes = data.get("sizes", {})
    return ", ".join(f"{split} {sizes[split]!r:.80}" for split in sorted(sizes)) or _NONE


def _different_samples(data: Mapping[str, Any]) -> str:
    return str(data.get("different") or _NONE)


def _pairs(data: Mapping[str, Any]) -> str:
    return ", ".join(" and ".join(pair) for pair in data.get("shared_splits", ())) or _NONE


def _unexpected(cell: Cell, reference: Reference) -> Verdict:
    """Return the verdict on a cell that the suite, as far as it can be planned here, does not plan."""
    obstacles = reference.obstacles
    causes = [each for each in obstacles if each.concerns(cell)] or [
        each for each in obstacles if each.kind == MetricSpec.kind
    ]
    if causes:
        return unverifiable(cell, causes[0].reason)
    return _different(cell, "plan", f"in run.json and not in {reference.label}")


def _compared(cell: Cell, wanted: Cell, plan: Plan, reference: Reference) -> Verdict | None:
    """Return the verdict on a cell that differs from the suite's; None if they are equal."""
    for name in _ON_THE_BOARD:
        then, now = getattr(cell, name), getattr(wanted, name)
        if then != now:
            return _different(cell, "plan", f"{name} is {then} in run.json, {now} in {reference.label}")
    owner, other = (each.plugin.rpartition(" ")[0] for each in (cell, wanted))
    if owner != other:
        return _different(cell, "plan", f"plugin is {owner} in run.json, {other} in {reference.label}")
    if cell.generator in reference.altered:
        return _different(cell, "plan", f"{reference.altered[cell.generator]} in {reference.label}")
    return _compared_signatures(cell, wanted, plan)


def _of_files(cell: Cell, files: Mapping[tuple[str, str], str], verdict: Verdict | None) -> Verdict | None:
    """Return the verdict on a cell, "different" if the files of its generator or dataset are others here."""
    ids = ((GeneratorSpec.kind, cell.generator), (DatasetSpec.kind, cell.dataset))
    found = [files[each] for each in ids if each in files]
    is_different = verdict is not None and verdict.outcome == "different"
    return _different(cell, "plan", found[0]) if found and not is_different else verdict


def _compared_signatures(cell: Cell, wanted: Cell, plan: Plan) -> Verdict | None:
    then, now = cell.signature, wanted.signature
    changes = ", ".join(signature_changes(then, now))
    if not changes:
        return None
    if _unversioned(then, now) == _unversioned(now, then):
        return Verdict(cell=cell, outcome="other version", reason=f"{changes}; {_remedy(then, now, plan)}")
    if then.get("data") != now["data"]:
        before = str(then.get("data"))[:_HASH_DIGITS]
        return _different(cell, "data", f"hash {before} in run.json, {now['data'][:_HASH_DIGITS]} here")
    return _different(cell, "plan", f"signature: {changes}")


def _unversioned(signature: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return a signature without versions, and without the options of a component of another version."""
    bare = {name: value for name, value in signature.items() if name not in _HOST}
    bare = _of_any_version(bare, other)
    extractor, second = signature.get("extractor"), other.get("extractor")
    if isinstance(extractor, Mapping) and isinstance(second, Mapping):
        bare["extractor"] = _of_any_version(extractor, second)
    return bare


def _of_any_version(fields: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields as they are, or without what a version may change if the other has another one."""
    dropped = () if fields.get("version") == other.get("version") else ("version", "options", "weights")
    return {name: value for name, value in fields.items() if name not in dropped}


def _remedy(then: Mapping[str, Any], now: Mapping[str, Any], plan: Plan) -> str:
    """Return which version to install, as run.json states it."""
    owner = _changed_owner(then, now)
    plugins = plan.provenance.get("plugins")
    version = str(plugins.get(owner, "")) if isinstance(plugins, Mapping) else ""
    if is_file_version(version):
        return f"verify it with --plugin and the {owner}.py whose version is {version}"
    return f"install {owner} {version or 'in the version of the run'} to verify it"


def _changed_owner(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return the distribution that has another version now."""
    if any(then.get(name) != now[name] for name in _HOST):
        return PROJECT
    if then.get("version") != now["version"]:
        return str(now["metric"]).partition(":")[0]
    return str(now["extractor"]["name"]).partition(":")[0]


def _different(cell: Cell, stage: str, reason: str) -> Verdict:
    return Verdict(cell=cell, outcome="different", stage=stage, reason=reason)
