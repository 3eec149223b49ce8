"""A single HTTP request with a timeout, a size limit and no redirects."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

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
    """There is no complete answer.

    reason          without any text from the server
    was_sent        whether the request may have reached the server, which may have answered and charged it
    """

    def __init__(self, reason: str, *, was_sent: bool) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


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
    from httpx import HTTPError

    events: dict[str, Any] = {}
    try:
        return asyncio.run(_post(url, headers, body, timeout_s, events))
    except TimeoutError:
        reason = f"no complete answer within {timeout_s:g} s"
    except (HTTPError, OSError) as error:
        reason = _reason(error)
    except OverflowError:
        reason = f"the answer is longer than {MOST_BYTES} bytes"
    raise LostError(reason, was_sent="http11.send_request_headers.started" in events)


async def _post(
    url: str, headers: Mapping[str, str], body: bytes, timeout_s: float, events: dict[str, Any]
) -> Reply:
    """Return the answer to one request on a new connection: on a reused one, it may be sent twice.

    events  takes what each event of the connection returns, by httpcore's name of the event

    Raises OverflowError for an answer longer than MOST_BYTES.
    """
    from httpx import AsyncClient

    async def trace(event: str, info: Mapping[str, Any]) -> None:
        events[event] = info.get("return_value")

    asked = dict(headers) | {"Accept-Encoding": "identity"}  # unpacked, an answer could exceed MOST_BYTES
    proxy, trust = _proxy(url), ssl.create_default_context()
    # Nothing of the environment, so no .netrc; httpx's own timeouts restart with every byte.
    client = AsyncClient(trust_env=False, proxy=proxy, verify=trust, timeout=timeout_s)
    try:
        async with asyncio.timeout(timeout_s), client:
            request = client.stream(
                "POST", url, headers=asked, content=body, follow_redirects=False, extensions={"trace": trace}
            )
            async with request as response:
                content = bytearray()
                async for chunk in response.aiter_raw():
                    content += chunk
                    if len(content) > MOST_BYTES:
                        raise OverflowError
                return Reply(response.status_code, response.headers, bytes(content))
    finally:
        if stream := events.get("connection.connect_tcp.complete"):
            await stream.aclose()  # httpx leaves one open whose greeting of TLS was not over in time


def _proxy(url: str) -> str | None:
    """Return the address of the environment's proxy for a URL."""
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if not proxy or is_local(url) or proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _reason(error: Exception) -> str:
    """Return the reason in genbench's words: the errors of libraries may quote the server, or a key."""
    causes: list[BaseException] = [error]
    while cause := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(cause)
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLError):
            return f"no safe connection: {cause.reason or 'unknown reason'}"
        if isinstance(cause, OSError) and cause.errno:  # below 0: of a look-up of names
            return os.strerror(cause.errno) if cause.errno > 0 else str(cause.strerror)
    return f"the connection ended without a complete answer of HTTP ({type(error).__name__})"
