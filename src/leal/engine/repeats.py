"""Repeats: answers of calls that are no command of one member, kept under their callers' keys; and how long all last.

A push is many transactions and harmless when it is done again; its answer is kept once all of it is done. Of two at the
same time both are done, and the answer of the first to end is everybody's.
"""

from __future__ import annotations

from typing import Final

from leal.engine.commands import Key, KeyReused, Shop
from leal.store.db import Database
from leal.store.queries import sql

ANSWERS_LAST_DAYS: Final = 30
REJECTED_LAST_DAYS: Final = 90
CHANGES_LAST_DAYS: Final = 7
"""How long the datasource's feed goes on from a cursor: as often as it changes, a member is noted each time."""
BATCH: Final = 2000
"""Rows forgotten in one statement: some 20 ms."""
_NOBODY: Final = 0
"""The account of an answer that is about no single member."""


class Repeats:
    """The answers of every shop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def answer(self, shop: Shop, key: Key) -> bytes | None:
        """The answer given before under the key; None: there is none. Raises KeyReused."""
        async with self._db.shop(shop.id) as conn:
            row = await conn.fetchrow(sql.read_answer, _bucket(key), shop.id, _NOBODY, key.key)
        if row is None:
            return None
        if row["request"] != key.request:
            raise KeyReused
        return bytes(row["answer"])

    async def keep(self, shop: Shop, key: Key, answer: bytes) -> None:
        """Keep an answer, unless there is one."""
        async with self._db.shop(shop.id) as conn:
            await conn.execute(sql.insert_answer, _bucket(key), shop.id, _NOBODY, key.key, key.request, answer)

    async def forget_old(self, shop: Shop) -> int:
        """Forget answers, refused items and notes of changes that are too old, a batch at a time; gives how many."""
        forgotten = 0
        for statement, days in (
            (sql.forget_answers, ANSWERS_LAST_DAYS),
            (sql.forget_rejected, REJECTED_LAST_DAYS),
            (sql.forget_changes, CHANGES_LAST_DAYS),
        ):
            gone = BATCH
            while gone == BATCH:
                async with self._db.shop(shop.id) as conn:
                    gone = await conn.fetchval(statement, shop.id, days, BATCH)
                forgotten += gone
        return forgotten


def _bucket(key: Key) -> int:
    return int.from_bytes(key.key[:2]) % 1024
