"""Files of votes, and what they say of the samples of a run.

A file holds the votes of one rater on one task, as JSON:

    {"genbench-votes": 1, "task": SHA-256 of the task, "rater": name, "kind": "person", "judge" or "script",
     "questions": [text, …],
     "votes": [{"question": 0, "first": digest, "second": digest, "choice": "first", "second", "tie" or "bad",
                "seconds": 2.5, "sizes": [120, 80]}, …]}

A digest is the beginning of the SHA-256 of a sample's content, so no file names a generator. `seconds` and
`sizes` may be missing; sizes are characters of texts, or bytes of pictures and sounds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from genbench import Undefined, digests, fold_text, read_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = [
    "CHOICES", "DIGITS", "FORMAT", "KINDS", "Ballot", "Repeats", "Vote", "check_kinds", "fold_name",
    "read_ballots", "votes_on",
]  # fmt: skip

FORMAT = 1  # of the files of votes; a reader of another one would misread them
DIGITS = 32  # hex digits of a sample's SHA-256 that name it
CHOICES = ("first", "second", "tie", "bad")
_PLACES = {choice: place for place, choice in enumerate(CHOICES)}
_OUTCOMES = dict(zip(CHOICES, (1.0, 0.0, 0.5, 0.5), strict=True))
KINDS = ("person", "judge", "script")
_MOST_BYTES = 2**28  # a million votes; a larger file would fill the memory before it is found wrong
_LONGEST = 200  # characters of a name
_MOST = 1e9  # of a size or a time


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """A file of votes as it was read.

    file  its name
    """

    file: str
    task: str
    rater: str
    kind: str
    questions: tuple[str, ...]
    votes: tuple[Mapping[str, Any], ...]


class Vote(NamedTuple):
    """One choice between samples of two generators; a tuple, since a poll may have a million.

    first, second  the generators
    pair      the digests of both samples
    numbers   their positions among the samples of their generators
    choice    one of CHOICES; "bad": both are bad
    seconds   how long it took, or None
    sizes     of both samples, or None
    """

    rater: str
    first: str
    second: str
    pair: tuple[str, str]
    numbers: tuple[int, int]
    choice: str
    seconds: float | None
    sizes: tuple[float, float] | None

    @property
    def outcome(self) -> float:
        """1 if the first was chosen, 0 if the second, 0.5 if neither."""
        return _OUTCOMES[self.choice]


def read_ballots(paths: Iterable[Path]) -> list[Ballot]:
    """Return the files of votes.

    Files of different tasks may be of one rater. Names that look alike are of one rater, who gets the first
    spelling (see `fold_name`). Raises Undefined, which names the file, for one that is no such file, and if
    a rater has two of one task.
    """
    ballots = [_ballot(path) for path in paths]
    if not ballots:
        raise Undefined("no votes: name the files of raters with the option votes")
    spellings: dict[str, str] = {}
    ballots = [
        replace(ballot, rater=spellings.setdefault(fold_name(ballot.rater), ballot.rater))
        for ballot in ballots
    ]
    known: dict[tuple[str, str], Ballot] = {}
    for ballot in ballots:
        other = known.setdefault((ballot.rater, ballot.task), ballot)
        if other is not ballot:
            raise Undefined(
                f"{other.file} and {ballot.file} are both of the rater {ballot.rater!r} on one task"
            )
    return ballots


def check_kinds(ballots: Iterable[Ballot], other: str, *, refused: Sequence[str]) -> None:
    """Raise Undefined for raters of refused kinds, naming their files and the metric that takes them."""
    files = [f"{ballot.file} ({ballot.kind})" for ballot in ballots if ballot.kind in refused]
    if files:
        raise Undefined(f"votes that {other} rates: {', '.join(files)}")


def votes_on(ballots: Iterable[Ballot], fakes: Mapping[str, Samples], question: str) -> list[Vote]:
    """Return the votes on one question between samples of different generators of a run.

    question  its text; "" if all files ask the same one

    Files with no vote on any of these samples are left out: they are on other datasets of the run. Raises
    Undefined if none is left, for files with some votes on other samples, for votes on samples that several
    generators made, for a rater's second vote on two samples, and if the question is unknown.
    """
    owners = _owners(fakes)
    own = [ballot for ballot in ballots if _is_on(ballot, owners)]
    if not own:
        raise Undefined(
            "no votes on this dataset: no file has a vote on one of its samples; collect some with "
            "genbench arena make"
        )
    asked = _choose_question(own, question)
    _refuse_second_votes(own, asked)
    return [
        _vote(ballot, given, owners)
        for ballot in own
        for given in ballot.votes
        if ballot.questions[given["question"]] == asked
    ]


class Repeats(NamedTuple):
    """Which votes are on the same two samples, and what they choose on either side.

    pair    (m,) int64: equal for votes on the same samples
    choice  (m,) int64: 0 for the sample with the lower digest, which no name decides, 1 for the other, 2 tie,
            3 bad
    """

    pair: NDArray[np.int64]
    choice: NDArray[np.int64]

    @classmethod
    def of(cls, votes: Sequence[Vote]) -> Repeats:
        """Return those of votes."""
        names = sorted({vote.first for vote in votes} | {vote.second for vote in votes})
        place = {name: number for number, name in enumerate(names)}
        makers = [_int64(place[vote.first] for vote in votes), _int64(place[vote.second] for vote in votes)]
        numbers = [_int64(vote.numbers[0] for vote in votes), _int64(vote.numbers[1] for vote in votes)]
        most = 1 + max((int(each.max(initial=0)) for each in numbers), default=0)
        first, second = (most * maker + number for maker, number in zip(makers, numbers, strict=True))
        choice = _int64(_PLACES[vote.choice] for vote in votes)
        is_turned = np.fromiter((vote.pair[1] < vote.pair[0] for vote in votes), dtype=bool)
        is_turned &= choice < 2  # noqa: PLR2004 - a choice of one sample
        pair = np.minimum(first, second) * most * len(names) + np.maximum(first, second)
        return cls(pair, np.where(is_turned, 1 - choice, choice))


def _int64(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, dtype=np.int64)


class _Sample(NamedTuple):
    """Which sample of which generator has a digest; all votes on it share the text of the digest."""

    digest: str
    generator: str
    number: int


def _owners(fakes: Mapping[str, Samples]) -> dict[str, tuple[_Sample, ...]]:
    """Return by digest the first such sample of each generator that made it."""
    owners: dict[str, tuple[_Sample, ...]] = {}
    for name in sorted(fakes):
        for number, digest in enumerate(digests(fakes[name])):
            text = digest.hex()[:DIGITS]
            known = owners.get(text, ())
            if not known or known[-1].generator != name:
                owners[text] = (*known, _Sample(text, name, number))
    return owners


def _is_on(ballot: Ballot, owners: Mapping[str, tuple[_Sample, ...]]) -> bool:
    """Return whether at least one vote of a file is on a sample of these generators."""
    return any(given[side] in owners for given in ballot.votes for side in ("first", "second"))


def _choose_question(ballots: Iterable[Ballot], question: str) -> str:
    known = sorted({text for ballot in ballots for text in ballot.questions})
    if question in known:
        return question
    if not question and len(known) == 1:
        return known[0]
    which = "expected one with the option question" if not question else f"got {question!r}"
    raise Undefined(f"the files ask {', '.join(map(repr, known))}; {which}")


def _refuse_second_votes(ballots: Iterable[Ballot], asked: str) -> None:
    """Raise Undefined if a rater votes twice on the same two samples under one question.

    A judge, a program, votes on both orders of two samples: only the same order twice is refused.
    """
    files: dict[tuple[str, ...], str] = {}
    for ballot in ballots:
        for given in ballot.votes:
            if ballot.questions[given["question"]] != asked:
                continue
            pair = (given["first"], given["second"])
            key = (ballot.rater, *(pair if ballot.kind == "judge" else sorted(pair)))
            if key in files:
                where = " and ".join(dict.fromkeys([files[key], ballot.file]))
                raise Undefined(
                    f"{where}: the rater {ballot.rater!r} votes twice on the samples {pair[0][:8]}… and "
                    f"{pair[1][:8]}…; expected one vote on two samples under one question"
                )
            files[key] = ballot.file


def _vote(ballot: Ballot, given: Mapping[str, Any], owners: Mapping[str, tuple[_Sample, ...]]) -> Vote:
    sizes = given.get("sizes")
    firsts, seconds = owners.get(given["first"], ()), owners.get(given["second"], ())
    if len(firsts) != 1 or len(seconds) != 1:
        side, found = ("first", firsts) if len(firsts) != 1 else ("second", seconds)
        makers = " and ".join(sample.generator for sample in found)
        what = f"that {makers} both made" if found else "that this run does not have"
        raise Undefined(f"{ballot.file} has a vote on a sample {what}: {given[side]}")
    (first,), (second,) = firsts, seconds
    if first.generator == second.generator:
        raise Undefined(
            f"{ballot.file} compares two samples of {first.generator}; a vote is between two generators"
        )
    return Vote(
        ballot.rater, first.generator, second.generator, (first.digest, second.digest),
        (first.number, second.number), given["choice"], given.get("seconds"),
        None if sizes is None else (float(sizes[0]), float(sizes[1])),
    )  # fmt: skip


def _ballot(path: Path) -> Ballot:
    try:
        body = json.loads(read_regular(path, _MOST_BYTES), object_pairs_hook=_object)
        if not isinstance(body, dict) or body.get("genbench-votes") != FORMAT:
            raise ValueError(f"expected genbench-votes {FORMAT}")
        ballot = Ballot(
            file=path.name,
            task=_text(body, "task"),
            rater=_text(body, "rater"),
            kind=_text(body, "kind"),
            questions=tuple(body["questions"]),
            votes=tuple(body["votes"]),
        )
        if not fold_name(ballot.rater):
            raise ValueError(
                "rater is a name without a character that can be seen; expected letters or digits"
            )
        if ballot.kind not in KINDS:
            raise ValueError(f"kind is {ballot.kind!r}; expected {', '.join(KINDS)}")
        if not ballot.questions or not all(isinstance(text, str) for text in ballot.questions):
            raise ValueError("questions is no list of texts; expected one text a question")
        for number, vote in enumerate(ballot.votes):
            _check(vote, len(ballot.questions), number)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise Undefined(f"{path.name} is no file of votes: {what}") from error
    return ballot


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; raise ValueError for a key that repeats, since readers differ in what it says."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("an object has a key twice; expected each key once")
    return dict(pairs)


def fold_name(name: str) -> str:
    """Return a name without what a reader cannot see: case, width, and characters that are not drawn.

    It is close to NFKC_Casefold of Unicode Standard Annex 44, with the white space of one space.
    """
    return fold_text(fold_text(name).casefold())  # folding case may leave the normal form


def _text(body: Mapping[str, Any], name: str) -> str:
    if not isinstance(body[name], str) or not 0 < len(body[name]) <= _LONGEST:
        raise ValueError(f"{name} is no text of 1 to {_LONGEST} characters")
    return str(body[name])


def _check(vote: Any, questions: int, number: int) -> None:
    """Raise ValueError, KeyError or TypeError unless a vote has all fields in their form."""
    if type(vote["question"]) is not int or not 0 <= vote["question"] < questions:
        raise ValueError(f"vote {number} is on an unknown question; expected the number of one in questions")
    if vote["choice"] not in CHOICES:
        raise ValueError(f"vote {number} chooses {vote['choice']!r:.40}; expected {', '.join(CHOICES)}")
    if type(vote["first"]) is not str or type(vote["second"]) is not str:
        raise ValueError(f"vote {number} names no samples; expected two")
    sizes, seconds = vote.get("sizes"), vote.get("seconds")
    for each in (0 if seconds is None else seconds, *(sizes or ())):
        if not (isinstance(each, (int, float)) and 0 <= each < _MOST):
            raise ValueError(f"vote {number} has a size or a time that is no number; expected numbers")
    if sizes is not None and len(sizes) != 2:  # noqa: PLR2004 - of two samples
        raise ValueError(f"vote {number} has no two sizes; expected one for each sample")
