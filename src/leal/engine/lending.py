"""Lending: what a decision needs beside the account, read after the lock and in a later statement than it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Final

import msgspec

from leal.engine.giving_way import Way, one_turn
from leal.engine.pages import lend_lots
from leal.engine.resolving import Resolution, on_record, still_at
from leal.engine.rows import account_buckets, order_from, redemption_from
from leal.engine.stocking import StockRoom
from leal.engine.taken import award_facts, taken_over
from leal.engine.verb import REMOVE_DISCOUNT, Errand, HoldName, Invitation, Member, Pending
from leal.rules.account import NOTHING, Counts, LotsNeeded
from leal.rules.accrual import waits_for
from leal.rules.lapsed import gather_lapses, lapsed_dropped, points_dropped
from leal.rules.ledger import (
    CapsNeeded,
    CustomerNeeded,
    DaysNeeded,
    LapsesNeeded,
)
from leal.rules.orders import Order
from leal.rules.products import ProductFacts, factless
from leal.rules.programme.terms import Versions
from leal.rules.stock import StockNeeded
from leal.store.db import Conn
from leal.store.queries import sql

YIELD_EVERY = 8
"""Members decided between two looks at other work, which takes its turns several times on its way: some 2 ms of it."""


class Stale(Exception):
    """Something moved between look-up and lock; the batch must be tried again."""


async def require_names(conn: Conn, shop: int, members: dict[int, Member], found: Resolution) -> None:
    """Now that the members are locked: see that nobody renamed those who get a new name, or merged
    somebody whose orders or codes are named. Raises Stale."""
    renamed = (found.shopids.keys() | found.emails.keys()) & members.keys() - found.new.keys()
    records = await on_record(conn, shop, renamed)
    if any(records.get(account) != found.on_record.get(account) for account in renamed):
        raise Stale
    if await still_at(conn, shop, foreign := found.named_of_others()) != foreign:
        raise Stale  # somebody else's, until the two became one


async def load_what_is_named(
    conn: Conn,
    shop: int,
    todo: dict[int, list[Pending]],
    members: dict[int, Member],
    found: Resolution,
    versions: Versions,
) -> None:
    """Load the orders, products, redemptions, changes and kept answers that the commands name. Raises Stale."""
    orders: set[tuple[int, int]] = set()
    redemptions: set[tuple[int, int]] = set()
    for account, pendings in todo.items():
        for pending in pendings:
            for order_id in (pending.verb.order_id, pending.verb.about_order):
                place = found.order_at.get(order_id or "")
                if place is not None and place[0] == account:
                    orders.add(place)
            redemptions |= {
                place for code in pending.verb.codes if (place := found.redemption_of.get(code)) and place[0] == account
            }
    orders |= await _find_waiting(conn, shop, todo, members, versions)
    redemptions |= await load_orders(conn, shop, orders, members)
    redemptions |= await _find_carried(conn, shop, todo, members)
    redemptions |= await _load_holds(conn, shop, todo, members)
    await load_redemptions(conn, shop, redemptions, members)
    if any(version.terms.reads_products for version in versions.all):
        told = [pending.verb.order for pendings in todo.values() for pending in pendings]
        stored = [state.order for member in members.values() for state in member.stored_orders.values()]
        facts = await product_facts(conn, shop, [*told, *stored])
        for member in members.values():
            member.products = facts
    for account, pendings in todo.items():
        for pending in pendings:
            await _load_rare(conn, shop, pending, members[account])
    await _load_answers(conn, shop, todo, members)
    await _load_events(conn, shop, todo, members)


async def _find_waiting(
    conn: Conn, shop: int, todo: dict[int, list[Pending]], members: dict[int, Member], versions: Versions
) -> set[tuple[int, int]]:
    """Where the orders stand that wait for a trigger which comes, also those whose points are gone by now (S4.6)."""
    sources = [source for version in versions.all for source in version.terms.order_sources]
    accounts = [
        account
        for account, pendings in todo.items()
        if any(waits_for(source, pending.verb.released) for pending in pendings for source in sources)
    ]
    if not accounts:
        return set()
    since = min(members[account].stored.settled_at for account in accounts)
    rows = await conn.fetch(sql.orders_that_wait, account_buckets(accounts), shop, accounts, since)
    return {(row["account"], row["number"]) for row in rows}


async def _find_carried(
    conn: Conn, shop: int, todo: dict[int, list[Pending]], members: dict[int, Member]
) -> set[tuple[int, int]]:
    """Where the redemptions stand whose codes an order carries that is told again without naming any (S5.7)."""
    carried: set[tuple[int, str]] = set()
    for account, pendings in todo.items():
        for verb in (pending.verb for pending in pendings):
            stored = members[account].stored_orders.get(verb.order_id or "")
            if stored is not None and not verb.codes:
                carried |= {(account, code.upper()) for code in stored.order.codes}
    if not carried:
        return set()
    accounts = sorted({account for account, _ in carried})
    rows = await conn.fetch(
        sql.find_codes, account_buckets(accounts), shop, accounts, sorted({code for _, code in carried})
    )
    return {(row["account"], row["number"]) for row in rows}


async def _load_holds(
    conn: Conn, shop: int, todo: dict[int, list[Pending]], members: dict[int, Member]
) -> set[tuple[int, int]]:
    """Load the holds that commands name; gives the places of the redemptions that captured ones became."""
    named = [
        (account, *pending.verb.hold_names)
        for account, pendings in todo.items()
        for pending in pendings
        if pending.verb.hold_names is not None
    ]
    if not named:
        return set()
    accounts = sorted({account for account, _, _ in named})
    references, ids = [name for _, name, _ in named if name], [id_ for _, _, id_ in named if id_]
    rows = await conn.fetch(sql.find_holds, account_buckets(accounts), shop, accounts, references, ids)
    for row in rows:
        name = HoldName(row["number"], row["id"], row["reference"], row["captured"])
        members[row["account"]].stored_holds[name.number] = name
    return {(row["account"], row["captured"]) for row in rows if row["captured"]}


async def load_orders(
    conn: Conn, shop: int, places: set[tuple[int, int]], members: dict[int, Member], *, may_have_moved: bool = False
) -> set[tuple[int, int]]:
    """Load orders into their members; gives the places of the redemptions they use. Raises Stale for one that moved to
    another member, unless it `may_have_moved`: then it is left out."""
    used: set[tuple[int, int]] = set()
    if not places:
        return used
    accounts, numbers = [place[0] for place in places], [place[1] for place in places]
    for row in await conn.fetch(sql.find_orders, account_buckets(accounts), shop, accounts, numbers):
        if row["status"] == "moved":
            if may_have_moved:
                continue
            raise Stale
        state = order_from(row)
        members[row["account"]].stored_orders[state.order.id] = state
        used |= {(row["account"], number) for number in state.used}
    return used


async def product_facts(conn: Conn, shop: int, orders: Iterable[Order | None]) -> dict[str, ProductFacts]:
    """What is stored of the products that orders' lines name without telling of them."""
    ids = {line.product for order in orders if order is not None for line in factless(order)}
    if not ids:
        return {}
    rows = await conn.fetch(sql.line_facts, shop, sorted(ids))
    return {row["id"]: ProductFacts(row["collections"], row["tags"]) for row in rows}


