"""Plans of blind comparisons: which two samples a rater sees, in which order and on which sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations, islice, permutations
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from genbench.core.canonical_json import digest
from genbench.core.errors import DataError
from genbench.core.seeds import stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np

__all__ = ["DIGITS", "BlindPair", "Rival", "plan_pairs", "select_unshared_samples", "task_hash"]

T = TypeVar("T")

DIGITS = 32  # hex digits of the SHA-256 of a sample's content that name it in files of votes

_PAIRS_A_CHECK = 10  # one pair in so many is an attention check
_PAIRS_A_SHARED_ONE = 5  # one pair in so many is the same for all raters
_MOST_DRAWS = 1000  # of two samples, until a rater has not seen the pair


@dataclass(frozen=True, kw_only=True)
class Rival:
    """The samples of a generator.

    control  its role as a control, None for a competitor
    samples  by seed, the first DIGITS hex digits of the digest of each sample
    """

    name: str
    control: str | None = None
    samples: Mapping[int, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class BlindPair:
    """Two samples of different generators as one rater sees them, without a word on whose they are.

    question       the number of the question
    first, second  the digests of the left and of the right sample
    reference      the digest of the real sample beside them, or ""
    """

    question: int
    first: str
    second: str
    reference: str = ""


class _Match(NamedTuple):
    """A pair of samples before it is decided which is on the left.

    meeting    the positions of both generators in the list of generators
    samples    the digest of a sample of each, in the same order
    reference  the digest of the real sample beside them, or ""
    """

    meeting: tuple[int, int]
    samples: tuple[str, str]
    reference: str


def plan_pairs(
    rivals: Iterable[Rival],
    *,
    pairs: int,
    rater: int,
    seed: int,
    questions: int = 1,
    references: Iterable[str] = (),
) -> tuple[BlindPair, ...]:
    """Return the pairs of samples that one rater compares, in order: `pairs` of them for each question.

    rivals      all generators of a dataset, controls too
    rater       the rater's number, from 1 on; no pair depends on how many raters follow
    references  digests of real samples, one of which is beside each pair; () for none

    Competitors are compared with one another, and with ceiling controls, such as real data. Each such meeting
    of two generators, each seed of a generator and each of its samples occurs equally often over the raters,
    as far as the numbers allow. A fifth of the pairs is the same for all raters. A tenth checks the attention
    of the rater: a ceiling control beside a floor control, such as noise. Each question has the same pairs in
    another order. Samples that several generators made are left out. The result does not depend on the names
    of generators, nor on the order of generators and samples.

    Raises DataError if no two generators have samples of their own, or too few for so many pairs.
    """
    generators = sorted(select_unshared_samples(rivals), key=_hash_content)
    meetings, check_meetings = _find_meetings(generators)
    if not meetings:
        raise DataError(
            "there is nothing to compare: fewer than two generators have samples of their own; expected "
            "two: add one to the suite"
        )
    real = sorted(set(references)) or [""]  # "": no reference beside the pairs
    n_checks = pairs // _PAIRS_A_CHECK if check_meetings else 0
    n_shared = pairs // _PAIRS_A_SHARED_ONE
    ordinary_matches = _make_matches(generators, meetings, real, seed, "ordinary")
    check_matches = _make_matches(generators, check_meetings, real, seed, "checks")
    shared_pairs = _take_unseen(ordinary_matches, n_shared, ())
    own_pairs: list[_Match] = []
    checks: list[_Match] = []
    # All raters take their pairs from the same endless iterators, one rater after the other. So for rater 3,
    # the pairs of raters 1 and 2 are taken first, and dropped.
    for _ in range(rater):
        own_pairs = _take_unseen(ordinary_matches, pairs - n_shared - n_checks, shared_pairs)
        checks = _take_unseen(check_matches, n_checks, ())
    return tuple(
        pair
        for question in range(questions)
        for pair in _order_pairs([*shared_pairs, *own_pairs, *checks], question, rater, seed)
    )


def select_unshared_samples(rivals: Iterable[Rival]) -> list[Rival]:
    """Return the generators with only those samples that no other generator made.

    A vote on a sample of two generators would favour neither. Of equal samples at a seed, one remains. Seeds
    and generators without such samples are left out.
    """
    rivals = list(rivals)
    # the number of generators that made a sample; one that made it at several seeds counts once
    n_makers = Counter(sample for rival in rivals for sample in set().union(*rival.samples.values()))
    generators = []
    for rival in rivals:
        by_seed = {
            seed: sorted({sample for sample in samples if n_makers[sample] == 1})
            for seed, samples in sorted(rival.samples.items())
        }
        generators.append(replace(rival, samples={seed: own for seed, own in by_seed.items() if own}))
    return [generator for generator in generators if generator.samples]


def task_hash(questions: Sequence[str], pairs: Iterable[BlindPair]) -> str:
    """Return the SHA-256 of what a rater is asked, which files of votes name: 64 hex digits."""
    rows = [[pair.question, pair.first, pair.second, pair.reference] for pair in pairs]
    return digest({"questions": list(questions), "pairs": rows})


def _hash_content(rival: Rival) -> str:
    """Return the SHA-256 of a generator's samples.

    It takes the place of the generator's name in sort orders and random streams, so names change no pair.
    """
    return digest(sorted(rival.samples.items()))


def _find_meetings(generators: Sequence[Rival]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return (meetings, checks): pairs of generators whose samples raters compare, as positions in the list.

    meetings  two competitors, or a competitor and a ceiling control, such as real data
    checks    a ceiling control, then a floor control, such as noise: an attentive rater prefers the ceiling
    """
    roles = [generator.control for generator in generators]  # None for a competitor
    positions = range(len(roles))
    meetings = [
        # {None}: both are competitors
        (a, b)
        for a, b in combinations(positions, 2)
        if {roles[a], roles[b]} in ({None}, {None, "ceiling"})
    ]
    checks = [(a, b) for a, b in permutations(positions, 2) if (roles[a], roles[b]) == ("ceiling", "floor")]
    return meetings, checks


