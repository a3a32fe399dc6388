"""Reading: what many members are shown, out of one snapshot; for a few the engine is asked one by one."""

from __future__ import annotations

import asyncio
from typing import Final

from leal.engine.commands import Balance, Shop, Who
from leal.engine.engine import Engine
from leal.engine.lending import decide_with_loans, lend_caps, lend_customers, lend_days
from leal.engine.rows import account_bucket, account_from, key_bucket, redemption_from
from leal.engine.showing import given_by, shelves_at
from leal.engine.verb import Member
from leal.engine.views import unused_rewards
from leal.rules.settling import is_due
from leal.rules.standing import Standing, standing
from leal.store.db import Conn
from leal.store.queries import sql
from tests.engines import with_every_lot

FEW: Final = 3
IDENTITIES: Final = """
select key, account from identity where bucket = any ($1) and shop = $2 and kind = 'shopid' and key = any ($3)
"""


async def balances(engine: Engine, shop: Shop, names: list[str]) -> list[Balance]:
    """What the engine shows of each, as `Engine.balance` does, with all open lots."""
    shown = await (_one_by_one if len(names) <= FEW else _together)(engine, shop, names)
    await with_every_lot(engine._db, shop, [one.standing.account for one in shown])
    return shown


async def _one_by_one(engine: Engine, shop: Shop, names: list[str]) -> list[Balance]:
    asked = (engine.balance(shop, Who(shopid=name), full=True, unused=True) for name in names)
    return list(await asyncio.gather(*asked))


async def _together(engine: Engine, shop: Shop, names: list[str]) -> list[Balance]:
    async with engine._db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        rows = await conn.fetch(IDENTITIES, [key_bucket("shopid", name) for name in names], shop.id, names)
        account_of = {row["key"]: row["account"] for row in rows}
        found = await _balances(engine, conn, shop, sorted(set(account_of.values())))
    return [found[account_of[name]] for name in names]


async def settled_until(engine: Engine, shop: Shop, name: str) -> int:
    """The instant to which somebody is stored as settled."""
    async with engine._db.shop(shop.id) as conn:
        (known,) = await conn.fetch(IDENTITIES, [key_bucket("shopid", name)], shop.id, [name])
        account = known["account"]
        (row,) = await conn.fetch(sql.read_accounts, [account_bucket(account)], shop.id, [account])
    return account_from(row).settled_at


async def _balances(engine: Engine, conn: Conn, shop: Shop, accounts: list[int]) -> dict[int, Balance]:
    buckets = [account_bucket(account) for account in accounts]
    rows = await conn.fetch(sql.read_accounts, buckets, shop.id, accounts)
    versions = await engine._programmes.upto(conn, shop.id, rows[0]["programme_version"])
    real_at, clock = rows[0]["real_at"], rows[0]["real_at"] + rows[0]["clock_offset"]
    members = {row["id"]: Member(account_from(row), is_new=False) for row in rows}
    now = {account: max(clock, member.stored.settled_at) for account, member in members.items()}
    shelves = await shelves_at(conn, shop.id, versions, clock, full=True)
    for member in members.values():
        member.shelves = shelves
    shown: dict[int, Standing] = {}

    def show(account: int) -> None:
        member = members[account]
        settled = not is_due(member.stored, versions, now[account])
        member.start(shop.id, versions, real_at, now[account], settled=settled)
        shown[account] = standing(member.book, now[account], full=True)

    for lend in (lend_days, lend_customers, lend_caps):  # most would ask for each of them in turn, and begin anew
        await lend(conn, shop.id, members, accounts)
    await decide_with_loans(conn, shop.id, members, accounts, show)
    unused = await unused_rewards(conn, shop, list(now.items()))
    found = {}
    for account in accounts:
        rewards = members[account].rewards_with(map(redemption_from, unused.get((account, now[account]), [])))
        found[account] = Balance(account, now[account], shown[account], rewards, given_by(rewards, versions))
    return found
