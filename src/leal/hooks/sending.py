"""Sending: one call of a server elsewhere, POST or GET, to an address that was looked at before, within a time limit.

1. The name is resolved here, and the connection goes to an address that was found fit: a name that says another thing
   the next time leads nowhere else.
2. Private, local and otherwise special addresses are refused unless the installation allows them.
3. Redirects are not followed. Of the answer a few kilobytes are read; one that does not end well is none.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Coroutine, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httptools

import leal

CONNECT_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 30.0
"""How long a call may take, with resolving and connecting."""
ANSWER_BYTES_MAX: Final = 64 * 1024
URL_MAX: Final = 2000


class Answered(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    """By their names in lower case; of those given twice the last."""
    body: bytes


class Unanswered(Exception):
    """The server could not be reached, or did not answer properly or in time; a later try may do better."""


class BadTarget(ValueError):
    """The URL may not be called; the sentence lacks its subject."""


class Target(NamedTuple):
    """A URL, read."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as the header `Host` has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def read_target(url: str, *, allow_private: bool) -> Target:
    """Read a URL that is to be called; raises BadTarget. Without `allow_private` it must be https and no bare address
    that is special."""
    if len(url) > URL_MAX or not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
        raise BadTarget(f"is no URL of at most {URL_MAX} plain letters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadTarget("is no URL") from None
    if parts.scheme not in (("https", "http") if allow_private else ("https",)) or not parts.hostname:
        raise BadTarget("does not begin with https:// and a name")
    if "@" in parts.netloc or parts.fragment:
        raise BadTarget("holds a user, a password or a fragment")
    secure = parts.scheme == "https"
    target = Target(
        secure,
        parts.hostname,
        port or (443 if secure else 80),
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )
    try:
        address = ipaddress.ip_address(target.host)
    except ValueError:
        return target
    if not allow_private and not is_public(str(address)):
        raise BadTarget("leads to a private or special address")
    return target


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet's; one of IPv6 that carries one of IPv4 is judged by that."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and any(found in network for network in _CARRYING):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if any(found in network for network in _INSIDE):
            return False
    return found.is_global and not found.is_multicast


_CARRYING: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
"""Translation by NAT64, and the two forms of addresses of IPv4 that were given up and are routed here and there."""
_INSIDE: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b:1::/48", "fec0::/10")))
"""A network's own translation, and what sites had before fc00::/7: not public, though Python may say so."""


async def post(
    target: Target,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    *,
    allow_private: bool,
    within_seconds: float = WHOLE_SECONDS,
) -> Answered:
    """Send a body and read the answer; raises Unanswered, BadTarget."""
    told = [("content-length", str(len(body))), *headers]
    return await _within(within_seconds, _call("POST", target, told, body, ANSWER_BYTES_MAX, allow_private))


async def get(target: Target, *, allow_private: bool, within_seconds: float, bytes_max: int) -> Answered:
    """Ask for what is there, and read so much of it; raises Unanswered, BadTarget."""
    return await _within(within_seconds, _call("GET", target, [("accept", "*/*")], b"", bytes_max, allow_private))


async def _within(seconds: float, call: Coroutine[Any, Any, Answered]) -> Answered:
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError:
        raise Unanswered(f"no answer within {seconds:g} seconds") from None
    except ssl.SSLCertVerificationError:
        raise Unanswered("its certificate is not valid") from None
    except (OSError, EOFError) as fault:
        raise Unanswered(f"the connection failed ({type(fault).__name__})") from None
    except httptools.HttpParserError:
        raise Unanswered("the answer is no HTTP") from None


async def _call(
    method: str, target: Target, headers: Sequence[tuple[str, str]], body: bytes, bytes_max: int, allow_private: bool
) -> Answered:
    reader, writer = await _connect(target, allow_private=allow_private)
    try:
        lines = [
            ("host", target.authority),
            ("user-agent", f"leal/{leal.__version__}"),
            ("connection", "close"),
            *headers,
        ]
        head = f"{method} {target.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines)
        writer.write(head.encode("ascii") + b"\r\n" + body)
        return await _answer(reader, writer, bytes_max)
    finally:
        writer.transport.abort()


async def _connect(target: Target, *, allow_private: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not allow_private and not all(is_public(address) for address in addresses):
        raise BadTarget("leads to a private or special address")
    fault: BaseException = OSError("no address")
    for address in addresses:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await asyncio.open_connection(
                    address,
                    target.port,
                    ssl=ssl.create_default_context() if target.secure else None,
                    server_hostname=target.host if target.secure else None,
                    limit=ANSWER_BYTES_MAX,
                )
        except (OSError, TimeoutError) as failed:
            fault = failed
    raise fault


class _Reading:
    """What the parser tells of the answer that comes in; what only announces one is passed over."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self.parser = httptools.HttpResponseParser(self)
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.begun = False
        """Whether the head was read."""
        self.done = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) < 200:
            self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.begun = self.parser.get_status_code() >= 200

    def on_body(self, body: bytes) -> None:
        self.body += body[: self._bytes_max - len(self.body)]

    def on_message_complete(self) -> None:
        self.done = self.parser.get_status_code() >= 200
        if not self.done:
            self.headers.clear()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bytes_max: int) -> Answered:
    """The answer; one may come, and end the connection, before the body was taken."""
    reading = _Reading(bytes_max)
    draining = asyncio.ensure_future(writer.drain())
    read = 0
    try:
        while not reading.done:
            part = await reader.read(16 * 1024)
            read += len(part)
            if not part:
                if _ends_with_connection(reading):
                    break
                raise EOFError("the answer breaks off")
            if read > 4 * bytes_max:
                raise Unanswered("the answer is too long")
            try:
                reading.parser.feed_data(part)
            except httptools.HttpParserError:
                if not reading.done:  # what comes after the answer is nothing to us
                    raise
    finally:
        draining.cancel()
        await asyncio.gather(draining, return_exceptions=True)
    return Answered(reading.parser.get_status_code(), reading.headers, bytes(reading.body))


def _ends_with_connection(reading: _Reading) -> bool:
    """Whether the end of the connection is the answer's own end: it told no length."""
    return reading.begun and not {"content-length", "transfer-encoding"} & set(reading.headers)
