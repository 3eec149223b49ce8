"""A single HTTP request with a timeout, a size limit and no redirects."""

from __future__ import annotations

import functools
import http.client
import ipaddress
import socket
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from genbench import SuiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ADDRESS", "MEANT", "MOST_BYTES", "LostError", "Reply", "check_url", "exchange", "is_local"]

#: Form of an endpoint's URL, without any credentials.
ADDRESS = r"^(?i:https?)://[^\s/?#@%\\]+(/[^\s?#]*)?$"
MEANT = "an address such as https://host/v1, without a user name, a password or a query; key_env names a key"

#: Maximum size of an answer: thousands of times a typical one.
MOST_BYTES = 16 * 2**20


class LostError(Exception):
    """There is no complete answer; the argument is the reason, without any text from the server."""


@dataclass(frozen=True)
class Reply:
    """A complete answer: HTTP status code, headers with lower-case names, and content."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def check_url(url: str, *, has_key: bool) -> None:
    """Raise SuiteError unless a URL is valid for an endpoint, and a key would be sent encrypted."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_plain = False
    if not is_plain or not url.isascii() or any(char.isspace() for char in url):
        raise SuiteError("base_url is not the URL of an endpoint; expected one such as https://host/v1")
    if parts.username is not None or parts.query or parts.fragment:
        raise SuiteError("base_url contains a user name, a query or a fragment; expected scheme, host and "
                         "path: a key is named with key_env")  # fmt: skip
    if has_key and parts.scheme == "http" and not is_local(url):
        raise SuiteError(
            f"the key would be sent to {parts.hostname} unencrypted; use https, or remove key_env"
        )


def is_local(url: str) -> bool:
    """Return whether a URL is on the local machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def exchange(url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float) -> Reply:
    """Return the answer to a POST request, with any status; redirects are not followed.

    timeout_s  of the whole exchange, from connecting to the last byte

    Proxies of the environment are used, except for the local machine. Raises LostError without a complete
    answer of at most MOST_BYTES in time.
    """
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 - checked
    with _Watch(timeout_s) as watch:
        try:
            with _opener(url, watch).open(request, timeout=timeout_s) as response:
                content = response.read(MOST_BYTES + 1)
                reply = Reply(response.status, {k.lower(): v for k, v in response.headers.items()}, content)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise LostError(_reason(error, timeout_s, is_late=watch.is_over)) from None
    if watch.is_over:
        raise LostError(f"no complete answer within {timeout_s:g} s")
    if len(content) > MOST_BYTES:
        raise LostError(f"the answer is longer than {MOST_BYTES} bytes")
    announced = reply.headers.get("content-length", "")
    if announced.isdecimal() and len(content) < int(announced):
        raise LostError(f"the answer ended after {len(content)} of {announced} bytes")
    return reply


class _Watch:
    """Closes a connection after a total timeout; socket timeouts restart with every byte."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._socket is not None:
            self._socket.close()

    def connect(self, *arguments: Any) -> socket.socket:
        """Return the result of `socket.create_connection`, with the total timeout."""
        connection = socket.create_connection(*arguments)
        self._socket = connection.dup()  # TLS takes over the socket before the handshake
        if self.is_over:
            self._end()
        return connection

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has already ended


class _Watched(http.client.HTTPConnection):
    """A connection with a total timeout, which also covers TLS and proxies."""

    def __init__(self, watch: _Watch, host: str, **options: Any) -> None:
        super().__init__(host, **options)
        self._create_connection = watch.connect  # http.client's hook for creating sockets


class _Encrypted(_Watched, http.client.HTTPSConnection):
    """The same over TLS."""


class _Handler(urllib.request.HTTPSHandler, urllib.request.HTTPHandler):
    """Opens connections with a total timeout; the types are urllib's."""

    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, req: Any) -> Any:
        return self.do_open(functools.partial(_Watched, self._watch), req)

    def https_open(self, req: Any) -> Any:
        connection = functools.partial(_Encrypted, self._watch)
        return self.do_open(connection, req, context=ssl.create_default_context())


def _opener(url: str, watch: _Watch) -> urllib.request.OpenerDirector:
    """Return an opener that neither follows redirects nor raises for a status."""
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.ProxyHandler({} if is_local(url) else None))
    opener.add_handler(_Handler(watch))
    return opener


def _reason(error: Exception, timeout_s: float, *, is_late: bool) -> str:
    """Return the reason in genbench's words: http.client's errors may quote the server, or a key."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if is_late or isinstance(cause, TimeoutError):
        return f"no complete answer within {timeout_s:g} s"
    if isinstance(cause, ssl.SSLError):
        return f"no safe connection: {cause.reason or 'unknown reason'}"
    if isinstance(cause, http.client.IncompleteRead):
        return "the answer was cut off"
    if isinstance(cause, http.client.RemoteDisconnected):
        return "the server closed the connection without an answer"
    if isinstance(cause, OSError):
        return f"{cause.strerror or type(cause).__name__}"
    return f"what came is no answer of HTTP ({type(cause).__name__})"
