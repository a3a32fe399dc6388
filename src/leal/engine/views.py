"""Views: what a member, or a stranger, is shown now; a read settles in memory and writes nothing (S3.1, S13)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple, TypeAlias

import asyncpg
import msgspec

from leal.engine.clocks import clock_of, read_clock
from leal.engine.commands import (
    Balance,
    Change,
    EmptyIdentity,
    History,
    PlainBalance,
    Shop,
    UnknownCustomer,
    Who,
    WholeBalance,
)
from leal.engine.gathering import Gathering
from leal.engine.lending import NEEDS, decide_with_loans
from leal.engine.naming import named
from leal.engine.programmes import Programmes
from leal.engine.resolving import existing_account
from leal.engine.rows import account_bucket, account_from, key_bucket, redemption_from
from leal.engine.showing import given_by, products_of, shelves_at, shows_more
from leal.engine.taken import taken_over
from leal.engine.verb import Member
from leal.rules.kept_balance import read_kept_balance
from leal.rules.kept_whole import programme_kept, read_kept_whole
from leal.rules.ledger import Book, Entry
from leal.rules.merging import FROM
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.programme.terms import Versions
from leal.rules.returning import Redemption
from leal.rules.settling import is_due, settle
from leal.rules.standing import Standing, logged_out, programme_beside, standing
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import INT64_MAX

TRIES = 3
"""Times a name is looked up again whose member is gone."""


Holder: TypeAlias = tuple[int, int]
"""A member, and the instant at which it is asked what the member holds."""


class Gathered(NamedTuple):
    """What members' balances are read by."""

    members: Gathering[str, asyncpg.Record]
    """By the shop's ids."""
    plain: Gathering[str, asyncpg.Record]
    """The same where the balance that is kept is enough,"""
    whole: Gathering[str, asyncpg.Record]
    """... or what is kept beside it, too."""
    rewards: Gathering[Holder, list[asyncpg.Record]]
    """What is stored of those that are at hand."""

    @classmethod
    def by(cls, db: Database) -> Gathered:
        """For one process."""
        return cls(
            Gathering(db, rows_by_shopids),
            Gathering(db, balances_by_shopids),
            Gathering(db, whole_by_shopids),
            Gathering(db, unused_rewards),
        )


async def plain_balance(
    db: Database, gathered: Gathered, shop: Shop, programmes: Programmes, who: Who
) -> PlainBalance | Balance:
    """A member's balance as it is kept, where it holds; else the standing. Raises as `balance` does."""
    if not (shopid := who.shopid_alone):
        return await balance(db, gathered, shop, programmes, who, full=False, unused=False)
    row = await _row(gathered.plain, shop, shopid)
    if (versions := programmes.known(shop.id, row["programme_version"])) is not None:
        if (text := row["balance"]) is not None:
            return PlainBalance(read_kept_balance(text), versions.numbered(row["kept_version"]).terms)
        with suppress(*NEEDS):
            if (shown := _of_row(shop, row, versions, full=False, unused=False)) is not None:
                return shown
    return await _apart(db, shop, programmes, who, full=False, unused=False)


async def balance(
    db: Database,
    gathered: Gathered,
    shop: Shop,
    programmes: Programmes,
    who: Who,
    *,
    full: bool,
    unused: bool,
) -> Balance:
    """A member's standing. Raises EmptyIdentity, UnknownCustomer, IdentityMismatch."""
    if shopid := who.shopid_alone:
        row = await _row(gathered.members, shop, shopid)
        if (shown := await _made(gathered, shop, programmes, row, full=full, unused=unused)) is not None:
            return shown
    return await _apart(db, shop, programmes, who, full=full, unused=unused)


