"""Clocks: what time it is in a shop, its newest programme version, and how far from now one may ask."""

from __future__ import annotations

from typing import Final, NamedTuple

import asyncpg

from leal.errors import InvalidInput, Problem
from leal.store.db import Conn
from leal.store.queries import sql
from leal.values import format_instant, parse_instant

EARLIEST: Final = parse_instant("1000-01-01T00:00:00Z")
LATEST: Final = parse_instant("2999-12-31T23:59:59Z")
"""Beyond these no balance is told, no tier ends and no clock stands: a term counted from there leaves the calendar."""


class ShopClock(NamedTuple):
    """One look at a shop's clock; instants in microseconds."""

    real_at: int
    now: int
    """The shop's own time: in a sandbox not the real one (S1.4)."""
    newest: int
    """Number of the newest programme version; 0: there is none."""
    settled: int
    """Number of the version that every member is known to be settled under; 0 where that was not read."""


async def read_clock(conn: Conn, shop: int) -> ShopClock:
    """What the shop's clock shows; to be read after the locks (S1.4)."""
    return clock_of(await _row(conn, sql.shop_clock, shop))


async def lock_clock(conn: Conn, shop: int) -> ShopClock:
    """The same, and until the transaction ends nobody else moves it, or publishes a version."""
    return clock_of(await _row(conn, sql.lock_shop, shop))


def clock_of(row: asyncpg.Record) -> ShopClock:
    """The clock of a row that was read together with it."""
    real_at = row["real_at"]
    return ShopClock(real_at, real_at + row["clock_offset"], row["programme_version"], row.get("settled_version", 0))


async def _row(conn: Conn, statement: str, shop: int) -> asyncpg.Record:
    row = await conn.fetchrow(statement, shop)
    assert row is not None  # a shop is never deleted
    return row


def refuse_far(*given: tuple[str, int | None]) -> None:
    """Raises InvalidInput for instants that are too far away, each with the path where it was given; None is none."""
    right = f"from {format_instant(EARLIEST)} to {format_instant(LATEST)}"
    problems = [
        Problem(path, "out_of_range", f"{format_instant(at)} is too far away.", right)
        for path, at in given
        if at is not None and not EARLIEST <= at <= LATEST
    ]
    if problems:
        raise InvalidInput(problems)
