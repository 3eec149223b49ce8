"""Which dataset component reads a path, by its suffix and the beginning of its files."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.modalities import list_modalities
from genbench.contract.signature import resolve
from genbench.contract.specs import DatasetSpec
from genbench.core.errors import DataError, PluginError, SuiteError, describe_error
from genbench.files.read import read_head
from genbench.files.text_files import TEXT_ENDINGS, list_fields
from genbench.suite.components import configure
from genbench.suite.file import SuiteEntry
from genbench.trial.reading.string_files import is_string_file, write_modality_option

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality
    from genbench.suite.components import Part

__all__ = [
    "check_sides", "configure_reader", "find_reader", "find_readers", "make_reader_part",
    "select_side_options", "suggest_modality_option",
]  # fmt: skip

#: What can be read as samples of any modality.
_KEPT = "a folder of samples that a run kept"


def select_side_options(options: Mapping[str, Any], side: str) -> dict[str, Any]:
    """Return the options of a reader for one side, such as "fake".

    An option "fake.encoding" is the option "encoding" of this side alone, and replaces a common "encoding".
    """
    common = {name: value for name, value in options.items() if "." not in name}
    for_side = {name: value for name, value in options.items() if name.startswith(f"{side}.")}
    return common | {name.partition(".")[2]: value for name, value in for_side.items()}


def suggest_modality_option(catalog: Catalog, paths: Sequence[Path], served: Collection[str]) -> str:
    """Return an option such as "--modality text" with which all paths can be read, or "" if none fits.

    served  references of the modalities to choose from; the first that fits all paths is taken

    A modality fits a path if a dataset component reads the path as samples of it, or if the path is a text
    file of its strings. If a path is a folder, the result is "".
    """
    are_files = bool(paths) and all(path.is_file() for path in paths)
    for modality in list_modalities(catalog) if are_files else ():
        if modality.reference not in served:
            continue
        without_reader = [path for path in paths if not find_readers(catalog, path, modality)]
        if all(is_string_file(path, modality) for path in without_reader):
            # If a file has keys or columns, the option also names the key or column of the strings.
            with_fields = next((path for path in without_reader if list_fields(path)), None)
            return write_modality_option(modality, with_fields or next(iter(without_reader), None))
    return ""


def check_sides(options: Mapping[str, Any], sides: Collection[str]) -> None:
    """Raise SuiteError for an option of one side, such as "train.encoding", if that side is not given.

    sides  the sides that are given, of "fake", "real" and "train"
    """
    for name in options:
        side = name.partition(".")[0]
        if "." in name and side not in sides:
            raise SuiteError(
                f"reader: {name!r} is an option of {side}; expected one of the sides that are given: "
                f"{', '.join(sides)}"
            )


def find_readers(
    catalog: Catalog, path: Path, modality: Modality | None = None, among: frozenset[str] = frozenset()
) -> list[Component]:
    """Return the dataset components that read a path, usually one; of several, the user must choose.

    modality  the required modality; None: any
    among     references of the modalities that metrics of these samples work on; empty: any

    Candidates are the components that declare the longest suffix of the path; the suffix of a folder is that
    of most of its files. If some candidates work on a modality of `among`, only these remain.

    Of several candidates, those that recognize the beginning of the file, or of all files of the folder, are
    returned; if none does, those that can read it; else all. Raises DataError if no candidate recognizes all
    files of a folder, and one recognizes some of them and cannot read others.
    """
    for suffix in _list_suffixes(catalog, path, _list_wanted(modality, among)):
        readers = [reader for reader in catalog.of_kind("dataset") if _reads(reader, suffix, modality)]
        if readers:
            readers = [reader for reader in readers if reader.serves(among)] or readers
            if len(readers) == 1:  # it need not recognize the file: if it cannot read it, its error tells why
                return readers
            return _choose_recognizing(readers, path, suffix) or readers
    return []


def _list_wanted(modality: Modality | None, among: frozenset[str]) -> frozenset[str]:
    """Return the references of the modalities of which samples are expected in a path; empty: any.

    modality, among  as for `find_readers`
    """
    return among if modality is None else frozenset([modality.reference])


def _list_possible_readers(catalog: Catalog, path: Path, wanted: frozenset[str]) -> list[Component]:
    """Return the datasets that declare the longest suffix of a path, except those that cannot read it.

    Unlike `find_readers`, it returns datasets of all modalities, and those that do not recognize the path:
    messages name them as alternatives.

    wanted  references of the modalities of which samples are expected, for the suffix of a folder; empty: any
    """
    for suffix in _list_suffixes(catalog, path, wanted):
        readers = [reader for reader in catalog.of_kind("dataset") if _reads(reader, suffix)]
        if readers:
            answers = _ask_readers(readers, path, suffix)
            return [reader for reader, answer in zip(readers, answers, strict=True) if answer is not False]
    return []


def _choose_recognizing(readers: Sequence[Component], path: Path, suffix: str) -> list[Component]:
    """Return the datasets that recognize a file, or all files of a folder, else those that can read it."""
    answers = list(zip(readers, _ask_readers(readers, path, suffix), strict=True))
    recognizing = [reader for reader, answer in answers if answer]
    return recognizing or [reader for reader, answer in answers if answer is None]


def _ask_readers(readers: Sequence[Component], path: Path, suffix: str) -> list[bool | None]:
    """Return each dataset's answer on a path: True: it recognizes the path; False: it cannot read it.

    None means that it can read the path, if the user chooses it.

    suffix  ".csv": the path is a file; "/.npy": a folder of such files, all of which decide; "/": a folder of
            any files, of which the first decides
    """
    if suffix == "/":
        return [_ask_reader(reader, next(_list_files(path), None), suffix) for reader in readers]
    if suffix.startswith("/"):
        return _ask_about_all_files(readers, path)
    return [_ask_reader(reader, path, suffix) for reader in readers]


def _ask_about_all_files(readers: Sequence[Component], folder: Path) -> list[bool | None]:
    """Return each dataset's answer on a folder, as `_ask_readers` does.

    It is False if the dataset cannot read one of the files, else None if it does not recognize one, else
    True. Files with a suffix that no dataset declares do not count.

    Raises DataError if no dataset recognizes all files, and one recognizes some and cannot read others.
    """
    files = [
        (file, _folder_suffix(file))
        for file in _list_files(folder)
        if any(_reads(reader, _folder_suffix(file)) for reader in readers)
    ]
    # for each dataset, an answer on each file: False if it does not even declare the suffix of the file
    file_answers = [
        [_reads(reader, suffix) and _ask_reader(reader, file, suffix) for file, suffix in files]
        for reader in readers
    ]
    results = [False if False in each else None if None in each else True for each in file_answers]
    if True not in results:  # else, that dataset reads the folder
        _check_alike(folder, readers, file_answers, [file for file, _ in files])
    return results


def _check_alike(
    path: Path, readers: Sequence[Component], answers: Sequence[Sequence[bool | None]], files: Sequence[Path]
) -> None:
    """Raise DataError if a dataset recognizes some files of a folder, and cannot read others.

    answers  for each of `readers`, its answer on each of `files`, as in `_ask_readers`
    """
    able = [reader.name for reader, each in zip(readers, answers, strict=True) if False not in each]
    choice = f", --reader {able[0]} reads all in its own way" if able else ""
    for reader, file_answers in zip(readers, answers, strict=True):
        if True in file_answers and False in file_answers:
            recognized = files[file_answers.index(True)].relative_to(path)
            refused = files[file_answers.index(False)].relative_to(path)
            raise DataError(
                f"{path.name}: {reader.name} reads {recognized}, and not {refused}; move one of them out of "
                f"the folder (--reader {reader.name} says why{choice})"
            )


def _ask_reader(reader: Component, file: Path | None, suffix: str) -> bool | None:
    """Return what a dataset's `recognizes` returns for the beginning of a file: True, False or None.

    The result is True for a dataset without this function. It is also True for a file that cannot be read:
    so the dataset is chosen, and its own error tells what is wrong with the file. Raises PluginError for an
    exception or another answer.

    file  None: the path is a folder without files, and `recognizes` gets no bytes
    """
    recognizes = getattr(reader.spec, "recognizes", None)
    if recognizes is None:
        return True
    try:
        head = b"" if file is None else read_head(file)
    except OSError:
        return True
    try:
        answer: object = resolve(recognizes)(head, suffix)
    except Exception as error:  # the code of a plugin may raise any
        raise PluginError(f"{reader.who}: recognizes raised {describe_error(error)}") from error
    if answer is None or isinstance(answer, bool):
        return answer
    raise PluginError(f"{reader.who}: recognizes returned {answer!r:.80}; expected True, None or False")


def _list_suffixes(catalog: Catalog, path: Path, wanted: frozenset[str]) -> tuple[str, ...]:
    """Return the suffixes by which a dataset may declare that it reads a path, the longest first.

    For a file "a.csv.gz", they are ".csv.gz" and ".gz"; for a folder, the suffix of most of its files, such
    as "/.npy", and "/", which stands for any folder.

    wanted  references of the modalities of which samples are expected; empty: any
    """
    if path.is_dir():
        of_most_files = _find_folder_suffix(catalog, path, wanted)
        return ("/",) if of_most_files is None else (of_most_files, "/")
    parts = path.name.lower().split(".")[1:]
    return tuple("." + ".".join(parts[first:]) for first in range(len(parts)))


def _find_folder_suffix(catalog: Catalog, path: Path, wanted: frozenset[str]) -> str | None:
    """Return the suffix of most files in a folder, after a slash, such as "/.npy", or None.

    It looks first for a suffix that a dataset of the wanted modalities declares, then for one that any
    dataset declares. More than half of the files must have a declared suffix; with exactly half, the first
    file must have one. In the first step, a single file with a declared suffix is enough, unless one of the
    datasets reads folders of any files ("/"), since that may read the folder as a whole.

    wanted  references of the modalities of which samples are expected; empty: any
    """
    counts = Counter(map(_folder_suffix, _list_files(path)))
    for modalities in (wanted, ()):  # (): any
        datasets = [reader for reader in catalog.of_kind("dataset") if reader.serves(modalities)]
        declared = {suffix for reader in datasets for suffix in getattr(reader.spec, "reads", ())}
        readable_counts = {suffix: count for suffix, count in counts.items() if suffix in declared - {"/"}}
        n_readable = sum(readable_counts.values())
        is_first_readable = next(iter(counts), "") in readable_counts  # a Counter keeps the order of files
        # True counts as 1: it decides if exactly half of the files are readable
        is_majority = n_readable + is_first_readable > counts.total() - n_readable
        if readable_counts and (is_majority or (modalities and "/" not in declared)):
            return max(readable_counts, key=readable_counts.__getitem__)
    return None


def _folder_suffix(file: Path) -> str:
    """Return the suffix that a dataset declares for folders of such files, as "/.npy" for "a.npy"."""
    return f"/{file.suffix.lower()}"


def _list_files(path: Path) -> Iterator[Path]:
    """Yield the files of a folder, then those of its sub-folders, by name, without hidden ones."""
    for folder, folders, files in os.walk(path):
        # `os.walk` goes into the folders that are in this list, in its order.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


def make_reader_part(
    catalog: Catalog, path: Path, modality: Modality | None = None, *, reader: str | None = None,
    options: Mapping[str, Any] | None = None, is_fake: bool = False, among: frozenset[str] = frozenset(),
    note: Callable[[str], object] = str,
) -> Part[DatasetSpec]:  # fmt: skip
    """Return the dataset component that reads a path, with the path as its option.

    modality  required modality; None: any
    reader    reference of the component, needed if several read such paths
    options   further options of the component
    among     references of the modalities that metrics of these samples work on; empty: any
    note      receives a line on the modality or the component that was chosen, if others could read the path;
              by default, `str` ignores it
    is_fake   whether the path holds the outputs of a generator: the component's `fake_options` apply

    Raises DataError if the path does not exist, or if not exactly one component reads it, and SuiteError for
    an unknown `reader`.
    """
    component = find_reader(catalog, path, modality, reader=reader, among=among, note=note)
    where = path.name if reader is None else "reader"  # what messages name
    return configure_reader(component, path, options or {}, where, is_fake=is_fake)


def find_reader(
    catalog: Catalog, path: Path, modality: Modality | None = None, *, reader: str | None = None,
    among: frozenset[str] = frozenset(), note: Callable[[str], object] = str,
) -> Component:  # fmt: skip
    """Return the dataset component that reads a path.

    reader  reference of the component; None: the path decides
    among   references of the modalities that metrics of these samples work on; empty: any
    note    receives a line on the modality or the component that was chosen, if others could read the path;
            by default, `str` ignores it

    Raises DataError if the path does not exist, or if not exactly one component reads it, and SuiteError for
    an unknown `reader`.
    """
    kind = "" if modality is None else f"{modality.reference} "
    if not path.exists():
        raise DataError(f"{path.name} does not exist; expected a file or folder of {kind}samples")
    where = path.name if reader is None else "reader"
    if reader is None:
        if path.is_dir() and next(_list_files(path), None) is None:
            raise DataError(f"{path.name} is a folder without files; expected files of {kind}samples")
        readers = find_readers(catalog, path, modality, among)
        if len(readers) != 1:
            raise DataError(f"{path.name}: {_describe_refusal(catalog, path, readers, modality, among)}")
        reader = readers[0].reference
        if line := _describe_choice(catalog, path, readers[0], modality, among):
            note(line)
    try:
        return catalog.find("dataset", reader)
    except SuiteError as error:
        raise SuiteError(f"{where}.use: {error}") from error


def configure_reader(
    reader: Component, path: Path, options: Mapping[str, Any], where: str, *, is_fake: bool
) -> Part[DatasetSpec]:
    """Return a dataset component, with its options, that reads a path.

    options  further options of the component; they replace its `fake_options`
    where    what messages call the place of the options
    is_fake  whether the path holds outputs of a generator, to which the component's `fake_options` apply
    """
    spec = reader.spec
    # outputs of generators may be read with other options, since they may be invalid, unlike real samples
    for_fakes = spec.fake_options if is_fake and isinstance(spec, DatasetSpec) else {}
    all_options = {**for_fakes, **options, "path": str(path.absolute())}
    entry = SuiteEntry(use=reader.reference, options=all_options, where=where)
    return configure(reader, DatasetSpec, entry, path.parent)


def _describe_choice(
    catalog: Catalog, path: Path, reader: Component, modality: Modality | None, among: frozenset[str]
) -> str:
    """Return a line on how a path is read and how to read it in another way, or "" if there is one way only.

    reader    the component that reads the path
    modality  that the user stated; None: the line names the modality of `reader`, if others are possible
    among     references of the modalities that metrics of these samples work on; empty: any
    """
    served = () if modality is None else (modality.reference,)
    possible = _list_possible_readers(catalog, path, _list_wanted(modality, among))
    others = [other for other in possible if other != reader and other.serves(served)]
    other_kinds = {kind for other in others for kind in other.spec.modalities} - set(reader.spec.modalities)
    if modality is None and other_kinds:
        kinds = " or ".join(reader.spec.modalities)
        remedy = f"state the modality (--modality {min(other_kinds)}) to read it otherwise"
        return f"{path.name} is taken as {kinds} samples; {remedy}"
    if not others:
        return ""
    remedy = f"name another reader (--reader {others[0].name}) to read it otherwise"
    return f"{path.name} is read by {reader.name}; {remedy}"


def _describe_refusal(
    catalog: Catalog, path: Path, readers: Sequence[Component], modality: Modality | None,
    among: frozenset[str],
) -> str:  # fmt: skip
    """Return why no dataset, or more than one, reads a path, and what to do: the text of an error.

    readers  what `find_readers` returned: none, or several
    """
    of_kind = "" if modality is None else f" as {modality.reference} samples"
    file = _find_typical_file(path) if path.is_dir() else path
    files = f"{file.suffix.lower() or 'such'} files"
    paths = f"folders of {files}" if path.is_dir() else files
    if readers and path.is_file() and not path.stat().st_size:
        return "the file is empty; expected samples"
    if readers:  # several datasets declare the suffix of the path
        names = " and ".join(component.reference for component in readers)
        possible = _list_possible_readers(catalog, path, _list_wanted(modality, among))
        if not any(reader in possible for reader in readers):
            why = f"{names} read {paths}{of_kind}, and say that they cannot read this one"
            return f"{why}; name one to see why: --reader {readers[0].name}"
        kinds = {kind for reader in readers for kind in reader.spec.modalities}
        is_of_several = modality is None and len(kinds) > 1
        choice = f", or state the modality: {_join_kinds(readers)}" if is_of_several else ""
        return f"{names} read {paths}{of_kind}; name one of them as the reader{choice}"
    # No dataset declares the suffix: name what can be read instead.
    why = f"no installed dataset reads {paths}{of_kind}"
    if path.is_dir() and (able := find_readers(catalog, file, modality, among)):
        advice = f"name a file instead of the folder, such as {file.relative_to(path)}"
        return f"{why}, but {_join_readers(able)} single ones; {advice}"
    if modality is not None:
        # If no path has another form, "or a folder of samples …" is the whole list, and loses its "or".
        expected = ", ".join([*_list_forms(catalog, modality), f"or {_KEPT}"]).removeprefix("or ")
        if path.is_dir() and (able := find_readers(catalog, path)):  # as samples of other modalities
            why = f"{_join_readers(able)} {paths} as {_join_kinds(able)} samples, not{of_kind}"
        return f"{why}; expected {expected}"
    wanted = [each for each in list_modalities(catalog) if not among or each.reference in among]
    forms_by_kind = {each.reference: ", ".join(_list_forms(catalog, each)) for each in wanted}
    listed = "; ".join(f"{name}: {forms}" for name, forms in forms_by_kind.items() if forms)
    return (
        f"{why}; expected {_KEPT}, or samples of a modality ({listed}); state the modality if several have "
        f"one suffix"
    )


def _find_typical_file(folder: Path) -> Path:
    """Return the first file of a folder among those with its most frequent suffix."""
    counts = Counter(map(_folder_suffix, _list_files(folder)))
    most_frequent = max(counts, key=counts.__getitem__)
    return next(file for file in _list_files(folder) if _folder_suffix(file) == most_frequent)


def _join_readers(readers: Sequence[Component]) -> str:
    """Return the names of components with a verb, as "a reads" or "a and b read"."""
    names = " and ".join(component.name for component in readers)
    return f"{names} {'read' if len(readers) > 1 else 'reads'}"


def _join_kinds(readers: Sequence[Component]) -> str:
    """Return the modalities that components declare, sorted, as "image or points"."""
    return " or ".join(sorted({kind for component in readers for kind in component.spec.modalities}))


def _list_forms(catalog: Catalog, modality: Modality) -> list[str]:
    """Return what can be read as samples of a modality, as [".csv", "a folder of .png files"].

    A folder of samples that a run kept can always be read, and is not in the list.
    """
    suffixes = {
        suffix
        for component in catalog.of_kind("dataset")
        for suffix in getattr(component.spec, "reads", ())
        if _reads(component, suffix, modality)
    }
    if modality.spec.container == "strings":  # genbench reads text files of strings itself
        suffixes |= set(TEXT_ENDINGS)
    file_suffixes = sorted(suffix for suffix in suffixes if not suffix.startswith("/"))
    if "/" in suffixes:  # a folder of any files
        return [*file_suffixes, "a folder"]
    inside = sorted(suffix[1:] for suffix in suffixes if suffix.startswith("/"))  # "/.png": of such files
    return file_suffixes + ([f"a folder of {', '.join(inside)} files"] if inside else [])


def _reads(component: Component, suffix: str, modality: Modality | None = None) -> bool:
    """Return whether a component declares that it reads a suffix, as samples of a modality; None: of any."""
    return suffix in getattr(component.spec, "reads", ()) and (
        modality is None or component.serves((modality.reference,))
    )
