"""Comparison of the datasets and generators that run.json describes with those of the suite here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genbench.board.findings import listed
from genbench.contract.specs import DatasetSpec, GeneratorSpec
from genbench.core.canonical_json import canonical
from genbench.files.secrets import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.results.records import Plan
    from genbench.suite.components import Part, Resolved
    from genbench.trial.datasets import Prepared
    from genbench.verification.reference import ReferenceSuite

__all__ = ["component_differences", "data_differences"]

_HASH_DIGITS = 8
_MOST_CHARACTERS = 300  # a space may have many classes
_NONE = "none"


def data_differences(plan: Plan, datasets: Iterable[Prepared], reference: ReferenceSuite) -> list[str]:
    """Return what run.json notes of the plan's datasets, for boards, and is not so here, a line each.

    Boards find these notes by the hash of the data, so another hash would hide them.
    """
    noted: Mapping[str, Mapping[str, Any]] = plan.provenance.get("datasets", {})
    here: Mapping[str, Mapping[str, Any]] = {
        each.part.name: {
            "hash": each.hash,
            "space": redacted(each.space.to_json()),
            "sizes": each.sizes,
            "shared_splits": each.shared_splits,
            "different": each.different,
        }
        for each in datasets
    }
    unknown = {each.name for each in reference.obstacles if each.kind == DatasetSpec.kind}
    names = sorted(({cell.dataset for cell in plan.cells} | noted.keys()) - unknown)
    hashes = [(name, *(_hash(side.get(name, {})) for side in (noted, here))) for name in names]
    return [
        f"hash of {name}: {then[:_HASH_DIGITS]} in run.json, {now[:_HASH_DIGITS]} here"
        for name, then, now in hashes
        if then != now
    ] + [
        f"{what}: {then:.{_MOST_CHARACTERS}} in run.json, {now:.{_MOST_CHARACTERS}} here"
        for name in names
        for what, show in (
            (f"space of {name}", _space),
            (f"sizes of {name}", _sizes),
            (f"splits of {name} that share samples", _pairs),
            (f"different samples of {name}, if few", _different_samples),
        )
        if (then := show(noted.get(name, {}))) != (now := show(here.get(name, {})))
    ]


def component_differences(plan: Plan, resolved: Resolved, reference: ReferenceSuite) -> list[str]:
    """Return the datasets and generators that run.json describes otherwise than they are, a line each.

    Each must have one entry there, with its component and options. An option that one side alone has is no
    difference if the plugin has another version here. Files have hashes of their own, and generators that
    differ from a trusted suite's are left out. If a dataset or generator cannot be used here, others may be
    left out with it, so that entries may be more than what is compared with them.
    """
    noted = {
        DatasetSpec.kind: list(plan.provenance.get("datasets", {}).items()),
        GeneratorSpec.kind: [(each["name"], each) for each in plan.provenance.get("generators", ())],
    }
    here = {DatasetSpec.kind: resolved.datasets, GeneratorSpec.kind: resolved.generators}
    unknown = {(each.kind, each.name) for each in reference.obstacles}
    unknown |= {(GeneratorSpec.kind, name) for name in reference.altered}
    is_whole = not any(each.kind in here for each in reference.obstacles)
    lines = []
    for kind, entries in noted.items():
        for name in dict.fromkeys([*(name for name, _ in entries), *(part.name for part in here[kind])]):
            own = [part for part in here[kind] if part.name == name]
            lost, new = _unmatched([entry for each, entry in entries if each == name], own, plan)
            if (kind, name) not in unknown and (new or (lost and is_whole)):
                now = [_described(_entry(part)) for part in new]
                then = [_described(entry) for entry in lost]
                lines.append(f"{kind} {name}: {_all(then)} in run.json, {_all(now)} here")
    return lines


def _unmatched(
    entries: Iterable[Mapping[str, Any]], parts: Iterable[Part[Any]], plan: Plan
) -> tuple[list[Mapping[str, Any]], list[Part[Any]]]:
    """Return the entries that describe no component, and the components that no entry describes."""
    lost, new = [], list(parts)
    for entry in entries:
        index = next((i for i, part in enumerate(new) if _is_described_by(part, entry, plan)), None)
        if index is None:
            lost.append(entry)
        else:
            del new[index]
    return lost, new


def _is_described_by(part: Part[Any], entry: Mapping[str, Any], plan: Plan) -> bool:
    options, here = entry.get("options", {}), part.canonical
    if entry.get("component") != part.component.reference:
        return False
    if options.keys() != here.keys() and _has_version_of(plan, part):
        return False
    return all(
        options[name] == here[name] for name in options.keys() & here.keys() if not _is_file(here[name])
    )


def _has_version_of(plan: Plan, part: Part[Any]) -> bool:
    """Return whether a run says that it had the same version of a component's plugin."""
    owner = part.component.owner
    plugins = plan.provenance.get("plugins", {})
    if isinstance(plugins, Mapping) and plugins.get(owner.distribution) == owner.version:
        return True
    return f"{owner.distribution} {owner.version}" in {cell.plugin for cell in plan.cells}


def _is_file(value: Any) -> bool:
    return isinstance(value, Mapping) and "sha256" in value


def _entry(part: Part[Any]) -> dict[str, Any]:
    return {"component": part.component.reference, "options": dict(part.canonical)}


def _described(entry: Mapping[str, Any]) -> str:
    """Return a component with its options, of files without their hashes."""
    options = [f"{name}={value!r:.40}" for name, value in entry.get("options", {}).items()]
    return " ".join([str(entry.get("component") or "no component"), *options])


def _all(texts: Sequence[str]) -> str:
    return listed(texts) if texts else _NONE


def _hash(data: Mapping[str, Any]) -> str:
    return str(data.get("hash") or _NONE)


def _space(data: Mapping[str, Any]) -> str:
    return canonical(data["space"]) if data.get("space") else _NONE


def _sizes(data: Mapping[str, Any]) -> str:
    sizes = data.get("sizes", {})
    return ", ".join(f"{split} {sizes[split]!r:.80}" for split in sorted(sizes)) or _NONE


def _different_samples(data: Mapping[str, Any]) -> str:
    return str(data.get("different") or _NONE)


def _pairs(data: Mapping[str, Any]) -> str:
    return ", ".join(" and ".join(pair) for pair in data.get("shared_splits", ())) or _NONE