async def whole_balance(
    db: Database,
    gathered: Gathered,
    shop: Shop,
    programmes: Programmes,
    who: Who,
    *,
    full: bool,
    unused: bool,
) -> WholeBalance | Balance:
    """The same; where what is wanted of it is kept and holds, that."""
    if not (shopid := who.shopid_alone):
        return await balance(db, gathered, shop, programmes, who, full=full, unused=unused)
    row = await _row(gathered.whole, shop, shopid)
    versions = programmes.known(shop.id, row["programme_version"])
    if versions is not None and row["balance"] is not None:
        with suppress(*NEEDS):
            if (whole := _whole_of_row(shop, row, versions, full=full)) is not None:
                if not unused or not row["has_rewards"]:
                    return whole
                rewards, given = await _rewards(gathered, shop, versions, (row["member"], whole.now))
                return msgspec.structs.replace(whole, rewards=rewards, given=given)
    elif (shown := await _made(gathered, shop, programmes, row, full=full, unused=unused)) is not None:
        return shown
    return await _apart(db, shop, programmes, who, full=full, unused=unused)


async def _row(gathering: Gathering[str, asyncpg.Record], shop: Shop, shopid: str) -> asyncpg.Record:
    """The member's row; raises UnknownCustomer."""
    row = await gathering.row(shop, shopid)
    if row is None:
        raise UnknownCustomer
    return row


async def _made(
    gathered: Gathered, shop: Shop, programmes: Programmes, row: asyncpg.Record, *, full: bool, unused: bool
) -> Balance | None:
    """The standing that the account in a row tells; None where it does not."""
    versions = programmes.known(shop.id, row["programme_version"])
    if versions is None:
        return None
    with suppress(*NEEDS):
        if (shown := _of_row(shop, row, versions, full=full, unused=unused)) is not None:
            if not unused or not row.get("has_rewards", True):
                return shown
            rewards, given = await _rewards(gathered, shop, versions, (shown.account_id, shown.now))
            return msgspec.structs.replace(shown, rewards=rewards, given=given)
    return None


async def _rewards(
    gathered: Gathered, shop: Shop, versions: Versions, holder: Holder
) -> tuple[list[Redemption], dict[tuple[int, str], OfferTerms]]:
    """The rewards that a member has at hand, and what they give."""
    held = [redemption_from(one) for one in await gathered.rewards.row(shop, holder) or []]
    return held, given_by(held, versions)


async def _apart(db: Database, shop: Shop, programmes: Programmes, who: Who, *, full: bool, unused: bool) -> Balance:
    """The standing, with all that it needs beside the member's row."""
    async with db.shop(shop.id) as conn:
        try:
            return await _balance(conn, shop, programmes, who, full=full, unused=unused, lend=False)
        except NEEDS:
            # More than the account's row is needed: all of it from one snapshot.
            async with conn.transaction(isolation="repeatable_read", readonly=True):
                return await _balance(conn, shop, programmes, who, full=full, unused=unused, lend=True)


def _of_row(shop: Shop, row: asyncpg.Record, versions: Versions, *, full: bool, unused: bool) -> Balance | None:
    """The standing that a member's row alone tells, with what is stored of rewards; None, or one of `NEEDS` raised,
    where it does not."""
    account, clock = account_from(row), clock_of(row)
    now = max(clock.now, account.settled_at)
    if full and shows_more(versions, now):
        return None
    book = Book(shop.id, account, versions, clock.real_at)
    if is_due(account, versions, now):
        if unused:  # rewards may come or lapse with what is due
            return None
        settle(book, now)
    return Balance(account.id, now, standing(book, now, full=full))


def _whole_of_row(shop: Shop, row: asyncpg.Record, versions: Versions, *, full: bool) -> WholeBalance | None:
    """What is kept of a balance and holds, so that nothing is due, with the programme where that is wanted: of what is
    kept beside it, else of the account. None, or one of `NEEDS` raised, where the row does not tell all."""
    terms, clock = versions.numbered(row["kept_version"]).terms, clock_of(row)
    plain, now = PlainBalance(read_kept_balance(row["balance"]), terms), max(clock.now, row["kept_at"])
    if not full:
        return WholeBalance(plain, None, now)
    if (beside := row["whole"]) is not None:
        return WholeBalance(plain, programme_kept(plain.kept, read_kept_whole(beside), terms, now), now)
    if shows_more(versions, now):
        return None
    book = Book(shop.id, account_from(row), versions, clock.real_at)
    return WholeBalance(plain, programme_beside(book, now), now)


