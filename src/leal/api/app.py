"""The application of the API: from a URL to a function, its caller, its input, its call, and the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import structlog

from leal.api import parameters
from leal.api.catalogue import FUNCTIONS, GLOBAL_VERSIONS
from leal.api.failures import answer_of
from leal.api.function import Call, Function, TokenKindNotAllowed
from leal.api.http import (
    Answer,
    ClientGone,
    Receive,
    Scope,
    Send,
    header,
    read_body,
    request_id,
    send_answer,
)
from leal.api.shapes import encode
from leal.decode import decode_json
from leal.engine.commands import Shop
from leal.errors import InvalidInput, LealError, NotFound, Unavailable
from leal.tokens import Caller, InvalidToken, read_token

if TYPE_CHECKING:
    from leal.engine.engine import Engine

PREFIX: Final = "/api/"
FORM: Final = "application/x-www-form-urlencoded"
SHARED: Final = (
    (b"cache-control", b"no-store"),
    (b"access-control-allow-origin", b"*"),  # tokens never travel by themselves, so any page may ask
    (b"access-control-expose-headers", b"x-request-id, retry-after"),
    (b"x-content-type-options", b"nosniff"),
)
PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, idempotency-key, x-request-id"),
    (b"access-control-max-age", b"86400"),
)

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
    sentence = "This function is called by POST; those that only read also by GET."


class UnsupportedMediaType(LealError):
    """The body is neither JSON nor a form."""

    id = "unsupported_media_type"
    sentence = f"A body is application/json or {FORM}, in UTF-8."


class Served(NamedTuple):
    """One answered request, as the log and the figures see it: nothing personal in it."""

    function: str
    status: int
    seconds: float


class Auth(msgspec.Struct):
    """The one part of a body that is read before the caller is known."""

    auth: Any = None


class Api:
    """The ASGI application under `/api/`."""

    def __init__(self, engine: Engine, observe: Callable[[Served], None] = lambda served: None) -> None:
        self._engine = engine
        self._observe = observe
        self._writes: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        ident = request_id(scope)
        name = ""
        try:
            function, shop_slug = _route(scope)
            name = function.name
            answer = await self._answer(function, shop_slug, scope, receive)
        except ClientGone:
            return
        except LealError as failure:
            answer = answer_of(failure, ident)
            if isinstance(failure, InvalidToken):
                log.info("token refused", reason=failure.reason, function=name, request=ident)
            elif isinstance(failure, Unavailable):
                log.error("unavailable", reason=failure.message, function=name, request=ident)
        except Exception as failure:
            log.exception("a call failed", function=name, request=ident)
            answer = answer_of(failure, ident)
        answer = answer._replace(headers=(*answer.headers, *SHARED, (b"x-request-id", ident.encode())))
        await send_answer(send, answer, without_body=scope["method"] == "HEAD")
        self._observe(Served(name or "none", answer.status, time.perf_counter() - started))

    async def close(self) -> None:
        """Wait for the writes whose clients have gone."""
        if self._writes:
            await asyncio.wait(self._writes)

    async def _answer(self, function: Function, shop_slug: str, scope: Scope, receive: Receive) -> Answer:
        method = scope["method"]
        if method == "OPTIONS":
            return Answer(204, b"", headers=PREFLIGHT)
        if method not in ("POST", "GET") or (method == "GET" and function.kind != "read"):
            raise MethodNotAllowed(allow="POST, GET" if function.kind == "read" else "POST")
        shop = await self._engine.shop(shop_slug)
        body, token = await _read(function, scope, receive)
        caller = await self._caller(shop, token)
        if caller.kind not in function.callers:
            if caller.kind == "anonymous":
                raise InvalidToken("none given")
            raise TokenKindNotAllowed(allowed=list(function.callers))
        given = _split(body, function.input) if function.raw else decode_json(body, function.input)
        call = Call(self._engine, shop, caller, function.name, header(scope, b"idempotency-key"))
        result = await self._call(function, call, given)
        return Answer(200, encode(result))

    async def _caller(self, shop: Shop, token: str) -> Caller:
        async def secret(kid: str) -> bytes | None:
            return await self._engine.token_key(shop, kid)

        return await read_token(token, shop.slug, secret, time.time_ns() // 1000)

    async def _call(self, function: Function, call: Call, given: Any) -> Any:
        """Call it; a write that has begun goes on to its end, whether or not somebody still waits for it."""
        if function.kind == "read":
            return await function.handle(call, given)
        write = asyncio.ensure_future(function.handle(call, given))
        self._writes.add(write)
        write.add_done_callback(self._ended)
        return await asyncio.shield(write)

    def _ended(self, write: asyncio.Task[Any]) -> None:
        self._writes.discard(write)
        if not write.cancelled():
            write.exception()  # taken note of, for the case that nobody waits any more


def _route(scope: Scope) -> tuple[Function, str]:
    parts = str(scope["path"]).removeprefix(PREFIX).split("/")
    if parts[0] not in GLOBAL_VERSIONS:
        raise InvalidGlobalVersion
    if len(parts) != 3 or (function := FUNCTIONS.get(parts[2])) is None:
        raise UnknownFunction
    return function, parts[1]


async def _read(function: Function, scope: Scope, receive: Receive) -> tuple[bytes, str]:
    """The input as JSON, and the token."""
    if scope["method"] == "GET":
        pairs = parameters.read_pairs(scope.get("query_string", b""))
        given = [text for name, text in pairs if name == "auth"]
        return parameters.to_json([pair for pair in pairs if pair[0] != "auth"], function.input), _token(scope, given)
    body = await read_body(scope, receive)
    media = (header(scope, b"content-type") or "application/json").partition(";")
    kind = media[0].strip().lower()
    if kind == FORM:
        pairs = parameters.read_pairs(body)
        given = [text for name, text in pairs if name == "auth"]
        return parameters.to_json([pair for pair in pairs if pair[0] != "auth"], function.input), _token(scope, given)
    if kind != "application/json" or not _is_utf8(media[2]):
        raise UnsupportedMediaType
    body = body or b"{}"
    return body, _token(scope, _auth_of(body))


def _is_utf8(media_parameters: str) -> bool:
    name, _, value = media_parameters.strip().lower().partition("=")
    return name != "charset" or value.strip('"') in ("utf-8", "utf8")


def _auth_of(body: bytes) -> list[str]:
    """The body's own `auth`; a body that is not JSON has none, and is refused later."""
    if b"auth" not in body and b"\\u" not in body:
        return []
    try:
        auth = msgspec.json.decode(body, type=Auth).auth
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    if auth is None:
        return []
    if not isinstance(auth, str):
        raise InvalidToken("auth is no text")
    return [auth]


