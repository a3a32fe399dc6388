"""Those whom members took over: whose entries count with theirs, under which numbers (S11.2)."""

from __future__ import annotations

from typing import NamedTuple

from leal.engine.rows import account_bucket, entry_from
from leal.engine.verb import AwardFacts
from leal.rules.account import Account
from leal.rules.ledger import Entry
from leal.rules.merging import FROM, Shift
from leal.rules.replay import Replay, replay
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


async def taken_over(conn: Conn, shop: int, accounts: list[int]) -> list[Taken]:
    """Whom members took over."""
    buckets = sorted({account_bucket(account) for account in accounts})
    return [
        Taken(
            row["account"], row["source"], Shift(row["entry_base"], row["entries"], row["order_base"], 0),
            row["shopid"], row["email"], row["merged_at"],
        )
        for row in await conn.fetch(sql.find_merged, buckets, shop, accounts)
    ]  # fmt: skip


async def award_facts(conn: Conn, shop: int, account: Account, change_id: int) -> AwardFacts | None:
    """What the history, also of those whom a member took over, says of the award that a change is about."""
    row = await conn.fetchrow(sql.find_entry_by_change, account.bucket, shop, account.id, change_id)
    if row is not None:
        if row["award"] == 0:
            return None
        points = await _given(conn, shop, account.id, row["award"])
        return AwardFacts(row["award"], row["cause"], row["cause_number"], points or 0, row["day"], row["qualifying"])
    for one in await taken_over(conn, shop, [account.id]):
        row = await conn.fetchrow(sql.find_entry_by_change, account_bucket(one.source), shop, one.source, change_id)
        if row is None or row["award"] == 0:
            continue
        award = one.shift.entry(row["award"])
        before, since = await _given(conn, shop, one.source, row["award"]), await _given(conn, shop, account.id, award)
        points = 0 if before is None or since is None else before + since
        by_order = row["cause"] == "order"
        number = one.shift.order(row["cause_number"]) if by_order else one.shift.entry(row["cause_number"])
        return AwardFacts(award, row["cause"], number, points, row["day"], row["qualifying"])
    return None


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
