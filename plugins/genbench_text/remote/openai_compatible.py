"""Generator `openai-compatible`: texts from a model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, MinLen

from genbench import Address, AnswerCache, Invalid, SuiteError, Unsigned, Variable, store_folder
from genbench_text.remote.answers import Answer, Api
from genbench_text.remote.cutting import cut
from genbench_text.remote.endpoint import Endpoint
from genbench_text.remote.exchange import ADDRESS, MEANT, check_url
from genbench_text.remote.secret import NAME, VARIABLE, Matching, Secret
from genbench_text.tokens.encodable import check_encodable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from genbench import Log, Samples, Space

__all__ = ["Asker", "Bill", "EndpointSampler", "ScoringSampler", "openai_compatible"]

_PATHS: Mapping[Api, str] = {"chat": "/chat/completions", "completions": "/completions"}


def openai_compatible(  # noqa: PLR0913 - what is asked, and how
    train: Samples,
    *,
    base_url: Annotated[str, Matching(ADDRESS, MEANT), Address],
    model: Annotated[str, MinLen(1)],
    api: Api = "chat",
    prompt: str = "",
    system: str | None = None,
    stop: Annotated[str, MinLen(1)] | None = None,
    max_tokens: Annotated[int, Ge(1)] = 128,
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens",
    temperature: Annotated[float, Ge(0)] = 1.0,
    top_p: Annotated[float, Gt(0), Le(1)] = 1.0,
    send_seed: bool = True,
    prefix: Annotated[str, MinLen(1)] | None = None,
    key_env: Annotated[Annotated[str, Matching(VARIABLE, NAME)] | None, Unsigned, Variable] = None,
    timeout_s: Annotated[float, Gt(0), Unsigned] = 60.0,
    patience_s: Annotated[float, Gt(0), Unsigned] = 600.0,
    retries: Annotated[int, Ge(0), Unsigned] = 5,
    requests_per_minute: Annotated[Annotated[float, Gt(0)] | None, Unsigned] = None,
    parallel: Annotated[int, Ge(1), Le(64), Unsigned] = 1,
    price_in: Annotated[float, Ge(0), Unsigned] = 0.0,
    price_out: Annotated[float, Ge(0), Unsigned] = 0.0,
    cache: Annotated[bool, Unsigned] = True,
    log: Log,
) -> EndpointSampler:
    """Return a sampler of texts from a language model behind an endpoint; it does not learn from `train`.

    base_url  of the endpoint, such as https://api.openai.com/v1
    model     the model's name at the endpoint
    api       "chat" or "completions"
    prompt    the text that each sample answers or follows; required for "chat"
    system    the system message of "chat"
    stop      a sample ends before it
    max_tokens  of a sample; `limit` is the request's name for it
    temperature, top_p  sampling parameters of the request
    send_seed  send a distinct seed with each request, so that the endpoint can reproduce its text
    prefix    the text of the model's beginning-of-text token: with it the sampler has likelihoods, which
              "completions" returns at some endpoints; without it, it has none
    key_env   the name of the environment variable with the key, in capitals, unlike keys; None: no key
    timeout_s, patience_s, retries  timeout of one attempt, of all attempts for one answer, and maximum
                                    retries
    requests_per_minute, parallel   rate limit, and maximum number of concurrent requests
    price_in, price_out  of a million tokens, for the cost in history.csv
    cache     cache answers in the store's folder and reuse them

    Raises SuiteError in one line, which never contains the key, for incompatible options.
    """
    _check(api, prompt, system, prefix)
    key = Secret.of(key_env)
    check_url(base_url, has_key=bool(key))
    endpoint = Endpoint(
        base_url=base_url.rstrip("/"), key=key, timeout_s=timeout_s, patience_s=patience_s, retries=retries,
        per_minute=requests_per_minute, is_offline=bool(os.environ.get("GENBENCH_OFFLINE")),
    )  # fmt: skip
    kept = AnswerCache(store_folder() / "text-answers") if cache else None
    asker = Asker(endpoint, api, kept, parallel, Bill(price_in, price_out), log)
    told = {"model": model, limit: max_tokens, "temperature": temperature, "top_p": top_p}
    told |= {} if stop is None else {"stop": [stop]}
    fields = (asker, train.space, told, prompt, system, send_seed)
    return EndpointSampler(*fields) if prefix is None else ScoringSampler(*fields, prefix)


@dataclass(frozen=True, eq=False)
class EndpointSampler:
    """A language model behind an endpoint; the other fields are options of `openai_compatible`.

    space  of its samples; texts longer than its `longest` are truncated
    told   the fields of each request, without prompt and seed
    """

    asker: Asker
    space: Space
    told: dict[str, Any]
    prompt: str
    system: str | None
    send_seed: bool

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` answers to the prompt, truncated to the `longest` of the space; the log counts these."""
        texts = self.complete([self.prompt] * n, rng=rng)
        return cut(texts, self.space, self.asker.log)

    def complete(self, prompts: Sequence[str], *, rng: np.random.Generator) -> tuple[str, ...]:
        """Return the model's answer to each prompt, or its completion.

        Raises EndpointError if there is no answer, Invalid for a malformed one.
        """
        for prompt in prompts:
            check_encodable(prompt)
        draws = [int(number) for number in rng.integers(2**31, size=len(prompts))]
        bodies = [self._body(prompt, draw) for prompt, draw in zip(prompts, draws, strict=True)]
        answers = self.asker.ask(bodies, draws, lambda value: Answer.of(value, self.asker.api))
        return tuple(answer.text for answer in answers)

    def _body(self, prompt: str, draw: int) -> dict[str, Any]:
        seed = {"seed": draw} if self.send_seed else {}
        if self.asker.api == "completions":
            return self.told | {"prompt": prompt} | seed
        system = [] if self.system is None else [{"role": "system", "content": self.system}]
        return self.told | {"messages": [*system, {"role": "user", "content": prompt}]} | seed


