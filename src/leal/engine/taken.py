"""Those whom members took over: whose entries count with theirs, under which numbers (S11.2)."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from leal.engine.rows import account_bucket, account_buckets, entry_from
from leal.engine.verb import AwardFacts
from leal.rules.account import Account
from leal.rules.ledger import Entry
from leal.rules.merging import FROM, Shift
from leal.rules.replay import Replay, replay
from leal.rules.sources import Given
from leal.store.db import Conn
from leal.store.queries import sql


class Taken(NamedTuple):
    """Somebody whom a member took over, straight or by way of another. `merged_at` in microseconds."""

    account: int
    source: int
    shift: Shift
    shopid: str | None
    email: str | None
    merged_at: int

    def brought(self, number: int) -> bool:
        """Whether an entry, award or redemption of that number came with the one who was taken over."""
        return 0 < -number - self.shift.entry_base <= self.shift.entries

    def known_as(self, number: int) -> int:
        """What was the number, there, of an entry or award that came with or by way of the one who was taken over; 0 of
        one that came before."""
        came = -number - self.shift.entry_base
        return max(0, came) if came <= self.shift.entries else self.shift.entries - came


async def taken_over(conn: Conn, shop: int, accounts: list[int]) -> list[Taken]:
    """Whom members took over."""
    buckets = account_buckets(accounts)
    return [
        Taken(
            row["account"], row["source"], Shift(row["entry_base"], row["entries"], row["order_base"], 0),
            row["shopid"], row["email"], row["merged_at"],
        )
        for row in await conn.fetch(sql.find_merged, buckets, shop, accounts)
    ]  # fmt: skip


async def award_facts(conn: Conn, shop: int, account: Account, change_id: int) -> AwardFacts | None:
    """What the history, also of those whom a member took over, says of the award that a change is about.

    The id of a change is one member's alone: where the member's own of that id gave nothing, another's is meant.
    """
    taken: list[Taken] = []
    row = await conn.fetchrow(sql.find_entry_by_change, account.bucket, shop, account.id, change_id)
    award = 0 if row is None else row["award"]
    if award <= 0:
        taken = await taken_over(conn, shop, [account.id])
    for one in taken if not award else ():
        row = await conn.fetchrow(sql.find_entry_by_change, account_bucket(one.source), shop, one.source, change_id)
        if row is not None and row["award"]:
            award = one.shift.entry(row["award"])
            break
    if not award:
        return None
    points = await _given(conn, shop, account.id, award)
    source, own = account.id, award
    if award < 0:
        came_with = next(one for one in taken if one.brought(award))
        source, own = came_with.source, came_with.known_as(award)
        for one in taken:  # whoever brought it, and those between, may have taken of it
            before = await _given(conn, shop, one.source, one.known_as(award)) if one.known_as(award) else 0
            points = None if before is None or points is None else before + points
    first = await conn.fetchrow(sql.find_entry, account_bucket(source), shop, source, own)
    assert first is not None  # every award has the entry that gave it
    number = first["cause_number"]
    if award < 0:
        number = came_with.shift.order(number) if first["cause"] == "order" else came_with.shift.entry(number)
    return AwardFacts(
        award, first["cause"], number, points or 0, first["day"], first["qualifying"], first["id"], _source_of(first)
    )


def _source_of(row: Any) -> Given | None:
    """What the entry of an award tells of the source that gave it apart from orders."""
    changes: dict[str, Any] = json.loads(row["changes"]) if row["changes"] else {}
    if "source" not in changes:
        return None
    return Given(changes["source"], changes.get("version", row["programme"]), changes.get("budgeted", 0))


async def _given(conn: Conn, shop: int, account: int, award: int) -> int | None:
    """The points an award still gives by a member's entries; None: staff took it back for good."""
    given = await conn.fetchrow(sql.award_given, account_bucket(account), shop, account, award)
    assert given is not None  # a sum always has a row
    return None if given["neutralised"] else int(given["points"])


async def replayed_with(conn: Conn, shop: int, account: int, entries: list[Entry]) -> Replay:
    """An account rebuilt from its entries and, where it took others over, from theirs."""
    sources = {}
    for entry in entries:
        if entry.type == FROM:
            source = entry.cause_number
            rows = await conn.fetch(sql.verify_entries, [account_bucket(source)], shop, [source])
            sources[source] = await replayed_with(conn, shop, source, [entry_from(row) for row in rows])
    return replay(shop, account, account_bucket(account), entries, sources)
