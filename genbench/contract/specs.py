"""Specs of components: plain values that plugins return without importing heavy modules."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from genbench.contract.expected import check_expects
from genbench.core.errors import PluginError
from genbench.core.names import check_metric_name, check_name, suggest_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from genbench.core.samples import Samples
    from genbench.core.spaces import Space

__all__ = [
    "ASPECTS",
    "CONTROLS",
    "CONTROL_LINE",
    "DIRECTIONS",
    "PARTICIPANTS",
    "RUNS",
    "SCOPES",
    "VOTING_ASPECTS",
    "DatasetSpec",
    "ExecutorSpec",
    "ExtractorSpec",
    "GeneratorSpec",
    "ListenerSpec",
    "MetricFacts",
    "MetricSpec",
    "Output",
    "Protocol",
    "Spec",
    "check_fields",
]  # fmt: skip

DIRECTIONS = ("lower", "higher", "target", "none")

#: Roles of controls: real data that a perfect generator would equal, a known way to cheat, the worst samples.
CONTROLS = ("ceiling", "exploit", "floor")

#: What a metric measures, with a vote in the overall rank and without: there, doing nothing wins.
VOTING_ASPECTS = (
    "fidelity", "diversity", "dependence", "utility", "likelihood", "alignment", "correctness", "preference",
)  # fmt: skip
ASPECTS = (*VOTING_ASPECTS, "validity", "memorisation", "privacy", "bias", "cost")

#: What a metric is computed for: each trial, or all generators on a dataset.
SCOPES = ("trial", "board")

#: The fields of a comparison's signature with the seeds of its samples, and with the generators by their ids.
RUNS = "runs"
PARTICIPANTS = "participants"

#: What an author writes to give a control its role.
CONTROL_LINE = 'control="ceiling", "exploit" or "floor"'

_ClassT = TypeVar("_ClassT")


def check_fields(cls: type[_ClassT]) -> type[_ClassT]:
    """Return a dataclass whose constructor raises PluginError for an unknown field, or a missing one.

    Fields have to be passed by name. Python itself would raise TypeError, which counts as a bug of genbench.
    """
    init: Any = cls.__init__
    required = [
        name for name, item in inspect.signature(cls).parameters.items() if item.default is item.empty
    ]

    @functools.wraps(init)
    def checked_init(self: Any, *values: Any, **fields: Any) -> None:
        """Check the arguments, and pass them to the dataclass's own `__init__`."""
        known = [field.name for field in dataclasses.fields(self)]
        if values:
            raise PluginError(f"{cls.__name__} takes its fields by name: {known[0]}=…")
        for name in fields:
            if name not in known:
                raise PluginError(f"{cls.__name__} has no field {name!r}{suggest_names(name, known)}")
        for name in required:
            if name not in fields:
                raise PluginError(f"{cls.__name__} needs the field {name!r}")
        init(self, **fields)

    cls.__init__ = checked_init  # type: ignore[method-assign]  # it has the same signature
    return cls


def _is_tuple_of_texts(value: object) -> bool:
    """Return whether the value of a field is a tuple of texts."""
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def _is_target(value: object) -> bool:
    """Return whether the value of a field is a function, or "module:attribute"."""
    return callable(value) or (isinstance(value, str) and ":" in value)


def _is_variable(value: object) -> bool:
    """Return whether a value is the name of an environment variable."""
    return isinstance(value, str) and value.isidentifier() and value.isascii()


