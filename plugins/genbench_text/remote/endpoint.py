"""HTTP client for an endpoint: retries, rate limit, timeouts and the API key."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from genbench import GenbenchError, Invalid
from genbench_text.remote.exchange import LostError, exchange, is_local
from genbench_text.remote.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from genbench_text.remote.exchange import Reply

__all__ = ["Endpoint", "EndpointError", "Pace"]

_FIRST_WAIT_S = 1.0  # doubled at each try, as providers ask
_LONGEST_WAIT_S = 60.0  # limits of providers are per minute
_LONGEST_SAYING = 200  # characters: a page of HTML would fill the terminal
_AGAIN = frozenset({408, 409, 425, 429})  # and all from 500 on, but for:
_GATEWAY = frozenset({502, 504})  # from a server between, which does not know whether the model has answered
_OK, _MOVED, _REFUSED, _FAILED = 200, 300, 400, 500

_UNKNOWN = (
    "it is not asked again now, since the lost answer may be charged; the same command continues the run, "
    "with all answers so far"
)


class EndpointError(GenbenchError):
    """An endpoint returned no answer, or refused the request."""


class Pace:
    """A rate limiter for several threads: a minimum interval between requests."""

    def __init__(self, apart_s: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._apart_s, self._clock, self._sleep = apart_s, clock, sleep
        self._lock = threading.Lock()
        self._next = clock()

    def wait(self) -> None:
        """Block until the caller may send a request."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._apart_s
        if turn > now:
            self._sleep(turn - now)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint with its timeouts and limits.

    base_url    without a trailing slash, checked by `check_url`
    timeout_s   of one attempt, from connecting to the last byte
    patience_s  of all attempts for one answer, including the waits between them
    retries     maximum number of retries
    per_minute  maximum number of attempts per minute; None: no limit
    is_offline  allow only endpoints on the local machine
    """

    base_url: str
    key: Secret = field(default_factory=Secret)
    timeout_s: float = 60.0
    patience_s: float = 600.0
    retries: int = 5
    per_minute: float | None = None
    is_offline: bool = False
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    _pace: Pace = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        apart_s = 0.0 if self.per_minute is None else 60.0 / self.per_minute
        object.__setattr__(self, "_pace", Pace(apart_s, self.clock, self.sleep))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the JSON object that the endpoint returns for a JSON body.

        A connection that fails before the request is sent, and the statuses 408, 409, 425, 429 and 500 and
        above, are retried after 1, 2, 4 … 60 seconds, or after Retry-After if that is longer. A lost answer,
        and the statuses 502 and 504, are not: the model may have answered, and a second answer would be
        charged again. Raises EndpointError if there is no answer within `retries` and `patience_s` or the
        endpoint refuses, and Invalid if the answer is not a JSON object with each key once, or contains the
        API key. No message contains the API key.
        """
        if self.is_offline and not is_local(self.base_url):
            raise EndpointError(f"the run is offline, and the answer of {self.base_url} is not in the cache; "
                                f"run it without --offline")  # fmt: skip
        content = json.dumps(body, allow_nan=False).encode("ascii")
        start, tried = self.clock(), 0
        while True:
            self._pace.wait()
            problem, wait_s, reply = self._try(path, content)
            if reply is not None:
                return self._object(reply)
            wait_s = max(wait_s, min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**tried))
            tried += 1
            failed = (
                f"{self.base_url} returned no answer in {tried} {'attempt' if tried == 1 else 'attempts'}"
            )
            if tried > self.retries:
                raise EndpointError(f"{failed}; last error: {problem}")
            if self.clock() - start + wait_s > self.patience_s:
                raise EndpointError(f"{failed}, and another would exceed patience_s, "
                                    f"{self.patience_s:g}; last error: {problem}")  # fmt: skip
            self.sleep(wait_s)

    def _try(self, path: str, content: bytes) -> tuple[str, float, Reply | None]:
        """Return a successful answer, or the problem and the endpoint's requested delay.

        Raises EndpointError for permanent errors.
        """
        headers = {"Content-Type": "application/json", "User-Agent": "genbench"} | self.key.headers()
        try:
            reply = exchange(f"{self.base_url}{path}", headers, content, timeout_s=self.timeout_s)
        except LostError as error:
            if error.was_sent:
                raise EndpointError(f"{self.base_url} returned no answer: {error}; {_UNKNOWN}") from None
            return str(error), 0.0, None
        if _OK <= reply.status < _MOVED:
            return "", 0.0, reply
        problem = f"the server says {reply.status}{self._quote_error(reply)}"
        if reply.status in _AGAIN or (reply.status >= _FAILED and reply.status not in _GATEWAY):
            return problem, _retry_after_s(reply.headers.get("retry-after", "")), None
        if reply.status in _GATEWAY:
            problem += f"; {_UNKNOWN}"
        elif reply.status < _REFUSED:
            problem += ", a redirect, which is not followed"
        raise EndpointError(f"{self.base_url}{path}: {problem}")

    def _object(self, reply: Reply) -> dict[str, Any]:
        try:
            value = json.loads(reply.content.decode("utf-8"), object_pairs_hook=_make_object)
        except (ValueError, RecursionError):  # their messages quote the answer, which may contain the key
            value = None
        if not isinstance(value, dict):
            raise Invalid(f"{self.base_url} returned {len(reply.content)} bytes that are not a JSON object "
                          f"with each key once")  # fmt: skip
        if self.key.is_in_json(value):
            raise Invalid(f"{self.base_url} repeats the key in its answer, which is discarded")
        return value

    def _quote_error(self, reply: Reply) -> str:
        """Return the server's error message in one short line without the key, or ""."""
        text = reply.content.decode("utf-8", "replace")
        with contextlib.suppress(ValueError, RecursionError, AttributeError):  # it is not a JSON object
            value = json.loads(text)
            error = value.get("error", value)
            text = str(error.get("message", error) if isinstance(error, dict) else error)
        line = "".join(char for char in " ".join(text.split()) if char.isprintable())
        return f": {self.key.redactor.pieces(line)[:_LONGEST_SAYING]}" if line else ""


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; raise ValueError for a key that repeats, since readers differ in what it says."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def _retry_after_s(text: str) -> float:
    """Return the seconds of a Retry-After header, a number or a date; 0 for other values."""
    if text.strip().isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
