"""Files of votes, and the entries of a suite whose comparisons take them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from genbench.contract.hookspecs import PROJECT
from genbench.contract.signature import read_contract
from genbench.contract.specs import MetricSpec
from genbench.core.canonical_json import make_object
from genbench.core.errors import DataError, SuiteError
from genbench.files.read import read_regular
from genbench.results.folder import INPUTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.loader import Component

__all__ = ["VoteEntry", "VotesFile", "make_vote_entries", "read_votes"]

_MOST_BYTES = 2**28  # of a file: a million votes take 200 MB
_VOTES, _QUESTION = "votes", "question"  # options of a comparison


@dataclass(frozen=True, kw_only=True)
class VotesFile:
    """A file of votes.

    name       of its copy in the folder of a run's inputs
    content    the bytes of the file
    kind       of its rater, such as "person"
    questions  that its rater answered for each pair of samples: "Which looks more real?"
    samples    the digests of the samples that its votes name
    """

    name: str
    content: bytes
    kind: str
    questions: tuple[str, ...]
    samples: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class VoteEntry:
    """A metric of a suite that takes votes: its id on the board, the component, and its options."""

    name: str
    component: Component
    options: Mapping[str, Any]

    @property
    def toml_text(self) -> str:
        """The entry as a table of TOML."""
        name_field = {} if self.name == self.component.name else {"name": self.name}
        values = {"use": self.component.reference, **name_field, **self.options}
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
        # texts of TOML are those of JSON but for the character DEL
        return "\n".join(["[[metric]]", *lines, ""]).replace("\x7f", "\\u007f")


def read_votes(paths: Iterable[Path]) -> tuple[VotesFile, ...]:
    """Return the files of votes in an order that their contents decide, so that signatures do not differ.

    Raises DataError, naming the file, for one that is no file of votes, and for one that is given twice.
    """
    by_content: dict[bytes, VotesFile] = {}
    for path in paths:
        votes = _read_votes_file(path, {file.name.casefold() for file in by_content.values()})
        if votes.content in by_content:
            raise DataError(
                f"{path.name}: the same votes as in {by_content[votes.content].name}; give each file once"
            )
        by_content[votes.content] = votes
    return tuple(sorted(by_content.values(), key=lambda file: hashlib.sha256(file.content).digest()))


def _read_votes_file(path: Path, taken: set[str]) -> VotesFile:
    """Return a file of votes; raise DataError if it is none.

    taken  names in lower case of other copies in the folder of a run's inputs, which this file's copy avoids
    """
    try:
        content = read_regular(path, _MOST_BYTES)
        body = json.loads(content, object_pairs_hook=make_object)
        kind, questions = body["kind"], tuple(body["questions"])
        if not isinstance(kind, str) or not questions or not all(isinstance(text, str) for text in questions):
            raise ValueError("kind and questions are no texts; expected a file that a rater saved")
        samples = frozenset(str(vote[side]) for vote in body["votes"] for side in ("first", "second"))
    except OSError as error:
        raise DataError(
            f"{path.name} cannot be read: {error.strerror or error}; expected a file that a rater saved"
        ) from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else error
        raise DataError(
            f"{path.name} is no file of votes: {reason}; expected one that a rater saved"
        ) from error
    return VotesFile(
        name=_find_name(path.name, taken), content=content, kind=kind, questions=questions, samples=samples
    )  # fmt: skip


def _find_name(name: str, taken: set[str]) -> str:
    """Return the name of the copy of a file of votes in a run's inputs, such as "votes-2.json".

    It has letters, digits, dashes, "_" and spaces only.

    taken  names of other copies in lower case, since some file systems ignore case
    """
    stem = "".join(c if c.isalnum() or c in "-_ " else "-" for c in Path(name).stem) or "votes"
    # more names than are taken, so that one of them is free
    names = [f"{stem}.json", *(f"{stem}-{number}.json" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name.casefold() not in taken)


def make_vote_entries(
    catalog: Catalog, files: Sequence[VotesFile], metrics: Iterable[Mapping[str, Any]] = (),
    options: Mapping[str, Any] | None = None,
) -> list[VoteEntry]:  # fmt: skip
    """Return the suite entries of comparisons that take the files of votes.

    A comparison is a metric of all generators on a dataset at once. It takes the files whose kind of rater,
    such as "person", its spec names.

    metrics  entries in the form of a suite's tables; none: genbench's own comparisons that take a file
    options  for all comparisons that have them

    Each rater of a file has answered one question, such as "Which looks more real?", or several. A comparison
    with an option `question` counts the answers to one of them.

    Raises SuiteError for a metric that takes no votes, or none of these files, for an option that no
    comparison has, for a file that no comparison takes, and if the files have several questions and no option
    chooses one.
    """
    shared_options = dict(options or {})
    # an empty table: the component under its own name, without options of its own
    comparisons = [(_find_component(catalog, table), table) for table in metrics] or [
        (component, {})
        for component in catalog.of_kind(MetricSpec.kind)
        if component.owner.distribution == PROJECT and _select_files(component, files)
    ]
    entries = [_make_entry(component, table, files, shared_options) for component, table in comparisons]
    paths = {path for entry in entries for path in entry.options[_VOTES]}
    for file in files:
        if f"{INPUTS}/{file.name}" not in paths:
            raise SuiteError(
                f"{file.name}: no comparison takes votes of the kind {file.kind!r}; add one to the suite, "
                "or leave the file out"
            )
    for name in shared_options:
        if not any(name in entry.options for entry in entries):
            who = ", ".join(entry.component.name for entry in entries)
            raise SuiteError(f"{who}: no option {name!r}; leave it out")
    return entries


def _find_component(catalog: Catalog, table: Mapping[str, Any]) -> Component:
    """Return the comparison of a table's `use`; raise SuiteError for a metric that takes no votes."""
    component = catalog.find(MetricSpec.kind, table["use"])
    if not _list_vote_kinds(component):
        raise SuiteError(f"the metric {component.name} takes no votes; expected a comparison that does")
    return component


