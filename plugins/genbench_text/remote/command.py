"""The generator `command`: texts from any program that reads a request and writes JSON Lines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Gt, MinLen

from genbench import Invalid, SuiteError, Unsigned, Variable
from genbench_text.remote.cutting import cut
from genbench_text.remote.matching import Matching
from genbench_text.remote.program import Program
from genbench_text.tokens.encodable import check_encodable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from genbench import Samples, Space

__all__ = ["CommandSampler", "command"]

_FILE = "{file}"


def command(
    train: Samples,
    *,
    run: Annotated[tuple[Annotated[str, MinLen(1)], ...], MinLen(1)],
    file: Path | None = None,
    gives: tuple[Literal["completions", "likelihoods"], ...] = (),
    options: dict[str, Any] | None = None,
    env: Annotated[tuple[Annotated[str, Matching(r"^[A-Za-z_][A-Za-z0-9_]*$")], ...], Variable] = (),
    timeout_s: Annotated[float, Gt(0), Unsigned] = 600.0,
    log: Callable[..., Any],
) -> CommandSampler:
    """Return a sampler of what a program writes; it learns nothing from `train`.

    run        the program and its arguments; no shell reads them
    file       what the program consists of, a file or a folder, known by its content: where it lies stands in
               place of "{file}" in the arguments
    gives      what it can do beside writing texts: complete prompts, say how likely texts are
    options    told to it in each request, as they stand
    env        names of environment variables that it is to see, beside the few that all programs do
    timeout_s  of each request

    Raises SuiteError if there is no such program, a variable is not set, or `file` and "{file}" do not come
    together.
    """
    if (file is not None) != any(_FILE in argument for argument in run):
        raise SuiteError(f"the option file and {_FILE!r} in run come together; got one without the other")
    place = "" if file is None else str(file.absolute())
    program = Program.of([argument.replace(_FILE, place) for argument in run], env, timeout_s)
    kinds = {(False, False): CommandSampler, (True, False): _Completing, (False, True): _Scoring}
    kind = kinds.get(("completions" in gives, "likelihoods" in gives), _CompletingAndScoring)
    return kind(program, train.space, options or {}, log)


@dataclass(frozen=True, eq=False)
class CommandSampler:
    """A program that writes texts.

    space    of its samples; what is longer than space.longest is cut
    options  told to it
    log      told how many texts were cut
    """

    program: Program
    space: Space
    options: Mapping[str, Any]
    log: Callable[..., Any]
    _last: dict[str, list[dict[str, Any]]] = field(default_factory=dict, init=False, repr=False)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` texts that the program writes, cut to space.longest, of which the log tells.

        Raises ProgramError if it fails, Invalid if it writes anything but a text for each line.
        """
        texts = self._texts(n, None, rng)
        return cut(texts, self.space, self.log)

    def _texts(self, n: int, prompts: Sequence[str] | None, rng: np.random.Generator) -> tuple[str, ...]:
        asked = {"seed": int(rng.integers(2**31)), "prompts": prompts, "longest": self.space.longest}
        rows = self._ask("texts", n, asked)
        texts = tuple(row["text"] for row in rows if isinstance(row.get("text"), str))
        if len(texts) < n:
            at = next(at for at, row in enumerate(rows) if not isinstance(row.get("text"), str))
            raise Invalid(f"line {at + 1} of {self.program.name} holds no text; expected "
                          f'{{"text": "…"}}')  # fmt: skip
        return texts

    def _ask(self, request: str, n: int, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the `n` objects with which the program answers; it is not run for none."""
        if not n:
            return []
        told = {"request": request, "n": n, **asked, "options": self.options}
        return _objects(self.program.run(json.dumps(told).encode("ascii") + b"\n"), n, self.program)


class _Completing(CommandSampler):
    """A program that completes prompts, too."""

    def complete(self, prompts: Sequence[str], *, rng: np.random.Generator) -> tuple[str, ...]:
        """Return what the program writes after each prompt, whole.

        Raises as `sample`, and Undefined for half of a character.
        """
        _check(prompts)
        return self._texts(len(prompts), list(prompts), rng)


class _Scoring(CommandSampler):
    """A program that says how likely texts are, too."""

    def log_likelihood(
        self, texts: Sequence[str], *, prompts: Sequence[str] | None = None
    ) -> NDArray[np.float64]:
        """Return the log probability that the program gives each text, (n,) float64 nats, as it is.

        prompts  one for each text: then it is the log probability that the text follows

        Raises Undefined for half of a character, Invalid for what is no number, and as `sample`.
        """
        return np.array(self._numbers("nats", texts, prompts), np.float64)

    def token_counts(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return how many tokens the program counts in each text, (n,) float64, as they are."""
        return np.array(self._numbers("tokens", texts, None), np.float64)

    def _numbers(self, name: str, texts: Sequence[str], prompts: Sequence[str] | None) -> list[float]:
        _check([*texts, *(prompts or ())])
        asked = {"texts": list(texts), "prompts": None if prompts is None else list(prompts)}
        key = json.dumps(asked)
        if key not in self._last:
            self._last.clear()
            self._last[key] = self._ask("likelihoods", len(texts), asked)
        values = [_number(row.get(name)) for row in self._last[key]]
        if None in values:
            raise Invalid(f"line {values.index(None) + 1} of {self.program.name} holds no number {name!r}; "
                          f'expected {{"nats": -12.5, "tokens": 4}}')  # fmt: skip
        return [value for value in values if value is not None]


class _CompletingAndScoring(_Completing, _Scoring):
    """A program that does both."""


def _check(texts: Sequence[str]) -> None:
    for text in texts:
        check_encodable(text)


def _number(value: Any) -> float | None:
    """Return a number of JSON, or None for what is none, or beyond float64."""
    try:
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    except OverflowError:
        return None


def _objects(content: bytes, n: int, program: Program) -> list[dict[str, Any]]:
    """Return the objects in `n` lines of JSON; raise Invalid for anything else, and for one with a secret."""
    try:
        lines = content.removesuffix(b"\n").decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise Invalid(f"{program.name} writes what is no UTF-8, at byte {error.start + 1}") from None
    if len(lines) != n or not content:
        wrote = len(lines) if content else 0
        raise Invalid(
            f"{program.name} wrote {wrote} line{'s' * (wrote != 1)}; expected {n}, one for each text"
        )
    return [_object(line, at + 1, program) for at, line in enumerate(lines)]


def _object(line: str, number: int, program: Program) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):  # their texts quote the line
        value = None
    if not isinstance(value, dict):
        raise Invalid(f"line {number} of {program.name} is no JSON object")
    for name, secret in program.secrets:
        if secret.is_in_json(value):
            raise Invalid(f"line {number} of {program.name} holds the value of {name}, and is not kept")
    return value
