"""Verdicts of verification: records compared with recomputed ones, stage by stage."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.contract.specs import GeneratorSpec
from genbench.core.differences import find_differences
from genbench.core.names import join_names
from genbench.runs.prepare import FINAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.results.cells import Cell
    from genbench.results.records import Record

__all__ = [
    "NEVER_CHECKED", "NO_RECORD", "OUTCOMES", "STAGES", "Change", "Verdict", "judge",
    "list_environment_changes", "make_unverifiable",
]  # fmt: skip

#: The outcomes of verifying a record, from best to worst. "other version" is for a cell whose plan differs
#: here since versions changed: `verification.plans` returns it, not `judge`.
OUTCOMES = ("reproduced", "within tolerance", "different", "other version", "unverifiable")

#: The stages of a score, in their order: the plan of its cell, what is computed, and the notices meanwhile.
STAGES = ("plan", "data", "fit", "samples", "features", "score", "notices")

#: What a run says of itself and no computation elsewhere can show.
NEVER_CHECKED = ("seconds", "hardware")

#: The reason of the verdict on a cell whose record is missing.
NO_RECORD = "no record"

#: Tolerance of a score, relative: rounding differences between kinds of machines.
_TOLERANCE = 1e-5

#: Absolute tolerance of a score near zero; if smaller, this share of the largest value of the metric, but not
#: less than what rounding does.
_NEAR_ZERO, _SHARE_NEAR_ZERO, _LEAST_NEAR_ZERO = 1e-5, 1e-4, 1e-9

#: Tolerance of the extra numbers beside a score, which have no rank: a spread may be the difference of nearly
#: equal sums.
_EXTRA_TOLERANCE = 1e-3

#: Statuses of failures that depend on the machine; their reasons may differ in numbers, and this extra.
_MACHINE_FAILURES = ("crash", "timeout", "memory")

#: What of the machine is in the keys of records, as are the versions of libraries.
_MACHINE_IN_KEYS = ("threads", "device")
_MEASURED = "peak_bytes"

#: The extra of a score that says what to beware of; code of an earlier version may have none.
_WARNING = "warning"

_HASH_DIGITS = 8  # of a hash in a message
_NO_FIT = "the fit of the extractor, which the records do not name"
_OTHER_FIT = "the fit of the extractor: here it is another one, as on other machines"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A library or a machine property that changed; `str` gives "numpy was 2.4.5, is 2.4.6".

    before, now  JSON-like values: None if not recorded, "" for a library that is not installed
    is_in_keys   whether the keys of records contain it, so that they are others without a change of code
    """

    name: str
    before: Any
    now: Any
    is_in_keys: bool = True

    def __str__(self) -> str:
        return f"{self.name} was {_version_text(self.before)}, is {_version_text(self.now)}"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The result of verifying one record.

    outcome      one of OUTCOMES
    stage        the first of STAGES that differs, "" unless the outcome is "different"
    reason       the difference, or why the record is unverifiable; "" if it was reproduced
    code         changes of the plugin's version and of the code: "plugin was a 1, is a 2"
    environment  changes of libraries and machine
    unchecked    notices of the record that only a rerun of its trial could compare
    unknown_fit  why the fit of the extractor in the record could not be compared, or ""
    recomputed   the recomputed record, if there is one
    """

    cell: Cell
    outcome: str
    stage: str = ""
    reason: str = ""
    code: tuple[str, ...] = ()
    environment: tuple[Change, ...] = ()
    unchecked: tuple[str, ...] = ()
    unknown_fit: str = ""
    recomputed: Record | None = None


def make_unverifiable(cell: Cell, reason: str) -> Verdict:
    """Return the verdict on a record that cannot be verified."""
    return Verdict(cell=cell, outcome="unverifiable", reason=reason)


def judge(record: Record, recomputed: Record, *, is_rerun: bool = True, largest: float = math.inf) -> Verdict:
    """Return the verdict on a record, compared with its recomputation.

    is_rerun  whether the recomputation drew the samples; else it has no notices of the generator
    largest   the largest absolute value that the run has of the metric on this dataset

    Their cells are equal, except in key and in the version of the plugin.
    """
    environment = list_environment_changes(record.environment, recomputed.environment)
    code = _list_code_changes(record.cell, recomputed.cell, environment)
    # the absolute tolerance, less for a metric of small values: else forged values would be within it
    near = min(_NEAR_ZERO, max(_LEAST_NEAR_ZERO, _SHARE_NEAR_ZERO * largest))
    outcome, stage, reason = _compare(record, recomputed, near, is_rerun=is_rerun)
    unknown_fit = _describe_unknown_fit(record, recomputed)
    # with the same code, libraries and machine, the fit must be equal, even if the number is confirmed
    is_confirmed = outcome in ("reproduced", "within tolerance")
    if unknown_fit == _OTHER_FIT and is_confirmed and not (environment or code):
        outcome, stage, reason = "different", "features", "the extractor has another fit in the record"
    # notices of a generator come from its draws, which only a rerun repeats
    generator_notices = tuple(str(notice) for notice in record.notices if notice.kind == GeneratorSpec.kind)
    return Verdict(
        cell=record.cell, outcome=outcome, stage=stage, reason=reason, code=code, environment=environment,
        unchecked=() if is_rerun else generator_notices, unknown_fit=unknown_fit, recomputed=recomputed,
    )  # fmt: skip


def _list_code_changes(then: Cell, here: Cell, environment: Sequence[Change]) -> tuple[str, ...]:
    """Return the change of code between a cell in a record and the same cell here, in words, or ().

    environment  the changes of libraries and machine, which may explain another key: a key is the hash of all
                 that decides a record
    """
    if then.plugin != here.plugin:
        return (f"plugin was {then.plugin}, is {here.plugin}",)
    is_explained = any(change.is_in_keys for change in environment)
    return () if then.key == here.key or is_explained else ("the code of the components changed",)


def _describe_unknown_fit(record: Record, recomputed: Record) -> str:
    """Return why the record does not confirm the fit of the extractor here, or "" if it does.

    It is "" also for a metric without a fitted extractor, which has no fit to confirm.
    """
    if not recomputed.extractor_fit or record.extractor_fit == recomputed.extractor_fit:
        return ""
    return _OTHER_FIT if record.extractor_fit else _NO_FIT


def list_environment_changes(then: Mapping[str, Any], here: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the libraries and machine properties that changed, sorted by name; () if one side has none.

    then, here  the `environment` of two records: tables `libraries` and `machine`

    `is_in_keys` of a change: whether the keys of records contain the library or property.
    """
    libraries = {*then.get("libraries", {}), *here.get("libraries", {})}
    before = {**then.get("libraries", {}), **then.get("machine", {})}
    now = {**here.get("libraries", {}), **here.get("machine", {})}
    if not before or not now:
        return ()
    # the CPU's instructions: only a process with torch records them, so they count if both sides have them
    torch_only = {"instructions"} - (before.keys() & now.keys())
    return tuple(
        Change(
            name=name,
            before=before.get(name),
            now=now.get(name),
            is_in_keys=name in libraries or name in _MACHINE_IN_KEYS,
        )
        for name in sorted((before | now).keys() - torch_only)
        if before.get(name) != now.get(name)
    )