@dataclass(frozen=True, kw_only=True)
class MetricFacts:
    """The facts of a metric by which a board ranks its numbers without its plugin.

    Plans and records contain them.

    A new fact is a field here, with the default of old plans and records; `Output.facts` sets it, and
    `results.cells` reads it.

    direction        "lower", "higher", "target" or "none"
    best             the ideal value, or None
    range            the least and the greatest possible value, None for no bound
    any_valid_share  whether boards rank it at any share of samples with features
    unseen_controls  roles of controls whose flaws the metric may not see, so that boards do not warn of them
    """

    direction: str = "none"
    best: float | None = None
    range: tuple[float | None, float | None] = (None, None)
    any_valid_share: bool = False
    unseen_controls: tuple[str, ...] = ()

    @property
    def is_ranked(self) -> bool:
        """Whether one of two values of the metric is better; it is not for the direction "none"."""
        return self.direction != "none"

    @property
    def target(self) -> float | None:
        """The ideal value of the direction "target", None for another direction."""
        return self.best if self.direction == "target" else None

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON: `direction`, `best`, and each other field that has not its default.

        So a new field with a default leaves the JSON of older facts as it was.
        """
        always = {"direction": self.direction, "best": self.best}
        return always | {name: value for name, value in asdict(self).items() if value != _DEFAULTS[name]}


_DEFAULTS = asdict(MetricFacts())


@check_fields
@dataclass(frozen=True, kw_only=True)
class Output:
    """One output of a metric with several; suites and boards treat each output as a metric.

    direction  "lower" or "higher" is better, "target": nearest to `best` is better, "none": not ranked
    aspect     what it measures, one of ASPECTS; "" for no vote in the overall rank
    best       the ideal value, or None
    range      the least and the greatest possible value, None for no bound
    expects    the expected effects of planted faults, with known failures:
               {"noise": worse, "blur": unchanged.because("why")}, or a tuple with one for each level; the
               faults are looked up when a battery needs them
    any_valid_share  whether generators are ranked together although the extractor finds features in unequal
                     shares of their samples

    Raises PluginError if a field violates the contract, and if they contradict one another: `best` is the
    worst value in `range` for the direction, or outside of it.
    """

    name: str
    direction: str
    summary: str = ""
    best: float | None = None
    range: tuple[float | None, float | None] = (None, None)
    expects: Mapping[str, Any] = field(default_factory=dict, hash=False)
    any_valid_share: bool = False
    aspect: str = ""

    def __post_init__(self) -> None:
        """Raise PluginError for a field of the output that is invalid or contradicts another."""
        check_metric_name(self.name, "metric output")
        expected = ", ".join(DIRECTIONS)
        self._require(self.direction in DIRECTIONS, f"direction {self.direction!r}; expected {expected}")
        aspects = f"aspect {self.aspect!r}; expected one of {', '.join(ASPECTS)}"
        self._require(self.aspect in ("", *ASPECTS), aspects)
        is_finite = self.best is None or math.isfinite(self.best)
        self._require(is_finite, f"best is {self.best}; expected a finite number")
        self._require(self.direction != "target" or self.best is not None, "direction 'target' needs best")
        self._check_range()

    def _require(self, holds: bool, otherwise: str) -> None:
        """Raise PluginError with the message `otherwise` unless a condition holds."""
        if not holds:
            raise PluginError(f"metric output {self.name!r}: {otherwise}")

    def facts(self, unseen_controls: tuple[str, ...] = ()) -> MetricFacts:
        """Return the facts by which boards rank the numbers of this output.

        unseen_controls  roles of controls, such as "floor", whose flaws the metric may not see with the
                         extractor that the suite gives it
        """
        return MetricFacts(
            direction=self.direction,
            best=self.best,
            range=self.range,
            any_valid_share=self.any_valid_share,
            unseen_controls=unseen_controls,
        )

    def _check_range(self) -> None:
        """Raise PluginError if the range is empty, or if `best` is outside of it or its worst value."""
        (least, greatest), best = self.range, self.best
        has_values = least is None or greatest is None or least <= greatest
        self._require(has_values, f"range {self.range} has no values; write range=({greatest}, {least})")
        if best is None:
            return
        is_inside = (least is None or best >= least) and (greatest is None or best <= greatest)
        self._require(is_inside, f"best is {best}, outside its range {self.range}; expected one in it")
        for direction, worst, name in (("higher", least, "least"), ("lower", greatest, "greatest")):
            self._require(
                self.direction != direction or best != worst,
                f"direction {direction!r}, but best is {best}, the {name} possible value",
            )


@check_fields
@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A preset of an extractor, listed in its spec; scores under it have its name and are ranked separately.

    name     [a-z][a-z0-9-]*, as in `fid[clean-fid]`
    options  options of the extractor: resize rule, range, dtype
    metrics  options of metrics, by the metric's name, and optionally another `extractor`, with its defaults:
             {"kid": {"subsets": 50}, "precision-recall": {"extractor": "vgg16"}}
    split    the dataset's split that is the reference: "train" or "test"
    n        number of fakes behind published numbers, None: all; the reference is always whole
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
        """Raise PluginError for a field of the protocol that is invalid."""
        check_name(self.name, "protocol")
        if self.split not in ("train", "test"):
            raise PluginError(f"protocol {self.name!r}: split {self.split!r}; expected train or test")
        if self.n is not None and self.n < 1:
            raise PluginError(f"protocol {self.name!r}: n is {self.n}; expected a positive number or None")


_THIRDS = {"train": 1 / 3, "test": 1 / 3, "held_out": 1 / 3}


@check_fields
@dataclass(frozen=True, kw_only=True)
class Spec:
    """The fields that all kinds of components share.

    name        [a-z][a-z0-9-]*, unique among the components of its kind
    make        the function that does the work, or "module:attribute", imported on first use
    summary     one line for lists
    source      the paper or page that it follows
    modalities  the modalities that it supports, or that a dataset provides; empty: all
    needs       optional modules, each with the requirement to install: {"openvino": "genbench[openvino]"}
    uses        further modules that it imports where an option has a value: {"unit=selfies": ("selfies",)}
    version     increased when its results change
    variables   further environment variables for its processes, such as ("HF_TOKEN",)
    known_failures  checks of `genbench check` that it fails, by name, with the reasons
    check_options  options with which `genbench check` tries it, such as those without a default
    checked_on  the modalities on which `genbench check` tries it; empty: one of each container

    Raises PluginError if a field violates the contract.
    """

    kind: ClassVar[str]

    name: str
    make: str | Callable[..., Any]
    summary: str = ""
    source: str = ""
    modalities: tuple[str, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = "1"
    variables: tuple[str, ...] = ()
    known_failures: Mapping[str, str] = field(default_factory=dict, hash=False)
    check_options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    checked_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise PluginError for an invalid field, of those that the specs of all kinds have."""
        check_name(self.name, f"{self.kind} name")
        self._require(_is_target(self.make), "make is neither callable nor 'module:attribute'")
        self._require(
            isinstance(self.version, str), f"version {self.version!r} is not a text; expected a string"
        )
        self._require_texts("modalities")
        self._require_texts("checked_on")
        self._require(
            isinstance(self.variables, tuple) and all(map(_is_variable, self.variables)),
            f"variables {self.variables!r} is not a tuple of names of environment variables, such as "
            "('API_KEY',)",
        )
        self._require(
            all("=" in case and _is_tuple_of_texts(modules) for case, modules in self.uses.items()),
            f"uses {dict(self.uses)!r}: expected tuples of modules, as {{'option=value': ('module',)}}",
        )
        self._require(
            all(isinstance(why, str) and why.strip() for why in self.known_failures.values()),
            f"known_failures {dict(self.known_failures)!r} lacks a reason; write {{'check': 'the reason'}}",
        )

    def _require(self, holds: bool, otherwise: str) -> None:
        """Raise PluginError with the message `otherwise` unless a condition holds."""
        if not holds:
            raise PluginError(f"{self.kind} {self.name!r}: {otherwise}")

    def _require_texts(self, field: str) -> None:
        """Raise PluginError unless a field is a tuple of texts."""
        value = getattr(self, field)
        self._require(
            _is_tuple_of_texts(value), f"{field} {value!r} is no tuple of texts, such as ('image',)"
        )


