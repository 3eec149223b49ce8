"""Files of votes, and the entries of a suite whose comparisons take them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.contract.hookspecs import PROJECT
from genbench.contract.signature import read_contract
from genbench.contract.specs import MetricSpec
from genbench.core.errors import DataError, SuiteError
from genbench.files.read import read_regular
from genbench.results.folder import INPUTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.loader import Component

__all__ = ["VoteEntry", "VotesFile", "read_votes", "vote_entries"]

_MOST_BYTES = 2**28  # of a file: a million votes take 200 MB
_VOTES, _QUESTION = "votes", "question"  # options of a comparison


@dataclass(frozen=True, kw_only=True)
class VotesFile:
    """A file of votes.

    name     of its copy in the folder of a run's inputs
    kind     of its rater, such as "person"
    samples  the digests that its votes name
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
    def text(self) -> str:
        """The entry as a table of TOML."""
        named = {} if self.name == self.component.name else {"name": self.name}
        values = {"use": self.component.reference, **named, **self.options}
        lines = [f"{name} = {_write_toml(value)}" for name, value in values.items()]
        return "\n".join(["[[metric]]", *lines, ""])


def read_votes(paths: Iterable[Path]) -> tuple[VotesFile, ...]:
    """Return the files of votes in an order that their contents decide, so that signatures do not differ.

    Raises DataError, naming the file, for one that is no file of votes, and for one that is given twice.
    """
    found: dict[bytes, VotesFile] = {}
    for path in paths:
        votes = _read_votes_file(path, {each.name.casefold() for each in found.values()})
        if votes.content in found:
            raise DataError(
                f"{path.name}: the same votes as in {found[votes.content].name}; give each file once"
            )
        found[votes.content] = votes
    return tuple(sorted(found.values(), key=lambda each: hashlib.sha256(each.content).digest()))


def _read_votes_file(path: Path, taken: set[str]) -> VotesFile:
    """Return a file of votes under a name that is not taken; raise DataError if it is none."""
    try:
        content = read_regular(path, _MOST_BYTES)
        body = json.loads(content)
        kind, questions = body["kind"], tuple(body["questions"])
        if not isinstance(kind, str) or not questions or not all(isinstance(each, str) for each in questions):
            raise ValueError("kind and questions are no texts")
        samples = frozenset(str(vote[side]) for vote in body["votes"] for side in ("first", "second"))
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else error
        raise DataError(
            f"{path.name} is no file of votes: {reason}; expected one that a rater saved"
        ) from error
    return VotesFile(
        name=_free_name(path.name, taken), content=content, kind=kind, questions=questions, samples=samples
    )  # fmt: skip


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name of a copy, such as "votes-2.json", with letters, digits, dashes, "_" and spaces only.

    taken  names of other copies in lower case, since some file systems ignore case
    """
    stem = "".join(c if c.isalnum() or c in "-_ " else "-" for c in Path(name).stem) or "votes"
    names = [f"{stem}.json", *(f"{stem}-{number}.json" for number in range(2, len(taken) + 3))]
    return next(each for each in names if each.casefold() not in taken)


def vote_entries(
    catalog: Catalog,
    files: Sequence[VotesFile],
    metrics: Iterable[Mapping[str, Any]] = (),
    options: Mapping[str, Any] | None = None,
) -> list[VoteEntry]:
    """Return the entries that take files of votes, each of the kinds of raters that it can rate.

    metrics  entries in the form of a suite's tables; none: genbench's own comparisons of such votes
    options  for all comparisons that have them

    Raises SuiteError for a metric that takes no votes, or none of these files, for an option that no
    comparison has, for a file that no comparison takes, and if it is not clear which question is meant.
    """
    given = dict(options or {})
    wanted = [(_find_component(catalog, table), table) for table in metrics] or [
        (component, {})
        for component in catalog.of_kind(MetricSpec.kind)
        if component.owner.distribution == PROJECT and _select_files(component, files)
    ]
    known = [_make_entry(component, table, files, given) for component, table in wanted]
    rated = {name for entry in known for name in entry.options[_VOTES]}
    for each in files:
        if f"{INPUTS}/{each.name}" not in rated:
            raise SuiteError(f"{each.name}: no comparison takes votes of the kind {each.kind!r}")
    for name in given:
        if not any(name in entry.options for entry in known):
            who = ", ".join(entry.component.name for entry in known)
            raise SuiteError(f"{who}: no option {name!r}; leave it out")
    return known


def _find_component(catalog: Catalog, table: Mapping[str, Any]) -> Component:
    """Return the comparison of a table's `use`; raise SuiteError for a metric that takes no votes."""
    component = catalog.find(MetricSpec.kind, table["use"])
    if not _check_spec(component).votes:
        raise SuiteError(f"the metric {component.name} takes no votes; expected a comparison that does")
    return component


def _check_spec(component: Component) -> MetricSpec:
    """Return the spec of a component as a MetricSpec, which mypy cannot know."""
    if not isinstance(component.spec, MetricSpec):
        raise TypeError(f"{component.reference} is no metric")
    return component.spec


def _select_files(component: Component, files: Iterable[VotesFile]) -> list[VotesFile]:
    """Return the files of the kinds of raters that a comparison takes."""
    return [each for each in files if each.kind in _check_spec(component).votes]


def _make_entry(
    component: Component, table: Mapping[str, Any], files: Sequence[VotesFile], given: Mapping[str, Any]
) -> VoteEntry:
    """Return the entry of a comparison with its files of votes, its options and its question.

    table  the entry in the form of a suite's table; its options replace those in `given`
    files  all files of votes, of which the comparison takes those of its kinds of raters
    given  options for all comparisons; those that this one lacks are left out

    Raises SuiteError if it takes none of the files, or the question is not clear.
    """
    own = _select_files(component, files)
    if not own:
        kinds, there = " or ".join(_check_spec(component).votes), sorted({each.kind for each in files})
        raise SuiteError(
            f"{component.name} takes votes of the kind {kinds}; these files have {', '.join(there)}"
        )
    has = {option.name for option in read_contract(component.spec, component.who).options}
    options = {name: value for name, value in given.items() if name in has}
    options |= {name: value for name, value in table.items() if name not in ("use", "name")}
    if _QUESTION in has:
        options[_QUESTION] = _choose_question(own, str(options.get(_QUESTION, "")))
    options[_VOTES] = [f"{INPUTS}/{each.name}" for each in own]
    return VoteEntry(name=str(table.get("name", component.name)), component=component, options=options)


def _choose_question(files: Iterable[VotesFile], wanted: str) -> str:
    """Return the text of the wanted question, or of the only one in the files if none is wanted ("").

    The suite always states the question, so that it is in the signature of the scores. Raises SuiteError if
    the files lack the wanted question, or several are possible.
    """
    asked = sorted({text for each in files for text in each.questions})
    if wanted in asked:
        return wanted
    if not wanted and len(asked) == 1:
        return asked[0]
    which = f"got {wanted!r}" if wanted else "choose one with --question"
    raise SuiteError(f"the files ask {', '.join(map(repr, asked))}; {which}")


def _write_toml(value: Any) -> str:
    """Return an option as TOML, whose strings are those of JSON but for the character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