def _make_matches(
    generators: Sequence[Rival], meetings: Sequence[tuple[int, int]], real: Sequence[str], seed: int,
    kind: str,
) -> Iterator[_Match]:  # fmt: skip
    """Yield pairs of samples without end, in which meetings, seeds, samples and references take turns.

    In turns, each one occurs once, in random order, before any occurs again.

    meetings  which two generators meet: pairs of positions in `generators`
    real      digests of real samples, the references; [""] for none
    kind      "ordinary" or "checks": names the random streams, so that both are drawn independently
    """
    samples = [
        _take_sample_turns(rival, stream(seed, "arena", kind, _hash_content(rival))) for rival in generators
    ]
    references = _take_turns(real, stream(seed, "arena", kind, "references"))
    for first, second in _take_turns(meetings, stream(seed, "arena", kind, "meetings")):
        yield _Match((first, second), (next(samples[first]), next(samples[second])), next(references))


def _take_sample_turns(rival: Rival, rng: np.random.Generator) -> Iterator[str]:
    """Yield samples of a generator without end, in which its seeds and their samples take turns."""
    by_seed = {seed: _take_turns(samples, rng) for seed, samples in rival.samples.items()}
    for seed in _take_turns(list(by_seed), rng):
        yield next(by_seed[seed])


def _take_turns(items: Sequence[T], rng: np.random.Generator) -> Iterator[T]:
    """Yield the items without end, all of them in a random order before any again."""
    while items:
        for number in rng.permutation(len(items)):
            yield items[number]


def _take_unseen(matches: Iterator[_Match], count: int, seen: Iterable[_Match]) -> list[_Match]:
    """Return the next `count` matches with different pairs of samples that are in no match of `seen`.

    Raises DataError if 1,000 matches in a row have pairs that are in `seen`, or returned already.
    """
    seen_samples = {match.samples for match in seen}
    unseen: list[_Match] = []
    while len(unseen) < count:
        drawn = islice(matches, _MOST_DRAWS)  # `matches` has no end, so a search needs a limit
        match = next((match for match in drawn if match.samples not in seen_samples), None)
        if match is None:
            raise DataError(
                "the generators have too few different samples for so many pairs that a rater has not seen; "
                "ask for fewer pairs"
            )
        seen_samples.add(match.samples)
        unseen.append(match)
    return unseen


def _order_pairs(matches: Sequence[_Match], question: int, rater: int, seed: int) -> Iterator[BlindPair]:
    """Yield the pairs of a question as a rater sees them: in random order, each with a left and a right side.

    Two generators that meet again change sides, so a rater's habit of choosing one side favours neither.
    """
    rng = stream(seed, "arena", "order", str(rater), str(question))
    # by meeting, the side of its first generator the next time: 1 is left; random the first time
    next_sides: dict[tuple[int, int], int] = {}
    for number in rng.permutation(len(matches)):
        match = matches[number]
        side = next_sides.setdefault(match.meeting, int(rng.integers(2)))
        next_sides[match.meeting] = 1 - side
        first, second = match.samples if side else match.samples[::-1]
        yield BlindPair(question=question, first=first, second=second, reference=match.reference)