@dataclass(frozen=True, eq=False)
class ScoringSampler(EndpointSampler):
    """The same with likelihoods, at an endpoint that returns the log probabilities of a prompt's tokens."""

    prefix: str

    def log_likelihood(
        self, texts: Sequence[str], *, prompts: Sequence[str] | None = None
    ) -> NDArray[np.float64]:
        """Return the log probability of each text, (n,) float64 nats; its end is not counted.

        prompts  one for each text; the result is then conditional on the prompt

        A text follows `prefix`, or its prompt, whose trailing spaces move to the text. Its tokens are those
        of both together, minus those of the prefix or prompt alone.
        Raises Undefined for an unpaired surrogate, Invalid if the endpoint does not support this.
        """
        rows = self._rows(texts, [""] * len(texts) if prompts is None else prompts)
        if any(number is None for row in rows for number in row):
            raise Invalid("the endpoint returns no log probability of the first token of a text; set prefix "
                          "to the text of the model's beginning-of-text token")  # fmt: skip
        return np.array([sum(number for number in row if number is not None) for row in rows], np.float64)

    def token_counts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return how many tokens `log_likelihood` scores of each text without a prompt, (n,) int64."""
        return np.array([len(row) for row in self._rows(texts, [""] * len(texts))], np.int64)

    def _rows(self, texts: Sequence[str], prompts: Sequence[str]) -> list[tuple[float | None, ...]]:
        """Return the log probabilities of each text's tokens."""
        befores = [prompt.rstrip() or self.prefix for prompt in prompts]
        wholes = [
            before + (prompt[len(prompt.rstrip()) :] + text)
            for before, prompt, text in zip(befores, prompts, texts, strict=True)
        ]
        for whole in wholes:
            check_encodable(whole)
        every = list(dict.fromkeys([*befores, *wholes]))
        asked = {"model": self.told["model"], "max_tokens": 1, "temperature": 0, "echo": True, "logprobs": 1}
        bodies = [asked | {"prompt": text} for text in every]
        nats = dict(
            zip(
                every,
                (answer.nats for answer in self.asker.ask(bodies, [0] * len(every), Answer.of_echo)),
                strict=True,
            )
        )
        return [nats[whole][len(nats[before]) :] for before, whole in zip(befores, wholes, strict=True)]


