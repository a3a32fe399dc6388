"""HTTP as ASGI sees it: reading a request within limits, and sending an answer."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from itertools import chain
from typing import Any, Final, NamedTuple, TypeAlias

from leal.errors import LealError

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
SendWhole: TypeAlias = Callable[[Scope, int, list[tuple[bytes, bytes]], bytes], bool]
"""Takes scope, status, headers and body; tells whether it sent them, else `send` must."""

BODY_BYTES_MAX: Final = 8 * 1024 * 1024
HEAD_BYTES_MAX: Final = 32 * 1024
BODY_SECONDS_MAX: Final = 30
"""How long a body may take to come."""
JSON: Final = b"application/json"
REQUEST_ID: Final = b"x-request-id"
REPLAYED: Final = (b"idempotency-replayed", b"true")
"""Says that the answer was given before, under the same idempotency key."""

WHOLE: Final = "leal.whole"
"""True in the scope of a request whose whole body is there."""
IN_ONE_PIECE: Final = "leal.in_one_piece"
"""In the scope where a whole answer can be sent at once (`SendWhole`), which takes half the time of `send`, twice."""
_BY_NAME: Final = "leal.headers"
"""Where a request's headers stand by their names, once one was looked for."""
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class BodyTooLarge(LealError):
    """The request's body is larger than is read."""

    id = "body_too_large"
    sentence = f"The body is larger than {BODY_BYTES_MAX // 1024 // 1024} MB; send it in parts."


class HeadersTooLarge(LealError):
    """The request's URL and headers are larger than is read."""

    id = "headers_too_large"
    sentence = f"The URL and the headers are larger than {HEAD_BYTES_MAX // 1024} KB; send what is long in the body."


class BodyTooSlow(LealError):
    """The request's body did not come in time."""

    id = "body_too_slow"
    sentence = f"The body did not come within {BODY_SECONDS_MAX} seconds."


class ClientGone(Exception):
    """The client went away before its request was read; there is nobody to answer."""


class Answer(NamedTuple):
    """What is sent back."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: Headers = ()
    parts: AsyncIterator[bytes] | None = None
    """In place of a body: what is made while it is sent."""


def header(scope: Scope, name: bytes) -> str | None:
    """A header's value, of several the first, or None; `name` in lower case."""
    known: dict[bytes, bytes] | None = scope.get(_BY_NAME)
    if known is None:
        known = scope[_BY_NAME] = dict(reversed(scope["headers"]))
    value = known.get(name)
    return None if value is None else value.decode("latin-1").strip()


def require_small_head(scope: Scope) -> None:
    """Raises HeadersTooLarge."""
    size = len(scope["path"]) + len(scope.get("query_string", b""))
    size += sum(map(len, chain.from_iterable(scope["headers"])))
    if size > HEAD_BYTES_MAX:
        raise HeadersTooLarge


def request_id(scope: Scope) -> str:
    """The caller's own X-Request-Id where it is a plain word, else a new one: no secret, so the kernel is not asked."""
    given = header(scope, REQUEST_ID)
    return given if given is not None and _REQUEST_ID.fullmatch(given) else random.randbytes(16).hex()


def address(scope: Scope) -> str:
    """Whence a request comes: the caller's address, as far as it is known; that of a proxy that is not trusted."""
    client = scope.get("client")
    return str(client[0])[:64] if client else ""


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body; raises BodyTooLarge as soon as that is known, BodyTooSlow, or ClientGone when it stays a part."""
    announced = header(scope, b"content-length")
    if announced is not None and announced.isdecimal() and (len(announced) > 18 or int(announced) > BODY_BYTES_MAX):
        raise BodyTooLarge
    if scope.get(WHOLE):  # then there is nothing to wait for, which a deadline would cost more than
        return await _read_chunks(receive)
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            return await _read_chunks(receive)
    except TimeoutError:
        raise BodyTooSlow from None


async def _read_chunks(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def send_answer(scope: Scope, send: Send, answer: Answer, more: Headers = ()) -> None:
    """Send it with `more` headers; to HEAD without its body."""
    headers = [*answer.headers, *more]
    if answer.parts is not None:
        await _send_parts(send, answer.parts, [(b"content-type", answer.content_type), *headers], answer.status)
        return
    if answer.status not in (204, 304):  # which have no body, not an empty one
        length = b"%d" % len(answer.body)
        headers = [(b"content-type", answer.content_type), (b"content-length", length), *headers]
    without_body = scope["method"] == "HEAD"
    send_whole: SendWhole | None = scope.get(IN_ONE_PIECE)
    if send_whole is not None and not without_body and send_whole(scope, answer.status, headers, answer.body):
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if without_body else answer.body})


async def _send_parts(send: Send, parts: AsyncIterator[bytes], headers: list[tuple[bytes, bytes]], status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    async for part in parts:
        if part:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
