"""Samples of a path as outputs of a generator: kept samples, strings, and what dataset components read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, modalities_of
from genbench.contract.options import paths_in
from genbench.contract.specs import DatasetSpec
from genbench.core import seeds
from genbench.core.errors import DataError, GenbenchError, Invalid
from genbench.store.keys import options_text
from genbench.suite.components import part_of
from genbench.trial.calling import call, no_log
from genbench.trial.reading.kept_samples import kept_folder, read_kept
from genbench.trial.reading.readers import entry_of, reader_of, reading
from genbench.trial.reading.string_files import FIELD, is_string_file, read_strings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality
    from genbench.contract.specs import GeneratorSpec
    from genbench.core.samples import Samples
    from genbench.core.spaces import Space
    from genbench.suite.components import Part

__all__ = ["OutputOpener", "OutputReader", "open_samples", "output_readers"]


def open_samples(
    path: str | Path, modality: str | Modality | None = None, *, space: Space | None = None,
    field: str = FIELD, plugins: Sequence[str | Path] = (),
) -> Samples:  # fmt: skip
    """Return all samples of a file or folder, with their labels, as outputs of a generator.

    path      samples that a run kept (a folder of its `samples/`), a file of strings, or what an installed
              dataset component reads
    modality  a name, or the Modality that a component asks for; None: that of the samples in the path
    space     gives strings in a file the parameters of their modality; without it, a dataset component that
              reads such files of the modality comes first
    field     the key of a string in JSON objects, or the column of a CSV file
    plugins   files of plugins that are not installed

    Raises DataError if the path does not exist or cannot be read, if its samples are of another modality, or
    if not exactly one component reads it; messages name the path without its folder.
    """
    path, catalog = Path(path), load_catalog(plugins)
    known = find_modality(modalities_of(catalog), modality) if isinstance(modality, str) else modality
    kept = kept_folder(path)
    if kept is not None:
        return read_kept(kept, modalities_of(catalog), known)
    if known is not None and is_string_file(path, known) and (space or not reading(catalog, path, known)):
        return read_strings(path, known, space, field, option="`field`")
    samples = _read(_part(reader_of(catalog, path, known), path, {}))
    return find_modality(modalities_of(catalog), samples.space.modality).admit(samples)


def _part(reader: Component, path: Path, options: Mapping[str, Any]) -> Part[DatasetSpec]:
    """Return a dataset component that opens a path as outputs of a generator."""
    return part_of(reader, DatasetSpec, entry_of(reader, path, options, is_fake=True), path.parent)


def _read(part: Part[DatasetSpec]) -> Samples:
    """Return the samples that a dataset gives, unchecked."""
    rng = seeds.stream(None, "data", part.component.name, options_text(part))
    samples: Samples = call(part, {}, {"rng": rng, "device": "cpu", "log": no_log}).labelled()
    return samples


@dataclass(frozen=True, kw_only=True)
class OutputReader:
    """What opens a path of a generator that takes `open_outputs`.

    component  the dataset component; None: genbench itself, or nothing
    refusal    why nothing opens it, else ""
    """

    component: Component | None = None
    refusal: str = ""


def output_readers(
    generator: Part[GeneratorSpec], catalog: Catalog, modality: Modality, dataset: Component | None = None
) -> dict[str, OutputReader]:
    """Return what opens each path of a generator, by option, none unless it takes `open_outputs`.

    dataset  the component of its data, which comes first where several read a path

    Kept samples and strings need no component.
    """
    paths = paths_in(generator.options) if "open_outputs" in generator.contract.inputs else {}
    return {option: _reader(path, catalog, modality, dataset) for option, path in paths.items()}


def _reader(path: Path, catalog: Catalog, modality: Modality, dataset: Component | None) -> OutputReader:
    try:
        if kept_folder(path) is not None or is_string_file(path, modality):
            return OutputReader()
        if dataset in reading(catalog, path, modality):
            return OutputReader(component=dataset)
        return OutputReader(component=reader_of(catalog, path, modality))
    except GenbenchError as error:
        return OutputReader(refusal=str(error))


@dataclass(frozen=True)
class OutputOpener:
    """The input `open_outputs` of a generator: opens paths among its options.

    modality, space  of its data, and so of the samples
    readers  what opens each path
    shared   by the reference of a component, the options of the data that hold for outputs, too
    """

    modality: Modality
    space: Space
    readers: Mapping[Path, OutputReader]
    shared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __call__(
        self, path: Path, *, field: str = FIELD, options: Mapping[str, Any] | None = None
    ) -> Samples:
        """Return all samples of a file or folder, with their labels.

        path     a path among the generator's options: others are not in its key
        field    the key of a string in JSON objects, or the column of a CSV file
        options  options of the dataset component that reads the path, besides those of the dataset that hold
                 for outputs, too

        Raises DataError if the path cannot be read or nothing reads it, and Invalid for another path.
        """
        reader, given = self.readers.get(path), dict(options or {})
        if reader is None:
            raise Invalid(f"open_outputs got {path.name}, which is no path among the generator's options")
        if reader.refusal:
            raise DataError(reader.refusal)
        if reader.component is not None:
            return self._by_component(reader.component, path, given)
        if given:
            raise DataError(f"{path.name} is read by genbench, which has no option {next(iter(given))!r}")
        kept = kept_folder(path)
        if kept is not None:
            return read_kept(kept, [self.modality], self.modality)
        return read_strings(path, self.modality, self.space, field, option="`field`")

    def _by_component(self, reader: Component, path: Path, options: Mapping[str, Any]) -> Samples:
        """Return the samples that a component reads, checked; see `__call__`."""
        part = _part(reader, path, {**self.shared.get(reader.reference, {}), **options})
        files = {option.name for option in part.contract.options if option.holds_paths}
        if named := sorted(files & options.keys()):
            raise DataError(
                f"{path.name}: the option {named[0]!r} of {reader.name} is a file, and only options "
                f"of the data may be one; give it to the dataset"
            )
        samples = _read(part)
        try:
            find_modality([self.modality], samples.space.modality, reader.owner.distribution)
        except DataError:
            raise DataError(
                f"{path.name} holds {samples.space} samples; expected {self.space}, as in this dataset"
            ) from None
        return self.modality.admit(samples)