def _token(scope: Scope, given: list[str]) -> str:
    """The one token of a request; raises InvalidToken when two differ."""
    authorization = header(scope, b"authorization") or ""
    scheme, _, bearer = authorization.partition(" ")
    if scheme and scheme.lower() != "bearer":
        raise InvalidToken("another scheme")
    tokens = {token for token in (bearer.strip(), *given) if token}
    if len(tokens) > 1:
        raise InvalidToken("two tokens")
    return tokens.pop() if tokens else ""


def _split(body: bytes, type_: Any) -> Any:
    """Read a push without its items, whose faults are theirs alone; raises InvalidInput."""
    try:
        given = msgspec.json.decode(body, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        decode_json(body, type_)
        raise InvalidInput([], "The body cannot be read.") from fault
    if any(body.count(f'"{field}"'.encode()) > 1 for field in type_.__struct_fields__):
        _refuse_doubled(body, type_)
    return given


def _refuse_doubled(body: bytes, type_: Any) -> None:
    """Of two arrays of one name the first would be passed over in silence; raises InvalidInput."""
    try:
        decode_json(body, type_)
    except InvalidInput as fault:
        outer = [problem for problem in fault.problems if problem.code == "doubled_key" and "[" not in problem.path]
        if outer:
            raise InvalidInput(outer) from fault