def _drop_new_warning(record: Record, recomputed: Record) -> Record:
    """Return the recomputation without a `warning` that the record lacks, if other code computed the record.

    The keys of their cells then differ. Later code may warn of more, which is no difference of the number.
    """
    if _WARNING in record.extra or record.cell.key == recomputed.cell.key:
        return recomputed
    extra = {name: value for name, value in recomputed.extra.items() if name != _WARNING}
    return replace(recomputed, extra=extra)


def _compare(record: Record, recomputed: Record, near: float, *, is_rerun: bool) -> tuple[str, str, str]:
    """Return (outcome, stage, reason) of the verdict on a record, as in `Verdict`.

    Samples are compared first, then the outcomes, the numbers and the notices: the first difference decides.

    near      absolute tolerance of the numbers of the score
    is_rerun  whether the recomputation drew the samples; else it has no notices of the generator
    """
    status, why = recomputed.status, recomputed.reason
    # "ok", "skipped" (both in FINAL) and "invalid" are results of the component. Another status, such as
    # "crash", may be due to this machine, and so may a provisional skip: a library is missing here.
    is_inconclusive = status not in (*FINAL, "invalid") or recomputed.provisional
    if is_inconclusive and not _is_same_outcome(record, recomputed):
        return "unverifiable", "", f"{status} here: {why}"
    # Another hash of the samples is a difference. Another hash of the fit or of the features is none, since
    # rounding changes it: it only tells the stage in which a difference of the numbers begins.
    unequal = {name: pair for name, pair in _pair_hashes(record, recomputed).items() if pair[0] != pair[1]}
    stage = next(iter(unequal), "score")  # the earliest stage that differs
    if "samples" in unequal:
        return "different", stage, _describe_hashes(unequal[stage], recomputed)
    difference = _difference(record, recomputed, stage)
    if difference is not None:
        return "different", *difference
    changes = _list_number_changes(record, _drop_new_warning(record, recomputed), near)
    far = [text for text, is_near in changes.items() if not is_near]
    if far:
        return "different", stage, far[0]
    notices = _describe_notice_difference(record, recomputed, is_rerun=is_rerun)
    if notices:
        return "different", "notices", notices
    return ("within tolerance", "", next(iter(changes))) if changes else ("reproduced", "", "")


