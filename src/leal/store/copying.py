"""Copying out: the rows of a query that gives one JSON text each, as lines, as fast as the database sends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from leal.store.db import Conn

CHUNK: Final = 1 << 18
"""Bytes handed on at once, at the least; and no more than twice as many wait."""


async def copied(conn: Conn, query: str, *args: object) -> AsyncGenerator[bytes, None]:
    """Whole lines of a query's rows, in parts; ends the query where the caller goes away.

    JSON has no control characters, so that nothing in it is a delimiter or a quote here.
    """
    waiting: asyncio.Queue[bytes | None] = asyncio.Queue(1)
    gathered: list[bytes] = []
    size = 0

    async def take(data: bytes) -> None:
        nonlocal size
        gathered.append(data)
        size += len(data)
        if size >= CHUNK:
            await hand_on()

    async def hand_on() -> None:
        nonlocal size
        lines = b"".join(gathered)
        gathered.clear()
        size = 0
        await waiting.put(lines)

    async def copy() -> None:
        try:
            await conn.copy_from_query(query, *args, output=take, format="csv", delimiter="\x01", quote="\x02")
            if gathered:
                await hand_on()
            await waiting.put(None)
        except BaseException:
            while not waiting.empty():  # nobody takes it any more
                waiting.get_nowait()
            waiting.put_nowait(None)
            raise

    task = asyncio.create_task(copy())
    try:
        while (part := await waiting.get()) is not None:
            yield part
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
