"""What plugins return: plain values that say what a component is before anything heavy is imported."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from genbench.core.errors import PluginError
from genbench.core.names import check_name
from genbench.core.spaces import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "COLUMNS",
    "DIRECTIONS",
    "DatasetSpec",
    "ExecutorSpec",
    "ExtractorSpec",
    "GeneratorSpec",
    "MetricSpec",
    "Output",
    "Protocol",
    "Spec",
]

DIRECTIONS = ("lower", "higher", "target", "none")

#: Columns of a leaderboard that every board has; no metric can bear their names.
COLUMNS = ("dataset", "generator", "plugin", "seeds", "n", "rank")


@dataclass(frozen=True, kw_only=True)
class Output:
    """One number of a metric that yields several: each is addressed as a metric of its own.

    direction  "lower" or "higher" is better, "target": nearest to `best` is, "none": not ranked
    best       the ideal value, or None
    range      the least and the greatest value it can take, None where there is no bound
    expects    what planted faults do to it, known failures included: {"noise": "+", "blur": "0!: why"};
               read when a battery needs it
    """

    name: str
    direction: str
    summary: str = ""
    best: float | None = None
    range: tuple[float | None, float | None] = (None, None)
    expects: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_name(self.name, "metric output")
        if self.name in COLUMNS:
            raise PluginError(f"metric output {self.name!r} bears the name of a column; choose another name")
        if self.direction not in DIRECTIONS:
            expected = ", ".join(DIRECTIONS)
            raise PluginError(
                f"metric output {self.name!r}: direction {self.direction!r}; expected {expected}"
            )
        if self.best is not None and not math.isfinite(self.best):
            raise PluginError(f"metric output {self.name!r}: best is {self.best}; expected a finite number")
        if self.direction == "target" and self.best is None:
            raise PluginError(f"metric output {self.name!r}: direction 'target' needs best")


_SPLITS = ("train", "test")


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A preset of the extractor whose spec holds it; a score under it bears its name and is ranked apart.

    name     [a-z][a-z0-9-]*, as in `fid[clean-fid]`
    options  of the extractor: resize rule, range, dtype
    metrics  options of metrics, by the metric's name, and perhaps another `extractor`, with its defaults:
             {"kid": {"subsets": 50}, "precision-recall": {"extractor": "vgg16"}}
    split    of a dataset, that is the reference: "train" or "test"
    n        fakes that quoted numbers are computed on, None: all there are; the reference is always whole
    source   the paper or program that it reproduces
    """

    name: str
    summary: str = ""
    source: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    split: str = "test"
    n: int | None = None

    def __post_init__(self) -> None:
        check_name(self.name, "protocol")
        if self.split not in _SPLITS:
            raise PluginError(f"protocol {self.name!r}: split {self.split!r}; expected train or test")
        if self.n is not None and self.n < 1:
            raise PluginError(f"protocol {self.name!r}: n is {self.n}; expected a positive number or None")


_THIRDS = {"train": 1 / 3, "test": 1 / 3, "held_out": 1 / 3}


