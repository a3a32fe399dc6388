"""The application of the API: from a URL to a function, its caller, its input, its call, and the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from leal.api import origins, tags
from leal.api.catalogue import FUNCTIONS, GLOBAL_VERSIONS
from leal.api.delegating import Delegate, Task, is_large, task_of
from leal.api.door import Door, Served, Visit
from leal.api.function import Call, Function
from leal.api.http import REPLAYED, Answer, Receive, Scope, header
from leal.api.rates import Rates
from leal.api.reading import read_call, read_input
from leal.api.shapes import KeyedInput, encode
from leal.api.words import voice_of
from leal.engine.commands import Shop
from leal.errors import LealError, NotFound, Refused
from leal.tokens import Caller

if TYPE_CHECKING:
    from leal.engine.engine import Engine

T = TypeVar("T")
PREFIX: Final = "/api/"


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


class Api(Door):
    """The ASGI application under `/api/`."""

    def __init__(
        self, engine: Engine, observe: Callable[[Served], None], rates: Rates, delegate: Delegate | None = None
    ) -> None:
        """`delegate` has large pushes done elsewhere; without it they are done here."""
        super().__init__(engine, observe, rates)
        self._delegate = delegate
        self._writes: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """Wait for the writes whose clients have gone."""
        if self._writes:
            await asyncio.wait(self._writes)

    async def answer(self, visit: Visit, receive: Receive) -> Answer:
        """Call the function that the URL names."""
        scope, method = visit.scope, visit.scope["method"]
        function, shop_slug = _route(scope)
        visit.function, visit.kind = function.name, function.kind
        if method not in ("POST", "GET", "OPTIONS") or (method == "GET" and not function.takes_get):
            raise MethodNotAllowed(allow="POST, GET, OPTIONS" if function.takes_get else "POST, OPTIONS")
        shop = await self._engine.shop(shop_slug)
        if visit.origin is not None and origins.is_listed(shop, visit.origin):
            visit.shared = origins.shared(visit.origin)
        if method == "OPTIONS":
            self._take(visit, [visit.address])
            return Answer(204, b"", headers=origins.preflight(function) if visit.shared else ())
        body, token = await read_call(function, scope, receive)
        caller = await self.caller(shop, token)
        self.count(visit, shop, caller)
        function.admit(caller)
        origins.refuse_shop_tokens(caller, visit.origin)
        if self._delegate is not None and is_large(function, body):
            answer = await self._to_its_end(self._delegate(task_of(visit, shop, caller, body)))
            if answer is not None:
                return answer
        return await self._called(visit, function, shop, caller, body)

    async def perform(self, task: Task) -> Answer:
        """Do what another process delegated to this one; its failure is an answer, too."""
        visit = task.visit()
        try:
            shop = await self._engine.shop(task.shop)
            return await self._called(visit, FUNCTIONS[task.function], shop, task.caller, task.body)
        except Exception as failure:
            return self._failed(visit, failure)

    async def _called(self, visit: Visit, function: Function, shop: Shop, caller: Caller, body: bytes) -> Answer:
        """Call the function for a caller who may."""
        scope = visit.scope
        given = read_input(function, body)
        call = Call(self._engine, shop, caller, function.name, header(scope, b"idempotency-key"))
        try:
            if scope["method"] == "GET" and function.tell is not None:
                return await self._tagged(function, call, given, header(scope, b"if-none-match"))
            return await (_read if function.kind == "read" else self._write)(function, call, given)
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
        answer = await _read(function, call, given)
        tag = tag or tags.tag_of(answer.body)
        return tags.tagged(tag, None if tags.is_known(tag, if_none_match) else answer.body)

    async def _write(self, function: Function, call: Call, given: Any) -> Answer:
        """Call it, and say whether its answer was given before."""
        body = await self._to_its_end(call_once(function, call, given))
        return Answer(200, body, headers=(REPLAYED,) if call.replayed else ())

    async def _to_its_end(self, begun: Coroutine[Any, Any, T]) -> T:
        """What it comes to; a write that has begun goes on to its end, whether or not somebody still waits for it."""
        write = asyncio.ensure_future(begun)
        self._writes.add(write)
        write.add_done_callback(self._ended)
        return await asyncio.shield(write)

    def _ended(self, write: asyncio.Task[Any]) -> None:
        self._writes.discard(write)
        if not write.cancelled():
            write.exception()  # taken note of, for the case that nobody waits any more


async def _read(function: Function, call: Call, given: Any) -> Answer:
    result = await function.handle(call, given)
    return result if isinstance(result, Answer) else Answer(200, encode(result))


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
