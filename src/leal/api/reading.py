"""Reading a call: its input as JSON, from a body, a form or a query, and its one token."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

from leal.api import parameters
from leal.api.function import Function
from leal.api.http import Receive, Scope, header, read_body
from leal.decode import decode_json
from leal.errors import InvalidInput, LealError
from leal.tokens import InvalidToken

FORM: Final = "application/x-www-form-urlencoded"


class UnsupportedMediaType(LealError):
    """The body is neither JSON nor a form."""

    id = "unsupported_media_type"
    sentence = f"A body is application/json or {FORM}, in UTF-8."


class Auth(msgspec.Struct):
    """The one part of a body that is read before the caller is known."""

    auth: Any = None


async def read_call(
    function: Function, scope: Scope, receive: Receive, path: Sequence[tuple[str, str]] = ()
) -> tuple[bytes, str]:
    """The input as JSON, and the token; `path` are parameters that a GET's URL holds beside its query."""
    if scope["method"] == "GET":
        return _parameters(function, scope, scope.get("query_string", b""), path)
    body = await read_body(scope, receive)
    if _is_form(header(scope, b"content-type") or "application/json"):
        return _parameters(function, scope, body)
    body = body or b"{}"
    return body, _token(scope, _auth_of(body))


def read_input(function: Function, body: bytes) -> Any:
    """The input as the function takes it; raises InvalidInput with every fault."""
    return _split(body, function.input) if function.raw else decode_json(body, function.input)


def _parameters(
    function: Function, scope: Scope, text: bytes, path: Sequence[tuple[str, str]] = ()
) -> tuple[bytes, str]:
    pairs = [*path, *parameters.read_pairs(text)]
    given = [text for name, text in pairs if name == "auth"]
    return parameters.to_json([pair for pair in pairs if pair[0] != "auth"], function.input), _token(scope, given)


# A handful of texts; whoever sends others gets no further than this.
@lru_cache(maxsize=64)
def _is_form(content_type: str) -> bool:
    """Whether it is a form, else it is JSON; raises UnsupportedMediaType."""
    kind, _, more = content_type.partition(";")
    kind = kind.strip().lower()
    if kind != FORM and (kind != "application/json" or not _is_utf8(more)):
        raise UnsupportedMediaType
    return kind == FORM


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
    bearer = bearer.strip()
    if not given:
        return bearer
    tokens = {token for token in (bearer, *given) if token}
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
