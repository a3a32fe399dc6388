"""How the client calls: connections that are kept, idempotency keys, and repeats that are safe."""

from __future__ import annotations

import http.client
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

import leal
from leal.api.catalogue import FUNCTIONS, GLOBAL_VERSIONS
from leal.api.shapes import encode
from leal.client.failures import CallFailed, Unreachable, failure_of
from leal.scalars import decode_scalar

T = TypeVar("T")

REPEATED: Final = frozenset({408, 429, 500, 502, 503, 504})
PAUSE_SECONDS: Final = 0.2
"""Before the first repeat; twice as long before each further one."""
PAUSE_SECONDS_MAX: Final = 60.0
"""Whoever is told to wait for longer is told that it failed."""


class _Answer(NamedTuple):
    status: int
    body: bytes
    retry_after: str | None


class Caller:
    """Calls functions of one shop; may be shared by threads, each of which has a connection."""

    def __init__(
        self,
        url: str,
        shop: str,
        token: str | Callable[[], str] | None = None,
        *,
        timeout_seconds: float = 30.0,
        repeats: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`url` is the server's, `token` one of docs/tokens.md or what makes one for each call; None: a stranger.

        `timeout_seconds` is for each step of one try; `repeats` is how often a call is repeated at most.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f'"{url}" is not the address of a server; such as https://loyalty.example.com')
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = f"{parts.path.rstrip('/')}/api/{GLOBAL_VERSIONS[0]}/{shop}/"
        self._token = token
        self._timeout_seconds = timeout_seconds
        self._repeats = repeats
        self._sleep = sleep
        self._own = threading.local()

    def close(self) -> None:
        """Close this thread's connection; the next call opens a new one."""
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()

    def _call(self, function: str, given: msgspec.Struct, output: type[T], key: str | None = None) -> T:
        """Call it; raises CallFailed. The key makes that a repeat of a write does nothing twice."""
        headers = {"Content-Type": "application/json", "User-Agent": f"leal-client/{leal.__version__}"}
        token = self._token() if callable(self._token) else self._token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if FUNCTIONS[function].kind == "write":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        answer = self._answer(function, encode(plain(given)), headers)
        if answer.status != 200:
            raise failure_of(answer.status, answer.body)
        try:
            return msgspec.json.decode(answer.body, type=output, dec_hook=decode_scalar)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            message = "The answer is not one of this function's; is the server of another release?"
            raise CallFailed("unexpected_answer", message, answer.status) from fault

    def _answer(self, function: str, body: bytes, headers: dict[str, str]) -> _Answer:
        """The first answer that is final, or the last one."""
        for number in range(self._repeats + 1):
            is_last = number == self._repeats
            pause = PAUSE_SECONDS * 2**number * random.uniform(0.5, 1)
            try:
                answer = self._try(function, body, headers)
            except (OSError, http.client.HTTPException) as fault:
                self.close()
                if is_last:
                    message = f"{self._host} does not answer: {str(fault) or type(fault).__name__}"
                    raise Unreachable("unreachable", message) from fault
            else:
                if answer.retry_after is not None and answer.retry_after.isdecimal():
                    pause = max(pause, float(answer.retry_after))
                if answer.status not in REPEATED or is_last or pause > PAUSE_SECONDS_MAX:
                    return answer
            self._sleep(pause)
        raise AssertionError("the last try answers or raises")

    def _try(self, function: str, body: bytes, headers: dict[str, str]) -> _Answer:
        connection = self._connection()
        connection.request("POST", self._path + function, body, headers)
        response = connection.getresponse()
        return _Answer(response.status, response.read(), response.headers.get("Retry-After"))

    def _connection(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if kept is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            kept = self._own.connection = kind(self._host, self._port, timeout=self._timeout_seconds)
        return kept


def plain(value: Any) -> Any:
    """A wire value without what is as it would be if it were left out."""
    if isinstance(value, msgspec.Struct):
        told = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
        return {field.encode_name: plain(one) for field, one in told if one is not field.default}
    return [plain(one) for one in value] if isinstance(value, list) else value


def raws(items: Iterable[msgspec.Struct]) -> list[msgspec.Raw]:
    """The items of a push, each as the JSON it is sent as."""
    return [msgspec.Raw(encode(plain(item))) for item in items]
