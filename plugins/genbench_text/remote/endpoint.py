"""An endpoint that is asked until it answers: retries, pace, time and the key."""

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

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0
_LONGEST_SAYING = 200
_AGAIN = frozenset({408, 409, 425, 429})  # beside all from 500 on
_OK, _MOVED, _REFUSED, _FAILED = 200, 300, 400, 500


class EndpointError(GenbenchError):
    """An endpoint gave no answer, or refused to give one."""


class Pace:
    """Keeps requests, of several threads too, at least so many seconds apart."""

    def __init__(self, apart_s: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._apart_s, self._clock, self._sleep = apart_s, clock, sleep
        self._lock = threading.Lock()
        self._next = clock()

    def wait(self) -> None:
        """Return when it is this caller's turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._apart_s
        if turn > now:
            self._sleep(turn - now)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where requests go, and how long an answer is waited for.

    base_url    without a slash at its end, checked by `check_url`
    timeout_s   of one try, from connecting to the last byte
    patience_s  of all tries for one answer, waits between them included
    retries     how often a request is tried again
    per_minute  how many tries a minute are made at most; None: no bound
    is_offline  nothing is asked but this very machine
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
        """Return the JSON object with which the endpoint answers a JSON body.

        A connection that breaks or takes too long, a cut-off answer, and the statuses 408, 409, 425, 429 and
        from 500 on are tried again, after 1, 2, 4 … 60 seconds, or what Retry-After says if that is more.
        Raises EndpointError if no answer comes within `retries` and `patience_s` or the endpoint refuses, and
        Invalid if the answer is no JSON object, or holds the key. No message holds it.
        """
        if self.is_offline and not is_local(self.base_url):
            raise EndpointError(f"{self.base_url} is not asked, since the run is offline and no answer to "
                                f"this is kept; run it without --offline")  # fmt: skip
        content = json.dumps(body, allow_nan=False).encode("ascii")
        start, tried = self.clock(), 0
        while True:
            self._pace.wait()
            problem, wait_s, reply = self._try(path, content)
            if reply is not None:
                return self._object(reply)
            wait_s = max(wait_s, min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**tried))
            tried += 1
            failed = f"{self.base_url} gave no answer in {tried} {'try' if tried == 1 else 'tries'}"
            if tried > self.retries:
                raise EndpointError(f"{failed}, lastly: {problem}")
            if self.clock() - start + wait_s > self.patience_s:
                raise EndpointError(f"{failed}, and another would be later than patience_s, "
                                    f"{self.patience_s:g}; lastly: {problem}")  # fmt: skip
            self.sleep(wait_s)

    def _try(self, path: str, content: bytes) -> tuple[str, float, Reply | None]:
        """Return a good answer, or what was wrong and how long the endpoint wants to be left alone.

        Raises EndpointError for what will not get better.
        """
        headers = {"Content-Type": "application/json", "User-Agent": "genbench"} | self.key.headers()
        try:
            reply = exchange(f"{self.base_url}{path}", headers, content, timeout_s=self.timeout_s)
        except LostError as error:
            return str(error), 0.0, None
        if _OK <= reply.status < _MOVED:
            return "", 0.0, reply
        problem = f"the server says {reply.status}{self._said(reply)}"
        if reply.status in _AGAIN or reply.status >= _FAILED:
            return problem, _retry_after_s(reply.headers.get("retry-after", "")), None
        if reply.status < _REFUSED:
            problem += ", a redirect, which is not followed"
        raise EndpointError(f"{self.base_url}{path}: {problem}")

    def _object(self, reply: Reply) -> dict[str, Any]:
        try:
            value = json.loads(reply.content.decode("utf-8"))
        except (ValueError, RecursionError):  # their texts quote the answer, which may hold the key
            value = None
        if not isinstance(value, dict):
            raise Invalid(f"{self.base_url} answers with {len(reply.content)} bytes that are no JSON object")
        if self.key.is_in_json(value):
            raise Invalid(f"{self.base_url} repeats the key in its answer, which is not kept")
        return value

    def _said(self, reply: Reply) -> str:
        """Return what the server says of an error, in one short line without the key, or ""."""
        text = reply.content.decode("utf-8", "replace")
        with contextlib.suppress(ValueError, RecursionError, AttributeError):  # it is no JSON object
            value = json.loads(text)
            error = value.get("error", value)
            text = str(error.get("message", error) if isinstance(error, dict) else error)
        line = "".join(char for char in " ".join(text.split()) if char.isprintable())
        return f": {self.key.redactor.pieces(line)[:_LONGEST_SAYING]}" if line else ""


def _retry_after_s(text: str) -> float:
    """Return the seconds that a Retry-After header asks for: a number or a date; 0 for anything else."""
    if text.strip().isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
