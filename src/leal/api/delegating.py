"""Delegating: a large push is done by another process where there is one, so that this one stays free for short calls.

Its caller is known and counted by then; what is asked for goes over as one value, and what is answered comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

import msgspec

from leal.api.door import Visit
from leal.api.function import Function
from leal.api.http import REQUEST_ID, Answer, address
from leal.engine.commands import Shop
from leal.tokens import Caller

LARGE_BYTES: Final = 8 * 1024
"""Of a push's body that is delegated, at least: some ten orders, 3 ms of work, of which passing it on leaves a tenth.
Smaller ones are soon done, and share batches."""
PASSED_ON: Final = (b"accept", b"idempotency-key")
"""Headers that what follows the door looks at."""


class Task(msgspec.Struct, frozen=True):
    """A push that another process is to do."""

    shop: str
    function: str
    caller: Caller
    body: bytes
    headers: list[tuple[bytes, bytes]]
    address: str

    def visit(self) -> Visit:
        """The request as far as it matters now; its caller is not counted again."""
        visit = Visit({"method": "POST", "headers": self.headers, "client": (self.address, 0)})
        visit.function, visit.kind, visit.rates = self.function, "write", ()
        return visit


class Told(msgspec.Struct, frozen=True):
    """Its answer."""

    status: int
    body: bytes
    content_type: bytes
    headers: tuple[tuple[bytes, bytes], ...]


Delegate: TypeAlias = Callable[[Task], Coroutine[Any, Any, Answer | None]]
"""Has another process do it; None: nobody took it, and nothing of it was begun. Raises Unavailable."""


def is_large(function: Function, body: bytes) -> bool:
    """Whether a call takes long: of those that take arrays a large one."""
    return function.raw and len(body) >= LARGE_BYTES


def task_of(visit: Visit, shop: Shop, caller: Caller, body: bytes) -> Task:
    """What another process needs to do it."""
    headers = [(REQUEST_ID, visit.ident.encode())]
    headers += [header for header in visit.scope["headers"] if header[0] in PASSED_ON]
    return Task(shop.slug, visit.function, caller, body, headers, address(visit.scope))