async def load_redemptions(conn: Conn, shop: int, places: set[tuple[int, int]], members: dict[int, Member]) -> None:
    """Load redemptions into their members."""
    if not places:
        return
    accounts, numbers = [place[0] for place in places], [place[1] for place in places]
    for row in await conn.fetch(sql.find_redemptions, account_buckets(accounts), shop, accounts, numbers):
        redemption = redemption_from(row)
        members[row["account"]].stored_redemptions[redemption.number] = redemption


async def _load_rare(conn: Conn, shop: int, pending: Pending, member: Member) -> None:
    """What only single commands of staff and members name: changes by id, every open redemption."""
    account = member.stored
    for change_id in pending.verb.change_ids:
        row = await conn.fetchrow(sql.find_redemption_by_change, account.bucket, shop, account.id, change_id)
        if row is not None:
            redemption = redemption_from(row)
            member.stored_redemptions[redemption.number] = redemption
            continue
        facts = await award_facts(conn, shop, account, change_id)
        if facts is None:
            continue
        member.awards[change_id] = facts
        if facts.cause == "order":
            place = (account.id, facts.cause_number)
            await load_orders(conn, shop, {place}, {account.id: member}, may_have_moved=True)
    if pending.verb.errand is not None:
        await _load_errand(conn, shop, pending.verb.errand, member)
    if pending.verb.wants_invitations and not member.stored_invitations:
        rows = await conn.fetch(sql.read_referrals, account.bucket, shop, account.id)
        member.stored_invitations = {row["id"]: Invitation(*row) for row in rows}
    if pending.verb.wants_open_redemptions and not member.knows_open:
        for row in await conn.fetch(sql.find_open_redemptions, account.bucket, shop, account.id):
            redemption = redemption_from(row)
            member.stored_redemptions[redemption.number] = redemption
        member.knows_open = True


