"""Lanes: calls that come at the same time share a transaction (group commit), without waiting when idle.

A shop's lane decides one batch while the one before is stored, and gathers the next meanwhile. Single commands are
parted evenly between the two: a batch of all of them would leave nothing to decide while it is stored. Pushed ones are
beside them in batches of their own, which give way more, so that neither keeps the other waiting.
Members whom somebody else holds are dealt with in a small waiting batch of their own, so one hot member delays nobody
else.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import Any

import structlog

from leal.engine.batch import Batch
from leal.engine.commands import Shop
from leal.engine.erasing import erase_member
from leal.engine.giving_way import Pieces, Way, one_turn
from leal.engine.lending import Stale
from leal.engine.moving import move_order
from leal.engine.programmes import Programmes
from leal.engine.retries import RETRYABLE, TRIES, busy
from leal.engine.verb import Pending, Verb
from leal.errors import Unavailable
from leal.store.db import Database

BATCHES_AT_ONCE = 2
"""Of one shop's single commands in one process: one is decided while the other is stored; `Pieces` tells of pushed."""
BATCH_SINGLES = 250
"""Single commands in one batch at most: larger ones only triple the latency."""
BATCH_WHOLE = 16
"""So many single commands are not parted: a transaction costs what some four of them do."""
BATCH_PUSHED = 100
"""Pushed items in one batch at most: well under 50 ms of the lane."""
WAITING_AT_ONCE = 4
"""Connections of one process that may wait for members whom somebody else holds: the others stay free."""

log = structlog.get_logger()


class _Queue:
    """Commands that share batches: so many at most, in so many batches at once, which give way between their pieces.

    So many as are `whole` are not parted.
    """

    def __init__(self, whole: int, most: int, at_once: int, give_way: Way) -> None:
        self.whole = whole
        self.most = most
        self.at_once = at_once
        self.give_way = give_way
        self.waiting: deque[Pending] = deque()
        self.working: set[asyncio.Task[None]] = set()
        self.batches = 0
        """Batches under way."""
        self.taken = 0
        """Commands in them."""
        self.next: _Turn | None = None
        """The batch that has taken nothing yet."""
        self.turn = asyncio.Lock()
        """Whose batch is decided: it takes of what came until the one before had only to be stored."""


class _Turn:
    """One batch's turn to be decided."""

    def __init__(self, queue: _Queue) -> None:
        self.queue = queue
        self.batch: list[Pending] = []
        """What it took, once it came."""
        self.names: set[str] = set()
        """Of their members, as they were then."""


