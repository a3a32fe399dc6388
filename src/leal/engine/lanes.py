"""Lanes: calls that come at the same time share a transaction (group commit), without waiting when idle.

A lane runs one batch at a time and gathers the next meanwhile. Single commands go before pushed ones, which come in
chunks, so that a push of thousands of orders does not keep a checkout waiting. Members whom somebody else holds are
dealt with in a small waiting batch of their own, so one hot member delays nobody else.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import deque
from typing import Any

import asyncpg
import structlog

from leal.engine.batch import Batch
from leal.engine.commands import Shop
from leal.engine.lending import Stale
from leal.engine.moving import move_order
from leal.engine.programmes import Programmes
from leal.engine.verb import Pending, Verb
from leal.errors import Unavailable
from leal.store.db import Database

BATCH_SINGLES = 250
"""Single commands in one batch at most: larger ones only triple the latency."""
BATCH_PUSHED = 100
"""Pushed items in one batch at most: well under 50 ms of the lane."""
TRIES = 5
"""Times a single command is tried when others are in its way."""

_RETRYABLE = (
    Stale,
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)

_CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
)

log = structlog.get_logger()


class Lane:
    """One writer of one shop."""

    def __init__(self, db: Database, shop: Shop, programmes: Programmes) -> None:
        self._db = db
        self._shop = shop
        self._programmes = programmes
        self._singles: deque[Pending] = deque()
        self._pushed: deque[Pending] = deque()
        self._waiting: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    def submit(self, verb: Verb, *, pushed: bool = False) -> asyncio.Future[Any]:
        """Queue a command; the future has its answer once it is committed."""
        pending = Pending(verb, asyncio.get_running_loop().create_future())
        (self._pushed if pushed else self._singles).append(pending)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return pending.future

    async def drain(self) -> None:
        """Wait until everything queued is answered."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])
        while self._waiting:
            await asyncio.wait(self._waiting)

    async def _work(self) -> None:
        while self._singles or self._pushed:
            queue, most = (self._singles, BATCH_SINGLES) if self._singles else (self._pushed, BATCH_PUSHED)
            batch = [queue.popleft() for _ in range(min(most, len(queue)))]
            await self._run(batch)

    async def _run(self, batch: list[Pending]) -> None:
        """One batch; what it leaves, or all of it if the database refused it, is dealt with one by one."""
        try:
            left = await self._transact(batch)
        except _CONNECTION_LOST as failure:
            for pending in batch:
                pending.failure = _unknown_outcome(failure)
                pending.settle_future()
            return
        except Exception as failure:
            self._explain(failure, batch)
            left = batch
        for pendings in _by_name(left).values():
            task = asyncio.create_task(self._run_alone(pendings))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _transact(self, pendings: list[Pending]) -> list[Pending]:
        """Run one batch in one transaction and hand out what it decided; gives the commands it left."""
        batch = Batch(self._shop, self._programmes, pendings)
        async with self._db.transaction(self._shop.id) as conn:
            await batch.run(conn, wait=False)
        left = batch.postponed + batch.moving
        for pending in pendings:
            if pending not in left:
                pending.settle_future()
        return left

    async def _run_alone(self, pendings: list[Pending]) -> None:
        """Commands on one member, one after the other, each tried a few times; the last failure is the answer."""
        for pending in pendings:
            for attempt in range(TRIES):
                pending.failure = pending.outcome = None
                try:
                    await self._transact_alone(pending)
                    break
                except _RETRYABLE as failure:
                    pending.failure = _busy(failure)
                    await asyncio.sleep(0.005 * 2**attempt)
                except _CONNECTION_LOST as failure:
                    pending.failure = _unknown_outcome(failure)
                    break
                except Exception as failure:
                    self._explain(failure, [pending])
                    pending.failure = failure
                    break
            pending.settle_future()

    async def _transact_alone(self, pending: Pending) -> None:
        """One command in a transaction of its own, waiting for whoever holds its members. Raises Stale."""
        batch = Batch(self._shop, self._programmes, [pending])
        async with self._db.transaction(self._shop.id) as conn:
            await batch.run(conn, wait=True)
            if batch.moving:
                await move_order(conn, self._shop, self._programmes, pending)
        if batch.postponed:
            raise Stale

    def _explain(self, failure: Exception, batch: list[Pending]) -> None:
        if not isinstance(failure, _RETRYABLE):
            log.error("batch_failed", shop=self._shop.slug, size=len(batch), exc_info=failure)


def lane_of(verb: Verb, lanes: int) -> int:
    """The lane of a command: the same for all that name the customer in the same way."""
    who = verb.who
    return zlib.crc32((who.shopid or who.email or str(who.bhid)).encode()) % lanes


def _by_name(pendings: list[Pending]) -> dict[str, list[Pending]]:
    groups: dict[str, list[Pending]] = {}
    for pending in pendings:
        who = pending.verb.who
        groups.setdefault(who.shopid or who.email or str(who.bhid), []).append(pending)
    return groups


def _busy(cause: BaseException) -> Unavailable:
    failure = Unavailable("Others kept changing the same data.", "Try again.")
    failure.__cause__ = cause
    return failure


def _unknown_outcome(cause: BaseException) -> Unavailable:
    """The connection broke on the way: the command may or may not be stored, so it is not repeated unasked."""
    failure = Unavailable(
        "The database connection broke; whether the command took effect is not known.",
        "Repeat it with the same idempotency key, order or customer: it takes effect once.",
    )
    failure.__cause__ = cause
    return failure