@check_fields
@dataclass(frozen=True, kw_only=True)
class DatasetSpec(Spec):
    """A dataset: `make(*, options) -> Data`.

    reads      path suffixes (".npz", ".csv.gz") that it opens, "/" for folders, "/.ply" for folders of such
               files, which comes before "/" of others
    recognizes  a function of the first 64 KiB of a file and its suffix: True if it reads such a file, None
               if a user has to say so, False if it cannot; of a folder, all files count. None: it reads all
    fake_options  options with which it opens the outputs of a generator instead of real samples
    shared_options  names of options that hold for such outputs of a suite, too: which columns are left out
    caution    a function of real or training samples: what makes scores doubtful and what to do, or ""
    parts      shares of the splits for data without official splits
    extractor  the extractor whose features suit the data, on which `genbench check` tests a metric
    """

    kind: ClassVar[str] = "dataset"

    reads: tuple[str, ...] = ()
    recognizes: str | Callable[[bytes, str], bool | None] | None = None
    fake_options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    shared_options: tuple[str, ...] = ()
    caution: str | Callable[[Samples], str] | None = None
    parts: Mapping[str, float] = field(default_factory=lambda: dict(_THIRDS))
    extractor: str | None = None

    def __post_init__(self) -> None:
        """Raise PluginError for a field of the dataset's spec that is invalid."""
        super().__post_init__()
        self._require_texts("reads")
        self._require_texts("shared_options")
        for target in ("recognizes", "caution"):
            value = getattr(self, target)
            self._require(value is None or _is_target(value), f"{target} {value!r}: expected a function")
        names_are_known = set(self.parts) <= {"train", "test", "held_out"}
        self._require(
            names_are_known and bool(self.parts) and all(share > 0 for share in self.parts.values()),
            f"parts {dict(self.parts)} are not positive shares of train, test and held_out, such as "
            f"{{'train': 0.5, 'test': 0.5}}",
        )


