"""Measurements: one number of a metric on a pair, with all that decides it and its cautions."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from genbench.board.numbers import arrow, format_number
from genbench.board.warnings import warn_of_classes, warn_of_metric, warn_of_shared_sides, warn_of_sizes
from genbench.core.errors import DataError, Invalid, Undefined
from genbench.core.escaping import one_line
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names
from genbench.results.cells import short_signature
from genbench.results.copies import describe_count, describe_repeats
from genbench.results.extras import LABELLED
from genbench.scoring.yardstick import Yardstick, measure_yardsticks
from genbench.store.keys import signature
from genbench.trial.calling import make_log, no_log
from genbench.trial.computation import compute
from genbench.trial.failures import BlameError, read_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from genbench.core.extracted import ValidCount
    from genbench.core.scores import Score
    from genbench.scoring.pair import Pair
    from genbench.suite.components import Group

__all__ = ["Measurement", "Measurements", "measure_group"]

_LONGEST_TEXT = 40  # characters of a sample in a line


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One number of one metric.

    direction   "lower" or "higher" is better, "target": nearest to `best` is better, or "none"
    low, high   the metric's own interval, or None
    spread      standard deviation over the metric's own repetitions (subsets, splits), or None; no interval
    n, n_real   number of fakes and of real samples; n_real is None if only statistics are given that do not
                say theirs
    seed        seed of metrics that draw random numbers; the others do not depend on it
    status      "ok", or the kind of failure; `reason` explains it
    signature   8 hex digits: the hash of `decided_by`, all settings that decide the number
    extra       further results of the metric
    valid       by side, how many samples have features, where the extractor found none in some
    cautions    what makes the number say less than it seems to, one line each
    yardstick   what real samples score in place of the fakes, or None; `yardstick_reason` says why there is
                none, "" where it was not asked for or the number itself is missing
    """

    metric: str
    direction: str
    best: float | None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    n: int
    n_real: int | None
    status: str
    reason: str
    seed: int
    signature: str
    decided_by: Mapping[str, Any] = field(repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict)
    valid: Mapping[str, ValidCount] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    yardstick: Yardstick | None = None
    yardstick_reason: str = ""

    def __float__(self) -> float:
        """Return the value; raise DataError, with the reason, if there is none."""
        if self.value is None:
            raise DataError(f"{self.metric} has no value: {self.status}: {self.reason}")
        return self.value

    def _repr_html_(self) -> str:
        """Return the number and what decides it as an HTML table, which notebooks show; texts are escaped."""
        return _write_html([self.describe()])

    def describe(self) -> dict[str, str]:
        """Return the number and what decides it as texts, by the head of their column; "" if none."""
        value_text = self.status if self.value is None else format_number(self.value)
        low, high = ("" if end is None else format_number(end) for end in (self.low, self.high))
        interval = f"{low} to {high}" if low and high else ""
        return {
            "metric": self.metric + arrow(self.direction, self.best),
            "value": value_text,
            "interval": interval,
            "n": str(self.n),
            "real": "" if self.n_real is None else str(self.n_real),
            "signature": self.signature,
            "yardstick": "" if self.yardstick is None else str(self.yardstick),
            "notes": "; ".join(filter(None, (self.reason, *self.cautions))),
        }


class Measurements(dict[str, Measurement]):
    """The measurements of one call of `score`, by metric id: a dict that prints as a table."""

    def floats(self) -> dict[str, float]:
        """Return the value of each metric that has one, by its id, as loggers of experiments take them."""
        return {name: one.value for name, one in self.items() if one.value is not None}

    def __repr__(self) -> str:
        """Return a line for each metric: value, interval and yardstick or, without a value, the reason.

        Cautions follow, each once, with the metrics that it concerns unless it concerns all.
        """
        rows = []
        for one in self.values():
            cells = one.describe()
            name, value, interval = cells["metric"], cells["value"], cells["interval"]
            rows.append((name, value, interval, one_line(one.reason) or cells["yardstick"]))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        names = group_pairs((text, one.metric) for one in self.values() for text in one.cautions)
        cautions = (
            f"warning: {'' if len(ids) == len(self) else f'{join_names(ids)}: '}{one_line(text)}"
            for text, ids in names.items()
        )
        return "\n".join([*lines, *cautions]) or "no measurements"

    def _repr_html_(self) -> str:
        """Return all numbers and what decides them as one HTML table, which notebooks show."""
        return _write_html([one.describe() for one in self.values()])