async def _balance(
    conn: Conn, shop: Shop, programmes: Programmes, who: Who, *, full: bool, unused: bool, lend: bool
) -> Balance:
    member, versions, real_at, now = await settled(conn, shop, programmes, who)
    account = member.stored
    member.shelves = await shelves_at(conn, shop.id, versions, now, full=full)
    shown: list[Standing] = []

    def show(_: int) -> None:
        member.start(shop.id, versions, real_at, now, settled=not is_due(account, versions, now))
        shown.append(standing(member.book, now, full=full))

    if lend:
        await decide_with_loans(conn, shop.id, {account.id: member}, [account.id], show)
    else:
        show(account.id)
    rewards = []
    if unused:
        rows = (await unused_rewards(conn, shop, [(account.id, now)])).get((account.id, now), [])
        rewards = member.rewards_with(map(redemption_from, rows))
    products = await products_of(conn, shop.id, shown[-1])
    return Balance(account.id, now, shown[-1], rewards, given_by(rewards, versions), products)


async def settled(conn: Conn, shop: Shop, programmes: Programmes, who: Who) -> tuple[Member, Versions, int, int]:
    """The member as stored, the shop's versions, the real time, and the instant to be shown."""
    row = await read_row(conn, shop, who)
    member = Member(account_from(row), is_new=False)
    clock = clock_of(row)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    return member, versions, clock.real_at, max(clock.now, member.stored.settled_at)


async def stranger(db: Database, shop: Shop, programmes: Programmes, *, full: bool) -> Balance:
    """What somebody is shown of whom nothing is known: an empty account run through the same rules (S13.2)."""
    async with db.shop(shop.id) as conn:
        clock = await read_clock(conn, shop.id)
        versions = await programmes.upto(conn, shop.id, clock.newest)
        shelves = await shelves_at(conn, shop.id, versions, clock.now, full=full)
        shown = logged_out(shop.id, versions, clock.now, shelves, full=full)
        return Balance(0, clock.now, shown, products=await products_of(conn, shop.id, shown))


async def history(
    db: Database,
    shop: Shop,
    programmes: Programmes,
    who: Who,
    *,
    only_unused: bool,
    only_points: bool,
    after_id: int | None,
    limit: int,
) -> History:
    """A page of a member's changes, newest first, with what has fallen due since; `after_id` continues below it."""
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        member, versions, real_at, now = await settled(conn, shop, programmes, who)
        account = member.stored
        await decide_with_loans(
            conn,
            shop.id,
            {account.id: member},
            [account.id],
            lambda _: member.start(shop.id, versions, real_at, now),
        )
        before = INT64_MAX if after_id is None else after_id
        fresh = [
            due_change(entry, versions)
            for entry in reversed(member.book.entries)
            if entry.id < before and not only_unused
        ]
        changes = [change for change in fresh if change.points or not only_points][:limit]
        left = limit - len(changes)
        rows = await conn.fetch(
            sql.history_page, account.bucket, shop.id, account.id, before, only_points, only_unused, left, now
        )
        stored = [_change(row, versions) for row in rows]
        for one in await taken_over(conn, shop.id, [account.id]):
            rows = await conn.fetch(
                sql.merged_history_page,
                account_bucket(one.source), shop.id, one.source, before, only_points, only_unused, left,
                account.bucket, account.id, one.shift.entry_base, one.shift.order_base,
                one.shift.entries,
            )  # fmt: skip
            stored += [_change(row, versions) for row in rows]
        changes += sorted(stored, key=lambda change: change.id, reverse=True)[:left]
        records = await conn.fetch(sql.find_customers, [account.bucket], shop.id, [account.id])
    name = Who(account.id, records[0]["shopid"], records[0]["email"]) if records else Who(account.id)
    version = versions.in_force(now)
    return History(account.id, name, changes, None if version is None else version.terms)