@check_fields
@dataclass(frozen=True, kw_only=True)
class ExtractorSpec(Spec):
    """An extractor: `make(*, options) -> callable`, which turns Samples into {output: (n, d) float32}.

    The callable returns Extracted(arrays, valid) where some samples have no features.

    outputs    descriptions of its outputs, by name; the columns of "probabilities" are train's labels,
               ascending
    canonical  the weights that define it: "package:file" in an installed package, hashed into its key; or
               None
    load       loads what a fitted extractor's `save(folder)` wrote: a function of the folder, or
               "module:attribute"; None if it cannot be saved
    protocols  presets that reproduce published numbers
    any_shape  whether features of samples of different shapes are comparable, as after resizing
    shape      the only shape of samples that it takes, such as (8, 8, 1); None: any. Messages advise it
               only for these
    """

    kind: ClassVar[str] = "extractor"

    outputs: Mapping[str, str]
    canonical: str | None = None
    load: str | Callable[..., Any] | None = None
    protocols: tuple[Protocol, ...] = ()
    any_shape: bool = False
    shape: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Raise PluginError for a field of the extractor's spec that is invalid."""
        super().__post_init__()
        self._require(bool(self.outputs), "it declares no outputs; expected at least one")
        for name in self.outputs:
            check_name(name, f"output of extractor {self.name!r}")


@check_fields
@dataclass(frozen=True, kw_only=True)
class GeneratorSpec(Spec):
    """A generator: `make(train, …, *, options) -> Sampler`, whose `sample(n, *, rng)` returns Samples.

    chunk    number of samples per draw, each draw with its own random stream; None: all in one draw
    control  the role of a control, which boards show and do not rank: "ceiling", as good as real data;
             "exploit", a known way to cheat; "floor", as bad as can be. None for a competitor
    load     loads what the sampler's `save(folder)` wrote: a function of the folder or "module:attribute";
             None if it cannot be saved
    priced   whether a draw costs money, as at an endpoint; the host then never draws only to check that
             samples are reproducible, and `genbench verify` never draws
    """

    kind: ClassVar[str] = "generator"

    chunk: int | None = 256
    control: str | None = None
    load: str | Callable[..., Any] | None = None
    priced: bool = False

    def __post_init__(self) -> None:
        """Raise PluginError for a field of the generator's spec that is invalid."""
        super().__post_init__()
        self._require(
            self.chunk is None or self.chunk > 0,
            f"chunk {self.chunk} is not a positive number; expected None or at least 1",
        )
        self._require(
            self.control is None or self.control in CONTROLS,
            f"control is {self.control!r}; write {CONTROL_LINE}, or leave it out for a competitor",
        )


@check_fields
@dataclass(frozen=True, kw_only=True)
class ExecutorSpec(Spec):
    """An executor of trials: `make(jobs, device, check, *, options) -> concurrent.futures.Executor`."""

    kind: ClassVar[str] = "executor"


@check_fields
@dataclass(frozen=True, kw_only=True)
class ListenerSpec(Spec):
    """A listener: `make(folder, suite, *, options)` returns an object with methods for events of a run."""

    kind: ClassVar[str] = "listener"