def _is_variable(name: object) -> bool:
    return isinstance(name, str) and name.isidentifier() and name.isascii()


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What every component says of itself.

    name     [a-z][a-z0-9-]*, unique among the components of its kind
    make     the function that does the work, or "module:attribute", imported on first use
    summary  one line for lists
    source   the paper or page it follows
    spaces   the kinds of space it works on (a dataset: that it holds); empty: all
    needs    modules beyond genbench's own, each with what to install: {"openvino": "genbench[openvino]"}
    version  rises when its results change
    variables  environment variables that its process gets beside the common ones, such as ("HF_TOKEN",)

    Raises PluginError if a field contradicts the contract.
    """

    kind: ClassVar[str]

    name: str
    make: str | Callable[..., Any]
    summary: str = ""
    source: str = ""
    spaces: tuple[str, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    version: str = "1"
    variables: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_name(self.name, f"{self.kind} name")
        self._require(
            callable(self.make) or ":" in self.make, "make is neither callable nor 'module:attribute'"
        )
        self._require(isinstance(self.version, str), f"version {self.version!r} is not a text")
        self._require(isinstance(self.spaces, tuple), f"spaces {self.spaces!r} is not a tuple of texts")
        self._require(
            isinstance(self.variables, tuple) and all(map(_is_variable, self.variables)),
            f"variables {self.variables!r} is not a tuple of names of environment variables",
        )
        unknown = [space for space in self.spaces if space not in KINDS]
        self._require(not unknown, f"unknown space {unknown}; expected some of {', '.join(KINDS)}")

    def _require(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise PluginError(f"{self.kind} {self.name!r}: {otherwise}")


@dataclass(frozen=True, kw_only=True)
class DatasetSpec(Spec):
    """A dataset: `make(*, options) -> Data`.

    reads  path suffixes (".npz") that it opens, "/" for folders
    parts  shares in which the host splits data without official splits
    """

    kind: ClassVar[str] = "dataset"

    reads: tuple[str, ...] = ()
    parts: Mapping[str, float] = field(default_factory=lambda: dict(_THIRDS))

    def __post_init__(self) -> None:
        super().__post_init__()
        names_are_known = set(self.parts) <= {"train", "test", "held_out"}
        self._require(
            names_are_known and bool(self.parts) and all(share > 0 for share in self.parts.values()),
            f"parts {dict(self.parts)} are not positive shares of train, test and held_out",
        )


@dataclass(frozen=True, kw_only=True)
class ExtractorSpec(Spec):
    """An extractor: `make(*, options) -> callable`, which turns Samples into {output: (n, d) float32}.

    outputs    what it gives: name to what that is; columns of "probabilities" are train's labels, ascending
    canonical  the weights it is defined by: "package:file" shipped in a package, hashed into its key; or None
    load       restores what a fitted extractor's `save(folder)` wrote: a function of the folder, or
               "module:attribute"; None if it cannot be saved
    protocols  its presets that reproduce what papers quote
    any_shape  its features mean the same whatever shape samples have, as those of a network that resizes do
    """

    kind: ClassVar[str] = "extractor"

    outputs: Mapping[str, str]
    canonical: str | None = None
    load: str | Callable[..., Any] | None = None
    protocols: tuple[Protocol, ...] = ()
    any_shape: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require(bool(self.outputs), "it declares no outputs")
        for name in self.outputs:
            check_name(name, f"output of extractor {self.name!r}")


@dataclass(frozen=True, kw_only=True)
class GeneratorSpec(Spec):
    """A generator: `make(train, …, *, options) -> Sampler`, whose `sample(n, *, rng)` returns Samples.

    chunk    samples a draw, each with a key of its own; None: all in one draw
    control  bounds the board instead of competing: unranked; asking for held_out makes it one too
    load     restores what the sampler's `save(folder)` wrote: a function of the folder or "module:attribute";
             None if it cannot be saved
    priced   a draw costs more than time, as at an endpoint: none is made only to see whether samples repeat
    """

    kind: ClassVar[str] = "generator"

    chunk: int | None = 256
    control: bool = False
    load: str | Callable[..., Any] | None = None
    priced: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require(self.chunk is None or self.chunk > 0, f"chunk {self.chunk} is not a positive number")


@dataclass(frozen=True, kw_only=True)
class ExecutorSpec(Spec):
    """What places trials: `make(jobs, device, check, *, options) -> concurrent.futures.Executor`."""

    kind: ClassVar[str] = "executor"


@dataclass(frozen=True, kw_only=True)
class MetricSpec(Spec):
    """A metric: `make(real, fake, …, *, options)` returns a float, a Score, or one of them for each output.

    takes      "samples", or the extractor's output it wants: "features", or several: ("nats", "tokens")
    extractor  the canonical one: with it the metric's id is bare, with any other the id names it
    direction, best, range, expects  as of an Output; for a metric that yields one number
    outputs    for a metric that yields several numbers from one computation
    min_n      fewest samples on each side
    report     it is one of the numbers that a report needs: `genbench score` gives it unasked
    """

    kind: ClassVar[str] = "metric"

    takes: str | tuple[str, ...] = "samples"
    extractor: str | None = None
    direction: str = "none"
    best: float | None = None
    range: tuple[float | None, float | None] = (None, None)
    outputs: tuple[Output, ...] = ()
    min_n: int = 1
    report: bool = False
    expects: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        names = [output.name for output in self.scores]
        self._require(len(set(names)) == len(names), f"outputs {names} repeat a name")
        self._require(bool(self.takes), "takes is empty")
        self._require(not (self.outputs and self.expects), "expects belongs to each of its outputs")

    @property
    def scores(self) -> tuple[Output, ...]:
        """The numbers it yields: its outputs, or the one that bears its own name."""
        return self.outputs or (
            Output(
                name=self.name,
                direction=self.direction,
                summary=self.summary,
                best=self.best,
                range=self.range,
                expects=self.expects,
            ),
        )