def due_change(entry: Entry, versions: Versions) -> Change:
    """A change that has happened, though nobody has stored it yet."""
    title, _ = named(entry.type, entry.programme, entry.changes, versions)
    return Change(entry.id, entry.type, entry.effective_at, entry.points, changes=entry.changes, title=title)


def _change(row: asyncpg.Record, versions: Versions) -> Change:
    title, _ = named(row["type"], row["programme"], row["changes"], versions, offer=row["offer"])
    return Change(
        title=title,
        id=row["id"],
        type=row["type"],
        at=row["effective_at"],
        points=row["points"] - brought(row),
        order_id=row["order_id"],
        code=row["code"],
        amount=row["amount"],
        note=row["note"] or "",
        changes=row["changes"],
    )


async def unused_rewards(conn: Conn, shop: Shop, holders: Sequence[Holder]) -> dict[Holder, list[asyncpg.Record]]:
    """What is stored of the rewards that members have at hand, in one statement; whoever has none is left out."""
    accounts, instants = [account for account, _ in holders], [at for _, at in holders]
    buckets = [account_bucket(account) for account in accounts]
    found: dict[Holder, list[asyncpg.Record]] = {}
    for row in await conn.fetch(sql.unused_rewards, buckets, shop.id, accounts, instants):
        found.setdefault((row["account"], row["at"]), []).append(row)
    return found


async def rows_by_shopids(conn: Conn, shop: Shop, names: Sequence[str]) -> dict[str, asyncpg.Record]:
    """The rows of members by the shop's ids, with the clock, in one statement."""
    buckets = [key_bucket("shopid", name) for name in names]
    return {row["shopid"]: row for row in await conn.fetch(sql.read_by_shopids, buckets, shop.id, names)}


async def balances_by_shopids(conn: Conn, shop: Shop, names: Sequence[str]) -> dict[str, asyncpg.Record]:
    """The rows with the balances that are kept, in place of accounts where those hold."""
    buckets = [key_bucket("shopid", name) for name in names]
    return {row["shopid"]: row for row in await conn.fetch(sql.read_balances_by_shopids, buckets, shop.id, names)}


async def whole_by_shopids(conn: Conn, shop: Shop, names: Sequence[str]) -> dict[str, asyncpg.Record]:
    """The same with what is kept beside the balances, and whether rewards are at hand."""
    buckets = [key_bucket("shopid", name) for name in names]
    return {row["shopid"]: row for row in await conn.fetch(sql.read_whole_by_shopids, buckets, shop.id, names)}


async def read_row(conn: Conn, shop: Shop, who: Who) -> asyncpg.Record:
    """The member's row, with the clock, in one statement where the shop's id alone names it.

    Raises EmptyIdentity, UnknownCustomer, IdentityMismatch.
    """
    if who.is_empty:
        raise EmptyIdentity
    if shopid := who.shopid_alone:
        row = (await rows_by_shopids(conn, shop, [shopid])).get(shopid)
    else:
        row = None
        for _ in range(TRIES):  # whom a name led to may have been merged or erased meanwhile
            account = await existing_account(conn, shop.id, who)
            row = await conn.fetchrow(sql.read_accounts, [account_bucket(account)], shop.id, [account])
            if row is not None and row["enrolment"] not in ("merged", "erased"):
                break
    if row is None:
        raise UnknownCustomer
    return row


def brought(row: asyncpg.Record) -> int:
    """Points that came with somebody who was merged: their own history tells of them."""
    return int(json.loads(row["changes"])["brought"]) if row["type"] == FROM else 0