@check_fields
@dataclass(frozen=True, kw_only=True)
class MetricSpec(Spec):
    """A metric: `make(real, fake, …, *, options)` returns a float, a Score, or one of them for each output.

    takes      "samples", or an output of the extractor: "features", or several: ("nats", "tokens")
    extractor  the canonical extractor, which the metric's id leaves out; the id names any other one
    direction, best, range, expects, any_valid_share  as in Output; for a metric with one output
    aspect     as in Output; of a metric with several, that of each output that declares none
    outputs    for a metric with several outputs from one computation
    min_n      minimum number of samples on each side
    report     whether `genbench score` computes it by default; or a function of the fakes (Samples) and of n,
               the samples of the smaller side, that returns the options with which it does, or None
    trains_model  whether it trains a model, which takes long: `genbench score` then has one cut of real
               samples instead of five
    real_moments  whether `real` may be the genbench.Moments of the output that it takes, where only these are
                  known
    scope      "trial", or "board" for a comparison: computed once for a dataset from the input `fakes`, which
               has the samples of each generator at all seeds; it returns by generator what others return,
               or an Undefined for a generator without a number
    votes      kinds of raters whose files its option `votes` takes, such as ("person",); for a comparison
    defaults   a function of the samples' Space that returns values of options which are None by default; for
               a metric of the scope "trial"
    takes_draws  whether `fake` has all draws in a suite with `n_valid`, as a metric of validity needs; others
               get the first valid ones
    """

    kind: ClassVar[str] = "metric"

    takes: str | tuple[str, ...] = "samples"
    extractor: str | None = None
    direction: str = "none"
    best: float | None = None
    range: tuple[float | None, float | None] = (None, None)
    outputs: tuple[Output, ...] = ()
    min_n: int = 1
    report: bool | str | Callable[[Samples, int], Mapping[str, Any] | None] = False
    trains_model: bool = False
    real_moments: bool = False
    scope: str = "trial"
    votes: tuple[str, ...] = ()
    defaults: str | Callable[[Space], Mapping[str, Any]] | None = None
    expects: Mapping[str, Any] = field(default_factory=dict)
    any_valid_share: bool = False
    aspect: str = ""
    takes_draws: bool = False

    def __post_init__(self) -> None:
        """Raise PluginError for a field of the metric's spec that is invalid or contradicts another."""
        super().__post_init__()
        names = [output.name for output in self.scores]  # `scores` checks the fields of a single output
        self._require(len(set(names)) == len(names), f"outputs {names} repeat a name; expected each once")
        self._require(bool(self.takes), "takes is empty; expected 'samples' or outputs of an extractor")
        outputs = (self.takes,) if isinstance(self.takes, str) else self.takes
        self._require(
            not self.real_moments or (len(outputs) == 1 and outputs != ("samples",)),
            "real_moments needs takes to name one output of an extractor",
        )
        fields_of_one = {
            "expects": self.expects, "direction": self.direction != "none", "best": self.best is not None,
            "range": self.range != (None, None), "any_valid_share": self.any_valid_share,
        }  # fmt: skip
        for name, is_given in fields_of_one.items():
            advice = "write it in Output"
            self._require(not (self.outputs and is_given), f"{name} belongs to each of its outputs; {advice}")
        self._require(self.scope in SCOPES, f"scope is {self.scope!r}; expected one of {', '.join(SCOPES)}")
        self._require(
            not (self.real_moments and self.is_comparison), "real_moments needs the scope of a trial"
        )
        self._require(not self.votes or self.is_comparison, "votes needs the scope of a board")
        is_report = isinstance(self.report, bool) or _is_target(self.report)
        self._require(is_report, f"report {self.report!r}: expected True, False or a function")
        is_function = self.defaults is None or _is_target(self.defaults)
        self._require(is_function, f"defaults {self.defaults!r}: expected a function")
        self._require(not (self.defaults and self.is_comparison), "defaults needs the scope of a trial")
        takes_samples = self.takes == "samples" and not self.is_comparison
        self._require(takes_samples or not self.takes_draws, "takes_draws is of a trial's metric on samples")
        for output in self.scores:
            check_expects(output.expects, output.direction, f"metric {self.name!r}: output {output.name!r}")

    @property
    def is_comparison(self) -> bool:
        """Whether it compares all generators of a dataset at once."""
        return self.scope == "board"

    @functools.cached_property
    def scores(self) -> tuple[Output, ...]:
        """The metric's outputs; a metric with one number has one output of its own name."""
        # The spec of a metric has all fields of an Output, too.
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(Output)}
        declared = (dataclasses.replace(each, aspect=each.aspect or self.aspect) for each in self.outputs)
        return tuple(declared) or (Output(**fields),)
