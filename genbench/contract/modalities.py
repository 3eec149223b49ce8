"""Modalities, the kinds of data that plugins declare, and distributions of the parts of their samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from genbench.contract.specs import Spec, check_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CONTAINER_PARAMETERS", "Distribution", "ModalitySpec"]

_ROUNDING = 1e-6  # of sums of shares, which may be float32

#: The containers, and the parameters of spaces that each knows, with their annotations.
CONTAINER_PARAMETERS: dict[str, dict[str, Any]] = {
    "array": {"low": float | int | None, "high": float | int | None},
    "ragged": {"low": float | int | None, "high": float | int | None},
    "strings": {"longest": int | None},
    "frame": {"columns": tuple[tuple[str, str], ...]},
}


@check_fields
@dataclass(frozen=True, kw_only=True)
class ModalitySpec(Spec):
    """A modality: a kind of data in one of four containers.

    container   "array" (items of equal shapes), "ragged" (arrays whose first axis varies), "strings" or
                "frame" (a pandas frame)
    dtypes      dtypes that arrays can have, such as ("uint8",)
    axes        names of an item's axes, such as ("height", "width", "channels")
    parameters  annotations of further parameters of its spaces, by name: {"rate": int}; samples of spaces
                with different values are not compared
    advice      how to convert other data, for error messages
    keeps_blank  whether a blank line of a .txt file is a sample, an empty string, unless it ends the file:
                 one that a generator failed to write
    default_dataset    the dataset on which `genbench check` tests a metric if the user names none
    default_extractor  the extractor of its samples if neither the metric nor the user names another one
    report      metrics with which a report on its samples begins, in this order: those that its field quotes
    make        `make()` returns an object with any of these methods; the default has none of them

    check(samples)             raises Invalid for what is wrong beyond container, shape and parameters
    valid(samples)             returns a mask, (n,) bool: which samples are of the kind at all, such as the
                               strings that are molecules. Each is judged alone. Suites with `n_valid` need it
    from_memory(value, space)  returns an object in memory as samples, or None if it is of another modality;
                               `space` is that of the samples beside it, or None. Raises DataError, with the
                               line to write, for an object that lacks something
    adapt(samples, space)      returns the fake or training samples of a score in the space of the real ones,
                               if no value is lost, or raises Invalid; without it they stay as they are
    render(samples, number)    returns one sample as a Rendering, for people to look at. If there is a method
                               `scale`, its result is a third argument
    scale(samples)             returns what renderings share so that people can compare them, such as the
                               range of axes
    shrink(samples, factor)    returns the data of smaller samples to look at: each value is the mean of a
                               block, such as factor x factor pixels
    distributions(sides)       returns a Distribution of each part of samples, such as a column, over cells
                               that all sides share: `sides` are samples of one space, the first of them real
    same(samples)              returns their data without an order that means nothing, such as sorted points:
                               two samples are the same if their items are equal then. So a generator that
                               reorders real samples is found as one that copies them. If it raises Absent,
                               for a missing package, copies are not counted
    noise(train)               returns a function `(n, rng)` of the data of n samples without structure
    perturb(samples, rng)      returns the samples with changes that a person would hardly notice
    example(n, *, rng)         returns n small samples as Data, on which tests try components;
                               with labels where that is natural
    """

    kind: ClassVar[str] = "modality"

    make: str | Callable[[], Any] = "builtins:object"
    container: str
    dtypes: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    advice: str = ""
    keeps_blank: bool = False
    default_dataset: str | None = None
    default_extractor: str | None = None
    report: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise PluginError for a field that is invalid, or that does not suit the modality's container."""
        super().__post_init__()
        known = ", ".join(CONTAINER_PARAMETERS)
        self._require(
            self.container in CONTAINER_PARAMETERS, f"container {self.container!r}; expected one of {known}"
        )
        is_numeric = self.container in ("array", "ragged")
        advice = "name some" if is_numeric else "leave them out"
        for name in ("dtypes", "axes"):
            has_some = bool(getattr(self, name))
            where = f"{name} belong to the containers array and ragged"
            self._require(is_numeric == has_some, f"{where}; {advice}")
        is_of_strings = self.container == "strings"
        self._require(
            is_of_strings or not self.keeps_blank,
            "keeps_blank belongs to the container strings; leave it out",
        )
        # Another process imports `make` by its name. Names of lambdas and of nested functions contain "<";
        # a partial has no name.
        self._require(
            isinstance(self.make, str) or "<" not in getattr(self.make, "__qualname__", "<"),
            "make is no function or class of a module's top level, so another process cannot find it",
        )


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """How the values of one part of samples are distributed on each side, for people to look at.

    part    its name
    shares  of each side, the share of its samples in each cell, at least 0. They sum to 1, or to less if
            values are missing
    values  the text of the value of each cell; () for cells of ascending numbers
    ends    of ascending numbers, the texts of the first and the last one; None for values

    Raises ValueError for shares of another form.
    """

    part: str
    shares: tuple[tuple[float, ...], ...]
    values: tuple[str, ...] = ()
    ends: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless each side has a share of each cell, and the cells have values or ends.

        A side is one set of samples; its shares sum to 1, or to less if values are missing. A cell is one
        value, or one interval of ascending numbers, of which `ends` has the first and the last.
        """
        # The numbers of cells of the sides and of the values must be one number, not 0. The cells have either
        # values or ends, so one of these two is empty.
        counts = {len(side) for side in self.shares} | ({len(self.values)} if self.values else set())
        if not self.shares or len(counts) != 1 or 0 in counts or bool(self.values) == bool(self.ends):
            raise ValueError("expected a share of each cell on each side, and values or ends")
        if any(not 0 <= share <= 1 + _ROUNDING for side in self.shares for share in side) or any(
            sum(side) > 1 + _ROUNDING for side in self.shares
        ):
            raise ValueError("expected shares of at least 0 that sum to at most 1 on each side")

    def missing(self, side: int) -> float:
        """Return the share of the samples of a side that have no value, in [0, 1]."""
        return max(0.0, 1.0 - sum(self.shares[side]))

    def distance(self, side: int) -> float:
        """Return the total variation distance of a side, a set of samples, from the first side, in [0, 1].

        Missing values count as one more cell.
        """
        difference = sum(abs(p - q) for p, q in zip(self.shares[0], self.shares[side], strict=True))
        return (difference + abs(self.missing(0) - self.missing(side))) / 2