def _is_same_outcome(record: Record, recomputed: Record) -> bool:
    """Return whether both records have a number, or both lack it with the same status and reason.

    For a failure that depends on the machine, such as a timeout, the status suffices: its reason may contain
    other numbers, such as seconds.
    """
    if record.status != recomputed.status:
        return False
    return record.status in _MACHINE_FAILURES or record.reason == recomputed.reason


def _difference(record: Record, recomputed: Record, stage: str) -> tuple[str, str] | None:
    """Return (stage, reason) of the first difference in sketches, copies, counts or outcomes, or None.

    stage  the stage to return if the outcomes differ, such as "ok" and "error"

    Valid samples are those with features. A record of a failure may lack their counts, since the failure may
    have come first. So these are compared only if the outcomes agree, or the record is ok or skipped (FINAL).
    """
    is_same = _is_same_outcome(record, recomputed)
    if record.sketch and recomputed.sketch and record.sketch != recomputed.sketch:
        return "samples", "the sketch in the record is not that of the samples here"
    if record.copies and recomputed.copies and record.copies != recomputed.copies:
        return "samples", "the copies that the record counts are not those of the samples here"
    then, now = _describe_counts(record), _describe_counts(recomputed)
    if (is_same or record.status in FINAL) and then != now:
        return "features", f"{then} in the record, {now} here"
    if is_same:
        return None
    if record.status not in FINAL and recomputed.status == "ok":
        # a failure that has a number here differs in the score, even if the hash of the fit differs, too
        return "score", f"{_outcome_text(record)} in the record, a number here"
    return stage, f"{_outcome_text(record)} in the record, {_outcome_text(recomputed)} here"


def _describe_notice_difference(record: Record, recomputed: Record, *, is_rerun: bool) -> str:
    """Return the notices, remarks on side effects of components, that only one record has, or "".

    is_rerun  whether the generator drew the samples again; if not, it gave no notices here, and those in the
              record are left out
    """
    then, now = (
        {notice for notice in notices if is_rerun or notice.kind != GeneratorSpec.kind}
        for notices in (record.notices, recomputed.notices)
    )
    if then == now:
        return ""
    where, notices = ("in the record alone", then - now) if then - now else ("here alone", now - then)
    return f"{where}: {join_names(sorted(map(str, notices)))}"