def _list_vote_kinds(component: Component) -> tuple[str, ...]:
    """Return the kinds of votes that a metric takes; none unless it is a comparison by votes."""
    return cast("MetricSpec", component.spec).votes


def _select_files(component: Component, files: Iterable[VotesFile]) -> list[VotesFile]:
    """Return the files whose kind of rater, such as "person", is one that the comparison's spec names."""
    return [file for file in files if file.kind in _list_vote_kinds(component)]


def _make_entry(
    component: Component, table: Mapping[str, Any], files: Sequence[VotesFile], shared: Mapping[str, Any]
) -> VoteEntry:
    """Return the entry of a comparison with its files of votes, its options and the question to the raters.

    table   the entry in the form of a suite's table; its options replace the shared ones
    files   all files of votes, of which the comparison takes those whose kind of rater its spec names
    shared  options for all comparisons; those that this one lacks are left out

    Raises SuiteError if it takes none of the files, or if several questions are possible.
    """
    rated_files = _select_files(component, files)
    if not rated_files:
        expected = " or ".join(_list_vote_kinds(component))
        kinds = ", ".join(sorted({file.kind for file in files}))
        raise SuiteError(f"{component.name} takes votes of the kind {expected}; these files have {kinds}")
    option_names = {option.name for option in read_contract(component.spec, component.who).options}
    options = {name: value for name, value in shared.items() if name in option_names}
    options |= {name: value for name, value in table.items() if name not in ("use", "name")}
    if _QUESTION in option_names:
        options[_QUESTION] = _choose_question(rated_files, str(options.get(_QUESTION, "")))
    options[_VOTES] = [f"{INPUTS}/{file.name}" for file in rated_files]
    return VoteEntry(name=str(table.get("name", component.name)), component=component, options=options)


def _choose_question(files: Iterable[VotesFile], wanted: str) -> str:
    """Return the text of the wanted question, or of the only one in the files if none is wanted ("").

    The suite always states the question that the raters answered, so that it is in the signature of the
    scores. Raises SuiteError if the files lack the wanted question, or several are possible.
    """
    questions = sorted({text for file in files for text in file.questions})
    if wanted in questions:
        return wanted
    if not wanted and len(questions) == 1:
        return questions[0]
    which = f"got {wanted!r}" if wanted else "choose one with --question"
    raise SuiteError(f"the files ask {', '.join(map(repr, questions))}; {which}")
