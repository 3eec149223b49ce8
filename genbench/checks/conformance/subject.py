"""The subject of checks: one component with its options, on small data of one modality."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.catalog.catalog import load_catalog, missing_needs
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, NotTried
from genbench.contract.assets import find_asset
from genbench.contract.signature import read_contract
from genbench.core import seeds
from genbench.core.samples import Data, Samples, guard
from genbench.core.splits import split
from genbench.suite.components import configure
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import no_log
from genbench.trial.failures import BlameError
from genbench.trial.global_state import UniqueNotices, isolate_component

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality
    from genbench.contract.steps import Log
    from genbench.suite.components import Part

__all__ = ["Case", "Subject", "compute_once", "need_input", "need_labels", "open_subject"]

T = TypeVar("T")

_N = 60  # samples of the example, before it is split
_THIRDS = {"train": 1 / 3, "test": 1 / 3, "held_out": 1 / 3}  # the default parts of a dataset


def need_labels(samples: Samples) -> NDArray[np.int64]:
    """Return the labels of example data; raise CheckSkipped if they have none."""
    if samples.labels is None:
        raise CheckSkipped("the example data have no labels")
    return samples.labels


def need_input(subject: Subject, name: str) -> None:
    """Raise CheckSkipped unless the component's `make` has the argument `name`, such as "fake" or "log"."""
    contract = subject.part.contract
    if name not in (*contract.inputs, *contract.host_parameters):
        raise CheckSkipped(f"it does not take {name}")


def compute_once(work: Callable[[Subject], T]) -> Callable[[Subject], T]:
    """Return a function that calls `work` once for each subject, so that all checks of it share the result.

    work  computes something from a subject, the component under test, such as its fitted sampler
    """

    @functools.wraps(work)
    def compute(subject: Subject) -> T:
        """Return the result of `work` for a subject; the subject keeps it by the name of `work`."""
        return subject.get_or_compute(work.__qualname__, lambda: work(subject))

    return compute


@dataclass(frozen=True, kw_only=True)
class Case:
    """What to check: a component by name, so that other processes can find it.

    kind       of the component, such as "metric"
    reference  "distribution:name"
    modality   the reference of the modality of its data; None: it works on none
    options    of the component, as in a suite
    files      plugin files to load
    folder     the folder of relative paths in options
    device     of torch
    locked     the entry of the component in the lock file, its earlier results; {}: it has none yet; None:
               there is no lock file
    """

    kind: str
    reference: str
    modality: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    folder: Path = field(default_factory=Path.cwd)
    device: str = "cpu"
    locked: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A component, and what its checks need.

    notices   of each use or change of global state in the component's calls so far
    _results  what `get_or_compute` has computed, by name
    """

    case: Case
    catalog: Catalog
    component: Component
    notices: UniqueNotices = field(default_factory=UniqueNotices)
    _results: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def part(self) -> Part[Any]:
        """The component with its options, as a suite configures it.

        Raises NotTried if a module, an option or a file that it needs is missing, and SuiteError or
        PluginError for options that it does not take.
        """
        self.need_modules()
        self._need_options()
        entry = SuiteEntry(use=self.case.reference, options=self.case.options, where=self.component.who)
        return configure(self.component, type(self.spec), entry, self.case.folder)

    def need_modules(self) -> None:
        """Raise NotTried, with the command that installs it, for the first module that is not installed."""
        for module in missing_needs(self.spec):
            raise NotTried(f"it needs {module!r}", f"pip install '{self.spec.needs[module]}'")

    def _need_options(self) -> None:
        """Raise NotTried for an option without a value, or a file that was not fetched."""
        for option in read_contract(self.spec, self.component.who).options:
            if option.name in self.case.options:
                continue
            if option.required:
                command = self.suggest_command(option.name)
                raise NotTried(f"the option {option.name!r} has no default", command)
            if option.asset is not None and find_asset(option.asset) is None:
                command = f"genbench fetch {self.component.name}"
                raise NotTried(f"it needs {option.asset.file_name}", command)

    def suggest_command(self, option: str) -> str:
        """Return the command that checks the component with an option."""
        name, files = self.component.name, self.case.files
        return f"genbench check '{name} {option}=…'" + "".join(f" --plugin {file.name}" for file in files)

    @property
    def spec(self) -> Any:
        """The component's spec; typed Any, since each kind of component has another class of specs."""
        return self.component.spec

    @cached_property
    def modality(self) -> Modality:
        """The modality of the data; raises NotTried if there is none."""
        if self.case.modality is None:
            lack = "no installed modality that it works on has an `example`"
            raise NotTried(lack, "install the plugin of its modality, or write the method `example` there")
        return find_modality(list_modalities(self.catalog), self.case.modality)

    @cached_property
    def sides(self) -> Mapping[str, Samples]:
        """Small data of the modality: `train`, `test` and `held_out`, with labels if it has some."""
        return split(Data(self.example(_N)), _THIRDS)

    def example(self, n: int, *key: str) -> Samples:
        """Return n example samples of the modality; the same for the same key."""
        return guard(self.modality.example(n, self.rng("example", str(n), *key)))

    def rng(self, *key: str) -> np.random.Generator:
        """Return a new random stream, the same for the same key."""
        return seeds.stream(0, "check", self.case.reference, *key)

    @contextlib.contextmanager
    def isolate_call(self, *key: str) -> Iterator[None]:
        """Isolate a call of the component in a block: its errors become a BlameError.

        key  names the call, and seeds the global random streams: the same key gives the same numbers

        A notice of each use or change of global state is added to `notices`. A CheckFailed or CheckSkipped in
        the block is the result of a check and no error of the component, so it is raised as it is.
        """
        sequence = seeds.sequence(0, "check-global", self.case.reference, *key)
        try:
            with isolate_component(self.part, sequence, self.notices.note):
                yield
        except BlameError as error:
            if isinstance(error.__cause__, (CheckFailed, CheckSkipped)):
                raise error.__cause__ from None
            raise

    def make_arguments(self, *key: str, log: Log = no_log) -> dict[str, Any]:
        """Return the arguments that the host adds to the data of a call: `rng`, `device` and `log`.

        key  names the call: the same key gives the same random stream
        """
        return {"rng": self.rng("call", *key), "device": self.case.device, "log": log}

    @property
    def result(self) -> str | None:
        """The result of the component's main work as a text, such as a hash; None before a check did it."""
        return self._results.get("result")  # `first_result`, of kinds/common.py, stores it under this name

    def get_or_compute(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` returns; it is called once for each name, so that checks share the work."""
        if name not in self._results:
            self._results[name] = make()
        result: T = self._results[name]
        return result


def open_subject(case: Case, catalog: Catalog | None = None) -> Subject:
    """Return the component that a case names, with what its checks need.

    catalog  None: the installed plugins, and the plugin files of the case

    Raises LookupError unless the catalog has exactly one such component.
    """
    catalog = load_catalog(case.files) if catalog is None else catalog
    components = [each for each in catalog.of_kind(case.kind) if each.reference == case.reference]
    if len(components) != 1:
        raise LookupError(f"{len(components)} components are {case.kind} {case.reference}; expected one")
    return Subject(case=case, catalog=catalog, component=components[0])
