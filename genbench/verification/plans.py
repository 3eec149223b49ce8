"""Comparison of the cells that a run's plan lists with the cells that its suite plans."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genbench.board.comparability import signature_changes
from genbench.contract.hookspecs import PROJECT
from genbench.contract.specs import PARTICIPANTS, DatasetSpec, GeneratorSpec, MetricSpec
from genbench.core.differences import find_differences, join_path
from genbench.core.names import is_plugin_file_version, join_names
from genbench.verification.verdicts import Verdict, make_unverifiable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.results.cells import Cell
    from genbench.results.records import Plan
    from genbench.verification.reference import ReferenceSuite

__all__ = ["plan_verdicts"]

_HASH_DIGITS = 8  # of a hash in a message

# A file in a list among the options of a signature.
_FILE_OF_LIST = re.compile(r"options\.([^.\[]+)\[(\d+)\]\.sha256")

# Fields of a signature that only a release of genbench changes.
_HOST_FIELDS = ("genbench", "seeds")

# Fields of a component in a signature that another version of it may change.
_VERSION_FIELDS = ("version", "options", "weights")


def plan_verdicts(
    plan: Plan, expected: Iterable[Cell], reference: ReferenceSuite, files: Mapping[tuple[str, str], str]
) -> list[Verdict]:
    """Return a verdict on each cell that a run's plan lacks, has in excess, or describes differently.

    expected   the cells that the suite plans here
    reference  the suite, and which of its components cannot be used here
    files      how the files of a component differ from those that the run recorded, by (kind, id)

    Keys and versions of plugins are not compared: both differ if the code is another version.
    """
    in_suite = {cell.position: cell for cell in expected}
    in_run = {cell.position: cell for cell in plan.cells}
    missing = [cell for position, cell in in_suite.items() if position not in in_run]
    unexpected = [cell for position, cell in in_run.items() if position not in in_suite]
    shared = [(cell, in_suite[position]) for position, cell in in_run.items() if position in in_suite]
    verdicts = [_judge_files(cell, files, _judge_cell(cell, here, plan, reference)) for cell, here in shared]
    return [
        *(_make_difference(cell, "plan", f"in {reference.label} and not in run.json") for cell in missing),
        *(_judge_unexpected(cell, reference) for cell in unexpected),
        *(verdict for verdict in verdicts if verdict is not None),  # None: the cell is as planned
    ]


def _judge_unexpected(cell: Cell, reference: ReferenceSuite) -> Verdict:
    """Return the verdict on a cell of run.json that the suite does not plan here.

    It is "unverifiable" if it may belong to an entry of the suite that cannot be used here, else "different".
    The outputs of a metric that cannot be used are unknown, so any such metric may have planned the cell.
    """
    obstacles = reference.obstacles  # the entries that cannot be used here, each with the reason
    causes = [obstacle for obstacle in obstacles if obstacle.concerns(cell)]
    causes += [obstacle for obstacle in obstacles if obstacle.kind == MetricSpec.kind]
    if causes:
        return make_unverifiable(cell, causes[0].reason)
    return _make_difference(cell, "plan", f"in run.json and not in {reference.label}")


def _judge_cell(cell: Cell, wanted: Cell, plan: Plan, reference: ReferenceSuite) -> Verdict | None:
    """Return the verdict on a cell that differs from the planned one, `wanted`; None if they are equal.

    A comparison, which is over all generators, is unverifiable if one of these cannot be used here.
    """
    absent = [obstacle for obstacle in reference.obstacles if obstacle.kind == GeneratorSpec.kind]
    if cell.seed is None and absent:  # a comparison
        return make_unverifiable(cell, f"it compares all generators, and {absent[0].reason}")
    expected = _list_board_facts(wanted)
    for name, stated in _list_board_facts(cell).items():
        if stated != expected[name]:
            texts = f"{stated} in run.json, {expected[name]} in {reference.label}"
            return _make_difference(cell, "plan", f"{name} is {texts}")
    # the reader of the results has a suite that he trusts, and run.json has other options of this generator
    if cell.generator in reference.altered:
        return _make_difference(cell, "plan", f"{reference.altered[cell.generator]} in {reference.label}")
    verdict = _judge_signatures(cell, wanted, plan)
    changed = _name_changed_files(cell, wanted, reference)
    return replace(verdict, reason=f"{changed}: {verdict.reason}") if verdict and changed else verdict


def _list_board_facts(cell: Cell) -> dict[str, Any]:
    """Return by name the facts of a cell that a board shows beside its number, or needs to rank it."""
    owner = cell.plugin.rpartition(" ")[0]  # without the version, in which a verified cell may differ
    return {"n": cell.n, "control": cell.control, **vars(cell.facts), "plugin": owner}


def _name_changed_files(cell: Cell, wanted: Cell, reference: ReferenceSuite) -> str:
    """Return "a.json changed", or "" if the files that a metric's options list have equal contents here.

    Signatures have only hashes of files, so their names come from the suite's entry for the metric.
    """
    changed = find_differences(dict(cell.signature), dict(wanted.signature))
    both = [path for path, values in changed.items() if None not in values]  # in both signatures
    matches = [match for path in both if (match := _FILE_OF_LIST.fullmatch(path))]
    if not matches:
        return ""
    changed_items = [(match[1], int(match[2])) for match in matches]  # (option, position in its list)
    entries = [entry for entry in reference.order.own_suite.metrics if entry.board_id == cell.metric]
    files = [
        str(entry.options[option][position])
        for entry in entries
        for option, position in changed_items
        if option in entry.options  # else the list comes from a default or a protocol
    ]
    return f"{join_names(files, most=8)} changed" if files else ""


def _judge_files(cell: Cell, files: Mapping[tuple[str, str], str], verdict: Verdict | None) -> Verdict | None:
    """Return "different" for a cell whose generator or dataset has other files here, else `verdict`.

    files    how the files of a component differ from those that the run recorded, by (kind, id)
    verdict  the result of earlier checks, None if the cell passed them; "different" is kept with its reason
    """
    ids = ((GeneratorSpec.kind, cell.generator), (DatasetSpec.kind, cell.dataset))
    differences = [files[component] for component in ids if component in files]
    is_different = verdict is not None and verdict.outcome == "different"
    return _make_difference(cell, "plan", differences[0]) if differences and not is_different else verdict


def _judge_signatures(cell: Cell, wanted: Cell, plan: Plan) -> Verdict | None:
    """Return the verdict on a cell whose signature differs from the planned one, None if they are equal.

    It is "other version" if all differences are versions, or fields that the changed versions may change;
    else "different": at the stage "data" if the data have another hash, else at "plan".
    """
    then, now = cell.signature, wanted.signature  # in run.json, where a field may be missing; planned here
    paths = find_differences(dict(then), dict(now))  # of the fields that differ
    if not paths:
        return None
    # the distributions that have another version here: by field for genbench, and for each component by the
    # prefix of its fields, such as "extractor."
    owners = {name: PROJECT for name in _HOST_FIELDS if name in paths}
    owners |= {prefix: owner for prefix, owner in _find_owners(now).items() if f"{prefix}version" in paths}
    changes = ", ".join(signature_changes(then, now))
    # if another version explains every difference
    if all(path in owners or any(_may_change(path, prefix) for prefix in owners) for path in paths):
        remedy = _describe_remedy(next(iter(owners.values())), plan)
        return Verdict(cell=cell, outcome="other version", reason=f"{changes}; {remedy}")
    if then.get("data") != now["data"]:
        before = str(then.get("data"))[:_HASH_DIGITS]
        return _make_difference(cell, "data", f"hash {before} in run.json, {now['data'][:_HASH_DIGITS]} here")
    return _make_difference(cell, "plan", f"signature: {changes}")


def _find_owners(signature: Mapping[str, Any]) -> dict[str, str]:
    """Return the distribution of each component in a signature, by the prefix of its fields' paths.

    The prefix of the metric is "", that of its extractor "extractor.", and that of each generator that a
    comparison compares "participants.ID.".
    """
    names = {"": signature["metric"]}
    for name, fields in signature.get(PARTICIPANTS, {}).items():
        names[f"{join_path(PARTICIPANTS, name)}."] = fields["generator"]
    if signature.get("extractor") is not None:
        names["extractor."] = signature["extractor"]["name"]
    return {prefix: name.partition(":")[0] for prefix, name in names.items()}  # name: "distribution:vae"


def _may_change(path: str, prefix: str) -> bool:
    """Return whether another version of a component may change the field of a signature at a path.

    prefix  begins the paths of the component's fields: "" for the metric, "extractor." for its extractor
    """
    return path.startswith(prefix) and path[len(prefix) :].partition(".")[0] in _VERSION_FIELDS


def _describe_remedy(owner: str, plan: Plan) -> str:
    """Return what to do to verify a cell: install the version of a distribution that run.json states.

    owner  the distribution, or the name of a plugin file
    """
    plugins = plan.provenance.get("plugins")  # from run.json, so of any type
    version = str(plugins.get(owner, "")) if isinstance(plugins, Mapping) else ""
    if is_plugin_file_version(version):  # a plugin file is not installed; its version is a hash of its code
        return f"verify it with --plugin and the {owner}.py whose version is {version}"
    return f"install {owner} {version or 'in the version of the run'} to verify it"


def _make_difference(cell: Cell, stage: str, reason: str) -> Verdict:
    """Return the verdict "different" on a cell at a stage, such as "plan" or "data"."""
    return Verdict(cell=cell, outcome="different", stage=stage, reason=reason)
