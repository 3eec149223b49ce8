"""Finished outputs of generators: kept samples, strings in files, and what dataset components read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.contract.options import find_paths
from genbench.contract.specs import DatasetSpec
from genbench.core.errors import DataError, GenbenchError, Invalid, SuiteError
from genbench.core.names import closest
from genbench.core.splits import SPLITS
from genbench.suite.components import drop_option_annotations, make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.datasets import load_data, load_split, read_data
from genbench.trial.failures import blame
from genbench.trial.global_state import ignore_notice
from genbench.trial.reading.kept_samples import find_samples_folder, read_kept_samples
from genbench.trial.reading.readers import configure_reader, find_reader, find_readers
from genbench.trial.reading.string_files import FIELD, is_string_file, read_strings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality
    from genbench.contract.specs import GeneratorSpec
    from genbench.core.samples import Samples
    from genbench.core.spaces import Space
    from genbench.results.records import Notice
    from genbench.suite.components import Part

__all__ = ["OutputOpener", "OutputReader", "open_samples", "output_readers"]


def open_samples(
    path: str | Path, modality: str | Modality | None = None, *, space: Space | None = None,
    field: str = FIELD, plugins: Sequence[str | Path] = (),
) -> Samples:  # fmt: skip
    """Return all samples of a file or folder, with their labels, as outputs of a generator.

    path      samples that a run kept (a folder of its `samples/`), a file of strings, any path that an
              installed dataset component reads, or a split of a dataset, such as "digits.train", as a run
              with the dataset's default options has it (an existing path wins)
    modality  a name, or the Modality that a component asks for; None: the modality of the samples in the path
    space     the space of strings in a file, with the parameters of their modality; without it, a dataset
              component that reads such files of the modality comes first
    field     the key of a string in JSON objects, or the column of a CSV file
    plugins   files of plugins that are not installed

    Raises DataError if the path does not exist or cannot be read, if its samples are of another modality, or
    if not exactly one component reads it; messages name the path without its folder.
    """
    path, catalog = Path(path), load_catalog(plugins)
    wanted = find_modality(list_modalities(catalog), modality) if isinstance(modality, str) else modality
    dataset, _, name = str(path).rpartition(".")
    if name in SPLITS and not path.exists() and catalog.matches("dataset", dataset):
        part = make_part(catalog, DatasetSpec, SuiteEntry(use=dataset, where="path"), Path.cwd())
        samples = load_split(part, list_modalities(catalog), name)
        if wanted and samples.space.modality != wanted.reference:
            raise DataError(f"{path} has {samples.space.modality} samples; expected {wanted.reference}")
        return samples
    splits = [f"{each.name}.{split}" for each in catalog.of_kind("dataset") for split in SPLITS]
    if not path.exists() and str(path) == path.name and (near := closest(path.name, splits)):
        raise DataError(
            f"{path} does not exist; expected a file or folder of samples; did you mean {near!r}?"
        )
    folder = find_samples_folder(path)
    if folder is not None:
        return read_kept_samples(folder, list_modalities(catalog), wanted)
    # genbench reads strings itself if their space is given, or if no component reads them
    if wanted and is_string_file(path, wanted) and (space or not find_readers(catalog, path, wanted)):
        return read_strings(path, wanted, space, field, option="`field`")
    part = configure_reader(find_reader(catalog, path, wanted), path, {}, path.name, is_fake=True)
    # no split is made, so equal or related samples need no groups, which keep them in one split
    return load_data(part, list_modalities(catalog), grouped=False).samples


@dataclass(frozen=True, kw_only=True)
class OutputReader:
    """How a path of a generator that takes `open_outputs` is opened.

    part     the dataset component that reads it, with the path and its other options; None: genbench itself
             reads it, or there is a refusal
    refusal  why the path cannot be opened; "" if it can
    """

    part: Part[DatasetSpec] | None = None
    refusal: str = ""


def output_readers(
    generator: Part[GeneratorSpec], catalog: Catalog, modality: Modality,
    dataset: Component | None = None, shared: Mapping[str, Any] | None = None,
) -> dict[str, OutputReader]:  # fmt: skip
    """Return an OutputReader for each path of a generator that takes `open_outputs`, by option; else {}.

    dataset  the component of the generator's data, which is preferred if several components read a path
    shared   options of the generator's data; `dataset` gets them if it reads the path, so that it reads
             outputs as it reads the data

    The generator's option `reader_options`, if it has one, is passed to the components that read its paths.
    An error becomes the `refusal` of the OutputReader, so that only a generator that opens the path fails.
    """
    readers: dict[str, OutputReader] = {}
    own_options = generator.options.get("reader_options") or {}
    paths = find_paths(generator.options) if "open_outputs" in generator.contract.inputs else {}
    for option, path in paths.items():
        try:
            reader = _find_reader(path, catalog, modality, dataset)
            options = {**(shared or {}), **own_options} if reader == dataset else own_options
            part = None
            if reader is not None:
                part = configure_reader(reader, path, options, "reader_options", is_fake=True)
            elif own_options:
                raise SuiteError(
                    f"reader_options: {path.name} is read by genbench, which has no options; remove them"
                )
            # Another process may get the part, so it has no annotations, which pickle may refuse.
            readers[option] = OutputReader(part=None if part is None else drop_option_annotations(part))
        except GenbenchError as error:
            readers[option] = OutputReader(refusal=str(error))
    return readers


def _find_reader(
    path: Path, catalog: Catalog, modality: Modality, dataset: Component | None
) -> Component | None:
    """Return the dataset component that reads outputs of a generator at a path, None if genbench itself does.

    dataset  the component of the generator's data, which is preferred if several components read the path
    """
    # The space of the generator's data is the space of strings, so genbench itself reads every file of them.
    if find_samples_folder(path) is not None or is_string_file(path, modality):
        return None
    readers = find_readers(catalog, path, modality)
    if dataset in readers:
        return dataset
    if len(readers) > 1:
        raise DataError(
            f"{path.name}: {' and '.join(each.reference for each in readers)} read it; expected one, or the "
            f"dataset of the suite among them: leave out the other plugin"
        )
    return find_reader(catalog, path, modality)  # the only one; raises DataError if there is none


@dataclass(frozen=True)
class OutputOpener:
    """The input `open_outputs` of a generator: opens paths among its options.

    readers  what opens each path, by option
    modality, space  of its data, and so of the samples
    note     receives notices of side effects of what reads a path
    """

    generator: Part[GeneratorSpec]
    readers: Mapping[str, OutputReader]
    modality: Modality
    space: Space
    note: Callable[[Notice], object] = ignore_notice

    def __call__(self, path: Path, *, field: str = FIELD) -> Samples:
        """Return all samples of a file or folder, with their labels.

        path   one of the generator's options: the keys of stored results cover the content of these files
        field  the key of a string in JSON objects, or the column of a CSV file; other files do not use it

        Raises DataError if the path cannot be read or nothing reads it, and Invalid for another path.
        """
        paths = find_paths(self.generator.options)
        option = next((name for name, its_path in paths.items() if its_path == Path(path)), None)
        if option is None:
            raise Invalid(
                f"open_outputs got {Path(path).name}, which no option of the generator names; add an option"
            )
        reader = self.readers[option]
        if reader.refusal:
            raise DataError(reader.refusal)
        if reader.part is not None:
            return self._read_samples(reader.part, paths[option].name)
        # No component reads it, so it holds samples that a run kept, or strings: genbench reads both itself.
        folder = find_samples_folder(paths[option])
        if folder is not None:
            return read_kept_samples(folder, [self.modality], self.modality)
        return read_strings(paths[option], self.modality, self.space, field, option="`field`")

    def _read_samples(self, part: Part[DatasetSpec], name: str) -> Samples:
        """Return the samples that a dataset component reads, if they are of the modality of this dataset.

        name  what messages call the file or folder

        Raises DataError if they are of another modality, or not valid in it.
        """
        with blame(part.component):
            samples = read_data(part, note=self.note).labelled()
        try:  # raises DataError for another modality; a plugin may name its own without the distribution
            find_modality([self.modality], samples.space.modality, part.component.owner.distribution)
        except DataError:
            raise DataError(
                f"{name} holds {samples.space} samples; expected {self.space}, as in this dataset"
            ) from None
        try:
            return self.modality.admit(samples)
        except Invalid as error:
            raise DataError(f"{name}: {error}") from error
