"""Giving way: long work is done in pieces of some 2 ms, one after another, and calls that are soon done go on between.

Whoever sleeps for no time comes back after one turn of all that is ready, but a call that is soon done takes several
turns: it is read, its statement is sent, the rows come, it is answered. So a piece gives it some turns.

What has members in its hands goes before what is only read yet, of which one piece at a time is in the queue: however
many pushes there are, a batch under way waits for one of theirs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

Way: TypeAlias = Callable[[], Awaitable[None]]
"""How work gives way between two pieces."""

TURNS: Final = 8
"""Of the event loop between two pieces at most: a read takes five."""
IDLE_SECONDS: Final = 0.000_1
"""Of the thread's processor: a turn that took less was nobody's."""
OTHERS_SECONDS: Final = 0.006
"""Of the thread's processor, that all others have between two pieces, roughly: long work always goes on, too."""


async def one_turn() -> None:
    """Give way to all that is ready: what calls do that somebody waits for."""
    await asyncio.sleep(0)


class Pieces:
    """The long work of one process, of which nobody waits for one piece: pushes."""

    def __init__(self) -> None:
        self.batches_at_once = 2
        """Of one shop's pushed commands: one is decided while the other is stored."""
        self.rest_seconds: Callable[[], float] = lambda: 0.0
        """How long to rest between two pieces, for the sake of other processes."""
        self._next = asyncio.Lock()
        self._next_read = asyncio.Lock()

    async def give_way(self) -> None:
        """Wait until it is this work's turn, after others' pieces, and calls have had theirs."""
        async with self._next:
            if seconds := self.rest_seconds():
                await asyncio.sleep(seconds)
                return
            began = last = time.thread_time()
            for _ in range(TURNS):
                await asyncio.sleep(0)
                now = time.thread_time()
                if now - last < IDLE_SECONDS or now - began > OTHERS_SECONDS:
                    return
                last = now

    async def let_batches_pass(self) -> None:
        """Give way as work does that keeps nobody waiting who is not its own caller."""
        async with self._next_read:
            await self.give_way()
