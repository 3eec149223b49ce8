"""Generator `command`: texts from any program that reads a request and writes JSON Lines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Gt, MinLen

from genbench import Invalid, Program, SuiteError, Unsigned, Variable
from genbench_text.remote.cutting import cut
from genbench_text.remote.secret import Matching
from genbench_text.tokens.encodable import check_encodable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from genbench import Log, Samples, Space

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
    log: Log,
) -> CommandSampler:
    """Return a sampler of a program's output; it does not learn from `train`.

    run        the program and its arguments; no shell is used
    file       the program's file or folder, identified by its content; its path replaces "{file}" in `run`
    gives      optional abilities: completions of prompts, likelihoods of texts
    options    passed to it in each request, unchanged
    env        names of environment variables that it receives, in addition to the default ones
    timeout_s  of each request

    Raises SuiteError if there is no such program, a variable is not set, or only one of `file` and "{file}"
    is present.
    """
    if (file is not None) != any(_FILE in argument for argument in run):
        raise SuiteError(f"the option file and {_FILE!r} in run need each other; got only one of them")
    place = "" if file is None else str(file.absolute())
    program = Program.of([argument.replace(_FILE, place) for argument in run], env, timeout_s)
    kinds = {(False, False): CommandSampler, (True, False): _Completing, (False, True): _Scoring}
    kind = kinds.get(("completions" in gives, "likelihoods" in gives), _CompletingAndScoring)
    return kind(program, train.space, options or {}, log)


@dataclass(frozen=True, eq=False)
class CommandSampler:
    """A program that writes texts.

    space    of its samples; texts longer than its `longest` are truncated
    options  passed to it
    log      called with the number of truncated texts
    """

    program: Program
    space: Space
    options: Mapping[str, Any]
    log: Log
    _last: dict[str, list[dict[str, Any]]] = field(default_factory=dict, init=False, repr=False)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` texts from the program, truncated to the `longest` of the space; the log counts these.

        Raises ProgramError if it fails, Invalid if a line of its output is not a text.
        """
        texts = self._texts(n, None, rng)
        return cut(texts, self.space, self.log)

    def _texts(self, n: int, prompts: Sequence[str] | None, rng: np.random.Generator) -> tuple[str, ...]:
        asked = {"seed": int(rng.integers(2**31)), "prompts": prompts, "longest": self.space.get("longest")}
        rows = self._ask("texts", n, asked)
        texts = tuple(row["text"] for row in rows if isinstance(row.get("text"), str))
        if len(texts) < n:
            at = next(at for at, row in enumerate(rows) if not isinstance(row.get("text"), str))
            raise Invalid(f"line {at + 1} of {self.program.name} has no text; expected "
                          f'{{"text": "…"}}')  # fmt: skip
        return texts

    def _ask(self, request: str, n: int, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the `n` objects of the program's answer; n = 0 does not run it."""
        if not n:
            return []
        told = {"request": request, "n": n, **asked, "options": self.options}
        return self.program.ask(json.dumps(told).encode("ascii") + b"\n", n, each="text")


class _Completing(CommandSampler):
    """A program that also completes prompts."""

    def complete(self, prompts: Sequence[str], *, rng: np.random.Generator) -> tuple[str, ...]:
        """Return the program's completion of each prompt, not truncated.

        Raises what `sample` does, and Undefined for an unpaired surrogate.
        """
        _check(prompts)
        return self._texts(len(prompts), list(prompts), rng)


class _Scoring(CommandSampler):
    """A program that also returns likelihoods."""

    def log_likelihood(
        self, texts: Sequence[str], *, prompts: Sequence[str] | None = None
    ) -> NDArray[np.float64]:
        """Return the program's log probability of each text, (n,) float64 nats, unchanged.

        prompts  one for each text; the result is then conditional on the prompt

        Raises Undefined for an unpaired surrogate, Invalid for values that are not numbers, and what `sample`
        raises.
        """
        return np.array(self._numbers("nats", texts, prompts), np.float64)

    def token_counts(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the program's token count of each text, (n,) float64, unchanged."""
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
            raise Invalid(f"line {values.index(None) + 1} of {self.program.name} has no number {name!r}; "
                          f'expected {{"nats": -12.5, "tokens": 4}}')  # fmt: skip
        return [value for value in values if value is not None]


class _CompletingAndScoring(_Completing, _Scoring):
    """A program that completes prompts and returns likelihoods."""


def _check(texts: Sequence[str]) -> None:
    for text in texts:
        check_encodable(text)


def _number(value: Any) -> float | None:
    """Return a JSON number as float64, or None for other values and for overflow."""
    try:
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    except OverflowError:
        return None
