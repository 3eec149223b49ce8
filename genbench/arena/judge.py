"""Judges: programs that compare the samples of a run in place of people."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.arena.pairs import task_hash
from genbench.arena.samples import take_samples
from genbench.core.errors import DataError, GenbenchError, Invalid, SuiteError, Undefined
from genbench.core.rendering import find_damage
from genbench.files.read import content_sha256
from genbench.jobs.isolation.program import Program, ProgramError
from genbench.store.answer_cache import AnswerCache
from genbench.store.store import store_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.arena.pairs import BlindPair
    from genbench.arena.samples import ArenaTrial
    from genbench.catalog.modalities import Modality
    from genbench.core.rendering import Rendering

__all__ = ["CHOICES", "JudgeError", "JudgeProgram", "PositionBias", "collect_votes", "measure_position_bias"]

CHOICES = ("first", "second", "tie", "bad")
_FORMAT = 1  # of files of votes
_PROTOCOL = 1  # of requests and answers
_ENDINGS = {
    "audio/wav": ".wav",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
}


class JudgeError(GenbenchError):
    """A judge failed, or one of its answers is not in CHOICES, so there are no votes."""


@dataclass(frozen=True, kw_only=True)
class JudgeProgram:
    """A program that compares samples.

    name      of the rater, in the file of votes
    identity  JSON: what decides its answers, as far as genbench knows
    cache     of its answers, or None
    """

    program: Program
    name: str
    identity: Mapping[str, Any]
    cache: AnswerCache | None

    @classmethod
    def from_command(
        cls, command: str, *, name: str | None, variables: Sequence[str], timeout_s: float, has_cache: bool
    ) -> JudgeProgram:
        """Return the judge that a command line runs, without a shell.

        variables  names of the environment variables that the program receives
        has_cache  whether its answers are cached

        An argument that is the path of a file or folder is made absolute, since the program runs in a folder
        of its own. Cached answers are used again only if the contents of these files and of the program are
        the same. Raises SuiteError if there is no such program, or a variable is not set.
        """
        words = _split_command(command)
        files = [_find_file(word, is_program=number == 0) for number, word in enumerate(words)]
        arguments = [word if path is None else str(path) for word, path in zip(words, files, strict=True)]
        # in its own process group, its child processes end with it
        program = Program.of(arguments, variables, timeout_s, own_group=True)
        program_path = Path(program.arguments[0])  # found in PATH if the command has only its name
        contents = [
            {"text": word} if path is None else {"sha256": content_sha256(path)}
            for word, path in zip(words, [program_path, *files[1:]], strict=True)
        ]
        return cls(
            program=program,
            # of "python judge.py", the script is the name rather than the interpreter
            name=name or next((path for path in files[1:] if path is not None), program_path).stem,
            identity={"protocol": _PROTOCOL, "arguments": contents, "env": sorted(variables)},
            cache=AnswerCache(store_folder() / "judge-answers") if has_cache else None,
        )

    def ask_choices(
        self, comparisons: Sequence[tuple[str, str, str]], renderings: Mapping[str, Rendering]
    ) -> tuple[str, ...]:
        """Return the judge's choice, one of CHOICES, in each comparison: (question, first, second).

        comparisons  a question, and the digests of the two samples
        renderings   the samples by digest

        The program runs once, on all comparisons that the cache lacks; its choices are cached only if all are
        valid.
        Raises JudgeError if it fails, or if one of its answers is no choice.
        """
        requests = [self._make_request(*comparison, renderings) for comparison in comparisons]
        choices = [self._read_cached_choice(request) for request in requests]
        missing = [number for number, choice in enumerate(choices) if choice is None]
        answers = self._ask_program([comparisons[number] for number in missing], renderings)
        for number, answer in zip(missing, answers, strict=True):
            choices[number] = self._cache_choice(requests[number], answer)
        return tuple(choice for choice in choices if choice is not None)  # all; the `if` is for types

    def _read_cached_choice(self, request: Mapping[str, Any]) -> str | None:
        """Return the choice in the cache, or None."""
        answer = None if self.cache is None else self.cache.get(request)
        return answer["choice"] if answer and answer.get("choice") in CHOICES else None

    def _cache_choice(self, request: Mapping[str, Any], choice: str) -> str:
        """Cache a choice and return it; if another process cached one first, return that one instead."""
        return choice if self.cache is None else str(self.cache.put(request, {"choice": choice})["choice"])

    def _make_request(
        self, question: str, first: str, second: str, renderings: Mapping[str, Rendering]
    ) -> dict[str, Any]:
        """Return what decides an answer, which is the key of the cache: judge, question, and both samples."""
        samples = [_identify(renderings[digest]) for digest in (first, second)]
        return {"judge": self.identity, "question": question, "samples": samples}

    def _ask_program(
        self, comparisons: Sequence[tuple[str, str, str]], renderings: Mapping[str, Rendering]
    ) -> list[str]:
        """Return the program's choice in each comparison, in order; for none, the program is not run.

        comparisons  a question, and the digests of the two samples
        renderings   the samples by digest, which the program gets as texts, or as files in a temporary folder
        """
        if not comparisons:
            return []
        # The program may have left files in the folder that cannot be removed.
        with tempfile.TemporaryDirectory(prefix="genbench-", ignore_cleanup_errors=True) as folder:
            digests = sorted({digest for _, *pair in comparisons for digest in pair})
            samples = {each: _write_sample(Path(folder), each, renderings[each]) for each in digests}
            lines = [
                json.dumps({"question": question, "first": samples[first], "second": samples[second]})
                for question, first, second in comparisons
            ]
            text = "".join(f"{line}\n" for line in lines)
            try:
                answers = self.program.ask(text.encode("ascii"), len(comparisons), each="request")
            except (ProgramError, Invalid) as error:
                raise JudgeError(f"the judge failed, so there are no votes: {error}") from None
        return [self._check_choice(answer, number) for number, answer in enumerate(answers, 1)]

    def _check_choice(self, answer: Mapping[str, Any], number: int) -> str:
        """Return the choice in an answer; raise JudgeError if it is none of CHOICES.

        number  the line of the answer in the program's output, from 1 on, for the message
        """
        choice = answer.get("choice")
        if not isinstance(choice, str) or choice not in CHOICES:
            expected = ", ".join(f'"{each}"' for each in CHOICES)
            got = f"{choice!r:.40}" if "choice" in answer else "nothing"
            raise JudgeError(
                f"the judge failed, so there are no votes: line {number} of {self.program.name} has {got} as "
                f"choice; expected one of {expected}"
            )
        return choice


@dataclass(frozen=True, kw_only=True)
class PositionBias:
    """How a judge answered when the samples of a pair changed sides.

    pairs          number of all pairs, each judged in both orders
    same_sample    number of pairs in which it chose the same sample in both orders, or twice none
    first_twice    number of pairs in which it chose the first place in both orders
    second_twice   number of pairs in which it chose the second place in both orders
    """

    pairs: int
    same_sample: int
    first_twice: int
    second_twice: int

    @property
    def p_value(self) -> float:
        """The p-value, in [0, 1], of a sign test on the pairs in which the judge chose one side twice.

        It is 1 without such pairs. A small one means that the judge prefers a side.
        """
        from scipy.stats import binomtest

        twice = self.first_twice + self.second_twice
        return float(binomtest(self.first_twice, twice).pvalue) if twice else 1.0


def measure_position_bias(choices: Iterable[tuple[str, str]]) -> PositionBias:
    """Return the position bias of a judge.

    choices  for each pair the choice in one order, and the choice with the sides changed, from CHOICES
    """
    counts = Counter(choices)
    # after the sides have changed, "second" is the sample that was "first"
    same_chosen = {("first", "second"), ("second", "first")}
    # no sample is chosen in either order: this shows no bias, either
    none_chosen = {pair for pair in counts if set(pair) <= {"tie", "bad"}}
    return PositionBias(
        pairs=counts.total(),
        same_sample=sum(counts[each] for each in same_chosen | none_chosen),
        first_twice=counts["first", "first"],
        second_twice=counts["second", "second"],
    )


def collect_votes(
    judge: JudgeProgram, pairs: Sequence[BlindPair], questions: Sequence[str],
    places: Mapping[str, tuple[ArenaTrial, int]], modality: Modality,
) -> tuple[bytes, PositionBias]:  # fmt: skip
    """Return (votes, bias) of a judge, a program that compares samples in place of a person.

    votes   its file of votes, JSON
    bias    how its choices depend on the side on which a sample is shown
    places  by digest, the trial of each sample, and the sample's number in it

    The judge gets all pairs as they are planned, and then all of them again with the sides changed.
    Raises JudgeError if the judge fails, DataError if a sample cannot be shown.
    """
    both_orders = [*pairs, *(replace(pair, first=pair.second, second=pair.first) for pair in pairs)]
    digests = sorted({digest for pair in pairs for digest in (pair.first, pair.second)})
    renderings = _render(digests, places, modality)
    comparisons = [(questions[pair.question], pair.first, pair.second) for pair in both_orders]
    choices = judge.ask_choices(comparisons, renderings)
    bias = measure_position_bias(zip(choices[: len(pairs)], choices[len(pairs) :], strict=True))
    sizes = {digest: _measure_size(rendering) for digest, rendering in renderings.items()}
    body = {
        "genbench-votes": _FORMAT,
        "task": task_hash(questions, pairs),
        "rater": judge.name,
        "kind": "judge",
        "questions": list(questions),
        "position": asdict(bias),
        "votes": [
            {
                "question": pair.question,
                "first": pair.first,
                "second": pair.second,
                "choice": choice,
                "sizes": [sizes[pair.first], sizes[pair.second]],
            }
            for pair, choice in zip(both_orders, choices, strict=True)
        ],
    }
    return json.dumps(body).encode("ascii") + b"\n", bias


def _split_command(command: str) -> list[str]:
    """Return the words of a command line; raise SuiteError if it is empty or a quotation has no end."""
    try:
        words = shlex.split(command)
    except ValueError as error:  # a quotation without end
        raise SuiteError(f"--judge {command!r}: {error}; expected a program and its arguments") from None
    if not words or not words[0]:
        raise SuiteError("--judge is empty; expected a program and its arguments")
    return words


def _find_file(word: str, *, is_program: bool) -> Path | None:
    """Return the absolute path of the file or folder that a word of a command line names, or None.

    A program without a "/" is looked up in PATH, so a file of its name in the working directory is not meant.
    """
    if not word or (is_program and os.sep not in word):
        return None
    path = Path(word)
    return path.absolute() if path.exists() else None


def _render(
    digests: Sequence[str], places: Mapping[str, tuple[ArenaTrial, int]], modality: Modality
) -> dict[str, Rendering]:
    """Return the rendering of each sample by digest.

    Judges get samples at full size, where pages shrink them. All have one scale, such as the range of
    coordinates, so that renderings can be compared. Raises DataError for a sample that cannot be shown, or
    whose rendering is damaged.
    """
    samples = take_samples(digests, places)
    scale = modality.scale(samples)
    renderings, remedy = {}, f"{modality.component.who} must render it"
    for number, digest in enumerate(digests):
        try:
            rendering = renderings[digest] = modality.render(samples, number, scale)
        except (Invalid, Undefined) as error:
            raise DataError(f"a sample cannot be shown to a judge: {error}; {remedy}") from error
        # a sample without content, such as an empty text, is no damage
        if rendering.content and (reason := find_damage(rendering)):
            raise DataError(f"a sample cannot be shown to a judge: {reason}; {remedy}")
    return renderings


def _identify(rendering: Rendering) -> dict[str, str]:
    """Return the part of a cache key for a sample: media type and SHA-256 of its rendering, and its text."""
    file = {"media_type": rendering.media_type, "sha256": hashlib.sha256(rendering.content).hexdigest()}
    return file | ({"text": rendering.text} if rendering.text else {})


def _write_sample(folder: Path, digest: str, rendering: Rendering) -> dict[str, str]:
    """Write a sample's file to the folder, unless it is a text, and return the sample as a judge gets it.

    The result is {"text": …}, {"file": path}, or both.

    digest  of the sample; the file is named after it
    """
    if rendering.media_type == "text/plain":
        return {"text": rendering.content.decode("utf-8")}
    path = folder / f"{digest}{_ENDINGS[rendering.media_type]}"
    path.write_bytes(rendering.content)
    return {"file": str(path)} | ({"text": rendering.text} if rendering.text else {})


def _measure_size(rendering: Rendering) -> int:
    """Return the length of a sample: in characters if it is a text or has one, else in bytes.

    The votes contain it, since metrics of votes can correct for raters who prefer long samples.
    """
    if rendering.media_type == "text/plain":
        return len(rendering.text or rendering.content.decode("utf-8"))
    return len(rendering.text or rendering.content)
