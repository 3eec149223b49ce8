"""Cells: the planned numbers of a run, their agreement on metrics and generators, and short signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from genbench.contract.specs import RUNS, MetricFacts
from genbench.core.canonical_json import canonical, digest
from genbench.results import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Cell", "check_agreement", "short_form", "short_signature"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One planned number: one metric in one trial.

    key              the key of its record: a hash of everything that decides the value
    dataset, generator, metric  ids on the board
    plugin           distribution and version of the generator, "genbench 0.1.0"
    control          the generator's role as a control, which boards do not rank; None for a competitor
    seed             None for a comparison, whose one number is over all seeds
    facts            of the metric, so that boards can be ranked without its plugin
    n                number of fakes
    signature        everything that decides the number, except seeds
    """

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    key: fields.Key
    dataset: fields.Name
    generator: fields.GeneratorId
    plugin: fields.Line
    control: fields.Control | None
    seed: fields.Count | None
    metric: fields.MetricId
    facts: MetricFacts
    n: fields.Positive
    signature: fields.Table

    @property
    def position(self) -> tuple[str, str, int, str]:
        """Dataset, generator, seed and metric: where the cell is on the board.

        It stays the same if the key, a hash of all that decides the value, changes. The seed of a comparison
        is -1 here, so that positions can be sorted.
        """
        return self.dataset, self.generator, -1 if self.seed is None else self.seed, self.metric

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of its samples: one; for a comparison all seeds of the run, as in its signature."""
        return (self.seed,) if self.seed is not None else tuple(self.signature[RUNS])

    @property
    def distribution(self) -> str:
        """The distribution of the generator's plugin, without its version."""
        return self.plugin.partition(" ")[0]

    @property
    def name(self) -> str:
        """The cell's name in messages."""
        seed = "" if self.seed is None else f"seed {self.seed} "
        return f"{self.dataset} {self.generator} {seed}{self.metric}"

    def to_json(self) -> dict[str, Any]:
        """Return the cell as JSON, with the facts of its metric among its fields."""
        body = {name: value for name, value in vars(self).items() if name != "facts"}
        return body | {"signature": dict(self.signature)} | self.facts.to_json()

    @classmethod
    def from_json(cls, body: Mapping[str, Any], signature: Mapping[str, Any]) -> Cell:
        """Return the cell in `body`, the JSON that `to_json` makes; raise ValueError if it is malformed.

        signature  the full signature, since `body` may contain its short form

        `body` has the facts of the metric among the other fields, so they are separated first.
        """
        stored_facts = {name: value for name, value in body.items() if name in vars(MetricFacts())}
        facts = MetricFacts(**vars(fields.parse(_StoredFacts, stored_facts)))
        other_fields = {name: value for name, value in body.items() if name not in stored_facts}
        return fields.parse(cls, {**other_fields, "facts": facts, "signature": signature})


@dataclass(frozen=True, kw_only=True)
class _StoredFacts:
    """The facts of a metric among the fields of a stored cell, which lacks those that have their default."""

    direction: fields.Direction
    best: fields.Score | None
    range: tuple[fields.Score | None, fields.Score | None] = (None, None)
    any_valid_share: fields.Flag = False
    unseen_controls: tuple[fields.Control, ...] = ()


def check_agreement(*runs: tuple[str, Iterable[Cell]]) -> None:
    """Raise ValueError if two cells describe the same metric, or the same generator, in different ways.

    runs  (name of the run for the error, its cells); the name of a run alone is ""

    Cells of one metric with one signature must have equal facts: direction, best value and the other fields
    of MetricFacts. Cells of one generator of one distribution on a dataset must have one role as a control.
    """
    # by metric or generator: the first run that has a cell of it, and the facts in that cell
    first_seen: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}
    for run, cell in [(run, cell) for run, cells in runs for cell in cells]:
        metric = cell.metric, digest(cell.signature)
        generator = cell.dataset, cell.generator, cell.distribution
        # a metric's key has two texts and a generator's three, so they cannot be equal
        for subject, facts in ((metric, vars(cell.facts)), (generator, {"control": cell.control})):
            earlier_run, earlier = first_seen.setdefault(subject, (run, facts))
            for name, value in facts.items():
                if value != earlier[name]:
                    both = f"{_describe_value(earlier[name], earlier_run)} and {_describe_value(value, run)}"
                    raise ValueError(f"{name} of {_describe_subject(subject)} is {both}; expected one value")


def _describe_subject(subject: tuple[str, ...]) -> str:
    """Return the metric or generator on which two cells disagree: "fid (ab12cd34)", "digits vae (my-plugin)".

    subject  (metric, hash of its signature), or (dataset, generator, distribution of its plugin)
    """
    # the last text is a distribution after two names, or a hash, which is shortened, after one name
    *names, last = subject
    return f"{' '.join(names)} ({last if len(names) > 1 else short_form(last)})"


def _describe_value(value: object, run: str) -> str:
    """Return a value as JSON, with the run that has it."""
    return canonical(value) + (f" in {run}" if run else "")


def short_signature(signature: Mapping[str, Any]) -> str:
    """Return the short form of a signature, for people: 8 hex digits of its SHA-256."""
    return short_form(digest(signature))


def short_form(sha256: str) -> str:
    """Return 8 consecutive hex digits of a SHA-256, from its first letter on, such as "ab12cd34".

    CSV readers would take decimal digits alone, or `12e45678`, for a number. Two hashes may have the same
    short form, so the program never compares short forms.
    """
    # a hash without a letter before its last 7 digits would raise StopIteration: of 10^12 hashes, 2 have none
    start = next(i for i in range(len(sha256) - 7) if sha256[i].isalpha())
    return sha256[start : start + 8]