async def _load_errand(conn: Conn, shop: int, errand: int, member: Member) -> None:
    """What a command names of the outbox, locked, with the code or reward that it is about."""
    account = member.stored
    row = await conn.fetchrow(sql.lock_errand, account.bucket, shop, account.id, errand)
    if row is not None:
        about = None if row["kind"] == REMOVE_DISCOUNT else row["redemption"]  # what it is about is void already
        member.errands[errand] = Errand(about, row["done_at"] is None)
        if about is not None:
            await load_redemptions(conn, shop, {(account.id, about)}, {account.id: member})


async def _load_answers(conn: Conn, shop: int, todo: dict[int, list[Pending]], members: dict[int, Member]) -> None:
    keys = {
        (account, pending.verb.key.key)
        for account, pendings in todo.items()
        for pending in pendings
        if pending.verb.key
    }
    if not keys:
        return
    accounts = sorted({account for account, _ in keys})
    for row in await conn.fetch(sql.read_answers, account_buckets(accounts), shop, accounts, [key for _, key in keys]):
        members[row["account"]].answers[row["key"]] = (row["request"], row["answer"])


async def _load_events(conn: Conn, shop: int, todo: dict[int, list[Pending]], members: dict[int, Member]) -> None:
    keys = {
        (account, pending.verb.event_key)
        for account, pendings in todo.items()
        for pending in pendings
        if pending.verb.event_key is not None
    }
    if not keys:
        return
    accounts = sorted({account for account, _ in keys})
    for row in await conn.fetch(sql.known_events, account_buckets(accounts), shop, accounts, [key for _, key in keys]):
        members[row["account"]].stored_events.add(row["key"])


async def decide_with_loans(
    conn: Conn,
    shop: int,
    members: dict[int, Member],
    accounts: Iterable[int],
    decide: Callable[[int], None],
    room: StockRoom | None = None,
    give_way: Way = one_turn,
) -> None:
    """Decide member by member; where a decision asks for more than the account, lend it and decide again.

    `room` lends stocks; without it a decision must need none.
    """
    waiting = everybody = list(accounts)
    while waiting:
        needing: dict[type[Exception], list[int]] = {}
        lots: dict[int, LotsNeeded] = {}
        stocks: list[StockNeeded] = []
        for done, account in enumerate(waiting, 1):
            try:
                decide(account)
            except (*NEEDS, StockNeeded) as need:
                needing.setdefault(type(need), []).append(account)
                if isinstance(need, LotsNeeded):
                    lots[account] = need
                members[account].shelves.forget(account)  # until it is decided, the others may have it
                if isinstance(need, StockNeeded):
                    stocks.append(need)
            if done % YIELD_EVERY == 0:
                await give_way()
        await lend_days(conn, shop, members, needing.get(DaysNeeded, []))
        await lend_lapses(conn, shop, members, needing.get(LapsesNeeded, []))
        await lend_customers(conn, shop, members, needing.get(CustomerNeeded, []))
        await lend_caps(conn, shop, members, needing.get(CapsNeeded, []))
        await lend_lots(conn, shop, members, needing.get(LotsNeeded, []), lots)
        waiting = [account for those in needing.values() for account in those]
        if stocks:
            if room is None:
                raise stocks[0]
            if await room.lend(conn, shop, stocks):
                waiting = everybody  # what was decided so far counted on units that were let go


