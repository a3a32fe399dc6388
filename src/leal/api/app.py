"""The application of the API: from a URL to a function, its caller, its input, its call, and the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import structlog

from leal.api import origins, tags
from leal.api.catalogue import FUNCTIONS, GLOBAL_VERSIONS
from leal.api.failures import answer_of
from leal.api.function import Call, Function
from leal.api.http import (
    REPLAYED,
    Answer,
    ClientGone,
    Receive,
    Scope,
    Send,
    address,
    header,
    request_id,
    require_small_head,
    send_answer,
)
from leal.api.rates import Header, Kind, Limits, RateLimitExceeded, Rates, Use, network
from leal.api.reading import read_call, read_input
from leal.api.shapes import KeyedInput, encode
from leal.api.words import voice_of
from leal.engine.commands import Shop
from leal.errors import LealError, NotFound, Refused, Unavailable
from leal.tokens import Caller, InvalidToken, Keyring, read_token
from leal.words.voice import Voice

if TYPE_CHECKING:
    from leal.engine.engine import Engine

PREFIX: Final = "/api/"
SHARED: Final = ((b"x-content-type-options", b"nosniff"),)
NOT_KEPT: Final = ((b"cache-control", b"no-store"), (b"vary", b"Origin"))

log = structlog.get_logger("leal.api")


class UnknownFunction(NotFound):
    """No function has that name."""

    id = "unknown_function"
    sentence = "No function has that name; /docs lists them all."


class InvalidGlobalVersion(LealError):
    """The version in the URL never existed."""

    id = "invalid_global_api_version"
    sentence = f"The URL's version is unknown; it is {GLOBAL_VERSIONS[0]}."


class MethodNotAllowed(LealError):
    """The function is not called by this method."""

    id = "method_not_allowed"
    sentence = "This function is called by POST; those that only read, and a few others, also by GET."


class Served(NamedTuple):
    """One answered request, as the log and the figures see it: nothing personal in it."""

    function: str
    status: int
    seconds: float
    request: str
    """Its id."""
    address: str
    """Whence it came, as far as that is known."""


class Visit:
    """One request on its way: what is known of it so far."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.ident = request_id(scope)
        self.address = Use("address", network(address(scope)))
        self.origin = header(scope, b"origin")
        self.function = ""
        self.kind: Kind = "read"
        self.speak: Voice | None = None
        """In what language a refusal is told, once there is one."""
        self.shared: tuple[Header, ...] = ()
        """What lets the page that calls read the answer."""
        self.rates: tuple[Header, ...] | None = None
        """What is told of the caller's rate, once the call was counted."""


