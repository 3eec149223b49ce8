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

__all__ = ["DIGITS", "BlindPair", "Rival", "own_samples", "plan_pairs", "task_hash"]

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
    """A pair without sides.

    meeting  the numbers of its generators
    samples  of these generators
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

    Competitors meet one another and the ceiling controls. Each such meeting, each seed of a generator and
    each of its samples occurs equally often over the raters, as far as the numbers allow. A fifth of the
    pairs is the same for all raters, and a tenth is checks of attention: a ceiling beside a floor control.
    Each question has the same pairs in another order. Samples that several generators made are left out.
    Names, and the order of generators and samples, change nothing.

    Raises DataError if no two generators have samples of their own, or too few for so many pairs.
    """
    generators = sorted(own_samples(rivals), key=_hash_content)
    meetings, check_meetings = _find_meetings(generators)
    if not meetings:
        raise DataError("there is nothing to compare: fewer than two generators have samples of their own")
    real = sorted(set(references)) or [""]
    n_checks = pairs // _PAIRS_A_CHECK if check_meetings else 0
    n_shared = pairs // _PAIRS_A_SHARED_ONE
    ordinary_matches = _make_matches(generators, meetings, real, seed, "ordinary")
    check_matches = _make_matches(generators, check_meetings, real, seed, "checks")
    shared = _take_unseen(ordinary_matches, n_shared, ())
    own: list[_Match] = []
    checks: list[_Match] = []
    # The turns of meetings and samples go on from rater to rater, so the pairs of earlier raters are taken
    # first. The last ones taken are those of this rater.
    for _ in range(rater):
        own = _take_unseen(ordinary_matches, pairs - n_shared - n_checks, shared)
        checks = _take_unseen(check_matches, n_checks, ())
    return tuple(
        pair
        for question in range(questions)
        for pair in _order_pairs([*shared, *own, *checks], question, rater, seed)
    )


def own_samples(rivals: Iterable[Rival]) -> list[Rival]:
    """Return the generators with the samples that no other generator made, each once a seed.

    Seeds and generators without any are left out.
    """
    rivals = list(rivals)
    n_makers = Counter(name for rival in rivals for name in set().union(*rival.samples.values()))
    generators = []
    for rival in rivals:
        own = {
            seed: sorted({name for name in digests if n_makers[name] == 1})
            for seed, digests in sorted(rival.samples.items())
        }
        generators.append(replace(rival, samples={seed: digests for seed, digests in own.items() if digests}))
    return [generator for generator in generators if generator.samples]


def task_hash(questions: Sequence[str], pairs: Iterable[BlindPair]) -> str:
    """Return the SHA-256 of what a rater is asked, which files of votes name: 64 hex digits."""
    rows = [[pair.question, pair.first, pair.second, pair.reference] for pair in pairs]
    return digest({"questions": list(questions), "pairs": rows})


def _hash_content(rival: Rival) -> str:
    """Return the SHA-256 of a generator's samples: generators are sorted by it, so names change no pair."""
    return digest(sorted(rival.samples.items()))


def _find_meetings(generators: Sequence[Rival]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return (meetings, checks): pairs of generators whose samples raters compare, as positions in the list.

    meetings  two competitors, or a competitor and a ceiling control, such as real data
    checks    of a rater's attention: a ceiling control, first, and a floor control, such as noise
    """
    roles = [generator.control for generator in generators]  # None for a competitor
    meetings = [
        pair
        for pair in combinations(range(len(roles)), 2)
        if {roles[each] for each in pair} in ({None}, {None, "ceiling"})
    ]
    pairs = permutations(range(len(roles)), 2)
    return meetings, [pair for pair in pairs if [roles[each] for each in pair] == ["ceiling", "floor"]]


def _make_matches(
    generators: Sequence[Rival], meetings: Sequence[tuple[int, int]], real: Sequence[str], seed: int,
    stage: str,
) -> Iterator[_Match]:  # fmt: skip
    """Yield pairs of samples without end, in which meetings, seeds, samples and references take turns.

    meetings  which two generators meet: pairs of positions in `generators`
    real      digests of real samples; [""] for none
    stage     names the random streams, so that ordinary pairs and checks are drawn independently
    """
    samples = [
        _take_sample_turns(rival, stream(seed, "arena", stage, _hash_content(rival))) for rival in generators
    ]
    references = _take_turns(real, stream(seed, "arena", stage, "references"))
    for low, high in _take_turns(meetings, stream(seed, "arena", stage, "meetings")):
        yield _Match((low, high), (next(samples[low]), next(samples[high])), next(references))


def _take_sample_turns(rival: Rival, rng: np.random.Generator) -> Iterator[str]:
    """Yield samples of a generator without end, in which its seeds and their samples take turns."""
    decks = {seed: _take_turns(digests, rng) for seed, digests in rival.samples.items()}
    for seed in _take_turns(list(decks), rng):
        yield next(decks[seed])


def _take_turns(items: Sequence[T], rng: np.random.Generator) -> Iterator[T]:
    """Yield the items without end, all of them in a random order before any again."""
    while items:
        for number in rng.permutation(len(items)):
            yield items[number]


def _take_unseen(matches: Iterator[_Match], count: int, seen: Iterable[_Match]) -> list[_Match]:
    """Return the next `count` matches whose two samples are in none of `seen`, nor twice among themselves.

    Raises DataError if 1,000 matches in a row have been seen.
    """
    seen_samples = {match.samples for match in seen}
    unseen: list[_Match] = []
    while len(unseen) < count:
        drawn = islice(matches, _MOST_DRAWS)
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
    """Yield the pairs of a question in the random order, and with the sides, in which a rater sees them.

    The two generators of a meeting are on the left in turn, so that a habit of choosing one side helps none.
    """
    rng = stream(seed, "arena", "order", str(rater), str(question))
    next_sides: dict[tuple[int, int], int] = {}  # 1: its first generator is on the left next time
    for number in rng.permutation(len(matches)):
        match = matches[number]
        side = next_sides.setdefault(match.meeting, int(rng.integers(2)))
        next_sides[match.meeting] = 1 - side
        first, second = match.samples if side else match.samples[::-1]
        yield BlindPair(question=question, first=first, second=second, reference=match.reference)