async def lend_days(conn: Conn, shop: int, members: dict[int, Member], accounts: list[int]) -> None:
    """Lend members their day sums."""
    if not accounts:
        return
    for account in accounts:
        members[account].day_sums = {}
    for row in await conn.fetch(sql.find_day_sums, account_buckets(accounts), shop, accounts):
        counts = Counts(row["spend_micros"], row["qualifying"], row["orders"])
        days = members[row["account"]].day_sums
        if days is not None:
            days[row["day"]] = counts
    counted = [account for account in accounts if members[account].stored.life.events]
    if not counted:
        return
    for row in await conn.fetch(sql.find_event_sums, account_buckets(counted), shop, counted):
        days = members[row["account"]].day_sums
        if days is not None:
            days[row["day"]] = days.get(row["day"], NOTHING).plus(Counts(events={row["trigger"]: row["count"]}))


async def lend_lapses(conn: Conn, shop: int, members: dict[int, Member], accounts: list[int]) -> None:
    """Lend members what lapsed and what was dropped of their awards, from the entries that did it.

    Entries of those whom they took over count with them.
    """
    if not accounts:
        return
    taken = {source: known for known in await taken_over(conn, shop, accounts) for source in [known.source]}
    for account in accounts:
        members[account].lapses = ({}, {})
    everybody = [*accounts, *taken]
    for row in await conn.fetch(sql.find_lapses, account_buckets(everybody), shop, everybody):
        known = taken.get(row["account"])
        into = members[row["account"] if known is None else known.account].lapses or ({}, {})
        lapsed: dict[int, int] = {}
        dropped: dict[int, int] = {}
        if row["type"] == "points_expired":
            gather_lapses(row["moves"], lapsed)
        else:
            dropped[row["award"]] = points_dropped(row["moves"], row["changes"])
            lapsed[row["award"]] = -lapsed_dropped(row["changes"])
        for told, kept in zip((lapsed, dropped), into, strict=True):
            for award, points in told.items():
                own = award if known is None else known.shift.entry(award)
                kept[own] = kept.get(own, 0) + points


async def lend_caps(conn: Conn, shop: int, members: dict[int, Member], accounts: list[int]) -> None:
    """Lend members what their awards use of caps."""
    if not accounts:
        return
    for account in accounts:
        members[account].uses = {}
    for row in await conn.fetch(sql.find_cap_use, account_buckets(accounts), shop, accounts):
        uses = members[row["account"]].uses
        if uses is not None:
            uses[row["source"], row["day"], row["award"]] = row["points"]


async def lend_customers(conn: Conn, shop: int, members: dict[int, Member], accounts: list[int]) -> None:
    """Lend members what the shop says of them."""
    if not accounts:
        return
    for account in accounts:
        members[account].profile = {}
    for row in await conn.fetch(sql.find_customers, account_buckets(accounts), shop, accounts):
        members[row["account"]].profile = msgspec.json.decode(row["profile"])


NEEDS: Final = (DaysNeeded, LapsesNeeded, CustomerNeeded, CapsNeeded, LotsNeeded)
"""What a decision may need of a member beside the account's row, apart from what members share."""
LEND: Final = MappingProxyType(
    {
        DaysNeeded: lend_days,
        LapsesNeeded: lend_lapses,
        CustomerNeeded: lend_customers,
        CapsNeeded: lend_caps,
        LotsNeeded: lend_lots,
    }
)
"""What lends it."""
