"""Moving: an order that comes under another customer than before leaves the one and joins the other, at once."""

from __future__ import annotations

from leal.engine.batch import decide_member
from leal.engine.clocks import read_clock
from leal.engine.commands import Pushed, Shop
from leal.engine.lending import (
    LEND,
    NEEDS,
    Stale,
    load_orders,
    load_redemptions,
    load_what_is_named,
    require_names,
)
from leal.engine.orders import leave
from leal.engine.programmes import Programmes
from leal.engine.resolving import resolve
from leal.engine.rows import account_bucket, account_from, key_bucket
from leal.engine.stocking import StockRoom
from leal.engine.storing import store
from leal.engine.verb import Member, Pending
from leal.rules.stock import StockNeeded
from leal.store.db import Conn
from leal.store.queries import sql


async def move_order(conn: Conn, shop: Shop, programmes: Programmes, pending: Pending) -> None:
    """Decide and store one such push inside the caller's transaction; both members locked in the order of their ids."""
    order_id = pending.verb.order_id or ""
    found = await resolve(conn, shop.id, [pending])
    if pending.failure is not None:
        return
    account, (leaving, number) = found.account_of[pending], found.order_at[order_id]
    if leaving == account:
        raise Stale
    members: dict[int, Member] = {}
    for one in sorted({account, leaving} - found.new.keys()):
        for row in await conn.fetch(sql.lock_accounts_waiting, [account_bucket(one)], shop.id, [one]):
            members[one] = Member(account_from(row), is_new=False)
            if members[one].stored.is_gone:
                raise Stale
    await require_names(conn, shop.id, members, found)
    clock = await read_clock(conn, shop.id)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    now = clock.now
    if account in found.new:
        members[account] = Member.founded(account, versions, now, pending.verb.at)
    redemptions = await load_orders(conn, shop.id, {(leaving, number)}, members)
    await load_redemptions(conn, shop.id, redemptions, members)
    todo = {account: [pending]}
    await load_what_is_named(conn, shop.id, todo, members, found, versions)
    updated_at = pending.verb.updated_at
    if updated_at is not None and updated_at < members[leaving].stored_orders[order_id].updated_at:
        pending.outcome = Pushed()  # an older snapshot than the one that moved it
        return

    room = StockRoom()
    for member in members.values():
        member.shelves = room.shelves
    while True:
        try:
            members[leaving].start(shop.id, versions, clock.real_at, now)
            leave(members[leaving], order_id)
            decide_member(members[account], [pending], shop.id, versions, clock.real_at, now)
            break
        except NEEDS as need:
            await LEND[type(need)](conn, shop.id, members, list(members))
        except StockNeeded as need:
            await room.lend(conn, shop.id, [need])
    if pending.outcome is None:
        return
    if members[leaving].referrals_due:  # it may have made a friend of that one
        pending.verb.friends = (leaving, *pending.verb.friends)
    joined = members[account].orders[order_id].number
    members[account].claims = [claim for claim in members[account].claims if claim[:2] != ("order", order_id)]
    await room.store(conn, shop.id)
    await store(conn, shop.id, members, found, {**todo, leaving: []})
    await conn.execute(sql.move_order_identity, key_bucket("order", order_id), shop.id, order_id, account, joined)
