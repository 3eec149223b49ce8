"""Comparison of what run.json says beside its cells with what a run of the same suite would write here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genbench.contract.specs import DatasetSpec, GeneratorSpec
from genbench.core.canonical_json import canonical
from genbench.core.differences import NOT_SET, describe_differences
from genbench.core.names import file_version, join_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench.results.cells import Cell
    from genbench.results.records import Plan
    from genbench.verification.reference import ReferenceSuite

    #: Kind and id of a component, and its number among those of this id, which generators may share.
    NumberedId = tuple[str, str, int]

__all__ = ["find_component_differences", "find_file_differences", "find_plan_differences"]

_FILE_HASH = re.compile(r".*\+([0-9a-f]{64})")  # in the version of a component of a plugin file
_FILE_FIELD = re.compile(r"options\..*\.(sha256|suffix)")
_LIMIT = 300  # characters of a path or a value: a space may have many classes


def find_plan_differences(plan: Plan, here: Mapping[str, Any], reference: ReferenceSuite) -> list[str]:
    """Return how n, seeds, `rank_copies` and plugins in run.json differ from its suite here, a line each.

    here  the provenance that a run of the suite writes on this machine

    run.json must state a version for each plugin. It may differ from the version here, but not from all that
    the cells of the run state. A plugin in run.json that no component has is a difference, unless some
    component cannot be used here: its plugin is then unknown, and may be that one.
    """
    then = plan.provenance
    recorded = then.get("plugins")
    plugins: Mapping[str, Any] = recorded if isinstance(recorded, Mapping) else {}
    # the versions of each plugin that cells state, an empty set if they state none
    stated: dict[str, set[str]] = {name: set() for name in here["plugins"]}
    for name, version in (pair for cell in plan.cells for pair in _read_stated_versions(cell)):
        stated.setdefault(name, set()).add(version)
    # a run of an earlier version states no rule of the overall rank
    names = ("n", "seeds", "rank_copies", *(("ranking",) if "ranking" in then else ()))
    changed = [name for name in names if then.get(name) != here.get(name)]
    lines = [f"{name}: {then.get(name)} in run.json, {here.get(name)} here" for name in changed]
    lines += [f"plugin {name}: no version in run.json" for name in sorted(stated.keys() - plugins.keys())]
    unused = [] if reference.obstacles else sorted(plugins.keys() - stated.keys())
    lines += [f"plugin {name}: in run.json, and of none of its components" for name in unused]
    for name in sorted(stated.keys() & plugins.keys()):
        if stated[name] and plugins[name] not in stated[name]:
            versions = join_names(sorted(stated[name]))
            lines.append(f"plugin {name}: {plugins[name]} in run.json, {versions} in its cells")
    return lines


def _read_stated_versions(cell: Cell) -> Iterator[tuple[str, str]]:
    """Yield (plugin, version) for each version that a cell states.

    A cell states the plugin of its generator with the plugin's version. Its signature has the versions of its
    metric and extractor. The version of a component of a plugin file ends in the hash of the file, and so
    gives the version of the plugin. A component of an installed plugin has a version of its own, which is not
    compared.
    """
    distribution, _, version = cell.plugin.rpartition(" ")
    yield distribution, version
    signature, extractor = cell.signature, cell.signature.get("extractor")
    components = [(signature.get("metric"), signature)]
    components += [(extractor.get("name"), extractor)] if isinstance(extractor, Mapping) else []
    for reference, fields in components:
        match = _FILE_HASH.fullmatch(str(fields.get("version")))
        if match:
            yield str(reference).partition(":")[0], file_version(match[1])


def find_component_differences(plan: Plan, here: Mapping[str, Any], reference: ReferenceSuite) -> list[str]:
    """Return the datasets and generators that run.json describes otherwise than `here`, a line each.

    here  the provenance that a run of the suite writes on this machine

    An option that one side alone has is no difference if the plugin has another version here.
    `find_file_differences` compares the hashes of files.

    Left out are the obstacles of `reference`, components that cannot be used here, and generators that differ
    from a trusted suite's. If a dataset or generator cannot be used here, others may be missing here with it,
    so run.json may then describe more components.
    """
    then, now = _index_components(plan.provenance), _index_components(here)
    kinds = {obstacle.kind for obstacle in reference.obstacles}
    left_out = {(obstacle.kind, obstacle.name) for obstacle in reference.obstacles}
    left_out |= {(GeneratorSpec.kind, name) for name in reference.altered}
    has_all = not kinds & {DatasetSpec.kind, GeneratorSpec.kind}  # whether all components are known here
    lines = []
    for numbered_id in dict.fromkeys([*then, *now]):
        kind, name, _ = numbered_id
        if (kind, name) in left_out or not (has_all or numbered_id in now):
            continue
        component = now.get(numbered_id, {})
        changes = describe_differences(then.get(numbered_id, {}), component)
        is_same_version = _has_same_version(plan, here, component)
        # `describe_differences` gives (before, after) by path, "not set" for a value that one side lacks
        texts = [
            f"{path:.{_LIMIT}} {before:.{_LIMIT}} in run.json, {after:.{_LIMIT}} here"
            for path, (before, after) in changes.items()
            # left out: an option that one side alone has, at another version
            if NOT_SET not in (before, after) or is_same_version or not path.startswith("options")
            # left out: a file that both sides have
            if not (_FILE_FIELD.fullmatch(path) and NOT_SET not in (before, after))
        ]
        if texts:
            lines.append(f"{kind} {name}: {'; '.join(texts)}")
    return lines


def find_file_differences(plan: Plan, here: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return the first difference between the files of each dataset and generator, by its kind and id.

    here  the provenance that a run of the suite writes on this machine

    A file of this machine whose hash run.json lacks differs, too. The files of metrics and extractors are not
    compared here: their hashes are in the signatures of the cells, which are compared elsewhere.
    """
    then = _index_components(plan.provenance)
    texts: dict[tuple[str, str], str] = {}
    for (kind, name, number), component in _index_components(here).items():
        changes = describe_differences(then.get((kind, name, number), {}), component)
        for path, (before, after) in changes.items():
            # such as options.path.sha256, the hash of a file that an option names
            if _FILE_FIELD.fullmatch(path) and path.endswith("sha256") and after != NOT_SET:
                texts.setdefault((kind, name), f"its {kind}'s {path} was {before}, is {after} here")
    return texts


