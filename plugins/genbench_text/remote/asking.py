"""Concurrent, cached requests to an endpoint, with a count of tokens and costs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genbench import Invalid
from genbench_text.remote.answers import Answer, Api

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from genbench import AnswerCache, Log
    from genbench_text.remote.endpoint import Endpoint

__all__ = ["Asker", "Bill"]

_PATHS: Mapping[Api, str] = {"chat": "/chat/completions", "completions": "/completions"}
_MILLION = 1e6


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
        return dear / _MILLION

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