class Lane:
    """The writer of one shop."""

    def __init__(
        self, db: Database, shop: Shop, programmes: Programmes, waiting_room: asyncio.Semaphore, pieces: Pieces
    ) -> None:
        self._db = db
        self._shop = shop
        self._programmes = programmes
        self._singles = _Queue(BATCH_WHOLE, BATCH_SINGLES, BATCHES_AT_ONCE, one_turn)
        self._pushed = _Queue(BATCH_PUSHED, BATCH_PUSHED, pieces.batches_at_once, pieces.give_way)
        self._under_way: set[str] = set()
        """Names of members whose commands are in a batch: later ones stay in the queue until it is stored."""
        self._waiting: set[asyncio.Task[None]] = set()
        self._waiting_room = waiting_room
        """Lets `WAITING_AT_ONCE` in; shared by all lanes of a process."""
        self._held_back: dict[str, deque[Pending]] = {}
        """By name of a member, commands that go one after the other because an earlier one has to wait."""

    def submit(self, verb: Verb, *, pushed: bool = False) -> asyncio.Future[Any]:
        """Queue a command; the future has its answer once it is committed."""
        pending = Pending(verb, asyncio.get_running_loop().create_future())
        queue = self._pushed if pushed else self._singles
        queue.waiting.append(pending)
        if not self._has_to_wait(_name(pending)):
            self._see_to(queue)
        return pending.future

    def _see_to(self, queue: _Queue) -> None:
        """Let the next batch begin, where not too many are under way and there is something for it to take.

        What is left waits for batches under way, and is seen to after them.
        """
        if queue.next is not None or queue.batches == queue.at_once:
            return
        if any(not self._has_to_wait(_name(pending)) for pending in queue.waiting):
            queue.batches += 1
            queue.next = _Turn(queue)
            task = asyncio.create_task(self._work(queue.next))
            queue.working.add(task)
            task.add_done_callback(queue.working.discard)

    async def drain(self) -> None:
        """Wait until everything queued is answered."""
        while under_way := self._singles.working | self._pushed.working | self._waiting:
            await asyncio.wait(under_way)

    async def _work(self, turn: _Turn) -> None:
        queue = turn.queue
        try:
            # what it leaves, or all of it if the database refused it, is dealt with one by one
            self._hold_back(await self._transact(turn.batch, turn))
        finally:
            self._under_way -= turn.names
            queue.batches -= 1
            queue.taken -= len(turn.batch)
            self._see_to(self._singles)
            self._see_to(self._pushed)

    def _has_to_wait(self, name: str) -> bool:
        """Whether a member is in the hands of a batch; of those held back commands wait elsewhere."""
        return name in self._under_way and name not in self._held_back

    def _begin(self, turn: _Turn) -> None:
        """Take what came; the members are in this batch's hands from here on."""
        queue = turn.queue
        share = math.ceil((len(queue.waiting) + queue.taken) / queue.at_once)
        turn.batch += self._take(queue.waiting, min(max(share, queue.whole), queue.most))
        queue.taken += len(turn.batch)
        turn.names |= {_name(pending) for pending in turn.batch}
        self._under_way |= turn.names
        queue.next = None
        self._see_to(queue)

    def _take(self, queue: deque[Pending], most: int) -> list[Pending]:
        """The first commands of a queue whose members are in nobody's hands; those of members held back go there."""
        batch: list[Pending] = []
        left: list[Pending] = []
        while queue and len(batch) < most:
            pending = queue.popleft()
            name = _name(pending)
            if name in self._held_back:
                self._hold_back([pending])
            else:
                (left if self._has_to_wait(name) else batch).append(pending)
        queue.extendleft(reversed(left))
        return batch

    def _hold_back(self, pendings: list[Pending]) -> None:
        """Commands that go apart, each member's in order, and before whatever comes later for that member."""
        for pending in pendings:
            name = _name(pending)
            if name in self._held_back:
                self._held_back[name].append(pending)
                continue
            self._held_back[name] = deque([pending])
            task = asyncio.create_task(self._run_apart(name))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _transact(self, pendings: list[Pending], turn: _Turn | None = None) -> list[Pending]:
        """Run one batch in one transaction and hand out what it decided.

        With a `turn` it takes its commands when that comes, in a transaction that was begun meanwhile, and members that
        somebody else holds are not waited for. Gives the commands it left for another batch: all of them if the
        database refused it.
        """
        batch = Batch(self._shop, self._programmes, pendings, one_turn if turn is None else turn.queue.give_way)
        try:
            async with self._db.transaction(self._shop.id) as conn:
                if turn is None:
                    await batch.decide(conn, wait=True)
                else:
                    async with turn.queue.turn:
                        self._begin(turn)
                        await batch.decide(conn, wait=False)
                await batch.store(conn)
        except Exception as failure:
            if turn is not None and turn.queue.next is turn:  # no transaction to wait in: who would take part learns it
                self._begin(turn)
            if not isinstance(failure, Unavailable):
                self._explain(failure, pendings)
                return pendings
            # also of a connection that broke: nothing is repeated unasked
            for pending in pendings:
                pending.failure = failure
                pending.settle_future()
            return []
        left = batch.postponed + batch.moving
        for pending in pendings:
            if pending not in left:
                pending.settle_future()
        return left

    async def _run_apart(self, name: str) -> None:
        """Commands on one member: together, waiting for whoever holds it, and what that leaves one by one."""
        queue = self._held_back[name]
        try:
            while queue:
                together = [queue.popleft() for _ in range(min(BATCH_SINGLES, len(queue)))]
                async with self._waiting_room:
                    if len(together) > 1:
                        together = await self._transact(_afresh(together))
                    await self._run_alone(together)
        finally:
            del self._held_back[name]

    async def _run_alone(self, pendings: list[Pending]) -> None:
        """Commands one after the other, each tried a few times; the last failure is the answer."""
        for pending in pendings:
            for attempt in range(TRIES):
                _afresh([pending])
                try:
                    await self._transact_alone(pending)
                    break
                except RETRYABLE as failure:
                    pending.failure = busy(failure)
                    await asyncio.sleep(0.005 * 2**attempt)
                except Unavailable as failure:
                    pending.failure = failure
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
            if pending.verb.erases:
                await erase_member(conn, self._shop, self._programmes, pending)
                return
            await batch.run(conn, wait=True)
            if batch.moving:
                await move_order(conn, self._shop, self._programmes, pending)
        if batch.postponed:
            raise Stale

    def _explain(self, failure: Exception, batch: list[Pending]) -> None:
        if not isinstance(failure, RETRYABLE):
            log.error("batch_failed", shop=self._shop.slug, size=len(batch), exc_info=failure)


def name_of(verb: Verb) -> str:
    """The name by which a command calls its member."""
    return verb.who.shopid or verb.who.email or str(verb.who.bhid)


def _name(pending: Pending) -> str:
    return pending.group or name_of(pending.verb)


def _afresh(pendings: list[Pending]) -> list[Pending]:
    """Forget what an earlier try decided."""
    for pending in pendings:
        pending.failure = pending.outcome = None
    return pendings