def _check(api: Api, prompt: str, system: str | None, prefix: str | None) -> None:
    """Raise SuiteError if an option is incompatible with the API."""
    if api == "chat" and not prompt:
        raise SuiteError("the API 'chat' requires the option prompt, which each sample answers")
    if api != "chat" and system is not None:
        raise SuiteError("the API 'completions' has no system message; remove the option system")
    if api == "chat" and prefix is not None:
        raise SuiteError("the API 'chat' returns no likelihoods; remove the option prefix")


# Concurrent, cached requests to an endpoint, with a count of tokens and costs.


@dataclass
class Bill:
    """Counts and costs of answers; safe for several threads.

    price_in, price_out  of a million tokens, in one currency; 0: not counted
    answers              number of answers, `asked` of them from the endpoint and not from the cache
    """

    price_in: float = 0.0
    price_out: float = 0.0
    answers: int = 0
    asked: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def cost(self) -> float:
        """The price of all answers, including those from the cache."""
        dear = self.price_in * self.prompt_tokens + self.price_out * self.completion_tokens
        return dear / 1e6  # prices are per million tokens

    def add(self, answer: Answer, *, asked: bool) -> None:
        """Count an answer; raise Invalid if there are prices and it has no token counts."""
        counts = (answer.prompt_tokens, answer.completion_tokens)
        if None in counts and (self.price_in or self.price_out):
            raise Invalid("the endpoint returns no token counts, so an answer has no price; "
                          "remove price_in and price_out")  # fmt: skip
        with self._lock:
            self.answers += 1
            self.asked += asked
            self.prompt_tokens += counts[0] or 0
            self.completion_tokens += counts[1] or 0

    def lines(self) -> dict[str, float]:
        """Return the counts, and the cost if there are prices."""
        counts = {
            "asked": self.asked,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
        }
        return counts | ({"cost": self.cost} if self.price_in or self.price_out else {})


@dataclass(frozen=True)
class Asker:
    """Sends requests to an endpoint.

    cache     of answers, or None
    parallel  maximum number of concurrent requests
    log       called with the counts after each round of requests
    """

    endpoint: Endpoint
    api: Api
    cache: AnswerCache | None
    parallel: int
    bill: Bill
    log: Log

    def ask(
        self, bodies: Sequence[Mapping[str, Any]], draws: Sequence[int], read: Callable[[Any], Answer]
    ) -> list[Answer]:
        """Return the answers to bodies, in their order, each parsed by `read`.

        draws  a number for each, which distinguishes equal requests that need different answers

        Raises what `Endpoint.post` and `read` raise, for the first body with an error.
        """
        with ThreadPoolExecutor(self.parallel) as pool:
            futures = [
                pool.submit(self._one, body, draw, read) for body, draw in zip(bodies, draws, strict=True)
            ]
            try:
                found = [future.result() for future in futures]
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        self.log(self.bill.answers, self.bill.answers, **self.bill.lines())
        return found

    def _one(self, body: Mapping[str, Any], draw: int, read: Callable[[Any], Answer]) -> Answer:
        request = {"url": self.endpoint.base_url, "api": self.api, "body": dict(body), "draw": draw}
        kept = None if self.cache is None else self.cache.get(request)
        if kept is not None:
            answer = Answer.from_json(kept)
        else:
            answer = read(self.endpoint.post(_PATHS[self.api], body))
            if self.cache is not None:
                answer = Answer.from_json(self.cache.put(request, answer.to_json()))
        self.bill.add(answer, asked=kept is None)
        return answer
