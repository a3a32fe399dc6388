"""Checking: whether a shop's records are whole, fresh and enough for what marketing tools ask of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.rules.programme.feeds import CORE

MINIMUM: Final = ("customer_id", "member", "tier", "points_balance")
"""What tools need at the least; all eleven are recommended."""


class Coverage(msgspec.Struct):
    """How many records tell a field: not null, and no empty list."""

    field: str
    minimum: bool
    told: int = 0


class Checked(msgspec.Struct):
    """What was found of a shop's records. Instants in microseconds of the shop's clock."""

    at: int
    """The instant that the records were read for."""
    customers: int
    """Customers who are known; those who take part have records."""
    records: int
    fields: list[Coverage]
    oldest_at: int | None
    """When that account was last written that was written the longest ago; its record is right all the same."""
    due_micros: int | None
    """How long whoever fell due first has waited for being stored; None: nobody waits."""
    open_write_seconds: float
    """How long the oldest writing transaction has been open: what it changed is not told yet."""


async def check_feed(engine: Engine, shop: Shop, progress: Callable[[int, int], None] | None = None) -> Checked:
    """Read all records of a shop, and look at what they tell; `progress` is told of members read, and of all."""
    customers, oldest_at = await engine.feed_volume(shop)
    fields = [Coverage(field, field in MINIMUM) for field in CORE]
    records = at = 0
    async for page in engine.feed_snapshot(shop):
        at = page.at
        records += len(page.told)
        for record in page.told:
            for one in fields:
                one.told += getattr(record, one.field) not in (None, [])
        if progress is not None:
            progress(min(records, customers), customers)
    due_micros = await engine.waiting_micros(shop)
    return Checked(at, customers, records, fields, oldest_at, due_micros, await engine.open_write_seconds())