def _index_components(provenance: Mapping[str, Any]) -> dict[NumberedId, Mapping[str, Any]]:
    """Return the entry of each dataset and generator in a provenance, by (kind, id, number).

    The number counts from 0 the generators of different datasets that share an id. They are sorted first, so
    that an equal generator has the same number in another provenance.
    """
    generators = sorted(provenance.get("generators", ()), key=canonical)
    pairs = [(DatasetSpec.kind, *pair) for pair in provenance.get("datasets", {}).items()]
    pairs += [(GeneratorSpec.kind, entry["name"], entry) for entry in generators]
    components: dict[NumberedId, Mapping[str, Any]] = {}
    for kind, name, entry in pairs:
        number = sum((kind, name) == earlier[:2] for earlier in components)  # of earlier ones with this id
        components[kind, name, number] = entry
    return components


def _has_same_version(plan: Plan, here: Mapping[str, Any], component: Mapping[str, Any]) -> bool:
    """Return whether a run had the version of a component's plugin that is installed here.

    The run states the version among its plugins, or in the cells of its generators.

    here       the provenance that a run of the suite writes on this machine
    component  the entry of the component in `here`; its field "component" is "PLUGIN:NAME"
    """
    name = str(component.get("component")).partition(":")[0]
    version, plugins = here["plugins"].get(name), plan.provenance.get("plugins", {})
    is_recorded = isinstance(plugins, Mapping) and plugins.get(name) == version
    return is_recorded or f"{name} {version}" in {cell.plugin for cell in plan.cells}