def _pair_hashes(record: Record, recomputed: Record) -> dict[str, tuple[str, str]]:
    """Return (recorded hash, recomputed hash) of the stages fit, samples and features, by stage, in order.

    A stage is left out if one of its hashes is "", which means unknown. If the record must have samples, the
    stage "samples" stays: then a missing hash is a difference.
    """
    pairs = {
        "fit": (record.fit, recomputed.fit),
        "samples": (record.samples, recomputed.samples),
        "features": (record.features, recomputed.features),
    }
    # An ok record always has samples; another one may have ended before sampling, and a process that died
    # does not report any.
    has_samples = record.status == "ok" or (bool(record.samples) and record.status not in _MACHINE_FAILURES)
    return {stage: pair for stage, pair in pairs.items() if all(pair) or (stage == "samples" and has_samples)}


def _describe_hashes(pair: tuple[str, str], recomputed: Record) -> str:
    """Return the difference of a recorded hash and a recomputed one in words.

    recomputed  the record with the second, whose reason may explain it
    """
    then, now = (value[:_HASH_DIGITS] or "none" for value in pair)
    why = f" ({recomputed.reason})" if recomputed.reason else ""
    return f"hash {then} in the record, {now} here{why}"


def _outcome_text(record: Record) -> str:
    """Return the number of a record, or its status and reason."""
    return str(record.value) if record.status == "ok" else f"{record.status} ({record.reason})"


def _describe_counts(record: Record) -> str:
    """Return how many samples of each side have features, and how many drawn ones are valid, in words."""
    counts = ", ".join(f"{count} samples of {side}" for side, count in sorted(record.valid.items()))
    drawn = f", {record.valid_drawn} of {record.drawn} drawn samples valid" if record.drawn else ""
    return f"{counts or 'all samples'} with features{drawn}"


def _list_number_changes(record: Record, recomputed: Record, near: float) -> dict[str, bool]:
    """Return each difference of value, low, high and extra in words, with whether rounding explains it.

    near  absolute tolerance of value, low and high; that of the extra is fixed
    """
    names = ("value", "low", "high")
    then, now = (
        {name: getattr(either, name) for name in names} | {"extra": _select_extra(record, either)}
        for either in (record, recomputed)
    )
    texts = {}
    changes = find_differences(then, now)  # path: (in the record, here); None where one side lacks the value
    # `_compare` reports the first: the score comes before the extra, and a value that the record lacks last.
    for path in sorted(changes, key=lambda path: (path not in names, changes[path][0] is None)):
        before, after = changes[path]
        tolerance = (_TOLERANCE, near) if path in names else (_EXTRA_TOLERANCE, _EXTRA_TOLERANCE)
        text = f"{path.replace('extra.', 'extra ', 1)} {before} in the record, {after} here"
        texts[text] = _is_near(before, after, *tolerance)
    return texts


def _select_extra(record: Record, either: Record) -> dict[str, Any]:
    """Return the extra numbers of `either` to compare: all, or all but the peak memory if the process died.

    The peak memory of a process that died depends on the machine.

    record  the recorded one, whose status tells whether its process died
    either  this record or its recomputation
    """
    dropped = {_MEASURED} if record.status in _MACHINE_FAILURES else set()
    return {name: value for name, value in either.extra.items() if name not in dropped}


def _is_near(first: Any, second: Any, tolerance: float, near: float) -> bool:
    """Return whether two JSON values are equal, or are numbers or lists of numbers that rounding explains.

    tolerance, near  relative and absolute tolerance; one of them suffices
    """
    if isinstance(first, list) and isinstance(second, list):
        pairs = zip(first, second, strict=False)
        return len(first) == len(second) and all(_is_near(*pair, tolerance, near) for pair in pairs)
    if isinstance(first, (int, float)) and isinstance(second, (int, float)):
        return math.isclose(first, second, rel_tol=tolerance, abs_tol=near)
    return bool(first == second)


def _version_text(value: Any) -> str:
    """Return a version in words: None means that it is not recorded, "" that the library is not installed."""
    return "not recorded" if value is None else str(value) or "not installed"
