"""Rejects: pushed items that were refused, kept until they are replayed or dropped, so that nothing is lost."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from leal.engine.commands import Shop
from leal.errors import Problem
from leal.store.db import Database
from leal.store.queries import sql

LISTED = 10_000
"""Refused items listed at once."""

_ESCAPES: Final = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u0000|u[dD][89a-fA-F]..|.)", re.DOTALL)
_UNSTORABLE: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F]..)")


class Rejected(msgspec.Struct, frozen=True):
    """A refused item; `item` is JSON as it was pushed, `received_at` in microseconds."""

    id: int
    kind: str
    item: bytes
    problems: list[Problem]
    received_at: int


class Rejects:
    """The refused items of every shop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def keep(self, shop: Shop, kind: str, refused: list[tuple[bytes, list[Problem]]]) -> None:
        """Keep items with what was wrong with them."""
        if not refused:
            return
        items = [_storable(item.decode()) for item, _ in refused]
        problems = [msgspec.json.encode(found).decode() for _, found in refused]
        async with self._db.shop(shop.id) as conn:
            await conn.execute(sql.insert_rejected, shop.id, [kind] * len(items), items, problems)

    async def all(self, shop: Shop) -> list[Rejected]:
        """Everything kept, oldest first."""
        async with self._db.shop(shop.id) as conn:
            rows = await conn.fetch(sql.all_rejected, shop.id, LISTED)
        return [
            Rejected(
                row["id"],
                row["kind"],
                row["item"].encode(),
                msgspec.json.decode(row["problems"], type=list[Problem]),
                row["received_at"],
            )
            for row in rows
        ]

    async def drop(self, shop: Shop, ids: list[int]) -> None:
        """Forget items."""
        async with self._db.shop(shop.id) as conn:
            await conn.execute(sql.delete_rejected, shop.id, ids)


def _storable(item: str) -> str:
    """JSON that the database takes: a NUL or half a surrogate pair, which it does not, becomes U+FFFD."""
    return _ESCAPES.sub(lambda found: r"\ufffd" if _UNSTORABLE.fullmatch(found[0]) else found[0], item)
