"""The door: what every request goes through on its way in and out, whatever stands behind it.

Its head's size, its caller, its rates, the headers of its answer, the telling of its failure, its line in the log.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from leal.api import tags
from leal.api.failures import answer_of
from leal.api.http import (
    REQUEST_ID,
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
from leal.api.rates import Header, Kind, RateLimitExceeded, Rates, Use, network
from leal.engine.commands import Shop
from leal.errors import LealError, Unavailable
from leal.tokens import Caller, InvalidToken, Keyring, read_token
from leal.words.voice import Voice

if TYPE_CHECKING:
    from leal.engine.engine import Engine

SHARED: Final = ((b"x-content-type-options", b"nosniff"),)
SHARED_AND_NOT_KEPT: Final = (*SHARED, (b"cache-control", b"no-store"), (b"vary", b"Origin"))

log = structlog.get_logger("leal.api")


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


class Door(ABC):
    """An ASGI application whose requests go through here."""

    def __init__(self, engine: Engine, observe: Callable[[Served], None], rates: Rates) -> None:
        """`rates` may be shared with other doors."""
        self._engine = engine
        self._observe = observe
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        visit = Visit(scope)
        try:
            require_small_head(scope)
            answer = await self.answer(visit, receive)
        except ClientGone:
            return
        except Exception as failure:
            answer = self._failed(visit, failure)
        more = (
            *(visit.rates or ()),
            *visit.shared,
            *(SHARED_AND_NOT_KEPT if not answer.headers or tags.KEPT[0] not in answer.headers else SHARED),
            (REQUEST_ID, visit.ident.encode()),
        )
        try:
            await send_answer(scope, send, answer, more)
        except Exception as failure:  # the connection ends without the end of the body: the caller sees that it broke
            log.error("an answer broke off", function=visit.function, request=visit.ident, exc_info=failure)
            raise
        seconds = time.perf_counter() - started
        self._observe(Served(visit.function or "none", answer.status, seconds, visit.ident, address(scope)))

    @abstractmethod
    async def answer(self, visit: Visit, receive: Receive) -> Answer:
        """What is behind the door says; it notes in the visit what was called, and counts it on its caller."""

    async def caller(self, shop: Shop, token: str) -> Caller:
        """Who shows the token; raises InvalidToken."""
        engine = self._engine
        keys = Keyring(partial(engine.signing_key, shop), partial(engine.opaque_key, shop))
        return await read_token(token, shop.slug, keys, time.time_ns() // 1000)

    def count(self, visit: Visit, shop: Shop, caller: Caller) -> None:
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