def _write_html(rows: Sequence[Mapping[str, str]]) -> str:
    """Return an HTML table of rows with the same columns, without empty columns; texts are escaped."""
    columns = [name for name in (rows[0] if rows else ()) if any(row[name] for row in rows)]
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(one_line(row[name]))}</td>' for name in columns)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def measure_group(
    group: Group, pair: Pair, seed: int = 0, report: Callable[..., None] | None = None, *,
    yardstick: bool = False,
) -> dict[str, Measurement]:  # fmt: skip
    """Return the measurements of one metric on a pair, by the id of each of its numbers.

    group   the metric with its extractor, and its outputs as (id, output)
    pair    the fakes and the real samples of the call
    seed    of metrics that draw random numbers
    report  receives the stages and their steps; None: nothing does
    yardstick  whether to score real samples in place of the fakes, too

    If the metric fails or has no value, each measurement has its status and reason instead of a value.
    """
    log = no_log if report is None else make_log(report)
    if report is not None:
        report(stage=group.outputs[0][0])  # the id of the first number names the stage
    scores: dict[str, Score] = {}
    valid: dict[str, ValidCount] = {}
    pair.metric_notices.clear()  # it still has the notices of the metric before
    status, reason = "ok", ""
    # outside of `try`: errors of `real` itself, such as statistics of another extractor, end the call
    data_sha = pair.hash_reference_data(group)
    moments, statistics = pair.moments(group), pair.find_statistics(group)
    try:
        pair.check_fit(group)
        scores = compute(group, pair, data_hash=data_sha, seed=seed, device=pair.settings.device, valid=valid,
                         moments=moments, note=pair.metric_notices.note, log=log)  # fmt: skip
    except (BlameError, Undefined, Invalid) as failure:
        status, reason = read_outcome(failure)
    measurements = {}
    fake, n_real = pair.sides["fake"], pair.n_real(group)
    notices = sorted(map(str, pair.metric_notices))
    shared = [*_list_cautions(group, pair), *notices, *_warn_of_no_features(valid, pair)]
    if yardstick and report is not None:
        report(stage=f"yardstick of {group.outputs[0][0]}")
    yardsticks, no_yardstick = measure_yardsticks(group, pair, scores, seed, log) if yardstick else ({}, "")
    for name, output in group.outputs:
        # with statistics from a file, the reference is only its mean and covariance, and no split
        decided_by = signature(
            group, output.name, n=fake.size, n_real=n_real if statistics is None else "moments",
            data_hash=data_sha, split=pair.sides["real"].split if statistics is None else None,
        )  # fmt: skip
        numbers = _read_numbers(scores[output.name], pair) if scores else {}
        cautions = [*shared, *warn_of_metric(numbers.get("extra", {}))]
        measurements[name] = Measurement(
            metric=name, direction=output.direction, best=output.best, n=fake.size, n_real=n_real,
            status=status, reason=reason, seed=seed, signature=short_signature(decided_by),
            decided_by=decided_by, valid=dict(valid), cautions=_drop_repeated(cautions),
            yardstick=yardsticks.get(output.name), yardstick_reason=no_yardstick, **numbers,
        )  # fmt: skip
    return measurements


def _read_numbers(score: Score, pair: Pair) -> dict[str, Any]:
    """Return the fields value, low, high, spread and extra of a measurement, from a score.

    The spread is taken out of the score's `extra`, where metrics put it. Values by label are by the names of
    the classes instead, since their numbers are those of this call.
    """
    extra = dict(score.extra)
    for key in LABELLED & extra.keys():
        extra[key] = {pair.name_class(label): value for label, value in extra[key].items()}
    spread = extra.pop("spread", None)
    return {"value": score.value, "low": score.low, "high": score.high, "spread": spread, "extra": extra}


def _drop_repeated(texts: Sequence[str]) -> tuple[str, ...]:
    """Return each text once, and leave out a text that another one contains."""
    return tuple(
        text for text in dict.fromkeys(texts) if not any(text != other and text in other for other in texts)
    )


def _warn_of_no_features(valid: Mapping[str, ValidCount], pair: Pair) -> Iterator[str]:
    """Yield a warning for each side of strings in none of which the extractor found features.

    It quotes the first string. `valid` has by side the number of samples with features.
    """
    for name, count in valid.items():
        text = None if count.n else pair.first_text(name)
        if text is not None:
            first = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
            yield f"no sample of {name} has features; the first is {first!r}: check the file and its column"


def _describe_samples(pair: Pair) -> Iterator[str]:
    """Yield which fakes are copies of real samples, how many repeat one another, and a lost scale."""
    for name, count in pair.copies.items():
        if count.is_beyond_chance:
            yield describe_count(count, f"samples of {name}")
        elif count.is_untestable:
            yield describe_repeats(f"samples of {name}")
    yield from filter(None, (pair.collapse, pair.lost_scale))


def _list_cautions(group: Group, pair: Pair) -> Iterator[str]:
    """Yield warnings about a metric's scores that follow from the samples, such as their number."""
    # `statistics` is what the metric uses in place of samples of `real`; None: it uses the samples
    sides, statistics = pair.sides, pair.find_statistics(group)
    yield from _describe_samples(pair)
    if statistics is not None and "fake" in pair.sides_behind_statistics:
        yield f"fake has samples of those behind {statistics.name}"
    if "real" in group.metric.contract.sides:
        yield from warn_of_sizes(sides["fake"].size, pair.n_real(group))
    # a file of statistics, a mean and a covariance of features, may not name the extractor that made these
    if statistics is not None and statistics.origin is None and group.metric.spec.real_moments:
        assumed = "" if group.extractor is None else group.extractor.name
        yield (
            f"{statistics.name} does not say which extractor its statistics are of; {assumed} is assumed, "
            "and copies of the samples behind it are not looked for"
        )
    if group.metric.contract.takes_labels and "real" in sides:
        yield from warn_of_classes(pair.classes("real"), pair.classes("fake"))
    if pair.uses_train(group) and pair.real_shares_train:
        yield from warn_of_shared_sides([("real", "train")])
    # `caution` of a side is the warning of its reader, which concerns only metrics that take the side
    takes_real = statistics is None and "real" in group.metric.contract.sides
    used = {"train": pair.uses_train(group), "real": takes_real}
    yield from (side.caution for name, side in sides.items() if used.get(name) and side.caution)
    # a protocol reproduces published numbers, which were computed from `n` fakes
    protocol = pair.protocol
    if group.protocol is not None and protocol is not None and protocol.n and sides["fake"].size < protocol.n:
        yield f"{protocol.name} asks for {protocol.n} fakes, and {sides['fake'].size} were given"