class Api:
    """The ASGI application under `/api/`."""

    def __init__(
        self, engine: Engine, observe: Callable[[Served], None] = lambda served: None, limits: Limits | None = None
    ) -> None:
        self._engine = engine
        self._observe = observe
        self._rates = Rates(limits or Limits())
        self._writes: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        visit = Visit(scope)
        try:
            require_small_head(scope)
            function, shop_slug = _route(scope)
            visit.function, visit.kind = function.name, function.kind
            answer = await self._answer(visit, function, shop_slug, receive)
        except ClientGone:
            return
        except Exception as failure:
            answer = self._failed(visit, failure)
        headers = (
            *answer.headers,
            *(visit.rates or ()),
            *visit.shared,
            *SHARED,
            *(() if tags.KEPT[0] in answer.headers else NOT_KEPT),
            (b"x-request-id", visit.ident.encode()),
        )
        await send_answer(send, answer._replace(headers=headers), without_body=scope["method"] == "HEAD")
        seconds = time.perf_counter() - started
        self._observe(Served(visit.function or "none", answer.status, seconds, visit.ident, address(scope)))

    async def close(self) -> None:
        """Wait for the writes whose clients have gone."""
        if self._writes:
            await asyncio.wait(self._writes)

    async def _answer(self, visit: Visit, function: Function, shop_slug: str, receive: Receive) -> Answer:
        scope, method = visit.scope, visit.scope["method"]
        if method not in ("POST", "GET", "OPTIONS") or (method == "GET" and not function.takes_get):
            raise MethodNotAllowed(allow="POST, GET, OPTIONS" if function.takes_get else "POST, OPTIONS")
        shop = await self._engine.shop(shop_slug)
        if visit.origin is not None and origins.is_listed(shop, visit.origin):
            visit.shared = origins.shared(visit.origin)
        if method == "OPTIONS":
            self._take(visit, [visit.address])
            return Answer(204, b"", headers=origins.preflight(function) if visit.shared else ())
        body, token = await read_call(function, scope, receive)
        caller = await self._caller(shop, token)
        self._count(visit, shop, caller)
        function.admit(caller)
        origins.refuse_shop_tokens(caller, visit.origin)
        given = read_input(function, body)
        call = Call(self._engine, shop, caller, function.name, header(scope, b"idempotency-key"))
        try:
            if method == "GET" and function.tell is not None:
                return await self._tagged(function, call, given, header(scope, b"if-none-match"))
            return await self._call(function, call, given)
        except Refused:
            visit.speak = await voice_of(call, getattr(given, "market", None))
            raise

    async def _tagged(self, function: Function, call: Call, given: Any, if_none_match: str | None) -> Answer:
        """The answer, unless the caller has it; where that can be told without making it, it is not made."""
        told = None if function.tell is None else await function.tell(call, given)
        asked = encode(msgspec.structs.replace(given, auth=None))
        tag = None if told is None else tags.tag_of(function.name, call.shop.slug, asked, told)
        if tag is not None and tags.is_known(tag, if_none_match):
            return tags.tagged(tag, None)
        answer = await self._call(function, call, given)
        tag = tag or tags.tag_of(answer.body)
        return tags.tagged(tag, None if tags.is_known(tag, if_none_match) else answer.body)

    async def _caller(self, shop: Shop, token: str) -> Caller:
        engine = self._engine
        keys = Keyring(partial(engine.signing_key, shop), partial(engine.opaque_key, shop))
        return await read_token(token, shop.slug, keys, time.time_ns() // 1000)

    def _count(self, visit: Visit, shop: Shop, caller: Caller) -> None:
        """Count the call on its caller: servers by their key, members and strangers also by their address.

        Raises RateLimitExceeded.
        """
        uses = [visit.address]
        if caller.kind == "shop":
            uses = [Use("token", f"{shop.id} {caller.kid}")]
        elif caller.customer is not None:
            uses.append(Use("member", f"{shop.id} {caller.customer}"))
        self._take(visit, uses)

    def _take(self, visit: Visit, uses: list[Use]) -> None:
        try:
            visit.rates = self._rates.take(visit.kind, uses)
        except RateLimitExceeded as failure:
            visit.rates = failure.data["headers"]
            raise

    def _failed(self, visit: Visit, failure: Exception) -> Answer:
        """The answer to a call that failed; one that failed before its caller was known counts on its address."""
        if visit.rates is None:
            try:
                self._take(visit, [visit.address])
            except RateLimitExceeded as exceeded:
                failure = exceeded
        if isinstance(failure, InvalidToken):
            told = {"function": visit.function, "request": visit.ident, "address": address(visit.scope)}
            log.info("token refused", reason=failure.reason, **told)
        elif isinstance(failure, Unavailable):
            log.error("unavailable", reason=failure.message, function=visit.function, request=visit.ident)
        elif not isinstance(failure, LealError):
            log.error("a call failed", function=visit.function, request=visit.ident, exc_info=failure)
        return answer_of(failure, visit.ident, header(visit.scope, b"accept"), visit.speak)

    async def _call(self, function: Function, call: Call, given: Any) -> Answer:
        """Call it; a write that has begun goes on to its end, whether or not somebody still waits for it."""
        if function.kind == "read":
            result = await function.handle(call, given)
            return result if isinstance(result, Answer) else Answer(200, encode(result))
        write = asyncio.ensure_future(call_once(function, call, given))
        self._writes.add(write)
        write.add_done_callback(self._ended)
        body = await asyncio.shield(write)
        return Answer(200, body, headers=(REPLAYED,) if call.replayed else ())

    def _ended(self, write: asyncio.Task[Any]) -> None:
        self._writes.discard(write)
        if not write.cancelled():
            write.exception()  # taken note of, for the case that nobody waits any more


async def call_once(function: Function, call: Call, given: Any) -> bytes:
    """Call a function that writes; under a key that was used before it gives the answer that was given then.

    Functions whose input has a key see to that themselves, in the transaction of what they do. Raises KeyReused.
    """
    key = None if issubclass(function.input, KeyedInput) else call.key_of_all(given)
    if key is not None and (kept := await call.engine.kept_answer(call.shop, key)) is not None:
        call.replayed = True
        return kept
    answer = encode(await function.handle(call, given))
    if key is not None:
        await call.engine.keep_answer(call.shop, key, answer)
    return answer


def _route(scope: Scope) -> tuple[Function, str]:
    parts = str(scope["path"]).removeprefix(PREFIX).split("/")
    if parts[0] not in GLOBAL_VERSIONS:
        raise InvalidGlobalVersion
    if len(parts) != 3 or (function := FUNCTIONS.get(parts[2])) is None:
        raise UnknownFunction
    return function, parts[1]
